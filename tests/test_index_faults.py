"""A builder that is killed at any moment leaves an index that serves (slow: run by `make test-faults`)."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fakes import build, reopen

TESTS = Path(__file__).parent
BUILDER = (
    "import signal, sys; sys.path[:0] = [sys.argv[2], sys.argv[3]]\n"
    # A shell's background jobs ignore Ctrl-C, and what they start inherits that.
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from pathlib import Path; from fakes import build\n"
    "print(flush=True)\n"
    "while True: build(Path(sys.argv[1]))\n"
)


@pytest.mark.faults
@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_killed_builder_leaves_an_index_that_opens_and_can_be_rebuilt(tmp_path, signal_number):
    build(tmp_path)
    chance = random.Random(4)  # noqa: S311 - seeded
    for _ in range(10):
        arguments = [sys.executable, "-c", BUILDER, str(tmp_path), str(TESTS), str(TESTS.parent)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as builder:
            builder.stdout.readline()
            time.sleep(chance.uniform(0, 0.3))
            builder.send_signal(signal_number)
        reopen(tmp_path)
    build(tmp_path)
    assert len(list((tmp_path / "generations").iterdir())) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["CURRENT", "generations", "lock"]


@pytest.mark.faults
def test_a_reader_never_fails_while_others_build(tmp_path):
    build(tmp_path)
    arguments = [sys.executable, "-c", BUILDER, str(tmp_path), str(TESTS), str(TESTS.parent)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as builder:
        builder.stdout.readline()
        seen = {reopen(tmp_path).generation for _ in range(200)}
        builder.kill()
    assert len(seen) > 1
