"""The sources the corpus knows (manifest.toml): held, or only linked to."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from corpus.paragraph import Language
from corpus.toml import LANGUAGES, Table

SourceKind = Literal["guidance", "law", "own", "note", "other"]
_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
# Whose words go first, the highest first. A standard is BIO2 or what the VNG requires.
SourceAuthority = Literal["law", "own", "standard", "guidance", "other"]
AUTHORITIES: tuple[SourceAuthority, ...] = get_args(SourceAuthority)


@dataclass(frozen=True)
class Source:
    """One document. `file` and `sha256` are empty where it is only linked to, `year` is 0 where unknown.

    `mentions` are the words by which the guidance and its readers name it; `linked_at` the lines of the guidance.
    Of a document that a person added, `added` is the day (ISO), `hidden` counts the characters in it that nobody can see
    and `replaces` is the id of the source whose place it takes.
    """

    id: str
    kind: SourceKind
    title: str
    publisher: str
    year: int
    version: str
    language: Language
    address: str
    licence: str
    notice: str
    successor: str
    file: str
    sha256: str
    linked_at: tuple[str, ...]
    mentions: tuple[str, ...]
    authority: SourceAuthority
    replaces: str = ""
    added: str = ""
    hidden: int = 0

    @property
    def is_held(self) -> bool:
        """Tell whether its text is here; the project's own notes always are."""
        return bool(self.file) or self.kind == "note"


def read_manifest(table: Table) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Return the sources and the official hosts. Raises DataError for a doubled id or a broken address."""
    official = table.texts("official")
    sources: dict[str, Source] = {}
    for entry in table.tables("source"):
        source = read_source(entry)
        if source.id in sources:
            raise entry.fault("this id is there twice")
        sources[source.id] = source
    table.done()
    return tuple(sources.values()), official


def read_source(entry: Table) -> Source:
    """Read one source. Raises DataError."""
    kind = entry.one_of("kind", _KINDS)
    source = Source(
        entry.text("id"),
        kind,
        entry.text("title"),
        entry.text("publisher", ""),
        entry.number("year", 0),
        entry.text("version", ""),
        entry.one_of("language", LANGUAGES),
        entry.text("address", ""),
        entry.text("licence", ""),
        entry.text("notice", ""),
        entry.text("successor", ""),
        entry.text("file", ""),
        entry.text("sha256", ""),
        entry.texts("linked_at"),
        entry.texts("mentions"),
        entry.one_of("authority", AUTHORITIES) if "authority" in entry else default_authority(kind),
        entry.text("replaces", ""),
        entry.text("added", ""),
        entry.number("hidden", 0),
    )
    entry.done()
    if source.address and not re.fullmatch(r"https?://[^\s/]+\.[a-z]+/\S*", source.address):
        raise entry.fault(f"'address' is not a web address: '{source.address}'")
    if bool(source.file) != bool(source.sha256):
        raise entry.fault("a held source needs both 'file' and 'sha256'")
    return source


def default_authority(kind: SourceKind) -> SourceAuthority:
    """Return the authority of a kind of source; a standard is of kind "other" and says its authority."""
    return kind if kind != "note" else "other"


def write_source(source: Source) -> str:
    """Return a source as the TOML that `read_source` reads; a JSON string is a TOML string."""
    fields = {key: value for key, value in asdict(source).items() if value}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    return "\n".join(["[[source]]", *lines]) + "\n"
