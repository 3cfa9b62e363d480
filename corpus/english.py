"""Our English rendition of the guidance (english.toml), checked against the Dutch: numbers, names and norms."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from corpus.paragraph import Document, Paragraph
from corpus.toml import Table

# What makes a sentence bind, permit, advise or deny, in Dutch and in English. Where one language has it, so must
# the other; a word in the pattern of the wrong language would let a changed norm pass.
_NORMS = {
    "must": (
        r"\b(?:moet|moeten|dient|dienen|verplicht|vereist)\b",
        r"\b(?:must|obliged|required|needs? to|compulsory)\b",
    ),
    "should": (
        r"\b(?:behoort|behoren|raadzaam|aan te raden|bij voorkeur|kan beter|zou moeten|zouden moeten)\b",
        r"\b(?:should|ought|advisable|recommended|preferably|better not|better)\b",
    ),
    "may": (
        r"\b(?:mag|mogen|toegestaan|toestaan|vergunning)\b",
        r"\b(?:may|permit|permitted|allow(?:ed|ing)?)\b",
    ),
    "not": (
        r"\b(?:niet|geen|niets|nooit|niemand|zonder)\b",
        r"\b(?:not|no|none|never|nothing|nobody|without|cannot|neither|nor)\b",
    ),
}
_COMPILED = {
    norm: tuple(re.compile(pattern, re.IGNORECASE) for pattern in pair) for norm, pair in _NORMS.items()
}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"\b(?:[A-Z]{2,}(?=s?\b)|[A-Z][a-z]+[A-Z]\w*\b)")
_ENGLISH_NAME = {"VS": "US"}


@dataclass(frozen=True)
class Renditions:
    """The English sentences of every paragraph, and the English of items that quote part of a sentence."""

    paragraphs: Mapping[str, tuple[str, ...]]
    items: Mapping[str, str]


def read_renditions(table: Table, documents: Mapping[str, Document]) -> Renditions:
    """Read english.toml. Raises DataError where a rendition lacks, does not fit or changes what the Dutch says."""
    paragraphs = {p.id: p for document in documents.values() for p in document.paragraphs}
    rendered: dict[str, tuple[str, ...]] = {}
    for entry in table.tables("paragraph"):
        identity, sentences = entry.text("id"), entry.texts("sentences")
        entry.done()
        if identity not in paragraphs:
            raise entry.fault("no such paragraph")
        if identity in rendered:
            raise entry.fault("this id is there twice")
        if fault := next(_find_faults(paragraphs[identity], sentences), None):
            raise entry.fault(fault)
        rendered[identity] = sentences
    items = {entry.text("id"): entry.text("text") for entry in table.tables("item")}
    if missing := [identity for identity in paragraphs if identity not in rendered]:
        raise table.fault(f"{missing[0]} has no rendition")
    table.done()
    return Renditions(rendered, items)


def add_renditions(document: Document, renditions: Renditions) -> Document:
    """Return the document with our English beside every sentence."""
    paragraphs = (
        replace(
            paragraph,
            sentences=tuple(
                replace(sentence, rendition=english)
                for sentence, english in zip(
                    paragraph.sentences, renditions.paragraphs[paragraph.id], strict=True
                )
            ),
        )
        for paragraph in document.paragraphs
    )
    return replace(document, paragraphs=tuple(paragraphs))


def _find_faults(paragraph: Paragraph, sentences: tuple[str, ...]) -> Iterator[str]:
    if len(sentences) != len(paragraph.sentences):
        yield f"has {len(sentences)} sentences; the Dutch has {len(paragraph.sentences)}"
        return
    for number, (sentence, english) in enumerate(zip(paragraph.sentences, sentences, strict=True), 1):
        for fault in compare(sentence.text, english):
            yield f"sentence {number}: {fault}"


def compare(dutch: str, english: str) -> Iterator[str]:
    """Yield where a rendition has other numbers, other names or another strength of the norm than the Dutch."""
    for what, before, after in (
        ("numbers", _NUMBER.findall(dutch), _NUMBER.findall(english)),
        ("names", _names(dutch), _names(english)),
    ):
        if missing := [text for text in before if text not in after]:
            yield f"{what}: the English lacks '{missing[0]}'"
        if what == "numbers" and sorted(before) != sorted(after) and not missing:
            yield "numbers: the English has more"
    for norm, (in_dutch, in_english) in _COMPILED.items():
        said, rendered = in_dutch.search(dutch), in_english.search(english)
        if bool(said) != bool(rendered):
            word = (said or rendered)[0]  # type: ignore[index]
            yield f"norm '{norm}': '{word}' stands in one language only"


def _names(text: str) -> set[str]:
    return {_ENGLISH_NAME.get(name.upper(), name.upper()) for name in _NAME.findall(text)}
