"""The page as a server of this machine alone (FastAPI, uvicorn)."""

import errno
import logging
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse

from assistant.errors import ServerError
from assistant.page.chat import mount_page
from assistant.page.conversation import Ask
from assistant.page.guard import Guard
from assistant.page.parts import Shown
from assistant.settings import Organisation
from assistant.words import Words
from corpus.load import Corpus

HOSTS = ("127.0.0.1", "localhost")
_PAGE = Path(__file__).parent / "page"
_SECONDS_TO_STOP = 2


def make_app(
    ask: Ask, corpus: Corpus, words: Words, organisation: Organisation, today: Callable[[], str]
) -> FastAPI:
    """Return the application: the page and nothing else. `today` returns an ISO date."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    for file in ("page.css", "page.js", "personal.js", "keep.js", "facts.css", "facts.js", "link.js"):
        app.add_route(f"/{file}", _send_file)
    # Gradio reflects foreign origins unless it finds this one here.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))
    app.add_middleware(Guard)
    mount_page(
        app, ask, Shown(corpus.sources, corpus.vocabulary, corpus.glossary, words, organisation), today
    )
    return app


def _send_file(request: Request) -> FileResponse:
    """Send the style or the script of the page; no other path comes here."""
    return FileResponse(_PAGE / Path(request.url.path).name)


def serve(app: FastAPI, host: str, port: int, on_listening: Callable[[str], None]) -> None:
    """Serve until it is stopped; tell the address once it answers. Raises ServerError where it cannot."""
    listener = listen(host, port)
    with listener:
        make_server(app, listener, on_listening).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at a port of this machine; port 0 is any free one. Raises ServerError."""
    if host not in HOSTS:
        raise ServerError(f"the page can be opened on {' or '.join(HOSTS)} only, not on '{host}'")
    listener = socket.socket(socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise ServerError(f"{_reason(port, error)}; choose another one with --port") from error
    return listener


def _reason(port: int, error: OSError | OverflowError) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return f"port {port} is in use"
        case errno.EACCES:
            return f"port {port} needs more rights"
        case _:
            return f"port {port} cannot be used"


def make_server(app: FastAPI, listener: socket.socket, on_listening: Callable[[str], None]) -> uvicorn.Server:
    """Return a server for `listener` that prints nothing; `should_exit` stops it."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level=logging.WARNING,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
        ws="none",
    )
    return _Server(config, f"http://127.0.0.1:{listener.getsockname()[1]}", on_listening)


class _Server(uvicorn.Server):
    """Tells when it listens: an address printed earlier would be opened in vain."""

    def __init__(self, config: uvicorn.Config, address: str, on_listening: Callable[[str], None]) -> None:
        super().__init__(config)
        self._address, self._on_listening = address, on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening(self._address)
