"""The baseline: the scores of every question that later runs are held against, as JSON and back."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import fmean

from corpus.errors import DataError
from corpus.paragraph import Language
from corpus.toml import LANGUAGES, Table
from evals.checks import CheckRow
from evals.row import FOUND, QuestionRow, Results

FORMAT = 2
# What a run must have in common with the baseline, or a difference says nothing.
LIKE = ("corpus", "recipe", "cases")
# What is told of a run in one look, and kept of every accepted one.
MAIN = (
    "recall@5",
    "recall@1",
    FOUND,
    "citation precision",
    "sentence right",
    "status right",
    "answered wrongly",
    "refused wrongly",
)
QUESTIONS = "questions"
_DECIMALS = 4
_DECIMALS_OF_A_MEAN = 6  # more, as it is rounded again where it is shown
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
class Baseline:
    """The scores that later runs are held against, and what they were measured on."""

    digests: Mapping[str, str]
    rows: tuple[BaselineRow, ...]


def make_baseline(results: Results) -> Baseline:
    """Return a run as the baseline. Raises DataError where it does not say what it was measured on."""
    if lacking := [key for key in LIKE if key not in results.digests]:
        raise DataError("the run", lacking[0], "is not in its digests; run: wolkwijzer eval run")
    return Baseline({key: results.digests[key] for key in LIKE}, to_rows(results))


def main_measures(rows: Iterable[BaselineRow]) -> Mapping[Language, Scores]:
    """Return the means of the main measures over the frozen questions, by language, where they apply."""
    frozen = [row for row in rows if (row.group, row.split) == (QUESTIONS, "frozen")]
    scores = {
        (language, name): [
            row.scores[name] for row in frozen if row.language == language and name in row.scores
        ]
        for language in LANGUAGES
        for name in MAIN
    }
    return {
        language: {
            name: round(fmean(s), _DECIMALS_OF_A_MEAN) for name in MAIN if (s := scores[language, name])
        }
        for language in LANGUAGES
    }


def to_json(baseline: Baseline) -> str:
    """Return the baseline as JSON, a row a line, so that a change of one question is a change of one line."""
    rows = ",\n".join(json.dumps(asdict(row), ensure_ascii=False, sort_keys=True) for row in baseline.rows)
    head = {"format": FORMAT, "digests": baseline.digests}
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
    if not table.value("rows", []):
        raise table.fault("'rows' is missing or empty")
    digests = table.table("digests")
    rows = tuple(_read_row(entry) for entry in table.tables("rows"))
    table.done()
    times = Counter((row.group, row.id) for row in rows)
    if doubled := next((name for name, often in times.items() if often > 1), None):
        raise DataError(file, f"row {doubled[1]}", "is there twice")
    return Baseline({key: digests.text(key) for key in LIKE}, rows)


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


def to_rows(results: Results) -> tuple[BaselineRow, ...]:
    """Return the scores of a run's questions and checks, by group and id."""
    rows = [
        BaselineRow(row.id, QUESTIONS, row.kind, row.split, row.language, _plain(row))
        for row in results.questions
    ]
    rows += [
        BaselineRow(row.id, row.kind, row.kind, row.split, row.language, _plain(row))
        for row in results.checks
    ]
    return tuple(sorted(rows, key=lambda row: (row.group, row.id)))


def _plain(row: QuestionRow | CheckRow) -> Scores:
    return {name: round(score, _DECIMALS) for name, score in row.scores.items() if score is not None}
