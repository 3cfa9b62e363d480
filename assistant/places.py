"""Reads places: where the data are, or whose law the supplier is under."""

from collections.abc import Iterator

from assistant.clauses import Text
from assistant.denial import Mention
from corpus.patterns import FactPattern, Place

# An adjective stands at most this many words before its noun: "een Amerikaanse public cloud provider".
_REACH = 3
_KEYS = {"company": ("jurisdiction",), "storage": ("location",), "support": ("location", "jurisdiction")}


def find_places(text: Text) -> Iterator[Mention]:
    """Yield every place as a mention of `location`, of `jurisdiction` or, for support, of both.

    Which of them it is, is told by the word it belongs to: a server in Ireland, a supplier from Ireland. A place
    that belongs to none of these says nothing.
    """
    heads = _find_heads(text)
    names: dict[tuple[int, int], Place] = {}
    adjectives: dict[tuple[int, int], Place] = {}
    for place in text.patterns.places:
        names |= dict.fromkeys(text.find(place.names), place)
        adjectives |= dict.fromkeys(text.find(place.adjectives), place)
    for (first, last), place in names.items():
        if not any(f <= first and last <= g and (f, g) != (first, last) for f, g in names):
            yield from _mention(place, first, last, _head_of_name(text, heads, first))
    for (first, last), place in adjectives.items():
        yield from _mention(place, first, last, _head_of_adjective(text, heads, first, last))


def _mention(place: Place, first: int, last: int, head: str) -> Iterator[Mention]:
    values = {"location": place.location, "jurisdiction": place.jurisdiction}
    for key in _KEYS.get(head, ()):
        yield Mention(FactPattern(key, values[key], (), (), (), (), ()), first, last, is_name=True)


def _find_heads(text: Text) -> dict[int, str]:
    """Return for every word that is the last of a head what it is the head of; the longest head counts."""
    spans = {span: kind for kind in _KEYS for span in text.marks[kind].items()}
    heads, end = {}, 0
    for (_, last), kind in sorted(spans.items(), key=lambda item: (item[0][0], -item[0][1])):
        if last > end:
            heads[last - 1] = kind
            end = last
    return heads


def _head_of_name(text: Text, heads: dict[int, str], first: int) -> str:
    clause = text.clause(first)
    before = [heads[at] for at in range(clause.first, first) if at in heads]
    if "support" in before:
        return "support"
    marks = text.marks
    if before:
        # Data that come from a country need not stand there.
        comes = any(marks["coming_from"].get(at) == first for at in (first - 1, first - 2))
        return "" if before[-1] == "storage" and comes else before[-1]
    if not text.has("locative", first - 1, first + 1):
        return ""
    after = [heads[at] for at in range(first, clause.last) if at in heads]
    return after[0] if after else _head_before(text, heads, first)


def _head_of_adjective(text: Text, heads: dict[int, str], first: int, last: int) -> str:
    clause = text.clause(first)
    after = [heads[at] for at in range(last, min(last + _REACH, clause.last)) if at in heads]
    if after:
        return after[0]
    if text.has("products", last, last + 2):
        return "company"
    if last < clause.last and not text.has("predicate_ends", last, last + 1):
        return ""
    before = [heads[at] for at in range(clause.first, first) if at in heads]
    if before:
        return "support" if "support" in before else before[-1]
    return _head_before(text, heads, first)


def _head_before(text: Text, heads: dict[int, str], first: int) -> str:
    """Return the last head of the clause before, within the sentence: "de rest blijft daar, dus in Duitsland"."""
    before = text.clause_before(first)
    found = [heads[at] for at in range(before.first, before.last) if at in heads] if before else []
    return found[-1] if found else ""
