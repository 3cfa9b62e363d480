"""Writes generations of an index. A reader sees the old one or the new one, whole, whenever a build stops."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from index.errors import IndexBusy, IndexUnwritable
from index.generation import (
    CURRENT,
    GENERATIONS,
    MANIFEST,
    FileRecord,
    Manifest,
    current_generation,
    find_generation,
    generation_names,
    generation_number,
)

LOCK, PARTIAL = "lock", ".partial"


@contextmanager
def building(folder: Path) -> Iterator[None]:
    """Hold the folder for one build. Raises IndexBusy where another holds it, and IndexUnwritable."""
    lock = folder / LOCK
    with _writing(lock):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        with _writing(lock):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise IndexBusy(lock, "another process is building the index") from error
        yield
    finally:
        os.close(handle)


def describe_files(files: Mapping[str, bytes]) -> dict[str, FileRecord]:
    """Return what each file must be, by name in order of the alphabet."""
    return {name: FileRecord(sha256=_sha256(files[name]), size=len(files[name])) for name in sorted(files)}


def write_generation(folder: Path, files: Mapping[str, bytes], manifest: Manifest, in_use: str) -> str:
    """Write a generation, make it the current one and return its name.

    The one before it is kept, and the newest one made from the text `in_use`, a corpus digest: readers may want
    that until the new text is. To be called within `building`. Whatever stops it, what was there keeps serving
    and what was written in part is removed. Raises IndexUnwritable.
    """
    generations = folder / GENERATIONS
    with _writing(generations), ExitStack() as undo:
        generations.mkdir(exist_ok=True)
        _remove_all(generations, {path.name for path in generations.glob(f"*{PARTIAL}")})
        before, serving = generation_names(folder), find_generation(folder, in_use)
        number = 1 + max(map(generation_number, before), default=0)
        record = manifest.model_dump_json(indent=1).encode()
        name = f"{number:06d}-{_sha256(record)[:16]}"
        partial = generations / f"{number:06d}{PARTIAL}"
        undo.callback(_clear, folder, partial, name)
        partial.mkdir()
        for file, data in sorted(files.items()):
            _write(partial / file, data)
        _write(partial / MANIFEST, record)
        _sync(partial)
        partial.rename(generations / name)
        _sync(generations)
        previous = current_generation(folder)
        _write(folder / f"{CURRENT}{PARTIAL}", name.encode())
        (folder / f"{CURRENT}{PARTIAL}").replace(folder / CURRENT)
        _sync(folder)
        _remove_all(generations, before - {previous, serving.name if serving else ""})
    return name


def forget_older(folder: Path) -> None:
    """Remove every generation but the current one, so that nothing is left of a text that was removed.

    To be called once the text of the current one is in use. Raises IndexBusy and IndexUnwritable.
    """
    with building(folder), _writing(folder):
        current = current_generation(folder)
        if current:
            _remove_all(folder / GENERATIONS, generation_names(folder) - {current})


def _clear(folder: Path, partial: Path, name: str) -> None:
    """Leave nothing of a generation that did not become the current one."""
    shutil.rmtree(partial, ignore_errors=True)
    (folder / f"{CURRENT}{PARTIAL}").unlink(missing_ok=True)
    if current_generation(folder) != name:
        shutil.rmtree(partial.with_name(name), ignore_errors=True)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexUnwritable(error.filename or path, error.strerror or "it cannot be written") from error


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Have the disk keep the names in a folder, not only the files."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_all(generations: Path, names: set[str]) -> None:
    for name in sorted(names):
        shutil.rmtree(generations / name)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
