"""The tables of a report, in cells of text: Markdown and the page show the same ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.toml import LANGUAGES
from evals.case import KINDS, SPLITS, Split
from evals.checks import CHECK_KINDS, CheckRow
from evals.row import FOUND, FactRow, OwnRow, QuestionRow, Results
from evals.score import Counts
from evals.summary import (
    CONFIDENCE,
    DRAWS,
    SEED,
    Estimate,
    check_shares,
    count_alike,
    estimate,
    facts_by_key,
    facts_together,
)
from evals.summary import gates as gates_of

BY_KIND = ("recall@5", FOUND, "citation precision", "items right", "status right")
EXPLANATION = (
    f"Each cell: the mean, its {CONFIDENCE:.0%} interval ({DRAWS} draws of twins, seed {SEED}),\n"
    "and the number of questions it applies to. "
    "An interval of one point says that no twin differed here, no more."
)
Row = QuestionRow | FactRow | CheckRow


@dataclass(frozen=True)
class Grid:
    """A table under its caption; the first cell of a row names it. `is_prose` has long texts in its cells."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_prose: bool = False


def digests(results: Results) -> Grid:
    """Return what was measured."""
    return Grid("What was measured", ("of", "digest"), tuple(sorted(results.digests.items())))


def gates(results: Results) -> Grid:
    """Return the gates, with the ids of the cases in which each failed."""
    rows = (
        (gate.name, "pass" if gate.passed else "FAIL", str(gate.measured), ", ".join(gate.failed))
        for gate in gates_of(results)
    )
    return Grid("Gates", ("gate", "verdict", "cases", "failed in"), tuple(rows))


def measures(split: Split, rows: Sequence[QuestionRow]) -> Grid:
    """Return every measure of the questions with its interval, together and by language."""
    groups = {"all": rows} | {language: [r for r in rows if r.language == language] for language in LANGUAGES}
    lines = (
        (measure, *(show_estimate(estimate(group, measure)) for group in groups.values()))
        for measure in rows[0].scores
    )
    return Grid(f"Scores by language, {split}", ("measure", *groups), tuple(lines))


def kinds(split: Split, rows: Sequence[QuestionRow]) -> Grid:
    """Return the measures that tell most by kind of question, with their intervals."""
    lines = (
        (kind, str(len(group)), *(show_estimate(estimate(group, measure)) for measure in BY_KIND))
        for kind in KINDS
        if (group := [row for row in rows if row.kind == kind])
    )
    return Grid(f"By kind, {split}", ("kind", "questions", *BY_KIND), tuple(lines))


def facts(results: Results) -> Iterable[Grid]:
    """Yield how facts were read from texts and from questions, by split and key."""
    for split in SPLITS:
        for name, every in (("texts", results.facts), ("questions", results.questions)):
            if rows := [row for row in every if row.split == split]:
                yield _facts(f"Facts read from {name}, {split}", rows)


def _facts(caption: str, rows: Sequence[QuestionRow | FactRow]) -> Grid:
    lines = [(key, *_counts(counts)) for key, counts in facts_by_key(rows).items()]
    for language in LANGUAGES:
        spoken = [row for row in rows if row.language == language]
        lines.append((f"all, {language}", *_counts(facts_together(spoken))))
    lines.append(("all", *_counts(facts_together(rows))))
    return Grid(caption, ("fact", "precision", "recall", "right", "wrong", "missed"), tuple(lines))


def checks(rows: Sequence[CheckRow]) -> Grid:
    """Return the shares of the checks by kind, split and language."""
    lines = (
        (kind, split, language, name, f"{mean:.3f}", str(number))
        for kind in CHECK_KINDS
        for split in SPLITS
        for language in LANGUAGES
        for name, mean, number in check_shares(
            [row for row in rows if (row.kind, row.split, row.language) == (kind, split, language)]
        )
    )
    head = ("check", "split", "language", "measure", "mean", "questions")
    return Grid("Notices, prepared answers, the flagship, desks, permissions", head, tuple(lines))


def misses(results: Results, split: Split) -> tuple[Row, ...]:
    """Return the rows of a split in which something went wrong, by id."""
    rows: tuple[Row, ...] = (*results.questions, *results.facts, *results.checks)
    return tuple(sorted((row for row in rows if row.faults and row.split == split), key=lambda row: row.id))


def faults(rows: Iterable[Row]) -> Grid:
    """Return what went wrong in the rows; frozen ones have no words to show."""
    lines = (
        (row.id, row.text if isinstance(row, FactRow) else row.question, "; ".join(row.faults))
        for row in rows
    )
    return Grid(
        "What went wrong in the cases for tuning", ("case", "words", "what"), tuple(lines), is_prose=True
    )


def frozen_ids(rows: Iterable[Row]) -> str:
    """Return the ids of frozen rows, which is all that is told of them."""
    return f"Frozen: {', '.join(row.id for row in rows) or 'none'}."


def judged(own: Iterable[OwnRow]) -> Grid:
    """Return who judged a municipality's own cases, where they disagree, and what went wrong. Its words are anybody's."""
    lines = (
        (
            one.row.id,
            one.row.question,
            one.agreement.written_by,
            ", ".join(one.agreement.checked_by) or "nobody yet",
            " ".join(one.agreement.differences),
            "; ".join(one.row.faults),
        )
        for one in sorted(own, key=lambda one: one.row.id)
    )
    head = ("case", "words", "written by", "checked by", "where they disagree", "what went wrong")
    return Grid("Who judged them, and what went wrong, own", head, tuple(lines), is_prose=True)


def told_of_own(own: Iterable[OwnRow]) -> tuple[str, ...]:
    """Return what a municipality's own cases count for, and on how many of them people agree."""
    alike, checked = count_alike(one.agreement for one in own)
    what_for = (
        "These count in no gate, baseline, chart or mean of ours. "
        "A case on which people disagree counts in no mean."
    )
    who = f"Judged by more than one person: {checked}; all agree on {alike} of them"
    return what_for, f"{who} (plain agreement, not corrected for chance)."


def show_estimate(value: Estimate | None) -> str:
    """Return a mean with its interval and number; nothing where the measure does not apply."""
    return f"{value.mean:.3f} [{value.low:.2f}, {value.high:.2f}] ({value.number})" if value else ""


def _counts(counts: Counts) -> tuple[str, ...]:
    shares = ("" if share is None else f"{share:.3f}" for share in (counts.precision, counts.recall))
    return *shares, str(counts.right), str(counts.wrong), str(counts.missed)
