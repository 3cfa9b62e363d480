"""Finishes what a reader found: every block on one line, marks told from text, nothing unseen left."""

from collections.abc import Iterable
from dataclasses import replace

from corpus.errors import ReadError
from corpus.extraction import Block, Extraction, Reader
from corpus.readers.marks import split_mark
from corpus.readers.parts import settle_parts
from corpus.readers.unseen import drop_unseen


def finish(
    reader: Reader,
    blocks: Iterable[Block],
    hidden: int = 0,
    title: str = "",
    author: str = "",
    date: str = "",
) -> Extraction:
    """Return the Extraction of rough blocks, in which white space and marks still stand as they were found.

    Raises ReadError: nothing is left to read ("empty").
    """
    kept = []
    for block in blocks:
        text, unseen = drop_unseen(block.text)
        hidden += unseen
        if text := " ".join(text.split()):
            kept.append(_unmarked(replace(block, text=text)))
    if not kept:
        raise ReadError("document", "empty", "there is no text in it")
    return Extraction(reader, settle_parts(kept), hidden, 0, _line(title), _line(author), _line(date))


def _unmarked(block: Block) -> Block:
    """Prose or an unnumbered item behind a typed mark is an item with that number."""
    mark = split_mark(block.text) if block.shape in ("prose", "list_item") and not block.number else None
    return replace(block, shape="list_item", number=mark[0], text=mark[1]) if mark else block


def _line(text: str) -> str:
    return " ".join(drop_unseen(text)[0].split())
