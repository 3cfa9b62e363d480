"""The reader of plain text: paragraphs by blank lines, else by line ends; items and headings by how they are typed."""

import re
from collections.abc import Iterator

from corpus.extraction import Block, Extraction
from corpus.readers.decode import decode
from corpus.readers.finish import finish
from corpus.readers.marks import join_lines, split_mark

_RULE = re.compile(r"(=|-|_|\*|~)\1{2,}")
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)(\.?)\s+[^\W\d_a-z].*[^.;:,]")
_LONGEST_HEADING = 100


def read_text(data: bytes) -> Extraction:
    """Read plain text in any encoding that `decode` knows. Raises ReadError: no text, or nothing in it."""
    lines = [line.strip() for line in decode(data).split("\n")]
    return finish("text", _read(_paragraphs(lines)))


def _paragraphs(lines: list[str]) -> list[list[str]]:
    """Part lines at blank ones; where there are none, every line is a paragraph."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    paragraphs = [paragraph for paragraph in paragraphs if paragraph]
    return paragraphs if len(paragraphs) > 1 else [[line] for paragraph in paragraphs for line in paragraph]


def _read(paragraphs: list[list[str]]) -> Iterator[Block]:
    for place, paragraph in enumerate(paragraphs):
        lines = paragraph
        if len(lines) > 1 and _RULE.fullmatch(lines[1]) and not _RULE.fullmatch(lines[0]):
            yield Block("heading", lines[0], 1 if lines[1][0] == "=" else 2)
            lines = lines[2:]
        around = paragraphs[max(0, place - 1) : place] + paragraphs[place + 1 : place + 2]
        in_a_list = any(split_mark(other[0]) for other in around)
        if len(lines) == 1 and (level := _heading_level(lines[0], in_a_list)):
            yield Block("heading", lines[0], level)
        else:
            texts = join_lines(line for line in lines if not _RULE.fullmatch(line))
            yield from (Block("prose", text) for text in texts)


def _heading_level(line: str, in_a_list: bool) -> int:
    """A line alone in capitals, or numbered like "3.2 Title", heads what follows; "1. Title" does outside a list."""
    if len(line) > _LONGEST_HEADING:
        return 0
    if numbered := _NUMBERED.fullmatch(line):
        return numbered[1].count(".") + 1 if not (in_a_list and numbered[2]) else 0
    return 1 if line.isupper() and sum(character.isalpha() for character in line) > 2 else 0
