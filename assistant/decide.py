"""Decides what kind of answer the sources can give, from named signals and rules that are data (decisions.toml)."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from assistant.answer import Status
from corpus.errors import DataError
from corpus.facts import ABOUT_CASE, EXTERNAL, Facts
from corpus.load import Corpus
from corpus.manifest import Source
from corpus.paragraph import Language
from corpus.toml import LANGUAGES, Table, read_toml
from index.hit import Evidence, Hit, SearchResult

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
class Answerable:
    """The log odds that a question is answered are `bias` plus each signal times its weight.

    Signals are those of Evidence, and `absent_value`: 1 where a value is asked that no paragraph found holds.
    """

    contrast: float
    probe: float
    absent_value: float
    bias: float

    def probability(self, evidence: Evidence, lacks_value: bool) -> float:
        """Return the probability that the sources answer."""
        odds = (
            self.bias
            + self.contrast * evidence.contrast
            + self.probe * evidence.probe
            + self.absent_value * lacks_value
        )
        return 1 / (1 + math.exp(-odds))


@dataclass(frozen=True)
class Least:
    """The least probability to answer with: of a question on the subject, of another one, of a case on the subject.

    `near` is the least cosine of the nearest answered question at which a question without a word of the subject
    can still be on it; `like_an_order` the contrast below which it is taken for an order like others. `behind_best`
    is how far behind the best paragraph one may be that tells of cases, in fused scores, where no data are named.
    """

    on_subject: float
    off_subject: float
    case: float
    near: float
    like_an_order: float
    behind_best: float


@dataclass(frozen=True)
class LeastAdded:
    """From where on a paragraph of a document that a person added speaks to the question.

    `near` is the least number of standard deviations above the mean of all passages, `behind_best` how far it may be
    behind the best paragraph, in fused scores.
    """

    near: float
    behind_best: float


_Numbers = TypeVar("_Numbers", Answerable, Least, LeastAdded)


@dataclass(frozen=True)
class Rules:
    """What orders, subjects, wishes and asked values look like, and from where on the sources answer."""

    orders: re.Pattern[str]
    subject: re.Pattern[str]
    subject_facts: frozenset[str]
    subject_topics: frozenset[str]
    desk_topics: frozenset[str]
    permission: re.Pattern[str]
    knowledge: re.Pattern[str]
    citizen: re.Pattern[str]
    follow_up: re.Pattern[str]
    values: tuple[AskedValue, ...]
    answerable: Mapping[Language, Answerable]
    least: Least
    added: LeastAdded


@dataclass(frozen=True)
class Decision:
    """The status, and the linked source that holds the answer, if that is the reason.

    `speaking` are the paragraphs of documents that people added and that speak to the question, the best first.
    """

    status: Status
    source: Source | None = None
    speaking: tuple[str, ...] = ()


@cache
def read_rules(file: Path = _FILE) -> Rules:
    """Read decisions.toml. Raises DataError for a pattern that does not compile or a missing key."""
    table = read_toml(file)
    rules = Rules(
        _pattern(table, "orders"),
        _pattern(table, "subject"),
        frozenset(table.texts("subject_facts")),
        frozenset(table.texts("subject_topics")),
        frozenset(table.texts("desk_topics")),
        _pattern(table, "permission"),
        _pattern(table, "knowledge"),
        _pattern(table, "citizen"),
        _pattern(table, "follow_up"),
        tuple(_read_value(entry) for entry in table.tables("value")),
        _read_answerable(table.table("answerable")),
        _read_numbers(table.table("least"), Least),
        _read_numbers(table.table("added"), LeastAdded),
    )
    table.done()
    return rules


def _read_answerable(table: Table) -> Mapping[Language, Answerable]:
    weights = {language: _read_numbers(table.table(language), Answerable) for language in LANGUAGES}
    table.done()
    return weights


def _read_numbers(entry: Table, record: type[_Numbers]) -> _Numbers:
    numbers = record(**{field.name: entry.decimal(field.name) for field in fields(record)})
    entry.done()
    return numbers


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


def decide(
    question: str,
    language: Language,
    facts: Facts,
    found: SearchResult,
    corpus: Corpus,
    rules: Rules,
) -> Decision:
    """Decide the status of one question, the gravest reason not to answer first.

    Where the guidance does not answer, a document that people added may.
    """
    if rules.orders.search(question):
        return Decision("refused")
    decision = _decide_by_guidance(question, language, facts, found, corpus, rules)
    speaking = tuple(hit.paragraph for hit in _speaking(found.hits, corpus, rules.added))
    if not speaking or decision.status == "refused":
        return decision
    lacks_value = asks_absent_value(question, found.hits, corpus, rules)
    if decision.status in ("answered", "conditional") or lacks_value:
        return replace(decision, speaking=speaking)
    asks_for_a_case = asks_permission(question, facts, rules) and _names_data(facts)
    return Decision("conditional" if asks_for_a_case else "answered", None, speaking)


def _speaking(hits: Sequence[Hit], corpus: Corpus, least: LeastAdded) -> Iterator[Hit]:
    for hit in hits:
        is_near = (
            hit.signals.get("dense", 0.0) >= least.near and hits[0].score - hit.score <= least.behind_best
        )
        if is_near and corpus.by_id[hit.paragraph].source in corpus.added:
            yield hit


def _decide_by_guidance(
    question: str,
    language: Language,
    facts: Facts,
    found: SearchResult,
    corpus: Corpus,
    rules: Rules,
) -> Decision:
    asks_for_a_desk = bool(rules.desk_topics & set(facts.topics))
    if not asks_for_a_desk and (source := _linked_source(question, corpus)):
        return Decision("linked_source_only", source)
    asks_for_a_case = asks_permission(question, facts, rules) and (
        _names_data(facts) or _found_a_case(found.hits, corpus, rules.least.behind_best)
    )
    has_subject = _has_subject(question, facts, rules)
    least = rules.least.off_subject
    if has_subject:
        least = rules.least.case if asks_for_a_case else rules.least.on_subject
    is_sure = asks_for_a_case and _names_special_data_and_supplier(facts)
    is_sure = is_sure and not asks_absent_value(question, found.hits, corpus, rules)
    if not found.hits or (not is_sure and probability(question, language, found, corpus, rules) < least):
        return _say_why_not(found.evidence, has_subject, corpus, rules.least)
    return Decision("conditional" if asks_for_a_case else "answered")


def probability(
    question: str, language: Language, found: SearchResult, corpus: Corpus, rules: Rules
) -> float:
    """Return how probable it is that the paragraphs found answer.

    Where nothing is known of questions that none does, all but a value that is not there is taken to be answered.
    """
    lacks_value = asks_absent_value(question, found.hits, corpus, rules)
    if not found.evidence.like:
        return float(not lacks_value)
    return rules.answerable[language].probability(found.evidence, lacks_value)


def _say_why_not(evidence: Evidence, has_subject: bool, corpus: Corpus, least: Least) -> Decision:
    """Return the reason of the unanswered questions that this one is like, unless it is only remotely like them."""
    like = corpus.unanswered.get(evidence.like)
    is_order = like is not None and like.reason == "refused"
    if (
        like
        and like.reason != "not_in_corpus"
        and not (is_order and evidence.contrast >= least.like_an_order)
    ):
        return Decision(like.reason, corpus.sources.get(like.source))
    is_far = not has_subject and evidence.nearest < least.near
    return Decision("off_topic" if is_far else "not_in_corpus")


def asks_permission(question: str, facts: Facts, rules: Rules) -> bool:
    """Tell whether it is asked if something may be done in a case of which something is known."""
    if facts.values(ABOUT_CASE)[0] != "yes":
        return False
    return (
        _goes_on(question, facts, rules)
        or bool(rules.permission.search(question))
        or (_names_data(facts) and not rules.knowledge.search(question))
    )


def _found_a_case(hits: Sequence[Hit], corpus: Corpus, behind: float) -> bool:
    """Tell whether what was found best, or nearly so, is a paragraph that answers to cases rest on."""
    positions = (position for position in corpus.positions.all if position.breadth in ("case", "fallback"))
    of_cases = {cite.paragraph for position in positions for cite in position.cites}
    of_cases |= {item.paragraph for policy_list in corpus.policy for item in policy_list.items if item.stops}
    return any(hit.paragraph in of_cases and hits[0].score - hit.score <= behind for hit in hits)


def _names_data(facts: Facts) -> bool:
    """Tell whether this question says, or the user set, that there are data of some kind."""
    return any(key.startswith("data.") and facts.values(key) == ("yes",) for key in _own_keys(facts))


def _names_special_data_and_supplier(facts: Facts) -> bool:
    """Tell whether special categories of data are named, and somebody else who would hold them.

    What the guidance says of such a case holds whatever words data and product go by, so facts decide, not the search.
    """
    return facts.values("data.special") == ("yes",) and facts.values(EXTERNAL) == ("yes",)


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


def _linked_source(question: str, corpus: Corpus) -> Source | None:
    """Return the source that is only linked to and that the question asks the contents of."""
    folded = question.casefold()
    for source in corpus.sources.values():
        if not source.is_held and any(mention.casefold() in folded for mention in source.mentions):
            return source
    return None


def asks_absent_value(question: str, hits: Sequence[Hit], corpus: Corpus, rules: Rules) -> bool:
    """Tell whether a value is asked that none of the nearest paragraphs holds."""
    return any(
        value.asked.search(question)
        and not any(value.answered.search(corpus.by_id[hit.paragraph].text) for hit in hits[:5])
        for value in rules.values
    )
