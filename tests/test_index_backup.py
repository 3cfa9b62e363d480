"""A backup made at any moment is whole, and restored or refused whole."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fakes import PARAGRAPHS, build, reopen
from hypothesis import given, settings
from hypothesis import strategies as st

from index.backup import restore_backup, write_backup
from index.errors import BackupFault
from index.generation import read_generation

ROOT = Path(__file__).parent.parent


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def fill(user: Path, index: Path) -> None:
    """Make a user folder with an index in use and one that is not yet, sign-offs and a case."""
    (user / "cases").mkdir(parents=True)
    (user / "cases" / "questions.jsonl").write_text("{}\n")
    (user / "signoffs.toml").write_text("")
    build(index)
    build(index, PARAGRAPHS[1:], text="text-2", in_use="text-1")


@pytest.fixture(params=["index", "."])
def folders(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """The user folder and the index in it: elsewhere than a checkout in a folder of its own."""
    user = tmp_path / "user"
    fill(user, user / request.param)
    return user, user / request.param


def test_a_backup_holds_the_generation_of_the_text_in_use_and_all_that_people_made(folders, tmp_path):
    user, index = folders
    generation = read_generation(index, "text-1")
    count = write_backup(tmp_path / "backup.tar", user, index, generation)
    again = tmp_path / "again"
    assert restore_backup(tmp_path / "backup.tar", again, again / index.relative_to(user)) == count
    restored = again / index.relative_to(user)
    assert (restored / "CURRENT").read_text() == generation.name
    assert [path.name for path in (restored / "generations").iterdir()] == [generation.name]
    assert reopen(restored).search("contract", 3) == reopen(index).search("contract", 3)
    before = contents(user)
    assert {name: before.get(name) for name in contents(again) if not name.endswith("CURRENT")} == {
        name: data for name, data in contents(again).items() if not name.endswith("CURRENT")
    }
    assert {"cases/questions.jsonl", "signoffs.toml"} <= set(contents(again))
    assert len(contents(restored / "embeddings")) == 2


def test_a_backup_is_checked_with_the_tools_of_the_system(folders, tmp_path):
    user, index = folders
    write_backup(tmp_path / "backup.tar", user, index, read_generation(index))
    (tmp_path / "out").mkdir()
    subprocess.run(["tar", "xf", "../backup.tar"], cwd=tmp_path / "out", check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=True)


def test_where_the_index_cannot_be_read_the_rest_is_backed_up(folders, tmp_path):
    user, index = folders
    assert write_backup(tmp_path / "backup.tar", user, index, None) == 2
    restore_backup(tmp_path / "backup.tar", tmp_path / "again", tmp_path / "again" / "index")
    assert sorted(contents(tmp_path / "again")) == ["cases/questions.jsonl", "signoffs.toml"]


def test_nothing_is_overwritten(folders, tmp_path):
    user, index = folders
    file = tmp_path / "backup.tar"
    with pytest.raises(BackupFault, match="a backup inside the user folder would be lost with it; put that"):
        write_backup(user / "backup.tar", user, index, None)
    write_backup(file, user, index, None)
    before = contents(tmp_path)
    with pytest.raises(BackupFault, match="there is such a file already"):
        write_backup(file, user, index, None)
    with pytest.raises(BackupFault, match="there is something in it; move it away first"):
        restore_backup(file, user, index)
    assert contents(tmp_path) == before


def test_a_full_disk_leaves_no_half_backup(folders, tmp_path, monkeypatch):
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(BackupFault, match="No space left on device"):
        write_backup(tmp_path / "backup.tar", *folders, None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["user"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, bytes]]:
    place = tmp_path_factory.mktemp("whole")
    fill(place / "user", place / "user" / "index")
    index = place / "user" / "index"
    write_backup(place / "backup.tar", place / "user", index, read_generation(index))
    restore_backup(place / "backup.tar", place / "again", place / "again" / "index")
    return (place / "backup.tar").read_bytes(), contents(place / "again")


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 255))
def test_a_damaged_or_cut_backup_is_restored_right_or_not_at_all(whole, place, flip):
    data, right = whole
    at = int(place * len(data))
    damaged = data[:at] + (bytes([data[at] ^ flip]) + data[at + 1 :] if flip else b"")
    with TemporaryDirectory() as folder:
        file, user = Path(folder) / "backup.tar", Path(folder) / "user"
        file.write_bytes(damaged)
        try:
            restore_backup(file, user, user / "index")
        except BackupFault:
            assert [path.name for path in Path(folder).iterdir()] == ["backup.tar"]
        else:
            assert contents(user) == right


@pytest.mark.parametrize("name", ["user/../../outside", "elsewhere/file", "user/", "/user/file"])
def test_an_archive_that_is_no_backup_of_ours_is_refused_and_writes_nothing(tmp_path, name):
    file = tmp_path / "backup.tar"
    with tarfile.open(file, "w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(BackupFault):
        restore_backup(file, tmp_path / "user", tmp_path / "user" / "index")
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


def test_the_commands_say_what_they_did(tmp_path):
    def run(*arguments: str, home: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "wolkwijzer", "index", *arguments],
            cwd=tmp_path,
            env={**os.environ, "WOLKWIJZER_HOME": str(tmp_path / home), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    fill(tmp_path / "one", tmp_path / "one" / "index")
    made = run("backup", "backup.tar", home="one")
    assert (made.returncode, made.stdout) == (0, "backup.tar: 2 files, 0.0 MB\n")
    assert "The backup is made without the index: " in made.stderr
    assert "made from another text" in made.stderr
    done = run("restore", "backup.tar", home="two")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'two'}: 2 files restored\n")
    again = run("restore", "backup.tar", home="two")
    assert (again.returncode, again.stderr.startswith("wolkwijzer: ")) == (3, True)
