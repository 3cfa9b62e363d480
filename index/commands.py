"""The verb `index`: makes, describes and checks the index."""

import argparse
import math
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from corpus.library import load_library
from corpus.load import Corpus
from index.backup import restore_backup, write_backup
from index.describe import read_description
from index.errors import IndexFault
from index.generation import Generation, read_generation
from index.lazy import LazyIndex
from index.progress import Progress
from index.shelf import find_shelf


def add_verbs(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    user: Path,
    folder: Path,
    encoders: tuple[str, ...],
    allow_downloads: bool,
    database: str = "",
) -> None:
    """Add `index build`, `status`, `verify`, `backup` and `restore`; `folder` lies in `user` or is that."""
    parser = verbs.add_parser("index", help="makes, describes, checks the index")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    build = actions.add_parser("build", help="make a new generation; the old one serves until it is whole")
    build.set_defaults(run=partial(_build, user, folder, encoders, allow_downloads, database))
    status = actions.add_parser("status", help="what the index is made of")
    status.set_defaults(run=partial(_status, folder, database))
    verify = actions.add_parser(
        "verify", help="check every file of the index, and that it fits text and settings"
    )
    verify.set_defaults(run=partial(_verify, user, folder, encoders, allow_downloads, database))
    backup = actions.add_parser(
        "backup", help="write the index and all that people made to one file, at any time"
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="a tar archive that is not there yet")
    backup.set_defaults(run=partial(_backup, user, folder, database))
    restore = actions.add_parser("restore", help="put a backup back where the user folder is empty or absent")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(run=partial(_restore, user, folder))


class ShowProgress:
    """Shows how far a build is, on standard error: a line that counts on a terminal, else one line a step.

    The time left is what the rest takes at the pace of the step so far.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._step, self._done, self._kept, self._start = "", 0, 0, 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show a step; its first call tells what is there from before."""
        now = self._clock()
        if step != self._step or done < self._done:
            self._step, self._kept, self._start = step, done, now
        self._done = done
        kept = f" ({self._kept} kept)" if self._kept else ""
        if sys.stderr.isatty():
            left = say_left(now - self._start, done - self._kept, total - done)
            line = f"{step}: {done} of {total} texts{kept}{left}"
            # Blanks wipe out what is left of a longer line.
            print(f"\r{line:<78}", end="\n" if done == total else "", file=sys.stderr, flush=True)
        elif done == total:
            print(f"{step}: {total} texts{kept}", file=sys.stderr, flush=True)


def say_left(seconds: float, done: int, left: int) -> str:
    """Say how long the rest takes, where `done` took `seconds`; nothing where that cannot be told yet."""
    if not done or not left:
        return ""
    rest = seconds / done * left
    return f", about {math.ceil(rest / 60)} min left" if rest > 60 else ", less than a minute left"


show_progress = ShowProgress(time.monotonic)


def lazy_index(
    corpus: Corpus,
    folder: Path,
    encoders: tuple[str, ...],
    allow_downloads: bool,
    progress: Progress = show_progress,
    database: str = "",
) -> LazyIndex:
    """Return the index of a corpus, which opens at the first search and is built only where there is none."""
    unanswered = tuple(corpus.unanswered.values())
    return LazyIndex(
        folder,
        corpus.paragraphs,
        unanswered,
        corpus.digest,
        encoders,
        allow_downloads,
        progress,
        database,
        corpus.wishes,
    )


def _index(
    user: Path, folder: Path, encoders: tuple[str, ...], allow_downloads: bool, database: str
) -> LazyIndex:
    return lazy_index(load_library(user), folder, encoders, allow_downloads, database=database)


def _build(
    user: Path,
    folder: Path,
    encoders: tuple[str, ...],
    allow_downloads: bool,
    database: str,
    _: argparse.Namespace,
) -> int:
    print(_index(user, folder, encoders, allow_downloads, database).build())
    return 0


def _status(folder: Path, database: str, _: argparse.Namespace) -> int:
    description = read_description(folder, database)
    print(description)
    for name, size in description.sizes.items():
        print(f"  {name}: {size} bytes")
    return 0


def _verify(
    user: Path,
    folder: Path,
    encoders: tuple[str, ...],
    allow_downloads: bool,
    database: str,
    _: argparse.Namespace,
) -> int:
    try:
        # An older generation may serve; the current one must be whole all the same.
        find_shelf(folder, database).read()
        index = _index(user, folder, encoders, allow_downloads, database).open(build=False)
    except IndexFault as error:
        print(error)
        return 1
    print(f"{index.generation}: whole, and made from this text with these settings")
    return 0


def _backup(user: Path, folder: Path, database: str, arguments: argparse.Namespace) -> int:
    corpus = load_library(user)
    generation: Generation | None = None
    if database:
        print("The index is in the database, and not in the backup: pg_dump keeps that.", file=sys.stderr)
    else:
        try:
            generation = read_generation(folder, corpus.digest)
        except IndexFault as fault:
            print(f"The backup is made without the index: {fault}", file=sys.stderr)
    count = write_backup(arguments.file, user, folder, generation)
    if load_library(user).digest != corpus.digest:
        # Documents came or went meanwhile: these files may be of one text, the index of another.
        arguments.file.unlink()
        return _backup(user, folder, database, arguments)
    print(f"{arguments.file}: {count} files, {arguments.file.stat().st_size / 1_000_000:.1f} MB")
    return 0


def _restore(user: Path, folder: Path, arguments: argparse.Namespace) -> int:
    print(f"{user}: {restore_backup(arguments.file, user, folder)} files restored")
    return 0
