"""Writes Results as Markdown for people. The date is the run's own."""

from collections.abc import Callable, Iterator, Sequence

from assistant.note import literal
from evals import tables
from evals.case import SPLITS, Split
from evals.row import OwnRow, QuestionRow, Results
from evals.summary import agreed
from evals.tables import EXPLANATION, Grid


def to_markdown(results: Results) -> str:
    """Return the report: gates, scores by split, language and kind, facts, and what went wrong."""
    blocks = [f"# Evaluation of {results.date}", _table(tables.digests(results))]
    blocks += ["## Gates", _table(tables.gates(results))]
    for split in SPLITS:
        if rows := [row for row in results.questions if row.split == split]:
            blocks += [f"## Questions, {split}", *_scores(split, rows)]
    if results.questions or results.facts:
        blocks += ["## Facts"]
    for grid in tables.facts(results):
        blocks += [f"### {grid.caption}", _table(grid)]
    if results.checks:
        checks = tables.checks(results.checks)
        blocks += [f"## Checks: {checks.caption.lower()}", _table(checks)]
    tuning, frozen = (tables.misses(results, split) for split in SPLITS)
    blocks += ["## What went wrong"]
    blocks += [_table(tables.faults(tuning)) if tuning else "Nothing in the cases for tuning."]
    blocks += [tables.frozen_ids(frozen)]
    if results.own:
        blocks += _own(results.own)
    return "\n\n".join(blocks) + "\n"


def _scores(split: Split, rows: Sequence[QuestionRow]) -> Iterator[str]:
    kinds = tables.kinds(split, rows)
    yield f"{len(rows)} questions. {EXPLANATION}"
    yield _table(tables.measures(split, rows))
    yield f"### {kinds.caption}"
    yield _table(kinds)


def _own(own: Sequence[OwnRow]) -> Iterator[str]:
    yield "## Questions, own"
    yield from tables.told_of_own(own)
    if rows := agreed(own):
        yield from _scores("own", rows)
    judged = tables.judged(own)
    yield f"### {judged.caption}"
    yield _table(judged, literal)


def _cell(text: str) -> str:
    """Return a cell of ours; what anybody may have written is shown by `literal`."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")


def _table(grid: Grid, show: Callable[[str], str] = _cell) -> str:
    lines = [grid.head, ["---"] * len(grid.head), *(tuple(map(show, row)) for row in grid.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
