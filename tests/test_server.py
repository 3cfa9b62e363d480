"""The server of the page: this machine alone, the page's own requests alone, and nothing sent out."""

import asyncio
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browser_fixtures import serving
from fastapi import FastAPI
from lxml.html import document_fromstring
from page_fakes import FakeAsk
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from assistant.answer import Answer, Request
from assistant.errors import ServerError, SettingsError
from assistant.page.chat import _Handlers
from assistant.page.conversation import Conversation
from assistant.page.limits import MOST_BYTES
from assistant.page.parts import Shown
from assistant.server import host_names, listen, make_app, make_server
from assistant.settings import Organisation, read_settings
from assistant.words import read_words
from corpus.load import Corpus

TODAY = "2026-11-23"
HOME = "http://127.0.0.1"


@pytest.fixture(scope="module")
def app(corpus: Corpus) -> FastAPI:
    return make_app(FakeAsk(corpus), corpus, read_words(), Organisation(), lambda: TODAY)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=HOME) as client:
        yield client


def test_the_page_runs_only_its_own_scripts(client: TestClient) -> None:
    response = client.get("/")
    policy = dict(
        part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";")
    )
    nonce = re.fullmatch(r"'self' '(nonce-[\w-]{22})'", policy.pop("script-src"))
    assert nonce is not None
    assert policy == {
        "default-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'none'",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    scripts = re.findall(r"<script[^>]*", response.text)
    assert len(scripts) > 3
    assert all(f'nonce="{nonce[1].removeprefix("nonce-")}"' in script for script in scripts)


def test_every_page_has_its_own_nonce(client: TestClient) -> None:
    policies = {client.get("/").headers["content-security-policy"] for _ in range(3)}
    assert len(policies) == 3


@pytest.mark.parametrize("path", ["/", "/config", "/theme.css", "/page.css", "/page.js", "/nowhere"])
def test_every_response_has_the_safety_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert {
        name: headers[name] for name in ("x-content-type-options", "x-frame-options", "referrer-policy")
    } == {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
    }
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_the_page_says_it_is_dutch_and_light(client: TestClient) -> None:
    page = client.get("/").text
    assert re.search(r'<html\s+lang="nl"', page)
    assert '<gradio-app theme_mode="light"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/token",
        "/gradio_api/token/",
        "/gradio_api/upload",
        "/gradio_api/info",
        "/gradio_api/deep_link",
        "/gradio_api/call/ask",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/run/ask",
        "/monitoring",
        "/login",
        "/openapi.json",
        "/docs",
        "/assets/../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/secret",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_doors_that_the_page_does_not_need_are_closed(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.4:7860", ""])
def test_another_host_name_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "reason"),
    [
        ("GET", "/", {"host": "evil.example"}, 400, "unknown_host"),
        ("GET", "/gradio_api/queue/join", {"host": "evil.example"}, 400, "unknown_host"),
        ("GET", "/nothing", {}, 404, "nothing_here"),
        ("GET", "/sources/add", {}, 404, "nothing_here"),
        ("POST", "/document/ibd-cloud-2016", {}, 404, "nothing_here"),
        ("POST", "/", {"origin": "https://evil.example"}, 403, "foreign"),
        ("POST", "/", {"content-length": "2000000"}, 413, "too_long"),
    ],
)
def test_a_person_who_is_refused_reads_in_both_languages_why_and_what_to_do(
    client: TestClient, method: str, path: str, headers: dict[str, str], status: int, reason: str
) -> None:
    """A script gets the same sentences as JSON."""
    words = read_words()
    expected = {one: words.say(f"refused.{reason}", one) for one in ("nl", "en")}
    opened = client.request(method, path, headers={"accept": "text/html", **headers})
    page = document_fromstring(opened.text)
    said = {one: page.xpath(f"//p[@lang='{one}'][not(a)]/text()")[0] for one in expected}
    assert (opened.status_code, said) == (status, expected)
    assert opened.headers["content-security-policy"]
    assert bool(page.xpath("//a[@href='/']")) == (reason != "unknown_host")
    asked = client.request(method, path, headers=headers)
    assert (asked.status_code, {one: asked.json()[one] for one in expected}) == (status, expected)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://localhost"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
def test_a_foreign_page_can_neither_ask_nor_read(client: TestClient, headers: dict[str, str]) -> None:
    for response in (
        client.get("/config", headers=headers),
        client.post("/gradio_api/queue/join", headers=headers, json={}),
    ):
        assert response.status_code == 403
        assert "access-control-allow-origin" not in response.headers


def test_a_link_on_another_site_opens_the_page_and_posts_nothing(client: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/", headers=headers).status_code == 200
    assert client.post("/gradio_api/queue/join", headers=headers, json={}).status_code == 403


def test_a_preflight_of_a_foreign_page_is_refused(client: TestClient) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    response = client.options("/gradio_api/queue/join", headers=headers)
    assert response.status_code == 403
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_the_page_itself_may_ask_and_no_origin_is_reflected(client: TestClient) -> None:
    headers = {"origin": HOME, "sec-fetch-site": "same-origin"}
    response = client.get("/config", headers=headers)
    assert response.status_code == 200
    assert "access-control-allow-credentials" not in response.headers


def test_who_says_to_be_a_proxy_is_not_believed(client: TestClient) -> None:
    headers = {
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "x-forwarded-for": "203.0.113.9",
        "forwarded": "host=evil.example",
        "x-original-url": "/evil.example",
    }
    page, plain = client.get("/", headers=headers), client.get("/")
    assert page.status_code == 200
    assert "evil.example" not in page.text
    assert client.get("/config", headers=headers).json()["root"] == client.get("/config").json()["root"]
    assert len(page.text) == len(plain.text)


def test_a_request_that_is_too_long_or_of_unknown_length_is_refused(client: TestClient) -> None:
    join = "/gradio_api/queue/join"
    assert client.post(join, content=b"x" * (MOST_BYTES + 1)).status_code == 413
    assert client.post(join, content=iter([b"{}"])).status_code == 411


def test_a_broken_request_is_not_repeated_in_the_complaint(client: TestClient) -> None:
    for path, body in (
        ("queue/join", {"data": "geheim-123", "fn_index": ["geheim-123"]}),
        ("cancel", {"event_id": ["geheim-123"]}),
        ("reset", {"event_id": {"geheim-123": 1}}),
    ):
        response = client.post(f"/gradio_api/{path}", json=body)
        assert response.status_code == 422
        assert response.json() == {
            "detail": "Dit is geen verzoek van de pagina. Laad de pagina opnieuw."
            " / This is not a request of the page. Load the page again.",
            "nl": "Dit is geen verzoek van de pagina. Laad de pagina opnieuw.",
            "en": "This is not a request of the page. Load the page again.",
        }


def test_nothing_of_gradio_that_stores_or_shares_is_on(client: TestClient) -> None:
    config = client.get("/config").json()
    switches = (
        "analytics_enabled",
        "run_history",
        "show_error",
        "pwa",
        "mcp_server",
        "dev_mode",
        "vibe_mode",
    )
    assert {name: config[name] for name in switches} == dict.fromkeys(switches, False)
    assert config["footer_links"] == []
    assert {dependency["api_visibility"] for dependency in config["dependencies"]} == {"private"}


def test_what_shows_html_cleans_it_and_reads_no_formulas(client: TestClient) -> None:
    components = client.get("/config").json()["components"]
    shows = [component["props"] for component in components if component["type"] == "markdown"]
    assert {(props["sanitize_html"], len(props["latex_delimiters"])) for props in shows} == {(True, 0)}
    assert "html" not in {component["type"] for component in components}


def test_a_fault_of_ours_is_a_sentence_to_the_user_and_its_text_goes_nowhere(
    corpus: Corpus, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(request: Request) -> Answer:
        raise RuntimeError(f"cannot parse {request.question}")

    shown = Shown(corpus.sources, corpus.vocabulary, corpus.glossary, read_words(), Organisation())
    *_, outputs = _Handlers(fail, shown, lambda: TODAY).ask("geheime vraag", Conversation(), "nl")
    assert 'role="alert"' in str(outputs[2])
    assert "Het lukte niet om een antwoord te maken" in str(outputs[2])
    assert re.fullmatch(r"no answer: RuntimeError in fail, line \d+", caplog.messages[0])
    assert "geheim" not in caplog.text + "".join(capsys.readouterr())


def test_the_log_of_the_server_names_a_fault_and_not_its_text(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            raise RuntimeError("geheime vraag")

    with serving(fail) as address:
        assert httpx.get(address).status_code == 500
    assert re.fullmatch(r"a request failed: RuntimeError in fail, line \d+", caplog.messages[0])
    assert "geheim" not in caplog.text


def test_names_are_given_for_others_and_no_other_name_opens_the_page(corpus: Corpus) -> None:
    assert host_names("127.0.0.1", ()) == ("127.0.0.1", "localhost")
    assert host_names("localhost", ["wolk.example"]) == ("127.0.0.1", "localhost", "wolk.example")
    names = host_names("0.0.0.0", ["wolk.example"])
    assert names == ("wolk.example",)
    app = make_app(FakeAsk(corpus), corpus, read_words(), Organisation(), lambda: TODAY, names=names)
    with TestClient(app, base_url="http://wolk.example:7860") as client:
        assert client.get("/config").status_code == 200
        own = {"origin": "http://wolk.example:7860"}
        assert client.get("/config", headers=own).status_code == 200
        for host in ("127.0.0.1:7860", "evil.wolk.example", "wolk.example.evil.example"):
            assert client.get("/config", headers={"host": host}).status_code == 400
        for origin in ("https://wolk.example:7860", "http://wolk.example", "http://evil.example:7860"):
            assert client.get("/config", headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize(
    ("proxies", "allowed"), [([], 403), (["127.0.0.1/32"], 200), (["192.0.2.1/32"], 403)]
)
def test_only_a_named_proxy_is_believed_that_the_page_was_opened_by_https(
    app: FastAPI, proxies: list[str], allowed: int
) -> None:
    told = threading.Event()
    with listen("127.0.0.1", 0) as listener:
        server = make_server(app, listener, lambda _: told.set(), trusted_proxies=proxies)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        assert told.wait(30)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        headers = {
            "x-forwarded-proto": "https",
            "x-forwarded-host": "evil.example",
            "x-forwarded-for": "203.0.113.9",
        }
        own = {"origin": address.replace("http:", "https:")}
        answer = httpx.get(f"{address}/config", headers=headers | own)
        server.should_exit = True
        thread.join()
    assert answer.status_code == allowed
    assert "evil.example" not in answer.text


def test_a_name_or_proxy_that_cannot_be_is_refused_with_the_place_it_stands(tmp_path: Path) -> None:
    settings = read_settings(
        tmp_path, {"WOLKWIJZER_ALLOWED_HOSTS": "a.example, b", "WOLKWIJZER_TRUSTED_PROXIES": "::1"}
    )
    assert (settings.allowed_hosts, settings.trusted_proxies) == (("a.example", "b"), ("::1/128",))
    for name in ("*", "*.example", "http://a.example", "a.example:80", "A.example", ""):
        with pytest.raises(SettingsError, match=r"^WOLKWIJZER_ALLOWED_HOSTS: "):
            read_settings(tmp_path, {"WOLKWIJZER_ALLOWED_HOSTS": name})
    for proxy in ("*", "proxy.example", "10.0.0.0/99"):
        with pytest.raises(SettingsError, match=r"^WOLKWIJZER_TRUSTED_PROXIES: "):
            read_settings(tmp_path, {"WOLKWIJZER_TRUSTED_PROXIES": proxy})


def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"^port {port} is in use; choose another one with --port$"):
            listen("localhost", port)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4"])
def test_a_host_that_others_can_reach_is_refused_without_the_names_it_is_opened_under(host: str) -> None:
    with pytest.raises(
        ServerError,
        match=rf"^--host {host} lets others reach the page, which has no sign-in yet; "
        r"name the hosts .* allowed_hosts, or choose 127\.0\.0\.1 or localhost$",
    ):
        listen(host, 0)


@pytest.mark.parametrize("host", ["example.org", "", "localhost.evil.example", "127.0.0.1:80"])
def test_a_host_that_is_no_address_is_refused_and_not_looked_up(host: str) -> None:
    with pytest.raises(ServerError, match=r"is no address; give an IP address"):
        listen(host, 0, ["wolkwijzer.example"])


def test_an_address_that_this_machine_does_not_have_is_refused() -> None:
    with pytest.raises(ServerError, match=r"^this machine has no address 192\.0\.2\.1; .*--host$"):
        listen("192.0.2.1", 0, ["wolkwijzer.example"])


def test_a_port_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ServerError, match=r"port 70000 cannot be used; .*--port"):
        listen("127.0.0.1", 70_000)


def test_no_piece_of_an_answer_waits_until_the_browser_has_confirmed_the_one_before() -> None:
    async def connect() -> int:
        with listen("127.0.0.1", 0) as listener:
            told = asyncio.get_running_loop().create_future()

            def meet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                connection = writer.get_extra_info("socket")
                told.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                writer.close()

            async with await asyncio.start_server(meet, sock=listener):
                _, browser = await asyncio.open_connection(*listener.getsockname())
                sends_at_once = await told
                browser.close()
                await browser.wait_closed()
                return int(sends_at_once)

    assert asyncio.run(connect()) == 1


def test_the_address_is_told_once_the_page_answers(app: FastAPI) -> None:
    told: list[tuple[str, int]] = []
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]

    def visit(address: str) -> None:
        # The loop of the server is running this, so the visit needs a thread of its own.
        def look() -> None:
            told.append((address, httpx.get(address).status_code))
            server.should_exit = True

        threading.Thread(target=look).start()

    server = make_server(app, listener, visit)
    with listener:
        server.run(sockets=[listener])
    assert told == [(f"http://127.0.0.1:{port}", 200)]


_START = """
import json, os, socket, sys, threading
asked = []
real = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: asked.append(host) or real("127.0.0.1", *rest, **more)
from assistant.server import make_app
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.load import load_corpus
from starlette.testclient import TestClient
app = make_app(None, load_corpus(), read_words(), Organisation(), lambda: "2026-11-23")
with TestClient(app, base_url="http://127.0.0.1") as client:
    client.get("/")
for thread in threading.enumerate():
    if thread is not threading.current_thread() and not thread.daemon:
        thread.join(5)
names = ("GRADIO_ANALYTICS_ENABLED", "GRADIO_RUN_HISTORY", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE",
         "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK")
print(json.dumps({"asked": asked, "set": {name: os.environ[name] for name in names}}))
"""


def test_starting_the_page_looks_up_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GRADIO_ANALYTICS_ENABLED", "GRADIO_RUN_HISTORY"):
        monkeypatch.setenv(name, "True")
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        monkeypatch.delenv(name, raising=False)
    done = subprocess.run([sys.executable, "-c", _START], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "asked": [],
        "set": {
            "GRADIO_ANALYTICS_ENABLED": "False",
            "GRADIO_RUN_HISTORY": "False",
            "HF_HUB_OFFLINE": "1",
            "TRANSFORMERS_OFFLINE": "1",
            "HF_HUB_DISABLE_TELEMETRY": "True",
            "DO_NOT_TRACK": "1",
        },
    }
