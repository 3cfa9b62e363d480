"""The checklist's promise: every item, ours and a municipality's own, is raised, and ruled out only by what a person said."""

import itertools
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_fakes import library_with_items

from assistant.answer import Checklist
from assistant.checklist import ask_next, decide, is_brought_in, make_checklist
from assistant.tell import Teller
from assistant.words import read_words
from corpus.facts import EXTERNAL, Facts, Origin, Reading
from corpus.load import Corpus
from corpus.policy import PolicyItem

with tempfile.TemporaryDirectory() as folder:
    CORPUS = library_with_items(Path(folder))
WORDS = read_words()
ITEMS = [item for policy_list in CORPUS.policy for item in policy_list.items]
KEYS = [key for key in CORPUS.vocabulary.keys if key != EXTERNAL]
ALWAYS = [item.id for policy_list in CORPUS.policy if policy_list.always for item in policy_list.items]


@pytest.fixture
def corpus() -> Corpus:
    """The corpus with a municipality's own items."""
    return CORPUS


def facts(given_facts: dict[str, object], *topics: str, origin: Origin = "set") -> Facts:
    return CORPUS.vocabulary.combine(CORPUS.vocabulary.read_json(given_facts, origin), topics=topics)


def statuses(checklist: Checklist) -> dict[str, str]:
    return {line.id: line.status for line in checklist.lines}


def combined(readings: dict[str, tuple[str, ...]], origin: Origin = "stated") -> Facts:
    """Facts from bare readings; a contradiction is left to the derivation, as with a real question."""
    return CORPUS.vocabulary.combine({key: Reading(values, origin, "w") for key, values in readings.items()})


def own_keys(item: PolicyItem) -> list[str]:
    """The keys a rule turns on; `external` is replaced by what it is derived from."""
    clauses = (*item.applies_when, *item.not_applicable_when)
    keys = {condition.key for clause in clauses for condition in clause}
    return sorted(
        (keys - {EXTERNAL}) | ({"deployment", "operated_by", "service_model"} if EXTERNAL in keys else set())
    )


def values_of(key: str) -> list[tuple[str, ...]]:
    single = [(value,) for value in CORPUS.vocabulary.allowed(key)]
    shape = CORPUS.vocabulary.fact(key).shape
    return single + ([CORPUS.vocabulary.allowed(key)] if shape == "set" else [])


def combinations(item: PolicyItem) -> Iterator[dict[str, tuple[str, ...]]]:
    keys = own_keys(item)
    for values in itertools.product(*[[(), *values_of(key)] for key in keys]):
        yield {key: value for key, value in zip(keys, values, strict=True) if value}


@pytest.mark.parametrize("item", ITEMS, ids=[item.id for item in ITEMS])
def test_every_combination_of_a_rules_own_facts_keeps_the_promise(item: PolicyItem) -> None:
    for readings in combinations(item):
        stated, carried = combined(readings), combined(readings, "carried")
        status, decided_by, missing = decide(item, stated)
        if status == "not_applicable":
            assert decided_by
            assert all(stated.is_certain(key) for key in decided_by)
            assert item.not_applicable_when
        if status == "check":
            assert missing or not (item.applies_when or item.not_applicable_when)
        assert decide(item, carried)[0] != "not_applicable"


@pytest.mark.parametrize("item", ITEMS, ids=[item.id for item in ITEMS])
def test_with_nothing_known_no_item_is_ruled_out_or_claimed(item: PolicyItem) -> None:
    assert decide(item, Facts())[0] == "check"


def test_over_all_pairs_of_facts_no_item_is_lost(corpus: Corpus) -> None:
    chance = random.Random(2026)  # noqa: S311 - a seeded filling of the other facts
    for first, second in itertools.combinations(KEYS, 2):
        for one, two in itertools.product(values_of(first), values_of(second)):
            others = chance.sample([key for key in KEYS if key not in (first, second)], 4)
            readings = {key: chance.choice(values_of(key)) for key in others}
            known = combined({**readings, first: one, second: two})
            shown = statuses(make_checklist(corpus, known, Teller(WORDS, "nl", "2026-11-23")))
            expected = [
                item.id
                for policy_list in corpus.policy
                if is_brought_in(policy_list, known)
                for item in policy_list.items
            ]
            assert list(shown) == expected
            assert set(ALWAYS) <= set(shown)


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    chosen = draw(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 6), max_size=8))
    origins: list[Origin] = ["set", "stated", "carried"]
    layers: list[dict[str, Reading]] = [{}, {}, {}]
    for key, pick in chosen.items():
        layer = draw(st.integers(0, 2))
        options = values_of(key)
        layers[layer][key] = Reading(options[pick % len(options)], origins[layer], "w")
    topics = draw(st.lists(st.sampled_from(sorted(CORPUS.vocabulary.topics)), max_size=3))
    return CORPUS.vocabulary.combine(*layers, topics=topics)


@given(any_facts(), st.sampled_from(["nl", "en"]))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_whatever_the_facts_every_line_is_whole(known: Facts, language: str) -> None:
    checklist = make_checklist(CORPUS, known, Teller(WORDS, language, "2026-11-23"))
    assert set(ALWAYS) <= {line.id for line in checklist.lines}
    names = {policy_list.id for policy_list in CORPUS.policy}
    assert {line.id.rstrip("0123456789") for line in checklist.lines} | {
        a.id for a in checklist.absent
    } == names
    for line in checklist.lines:
        assert line.why
        assert line.quote
        assert line.evidence
        if line.status == "not_applicable":
            assert all(known.readings[key].origin in ("set", "stated") for key in line.facts)


@given(any_facts())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_topic_brings_lists_in_and_never_out(known: Facts) -> None:
    more = replace(known, topics=tuple(CORPUS.vocabulary.topics))
    before = statuses(make_checklist(CORPUS, known, Teller(WORDS, "nl", "2026-11-23")))
    after = statuses(make_checklist(CORPUS, more, Teller(WORDS, "nl", "2026-11-23")))
    assert {item: after[item] for item in before} == before


def test_a_rule_that_fails_shows_its_item_as_check(corpus: Corpus) -> None:
    broken = Facts({"about_case": Reading((), "set")})
    checklist = make_checklist(corpus, broken, Teller(WORDS, "en", "2026-11-23"))
    assert {line.status for line in checklist.lines} == {"check"}
    assert set(ALWAYS) <= set(statuses(checklist))


def test_the_stage_changes_the_wording_and_no_status(corpus: Corpus) -> None:
    case: dict[str, object] = {"data": ["personal"], "service_model": "saas"}
    plain = make_checklist(corpus, facts(case), Teller(WORDS, "en", "2026-11-23"))
    running = make_checklist(corpus, facts({**case, "stage": "running"}), Teller(WORDS, "en", "2026-11-23"))
    shared = statuses(plain).keys()
    assert {item: statuses(running)[item] for item in shared} == statuses(plain)
    assert running.lines[0].why.endswith("Show that this is in place.")


def test_an_item_says_which_stated_fact_rules_it_out(corpus: Corpus) -> None:
    known = facts({"data": {"personal": "no"}, "service_model": "saas"})
    line = next(
        line
        for line in make_checklist(corpus, known, Teller(WORDS, "nl", "2026-11-23")).lines
        if line.id == "P13"
    )
    assert (line.status, line.facts, line.why) == (
        "not_applicable",
        ("data.personal",),
        "Geldt hier niet, want u gaf aan dat er geen persoonsgegevens in staan.",
    )


def test_a_carried_fact_asks_to_be_confirmed(corpus: Corpus) -> None:
    known = facts({"data": {"personal": "no"}, "service_model": "saas"}, origin="carried")
    line = next(
        line
        for line in make_checklist(corpus, known, Teller(WORDS, "en", "2026-11-23")).lines
        if line.id == "P13"
    )
    assert line.status == "check"
    assert line.missing[0] == "data.personal"


def changes_by_judging_all(before: Facts) -> dict[str, int]:
    """How many lines the answer to each question can change: every item judged for every value."""
    known = {key: reading for key, reading in before.readings.items() if reading.origin != "derived"}

    def judge(these: Facts) -> dict[str, str]:
        lists = [policy_list for policy_list in CORPUS.policy if is_brought_in(policy_list, these)]
        return {item.id: decide(item, these)[0] for policy_list in lists for item in policy_list.items}

    changes = {}
    for fact in CORPUS.vocabulary.facts.values():
        changed = set()
        for key, value in [(k, value) for k in fact.keys for value in CORPUS.vocabulary.allowed(k)]:
            added = {key: Reading((value,), "set")}
            after = judge(CORPUS.vocabulary.combine(known, added, topics=before.topics))
            changed |= {item for item, status in judge(before).items() if after.get(item, status) != status}
        if changed and fact.id != "about_case" and not all(key in before.readings for key in fact.keys):
            changes[fact.id] = len(changed)
    return changes


@pytest.mark.parametrize("origin", ["set", "carried"])
@pytest.mark.parametrize(
    "given_facts",
    [{}, {"data": ["health"], "service_model": "saas"}, {"data": {"personal": "no"}}, {"operated_by": "own"}],
)
def test_ask_next_counts_what_judging_every_item_anew_would_count(given_facts, origin) -> None:
    before = facts(given_facts, "exit", origin=origin)
    changes = changes_by_judging_all(before)
    asked = {ask.fact: ask.changes for ask in ask_next(CORPUS, before, "nl")}
    assert asked == {name: changes[name] for name in asked}
    assert sorted(asked.values()) == sorted(changes.values())[-3:]


def test_ask_next_names_at_most_three_facts_that_change_most(corpus: Corpus) -> None:
    asked = ask_next(corpus, facts({"data": ["health"], "service_model": "saas"}), "en")
    assert len(asked) == 3
    assert [ask.changes for ask in asked] == sorted((ask.changes for ask in asked), reverse=True)
    assert not {ask.fact for ask in asked} & {"about_case", "service_model"}


def test_two_processes_print_the_same_checklist_whatever_the_hash_seed() -> None:
    command = [sys.executable, "-m", "wolkwijzer", "checklist", "--json"]
    command += [
        "--facts",
        '{"data": ["health", "bsn"], "location": ["eea", "third"], "service_model": "iaas"}',
    ]
    outputs = {
        subprocess.run(
            command, env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
