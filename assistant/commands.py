"""The verbs ask, search, checklist, verify and doctor."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from assistant.answer import Answer, Request
from assistant.checklist import make_checklist
from assistant.cite import verify_answer
from assistant.compose import answer_question, error_answer
from assistant.doctor import examine
from assistant.draft import Kit
from assistant.errors import QuestionError
from assistant.facts import detect_language
from assistant.find import Search, find
from assistant.hits import hits_to_json, hits_to_text
from assistant.kept import read_kept
from assistant.note import to_markdown
from assistant.render import checklist_to_json, checklist_to_text, dump, facts_to_json, to_json, to_text
from assistant.rules import read_rules
from assistant.settings import Folders, Organisation, Settings
from assistant.tell import Teller
from assistant.words import read_words
from corpus.errors import FactError
from corpus.facts import Reading
from corpus.library import load_library
from corpus.load import Corpus
from corpus.paragraph import Language
from corpus.standing import Standings, read_signoffs, stand
from index.commands import lazy_index, show_progress
from index.lazy import LazyIndex
from index.progress import Progress

_ENOUGH = 200  # characters of a question that tell its language


@dataclass(frozen=True)
class Place:
    """The settings, and where a user's own things and the index are."""

    settings: Settings
    folders: Folders


def add_verbs(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings, folders: Folders
) -> None:
    """Add this package's verbs to the command line."""
    place = Place(settings, folders)
    ask = verbs.add_parser("ask", help="answer a question", allow_abbrev=False)
    ask.add_argument("question", nargs="?", help="the question, Dutch or English")
    shape = ask.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="the Answer as JSON")
    shape.add_argument("--markdown", action="store_true", help="as a note to keep")
    ask.add_argument("--batch", type=Path, metavar="IN", help="a file of questions, one JSON object a line")
    ask.add_argument("--out", type=Path, metavar="OUT", help="where the batch's answers go")
    _add_case(ask)
    ask.set_defaults(run=partial(_ask, place))

    search = verbs.add_parser("search", help="ranked paragraphs, no decision", allow_abbrev=False)
    search.add_argument("query")
    search.add_argument("-k", type=int, default=10, help="how many (1 to 100)")
    search.add_argument("--json", action="store_true")
    search.set_defaults(run=partial(_search, place))

    checklist = verbs.add_parser(
        "checklist", help="the checklist alone; works without an index", allow_abbrev=False
    )
    checklist.add_argument("--topics", default="", help="topics, with commas between them")
    checklist.add_argument("--json", action="store_true")
    _add_case(checklist)
    checklist.set_defaults(run=partial(_checklist, place))

    verify = verbs.add_parser("verify", help="check every quote of an answer or note", allow_abbrev=False)
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.set_defaults(run=partial(_verify, place))

    doctor = verbs.add_parser("doctor", help="what this machine has, what is missing, what to do")
    doctor.set_defaults(run=partial(_doctor, place))


def _add_case(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--facts", default="{}", metavar="JSON", help='like {"data": ["health"], "location": ["nl"]}'
    )
    parser.add_argument("--lang", choices=("nl", "en"), help="language of the answer")
    parser.add_argument(
        "--as-of",
        type=_date,
        metavar="DATE",
        help="the day that due dates and sign-offs are judged by (YYYY-MM-DD)",
    )


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date like 2026-11-23") from error


def make_index(
    corpus: Corpus, settings: Settings, folder: Path, progress: Progress = show_progress
) -> LazyIndex:
    """Return the index, which opens at the first search and is built only where there is none."""
    database = settings.database.get_secret_value()
    return lazy_index(corpus, folder, settings.encoders, settings.allow_downloads, progress, database)


def make_kit(corpus: Corpus, search: Search, user_folder: Path) -> Kit:
    """Return what answering needs. Raises DataError where the user folder's sign-offs cannot be read."""
    return Kit(
        corpus, read_words(), read_rules(), search, version("wolkwijzer"), read_standings(corpus, user_folder)
    )


def read_standings(corpus: Corpus, user_folder: Path) -> Standings:
    """Return who stands for what; without sign-offs everything is a draft."""
    signoffs = read_signoffs(user_folder)
    return stand(corpus.statements(), signoffs) if signoffs else Standings()


def load(place: Place) -> Corpus:
    """Load the corpus with the user's own documents; one that is not whole is told and left out."""
    corpus = load_library(place.folders.user)
    for fault in corpus.faults:
        print(f"wolkwijzer: left out: {fault}", file=sys.stderr)
    return corpus


def _ask(place: Place, arguments: argparse.Namespace) -> int:
    corpus = load(place)
    kit = make_kit(corpus, make_index(corpus, place.settings, place.folders.index), place.folders.user)
    if arguments.batch is not None or arguments.out is not None:
        if arguments.batch is None or arguments.out is None or arguments.question is not None:
            raise FactError("a batch needs --batch IN.jsonl and --out OUT.jsonl, and no question")
        return _ask_batch(arguments, kit, place.settings)
    facts = corpus.vocabulary.read_json(_read_facts(arguments.facts))
    language: Language | None = arguments.lang or place.settings.language or None
    request = Request(arguments.question or "", arguments.as_of or today(), language, facts)
    try:
        answer = answer_question(request, kit)
    except QuestionError as error:
        raise QuestionError(_say_why(error, request.question, language, kit)) from error
    print(_shape(arguments, kit, place.settings.organisation)(answer))
    return 0


def _say_why(error: QuestionError, question: str, language: Language | None, kit: Kit) -> str:
    """Return why a question cannot be read, in the language asked for or else that of the question."""
    spoken = language or detect_language(question[:_ENOUGH], kit.corpus.patterns)
    return kit.words.say(f"question.{error.reason}", spoken)


def _shape(arguments: argparse.Namespace, kit: Kit, organisation: Organisation) -> Callable[[Answer], str]:
    if arguments.json:
        return lambda answer: dump(to_json(answer, kit.corpus.vocabulary))
    if arguments.markdown:
        corpus = kit.corpus
        return lambda answer: to_markdown(answer, corpus.sources, corpus.vocabulary, kit.words, organisation)
    return lambda answer: to_text(answer, kit.corpus, kit.words)


def _ask_batch(arguments: argparse.Namespace, kit: Kit, settings: Settings) -> int:
    """Answer a file of questions; a line that cannot be read gets an Answer with status error."""
    if arguments.out.resolve() == arguments.batch.resolve():
        raise FactError("--out would overwrite the questions; name another file")
    try:
        lines = arguments.batch.read_bytes().splitlines()
        with arguments.out.open("w", encoding="utf-8") as out:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    identity, answer = _answer_line(number, line, arguments, kit, settings)
                    record = {"id": identity, "answer": to_json(answer, kit.corpus.vocabulary)}
                    out.write(json.dumps(record, ensure_ascii=False) + "\n")
    except OSError as error:
        raise FactError(f"{error.filename}: {error.strerror}") from error
    return 0


def _answer_line(
    number: int, line: bytes, arguments: argparse.Namespace, kit: Kit, settings: Settings
) -> tuple[object, Answer]:
    language: Language | None = arguments.lang or settings.language or None
    as_of = arguments.as_of or today()
    identity: object = None
    question = ""
    try:
        record = _read_line(line)
        identity, asked = record.get("id"), record.get("question", "")
        if not isinstance(asked, str):
            raise FactError("'question' must be a text")
        question = asked
        if unknown := sorted(set(record) - {"id", "question", "facts"}):
            raise FactError(f"unknown field '{unknown[0]}'; known are id, question, facts")
        facts = record.get("facts") or {}
        if not isinstance(facts, dict):
            raise FactError('"facts" must be an object like {"data": ["health"]}')
        request = Request(question, as_of, language, kit.corpus.vocabulary.read_json(facts))
        return identity, answer_question(request, kit)
    except QuestionError as error:
        reason = _say_why(error, question, language, kit)
    except FactError as error:
        reason = f"{error}."
    request = Request(question[:_ENOUGH], as_of, language)
    return identity, error_answer(request, number, reason, kit)


def _read_line(line: bytes) -> dict[str, object]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FactError('not JSON; write a line like {"id": "1", "question": "..."}') from error
    if not isinstance(record, dict):
        raise FactError('write a line like {"id": "1", "question": "..."}')
    return record


def _search(place: Place, arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.k <= 100:
        raise FactError("-k must be from 1 to 100")
    corpus = load(place)
    kit = make_kit(corpus, make_index(corpus, place.settings, place.folders.index), place.folders.user)
    spoken = detect_language(arguments.query, corpus.patterns)
    found = find(kit.search, corpus, arguments.query, arguments.k, spoken).hits
    if arguments.json:
        print(dump(hits_to_json(found, corpus, place.settings.language or "nl")))
    else:
        teller = Teller(kit.words, place.settings.language or spoken, today(), kit.standings)
        print(hits_to_text(found, corpus, teller))
    return 0


def _checklist(place: Place, arguments: argparse.Namespace) -> int:
    corpus, words = load(place), read_words()
    readings: Mapping[str, Reading] = corpus.vocabulary.read_json(_read_facts(arguments.facts))
    topics = [topic.strip() for topic in arguments.topics.split(",") if topic.strip()]
    facts = corpus.vocabulary.combine(readings, topics=topics)
    language: Language = arguments.lang or place.settings.language or "nl"
    standings = read_standings(corpus, place.folders.user)
    teller = Teller(words, language, arguments.as_of or today(), standings)
    checklist = make_checklist(corpus, facts, teller)
    if arguments.json:
        print(dump({"facts": facts_to_json(facts, corpus.vocabulary), **checklist_to_json(checklist)}))
    else:
        print(checklist_to_text(checklist, language, words, folded=False))
    return 0


def _verify(place: Place, arguments: argparse.Namespace) -> int:
    answer = read_kept(arguments.file)
    faults = verify_answer(answer, load(place))
    for fault in faults:
        print(f"[{fault.n}] {fault.reason}" if fault.n else fault.reason)
    if not faults:
        print(
            f"{len(answer['citations'])} quotes and {len(answer['checklist'])} checklist quotes are verbatim; "
            "what Wolkwijzer says in its own words is not checked"
        )
    return 1 if faults else 0


def _doctor(place: Place, _: argparse.Namespace) -> int:
    findings = examine(place.settings, place.folders)
    for finding in findings:
        print(f"{'ok ' if finding.is_well else 'NOT'}  {finding.name}: {finding.detail}")
        if finding.advice:
            print(f"     -> {finding.advice}")
    return 0 if all(finding.is_well for finding in findings) else 1


def _read_facts(text: str) -> dict[str, object]:
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FactError(f'--facts is not JSON: {error}; write it like {{"data": ["health"]}}') from error
    if not isinstance(facts, dict):
        raise FactError('--facts must be an object like {"data": ["health"]}')
    return facts


def today() -> str:
    """Return the day it is, as an ISO date."""
    return datetime.now(UTC).date().isoformat()
