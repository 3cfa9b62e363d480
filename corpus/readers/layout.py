"""reads a page of a PDF without tags by how it looks: columns, tables, lists, footnotes and paragraphs."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from corpus.readers.grid import Grid
from corpus.readers.lines import Line, Run, as_lines, find_mark, in_rows, segments
from corpus.readers.pieces import Piece, footnotes, goes_on, has_ended, joined, list_item, starts_note
from corpus.readers.tables import aligned, aligned_rows, cell_of, grid_rows

_MOST = 1_000  # lines on a page of columns
# "Inleiding ........ 5": a table of contents says again what the headings say.
_LEADER = re.compile(r"(?:\.{4,}|(?: \.){4,}|…{2,}|_{4,})\s*[\divxl]+$")


def laid_out(runs: Sequence[Run], body: float, grids: Sequence[Grid] = ()) -> Iterator[Piece]:
    """Yield the pieces of a page in reading order; `body` is the size of most letters of the document."""
    if not grids:
        yield from _flowing(runs, body)
        return
    grid, *others = grids
    above = [run for run in runs if run.base > grid.up[-1]]
    rest = [run for run in runs if run.base <= grid.up[-1]]
    yield from _flowing(above, body)
    yield from grid_rows([run for run in rest if cell_of(grid, run)], grid)
    yield from laid_out([run for run in rest if not cell_of(grid, run)], body, others)


def _flowing(runs: Sequence[Run], body: float) -> Iterator[Piece]:
    """Yield the pieces of what stands outside tables with lines."""
    open_piece: Piece | None = None  # may go on in the next column
    notes: list[Piece] = []
    for column in _columns(segments(runs)):
        for i, piece in enumerate(_column(in_rows(column), body)):
            if piece.shape == "footnote":
                notes.append(piece)
            elif open_piece and i == 0 and goes_on(open_piece, piece):
                open_piece = joined(open_piece, piece)
            else:
                if open_piece:
                    yield open_piece
                open_piece = piece
    if open_piece:
        yield open_piece
    yield from notes


def body_size(runs: Sequence[Run]) -> float:
    """Return the size of most letters, to half a point."""
    sizes: Counter[float] = Counter()
    for run in runs:
        sizes[round(run.size * 2) / 2] += len(run.text)
    return min(sizes, key=lambda size: (-sizes[size], size), default=0.0)


def _columns(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines column by column: what stands across the columns ends those above it."""
    gutter = _gutter(lines)
    if gutter is None:
        yield list(lines)
        return
    left: list[Line] = []
    right: list[Line] = []
    for line in lines:
        if line.left < gutter < line.right:
            yield from (*_columns(left), *_columns(right))
            left, right = [], []
            yield [line]
        else:
            (left if line.right <= gutter else right).append(line)
    yield from (*_columns(left), *_columns(right))


def _gutter(lines: Sequence[Line]) -> float | None:
    """Return where the white between two columns of prose is, if there are any.

    Prose fills its column: a table does not, which is how one is told from the other.
    """
    best: tuple[int, float] | None = None
    if len(lines) > _MOST:
        return None
    for at in sorted({round(line.right + 1, 1) for line in lines}):
        left = [line for line in lines if line.right <= at]
        right = [line for line in lines if line.left >= at]
        across = len(lines) - len(left) - len(right)
        if (
            min(len(left), len(right)) >= 4
            and across <= len(lines) / 4
            and _is_prose(left)
            and _is_prose(right)
        ):
            best = min(best, (across, at)) if best else (across, at)
    return best[1] if best else None


def _is_prose(lines: Sequence[Line]) -> bool:
    width = max(line.right for line in lines) - min(line.left for line in lines)
    return (
        median(line.right - line.left for line in lines) > 0.7 * width
        and median(len(line.text) for line in lines) >= 20
    )


def _column(rows: list[list[Line]], body: float) -> Iterator[Piece]:
    rows = _without_contents(rows)
    notes = _notes_from(as_lines(rows), body)
    done = 0
    for start, end, columns in aligned(rows[:notes]):
        yield from _paragraphs(as_lines(rows[done:start]), body)
        yield from aligned_rows(rows[start:end], columns)
        done = end
    yield from _paragraphs(as_lines(rows[done:notes]), body)
    yield from footnotes(as_lines(rows[notes:]))


def _without_contents(rows: list[list[Line]]) -> list[list[Line]]:
    leads = [bool(_LEADER.search(line.text[-100:])) for line in as_lines(rows)]
    # The first line of an entry that takes two has no leader.
    between = [any(leads[max(i - 1, 0) : i]) and any(leads[i + 1 : i + 2]) for i in range(len(rows))]
    return [row for row, lead, inner in zip(rows, leads, between, strict=True) if not (lead or inner)]


def _notes_from(lines: Sequence[Line], body: float) -> int:
    """Return where the small lines at the foot begin, of which the first begins with a number."""
    start = len(lines)
    while start and lines[start - 1].size < 0.93 * body:
        start -= 1
    while start < len(lines) and not starts_note(lines[start]):
        start += 1
    return start


def _paragraphs(lines: Sequence[Line], body: float) -> Iterator[Piece]:
    if not lines:
        return
    # The usual distance of lines, as a share of their size.
    steps = [(a.base - b.base) / b.size for a, b in pairwise(lines) if 0 < a.base - b.base < 2.5 * b.size]
    step = min(median(steps), 1.6) if steps else 1.3
    edges = min(line.left for line in lines), max(line.right for line in lines)
    paragraph: list[Line] = []
    item: Piece | None = None
    for line in lines:
        opens = _opens_item(line, paragraph, item, body)
        if paragraph and (opens or _parts(paragraph, line, step, edges, hanging=item is not None)):
            yield _item_or_prose(paragraph, item)
            paragraph, item = [], (item if opens else None)
        if not paragraph:
            item = list_item([line]) if opens else None
        paragraph.append(line)
    yield _item_or_prose(paragraph, item)


def _item_or_prose(lines: Sequence[Line], item: Piece | None) -> Piece:
    return (list_item(lines) if item else None) or Piece("prose", (tuple(lines),))


def _opens_item(line: Line, before: Sequence[Line], item: Piece | None, body: float) -> bool:
    mark = find_mark(line.text)
    if not mark or line.size > 1.1 * body or (line.bold and mark.number):
        return False
    if mark.dash:
        # Within a sentence – as here – a dash may come to stand at the start of a line.
        return item is not None or not before or has_ended(before[-1].text)
    if mark.number and before and not has_ended(before[-1].text):
        # "as article\n3. says": a number within a paragraph opens an item only where it is the next of a list.
        return item is not None and _follows(item.number, mark.number)
    return True


def _follows(number: str, after: str) -> bool:
    if number.isdecimal() and after.isdecimal():
        return int(after) == int(number) + 1
    return len(number) == len(after) == 1 and ord(after) == ord(number) + 1


def _parts(
    lines: Sequence[Line], line: Line, step: float, edges: tuple[float, float], *, hanging: bool
) -> bool:
    """Whether a new paragraph begins at `line`; `edges` are those of the column, `hanging` says that an item is open."""
    last, capital = lines[-1], not line.text[:1].islower()
    ended = has_ended(last.text)
    if abs(line.size - last.size) > 0.08 * last.size or line.bold != last.bold:
        return True
    gap = (last.base - line.base) / line.size
    if gap < 0:  # the next column
        return ended or capital
    if gap > 1.25 * step:
        return True
    if hanging and line.left < lines[0].left + 0.5 * line.size:
        return ended or capital
    if not hanging and not line.bold and line.left > last.left + 0.8 * line.size and last.left < edges[0] + 3:
        return True
    # The line ended though the next word had room.
    word = (len(line.text.split(" ", 1)[0]) + 2) * (line.right - line.left) / max(len(line.text), 1)
    short = last.right < edges[0] + 0.6 * (edges[1] - edges[0])
    return not hanging and last.right + word < edges[1] and (ended or (short and capital and not line.bold))
