"""A library of documents that people added, with a reader that knows one word to a shape."""

from dataclasses import dataclass, field
from pathlib import Path

from corpus.add import Added, Details, Library, NotAdded, add_files
from corpus.errors import ReadError
from corpus.extraction import Block, Extraction, Shape
from corpus.load import Corpus

SHAPES: dict[str, Shape] = {"#": "heading", "-": "list_item", "|": "table_row", "*": "footnote"}
POLICY = """# Cloudbeleid
Gezondheidsgegevens gaan alleen naar een cloud binnen de EER. Het college besluit.
- De CISO geeft vooraf advies.
# Uitzonderingen
Een bewerker mag niets zonder opdracht van de gemeente.
"""


def read_lines(path: Path) -> Extraction:
    """Read a heading, list item, row, footnote or paragraph from every line."""
    text = path.read_text(encoding="utf-8")
    if text.startswith("broken"):
        raise ReadError(path.name, "broken", "the file is damaged; save it anew and add it again")
    blocks = []
    for line in filter(None, text.splitlines()):
        shape = SHAPES.get(line[0], "prose")
        blocks.append(
            Block(shape, line if shape == "prose" else line[1:].strip(), 1 if shape == "heading" else 0, 3)
        )
    return Extraction("text", tuple(blocks), hidden=2)


@dataclass
class Refreshed:
    """Remembers for which texts the index was made to fit."""

    digests: list[str] = field(default_factory=list)
    error: Exception | None = None

    def __call__(self, corpus: Corpus, in_use: str) -> None:
        if self.error:
            raise self.error
        self.digests.append(corpus.digest)


def silent(step: str, done: int, total: int) -> None:
    """Show no progress."""


def library(home: Path, refresh: Refreshed | None = None) -> Library:
    return Library(home, read_lines, refresh or Refreshed(), "2026-11-30")


def add(
    home: Path, *files: Path, details: Details | None = None, refresh: Refreshed | None = None
) -> tuple[tuple[Added, ...], tuple[NotAdded, ...]]:
    return add_files(library(home, refresh), [(file, details or Details()) for file in files], silent)


def write(folder: Path, name: str, text: str = POLICY) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
