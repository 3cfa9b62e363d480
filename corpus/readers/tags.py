"""reads a page of a tagged PDF by its structure tree: what is a heading, list, table or footnote is told by the tags."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.extraction import Shape
from corpus.readers.lines import UNTAGGED, Line, Page, Run, Tag, find_mark, in_order
from corpus.readers.pieces import Piece, footnotes, list_item

# Kinds of ISO 32000-1, 14.8.4. Those within a line:
_INLINE = frozenset(
    [
        "Span",
        "Link",
        "Reference",
        "Quote",
        "Em",
        "Strong",
        "Code",
        "BibEntry",
        "Annot",
        "Lbl",
        "Form",
        "Formula",
        "Sub",
    ]
)
_HEADINGS = {"Title": 1, "H": 1} | {f"H{n}": n for n in range(1, 7)}
_NOTES = frozenset(["Note", "FENote"])
# A table of contents says again what the headings say.
_LEFT_OUT = frozenset(["TOC", "TOCI"])
_CELLS = frozenset(["TH", "TD"])

# The runs of each marked content; those that were read are taken out, as a tree may name one twice.
Marked = dict[int, list[Run]]


def has_headings(pages: Sequence[Page]) -> bool:
    """Whether the tags of a document name any heading."""
    return any(_any_heading(tag) for page in pages for tag in page.tags)


def tagged(page: Page) -> Iterator[Piece]:
    """Yield the pieces of a page in the order of its tags."""
    marked: Marked = {}
    for run in page.runs:
        marked.setdefault(run.tag, []).append(run)
    for tag in page.tags:
        yield from _walk(tag, marked)


def named(tags: Sequence[Tag]) -> frozenset[int]:
    """Return all marked contents that stand in tags."""
    found: set[int] = set()
    for tag in tags:
        found.update(kid for kid in tag.kids if isinstance(kid, int))
        found |= named([kid for kid in tag.kids if isinstance(kid, Tag)])
    return frozenset(found)


def adopted(runs: Sequence[Run], tags: frozenset[int]) -> Iterator[Run]:
    """Yield the runs, those of marked content that no tag names as of the run before, if they stand beside or below it.

    Of an element that lies on two pages pdfium tells the first of its marked contents on the second page alone.
    """
    last: Run | None = None
    for run in runs:
        if run.tag not in tags and run.tag != UNTAGGED and last:
            below = last.base - run.base
            if -0.5 * last.size < below < 1.7 * last.size:
                run = replace(run, tag=last.tag)  # noqa: PLW2901
        last = run if run.tag in tags else None
        yield run


def _any_heading(tag: Tag) -> bool:
    return tag.kind in _HEADINGS or any(isinstance(kid, Tag) and _any_heading(kid) for kid in tag.kids)


def _walk(tag: Tag, marked: Marked, *, in_cell: bool = False) -> Iterator[Piece]:
    if tag.kind in _LEFT_OUT:
        return
    if tag.kind in _NOTES:
        yield from footnotes([*_own(tag, marked, deep=True)])
    elif tag.kind == "Table":
        yield from _table(tag, marked)
    else:
        through = ("LBody",) if tag.kind == "LI" else ()
        if lines := [*_own(tag, marked, through)]:
            yield from _piece(tag, lines, in_cell=in_cell)
        for kid in _blocks(tag, through):
            yield from _walk(kid, marked, in_cell=in_cell)


def _piece(tag: Tag, lines: Sequence[Line], *, in_cell: bool) -> Iterator[Piece]:
    found: Piece | None
    mark = find_mark(lines[0].text)
    # A cell is one text, in which a number says more than that it was an item.
    is_item = tag.kind == "LI" or (tag.kind == "P" and mark is not None and mark.sure)
    if is_item and not (in_cell and mark and mark.number):
        found = list_item(lines)
        inner = [kid for kid in tag.kids if isinstance(kid, Tag) and kid.kind == "LBody"]
        ends = [tag, *inner]
    else:
        shape: Shape = "heading" if tag.kind in _HEADINGS else "prose"
        found = Piece(shape, (tuple(lines),), level=_HEADINGS.get(tag.kind, 0))
        ends = [tag]
    if found:
        yield replace(found, before=any(end.before for end in ends), after=any(end.after for end in ends))


def _own(tag: Tag, marked: Marked, through: Sequence[str] = (), *, deep: bool = False) -> Iterator[Line]:
    """Yield the lines of what stands in an element itself, without the blocks in it."""
    yield from in_order(_runs(tag, marked, through, deep=deep))


def _runs(tag: Tag, marked: Marked, through: Sequence[str], *, deep: bool) -> Iterator[Run]:
    for kid in tag.kids:
        if isinstance(kid, int):
            yield from marked.pop(kid, ())
        elif deep or kid.kind in _INLINE or kid.kind in through or (kid.kind == "P" and through):
            yield from _runs(kid, marked, through, deep=deep)


def _blocks(tag: Tag, through: Sequence[str]) -> Iterator[Tag]:
    for kid in tag.kids:
        if isinstance(kid, int):
            continue
        if kid.kind in _INLINE or kid.kind in through or (kid.kind == "P" and through):
            yield from _blocks(kid, through)
        else:
            yield kid


def _table(table: Tag, marked: Marked) -> Iterator[Piece]:
    rows = [*_rows(table)]
    if all(sum(isinstance(cell, Tag) for cell in row.kids) < 2 for row in rows):
        # A frame around text, no table.
        for kid in (
            kid for row in rows for cell in row.kids if isinstance(cell, Tag) for kid in _in_cell(cell)
        ):
            yield from _walk(kid, marked)
        return
    for row in rows:
        notes: list[Piece] = []
        cells = []
        for cell in row.kids:
            if isinstance(cell, Tag):
                found = [*_walk(cell, marked, in_cell=True)]
                if not found and cell.kind not in _CELLS:
                    continue
                notes += [piece for piece in found if piece.shape == "footnote"]
                cells.append(
                    tuple(line for piece in found if piece.shape != "footnote" for line in piece.lines)
                )
        if any(cells):
            yield Piece("table_row", tuple(cells))
        yield from notes


def _rows(tag: Tag) -> Iterator[Tag]:
    for kid in tag.kids:
        if isinstance(kid, Tag):
            if kid.kind == "TR":
                yield kid
            elif kid.kind in ("THead", "TBody", "TFoot"):
                yield from _rows(kid)


def _in_cell(cell: Tag) -> Iterator[Tag]:
    if any(isinstance(kid, int) or kid.kind in _INLINE for kid in cell.kids):
        yield replace(cell, kind="P")
    else:
        yield from (kid for kid in cell.kids if isinstance(kid, Tag))
