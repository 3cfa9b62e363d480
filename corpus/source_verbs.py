"""The verbs `corpus add`, `remove` and `fetch`: people bring documents in, and take them out again."""

import argparse
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from corpus.add import (
    Added,
    Details,
    Library,
    NotAdded,
    Progress,
    Refresh,
    add_files,
    remove_sources,
)
from corpus.ask import Ask, ask_for, read_kind
from corpus.describe import clean, read_date, read_replaced
from corpus.downloads import (
    FOLDER,
    Get,
    NotFetched,
    Wanted,
    choose_sources,
    drop_fetched,
    fetch_all,
    want_address,
)
from corpus.errors import FactError
from corpus.fetch import Fetched
from corpus.library import join_library
from corpus.listing import count_paragraphs, make_table
from corpus.load import NOTES, Corpus, load_corpus
from corpus.manifest import AUTHORITIES
from corpus.readers.child import Child
from corpus.toml import LANGUAGES

_KNOWN = "PDF, web page (.html), Word (.docx), Markdown (.md) or text (.txt)"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True)
class Desk:
    """What the verbs work with. `ask` puts a question to the person, and is None where there is no terminal.

    `tell` shows a line of the result, `progress` how far the reading is, and `show_bytes` how far the download of a
    document is, by its name (none: it has ended). `width` is that of a line.
    """

    home: Path
    refresh: Refresh
    today: Callable[[], str]
    tell: Callable[[str], None]
    ask: Ask | None
    progress: Progress
    show_bytes: Progress
    get: Get
    width: Callable[[], int]


def add_source_verbs(actions: "argparse._SubParsersAction[argparse.ArgumentParser]", desk: Desk) -> None:
    """Add `corpus add`, `corpus remove` and `corpus fetch`."""
    add = actions.add_parser("add", help="add documents of your own: files, all files of a folder, addresses")
    add.add_argument("what", nargs="+", metavar="FILE|FOLDER|URL", help=_KNOWN)
    add.add_argument("--kind", choices=AUTHORITIES, help="what it is, which tells whose words go first")
    add.add_argument("--id", default="", help="the name to call it by; that of the file if not given")
    add.add_argument("--title", default="", help="its title; read from the document if not given")
    add.add_argument("--publisher", default="", help="who published it")
    add.add_argument("--date", default="", metavar="DATE", help="its date, year-month-day, or the year")
    add.add_argument("--licence", default="", help="its licence or terms")
    add.add_argument("--replaces", default="", metavar="ID", help="the source whose place it takes")
    add.add_argument(
        "--language", choices=LANGUAGES, help="its language; read from the document if not given"
    )
    add.set_defaults(run=partial(_add, desk))
    remove = actions.add_parser("remove", help="remove documents that were added, everywhere")
    remove.add_argument("ids", nargs="+", metavar="ID", help="'wolkwijzer corpus list' names them")
    remove.set_defaults(run=partial(_remove, desk))
    fetch = actions.add_parser("fetch", help="download sources that are only linked to, and add them")
    fetch.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="their ids; all that are only linked to if none is given"
    )
    fetch.set_defaults(run=partial(_fetch, desk))


def _add(desk: Desk, arguments: argparse.Namespace) -> int:
    project = load_corpus()
    known = [source for source in join_library(project, desk.home).sources if source != NOTES]
    given = _read_given(arguments, known)
    addresses = [what for what in dict.fromkeys(arguments.what) if _ADDRESS.match(what)]
    files, lost = _find_files([what for what in arguments.what if not _ADDRESS.match(what)])
    count = len(files) + len(addresses)
    if count + len(lost) > 1 and (arguments.id or arguments.title or arguments.replaces):
        raise FactError(f"--id, --title and --replaces are of one document; {count} were named")
    if count == 1 and desk.ask:
        given = ask_for(given, clean([*map(str, files), *addresses][0]), known, desk.ask)
    fetched, not_fetched = _download(desk, [want_address(address, given) for address in addresses])
    added, failed = _read_in(desk, project, [(file, given) for file in files], fetched)
    names = {got.path: one.name for one, got in fetched}
    for done in added:
        desk.tell(_tell_added(done))
    faults = [(names.get(fault.file, str(fault.file)), fault.reason) for fault in (*lost, *failed)]
    faults += [(fault.name, fault.reason) for fault in not_fetched]
    for name, reason in faults:
        desk.tell(f"NOT added {clean(name)}: {clean(reason)}")
    desk.tell(f"{len(added)} of {count} documents are in the library")
    return 0 if len(added) == count and not lost else 1


def _read_given(arguments: argparse.Namespace, known: Sequence[str]) -> Details:
    """Return what was said of the documents on the command line. Raises FactError."""
    if "" in arguments.what:
        raise FactError("an empty name was given; name a file, a folder or an address")
    return Details(
        read_kind(arguments.kind or ""),
        clean(arguments.id),
        clean(arguments.title),
        clean(arguments.publisher),
        read_date(arguments.date),
        clean(arguments.licence),
        read_replaced(arguments.replaces, arguments.id, known),
        language=arguments.language,
    )


def _find_files(names: Sequence[str]) -> tuple[list[Path], list[NotAdded]]:
    """Return the files named and those of the folders named, in order of their names; hidden ones are left out."""
    files: list[Path] = []
    lost: list[NotAdded] = []

    def lose(error: OSError) -> None:
        lost.append(NotAdded(Path(error.filename), f"cannot be read: {error.strerror}"))

    for path in map(Path, names):
        if not _is_folder(path):
            files.append(path)
            continue
        inside: list[Path] = []
        before = len(lost)
        for folder, folders, here in os.walk(path, onerror=lose):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            inside += [Path(folder, name) for name in sorted(here) if not name.startswith(".")]
        if not inside and len(lost) == before:
            lost.append(NotAdded(path, "there is no file in it to add"))
        files += inside
    return list(dict.fromkeys(files)), lost


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # why it cannot be read is told when it is opened


def _download(desk: Desk, wanted: Sequence[Wanted]) -> tuple[list[tuple[Wanted, Fetched]], list[NotFetched]]:
    try:
        return fetch_all(wanted, desk.home / FOLDER, desk.get, desk.show_bytes)
    finally:
        desk.show_bytes("", 0, 0)


def _read_in(
    desk: Desk,
    project: Corpus,
    files: Sequence[tuple[Path, Details]],
    fetched: Sequence[tuple[Wanted, Fetched]],
) -> tuple[tuple[Added, ...], tuple[NotAdded, ...]]:
    """Add files and what was downloaded, all in one change."""
    both = [*files, *((got.path, one.details) for one, got in fetched)]
    if not both:
        return (), ()
    with Child() as child:
        library = Library(project, desk.home, child.read, desk.refresh, desk.today())
        result = add_files(library, both, desk.progress)
    drop_fetched(fetched)
    return result


def _tell_added(done: Added) -> str:
    source = done.source
    hidden = f", {source.hidden} characters that nobody can see left out" if source.hidden else ""
    what = f"{source.authority}, {source.language}, {count_paragraphs(done.paragraphs)}{hidden}"
    return f"{done.outcome} {source.id}: {source.title} ({what})"


def _remove(desk: Desk, arguments: argparse.Namespace) -> int:
    titles = {source.id: source.title for source in remove_sources(desk.home, desk.refresh, arguments.ids)}
    for identity in dict.fromkeys(arguments.ids):
        desk.tell(f"removed {identity}: {titles.get(identity, 'it could not be read any more')}")
    return 0


def _fetch(desk: Desk, arguments: argparse.Namespace) -> int:
    project = load_corpus()
    wanted, refused = choose_sources(join_library(project, desk.home), project, arguments.sources)
    if not wanted and not refused:
        desk.tell("all sources that the guidance links to are in the library")
        return 0
    fetched, failed = _download(desk, wanted)
    added, not_added = _read_in(desk, project, (), fetched)
    rows = {
        fault.name: ("not fetched" if fault.is_refused else "FAILED", fault.reason)
        for fault in (*refused, *failed)
    }
    here = {done.source.id: done for done in added}
    lost = {fault.file: fault.reason for fault in not_added}
    for one, got in fetched:
        done = here.get(one.name)
        size = f"{count_paragraphs(done.paragraphs)}, sha256 {got.sha256[:16]}" if done else ""
        rows[one.name] = (done.outcome, size) if done else ("NOT added", clean(lost[got.path]))
    table = [("source", "result", "why"), *((name, *rows[name]) for name in sorted(rows))]
    for line in make_table(table, desk.width()):
        desk.tell(line)
    all_are_here = len(added) == len(rows)
    if not all_are_here:
        desk.tell("")
        desk.tell("What you get by hand, add with `wolkwijzer corpus add FILE --id SOURCE`.")
    nothing_failed = not not_added and all(fault.is_refused for fault in failed)
    return 0 if all_are_here or (nothing_failed and not arguments.sources) else 1
