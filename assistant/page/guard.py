"""What stands between a browser and the page: who may ask, for what, and with which policy it is shown.

Gradio sends no security headers, reflects foreign origins and opens doors that the page does not need.
"""

import re
import secrets
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1_000_000  # of a request; the longest question is a hundredth of it

# What the page itself asks for. All else that Gradio serves is closed: tokens, uploads, its API, saved links.
_OPEN = re.compile(
    r"/|/(?:page|facts)\.css|/(?:page|personal|keep|facts|link)\.js|/config|/theme\.css|/favicon\.ico|/manifest\.json"
    r"|/(?:assets|static)/[\w./-]+"
    r"|/gradio_api/(?:queue/join|queue/data|heartbeat/\w+|cancel|reset)"
)
# Only a proxy may say these, and there is none.
_FORWARDED = re.compile(rb"forwarded|x-forwarded-.*|x-real-ip|x-original-.*|x-direct-url")
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'none'; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
# Gradio fixes the language of its page, follows a dark desktop, and adds styles and scripts late.
_CHANGES = (
    (b'lang="en"', b'lang="nl"'),
    (
        b"</head>",
        b"".join(
            (
                b'<link rel="stylesheet" href="page.css"><script src="page.js"></script>',
                b'<link rel="stylesheet" href="facts.css">',
                b'<script type="module" src="personal.js"></script>',
                b'<script type="module" src="keep.js"></script>',
                b'<script type="module" src="facts.js"></script>',
                b'<script type="module" src="link.js"></script></head>',
            )
        ),
    ),
    (b"<gradio-app", b'<gradio-app theme_mode="light"'),
)


class Guard:
    """ASGI middleware: refuses foreign requests and lets the browser run the page's own scripts only."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, scope["path"])
        if refusal := _refuse(scope):
            status, reason = refusal
            await PlainTextResponse(reason, status)(scope, receive, answer.send)
            return
        kept = [(name, value) for name, value in scope["headers"] if not _FORWARDED.fullmatch(name)]
        if scope["path"] == "/":
            # The page is rewritten, so it must not come compressed.
            kept = [(name, value) for name, value in kept if name != b"accept-encoding"]
        await self._app({**scope, "headers": kept}, receive, answer.send)


def _refuse(scope: Scope) -> tuple[int, str] | None:
    """Return status and reason where a request is not one of the page's own."""
    if scope["type"] != "http" or not _OPEN.fullmatch(scope["path"]) or ".." in scope["path"]:
        return 404, "There is nothing here."
    headers = Headers(scope=scope)
    if not _is_own(scope["method"], headers):
        return 403, "Only the page itself may ask."
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdecimal():
        return 411, "Say how long the request is."
    if int(length) > MOST_BYTES:
        return 413, "The request is too long."
    return None


def _is_own(method: str, headers: Headers) -> bool:
    """Tell whether a request comes from the page, or is someone opening it by address or link."""
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{headers.get('host', '')}":
        return False
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return True
    opens = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return method == "GET" and opens


@dataclass
class _Answer:
    """Sends a response on with headers of our own; a page is held back until it is whole, then rewritten."""

    _send: Send
    _path: str
    _start: Message | None = None
    _body: bytes = b""
    _nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._add_headers(message)
            if _is_rewritten(message):
                self._start = message
                return
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body", False):
                return
            body = self._rewrite(self._start["status"])
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

    def _rewrite(self, status: int) -> bytes:
        if status == 422:
            # The complaint of FastAPI repeats what was sent.
            return b'{"detail":"This is not a request of the page."}'
        body = self._body
        for old, new in _CHANGES:
            body = body.replace(old, new, 1)
        return body.replace(b"<script", f'<script nonce="{self._nonce}"'.encode())


def _is_rewritten(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] == 422 or kind.startswith("text/html")
