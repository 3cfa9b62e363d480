"""Assembles a document from what a reader made of it: paragraphs under their headings, with stable ids."""

import hashlib
import re
from collections.abc import Iterator

from corpus.extraction import Block, Extraction, Shape
from corpus.paragraph import Document, Kind, Language, Paragraph, Sentence, Span
from corpus.parse import slug
from corpus.sentences import split_sentences

_KINDS: dict[Shape, Kind] = {
    "prose": "prose",
    "list_item": "list_item",
    "table_row": "table_row",
    "footnote": "footnote",
}
# Nobody finds anything in a longer one; it is parted between two sentences.
_LONGEST = 1500  # characters
_DIGITS = (4, 8, 16)  # of a digest, in an id: more only where fewer are taken
_DUTCH = frozenset(
    [
        "de",
        "het",
        "een",
        "en",
        "van",
        "is",
        "dat",
        "niet",
        "voor",
        "zijn",
        "op",
        "te",
        "worden",
        "met",
        "aan",
        "door",
        "wordt",
        "of",
        "bij",
    ]
)
_ENGLISH = frozenset(
    [
        "the",
        "and",
        "of",
        "is",
        "that",
        "not",
        "for",
        "are",
        "to",
        "be",
        "with",
        "by",
        "a",
        "in",
        "or",
        "shall",
        "at",
        "from",
        "this",
    ]
)


def assemble(source: str, title: str, sha256: str, extraction: Extraction) -> Document:
    """Return the document whose text is the stored extraction; `sha256` is that of the untouched file.

    The same extraction gives the same ids. Blocks without a letter or digit are no paragraphs; what stands before the
    first heading stands under `title`.
    """
    text = extraction.text
    language = detect_language(text)
    paragraphs = tuple(_paragraphs(source, title, extraction, language))
    return Document(source, text, sha256, paragraphs, (), language)


def detect_language(text: str) -> Language:
    """Return the language of a whole document by its commonest small words; Dutch where they tell nothing."""
    words = re.findall(r"[a-z]+", text.casefold())
    dutch, english = (sum(word in known for word in words) for known in (_DUTCH, _ENGLISH))
    return "en" if english > dutch else "nl"


def _paragraphs(source: str, title: str, extraction: Extraction, language: Language) -> Iterator[Paragraph]:
    path: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    lead_in = ""
    ordinals: dict[tuple[tuple[str, ...], Kind], int] = {}
    taken: set[str] = set()
    for block, place in extraction.place():
        if block.shape == "heading":
            # A heading may skip levels: it goes under the nearest one that is higher.
            above = sum(level < block.level for level in levels)
            path, levels, lead_in = (*path[:above], block.text), (*levels[:above], block.level), ""
            continue
        kind = _KINDS[block.shape]
        if block.shape == "prose":
            lead_in = block.text if block.text.endswith(":") else ""
        for span in _parts(block, place):
            text = extraction.text[span.start : span.end]
            if not any(character.isalnum() for character in text):
                continue
            headings = path or (title,)
            counted = (headings, kind)
            ordinals[counted] = ordinals.get(counted, 0) + 1
            identity = _identify(source, path, text, taken)
            taken.add(identity)
            yield Paragraph(
                identity,
                source,
                kind,
                headings,
                block.number,
                ordinals[counted],
                lead_in if kind == "list_item" else "",
                text,
                (span,),
                (0, 0),
                _sentences(identity, text, span.start),
                (),
                (),
                language,
                block.page,
                is_added=True,
            )


def _parts(block: Block, place: Span) -> Iterator[Span]:
    """Yield the block, or where it is too long its parts, each of whole sentences."""
    start, end = 0, 0
    for first, last in split_sentences(block.text):
        if end > start and last - start > _LONGEST:
            yield Span(place.start + start, place.start + end)
            start = first
        end = last
    if end > start:
        yield Span(place.start + start, place.start + end)


def _identify(source: str, path: tuple[str, ...], text: str, taken: set[str]) -> str:
    """Return source, headings and a digest of the text; what stands there twice, word for word, is counted."""
    stem = "/".join([source, *(part for heading in path if (part := slug(heading)[:60]))])
    digest = hashlib.sha256(text.encode()).hexdigest()
    for digits in _DIGITS:
        if (identity := f"{stem}/{digest[:digits]}") not in taken:
            return identity
    count = 2
    while (identity := f"{stem}/{digest[:4]}-{count}") in taken:
        count += 1
    return identity


def _sentences(paragraph: str, text: str, start: int) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(f"{paragraph}#{number}", text[first:last], (Span(start + first, start + last),))
        for number, (first, last) in enumerate(split_sentences(text), 1)
    )
