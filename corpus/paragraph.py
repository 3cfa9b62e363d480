"""The records of a parsed document. Offsets count characters of the untouched text, end exclusive."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["prose", "list_item", "policy_item", "footnote", "note", "table_row"]
Language = Literal["nl", "en"]
# What the guidance is written in: who reads another language gets renditions.
SOURCE_LANGUAGE: Language = "nl"
Reason = Literal["address", "page_number", "rule", "table", "form", "footnote_link", "heading"]


@dataclass(frozen=True, order=True)
class Span:
    """A run of characters of the untouched text."""

    start: int
    end: int


def overlaps(span: Span, spans: tuple[Span, ...]) -> bool:
    """Tell whether `span` has a character in common with one of `spans`."""
    return any(span.start < other.end and other.start < span.end for other in spans)


@dataclass(frozen=True)
class Repair:
    """One change made for reading; the untouched text keeps `before`."""

    kind: Literal["hyphen", "footnote_mark", "typing"]
    before: str
    after: str


@dataclass(frozen=True)
class Sentence:
    """A whole sentence of a paragraph; more than one span where page furniture stands inside it.

    `rendition` is our English of it.
    """

    id: str
    text: str
    spans: tuple[Span, ...]
    rendition: str = ""


@dataclass(frozen=True)
class Paragraph:
    """The unit of citing: one paragraph, list item, policy item or footnote.

    `text` is repaired for reading; `spans` are its fragments in the untouched text, page furniture left out.
    `ordinal` counts the paragraphs under its heading and serves the locator only, never the id. `asked` are
    questions that it answers, each with its language. `page` is 0 where the document has no pages, and `lines` are
    (0, 0) where its lines say nothing to a reader. `is_added` tells that a person added the document.
    """

    id: str
    source: str
    kind: Kind
    headings: tuple[str, ...]
    number: str
    ordinal: int
    lead_in: str
    text: str
    spans: tuple[Span, ...]
    lines: tuple[int, int]
    sentences: tuple[Sentence, ...]
    repairs: tuple[Repair, ...]
    asked: tuple[tuple[Language, str], ...] = ()
    language: Language = SOURCE_LANGUAGE
    page: int = 0
    is_added: bool = False

    @property
    def rendition(self) -> str:
        """Our English of the whole paragraph, empty where there is none."""
        return " ".join(sentence.rendition for sentence in self.sentences if sentence.rendition)

    def render(self, span: Span) -> str:
        """Return our English of the sentences that have a character in `span`."""
        return " ".join(s.rendition for s in self.sentences if overlaps(span, s.spans))

    def locator(self, language: Language) -> str:
        """Say where the paragraph stands: chapter > heading > number, and the lines or the page."""
        say = _LOCATOR[language]
        place = [text.rstrip(".:") for text in self.headings]
        if self.lines[0] and place[0][0].isdigit():
            place[0] = f"{say['chapter']} {self.headings[0]}"
        place.append(f"{say.get(self.kind, say['prose'])} {self.number or self.ordinal}")
        if self.lines[0]:
            return f"{' > '.join(place)} ({say['lines']} {self.lines[0]}-{self.lines[1]})"
        return " > ".join(place) + (f" ({say['page']} {self.page})" if self.page else "")


_LOCATOR: Mapping[Language, Mapping[str, str]] = {
    "nl": {
        "chapter": "hoofdstuk",
        "prose": "alinea",
        "policy_item": "item",
        "footnote": "voetnoot",
        "table_row": "rij",
        "lines": "regels",
        "page": "bladzijde",
    },
    "en": {
        "chapter": "chapter",
        "prose": "paragraph",
        "policy_item": "item",
        "footnote": "footnote",
        "table_row": "row",
        "lines": "lines",
        "page": "page",
    },
}


@dataclass(frozen=True)
class Omission:
    """A line of the document that is no paragraph, and why."""

    line: int
    reason: Reason


@dataclass(frozen=True)
class Document:
    """A parsed document: its untouched text and everything that stands in it, in reading order."""

    source: str
    text: str
    sha256: str
    paragraphs: tuple[Paragraph, ...]
    omissions: tuple[Omission, ...]
    language: Language = SOURCE_LANGUAGE

    def quote(self, span: Span) -> str:
        """Return the untouched text at `span` with white space collapsed: what a quote must equal."""
        return collapse(self.text[span.start : span.end])

    def find_lead_in(self, item: Paragraph) -> Paragraph | None:
        """Return the paragraph, ending in a colon, that leads a list item in; None where there is none.

        An item may lead in items that are numbered otherwise: "2." those of a, b and c.
        """
        if item.kind != "list_item":
            return None
        for before in reversed(self.paragraphs[: self.paragraphs.index(item)]):
            if before.headings != item.headings:
                return None
            is_other = before.kind != "list_item" or _sort_of_number(before.number) != _sort_of_number(
                item.number
            )
            if is_other and before.text.endswith(":"):
                return before
            if before.kind != "list_item":
                return None
        return None


def _sort_of_number(number: str) -> tuple[bool, bool]:
    return number.isdigit(), number.isalpha()


def collapse(text: str) -> str:
    """Return `text` with every run of white space as one blank and none at its ends."""
    return re.sub(r"\s+", " ", text).strip()
