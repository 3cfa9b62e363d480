"""The verb `eval`: runs the cases, and writes what came out."""

import argparse
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from assistant.answer import Answer, Request
from assistant.commands import make_index, make_kit
from assistant.compose import answer_question
from assistant.facts import detect_language, read_facts
from assistant.find import find
from assistant.settings import Folders, Settings
from corpus.errors import DataError
from corpus.load import load_corpus
from evals.load import HERE, load_cases
from evals.report import from_json, to_json, to_markdown
from evals.run import run
from evals.summary import gates


def add_verbs(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings, folders: Folders
) -> None:
    """Add `eval run` and `eval report`."""
    parser = verbs.add_parser("eval", help="measure the answers")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    running = actions.add_parser("run", help="ask every question and keep what came out; 1 if a gate fails")
    running.add_argument(
        "--out", type=Path, default=Path("eval.json"), metavar="FILE", help="where it is kept"
    )
    running.add_argument("--cases", type=Path, default=HERE, metavar="FOLDER", help="the cases to run")
    running.set_defaults(run=partial(_run, settings, folders))
    report = actions.add_parser("report", help="a kept run as Markdown or JSON")
    report.add_argument("file", type=Path, nargs="?", default=Path("eval.json"), metavar="FILE")
    report.add_argument("--json", action="store_true")
    report.set_defaults(run=_report)


def _run(settings: Settings, folders: Folders, arguments: argparse.Namespace) -> int:
    corpus = load_corpus()
    cases = load_cases(arguments.cases, corpus)
    kit = make_kit(corpus, make_index(corpus, settings, folders.index), folders.user)
    today = datetime.now(UTC).date().isoformat()

    def ask(question: str) -> Answer:
        return answer_question(Request(question, today), kit)

    def search(query: str, k: int) -> list[str]:
        language = detect_language(query, corpus.patterns)
        return [hit.paragraph for hit in find(kit.search, corpus, query, k, language)]

    search("cloud", 1)  # builds the index where there is none
    results = run(
        cases,
        corpus,
        ask,
        search,
        lambda text: read_facts(text, corpus.patterns).readings,
        kit.search.generation,
        today,
    )
    try:
        arguments.out.write_text(to_json(results), encoding="utf-8")
    except OSError as error:
        raise DataError(str(arguments.out), "the run", f"cannot be kept: {error.strerror}") from error
    failed = [gate for gate in gates(results) if not gate.passed]
    for gate in gates(results):
        print(f"{'passed' if gate.passed else 'FAILED'}  {gate.name}")
    print(f"kept in {arguments.out}; read it with: wolkwijzer eval report {arguments.out}", file=sys.stderr)
    return 1 if failed else 0


def _report(arguments: argparse.Namespace) -> int:
    try:
        results = from_json(arguments.file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = f"cannot be read ({error}); run: wolkwijzer eval run"
        raise DataError(str(arguments.file), "the run", reason) from error
    print(to_json(results) if arguments.json else to_markdown(results), end="")
    return 0
