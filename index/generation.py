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
import mmap
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from pydantic import BaseModel, JsonValue

from index.errors import IndexDamaged, IndexFault, IndexForeign, IndexMissing, IndexStale
from index.recipe import Recipe

if TYPE_CHECKING:
    from index.dense import VectorStore

CURRENT, GENERATIONS, MANIFEST, PASSAGES = "CURRENT", "generations", "manifest.json", "passages.json"
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
    """A generation as it was read: every file has the sha256 that the manifest says.

    `folder` is where it lies, for messages; in a database host, database and name. `files` holds the manifest as well.
    They are mapped, not copied: they stay readable when the generation is removed, and are in memory only as far as
    they are used. `open_vectors` opens vectors by their name, given the ids of the passages and of their paragraphs; it
    raises ValueError where they are not theirs, and KeyError where there are none of that name.
    """

    name: str
    folder: PurePath
    manifest: Manifest
    files: Mapping[str, memoryview]
    open_vectors: "Callable[[str, Sequence[str], Sequence[str]], VectorStore]"


def vectors_name(number: int, *, is_added: bool = False) -> str:
    """Return the name of the vectors of an encoder, by its place in the recipe: of ours, or of what people added."""
    return f"vectors-{number}{'-added' if is_added else ''}"


def grams_name(*, is_added: bool = False) -> str:
    """Return the name of the grams: of ours, or of what people added."""
    return f"grams{'-added' if is_added else ''}.npz"


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

    Without a text asked for it is the current one. Else it is the current one where that was made from the text and
    is whole, and otherwise the newest that is kept, whole and made from it: a build ends just before its text comes
    into use. One that is replaced and removed while it is read is left for the one that is there now. Raises
    IndexMissing; IndexDamaged or IndexForeign of the one that should serve; IndexStale where none was made from
    the text.
    """
    while True:
        name = _pointer(folder)
        if name is None:
            raise IndexMissing(folder / CURRENT, "there is no index yet")
        try:
            if corpus_digest is None:
                return _read_files(folder, name, _read_manifest(folder, name))
            return read_fitting(
                folder / GENERATIONS,
                [name, *newest_first(generation_names(folder) - {name})],
                corpus_digest,
                partial(_read_manifest, folder),
                partial(_read_files, folder),
            )
        except (IndexDamaged, IndexForeign, IndexStale):
            # A generation is removed only after the pointer has moved.
            if _pointer(folder) == name:
                raise


def read_fitting(
    folder: PurePath,
    names: Sequence[str],
    corpus_digest: str,
    read_manifest: Callable[[str], Manifest],
    read_files: Callable[[str, Manifest], Generation],
) -> Generation:
    """Read the first whole generation of a text, of those in `folder`, the current one first.

    Raises the first fault met, or IndexStale.
    """
    fault: IndexFault | None = None
    for name in names:
        try:
            manifest = read_manifest(name)
            if manifest.corpus == corpus_digest:
                return read_files(name, manifest)
        except (IndexDamaged, IndexForeign) as error:
            # Of an older one whose manifest cannot be read nobody knows whether it would have been asked for.
            if name == names[0] or PurePath(error.file).name != MANIFEST:
                fault = fault or error
    raise fault or IndexStale(folder / names[0] / MANIFEST, "the index was made from another text")


def find_generation(folder: Path, corpus_digest: str) -> Path | None:
    """Return the folder of the newest generation that was made from this text; its files may be damaged."""
    for name in newest_first(generation_names(folder)):
        try:
            if _read_manifest(folder, name).corpus == corpus_digest:
                return folder / GENERATIONS / name
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


def newest_first(names: Iterable[str]) -> list[str]:
    """Return the names of generations, the newest one first."""
    return sorted(names, key=generation_number, reverse=True)


def _read_manifest(folder: Path, name: str) -> Manifest:
    place = folder / GENERATIONS / name
    if not generation_number(name) or not place.is_dir():
        raise IndexDamaged(folder / CURRENT, "it names no generation that is there")
    return check_manifest(place / MANIFEST, name, _read(place / MANIFEST))


def check_manifest(path: PurePath, name: str, record: bytes) -> Manifest:
    """Return the manifest of the generation of this name. Raises IndexDamaged where it is another, IndexForeign."""
    if not generation_number(name) or hashlib.sha256(record).hexdigest()[:16] != name.split("-")[1]:
        raise IndexDamaged(path, "it was altered")
    try:
        content = json.loads(record)
        if not isinstance(content, dict) or content.get("format") != Recipe.format:
            raise IndexForeign(path, f"its format is not {Recipe.format}, the one this version reads")
        return Manifest.model_validate(content)
    except ValueError as error:
        raise IndexForeign(path, "this version cannot read it") from error


def _read_files(folder: Path, name: str, manifest: Manifest) -> Generation:
    place = folder / GENERATIONS / name
    files = {MANIFEST: memoryview(_read(place / MANIFEST))}
    for file, must in manifest.files.items():
        files[file], digest = _map(place / file)
        if files[file].nbytes != must.size or digest != must.sha256:
            raise IndexDamaged(place / file, "it was altered")
    return Generation(name, place, manifest, files, partial(_open_vectors, files))


def _open_vectors(
    files: Mapping[str, memoryview], name: str, ids: Sequence[str], documents: Sequence[str]
) -> "VectorStore":
    # Most who read a generation open no vectors, and need no faiss.
    from index.vectors import FaissVectorStore

    return FaissVectorStore.from_bytes(files[f"{name}.faiss"], ids, documents)


def _pointer(folder: Path) -> str | None:
    """Return what CURRENT holds, None where there is none."""
    try:
        return (folder / CURRENT).read_bytes().decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise IndexDamaged(folder / CURRENT, error.strerror or "it cannot be read") from error


def _read(path: Path) -> bytes:
    with _reading(path):
        return path.read_bytes()


def _map(path: Path) -> tuple[memoryview, str]:
    """Return a file as it is on disk, and its sha256; reading it for that leaves nothing of it in memory."""
    with _reading(path), path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return memoryview(b""), ""  # nothing can be mapped of it
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    digest = hashlib.sha256(mapped).hexdigest()
    mapped.madvise(mmap.MADV_DONTNEED)
    return memoryview(mapped), digest


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        missing = error.errno == errno.ENOENT
        raise IndexDamaged(
            path, "it is missing" if missing else error.strerror or "it cannot be read"
        ) from error
