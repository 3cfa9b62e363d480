"""Reads a generation of an index from disk: the one for a text, whole, and nothing that was altered.

folder/
├── CURRENT                      the name of the newest generation
├── lock                         held by the one process that builds
└── generations/
    ├── 000001-<digest>/         one before, for readers that have just opened it or still want its text
    ├── 000002-<digest>/         manifest.json, which holds the sha256 of every other file, and the files
    └── 000003.partial/          being written; removed when the build fails, at the latest by the next one
"""

import errno
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, JsonValue

from index.errors import IndexDamaged, IndexForeign, IndexMissing, IndexStale
from index.recipe import Recipe

CURRENT, GENERATIONS, MANIFEST = "CURRENT", "generations", "manifest.json"
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


def has_index(folder: Path) -> bool:
    """Tell whether a generation was ever made here, whole or not."""
    return _pointer(folder) is not None


def current_generation(folder: Path) -> str:
    """Return the name of the newest generation, empty where there is none; no other file is read.

    Another name than before tells that there may be more to read. Raises IndexDamaged.
    """
    return _pointer(folder) or ""


def read_generation(folder: Path, corpus_digest: str | None = None) -> Generation:
    """Read a generation whole and check every file of it before anything is made of its bytes.

    It is the current one or, where that was made from another text than the one asked for, the newest that was
    kept of this text: a build ends just before its text comes into use. One that is replaced and removed while
    it is read is left for the one that is there now. Raises IndexMissing, IndexForeign, IndexDamaged, and
    IndexStale where none was made from the text.
    """
    while True:
        name = _pointer(folder)
        if name is None:
            raise IndexMissing(folder / CURRENT, "there is no index yet")
        try:
            return _read_fitting(folder, name, corpus_digest)
        except (IndexDamaged, IndexStale):
            # A generation is removed only after the pointer has moved.
            if _pointer(folder) == name:
                raise


def _read_fitting(folder: Path, current: str, corpus_digest: str | None) -> Generation:
    place = folder / GENERATIONS / current
    if not generation_number(current) or not place.is_dir():
        raise IndexDamaged(folder / CURRENT, "it names no generation that is there")
    manifest = _read_manifest(place)
    if corpus_digest is None or manifest.corpus == corpus_digest:
        return _read_files(place, manifest)
    older = find_generation(folder, corpus_digest)
    if older is None:
        raise IndexStale(place / MANIFEST, "the index was made from another text")
    return _read_files(older, _read_manifest(older))


def find_generation(folder: Path, corpus_digest: str) -> Path | None:
    """Return the folder of the newest generation that was made from this text; its files may be damaged."""
    for name in sorted(generation_names(folder), key=generation_number, reverse=True):
        place = folder / GENERATIONS / name
        try:
            if _read_manifest(place).corpus == corpus_digest:
                return place
        except (IndexDamaged, IndexForeign):
            continue  # whatever it was made from, it cannot serve
    return None


def generation_names(folder: Path) -> set[str]:
    """Return the names of all generations that are there, whole or not. Raises IndexDamaged."""
    try:
        return {path.name for path in (folder / GENERATIONS).iterdir() if generation_number(path.name)}
    except OSError as error:
        raise IndexDamaged(folder / GENERATIONS, error.strerror or "it cannot be read") from error


def generation_number(name: str) -> int:
    """Return the number in the name of a generation, zero where it is no such name."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else 0


def _read_manifest(place: Path) -> Manifest:
    path = place / MANIFEST
    record = _read(path)
    if hashlib.sha256(record).hexdigest()[:16] != place.name.split("-")[1]:
        raise IndexDamaged(path, "it was altered")
    try:
        content = json.loads(record)
        if not isinstance(content, dict) or content.get("format") != Recipe.format:
            raise IndexForeign(path, f"its format is not {Recipe.format}, the one this version reads")
        return Manifest.model_validate(content)
    except ValueError as error:
        raise IndexForeign(path, "this version cannot read it") from error


def _read_files(place: Path, manifest: Manifest) -> Generation:
    files = {}
    for file, must in manifest.files.items():
        data = _read(place / file)
        if len(data) != must.size or hashlib.sha256(data).hexdigest() != must.sha256:
            raise IndexDamaged(place / file, "it was altered")
        files[file] = data
    return Generation(place.name, place, manifest, files)


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
