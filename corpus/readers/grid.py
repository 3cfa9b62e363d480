"""finds the tables of a page by the lines that are drawn around their cells."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points
_NEAR = 3.0  # points between lines that touch, or are one
_MOST = 1_000  # lines on a page; a drawing has more
# A line parts columns or rows where it goes over this share of the table; a shorter one parts cells within.
_SHARE = 0.5


@dataclass(frozen=True)
class Grid:
    """A table: where its columns part, from left to right, and its rows, from below, both with the outer lines."""

    across: tuple[float, ...]
    up: tuple[float, ...]

    @property
    def size(self) -> tuple[int, int]:
        """How many rows and columns it has."""
        return len(self.up) - 1, len(self.across) - 1

    def cell_at(self, across: float, up: float) -> tuple[int, int] | None:
        """Return row (from above) and column of a place, None outside the table."""
        column, row = bisect(self.across, across) - 1, bisect(self.up, up) - 1
        rows, columns = self.size
        return (rows - 1 - row, column) if 0 <= column < columns and 0 <= row < rows else None


def find_grids(rules: Sequence[Box]) -> list[Grid]:
    """Return the tables of two columns and two rows or more that rules make, from the top of the page."""
    if len(rules) > _MOST:
        return []
    grids = [grid for group in _touching(rules) if (grid := _grid(group)) and min(grid.size) >= 2]
    return sorted(grids, key=lambda grid: (-grid.up[-1], grid.across[0]))


def _touching(rules: Sequence[Box]) -> Iterator[list[Box]]:
    """Yield the rules that hang together."""
    waiting = sorted(rules)
    while waiting:
        group, edge = [waiting.pop()], 0
        while edge < len(group):
            apart: list[Box] = []
            for rule in waiting:
                (group if _touch(rule, group[edge]) else apart).append(rule)
            waiting = apart
            edge += 1
        yield group


def _touch(one: Box, two: Box) -> bool:
    return (
        one[0] <= two[2] + _NEAR
        and two[0] <= one[2] + _NEAR
        and one[1] <= two[3] + _NEAR
        and two[1] <= one[3] + _NEAR
    )


def _grid(rules: Sequence[Box]) -> Grid | None:
    width = max(rule[2] for rule in rules) - min(rule[0] for rule in rules)
    height = max(rule[3] for rule in rules) - min(rule[1] for rule in rules)
    upright = [(rule[0], rule[3] - rule[1]) for rule in rules if rule[3] - rule[1] > rule[2] - rule[0]]
    level = [(rule[1], rule[2] - rule[0]) for rule in rules if rule[2] - rule[0] > rule[3] - rule[1]]
    across, up = _places(upright, _SHARE * height), _places(level, _SHARE * width)
    return Grid(across, up) if across and up else None


def _places(lines: Sequence[tuple[float, float]], least: float) -> tuple[float, ...]:
    """Return the places at which lines, drawn in one or in parts, are `least` long together."""
    found: list[tuple[float, float]] = []
    for place, length in sorted(lines):
        if found and place - found[-1][0] < _NEAR:
            found[-1] = found[-1][0], found[-1][1] + length
        else:
            found.append((place, length))
    return tuple(place for place, length in found if length >= least)
