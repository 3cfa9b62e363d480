"""Compares a run with the committed baseline, question by question, and says what got worse."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from corpus.errors import DataError
from evals.baseline import LIKE, QUESTIONS, Baseline, BaselineRow, to_rows
from evals.checks import APART, DESK, MARKED, PERMITTED, CheckRow
from evals.row import FOUND, SAME_TWICE, FactRow, QuestionRow, Results

PROMISES = ("checklist complete", "quotes verify", SAME_TWICE, MARKED, PERMITTED, APART, DESK)
# A lost paragraph does most harm where personal data or another country is at stake.
MUST_PASS = ("privacy", "transfer")
LOWER_IS_BETTER = ("answered wrongly", "refused wrongly")
DROP = 0.02
SIGNIFICANT = 0.05
DRAWS = 10_000
SEED = 20160601
_TURNING = (FOUND, "status right", "sentence right")
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Turned:
    """A question or check whose score is another than in the baseline."""

    id: str
    split: str
    measure: str
    before: float
    now: float

    def __str__(self) -> str:
        return f"{self.id}: {self.measure} {self.before:g} -> {self.now:g}"


@dataclass(frozen=True)
class Comparison:
    """What fails, each in a sentence, and which questions turned."""

    failures: tuple[str, ...]
    turned: tuple[Turned, ...]

    @property
    def passed(self) -> bool:
        """Tell whether nothing got worse and every promise was kept."""
        return not self.failures


def compare(baseline: Baseline, results: Results) -> Comparison:
    """Compare a run with the baseline. Raises DataError where they were measured on different things."""
    for key in LIKE:
        if results.digests.get(key) != baseline.digests[key]:
            raise DataError(
                "the baseline",
                key,
                f"was measured with another {key} ({baseline.digests[key]}; now {results.digests.get(key)}); "
                "look at 'wolkwijzer eval report', then: wolkwijzer eval compare --accept --reason TEXT",
            )
    now = to_rows(results)
    old = {(row.group, row.id): row for row in baseline.rows}
    there = {(row.group, row.id) for row in now}
    pairs = [(old[row.group, row.id], row) for row in now if (row.group, row.id) in old]
    failures = (
        *_broken(results),
        *(f"{row.id}: the question is gone" for key, row in old.items() if key not in there),
        *_lost(pairs),
        *_dropped(pairs),
        *_worse(pairs),
    )
    return Comparison(failures, tuple(_turned(pairs)))


def to_text(comparison: Comparison) -> str:
    """Return the comparison for a terminal: what fails, which questions turned, and the verdict."""
    verdict = "passed" if comparison.passed else f"FAILED: {len(comparison.failures)}"
    return "\n".join(
        (*comparison.failures, *(f"turned: {turned}" for turned in comparison.turned), verdict, "")
    )


_Pairs = Sequence[tuple[BaselineRow, BaselineRow]]


def _broken(results: Results) -> Iterator[str]:
    asked: tuple[QuestionRow | CheckRow, ...] = (*results.questions, *results.checks)
    read: tuple[QuestionRow | FactRow, ...] = (*results.questions, *results.facts)
    for row in asked:
        for name in PROMISES:
            score = row.scores.get(name)
            if score is not None and score < 1:
                yield f"{row.id}: broken promise: {name}"
    for ruled in read:
        if ruled.ruled_out:
            yield f"{ruled.id}: wrongly rules out {', '.join(ruled.ruled_out)}"


def _lost(pairs: _Pairs) -> Iterator[str]:
    for before, now in pairs:
        if before.kind in MUST_PASS and before.scores.get(FOUND) == 1 and now.scores.get(FOUND) != 1:
            yield f"{now.id}: lost its paragraph, which it must keep"


def _dropped(pairs: _Pairs) -> Iterator[str]:
    slices: dict[tuple[str, str, str, str], list[tuple[float, float]]] = {}
    for before, now in pairs:
        for name, (old, new) in _both(before, now):
            slices.setdefault((now.group, now.split, now.language, name), []).append((old, new))
    for key, scores in sorted(slices.items()):
        was, is_now = (fmean(column) for column in zip(*scores, strict=True))
        if was - is_now > DROP + _ROUNDING:
            group, split, language, name = key
            yield f"{group}, {split}, {language}: {name} is worse by {was - is_now:.3f}"


def _worse(pairs: _Pairs) -> Iterator[str]:
    """Yield every measure that is worse by Fisher's randomisation test for pairs.

    The sign of each twin's difference is flipped at random; p is the share of draws whose sum is at least as
    bad (Smucker, Allan and Carterette, 2007, for retrieval). One-sided.
    """
    clusters: dict[tuple[str, str], dict[str, float]] = {}
    for before, now in pairs:
        for name, (old, new) in _both(before, now):
            twins = clusters.setdefault((now.group, name), {})
            twins[now.twin] = twins.get(now.twin, 0.0) + new - old
    for (group, name), twins in sorted(clusters.items()):
        differences = np.array([twins[twin] for twin in sorted(twins) if abs(twins[twin]) > _ROUNDING])
        if len(differences) and (p := sign_flip(differences)) < SIGNIFICANT:
            yield f"{group}: {name} is worse in a paired sign-flip test (p = {p:.4f})"


def sign_flip(differences: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> float:
    """Return the p of a sum of differences as low as this one, by seeded random flips of their signs."""
    signs = np.random.default_rng(SEED).choice((-1.0, 1.0), (DRAWS, len(differences)))
    as_bad = int(((signs @ differences) <= differences.sum() + _ROUNDING).sum())
    return (1 + as_bad) / (1 + DRAWS)


def _both(before: BaselineRow, now: BaselineRow) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield the scores that both have, turned so that more is better."""
    for name in sorted(before.scores.keys() & now.scores.keys()):
        sign = -1 if name in LOWER_IS_BETTER else 1
        yield name, (sign * before.scores[name], sign * now.scores[name])


def _turned(pairs: _Pairs) -> Iterator[Turned]:
    for before, now in pairs:
        names: Iterable[str] = _TURNING if now.group == QUESTIONS else sorted(now.scores)
        for name in names:
            old, new = before.scores.get(name), now.scores.get(name)
            if old is not None and new is not None and old != new:
                yield Turned(now.id, now.split, name, old, new)
