"""Writes Results as one HTML page that stands alone: scores, charts, what changed, past runs, what went wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.errors import DataError
from corpus.toml import LANGUAGES
from evals import figures, tables
from evals.baseline import MAIN, Baseline, main_measures, to_rows
from evals.case import SPLITS
from evals.compare import compare
from evals.figures import NAMES, Chart
from evals.history import Accepted
from evals.row import Excerpt, OwnRow, QuestionRow, Results
from evals.summary import agreed, gates
from evals.tables import EXPLANATION, Grid
from evals.template import render


@dataclass(frozen=True)
class Section:
    """A part of the page under its heading: sentences, then charts, then tables."""

    id: str
    heading: str
    texts: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    grids: tuple[Grid, ...] = ()


def to_html(results: Results, baseline: Baseline | None, history: Sequence[Accepted]) -> str:
    """Return the page. Without a baseline or a history it says that there is none."""
    sections = [
        _verdict(results),
        *_scores(results),
        _refusal(results),
        _change(results, baseline),
        _past(history),
        Section("facts", "Facts read", (), (), tuple(tables.facts(results))),
        Section("checks", "Checks", (), (), (tables.checks(results.checks),)),
        _misses(results),
        *([_own(results.own)] if results.own else []),
    ]
    return render("report.html", {"date": results.date, "sections": sections})


def _verdict(results: Results) -> Section:
    failed = [gate.name for gate in gates(results) if not gate.passed]
    verdict = f"Failed: {', '.join(failed)}." if failed else "All gates passed."
    number = f"{len(results.questions)} questions, {len(results.facts)} texts, {len(results.checks)} checks."
    return Section("gates", "Gates", (verdict, number), (), (tables.gates(results), tables.digests(results)))


def _scores(results: Results) -> Iterator[Section]:
    for split in reversed(SPLITS):
        if rows := [row for row in results.questions if row.split == split]:
            texts = (f"{len(rows)} questions. {EXPLANATION}",)
            charts = (figures.recall_by_kind(rows, split),)
            grids = (tables.measures(split, rows), tables.kinds(split, rows))
            yield Section(f"scores-{split}", f"Scores, {split}", texts, charts, grids)


def _refusal(results: Results) -> Section:
    rows = results.questions
    if not rows:
        return Section("refusal", "Refusals and time", ("No question was asked.",))
    place, time = ("refusal", "Refusals and time"), figures.latency(rows)
    if not figures.has_both_sorts(rows):
        lacking = "Some language has no answerable or no unanswerable questions for tuning."
        return Section(*place, (lacking,), (time,))
    return Section(*place, (), (figures.refusal_trade_off(rows), figures.probabilities(rows), time))


def _change(results: Results, baseline: Baseline | None) -> Section:
    place = "change", "Change since the baseline"
    if baseline is None:
        return Section(*place, ("There is no baseline yet.",))
    was, now = main_measures(baseline.rows), main_measures(to_rows(results))
    rows = tuple(
        (name, NAMES[language], f"{old:.3f}", f"{new:.3f}", f"{new - old:+.3f}")
        for name in MAIN
        for language in LANGUAGES
        if (old := was[language].get(name)) is not None and (new := now[language].get(name)) is not None
    )
    main = Grid("Main measures, frozen", ("measure", "language", "baseline", "this run", "change"), rows)
    try:
        comparison = compare(baseline, results)
    except DataError as error:
        unlike = f"This run and the baseline are unlike, so a difference says little. {error}"
        return Section(*place, (unlike,), (), (main,))
    turned = tuple(
        (turned.id, turned.measure, f"{turned.before:g}", f"{turned.now:g}")
        for turned in comparison.turned
        if turned.split == "tune"
    )
    frozen = dict.fromkeys(turned.id for turned in comparison.turned if turned.split == "frozen")
    verdict = "Nothing got worse." if comparison.passed else f"Worse: {'; '.join(comparison.failures)}."
    texts = (verdict, f"Frozen questions that turned: {', '.join(frozen) or 'none'}.")
    caption = "Questions for tuning that turned"
    grids = (main, Grid(caption, ("case", "measure", "baseline", "this run"), turned))
    return Section(*place, texts, (), grids)


def _past(history: Sequence[Accepted]) -> Section:
    rows = tuple(
        (str(n), run.date, run.reason, ", ".join(f"{key} {digest}" for key, digest in run.digests.items()))
        for n, run in enumerate(history, 1)
    )
    charts = (figures.past_runs(history),) if any(run.measures for run in history) else ()
    texts = () if rows else ("No run was accepted yet.",)
    grid = Grid("Accepted runs", ("run", "date", "reason", "digests"), rows, is_prose=True)
    return Section("past", "Past runs", texts, charts, (grid,))


def _misses(results: Results) -> Section:
    tuning, frozen = (tables.misses(results, split) for split in SPLITS)
    looked_into = [row for row in tuning if isinstance(row, QuestionRow) and row.instead]
    found = _found("Questions for tuning", looked_into)
    others = tables.faults(row for row in tuning if row not in looked_into)
    texts = (
        "Of the frozen cases only the ids are told, so that nobody tunes on them.",
        tables.frozen_ids(frozen),
    )
    return Section("misses", "What went wrong", texts, (), (found, others))


def _own(own: Sequence[OwnRow]) -> Section:
    rows, looked_into = agreed(own), [one.row for one in own if one.row.instead]
    scores = (tables.measures("own", rows), tables.kinds("own", rows)) if rows else ()
    texts = (*tables.told_of_own(own), *([f"{len(rows)} questions. {EXPLANATION}"] if rows else []))
    grids = (*scores, tables.judged(own), _found("Questions of your own", looked_into))
    return Section("own", "Questions of your own", texts, (), grids)


def _found(questions: str, rows: Sequence[QuestionRow]) -> Grid:
    """Return misses beside what answers them and what was found instead."""
    lines = tuple(
        (row.id, row.question, "; ".join(row.faults), _excerpts(row.gold), _excerpts(row.instead))
        for row in rows
    )
    caption = f"{questions} whose paragraph was missed, or that were answered wrongly"
    return Grid(caption, ("case", "words", "what", "what answers", "found instead"), lines, is_prose=True)


def _excerpts(excerpts: Sequence[Excerpt]) -> str:
    return "\n".join(f"{excerpt.paragraph}: {excerpt.text}" for excerpt in excerpts) or "nothing"
