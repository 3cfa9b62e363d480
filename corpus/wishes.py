"""Questions whether something may go into the cloud (wishes.toml), and questions beside that: how such a wish sounds.

They are never shown; what they teach is to tell that wish from all else, whatever it is about.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.toml import LANGUAGES, Table


@dataclass(frozen=True)
class Wishes:
    """Texts of both languages: `wished` ask whether something may go into the cloud, those `beside` ask for something else."""

    wished: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


NO_WISHES = Wishes()


def read_wishes(table: Table) -> Wishes:
    """Read wishes.toml. Raises DataError for a doubled id or question, and where one sort is missing."""
    seen: set[str] = set()
    wishes = Wishes(tuple(_read(table, "wish", seen)), tuple(_read(table, "beside", seen)))
    if not (wishes.wished and wishes.beside):
        raise table.fault("needs both a 'wish' and a 'beside'")
    table.done()
    return wishes


def _read(table: Table, key: str, seen: set[str]) -> Iterator[str]:
    for group in table.tables(key):
        name = f"id {group.text('id')}"
        for text in (name, *(text for language in LANGUAGES for text in group.texts(language))):
            if text in seen:
                raise group.fault(f"is there twice: '{text}'")
            seen.add(text)
            if text != name:
                yield text
        group.done()
