"""Counts the numbers that Word shows before list items and headings: they stand nowhere in a document's text."""

import re
from dataclasses import dataclass

from lxml.etree import _Element

from corpus.readers.marks import as_number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Level:
    """One level of a list: its form ("decimal", "bullet"), its text ("%1.%2") and its first number."""

    form: str
    text: str
    start: int


class Numbering:
    """The lists of one document, counted while it is read from beginning to end."""

    def __init__(self, numbering: _Element | None) -> None:
        """Take the root of the part word/numbering.xml, None where a document has none."""
        self._levels: dict[str, dict[int, Level]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._list_of: dict[str, str] = {}
        if numbering is None:
            return
        for abstract in numbering.iterchildren(f"{W}abstractNum"):
            levels = {int(value(level, "ilvl")): _level(level) for level in abstract.iterchildren(f"{W}lvl")}
            self._levels[value(abstract, "abstractNumId")] = levels
        for number in numbering.iterchildren(f"{W}num"):
            abstract_id = number.find(f"{W}abstractNumId")
            self._list_of[value(number, "numId")] = (
                value(abstract_id, "val") if abstract_id is not None else ""
            )
            if number.find(f".//{W}startOverride") is not None:  # a list that begins anew
                self._restart(value(number, "numId"))

    def count(self, number_id: str, depth: int) -> str | None:
        """Return the next number of a list ("2", "b", "1.2"), "" for a bullet, None where there is no such list."""
        listed = self._list_of.get(number_id, "")
        levels = self._levels.get(listed, {})
        if depth not in levels:
            return None
        counts = self._counts.setdefault(listed, {})
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if levels[depth].form in ("bullet", "none"):
            return ""
        return _show(levels, counts, depth)

    def _restart(self, number_id: str) -> None:
        """Give a list of its own to a number whose items are not counted on from those of another."""
        levels = self._levels.get(self._list_of[number_id], {})
        self._list_of[number_id] = f"num {number_id}"
        self._levels[f"num {number_id}"] = levels


def tags(names: str) -> frozenset[str]:
    """Return the tags of Word's own names, parted by spaces."""
    return frozenset(W + name for name in names.split())


def value(element: _Element, name: str) -> str:
    """Return an attribute in Word's own namespace, "" where it is absent."""
    return element.get(f"{W}{name}") or ""


def _level(level: _Element) -> Level:
    said = {child.tag.removeprefix(W): value(child, "val") for child in level if isinstance(child.tag, str)}
    start = said.get("start", "1")
    return Level(
        said.get("numFmt", "decimal"),
        said.get("lvlText", ""),
        int(start) if re.fullmatch(r"\d{1,5}", start) else 1,
    )


def _show(levels: dict[int, Level], counts: dict[int, int], depth: int) -> str:
    def number(match: re.Match[str]) -> str:
        other = int(match[1]) - 1
        level = levels.get(other, levels[depth])
        return as_number(counts.get(other, level.start), level.form)

    return re.sub(r"%([1-9])", number, levels[depth].text).strip().strip("().:")
