"""Which documents can be fetched, and fetching them one after another: what came stays until it is in the library."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from corpus.add import Details
from corpus.describe import clean, make_id
from corpus.errors import FactError, FetchError
from corpus.fetch import Fetched, fetch
from corpus.head import FetchRules
from corpus.load import HERE, NOTES, Corpus
from corpus.manifest import Source, read_manifest
from corpus.toml import read_toml
from corpus.whole import write_whole

FOLDER = "downloads"
Bytes = Callable[[int, int], None]
# Downloads from an address into a folder, telling how many bytes are here and how many there will be (0: not known).
Get = Callable[[str, Path, Bytes], Fetched]


@dataclass(frozen=True)
class Wanted:
    """A document to fetch, by the name that people have for it: its id or its address."""

    name: str
    address: str
    details: Details


@dataclass(frozen=True)
class NotFetched:
    """A document that was not fetched, and why. `is_refused`: nothing was asked, as it is not one to fetch."""

    name: str
    reason: str
    is_refused: bool


def get_official(address: str, folder: Path, progress: Bytes) -> Fetched:
    """Download a document from an official host. Raises FetchError."""
    _, official = read_manifest(read_toml(HERE / "manifest.toml"))
    return fetch(address, folder, FetchRules(official), progress)


def choose_sources(
    corpus: Corpus, project: Corpus, names: Sequence[str]
) -> tuple[list[Wanted], list[NotFetched]]:
    """Return which of the sources named can be fetched; without names, of all that are only linked to.

    `project` is the corpus without what a person added. Raises FactError for a name that is no source.
    """
    if unknown := [name for name in names if name not in corpus.sources]:
        linked = sorted(s.id for s in project.sources.values() if not s.is_held)
        raise FactError(f"there is no source '{clean(unknown[0])}'; those linked to are {', '.join(linked)}")
    chosen = list(dict.fromkeys(names)) or [s for s in corpus.sources if s not in corpus.documents]
    wanted, refused = [], []
    for name in chosen:
        source = project.sources.get(name) or corpus.sources[name]
        if reason := _tell_unfit(source, project):
            refused.append(NotFetched(name, reason, is_refused=True))
        else:
            wanted.append(Wanted(name, source.address, _say_of(source)))
    return wanted, refused


def _tell_unfit(source: Source, project: Corpus) -> str:
    """Say why a source cannot be fetched, as far as its address tells; empty where it may be."""
    if source.id in project.documents or source.id == NOTES:
        return "its text is here: it is part of Wolkwijzer"
    if not source.address:
        return "no address is known: ask its publisher"
    if not urlsplit(source.address).path.strip("/"):
        return f"only a home page is known, {source.address}: look for it there"
    return ""


def _say_of(source: Source) -> Details:
    return Details(
        source.authority,
        source.id,
        source.title,
        source.publisher,
        licence=source.licence,
        address=source.address,
    )


def want_address(address: str, details: Details) -> Wanted:
    """Return the document at an address, called by the last part of its path with a letter unless a name was given."""
    parts = unquote(re.split(r"[?#]", address.partition("://")[2])[0]).split("/")
    stems = [make_id(re.sub(r"\.[a-z]{2,5}$", "", part)) for part in parts]
    named = [stem for stem in stems if re.search(r"[a-z]", stem)]
    return Wanted(clean(address), address, replace(details, id=details.id or "".join(named[-1:])))


def fetch_all(
    wanted: Sequence[Wanted], folder: Path, get: Get, progress: Callable[[str, int, int], None]
) -> tuple[list[tuple[Wanted, Fetched]], list[NotFetched]]:
    """Download documents into a folder; one that cannot be had costs the others nothing.

    Whoever stops it loses nothing: what is whole is kept and used the next time, what broke off is continued.
    """
    fetched: list[tuple[Wanted, Fetched]] = []
    failed: list[NotFetched] = []
    for one in wanted:
        record = _record_path(folder, one.address)
        try:
            got = _read_record(record)
            if got is None:
                got = get(one.address, folder, partial(progress, one.name))
                with suppress(OSError):
                    write_whole(record, json.dumps({**asdict(got), "path": got.path.name}).encode())
        except FetchError as error:
            refused = error.reason in {"bad_address", "foreign_host"}
            failed.append(NotFetched(one.name, error.advice, is_refused=refused))
        else:
            details = replace(one.details, address=one.details.address or got.address)
            fetched.append((replace(one, details=details), got))
    return fetched, failed


def drop_fetched(fetched: Sequence[tuple[Wanted, Fetched]]) -> None:
    """Remove what was downloaded, once it is in the library or known not to be fit for it."""
    for one, got in fetched:
        with suppress(OSError):
            _record_path(got.path.parent, one.address).unlink(missing_ok=True)
            got.path.unlink(missing_ok=True)


def _record_path(folder: Path, address: str) -> Path:
    return folder / f"{sha256(address.encode(errors='replace')).hexdigest()[:16]}.whole"


def _read_record(path: Path) -> Fetched | None:
    """Return what was downloaded before and never came into the library; None where it is not whole."""
    try:
        kept: Mapping[str, object] = json.loads(path.read_bytes())
        file = path.with_name(str(kept["path"]))
        content = file.read_bytes()
        got = Fetched(
            file, str(kept["address"]), str(kept["kind"]), sha256(content).hexdigest(), len(content)
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return got if got.sha256 == kept["sha256"] else None
