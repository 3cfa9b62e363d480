"""The records of a run: how each case went, and what was measured."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answer import Status
from corpus.paragraph import Language
from evals.case import Kind, Split
from evals.checks import CheckRow
from evals.score import Counts

Scores = Mapping[str, float | None]
DEPTH = 10
FIRST_SCREEN = 1500  # characters
FOUND = f"found within {FIRST_SCREEN}"
WITHHELD = "withheld"
SAME_TWICE = "same twice"


@dataclass(frozen=True)
class Excerpt:
    """A paragraph by its id and its first words."""

    paragraph: str
    text: str


@dataclass(frozen=True)
class QuestionRow:
    """How one question went. `ruled_out` names the items that were wrongly shown as not applicable.

    `seconds` is what its answer took, a measurement that differs from run to run. `probability` is that of being
    answerable, as the decision weighs it. Of a miss `gold` holds the paragraphs that answer, `instead` the first
    ones found. A frozen row keeps neither its words, nor its probability, nor what went wrong, so that nobody tunes
    on it by reading a report.
    """

    id: str
    twin: str
    split: Split
    language: Language
    kind: Kind
    status: Status
    scores: Scores
    facts: Mapping[str, Counts]
    ruled_out: tuple[str, ...]
    question: str
    faults: tuple[str, ...]
    seconds: float = 0.0
    probability: float | None = None
    gold: tuple[Excerpt, ...] = ()
    instead: tuple[Excerpt, ...] = ()

    @property
    def is_answerable(self) -> bool:
        """Tell whether the sources answer it."""
        return self.scores.get("refused wrongly") is not None


@dataclass(frozen=True)
class FactRow:
    """How one text was read, by fact. `ruled_out` and `faults` as in QuestionRow."""

    id: str
    split: Split
    language: Language
    facts: Mapping[str, Counts]
    ruled_out: tuple[str, ...]
    text: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """Who wrote a municipality's own case, who else judged it, and where two of them differ, each in a sentence."""

    written_by: str
    checked_by: tuple[str, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True)
class OwnRow:
    """How a municipality's own case went, and who judged it. It is left out of the means where they disagree."""

    row: QuestionRow
    agreement: Agreement


@dataclass(frozen=True)
class Results:
    """A run: its date, digests of the corpus, rules, cases and index that were measured, and the rows.

    No digest, gate, baseline, chart or mean of ours counts the rows of `own`.
    """

    date: str
    digests: Mapping[str, str]
    questions: tuple[QuestionRow, ...]
    facts: tuple[FactRow, ...]
    checks: tuple[CheckRow, ...] = ()
    own: tuple[OwnRow, ...] = ()
