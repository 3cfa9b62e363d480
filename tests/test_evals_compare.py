"""The gate: a run is held against the baseline, and whatever got worse or broke a promise turns it red."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DataError
from evals.baseline import make_baseline, read_baseline, to_json
from evals.checks import DESK, CheckRow
from evals.compare import PROMISES, Turned, compare, sign_flip, to_text
from evals.row import FOUND, FactRow, QuestionRow, Results

DIGESTS = {"corpus": "c", "recipe": "r", "cases": "k", "index": "i"}
KEPT = dict.fromkeys(PROMISES[:4], 1.0)


def question(number, language="nl", kind="risk", found=1.0, **scores):
    identity = f"q{number:03}"
    return QuestionRow(
        f"{identity}-{language}",
        identity,
        "frozen",
        language,
        kind,
        "answered",
        {FOUND: found, **KEPT, **scores},
        {},
        (),
        "",
        (),
    )


def a_run(*rows, checks=(), **digests):
    return Results("2026-11-25", {**DIGESTS, **digests}, tuple(rows), (), tuple(checks))


TWINS = [question(n, language) for n in range(40) for language in ("nl", "en")]
BASELINE = make_baseline(a_run(*TWINS))


def changed(change, *names):
    return a_run(*(change(row) if row.id in names else row for row in TWINS))


def lose(row):
    return replace(row, scores={**row.scores, FOUND: 0.0})


def test_a_run_compared_with_itself_passes():
    assert to_text(compare(BASELINE, a_run(*TWINS))) == "passed\n"


@pytest.mark.parametrize("promise", PROMISES[:4])
def test_a_broken_promise_fails_whatever_the_baseline_was(promise):
    run = changed(lambda row: replace(row, scores={**row.scores, promise: 0.0}), "q001-nl")
    assert f"q001-nl: broken promise: {promise}" in compare(make_baseline(run), run).failures


def test_an_item_wrongly_ruled_out_fails():
    run = changed(lambda row: replace(row, ruled_out=("P13",)), "q001-nl")
    assert compare(BASELINE, run).failures == ("q001-nl: wrongly rules out P13",)


def test_a_text_of_which_an_item_is_wrongly_ruled_out_fails():
    text = FactRow("t1", "tune", "nl", {}, ("P8",), "", ())
    assert compare(BASELINE, replace(a_run(*TWINS), facts=(text,))).failures == ("t1: wrongly rules out P8",)


def test_a_check_that_names_a_wrong_desk_fails_whatever_the_baseline_was():
    run = a_run(*TWINS, checks=[CheckRow("d01", "desks", "frozen", "nl", {DESK: 0.0}, "", ())])
    assert compare(make_baseline(run), run).failures == (f"d01: broken promise: {DESK}",)


@pytest.mark.parametrize("kind", ["privacy", "transfer"])
def test_one_question_that_must_keep_its_paragraph_and_loses_it_fails(kind):
    rows = [*TWINS, question(99, kind=kind)]
    was = make_baseline(a_run(*rows))
    now = a_run(*TWINS, lose(rows[-1]))
    found = compare(was, now)
    assert found.failures[0] == "q099-nl: lost its paragraph, which it must keep"
    assert tuple(map(str, found.turned)) == (f"q099-nl: {FOUND} 1 -> 0",)


def test_a_question_that_never_had_its_paragraph_cannot_lose_it():
    run = a_run(lose(question(99, kind="privacy")))
    assert compare(make_baseline(run), run).failures == ()


def test_every_language_and_split_is_a_slice_of_its_own():
    rows = [question(n, language) for n in range(100) for language in ("nl", "en")]
    rows += [replace(question(n), split="tune") for n in range(100, 200)]
    was = make_baseline(a_run(*rows))
    lost = {"q000-en", "q001-en", "q002-en", "q100-nl", "q101-nl", "q102-nl"}
    now = a_run(*(lose(row) if row.id in lost else row for row in rows))
    assert [failure for failure in compare(was, now).failures if "sign-flip" not in failure] == [
        f"questions, frozen, en: {FOUND} is worse by 0.030",
        f"questions, tune, nl: {FOUND} is worse by 0.030",
    ]


@pytest.mark.parametrize("measure", [FOUND, "status right", "sentence right"])
def test_a_question_that_turns_is_named_with_what_turned(measure):
    was, now = (a_run(question(1, **{measure: score})) for score in (0.0, 1.0))
    assert compare(make_baseline(was), now).turned == (Turned("q001-nl", "frozen", measure, 0.0, 1.0),)


def test_a_slice_may_lose_two_hundredths_and_no_more():
    rows = [question(n) for n in range(100)]
    was = make_baseline(a_run(*rows))
    assert compare(was, a_run(*map(lose, rows[:2]), *rows[2:])).failures == ()
    assert compare(was, a_run(*map(lose, rows[:3]), *rows[3:])).failures == (
        f"questions, frozen, nl: {FOUND} is worse by 0.030",
    )


@pytest.mark.parametrize("right", range(2, 101))
def test_a_drop_of_exactly_two_hundredths_passes_wherever_it_starts(right):
    rows = [question(n, found=float(n < right)) for n in range(100)]
    now = [question(n, found=float(n < right - 2)) for n in range(100)]
    assert compare(make_baseline(a_run(*rows)), a_run(*now)).failures == ()


@pytest.mark.parametrize("measure", ["answered wrongly", "refused wrongly"])
def test_more_wrong_answers_or_refusals_are_worse_and_fewer_are_not(measure):
    rows = [question(n, **{measure: 0.0}) for n in range(4)]
    more = [question(n, **{measure: 1.0}) for n in range(4)]
    expected = (f"questions, frozen, nl: {measure} is worse by 1.000",)
    assert compare(make_baseline(a_run(*rows)), a_run(*more)).failures == expected
    assert compare(make_baseline(a_run(*more)), a_run(*rows)).failures == ()


def test_many_small_losses_fail_by_the_paired_test_though_no_slice_dropped_far():
    rows = [question(n, **{"citation precision": 0.5}) for n in range(10)]
    now = [question(n, **{"citation precision": 0.49}) for n in range(10)]
    (failure,) = compare(make_baseline(a_run(*rows)), a_run(*now)).failures
    assert failure.startswith("questions: citation precision is worse in a paired sign-flip test (p = 0.0")


def test_twins_count_as_one_in_the_paired_test():
    def worse(rows):
        return [replace(row, scores={**row.scores, "MRR@10": 0.49}) for row in rows]

    three = [question(n, lang, **{"MRR@10": 0.5}) for n in range(3) for lang in ("nl", "en")]
    assert compare(make_baseline(a_run(*three)), a_run(*worse(three))).failures == ()


def test_the_sign_flip_test_counts_what_is_at_least_as_bad():
    assert sign_flip(np.array([-1.0])) == pytest.approx(0.5, abs=0.02)
    assert sign_flip(np.full(8, -1.0)) == pytest.approx(2**-8, abs=0.002)
    assert sign_flip(np.full(8, 1.0)) == 1.0


def test_a_check_that_turns_is_named_and_a_worse_slice_of_checks_fails():
    row = CheckRow("n001-nl", "notices", "frozen", "nl", {"notice carried": 1.0}, "", ())
    was = make_baseline(a_run(*TWINS, checks=[row]))
    found = compare(was, a_run(*TWINS, checks=[replace(row, scores={"notice carried": 0.0})]))
    assert tuple(map(str, found.turned)) == ("n001-nl: notice carried 1 -> 0",)
    assert found.failures == ("notices, frozen, nl: notice carried is worse by 1.000",)


def test_a_question_that_is_gone_fails():
    assert compare(BASELINE, a_run(*TWINS[1:])).failures == ("q000-nl: the question is gone",)


@pytest.mark.parametrize("what", ["corpus", "recipe", "cases"])
def test_unlike_runs_are_not_compared(what):
    with pytest.raises(DataError, match=f"{what}: was measured with another {what} .*--accept --reason"):
        compare(BASELINE, a_run(*TWINS, **{what: "another"}))


def test_a_baseline_comes_back_as_it_was_written():
    assert read_baseline(to_json(BASELINE), "baseline.json") == BASELINE


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('"rows"', '"row"', "the baseline: 'rows' is missing or empty"),
        ('"scores"', '"score"', "rows q000-en: 'scores' is missing or empty"),
        ('"format": 2', '"format": 2, "other": 1', "unknown key 'other'"),
        ('"format": 2', '"format": true', "'format' must be a whole number"),
        ('"id": "q000-en"', '"name": "q000-en"', "'id' is missing"),
        (f'"{FOUND}": 1.0', f'"{FOUND}": NaN', f"'{FOUND}' of q000-en is no score between 0 and 1"),
        ("{", "[", "the text: not valid JSON"),
        ('"format": 2', '"format": 1', "format: this version reads format 2"),
        (f'"{FOUND}": 1.0', f'"{FOUND}": 1.5', f"'{FOUND}' of q000-en is no score between 0 and 1"),
        (f'"{FOUND}": 1.0', f'"{FOUND}": "x"', f"'{FOUND}' must be a number"),
        ('"id": "q000-en"', '"id": "q000-nl"', "row q000-nl: is there twice"),
        ('"corpus": "c"', '"text": "c"', "'corpus'"),
    ],
)
def test_a_faulty_baseline_is_refused_by_its_fault(before, after, fault):
    with pytest.raises(DataError, match=fault):
        read_baseline(to_json(BASELINE).replace(before, after, 1), "baseline.json")


def test_a_baseline_without_any_row_is_refused_as_everything_would_pass():
    with pytest.raises(DataError, match="'rows' is missing or empty"):
        read_baseline(to_json(replace(BASELINE, rows=())), "baseline.json")


def test_a_run_that_does_not_say_its_recipe_is_no_baseline():
    run = replace(a_run(*TWINS), digests={"corpus": "c", "cases": "k"})
    with pytest.raises(DataError, match="the run: recipe: is not in its digests"):
        make_baseline(run)


@given(st.lists(st.tuples(st.sampled_from([0.0, 1 / 3, 1.0]), st.booleans()), min_size=1, max_size=12))
def test_a_run_fails_against_itself_only_by_the_promises_that_it_breaks(rows):
    run = a_run(
        *(question(n, found=found, **{PROMISES[0]: float(kept)}) for n, (found, kept) in enumerate(rows))
    )
    broken = tuple(
        f"q{n:03}-nl: broken promise: {PROMISES[0]}" for n, (_, kept) in enumerate(rows) if not kept
    )
    assert compare(read_baseline(to_json(make_baseline(run)), "b"), run).failures == broken


@given(st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=1, max_size=12))
def test_any_run_that_keeps_the_promises_passes_against_itself(found):
    run = a_run(*(question(n, found=score) for n, score in enumerate(found)))
    assert compare(read_baseline(to_json(make_baseline(run)), "b"), run).passed
