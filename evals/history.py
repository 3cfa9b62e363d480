"""The history: what every accepted run measured, and why it was accepted, a line each (history.jsonl)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from corpus.paragraph import Language
from corpus.toml import LANGUAGES, Table
from evals.baseline import LIKE, MAIN, Baseline, Scores, main_measures
from evals.load import read_lines


@dataclass(frozen=True)
class Accepted:
    """A run that was made the baseline: when, why, on what, and its main measures on the frozen questions.

    An old one may lack digests and measures.
    """

    date: str
    reason: str
    digests: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[Language, Scores] = field(default_factory=dict)


def accept(baseline: Baseline, date: str, reason: str) -> Accepted:
    """Return what is remembered of a run that was made the baseline."""
    return Accepted(date, reason, baseline.digests, main_measures(baseline.rows))


def to_line(accepted: Accepted) -> str:
    """Return one line of the file."""
    return json.dumps(asdict(accepted), ensure_ascii=False) + "\n"


def read_history(content: bytes, file: str) -> tuple[Accepted, ...]:
    """Read the file, the oldest first. Raises DataError naming the file, the line and the fault."""
    return tuple(_read(entry) for entry in read_lines(file, content))


def _read(entry: Table) -> Accepted:
    digests, measures = entry.table("digests"), entry.table("measures")
    accepted = Accepted(
        entry.text("date"),
        entry.text("reason"),
        {key: digests.text(key) for key in LIKE if key in digests},
        {language: _read_scores(measures.table(language)) for language in LANGUAGES if language in measures},
    )
    for table in (digests, measures, entry):
        table.done()
    return accepted


def _read_scores(table: Table) -> Scores:
    scores = {name: table.decimal(name) for name in MAIN if name in table}
    table.done()
    if wrong := [name for name, score in scores.items() if not 0 <= score <= 1]:
        raise table.fault(f"'{wrong[0]}' is no score between 0 and 1")
    return scores
