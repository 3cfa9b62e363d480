"""makes blocks of the pages of a PDF: running heads go, paragraphs that a page breaks are whole, notes come behind."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.extraction import Block
from corpus.readers.grid import find_grids
from corpus.readers.hyphens import read_hyphens
from corpus.readers.layout import body_size, laid_out
from corpus.readers.lines import Line, Page, Run, segments
from corpus.readers.pieces import Piece, goes_on, joined
from corpus.readers.tags import adopted, has_headings, named, tagged
from corpus.readers.unseen import drop_unseen

_NUMBERED = re.compile(r"\d+(?:\.\d+)*\.? \w[^.]*\.$")  # "2. Wat mag." is a heading, full stop or not
_MARGIN = 0.12  # of the height of a page: where running heads and feet stand
_REPEATED = 3  # pages on which a line in the margin stands before it is taken for one


@dataclass(frozen=True)
class _Found:
    page: int
    piece: Piece


def make_blocks(pages: Sequence[Page]) -> tuple[tuple[Block, ...], int]:
    """Return the blocks of a document, and how many characters that show nothing were dropped from them.

    A block that goes on over a page has the page on which it begins.
    """
    pages = without_running_heads(pages)
    body = body_size([run for page in pages for run in page.runs])
    found = _whole([_Found(page.number, piece) for page in pages for piece in _pieces(page, body)])
    if not has_headings(pages):
        found = _headed(found, body)
    hyphens = read_hyphens(line for each in found for line in each.piece.lines)
    blocks: list[Block] = []
    hidden = 0
    for each in found:
        piece = each.piece
        cells = (drop_unseen(hyphens.join(part)) for part in piece.parts)
        texts, dropped = zip(*cells, strict=True)
        hidden += sum(dropped)
        if any(text.strip() for text in texts):
            text = " ".join(" | ".join(texts).split())
            blocks.append(Block(piece.shape, text, piece.level, each.page, piece.number))
    return tuple(blocks), hidden


def without_running_heads(pages: Sequence[Page]) -> list[Page]:
    """Take out the lines in the margins that stand on several pages at one height, whatever figures are in them."""
    seen: Counter[tuple[str, int]] = Counter()
    margins = [{(_key(line), line) for line in _margins(page)} for page in pages]
    for margin in margins:
        # Counted at its own height and the next, so that half a point does not part two.
        seen.update({(text, height + near) for (text, height), _ in margin for near in (0, 1)})
    enough = min(_REPEATED, max(2, len(pages)))
    kept = []
    for page, margin in zip(pages, margins, strict=True):
        gone = {
            run
            for (text, height), line in margin
            if max(seen[text, height], seen[text, height + 1]) >= enough
            for run in line.runs
        }
        kept.append(replace(page, runs=tuple(run for run in page.runs if run not in gone)))
    return kept


def _margins(page: Page) -> Iterator[Line]:
    """Yield the lines in the margins, from the outside to where the text begins."""
    # A bullet that begins some pages is no running head.
    lines = [line for line in segments(page.runs) if any(letter.isalnum() for letter in line.text)]
    for side in (lines, lines[::-1]):
        for i, line in enumerate(side):
            inner = next((other for other in side[i:] if abs(other.base - line.base) > 0.5 * line.size), None)
            edge = min(line.base, page.height - line.base)
            if edge > _MARGIN * page.height:
                break
            if inner is None or abs(inner.base - line.base) > 1.1 * max(inner.size, line.size):
                yield line


def _key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.base / 4)


def _pieces(page: Page, body: float) -> Iterator[Piece]:
    """Yield the pieces of a page, the footnotes last."""
    in_tags = named(page.tags)
    runs = tuple(adopted(page.runs, in_tags))
    loose = [run for run in runs if run.tag not in in_tags]
    if in_tags and _letters(loose) < _letters(runs) / 2:
        pieces = [*tagged(replace(page, runs=runs)), *laid_out(loose, body)]
    else:
        pieces = [*laid_out(page.runs, body, find_grids(page.rules))]
    pieces += laid_out(page.aside, body)
    numbers = frozenset(piece.number for piece in pieces if piece.shape == "footnote" and piece.number)
    for last in (False, True):
        for piece in pieces:
            if (piece.shape == "footnote") == last:
                parts = tuple(tuple(line.without_marks(numbers) for line in part) for part in piece.parts)
                yield replace(piece, parts=parts)


def _whole(found: Sequence[_Found]) -> list[_Found]:
    """Join the pieces that a page break parted, and move footnotes behind the block that goes on over them."""
    whole: list[_Found] = []
    notes: list[_Found] = []
    header: Piece | None = None
    page = 0  # the last page of which a block was seen
    for each in found:
        piece = each.piece
        if piece.shape == "footnote":
            if notes and not piece.opens:
                notes[-1] = replace(notes[-1], piece=_with(notes[-1].piece, piece))
            else:
                notes.append(each)
            continue
        last = whole[-1] if whole else None
        first = each.page != page
        in_table = last is not None and last.piece.shape == piece.shape == "table_row"
        if in_table and first and header and _text(piece) == _text(header):
            continue
        page = each.page
        header = header if in_table else piece
        if last and first and _goes_on(last.piece, piece):
            whole[-1] = replace(last, piece=_with(last.piece, piece))
        else:
            whole += [*notes, each]
            notes = []
    return whole + notes


def _goes_on(last: Piece, piece: Piece) -> bool:
    if piece.shape == "table_row":
        return last.shape == "table_row" and not piece.parts[0] and None not in _places(last, piece)
    return goes_on(last, piece)


def _places(row: Piece, after: Piece) -> list[int | None]:
    """Return of each cell with text in the rest of a row in which cell of the row it goes on."""
    lefts = [min((line.left for line in cell), default=-math.inf) for cell in row.parts]
    places: list[int | None] = []
    for cell in after.parts:
        if cell:
            near = min(range(len(lefts)), key=lambda i: abs(lefts[i] - cell[0].left))
            places.append(near if abs(lefts[near] - cell[0].left) < 1.5 * cell[0].size else None)
    return places


def _with(piece: Piece, after: Piece) -> Piece:
    if piece.shape != "table_row":
        return joined(piece, after)
    parts = [list(part) for part in piece.parts]
    for place, part in zip(_places(piece, after), (part for part in after.parts if part), strict=True):
        parts[place or 0] += part
    return replace(piece, parts=tuple(tuple(part) for part in parts))


def _letters(runs: Sequence[Run]) -> int:
    return sum(len(run.text.strip()) for run in runs)


def _text(piece: Piece) -> str:
    return "|".join(line.text for line in piece.lines)


def _headed(found: Sequence[_Found], body: float) -> list[_Found]:
    """Make headings of what stands out: larger letters, or bold ones in a line or three that are no sentence."""
    styles = {_style(each.piece) for each in found if _stands_out(each.piece, body)}
    levels = {style: min(i, 6) for i, style in enumerate(sorted(styles, reverse=True), 1)}
    return [
        replace(each, piece=replace(each.piece, shape="heading", level=levels[_style(each.piece)]))
        if _stands_out(each.piece, body)
        else each
        for each in found
    ]


def _style(piece: Piece) -> tuple[float, bool]:
    return round(piece.lines[0].size * 2) / 2, piece.lines[0].bold


def _stands_out(piece: Piece, body: float) -> bool:
    lines = piece.lines
    text = " ".join(line.text for line in lines)
    if (
        piece.shape != "prose"
        or len(lines) > 3
        or len(text) > 200
        or not any(letter.isalpha() for letter in text)
    ):
        return False
    if all(line.size >= 1.12 * body for line in lines):
        return True
    is_title = not re.search(r"[.,:;]$", text) or bool(_NUMBERED.match(text))
    return is_title and all(line.bold and line.size >= 0.95 * body for line in lines)
