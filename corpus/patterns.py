"""The words from which facts and topics are read (patterns.toml), checked against the vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.facts import ABOUT_CASE, EXTERNAL, Vocabulary
from corpus.glossary import Glossary
from corpus.paragraph import Language
from corpus.phrases import Phrases, literal_phrase, read_phrase
from corpus.toml import LANGUAGES, Table

MARKS = (
    "denials", "or_words", "and_words", "between", "between_values", "not_denials", "weak_denials",
    "turned_denials", "without", "narrowing", "linking", "absent", "absent_tails", "exceptions", "hedges",
    "deeds", "aside", "rather_than", "only", "only_behind", "clause_openers", "contrasts", "leads",
    "suppositions", "transformed", "asking", "wh_words", "modals", "rules", "permissions", "wondering", "the", "learning",
    "general", "company", "products", "support", "storage", "coming_from", "locative", "predicate_ends",
)  # fmt: skip


@dataclass(frozen=True)
class FactPattern:
    """Phrases from which one value of one fact is read.

    A `name` names the value itself, so that to deny it says no ("geen medische gegevens"); a `sign` only points to
    it, and to deny it says nothing ("geen naam"). `apart` are phrases in which neither counts. The value gives way
    to others that are read too. To say that there is only this says no to the keys of `alone`.
    """

    key: str
    value: str
    names: Phrases
    signs: Phrases
    apart: Phrases
    gives_way_to: tuple[str, ...]
    alone: tuple[str, ...]

    @property
    def can_be_denied(self) -> bool:
        """Tell whether its denial is a reading of its own: only a yes can be turned into a no."""
        return self.value == "yes" and self.key != ABOUT_CASE


@dataclass(frozen=True)
class Place:
    """Names and adjectives of places that share their values of `location` and of `jurisdiction`."""

    location: str
    jurisdiction: str
    names: Phrases
    adjectives: Phrases


@dataclass(frozen=True)
class Topic:
    """Phrases that bring a topic in, unless they stand in one of `apart`."""

    id: str
    words: Phrases
    apart: Phrases


@dataclass(frozen=True)
class Tongue:
    """What tells a language: words that are its own, and beginnings and endings of words."""

    words: frozenset[str]
    shapes: Phrases


@dataclass(frozen=True)
class Patterns:
    """Everything that questions are read with."""

    vocabulary: Vocabulary
    capitals: Mapping[str, str]
    marks: Mapping[str, Phrases]
    facts: tuple[FactPattern, ...]
    places: tuple[Place, ...]
    topics: tuple[Topic, ...]
    tongues: Mapping[Language, Tongue]
    presupposed: tuple[str, ...]


def read_patterns(table: Table, topics: Table, vocabulary: Vocabulary, glossary: Glossary) -> Patterns:
    """Read patterns.toml and topics.toml; every key, value and topic must be in the vocabulary. Raises DataError.

    Each term of the glossary is a list, `{term_dpia}`, of all its wordings.
    """
    names = table.table("capitals")
    capitals = {name: names.text(name) for name in names.keys()}
    lists = _read_lists(table.table("lists"), _term_lists(glossary))
    topic_lists, tables = _read_lists(topics.table("lists"), lists), topics.table("topics")
    marks, tongues = table.table("marks"), table.table("tongues")
    patterns = Patterns(
        vocabulary,
        capitals,
        {mark: _both(marks.table(mark), lists) for mark in MARKS if _is_there(marks, mark)},
        tuple(_read_fact(entry, lists, vocabulary) for entry in table.tables("fact", "key")),
        tuple(_read_place(entry, lists, vocabulary) for entry in table.tables("place")),
        tuple(_read_topic(tables.table(topic), topic, topic_lists, vocabulary) for topic in tables.keys()),
        {language: _read_tongue(tongues.table(language), lists) for language in LANGUAGES},
        _read_keys(table, "presupposed", vocabulary),
    )
    for inner in (marks, tongues, table, topics):
        inner.done()
    return patterns


def _is_there(marks: Table, mark: str) -> bool:
    if mark not in marks:
        raise marks.fault(f"'{mark}' is missing")
    return True


def _term_lists(glossary: Glossary) -> dict[str, Phrases]:
    return {
        f"term_{term.id}": tuple(map(literal_phrase, term.all_wordings)) for term in glossary.terms.values()
    }


def _read_lists(table: Table, known: Mapping[str, Phrases]) -> dict[str, Phrases]:
    """Read lists on top of those known; a list may use the ones above it."""
    lists = dict(known)
    for name in table.keys():
        lists[name] = _both(table.table(name), lists)
    return lists


def _read_fact(entry: Table, lists: Mapping[str, Phrases], vocabulary: Vocabulary) -> FactPattern:
    key, value, gives_way, alone = (
        entry.text("key"),
        entry.text("value"),
        entry.texts("gives_way_to"),
        entry.texts("alone"),
    )
    for text in (value, *gives_way):
        _check_value(entry, key, text, vocabulary)
    for other in alone:
        _check_value(entry, other, "no", vocabulary)
    pattern = FactPattern(
        key,
        value,
        _both(entry.table("names"), lists),
        _both(entry.table("signs"), lists),
        _both(entry.table("apart"), lists),
        gives_way,
        alone,
    )
    if not pattern.names and not pattern.signs:
        raise entry.fault("has neither names nor signs")
    entry.done()
    return pattern


def _read_place(entry: Table, lists: Mapping[str, Phrases], vocabulary: Vocabulary) -> Place:
    place = Place(
        entry.text("location"),
        entry.text("jurisdiction"),
        _both(entry.table("names"), lists),
        _both(entry.table("adjectives"), lists),
    )
    _check_value(entry, "location", place.location, vocabulary)
    _check_value(entry, "jurisdiction", place.jurisdiction, vocabulary)
    entry.text("id")
    entry.done()
    return place


def _read_topic(entry: Table, topic: str, lists: Mapping[str, Phrases], vocabulary: Vocabulary) -> Topic:
    if topic not in vocabulary.topics:
        raise entry.fault(f"no such topic; known topics are {', '.join(vocabulary.topics)}")
    apart = entry.table("apart")
    read = Topic(topic, _both(entry.table("words"), lists), _both(apart, lists))
    if not read.words:
        raise entry.fault("has no words")
    entry.done()
    return read


def _read_tongue(entry: Table, lists: Mapping[str, Phrases]) -> Tongue:
    tongue = Tongue(
        frozenset(entry.texts("words")), tuple(read_phrase(t, entry, lists) for t in entry.texts("shapes"))
    )
    entry.done()
    return tongue


def _read_keys(table: Table, name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    keys = table.texts(name)
    if unknown := [key for key in keys if key not in vocabulary.keys]:
        raise table.fault(f"'{name}': no such fact: '{unknown[0]}'")
    return keys


def _check_value(entry: Table, key: str, value: str, vocabulary: Vocabulary) -> None:
    if key == EXTERNAL or key not in vocabulary.keys:
        raise entry.fault(f"no such fact can be read: '{key}'")
    if value not in vocabulary.allowed(key):
        raise entry.fault(f"'{key}' cannot be '{value}'; it can be {', '.join(vocabulary.allowed(key))}")


def _both(entry: Table, lists: Mapping[str, Phrases]) -> Phrases:
    """Read the phrases of both languages; both are always looked for, since people mix them."""
    phrases = tuple(
        read_phrase(text, entry, lists) for language in LANGUAGES for text in entry.texts(language)
    )
    entry.done()
    return phrases
