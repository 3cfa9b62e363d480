"""What orders, subjects and asked values look like, and from where on the sources answer (decisions.toml)."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TypeVar

from corpus.errors import DataError
from corpus.paragraph import Language
from corpus.toml import LANGUAGES, Table, read_toml
from index.hit import Evidence

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
class Wish:
    """The log odds that a question asks whether something may go into the cloud: `bias` plus each signal times its weight.

    `probe` is Evidence.wish. The others are 1 where the words are those of putting something somewhere (`placing`), a
    cloud, a product or a supplier is named (`place`), the question has a narrow subject of its own (`side`), it asks
    who, what or how (`knowledge`), or names data.
    """

    probe: float
    placing: float
    place: float
    side: float
    knowledge: float
    data: float
    bias: float

    def probability(self, signals: Sequence[float]) -> float:
        """Return the probability that it does; `signals` are in the order of the fields."""
        weights = (self.probe, self.placing, self.place, self.side, self.knowledge, self.data)
        odds = self.bias + sum(weight * signal for weight, signal in zip(weights, signals, strict=True))
        return 1 / (1 + math.exp(-odds))


@dataclass(frozen=True)
class Least:
    """The least probability to answer with: of a question on the subject, of another one, of a case on the subject.

    `near` is the least cosine of the nearest answered question at which a question without a word of the subject
    can still be on it; `like_an_order` the contrast below which it is taken for an order like others. `behind_best`
    is how far behind the best paragraph one may be that tells of cases, in fused scores, where no data are named.
    `wish` is the least probability of a wish to go into the cloud, `wish_by_found` where words of leave and a
    paragraph that tells of cases speak for one too.
    """

    on_subject: float
    off_subject: float
    case: float
    near: float
    like_an_order: float
    behind_best: float
    wish: float
    wish_by_found: float


@dataclass(frozen=True)
class LeastAdded:
    """From where on a paragraph of a document that a person added speaks to the question.

    `near` is the least fused score of the best one, together with `probe` times the log odds that the question is like
    those that are answered; `off_subject` is that least where the question is like those on another subject.
    `tail` is how far another paragraph may be behind the best one.
    """

    near: float
    probe: float
    off_subject: float
    tail: float


_Numbers = TypeVar("_Numbers", Answerable, Wish, Least, LeastAdded)


@dataclass(frozen=True)
class Rules:
    """What orders, subjects, wishes and asked values look like, and from where on the sources answer."""

    orders: re.Pattern[str]
    subject: re.Pattern[str]
    subject_facts: frozenset[str]
    subject_topics: frozenset[str]
    desk_topics: frozenset[str]
    placing: re.Pattern[str]
    case_topics: frozenset[str]
    permission: re.Pattern[str]
    knowledge: re.Pattern[str]
    citizen: re.Pattern[str]
    follow_up: re.Pattern[str]
    values: tuple[AskedValue, ...]
    added_values: tuple[AskedValue, ...]
    parts: tuple[re.Pattern[str], ...]
    counted: re.Pattern[str]
    answerable: Mapping[Language, Answerable]
    wish: Wish
    least: Least
    added: LeastAdded


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
        _pattern(table, "placing"),
        frozenset(table.texts("case_topics")),
        _pattern(table, "permission"),
        _pattern(table, "knowledge"),
        _pattern(table, "citizen"),
        _pattern(table, "follow_up"),
        tuple(_read_value(entry) for entry in table.tables("value")),
        tuple(_read_value(entry) for entry in table.tables("added_value")),
        tuple(_compile(table, "parts", part) for part in table.texts("parts")),
        _compile(table, "counted", table.text("counted")),
        _read_answerable(table.table("answerable")),
        _read_numbers(table.table("wish"), Wish),
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
    return _compile(table, key, "|".join(f"(?:{part})" for part in table.texts(key)) or r"(?!)")


def _compile(table: Table, key: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise DataError(table.file, table.entry, f"'{key}' is not a pattern: {error}") from error
