"""Judges pieces of any length by one rule: a piece that holds a character of a gold paragraph holds it all.

That is in favour of long pieces, which cut paragraphs in two. Characters are counted as a reader sees them, with
white space collapsed.
"""

from collections.abc import Iterator, Sequence

from corpus.paragraph import Document, Paragraph, collapse, overlaps
from evals.peers.peer import Piece


def found_within(
    characters: int, gold: Sequence[Paragraph], pieces: Sequence[Piece], guidance: Document
) -> float:
    """Return 1 if a gold paragraph begins, or goes on, within the first characters of the pieces, else 0.

    For whole paragraphs that is `evals.score.found_within`.
    """
    begins = 0
    for piece in pieces:
        if begins >= characters:
            break
        if any(begins + before < characters for before in _before(gold, piece, guidance)):
            return 1.0
        begins += len(collapse(piece.text))
    return 0.0


def recall_at(k: int, gold: Sequence[Paragraph], pieces: Sequence[Piece]) -> float:
    """Return 1 if one of the first k pieces holds a gold paragraph, else 0."""
    spans = tuple(span for paragraph in gold for span in paragraph.spans)
    return float(any(overlaps(span, spans) for piece in pieces[:k] for span in piece.spans))


def length(pieces: Sequence[Piece]) -> int:
    """Return how many characters the pieces have."""
    return sum(len(collapse(piece.text)) for piece in pieces)


def _before(gold: Sequence[Paragraph], piece: Piece, guidance: Document) -> Iterator[int]:
    """Yield how many characters of the piece stand before each place where it holds a gold paragraph."""
    before = 0
    for span in piece.spans:
        for held in (held for paragraph in gold for held in paragraph.spans if overlaps(held, (span,))):
            yield before + len(collapse(guidance.text[span.start : max(span.start, held.start)]))
        before += len(guidance.quote(span))
