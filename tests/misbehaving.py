"""A server for downloads that does whatever a test says, byte by byte; its certificate is made on the spot."""

import shutil
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pytest


@dataclass(frozen=True)
class Certificate:
    """Files of a certificate that stands for its names and vouches for itself, and of its key."""

    certificate: Path
    key: Path


def make_certificate(folder: Path, *names: str) -> Certificate:
    """Make a certificate for hosts; a test that needs one is skipped where there is no openssl."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("no openssl to make a certificate with")
    made = Certificate(folder / f"{names[0]}.pem", folder / f"{names[0]}.key")
    alternatives = ",".join(f"DNS:{name}" for name in names)
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-subj", "/CN=test", "-addext", f"subjectAltName={alternatives}", "-days", "2"),
            *("-keyout", str(made.key), "-out", str(made.certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return made


@dataclass(frozen=True)
class Asked:
    """A request as it came in: its first line, and its headers by their small names."""

    line: str
    headers: dict[str, str]


# What answers a request: it writes what it likes, and may wait for the end of the test.
Answer = Callable[[Asked, BinaryIO, threading.Event], None]


@dataclass
class Misbehaving:
    """A server on this machine. `answers` are given in turn, the last one for ever; `asked` is what came."""

    port: int
    ended: threading.Event
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)


def send(status: str, *headers: str, body: bytes = b"", length: bool = True) -> Answer:
    """Answer with a status, headers and a body, whose length is said unless it must not be."""

    def answer(_: Asked, out: BinaryIO, __: threading.Event) -> None:
        lines = [f"HTTP/1.1 {status}", *headers, *([f"Content-Length: {len(body)}"] if length else [])]
        out.write("\r\n".join([*lines, "", ""]).encode() + body)

    return answer


def send_on(location: str) -> Answer:
    """Send on to another address."""
    return send("302 Found", f"Location: {location}")


def send_for_ever(*headers: str, chunk: bytes) -> Answer:
    """Send the same bytes, in the chunks of HTTP, until nobody takes them."""

    def answer(_: Asked, out: BinaryIO, ended: threading.Event) -> None:
        out.write("\r\n".join(["HTTP/1.1 200 OK", *headers, "Transfer-Encoding: chunked", "", ""]).encode())
        while not ended.is_set():
            out.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            out.flush()

    return answer


def then_stall(first: Answer) -> Answer:
    """Answer, and then say nothing more but do not hang up."""

    def answer(asked: Asked, out: BinaryIO, ended: threading.Event) -> None:
        first(asked, out, ended)
        out.flush()
        ended.wait()

    return answer


def read_line(incoming: BinaryIO) -> str:
    return incoming.readline().decode().strip()


def read_headers(incoming: BinaryIO) -> Iterator[tuple[str, str]]:
    while line := read_line(incoming):
        name, _, value = line.partition(": ")
        yield name.lower(), value


@contextmanager
def serve(certificate: Certificate) -> Iterator[Misbehaving]:
    """Serve on loopback, by TLS, until the test is done."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate.certificate, certificate.key)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            # Whoever is refused or has enough hangs up: no fault of the server.
            with (
                suppress(OSError),
                tls.wrap_socket(self.request, server_side=True) as stream,
                stream.makefile("rb") as incoming,
                stream.makefile("wb") as out,
            ):
                asked = Asked(read_line(incoming), dict(read_headers(incoming)))
                server.asked.append(asked)
                turn = min(len(server.asked), len(server.answers))
                server.answers[turn - 1](asked, out, server.ended)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        server = Misbehaving(listening.server_address[1], threading.Event())
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            listening.shutdown()
            thread.join()
