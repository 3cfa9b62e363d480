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
    """What orders, subjects and asked values look like, and from which score on something is found."""

    orders: re.Pattern[str]
    subject: re.Pattern[str]
    pointing: re.Pattern[str]
    permission: re.Pattern[str]
    values: tuple[AskedValue, ...]
    found_from: float
    found_from_without_subject: float


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
        _pattern(table, "pointing"),
        _pattern(table, "permission"),
        tuple(_read_value(entry) for entry in table.tables("value")),
        score.decimal("found_from"),
        score.decimal("found_from_without_subject"),
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
    has_subject = bool(facts.topics) or bool(facts.readings) or bool(rules.subject.search(question))
    best = hits[0].signals["dense"] if hits else float("-inf")
    if best < (rules.found_from if has_subject else rules.found_from_without_subject):
        return Decision("not_in_corpus" if has_subject and best > rules.found_from else "off_topic")
    if source := _linked_source(question, corpus, rules):
        return Decision("linked_source_only", source)
    if _asks_absent_value(question, hits, corpus, rules):
        return Decision("not_in_corpus")
    return Decision("conditional" if facts.values(ABOUT_CASE)[0] == "yes" else "answered")


def _linked_source(question: str, corpus: Corpus, rules: Rules) -> Source | None:
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
