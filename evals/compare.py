"""Compares a run with the committed baseline, question by question, and says what got worse."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

import numpy as np

from corpus.errors import DataError
from corpus.toml import Table
from evals.checks import APART, DESK, MARKED, PERMITTED, CheckRow
from evals.run import FOUND, SAME_TWICE, FactRow, QuestionRow, Results

FORMAT = 1
# What a run must have in common with the baseline, or a difference says nothing.
LIKE = ("corpus", "recipe", "cases")
PROMISES = ("checklist complete", "quotes verify", SAME_TWICE, MARKED, PERMITTED, APART, DESK)
# A lost paragraph does most harm where personal data or another country is at stake.
MUST_PASS = ("privacy", "transfer")
LOWER_IS_BETTER = ("answered wrongly", "refused wrongly")
DROP = 0.02
SIGNIFICANT = 0.05
DRAWS = 10_000
SEED = 20160601
_FLIPPING = (FOUND, "status right", "sentence right")
_DECIMALS = 4
_ROUNDING = 1e-9
Scores = Mapping[str, float]


@dataclass(frozen=True)
class BaselineRow:
    """The scores of one question; `group` is its kind of check, or `questions`."""

    id: str
    group: str
    kind: str
    split: str
    language: str
    scores: Scores

    @property
    def twin(self) -> str:
        """The question without its language: two languages of one question are no two questions."""
        return self.id.removesuffix(f"-{self.language}")


@dataclass(frozen=True)
class Accepted:
    """When a run was made the baseline, and why."""

    date: str
    reason: str


@dataclass(frozen=True)
class Baseline:
    """The scores that later runs are held against, what they were measured on, and why they were accepted."""

    digests: Mapping[str, str]
    accepted: tuple[Accepted, ...]
    rows: tuple[BaselineRow, ...]


@dataclass(frozen=True)
class Comparison:
    """What fails, each in a sentence, and which questions turned."""

    failures: tuple[str, ...]
    flipped: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tell whether nothing got worse and every promise was kept."""
        return not self.failures


def make_baseline(results: Results, reason: str, before: Baseline | None = None) -> Baseline:
    """Return a run as the baseline; the reasons of those before it are kept.

    Raises DataError where the run does not say what it was measured on.
    """
    if lacking := [key for key in LIKE if key not in results.digests]:
        raise DataError("the run", lacking[0], "is not in its digests; run: wolkwijzer eval run")
    accepted = (*(before.accepted if before else ()), Accepted(results.date, reason))
    return Baseline({key: results.digests[key] for key in LIKE}, accepted, _rows(results))


def to_json(baseline: Baseline) -> str:
    """Return the baseline as JSON, a row a line, so that a change of one question is a change of one line."""
    rows = ",\n".join(json.dumps(asdict(row), ensure_ascii=False, sort_keys=True) for row in baseline.rows)
    head = {
        "format": FORMAT,
        "digests": baseline.digests,
        "accepted": [asdict(accepted) for accepted in baseline.accepted],
    }
    return f'{json.dumps(head, ensure_ascii=False, indent=1)[:-2]},\n "rows": [\n{rows}\n]}}\n'


def read_baseline(text: str, file: str) -> Baseline:
    """Read what `to_json` wrote. Raises DataError naming the file, the row and the fault."""
    try:
        values = json.loads(text)
    except ValueError as error:
        raise DataError(file, "the text", f"not valid JSON: {error}") from error
    table = Table(file, "the baseline", values if isinstance(values, dict) else {})
    if "format" not in table or table.number("format") != FORMAT:
        raise DataError(file, "format", f"this version reads format {FORMAT}")
    # An absent list would read as an empty one, and a run held against nothing passes.
    if lacking := [key for key in ("accepted", "rows") if not table.value(key, [])]:
        raise table.fault(f"'{lacking[0]}' is missing or empty")
    digests = table.table("digests")
    accepted = tuple(Accepted(entry.text("date"), entry.text("reason")) for entry in table.tables("accepted"))
    rows = tuple(_read_row(entry) for entry in table.tables("rows"))
    table.done()
    times = Counter((row.group, row.id) for row in rows)
    if doubled := next((name for name, often in times.items() if often > 1), None):
        raise DataError(file, f"row {doubled[1]}", "is there twice")
    return Baseline({key: digests.text(key) for key in LIKE}, accepted, rows)


def _read_row(entry: Table) -> BaselineRow:
    if not entry.value("scores", {}):
        raise entry.fault("'scores' is missing or empty")
    scores = entry.table("scores")
    row = BaselineRow(
        entry.text("id"),
        entry.text("group"),
        entry.text("kind"),
        entry.text("split"),
        entry.text("language"),
        {name: scores.decimal(name) for name in scores.keys()},
    )
    entry.done()
    if wrong := [name for name, score in row.scores.items() if not 0 <= score <= 1]:
        raise entry.fault(f"'{wrong[0]}' of {row.id} is no score between 0 and 1")
    return row


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
    now = _rows(results)
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
    return Comparison(failures, tuple(_flipped(pairs)))


def to_text(comparison: Comparison) -> str:
    """Return the comparison for a terminal: what fails, which questions turned, and the verdict."""
    verdict = "passed" if comparison.passed else f"FAILED: {len(comparison.failures)}"
    return "\n".join((*comparison.failures, *(f"turned: {text}" for text in comparison.flipped), verdict, ""))


def _rows(results: Results) -> tuple[BaselineRow, ...]:
    rows = [
        BaselineRow(row.id, "questions", row.kind, row.split, row.language, _plain(row))
        for row in results.questions
    ]
    rows += [
        BaselineRow(row.id, row.kind, row.kind, row.split, row.language, _plain(row))
        for row in results.checks
    ]
    return tuple(sorted(rows, key=lambda row: (row.group, row.id)))


def _plain(row: QuestionRow | CheckRow) -> Scores:
    return {name: round(score, _DECIMALS) for name, score in row.scores.items() if score is not None}


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


def _flipped(pairs: _Pairs) -> Iterator[str]:
    for before, now in pairs:
        names: Iterable[str] = _FLIPPING if now.group == "questions" else sorted(now.scores)
        for name in names:
            old, new = before.scores.get(name), now.scores.get(name)
            if old is not None and new is not None and old != new:
                yield f"{now.id}: {name} {old:g} -> {new:g}"
