"""The process in which documents are read: every file in a fork of its own, which has the libraries and the limits.

It is started by `child.py`. A line on standard input names a file and its limits; two lines answer it: what the fork
made of it, and how the fork ended. So a file that aborts its reader, eats its memory or never ends costs itself alone.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from corpus.errors import ReadError
from corpus.extraction import Extraction, Reader
from corpus.readers.kind import tell_kind
from corpus.readers.limits import Limits, impose_limits

READERS: dict[Reader, tuple[str, str]] = {
    "pdf": ("corpus.readers.pdf", "read_pdf"),
    "html": ("corpus.readers.html", "read_html"),
    "docx": ("corpus.readers.docx", "read_docx"),
    "markdown": ("corpus.readers.markdown", "read_markdown"),
    "text": ("corpus.readers.plain", "read_text"),
}
# By the end of a name: which library is likely to be needed. Once imported, every later fork has it.
_LIKELY: dict[str, Reader] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
}


def serve() -> None:
    """Answer requests until standard input ends. What libraries print goes nowhere."""
    answers, nowhere = os.dup(1), os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        path = Path(request["path"])
        if path.suffix.lower() in _LIKELY:
            _reader(_LIKELY[path.suffix.lower()])
        forked = os.fork()
        if not forked:
            os.dup2(nowhere, 0)
            _read_and_exit(path, Limits(**request["limits"]), answers)
        _, status, used = os.wait4(forked, 0)
        peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)  # bytes, or kilobytes
        _write(answers, f"\n{os.waitstatus_to_exitcode(status)} {peak}\n".encode())


def _reader(kind: Reader) -> Callable[[bytes], Extraction]:
    module, function = READERS[kind]
    reader: Callable[[bytes], Extraction] = getattr(importlib.import_module(module), function)
    return reader


def _read_and_exit(path: Path, limits: Limits, answers: int) -> None:
    """Write one line of JSON and end; an error that is not foreseen ends the fork with 1 and writes nothing."""
    exit_code = 1
    try:
        impose_limits(limits)
        _write(answers, _answer(path, limits))
        exit_code = 0
    finally:
        os._exit(exit_code)


def _answer(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limits.file)
        answer: dict[str, object] = {"extraction": _reader(tell_kind(path.name, data))(data)}
    except ReadError as error:
        answer = {"reason": error.reason, "advice": error.advice}
    except MemoryError:
        answer = {"reason": "too_much_memory"}
    # Half a character of UTF-16 can stand in a text but not in UTF-8.
    return json.dumps(answer, default=vars, ensure_ascii=False).encode(errors="replace")


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    serve()
