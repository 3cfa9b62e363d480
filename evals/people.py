"""The actions `eval add` and `eval review`: a person's question or judgement, typed or given by flags, is kept."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from assistant.answer import Status
from assistant.commands import make_index
from assistant.compose import read_question
from assistant.errors import QuestionError
from assistant.facts import detect_language
from assistant.find import Search, find
from assistant.personal import find_personal
from assistant.settings import Folders, Settings
from corpus.errors import FactError
from corpus.library import load_library
from corpus.load import Corpus
from corpus.paragraph import Language
from corpus.toml import LANGUAGES
from evals.case import KINDS
from evals.judge import ANSWERED, Terminal, ask_choice, ask_judgement, ask_text
from evals.own import (
    FILE,
    STATUSES,
    Judgement,
    OwnCase,
    add_case,
    add_review,
    agreement,
    name_statuses,
    own_id,
    read_own,
)
from evals.row import DEPTH
from evals.summary import count_alike

Tell = Callable[[str], None]
OpenTerminal = Callable[[Language], Terminal]


def add_verbs(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    settings: Settings,
    folders: Folders,
    tell: Tell,
    open_terminal: OpenTerminal,
) -> None:
    """Add both actions. `tell` prints a line of the result; a person is asked at the terminal."""
    adding = actions.add_parser("add", help="make a case of a question of your own", allow_abbrev=False)
    adding.add_argument("question", nargs="?", default="", metavar="QUESTION")
    adding.add_argument("--kind", choices=KINDS, help="what it is about")
    adding.add_argument("--lang", choices=LANGUAGES, help="language of the question")
    adding.set_defaults(run=partial(_add, settings, folders, tell, open_terminal))
    reviewing = actions.add_parser(
        "review", help="judge somebody else's case, without seeing their judgement", allow_abbrev=False
    )
    reviewing.add_argument("id", nargs="?", default="", metavar="ID", help="without it: the next unchecked")
    reviewing.set_defaults(run=partial(_review, settings, folders, tell, open_terminal))
    for parser in (adding, reviewing):
        add_own_flag(parser)
        parser.add_argument("--gold", nargs="+", default=[], metavar="ID", help="paragraphs that answer it")
        parser.add_argument("--status", nargs="+", default=[], choices=STATUSES, help="what is right")
        parser.add_argument("--by", default="", metavar="NAME", help="who judges it")


def add_own_flag(parser: "argparse._ActionsContainer") -> None:
    """Add the flag that names the folder of a municipality's own cases."""
    parser.add_argument(
        "--own", type=Path, metavar="FOLDER", help=f"the folder of your own {FILE}; else 'cases' of yours"
    )


def read_asked(folders: Folders, arguments: argparse.Namespace, corpus: Corpus) -> tuple[OwnCase, ...]:
    """Return the own cases that a run asks. Raises FactError for a named folder without any, DataError."""
    if arguments.no_own:
        return ()
    if arguments.own and not (arguments.own / FILE).is_file():
        raise FactError(
            f"{arguments.own} holds no {FILE}; make one with: wolkwijzer eval add --own {arguments.own}"
        )
    return read_own(_own_folder(folders, arguments), corpus)


def _own_folder(folders: Folders, arguments: argparse.Namespace) -> Path:
    own: Path = arguments.own or folders.user / "cases"
    return own


def _add(
    settings: Settings,
    folders: Folders,
    tell: Tell,
    open_terminal: OpenTerminal,
    arguments: argparse.Namespace,
) -> int:
    _require_without_terminal(
        {
            "QUESTION": arguments.question,
            "--gold or --status": arguments.gold or arguments.status,
            "--kind": arguments.kind,
            "--lang": arguments.lang,
            "--by": arguments.by,
        }
    )
    corpus, terminal = load_library(folders.user), open_terminal(arguments.lang or settings.language or "nl")
    index = make_index(corpus, settings, folders.index)
    for line in add(arguments, _own_folder(folders, arguments), corpus, index, terminal):
        tell(line)
    return 0


def _review(
    settings: Settings,
    folders: Folders,
    tell: Tell,
    open_terminal: OpenTerminal,
    arguments: argparse.Namespace,
) -> int:
    judged = arguments.gold or arguments.status
    _require_without_terminal({"ID": arguments.id, "--gold or --status": judged, "--by": arguments.by})
    if judged and not arguments.id:
        raise FactError("--gold and --status need the ID of the case they judge")
    corpus, terminal = load_library(folders.user), open_terminal(settings.language or "nl")
    index, today = make_index(corpus, settings, folders.index), datetime.now(UTC).date().isoformat()
    for line in review(arguments, _own_folder(folders, arguments), corpus, index, terminal, today):
        tell(line)
    return 0


def _require_without_terminal(given: Mapping[str, object]) -> None:
    missing = [flag for flag, value in given.items() if not value]
    if missing and not sys.stdin.isatty():
        raise FactError(f"{missing[0]} is missing, and without a terminal nothing is asked")


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
