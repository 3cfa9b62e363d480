"""Writes a file whole or not at all, and tells whether one was written since."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, and its folder where there is none; what was there stays until the new one is on disk.

    Raises OSError.
    """
    partial = path.with_suffix(".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def look_at(path: Path) -> str:
    """Return what tells one state of a file from another; empty where there is none."""
    try:
        found = path.lstat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"
