"""Reads a row of a table: one line, or what stands in its cells where the table only lays out a page."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.extraction import Block
from corpus.readers.marks import lone_mark


def read_row(cells: Sequence[Sequence[Block]]) -> Iterator[Block]:
    """Yield the blocks of a row, given those of its cells; footnotes follow it.

    A first cell that is but a mark ("a)", "1.1.2") numbers what stands beside it; a single cell, or one with headings or
    a table in it, lays out; any other row is one line.
    """
    notes = [block for cell in cells for block in cell if block.shape == "footnote"]
    filled = [[block for block in cell if block.shape != "footnote"] for cell in cells]
    texts = [" ".join(text for block in cell if (text := " ".join(block.text.split()))) for cell in filled]
    number = lone_mark(texts[0]) if len(texts) > 1 else ""
    laid_out = len(cells) == 1 or any(
        block.shape in ("heading", "table_row") for cell in filled for block in cell
    )
    if number and any(texts[1:]):
        beside = [block for cell in filled[1:] for block in cell]
        yield replace(beside[0], shape="list_item", level=0, number=number)
        yield from beside[1:]
    elif laid_out:
        yield from (block for cell in filled for block in cell)
    else:
        yield Block("table_row", " | ".join(text for text in texts if text))
    yield from notes
