"""The records of the cases: questions and texts with what a right answer holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.answer import ItemStatus, Status
from corpus.facts import Reading
from corpus.paragraph import Language

Split = Literal["tune", "frozen", "own"]
Kind = Literal[
    "privacy",
    "policy",
    "contract",
    "transfer",
    "responsibility",
    "risk",
    "term",
    "onboarding",
    "near_topic",
    "linked_source",
    "off_topic",
]
# The splits of our own files. `own` are the cases of a municipality: shown beside ours, and never counted with them.
SPLITS: tuple[Split, ...] = ("tune", "frozen")
OWN = "own-"  # how the id of a municipality's case begins, and none of ours
KINDS: tuple[Kind, ...] = get_args(Kind)
ANSWERING: frozenset[Status] = frozenset({"answered", "conditional", "partial"})


@dataclass(frozen=True)
class QuestionCase:
    """A question and what a right answer holds.

    `status` lists the statuses that are right, `gold` the ids of the paragraphs of the guidance that answer,
    `sentences` the ids of the sentences that do, where they were written down. `facts` is None where nobody wrote
    down what the question states. Twins ask the same in another language and share everything but the words.
    """

    id: str
    twin: str
    split: Split
    language: Language
    kind: Kind
    question: str
    status: tuple[Status, ...]
    gold: tuple[str, ...]
    facts: Mapping[str, Reading] | None
    items: Mapping[str, ItemStatus]
    sentences: tuple[str, ...] = ()

    @property
    def is_answerable(self) -> bool:
        """Tell whether the sources answer it."""
        return not ANSWERING.isdisjoint(self.status)


@dataclass(frozen=True)
class FactCase:
    """A text and the facts it states; a fact that is not there is unknown."""

    id: str
    split: Split
    language: Language
    text: str
    facts: Mapping[str, Reading]
