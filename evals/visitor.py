"""Asks the page over HTTP as a browser does: joins Gradio's queue and reads its stream until the answer is there."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from typing import TypedDict
from urllib.error import HTTPError
from urllib.request import Request, urlopen

_PATIENCE = 120.0  # seconds
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
        config = json.loads(self._get("config"))
        fields = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        # What is sent by which field; the first of two is the button beside it.
        self._functions: dict[str, int] = {}
        for handler in config["dependencies"]:
            self._functions.setdefault(fields[handler["inputs"][0]], handler["id"])

    def ask(self, question: str) -> str:
        """Ask as the page's button does; return the answer as HTML."""
        return self._send("question", question)

    def choose(self, choice: str) -> str:
        """Set a fact of the last question, such as `location=nl`, as the page's buttons do; return the answer."""
        return self._send("choice", choice)

    def _send(self, field: str, text: str) -> str:
        with self.join(field, text):
            pass
        answer = ""
        for message in self._messages():
            if message["msg"] in ("process_generating", "process_completed"):
                if not message["success"]:
                    break
                answer = _read_answer(message["output"]["data"][_ANSWERS]) or answer
                if message["msg"] == "process_completed" and answer:
                    return answer
        raise ValueError("it ended without an answer")

    def is_ready(self) -> bool:
        """Whether the search of the page is open."""
        return bool(json.loads(self._get("state"))["ready"])

    def join(self, field: str, text: str) -> HTTPResponse:
        """Send without waiting for the answer. Raises HTTPError where it is refused."""
        sent = {"data": [text, None, "nl"], "fn_index": self._functions[field], "session_hash": self._session}
        body, kind = json.dumps(sent).encode(), {"content-type": "application/json"}
        join = Request(f"{self._address}/gradio_api/queue/join", body, kind)  # noqa: S310 - the page of this machine
        response: HTTPResponse = urlopen(join, timeout=_PATIENCE)  # noqa: S310 - the same
        return response

    def _messages(self) -> Iterator[_Message]:
        told = f"{self._address}/gradio_api/queue/data?session_hash={self._session}"
        with urlopen(told, timeout=_PATIENCE) as lines:  # noqa: S310 - the same
            for line in lines:
                if line.startswith(b"data:"):
                    yield json.loads(line[len(b"data:") :])

    def _get(self, path: str) -> bytes:
        with urlopen(f"{self._address}/{path}", timeout=_PATIENCE) as response:  # noqa: S310 - the same
            return bytes(response.read())


def _read_answer(told: object) -> str:
    """Return the answer that a message holds, whole or as the last of some changes; empty where it holds none."""
    last = told[-1] if isinstance(told, list) and told else told
    answer = last[-1] if isinstance(last, list) else last
    return answer if isinstance(answer, str) else ""


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


def converse(
    address: str, session: str, questions: Sequence[str], choices: Sequence[str], clock: Callable[[], float]
) -> tuple[list[float], list[float], list[float]]:
    """Ask all the questions in one conversation, and make the choices after the first and after the last.

    Return the seconds of the first choices, of the last question and of the last choices.
    """
    visitor = Visitor(address, session)

    def time(act: Callable[[str], str], texts: Sequence[str]) -> list[float]:
        seconds = []
        for text in texts:
            start = clock()
            act(text)
            seconds.append(clock() - start)
        return seconds

    visitor.ask(questions[0])
    facts = time(visitor.choose, choices)
    for question in questions[1:-1]:
        visitor.ask(question)
    return facts, time(visitor.ask, questions[-1:]), time(visitor.choose, choices)


def ask_at_once(address: str, people: int, questions: Sequence[str]) -> int:
    """Let so many people ask all the questions at once, each in one conversation; return how many failed.

    Their questions differ by a number: what one has asked is not looked up again for another.
    """

    def visit(number: int) -> int:
        failed = 0
        visitor = Visitor(address, f"crowd{number}")
        for question in questions:
            try:
                visitor.ask(number_question(number, question))
            except (OSError, ValueError):
                failed += 1
        return failed

    with ThreadPoolExecutor(people) as crowd:
        return sum(crowd.map(visit, range(people)))


def number_question(number: int, question: str) -> str:
    """Return a question that differs from that of other numbers."""
    return f"{number}. {question}"


def flood(address: str, people: int, each: int) -> tuple[int, int]:
    """Let so many people send so many questions each without waiting for an answer.

    Return how many questions were refused, and how many of these without saying when to come back.
    """

    def send(number: int) -> list[bool]:
        visitor = Visitor(address, f"flood{number}")
        is_clear = []
        for question in range(each):
            try:
                visitor.join("question", f"mag vraag {question} in de cloud?").close()
            except HTTPError as refusal:
                with refusal:
                    is_clear.append(refusal.headers.get("retry-after", "").isdecimal())
        return is_clear

    with ThreadPoolExecutor(people) as crowd:
        refused = [one for told in crowd.map(send, range(people)) for one in told]
    return len(refused), refused.count(False)
