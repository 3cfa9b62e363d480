"""Notices (notices.toml): where a phrase of a source has been overtaken, by what and on what authority."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from corpus.authority import Authority, read_authority
from corpus.errors import DataError
from corpus.facts import Vocabulary
from corpus.glossary import Glossary
from corpus.paragraph import Document, Language, Paragraph, Span, overlaps
from corpus.policy import read_topics
from corpus.quotes import Fragment, find_wordings, read_fragments
from corpus.toml import Table

Severity = Literal["A", "B", "C"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_SINCE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


@dataclass(frozen=True)
class Notice:
    """What has overtaken a phrase, or a term wherever it stands; one of `phrase` and `term` is empty.

    Severity A: quoting it unmarked can lead to an unlawful or unsafe act; B: it misleads; C: a name, term or
    reference. `caution` are words of the Dutch text that keep a caution of the phrase standing.
    """

    id: str
    severity: Severity
    topic: str
    phrase: str
    term: str
    text: Mapping[Language, str]
    replaced_by: Mapping[Language, str]
    since: str
    caution: str
    authority: Authority


@dataclass(frozen=True)
class Overtaken:
    """A notice in a paragraph and where its words stand there; without spans they stand in a heading."""

    notice: Notice
    spans: tuple[Span, ...]


def read_notices(
    table: Table,
    vocabulary: Vocabulary,
    glossary: Glossary,
    documents: Mapping[str, Document],
    official: tuple[str, ...],
) -> tuple[tuple[Notice, ...], Mapping[str, tuple[Overtaken, ...]]]:
    """Return all notices, and by paragraph those whose words stand in it, the gravest first.

    Raises DataError for a phrase or term that stands nowhere.
    """
    notices: dict[str, Notice] = {}
    for entry in table.tables("notice"):
        notice = _read_notice(entry, vocabulary, glossary, official)
        if notice.id in notices:
            raise entry.fault("this id is there twice")
        notices[notice.id] = notice
    table.done()
    found = _find_all(tuple(notices.values()), glossary, documents)
    said = {one.notice.id for found_here in found.values() for one in found_here}
    for notice in notices.values():
        if notice.id not in said:
            words = notice.phrase or notice.term
            raise DataError(table.file, f"notice {notice.id}", f"no source says '{words}' word for word")
    return tuple(notices.values()), _drop_all_said(found)


def find_overtaken(
    notices: Sequence[Notice], glossary: Glossary, documents: Mapping[str, Document]
) -> Mapping[str, tuple[Overtaken, ...]]:
    """Return by paragraph the notices whose words stand in it, the gravest first."""
    return _drop_all_said(_find_all(notices, glossary, documents))


def _find_all(
    notices: Sequence[Notice], glossary: Glossary, documents: Mapping[str, Document]
) -> Mapping[str, list[Overtaken]]:
    wanted = sorted(
        ((notice, _pattern(notice, glossary)) for notice in notices), key=lambda one: one[0].severity
    )
    places: dict[str, list[Overtaken]] = {}
    for document in documents.values():
        for paragraph in document.paragraphs:
            fragments = read_fragments(paragraph, document)
            for notice, pattern in wanted:
                for spans in _find(paragraph, fragments, pattern):
                    places.setdefault(paragraph.id, []).append(Overtaken(notice, spans))
    return places


def _drop_all_said(found: Mapping[str, list[Overtaken]]) -> Mapping[str, tuple[Overtaken, ...]]:
    return {paragraph: tuple(_drop_said(found_here)) for paragraph, found_here in found.items()}


def _drop_said(found: list[Overtaken]) -> Iterator[Overtaken]:
    """Leave a term out where a notice on the phrase around it says the same already."""
    phrases = [span for overtaken in found if overtaken.notice.phrase for span in overtaken.spans]
    for overtaken in found:
        if overtaken.notice.phrase or not overtaken.spans:
            yield overtaken
        elif bare := tuple(span for span in overtaken.spans if not overlaps(span, tuple(phrases))):
            yield replace(overtaken, spans=bare)


def _read_notice(
    entry: Table, vocabulary: Vocabulary, glossary: Glossary, official: tuple[str, ...]
) -> Notice:
    notice = Notice(
        entry.text("id"),
        entry.one_of("severity", SEVERITIES),
        read_topics(entry, "topic", vocabulary)[0],
        entry.text("phrase", ""),
        entry.text("term", ""),
        entry.languages("text"),
        entry.languages("replaced_by"),
        entry.text("since"),
        entry.text("caution", ""),
        read_authority(entry, official),
    )
    entry.done()
    if bool(notice.phrase) == bool(notice.term):
        raise entry.fault("needs either 'phrase' or 'term'")
    term = glossary.terms.get(notice.term)
    if notice.term and not (term and term.old):
        raise entry.fault(f"the glossary has no term '{notice.term}' with an old wording")
    if not _SINCE.fullmatch(notice.since):
        raise entry.fault(f"'since' must be a date, a month or a year: '{notice.since}'")
    if notice.caution not in notice.text["nl"]:
        raise entry.fault(f"the text no longer keeps the caution: it lacks '{notice.caution}'")
    return notice


def _pattern(notice: Notice, glossary: Glossary) -> re.Pattern[str]:
    return re.compile(re.escape(notice.phrase)) if notice.phrase else glossary.terms[notice.term].old_pattern


def _find(
    paragraph: Paragraph, fragments: tuple[Fragment, ...], pattern: re.Pattern[str]
) -> Iterator[tuple[Span, ...]]:
    """Yield the spans of the words in a paragraph, or none where they stand in its headings alone."""
    spans = tuple(find_wordings(fragments, pattern))
    if spans or any(pattern.search(heading) for heading in paragraph.headings):
        yield spans
