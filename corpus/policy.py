"""The checklist as data (policy.toml): the lists, their items, and when each applies."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from corpus.errors import FactError
from corpus.facts import UNKNOWN, Vocabulary
from corpus.paragraph import Document, Language, Span
from corpus.quotes import Place, find_quote, index_paragraphs
from corpus.toml import Table

WHO = ("municipality", "supplier", "both")
ROLES = ("line_manager", "executive", "fg", "ciso", "purchasing")
OWN = "own"  # the topic under which a municipality's own items are signed off


@dataclass(frozen=True)
class Condition:
    """One fact and the values that fulfil it; with `only`, every value of a set must be among them."""

    key: str
    values: tuple[str, ...]
    only: bool = False


Clause = tuple[Condition, ...]


@dataclass(frozen=True)
class PolicyItem:
    """Something staff must always be told.

    A clause holds when all its conditions do. An item is `not_applicable` when a clause of
    `not_applicable_when` holds, else `applies` when a clause of `applies_when` holds, else `check`.
    `stops` is its place among the items that can stop a case, 0 where it cannot. `tightens` names the items of ours
    that an own item of a municipality is stricter than.
    """

    id: str
    list: str
    title: Mapping[Language, str]
    paragraph: str
    quote: str
    span: Span
    who: str
    who_by_model: Mapping[str, str]
    role: str
    evidence: Mapping[Language, str]
    applies_when: tuple[Clause, ...]
    not_applicable_when: tuple[Clause, ...]
    check_reason: Mapping[Language, str]
    stops: int
    tightens: tuple[str, ...] = ()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of the facts that the item turns on, each once."""
        clauses = (*self.applies_when, *self.not_applicable_when)
        return tuple(dict.fromkeys(condition.key for clause in clauses for condition in clause))


@dataclass(frozen=True)
class PolicyList:
    """A list of items: always shown, or brought in by facts or topics. Its items are signed off under `topic`."""

    id: str
    title: Mapping[Language, str]
    topic: str
    always: bool
    brought_in_when: tuple[Clause, ...]
    brought_in_by: tuple[str, ...]
    items: tuple[PolicyItem, ...]


def read_policy(
    table: Table, vocabulary: Vocabulary, documents: Mapping[str, Document], known: Collection[str] = ()
) -> tuple[PolicyList, ...]:
    """Read lists of items and check every item against the vocabulary and the documents. Raises DataError.

    `known` are the ids of the items that stand already: none of them can be used again, these alone can be tightened.
    """
    paragraphs = index_paragraphs(documents)
    items: dict[str, list[PolicyItem]] = {}
    seen = set[str]()
    for entry in table.tables("item"):
        item = _read_item(entry, vocabulary, paragraphs)
        if item.id in seen or item.id in known:
            raise entry.fault("this id is there twice")
        if unknown := sorted(set(item.tightens) - set(known)):
            raise entry.fault(f"'tightens' names '{unknown[0]}', which is no item of ours")
        seen.add(item.id)
        items.setdefault(item.list, []).append(item)
    lists = tuple(_read_list(entry, vocabulary, items) for entry in table.tables("list"))
    if orphans := sorted(set(items) - {policy_list.id for policy_list in lists}):
        raise table.fault(f"items of list '{orphans[0]}', which is not declared")
    table.done()
    return lists


def _read_list(entry: Table, vocabulary: Vocabulary, items: Mapping[str, list[PolicyItem]]) -> PolicyList:
    identity = entry.text("id")
    policy_list = PolicyList(
        identity,
        entry.languages("title"),
        OWN if entry.text("topic") == OWN else read_topics(entry, "topic", vocabulary)[0],
        entry.flag("always"),
        read_clauses(entry, "brought_in_when", vocabulary),
        read_topics(entry, "brought_in_by", vocabulary),
        tuple(items.get(identity, ())),
    )
    entry.done()
    if not policy_list.items:
        raise entry.fault("has no items")
    return policy_list


def _read_item(entry: Table, vocabulary: Vocabulary, paragraphs: Mapping[str, Place]) -> PolicyItem:
    identity, paragraph, quote = entry.text("id"), entry.text("paragraph"), entry.text("quote")
    if paragraph not in paragraphs:
        source = paragraph.partition("/")[0]
        is_here = any(document.source == source for _, document in paragraphs.values())
        fault = "no such paragraph" if is_here else f"the document '{source}' is not here"
        raise entry.fault(f"{fault}: '{paragraph}'")
    span = find_quote(*paragraphs[paragraph], quote)
    if span is None:
        raise entry.fault(f"the quote does not stand in {paragraph} word for word: '{quote[:60]}'")
    models = entry.table("who_by_model")
    item = PolicyItem(
        identity,
        identity.rstrip("0123456789"),
        entry.languages("title"),
        paragraph,
        quote,
        span,
        entry.one_of("who", WHO),
        {model: models.one_of(model, WHO) for model in models.keys()},
        entry.one_of("role", ROLES),
        entry.languages("evidence"),
        read_clauses(entry, "applies_when", vocabulary),
        read_clauses(entry, "not_applicable_when", vocabulary),
        entry.languages("check_reason") if "check_reason" in entry else {},
        entry.number("stops", 0),
        entry.texts("tightens"),
    )
    known = vocabulary.facts["service_model"].values
    if unknown := sorted(set(item.who_by_model) - set(known)):
        raise entry.fault(f"'who_by_model' names '{unknown[0]}'; it can be {', '.join(known)}")
    entry.done()
    return item


def read_topics(entry: Table, key: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Read a topic, or a list of topics, that must be in the vocabulary."""
    topics = entry.texts(key) if isinstance(entry.value(key, []), list) else (entry.text(key),)
    try:
        vocabulary.check_topics(topics)
    except FactError as error:
        raise entry.fault(str(error)) from error
    return topics


def read_clauses(entry: Table, key: str, vocabulary: Vocabulary) -> tuple[Clause, ...]:
    """Read rows of conditions: alternatives, each with at least one fact."""
    clauses = tuple(
        tuple(read_condition(row, fact, vocabulary) for fact in row.keys()) for row in entry.tables(key)
    )
    if not all(clauses):
        raise entry.fault(f"'{key}' has a row without facts, which would always hold")
    return clauses


def read_condition(clause: Table, key: str, vocabulary: Vocabulary) -> Condition:
    """Read one fact of a row and the values that fulfil it."""
    value = clause.value(key)
    only = isinstance(value, dict)
    if isinstance(value, dict):
        inner = clause.table(key)
        values: tuple[str, ...] = inner.texts("only")
        inner.done()
    else:
        values = clause.texts(key) if isinstance(value, list) else (clause.text(key),)
    try:
        allowed = vocabulary.allowed(key)
    except FactError as error:
        raise clause.fault(str(error)) from error
    for text in values:
        if text not in (*allowed, UNKNOWN) or (only and text == UNKNOWN):
            raise clause.fault(f"'{key}' cannot be '{text}'; it can be {', '.join(allowed)}")
    if not values:
        raise clause.fault(f"'{key}' names no value")
    return Condition(key, values, only)
