"""What is said of a document, made right to keep: its title, its date, and the id to call it by."""

import unicodedata
from collections.abc import Collection
from datetime import date

from corpus.errors import FactError
from corpus.extraction import Extraction
from corpus.paragraph import collapse
from corpus.parse import slug

_LONGEST_TITLE, _LONGEST_ID = 200, 60  # characters


def clean(text: str) -> str:
    """Return a text on one line without control and direction characters, as it may be shown anywhere."""
    return collapse("".join(" " if unicodedata.category(c)[0] == "C" else c for c in text))


def clean_title(text: str) -> str:
    """Return a title of a length that can be shown."""
    return clean(text)[:_LONGEST_TITLE].strip()


def make_id(text: str) -> str:
    """Return an id made of a text; empty where it has no letter or digit."""
    return slug(text)[:_LONGEST_ID].strip("-")


def find_title(extraction: Extraction) -> str:
    """Return the title that a document bears; empty where none can be told from its headings.

    A first heading with others at its level is a chapter, and no title.
    """
    headings = [block for block in extraction.blocks if block.shape == "heading"]
    top = min((block.level for block in headings), default=0)
    stands_alone = sum(block.level == top for block in headings) == 1 and headings[0].level == top
    return extraction.title or (headings[0].text if stands_alone else "")


def read_date(text: str) -> str:
    """Return a date (ISO) or a year as a person wrote it; an empty text stays so. Raises FactError."""
    said = clean(text)
    is_year = len(said) == 4
    try:
        day = date.fromisoformat(f"{said}-01-01" if is_year else said or "0001-01-01")
    except ValueError as error:
        raise FactError(f"'{said}' is no date; give a day like 2026-03-01, or a year like 2026") from error
    return said and (f"{day.year:04}" if is_year else day.isoformat())


def read_replaced(text: str, identity: str, known: Collection[str]) -> str:
    """Return the id of the source whose place is taken; an empty text stays so. Raises FactError where it is unknown."""
    said = clean(text)
    others = sorted(set(known) - {identity})
    if said and said not in others:
        itself = "a document cannot replace itself" if said == identity else f"there is no source '{said}'"
        raise FactError(f"{itself}; it can replace {', '.join(others)}")
    return said
