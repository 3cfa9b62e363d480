"""A page of another origin, in a real Chromium, neither asks Wolkwijzer a question nor reads from it."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_fixtures import serving
from page_fakes import CHROMIUM, FLAGS, FakeAsk
from playwright.sync_api import BrowserContext, Page, sync_playwright
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.server import make_app
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.load import Corpus

# What a hostile page can try. Each attempt returns the text that it got hold of.
ATTEMPTS = """
async ([target, question]) => {
  const paths = ["/", "/config", "/page.js", "/gradio_api/queue/data?session_hash=evil", "/gradio_api/heartbeat/evil",
                 "/gradio_api/token", "/gradio_api/info"];
  const join = `${target}/gradio_api/queue/join`;
  const read = {};
  const attempt = async (name, act) => {
    try { read[name] = String((await act()) ?? ""); } catch { read[name] = ""; }
  };
  const loaded = (element) => new Promise((done) => {
    element.onload = element.onerror = done;
    document.body.append(element);
  });
  for (const credentials of ["include", "omit"]) {
    for (const mode of ["cors", "no-cors"]) {
      for (const path of paths)
        await attempt(`fetch ${path} ${mode} ${credentials}`, async () =>
          (await fetch(target + path, { mode, credentials, signal: AbortSignal.timeout(9000) })).text());
      for (const type of ["application/json", "text/plain"])
        await attempt(`ask ${mode} ${credentials} ${type}`, async () =>
          (await fetch(join, { method: "POST", mode, credentials, body: question,
                               headers: { "content-type": type } })).text());
    }
  }
  await attempt("beacon", () => { navigator.sendBeacon(join, question); });
  await attempt("old request", () => new Promise((done) => {
    const request = new XMLHttpRequest();
    request.withCredentials = true;
    request.onloadend = () => done(request.responseText);
    request.open("POST", join);
    request.setRequestHeader("content-type", "application/json");
    request.send(question);
  }));
  await attempt("form", async () => {
    const frame = Object.assign(document.createElement("iframe"), { name: "formed" });
    document.body.append(frame);
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", enctype: "text/plain", action: join, target: "formed" });
    const field = document.createElement("input");
    [field.name, field.value] = [question.slice(0, -1) + ',"x":"', '"}'];
    form.append(field);
    document.body.append(form);
    const sent = new Promise((done) => { frame.onload = done; });
    form.submit();
    await sent;
    return frame.contentDocument?.body.textContent;
  });
  await attempt("events", () => new Promise((done) => {
    const events = new EventSource(`${target}/gradio_api/heartbeat/evil`, { withCredentials: true });
    events.onmessage = (event) => done(event.data);
    events.onerror = () => { events.close(); done(""); };
  }));
  await attempt("socket", () => new Promise((done) => {
    const socket = new WebSocket(join.replace("http", "ws"));
    socket.onopen = () => { socket.send(question); };
    socket.onmessage = (event) => done(event.data);
    socket.onerror = () => done("");
  }));
  await attempt("frame", async () => {
    const frame = Object.assign(document.createElement("iframe"), { src: target });
    await loaded(frame);
    return frame.contentDocument?.body.textContent || frame.contentWindow.length || frame.contentWindow.gradio_config;
  });
  for (const path of paths.slice(0, 3)) {
    await attempt(`script ${path}`, async () => {
      await loaded(Object.assign(document.createElement("script"), { src: target + path }));
      return window.gradio_config;
    });
    await attempt(`image ${path}`, async () => {
      const image = Object.assign(new Image(), { src: target + path });
      await loaded(image);
      return image.naturalWidth || "";
    });
    await attempt(`style ${path}`, async () => {
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: target + path });
      await loaded(link);
      return link.sheet?.cssRules.length;
    });
  }
  await attempt("window", async () => {
    const opened = window.open(target);
    await new Promise((done) => setTimeout(done, 1000));
    return opened.document?.body.textContent || opened.gradio_config || opened.length;
  });
  return read;
}
"""
QUESTION = json.dumps(
    {
        "data": ["kwaad", None, "nl"],
        "fn_index": 0,
        "session_hash": "evil",
        "trigger_id": None,
        "event_data": None,
    }
)


class Noted:
    """The page, with a note of every request and how it was answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self.requests = app, list[tuple[str, str, int]]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.requests.append((scope["method"], scope["path"], message["status"]))
            await send(message)

        await self._app(scope, receive, note)


@pytest.fixture(scope="module")
def ask(corpus: Corpus) -> FakeAsk:
    return FakeAsk(corpus)


@pytest.fixture(scope="module")
def noted(ask: FakeAsk, corpus: Corpus) -> Noted:
    return Noted(make_app(ask, corpus, read_words(), Organisation(), lambda: "2026-11-23"))


@pytest.fixture(scope="module")
def target(noted: Noted) -> Iterator[str]:
    with serving(noted) as address:
        yield address


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    """The port of a server of somebody else; its page is empty, the test tells what it tries."""

    class Empty(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>evil</title><body>")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=[0, 1], ids=["with third-party cookies", "without"])
def browser(
    target: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there; 'make chromium' installs it on Debian")
    profile: Path = tmp_path_factory.mktemp("profile")
    (profile / "Default").mkdir()
    settings = {
        "profile": {"cookie_controls_mode": request.param, "block_third_party_cookies": bool(request.param)}
    }
    (profile / "Default" / "Preferences").write_text(json.dumps(settings), encoding="utf-8")
    rules = "--host-resolver-rules=MAP *.example 127.0.0.1"
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, headless=True, args=[*FLAGS, rules, "--disable-popup-blocking"]
        )
        yield context
        context.close()


@pytest.fixture
def page(browser: BrowserContext, ask: FakeAsk, noted: Noted) -> Iterator[Page]:
    noted.requests.clear()
    page = browser.new_page()
    yield page
    page.close()
    assert ask.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.example"])
def test_a_foreign_page_neither_asks_nor_reads(
    page: Page, noted: Noted, target: str, hostile: str, host: str
) -> None:
    page.goto(f"http://{host}:{hostile}/")
    read = page.evaluate(ATTEMPTS, [target, QUESTION])
    assert len(read) > 40
    assert {name: text for name, text in read.items() if text} == {}
    # The attempts did arrive, and nothing but a visit in a window of its own passed.
    posts = [status for method, _, status in noted.requests if method in ("POST", "OPTIONS")]
    assert len(posts) > 3
    assert set(posts) == {403}


def test_a_name_that_turns_to_this_machine_afterwards_gets_nothing(
    page: Page, noted: Noted, target: str
) -> None:
    rebound = target.replace("127.0.0.1", "rebound.example")
    answer = page.goto(rebound)
    assert answer is not None
    assert (answer.status, "gradio" in answer.text().lower()) == (400, False)
    read = page.evaluate(ATTEMPTS, [rebound, QUESTION])
    assert {text for text in read.values() if "gradio" in text.lower()} == set()
    assert {status for _, _, status in noted.requests} <= {400, 403, 404}
    assert ("POST", "/gradio_api/queue/join", 400) in noted.requests
