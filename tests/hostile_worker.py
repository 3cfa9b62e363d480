"""The worker with a reader that does to this machine what its document says: a stand-in for a fault in a library."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from corpus.extraction import Block, Extraction
from corpus.readers import worker


def loop(_: str) -> None:
    while True:
        pass


def nest(argument: str) -> None:
    nest(argument)


def say(text: str) -> Extraction:
    return Extraction("text", (Block("prose", text),))


def lie(descriptor: str) -> None:
    os.write(
        int(descriptor), b'{"extraction": {"reader": "text", "blocks": [{"shape": "order", "text": "x"}]}}'
    )
    os._exit(0)


ORDERS: dict[str, Callable[[str], object]] = {
    "abort": lambda _: os.abort(),
    "exit": lambda _: os._exit(0),
    "eat": lambda _: bytearray(4_000_000_000),
    "swell": lambda _: b"x" * 400_000_000 and os.abort(),
    "nest": nest,
    "loop": loop,
    "wait": lambda descriptor: os.write(int(descriptor), b"waiting\n") and signal.pause(),
    "write": lambda path: Path(path).write_text("x"),
    "remove": lambda path: Path(path).unlink(),
    "append": lambda path: os.write(os.open(path, os.O_WRONLY), b"x" * 10),
    "connect": lambda port: socket.create_connection(("127.0.0.1", int(port)), timeout=1),
    "look-up": lambda _: socket.getaddrinfo("localhost", 80),
    "start": lambda _: subprocess.run(["/bin/true"], check=True),
    "fork": lambda _: os.fork(),
    "talk": lambda _: say("x" * 3_000_000),
    "print": lambda _: os.write(1, b"not JSON\n") and os.write(2, b"a secret"),
    "environment": lambda _: say(" ".join(sorted(os.environ))),
    "lie": lie,
    "half": lambda _: say("a\ud800b"),
}


def read_text(data: bytes) -> Extraction:
    order, _, argument = data.decode().partition(" ")
    done = ORDERS[order](argument) if order in ORDERS else None
    return done if isinstance(done, Extraction) else say("read")


worker.READERS["text"] = ("hostile_worker", "read_text")

if __name__ == "__main__":
    worker.serve()
