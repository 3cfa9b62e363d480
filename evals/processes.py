"""Measures Wolkwijzer as a process: its first answer, how soon the page is there, and how it serves."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

from corpus.errors import DataError
from evals.bench import spread
from evals.speed import PageSpeed
from evals.visitor import Visitor, ask_at_once, ask_in_turn, converse, flood, number_question

_COMMAND = (sys.executable, "-m", "wolkwijzer")
_PATIENCE = 120.0  # seconds
_PEOPLE, _EACH = 20, 5  # people at once, and the questions that each asks
_CONVERSATIONS = 5  # long ones, of all the questions each
_FACTS = tuple(
    f"service_model={value}" for value in ("paas", "iaas", "saas", "paas")
)  # each changes the one before
_FAR_TOO_MANY = 400  # more than may be sent in a minute
_PAUSE = 0.05  # seconds


def time_cold_start(question: str) -> float:
    """Return the seconds from the command `ask` to its answer, in a process of its own."""
    start = time.perf_counter()
    subprocess.run([*_COMMAND, "ask", question], check=True, capture_output=True)  # noqa: S603 - our own command
    return round(time.perf_counter() - start, 2)


def measure_page(firsts: Sequence[str], questions: Sequence[str]) -> PageSpeed:
    """Return how the page serves: `firsts` are asked one by one for its memory, then `questions` for the time.

    Raises DataError where the page does not answer.
    """
    start = time.perf_counter()
    command = [*_COMMAND, "chat", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as page:  # noqa: S603 - our own command
        try:
            said = page.stdout.readline() if page.stdout else ""
            address = next((word for word in said.split() if word.startswith("http://127.0.0.1:")), "")
            with urlopen(address, timeout=_PATIENCE) as response:  # noqa: S310 - the page of this machine
                response.read()
            up = time.perf_counter() - start
            visitor = Visitor(address, "bench")
            while not visitor.is_ready():
                time.sleep(_PAUSE)
            warm = time.perf_counter() - start
            memory = []
            for first in firsts:
                visitor.ask(first)
                memory += _resident_megabytes(page.pid)
            clock = time.perf_counter
            answer = spread(ask_in_turn(address, "turn", questions, clock))
            long = [
                converse(
                    address,
                    f"long{number}",
                    [number_question(number, one) for one in questions],
                    _FACTS,
                    clock,
                )
                for number in range(_CONVERSATIONS)
            ]
            crowd = clock()
            failed = ask_at_once(address, _PEOPLE, questions[:_EACH])
            seconds = clock() - crowd
            refused, unclear = flood(address, _PEOPLE, _FAR_TOO_MANY // _PEOPLE)
        except (OSError, ValueError, LookupError) as error:
            raise DataError("the page", "a question", f"was not answered: {error}") from error
        finally:
            page.terminate()
    facts, late, late_facts = (
        spread([one for times in kind for one in times]) for kind in zip(*long, strict=True)
    )
    return PageSpeed(
        round(up, 2),
        round(warm, 2),
        answer,
        facts,
        late,
        late_facts,
        round(seconds, 2),
        failed,
        refused,
        unclear,
        tuple(memory),
    )


def _resident_megabytes(pid: int) -> list[float]:
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.is_file() else []
    return [round(int(line.split()[1]) / 1024, 1) for line in lines if line.startswith("VmRSS:")]
