"""A document cannot hurt who reads it: it is read in a child process, and what it does there costs itself alone."""

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from corpus.errors import REASONS, ReadError
from corpus.extraction import Block, Extraction
from corpus.readers.child import Child, read_document
from corpus.readers.html import read_html
from corpus.readers.limits import Limits
from corpus.readers.markdown import read_markdown
from corpus.readers.plain import read_text

FEW = Limits(memory=600_000_000, result=1_000_000, cpu_seconds=1, wall_seconds=10)
GOOD = Extraction("text", (Block("prose", "read"),))


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child(FEW, "hostile_worker") as hostile:
        yield hostile


@pytest.fixture
def order(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "order.txt"
        path.write_text(text)
        return path

    return write


def alive(group: int) -> list[str]:
    """The processes of a group that are not ended (Linux; elsewhere none are seen)."""
    states = [file.read_text().rpartition(")")[2].split() for file in Path("/proc").glob("[0-9]*/stat")]
    return [state[0] for state in states if state[2] == str(group) and state[0] != "Z"]


def fault(child: Child, path: Path) -> str:
    with pytest.raises(ReadError) as raised:
        child.read(path)
    assert raised.value.name == path.name
    assert raised.value.reason in REASONS
    assert "Traceback" not in str(raised.value)
    return raised.value.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("abort", "broken"),
        ("exit", "broken"),
        ("nest", "broken"),
        ("loop", "too_slow"),
        ("look-up", "broken"),
        ("start", "broken"),
        ("fork", "broken"),
        ("talk", "too_large"),
        ("lie 3", "broken"),
    ],
)
def test_a_document_that_stops_its_reader_is_named_with_the_reason_and_the_next_is_read(
    child: Child, order, text: str, reason: str
) -> None:
    assert fault(child, order(text)) == reason
    assert child.read(order("well")) == GOOD


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS keeps no limit on memory")
@pytest.mark.parametrize("act", ["eat", "swell"])
def test_a_document_that_eats_memory_is_named_so_whatever_its_library_says(
    child: Child, order, act: str
) -> None:
    assert fault(child, order(act)) == "too_much_memory"
    assert child.read(order("well")) == GOOD


def test_a_document_that_never_ends_is_ended_by_its_own_time_and_the_child_serves_on(order) -> None:
    with Child(Limits(cpu_seconds=1, wall_seconds=60), "hostile_worker") as child:
        assert child.read(order("well")) == GOOD
        before = child._process.pid
        assert fault(child, order("loop")) == "too_slow"
        assert child._process.pid == before


def test_a_document_that_waits_for_ever_is_ended_by_the_clock_and_all_its_processes_with_it(order) -> None:
    with Child(Limits(wall_seconds=1), "hostile_worker") as child:
        assert child.read(order("well")) == GOOD
        before = child._process.pid
        assert fault(child, order("wait 3")) == "too_slow"
        assert alive(before) == []
        assert child.read(order("well")) == GOOD


def test_a_reader_ends_by_itself_where_all_that_watch_it_were_killed(order) -> None:
    with Child(Limits(wall_seconds=0.1), "hostile_worker") as child:
        requests, answers = child._start()
        limits = asdict(child._limits)
        requests.write(json.dumps({"path": str(order("wait 3")), "limits": limits}).encode() + b"\n")
        assert answers.readline() == b"waiting\n"
        child._process.kill()
        assert answers.read() == b""  # the last that held this pipe has ended


def test_what_a_reader_prints_is_neither_shown_nor_taken_for_an_answer(
    child: Child, order, capfd: pytest.CaptureFixture[str]
) -> None:
    assert child.read(order("print")) == GOOD
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("act", ["write", "remove", "append"])
def test_a_reader_changes_no_file(child: Child, order, tmp_path: Path, act: str) -> None:
    kept = tmp_path / "kept"
    kept.write_text("kept")
    assert fault(child, order(f"{act} {kept}")) == "broken"
    assert kept.read_text() == "kept"
    assert fault(child, order(f"write {tmp_path / 'new'}")) == "broken"
    assert not (tmp_path / "new").exists()


def test_a_reader_connects_to_nothing(child: Child, order) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        assert fault(child, order(f"connect {server.getsockname()[1]}")) == "broken"
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_reader_gets_none_of_our_environment(child: Child, order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WOLKWIJZER_SECRET", "x")
    with Child(FEW, "hostile_worker") as fresh:
        names = set(fresh.read(order("environment")).text.split())
    assert names - {"LC_CTYPE"} == {"PYTHONPATH", "PYTHONHASHSEED", "PYTHONUTF8", "TZ"}


def test_half_a_character_does_not_reach_the_stored_text(child: Child, order) -> None:
    assert child.read(order("half")).text == "a?b"


def test_a_child_that_was_killed_is_started_anew(order) -> None:
    with Child(FEW, "hostile_worker") as child:
        assert child.read(order("well")) == GOOD
        os.killpg(child._process.pid, signal.SIGKILL)
        child._process.wait()
        assert child.read(order("well")) == GOOD


def test_nothing_is_left_running_behind_a_reading(order) -> None:
    with Child(FEW, "hostile_worker") as child:
        child.read(order("well"))
        process = child._process
    assert process.poll() is not None
    child.close()


def test_a_file_of_500_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(500_000_000)
    with Child() as child:
        assert fault(child, path) == "too_large"
        assert child._process is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b" \n\t", "empty"), (b"\x00\x01\x02\x03" * 50, "unknown_kind")],
)
def test_a_file_without_text_is_named_so(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "nothing.txt"
    path.write_bytes(content)
    with pytest.raises(ReadError) as raised:
        read_document(path)
    assert raised.value.reason == reason


@pytest.mark.parametrize("place", ["absent.txt", "."])
def test_what_is_no_file_is_named_so(tmp_path: Path, place: str) -> None:
    with pytest.raises(ReadError, match="cannot be opened"):
        read_document(tmp_path / place)


def test_a_document_of_every_kind_is_read_through_the_child_as_without_it(tmp_path: Path) -> None:
    samples = {
        "a b – c.html": (
            b"<!doctype html><html><body><h1>Kop</h1><p>Tekst &eacute;.</p></body></html>",
            read_html,
        ),
        "b.md": (b"# Kop\n\n1. een\n2. twee\n", read_markdown),
        "c.txt": ("Alinea één.\n\nAlinea twee.\n".encode("latin-1"), read_text),
    }
    with Child() as child:
        for name, (data, reader) in samples.items():
            (tmp_path / name).write_bytes(data)
            assert child.read(tmp_path / name) == reader(data)
