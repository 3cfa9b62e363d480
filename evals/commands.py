"""The verb `eval`: runs the cases, writes what came out, compares it, and scores the search on other benchmarks."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.answer import Answer, Request
from assistant.commands import make_index, make_kit
from assistant.compose import answer_question
from assistant.decide import asks_absent_value
from assistant.facts import detect_language, read_facts
from assistant.find import find
from assistant.settings import Folders, Settings
from assistant.words import read_words
from corpus.errors import DataError, FactError
from corpus.load import Corpus, load_corpus
from corpus.paragraph import Language
from corpus.toml import LANGUAGES
from evals.beir import read_benchmark, score
from evals.case import KINDS
from evals.compare import compare, make_baseline, read_baseline, to_text
from evals.compare import to_json as baseline_to_json
from evals.fit import fit, to_toml
from evals.judge import Terminal
from evals.load import HERE, load_cases
from evals.own import FILE, STATUSES, OwnCase, read_own
from evals.people import add, review
from evals.report import from_json, to_json, to_markdown
from evals.run import DEPTH, Results, run, run_own
from evals.summary import gates
from index.commands import show_progress
from index.hit import Evidence
from index.lazy import LazyIndex
from index.recipe import make_recipe

BASELINE = Path(__file__).parent / "baseline.json"


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
    _add_own_folder(mine)
    mine.add_argument("--no-own", action="store_true", help="leave your own cases out")
    running.set_defaults(run=partial(_run, settings, folders))
    _add_case_verbs(actions, settings, folders)
    report = actions.add_parser("report", help="a kept run as Markdown or JSON")
    report.add_argument("file", type=Path, nargs="?", default=Path("eval.json"), metavar="FILE")
    report.add_argument("--json", action="store_true")
    report.set_defaults(run=_report)
    comparing = actions.add_parser(
        "compare",
        help="compare a kept run with the baseline; 1 where something got worse or a promise is broken",
    )
    comparing.add_argument("file", type=Path, nargs="?", default=Path("eval.json"), metavar="FILE")
    comparing.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE")
    comparing.add_argument("--accept", action="store_true", help="make this run the baseline; needs --reason")
    comparing.add_argument("--reason", default="", metavar="TEXT", help="why; it is kept in the baseline")
    comparing.set_defaults(run=_compare)
    fitting = actions.add_parser("fit", help="fit the weights of the refusal on the tuning half; prints TOML")
    fitting.set_defaults(run=lambda _: _fit(settings, folders))
    retrieval = actions.add_parser("retrieval", help="score the search alone, on a benchmark of others")
    retrieval.add_argument(
        "--beir", type=Path, required=True, metavar="DIR", help="a folder in the layout of BEIR"
    )
    retrieval.set_defaults(run=partial(_retrieval, settings))


def _add_case_verbs(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings, folders: Folders
) -> None:
    adding = actions.add_parser("add", help="make a case of a question of your own", allow_abbrev=False)
    adding.add_argument("question", nargs="?", default="", metavar="QUESTION")
    adding.add_argument("--kind", choices=KINDS, help="what it is about")
    adding.add_argument("--lang", choices=LANGUAGES, help="language of the question")
    adding.set_defaults(run=partial(_add, settings, folders))
    reviewing = actions.add_parser(
        "review", help="judge somebody else's case, without seeing their judgement", allow_abbrev=False
    )
    reviewing.add_argument("id", nargs="?", default="", metavar="ID", help="without it: the next unchecked")
    reviewing.set_defaults(run=partial(_review, settings, folders))
    for parser in (adding, reviewing):
        _add_own_folder(parser)
        parser.add_argument("--gold", nargs="+", default=[], metavar="ID", help="paragraphs that answer it")
        parser.add_argument("--status", nargs="+", default=[], choices=STATUSES, help="what is right")
        parser.add_argument("--by", default="", metavar="NAME", help="who judges it")


def _add_own_folder(parser: "argparse._ActionsContainer") -> None:
    parser.add_argument(
        "--own", type=Path, metavar="FOLDER", help=f"the folder of your own {FILE}; else 'cases' of yours"
    )


def _add(settings: Settings, folders: Folders, arguments: argparse.Namespace) -> int:
    _require_without_terminal(
        {
            "QUESTION": arguments.question,
            "--gold or --status": arguments.gold or arguments.status,
            "--kind": arguments.kind,
            "--lang": arguments.lang,
            "--by": arguments.by,
        }
    )
    corpus = load_corpus()
    index, terminal = make_index(corpus, settings, folders.index), _terminal(arguments.lang, settings)
    for line in add(arguments, _own_folder(folders, arguments), corpus, index, terminal):
        print(line)
    return 0


def _review(settings: Settings, folders: Folders, arguments: argparse.Namespace) -> int:
    judged = arguments.gold or arguments.status
    _require_without_terminal({"ID": arguments.id, "--gold or --status": judged, "--by": arguments.by})
    if judged and not arguments.id:
        raise FactError("--gold and --status need the ID of the case they judge")
    corpus, today = load_corpus(), datetime.now(UTC).date().isoformat()
    index, terminal = make_index(corpus, settings, folders.index), _terminal(None, settings)
    for line in review(arguments, _own_folder(folders, arguments), corpus, index, terminal, today):
        print(line)
    return 0


def _require_without_terminal(given: Mapping[str, object]) -> None:
    missing = [flag for flag, value in given.items() if not value]
    if missing and not sys.stdin.isatty():
        raise FactError(f"{missing[0]} is missing, and without a terminal nothing is asked")


def _terminal(asked: Language | None, settings: Settings) -> Terminal:
    """Ask on standard error, so that standard output holds the result alone."""

    def read() -> str:
        print("> ", end="", file=sys.stderr, flush=True)
        return input()

    show = partial(print, file=sys.stderr)
    return Terminal(show, read, read_words(), asked or settings.language or "nl")


def _own_folder(folders: Folders, arguments: argparse.Namespace) -> Path:
    own: Path = arguments.own or folders.user / "cases"
    return own


def _read_own(folders: Folders, arguments: argparse.Namespace, corpus: Corpus) -> tuple[OwnCase, ...]:
    if arguments.no_own:
        return ()
    if arguments.own and not (arguments.own / FILE).is_file():
        raise FactError(
            f"{arguments.own} holds no {FILE}; make one with: wolkwijzer eval add --own {arguments.own}"
        )
    return read_own(_own_folder(folders, arguments), corpus)


def _fit(settings: Settings, folders: Folders) -> int:
    corpus = load_corpus()
    kit = make_kit(corpus, make_index(corpus, settings, folders.index), folders.user)

    def weigh(question: str, language: Language) -> tuple[Evidence, bool]:
        found = find(kit.search, corpus, question, DEPTH, language)
        return found.evidence, asks_absent_value(question, found.hits, corpus, kit.rules)

    print(to_toml(fit(load_cases(HERE, corpus).questions, weigh)), end="")
    return 0


def _run(settings: Settings, folders: Folders, arguments: argparse.Namespace) -> int:
    corpus = load_corpus()
    cases, own = load_cases(arguments.cases, corpus), _read_own(folders, arguments, corpus)
    kit = make_kit(corpus, make_index(corpus, settings, folders.index), folders.user)
    today = datetime.now(UTC).date().isoformat()

    def ask(question: str) -> Answer:
        return answer_question(Request(question, today), kit)

    def search(query: str, k: int) -> list[str]:
        language = detect_language(query, corpus.patterns)
        return [hit.paragraph for hit in find(kit.search, corpus, query, k, language).hits]

    search("cloud", 1)  # builds the index where there is none
    results = run(
        cases,
        corpus,
        ask,
        search,
        lambda text: read_facts(text, corpus.patterns).readings,
        {"index": kit.search.generation, "recipe": make_recipe(settings.encoders).digest()},
        today,
    )
    results = replace(results, own=run_own(own, corpus, ask, search))
    _write(arguments.out, to_json(results))
    failed = [gate for gate in gates(results) if not gate.passed]
    for gate in gates(results):
        print(f"{'passed' if gate.passed else 'FAILED'}  {gate.name}")
    if own:
        print(f"beside these, cases of your own: {len(own)}", file=sys.stderr)
    print(f"kept in {arguments.out}; read it with: wolkwijzer eval report {arguments.out}", file=sys.stderr)
    return 1 if failed else 0


def _retrieval(settings: Settings, arguments: argparse.Namespace) -> int:
    """Index the folder's passages with the pipeline of the guidance, in a place that is gone afterwards."""
    benchmark = read_benchmark(arguments.beir)
    names, downloads = settings.encoders, settings.allow_downloads
    with TemporaryDirectory() as folder:
        index = LazyIndex(Path(folder), benchmark.passages, (), "beir", names, downloads, show_progress)
        scores = score(benchmark, lambda query, k: [hit.paragraph for hit in index.search(query, k)])
    print(json.dumps(scores))
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    results, path = _read_results(arguments.file), arguments.baseline
    if arguments.accept != bool(arguments.reason.strip()):
        raise FactError("--accept needs --reason TEXT, and a reason needs --accept")
    if arguments.accept:
        before = read_baseline(_read_text(path), path.name) if path.exists() else None
        _write(path, baseline_to_json(make_baseline(results, arguments.reason.strip(), before)))
        print(f"{path} is the baseline now", file=sys.stderr)
        return 0
    comparison = compare(read_baseline(_read_text(path), path.name), results)
    print(to_text(comparison), end="")
    return 0 if comparison.passed else 1


def _read_results(path: Path) -> Results:
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = f"cannot be read ({error}); run: wolkwijzer eval run"
        raise DataError(str(path), "the run", reason) from error


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = f"cannot be read ({error}); run: wolkwijzer eval compare --accept --reason TEXT"
        raise DataError(str(path), "the baseline", reason) from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(str(path), "the file", f"cannot be written: {error.strerror}") from error


def _report(arguments: argparse.Namespace) -> int:
    results = _read_results(arguments.file)
    print(to_json(results) if arguments.json else to_markdown(results), end="")
    return 0
