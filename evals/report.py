"""Writes Results as Markdown for people. The date is the run's own."""

from evals import tables
from evals.case import SPLITS
from evals.row import Results
from evals.tables import EXPLANATION, Grid


def to_markdown(results: Results) -> str:
    """Return the report: gates, scores by split, language and kind, facts, and what went wrong."""
    blocks = [f"# Evaluation of {results.date}", _table(tables.digests(results))]
    blocks += ["## Gates", _table(tables.gates(results))]
    for split in SPLITS:
        if rows := [row for row in results.questions if row.split == split]:
            blocks += [f"## Questions, {split}", f"{len(rows)} questions. {EXPLANATION}"]
            blocks += [_table(tables.measures(split, rows))]
            kinds = tables.kinds(split, rows)
            blocks += [f"### {kinds.caption}", _table(kinds)]
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
    return "\n\n".join((*blocks, tables.frozen_ids(frozen))) + "\n"


def _table(grid: Grid) -> str:
    lines = [grid.head, ["---"] * len(grid.head), *grid.rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
