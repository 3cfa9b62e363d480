"""Who stands for what we say: everything is a draft until a person signs exactly that text, by topic.

Sign-offs live in the user folder (signoffs.toml), never in the project. Each holds the digest of every text that
was signed: a text that changes is a draft again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from corpus.errors import SignOffError
from corpus.toml import Table, read_toml
from corpus.whole import write_whole

FILE = "signoffs.toml"
DRAFT, SIGNED = "draft", "signed: "
TRANSLATION = "translation"
Kind = Literal["item", "notice", "note", "position", "rendition", "term"]


@dataclass(frozen=True)
class Statement:
    """Something we say: its name ("notice C08"), the topic it is signed under, and a digest of its text."""

    kind: Kind
    id: str
    topic: str
    digest: str

    @property
    def name(self) -> str:
        """The kind and the id."""
        return name_of(self.kind, self.id)


def name_of(kind: Kind, identity: str) -> str:
    """Return the name under which a statement is signed."""
    return f"{kind} {identity}"


def make_statement(kind: Kind, identity: str, topic: str, record: object) -> Statement:
    """Make a statement of a record; every field of it is part of what is signed."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, default=_plain)
    return Statement(kind, identity, topic, hashlib.sha256(text.encode()).hexdigest())


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return asdict(value)  # type: ignore[call-overload]
    return dict(value) if isinstance(value, Mapping) else str(value)


@dataclass(frozen=True)
class SignOff:
    """One person's signature under all statements of a topic; `texts` are their digests by name."""

    topic: str
    name: str
    role: str
    organisation: str
    signed_on: date
    expires: date
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Standings:
    """What stands: the statements of the corpus, and the sign-offs."""

    digests: Mapping[str, str] = field(default_factory=dict)
    signoffs: tuple[SignOff, ...] = ()

    def of(self, kind: Kind, identity: str, as_of: str) -> str:
        """Return "draft", or who signed exactly this text, in which role, when and until when."""
        name = name_of(kind, identity)
        digest = self.digests.get(name)
        for signoff in reversed(self.signoffs):
            if (
                digest
                and signoff.texts.get(name) == digest
                and signoff.signed_on.isoformat() <= as_of <= signoff.expires.isoformat()
            ):
                who = f"{signoff.name}, {signoff.role}, {signoff.organisation}"
                return f"{SIGNED}{who}, {signoff.signed_on} - {signoff.expires}"
        return DRAFT


def stand(statements: Iterable[Statement], signoffs: tuple[SignOff, ...]) -> Standings:
    """Join what we say with who signed it."""
    return Standings({statement.name: statement.digest for statement in statements}, signoffs)


def read_signoffs(folder: Path) -> tuple[SignOff, ...]:
    """Read the sign-offs of a user folder, the oldest first; none where there is no file. Raises DataError."""
    path = folder / FILE
    if not path.exists():
        return ()
    table = read_toml(path)
    signoffs = tuple(_read(entry) for entry in table.tables("signoff", "topic"))
    table.done()
    return signoffs


def _read(entry: Table) -> SignOff:
    texts = entry.table("texts")
    signoff = SignOff(
        entry.text("topic"),
        entry.text("name"),
        entry.text("role"),
        entry.text("organisation"),
        entry.date("signed_on"),
        entry.date("expires"),
        {name: texts.text(name) for name in texts.keys()},
    )
    entry.done()
    return signoff


def add_signoff(folder: Path, signoff: SignOff) -> Path:
    """Add a sign-off to the user folder's file and return it. Raises SignOffError where nothing can be written."""
    path = folder / FILE
    signoffs = (*read_signoffs(folder), signoff)
    text = "# Who signed what (wolkwijzer corpus sign). Each digest is that of the exact text signed.\n"
    text += "".join(f"\n{_write(one)}" for one in signoffs)
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise SignOffError(
            f"{path}: cannot be written: {error.strerror}; what was signed before still stands"
        ) from error
    return path


def _write(signoff: SignOff) -> str:
    """Return a sign-off as TOML; a JSON string is a TOML string."""
    texts = "".join(f"{json.dumps(n)} = {json.dumps(d)}\n" for n, d in sorted(signoff.texts.items()))
    words = "".join(
        f"{key} = {json.dumps(getattr(signoff, key), ensure_ascii=False)}\n"
        for key in ("topic", "name", "role", "organisation")
    )
    days = f"signed_on = {signoff.signed_on}\nexpires = {signoff.expires}\n"
    return f"[[signoff]]\n{words}{days}[signoff.texts]\n{texts}"
