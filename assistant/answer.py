"""The records of an answer. Their JSON (render.py) is relied on: fields may be added, never renamed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from corpus.facts import Facts, Reading
from corpus.manifest import SourceAuthority, SourceKind
from corpus.paragraph import SOURCE_LANGUAGE, Language

Status = Literal[
    "answered",
    "conditional",
    "partial",
    "not_in_corpus",
    "linked_source_only",
    "off_topic",
    "refused",
    "error",
]
ItemStatus = Literal["applies", "check", "not_applicable"]
SentenceKind = Literal["position", "quote", "note", "label"]


@dataclass(frozen=True)
class AnswerSentence:
    """One sentence of the answer. A `quote` carries citations; a `label` is not from a source.

    A `position` is prepared by us and rests on the citations it names; a `note` is ours as well, and never a quote.
    """

    text: str
    kind: SentenceKind
    citations: tuple[int, ...] = ()
    standing: str = ""


@dataclass(frozen=True)
class Citation:
    """A verbatim quote: the untouched text of its source at [start, end), white space collapsed.

    `rendition` is our English of it. `notices` are those of the whole paragraph, `quote_notices` those of the quote.
    `basis` says what a note of ours rests on and how sure that is; it is empty for what others wrote. `authority` tells
    whose words go first, `language` is that of the quote, `document` names the source: title, publisher and version.
    """

    n: int
    paragraph: str
    source: str
    source_kind: SourceKind
    locator: str
    text: str
    quote: str
    start: int
    end: int
    sha256: str
    score: float
    rendition: str = ""
    notices: tuple[str, ...] = ()
    quote_notices: tuple[str, ...] = ()
    rendition_standing: str = ""
    basis: str = ""
    authority: SourceAuthority = "guidance"
    language: Language = SOURCE_LANGUAGE
    document: str = ""


@dataclass(frozen=True)
class AnswerNotice:
    """What has overtaken a phrase, as shown with an answer; `is_overdue` once it should have been checked again."""

    id: str
    severity: Literal["A", "B", "C"]
    text: str
    replaced_by: str
    since: str
    citation: str
    confidence: str
    checked_on: str
    check_again: str
    standing: str
    address: str = ""
    phrase: str = ""
    is_overdue: bool = False


@dataclass(frozen=True)
class ChecklistLine:
    """One policy item with its status for this case, in the answer's language.

    `stops` is its place among what can stop the case, 0 where it cannot. `stricter` says which items of ours an own item
    of the municipality tightens, or which own items tighten this one; `tightens` and `tightened_by` are their ids.
    """

    id: str
    title: str
    status: ItemStatus
    why: str
    facts: tuple[str, ...]
    missing: tuple[str, ...]
    paragraph: str
    quote: str
    rendition: str
    who: str
    role: str
    evidence: str
    standing: str
    notices: tuple[str, ...]
    source_kind: SourceKind = "guidance"
    rendition_standing: str = ""
    stops: int = 0
    quote_language: Language = SOURCE_LANGUAGE
    tightens: tuple[str, ...] = ()
    tightened_by: tuple[str, ...] = ()
    stricter: str = ""


@dataclass(frozen=True)
class AbsentList:
    """A list that facts and topics did not bring in."""

    id: str
    title: str


@dataclass(frozen=True)
class Checklist:
    """Every item that must be raised, and the lists that were left out. Made by checklist.py alone.

    `unread` says that own items of the municipality cannot be read, and is empty where they can.
    """

    lines: tuple[ChecklistLine, ...]
    absent: tuple[AbsentList, ...]
    notices: tuple[AnswerNotice, ...] = ()
    unread: str = ""


@dataclass(frozen=True)
class AskNext:
    """A fact worth asking for, and how many lines of the checklist its answer can change."""

    fact: str
    question: str
    changes: int


@dataclass(frozen=True)
class Provenance:
    """From what the answer was made: the project's version, and digests of text, rules and index."""

    version: str
    corpus: str
    rules: str
    index: str
    encoders: tuple[str, ...]


@dataclass(frozen=True)
class Request:
    """What is asked: the question, and what is known beforehand of the case.

    `set` was set by the user, `carried` comes from the conversation. `as_of` is an ISO date.
    """

    question: str
    as_of: str
    language: Language | None = None
    set: Mapping[str, Reading] = field(default_factory=dict)
    carried: Mapping[str, Reading] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """The whole answer. It cannot be built without a checklist. `position` is the id of the prepared answer shown."""

    question: str
    language: Language
    as_of: str
    status: Status
    facts: Facts
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    notices: tuple[AnswerNotice, ...]
    checklist: Checklist
    ask_next: tuple[AskNext, ...]
    provenance: Provenance
    position: str = ""

    def __post_init__(self) -> None:
        if not self.checklist.lines:
            raise ValueError("an Answer needs its checklist")
