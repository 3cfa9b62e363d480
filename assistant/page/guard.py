"""What stands between a browser and the page: who may ask, for what, and with which policy it is shown.

Gradio sends no security headers, reflects foreign origins and opens doors that the page does not need.
"""

import re
import secrets
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cache, partial
from tempfile import TemporaryFile

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.page.files import FILES, TAGS
from assistant.page.frame import show_start
from assistant.page.limits import Limits, Refused, keep_body, read_body
from assistant.page.refusal import tell_refusal
from assistant.page.sources import UPLOAD
from assistant.words import Words, read_words

_FULL = 503  # Gradio's answer where as many questions wait as may
_SECONDS_TO_RETRY = 5  # half the queue is done by then

# What the page itself asks for. All else that Gradio serves is closed: tokens, uploads, its API, saved links.
_OPEN = re.compile(
    r"/|/state|/sources(?:/add|/remove)?|/document(?:/.*)?|/config|/theme\.css|/favicon\.ico|/manifest\.json"
    rf"|/(?:{'|'.join(map(re.escape, FILES))})"
    r"|/(?:assets|static)/[\w./-]+"
    r"|/gradio_api/(?:queue/join|queue/data|heartbeat/\w+|cancel|reset)"
)
_QUESTION = "/gradio_api/queue/join"
_ANSWER = "/gradio_api/queue/data"
_STREAMS = (_ANSWER, "/gradio_api/heartbeat/")
# Only a proxy may say these; of one that is named, the server has read them already.
_FORWARDED = re.compile(rb"forwarded|x-forwarded-.*|x-real-ip|x-original-.*|x-direct-url")
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'none'; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# What a browser can do for a page and this one never asks for; it does copy.
_DENIED = (
    "accelerometer",
    "autoplay",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": ", ".join([*(f"{name}=()" for name in _DENIED), "clipboard-write=(self)"]),
}
# Gradio fixes the language of its page, follows a dark desktop, and adds title, styles and scripts late.
_HEAD = f"<title>Wolkwijzer</title>{TAGS}</head>".encode()
# What it says of itself to who shares the address.
_ABOUT_GRADIO = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>')


@cache
def _changes() -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b'lang="en"', b'lang="nl"'),
        (b"</head>", _HEAD),
        (b"<gradio-app", show_start(read_words(), "nl").encode() + b'<gradio-app theme_mode="light"'),
    )


class Guard:
    """ASGI middleware: refuses foreign requests and lets the browser run the page's own scripts only."""

    def __init__(self, app: ASGIApp, limits: Limits, words: Words, most_upload: int = 0) -> None:
        """`most_upload` is the size in bytes up to which documents are taken; 0: none are."""
        self._app, self._limits, self._words, self._most_upload = app, limits, words, most_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        accepts = Headers(scope=scope).get("accept", "") if scope["type"] == "http" else ""
        refuse = partial(_respond, self._words, is_opened="text/html" in accepts)
        answer = _Answer(send, scope["path"], refuse)
        try:
            _check(scope)
            if self._most_upload and (scope["method"], scope["path"]) == ("POST", UPLOAD):
                with self._limits.upload_alone(), TemporaryFile() as kept:
                    sent = await keep_body(scope, receive, kept, self._most_upload)
                    await self._app(_clean(scope), sent, answer.send)
                return
            body = await read_body(scope, receive)
            if scope["path"] == _QUESTION and scope["method"] == "POST":
                self._limits.take_question(body)
            if scope["path"] == _ANSWER:
                self._limits.know_session(scope["query_string"])
            is_stream = scope["path"].startswith(_STREAMS)
            with self._limits.keep_open() if is_stream else nullcontext():
                await self._app(_clean(scope), _replay(body, receive), answer.send)
        except Refused as refusal:
            response = refuse(refusal)
            if refusal.status in (408, 411, 413):
                response.headers["connection"] = "close"  # the rest of what is sent is not waited for
            answer.is_ours = True
            await response(scope, receive, answer.send)


def _check(scope: Scope) -> None:
    """Raise Refused where a request is not one of the page's own."""
    if scope["type"] != "http" or not _OPEN.fullmatch(scope["path"]) or ".." in scope["path"]:
        raise Refused(404, "nothing_here")
    if not _is_own(scope, Headers(scope=scope)):
        raise Refused(403, "foreign")


def _is_own(scope: Scope, headers: Headers) -> bool:
    """Tell whether a request comes from the page, or is someone opening it by address or link."""
    origin = headers.get("origin")
    if origin is not None and origin != f"{scope['scheme']}://{headers.get('host', '')}":
        return False
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return True
    opens = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return scope["method"] == "GET" and opens


def _clean(scope: Scope) -> Scope:
    """Return the request without what only a proxy may say; the page is rewritten, so it comes uncompressed."""
    dropped = re.compile(_FORWARDED.pattern + (rb"|accept-encoding" if scope["path"] == "/" else b""))
    return {**scope, "headers": [header for header in scope["headers"] if not dropped.fullmatch(header[0])]}


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body, which has been read already, and then goes on."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _respond(words: Words, refusal: Refused, *, is_opened: bool) -> Response:
    content, kind = tell_refusal(words, refusal, is_opened=is_opened)
    headers = {"retry-after": str(refusal.wait)} if refusal.wait else {}
    return Response(content, refusal.status, headers, kind)


@dataclass
class _Answer:
    """Sends a response on with headers of our own; a page is held back until it is whole, then rewritten."""

    _send: Send
    _path: str
    _refuse: Callable[[Refused], Response]
    is_ours: bool = False  # a refusal of our own, which is sent as it is
    _start: Message | None = None
    _body: bytes = b""
    _nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._add_headers(message)
            if not self.is_ours and _is_rewritten(message, self._path):
                self._start = message
                return
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body", False):
                return
            body = self._rewrite(self._start)
            MutableHeaders(scope=self._start)["content-length"] = str(len(body))
            await self._send(self._start)
            message = {"type": "http.response.body", "body": body}
        await self._send(message)

    def _add_headers(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        headers.update(_HEADERS)
        headers["content-security-policy"] = _POLICY.format(nonce=self._nonce)
        if not self._path.startswith(("/assets/", "/static/")):
            headers["cache-control"] = "no-store"
        if message["status"] == _FULL:
            headers["retry-after"] = str(_SECONDS_TO_RETRY)

    def _rewrite(self, start: Message) -> bytes:
        if refusal := _find_refusal(start, self._path):
            response = self._refuse(refusal)
            MutableHeaders(scope=start)["content-type"] = response.headers["content-type"]
            return bytes(response.body)
        body = _ABOUT_GRADIO.sub(b"", self._body)
        for old, new in _changes() if self._path == "/" else ():
            body = body.replace(old, new, 1)
        return body.replace(b"<script", f'<script nonce="{self._nonce}"'.encode())


def _is_rewritten(start: Message, path: str) -> bool:
    return _kind(start).startswith("text/html") or _find_refusal(start, path) is not None


def _find_refusal(start: Message, path: str) -> Refused | None:
    """Return the refusal of ours that says what a library says in its own words, which may repeat what was sent."""
    status, kind = start["status"], _kind(start)
    if status == 400 and kind.startswith("text/plain"):
        return Refused(status, "unknown_host")  # of the middleware that knows the names
    if status == 422:
        return Refused(status, "not_ours")
    if path.startswith("/gradio_api/") or kind.startswith("text/html"):
        return None  # trouble.js tells what Gradio refuses
    if status in (404, 405):
        return Refused(status, "nothing_here")
    return Refused(status, "not_ours") if status == 400 else None


def _kind(start: Message) -> str:
    return Headers(raw=start["headers"]).get("content-type", "")
