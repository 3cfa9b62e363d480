"""reads the tables of a page without tags: by the lines around their cells, or by cells that stand in line."""

from collections.abc import Iterator, Sequence

from corpus.readers.grid import Grid
from corpus.readers.lines import Line, Run, as_lines, find_mark, in_rows, segments
from corpus.readers.pieces import Piece


def cell_of(grid: Grid, run: Run) -> tuple[int, int] | None:
    """Return row and column of the cell in which a run begins, None outside the table."""
    return grid.cell_at(min(run.left + 1, run.right), run.base + 0.3 * run.size)


def grid_rows(runs: Sequence[Run], grid: Grid) -> Iterator[Piece]:
    """Yield the rows of a table with lines around its cells; the signs before items in a cell are left out."""
    rows, columns = grid.size
    cells: dict[tuple[int, int] | None, list[Run]] = {}
    for run in runs:
        cells.setdefault(cell_of(grid, run), []).append(run)
    for row in range(rows):
        parts = []
        for column in range(columns):
            lines = as_lines(in_rows(segments(cells.get((row, column), ()))))
            marks = [find_mark(line.text) for line in lines]
            unmarked = [
                line.without_start(mark.length) if mark and mark.sure else line
                for line, mark in zip(lines, marks, strict=True)
            ]
            parts.append(tuple(line for line in unmarked if line))
        if any(parts):
            yield Piece("table_row", tuple(parts))


def aligned(rows: Sequence[Sequence[Line]]) -> Iterator[tuple[int, int, tuple[float, ...]]]:
    """Yield where tables start and end, and where their columns begin: three rows or more that stand in line."""
    at = 0
    while at < len(rows):
        columns = tuple(cell.left for cell in rows[at])
        end = at + 1
        while end < len(rows) and len(columns) > 1 and _fits(rows[end], columns):
            end += 1
        while end > at and len(rows[end - 1]) == 1 and rows[end - 1][0].left < columns[0] + 3:
            # A single line at the left margin below a table is the text that follows.
            end -= 1
        whole = [row for row in rows[at:end] if len(row) == len(columns)]
        is_list = len(columns) == 2 and all(find_mark(row[0].text + " ") for row in whole)
        if len(whole) >= 3 and not is_list:
            yield at, end, columns
            at = end
        else:
            at += 1


def aligned_rows(rows: Sequence[Sequence[Line]], columns: Sequence[float]) -> Iterator[Piece]:
    """Yield the rows of a table; a line without a first cell goes on with the cells above it."""
    cells: list[list[Line]] = []
    for row in rows:
        places = [min(range(len(columns)), key=lambda i: abs(columns[i] - cell.left)) for cell in row]
        if 0 in places or not cells:
            if cells:
                yield Piece("table_row", tuple(tuple(cell) for cell in cells))
            cells = [[] for _ in columns]
        for place, cell in zip(places, row, strict=True):
            cells[place].append(cell)
    yield Piece("table_row", tuple(tuple(cell) for cell in cells))


def _fits(row: Sequence[Line], columns: Sequence[float]) -> bool:
    """Whether every cell begins where a column does and ends before the next."""
    places = [next((i for i, left in enumerate(columns) if abs(left - cell.left) < 3), None) for cell in row]
    return all(
        place is not None and (place + 1 == len(columns) or cell.right < columns[place + 1])
        for place, cell in zip(places, row, strict=True)
    )
