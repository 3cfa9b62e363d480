"""The records of a peer: how it is built and opened, and the pieces of the guidance that it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus.paragraph import Document, Span

# So many pieces are asked for: more than fit in the characters that a reader reads.
SHOWN = 50


@dataclass(frozen=True)
class Piece:
    """A text as it is shown; `spans` are its places in the untouched guidance, none where it is from elsewhere."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Opened:
    """A peer that can be asked: `answer` gives what a reader is shown, `search` the k best; best first."""

    answer: Callable[[str], tuple[Piece, ...]]
    search: Callable[[str, int], tuple[Piece, ...]]


def shows_what_it_finds(search: Callable[[str, int], tuple[Piece, ...]]) -> Opened:
    """Return a peer whose answer is what its search finds."""
    return Opened(lambda question: search(question, SHOWN), search)


class Method(Protocol):
    """A way to find text: `build` keeps in the folder all that `open` needs."""

    def build(self, guidance: Document, folder: Path) -> None: ...
    def open(self, folder: Path) -> Opened: ...


@dataclass(frozen=True)
class Peer:
    """A peer by name, the packages it needs besides ours, and what imports its method: nothing else does."""

    name: str
    packages: tuple[str, ...]
    load: Callable[[], Method]
