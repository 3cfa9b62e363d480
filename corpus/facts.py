"""The vocabulary of facts (facts.toml), and the facts of one case.

A fact is named by a key: `network`, or `data.health` for a kind of the map `data`. Unknown is the absence of a
reading. Every reading says where it is from; what is derived names the readings it rests on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Literal

from corpus.errors import FactError
from corpus.paragraph import Language
from corpus.toml import Table

Origin = Literal["set", "stated", "derived", "carried"]
Shape = Literal["one", "set", "map"]
UNKNOWN = "unknown"
EXTERNAL = "external"
ABOUT_CASE = "about_case"


@dataclass(frozen=True)
class Fact:
    """One fact of the vocabulary: the values it may take and the words people read."""

    id: str
    shape: Shape
    values: tuple[str, ...]
    label: Mapping[Language, str]
    question: Mapping[Language, str]
    says: Mapping[str, Mapping[Language, str]]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its readings: one for each kind of a map, else its own name."""
        return tuple(f"{self.id}.{kind}" for kind in self.values) if self.shape == "map" else (self.id,)


@dataclass(frozen=True)
class Reading:
    """What is known of one key. `values` has one element unless the fact is a set."""

    values: tuple[str, ...]
    origin: Origin
    words: str = ""
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What is known of a case, in the order of the vocabulary, and the topics asked about."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    topics: tuple[str, ...] = ()

    def values(self, key: str) -> tuple[str, ...]:
        """Return the values of a key, or `("unknown",)`."""
        reading = self.readings.get(key)
        return reading.values if reading else (UNKNOWN,)

    def is_certain(self, key: str) -> bool:
        """Tell whether a person said or set it, directly or as a plain consequence of what they said."""
        reading = self.readings.get(key)
        if reading is None or reading.origin == "carried":
            return False
        return all(self.is_certain(base) for base in reading.rests_on)

    def roots(self, key: str) -> tuple[str, ...]:
        """Return the keys of the readings that a derived one rests on in the end, or the key itself."""
        rests_on = self.readings[key].rests_on
        return tuple(chain.from_iterable(map(self.roots, rests_on))) if rests_on else (key,)

    def carry(self) -> dict[str, Reading]:
        """Return what goes along to the next question of a conversation: all that was not derived."""
        return {
            key: replace(reading, origin="carried")
            for key, reading in self.readings.items()
            if reading.origin != "derived"
        }


@dataclass(frozen=True)
class Vocabulary:
    """All facts and topics, by id, in the order of facts.toml."""

    facts: Mapping[str, Fact]
    topics: Mapping[str, Mapping[Language, str]]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Every key a reading may have; `external` comes last and is only ever derived."""
        return (*chain.from_iterable(fact.keys for fact in self.facts.values()), EXTERNAL)

    def fact(self, key: str) -> Fact:
        """Return the fact a key belongs to."""
        return self.facts[key.split(".", maxsplit=1)[0]]

    def allowed(self, key: str) -> tuple[str, ...]:
        """Return the values a key may take; raise FactError where there is no such key."""
        if key == EXTERNAL:
            return ("yes", "no")
        fact = self.facts.get(key.split(".", maxsplit=1)[0])
        if fact is None:
            raise FactError(f"no such fact: '{key}'; known facts are {', '.join(self.facts)}")
        if key not in fact.keys:
            raise FactError(f"no such fact: '{key}'; known are {', '.join(fact.keys)}")
        return ("yes", "no") if fact.shape == "map" else fact.values

    def check_topics(self, topics: Iterable[str]) -> tuple[str, ...]:
        """Return the topics in the vocabulary's order; raise FactError for an unknown one."""
        given = set(topics)
        if unknown := sorted(given - set(self.topics)):
            raise FactError(f"no such topic: '{unknown[0]}'; known topics are {', '.join(self.topics)}")
        return tuple(topic for topic in self.topics if topic in given)

    def read_json(self, values: Mapping[str, object], origin: Origin = "set") -> dict[str, Reading]:
        """Read facts as JSON gives them; null is unknown. Raises FactError for what is not in the vocabulary."""
        readings: dict[str, Reading] = {}
        for name, value in values.items():
            if name not in self.facts:
                raise FactError(f"no such fact: '{name}'; known facts are {', '.join(self.facts)}")
            if value is not None:
                readings |= self._read_value(self.facts[name], value, origin)
        derived = derive(readings)
        for key, reading in readings.items():
            if derived[key].values != reading.values:
                base = derived[key].rests_on[0]
                raise FactError(
                    f"'{base}' is {derived[base].values[0]}, so '{key}' cannot be {reading.values[0]}"
                )
        return readings

    def _read_value(self, fact: Fact, value: object, origin: Origin) -> dict[str, Reading]:
        if fact.shape == "map":
            if isinstance(value, list):
                value = (
                    {kind: "yes" for kind in value if isinstance(kind, str)} if _are_texts(value) else value
                )
            if not isinstance(value, dict):
                raise FactError(f"'{fact.id}' must be a list of kinds or an object of kinds to yes or no")
            given = {f"{fact.id}.{kind}": answer for kind, answer in value.items() if answer is not None}
        else:
            given = {fact.id: value}
        readings = {}
        for key, answer in given.items():
            listed = answer if fact.shape == "set" and isinstance(answer, list) else [answer]
            for text in listed:
                if text not in self.allowed(key):
                    raise FactError(f"'{key}' cannot be {text!r}; it can be {', '.join(self.allowed(key))}")
            if listed:
                readings[key] = Reading(tuple(v for v in self.allowed(key) if v in listed), origin)
        return readings

    def combine(self, *layers: Mapping[str, Reading], topics: Iterable[str] = ()) -> Facts:
        """Join layers of readings, the strongest first, and derive what follows from them.

        What follows from a stronger layer outweighs a weaker one: a set "no personal data" rules out health
        data read from the question. A value UNKNOWN hides what weaker layers say of its key.
        """
        merged: dict[str, Reading] = {}
        for layer in layers:
            settled = derive(merged)
            merged |= {key: layer[key] for key in self.keys if key in layer and key not in settled}
        merged = {key: reading for key, reading in merged.items() if reading.values != (UNKNOWN,)}
        merged = derive(merged)
        ordered = {key: merged[key] for key in self.keys if key in merged}
        derived = _derive_case(ordered)
        return Facts(
            {key: (ordered | derived)[key] for key in self.keys if key in ordered or key in derived},
            self.check_topics(topics),
        )


_UPWARD = (
    ("data.health", "data.special"),
    ("data.special", "data.personal"),
    ("data.criminal", "data.personal"),
    ("data.bsn", "data.personal"),
)


def derive(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """Close the kinds of data: health is special, special and criminal and BSN are personal; and their denial.

    Where a layer contradicts itself the yes wins: a caution is never lost to a denial.
    """
    closed = dict(readings)
    for narrow, wide in _UPWARD:
        if _is(closed, narrow, "yes") and not _is(closed, wide, "yes"):
            closed[wide] = Reading(("yes",), "derived", closed[narrow].words, (narrow,))
    for narrow, wide in reversed(_UPWARD):
        if _is(closed, wide, "no") and narrow not in closed:
            closed[narrow] = Reading(("no",), "derived", closed[wide].words, (wide,))
    return closed


def _derive_case(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """Derive whether there is a supplier, and whether this is about a case."""
    derived = {}
    if external := _external(readings):
        derived[EXTERNAL] = external
    known = [key for key in readings if key not in (ABOUT_CASE, EXTERNAL)]
    if ABOUT_CASE not in readings and known:
        derived[ABOUT_CASE] = replace(
            readings[known[0]], values=("yes",), origin="derived", rests_on=(known[0],)
        )
    return derived


def _external(readings: Mapping[str, Reading]) -> Reading | None:
    """Tell whether a supplier runs it (guidance lines 389-438: a private cloud at a supplier counts as external)."""
    if _is(readings, "operated_by", "supplier"):
        return _derived("yes", "operated_by")
    if _is(readings, "deployment", "public", "hybrid", "private_supplier"):
        return _derived("yes", "deployment")
    if _is(readings, "deployment", "private_own") and _is(readings, "operated_by", "own"):
        return _derived("no", "deployment", "operated_by")
    if "deployment" not in readings:
        for key in ("service_model", "supplier_role", "supplier_access", "jurisdiction"):
            if key in readings:
                return _derived("yes", key)
    return None


def _derived(value: str, *rests_on: str) -> Reading:
    return Reading((value,), "derived", "", rests_on)


def _is(readings: Mapping[str, Reading], key: str, *values: str) -> bool:
    return key in readings and readings[key].values[0] in values


def _are_texts(value: list[object]) -> bool:
    return all(isinstance(element, str) for element in value)


def read_vocabulary(table: Table) -> Vocabulary:
    """Read facts.toml; every value needs its words in both languages."""
    facts = {}
    for entry in table.tables("fact"):
        fact = _read_fact(entry)
        if fact.id in facts:
            raise entry.fault("this id is there twice")
        facts[fact.id] = fact
    topics = table.table("topics")
    words = {topic: topics.languages(topic) for topic in topics.keys()}
    table.done()
    return Vocabulary(facts, words)


def _read_fact(entry: Table) -> Fact:
    shapes: dict[str, Shape] = {"one": "one", "set": "set", "map": "map"}
    shape = shapes.get(entry.text("shape"))
    if shape is None:
        raise entry.fault(f"'shape' is '{entry.text('shape')}'; it must be one, set or map")
    values = entry.texts("values")
    says = entry.table("says")
    needed = [f"{kind}_{answer}" for kind in values for answer in ("yes", "no")] if shape == "map" else values
    fact = Fact(
        entry.text("id"),
        shape,
        values,
        entry.languages("label"),
        entry.languages("question"),
        {value: says.languages(value) for value in needed},
    )
    says.done()
    entry.done()
    return fact
