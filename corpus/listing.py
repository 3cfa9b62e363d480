"""Shows the sources, and what became of those fetched, in lines that fit a terminal."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from corpus.load import Corpus
from corpus.manifest import Source

_INDENT = "  "


def list_sources(corpus: Corpus, width: int) -> Iterator[str]:
    """Yield the lines that show all sources, those whose text is here first; no line has more than `width` characters.

    Only a word that is longer itself, as an address may be, stands whole on a longer line.
    """
    held = [source for source in corpus.sources.values() if source.id in corpus.documents]
    linked = [source for source in corpus.sources.values() if source.id not in corpus.documents]
    for title, sources in (("HELD", held), ("ONLY LINKED TO", linked)):
        yield f"{title} ({len(sources)})"
        yield ""
        for source in sources:
            yield source.id
            for line in _tell(source, corpus):
                yield from _wrap(line, width, _INDENT, _INDENT * 2)
            yield ""
    own = len(corpus.added)
    yield f"{len(corpus.sources)} sources: {len(held)} held ({own} added by you), {len(linked)} only linked to"


def _tell(source: Source, corpus: Corpus) -> Iterator[str]:
    year = "" if source.year and str(source.year) in source.version else str(source.year or "year unknown")
    yield ", ".join(part for part in (source.title, source.publisher, source.version, year) if part)
    kind = f"kind: {source.kind}; authority: {source.authority}; language: {source.language}"
    held = corpus.documents.get(source.id)
    yield f"{kind}; paragraphs: {len(held.paragraphs)}" if held else kind
    if source.added:
        hidden = source.hidden or "none"
        yield f"added: {source.added}; hidden characters, left out: {hidden}"
    for name, value in (
        ("replaced by" if source.added else "newer", source.successor),
        ("replaces", source.replaces),
        ("licence", source.licence),
        ("address", source.address),
        ("sha256", source.sha256),
    ):
        if value:
            yield f"{name}: {value}"


def count_paragraphs(number: int) -> str:
    """Return how many paragraphs there are, in words that fit the number."""
    return f"{number} paragraph{'' if number == 1 else 's'}"


def to_json(source: Source, corpus: Corpus) -> dict[str, object]:
    """Return all that is known of a source, and whether its text is here."""
    held = corpus.documents.get(source.id)
    return {**asdict(source), "is_held": held is not None, "paragraphs": len(held.paragraphs) if held else 0}


def make_table(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Yield the lines of a table whose last column wraps; the first row is its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    indent = " " * (sum(widths) + 2 * len(widths))
    for row in rows:
        start = "".join(f"{cell:<{wide}}  " for cell, wide in zip(row, widths, strict=False))
        yield from _wrap(row[-1], max(width, len(indent) + 30), start, indent)


def _wrap(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]
