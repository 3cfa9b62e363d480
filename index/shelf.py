"""Where the generations of an index stand: in a folder, or in a PostgreSQL database where the settings name one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.generation import FileRecord, Generation, Manifest, current_generation, has_index, read_generation
from index.store import Write, building, forget_older, new_generation

if TYPE_CHECKING:
    from index.embeddings import Embedded
    from index.passage import Passage


class NewOnShelf(Protocol):
    """A generation that is being written; `files` tells what has been. Nobody reads it before it is published."""

    @property
    def files(self) -> Mapping[str, FileRecord]: ...
    def file(self, name: str) -> AbstractContextManager[Write]: ...
    def write_passages(self, passages: "Sequence[Passage]") -> None: ...
    def write_vectors(self, name: str, passages: "Sequence[Passage]", vectors: "Embedded") -> None: ...
    def publish(self, manifest: Manifest, in_use: str) -> str: ...


Begin = Callable[[], AbstractContextManager[NewOnShelf]]


class Shelf(Protocol):
    """Reads and writes generations.

    `current` is the name of the newest one, None where none was ever made; `read` promises what `read_generation`
    does; `building` holds the lock of a build, and what it gives begins a generation within that; `forget_older` leaves
    nothing of a text that was removed.
    """

    def current(self) -> str | None: ...
    def read(self, corpus_digest: str | None = None) -> Generation: ...
    def building(self) -> AbstractContextManager[Begin]: ...
    def forget_older(self) -> None: ...


@dataclass(frozen=True)
class FolderShelf:
    """Generations in a folder."""

    folder: Path

    def current(self) -> str | None:
        """Return the name of the newest generation, None where none was ever made."""
        return current_generation(self.folder) if has_index(self.folder) else None

    def read(self, corpus_digest: str | None = None) -> Generation:
        """Read a generation whole."""
        return read_generation(self.folder, corpus_digest)

    def forget_older(self) -> None:
        """Remove every generation but the current one."""
        forget_older(self.folder)

    @contextmanager
    def building(self) -> Iterator[Begin]:
        """Hold the folder for one build."""
        with building(self.folder):
            yield partial(new_generation, self.folder)


def find_shelf(folder: Path, database: str) -> Shelf:
    """Return the shelf in `folder`, or that in the database of this address; there the folder keeps embeddings only.

    Raises IndexUnreachable where the address is none, or what it takes to use one is not installed.
    """
    if not database:
        return FolderShelf(folder)
    # Only who has a database waits for its driver.
    from index.postgres import DatabaseShelf

    return DatabaseShelf(database, folder)
