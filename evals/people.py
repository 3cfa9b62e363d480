"""The actions `eval add` and `eval review`: a person's question or judgement, typed or given by flags, is kept."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.answer import Status
from assistant.compose import read_question
from assistant.errors import QuestionError
from assistant.facts import detect_language
from assistant.find import Search, find
from assistant.personal import find_personal
from corpus.errors import FactError
from corpus.load import Corpus
from corpus.paragraph import Language
from evals.case import KINDS
from evals.judge import ANSWERED, Terminal, ask_choice, ask_judgement, ask_text
from evals.own import (
    FILE,
    Judgement,
    OwnCase,
    add_case,
    add_review,
    agreement,
    count_alike,
    name_statuses,
    own_id,
    read_own,
)
from evals.run import DEPTH


def add(
    arguments: argparse.Namespace, folder: Path, corpus: Corpus, search: Search, terminal: Terminal
) -> Iterator[str]:
    """Keep a new case and yield what to say of it. Asks at the terminal for what no flag gives.

    Raises QuestionError for a question that no case may hold, FactError for flags that cannot be right, DataError.
    """
    known = [case.question.id for case in read_own(folder, corpus)]
    question = _read_question(arguments.question or ask_text(terminal, "case.question"), terminal)
    if own_id(question) in known:
        raise FactError(
            f"this question is a case already; judge it: wolkwijzer eval review {own_id(question)}"
        )
    language: Language = arguments.lang or detect_language(question, corpus.patterns)
    terminal = replace(terminal, language=language)
    gold, status = _judge(question, arguments, corpus, search, terminal)
    kinds = {kind: terminal.say(f"kind.{kind}") for kind in KINDS}
    kind = arguments.kind or ask_choice(terminal, "case.kind", kinds)
    by = (arguments.by or ask_text(terminal, "case.by")).strip()
    judgement = _checked(Judgement(by, gold, status), corpus)
    case = add_case(folder, question, language, kind, judgement, corpus)
    yield f"{case.question.id}  {question}"
    statuses = name_statuses(status, terminal.words, language)
    yield f"  {terminal.say('case.written', {'by': by})} ({language}; {kinds[kind]}; {statuses})"
    yield from (f"  {corpus.locate(corpus.by_id[identity], language)}" for identity in gold)
    yield terminal.say("case.kept", {"file": folder / FILE, "id": case.question.id})
    yield from _tell_agreement(read_own(folder, corpus), corpus, terminal)


def review(
    arguments: argparse.Namespace,
    folder: Path,
    corpus: Corpus,
    search: Search,
    terminal: Terminal,
    today: str,
) -> Iterator[str]:
    """Keep what a second person says of a case, who does not see what the first one said; yield what to say of it.

    Without an id it is the first case that nobody but its writer judged. Raises as `add`.
    """
    known = {case.question.id: case for case in read_own(folder, corpus)}
    if arguments.id and arguments.id not in known:
        raise FactError(f"there is no case '{arguments.id}' in {folder / FILE}")
    by = (arguments.by or ask_text(terminal, "case.by")).strip()
    identity = arguments.id or _next_unchecked(known.values(), by)
    if not identity:
        yield terminal.say("case.no_more")
        return
    case = known[identity]
    if case.was_judged_by(by):
        raise FactError(f"{by} wrote or judged {identity} already; another person must")
    terminal = replace(terminal, language=case.question.language)
    terminal.show(terminal.say("case.judging", {"question": case.question.question}))
    gold, status = _judge(case.question.question, arguments, corpus, search, terminal)
    add_review(folder, identity, _checked(Judgement(by, gold, status, today), corpus), corpus)
    yield terminal.say("case.reviewed", {"id": identity, "file": folder / FILE})
    yield from _tell_agreement(read_own(folder, corpus), corpus, terminal)


def _next_unchecked(cases: Iterable[OwnCase], by: str) -> str:
    unchecked = (case for case in cases if len(case.judgements) == 1 and not case.was_judged_by(by))
    return next((case.question.id for case in unchecked), "")


def _read_question(text: str, terminal: Terminal) -> str:
    try:
        question = read_question(text)
    except QuestionError as error:
        raise QuestionError(terminal.say(f"question.{error.reason}")) from error
    if sorts := find_personal(question):
        said = terminal.words.join((terminal.say(f"personal.{sort}") for sort in sorts), terminal.language)
        raise QuestionError(terminal.say("personal.refused", {"sorts": said}))
    return question


def _judge(
    question: str, arguments: argparse.Namespace, corpus: Corpus, index: Search, terminal: Terminal
) -> tuple[tuple[str, ...], tuple[Status, ...]]:
    if arguments.gold or arguments.status:
        return tuple(arguments.gold), tuple(arguments.status) or ANSWERED

    def search(query: str) -> list[str]:
        hits = find(index, corpus, query, DEPTH, terminal.language).hits
        return [hit.paragraph for hit in hits if hit.paragraph not in corpus.notes]

    return ask_judgement(question, search, corpus, terminal)


def _checked(judgement: Judgement, corpus: Corpus) -> Judgement:
    if fault := judgement.fault(corpus):
        raise FactError(fault)
    return judgement


def _tell_agreement(own: Sequence[OwnCase], corpus: Corpus, terminal: Terminal) -> Iterator[str]:
    agreements = [agreement(case, corpus, terminal.words, terminal.language) for case in own]
    for case, one in zip(own, agreements, strict=True):
        yield from (f"{case.question.id}: {text}" for text in one.differences)
    alike, checked = count_alike(agreements)
    if checked:
        yield terminal.say("case.alike", {"alike": alike, "checked": checked})
