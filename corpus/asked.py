"""The questions that every paragraph of the guidance answers (asked.toml): more words under which it is found.

They are never shown and never quoted: what is shown is the paragraph.
"""

from collections.abc import Mapping
from dataclasses import replace

from corpus.paragraph import Document, Language, Paragraph
from corpus.toml import LANGUAGES, Table

Asked = Mapping[str, Mapping[Language, tuple[str, ...]]]


def read_asked(table: Table, documents: Mapping[str, Document]) -> Asked:
    """Read asked.toml. Raises DataError for an unknown paragraph, one without questions, or a doubled question."""
    paragraphs = {p.id for document in documents.values() for p in document.paragraphs}
    asked: dict[str, Mapping[Language, tuple[str, ...]]] = {}
    for entry in table.tables("asked"):
        identity = entry.text("paragraph")
        questions = {language: entry.texts(language) for language in LANGUAGES}
        entry.done()
        if identity not in paragraphs:
            raise entry.fault(f"no such paragraph: '{identity}'")
        if identity in asked:
            raise entry.fault(f"'{identity}' is there twice")
        for language, texts in questions.items():
            if not texts:
                raise entry.fault(f"'{identity}' has no question in '{language}'")
            if wrong := next((text for text in texts if not text.endswith("?")), None):
                raise entry.fault(f"is no question: '{wrong}'")
            if len(set(texts)) < len(texts):
                raise entry.fault(f"'{identity}' has a question in '{language}' twice")
        asked[identity] = questions
    table.done()
    if missing := sorted(paragraphs - asked.keys()):
        raise table.fault(f"{missing[0]} has no questions")
    return asked


def add_asked(document: Document, asked: Asked) -> Document:
    """Return the document with the questions beside every paragraph."""
    return replace(document, paragraphs=tuple(_add(paragraph, asked) for paragraph in document.paragraphs))


def _add(paragraph: Paragraph, asked: Asked) -> Paragraph:
    questions = asked[paragraph.id]
    return replace(paragraph, asked=tuple((lang, text) for lang in LANGUAGES for text in questions[lang]))
