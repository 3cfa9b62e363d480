"""Finds a quote, which is untouched text, in its paragraph, whose text was repaired for reading."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from corpus.paragraph import Document, Paragraph, Sentence, Span, overlaps


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


@dataclass(frozen=True)
class Place:
    """Characters of a paragraph's repaired text, end exclusive, and the paragraph's id."""

    paragraph: str
    start: int
    end: int


def place_span(span: Span, document: Document, quotable: Collection[Span]) -> Place | None:
    """Return where the untouched words at `span` stand in the repaired text.

    None unless `span` is one of `quotable` or holds whole sentences, all inside one fragment of one paragraph:
    words that nobody could have quoted are never taken for a quote.
    """
    for paragraph in document.paragraphs:
        if span.start < span.end and any(
            f.start <= span.start and span.end <= f.end for f in paragraph.spans
        ):
            edges = (
                *paragraph.spans,
                *(piece for sentence in paragraph.sentences for piece in sentence.spans),
            )
            is_whole = span.start in {e.start for e in edges} and span.end in {e.end for e in edges}
            return _place(span, paragraph, document) if is_whole or span in quotable else None
    return None


def _place(span: Span, paragraph: Paragraph, document: Document) -> Place | None:
    """Place whole sentences by their order, as repairs may change their letters; other words by their letters."""
    touched = [found for found in _place_sentences(paragraph) if overlaps(span, found[0].spans)]
    if not touched:
        return None
    (first, start, _), (last, _, end) = touched[0], touched[-1]
    if span.start <= first.spans[0].start and last.spans[-1].end <= span.end:
        return Place(paragraph.id, start, end)
    quote, text = document.quote(span), paragraph.text[start:end]
    place = _find(text, quote)
    if place is None or _find(text[place[0] + 1 :], quote):  # words that stand there twice are not told apart
        return None
    return Place(paragraph.id, start + place[0], start + place[1])


def _place_sentences(paragraph: Paragraph) -> Iterator[tuple[Sentence, int, int]]:
    end = 0
    for sentence in paragraph.sentences:
        start = paragraph.text.index(sentence.text, end)
        end = start + len(sentence.text)
        yield sentence, start, end


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
