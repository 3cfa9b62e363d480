"""From fragments of the untouched text to text that reads well, keeping every character's origin."""

import re
from dataclasses import dataclass

from corpus.paragraph import Repair, Sentence, Span
from corpus.sentences import split_sentences

# "Cloud- leverancier" is one word; in "wet- en regelgeving" the hyphen stands for a word left out.
_HYPHEN = re.compile(r"(?<=\w)- (?=\w)(?!(?:en|én|of)\b)")
# A raised figure sticks to its word or full stop; "10.2", "HTML5" and years keep theirs.
_FOOTNOTE_MARK = re.compile(
    r"(?<=NIST)[1-9]\b|(?<=[a-z]{4})[1-9](?=[.,\s])|(?<=[a-z)]\.)[1-9]$|(?<=\)) [1-9]$"
)


@dataclass(frozen=True)
class Readable:
    """Repaired text; `origins[i]` is the untouched offset of its character i."""

    text: str
    origins: tuple[int, ...]
    repairs: tuple[Repair, ...]


def read_fragments(document: str, spans: tuple[Span, ...], typing: tuple[tuple[str, str], ...]) -> Readable:
    """Join the fragments of a paragraph into repaired text and list the repairs made."""
    text, origins = _collapse(document, spans)
    repairs: list[Repair] = []
    text, origins = _replace(text, origins, _HYPHEN, "-", "hyphen", repairs)
    text, origins = _replace(text, origins, _FOOTNOTE_MARK, "", "footnote_mark", repairs)
    for before, after in typing:
        text, origins = _replace(text, origins, re.compile(re.escape(before)), after, "typing", repairs)
    return Readable(text, tuple(origins), tuple(repairs))


def read_sentences(paragraph: str, readable: Readable, spans: tuple[Span, ...]) -> tuple[Sentence, ...]:
    """Split repaired text into sentences, each with its spans in the untouched text."""
    sentences = []
    for number, (start, end) in enumerate(split_sentences(readable.text), 1):
        first, last = readable.origins[start], readable.origins[end - 1] + 1
        pieces = tuple(
            Span(max(first, span.start), min(last, span.end))
            for span in spans
            if span.start < last and first < span.end
        )
        sentences.append(Sentence(f"{paragraph}#{number}", readable.text[start:end], pieces))
    return tuple(sentences)


def _collapse(document: str, spans: tuple[Span, ...]) -> tuple[str, list[int]]:
    characters: list[str] = []
    origins: list[int] = []
    for span in spans:
        blank = bool(characters)
        for offset in range(span.start, span.end):
            if document[offset].isspace():
                blank = bool(characters)
                continue
            if blank:
                characters.append(" ")
                origins.append(offset - 1)
                blank = False
            characters.append(document[offset])
            origins.append(offset)
    return "".join(characters), origins


def _replace(
    text: str, origins: list[int], pattern: re.Pattern[str], after: str, kind: str, repairs: list[Repair]
) -> tuple[str, list[int]]:
    """Replace each match, giving inserted characters the origin of the match's first or last character."""
    pieces, places, done = [], [], 0
    for match in pattern.finditer(text):
        repairs.append(Repair(kind, text[max(0, match.start() - 12) : match.end() + 12], after))  # type: ignore[arg-type]
        pieces += [text[done : match.start()], after]
        matched = origins[match.start() : match.end()]
        places += origins[done : match.start()] + [
            matched[min(i, len(matched) - 1)] for i in range(len(after))
        ]
        done = match.end()
    return "".join([*pieces, text[done:]]), places + origins[done:]
