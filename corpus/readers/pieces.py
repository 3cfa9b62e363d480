"""pieces of one page: what will be a block, or the part of it that stands on this page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.extraction import Shape
from corpus.readers.lines import Line, find_mark

_PROSE = frozenset(["prose", "list_item"])
_ENDED = re.compile(r"[.!?:;][\"'”’)\]]*$")


@dataclass(frozen=True)
class Piece:
    """A block as far as one page has it. `parts` has the lines of each cell of a row; any other shape has one part.

    `opens` says that it has the mark of a list item or footnote, `before` and `after` that it is known to begin on an
    earlier page or to go on on a later one.
    """

    shape: Shape
    parts: tuple[tuple[Line, ...], ...]
    level: int = 0
    number: str = ""
    opens: bool = False
    before: bool = False
    after: bool = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """All its lines."""
        return tuple(line for part in self.parts for line in part)


def list_item(lines: Sequence[Line]) -> Piece | None:
    """Return an item of a list, its mark taken off and its number kept; None where only the mark is there."""
    if not (mark := find_mark(lines[0].text)):
        return Piece("list_item", (tuple(lines),))
    first = lines[0].without_start(mark.length)
    rest = ((first,) if first else ()) + tuple(lines[1:])
    return Piece("list_item", (rest,), number=mark.number, opens=True) if rest else None


def footnotes(lines: Sequence[Line]) -> Iterator[Piece]:
    """Yield the footnotes in lines: each begins at a line that begins with a raised figure, or with a plain one."""
    notes: list[tuple[str, list[Line]]] = []
    for line in lines:
        number = _note_number(line)
        if number and (first := line.without_start(len(number))):
            notes.append((number, [first]))
        elif notes:
            notes[-1][1].append(line)
        else:
            notes.append(("", [line]))
    for number, its in notes:
        yield Piece("footnote", (tuple(its),), number=number, opens=bool(number))


def starts_note(line: Line) -> bool:
    """Whether a line begins with the number of a footnote."""
    return bool(_note_number(line))


def goes_on(last: Piece, piece: Piece) -> bool:
    """Whether a paragraph or item goes on with a piece that begins the next column or page."""
    if last.shape not in _PROSE or piece.shape not in _PROSE or piece.opens:
        return False
    if last.after and piece.before:
        return True
    first, end = piece.lines[0], last.lines[-1]
    alike = abs(first.size - end.size) < 0.08 * end.size
    return alike and not has_ended(end.text) and not first.text[:1].isupper()


def joined(piece: Piece, after: Piece) -> Piece:
    """Return a piece with the one that it goes on with."""
    return replace(piece, parts=((*piece.lines, *after.lines),), after=after.after)


def has_ended(text: str) -> bool:
    """Whether a text ends as a sentence, or what stands before a list, does."""
    return bool(_ENDED.search(text[-20:]))


def _note_number(line: Line) -> str:
    first = line.runs[0]
    if line.is_raised(first):
        return first.text.strip()
    # A plain figure: "1 Zie ook"; never "2016 was" or "1. Zie", which is an item of a list.
    word, _, rest = line.text.partition(" ")
    return word if word.isdecimal() and len(word) <= 3 and rest[:1].isalpha() else ""
