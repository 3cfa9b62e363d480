"""The page served to a real Chromium, for every test module that looks at it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from page_fakes import CHROMIUM, FLAGS, FakeAsk, make_answer, make_citation
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from starlette.types import ASGIApp

from assistant.answer import Answer, Request, Status
from assistant.server import listen, make_app, make_server
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.load import Corpus

expect.set_options(timeout=20_000)  # milliseconds; a busy machine is slow, not wrong
GO_ON = threading.Event()
FLAGSHIP = "Mogen we gezondheidsgegevens in deze SaaS opslaan?"
HOSTILE = (
    '<img src="http://evil.example/a" onerror="document.title=1"> <script>document.title=2</script> '
    "![x](http://evil.example/b) [klik](javascript:alert(1)) <style>*{display:none}</style> "
    "${document.title=3} {{constructor}} `code` **vet** <form action=http://evil.example><input name=q>"
)


class BrowserAsk:
    """Answers slowly when told to wait, with the status that a question names, and about evil.example hostilely."""

    def __init__(self, corpus: Corpus) -> None:
        self._honest, self._corpus = FakeAsk(corpus), corpus

    def __call__(self, request: Request) -> Answer:
        if "wacht" in request.question:
            assert GO_ON.wait(30)
        status = next((name for name in get_args(Status) if name in request.question), "conditional")
        answer = replace(self._honest(request), status=status)
        if "evil" not in request.question:
            return answer
        citation = make_citation(self._corpus)
        text = f"{HOSTILE} {citation.quote} {HOSTILE}"
        hostile = replace(citation, text=text, locator=HOSTILE, rendition=HOSTILE)
        return make_answer(self._corpus, request.question, citation=hostile)


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve a page of this machine; its address."""
    told = threading.Event()
    with listen("127.0.0.1", 0) as listener:
        server = make_server(app, listener, lambda _: told.set())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        assert told.wait(30)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@contextmanager
def browsing(profile: Path, patience: int) -> Iterator[BrowserContext]:
    """Open a browser that keeps what it keeps in `profile` and waits `patience` milliseconds; skip where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there; 'make chromium' installs it on Debian")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, headless=True, args=list(FLAGS)
        )
        context.set_default_timeout(patience)
        yield context
        context.close()


@pytest.fixture(scope="module")
def address(corpus: Corpus) -> Iterator[str]:
    """Where the page is served, with answers made by hand."""
    app = make_app(BrowserAsk(corpus), corpus, read_words(), Organisation(), lambda: "2026-11-23")
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A browser; the page comes first, as Playwright keeps an event loop running in this thread."""
    with browsing(tmp_path_factory.mktemp("profile"), 10_000) as context:
        yield context


@contextmanager
def watching(browser: BrowserContext, address: str, path: str = "", most: int = 399) -> Iterator[Page]:
    """An open page; when a test is done its browser has said nothing in anger and asked no other host.

    Answers may have a status up to `most`; of those above 399 the browser itself says so on its console.
    """
    page = browser.new_page()
    trouble: list[str] = []

    def note(message: ConsoleMessage) -> None:
        is_taken = any(f"status of {status}" in message.text for status in range(400, most + 1))
        if message.type in ("error", "warning") and not is_taken:
            trouble.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: request.url.startswith(address) or trouble.append(request.url))
    page.on("response", lambda response: response.status <= most or trouble.append(response.url))
    page.goto(f"{address}{path}")
    yield page
    page.close()
    assert trouble == []


@pytest.fixture
def page(browser: BrowserContext, address: str) -> Iterator[Page]:
    """The page, open and watched."""
    GO_ON.clear()
    with watching(browser, address) as page:
        yield page


def pasted(page: Page) -> str:
    """What the clipboard holds, pasted elsewhere: the page itself may not read it."""
    elsewhere = page.context.new_page()
    elsewhere.set_content("<textarea></textarea>")
    elsewhere.locator("textarea").press("ControlOrMeta+V")
    text = elsewhere.locator("textarea").input_value()
    elsewhere.close()
    return text


def ask(page: Page, question: str, label: str = "Uw vraag") -> None:
    """Type a question and send it."""
    page.get_by_label(label).fill(question)
    page.get_by_label(label).press("Enter")
