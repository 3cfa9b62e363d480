"""The sources on the page: what each is; on this machine alone documents are added and removed, by the page's own forms alone."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi import FastAPI
from library_fakes import POLICY, Refreshed, read_lines, write_items
from lxml.html import document_fromstring
from page_fakes import FakeAsk
from starlette.testclient import TestClient

from assistant.changes import Changes
from assistant.page.sources import MOST_UPLOADED
from assistant.server import make_app
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.add import remove_sources
from corpus.errors import CHANGE_REASONS, REASONS, ReadError
from corpus.extraction import Extraction
from corpus.held import changing
from corpus.library import load_library
from corpus.load import Corpus
from index.errors import IndexUnreachable

HERE = "http://127.0.0.1"
WORDS = read_words()
FOREIGN = ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"})


@dataclass
class Desk:
    """A page with its library: `hold` keeps the reader waiting until it is set."""

    home: Path
    base: Corpus
    refresh: Refreshed = field(default_factory=Refreshed)
    hold: threading.Event = field(default_factory=threading.Event)
    reason: str = ""
    corpus: Corpus | None = None

    def read(self, path: Path) -> Extraction:
        assert self.hold.wait(30)
        if self.reason:
            raise ReadError(path.name, self.reason, "advice")
        return read_lines(path)

    def follow(self) -> None:
        self.corpus = load_library(self.home)

    def make(self, **keywords: object) -> FastAPI:
        self.changes = Changes(self.home, self.refresh, lambda: "2026-11-30", self.follow, self.read)
        shown = {"host": "127.0.0.1", "changes": self.changes, "current": lambda: self.corpus or self.base}
        return make_app(
            FakeAsk(self.base), self.base, WORDS, Organisation(), lambda: "2026-11-30", **(shown | keywords)
        )


@pytest.fixture
def desk(corpus: Corpus, tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "home", corpus)
    made.hold.set()
    return made


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(desk.make(), base_url=HERE) as client:
        yield client
        desk.hold.set()
        assert desk.changes.idle.wait(30)


def text_of(html: str) -> str:
    """Return what a page says, without tags, its character references read."""
    plain = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), re.sub(r"<[^>]+>", " ", html))
    return " ".join(plain.split())


def token(client: TestClient) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/sources").text)
    assert found is not None
    return text_of(found[1])


def send(client: TestClient, name: str = "Beleid 2026.txt", text: str = POLICY, **said: str) -> int:
    values = {"token": token(client), "lang": "nl", "kind": "own", **said}
    response = client.post(
        "/sources/add", data=values, files={"file": (name, text.encode())}, follow_redirects=False
    )
    return response.status_code


def is_untouched(desk: Desk) -> bool:
    return desk.changes.idle.is_set() and desk.changes.last is None


def done(desk: Desk, client: TestClient, language: str = "nl") -> str:
    """Wait until the change is made; return what the page says then."""
    assert desk.changes.idle.wait(30)
    return text_of(client.get(f"/sources?lang={language}").text)


def test_the_page_says_of_every_source_what_it_is(client: TestClient, corpus: Corpus) -> None:
    for language in ("nl", "en"):
        page = client.get(f"/sources?lang={language}").text
        said = text_of(page)
        assert f'<html lang="{language}"' in page
        assert all(" ".join(source.title.split()) in said for source in corpus.sources.values())
        held, linked = (said.index(WORDS.say(f"sources.{part}", language)) for part in ("held", "linked"))
        assert held < linked
    guidance = corpus.sources["ibd-cloud-2016"]
    count = len(corpus.documents["ibd-cloud-2016"].paragraphs)
    assert f"Kind guidance Authority guidance Language Dutch Paragraphs {count}" in said
    assert guidance.sha256 in said
    assert '<a href="&#47;document&#47;ibd&#45;cloud&#45;2016&#63;lang&#61;en"' in page


def test_the_page_is_reached_from_a_document(client: TestClient) -> None:
    assert "&#47;sources&#63;lang&#61;en" in client.get("/document/ibd-cloud-2016?lang=en").text


def test_a_document_is_added_and_shown_with_what_was_said_of_it(desk: Desk, client: TestClient) -> None:
    said = {
        "title": "Cloudbeleid van Waterdam",
        "publisher": "Waterdam",
        "date": "2026-03-01",
        "licence": "CC0",
    }
    assert send(client, **said) == 303
    page = done(desk, client)
    assert "Toegevoegd: ‘Cloudbeleid van Waterdam’." in page
    source = load_library(desk.home).sources["beleid-2026"]
    assert (source.authority, source.publisher, source.version, source.licence) == (
        "own",
        "Waterdam",
        "2026-03-01",
        "CC0",
    )
    assert "Toegevoegd op 2026-11-30 Onzichtbare tekens weggelaten 2" in page
    assert source.sha256 in page
    assert desk.refresh.digests == [load_library(desk.home).digest]


def test_while_a_document_is_read_the_page_says_so_and_takes_no_other(desk: Desk, client: TestClient) -> None:
    desk.hold.clear()
    assert send(client) == 303
    assert "Wolkwijzer leest ‘Beleid 2026.txt’. Kijk opnieuw" in text_of(client.get("/sources").text)
    assert send(client, "ander.txt") == 409
    desk.hold.set()
    assert "Toegevoegd: ‘Beleid 2026’." in done(desk, client)
    assert sorted(load_library(desk.home).added) == ["beleid-2026"]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("reason", REASONS)
def test_a_document_that_cannot_be_read_says_why(
    desk: Desk, client: TestClient, reason: str, language: str
) -> None:
    desk.reason = reason
    assert send(client, lang=language) == 303
    page = done(desk, client, language)
    assert WORDS.say("sources.failed", language, {"name": "Beleid 2026.txt"}) in page
    assert WORDS.say(f"unread.{reason}", language) in page


def fail(desk: Desk, client: TestClient, corpus: Corpus, reason: str) -> None:
    """Have a change fail for a reason: by what is sent, or by the library."""
    sent = {"token": token(client), "lang": "nl", "id": "beleid-2026"}
    match reason:
        case "sources.no_sentence":
            send(client, text="# Cloudbeleid")
        case "sources.already_here":
            send(client, "handreiking.txt", corpus.documents["ibd-cloud-2016"].text)
        case "sources.name_taken":
            send(client, "ibd-cloud-2016.txt")
        case "sources.busy":
            with changing(desk.home):
                send(client)
                assert desk.changes.idle.wait(30)
        case "sources.unwritable":
            desk.home.write_text("a file where the folder should be", encoding="utf-8")
            send(client)
        case "sources.gone" | "sources.quoted":
            send(client)
            done(desk, client)
            if reason == "sources.gone":
                remove_sources(desk.home, desk.refresh, ["beleid-2026"])
            else:
                write_items(desk.home)
            client.post("/sources/remove", data=sent, follow_redirects=False)
        case "fault.unreachable":
            desk.refresh.error = IndexUnreachable("database", "does not answer")
            send(client)
        case _:
            desk.refresh.error = MemoryError("full")
            send(client)


@pytest.mark.parametrize(
    "reason",
    [*(f"sources.{reason}" for reason in CHANGE_REASONS), "sources.unexpected", "fault.unreachable"],
)
def test_each_reason_why_a_change_fails_is_said_in_the_language_of_the_page(
    desk: Desk, client: TestClient, corpus: Corpus, reason: str
) -> None:
    fail(desk, client, corpus, reason)
    for language in ("nl", "en"):
        assert WORDS.say(reason, language, {"file": "database"}) in done(desk, client, language)


@pytest.mark.parametrize(
    ("file", "said", "why", "at"),
    [
        (("", b""), {}, "no_file", "file"),
        (("a.txt", b"x"), {"date": "31-02-2026"}, "no_date", "date"),
        (("a.txt", b"x"), {"token": "of an earlier start"}, "old_form", ""),
    ],
)
def test_a_form_that_is_not_taken_says_why_at_its_field_and_keeps_what_was_typed(
    desk: Desk, client: TestClient, file: tuple[str, bytes], said: dict[str, str], why: str, at: str
) -> None:
    typed = {"kind": "standard", "title": "Titel <b>", "publisher": "Uitgever", "licence": "CC0"}
    sent = {"token": token(client), "lang": "en", **typed, **said}
    response = client.post("/sources/add", data=sent, files={"file": file})
    page = document_fromstring(response.text)
    assert (response.status_code, is_untouched(desk)) == (400, True)
    assert page.xpath("//*[@role='alert']/text()") == [WORDS.say(f"sources.{why}", "en")]
    assert page.xpath("//*[@aria-invalid='true'][@aria-describedby='complaint']/@id") == [at][: bool(at)]
    kept = {name: page.get_element_by_id(name).get("value") for name in ("title", "publisher", "licence")}
    assert {"kind": page.xpath("//option[@selected]/@value")[0], **kept} == typed


def test_a_form_that_has_to_wait_says_so_and_keeps_what_was_typed(desk: Desk, client: TestClient) -> None:
    desk.hold.clear()
    send(client)
    sent = {"token": token(client), "kind": "own", "title": "Tweede"}
    response = client.post("/sources/add", data=sent, files={"file": ("ander.txt", b"x")})
    page = document_fromstring(response.text)
    said = page.xpath("//*[@role='alert']/text()")
    assert (response.status_code, said) == (409, [WORDS.say("sources.occupied", "nl")])
    assert page.get_element_by_id("title").get("value") == "Tweede"


@pytest.mark.parametrize("error", [MemoryError("full"), RuntimeError("secret words")])
def test_a_change_that_breaks_off_is_told_and_the_next_one_is_taken(
    desk: Desk, client: TestClient, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    desk.refresh.error = error
    send(client)
    assert "Dit lukte niet: ‘Beleid 2026.txt’. Er is niets veranderd." in done(desk, client)
    assert load_library(desk.home).added == frozenset()
    desk.refresh.error = None
    send(client)
    assert "Toegevoegd" in done(desk, client)


def test_a_document_is_removed(desk: Desk, client: TestClient) -> None:
    send(client)
    done(desk, client)
    sent = {"token": token(client), "lang": "nl", "id": "beleid-2026"}
    assert client.post("/sources/remove", data=sent, follow_redirects=False).status_code == 303
    assert "Verwijderd: ‘Beleid 2026’." in done(desk, client)
    assert load_library(desk.home).added == frozenset()


def test_a_document_that_own_items_quote_is_kept_and_the_page_says_so(desk: Desk, client: TestClient) -> None:
    send(client)
    done(desk, client)
    write_items(desk.home)
    client.post("/sources/remove", data={"token": token(client), "lang": "nl", "id": "beleid-2026"})
    assert "own items quote 'beleid-2026': M1, M3" in done(desk, client)
    assert sorted(load_library(desk.home).added) == ["beleid-2026"]


@pytest.mark.parametrize("identity", ["ibd-cloud-2016", "wolkwijzer-notes", "../../x", ""])
def test_no_document_of_the_project_is_removed(desk: Desk, client: TestClient, identity: str) -> None:
    sent = {"token": token(client), "id": identity}
    assert client.post("/sources/remove", data=sent).status_code == 400
    assert is_untouched(desk)


@pytest.mark.parametrize("path", ["/sources/add", "/sources/remove"])
@pytest.mark.parametrize("headers", FOREIGN)
def test_a_foreign_page_changes_nothing(
    desk: Desk, client: TestClient, path: str, headers: dict[str, str]
) -> None:
    sent = {"token": token(client), "kind": "own", "id": "beleid-2026"}
    response = client.post(path, data=sent, files={"file": ("a.txt", b"x")}, headers=headers)
    assert (response.status_code, is_untouched(desk)) == (403, True)


def test_another_host_name_changes_nothing(desk: Desk, client: TestClient) -> None:
    sent = {"token": token(client), "kind": "own"}
    response = client.post(
        "/sources/add", data=sent, files={"file": ("a.txt", b"x")}, headers={"host": "evil.example"}
    )
    assert (response.status_code, is_untouched(desk)) == (400, True)


@pytest.mark.parametrize(
    "change",
    [
        {"token": ""},
        {"token": "é"},
        {"token": "x" * 43},
        {"kind": ""},
        {"kind": "note"},
        {"title": "x" * 2000},
    ],
)
def test_a_form_that_the_page_did_not_make_changes_nothing(
    desk: Desk, client: TestClient, change: dict[str, str]
) -> None:
    assert send(client, **change) == 400
    assert is_untouched(desk)


def test_a_form_without_a_file_changes_nothing(desk: Desk, client: TestClient) -> None:
    assert client.post("/sources/add", data={"token": token(client), "kind": "own"}).status_code == 400
    assert is_untouched(desk)


def test_nothing_is_changed_by_opening_an_address(client: TestClient) -> None:
    assert [client.get(path).status_code for path in ("/sources/add", "/sources/remove")] == [404, 404]


def test_a_file_over_the_limit_is_refused_before_it_is_read(desk: Desk, client: TestClient) -> None:
    headers = {"content-length": str(MOST_UPLOADED + 1), "content-type": "multipart/form-data; boundary=x"}
    response = client.post("/sources/add", content=b"--x", headers=headers)
    assert (response.status_code, response.headers["connection"]) == (413, "close")
    assert (
        "Het bestand is te groot" in response.json()["error"] if "error" in response.json() else response.text
    )
    assert is_untouched(desk)


def test_what_is_longer_than_announced_or_of_unknown_length_is_refused(client: TestClient) -> None:
    kind = {"content-type": "multipart/form-data; boundary=x"}
    longer = client.post("/sources/add", content=b"--x" * 9, headers=kind | {"content-length": "5"})
    unknown = client.post("/sources/add", content=iter([b"--x"]), headers=kind)
    assert (longer.status_code, unknown.status_code) == (400, 411)


def test_a_file_far_larger_than_a_question_is_taken(desk: Desk, client: TestClient) -> None:
    assert send(client, text="Een zin van het beleid.\n" + "\n" * 5_000_000) == 303
    assert "Toegevoegd" in done(desk, client)


@pytest.mark.parametrize(
    ("host", "names"),
    [("", ("127.0.0.1",)), ("192.0.2.1", ("127.0.0.1",)), ("127.0.0.1", ("127.0.0.1", "cloud.example"))],
    ids=["no address", "another address", "a name for others"],
)
def test_where_others_can_open_the_page_it_shows_and_changes_nothing_more(
    desk: Desk, host: str, names: tuple[str, ...]
) -> None:
    with TestClient(desk.make(host=host, names=names), base_url=HERE) as client:
        page = client.get("/sources")
        assert page.status_code == 200
        assert "<form" not in page.text
        for path in ("/sources/add", "/sources/remove"):
            assert client.post(path, data={"token": "x"}).status_code in (404, 405)
        large = {"content-length": "2000000"}
        assert client.post("/sources/add", content=b"x", headers=large).status_code == 413


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "C:\\temp\\beleid.txt",
        "<script>alert(1)</script>.txt",
        "\u202etxt.exe",
        "a" * 300 + ".txt",
        "…",
    ],
)
def test_a_hostile_file_name_names_no_place_and_is_shown_literally(
    desk: Desk, client: TestClient, name: str
) -> None:
    send(client, name)
    done(desk, client)
    assert "<script>alert" not in client.get("/sources").text
    (source,) = (load_library(desk.home).sources[identity] for identity in load_library(desk.home).added)
    assert re.fullmatch("[a-z0-9-]{1,60}", source.id)
    assert {path.parent for path in desk.home.rglob("document.*")} == {
        desk.home / "sources" / path.name for path in (desk.home / "sources").iterdir() if path.is_dir()
    }


def test_nothing_of_a_file_is_left_in_the_temporary_folder(
    desk: Desk, client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    seen: list[int] = []
    desk.changes._read = lambda path: seen.append(path.parent.stat().st_mode & 0o777) or read_lines(path)
    send(client)
    done(desk, client)
    assert (seen, list(folder.iterdir())) == ([0o700], [])
