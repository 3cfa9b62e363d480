"""The report: what the rows add up to, in Markdown and JSON, the same bytes every time."""

import json
from dataclasses import replace

import pytest

from corpus.errors import DataError
from evals.case import Split
from evals.checks import CheckRow
from evals.keep import from_json, to_json
from evals.report import to_markdown
from evals.row import Agreement, Excerpt, FactRow, OwnRow, QuestionRow, Results
from evals.score import Counts
from evals.summary import Estimate, Gate, estimate, facts_by_key, facts_together, gates

HARMLESS = {"overtaken phrases marked": 1.0, "no bare permission": 1.0, "notes kept apart": 1.0}
SCORES = {
    "recall@1": 1.0,
    "recall@5": 1.0,
    "found within 1500": 1.0,
    "citation precision": None,
    "items right": None,
    "quotes verify": 1.0,
    "checklist complete": 1.0,
    "checklist as gold": 1.0,
    "status right": 1.0,
    **HARMLESS,
}


def question(identity: str, found: float | None = 1.0, split: Split = "tune") -> QuestionRow:
    twin, language = identity.split("-")
    return QuestionRow(
        identity,
        twin,
        split,
        "nl" if language == "nl" else "en",
        "privacy",
        "answered",
        {**SCORES, "recall@5": found},
        {"data.health": Counts(1, 0, 0)},
        (),
        "Mag | dit?\nEcht?" if split == "tune" else "",
        () if found else ("no gold" if split == "tune" else "withheld",),
    )


RESULTS = Results(
    "2026-11-23",
    {"corpus": "c", "rules": "r", "cases": "k", "index": "i"},
    (
        question("q2-nl", 0.0),
        question("q2-en"),
        question("q1-nl"),
        question("q1-en"),
        question("q3-nl", 0.0, "frozen"),
        question("q3-en", None, "frozen"),
    ),
    (
        FactRow(
            "t1", "tune", "nl", {"network": Counts(1, 0, 1)}, (), "Internet.", ("network=trusted is missed",)
        ),
        FactRow("f1", "frozen", "en", {"network": Counts(0, 1, 0)}, ("P8",), "", ("withheld",)),
    ),
    (
        CheckRow("p1", "positions", "tune", "nl", {**HARMLESS, "position shown fits": 1.0}, "Wat?", ()),
        CheckRow(
            "n2",
            "notices",
            "tune",
            "nl",
            {**HARMLESS, "notice carried": 0.0, "overtaken phrases marked": 0.0},
            "Mag?",
            ("lacks notice C01",),
        ),
    ),
)


def test_the_gates_say_how_many_cases_were_measured_and_which_failed() -> None:
    assert gates(RESULTS) == (
        Gate("checklist complete", 6, ()),
        Gate("no false not_applicable", 8, ("f1",)),
        Gate("quotes verify", 6, ()),
        Gate("overtaken phrases marked", 8, ("n2",)),
        Gate("no bare permission", 8, ()),
        Gate("notes kept apart", 8, ()),
        Gate("position shown fits", 1, ()),
    )
    assert [gate.passed for gate in gates(RESULTS)] == [True, False, True, False, True, True, True]


def test_a_question_whose_facts_are_not_known_says_nothing_of_what_is_ruled_out() -> None:
    unknown = replace(question("q4-nl"), scores={**SCORES, "checklist as gold": None})
    assert gates(replace(RESULTS, questions=(*RESULTS.questions, unknown)))[1] == Gate(
        "no false not_applicable", 8, ("f1",)
    )


def test_a_gate_over_nothing_does_not_pass() -> None:
    nothing = replace(RESULTS, questions=(), facts=(), checks=())
    assert [gate.passed for gate in gates(nothing)] == [False] * 6


@pytest.mark.parametrize(("measure", "number"), [("quotes verify", 2), ("checklist complete", 0)])
def test_one_question_with_a_false_quote_or_a_lacking_checklist_fails_its_gate(
    measure: str, number: int
) -> None:
    worse = replace(RESULTS.questions[2], scores={**SCORES, measure: 0.0})
    gate = gates(replace(RESULTS, questions=(worse, *RESULTS.questions[:2]), checks=()))[number]
    assert gate == Gate(measure, 3, ("q1-nl",))
    assert not gate.passed


def test_an_estimate_counts_the_rows_that_the_measure_applies_to() -> None:
    found = estimate(RESULTS.questions, "recall@5")
    assert found is not None
    assert (found.mean, found.number) == (0.6, 5)
    assert estimate(RESULTS.questions, "items right") is None


def test_the_interval_draws_twins_with_a_fixed_seed_whatever_the_order_of_the_rows() -> None:
    rows = [question(f"q{n}-nl", n / 37) for n in range(37)]
    assert estimate(rows, "recall@5", 1) == estimate(rows[::-1], "recall@5", 1)
    assert estimate(rows, "recall@5", 1) != estimate(rows, "recall@5", 2)


def test_twins_are_drawn_together_so_that_two_languages_do_not_narrow_the_interval() -> None:
    rows = [question(f"q{n}-nl", float(n % 2)) for n in range(8)]
    twice = [question(f"q{n}-{language}", float(n % 2)) for n in range(8) for language in ("nl", "en")]
    alone, both = estimate(rows, "recall@5"), estimate(twice, "recall@5")
    assert alone is not None
    assert both == replace(alone, number=16)
    assert alone.low < 0.5 < alone.high


def test_an_interval_without_any_difference_is_a_point() -> None:
    assert estimate([question("q1-nl"), question("q2-nl")], "recall@5") == Estimate(1.0, 1.0, 1.0, 2)


def test_facts_add_up_by_key_and_together() -> None:
    assert facts_by_key((*RESULTS.questions, *RESULTS.facts)) == {
        "data.health": Counts(6, 0, 0),
        "network": Counts(1, 1, 1),
    }
    assert facts_together(RESULTS.facts) == Counts(1, 1, 1)


def test_results_come_back_from_json_as_they_were() -> None:
    looked_into = replace(
        RESULTS.questions[0],
        seconds=0.25,
        probability=0.5,
        gold=(Excerpt("b", "Sluit."),),
        instead=(Excerpt("a", "Vermijd."),),
    )
    own = OwnRow(replace(looked_into, split="own"), Agreement("Jo", ("Sam",), ("differ",)))
    kept = replace(RESULTS, questions=(looked_into, *RESULTS.questions[1:]), own=(own,))
    assert from_json(to_json(kept)) == kept


def test_a_run_of_before_anybody_added_a_question_is_read() -> None:
    content = json.loads(to_json(RESULTS))
    before = {name: value for name, value in content.items() if not name.startswith("own_")}
    assert from_json(json.dumps(before)) == RESULTS


def test_the_json_tells_what_the_rows_add_up_to() -> None:
    content = json.loads(to_json(RESULTS))
    found = [
        m for m in content["measures"] if (m["split"], m["measure"], m["group"]) == ("tune", "recall@5", "nl")
    ]
    assert [(m["mean"], m["number"]) for m in found] == [(0.5, 2)]
    assert content["gates"][1] == {
        "name": "no false not_applicable",
        "measured": 8,
        "failed": ["f1"],
        "passed": False,
    }
    assert content["facts"][0] == {
        "from": "texts",
        "split": "tune",
        "group": "all",
        "fact": "network",
        "right": 1,
        "wrong": 0,
        "missed": 1,
        "precision": 1.0,
        "recall": 0.5,
    }


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"format": 3}', to_json(RESULTS).replace('"twin"', '"twins"')]
)
def test_a_text_that_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="results: "):
        from_json(text)


def test_a_report_of_another_format_is_refused_by_its_number() -> None:
    with pytest.raises(DataError, match="results: format: is 2; this version reads 3; run: wolkwijzer"):
        from_json(to_json(RESULTS).replace('"format": 3', '"format": 2'))


def test_the_same_results_make_the_same_bytes() -> None:
    again = from_json(to_json(RESULTS))
    assert (to_json(again), to_markdown(again)) == (to_json(RESULTS), to_markdown(RESULTS))


def test_the_markdown_report_shows_gates_scores_facts_and_what_went_wrong() -> None:
    assert to_markdown(replace(RESULTS, questions=RESULTS.questions[:2])) == MARKDOWN


def test_of_a_frozen_question_the_report_shows_the_id_alone() -> None:
    text = to_markdown(RESULTS)
    assert text.endswith("\nFrozen: f1, q3-en, q3-nl.\n")
    assert text.count("q3-") == 2
    assert "withheld" not in text


def test_a_report_without_questions_still_shows_the_facts() -> None:
    text = to_markdown(replace(RESULTS, questions=()))
    assert "## Questions" not in text
    assert "### Facts read from texts, tune" in text


MARKDOWN = """\
# Evaluation of 2026-11-23

| of | digest |
| --- | --- |
| cases | k |
| corpus | c |
| index | i |
| rules | r |

## Gates

| gate | verdict | cases | failed in |
| --- | --- | --- | --- |
| checklist complete | pass | 2 |  |
| no false not_applicable | FAIL | 4 | f1 |
| quotes verify | pass | 2 |  |
| overtaken phrases marked | FAIL | 4 | n2 |
| no bare permission | pass | 4 |  |
| notes kept apart | pass | 4 |  |
| position shown fits | pass | 1 |  |

## Questions, tune

2 questions. Each cell: the mean, its 95% interval (2000 draws of twins, seed 20160601),
and the number of questions it applies to. An interval of one point says that no twin differed here, no more.

| measure | all | nl | en |
| --- | --- | --- | --- |
| recall@1 | 1.000 [1.00, 1.00] (2) | 1.000 [1.00, 1.00] (1) | 1.000 [1.00, 1.00] (1) |
| recall@5 | 0.500 [0.50, 0.50] (2) | 0.000 [0.00, 0.00] (1) | 1.000 [1.00, 1.00] (1) |
| found within 1500 | 1.000 [1.00, 1.00] (2) | 1.000 [1.00, 1.00] (1) | 1.000 [1.00, 1.00] (1) |
| citation precision |  |  |  |
| items right |  |  |  |
| quotes verify | 1.000 [1.00, 1.00] (2) | 1.000 [1.00, 1.00] (1) | 1.000 [1.00, 1.00] (1) |
| checklist complete | 1.000 [1.00, 1.00] (2) | 1.000 [1.00, 1.00] (1) | 1.000 [1.00, 1.00] (1) |
| checklist as gold | 1.000 [1.00, 1.00] (2) | 1.000 [1.00, 1.00] (1) | 1.000 [1.00, 1.00] (1) |
| status right | 1.000 [1.00, 1.00] (2) | 1.000 [1.00, 1.00] (1) | 1.000 [1.00, 1.00] (1) |
| overtaken phrases marked | 1.000 [1.00, 1.00] (2) | 1.000 [1.00, 1.00] (1) | 1.000 [1.00, 1.00] (1) |
| no bare permission | 1.000 [1.00, 1.00] (2) | 1.000 [1.00, 1.00] (1) | 1.000 [1.00, 1.00] (1) |
| notes kept apart | 1.000 [1.00, 1.00] (2) | 1.000 [1.00, 1.00] (1) | 1.000 [1.00, 1.00] (1) |

### By kind, tune

| kind | questions | recall@5 | found within 1500 | citation precision | items right | status right |
| --- | --- | --- | --- | --- | --- | --- |
| privacy | 2 | 0.500 [0.50, 0.50] (2) | 1.000 [1.00, 1.00] (2) |  |  | 1.000 [1.00, 1.00] (2) |

## Facts

### Facts read from texts, tune

| fact | precision | recall | right | wrong | missed |
| --- | --- | --- | --- | --- | --- |
| network | 1.000 | 0.500 | 1 | 0 | 1 |
| all, nl | 1.000 | 0.500 | 1 | 0 | 1 |
| all, en |  |  | 0 | 0 | 0 |
| all | 1.000 | 0.500 | 1 | 0 | 1 |

### Facts read from questions, tune

| fact | precision | recall | right | wrong | missed |
| --- | --- | --- | --- | --- | --- |
| data.health | 1.000 | 1.000 | 2 | 0 | 0 |
| all, nl | 1.000 | 1.000 | 1 | 0 | 0 |
| all, en | 1.000 | 1.000 | 1 | 0 | 0 |
| all | 1.000 | 1.000 | 2 | 0 | 0 |

### Facts read from texts, frozen

| fact | precision | recall | right | wrong | missed |
| --- | --- | --- | --- | --- | --- |
| network | 0.000 |  | 0 | 1 | 0 |
| all, nl |  |  | 0 | 0 | 0 |
| all, en | 0.000 |  | 0 | 1 | 0 |
| all | 0.000 |  | 0 | 1 | 0 |

## Checks: notices, prepared answers, the flagship, desks, permissions

| check | split | language | measure | mean | questions |
| --- | --- | --- | --- | --- | --- |
| notices | tune | nl | overtaken phrases marked | 0.000 | 1 |
| notices | tune | nl | no bare permission | 1.000 | 1 |
| notices | tune | nl | notes kept apart | 1.000 | 1 |
| notices | tune | nl | notice carried | 0.000 | 1 |
| positions | tune | nl | overtaken phrases marked | 1.000 | 1 |
| positions | tune | nl | no bare permission | 1.000 | 1 |
| positions | tune | nl | notes kept apart | 1.000 | 1 |
| positions | tune | nl | position shown fits | 1.000 | 1 |

## What went wrong

| case | words | what |
| --- | --- | --- |
| n2 | Mag? | lacks notice C01 |
| q2-nl | Mag \\| dit? Echt? | no gold |
| t1 | Internet. | network=trusted is missed |

Frozen: f1.
"""
