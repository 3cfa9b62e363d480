"""Generations of an index on disk. A reader sees the old one or the new one, whole, whenever a build stops.

folder/
├── CURRENT                      the name of the generation in use
├── lock                         held by the one process that builds
└── generations/
    ├── 000001-<digest>/         the one before, for readers that have just opened it
    ├── 000002-<digest>/         manifest.json, which holds the sha256 of every other file, and the files
    └── 000003.partial/          being written; removed when the build fails, at the latest by the next one
"""

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, JsonValue

from index.errors import IndexBusy, IndexDamaged, IndexForeign, IndexMissing, IndexUnwritable
from index.recipe import Recipe

CURRENT, LOCK, GENERATIONS, MANIFEST, PARTIAL = "CURRENT", "lock", "generations", "manifest.json", ".partial"
# The name ends in the start of the manifest's sha256: an altered manifest no longer bears its folder's name.
_NAME = re.compile(r"(\d{6,})-[0-9a-f]{16}")


class FileRecord(BaseModel, frozen=True, extra="forbid"):
    """What a file must be; `size` in bytes."""

    sha256: str
    size: int


class Manifest(BaseModel, frozen=True, extra="forbid"):
    """What a generation is made of; `encoders` and `versions` are versions by name."""

    format: int
    corpus: str
    recipe: dict[str, JsonValue]
    passages: int
    encoders: dict[str, str]
    versions: dict[str, str]
    files: dict[str, FileRecord]


@dataclass(frozen=True)
class Generation:
    """A generation as it was read: every file has the sha256 that the manifest says."""

    name: str
    folder: Path
    manifest: Manifest
    files: Mapping[str, bytes]


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


def write_generation(folder: Path, files: Mapping[str, bytes], manifest: Manifest) -> str:
    """Write a generation, make it the current one and return its name; the one before it is kept.

    To be called within `building`. Whatever stops it, the old generation keeps serving and what was written
    in part is removed. Raises IndexUnwritable.
    """
    generations = folder / GENERATIONS
    with _writing(generations), ExitStack() as undo:
        generations.mkdir(exist_ok=True)
        _remove_all(generations, {path.name for path in generations.glob(f"*{PARTIAL}")})
        before = {path.name for path in generations.iterdir() if _NAME.fullmatch(path.name)}
        number = 1 + max((int(name.split("-")[0]) for name in before), default=0)
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
        previous = _pointer(folder)
        _write(folder / f"{CURRENT}{PARTIAL}", name.encode())
        (folder / f"{CURRENT}{PARTIAL}").replace(folder / CURRENT)
        _sync(folder)
        _remove_all(generations, before - {previous or ""})
    return name


def _clear(folder: Path, partial: Path, name: str) -> None:
    """Leave nothing of a generation that did not become the current one."""
    shutil.rmtree(partial, ignore_errors=True)
    (folder / f"{CURRENT}{PARTIAL}").unlink(missing_ok=True)
    if _pointer(folder) != name:
        shutil.rmtree(partial.with_name(name), ignore_errors=True)


def has_index(folder: Path) -> bool:
    """Tell whether a generation was ever made here, whole or not."""
    return _pointer(folder) is not None


def read_generation(folder: Path) -> Generation:
    """Read the current generation whole and check every file of it before anything is made of its bytes.

    Raises IndexMissing, IndexForeign or IndexDamaged.
    """
    name = _pointer(folder)
    if name is None:
        raise IndexMissing(folder / CURRENT, "there is no index yet")
    place = folder / GENERATIONS / name
    if not _NAME.fullmatch(name) or not place.is_dir():
        raise IndexDamaged(folder / CURRENT, "it names no generation that is there")
    record = _read(place / MANIFEST)
    if _sha256(record)[:16] != name.split("-")[1]:
        raise IndexDamaged(place / MANIFEST, "it was altered")
    manifest = _parse(place / MANIFEST, record)
    files = {}
    for file, must in manifest.files.items():
        data = _read(place / file)
        if len(data) != must.size or _sha256(data) != must.sha256:
            raise IndexDamaged(place / file, "it was altered")
        files[file] = data
    return Generation(name, place, manifest, files)


def _parse(path: Path, record: bytes) -> Manifest:
    try:
        content = json.loads(record)
        if not isinstance(content, dict) or content.get("format") != Recipe.format:
            raise IndexForeign(path, f"its format is not {Recipe.format}, the one this version reads")
        return Manifest.model_validate(content)
    except ValueError as error:
        raise IndexForeign(path, "this version cannot read it") from error


def _pointer(folder: Path) -> str | None:
    """Return what CURRENT holds, None where there is none."""
    try:
        return (folder / CURRENT).read_bytes().decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise IndexDamaged(folder / CURRENT, error.strerror or "it cannot be read") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        missing = error.errno == errno.ENOENT
        raise IndexDamaged(
            path, "it is missing" if missing else error.strerror or "it cannot be read"
        ) from error


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
