"""Reads the cases (cases/*.jsonl) strictly: every fault names file, line and fault."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from assistant.answer import ItemStatus, Status
from corpus.errors import DataError, FactError
from corpus.facts import Reading, Vocabulary
from corpus.load import Corpus
from corpus.paragraph import Document, Language
from corpus.policy import PolicyList
from corpus.toml import LANGUAGES, Table
from evals.case import KINDS, OWN, SPLITS, FactCase, QuestionCase, Split
from evals.checks import CheckCase, check_files, read_check

HERE = Path(__file__).parent / "cases"
GUIDANCE = "ibd-cloud-2016"
_STATUSES: tuple[Status, ...] = get_args(Status)
_ITEM_STATUSES: tuple[ItemStatus, ...] = get_args(ItemStatus)
_QUESTION_KEYS = ("id", "twin", "language", "kind", "question", "status", "lines")
_FACT_KEYS = ("id", "language", "text", "facts")


@dataclass(frozen=True)
class Cases:
    """All cases in the order of their files, and a digest of the files."""

    questions: tuple[QuestionCase, ...]
    facts: tuple[FactCase, ...]
    checks: tuple[CheckCase, ...]
    digest: str


def load_cases(folder: Path, corpus: Corpus) -> Cases:
    """Read the questions and facts of both splits. Raises DataError."""
    names = [f"{what}-{split}.jsonl" for what in ("questions", "facts") for split in SPLITS]
    files = {name: _read_file(folder / name) for name in names}
    questions = [
        (entry, _read_question(entry, split, corpus))
        for split in SPLITS
        for entry in read_lines(f"questions-{split}.jsonl", files[f"questions-{split}.jsonl"])
    ]
    facts = [
        (entry, _read_fact_case(entry, split, corpus.vocabulary))
        for split in SPLITS
        for entry in read_lines(f"facts-{split}.jsonl", files[f"facts-{split}.jsonl"])
    ]
    checks = []
    for kind, split, path in check_files(folder):
        files[path.name] = _read_file(path)
        checks += [
            (entry, read_check(entry, kind, split, corpus, _read_gold(entry, corpus.documents[GUIDANCE])))
            for entry in read_lines(path.name, files[path.name])
        ]
    _check_ids([(entry, check.id) for entry, check in checks])
    _check_ids([(entry, case.id) for entry, case in questions])
    _check_ids([(entry, case.id) for entry, case in facts])
    _check_twins(questions)
    digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:16]
    return Cases(
        tuple(case for _, case in questions),
        tuple(case for _, case in facts),
        tuple(check for _, check in checks),
        digest,
    )


def wished(cases: Cases) -> Iterator[tuple[str, Language, bool]]:
    """Yield the questions for tuning with their language, and whether they ask if something may go into the cloud."""
    for case in cases.questions:
        is_case = "conditional" in case.status
        if case.split == "tune" and (not is_case or len(case.status) == 1):
            yield case.question, case.language, is_case
    for check in cases.checks:
        if check.split == "tune" and check.kind == "wishes":
            yield check.question, check.language, check.is_wish


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(path.name, "the file", f"cannot be read: {error.strerror}") from error


def read_lines(name: str, content: bytes) -> Iterator[Table]:
    """Yield the lines of a JSON Lines file as tables; each is named by its number. Raises DataError."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except ValueError as error:
            raise DataError(name, f"line {number}", f"not valid JSON: {error}") from error
        if not isinstance(values, dict):
            raise DataError(name, f"line {number}", "must be an object")
        yield Table(name, f"line {number}", values)


def _read_question(entry: Table, split: Split, corpus: Corpus) -> QuestionCase:
    require(entry, _QUESTION_KEYS)
    case = QuestionCase(
        entry.text("id"),
        entry.text("twin"),
        split,
        entry.one_of("language", LANGUAGES),
        entry.one_of("kind", KINDS),
        entry.text("question"),
        entry.some_of("status", _STATUSES),
        gold := _read_gold(entry, corpus.documents[GUIDANCE]),
        read_case_facts(entry, corpus.vocabulary) if "facts" in entry else None,
        _read_items(entry, corpus.policy),
        _read_sentences(entry, corpus.documents[GUIDANCE], gold),
    )
    entry.done()
    if not case.status:
        raise entry.fault("'status' names no status")
    if case.is_answerable and not case.gold:
        raise entry.fault("'lines' is empty, and the sources answer this question")
    return case


def _read_fact_case(entry: Table, split: Split, vocabulary: Vocabulary) -> FactCase:
    require(entry, _FACT_KEYS)
    entry.text("note", "")
    case = FactCase(
        entry.text("id"),
        split,
        entry.one_of("language", LANGUAGES),
        entry.text("text"),
        read_case_facts(entry, vocabulary),
    )
    entry.done()
    return case


def require(entry: Table, keys: tuple[str, ...]) -> None:
    """Refuse an entry without one of the keys."""
    if missing := [key for key in keys if key not in entry]:
        raise entry.fault(f"'{missing[0]}' is missing")


def _read_gold(entry: Table, guidance: Document) -> tuple[str, ...]:
    """Return the ids of the paragraphs that the ranges of lines touch, in the order of the ranges."""
    last = guidance.text.count("\n") + 1
    gold: dict[str, None] = {}
    for a, b in entry.pairs("lines"):
        if type(a) is not int or type(b) is not int or not 1 <= a <= b <= last:
            raise entry.fault(f"lines {a}-{b} are no range of lines of the guidance, which has {last}")
        touched = [p.id for p in guidance.paragraphs if p.lines[0] <= b and a <= p.lines[1]]
        if not touched:
            raise entry.fault(f"lines {a}-{b} touch no paragraph")
        gold |= dict.fromkeys(touched)
    return tuple(gold)


def _read_sentences(entry: Table, guidance: Document, gold: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the sentences of the gold paragraphs that hold one of the wordings under 'sentence'."""
    sentences = [s for paragraph in guidance.paragraphs if paragraph.id in gold for s in paragraph.sentences]
    found: dict[str, None] = {}
    for wording in entry.texts("sentence"):
        holding = [sentence.id for sentence in sentences if wording in sentence.text]
        if not holding:
            raise entry.fault(f"no sentence of the paragraphs in 'lines' holds '{wording}'")
        found |= dict.fromkeys(holding)
    return tuple(found)


def read_case_facts(entry: Table, vocabulary: Vocabulary) -> Mapping[str, Reading]:
    """Return the facts that a case states. Raises DataError for one that the vocabulary does not know."""
    facts = entry.value("facts")
    if not isinstance(facts, dict):
        raise entry.fault("'facts' must be an object")
    try:
        return vocabulary.read_json(facts, "stated")
    except FactError as error:
        raise entry.fault(str(error)) from error


def _read_items(entry: Table, policy: tuple[PolicyList, ...]) -> dict[str, ItemStatus]:
    """Read the named items. One of a list that is not in the policy yet is absent from every answer."""
    known = {policy_list.id: [item.id for item in policy_list.items] for policy_list in policy}
    items = entry.table("items")
    names = items.keys()
    statuses = {}
    for item in names:
        letters = item.rstrip("0123456789")
        if letters == item or item not in known.get(letters, [item]):
            raise entry.fault(f"no such item: '{item}'")
        statuses[item] = items.one_of(item, _ITEM_STATUSES)
    return statuses


def _check_ids(entries: list[tuple[Table, str]]) -> None:
    seen = set[str]()
    for entry, identity in entries:
        if identity in seen:
            raise entry.fault(f"the id '{identity}' is there twice")
        if identity.startswith(OWN):
            raise entry.fault(f"the id '{identity}' begins with '{OWN}', as only a municipality's own do")
        seen.add(identity)


def _check_twins(questions: list[tuple[Table, QuestionCase]]) -> None:
    """Twins stand in one split, share their gold, and are there once in every language."""
    firsts: dict[str, tuple[Table, QuestionCase]] = {}
    languages: dict[str, list[Language]] = {}
    for entry, case in questions:
        _, first = firsts.setdefault(case.twin, (entry, case))
        languages.setdefault(case.twin, []).append(case.language)
        if _shared(case) != _shared(first):
            raise entry.fault(f"differs from its twin {first.id} in more than its words")
    for twin, found in languages.items():
        if sorted(found) != sorted(LANGUAGES):
            raise firsts[twin][0].fault(f"twin '{twin}' must be there once in each of {', '.join(LANGUAGES)}")


def _shared(case: QuestionCase) -> QuestionCase:
    return replace(case, id="", language="nl", question="")
