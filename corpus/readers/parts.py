"""The parts of a law: its documents name chapters, sections and articles in words, not always as headings."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from corpus.extraction import Block

# From the largest part to the smallest, in Dutch and English.
_RANKS = {
    "boek": 0,
    "titel": 1,
    "hoofdstuk": 2,
    "chapter": 2,
    "afdeling": 3,
    "section": 3,
    "paragraaf": 4,
    "artikel": 5,
    "article": 5,
}
_PART = re.compile(
    rf"({'|'.join(_RANKS)})\s+(?:[ivxlc]+|\d+[a-z]*(?:\.\d+)*)\b[.:]?(?:\s+(.+))?", re.IGNORECASE
)
_LONGEST_TITLE = 150


def settle_parts(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Make headings of the names of parts, join each with its title, and let a chapter stand above its articles."""
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if last and last.shape == "heading" and _names(last) and not _title(last) and _is_title(block, last):
            joined[-1] = replace(last, text=f"{last.text} {block.text}")
        elif block.shape == "prose" and _names(block) and _reads_as_title(_title(block) or "A"):
            joined.append(replace(block, shape="heading", level=1))
        else:
            joined.append(block)
    return _levels(joined)


def _rank(block: Block) -> int:
    match = _PART.fullmatch(block.text)
    return _RANKS[match[1].lower()] if match else -1


def _names(block: Block) -> bool:
    return _rank(block) >= 0


def _title(block: Block) -> str:
    match = _PART.fullmatch(block.text)
    return (match[2] or "") if match else ""


def _is_title(block: Block, part: Block) -> bool:
    if _names(block):
        return False
    if block.shape == "heading":
        return block.level > part.level
    return block.shape == "prose" and _reads_as_title(block.text)


def _reads_as_title(text: str) -> bool:
    return len(text) <= _LONGEST_TITLE and not text[0].islower() and text[-1] not in ".,:;!?"


def _levels(blocks: list[Block]) -> tuple[Block, ...]:
    """Give every kind of part its own level, unless the document itself has them in order."""
    found: dict[int, set[int]] = {}
    for block in blocks:
        if block.shape == "heading" and _names(block):
            found.setdefault(_rank(block), set()).add(block.level)
    ranks = sorted(found)
    pairs = list(pairwise(ranks))
    if not pairs or all(max(found[upper]) < min(found[lower]) for upper, lower in pairs):
        return tuple(blocks)
    top = min(level for levels in found.values() for level in levels)
    return tuple(
        replace(block, level=top + ranks.index(_rank(block)))
        if block.shape == "heading" and _names(block)
        else block
        for block in blocks
    )
