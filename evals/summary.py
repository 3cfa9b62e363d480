"""What the rows add up to: shares with their intervals, facts by key, the gates, and how people agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from statistics import fmean

import numpy as np

from evals.checks import APART, DESK, FITS, MARKED, PERMITTED, CheckRow
from evals.row import Agreement, FactRow, OwnRow, QuestionRow, Results
from evals.score import Counts

SEED = 20160601
DRAWS = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """The mean of a score over `number` rows, and the interval of its confidence."""

    mean: float
    low: float
    high: float
    number: int


@dataclass(frozen=True)
class Gate:
    """Something that must hold in every case. It fails where it did not, and where nothing was measured."""

    name: str
    measured: int
    failed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tell whether it held everywhere."""
        return self.measured > 0 and not self.failed


def gates(results: Results) -> tuple[Gate, ...]:
    """Return the gates; `failed` names the rows, sorted. Those of the checks stand where there are such checks."""
    with_facts = [row for row in results.questions if row.scores["checklist as gold"] is not None]
    rows: tuple[QuestionRow | FactRow, ...] = (*with_facts, *results.facts)
    asked: tuple[QuestionRow | CheckRow, ...] = (*results.questions, *results.checks)
    special = (_scored(_scoring(results.checks, measure), measure) for measure in (FITS, DESK))
    return (
        _scored(results.questions, "checklist complete"),
        Gate("no false not_applicable", len(rows), tuple(sorted(row.id for row in rows if row.ruled_out))),
        _scored(results.questions, "quotes verify"),
        *(_scored(asked, measure) for measure in (MARKED, PERMITTED, APART)),
        *(gate for gate in special if gate.measured),
    )


def check_shares(rows: Sequence[CheckRow]) -> tuple[tuple[str, float, int], ...]:
    """Return, for every score that the rows have, its name, its mean and how many rows it applies to."""
    names = dict.fromkeys(name for row in rows for name in row.scores)
    found = {name: [row.scores[name] for row in _scoring(rows, name)] for name in names}
    return tuple((name, fmean(x for x in s if x is not None), len(s)) for name, s in found.items() if s)


def _scoring(rows: Sequence[CheckRow], measure: str) -> tuple[CheckRow, ...]:
    return tuple(row for row in rows if row.scores.get(measure) is not None)


def _scored(rows: Sequence[QuestionRow | CheckRow], measure: str) -> Gate:
    return Gate(measure, len(rows), tuple(sorted(row.id for row in rows if row.scores[measure] != 1)))


def estimate(rows: Iterable[QuestionRow], measure: str, seed: int = SEED) -> Estimate | None:
    """Return the mean of a measure and its interval, or None where the measure applies to no row.

    The interval comes from drawing twins anew: two languages of one question are no two questions.
    """
    scores: dict[str, list[float]] = {}
    for row in rows:
        score = row.scores[measure]
        if score is not None:
            scores.setdefault(row.twin, []).append(score)
    if not scores:
        return None
    twins = [scores[twin] for twin in sorted(scores)]
    sums = np.array([sum(twin) for twin in twins])
    sizes = np.array([len(twin) for twin in twins])
    draws = np.random.default_rng(seed).integers(0, len(twins), (DRAWS, len(twins)))
    means = sums[draws].sum(axis=1) / sizes[draws].sum(axis=1)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(sums.sum() / sizes.sum()), float(low), float(high), int(sizes.sum()))


def facts_by_key(rows: Iterable[QuestionRow | FactRow]) -> dict[str, Counts]:
    """Return the counts of every fact over all rows, sorted by key."""
    totals: dict[str, Counts] = {}
    for row in rows:
        for key, counts in row.facts.items():
            totals[key] = totals.get(key, Counts()) + counts
    return dict(sorted(totals.items()))


def facts_together(rows: Iterable[QuestionRow | FactRow]) -> Counts:
    """Return the counts of all facts over all rows."""
    return reduce(Counts.__add__, facts_by_key(rows).values(), Counts())


def agreed(own: Iterable[OwnRow]) -> tuple[QuestionRow, ...]:
    """Return a municipality's own rows on which nobody disagrees: the ones that its means count."""
    return tuple(one.row for one in own if not one.agreement.differences)


def count_alike(agreements: Iterable[Agreement]) -> tuple[int, int]:
    """Return on how many cases all agree, and how many were judged by more than their writer."""
    checked = [one for one in agreements if one.checked_by]
    return sum(not one.differences for one in checked), len(checked)
