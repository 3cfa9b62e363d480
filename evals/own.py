"""Cases of a municipality's own: a question, what its writer and others judge to be right, and where they disagree."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import get_args

from assistant.answer import Status
from assistant.compose import read_question
from assistant.errors import QuestionError
from assistant.words import Words
from corpus.errors import DataError
from corpus.load import Corpus
from corpus.paragraph import Language
from corpus.toml import LANGUAGES, Table
from corpus.whole import write_whole
from evals.case import ANSWERING, KINDS, OWN, Kind, QuestionCase
from evals.load import read_case_facts, read_lines, require
from evals.row import Agreement

FILE = "questions.jsonl"
STATUSES: tuple[Status, ...] = tuple(status for status in get_args(Status) if status != "error")
_KEYS = ("id", "language", "kind", "question", "written_by", "status", "gold")


@dataclass(frozen=True)
class Judgement:
    """What one person holds right: the ids of the paragraphs that answer, and the statuses. The writer's has no date."""

    by: str
    gold: tuple[str, ...]
    status: tuple[Status, ...]
    date: str = ""

    def fault(self, corpus: Corpus) -> str:
        """Return what cannot be right about it; empty where nothing is."""
        if not self.by.strip() or not self.by.isprintable():
            return "a name is blank, or holds signs that cannot be shown"
        for paragraph in self.gold:
            if paragraph not in corpus.by_id or paragraph in corpus.notes:
                return f"the sources have no paragraph '{paragraph}'; find one with: wolkwijzer search WORDS --json"
        if len(set(self.gold)) < len(self.gold):
            return "a paragraph is named twice"
        if not self.status:
            return "no status is named"
        is_answerable = not ANSWERING.isdisjoint(self.status)
        if is_answerable and not self.gold:
            return f"{' or '.join(self.status)} needs a paragraph that answers"
        if self.gold and not is_answerable:
            return f"paragraphs answer it, so {' or '.join(self.status)} cannot be right"
        return ""


@dataclass(frozen=True)
class OwnCase:
    """A question of split `own`, and who judged it: its writer first, whose judgement is its gold, then the others."""

    question: QuestionCase
    judgements: tuple[Judgement, ...]

    def was_judged_by(self, name: str) -> bool:
        """Tell whether a person wrote or reviewed it, however the name is spaced or capitalised."""
        return _plain(name) in [_plain(judgement.by) for judgement in self.judgements]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def read_own(folder: Path, corpus: Corpus) -> tuple[OwnCase, ...]:
    """Read a folder's cases; none where it has no file. Raises DataError naming file, line and fault."""
    path = folder / FILE
    return _parse(path, _read(path), corpus)


def add_case(
    folder: Path, question: str, language: Language, kind: Kind, judgement: Judgement, corpus: Corpus
) -> OwnCase:
    """Append a case to the folder's file and return it. Raises DataError; then the file is as it was."""
    path = folder / FILE
    entry = {
        "id": own_id(question),
        "language": language,
        "kind": kind,
        "question": question,
        "status": judgement.status,
        "gold": judgement.gold,
        "written_by": judgement.by,
        "reviews": [],
    }
    before = _read(path)
    ended = before if before.endswith(b"\n") or not before else before + b"\n"
    return _write(path, ended + _dump(entry) + b"\n", corpus)[-1]


def add_review(folder: Path, identity: str, review: Judgement, corpus: Corpus) -> OwnCase:
    """Add a review to the line of a case and return the case. Raises DataError; then the file is as it was."""
    path = folder / FILE
    before = _read(path)
    _parse(path, before, corpus)
    lines = before.split(b"\n")
    for number, line in enumerate(lines):
        entry = json.loads(line) if line.strip() else {}
        if entry.get("id") == identity:
            record = {"by": review.by, "date": review.date, "status": review.status, "gold": review.gold}
            lines[number] = _dump({**entry, "reviews": [*entry.get("reviews", []), record]})
    own = _write(path, b"\n".join(lines), corpus)
    return next(case for case in own if case.question.id == identity)


def own_id(question: str) -> str:
    """Return the id of a new case: of its words, so that two people's files can be joined without a clash."""
    return OWN + hashlib.sha256(question.casefold().encode()).hexdigest()[:8]


def agreement(case: OwnCase, corpus: Corpus, words: Words, language: Language) -> Agreement:
    """Say who judged a case, and where each two of them differ: other paragraphs, or no status in common."""
    writer, *others = case.judgements
    pairs = combinations(case.judgements, 2)
    differences = (text for one, other in pairs for text in _differ(one, other, corpus, words, language))
    return Agreement(writer.by, tuple(other.by for other in others), tuple(differences))


def name_statuses(statuses: Iterable[Status], words: Words, language: Language) -> str:
    """Return the statuses as people read them."""
    return " / ".join(words.say(f"status.{status}", language) for status in statuses)


def _differ(
    one: Judgement, other: Judgement, corpus: Corpus, words: Words, language: Language
) -> Iterator[str]:
    names = {"one": one.by, "other": other.by}

    def places(gold: Iterable[str]) -> str:
        return "; ".join(corpus.locate(corpus.by_id[p], language) for p in gold) or words.say(
            "case.none", language
        )

    if set(one.gold) != set(other.gold):
        only = {
            "a": [p for p in one.gold if p not in other.gold],
            "b": [p for p in other.gold if p not in one.gold],
        }
        yield words.say(
            "case.other_gold", language, names | {name: places(gold) for name, gold in only.items()}
        )
    if set(one.status).isdisjoint(other.status):
        statuses = {
            "a": name_statuses(one.status, words, language),
            "b": name_statuses(other.status, words, language),
        }
        yield words.say("case.other_status", language, names | statuses)


def _parse(path: Path, content: bytes, corpus: Corpus) -> tuple[OwnCase, ...]:
    cases: dict[str, OwnCase] = {}
    for entry in read_lines(str(path), content):
        case = _read_case(entry, corpus)
        if case.question.id in cases:
            raise entry.fault(f"the id '{case.question.id}' is there twice")
        cases[case.question.id] = case
    return tuple(cases.values())


def _read_case(entry: Table, corpus: Corpus) -> OwnCase:
    require(entry, _KEYS)
    identity = entry.text("id")
    if not identity.startswith(OWN):
        raise entry.fault(f"the id '{identity}' must begin with '{OWN}', so that it is none of ours")
    writer = Judgement(entry.text("written_by"), entry.texts("gold"), entry.some_of("status", STATUSES))
    question = QuestionCase(
        identity,
        identity,
        "own",
        entry.one_of("language", LANGUAGES),
        entry.one_of("kind", KINDS),
        _read_words(entry),
        writer.status,
        writer.gold,
        read_case_facts(entry, corpus.vocabulary) if "facts" in entry else None,
        {},
    )
    _refuse(entry, writer, corpus)
    case = OwnCase(question, (writer,))
    for inner in entry.tables("reviews", "by"):
        review = Judgement(
            inner.text("by"), inner.texts("gold"), inner.some_of("status", STATUSES), inner.text("date")
        )
        inner.done()
        _refuse(inner, review, corpus)
        if case.was_judged_by(review.by):
            raise inner.fault(f"{review.by} wrote or judged this case already; another person must")
        case = OwnCase(question, (*case.judgements, review))
    entry.done()
    return case


def _read_words(entry: Table) -> str:
    question = entry.text("question")
    try:
        is_plain = read_question(question) == question
    except QuestionError:
        is_plain = False
    if not is_plain:
        raise entry.fault("'question' is too long, has no words, or holds signs that cannot be shown")
    return question


def _refuse(entry: Table, judgement: Judgement, corpus: Corpus) -> None:
    if fault := judgement.fault(corpus):
        raise entry.fault(fault)
    try:
        date.fromisoformat(judgement.date or "2000-01-01")
    except ValueError as error:
        raise entry.fault(f"'date' is '{judgement.date}'; write it like 2026-11-23") from error


def _dump(entry: Mapping[str, object]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise DataError(str(path), "the file", f"cannot be read: {error.strerror}") from error


def _write(path: Path, content: bytes, corpus: Corpus) -> tuple[OwnCase, ...]:
    """Write the file whole or not at all, once all of it can be read as cases."""
    own = _parse(path, content, corpus)
    try:
        write_whole(path, content)
    except OSError as error:
        fault = f"cannot be written: {error.strerror}; the cases that were there still are"
        raise DataError(str(path), "the file", fault) from error
    return own
