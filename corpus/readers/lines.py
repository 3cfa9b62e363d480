"""what stands on a page of a PDF: runs of text with place and look, the lines they make, and the tags over them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

UNTAGGED = -1
_DASHES = frozenset("-–")
# What may stand before an item of a list: one sign that is neither letter, figure, quote nor bracket, or "o" (a bullet
# of Word); or a number or letter with a full stop or bracket.
_BULLET = re.compile(r"(?:o|[^\w\s\"'“”‘’„«»()\[\]{}<>&@#%€$£§/\\+=~.,:;!?…*]|\*|[\ue000-\uf8ff])(?:\s+|$)")
_NUMBER = re.compile(r"\(?(\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{2,5})[.)](?:\s+|$)")


@dataclass(frozen=True)
class Run:
    """Letters on one line that look alike. Places and sizes are in points, measured from the lower left.

    `base` is the height of the line that the letters stand on; `tag` the marked content that they are in.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool = False
    tag: int = UNTAGGED


@dataclass(frozen=True)
class Line:
    """Runs that stand beside each other, from left to right."""

    runs: tuple[Run, ...]

    @cached_property
    def text(self) -> str:
        """The words; white space at the ends is left out, elsewhere it is one blank."""
        pieces: list[str] = []
        for i, run in enumerate(self.runs):
            if i and run.left - self.runs[i - 1].right > 0.12 * self.size:
                pieces.append(" ")
            pieces.append(run.text)
        return " ".join("".join(pieces).split())

    @cached_property
    def _main(self) -> Run:
        return max(self.runs, key=lambda run: (len(run.text.strip()) > 0, run.size, len(run.text)))

    @property
    def size(self) -> float:
        """The size of the largest letters."""
        return self._main.size

    @property
    def base(self) -> float:
        """The height of the line that the largest letters stand on."""
        return self._main.base

    @property
    def left(self) -> float:
        """Where the line begins."""
        return self.runs[0].left

    @property
    def right(self) -> float:
        """Where the line ends."""
        return self.runs[-1].right

    @cached_property
    def bold(self) -> bool:
        """Whether all its words are bold."""
        return all(run.bold for run in self.runs if run.text.strip())

    def is_raised(self, run: Run) -> bool:
        """Whether a run is a small figure above the line, as the mark of a footnote is."""
        return (
            run.text.strip().isdecimal()
            and run.size < 0.85 * self.size
            and run.base > self.base + 0.1 * self.size
        )

    def without_marks(self, numbers: frozenset[str]) -> "Line":
        """Return the line without raised figures that are among the given numbers of footnotes."""
        kept = tuple(run for run in self.runs if not (self.is_raised(run) and run.text.strip() in numbers))
        return Line(kept) if kept else self

    def without_start(self, count: int) -> "Line | None":
        """Return the line without its first `count` characters other than white space; None if nothing is left."""
        runs = list(self.runs)
        while runs and count:
            text = runs[0].text.lstrip()
            cut = min(count, len(text.split(maxsplit=1)[0]) if text else 0)
            count, text = count - cut, text[cut:].lstrip()
            if text:
                share = len(text) / len(runs[0].text)
                run = runs[0]
                left = run.right - share * (run.right - run.left)
                runs[0] = Run(text, left, run.right, run.base, run.size, run.bold, run.tag)
            else:
                runs.pop(0)
        return Line(tuple(runs)) if any(run.text.strip() for run in runs) else None


@dataclass(frozen=True)
class Tag:
    """An element of the structure tree on one page: its kind ("P", "H1"), and marked contents and elements in it.

    `before` and `after` say that it began on an earlier page, or goes on on a later one.
    """

    kind: str
    kids: tuple["int | Tag", ...] = ()
    before: bool = False
    after: bool = False


@dataclass(frozen=True)
class Page:
    """The text on a page that people can see; `aside` is what is written at another angle than most of it.

    `rules` are the thin lines drawn on it: left, bottom, right, top.
    """

    number: int
    height: float
    runs: tuple[Run, ...]
    tags: tuple[Tag, ...] = ()
    aside: tuple[Run, ...] = ()
    rules: tuple[tuple[float, float, float, float], ...] = ()


@dataclass(frozen=True)
class Mark:
    """What stands before an item of a list: its length without white space, and the number if it has one.

    `dash` says that it is a dash, `sure` that it can be nothing but the mark of an item.
    """

    length: int
    number: str = ""
    dash: bool = False
    sure: bool = False


def find_mark(text: str) -> Mark | None:
    """Return the mark with which a line begins, if it begins with one."""
    if match := _BULLET.match(text):
        return Mark(1, dash=text[0] in _DASHES, sure=text[0] not in {"o", "*", *_DASHES})
    if match := _NUMBER.match(text):
        return Mark(len(match[0].rstrip()), match[1])
    return None


def in_order(runs: Iterable[Run]) -> Iterator[Line]:
    """Yield the lines of runs that come in the order in which they are read."""
    line: list[Run] = []
    for run in runs:
        if not line and not run.text.strip():
            continue
        if line:
            size = max(run.size, *(each.size for each in line))
            if abs(run.base - line[0].base) > 0.6 * size or run.left < line[-1].right - size:
                yield Line(tuple(line))
                line = []
        if line or run.text.strip():
            line.append(run)
    if line:
        yield Line(tuple(line))


def segments(runs: Sequence[Run]) -> list[Line]:
    """Return what stands close together on a line, from top to bottom and left to right."""
    heights: list[list[Run]] = []
    main: Run | None = None  # the largest of those on the height at hand: the others may be raised or lowered
    for run in sorted((run for run in runs if run.text.strip()), key=lambda run: (-run.base, run.left)):
        if main and main.base - run.base < 0.45 * max(main.size, run.size):
            heights[-1].append(run)
            main = max(main, run, key=lambda each: each.size)
        else:
            heights.append([run])
            main = run
    found: list[Line] = []
    for level in heights:
        found += _apart(sorted(level, key=lambda run: (run.left, run.right)))
    return found


def in_rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Put together what stands on one height."""
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(rows[-1][-1].base - line.base) < 0.3 * line.size and rows[-1][-1].right <= line.left:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def as_lines(rows: Sequence[Sequence[Line]]) -> list[Line]:
    """Return the rows as lines, however wide the gaps in them are: behind the number of an item stands a tab."""
    return [Line(tuple(run for line in row for run in line.runs)) for row in rows]


def _apart(level: Sequence[Run]) -> Iterator[Line]:
    line = [level[0]]
    for run in level[1:]:
        if run.left - max(each.right for each in line) > run.size:
            yield Line(tuple(line))
            line = []
        line.append(run)
    yield Line(tuple(line))
