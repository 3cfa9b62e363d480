"""Asks the person at a terminal what was not said of a document; a wrong answer is asked again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from corpus.add import Details
from corpus.describe import clean, read_date, read_replaced
from corpus.errors import FactError
from corpus.manifest import AUTHORITIES, SourceAuthority

# Puts a question and returns what the person types.
Ask = Callable[[str], str]
_One = TypeVar("_One")
_KINDS = "law, own (policy that your organisation adopted), standard (BIO2, VNG), guidance or other"


def ask_for(given: Details, name: str, known: Sequence[str], ask: Ask) -> Details:
    """Return the details with what the person says of the document; an empty answer leaves a thing as it is.

    `known` are the ids of the sources it can replace.
    """
    lead = iter([f"{name}: press Enter for what the document says itself, or for what was said before.\n"])
    replaced = partial(read_replaced, identity=given.id, known=known)

    def put(question: str, read: Callable[[str], _One]) -> _One:
        said = f"{next(lead, '')}{question}: "
        while True:
            try:
                return read(ask(said))
            except FactError as error:
                said = f"{error}.\n{question}: "

    return replace(
        given,
        title=given.title or put("Its title", clean),
        publisher=given.publisher or put("Who published it", clean),
        date=given.date or put("Its date, like 2026-03-01, or its year", read_date),
        licence=given.licence or put("Its licence or terms", clean),
        authority=given.authority or put(f"What it is: {_KINDS}", read_kind),
        replaces=given.replaces or put("The id of the source whose place it takes", replaced),
    )


def read_kind(text: str) -> SourceAuthority | None:
    """Return what a document is, as a person wrote it; None for an empty text. Raises FactError."""
    kinds: dict[str, SourceAuthority] = {kind: kind for kind in AUTHORITIES}
    said = clean(text).casefold()
    if said and said not in kinds:
        raise FactError(f"'{said}' is none of {', '.join(kinds)}")
    return kinds.get(said)
