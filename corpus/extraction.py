"""What a reader makes of a document: its blocks in reading order, and the text that quotes are cut from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from corpus.paragraph import Span

Shape = Literal["heading", "prose", "list_item", "table_row", "footnote"]
Reader = Literal["pdf", "html", "docx", "markdown", "text"]
_BETWEEN = "\n\n"


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list item, row of a table or footnote, as people read it.

    `text` is one line: hyphenation repaired, running heads, page numbers and list marks left out, the cells of a row
    parted by " | ". `number` is the mark of a numbered list item or footnote ("3", "a"), `level` that of a heading
    (1 is the highest), 0 for all else; `page` counts from 1, 0 where the document has no pages.
    """

    shape: Shape
    text: str
    level: int = 0
    page: int = 0
    number: str = ""


@dataclass(frozen=True)
class Extraction:
    """A document as it was read. `hidden` counts the characters that nobody can see and that were dropped.

    `title`, `author` and `date` (ISO) are what the document says of itself, empty where it says nothing; `pages` is 0
    where it has none.
    """

    reader: Reader
    blocks: tuple[Block, ...]
    hidden: int = 0
    pages: int = 0
    title: str = ""
    author: str = ""
    date: str = ""

    @property
    def text(self) -> str:
        """The stored text, in which every block stands on a line of its own."""
        return _BETWEEN.join(block.text for block in self.blocks)

    def place(self) -> Iterator[tuple[Block, Span]]:
        """Yield every block with its place in `text`."""
        start = 0
        for block in self.blocks:
            yield block, Span(start, start + len(block.text))
            start += len(block.text) + len(_BETWEEN)
