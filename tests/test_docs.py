"""The documents say what is there, and their commands run as written."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout")
    return listed.stdout.splitlines()


def test_the_tree_names_every_file_and_no_other() -> None:
    tree = README.split("## The tree")[1].split("```")[1]
    named, folder = set[str](), ""
    for line in tree.splitlines():
        if match := re.match(r"(\s*)([\w./*-]+)(?:\s|$)", line):
            path = match[2]
            if path.endswith("/"):
                folder = path
            else:
                named.add(path if not match[1] else folder + path)
    present = {path for path in tracked() if not path.startswith("docs/adr/")}
    assert sorted(present - named) == []
    assert sorted(named - present) == []


@pytest.mark.parametrize("target", re.findall(r"^make ([\w-]+)", README, re.MULTILINE))
def test_every_make_target_of_the_readme_exists(target: str) -> None:
    assert subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False).returncode == 0


def run_as_written(command: str, home: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(ROOT / ".venv/bin/wolkwijzer"), *shlex.split(command)[1:]],
        cwd=home,
        env={"WOLKWIJZER_HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", re.findall(r"^\$ (wolkwijzer .+)$", README, re.MULTILINE))
def test_every_command_of_the_readme_runs_as_written(command: str, wolkwijzer_home: Path) -> None:
    ran = run_as_written(command, wolkwijzer_home)
    assert ran.returncode == 0, ran.stderr


def test_the_answer_in_the_readme_is_the_real_one(wolkwijzer_home: Path) -> None:
    command, shown = re.search(r"^\$ (wolkwijzer ask .+)\n((?:.*\n)+?)```", README, re.MULTILINE).groups()
    printed = run_as_written(command, wolkwijzer_home).stdout
    assert [part for part in shown.split("...\n") if part.strip("\n") not in printed] == []


@pytest.mark.parametrize(
    "test", re.findall(r"`(tests/\w+\.py)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
)
def test_every_test_named_in_the_security_promises_exists(test: str) -> None:
    assert (ROOT / test).is_file()


def test_no_document_names_a_registry_or_a_path_of_one_machine() -> None:
    words = re.compile("py" + r"pi\.org|python" + "hosted|/wor" + "k/main|registry\\.np" + "m")
    files = [ROOT / path for path in tracked()]
    assert [
        file.name for file in files if file.suffix != ".png" and words.search(file.read_text("utf-8"))
    ] == []
