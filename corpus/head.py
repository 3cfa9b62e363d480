"""What may be fetched, and whether what a server says of a document, before it sends it, is that."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from corpus.errors import FetchError

# The content types that have a reader, and how the names of their files end.
SUFFIXES = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/markdown": ".md",
    "text/plain": ".txt",
}
# How servers call a file of which they do not know the kind.
_MERE_BYTES = ("application/octet-stream", "binary/octet-stream", "application/force-download")
# What tells by its first bytes what it is, however a server calls it.
_STARTS = {
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
BY_HAND = "if you trust it, save it with a browser and add the file with `wolkwijzer corpus add FILE`"


@dataclass(frozen=True)
class FetchRules:
    """What may be had: from `hosts` and their subdomains, documents of `kinds` (content types, keys of SUFFIXES).

    `seconds` is for all of a download, `idle_seconds` for each wait for more; `redirects` is how many are followed.
    """

    hosts: tuple[str, ...]
    most_bytes: int = 50_000_000
    seconds: float = 600
    idle_seconds: float = 30
    redirects: int = 5
    kinds: tuple[str, ...] = tuple(SUFFIXES)


@dataclass(frozen=True)
class Head:
    """What a server says of a document: its content type, `total` bytes (0: not said), and what names this version."""

    kind: str
    total: int
    validator: str


def read_head(address: str, status: int, headers: Mapping[str, str], rules: FetchRules) -> Head:
    """Return what the server says of the document, if that is one to take. Raises FetchError."""
    if status != 200:
        raise FetchError(address, "bad_status", _tell_status(status, headers.get("retry-after", "")))
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not is_taken(kind, rules):
        said = f"'{kind}'" if re.fullmatch(r"[a-z0-9.+-]+/[a-z0-9.+-]+", kind) else "of no known kind"
        raise FetchError(address, "wrong_kind", f"the server sends what is {said}, no document: {BY_HAND}")
    if is_compressed(headers):
        raise FetchError(address, "compressed", f"the server sends it compressed, unasked: {BY_HAND}")
    if "transfer-encoding" in headers:
        return Head(kind, 0, read_validator(headers))
    if "content-length" not in headers:
        fault = "the server does not say where the document ends, so a part could pass for the whole"
        raise FetchError(address, "broken_off", f"{fault}: {BY_HAND}")
    total = int(headers["content-length"])
    check_size(address, total, rules)
    return Head(kind, total, read_validator(headers))


def check_size(address: str, size: int, rules: FetchRules) -> None:
    """Raise FetchError for more bytes than are taken."""
    if size > rules.most_bytes:
        raise FetchError(address, "too_large", f"it is larger than {rules.most_bytes:,} bytes: {BY_HAND}")


def is_taken(kind: str, rules: FetchRules) -> bool:
    """Tell whether what a server calls so may be a document to take; of mere bytes, the first of them tell."""
    return kind in rules.kinds or kind in _MERE_BYTES


def tell_kind(asked: str, kind: str, content: bytes, rules: FetchRules) -> str:
    """Return the kind of what came for the address `asked`: as its first bytes tell, else as the server said.

    Raises FetchError for bytes of no kind that is taken, and for a web page in place of a PDF or Word document.
    """
    found = next((one for start, one in _STARTS.items() if content.startswith(start)), kind)
    if found not in rules.kinds:
        fault = "neither the server nor its first bytes tell what document it is"
        raise FetchError(asked, "wrong_kind", f"{fault}: {BY_HAND}")
    named = PurePosixPath(urlsplit(asked).path).suffix.lower()
    if SUFFIXES[found] == ".html" and named in {SUFFIXES[one] for one in _STARTS.values()}:
        fault = f"the server sends a web page in place of the {named}, to sign in or as that is gone"
        raise FetchError(asked, "wrong_kind", f"{fault}: {BY_HAND}")
    return found


def is_compressed(headers: Mapping[str, str]) -> bool:
    """Tell whether what is sent would have to be unpacked, to any size."""
    return headers.get("content-encoding", "identity").lower() != "identity"


def read_validator(headers: Mapping[str, str]) -> str:
    """Return what names this version of a document: a strong ETag, else when it was changed; else nothing."""
    etag = headers.get("etag", "")
    return etag if etag.startswith('"') else headers.get("last-modified", "")


def _tell_status(status: int, retry_after: str) -> str:
    if status in {404, 410}:
        return f"the server has no such document ({status}): look up where it stands now"
    if status in {401, 403, 451}:
        return f"the server does not give it to programs ({status}): {BY_HAND}"
    if status in {429, 503}:
        return f"the server asks to come back {_tell_wait(retry_after)} ({status}): run it again then"
    if status >= 500:
        return f"the server fails ({status}): try again later"
    return f"the server answers {status}, not with a document: {BY_HAND}"


def _tell_wait(retry_after: str) -> str:
    """Say when to come back, from a number of seconds or a date; from anything else, later."""
    if re.fullmatch(r"[0-9]{1,7}", retry_after):
        return f"in {retry_after} seconds"
    with suppress(ValueError, OverflowError):
        return f"after {parsedate_to_datetime(retry_after).isoformat()}"
    return "later"
