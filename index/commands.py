"""The verb `index`: makes, describes and checks the index."""

import argparse
import sys
from functools import partial
from pathlib import Path

from corpus.library import load_library
from corpus.load import Corpus
from index.describe import read_description
from index.errors import IndexFault
from index.lazy import LazyIndex
from index.progress import Progress


def add_verbs(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    home: Path,
    folder: Path,
    encoders: tuple[str, ...],
    allow_downloads: bool,
) -> None:
    """Add `index build`, `index status` and `index verify`; `home` is the user folder, `folder` the index's."""
    parser = verbs.add_parser("index", help="makes, describes, checks the index")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    build = actions.add_parser("build", help="make a new generation; the old one serves until it is whole")
    build.set_defaults(run=partial(_build, home, folder, encoders, allow_downloads))
    status = actions.add_parser("status", help="what the index is made of")
    status.set_defaults(run=partial(_status, folder))
    verify = actions.add_parser(
        "verify", help="check every file of the index, and that it fits text and settings"
    )
    verify.set_defaults(run=partial(_verify, home, folder, encoders, allow_downloads))


def show_progress(step: str, done: int, total: int) -> None:
    """Show how far a build is, on standard error: a line that counts on a terminal, else one line a step."""
    if sys.stderr.isatty():
        print(f"\r{step}: {done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
    elif done == total:
        print(f"{step}: {total} passages", file=sys.stderr, flush=True)


def lazy_index(
    corpus: Corpus,
    folder: Path,
    encoders: tuple[str, ...],
    allow_downloads: bool,
    progress: Progress = show_progress,
) -> LazyIndex:
    """Return the index of a corpus, which opens at the first search and is built only where there is none."""
    unanswered = tuple(corpus.unanswered.values())
    return LazyIndex(
        folder, corpus.paragraphs, unanswered, corpus.digest, encoders, allow_downloads, progress
    )


def _index(home: Path, folder: Path, encoders: tuple[str, ...], allow_downloads: bool) -> LazyIndex:
    return lazy_index(load_library(home), folder, encoders, allow_downloads)


def _build(
    home: Path, folder: Path, encoders: tuple[str, ...], allow_downloads: bool, _: argparse.Namespace
) -> int:
    print(_index(home, folder, encoders, allow_downloads).build())
    return 0


def _status(folder: Path, _: argparse.Namespace) -> int:
    description = read_description(folder)
    print(description)
    for name, size in description.sizes.items():
        print(f"  {name}: {size} bytes")
    return 0


def _verify(
    home: Path, folder: Path, encoders: tuple[str, ...], allow_downloads: bool, _: argparse.Namespace
) -> int:
    try:
        index = _index(home, folder, encoders, allow_downloads).open(build=False)
    except IndexFault as error:
        print(error)
        return 1
    print(f"{index.generation}: whole, and made from this text with these settings")
    return 0
