"""Adds documents to the library, or removes them: all of a change is seen at one stroke, or nothing of it."""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from corpus.assemble import assemble, detect_language
from corpus.errors import CorpusError, DocumentError
from corpus.extraction import Extraction
from corpus.held import Held, changing, list_names, read_held, write_held, write_list
from corpus.library import load_library
from corpus.load import Corpus
from corpus.manifest import Source, SourceAuthority, SourceKind
from corpus.own import FILE as OWN_ITEMS
from corpus.own import find_resting
from corpus.paragraph import Language, collapse
from corpus.parse import slug

_KINDS: Mapping[SourceAuthority, SourceKind] = {
    "law": "law",
    "own": "own",
    "standard": "other",
    "guidance": "guidance",
    "other": "other",
}
_LONGEST_TITLE, _LONGEST_ID = 200, 60  # characters
Outcome = Literal["added", "updated", "unchanged"]
Read = Callable[[Path], Extraction]
# Makes the index fit a corpus, while that of the digest given stays in use; until it has, nothing is changed.
Refresh = Callable[[Corpus, str], None]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Details:
    """What a person says of a document; what is empty is read from it."""

    authority: SourceAuthority = "other"
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
    """A file that was not added, and why."""

    file: Path
    reason: str


@dataclass(frozen=True)
class Library:
    """Where documents are kept, how they are read, and what must follow a change."""

    home: Path
    read: Read
    refresh: Refresh
    today: str


def add_files(
    library: Library, files: Sequence[tuple[Path, Details]], progress: Progress
) -> tuple[tuple[Added, ...], tuple[NotAdded, ...]]:
    """Add files, and say of each what became of it. One that cannot be read costs the others nothing.

    A file with the id of a document that was added before takes its place. Raises CorpusError where nothing can be
    written, and what `refresh` raises; then nothing is changed.
    """
    added: list[Added] = []
    failed: list[NotAdded] = []
    with changing(library.home):
        names = list_names(library.home)
        held = {one.source.id: one for one in (read_held(library.home, name) for name in names)}
        project = load_library(library.home, ())
        for number, (file, details) in enumerate(files, 1):
            try:
                one, outcome = _add(library, file, details, held, project)
            except (CorpusError, OSError) as error:
                failed.append(NotAdded(file, _say(error)))
            else:
                held[one.source.id] = one
                added.append(Added(file, outcome, one.source, _count(one)))
            progress("read", number, len(files))
        if any(one.outcome != "unchanged" for one in added):
            _commit(library.home, library.refresh, held)
    return tuple(added), tuple(failed)


def remove_sources(home: Path, refresh: Refresh, ids: Sequence[str]) -> tuple[Source, ...]:
    """Remove documents that a person added, everywhere.

    Raises DocumentError for an unknown id, and for a document that own items quote.
    """
    with changing(home):
        library = load_library(home)
        held = {one.source.id: one for one in (read_held(home, name) for name in list_names(home))}
        for identity in ids:
            if identity not in held:
                known = ", ".join(sorted(held)) or "none"
                raise DocumentError(f"no document '{identity}' was added; those that were: {known}")
            if items := find_resting(library, identity):
                raise DocumentError(
                    f"own items quote '{identity}': {', '.join(items)}; take them out of {OWN_ITEMS} first"
                )
        gone = tuple(held.pop(identity).source for identity in dict.fromkeys(ids))
        _commit(home, refresh, held)
    return gone


def _commit(home: Path, refresh: Refresh, held: Mapping[str, Held]) -> None:
    """Have the index fit first: whoever is stopped before the list is written has changed nothing."""
    names = [held[identity].name for identity in sorted(held)]
    refresh(load_library(home, names), load_library(home).digest)
    write_list(home, names)


def _add(
    library: Library, file: Path, details: Details, held: Mapping[str, Held], project: Corpus
) -> tuple[Held, Outcome]:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if known := next((source for source in project.sources.values() if source.sha256 == digest), None):
        raise DocumentError(f"it is the same document as '{known.id}', which is here already")
    before = next((one for one in held.values() if one.source.sha256 == digest), None)
    if before and details == Details():
        return before, "unchanged"
    extraction = before.extraction if before else library.read(file)
    identity = details.id or (before.source.id if before else file.stem)
    source = _describe(file, replace(details, id=identity), extraction, library.today)
    if source.id in project.documents:
        raise DocumentError(f"the id '{source.id}' is one of the project's own; give another with --id")
    outcome: Outcome = "updated" if source.id in held else "added"
    return write_held(library.home, source, file.read_bytes(), extraction), outcome


def _describe(file: Path, details: Details, extraction: Extraction, today: str) -> Source:
    headings = [block for block in extraction.blocks if block.shape == "heading"]
    heading = min(headings, key=lambda block: block.level).text if headings else ""
    title = _clean(details.title or extraction.title or heading or file.stem)[:_LONGEST_TITLE]
    identity = slug(details.id)[:_LONGEST_ID].strip("-")
    if not identity:
        raise DocumentError("its name has no letter or digit to call it by; give one with --id")
    date = details.date or extraction.date
    return Source(
        identity,
        _KINDS[details.authority],
        title or identity,
        _clean(details.publisher or extraction.author),
        int(date[:4]) if date[:4].isdigit() else 0,
        date,
        details.language or detect_language(extraction.text),
        details.address,
        _clean(details.licence),
        "",
        "",
        "",
        "",
        (),
        (),
        details.authority,
        details.replaces,
        today,
        extraction.hidden,
    )


def _clean(text: str) -> str:
    """Return a text on one line without control and direction characters."""
    return collapse("".join(" " if unicodedata.category(c)[0] == "C" else c for c in text))


def _count(held: Held) -> int:
    return len(assemble(held.source.id, held.source.title, held.source.sha256, held.extraction).paragraphs)


def _say(error: CorpusError | OSError) -> str:
    return str(error) if isinstance(error, CorpusError) else f"cannot be read: {error.strerror}"
