"""Decides what kind of answer the sources can give, from named signals and rules that are data (decisions.toml)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.answer import Status
from corpus.errors import DataError
from corpus.facts import ABOUT_CASE, Facts
from corpus.load import Corpus
from corpus.manifest import Source
from corpus.toml import Table, read_toml
from index.hit import Hit

_FILE = Path(__file__).parent / "decisions.toml"


@dataclass(frozen=True)
class AskedValue:
    """A value people ask for, and what a paragraph must hold to answer it."""

    id: str
    asked: re.Pattern[str]
    answered: re.Pattern[str]


@dataclass(frozen=True)
class Rules:
    """What orders, subjects, wishes and asked values look like.

    A question without any word of the subject is answered only where its best paragraph shares `grams_from` of its
    5-grams or stands `dense_from` standard deviations above the mean.
    """

    orders: re.Pattern[str]
    subject: re.Pattern[str]
    permission: re.Pattern[str]
    values: tuple[AskedValue, ...]
    grams_from: float
    dense_from: float


@dataclass(frozen=True)
class Decision:
    """The status, and the linked source that holds the answer, if that is the reason."""

    status: Status
    source: Source | None = None


@cache
def read_rules(file: Path = _FILE) -> Rules:
    """Read decisions.toml. Raises DataError for a pattern that does not compile or a missing key."""
    table = read_toml(file)
    score = table.table("score")
    rules = Rules(
        _pattern(table, "orders"),
        _pattern(table, "subject"),
        _pattern(table, "permission"),
        tuple(_read_value(entry) for entry in table.tables("value")),
        score.decimal("grams_from"),
        score.decimal("dense_from"),
    )
    score.done()
    table.done()
    return rules


def _read_value(entry: Table) -> AskedValue:
    value = AskedValue(entry.text("id"), _pattern(entry, "asked"), _pattern(entry, "answered"))
    entry.done()
    return value


def _pattern(table: Table, key: str) -> re.Pattern[str]:
    parts = table.texts(key)
    try:
        return re.compile("|".join(f"(?:{part})" for part in parts) or r"(?!)", re.IGNORECASE)
    except re.error as error:
        raise DataError(table.file, table.entry, f"'{key}' is not a pattern: {error}") from error


def decide(question: str, facts: Facts, hits: Sequence[Hit], corpus: Corpus, rules: Rules) -> Decision:
    """Decide the status of one question, the gravest reason not to answer first."""
    if rules.orders.search(question):
        return Decision("refused")
    if not (_has_subject(question, facts, rules) or _is_found(hits, rules)):
        return Decision("off_topic")
    if source := _linked_source(question, corpus):
        return Decision("linked_source_only", source)
    if not hits or _asks_absent_value(question, hits, corpus, rules):
        return Decision("not_in_corpus")
    return Decision("conditional" if asks_permission(question, facts, rules) else "answered")


def asks_permission(question: str, facts: Facts, rules: Rules) -> bool:
    """Tell whether it is asked if something may be done in a case of which something is known."""
    about_case = facts.values(ABOUT_CASE)[0] == "yes"
    carried = any(reading.origin == "carried" for reading in facts.readings.values())
    return about_case and (carried or bool(rules.permission.search(question)))


def _has_subject(question: str, facts: Facts, rules: Rules) -> bool:
    known = [key for key in facts.readings if key != ABOUT_CASE]
    return bool(facts.topics or known or rules.subject.search(question))


def _is_found(hits: Sequence[Hit], rules: Rules) -> bool:
    best = hits[0].signals if hits else {"grams": 0.0, "dense": 0.0}
    return best["grams"] >= rules.grams_from or best["dense"] >= rules.dense_from


def _linked_source(question: str, corpus: Corpus) -> Source | None:
    """Return the source that is only linked to and that the question asks the contents of."""
    folded = question.casefold()
    for source in corpus.sources.values():
        if not source.is_held and any(mention.casefold() in folded for mention in source.mentions):
            return source
    return None


def _asks_absent_value(question: str, hits: Sequence[Hit], corpus: Corpus, rules: Rules) -> bool:
    """Tell whether a value is asked that none of the nearest paragraphs holds."""
    texts = {paragraph.id: paragraph.text for paragraph in corpus.paragraphs}
    return any(
        value.asked.search(question) and not any(value.answered.search(texts[hit.paragraph]) for hit in hits[:5])
        for value in rules.values
    )
