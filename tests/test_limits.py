"""What may be asked of the page has limits, through every endpoint that is open; over them stands a sentence."""

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from page_fakes import FakeAsk, make_answer
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from assistant.answer import Answer, Request
from assistant.errors import QuestionError
from assistant.page import limits
from assistant.page.limits import (
    MOST_A_MINUTE,
    MOST_BYTES,
    MOST_OPEN,
    Limits,
    Refused,
    answer_in_time,
    read_body,
)
from assistant.server import make_app
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.load import Corpus

JOIN = "/gradio_api/queue/join"
OPEN = ("/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/reset", "/", "/config", "/page.css")
WORDS = read_words()
INPUTS = {0: ({"type": "string"}, None, {"enum": ["nl", "en"], "type": "string"})}
QUESTION = {
    "data": ["Mag dit?", None, "nl"],
    "fn_index": 0,
    "session_hash": "abc",
    "trigger_id": 3,
    "event_data": None,
}


def sentences(reason: str, seconds: int = 0) -> dict[str, str]:
    dutch, english = (
        WORDS.say(f"refused.{reason}", language, {"seconds": seconds}) for language in ("nl", "en")
    )
    return {"detail": f"{dutch} / {english}", "nl": dutch, "en": english}


@pytest.fixture(scope="module")
def ask(corpus: Corpus) -> FakeAsk:
    return FakeAsk(corpus)


@pytest.fixture(scope="module")
def app(ask: FakeAsk, corpus: Corpus) -> FastAPI:
    return make_app(ask, corpus, WORDS, Organisation(), lambda: "2026-11-23")


@pytest.fixture
def client(app: FastAPI, ask: FakeAsk) -> Iterator[TestClient]:
    """A client of the page; when a test is done nothing was asked, unless the test asked it."""
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client
    assert ask.asked == []


def body(**changed: object) -> bytes:
    return json.dumps({**QUESTION, **changed}).encode()


NESTED = b"[" * 1000 + b"]" * 1000
WRONG = {
    "no json": b"mag dit?",
    "nothing": b"",
    "no object": b"[1, 2]",
    "unclosed": b'{"data": [',
    "no utf-8": b'{"data": ["\xff\xfe"]}',
    "nested 1,000 deep": NESTED,
    "nested 100,000 deep": b"[" * 100_000,
    "data nested": body(data=["@", None, "nl"]).replace(b'"@"', NESTED[400:-400]),
    "a huge number": body(data=["@", None, "nl"]).replace(b'"@"', b"9" * 5000),
    "an endless number": body(fn_index="@").replace(b'"@"', b"1e999"),
    "no number": body(fn_index="@").replace(b'"@"', b"NaN"),
    "a number for a question": body(data=[5, None, "nl"]),
    "a list for a question": body(data=[["Mag dit?"], None, "nl"]),
    "an object for a question": body(
        data=[{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, None, "nl"]
    ),
    "nothing for a question": body(data=[None, None, "nl"]),
    "true for a question": body(data=[True, None, "nl"]),
    "what the server keeps": body(data=["Mag dit?", {"turns": []}, "nl"]),
    "another language": body(data=["Mag dit?", None, "fr"]),
    "a list for a language": body(data=["Mag dit?", None, ["nl"]]),
    "no language": body(data=["Mag dit?", None, None]),
    "too little": body(data=["Mag dit?"]),
    "too much": body(data=["Mag dit?", None, "nl", 1]),
    "data that is no list": body(data="Mag dit?"),
    "data that is an object": body(data={"0": "Mag dit?"}),
    "no data": b'{"fn_index": 0, "session_hash": "abc"}',
    "a function that is not there": body(fn_index=99),
    "a function below zero": body(fn_index=-1),
    "a function by name": body(fn_index="ask"),
    "a function by half": body(fn_index=0.5),
    "a function that is true": body(fn_index=False),
    "no function": body(fn_index=None),
    "no session": body(session_hash=None),
    "a session that is a number": body(session_hash=5),
    "a session that is empty": body(session_hash=""),
    "a session that is long": body(session_hash="a" * 1000),
    "a session that is a path": body(session_hash="../../etc"),
    "a trigger that is text": body(trigger_id="x"),
    "an event with data": body(event_data={"index": 1}),
    "a batch": body(batched=True),
    "somebody's token": body(oauth_token=""),
    "an event of its own": body(event_id="x"),
}


@pytest.mark.parametrize("sent", WRONG.values(), ids=WRONG)
def test_what_the_page_cannot_have_sent_is_refused_with_a_sentence_and_asks_nothing(
    client: TestClient, sent: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    response = client.post(JOIN, content=sent, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.json() == sentences("not_ours")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_a_form_asks_nothing(client: TestClient, kind: str) -> None:
    response = client.post(JOIN, content=body(), headers={"content-type": kind})
    assert (response.status_code, response.json()) == (422, sentences("not_ours"))


@pytest.mark.parametrize("path", OPEN)
def test_no_endpoint_takes_more_than_fits(client: TestClient, path: str) -> None:
    for length in (str(MOST_BYTES + 1), "9" * 10_000):
        response = client.post(path, content=b"x", headers={"content-length": length})
        assert (response.status_code, response.json()) == (413, sentences("too_long"))


@pytest.mark.parametrize("path", OPEN)
def test_no_endpoint_takes_what_does_not_say_its_length(client: TestClient, path: str) -> None:
    response = client.post(path, content=iter([b"{", b"}"]))
    assert (response.status_code, response.json()) == (411, sentences("no_length"))
    for length in ("-1", "1e3", "٣", ""):
        response = client.post(path, content=b"x", headers={"content-length": length.encode()})
        assert (response.status_code, response.json()) == (411, sentences("no_length"))


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/upload_progress",
        "/gradio_api/stream/x",
        "/gradio_api/component_server",
        "/gradio_api/process_recording",
    ],
)
def test_nothing_can_be_uploaded(client: TestClient, path: str) -> None:
    response = client.post(path, files={"files": ("a.txt", b"x")})
    assert (response.status_code, response.json()) == (404, sentences("nothing_here"))


def test_a_request_that_trickles_in_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_SECONDS_TO_SEND", 0)
    scope: Scope = {"type": "http", "headers": [(b"content-length", b"9")]}

    async def trickle() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(Refused) as refused:
        asyncio.run(read_body(scope, trickle))
    assert (refused.value.status, refused.value.reason) == (408, "too_slow")


def test_a_request_that_comes_in_pieces_is_read_whole() -> None:
    pieces = [b"abc", b"", b"de", b"f"]

    async def receive() -> Message:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    assert (
        asyncio.run(read_body({"type": "http", "headers": [(b"content-length", b"6")]}, receive)) == b"abcdef"
    )


def test_an_answer_is_given_to_nobody_who_did_not_ask(client: TestClient) -> None:
    for query in ("session_hash=unknown", "", "session_hash="):
        response = client.get(f"/gradio_api/queue/data?{query}")
        assert (response.status_code, response.json()) == (404, sentences("unknown"))


def test_who_ask_too_often_are_told_how_long_to_wait() -> None:
    now = [0.0]
    limits_ = Limits(INPUTS, lambda: now[0])
    for _ in range(MOST_A_MINUTE):
        limits_.take_question(body())
    with pytest.raises(Refused) as refused:
        limits_.take_question(body())
    assert (refused.value.status, refused.value.reason, refused.value.wait) == (429, "too_often", 1)
    now[0] += 1
    for _ in range(MOST_A_MINUTE // 60):
        limits_.take_question(body())
    with pytest.raises(Refused):
        limits_.take_question(body())


def test_the_limit_of_questions_holds_over_all_sessions_and_is_said(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_A_MINUTE", 6)
    app = make_app(FakeAsk(corpus), corpus, WORDS, Organisation(), lambda: "2026-11-23")
    with TestClient(app, base_url="http://127.0.0.1") as client:
        functions = client.get("/config").json()["dependencies"]
        forget = next(function["id"] for function in functions if function["api_name"] == "forget")
        for number in range(7):
            response = client.post(
                JOIN, json={"data": ["nl"], "fn_index": forget, "session_hash": f"s{number}"}
            )
            assert response.status_code == (429 if number == 6 else 200)
    wait = int(response.headers["retry-after"])
    assert 1 <= wait <= 10
    assert response.json() == sentences("too_often", wait)


def test_no_more_streams_are_open_than_fit() -> None:
    limits_ = Limits(INPUTS)
    streams = [limits_.keep_open() for _ in range(MOST_OPEN)]
    for stream in streams:
        stream.__enter__()
    with pytest.raises(Refused) as refused, limits_.keep_open():
        raise AssertionError
    assert (refused.value.status, refused.value.reason) == (429, "too_many_open")
    streams.pop().__exit__(None, None, None)
    with limits_.keep_open():
        pass


@pytest.mark.parametrize("path", ["/gradio_api/heartbeat/abc", "/gradio_api/queue/data?session_hash=abc"])
def test_every_stream_of_the_page_is_counted(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(limits, "MOST_OPEN", 0)
    monkeypatch.setattr(Limits, "know_session", lambda self, query: None)
    response = client.get(path)
    assert (response.status_code, response.json()) == (429, sentences("too_many_open", 60))
    assert response.headers["retry-after"] == "60"


def test_an_answer_that_takes_too_long_is_given_up(corpus: Corpus) -> None:
    go_on = threading.Event()

    def ask(request: Request) -> Answer:
        assert go_on.wait(30)
        return make_answer(corpus)

    with pytest.raises(QuestionError) as fault:
        answer_in_time(ask, seconds=0)(Request("Mag dit?", "2026-11-23"))
    assert fault.value.reason == "too_slow"
    go_on.set()
    assert answer_in_time(ask)(Request("Mag dit?", "2026-11-23")) == make_answer(corpus)
