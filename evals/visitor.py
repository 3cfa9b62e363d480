"""Asks the page over HTTP as a browser does: joins Gradio's queue and reads its stream until the answer is there."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict
from urllib.request import Request, urlopen

_PATIENCE = 120.0  # seconds
_ASK = ("question", "case", "language")  # what the button sends; `case` is kept by the server
_ANSWERS = 3  # where the answer stands in what comes back


class _Message(TypedDict):
    """What Gradio's stream tells; of most messages only `msg` is there."""

    msg: str
    success: bool
    output: dict[str, list[object]]


class Visitor:
    """One open page. Its methods raise OSError where the page does not answer, ValueError where it fails."""

    def __init__(self, address: str, session: str) -> None:
        self._address, self._session = address, session
        handlers = json.loads(self._get("config"))["dependencies"]
        self._ask = next(handler["id"] for handler in handlers if len(handler["inputs"]) == len(_ASK))

    def ask(self, question: str) -> str:
        """Ask as the page's button does; return the answer as HTML."""
        asked = {"data": [question, None, "nl"], "fn_index": self._ask, "session_hash": self._session}
        body, kind = json.dumps(asked).encode(), {"content-type": "application/json"}
        join = Request(f"{self._address}/gradio_api/queue/join", body, kind)  # noqa: S310 - the page of this machine
        with urlopen(join, timeout=_PATIENCE):  # noqa: S310 - the same
            pass
        for message in self._messages():
            if message["msg"] == "process_completed":
                if not message["success"]:
                    break
                return str(message["output"]["data"][_ANSWERS])
        raise ValueError("it ended without an answer")

    def is_ready(self) -> bool:
        """Whether the search of the page is open."""
        return bool(json.loads(self._get("state"))["ready"])

    def _messages(self) -> Iterator[_Message]:
        told = f"{self._address}/gradio_api/queue/data?session_hash={self._session}"
        with urlopen(told, timeout=_PATIENCE) as lines:  # noqa: S310 - the same
            for line in lines:
                if line.startswith(b"data:"):
                    yield json.loads(line[len(b"data:") :])

    def _get(self, path: str) -> bytes:
        with urlopen(f"{self._address}/{path}", timeout=_PATIENCE) as response:  # noqa: S310 - the same
            return bytes(response.read())


def ask_in_turn(
    address: str, session: str, questions: Sequence[str], clock: Callable[[], float]
) -> list[float]:
    """Ask each question on a page of its own, one after the other; return the seconds that each took."""
    seconds = []
    for number, question in enumerate(questions):
        visitor = Visitor(address, f"{session}{number}")
        start = clock()
        visitor.ask(question)
        seconds.append(clock() - start)
    return seconds


def ask_at_once(address: str, people: int, questions: Sequence[str]) -> int:
    """Let so many people ask all the questions at once, each in one conversation; return how many failed."""

    def visit(number: int) -> int:
        failed = 0
        visitor = Visitor(address, f"crowd{number}")
        for question in questions:
            try:
                visitor.ask(question)
            except (OSError, ValueError):
                failed += 1
        return failed

    with ThreadPoolExecutor(people) as crowd:
        return sum(crowd.map(visit, range(people)))
