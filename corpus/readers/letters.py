"""letters of a PDF as they are drawn, at whatever angle, and the page of runs that they make."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.readers.grid import Box
from corpus.readers.ink import Colour
from corpus.readers.lines import Page, Run, Tag


@dataclass(frozen=True)
class Look:
    """What the letters of one text object have in common; `colour` is None for a pattern, `angle` in degrees."""

    size: float
    angle: int
    shown: bool
    colour: Colour | None
    bold: bool
    tag: int
    artifact: bool


@dataclass
class Letters:
    """Letters of one object that stand beside each other; `box` is their place on the page.

    `left`, `right` and `base` are measured along and across the line that they are written on.
    """

    look: Look
    text: str
    box: Box
    left: float
    right: float
    base: float

    def add(self, look: Look, letter: str, box: Box, origin: tuple[float, float]) -> bool:
        """Put one letter more behind them; False if it stands elsewhere or is of another object."""
        left, right, base = _along(look.angle, box, origin)
        if look is not self.look or abs(base - self.base) > 0.1 * look.size:
            return False
        if not -0.8 * look.size < left - self.right < look.size:
            return False
        self.text += letter
        self.right = max(self.right, right)
        if not letter.isspace():
            old = self.box
            self.box = min(old[0], box[0]), min(old[1], box[1]), max(old[2], box[2]), max(old[3], box[3])
        return True


def start(look: Look, letter: str, box: Box, origin: tuple[float, float]) -> Letters:
    """Return the first letter of some."""
    return Letters(look, letter, box, *_along(look.angle, box, origin))


def is_within(box: Box, page: Box) -> bool:
    """Whether the middle of a letter is on the page."""
    across, up = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return page[0] <= across <= page[2] and page[1] <= up <= page[3]


def make_page(
    number: int, box: Box, letters: Sequence[Letters], tags: tuple[Tag, ...], rules: Sequence[Box]
) -> Page:
    """Make a page of the letters on it: upright is the angle of most of them, so that a turned page is read too.

    In a tagged page what is marked as no content (an artifact, as a running head is) is left out, unless it is most.
    """
    content = [each for each in letters if not each.look.artifact]
    if tags and sum(len(each.text) for each in content) > sum(len(each.text) for each in letters) / 2:
        letters = content
    angles: Counter[int] = Counter()
    for each in letters:
        angles[each.look.angle] += len(each.text)
    main = min(angles, key=lambda angle: (-angles[angle], angle), default=0)
    upright = [each for each in letters if each.look.angle == main]
    aside = sorted((each for each in letters if each.look.angle != main), key=lambda each: each.look.angle)
    heights = [_turned(main, across, up)[1] for across in box[::2] for up in box[1::2]]
    low = min(heights)
    # The lines around cells are known for upright pages alone.
    level = tuple((left, bottom - low, right, top - low) for left, bottom, right, top in rules if not main)
    return Page(number, max(heights) - low, _runs(upright, low), tags, _runs(aside, 0.0), level)


def _turned(angle: int, across: float, up: float) -> tuple[float, float]:
    """Return a place measured along and across lines that are written at an angle."""
    if not angle:
        return across, up
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return across * cosine + up * sine, up * cosine - across * sine


def _along(angle: int, box: Box, origin: tuple[float, float]) -> tuple[float, float, float]:
    """Return where a letter begins, ends and stands on its line."""
    if not angle:
        return box[0], box[2], origin[1]
    ends = [_turned(angle, across, up)[0] for across in box[::2] for up in box[1::2]]
    return min(ends), max(ends), _turned(angle, *origin)[1]


def _runs(letters: Sequence[Letters], low: float) -> tuple[Run, ...]:
    """Make runs of letters, those that differ in their object alone together; heights are measured from `low`."""
    runs: list[Run] = []
    for each in letters:
        look, base = each.look, each.base - low
        last = runs[-1] if runs else None
        if last and (last.size, last.bold, last.tag) == (look.size, look.bold, look.tag):
            gap = each.left - last.right
            if abs(last.base - base) < 0.1 * look.size and abs(gap) < 0.8 * look.size:
                space = " " if gap > 0.12 * look.size else ""
                runs[-1] = replace(
                    last, text=last.text + space + each.text, right=max(last.right, each.right)
                )
                continue
        runs.append(Run(each.text, each.left, each.right, base, look.size, look.bold, look.tag))
    return tuple(runs)
