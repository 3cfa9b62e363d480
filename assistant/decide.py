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

# Whoever wishes something of a supplier or place abroad is on the subject, as is who names data or a product.
_SUPPLIERS = frozenset({"jurisdiction", "location"})
_FILE = Path(__file__).parent / "decisions.toml"


@dataclass(frozen=True)
class AskedValue:
    """A value people ask for, and what a paragraph must hold to answer it."""

    id: str
    asked: re.Pattern[str]
    answered: re.Pattern[str]


@dataclass(frozen=True)
class Threshold:
    """From where on something is found: the best paragraph's share of 5-grams, or its standard deviations."""

    grams: float
    dense: float


@dataclass(frozen=True)
class Rules:
    """What orders, subjects, wishes and asked values look like, and from where on something is found."""

    orders: re.Pattern[str]
    subject: re.Pattern[str]
    subject_facts: frozenset[str]
    subject_topics: frozenset[str]
    far_topics: frozenset[str]
    desk_topics: frozenset[str]
    near_subject: re.Pattern[str]
    permission: re.Pattern[str]
    knowledge: re.Pattern[str]
    citizen: re.Pattern[str]
    follow_up: re.Pattern[str]
    values: tuple[AskedValue, ...]
    found: Threshold
    found_near_subject: Threshold


@dataclass(frozen=True)
class Decision:
    """The status, and the linked source that holds the answer, if that is the reason."""

    status: Status
    source: Source | None = None


@cache
def read_rules(file: Path = _FILE) -> Rules:
    """Read decisions.toml. Raises DataError for a pattern that does not compile or a missing key."""
    table = read_toml(file)
    rules = Rules(
        _pattern(table, "orders"),
        _pattern(table, "subject"),
        frozenset(table.texts("subject_facts")),
        frozenset(table.texts("subject_topics")),
        frozenset(table.texts("far_topics")),
        frozenset(table.texts("desk_topics")),
        _pattern(table, "near_subject"),
        _pattern(table, "permission"),
        _pattern(table, "knowledge"),
        _pattern(table, "citizen"),
        _pattern(table, "follow_up"),
        tuple(_read_value(entry) for entry in table.tables("value")),
        _read_threshold(table.table("found")),
        _read_threshold(table.table("found_near_subject")),
    )
    table.done()
    return rules


def _read_threshold(entry: Table) -> Threshold:
    threshold = Threshold(entry.decimal("grams"), entry.decimal("dense"))
    entry.done()
    return threshold


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
    asks_for_a_desk = bool(rules.desk_topics & set(facts.topics))
    if not asks_for_a_desk and (source := _linked_source(question, corpus)):
        return Decision("linked_source_only", source)
    if not (_has_subject(question, facts, rules) or _is_found(question, facts, hits, rules)):
        return Decision("off_topic")
    if not hits or _asks_absent_value(question, hits, corpus, rules):
        return Decision("not_in_corpus")
    return Decision("conditional" if asks_permission(question, facts, rules) else "answered")


def asks_permission(question: str, facts: Facts, rules: Rules) -> bool:
    """Tell whether it is asked if something may be done in a case of which something is known."""
    if facts.values(ABOUT_CASE)[0] != "yes":
        return False
    return (
        _goes_on(question, facts, rules)
        or bool(rules.permission.search(question))
        or (_names_data(facts) and not rules.knowledge.search(question))
    )


def _names_data(facts: Facts) -> bool:
    """Tell whether this question says, or the user set, that there are data of some kind."""
    return any(key.startswith("data.") and facts.values(key) == ("yes",) for key in _own_keys(facts))


def _goes_on(question: str, facts: Facts, rules: Rules) -> bool:
    """Tell whether the question goes on with the case of the conversation."""
    carried = any(reading.origin == "carried" for reading in facts.readings.values())
    return carried and bool(rules.follow_up.search(question))


def _own_keys(facts: Facts) -> set[str]:
    """Return the keys of what this question says or the user set; what was carried says nothing of its subject."""
    return {key for key, reading in facts.readings.items() if reading.origin in ("stated", "set")}


def _has_subject(question: str, facts: Facts, rules: Rules) -> bool:
    """Tell whether the question is surely on the subject."""
    named = rules.subject_facts & _own_keys(facts) or rules.subject_topics & set(facts.topics)
    named_thing = _names_data(facts) or "product" in facts.topics or _SUPPLIERS & _own_keys(facts)
    wish = named_thing and rules.permission.search(question) and not rules.citizen.search(question)
    return bool(named or wish or rules.subject.search(question) or _goes_on(question, facts, rules))


def _is_found(question: str, facts: Facts, hits: Sequence[Hit], rules: Rules) -> bool:
    topics = set(facts.topics) - rules.far_topics
    near = _own_keys(facts) - {ABOUT_CASE} or topics or rules.near_subject.search(question)
    least = rules.found_near_subject if near else rules.found
    return bool(hits) and (hits[0].signals["grams"] >= least.grams or hits[0].signals["dense"] >= least.dense)


def _linked_source(question: str, corpus: Corpus) -> Source | None:
    """Return the source that is only linked to and that the question asks the contents of."""
    folded = question.casefold()
    for source in corpus.sources.values():
        if not source.is_held and any(mention.casefold() in folded for mention in source.mentions):
            return source
    return None


def _asks_absent_value(question: str, hits: Sequence[Hit], corpus: Corpus, rules: Rules) -> bool:
    """Tell whether a value is asked that none of the nearest paragraphs holds."""
    return any(
        value.asked.search(question)
        and not any(value.answered.search(corpus.by_id[hit.paragraph].text) for hit in hits[:5])
        for value in rules.values
    )
