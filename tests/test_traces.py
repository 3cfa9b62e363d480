"""Nothing typed is left behind and nothing is looked up: the real page, in a process and folders of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from browser_fixtures import ask
from page_fakes import CHROMIUM, FLAGS
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent
# Nine digits that no BSN can be, so that nobody's is in a test; and a word.
CANARY, WORD = "584931726", "kanariepiet"
QUESTION = f"Mag {WORD} met BSN {CANARY} in deze SaaS?"
# The real command; a question with "faal" is a fault in answering it, English one outside of all care.
_CHAT = """
import sys
from pathlib import Path
import watched
watched.watch(Path(sys.argv[1]))
import assistant.current, assistant.page.chat as chat, wolkwijzer
answer, show = assistant.current.answer_question, chat.show_conversation
def answer_or_fail(request, *rest, **more):
    if "faal" in request.question:
        raise RuntimeError(request.question)
    return answer(request, *rest, **more)
def show_or_fail(conversation, shown, language, *rest, **more):
    if language == "en":
        raise RuntimeError(conversation.turns[-1].answer.question)
    return show(conversation, shown, language, *rest, **more)
assistant.current.answer_question, chat.show_conversation = answer_or_fail, show_or_fail
sys.exit(wolkwijzer.main(["chat", "--port", "0"]))
"""
# The page is started and asked where there is no network at all.
_ALONE = """
import json
from pathlib import Path
from functools import partial
from starlette.testclient import TestClient
import wolkwijzer
from assistant.compose import answer_question
from assistant.commands import make_index, make_kit
from assistant.server import make_app
from assistant.settings import Settings, index_folder
from corpus.load import load_corpus
home = Path.cwd()
corpus = load_corpus()
kit = make_kit(corpus, make_index(corpus, Settings(home=home), home / "index"), home)
app = make_app(partial(answer_question, kit=kit), corpus, kit.words, Settings().organisation, lambda: "2026-11-23")
with TestClient(app, base_url="http://127.0.0.1") as client:
    assert client.get("/").status_code == 200
    asked = {"data": ["Mogen we gezondheidsgegevens in deze SaaS opslaan?", None, "nl"], "fn_index": 0, "session_hash": "a"}
    print(client.post("/gradio_api/queue/join", json=asked).status_code)
    print(client.get("/gradio_api/queue/data?session_hash=a").text)
"""


@dataclass(frozen=True)
class Chat:
    """A running page, and where everything is that it and the browser could write to."""

    address: str
    folder: Path
    process: "subprocess.Popen[str]"

    def stop(self) -> None:
        """Stop it as a person does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


@pytest.fixture
def chat(wolkwijzer_home: Path, tmp_path: Path) -> Iterator[Chat]:
    home = tmp_path / "home"
    shutil.copytree(wolkwijzer_home / "index", home / "index")
    places = {
        name: tmp_path / name
        for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
    }
    for place in (*places.values(), tmp_path / "at"):
        place.mkdir()
    with (tmp_path / "stdout").open("w") as out, (tmp_path / "stderr").open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-c", _CHAT, str(tmp_path / "lookups")],
            cwd=tmp_path / "at",
            env={
                **{name: str(place) for name, place in places.items()},
                "PATH": "/usr/bin:/bin",
                "WOLKWIJZER_HOME": str(home),
                "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
                "PYTHONUNBUFFERED": "1",
            },
            stdout=out,
            stderr=err,
            text=True,
        )
        try:
            address = None
            while address is None and process.poll() is None:
                address = re.search(r"http://127\.0\.0\.1:\d+", (tmp_path / "stdout").read_text())
            assert address is not None, (tmp_path / "stderr").read_text()
            yield Chat(address[0], tmp_path, process)
        finally:
            process.kill()
            process.wait()


def found_in(folder: Path) -> list[str]:
    """The files below a folder that hold what was typed, in one byte a sign or in two."""
    sought = [text.encode(code) for text in (CANARY, WORD) for code in ("utf-8", "utf-16-le")]
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink()]
    return [
        file.relative_to(folder).as_posix()
        for file in files
        if any(text in file.read_bytes() or text.decode("latin-1") in file.name for text in sought)
    ]


def ask_everything(page: Page) -> None:
    """Type the canary wherever it can be typed, in questions that are answered and in those that are not."""
    ask(page, QUESTION)
    expect(page.get_by_role("article")).to_contain_text(CANARY, timeout=60_000)
    ask(page, f"faal {QUESTION}")
    expect(page.get_by_role("alert")).to_contain_text("Het lukte niet om een antwoord te maken")
    ask(page, QUESTION + "x" * 100_000)
    expect(page.get_by_role("alert")).to_contain_text("De vraag is te lang")
    page.get_by_label("English").check()
    expect(page.locator("#trouble")).not_to_be_empty()
    page.get_by_label("Uw vraag").fill(f"niet verstuurd: {QUESTION}")


def ask_by_hand(address: str) -> None:
    """Send the canary where the page would not: malformed, to closed doors, from elsewhere."""
    join = f"{address}/gradio_api/queue/join"
    typed = {"data": [QUESTION, None, "nl"], "fn_index": 0, "session_hash": "abc"}
    for sent in (
        {**typed, "data": [QUESTION]},
        {**typed, "fn_index": QUESTION},
        {**typed, "data": [QUESTION, None, QUESTION]},
        {**typed, "session_hash": CANARY * 99},
        {**typed, "data": [QUESTION * 99_999, None, "nl"]},
    ):
        assert httpx.post(join, json=sent).status_code in (413, 422)
    assert httpx.post(join, content=QUESTION, headers={"content-type": "application/json"}).status_code == 400
    assert httpx.post(f"{address}/gradio_api/cancel", json={"event_id": [CANARY]}).status_code == 422
    assert httpx.post(join, json=typed, headers={"origin": f"http://{CANARY}.example"}).status_code == 403
    assert httpx.post(f"{address}/gradio_api/upload", files={"files": (CANARY, QUESTION)}).status_code == 404
    assert httpx.post(f"{address}/gradio_api/call/ask", json=typed).status_code == 404
    assert httpx.get(f"{address}/{CANARY}?{CANARY}", headers={"user-agent": CANARY}).status_code == 404
    assert httpx.get(f"{address}/gradio_api/queue/data?session_hash={CANARY}").status_code == 404
    assert httpx.get(f"{address}/assets/{CANARY}.js").status_code in (403, 404)


def test_nothing_typed_is_found_afterwards_and_nothing_was_looked_up(chat: Chat) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there; 'make chromium' installs it on Debian")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            chat.folder / "profile", executable_path=CHROMIUM, headless=True, args=list(FLAGS)
        )
        page = browser.new_page()
        page.goto(chat.address)
        ask_everything(page)
        stores = "async () => [{...localStorage}, {...sessionStorage}, await indexedDB.databases(), await caches.keys()]"
        assert page.evaluate(stores) == [{}, {}, [], []]
        assert browser.cookies() == []
        browser.close()
    ask_by_hand(chat.address)
    chat.stop()
    noted = (chat.folder / "stderr").read_text()
    assert len(re.findall(r"^no answer: RuntimeError in \w+_or_fail, line \d+$", noted, re.MULTILINE)) == 2
    assert found_in(chat.folder) == []
    assert (chat.folder / "lookups").read_text() == ""


def test_what_a_browser_does_keep_is_found(tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there; 'make chromium' installs it on Debian")
    (tmp_path / "kept.html").write_text("<!doctype html><title>kept</title>")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, headless=True, args=list(FLAGS)
        )
        page = browser.new_page()
        page.goto((tmp_path / "kept.html").as_uri())
        page.evaluate("text => { localStorage.setItem('history', text) }", QUESTION)
        browser.close()
    assert found_in(tmp_path) != []


def test_no_look_up_is_made_to_build_the_index(watched_build: tuple[Path, str]) -> None:
    if os.environ.get("TEST_INDEX"):
        pytest.skip("the index was not built but copied (TEST_INDEX)")
    assert watched_build[1] == ""


def test_a_look_up_is_noticed_where_one_is_made(tmp_path: Path) -> None:
    script = """if True:
        import socket, sys, watched
        from pathlib import Path
        watched.watch(Path(sys.argv[1]))
        for act in (lambda: socket.getaddrinfo("a.example", 80), lambda: socket.gethostbyname("b.example"),
                    lambda: socket.create_connection(("192.0.2.1", 80), 0.01), lambda: socket.getaddrinfo("localhost", 80)):
            try:
                act()
            except OSError:
                pass
        """
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "tests")}
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "lookups")], env=environment, check=True)
    assert (tmp_path / "lookups").read_text().splitlines() == [
        "socket.getaddrinfo a.example",
        "socket.gethostbyname b.example",
        "socket.getaddrinfo 192.0.2.1",
        "socket.connect 192.0.2.1",
    ]


def test_the_page_starts_and_answers_where_there_is_no_network(wolkwijzer_home: Path) -> None:
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make an empty network namespace (unshare -rn)")
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-c", _ALONE],
        cwd=wolkwijzer_home,
        env={"PATH": "/usr/bin:/bin", "HOME": str(wolkwijzer_home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    status, *events = done.stdout.splitlines()
    assert status == "200"
    messages = [json.loads(line.removeprefix("data: ")) for line in events if line.startswith("data: ")]
    assert messages[-2]["success"]
    assert any("Hangt ervan af" in json.dumps(message) for message in messages)
