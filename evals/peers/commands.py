"""The actions of `eval` that look at others: what they would answer, and how the search does on their benchmarks."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.settings import Settings
from corpus.errors import FactError
from corpus.load import load_corpus
from evals.beir import read_benchmark, score
from evals.files import write
from evals.load import HERE, load_cases
from evals.peers.catalogue import PEERS
from evals.peers.run import measure, start
from evals.peers.table import to_json, to_markdown
from index.commands import show_progress
from index.lazy import LazyIndex


def add_verbs(actions: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the actions `retrieval` and `peers`."""
    retrieval = actions.add_parser("retrieval", help="score the search alone, on a benchmark of others")
    retrieval.add_argument(
        "--beir", type=Path, required=True, metavar="DIR", help="a folder in the layout of BEIR"
    )
    retrieval.set_defaults(run=partial(_retrieval, settings))
    peers = actions.add_parser(
        "peers", help="measure what others would use, on the frozen questions; 1 if one of them failed"
    )
    peers.add_argument("--runs", type=int, default=3, metavar="N", help="each from the start; medians count")
    peers.add_argument("--json", action="store_true")
    peers.add_argument("--out", type=Path, metavar="FILE", help="keep what is printed")
    peers.set_defaults(run=_peers)


def _retrieval(settings: Settings, arguments: argparse.Namespace) -> int:
    """Index the folder's passages with the pipeline of the guidance, in a place that is gone afterwards."""
    benchmark = read_benchmark(arguments.beir)
    names, downloads = settings.encoders, settings.allow_downloads
    with TemporaryDirectory() as folder:
        index = LazyIndex(Path(folder), benchmark.passages, (), "beir", names, downloads, show_progress)
        scores = score(benchmark, lambda query, k: [hit.paragraph for hit in index.search(query, k)])
    print(json.dumps(scores))
    return 0


def _peers(arguments: argparse.Namespace) -> int:
    if arguments.runs < 1:
        raise FactError("--runs must be at least 1")
    corpus = load_corpus()
    frozen = [case for case in load_cases(HERE, corpus).questions if case.split == "frozen"]
    rows = measure(PEERS, frozen, corpus, arguments.runs, start, lambda line: print(line, file=sys.stderr))
    text = (to_json if arguments.json else to_markdown)(rows)
    print(text, end="")
    if arguments.out is not None:
        write({arguments.out: text})
    return 1 if any(row.has_failed for row in rows) else 0
