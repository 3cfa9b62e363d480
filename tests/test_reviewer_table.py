"""The reviewer's table, and a mutation run that shows whether the table notices a wrong rule."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from assistant.checklist import decide, is_brought_in
from corpus.facts import Facts
from corpus.load import Corpus, load_corpus
from corpus.policy import Clause, Condition, PolicyItem

DATA = Path(__file__).parent / "data"
CORPUS = load_corpus()
ROWS: list[dict[str, Any]] = tomllib.loads((DATA / "reviewer_table.toml").read_text(encoding="utf-8"))["row"]
ITEMS = {item.id: item for policy_list in CORPUS.policy for item in policy_list.items}


def facts_of(row: dict[str, Any]) -> Facts:
    readings = CORPUS.vocabulary.read_json(row["facts"], "carried" if row.get("carried") else "set")
    return CORPUS.vocabulary.combine(readings, topics=row["topics"])


def statuses_of(row: dict[str, Any]) -> dict[str, str]:
    """Return the row's statuses by item; a key may name several items and ranges: "P1, P3-P7"."""
    return {item: status for key, status in row["statuses"].items() for item in items_of(key)}


def items_of(key: str) -> Iterator[str]:
    for part in key.split(", "):
        first, _, last = part.partition("-")
        numbers = range(int(first[1:]), int((last or first)[1:]) + 1)
        yield from (f"{first[0]}{number}" for number in numbers)


CASES = [(facts_of(row), statuses_of(row)) for row in ROWS]


def found(corpus: Corpus, known: Facts) -> dict[str, str]:
    return {
        item.id: decide(item, known)[0] if is_brought_in(policy_list, known) else "absent"
        for policy_list in corpus.policy
        for item in policy_list.items
    }


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_the_checklist_says_what_the_reviewer_worked_out(row: dict[str, Any]) -> None:
    statuses = found(CORPUS, facts_of(row))
    expected = statuses_of(row)
    assert {item: statuses[item] for item in expected} == expected


def test_the_table_speaks_of_every_item() -> None:
    spoken = {item for _, expected in CASES for item in expected}
    assert set(ITEMS) - spoken == set()


@dataclass(frozen=True)
class Mutant:
    name: str
    item: PolicyItem


def mutants(item: PolicyItem) -> Iterator[Mutant]:
    """Yield every rule that differs in one row or one fact: dropped, inverted, or with another value."""
    for field in ("applies_when", "not_applicable_when"):
        rows: tuple[Clause, ...] = getattr(item, field)
        for number, row in enumerate(rows):
            yield Mutant(f"{item.id} {field} {number} dropped", changed(item, field, number, None))
            for place, condition in enumerate(row):
                for name, other in conditions(condition):
                    clause = tuple(c for c in (*row[:place], other, *row[place + 1 :]) if c)
                    yield Mutant(
                        f"{item.id} {field} {number} {condition.key} {name}",
                        changed(item, field, number, clause or None),
                    )


def conditions(condition: Condition) -> Iterator[tuple[str, Condition | None]]:
    yield "dropped", None
    allowed = (*CORPUS.vocabulary.allowed(condition.key), "unknown")
    others = tuple(value for value in allowed if value not in condition.values)
    if others and not condition.only:
        yield "inverted", replace(condition, values=others)
    for value in condition.values:
        if len(condition.values) > 1:
            yield (
                f"without {value}",
                replace(condition, values=tuple(v for v in condition.values if v != value)),
            )
    for value in others:
        if not (condition.only and value == "unknown"):
            yield f"with {value}", replace(condition, values=(*condition.values, value))
    if condition.only:
        yield "any for only", replace(condition, only=False)


def changed(item: PolicyItem, field: str, number: int, clause: Clause | None) -> PolicyItem:
    rows: tuple[Clause, ...] = getattr(item, field)
    middle = (clause,) if clause else ()
    return replace(item, **{field: (*rows[:number], *middle, *rows[number + 1 :])})


def is_noticed(mutant: Mutant) -> bool:
    return any(
        mutant.item.id in statuses
        and statuses[mutant.item.id] != "absent"
        and decide(mutant.item, known)[0] != statuses[mutant.item.id]
        for known, statuses in CASES
    )


def test_every_wrong_rule_is_noticed_or_listed_with_a_reason() -> None:
    groups = tomllib.loads((DATA / "survivors.toml").read_text(encoding="utf-8"))["group"]
    patterns = [pattern for group in groups for pattern in group["mutants"] if group["reason"]]
    survivors = [m.name for item in ITEMS.values() for m in mutants(item) if not is_noticed(m)]
    assert [name for name in survivors if not any(fnmatchcase(name, pattern) for pattern in patterns)] == []
    assert [
        pattern for pattern in patterns if not any(fnmatchcase(name, pattern) for name in survivors)
    ] == []
