"""The verb `eval`: runs the cases, reports and compares what came out."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from assistant.answer import Answer, Request
from assistant.commands import make_index, make_kit
from assistant.compose import answer_question
from assistant.decide import asks_absent_value, probability, wish_signals
from assistant.facts import detect_language, read_facts
from assistant.find import find
from assistant.settings import Folders, Settings
from assistant.words import read_words
from corpus.errors import FactError
from corpus.library import load_library
from corpus.paragraph import Language
from evals import people
from evals.baseline import make_baseline, read_baseline
from evals.baseline import to_json as baseline_to_json
from evals.blind import draw, to_key, to_sheet
from evals.compare import compare, to_text
from evals.files import read_past, read_results, read_text, write
from evals.fit import fit, fit_wish, to_toml
from evals.history import accept, to_line
from evals.judge import Terminal
from evals.keep import to_json
from evals.load import HERE, load_cases, wished
from evals.peers import commands as others
from evals.report import to_markdown
from evals.row import DEPTH, Results
from evals.run import run, run_own
from evals.speed import to_json as speed_to_json
from evals.speed import to_markdown as speed_to_markdown
from evals.summary import gates
from index.hit import Evidence, SearchResult
from index.recipe import make_recipe

BASELINE = Path(__file__).parent / "baseline.json"
HISTORY = "history.jsonl"  # beside the baseline


def add_verbs(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings, folders: Folders
) -> None:
    """Add the actions of `eval`."""
    parser = verbs.add_parser("eval", help="measure the answers")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    running = actions.add_parser("run", help="ask every question and keep what came out; 1 if a gate fails")
    running.add_argument(
        "--out", type=Path, default=Path("eval.json"), metavar="FILE", help="where it is kept"
    )
    running.add_argument("--cases", type=Path, default=HERE, metavar="FOLDER", help="the cases to run")
    mine = running.add_mutually_exclusive_group()
    people.add_own_flag(mine)
    mine.add_argument("--no-own", action="store_true", help="leave your own cases out")
    running.set_defaults(run=partial(_run, settings, folders))
    people.add_verbs(actions, settings, folders, print, _terminal)
    report = actions.add_parser("report", help="a kept run as Markdown, JSON or an HTML page")
    report.add_argument("file", type=Path, nargs="?", default=Path("eval.json"), metavar="FILE")
    shape = report.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true")
    shape.add_argument("--html", type=Path, metavar="OUT", help="write a page that stands alone")
    report.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE")
    report.set_defaults(run=_report)
    comparing = actions.add_parser(
        "compare",
        help="compare a kept run with the baseline; 1 where something got worse or a promise is broken",
    )
    comparing.add_argument("file", type=Path, nargs="?", default=Path("eval.json"), metavar="FILE")
    comparing.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE")
    comparing.add_argument("--accept", action="store_true", help="make this run the baseline; needs --reason")
    comparing.add_argument("--reason", default="", metavar="TEXT", help="why; it is kept in the history")
    comparing.set_defaults(run=_compare)
    blind = actions.add_parser("blind", help="a sheet of twenty answers for a person to score, and its key")
    blind.add_argument("--out", type=Path, default=Path("blind.html"), metavar="SHEET")
    blind.add_argument("--key", type=Path, default=Path("blind-key.json"), metavar="KEY")
    blind.add_argument("--cases", type=Path, default=HERE, metavar="FOLDER", help="the cases to draw from")
    blind.set_defaults(run=partial(_blind, settings, folders))
    fitting = actions.add_parser("fit", help="fit the weights of the refusal on the tuning half; prints TOML")
    fitting.set_defaults(run=lambda _: _fit(settings, folders))
    timing = actions.add_parser("bench", help="measure the speed; for an idle machine")
    timing.add_argument("--json", action="store_true")
    timing.add_argument("--out", type=Path, metavar="FILE", help="keep it in a file instead of printing it")
    timing.set_defaults(run=partial(_bench, settings, folders))
    others.add_verbs(actions, settings)


def _terminal(language: Language) -> Terminal:
    """Ask on standard error, so that standard output holds the result alone."""

    def read() -> str:
        print("> ", end="", file=sys.stderr, flush=True)
        return input()

    return Terminal(partial(print, file=sys.stderr), read, read_words(), language)


def _fit(settings: Settings, folders: Folders) -> int:
    corpus = load_library(folders.user)
    kit = make_kit(corpus, make_index(corpus, settings, folders.index), folders.user)

    @cache  # the questions for tuning are weighed for both tables
    def weigh(question: str, language: Language) -> tuple[Evidence, bool]:
        found = find(kit.search, corpus, question, DEPTH, language)
        return found.evidence, asks_absent_value(question, found.hits, corpus, kit.rules)

    def signal(question: str, language: Language) -> tuple[float, ...]:
        read = read_facts(question, corpus.patterns)
        facts = corpus.vocabulary.combine(read.readings, topics=read.topics)
        return wish_signals(question, facts, weigh(question, language)[0], corpus, kit.rules)

    cases = load_cases(HERE, corpus)
    wishes = [(is_wish, signal(question, language)) for question, language, is_wish in wished(cases)]
    print(to_toml(fit(cases.questions, weigh), fit_wish(wishes)), end="")
    return 0


def _run(settings: Settings, folders: Folders, arguments: argparse.Namespace) -> int:
    corpus = load_library(folders.user)
    cases, own = load_cases(arguments.cases, corpus), people.read_asked(folders, arguments, corpus)
    kit = make_kit(corpus, make_index(corpus, settings, folders.index), folders.user)
    today = datetime.now(UTC).date().isoformat()

    def ask(question: str) -> Answer:
        return answer_question(Request(question, today), kit)

    def look_up(query: str, k: int) -> SearchResult:
        return find(kit.search, corpus, query, k, detect_language(query, corpus.patterns))

    def search(query: str, k: int) -> list[str]:
        return [hit.paragraph for hit in look_up(query, k).hits]

    def weigh(question: str) -> float:
        language = detect_language(question, corpus.patterns)
        return probability(question, language, look_up(question, DEPTH), corpus, kit.rules)

    search("cloud", 1)  # builds the index where there is none
    results = run(
        cases,
        corpus,
        ask,
        search,
        weigh,
        lambda text: read_facts(text, corpus.patterns).readings,
        {"index": kit.search.generation, "recipe": make_recipe(settings.encoders).digest()},
        today,
    )
    results = replace(results, own=run_own(own, corpus, ask, search, weigh))
    write({arguments.out: to_json(results)})
    failed = [gate for gate in gates(results) if not gate.passed]
    for gate in gates(results):
        print(f"{'passed' if gate.passed else 'FAILED'}  {gate.name}")
    if own:
        print(f"beside these, cases of your own: {len(own)}", file=sys.stderr)
    print(f"kept in {arguments.out}; read it with: wolkwijzer eval report {arguments.out}", file=sys.stderr)
    return 1 if failed else 0


def _bench(settings: Settings, folders: Folders, arguments: argparse.Namespace) -> int:
    from evals.measure import measure

    speed = measure(settings, folders, datetime.now(UTC).date().isoformat())
    text = speed_to_json(speed) + "\n" if arguments.json else speed_to_markdown(speed)
    if arguments.out is None:
        print(text, end="")
    else:
        write({arguments.out: text})
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    results, path = read_results(arguments.file), arguments.baseline
    if arguments.accept != bool(arguments.reason.strip()):
        raise FactError("--accept needs --reason TEXT, and a reason needs --accept")
    if arguments.accept:
        _accept(path, results, arguments.reason.strip())
        return 0
    comparison = compare(read_baseline(read_text(path), path.name), results)
    print(to_text(comparison), end="")
    return 0 if comparison.passed else 1


def _accept(path: Path, results: Results, reason: str) -> None:
    """Make a run the baseline and remember it; the history lies beside the baseline."""
    past, baseline = path.with_name(HISTORY), make_baseline(results)
    history = (*read_past(past), accept(baseline, results.date, reason))
    write({path: baseline_to_json(baseline), past: "".join(map(to_line, history))})
    print(f"{path} is the baseline now; {past} has a line more", file=sys.stderr)


def _report(arguments: argparse.Namespace) -> int:
    results, path = read_results(arguments.file), arguments.baseline
    if arguments.html is None:
        print(to_json(results) if arguments.json else to_markdown(results), end="")
        return 0
    from evals.page import to_html  # matplotlib is an optional extra, and takes a second to import

    baseline = read_baseline(read_text(path), path.name) if path.exists() else None
    history = read_past(path.with_name(HISTORY))
    write({arguments.html: to_html(results, baseline, history)})
    print(f"written to {arguments.html}", file=sys.stderr)
    return 0


def _blind(settings: Settings, folders: Folders, arguments: argparse.Namespace) -> int:
    if arguments.out.resolve() == arguments.key.resolve():
        raise FactError("--out and --key must be two files, or the sheet is not blind")
    corpus = load_library(folders.user)
    cases = load_cases(arguments.cases, corpus)
    kit = make_kit(corpus, make_index(corpus, settings, folders.index), folders.user)
    today = datetime.now(UTC).date().isoformat()
    asked = [(case, answer_question(Request(case.question, today), kit)) for case in draw(cases.questions)]
    digests = {"corpus": corpus.digest, "cases": cases.digest, "index": kit.search.generation}
    sheet = to_sheet([answer for _, answer in asked], kit.words)
    write({arguments.out: sheet, arguments.key: to_key(asked, digests)})
    print(f"{arguments.out} is the sheet; keep {arguments.key} from who scores it", file=sys.stderr)
    return 0
