"""Writes generations of an index. A reader sees the old one or the new one, whole, whenever a build stops."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexBusy, IndexUnwritable
from index.generation import (
    CURRENT,
    GENERATIONS,
    MANIFEST,
    PASSAGES,
    FileRecord,
    Manifest,
    current_generation,
    find_generation,
    generation_names,
    generation_number,
)
from index.passage import Passage, passages_to_json

if TYPE_CHECKING:
    from index.embeddings import Embedded

LOCK, PARTIAL = "lock", ".partial"

Write = Callable[[bytes | memoryview], int]


@contextmanager
def building(folder: Path) -> Iterator[None]:
    """Hold the folder for one build. Raises IndexBusy where another holds it, and IndexUnwritable."""
    lock = folder / LOCK
    with writing(lock):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        with writing(lock):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise IndexBusy(lock, "another process is building the index") from error
        yield
    finally:
        os.close(handle)


class NewGeneration:
    """A generation that is being written; `files` tells what has been. Nobody reads it before it is published."""

    def __init__(self, folder: Path, place: Path) -> None:
        self._folder, self._place = folder, place
        self.files: dict[str, FileRecord] = {}

    @contextmanager
    def file(self, name: str) -> Iterator[Write]:
        """Write a file in as many parts as its maker likes; at the end the disk has it. Raises IndexUnwritable."""
        digest, size = hashlib.sha256(), 0
        with writing(self._place / name), (self._place / name).open("xb") as file:

            def write(data: bytes | memoryview) -> int:
                nonlocal size
                digest.update(data)
                size += memoryview(data).nbytes
                return file.write(data)

            yield write
            file.flush()
            os.fsync(file.fileno())
        self.files[name] = FileRecord(sha256=digest.hexdigest(), size=size)

    def write_passages(self, passages: Sequence[Passage]) -> None:
        """Write the passages as JSON. Raises IndexUnwritable."""
        with self.file(PASSAGES) as write:
            for part in passages_to_json(passages):
                write(part)

    def write_vectors(self, name: str, passages: Sequence[Passage], vectors: "Embedded") -> None:
        """Write vectors (passages, dimension) as a faiss index. Raises IndexUnwritable."""
        # Whoever only reads a backup, or writes to a database, does not wait for faiss.
        from index.vectors import FaissVectorStore

        store = FaissVectorStore(vectors.dimension)
        store.add_rows(
            [passage.id for passage in passages], [passage.paragraph for passage in passages], vectors
        )
        with self.file(f"{name}.faiss") as write:
            store.write_to(write)

    def publish(self, manifest: Manifest, in_use: str) -> str:
        """Make this the current generation and return its name; `manifest` must tell of `files`.

        The one before it is kept, and the newest one made from the text `in_use`, a corpus digest: readers may
        want that until the new text is. Raises IndexUnwritable.
        """
        generations = self._place.parent
        with writing(generations), ExitStack() as undo:
            before, serving = generation_names(self._folder), find_generation(self._folder, in_use)
            record = manifest.model_dump_json(indent=1).encode()
            name = f"{self._place.stem}-{hashlib.sha256(record).hexdigest()[:16]}"
            undo.callback(_clear, self._folder, name)
            _write(self._place / MANIFEST, record)
            _sync(self._place)
            self._place.rename(generations / name)
            _sync(generations)
            previous = current_generation(self._folder)
            _write(self._folder / f"{CURRENT}{PARTIAL}", name.encode())
            (self._folder / f"{CURRENT}{PARTIAL}").replace(self._folder / CURRENT)
            _sync(self._folder)
            _remove_all(generations, before - {previous, serving.name if serving else ""})
        return name


@contextmanager
def new_generation(folder: Path) -> Iterator[NewGeneration]:
    """Begin a generation, to be called within `building`. Whatever stops it, what was there keeps serving.

    What was written in part is removed. Raises IndexUnwritable.
    """
    generations = folder / GENERATIONS
    with writing(generations), ExitStack() as undo:
        generations.mkdir(exist_ok=True)
        _remove_all(generations, {path.name for path in generations.glob(f"*{PARTIAL}")})
        number = 1 + max(map(generation_number, generation_names(folder)), default=0)
        place = generations / f"{number:06d}{PARTIAL}"
        undo.callback(shutil.rmtree, place, ignore_errors=True)
        place.mkdir()
        yield NewGeneration(folder, place)


def forget_older(folder: Path) -> None:
    """Remove every generation but the current one, so that nothing is left of a text that was removed.

    To be called once the text of the current one is in use. Raises IndexBusy and IndexUnwritable.
    """
    with building(folder), writing(folder):
        current = current_generation(folder)
        if current:
            _remove_all(folder / GENERATIONS, generation_names(folder) - {current})


def _clear(folder: Path, name: str) -> None:
    """Leave nothing of a generation that did not become the current one."""
    (folder / f"{CURRENT}{PARTIAL}").unlink(missing_ok=True)
    if current_generation(folder) != name:
        shutil.rmtree(folder / GENERATIONS / name, ignore_errors=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say IndexUnwritable where something at or below `path` cannot be written."""
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
