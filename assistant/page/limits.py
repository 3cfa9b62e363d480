"""How much may be asked of the page: how long, of which shape, how often, how many at once, and for how long.

Gradio checks none of it, and prints what does not fit, with what was typed in it, to standard error.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO

from starlette.datastructures import Headers, QueryParams
from starlette.types import Message, Receive, Scope

from assistant.answer import Answer, Request
from assistant.errors import QuestionError
from assistant.page.conversation import Ask

MOST_BYTES = 1_000_000  # of a request; the longest question is a hundredth of it
MOST_A_MINUTE = 300  # of all people together: 20 of them, each asking or correcting 15 times
MOST_OPEN = 200  # streams; an open tab has one, and a second while it waits for an answer
_MOST_SESSIONS = 2000  # that are remembered; Gradio remembers as many
_SECONDS_TO_SEND = 10
_SECONDS_TO_UPLOAD = 60
_CHUNK = 1 << 16
_DIGITS = 15  # of a length; more are more than is ever taken
_SECONDS_TO_ANSWER = 60
_MOST_ANSWERS = 8  # that are being made, given up ones included

# For each function of the page: what each input may hold, as a JSON schema; None is kept by the server.
Inputs = Mapping[int, tuple[Mapping[str, object] | None, ...]]
_KEYS = {"data", "event_data", "fn_index", "session_hash", "trigger_id"}
_SESSION = re.compile(r"[\w-]{1,64}", re.ASCII)
_KINDS: Mapping[object, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


class Refused(Exception):
    """A request over a limit. `reason` is a key of the catalogue under `refused`; `wait` is in seconds."""

    def __init__(self, status: int, reason: str, wait: int = 0) -> None:
        super().__init__(reason)
        self.status, self.reason, self.wait = status, reason, wait


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the whole body. Raises Refused where it is too long, of unknown length, or comes too slowly."""
    length = _read_length(scope)
    if length > MOST_BYTES:
        raise Refused(413, "too_long")
    pieces = _pieces(length, receive, _SECONDS_TO_SEND)
    return b"".join([piece async for piece in pieces])


async def keep_body(scope: Scope, receive: Receive, kept: IO[bytes], most: int) -> Receive:
    """Write a body of at most `most` bytes to a file as it comes; return a `receive` that gives it from there.

    Raises Refused where it is too long, of unknown length, or comes too slowly.
    """
    length = _read_length(scope)
    if length > most:
        raise Refused(413, "large_file")
    async for piece in _pieces(length, receive, _SECONDS_TO_UPLOAD):
        kept.write(piece)
    kept.seek(0)
    left = length

    async def replay() -> Message:
        nonlocal left
        if left < 0:
            return await receive()
        piece = kept.read(_CHUNK)
        left = left - len(piece) or -1
        return {"type": "http.request", "body": piece, "more_body": left > 0}

    return replay


def _read_length(scope: Scope) -> int:
    """Return how long the body is said to be. Raises Refused where that is not said, or not in digits."""
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not (length.isascii() and length.isdecimal()):
        raise Refused(411, "no_length")
    return int(length) if len(length) <= _DIGITS else sys.maxsize


async def _pieces(length: int, receive: Receive, seconds: float) -> AsyncIterator[bytes]:
    """Yield a body as it comes, never more of it than was announced."""
    try:
        async with asyncio.timeout(seconds):
            while length > 0:
                message = await receive()
                if message["type"] != "http.request":
                    raise Refused(400, "not_ours")
                piece = message.get("body", b"")
                length -= len(piece)
                if length < 0:
                    raise Refused(400, "not_ours")
                yield piece
    except TimeoutError as error:
        raise Refused(408, "too_slow") from error


class Limits:
    """What the page has taken so far, of all people together; it forgets when the server stops."""

    def __init__(self, inputs: Inputs, clock: Callable[[], float] = time.monotonic) -> None:
        self._inputs, self._clock = inputs, clock
        self._left, self._filled_at = float(MOST_A_MINUTE), clock()
        self._open = 0
        self._is_uploading = False
        self._sessions = dict[str, None]()

    def take_question(self, body: bytes) -> None:
        """Let a question pass. Raises Refused where the page cannot have sent it, or all ask too often."""
        session = _read_session(body, self._inputs)
        now = self._clock()
        a_second = MOST_A_MINUTE / 60
        self._left = min(MOST_A_MINUTE, self._left + (now - self._filled_at) * a_second)
        self._filled_at = now
        if self._left < 1:
            raise Refused(429, "too_often", int((1 - self._left) / a_second) + 1)
        self._left -= 1
        self._sessions.pop(session, None)
        self._sessions[session] = None
        if len(self._sessions) > _MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]

    @contextmanager
    def keep_open(self) -> Iterator[None]:
        """Count a stream while it is open. Raises Refused where there are too many."""
        if self._open >= MOST_OPEN:
            raise Refused(429, "too_many_open", 60)
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    @contextmanager
    def upload_alone(self) -> Iterator[None]:
        """Let one file be sent at a time. Raises Refused."""
        if self._is_uploading:
            raise Refused(429, "uploading", 5)
        self._is_uploading = True
        try:
            yield
        finally:
            self._is_uploading = False

    def know_session(self, query: bytes) -> None:
        """Let an answer be fetched by who asked for it. Raises Refused where nobody did."""
        if QueryParams(query).get("session_hash") not in self._sessions:
            raise Refused(404, "unknown")


def _read_session(body: bytes, inputs: Inputs) -> str:
    """Return the session of a question. Raises Refused unless it is one that the page can send."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "not_ours") from error
    if not isinstance(sent, dict) or not sent.keys() <= _KEYS:
        raise Refused(422, "not_ours")
    session, function, data = sent.get("session_hash"), sent.get("fn_index"), sent.get("data")
    if (
        not (isinstance(session, str) and _SESSION.fullmatch(session))
        or not (type(function) is int and function in inputs)
        or not (isinstance(data, list) and len(data) == len(inputs[function]))
        or type(sent.get("trigger_id")) not in (int, type(None))
        or sent.get("event_data") is not None
        or not all(_fits(value, schema) for value, schema in zip(data, inputs[function], strict=True))
    ):
        raise Refused(422, "not_ours")
    return session


def _fits(value: object, schema: object) -> bool:
    """Tell whether a value is one that the control can hold; an unknown kind of control holds nothing."""
    if not isinstance(schema, Mapping):
        return value is None
    if isinstance(values := schema.get("enum"), list):
        return isinstance(value, str) and value in values
    if schema.get("type") == "array":
        return isinstance(value, list) and all(_fits(part, schema.get("items")) for part in value)
    kind = _KINDS.get(schema.get("type"), ())
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def answer_in_time(ask: Ask, seconds: float = _SECONDS_TO_ANSWER) -> Ask:
    """Return `ask` that gives up after some seconds: QuestionError then. The thread goes on until it is done."""
    threads = ThreadPoolExecutor(_MOST_ANSWERS)

    def answer(request: Request) -> Answer:
        try:
            return threads.submit(ask, request).result(seconds)
        except TimeoutError as error:
            raise QuestionError("too_slow") from error

    return answer
