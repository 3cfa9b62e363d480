"""Downloads one document over https from an official host, whatever the server does.

Where it may go is decided anew for every redirect, before anything is connected to: the scheme, the host, and the address
that its name has now, which is then the one connected to. docs/adr/0030 says what safehttpx does of it and what we add.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import httpx
from safehttpx import AsyncSecureTransport, is_public_ip, matches_domain_whitelist

from corpus.begun import Begun, drop_begun, keep_begun, read_begun
from corpus.errors import FetchError
from corpus.head import (
    BY_HAND,
    SUFFIXES,
    FetchRules,
    check_size,
    is_compressed,
    is_taken,
    read_head,
    read_validator,
    tell_kind,
)
from corpus.whole import write_whole

Resolve = Callable[[str], tuple[str, ...]]

_AGAIN = "run it again; what came of it is continued where the server allows that"
# Of the IPv6 addresses only these are given out to the world; of them 6to4 holds an IPv4 address, of anybody.
_WORLD, _SIX_TO_FOUR = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("2002::/16")


@dataclass(frozen=True)
class Fetched:
    """A document that is whole on disk: where, from which address in the end, its content type and its bytes."""

    path: Path
    address: str
    kind: str
    sha256: str
    size: int


@dataclass(frozen=True)
class _Taken:
    """All of a document, not yet on disk; of its kind what the server says."""

    url: httpx.URL
    kind: str
    content: bytes


class _Pinned(AsyncSecureTransport):
    """Connects to the address that was checked, under the host's name, whatever the name resolves to by then."""

    def __init__(self, place: str, tls: ssl.SSLContext) -> None:
        # The parent's own takes no context, and would let the environment choose which certificates are trusted.
        super(AsyncSecureTransport, self).__init__(verify=tls, trust_env=False)
        self.verified_ip = place


def resolve_name(host: str) -> tuple[str, ...]:
    """Return the addresses of a host, those of IPv4 first. Raises OSError or UnicodeError where it has none."""
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return tuple(str(place[0]) for _, _, _, _, place in sorted(found, key=lambda entry: entry[0]))


def fetch(
    address: str,
    folder: Path,
    rules: FetchRules,
    progress: Callable[[int, int], None],
    *,
    resolve: Resolve = resolve_name,
    authorities: Path | None = None,
) -> Fetched:
    """Download a document into a folder, under a name made of its sha256; one that broke off there is continued.

    `progress` gets the bytes that are here and those there will be (0: the server does not say). `resolve`, and
    `authorities` (a file of the certificates to trust; else those of certifi), are for tests. Raises FetchError.
    """
    url = _allow(address, rules)
    path = folder / f"{sha256(str(url).encode()).hexdigest()[:16]}.begun"
    trusted = ssl.create_default_context(cafile=authorities) if authorities else None
    tls = trusted or httpx.create_ssl_context(trust_env=False)
    try:
        taken = asyncio.run(_follow(url, path, rules, progress, resolve, tls))
    except TimeoutError as error:
        most = f"{rules.idle_seconds:g} s without a byte or {rules.seconds:g} s in all"
        raise FetchError(str(url), "too_slow", f"the server takes more than {most}: {_AGAIN}") from error
    except httpx.ConnectError as error:
        if _is_of_tls(error):
            fault = "the server cannot prove by a certificate that it is this host, so nothing was taken"
            raise FetchError(str(url), "bad_certificate", f"{fault}: tell who runs it") from error
        raise FetchError(str(url), "unreachable", "the server cannot be reached: try again later") from error
    except (httpx.RequestError, OSError) as error:
        raise FetchError(str(url), "broken_off", f"the connection broke off: {_AGAIN}") from error
    return _write(taken, path)


async def _follow(
    start: httpx.URL,
    path: Path,
    rules: FetchRules,
    progress: Callable[[int, int], None],
    resolve: Resolve,
    tls: ssl.SSLContext,
) -> _Taken:
    """Ask at an address and where it sends, from what begun at `path`, until something answers with the document."""
    begun, url = read_begun(path), start
    if begun and not (is_taken(begun.head.kind, rules) and begun.head.total <= rules.most_bytes):
        begun = None
    async with asyncio.timeout(rules.seconds):
        for _ in range(rules.redirects + 1):
            places = await _find_places(url, resolve)
            async with _ask(url, places, tls, begun, rules) as response:
                if response.has_redirect_location:
                    url = _allow(response.headers["location"], rules, url)
                    if url.path == "/" != start.path:
                        fault = f"the server sends on to its home page, {url}, so it is no longer there"
                        raise FetchError(str(start), "moved", f"{fault}: look up where it stands now")
                elif begun and response.status_code in {206, 416} and not _continues(begun, response):
                    drop_begun(path)
                    begun = None
                else:
                    rest = begun if response.status_code == 206 else None
                    taken = await _take(response, url, rest, path, rules, progress)
                    return replace(taken, kind=tell_kind(str(start), taken.kind, taken.content, rules))
    advice = f"it was sent on more than {rules.redirects} times, at last to {url}: {BY_HAND}"
    raise FetchError(str(start), "too_many_redirects", advice)


def _allow(address: str, rules: FetchRules, seen_at: httpx.URL | None = None) -> httpx.URL:
    """Return an address, whole, that may be asked if its name resolves well; of http, what to ask over https."""
    try:
        url = (seen_at.join(address) if seen_at else httpx.URL(address)).copy_with(fragment=None)
        url = url.copy_with(scheme="https") if url.scheme == "http" else url
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(
            ascii(address[:200]), "bad_address", "this is not a web address: correct it"
        ) from error
    if url.scheme != "https" or url.userinfo or url.port is not None:
        fault = "only https, without a user name or a port of its own, is asked"
        raise FetchError(str(url), "bad_address", f"{fault}: {BY_HAND}")
    # The pattern of safehttpx for a name and all below it.
    hosts = [f"*.{host}" for host in rules.hosts]
    if not url.host.isascii() or not matches_domain_whitelist(url.host, hosts):
        fault = "its host is none of those that documents are fetched from"
        raise FetchError(str(url), "foreign_host", f"{fault}: {BY_HAND}")
    return url


async def _find_places(url: httpx.URL, resolve: Resolve) -> tuple[str, ...]:
    """Return the addresses that a host's name has now, if all of them are public."""
    try:
        places = await asyncio.to_thread(resolve, url.host)
    except (OSError, UnicodeError) as error:
        advice = f"'{url.host}' has no address: is this machine connected, and the name right?"
        raise FetchError(str(url), "unknown_name", advice) from error
    if inside := [place for place in places if not _is_public(place)]:
        fault = f"'{url.host}' has an address that is not public ({', '.join(inside)}), so nothing was asked there"
        raise FetchError(str(url), "private_address", f"{fault}: tell who runs your network")
    return places


def _is_public(place: str) -> bool:
    """Tell whether an address is one of the whole world's; safehttpx lets shared and tunnelled ones through."""
    if not is_public_ip(place):
        return False
    address = ipaddress.ip_address(place)
    if address.version == 6 and (address not in _WORLD or address in _SIX_TO_FOUR):
        return False
    return address.is_global


@asynccontextmanager
async def _ask(
    url: httpx.URL, places: Sequence[str], tls: ssl.SSLContext, begun: Begun | None, rules: FetchRules
) -> AsyncIterator[httpx.Response]:
    """Ask for a document and yield the answer, of which only the head is read. There is no client to keep cookies.

    It is asked at the first of its addresses that can be connected to: not every network reaches all.
    """
    headers = {
        "User-Agent": "Wolkwijzer",
        "Accept": ", ".join(rules.kinds),
        "Accept-Encoding": "identity",
        **(begun.headers if begun else {}),
    }
    async with AsyncExitStack() as opened:
        for place in places:
            transport: httpx.AsyncBaseTransport = await opened.enter_async_context(_Pinned(place, tls))
            try:
                async with asyncio.timeout(rules.idle_seconds):
                    response = await transport.handle_async_request(
                        httpx.Request("GET", url, headers=headers)
                    )
                break
            except httpx.ConnectError as error:
                if _is_of_tls(error) or place == places[-1]:
                    raise
        yield await opened.enter_async_context(aclosing(response))


async def _take(
    response: httpx.Response,
    url: httpx.URL,
    begun: Begun | None,
    path: Path,
    rules: FetchRules,
    progress: Callable[[int, int], None],
) -> _Taken:
    """Read the document, or its rest. What came is kept at `path` when it breaks off."""
    head = begun.head if begun else read_head(str(url), response.status_code, response.headers, rules)
    content = bytearray(begun.content if begun else b"")
    chunks = response.aiter_raw()
    try:
        while chunk := await _next(chunks, rules.idle_seconds):
            content += chunk
            check_size(str(url), len(content), rules)
            progress(len(content), head.total)
    except (httpx.RequestError, OSError, asyncio.CancelledError):
        keep_begun(path, Begun(head, bytes(content)))
        raise
    if not content:
        raise FetchError(str(url), "empty", f"the server sent an empty document: {BY_HAND}")
    if head.total not in {0, len(content)}:
        drop_begun(path)
        raise FetchError(str(url), "broken_off", "the server sent another part than it said: run it again")
    if not head.total:
        progress(len(content), len(content))
    return _Taken(url, head.kind, bytes(content))


async def _next(chunks: AsyncIterator[bytes], seconds: float) -> bytes:
    """Return the next bytes, or none at the end."""
    async with asyncio.timeout(seconds):
        return await anext(chunks, b"")


def _continues(begun: Begun, response: httpx.Response) -> bool:
    headers = response.headers
    same = begun.is_continued_by(headers.get("content-range", ""), read_validator(headers))
    return same and not is_compressed(headers)


def _is_of_tls(error: BaseException | None) -> bool:
    """Tell whether a failure to connect comes from the certificate or the handshake."""
    if error is None or isinstance(error, ssl.SSLError):
        return error is not None
    return _is_of_tls(error.__cause__ or error.__context__)


def _write(taken: _Taken, begun: Path) -> Fetched:
    """Write the document whole, beside what had begun of it, which then goes."""
    address, digest = str(taken.url), sha256(taken.content).hexdigest()
    path = begun.with_name(digest + SUFFIXES[taken.kind])
    try:
        write_whole(path, taken.content)
    except OSError as error:
        fault = f"it cannot be written to {path.parent} ({error.strerror})"
        raise FetchError(address, "not_kept", f"{fault}: make room, or give leave to write there") from error
    drop_begun(begun)
    return Fetched(path, address, taken.kind, digest, len(taken.content))
