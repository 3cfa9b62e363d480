"""What the styles of a Word document make of its text: a heading, an item of a list, or nothing that can be seen."""

import re
from dataclasses import dataclass

from lxml.etree import _Element

from corpus.readers.numbering import W, value

_HEADING = re.compile(r"(?:heading|kop|überschrift|titre)\s*([1-9])\b")
_CONTENTS = re.compile(r"(?:toc|inhopg)\b|(?:toc|inhopg)\s*\d|table of ")
_OFF = ("0", "false", "off")
_PLAIN_FILLS = ("", "auto", "ffffff")
_TINY = 2  # half points: a point and less is no letter to anybody


@dataclass(frozen=True)
class Style:
    """A style with what it takes from those it is based on. `outline` is 0 for no heading; `number` is (list, level)."""

    name: str = ""
    outline: int = 0
    number: tuple[str, str] = ("", "")
    unseen: bool = False
    white: bool = False
    shaded: bool = False

    @property
    def is_contents(self) -> bool:
        """Whether it is of a line in a table of contents."""
        return bool(_CONTENTS.match(self.name))


def read_styles(styles: _Element) -> dict[str, Style]:
    """Return every style by its id; the standard one of paragraphs also by ""."""
    elements = {value(element, "styleId"): element for element in styles.iterchildren(f"{W}style")}
    read: dict[str, Style] = {}
    for style_id, element in elements.items():
        chain = [element]
        while (base := elements.get(_said(chain[-1], "basedOn"))) is not None and base not in chain:
            chain.append(base)
        read[style_id] = _read(chain)
        if value(element, "type") == "paragraph" and value(element, "default") not in ("", *_OFF):
            read[""] = read[style_id]
    return read


def _read(chain: list[_Element]) -> Style:
    """The nearest of a chain of styles that says something decides it."""
    names = [_said(style, "name").lower() for style in chain]
    headings = [int(match[1]) for name in names if (match := _HEADING.match(name))]
    paragraphs = [about for style in chain if (about := style.find(f"{W}pPr")) is not None]
    outlines = [outline for about in paragraphs if (outline := outline_of(about)) is not None]
    numbers = [number for about in paragraphs if (number := number_of(about)) is not None]
    looks = [look for style in chain if (look := style.find(f"{W}rPr")) is not None]
    title = 1 if names[0] in ("title", "titel") else 0
    listed = next((listed for listed, _ in numbers if listed), "")
    depth = next((depth for _, depth in numbers if depth), "0")
    return Style(
        names[0],
        outlines[0] if outlines else (headings or [title])[0],
        (listed, depth),
        next((unseen for look in looks if (unseen := is_unseen(look)) is not None), False),
        next((white for look in looks if (white := is_white(look)) is not None), False),
        any(is_filled(fill) for style in chain for fill in style.iter(f"{W}shd")),
    )


def outline_of(paragraph: _Element | None) -> int | None:
    """Return the level that the properties of a paragraph set: 1 to 9, 0 for body text, None if they are silent."""
    said = _said(paragraph, "outlineLvl")
    return (int(said) + 1) % 10 if said.isdigit() else None


def number_of(paragraph: _Element | None) -> tuple[str, str] | None:
    """Return list and level that the properties of a paragraph set, None if they are silent."""
    numbered = paragraph.find(f"{W}numPr") if paragraph is not None else None
    return (_said(numbered, "numId"), _said(numbered, "ilvl")) if numbered is not None else None


def is_unseen(look: _Element | None) -> bool | None:
    """Whether the properties of text hide it, or make it too small to see; None if they are silent."""
    vanish, size = look.find(f"{W}vanish") if look is not None else None, _said(look, "sz")
    if vanish is None and not size:
        return None
    return (vanish is not None and value(vanish, "val") not in _OFF) or (
        size.isdigit() and int(size) <= _TINY
    )


def is_white(look: _Element | None) -> bool | None:
    """Whether the properties of text colour it white; None if they are silent."""
    colour = _said(look, "color").lower()
    return colour == "ffffff" if colour else None


def is_filled(shading: _Element) -> bool:
    """Whether a shading gives a background other than white."""
    return value(shading, "fill").lower() not in _PLAIN_FILLS or value(shading, "val") not in (
        "clear",
        "nil",
        "",
    )


def _said(element: _Element | None, name: str) -> str:
    child = element.find(f"{W}{name}") if element is not None else None
    return value(child, "val") if child is not None else ""
