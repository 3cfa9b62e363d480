"""The sources the corpus knows (manifest.toml): held, or only linked to."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from corpus.toml import Table

SourceKind = Literal["guidance", "law", "own", "note", "other"]
_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)


@dataclass(frozen=True)
class Source:
    """One document. `file` and `sha256` are empty where it is only linked to, `year` is 0 where unknown.

    `mentions` are the words by which the guidance and its readers name it; `linked_at` the lines of the guidance.
    """

    id: str
    kind: SourceKind
    title: str
    publisher: str
    year: int
    version: str
    language: str
    address: str
    licence: str
    notice: str
    successor: str
    file: str
    sha256: str
    linked_at: tuple[str, ...]
    mentions: tuple[str, ...]

    @property
    def is_held(self) -> bool:
        """Tell whether its text is here; the project's own notes always are."""
        return bool(self.file) or self.kind == "note"


def read_manifest(table: Table) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Return the sources and the official hosts. Raises DataError for a doubled id or a broken address."""
    official = table.texts("official")
    sources: dict[str, Source] = {}
    for entry in table.tables("source"):
        source = _read_source(entry)
        if source.id in sources:
            raise entry.fault("this id is there twice")
        sources[source.id] = source
    table.done()
    return tuple(sources.values()), official


def _read_source(entry: Table) -> Source:
    source = Source(
        entry.text("id"),
        entry.one_of("kind", _KINDS),
        entry.text("title"),
        entry.text("publisher"),
        entry.number("year", 0),
        entry.text("version", ""),
        entry.text("language"),
        entry.text("address", ""),
        entry.text("licence"),
        entry.text("notice", ""),
        entry.text("successor", ""),
        entry.text("file", ""),
        entry.text("sha256", ""),
        entry.texts("linked_at"),
        entry.texts("mentions"),
    )
    entry.done()
    if source.address and not re.fullmatch(r"https?://[^\s/]+\.[a-z]+/\S*", source.address):
        raise entry.fault(f"'address' is not a web address: '{source.address}'")
    if bool(source.file) != bool(source.sha256):
        raise entry.fault("a held source needs both 'file' and 'sha256'")
    return source
