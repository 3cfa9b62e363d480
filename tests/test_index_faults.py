"""Whatever stops a build or damages a file, the old index or the new one serves, whole (the slow ones: `make test-faults`)."""

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ENCODERS, PARAGRAPHS, build, paragraph, reopen
from hypothesis import given, settings
from hypothesis import strategies as st

from index.engines import Encoder
from index.errors import IndexDamaged, IndexFault, IndexUnwritable
from index.generation import current_generation
from index.hit import SearchResult

TESTS = Path(__file__).parent
BUILDER = (
    "import signal, sys; sys.path[:0] = [sys.argv[2], sys.argv[3]]\n"
    # A shell's background jobs ignore Ctrl-C, and what they start inherits that.
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from pathlib import Path; from fakes import build\n"
    "print(flush=True)\n"
    "while True: build(Path(sys.argv[1]))\n"
)
QUESTIONS = ("toegang van de leverancier", "medische gegevens", "wolk")
# With questions, to which a classifier is fitted and kept.
EDITED = tuple(
    replace(one, asked=(("nl", f"Vraag naar {one.id}"),))
    for one in (*PARAGRAPHS[1:], paragraph("wolk", "Een wolk is van niemand. Zij is van een ander."))
)


def answers(folder: Path, text: str, encoders: tuple[Encoder, ...] = ENCODERS) -> list[SearchResult]:
    index = reopen(folder, encoders=encoders, text=text)
    return [index.look_up(question, 5) for question in QUESTIONS]


def answers_or_fault(folder: Path, text: str) -> list[SearchResult] | str:
    try:
        return answers(folder, text)
    except IndexFault as fault:
        return fault.code


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[SearchResult]]:
    """What is found in the index of each text."""
    folder = tmp_path_factory.mktemp("right")
    for text, paragraphs in (("text-1", PARAGRAPHS), ("text-2", EDITED)):
        build(folder, paragraphs, text=text, in_use="text-1")
    return {text: answers(folder, text) for text in ("text-1", "text-2")}


STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "fsync"}
# The folder that is watched and what is done at its steps; an audit hook can be added, but never removed.
watched: list[tuple[str, Callable[[], None]]] = []


def watch(event: str, arguments: tuple[object, ...]) -> None:
    if watched and event in STEPS:
        folder, step = watched[0]
        # What is removed below a folder is named from there.
        if str(arguments[0]).startswith(folder) or event in {"os.remove", "os.rmdir", "fsync"}:
            watched.clear()  # what the step itself does is no step
            try:
                step()
            finally:
                watched.append((folder, step))


sys.addaudithook(watch)


@contextmanager
def stepping(folder: Path, monkeypatch: pytest.MonkeyPatch, step: Callable[[], None]) -> Iterator[None]:
    """Call `step` before every step on disk: whatever is opened, made, renamed, removed or to be kept."""
    real = os.fsync

    def fsync(handle: int) -> None:
        watch("fsync", (handle,))
        real(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        watched.append((str(folder), step))
        try:
            yield
        finally:
            watched.clear()


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return all there is by path, a folder as None."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def plant(folder: Path, what: dict[str, bytes | None]) -> None:
    folder.mkdir()
    for name, data in what.items():
        if data is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(data)


def test_a_build_killed_at_any_step_leaves_the_old_index_and_what_the_next_build_needs(
    tmp_path, monkeypatch, right
):
    """The disk is copied at every step, as `kill -9` would leave it."""
    folder = tmp_path / "index"
    build(folder)
    build(folder)
    left: list[dict[str, bytes | None]] = []
    with stepping(folder, monkeypatch, lambda: left.append(tree(folder))):
        build(folder, EDITED, text="text-2", in_use="text-1")
    states = [state for n, state in enumerate(left) if state != left[n - 1]]
    assert len(states) > 25
    serve_new = 0
    for number, state in enumerate(states):
        plant(tmp_path / f"{number}", state)
        assert answers(tmp_path / f"{number}", "text-1") == right["text-1"]
        new = answers_or_fault(tmp_path / f"{number}", "text-2")
        assert new in (right["text-2"], "stale")
        serve_new += new != "stale"
        name = build(tmp_path / f"{number}", EDITED, text="text-2", in_use="text-1")
        assert answers(tmp_path / f"{number}", "text-1") == right["text-1"]
        assert answers(tmp_path / f"{number}", "text-2") == right["text-2"]
        assert current_generation(tmp_path / f"{number}") == name
        assert not list((tmp_path / f"{number}").rglob("*.partial"))
        shutil.rmtree(tmp_path / f"{number}")
    assert 0 < serve_new < len(states)


@pytest.mark.parametrize(
    "number",
    [errno.ENOSPC, *(pytest.param(number, marks=pytest.mark.faults) for number in (errno.EACCES, errno.EIO))],
    ids=errno.errorcode.get,
)
def test_a_build_whose_disk_fails_at_any_step_says_so_and_leaves_an_index_that_serves(
    tmp_path, monkeypatch, right, number
):
    build(tmp_path / "index")
    old, failed = tree(tmp_path / "index"), 0
    for step in range(200):
        folder = tmp_path / f"{step}"
        plant(folder, old)
        steps = iter(range(1000))

        def fail(steps: Iterator[int] = steps, step: int = step) -> None:
            if next(steps) >= step:
                raise OSError(number, os.strerror(number))

        message = ""
        try:
            with stepping(folder, monkeypatch, fail):
                build(folder, EDITED, text="text-2", in_use="text-1")
        except (IndexUnwritable, IndexDamaged) as error:
            message = str(error)
            failed += 1
        assert not message or os.strerror(number) in message
        assert answers(folder, "text-1") == right["text-1"]
        build(folder, EDITED, text="text-2", in_use="text-1")
        assert answers(folder, "text-2") == right["text-2"]
        shutil.rmtree(folder)
        if next(steps) < step:
            break
    assert failed > 25


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with a generation of each text, the newer one not in use yet."""
    folder = tmp_path_factory.mktemp("two")
    build(folder)
    build(folder, EDITED, text="text-2", in_use="text-1")
    return folder


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_byte_corrupted_anywhere_in_any_file_is_noticed_or_changes_nothing(two, right, which, place, flip):
    files = sorted(path for path in two.rglob("*") if path.is_file() and path.stat().st_size)
    file = files[which % len(files)]
    whole = file.read_bytes()
    data = bytearray(whole)
    data[int(place * len(data))] ^= flip
    file.write_bytes(data)
    try:
        found = {text: answers_or_fault(two, text) for text in right}
    finally:
        file.write_bytes(whole)
    # What is damaged belongs to one of the two texts at most; the other goes on.
    assert all(found[text] in (right[text], "damaged", "stale") for text in right)
    assert any(found[text] == right[text] for text in right)


def read(folder: Path, right: dict[str, list[SearchResult]], _: int) -> str:
    index = reopen(folder)
    assert [index.look_up(question, 5) for question in QUESTIONS] == right["text-1"]
    return index.generation


def read_during_swaps(folder: Path, right: dict[str, list[SearchResult]], reads: int, swaps: int) -> set[str]:
    """Open and search the index `reads` times, each checked, while `swaps` others replace one another."""
    with ThreadPoolExecutor(4) as readers:
        found = []
        for _ in range(swaps):
            build(folder)
            found += [readers.submit(read, folder, right, n) for n in range(reads // swaps)]
        return {done.result() for done in found}


def test_reads_never_fail_while_generations_are_swapped(tmp_path, right):
    build(tmp_path)
    assert len(read_during_swaps(tmp_path, right, 200, 10)) > 1


@pytest.mark.faults
def test_ten_thousand_reads_during_twenty_swaps_never_fail(tmp_path, right):
    build(tmp_path)
    assert len(read_during_swaps(tmp_path, right, 10_000, 20)) > 1


@pytest.mark.faults
@pytest.mark.parametrize(
    ("signal_number", "times"), [(signal.SIGKILL, 40), (signal.SIGINT, 10), (signal.SIGTERM, 10)]
)
def test_a_killed_builder_leaves_an_index_that_opens_and_can_be_rebuilt(
    tmp_path, right, signal_number, times
):
    build(tmp_path)
    chance = random.Random(4)  # noqa: S311 - seeded
    for _ in range(times):
        arguments = [sys.executable, "-c", BUILDER, str(tmp_path), str(TESTS), str(TESTS.parent)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as builder:
            builder.stdout.readline()
            time.sleep(chance.uniform(0, 0.3))
            builder.send_signal(signal_number)
        assert answers(tmp_path, "text-1") == right["text-1"]
    build(tmp_path)
    # Three where the last one was killed when its generation had its name, and the pointer did not name it yet.
    assert len(list((tmp_path / "generations").iterdir())) in {2, 3}
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "CURRENT",
        "embeddings",
        "generations",
        "lock",
    ]


@pytest.mark.faults
def test_a_reader_never_fails_while_another_process_builds(tmp_path, right):
    build(tmp_path)
    arguments = [sys.executable, "-c", BUILDER, str(tmp_path), str(TESTS), str(TESTS.parent)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as builder:
        builder.stdout.readline()
        seen = {read(tmp_path, right, n) for n in range(200)}
        builder.kill()
    assert len(seen) > 1
