"""The documents that a person added: kept in the user folder, each with what was read of it.

sources/
├── LIST                the names of the folders in use, one a line; whoever reads it sees all of a change or nothing
├── lock                held by the one process that changes the list
└── <id>-<digest>/      the digest is that of extraction.json: an altered one no longer bears its folder's name
    ├── source.toml     what is said of the document; a person may correct it
    ├── extraction.json what was read of it
    └── document.<kind> the untouched file
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from corpus.errors import ChangeError, DataError, DocumentError
from corpus.extraction import Extraction
from corpus.manifest import Source, read_source, write_source
from corpus.toml import read_toml
from corpus.whole import write_whole

FOLDER, LIST, _LOCK = "sources", "LIST", "lock"
_SOURCE, _EXTRACTION, _DOCUMENT = "source.toml", "extraction.json", "document"
_DIGITS = 16
_EXTRACTIONS = TypeAdapter(Extraction)


@dataclass(frozen=True)
class Held:
    """A document that a person added: its folder's name, what is said of it, and what was read of it."""

    name: str
    source: Source
    extraction: Extraction


@contextmanager
def changing(home: Path) -> Iterator[None]:
    """Hold the list for one change. Raises DocumentError where another process holds it, or it cannot be written."""
    folder = home / FOLDER
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ChangeError(
                "busy", f"{folder}: another command is changing the documents; wait until it is done"
            ) from error
        yield
    finally:
        os.close(handle)


def list_names(home: Path) -> tuple[str, ...]:
    """Return the names of the folders in use. Raises DocumentError where the list cannot be read."""
    path = home / FOLDER / LIST
    try:
        names = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(
            f"{path}: cannot be read; restore it from a backup, or delete it and add the documents again"
        ) from error
    return tuple(names)


def identify(name: str) -> str:
    """Return the id of the document in a folder of this name, whether it can be read or not."""
    return name[: -_DIGITS - 1]


def write_list(home: Path, names: Sequence[str]) -> None:
    """Make these folders those in use, at one stroke, and remove all others. Raises DocumentError."""
    folder = home / FOLDER
    with _writing(folder):
        write_whole(folder / LIST, "".join(f"{name}\n" for name in names).encode())
        for path in sorted(folder.iterdir()):
            if path.is_dir() and path.name not in names:
                shutil.rmtree(path)


def write_held(home: Path, source: Source, document: bytes, extraction: Extraction) -> Held:
    """Write a document beside those in use, and return it; `write_list` brings it in. Raises DocumentError."""
    record = json.dumps(asdict(extraction), ensure_ascii=False, separators=(",", ":")).encode()
    name = f"{source.id}-{_digest(record)}"
    folder = home / FOLDER / name
    kept = replace(
        source, file=f"{_DOCUMENT}.{extraction.reader}", sha256=hashlib.sha256(document).hexdigest()
    )
    with _writing(folder):
        write_whole(folder / kept.file, document)
        write_whole(folder / _EXTRACTION, record)
        write_whole(folder / _SOURCE, write_source(kept).encode())
    return Held(name, kept, extraction)


def read_held(home: Path, name: str) -> Held:
    """Read one document that was added. Raises DocumentError or DataError where it is not as it was written."""
    folder = home / FOLDER / name
    path = folder / _EXTRACTION
    advice = "restore it from a backup, or add the document again"
    try:
        record = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}; {advice}") from error
    if not name.endswith(f"-{_digest(record)}"):
        raise DocumentError(f"{path}: was altered; {advice}")
    table = read_toml(folder / _SOURCE)
    sources = [read_source(entry) for entry in table.tables("source")]
    table.done()
    if len(sources) != 1 or f"{sources[0].id}-{_digest(record)}" != name:
        raise DataError(str(folder / _SOURCE), "source", "must be one source, under the id of its folder")
    try:
        return Held(name, sources[0], _EXTRACTIONS.validate_json(record))
    except ValidationError as error:
        raise DocumentError(f"{path}: this version cannot read it; add the document again") from error


def _digest(record: bytes) -> str:
    return hashlib.sha256(record).hexdigest()[:_DIGITS]


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename or path
        raise ChangeError(
            "unwritable", f"{place}: cannot be written: {error.strerror}; what was there before still stands"
        ) from error
