"""The verbs `corpus add` and `corpus remove`: people bring their own documents in, and take them out again."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from corpus.add import Details, Library, Progress, Refresh, add_files, remove_sources
from corpus.errors import DocumentError, FactError
from corpus.manifest import AUTHORITIES
from corpus.readers.child import Child
from corpus.toml import LANGUAGES

Tell = Callable[[str], None]
_ASKED = {
    "title": "Its title",
    "publisher": "Who published it",
    "date": "Its date, like 2026-03-01",
    "licence": "Its licence or terms",
}
_KNOWN = ".pdf .html .htm .docx .md .txt"


@dataclass(frozen=True)
class Desk:
    """What the verbs work with. `ask` puts a question to the person, and is None where there is no terminal."""

    home: Path
    refresh: Refresh
    today: Callable[[], str]
    tell: Tell
    ask: Callable[[str], str] | None
    progress: Progress


def add_source_verbs(actions: "argparse._SubParsersAction[argparse.ArgumentParser]", desk: Desk) -> None:
    """Add `corpus add` and `corpus remove`."""
    add = actions.add_parser("add", help="add documents of your own: files, or all files of a folder")
    add.add_argument("paths", nargs="+", type=Path, metavar="FILE|FOLDER", help=f"{_KNOWN}")
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


def _add(desk: Desk, arguments: argparse.Namespace) -> int:
    files = [file for path in arguments.paths for file in _find_files(path)]
    given = Details(
        arguments.kind or "other",
        arguments.id,
        arguments.title,
        arguments.publisher,
        arguments.date,
        arguments.licence,
        arguments.replaces,
        "",
        arguments.language,
    )
    if len(files) > 1 and (arguments.id or arguments.title):
        raise FactError(f"--id and --title are of one document; {len(files)} files were named")
    if len(files) == 1:
        given = _ask_for(given, arguments, desk)
    return _report(desk, [(file, given) for file in files])


def _report(desk: Desk, files: list[tuple[Path, Details]]) -> int:
    """Add the files and tell what became of each."""
    with Child() as child:
        library = Library(desk.home, child.read, desk.refresh, desk.today())
        added, failed = add_files(library, files, desk.progress)
    for one in added:
        source = one.source
        hidden = f", {source.hidden} characters that nobody can see left out" if source.hidden else ""
        desk.tell(
            f"{one.outcome} {source.id}: {source.title} "
            f"({source.authority}, {source.language}, {one.paragraphs} paragraphs{hidden})"
        )
    for lost in failed:
        desk.tell(f"NOT added {lost.file}: {lost.reason}")
    desk.tell(f"{len(added)} of {len(files)} documents are in the library")
    return 1 if failed else 0


def _find_files(path: Path) -> Iterator[Path]:
    """Yield a file, or the files of a folder in order of their names; hidden ones are left out."""
    if not path.is_dir():
        yield path
        return
    inside = sorted(found for found in path.rglob("*") if found.is_file())
    seen = [f for f in inside if not any(part.startswith(".") for part in f.relative_to(path).parts)]
    if not seen:
        raise DocumentError(f"{path}: there is no file in it to add")
    yield from seen


def _ask_for(given: Details, arguments: argparse.Namespace, desk: Desk) -> Details:
    """Ask the person at the terminal for what was not given; an empty answer leaves it to the document."""
    if desk.ask is None:
        return given
    texts = {field: getattr(given, field) or _ask(desk.ask, question) for field, question in _ASKED.items()}
    kinds = {kind: kind for kind in AUTHORITIES}
    kind = arguments.kind or _ask(desk.ask, f"What is it? ({', '.join(kinds)})") or given.authority
    if kind not in kinds:
        raise FactError(f"'{kind}' is none of {', '.join(kinds)}")
    return replace(
        given,
        authority=kinds[kind],
        title=texts["title"],
        publisher=texts["publisher"],
        date=texts["date"],
        licence=texts["licence"],
    )


def _ask(ask: Callable[[str], str], question: str) -> str:
    return " ".join(ask(f"{question}: ").split())


def _remove(desk: Desk, arguments: argparse.Namespace) -> int:
    for source in remove_sources(desk.home, desk.refresh, arguments.ids):
        desk.tell(f"removed {source.id}: {source.title}")
    return 0
