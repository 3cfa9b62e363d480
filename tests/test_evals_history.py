"""The history: a line for every accepted run, and a broken one is named by its number."""

import json
from pathlib import Path

import pytest

from corpus.errors import DataError
from evals.baseline import Baseline, BaselineRow, main_measures, read_baseline
from evals.commands import BASELINE, HISTORY
from evals.history import Accepted, accept, read_history, to_line


def row(identity: str, language: str, split: str = "frozen", group: str = "questions", **scores: float):
    return BaselineRow(identity, group, "risk", split, language, scores)


BASE = Baseline(
    {"corpus": "c", "recipe": "r", "cases": "k"},
    (
        row("q1-nl", "nl", **{"recall@5": 1.0, "status right": 1.0}),
        row("q2-nl", "nl", **{"recall@5": 0.0, "MRR@10": 0.3}),
        row("q1-en", "en", **{"recall@5": 1.0}),
        row("q3-nl", "nl", "tune", **{"recall@5": 0.0}),
        row("n1", "nl", group="notices", **{"recall@5": 0.0}),
    ),
)
RUN = Accepted(
    "2026-11-25",
    "better",
    BASE.digests,
    {"nl": {"recall@5": 0.5, "status right": 1.0}, "en": {"recall@5": 1.0}},
)


def test_an_accepted_run_is_remembered_by_its_main_measures_on_the_frozen_questions() -> None:
    assert accept(BASE, "2026-11-25", "better") == RUN


def test_a_history_comes_back_as_it_was_written_and_an_old_entry_may_lack_measures() -> None:
    old = Accepted("2026-11-01", "the “first”\n")
    assert read_history(f"{to_line(old)}{to_line(RUN)}".encode(), "history.jsonl") == (old, RUN)
    assert read_history(b'{"date": "2026-11-01", "reason": "bare"}', "h") == (Accepted("2026-11-01", "bare"),)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("{", "", "line 2: not valid JSON"),
        ('"reason"', '"why"', "line 2: 'reason' is missing"),
        ("0.5", "1.5", "line 2.measures.nl: 'recall@5' is no score between 0 and 1"),
        ("0.5", "NaN", "line 2.measures.nl: 'recall@5' is no score between 0 and 1"),
        ('"recall@5"', '"recall@4"', "line 2.measures.nl: unknown key 'recall@4'"),
        ('"en"', '"de"', "line 2.measures: unknown key 'de'"),
        ('"recipe"', '"dish"', "line 2.digests: unknown key 'dish'"),
    ],
)
def test_a_broken_line_is_named_with_its_file_and_number(before: str, after: str, fault: str) -> None:
    broken = to_line(RUN).replace(before, after, 1)
    with pytest.raises(DataError) as raised:
        read_history(f"{to_line(RUN)}{broken}".encode(), "history.jsonl")
    assert str(raised.value).startswith(f"history.jsonl: {fault}")


def test_the_last_line_of_our_history_tells_what_our_baseline_holds() -> None:
    baseline = read_baseline(BASELINE.read_text(encoding="utf-8"), BASELINE.name)
    last = read_history(BASELINE.with_name(HISTORY).read_bytes(), HISTORY)[-1]
    assert (last.digests, last.measures) == (baseline.digests, main_measures(baseline.rows))


def test_our_history_has_one_json_object_a_line() -> None:
    lines = Path(BASELINE.with_name(HISTORY)).read_text(encoding="utf-8").splitlines()
    assert [type(json.loads(line)) for line in lines] == [dict] * len(lines)
