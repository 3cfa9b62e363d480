"""Finds a quote, which is untouched text, in its paragraph, whose text was repaired for reading."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A run of a paragraph's text, quoted or not."""

    text: str
    is_quote: bool


@dataclass(frozen=True)
class Split:
    """A paragraph cut at its quotes; `missing` are quotes that its text does not hold as they are."""

    pieces: tuple[Piece, ...]
    missing: tuple[str, ...]


def split_at_quotes(text: str, quotes: Sequence[str]) -> Split:
    """Cut `text` into quoted and other pieces. Quotes that touch or overlap become one piece."""
    places = [(quote, _find(text, quote)) for quote in quotes]
    is_quoted = [False] * len(text)
    for _, place in places:
        if place:
            is_quoted[place[0] : place[1]] = [True] * (place[1] - place[0])
    pieces: list[Piece] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or is_quoted[end] != is_quoted[start]:
            pieces.append(Piece(text[start:end], is_quoted[start]))
            start = end
    return Split(tuple(pieces), tuple(quote for quote, place in places if place is None))


def _find(text: str, quote: str) -> tuple[int, int] | None:
    """Return where `quote` stands, by letters and figures alone: repairs change signs and blanks."""
    positions = [position for position, character in enumerate(text) if character.isalnum()]
    letters = "".join(text[position] for position in positions)
    sought = "".join(character for character in quote if character.isalnum())
    at = letters.find(sought) if sought else -1
    if at < 0:
        return None
    start, end = positions[at], positions[at + len(sought) - 1] + 1
    if _is_sign(quote[0]) and start > 0 and _is_sign(text[start - 1]):
        start -= 1
    while _is_sign(quote[-1]) and end < len(text) and _is_sign(text[end]):
        end += 1
    return start, end


def _is_sign(character: str) -> bool:
    return not character.isalnum() and not character.isspace()
