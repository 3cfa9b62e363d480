"""What the page does when something goes wrong, in a real Chromium: it says what happened and goes on."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from browser_fixtures import FLAGSHIP, ask, browsing
from fakes import ENCODERS, build
from page_fakes import FakeAsk, make_answer
from playwright.sync_api import BrowserContext, Page, Route, expect

from assistant.answer import Answer, Request
from assistant.commands import make_kit
from assistant.compose import answer_question
from assistant.opening import State
from assistant.page.chat import _WAITING
from assistant.server import listen, make_app, make_server
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.load import Corpus
from corpus.paragraph import Language
from index.opened import open_index
from index.recipe import EncoderUse, Recipe

TODAY = "2026-11-23"
JOIN = "**/gradio_api/queue/join*"


def say(key: str, language: Language = "nl", **values: object) -> str:
    return read_words().say(key, language, values)


class Served:
    """What the page under test is answered with, and how its search is."""

    def __init__(self, corpus: Corpus) -> None:
        self.go_on = threading.Event()
        self.state = State("ready")
        self.answer: Callable[[Request], Answer] = FakeAsk(corpus)
        self.address = ""

    def __call__(self, request: Request) -> Answer:
        if "wacht" in request.question:
            assert self.go_on.wait(30)
        return self.answer(request)


@contextmanager
def running(served: Served, corpus: Corpus) -> Iterator[str]:
    """Serve the page. It is made in a thread of its own: Playwright keeps a loop running in this one."""
    told = threading.Event()
    with listen("127.0.0.1", 0) as listener:
        servers = []

        def run() -> None:
            app = make_app(
                served, corpus, read_words(), Organisation(), lambda: TODAY, state=lambda: served.state
            )
            servers.append(make_server(app, listener, lambda _: told.set()))
            servers[0].run(sockets=[listener])

        thread = threading.Thread(target=run)
        thread.start()
        assert told.wait(60)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        served.go_on.set()
        servers[0].should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with browsing(tmp_path_factory.mktemp("profile"), 30_000) as context:
        yield context


@pytest.fixture(scope="module")
def module_served(corpus: Corpus) -> Iterator[Served]:
    served = Served(corpus)
    with running(served, corpus) as served.address:
        yield served


@pytest.fixture
def served(module_served: Served, corpus: Corpus) -> Served:
    module_served.go_on.clear()
    module_served.state, module_served.answer = State("ready"), FakeAsk(corpus)
    return module_served


@pytest.fixture
def page(context: BrowserContext, served: Served) -> Iterator[Page]:
    """An open page; no script of it stumbles, whatever happens."""
    page = context.new_page()
    stumbled: list[str] = []
    page.on("pageerror", lambda error: stumbled.append(str(error)))
    page.goto(served.address)
    yield page
    served.go_on.set()
    page.close()
    assert stumbled == []


def question(page: Page):
    return page.locator("#question textarea")


def expect_trouble(page: Page, sentence: str, asked: str) -> None:
    """The page says the sentence, and nothing of Gradio's; the question is still there."""
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    expect(question(page)).to_have_value(asked)
    expect(question(page)).to_have_attribute("aria-describedby", re.compile("^trouble"))
    expect(page.locator(".toast-body:visible")).to_have_count(0)


def expect_answer(page: Page, asked: str) -> None:
    expect(page.get_by_role("heading", level=2, name=asked, exact=True)).to_be_visible()
    expect(page.locator("#trouble")).to_be_empty()
    expect(question(page)).to_have_value("")


def test_how_far_the_search_is_stands_on_the_page_in_its_language_and_goes_away(
    page: Page, served: Served
) -> None:
    served.state = State("building", 64, 128)
    page.reload()
    state = page.locator("#state")
    expect(state).to_contain_text("Klaar: 64 van 128 stukken tekst.")
    served.state = State("opening")
    expect(state).to_have_text(say("page.opening"))
    page.get_by_label("English").check()
    expect(state).to_have_text(say("page.opening", "en"))
    expect(state).to_have_attribute("lang", "en")
    served.state = State("ready")
    expect(state).to_be_hidden()


def test_a_search_that_cannot_start_says_what_to_do(page: Page, served: Served) -> None:
    served.state = State("failed", fault="damaged", file="manifest.json")
    page.reload()
    expect(page.locator("#state")).to_contain_text(say("fault.damaged", file="manifest.json"))


def test_a_question_that_could_not_be_searched_stays_in_its_field(
    page: Page, served: Served, corpus: Corpus
) -> None:
    served.answer = lambda request: make_answer(corpus, request.question, status="error")
    ask(page, FLAGSHIP)
    expect(page.get_by_role("article")).to_contain_text(say("status.error"))
    expect(question(page)).to_have_value(FLAGSHIP)


def join(served: Served, asked: str, session: str) -> int:
    """Ask as the page does, and return the code of what the server says."""
    with httpx.Client(base_url=served.address) as client:
        handlers = client.get("/config").json()["dependencies"]
        number = next(handler["id"] for handler in handlers if len(handler["inputs"]) == 3)
        sent = {"data": [asked, None, "nl"], "fn_index": number, "session_hash": session}
        return client.post("/gradio_api/queue/join", json=sent).status_code


def test_a_full_queue_says_when_to_come_back(page: Page, served: Served) -> None:
    codes: list[int] = []
    while 503 not in codes:
        codes.append(join(served, "wacht even", f"s{len(codes)}"))
    assert codes[:_WAITING] == [200] * _WAITING
    ask(page, FLAGSHIP)
    expect_trouble(page, say("trouble.busy", seconds=5), FLAGSHIP)
    served.go_on.set()
    while len(served.answer.asked) < codes.count(200):
        page.evaluate("0")
    question(page).press("Enter")
    expect_answer(page, FLAGSHIP)


def test_trouble_is_told_in_the_language_of_the_page(page: Page) -> None:
    page.get_by_label("English").check()
    expect(page.get_by_role("button", name="Ask the question")).to_be_visible()
    page.route(JOIN, refuse(500, ""))
    ask(page, FLAGSHIP, "Your question")
    expect_trouble(page, say("trouble.fault", "en"), FLAGSHIP)


def refuse(status: int, body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body=body, content_type="application/json")


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (429, json.dumps({"nl": "Even geduld.", "en": "Patience."}), "Even geduld."),
        (413, "{}", say("trouble.fault")),
        (500, "Traceback (most recent call last)", say("trouble.fault")),
    ],
)
@pytest.mark.parametrize("place", [JOIN, "**/gradio_api/queue/data*"], ids=["question", "answer"])
def test_a_refused_request_is_told_in_words_of_ours(
    page: Page, status: int, body: str, sentence: str, place: str
) -> None:
    page.route(place, refuse(status, body))
    ask(page, FLAGSHIP)
    expect_trouble(page, sentence, FLAGSHIP)
    page.unroute(place)
    question(page).press("Enter")
    expect_answer(page, FLAGSHIP)


@pytest.mark.parametrize("language", ["xx", "", None, 7, ["nl"], "nl'; --", "x" * 10_000])
def test_what_no_language_is_called_is_refused_and_the_question_stays(page: Page, language: object) -> None:
    def change(route: Route) -> None:
        sent = route.request.post_data_json
        sent["data"][-1] = language
        route.continue_(post_data=json.dumps(sent))

    page.route(JOIN, change)
    ask(page, FLAGSHIP)
    expect_trouble(page, "", FLAGSHIP)
    page.unroute(JOIN)
    question(page).press("Enter")
    expect_answer(page, FLAGSHIP)


def test_two_tabs_are_two_conversations(page: Page, context: BrowserContext, served: Served) -> None:
    other = context.new_page()
    other.goto(served.address)
    ask(page, FLAGSHIP)
    expect_answer(page, FLAGSHIP)
    ask(other, "en als de server in Duitsland staat?")
    expect_answer(other, "en als de server in Duitsland staat?")
    expect(other.locator(".facts")).not_to_contain_text("gezondheidsgegevens")
    expect(page.get_by_role("heading", level=2, name=FLAGSHIP)).to_be_visible()
    other.close()


def test_a_reload_in_mid_answer_begins_anew(page: Page, served: Served) -> None:
    ask(page, "wacht: mag dit in SaaS?")
    expect(page.locator("#announcement")).to_contain_text(say("page.waiting"))
    page.reload()
    expect(page.get_by_role("article")).to_have_count(0)
    served.go_on.set()
    ask(page, FLAGSHIP)
    expect_answer(page, FLAGSHIP)
    expect(page.get_by_role("article")).to_have_count(1)


def test_a_slow_browser_gets_there_too(page: Page, context: BrowserContext, served: Served) -> None:
    page.route("**/*.js", lambda route: (page.wait_for_timeout(100), route.continue_()))
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.reload()
    ask(page, FLAGSHIP)
    expect_answer(page, FLAGSHIP)


_SERVE = """
import sys, threading, time
sys.path.insert(0, "tests")
from page_fakes import FakeAsk
from assistant.server import make_app, serve
from assistant.settings import Organisation, Settings
from assistant.words import read_words
from corpus.load import load_corpus
corpus = load_corpus()
honest = FakeAsk(corpus)
def ask(request):
    if "wacht" in request.question:
        threading.Event().wait()
    return honest(request)
app = make_app(ask, corpus, read_words(), Organisation(), lambda: "2026-11-23")
serve(app, Settings(port=int(sys.argv[1])), lambda address: print(address, flush=True))
"""


@contextmanager
def process(port: int) -> Iterator[subprocess.Popen[str]]:
    """The page in a process that can be killed."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(port)], stdout=subprocess.PIPE, text=True
    ) as made:
        try:
            assert made.stdout is not None
            assert made.stdout.readline()
            yield made
        finally:
            made.kill()


def test_a_server_that_is_killed_in_mid_answer_and_started_again_loses_no_question(
    context: BrowserContext,
) -> None:
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    page = context.new_page()
    with process(port) as server:
        page.goto(f"http://127.0.0.1:{port}")
        ask(page, "wacht: mag dit in SaaS?")
        expect(page.locator("#announcement")).to_contain_text(say("page.waiting"))
        os.kill(server.pid, signal.SIGKILL)
        expect_trouble(page, say("trouble.lost"), "wacht: mag dit in SaaS?")
    with process(port):
        expect_trouble(page, say("trouble.restarted"), "wacht: mag dit in SaaS?")
        ask(page, FLAGSHIP)
        expect_answer(page, FLAGSHIP)
    page.close()


def test_an_index_that_is_replaced_while_the_page_is_open_goes_on_answering(
    page: Page, served: Served, corpus: Corpus, tmp_path: Path
) -> None:
    recipe = Recipe(encoders=(EncoderUse("one", 1.0, 1.0), EncoderUse("two", 0.0, 0.5)))
    paragraphs = corpus.paragraphs[:9]
    build(tmp_path, paragraphs)
    kit = make_kit(corpus, open_index(tmp_path, "text-1", recipe, ENCODERS), tmp_path)
    served.answer = lambda request: answer_question(request, kit)
    ask(page, FLAGSHIP)
    expect_answer(page, FLAGSHIP)
    for count in (8, 7, 6):  # the first generation is gone from the disk then
        build(tmp_path, paragraphs[:count])
    ask(page, "Mag dit naar een SaaS-leverancier?")
    expect_answer(page, "Mag dit naar een SaaS-leverancier?")
    expect(page.get_by_role("article").first).not_to_contain_text(re.compile(say("status.error")))


# Keeps what the server tells, the events named and all after them, until `release()`.
_HOLD = """
window.held = null;
const ask = window.fetch;
window.hold = (...names) => { window.held = new Promise((done) => { window.release = () => { held = null; done(); }; }); held.names = names; };
window.fetch = async (...request) => {
  const response = await ask(...request);
  if (!String(request[0].url ?? request[0]).includes("queue/data")) return response;
  const reader = response.body.getReader();
  const [text, bytes] = [new TextDecoder(), new TextEncoder()];
  return new Response(new ReadableStream({ async start(stream) {
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const events = (rest + text.decode(part.value, { stream: true })).split("\\n\\n");
      rest = events.pop();
      for (const event of events) {
        if (held?.names.some((name) => event.includes(`"msg":"${name}"`))) await held;
        stream.enqueue(bytes.encode(event + "\\n\\n"));
      }
    }
    stream.close();
  }}), response);
};
"""


@pytest.fixture
def holding(context: BrowserContext, served: Served) -> Iterator[Page]:
    """A page that can keep what the server tells for a while."""
    page = context.new_page()
    page.add_init_script(_HOLD)
    page.goto(served.address)
    question(page).wait_for()
    yield page
    page.close()


@pytest.mark.parametrize("held", ["process_completed", "close_stream"])
def test_a_question_that_is_asked_while_the_one_before_it_is_being_ended_is_answered(
    holding: Page, held: str
) -> None:
    holding.evaluate("(name) => hold(name)", held)
    ask(holding, FLAGSHIP)
    expect_answer(holding, FLAGSHIP)
    with holding.expect_response(JOIN):
        ask(holding, "en als de server in Duitsland staat?")
    holding.evaluate("release()")
    expect_answer(holding, "en als de server in Duitsland staat?")
    expect(holding.locator(".earlier bdi")).to_have_text([FLAGSHIP])


@pytest.mark.parametrize("held", ["process_completed", "close_stream"])
def test_a_fact_that_is_changed_while_an_answer_is_being_ended_is_changed(holding: Page, held: str) -> None:
    ask(holding, FLAGSHIP)
    expect_answer(holding, FLAGSHIP)
    holding.evaluate("(name) => hold(name)", held)
    ask(holding, "en als de server in Duitsland staat?")
    expect_answer(holding, "en als de server in Duitsland staat?")
    with holding.expect_response(JOIN):
        holding.locator("button[value='deployment=public']").click()
    holding.evaluate("release()")
    expect(holding.locator("[id='fact.deployment']")).to_contain_text("publiek (door u ingevuld)")


def test_what_is_typed_while_an_answer_is_waited_for_stays(page: Page, served: Served) -> None:
    ask(page, "wacht:  mag dit in SaaS?")
    expect(page.locator("#announcement")).to_contain_text(say("page.waiting"))
    question(page).fill("een half getypte")
    served.go_on.set()
    expect(page.get_by_role("heading", level=2, name="wacht: mag dit in SaaS?")).to_be_visible()
    expect(page.locator("#announcement")).to_contain_text("Antwoord klaar")
    expect(question(page)).to_have_value("een half getypte")


def test_who_presses_twice_has_asked_once(page: Page, served: Served) -> None:
    question(page).fill("wacht: mag dit in SaaS?")
    page.get_by_role("button", name=say("page.send")).dblclick()
    expect(page.locator("#announcement")).to_contain_text(say("page.waiting"))
    served.go_on.set()
    expect_answer(page, "wacht: mag dit in SaaS?")
    ask(page, FLAGSHIP)
    expect_answer(page, FLAGSHIP)
    expect(page.locator(".earlier bdi")).to_have_text(["wacht: mag dit in SaaS?"])


def test_a_server_that_forgot_a_page_is_told_and_the_page_goes_on(page: Page) -> None:
    forgotten = (
        'data: {"msg":"unexpected_error","message":"404","session_not_found":true,"success":false}\n\n'
    )
    place = "**/gradio_api/queue/data*"
    page.route(place, lambda route: route.fulfill(body=forgotten, content_type="text/event-stream"))
    ask(page, FLAGSHIP)
    expect_trouble(page, say("trouble.fault"), FLAGSHIP)
    page.unroute(place)
    question(page).press("Enter")
    expect_answer(page, FLAGSHIP)
