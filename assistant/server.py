"""The page as a server: of this machine alone, unless the settings name the hosts it is opened under."""

import errno
import ipaddress
import logging
import secrets
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse

from assistant.changes import Changes
from assistant.errors import ServerError, name_fault
from assistant.opening import State, say_state
from assistant.page.chat import mount_page
from assistant.page.conversation import Ask
from assistant.page.files import FILES
from assistant.page.guard import Guard
from assistant.page.limits import Limits, answer_in_time
from assistant.page.parts import Shown
from assistant.page.reader import PATH, show_document, show_unknown
from assistant.page.sources import MOST_UPLOADED
from assistant.page.sources_forms import add_sources
from assistant.settings import Organisation, Settings
from assistant.tell import Teller
from assistant.words import Words
from corpus.load import Corpus
from corpus.paragraph import Language
from corpus.standing import Standings

HOSTS = ("127.0.0.1", "localhost")
_PAGE = Path(__file__).parent / "page"
_SECONDS_TO_STOP = 2
_UNSIGNED = Standings()


def make_app(
    ask: Ask,
    corpus: Corpus,
    words: Words,
    organisation: Organisation,
    today: Callable[[], str],
    standings: Standings = _UNSIGNED,
    *,
    names: Sequence[str] = HOSTS,
    state: Callable[[], State] = lambda: State("ready"),
    current: Callable[[], Corpus] | None = None,
    host: str = "",
    changes: Changes | None = None,
) -> FastAPI:
    """Return the application: the page, the documents and nothing else, under these host names.

    `today` returns an ISO date, `state` how far the search is, `current` the corpus with the documents that people
    have added by now. Only where `host`, the address it listens at, is this machine's own, and it has no name by which
    others open it, can documents be added and removed, by `changes`.
    """
    is_local = host in HOSTS and set(names) <= set(HOSTS)
    open_changes = changes if is_local else None
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    def send_document(request: Request) -> HTMLResponse:
        language: Language = "en" if request.query_params.get("lang") == "en" else "nl"
        teller = Teller(words, language, today(), standings)
        now = current() if current else corpus
        document = now.documents.get(request.path_params["source"])
        if document is None:
            return HTMLResponse(show_unknown(now, teller), 404)
        return HTMLResponse(show_document(document, now, teller, request.query_params))

    for name in FILES:
        app.add_route(f"/{name}", _send_file)
    app.add_route("/state", _tell_state(state, words))
    app.add_route(PATH + "{source:path}", send_document)
    add_sources(
        app, current or (lambda: corpus), lambda one: Teller(words, one, today(), standings), open_changes
    )
    # Gradio reflects foreign origins unless it finds this one here.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(names))
    shown = Shown(corpus.sources, corpus.vocabulary, corpus.glossary, words, organisation)
    inputs = mount_page(app, answer_in_time(ask), shown, today)
    app.add_middleware(
        Guard, limits=Limits(inputs), words=words, most_upload=MOST_UPLOADED if open_changes else 0
    )
    return app


def _send_file(request: Request) -> FileResponse:
    """Send a style or a script of ours; no other path comes here."""
    return FileResponse(_PAGE / Path(request.url.path).name)


def _tell_state(state: Callable[[], State], words: Words) -> Callable[[Request], JSONResponse]:
    """Return what tells a page how far the search is, and what trouble.js says once the server cannot be asked.

    `start` is another one each time the server starts: it then knows no earlier question any more.
    """
    start = secrets.token_hex(8)
    troubles = {key: words.texts[f"trouble.{key}"] for key in ("lost", "back", "restarted", "busy", "fault")}

    def tell(_: Request) -> JSONResponse:
        now = state()
        told = {
            "start": start,
            "ready": now.phase == "ready",
            "state": say_state(now, words),
            "troubles": troubles,
        }
        return JSONResponse(told)

    return tell


def host_names(host: str, allowed_hosts: Sequence[str]) -> tuple[str, ...]:
    """Return the names under which the page may be opened. Raises ServerError where others could reach it unnamed."""
    if host in HOSTS:
        return (*HOSTS, *allowed_hosts)
    try:
        ipaddress.ip_address(host)
    except ValueError as error:
        raise ServerError(f"--host '{host}' is no address; give an IP address of this machine") from error
    if not allowed_hosts:
        raise ServerError(
            f"--host {host} lets others reach the page, which has no sign-in yet; "
            f"name the hosts it is opened under in the setting allowed_hosts, or choose {' or '.join(HOSTS)}"
        )
    return tuple(allowed_hosts)


def serve(app: FastAPI, settings: Settings, on_listening: Callable[[str], None]) -> None:
    """Serve until it is stopped; tell the address once it answers. Raises ServerError where it cannot."""
    listener = listen(settings.host, settings.port, settings.allowed_hosts)
    with listener:
        name = host_names(settings.host, settings.allowed_hosts)[0]
        make_server(app, listener, on_listening, name, settings.trusted_proxies).run(sockets=[listener])


def listen(host: str, port: int, allowed_hosts: Sequence[str] = ()) -> socket.socket:
    """Return a socket that listens at a port; port 0 is any free one. Raises ServerError."""
    host_names(host, allowed_hosts)
    # No name is looked up: that could leave the machine.
    address = HOSTS[0] if host in HOSTS else host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # With its protocol named, asyncio sends each piece at once; else the pieces of an answer wait 40 ms for each other.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise ServerError(_reason(host, port, error)) from error
    return listener


def _reason(host: str, port: int, error: OSError | OverflowError) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return f"port {port} is in use; choose another one with --port"
        case errno.EACCES:
            return f"port {port} needs more rights; choose another one with --port"
        case errno.EADDRNOTAVAIL:
            return f"this machine has no address {host}; choose another one with --host"
        case _:
            return f"port {port} cannot be used; choose another one with --port"


def make_server(
    app: FastAPI,
    listener: socket.socket,
    on_listening: Callable[[str], None],
    name: str = HOSTS[0],
    trusted_proxies: Sequence[str] = (),
) -> uvicorn.Server:
    """Return a server for `listener` that prints no request; `should_exit` stops it.

    Of the addresses in `trusted_proxies` alone it believes from whom, and by http or https, a request came.
    """
    for name_of_log in ("uvicorn.error", "asyncio"):
        logging.getLogger(name_of_log).addFilter(_hide_text)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level=logging.WARNING,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
        ws="none",
    )
    return _Server(config, f"http://{name}:{listener.getsockname()[1]}", on_listening)


def _hide_text(record: logging.LogRecord) -> bool:
    """Log which exception it was and where; its text may hold what somebody typed."""
    if record.exc_info and record.exc_info[1] is not None:
        record.msg, record.args = "a request failed: %s", (name_fault(record.exc_info[1]),)
        record.exc_info = None
    return True


class _Server(uvicorn.Server):
    """Tells when it listens: an address printed earlier would be opened in vain."""

    def __init__(self, config: uvicorn.Config, address: str, on_listening: Callable[[str], None]) -> None:
        super().__init__(config)
        self._address, self._on_listening = address, on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening(self._address)
