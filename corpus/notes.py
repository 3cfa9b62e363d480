"""The Wolkwijzer notes (notes.toml): today's law in our own words, where the guidance is silent.

They form a document of their own, so that they are cited, searched and checked as any source; its kind, `note`,
keeps them apart from what was quoted.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from corpus.authority import Authority, read_authority
from corpus.facts import Vocabulary
from corpus.paragraph import Document, Language, Paragraph, Sentence, Span
from corpus.policy import read_topics
from corpus.toml import Table

Force = Literal["law", "standard", "advice", "practice", "bill", "unverified"]
FORCES: tuple[Force, ...] = get_args(Force)
_HEADING = "Notities van Wolkwijzer"
_LOCATOR: Mapping[Language, str] = {"nl": "notitie van Wolkwijzer", "en": "note by Wolkwijzer"}


@dataclass(frozen=True)
class Note:
    """What is known of a note beside its paragraph; `id` is the paragraph's."""

    id: str
    topic: str
    force: Force
    title: Mapping[Language, str]
    authority: Authority

    def locator(self, language: Language) -> str:
        """Say which note it is, and what it rests on."""
        return f"{_LOCATOR[language]}: {self.title[language]} ({self.authority.citation})"


def read_notes(
    table: Table, source: str, vocabulary: Vocabulary, official: tuple[str, ...]
) -> tuple[Document, Mapping[str, Note]]:
    """Read notes.toml into a document whose text is the Dutch sentences, and the notes by paragraph."""
    notes: dict[str, Note] = {}
    paragraphs: list[Paragraph] = []
    text = ""
    for entry in table.tables("note"):
        identity = f"{source}/{entry.text('id')}"
        title, sentences = entry.languages("title"), entry.text_lists("sentences")
        if identity in notes:
            raise entry.fault("this id is there twice")
        if not sentences["nl"]:
            raise entry.fault("'sentences' is empty")
        notes[identity] = Note(
            identity,
            read_topics(entry, "topic", vocabulary)[0],
            entry.one_of("force", FORCES),
            title,
            read_authority(entry, official),
        )
        entry.done()
        paragraphs.append(
            _paragraph(identity, source, title["nl"], sentences, len(text), len(paragraphs) + 1)
        )
        text += " ".join(sentences["nl"]) + "\n"
    table.done()
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(source, text, digest, tuple(paragraphs), ()), notes


def _paragraph(
    identity: str,
    source: str,
    title: str,
    sentences: Mapping[Language, tuple[str, ...]],
    start: int,
    number: int,
) -> Paragraph:
    """Make the paragraph of a note; it is the line of that number in the document."""
    made, at = [], start
    for position, (dutch, english) in enumerate(zip(sentences["nl"], sentences["en"], strict=True), 1):
        span = Span(at, at + len(dutch))
        made.append(Sentence(f"{identity}#{position}", dutch, (span,), english))
        at = span.end + 1
    text = " ".join(sentences["nl"])
    return Paragraph(
        identity,
        source,
        "note",
        (_HEADING, title),
        "",
        number,
        "",
        text,
        (Span(start, start + len(text)),),
        (number, number),
        tuple(made),
        (),
    )
