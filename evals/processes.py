"""Measures Wolkwijzer as a process: how long a first answer takes, and what a serving one holds in memory."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.request import Request, urlopen

from corpus.errors import DataError

_COMMAND = (sys.executable, "-m", "wolkwijzer")
_PATIENCE = 120.0  # seconds
_SESSION = "bench"


def time_cold_start(question: str) -> float:
    """Return the seconds from the command `ask` to its answer, in a process of its own."""
    start = time.perf_counter()
    subprocess.run([*_COMMAND, "ask", question], check=True, capture_output=True)  # noqa: S603 - our own command
    return round(time.perf_counter() - start, 2)


def weigh_serving(questions: Sequence[str]) -> list[float]:
    """Return the megabytes that the page's process holds (resident) after each question asked through the page.

    Nothing where the system does not tell; Linux does. Raises DataError where the page does not answer.
    """
    command = [*_COMMAND, "chat", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as page:  # noqa: S603 - our own command
        try:
            said = page.stdout.readline() if page.stdout else ""
            address = next((word for word in said.split() if word.startswith("http://127.0.0.1:")), "")
            weights = []
            for question in questions:
                _ask(address, question)
                weights += _resident_megabytes(page.pid)
        except (OSError, ValueError, LookupError) as error:
            raise DataError("the page", "a question", f"was not answered: {error}") from error
        finally:
            page.terminate()
    return weights


def _ask(address: str, question: str) -> None:
    """Ask as the page's button does, and wait for the answer."""
    with urlopen(f"{address}/config", timeout=_PATIENCE) as config:  # noqa: S310 - the page of this machine
        handlers = json.load(config)["dependencies"]
    ask = next(
        handler["id"]
        for handler in handlers
        if len(handler["inputs"]) == len(("question", "case", "language"))
    )
    asked = {"data": [question, None, "nl"], "fn_index": ask, "session_hash": _SESSION}
    body, kind = json.dumps(asked).encode(), {"content-type": "application/json"}
    with urlopen(Request(f"{address}/gradio_api/queue/join", body, kind), timeout=_PATIENCE):  # noqa: S310 - the same
        pass
    told = f"{address}/gradio_api/queue/data?session_hash={_SESSION}"
    with urlopen(told, timeout=_PATIENCE) as messages:  # noqa: S310 - the same
        for line in messages:
            message = json.loads(line[len(b"data:") :]) if line.startswith(b"data:") else {}
            if message.get("msg") == "process_completed" and message["success"]:
                return
    raise ValueError("it ended without an answer")


def _resident_megabytes(pid: int) -> list[float]:
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.is_file() else []
    return [round(int(line.split()[1]) / 1024, 1) for line in lines if line.startswith("VmRSS:")]
