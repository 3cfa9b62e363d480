"""The checklist as data (policy.toml): the lists, their items, and when each applies."""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.errors import FactError
from corpus.facts import UNKNOWN, Vocabulary
from corpus.paragraph import Document, Language, Paragraph, Span, collapse
from corpus.toml import Table

WHO = ("municipality", "supplier", "both")
ROLES = ("line_manager", "executive", "fg", "ciso", "purchasing")


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
    `stops` is its place among the items that can stop a case, 0 where it cannot.
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


@dataclass(frozen=True)
class PolicyList:
    """A list of items: always shown, or brought in by facts or topics."""

    id: str
    title: Mapping[Language, str]
    always: bool
    brought_in_when: tuple[Clause, ...]
    brought_in_by: tuple[str, ...]
    items: tuple[PolicyItem, ...]


def read_policy(
    table: Table, vocabulary: Vocabulary, documents: Mapping[str, Document]
) -> tuple[PolicyList, ...]:
    """Read policy.toml and check every item against the vocabulary and the documents. Raises DataError."""
    paragraphs = {p.id: (p, document) for document in documents.values() for p in document.paragraphs}
    items: dict[str, list[PolicyItem]] = {}
    seen = set[str]()
    for entry in table.tables("item"):
        item = _read_item(entry, vocabulary, paragraphs)
        if item.id in seen:
            raise entry.fault("this id is there twice")
        seen.add(item.id)
        items.setdefault(item.list, []).append(item)
    lists = tuple(_read_list(entry, vocabulary, items) for entry in table.tables("list"))
    if orphans := sorted(set(items) - {policy_list.id for policy_list in lists}):
        raise table.fault(f"items of list '{orphans[0]}', which is not declared")
    table.done()
    return lists


def _read_list(entry: Table, vocabulary: Vocabulary, items: Mapping[str, list[PolicyItem]]) -> PolicyList:
    topics = entry.texts("brought_in_by")
    try:
        vocabulary.check_topics(topics)
    except FactError as error:
        raise entry.fault(str(error)) from error
    identity = entry.text("id")
    policy_list = PolicyList(
        identity,
        entry.languages("title"),
        entry.flag("always"),
        _read_clauses(entry, "brought_in_when", vocabulary),
        topics,
        tuple(items.get(identity, ())),
    )
    entry.done()
    if not policy_list.items:
        raise entry.fault("has no items")
    return policy_list


def _read_item(
    entry: Table, vocabulary: Vocabulary, paragraphs: Mapping[str, tuple[Paragraph, Document]]
) -> PolicyItem:
    identity, paragraph, quote = entry.text("id"), entry.text("paragraph"), entry.text("quote")
    if paragraph not in paragraphs:
        raise entry.fault(f"no such paragraph: '{paragraph}'")
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
        _one_of(entry, "who", entry.text("who"), WHO),
        {model: _one_of(entry, "who_by_model", models.text(model), WHO) for model in models.keys()},
        _one_of(entry, "role", entry.text("role"), ROLES),
        entry.languages("evidence"),
        _read_clauses(entry, "applies_when", vocabulary),
        _read_clauses(entry, "not_applicable_when", vocabulary),
        entry.languages("check_reason") if "check_reason" in entry else {},
        entry.number("stops", 0),
    )
    for model in item.who_by_model:
        _one_of(entry, "who_by_model", model, vocabulary.facts["service_model"].values)
    entry.done()
    return item


def _one_of(entry: Table, key: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise entry.fault(f"'{key}' is '{value}'; it must be one of {', '.join(allowed)}")
    return value


def _read_clauses(entry: Table, key: str, vocabulary: Vocabulary) -> tuple[Clause, ...]:
    clauses = tuple(
        tuple(_read_condition(clause, fact, vocabulary) for fact in clause.keys())
        for clause in entry.tables(key)
    )
    if not all(clauses):
        raise entry.fault(f"'{key}' has a row without facts, which would always hold")
    return clauses


def _read_condition(clause: Table, key: str, vocabulary: Vocabulary) -> Condition:
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


def find_quote(paragraph: Paragraph, document: Document, quote: str) -> Span | None:
    """Return where `quote` stands inside one fragment of the paragraph, white space collapsed, or None."""
    for span in paragraph.spans:
        raw = document.text[span.start : span.end]
        # Walk the untouched text and remember where each collapsed character comes from.
        origins = [i for i, c in enumerate(raw) if not c.isspace() or (i and not raw[i - 1].isspace())]
        at = "".join(" " if raw[i].isspace() else raw[i] for i in origins).find(quote)
        if at >= 0 and quote == collapse(quote):
            return Span(span.start + origins[at], span.start + origins[at + len(quote) - 1] + 1)
    return None
