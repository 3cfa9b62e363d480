"""Finds words in a paragraph, word for word: what a quote, a phrase or an old term rests on."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.paragraph import Document, Paragraph, Span, collapse

Place = tuple[Paragraph, Document]


@dataclass(frozen=True)
class Fragment:
    """A span of untouched text with white space collapsed; `origins[i]` is the offset of its character i."""

    text: str
    origins: tuple[int, ...]


def read_fragments(paragraph: Paragraph, document: Document) -> tuple[Fragment, ...]:
    """Return the fragments of a paragraph; no quote crosses from one to the next."""
    return tuple(_collapse(span, document.text) for span in paragraph.spans)


def _collapse(span: Span, text: str) -> Fragment:
    raw = text[span.start : span.end]
    # Walk the untouched text and remember where each collapsed character comes from.
    kept = [i for i, c in enumerate(raw) if not c.isspace() or (i and not raw[i - 1].isspace())]
    collapsed = "".join(" " if raw[i].isspace() else raw[i] for i in kept)
    return Fragment(collapsed, tuple(span.start + i for i in kept))


def find_wordings(fragments: Sequence[Fragment], pattern: re.Pattern[str]) -> Iterator[Span]:
    """Yield every place in the fragments where `pattern` matches."""
    for fragment in fragments:
        for match in pattern.finditer(fragment.text):
            yield Span(fragment.origins[match.start()], fragment.origins[match.end() - 1] + 1)


def find_quote(paragraph: Paragraph, document: Document, quote: str) -> Span | None:
    """Return where `quote` stands inside one fragment of the paragraph, white space collapsed, or None."""
    if not quote or quote != collapse(quote):
        return None
    return next(find_wordings(read_fragments(paragraph, document), re.compile(re.escape(quote))), None)


def index_paragraphs(documents: Mapping[str, Document]) -> dict[str, Place]:
    """Return every paragraph with its document, by the paragraph's id."""
    return {p.id: (p, document) for document in documents.values() for p in document.paragraphs}
