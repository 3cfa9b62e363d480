"""Positions (positions.toml): prepared short answers to recurring questions, resting on named paragraphs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from corpus.facts import Vocabulary
from corpus.notices import Overtaken
from corpus.paragraph import Document, Language, Span, overlaps
from corpus.policy import Condition, PolicyItem, PolicyList, read_condition, read_topics
from corpus.quotes import Place, find_quote, index_paragraphs
from corpus.sentences import split_sentences
from corpus.toml import LANGUAGES, Table

Breadth = Literal["narrow", "broad", "case", "fallback"]
BREADTHS: tuple[Breadth, ...] = get_args(Breadth)
_MOST_SENTENCES = {"narrow": 4, "broad": 4, "case": 8, "fallback": 4}
_MARK = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class Row:
    """Topics that must all be read, and facts that must all hold."""

    topics: tuple[str, ...]
    clause: tuple[Condition, ...]


@dataclass(frozen=True)
class Cite:
    """What a position rests on: a verbatim quote of a paragraph."""

    paragraph: str
    span: Span


@dataclass(frozen=True)
class Position:
    """A prepared answer. `[n]` in its sentences and steps is the n-th of `cites`.

    A `case` answers whether something may be done in a concrete case, a `fallback` does so where little is known of
    it; `narrow` explains one thing and goes before `broad`. It fits where one of `rows` holds and none of the topics
    in `unless` was read.
    """

    id: str
    topic: str
    breadth: Breadth
    question: Mapping[Language, str]
    rows: tuple[Row, ...]
    unless: tuple[str, ...]
    cites: tuple[Cite, ...]
    notices: tuple[str, ...]
    sentences: Mapping[Language, tuple[str, ...]]
    steps: Mapping[Language, tuple[str, ...]]


@dataclass(frozen=True)
class Positions:
    """All positions in the order of the file, and the topics with which none fits."""

    all: tuple[Position, ...]
    never: frozenset[str]

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The topics that are the subject of a narrow position."""
        narrow, broad = (
            {topic for p in self.all if p.breadth == breadth for row in p.rows for topic in row.topics}
            for breadth in ("narrow", "broad")
        )
        return frozenset(narrow - broad)


def read_marks(text: str) -> tuple[int, ...]:
    """Return the numbers of the quotes that a sentence rests on, in order."""
    return tuple(dict.fromkeys(int(number) for number in _MARK.findall(text)))


def renumber(text: str, marks: Mapping[int, int]) -> str:
    """Return a sentence with other numbers for its quotes."""
    return _MARK.sub(lambda mark: f"[{marks[int(mark[1])]}]", text)


@dataclass(frozen=True)
class _Known:
    """What a position can name."""

    vocabulary: Vocabulary
    paragraphs: Mapping[str, Place]
    items: Mapping[str, PolicyItem]
    overtaken: Mapping[str, tuple[Overtaken, ...]]
    notes: str


def read_positions(
    table: Table,
    vocabulary: Vocabulary,
    policy: tuple[PolicyList, ...],
    documents: Mapping[str, Document],
    overtaken: Mapping[str, tuple[Overtaken, ...]],
    notes: str,
) -> Positions:
    """Read positions.toml; `notes` is the id of the source of the Wolkwijzer notes. Raises DataError."""
    items = {item.id: item for policy_list in policy for item in policy_list.items}
    known = _Known(vocabulary, index_paragraphs(documents), items, overtaken, notes)
    positions: dict[str, Position] = {}
    never = frozenset(read_topics(table, "never", vocabulary))
    for entry in table.tables("position"):
        position = _read_position(entry, known)
        if position.id in positions:
            raise entry.fault("this id is there twice")
        positions[position.id] = position
    table.done()
    return Positions(tuple(positions.values()), never)


def _read_position(entry: Table, known: _Known) -> Position:
    position = Position(
        entry.text("id"),
        read_topics(entry, "topic", known.vocabulary)[0],
        entry.one_of("breadth", BREADTHS),
        entry.languages("question"),
        tuple(_read_row(row, known.vocabulary) for row in entry.tables("when")),
        read_topics(entry, "unless", known.vocabulary),
        tuple(_read_cite(cite, known) for cite in entry.tables("cites")),
        entry.texts("notices"),
        {language: _split(text) for language, text in entry.languages("text").items()},
        entry.text_lists("steps"),
    )
    entry.done()
    for fault in (*_find_faults(position, known), *_find_notice_faults(position, known)):
        raise entry.fault(fault)
    return position


def _split(text: str) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in split_sentences(text))


def _read_row(entry: Table, vocabulary: Vocabulary) -> Row:
    topics = read_topics(entry, "topics", vocabulary)
    facts = [key for key in entry.keys() if key != "topics"]
    row = Row(topics, tuple(read_condition(entry, key, vocabulary) for key in facts))
    if not row.topics and not row.clause:
        raise entry.fault("a row of 'when' without topics and facts would always hold")
    return row


def _read_cite(entry: Table, known: _Known) -> Cite:
    """Read one of: an item and its quote, a note as a whole, or a quote of a paragraph."""
    if "item" in entry:
        item = known.items.get(entry.text("item"))
        if item is None:
            raise entry.fault(f"no such item: '{entry.text('item')}'")
        entry.done()
        return Cite(item.paragraph, item.span)
    is_note = "note" in entry
    identity = f"{known.notes}/{entry.text('note')}" if is_note else entry.text("paragraph")
    if identity not in known.paragraphs:
        raise entry.fault(f"no such paragraph: '{identity}'")
    paragraph, document = known.paragraphs[identity]
    quote = paragraph.text if is_note else entry.text("quote")
    span = find_quote(paragraph, document, quote)
    if span is None:
        raise entry.fault(f"the quote does not stand in {identity} word for word: '{quote[:60]}'")
    entry.done()
    return Cite(identity, span)


def _find_faults(position: Position, known: _Known) -> Iterator[str]:
    if not position.rows:
        yield "'when' is missing"
    numbers = set(range(1, len(position.cites) + 1))
    for language in LANGUAGES:
        sentences, steps = position.sentences[language], position.steps[language]
        if not 1 <= len(sentences) <= _MOST_SENTENCES[position.breadth]:
            yield f"the {language} text has {len(sentences)} sentences; it may have up to {_MOST_SENTENCES[position.breadth]}"
        marked = {number for text in (*sentences, *steps) for number in read_marks(text)}
        if marked != numbers:
            odd = min(marked ^ numbers)
            yield f"[{odd}] is {'cited nowhere in' if odd in numbers else 'no quote of'} the {language} text"
    if not any(known.paragraphs[cite.paragraph][0].source != known.notes for cite in position.cites):
        yield "rests on notes alone; it needs a quote of a source"


def _find_notice_faults(position: Position, known: _Known) -> Iterator[str]:
    """Yield notices that it names but does not quote, and grave ones that it quotes but does not name."""
    quoted = {
        found.notice.id: found.notice.severity
        for cite in position.cites
        for found in known.overtaken.get(cite.paragraph, ())
        if overlaps(cite.span, found.spans)
    }
    for name in position.notices:
        if name not in quoted:
            yield f"names notice '{name}', whose phrase stands in none of its quotes"
    for name, severity in quoted.items():
        if severity == "A" and name not in position.notices:
            yield f"quotes a phrase of notice '{name}' and does not name it"
