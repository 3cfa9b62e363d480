"""Adds documents to the library, or removes them: all of a change is seen at one stroke, or nothing of it."""

import hashlib
import stat
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from corpus.assemble import assemble, detect_language
from corpus.describe import clean, clean_title, find_title, make_id, read_date, read_replaced
from corpus.errors import ChangeError, CorpusError, DocumentError, ReadError
from corpus.extraction import Extraction
from corpus.held import Held, changing, identify, list_names, read_held, write_held, write_list
from corpus.library import add_held, join_library
from corpus.load import NOTES, Corpus, load_corpus
from corpus.manifest import Source, SourceAuthority, SourceKind
from corpus.own import FILE as OWN_ITEMS
from corpus.own import find_resting
from corpus.paragraph import Language

_KINDS: Mapping[SourceAuthority, SourceKind] = {
    "law": "law",
    "own": "own",
    "standard": "other",
    "guidance": "guidance",
    "other": "other",
}
Outcome = Literal["added", "updated", "unchanged"]
Read = Callable[[Path], Extraction]
# Makes the index fit a corpus, while that of the digest given stays in use; until it has, nothing is changed. What it
# returns removes the index of the old text, once that is in use no more.
Refresh = Callable[[Corpus, str], Callable[[], None]]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Details:
    """What a person says of a document.

    What is empty stays as it was said when the document was added before, else it is read from the document.
    """

    authority: SourceAuthority | None = None
    id: str = ""
    title: str = ""
    publisher: str = ""
    date: str = ""
    licence: str = ""
    replaces: str = ""
    address: str = ""
    language: Language | None = None


@dataclass(frozen=True)
class Added:
    """What became of a file that was read."""

    file: Path
    outcome: Outcome
    source: Source
    paragraphs: int


@dataclass(frozen=True)
class NotAdded:
    """A file that was not added, and why; `code` names the reason for a page that says it in other words, if it has one."""

    file: Path
    reason: str
    code: str = ""


@dataclass(frozen=True)
class Library:
    """The project's own corpus, where documents are kept, how they are read, and what must follow a change."""

    project: Corpus
    home: Path
    read: Read
    refresh: Refresh
    today: str


def add_files(
    library: Library, files: Sequence[tuple[Path, Details]], progress: Progress
) -> tuple[tuple[Added, ...], tuple[NotAdded, ...]]:
    """Add files, and say of each what became of it. One that cannot be read costs the others nothing.

    A file with the id of a document that was added before takes its place, and nothing is left of the old text. Raises
    CorpusError where nothing can be written, and what `refresh` raises; then nothing is changed.
    """
    added: list[Added] = []
    failed: list[NotAdded] = []
    with changing(library.home):
        names, held = _read_all(library.home)
        before = tuple(held.values())
        shelf = _Shelf(library, names, held)
        for number, (file, details) in enumerate(files, 1):
            try:
                added.append(_add(shelf, file, details))
            except (CorpusError, OSError) as error:
                failed.append(NotAdded(file, _say(error), _name(error)))
            progress("read", number, len(files))
        outcomes = {one.outcome for one in added}
        if outcomes - {"unchanged"}:
            in_use = add_held(library.project, before)
            forget = _commit(library.project, library.home, library.refresh, names, in_use)
            if "updated" in outcomes:
                forget()
    return tuple(added), tuple(failed)


def remove_sources(home: Path, refresh: Refresh, ids: Sequence[str]) -> tuple[Source, ...]:
    """Remove documents that a person added, everywhere; return what was said of those that could still be read.

    Raises DocumentError for an unknown id and for a document that own items quote, and what `refresh` raises; then
    nothing is changed.
    """
    with changing(home):
        project = load_corpus()
        library = join_library(project, home)
        names, held = _read_all(home)
        for identity in ids:
            if identity not in names:
                known = ", ".join(sorted(names)) or "none"
                raise ChangeError("gone", f"no document '{identity}' was added; those that were: {known}")
            if items := find_resting(library, identity):
                raise ChangeError(
                    "quoted",
                    f"own items quote '{identity}': {', '.join(items)}; take them out of {OWN_ITEMS} first",
                )
        left = {identity: name for identity, name in names.items() if identity not in ids}
        _commit(project, home, refresh, left, library)()
    return tuple(held[identity].source for identity in dict.fromkeys(ids) if identity in held)


@dataclass(frozen=True)
class _Shelf:
    """What is there during one change: the names of all documents by id, and those that can be read.

    `taken` tells which file brought an id in during this change.
    """

    library: Library
    names: dict[str, str]
    held: dict[str, Held]
    taken: dict[str, Path] = field(default_factory=dict)


def _read_all(home: Path) -> tuple[dict[str, str], dict[str, Held]]:
    """Return the names of the documents by id, and those that are whole; the others can be replaced or removed."""
    names = {identify(name): name for name in list_names(home)}
    held = {}
    for identity, name in names.items():
        with suppress(CorpusError):
            held[identity] = read_held(home, name)
    return names, held


def _commit(
    project: Corpus, home: Path, refresh: Refresh, names: Mapping[str, str], in_use: Corpus
) -> Callable[[], None]:
    """Have the index fit first: whoever is stopped before the list is written has changed nothing.

    `in_use` is the corpus until then. What is returned removes the index of that.
    """
    listed = [names[identity] for identity in sorted(names)]
    forget = refresh(join_library(project, home, listed), in_use.digest)
    write_list(home, listed)
    return forget


def _add(shelf: _Shelf, file: Path, details: Details) -> Added:
    """Read a file and put it on the shelf."""
    digest = _digest(file)
    twin = next((one for one in shelf.held.values() if one.source.sha256 == digest), None)
    identity = make_id(details.id or (twin.source.id if twin else file.stem))
    _check_id(shelf, identity, digest, twin)
    known = {source.id for source in shelf.library.project.sources.values()} | set(shelf.names)
    replaced = read_replaced(details.replaces, identity, known - {NOTES})
    extraction = twin.extraction if twin else shelf.library.read(file)
    before = shelf.held.get(identity)
    said = replace(details, id=details.id or file.stem, date=read_date(details.date), replaces=replaced)
    whole = _complete(said, before.source, is_same=bool(twin)) if before else said
    source = _describe(identity, whole, extraction, twin.source.added if twin else shelf.library.today)
    paragraphs = len(assemble(identity, source.title, digest, extraction).paragraphs)
    if not paragraphs:
        raise ChangeError("no_sentence", "there is no sentence in it that can be quoted")
    if twin and replace(source, file=twin.source.file, sha256=digest) == twin.source:
        return Added(file, "unchanged", twin.source, paragraphs)
    document = file.read_bytes()
    if hashlib.sha256(document).hexdigest() != digest:
        raise DocumentError("it changed while it was read; add it again")
    one = write_held(shelf.library.home, source, document, extraction)
    outcome: Outcome = "updated" if identity in shelf.names else "added"
    shelf.held[identity], shelf.names[identity], shelf.taken[identity] = one, one.name, file
    return Added(file, outcome, one.source, paragraphs)


def _digest(file: Path) -> str:
    if not stat.S_ISREG(file.stat().st_mode):
        raise DocumentError("it is no file; name a file, or a folder of files")
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _check_id(shelf: _Shelf, identity: str, digest: str, twin: Held | None) -> None:
    """Raise DocumentError where the document is here under another id, or the id is that of another document."""
    same = next(
        (source for source in shelf.library.project.sources.values() if source.sha256 == digest), None
    )
    if same:
        raise ChangeError("already_here", f"it is the same document as '{same.id}', which is here already")
    if not identity:
        raise DocumentError("its name has no letter or digit to call it by; give one with --id")
    if identity in shelf.library.project.documents:
        raise ChangeError(
            "name_taken", f"the id '{identity}' is one of the project's own; give another with --id"
        )
    if twin and twin.source.id != identity:
        advice = f"remove '{twin.source.id}' first to give it another id"
        raise ChangeError(
            "already_here", f"it is the same document as '{twin.source.id}', which is here already; {advice}"
        )
    if identity in shelf.taken and not twin:
        other = clean(str(shelf.taken[identity]))
        raise DocumentError(
            f"its id would be '{identity}', as that of {other}; add it by itself, with another --id"
        )


def _complete(said: Details, source: Source, *, is_same: bool) -> Details:
    """Return the details with, where a person says nothing now, what was said of the document before.

    Of a new version, title, date and language are read anew.
    """
    kept = replace(
        said,
        authority=said.authority or source.authority,
        publisher=said.publisher or source.publisher,
        licence=said.licence or source.licence,
        replaces=said.replaces or source.replaces,
        address=said.address or source.address,
    )
    if not is_same:
        return kept
    return replace(
        kept,
        title=said.title or source.title,
        date=said.date or source.version,
        language=said.language or source.language,
    )


def _describe(identity: str, details: Details, extraction: Extraction, added: str) -> Source:
    """Return what is said of a document; where it bears no title it is called as it was named."""
    title = clean_title(details.title) or clean_title(find_title(extraction)) or clean_title(details.id)
    authority = details.authority or "other"
    date = details.date or extraction.date
    return Source(
        identity,
        _KINDS[authority],
        title or identity,
        clean(details.publisher or extraction.author),
        int(date[:4]) if date[:4].isdecimal() else 0,
        date,
        details.language or detect_language(extraction.text),
        details.address,
        clean(details.licence),
        "",
        "",
        "",
        "",
        (),
        (),
        authority,
        details.replaces,
        added,
        extraction.hidden,
    )


def _say(error: CorpusError | OSError) -> str:
    if isinstance(error, ReadError):
        return error.advice
    return str(error) if isinstance(error, CorpusError) else f"cannot be read: {error.strerror}"


def _name(error: CorpusError | OSError) -> str:
    """Return the code of a reason, empty where it has none."""
    return error.reason if isinstance(error, (ReadError, ChangeError)) else ""
