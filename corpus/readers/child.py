"""Reads a document in a child process, so that none can hurt this one: a crash, a bomb or a loop ends that child alone."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pydantic import TypeAdapter

from corpus.errors import REASONS, ReadError
from corpus.extraction import Extraction
from corpus.readers.limits import LIMITS, Limits

_WORKER = "corpus.readers.worker"
# Where the child itself says nothing, or nothing that may be shown.
_ADVICE = {
    "too_large": "the file, or the text in it, is larger than is read; add the parts that matter",
    "too_slow": "reading it took too long; save it anew, as .docx or without pictures",
    "too_much_memory": "reading it takes too much memory; save it anew, or in parts",
    "broken": "the file is damaged, or not what its name says; save it anew or get it again",
    "empty": "there is nothing in it",
}


@dataclass(frozen=True)
class _Answer:
    """What the child writes: an extraction, or why there is none."""

    extraction: Extraction | None = None
    reason: str = "broken"
    advice: str = ""


_ANSWERS = TypeAdapter(_Answer)


def read_document(path: Path, limits: Limits = LIMITS) -> Extraction:
    """Read one document of any kind. For many, `Child` saves starting a process for each.

    Raises ReadError, with one of REASONS.
    """
    with Child(limits) as child:
        return child.read(path)


class Child:
    """A child process that reads documents one after another, each in a fork with limits. It is not for several threads."""

    def __init__(self, limits: Limits = LIMITS, worker: str = _WORKER) -> None:
        """Take the limits for each document, and the module that reads (tests have others)."""
        self._limits = limits
        self._worker = worker
        self._process: subprocess.Popen[bytes] | None = None
        self._received = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child and whatever it reads. Another document starts a new one."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

    def read(self, path: Path) -> Extraction:
        """Read one document. Raises ReadError, with one of REASONS; the child serves on, or is started anew."""
        try:
            size = path.stat().st_size if path.is_file() else -1
        except OSError:
            size = -1
        if size < 0:
            raise ReadError(
                path.name, "broken", "the file cannot be opened; look whether it is there and may be read"
            )
        if size > self._limits.file:
            most = self._limits.file // 1_000_000
            raise ReadError(path.name, "too_large", f"it has more than {most} MB; add the parts that matter")
        if not size:
            raise ReadError(path.name, "empty", _ADVICE["empty"])
        answer = self._ask(path)
        if answer.extraction is None:
            reason = answer.reason if answer.reason in REASONS else "broken"
            raise ReadError(path.name, reason, answer.advice or _ADVICE.get(reason, _ADVICE["broken"]))
        return answer.extraction

    def _ask(self, path: Path) -> _Answer:
        """Return what the child answers, or a reason for which it did not."""
        deadline = time.monotonic() + self._limits.wall_seconds
        request = {"path": str(path.absolute()), "limits": asdict(self._limits)}
        try:
            requests, answers = self._start()
            requests.write(json.dumps(request).encode() + b"\n")
            line = self._line(answers, deadline)
            exit_code, peak = map(int, self._line(answers, deadline).split())
            if exit_code == 0:
                return _ANSWERS.validate_json(line)
        except TimeoutError:
            self.close()
            return _Answer(reason="too_slow")
        except OverflowError:
            self.close()
            return _Answer(reason="too_large")
        except (EOFError, BrokenPipeError, ValueError):  # it is gone, or what it says is no answer
            self.close()
            return _Answer(reason="broken")
        if exit_code == -signal.SIGXCPU:
            return _Answer(reason="too_slow")
        # The kernel kills where the machine has no memory left. A library that gets none may say anything, or abort.
        hungry = exit_code == -signal.SIGKILL or peak > self._limits.memory / 2
        return _Answer(reason="too_much_memory" if hungry else "broken")

    def _start(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._received.clear()
            # No shell, none of our environment but where modules are; its own session, so that all of it can be ended; in
            # a folder where it leaves nothing. Dates are read as if in one place.
            modules = os.pathsep.join(str(Path(folder).resolve()) for folder in sys.path if folder)
            self._process = subprocess.Popen(  # noqa: S603 - a module of our own
                [sys.executable, "-P", "-m", self._worker],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PYTHONPATH": modules, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "TZ": "UTC"},
                start_new_session=True,
                bufsize=0,
            )
        if not self._process.stdin or not self._process.stdout:
            raise EOFError  # never: both were asked for
        return self._process.stdin, self._process.stdout

    def _line(self, answers: IO[bytes], deadline: float) -> bytes:
        """Return a line of the child. Raises TimeoutError; OverflowError: too long; EOFError: the child is gone."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(answers, selectors.EVENT_READ)
            end = self._received.find(b"\n")
            while end < 0:
                left = deadline - time.monotonic()
                if left <= 0 or not waiting.select(left):
                    raise TimeoutError
                piece = os.read(answers.fileno(), 1_000_000)
                if not piece:
                    raise EOFError
                end = piece.find(b"\n")
                end = end if end < 0 else len(self._received) + end
                self._received += piece
                if len(self._received) > self._limits.result:
                    raise OverflowError
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line
