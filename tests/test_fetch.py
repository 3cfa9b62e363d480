"""Downloads: from official hosts and public addresses only, capped, and whole or not at all, whatever the server does."""

import errno
import gzip
import re
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import anyio
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from misbehaving import (
    Answer,
    Asked,
    Certificate,
    Misbehaving,
    make_certificate,
    send,
    send_for_ever,
    send_on,
    serve,
    then_stall,
)

from corpus import fetch as module
from corpus.begun import Begun, read_begun
from corpus.errors import FETCH_REASONS, FetchError
from corpus.fetch import Fetched, fetch, resolve_name
from corpus.head import SUFFIXES, FetchRules, Head

HOST = "www.overheid.example"
ADDRESS = f"https://{HOST}/beleid"
PUBLIC, ELSEWHERE = "145.1.2.3", "145.1.2.4"
RULES = FetchRules(hosts=("overheid.example", "gemeente.example"), most_bytes=100_000)
PDF, TAG = "Content-Type: application/pdf", 'ETag: "one"'
BODY = bytes(range(256)) * 100
HALF = len(BODY) // 2


@dataclass
class Web:
    """The server, what the names in it resolve to, and what was looked up and connected to."""

    server: Misbehaving
    folder: Path
    authorities: Path
    names: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)
    progress: list[tuple[int, int]] = field(default_factory=list)

    def resolve(self, host: str) -> tuple[str, ...]:
        """Give what the name resolves to this time, at the end always the same; a public address if nothing is said."""
        self.looked_up.append(host)
        turns = self.names.get(host, [(PUBLIC,)])
        return turns.pop(0) if len(turns) > 1 else turns[0]

    def show(self, done: int, total: int) -> None:
        self.progress.append((done, total))

    def fetch(self, *answers: Answer, address: str = ADDRESS, rules: FetchRules = RULES) -> Fetched:
        self.server.answers[:], self.server.asked[:] = answers, []
        return fetch(
            address, self.folder, rules, self.show, resolve=self.resolve, authorities=self.authorities
        )

    def fail(self, *answers: Answer, address: str = ADDRESS, rules: FetchRules = RULES) -> FetchError:
        """Fetch what is refused; nothing but a beginning to continue may be left."""
        with pytest.raises(FetchError) as caught:
            self.fetch(*answers, address=address, rules=rules)
        left = self.folder.iterdir() if self.folder.exists() else ()
        assert [path.name for path in left if path.suffix != ".begun"] == []
        assert caught.value.reason in FETCH_REASONS
        return caught.value

    @property
    def begun(self) -> Path:
        """Where the beginning of the document is kept."""
        return self.folder / f"{sha256(ADDRESS.encode()).hexdigest()[:16]}.begun"

    def ranges(self) -> list[tuple[str | None, str | None]]:
        return [(asked.headers.get("range"), asked.headers.get("if-range")) for asked in self.server.asked]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(
        tmp_path_factory.mktemp("certificate"), HOST, "data.overheid.example", "gemeente.example"
    )


@pytest.fixture
def web(certificate: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """The web, in which every address leads to the server; all checks are the real ones."""
    with serve(certificate) as server:
        web = Web(server, tmp_path / "fetched", certificate.certificate)
        connect = anyio.connect_tcp

        async def connect_here(remote_host: str, remote_port: int, **rest: None) -> anyio.abc.SocketStream:
            web.connected.append((remote_host, remote_port))
            return await connect("127.0.0.1", server.port, **rest)

        monkeypatch.setattr(anyio, "connect_tcp", connect_here)
        yield web


def whole(body: bytes = BODY, kind: str = PDF, *headers: str) -> Answer:
    return send("200 OK", kind, *headers, body=body)


def half(*headers: str, body: bytes = BODY) -> Answer:
    """The first half of a document, said to be all of it, and then the line is cut."""
    return send(
        "200 OK", PDF, f"Content-Length: {len(body)}", *headers, body=body[: len(body) // 2], length=False
    )


def rest(*headers: str, body: bytes = BODY) -> Answer:
    """The rest from wherever it is asked for."""

    def answer(asked: Asked, *more: object) -> None:
        start = int(re.fullmatch(r"bytes=(\d+)-", asked.headers["range"])[1])
        place = f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}"
        send("206 Partial Content", place, *headers, body=body[start:])(asked, *more)

    return answer


# What a download does when all goes well.


def test_a_document_is_written_whole_under_a_name_made_of_its_digest(web: Web) -> None:
    fetched = web.fetch(whole(BODY, PDF, 'Content-Disposition: attachment; filename="../../evil.sh"'))
    digest = sha256(BODY).hexdigest()
    path = web.folder / f"{digest}.pdf"
    assert fetched == Fetched(path, ADDRESS, "application/pdf", digest, len(BODY))
    assert [(file, file.read_bytes()) for file in web.folder.iterdir()] == [(path, BODY)]


@pytest.mark.parametrize(("kind", "suffix"), SUFFIXES.items())
def test_every_kind_that_has_a_reader_is_taken_with_its_suffix(web: Web, kind: str, suffix: str) -> None:
    fetched = web.fetch(whole(BODY, f"Content-Type: {kind.upper()}; charset=utf-8"))
    assert (fetched.kind, fetched.path.suffix) == (kind, suffix)


def test_the_progress_ends_with_all_bytes_whether_their_number_was_said_or_not(web: Web) -> None:
    web.fetch(whole())
    assert web.progress[-1] == (len(BODY), len(BODY))
    assert {total for _, total in web.progress} == {len(BODY)}
    web.progress.clear()
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    web.fetch(send("200 OK", PDF, "Transfer-Encoding: chunked", body=chunks, length=False))
    assert web.progress[-1] == (len(BODY), len(BODY))
    assert {total for _, total in web.progress[:-1]} == {0}


def test_a_request_says_who_asks_and_for_what_and_nothing_else(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (web.folder.parent / ".netrc").write_text(f"machine {HOST} login me password secret")
    monkeypatch.setenv("HOME", str(web.folder.parent))
    said = {
        "user-agent": "Wolkwijzer",
        "accept": ", ".join(SUFFIXES),
        "accept-encoding": "identity",
    }
    away = send(
        "302 Found",
        "Location: https://data.overheid.example/x?y=z#part",
        "Set-Cookie: who=me; Domain=overheid.example",
    )
    web.fetch(away, whole())
    assert web.server.asked == [
        Asked("GET /beleid HTTP/1.1", {"host": HOST, **said}),
        Asked("GET /x?y=z HTTP/1.1", {"host": "data.overheid.example", **said}),
    ]


def test_a_redirect_to_another_official_host_is_followed_and_the_last_address_told(web: Web) -> None:
    fetched = web.fetch(send_on("/daar"), send_on("//gemeente.example:443/stuk.pdf#page=2"), whole())
    assert fetched.address == "https://gemeente.example/stuk.pdf"
    assert web.looked_up == [HOST, HOST, "gemeente.example"]


def test_as_many_redirects_are_followed_as_the_rules_say(web: Web) -> None:
    answers = send_on("/a"), send_on("/b"), whole()
    one, two = (replace(RULES, redirects=most) for most in (1, 2))
    assert web.fail(*answers, rules=one).reason == "too_many_redirects"
    assert web.fetch(*answers, rules=two).address == f"https://{HOST}/b"


@pytest.mark.parametrize("start", [f"http://{HOST}/beleid", f"http://{HOST}:80/beleid"])
def test_an_address_of_http_is_asked_over_https(web: Web, start: str) -> None:
    fetched = web.fetch(send_on(f"http://{HOST}/daar"), whole(), address=start)
    assert fetched.address == f"https://{HOST}/daar"
    assert web.connected == [(PUBLIC, 443)] * 2


def test_a_server_that_sends_on_to_http_alone_is_left_after_the_redirects(web: Web) -> None:
    assert web.fail(send_on(f"http://{HOST}/beleid")).reason == "too_many_redirects"
    assert {port for _, port in web.connected} == {443}


@pytest.mark.parametrize("location", ["/", f"https://{HOST}", "https://gemeente.example/?van=beleid"])
def test_a_document_whose_address_leads_to_a_home_page_by_now_is_said_to_be_gone(
    web: Web, location: str
) -> None:
    error = web.fail(send_on(location), whole(b"<html>Welkom", "Content-Type: text/html"))
    assert (error.reason, len(web.server.asked)) == ("moved", 1)
    assert str(error).startswith(f"{ADDRESS}: the server sends on to its home page, ")


def test_a_redirect_with_signs_beyond_ascii_is_followed(web: Web) -> None:
    fetched = web.fetch(send_on("/een café.pdf"), whole())
    assert fetched.address == f"https://{HOST}/een%20caf%C3%A9.pdf"
    assert web.server.asked[1].line == "GET /een%20caf%C3%A9.pdf HTTP/1.1"


# Where it does not go.
OUTSIDE = [
    ("file:///etc/passwd", "bad_address"),
    (f"ftp://{HOST}/beleid", "bad_address"),
    (f"https://user:word@{HOST}/", "bad_address"),
    (f"https://{HOST}:8443/", "bad_address"),
    (f"http://{HOST}:8080/", "bad_address"),
    ("http://evil.nl/", "foreign_host"),
    (f"https://{HOST}:80/", "bad_address"),
    (f"https://{HOST}\x1b[2J/", "bad_address"),
    ("https://[::1/", "bad_address"),
    ("https://overheid.example.evil.nl/", "foreign_host"),
    ("https://nietoverheid.example/", "foreign_host"),
    ("https://overheid.example./", "foreign_host"),
    ("https://example/", "foreign_host"),
    ("https://bücher.overheid.example/", "foreign_host"),
    (f"https://evil.nl/?{HOST}", "foreign_host"),
    ("https://127.0.0.1/", "foreign_host"),
    ("https://2130706433/", "foreign_host"),
    ("https://[::ffff:127.0.0.1]/", "foreign_host"),
]


@pytest.mark.parametrize(
    ("address", "reason"),
    [*OUTSIDE, (HOST, "bad_address"), ("", "bad_address"), ("https:///beleid", "foreign_host")],
)
def test_an_address_that_is_not_https_plain_and_official_is_not_looked_up(
    web: Web, address: str, reason: str
) -> None:
    assert web.fail(whole(), address=address).reason == reason
    assert (web.looked_up, web.connected) == ([], [])


@pytest.mark.parametrize(("address", "reason"), OUTSIDE)
def test_a_redirect_to_such_an_address_is_not_followed(web: Web, address: str, reason: str) -> None:
    assert web.fail(send_on(address), whole()).reason == reason
    assert (web.looked_up, web.connected) == ([HOST], [(PUBLIC, 443)])


@given(
    st.text(max_size=40),
    st.sampled_from(["", "https://", "//", "https:////[", f"https://{HOST}", "https://["]),
)
@settings(derandomize=True, max_examples=500)
def test_any_text_is_refused_as_an_address_or_leads_to_an_official_host(text: str, before: str) -> None:
    for seen_at in (None, httpx.URL(ADDRESS)):
        try:
            said = str(module._allow(before + text, RULES, seen_at))
        except FetchError as error:
            said = f"https://overheid.example/ {error}"
        assert said.isprintable()
        assert re.fullmatch(r"https://([^/]+\.)?(overheid|gemeente)\.example([/?].*)?", said)


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:145.1.2.3", "::127.0.0.1", "::145.1.2.3", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "2002:7f00:1::", "2002:9101:203::", "2001:0:1::1", "2001:db8::1", "fc00::1", "fd12::1",
        "fe80::1", "fe80::1%2", "fec0::1", "ff02::1", "4000::1",
    ],
)  # fmt: skip
def test_a_name_that_resolves_to_an_address_that_is_not_public_is_never_connected_to(
    web: Web, place: str
) -> None:
    web.names[HOST] = [(place,)]
    error = web.fail(whole())
    assert (error.reason, place in str(error)) == ("private_address", True)
    assert web.connected == []


@pytest.mark.parametrize("place", [PUBLIC, "8.8.8.8", "2a02:10::1", "2001:4860:4860::8888"])
def test_a_name_that_resolves_to_a_public_address_is_connected_to_there(web: Web, place: str) -> None:
    web.names[HOST] = [(place,)]
    web.fetch(whole())
    assert (web.connected, web.server.asked[0].headers["host"]) == ([(place, 443)], HOST)


def test_a_name_that_is_public_and_private_at_once_is_refused(web: Web) -> None:
    web.names[HOST] = [(PUBLIC, "10.0.0.1")]
    assert web.fail(whole()).reason == "private_address"
    web.names[HOST] = [("10.0.0.1", PUBLIC)]
    assert web.fail(whole()).reason == "private_address"
    assert web.connected == []


def test_where_one_address_of_a_name_cannot_be_reached_the_next_is_asked(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    six, connect = "2a02:10::1", anyio.connect_tcp

    async def only_six(remote_host: str, remote_port: int, **rest: None) -> anyio.abc.SocketStream:
        stream = await connect(remote_host, remote_port, **rest)
        if remote_host != six:
            await stream.aclose()
            raise OSError(errno.ENETUNREACH, "no such network")
        return stream

    monkeypatch.setattr(anyio, "connect_tcp", only_six)
    web.names[HOST] = [(PUBLIC, ELSEWHERE)]
    assert web.fail(whole()).reason == "unreachable"
    web.names[HOST] = [(PUBLIC, ELSEWHERE, six)]
    web.fetch(whole())
    assert [place for place, _ in web.connected] == [PUBLIC, ELSEWHERE, PUBLIC, ELSEWHERE, six]
    assert web.server.asked[0].headers["host"] == HOST


def test_a_certificate_that_is_wrong_at_one_address_is_not_tried_at_the_next(web: Web) -> None:
    web.names["other.overheid.example"] = [(PUBLIC, ELSEWHERE)]
    assert web.fail(whole(), address="https://other.overheid.example/").reason == "bad_certificate"
    assert web.connected == [(PUBLIC, 443)]


def test_a_name_that_changes_after_the_check_is_connected_to_where_it_was_checked(web: Web) -> None:
    web.names[HOST] = [(PUBLIC,), ("127.0.0.1",)]
    web.fetch(whole())
    assert (web.looked_up, web.connected) == ([HOST], [(PUBLIC, 443)])


def test_a_redirect_is_checked_by_what_its_name_resolves_to_by_then(web: Web) -> None:
    web.names[HOST] = [(PUBLIC,), ("127.0.0.1",)]
    assert web.fail(send_on("/daar"), whole()).reason == "private_address"
    web.names["gemeente.example"] = [("192.168.1.1",)]
    web.names[HOST] = [(PUBLIC,)]
    assert web.fail(send_on("https://gemeente.example/x"), whole()).reason == "private_address"
    assert web.connected == [(PUBLIC, 443)] * 2


def test_a_redirect_that_turns_in_a_circle_ends(web: Web) -> None:
    assert web.fail(send_on("/beleid")).reason == "too_many_redirects"
    assert len(web.server.asked) == RULES.redirects + 1


@pytest.mark.parametrize("fault", [OSError("no such name"), UnicodeError("label too long")])
def test_a_name_that_nobody_knows_is_said_to_be_that(
    web: Web, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(host: str) -> tuple[str, ...]:
        raise fault

    monkeypatch.setattr(web, "resolve", resolve)
    assert web.fail(whole()).reason == "unknown_name"


def test_the_real_resolver_gives_the_addresses_of_a_name_those_of_ipv4_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert resolve_name("127.0.0.1") == ("127.0.0.1",)
    with pytest.raises(UnicodeError):
        resolve_name("a" * 70 + ".example")
    six = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2a02:10::1", 443, 0, 0))
    four = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [six, four])
    assert resolve_name(HOST) == (PUBLIC, "2a02:10::1")


# Who it believes.


def test_a_certificate_that_nobody_vouches_for_is_refused(web: Web) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(ADDRESS, web.folder, RULES, lambda *_: None, resolve=web.resolve)
    assert caught.value.reason == "bad_certificate"
    assert web.server.asked == []


def test_a_certificate_of_another_name_is_refused(web: Web) -> None:
    assert web.fail(whole(), address="https://other.overheid.example/").reason == "bad_certificate"
    assert web.server.asked == []


def test_the_environment_does_not_say_whom_to_believe(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(web.authorities))
    monkeypatch.setenv("SSL_CERT_DIR", str(web.authorities.parent))
    with pytest.raises(FetchError) as caught:
        fetch(ADDRESS, web.folder, RULES, lambda *_: None, resolve=web.resolve)
    assert caught.value.reason == "bad_certificate"


def test_a_server_that_cannot_be_reached_is_said_to_be_that(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(**_: None) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(anyio, "connect_tcp", refuse)
    assert web.fail(whole()).reason == "unreachable"


# How much it takes.


def test_a_length_over_the_most_is_refused_before_a_byte_is_read(web: Web) -> None:
    said = send("200 OK", PDF, f"Content-Length: {RULES.most_bytes + 1}", length=False)
    assert web.fail(then_stall(said)).reason == "too_large"
    assert web.progress == []


def test_a_document_of_just_the_most_bytes_is_taken(web: Web) -> None:
    assert web.fetch(whole(b"x" * RULES.most_bytes)).size == RULES.most_bytes


def test_a_body_without_end_is_cut_at_the_most(web: Web) -> None:
    assert web.fail(send_for_ever(PDF, TAG, chunk=b"x" * 1000)).reason == "too_large"
    assert max(done for done, _ in web.progress) <= RULES.most_bytes


def test_a_body_of_which_nobody_can_know_the_end_is_refused(web: Web) -> None:
    assert web.fail(send("200 OK", PDF, body=BODY, length=False)).reason == "broken_off"


def test_what_is_sent_compressed_is_refused_and_never_unpacked(web: Web) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    assert web.fail(whole(bomb, PDF, "Content-Encoding: gzip")).reason == "compressed"
    assert web.progress == []


def test_a_server_that_drips_is_given_up_after_all_the_time(web: Web) -> None:
    drip = send_for_ever(PDF, chunk=b"x")
    error = web.fail(drip, rules=replace(RULES, most_bytes=10**9, seconds=0.3, idle_seconds=600))
    assert (error.reason, "0.3 s in all" in str(error)) == ("too_slow", True)


@pytest.mark.parametrize(
    "first",
    [
        lambda *_: None,
        send("200 OK", PDF, "Content-Length: 100", body=b"x" * 50, length=False),
        lambda _, out, __: out.write(b"HTTP/1.1 200 OK\r\nContent-"),
    ],
    ids=["before a word", "in the body", "in a header"],
)
def test_a_server_that_says_nothing_more_is_given_up_after_the_wait(web: Web, first: Answer) -> None:
    rules = replace(RULES, seconds=600, idle_seconds=0.3)
    assert web.fail(then_stall(first), rules=rules).reason == "too_slow"


def test_a_header_of_a_megabyte_is_refused(web: Web) -> None:
    assert web.fail(whole(BODY, PDF, "X-Fill: " + "x" * 1_000_000)).reason == "broken_off"


def test_an_empty_document_is_refused(web: Web) -> None:
    assert web.fail(whole(b"")).reason == "empty"


@pytest.mark.parametrize("kind", ["application/zip", "image/png", "", "\x1b]0;x", "text"])
def test_another_kind_of_content_is_refused_without_repeating_what_is_no_kind(web: Web, kind: str) -> None:
    error = web.fail(whole(BODY, f"Content-Type: {kind}"))
    assert (error.reason, str(error).isprintable()) == ("wrong_kind", True)
    assert web.progress == []


@pytest.mark.parametrize(
    "kind", ["application/octet-stream", "binary/octet-stream", "text/html", "text/plain"]
)
@pytest.mark.parametrize(("start", "suffix"), [(b"%PDF-1.7 ", ".pdf"), (b"PK\x03\x04", ".docx")])
def test_a_document_that_is_called_something_else_is_known_by_its_first_bytes(
    web: Web, kind: str, start: bytes, suffix: str
) -> None:
    fetched = web.fetch(whole(start + BODY, f"Content-Type: {kind}"))
    assert (fetched.kind, fetched.path.suffix) == (
        next(one for one in SUFFIXES if SUFFIXES[one] == suffix),
        suffix,
    )


def test_mere_bytes_that_broke_off_are_continued_and_known(web: Web) -> None:
    body = b"%PDF-" + BODY
    headers = "Content-Type: application/octet-stream", f"Content-Length: {len(body)}", TAG
    web.fail(send("200 OK", *headers, body=body[:HALF], length=False))
    assert web.fetch(rest(body=body)).kind == "application/pdf"
    assert web.ranges() == [(f"bytes={HALF}-", '"one"')]


@pytest.mark.parametrize("body", [BODY, b"PK\x05\x06", b"%PD"])
def test_mere_bytes_that_begin_like_no_document_are_refused(web: Web, body: bytes) -> None:
    assert web.fail(whole(body, "Content-Type: application/octet-stream")).reason == "wrong_kind"


@pytest.mark.parametrize("name", ["beleid.pdf", "Beleid.DOCX"])
@pytest.mark.parametrize("before", [(), (send_on("/inloggen"),)], ids=["in its place", "elsewhere"])
def test_a_web_page_in_place_of_a_pdf_or_word_document_is_refused(
    web: Web, name: str, before: tuple[Answer, ...]
) -> None:
    page = whole(b"<html><title>Inloggen</title>", "Content-Type: text/html")
    error = web.fail(*before, page, address=f"https://{HOST}/{name}?versie=2")
    assert (error.reason, "sends a web page in place of the ." in str(error)) == ("wrong_kind", True)


def test_a_server_that_tells_the_end_of_a_page_only_where_the_connection_may_last_is_read(web: Web) -> None:
    # As Jetty does: with `Connection: close` it sends neither a length nor chunks.
    chunks = send("200 OK", PDF, "Transfer-Encoding: chunked", body=b"4\r\nhalf\r\n0\r\n\r\n", length=False)
    ends = send("200 OK", PDF, "Connection: close", body=b"half", length=False)

    def answer(asked: Asked, *more: object) -> None:
        (ends if asked.headers.get("connection") == "close" else chunks)(asked, *more)

    assert web.fetch(answer).size == 4


def test_a_document_without_a_kind_is_refused(web: Web) -> None:
    assert web.fail(send("200 OK", body=BODY)).reason == "wrong_kind"


# What it says of a refusal.


@pytest.mark.parametrize(
    ("status", "header", "said"),
    [
        ("404 Not Found", "X: y", "no such document (404): look up where it stands now"),
        ("410 Gone", "X: y", "no such document (410): look up where it stands now"),
        ("403 Forbidden", "X: y", "does not give it to programs (403)"),
        ("500 Internal Server Error", "X: y", "the server fails (500): try again later"),
        ("429 Too Many Requests", "Retry-After: 120", "come back in 120 seconds (429): run it again then"),
        (
            "503 Unavailable",
            "Retry-After: Mon, 30 Nov 2026 12:00:00 GMT",
            "after 2026-11-30T12:00:00+00:00 (503)",
        ),
        ("429 Too Many Requests", "Retry-After: \x1b[31mnow", "come back later (429)"),
        (
            "429 Too Many Requests",
            "Retry-After: Mon, 30 Nov 2026 12:00:00 +" + "9" * 30,
            "come back later (429)",
        ),
        ("429 Too Many Requests", "X: y", "come back later (429)"),
        ("204 No Content", "X: y", "the server answers 204, not with a document"),
        ("206 Partial Content", "Content-Range: bytes 0-9/10", "the server answers 206, not with a document"),
        ("302 Found", "X: y", "the server answers 302, not with a document"),
    ],
)
def test_a_status_without_a_document_is_told_with_what_to_do(
    web: Web, status: str, header: str, said: str
) -> None:
    error = web.fail(send(status, PDF, header))
    assert (error.reason, said in str(error), str(error).startswith(f"{ADDRESS}: ")) == (
        "bad_status",
        True,
        True,
    )


def test_a_server_that_speaks_something_else_is_said_to_break_off(web: Web) -> None:
    assert web.fail(lambda _, out, __: out.write(b"220 ready\r\n")).reason == "broken_off"


def test_a_line_that_is_garbled_is_said_to_break_off(web: Web) -> None:
    error = web.fail(lambda _, out, __: socket.socket.sendall(out.raw._sock, b"no record of TLS"))
    assert error.reason == "broken_off"


def test_a_folder_that_cannot_be_written_to_is_named(web: Web) -> None:
    web.folder.write_text("a file")
    with pytest.raises(FetchError) as caught:
        web.fetch(whole())
    assert (caught.value.reason, str(web.folder) in str(caught.value)) == ("not_kept", True)


# How it goes on where it stopped.


@pytest.mark.parametrize(
    ("said", "validator"),
    [
        ((TAG,), '"one"'),
        (("Last-Modified: Mon, 30 Nov 2026 12:00:00 GMT",), "Mon, 30 Nov 2026 12:00:00 GMT"),
        (('ETag: W/"weak"', "Last-Modified: Mon, 30 Nov 2026 12:00:00 GMT"), "Mon, 30 Nov 2026 12:00:00 GMT"),
    ],
)
def test_a_document_that_broke_off_is_continued_and_is_whole(
    web: Web, said: tuple[str, ...], validator: str
) -> None:
    assert web.fail(half(*said)).reason == "broken_off"
    fetched = web.fetch(rest())
    assert web.ranges() == [(f"bytes={HALF}-", validator)]
    assert (fetched.path.read_bytes(), fetched.kind) == (BODY, "application/pdf")
    assert list(web.folder.iterdir()) == [fetched.path]


def test_it_is_continued_as_often_as_it_breaks_off(web: Web) -> None:
    def quarter(asked: Asked, out: object, ended: object) -> None:
        place = f"Content-Range: bytes {HALF}-{len(BODY) - 1}/{len(BODY)}"
        length = f"Content-Length: {HALF}"
        send("206 Partial Content", place, length, TAG, body=BODY[HALF : HALF + 100], length=False)(
            asked, out, ended
        )

    web.fail(half(TAG))
    web.fail(quarter)
    fetched = web.fetch(rest(TAG))
    assert web.ranges() == [(f"bytes={HALF + 100}-", '"one"')]
    assert fetched.path.read_bytes() == BODY


@pytest.mark.parametrize("limit", ["seconds", "idle_seconds"])
def test_a_document_that_came_too_slowly_is_continued(web: Web, limit: str) -> None:
    # On a busy machine the shortest may be over before anything came.
    for most in (0.3, 5, 60):
        if not web.begun.exists():
            assert web.fail(then_stall(half(TAG)), rules=replace(RULES, **{limit: most})).reason == "too_slow"
    assert web.fetch(rest(TAG)).path.read_bytes() == BODY


def test_a_document_that_somebody_stopped_is_continued(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as stopping:
        stopping.setattr(web, "show", lambda done, total: signal.raise_signal(signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            web.fetch(then_stall(half(TAG)))
    assert web.fetch(rest(TAG)).path.read_bytes() == BODY


def test_where_no_beginning_can_be_kept_what_stopped_it_is_still_told(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.folder.write_text("a file")
    monkeypatch.setattr(web, "show", lambda done, total: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        web.fetch(then_stall(half(TAG)))


def test_a_document_that_was_changed_meanwhile_is_taken_anew(web: Web) -> None:
    web.fail(half(TAG))
    new = BODY[::-1]
    assert web.fetch(whole(new, PDF, 'ETag: "two"')).path.read_bytes() == new
    assert web.ranges() == [(f"bytes={HALF}-", '"one"')]


def test_a_server_that_knows_no_ranges_sends_it_anew(web: Web) -> None:
    web.fail(half(TAG))
    assert web.fetch(whole()).path.read_bytes() == BODY
    assert list(web.folder.iterdir()) == [web.folder / f"{sha256(BODY).hexdigest()}.pdf"]


@pytest.mark.parametrize(
    "answer",
    [
        rest('ETag: "two"'),
        rest(TAG, body=BODY + b"more"),
        rest(TAG, "Content-Encoding: gzip"),
        send("206 Partial Content", TAG, f"Content-Range: bytes 0-{len(BODY) - 1}/{len(BODY)}", body=BODY),
        send("206 Partial Content", TAG, body=BODY[HALF:]),
        send("416 Range Not Satisfiable", f"Content-Range: bytes */{len(BODY)}"),
    ],
    ids=["another version", "longer now", "compressed", "from the start", "no place", "no such range"],
)
def test_a_rest_that_does_not_fit_what_is_here_is_not_taken_and_all_is_asked_for(
    web: Web, answer: Answer
) -> None:
    web.fail(half(TAG))
    assert web.fetch(answer, whole()).path.read_bytes() == BODY
    assert web.ranges() == [(f"bytes={HALF}-", '"one"'), (None, None)]


def test_a_rest_of_another_length_than_it_says_is_not_taken_and_not_tried_again(web: Web) -> None:
    web.fail(half(TAG))
    short = send(
        "206 Partial Content", TAG, f"Content-Range: bytes {HALF}-{len(BODY) - 1}/{len(BODY)}", body=b"short"
    )
    assert web.fail(short).reason == "broken_off"
    web.fetch(whole())
    assert web.ranges() == [(None, None)]


def test_a_rest_does_not_make_a_document_larger_than_the_most(web: Web) -> None:
    web.fail(half(TAG))
    small = replace(RULES, most_bytes=HALF + 10)
    assert web.fail(whole(), rules=small).reason == "too_large"
    assert web.ranges() == [(None, None)]


def test_a_kind_that_is_no_longer_taken_is_not_continued(web: Web) -> None:
    web.fail(half(TAG))
    web.fetch(whole(BODY, "Content-Type: text/plain"), rules=replace(RULES, kinds=("text/plain",)))
    assert web.ranges() == [(None, None)]


def test_a_beginning_whose_rest_does_not_fit_is_forgotten_even_when_nothing_more_may_be_asked(
    web: Web,
) -> None:
    web.fail(half(TAG))
    assert web.fail(rest('ETag: "two"'), rules=replace(RULES, redirects=0)).reason == "too_many_redirects"
    assert not web.begun.exists()


def test_without_a_length_nothing_is_kept(web: Web) -> None:
    cut = send("200 OK", PDF, TAG, "Transfer-Encoding: chunked", body=b"64\r\nhalf", length=False)
    assert web.fail(cut).reason == "broken_off"
    assert (web.progress, web.begun.exists()) == ([(4, 0)], False)


@pytest.mark.parametrize("said", [(), ('ETag: W/"weak"',)])
def test_without_a_name_for_the_version_nothing_is_kept(web: Web, said: tuple[str, ...]) -> None:
    web.fail(half(*said))
    assert not web.begun.exists()


def test_a_beginning_that_is_damaged_at_any_byte_or_cut_anywhere_is_not_continued(web: Web) -> None:
    web.fail(half(TAG, body=b"x" * 100))
    kept = web.begun.read_bytes()
    assert read_begun(web.begun) == Begun(Head("application/pdf", 100, '"one"'), b"x" * 50)
    for place, byte in enumerate(kept):
        for damaged in (kept[:place], kept[:place] + bytes([byte ^ 2]) + kept[place + 1 :]):
            web.begun.write_bytes(damaged)
            assert read_begun(web.begun) is None
    assert web.fetch(whole()).path.read_bytes() == BODY
    assert web.ranges() == [(None, None)]


def test_the_beginning_of_one_address_is_not_continued_by_another(web: Web) -> None:
    web.fail(half(TAG))
    web.fetch(whole(), address=f"https://{HOST}/anders")
    assert web.ranges() == [(None, None)]
