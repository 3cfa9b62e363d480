"""An index on disk is whole and the right one, or it is refused with the file and what to do."""

import errno
import hashlib
import io
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from fakes import ENCODERS, PARAGRAPHS, RECIPE, FakeEncoder, build, paragraph, reopen

from index.build import build_index
from index.commands import ShowProgress, say_left
from index.describe import Description, read_description
from index.errors import (
    IndexBusy,
    IndexDamaged,
    IndexFault,
    IndexForeign,
    IndexMissing,
    IndexStale,
    IndexUnwritable,
)
from index.generation import current_generation, read_generation
from index.opened import open_index
from index.recipe import make_recipe
from index.store import building, forget_older

FILES = (
    "classifier.npy",
    "covariance-0.npy",
    "covariance-1.npy",
    "grams.npz",
    "manifest.json",
    "mean-0.npy",
    "mean-1.npy",
    "passages.json",
    "probe.npy",
    "vectors-0.faiss",
    "vectors-1.faiss",
    "wish.npy",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(tmp_path / "index")
    return tmp_path / "index"


def current(folder: Path) -> Path:
    return folder / "generations" / (folder / "CURRENT").read_text()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in current(folder).iterdir()}


def tree(folder: Path) -> dict[str, bytes]:
    """Return all there is, by path."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def rewrite_manifest(folder: Path, **changes: object) -> None:
    """Have the manifest say something else; its folder bears the name that goes with it."""
    old = current(folder)
    record = json.dumps(json.loads((old / "manifest.json").read_text()) | changes).encode()
    (old / "manifest.json").write_bytes(record)
    name = f"000001-{hashlib.sha256(record).hexdigest()[:16]}"
    old.rename(old.parent / name)
    (folder / "CURRENT").write_text(name)


def test_a_generation_holds_these_files_and_no_others(folder):
    assert sorted(contents(folder)) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_one_altered_byte_in_any_file_is_refused_naming_the_file(folder, name, place):
    file = current(folder) / name
    data = bytearray(file.read_bytes())
    data[{"first": 0, "middle": len(data) // 2, "last": -1}[place]] ^= 1
    file.write_bytes(data)
    with pytest.raises(IndexDamaged) as caught:
        reopen(folder)
    assert str(caught.value) == f"{file}: it was altered; run: wolkwijzer index build"


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_cut_file_is_refused_naming_the_file(folder, name):
    file = current(folder) / name
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(IndexDamaged, match=f"{name}: it was altered"):
        reopen(folder)
    file.unlink()
    with pytest.raises(IndexDamaged, match=f"{name}: it is missing"):
        reopen(folder)


@pytest.mark.parametrize("pointer", ["", "000009-0123456789abcdef", "../elsewhere", "\0", "000001"])
def test_a_pointer_to_no_generation_is_refused_unless_a_whole_one_of_the_text_is_there(folder, pointer):
    name = current(folder).name
    (folder / "CURRENT").write_text(pointer)
    with pytest.raises(IndexDamaged, match="CURRENT: it names no generation that is there"):
        read_description(folder)
    assert reopen(folder).generation == name
    shutil.rmtree(folder / "generations" / name)
    with pytest.raises(IndexDamaged, match="CURRENT: it names no generation that is there"):
        reopen(folder)


def test_without_an_index_it_says_there_is_none(tmp_path):
    (tmp_path / "a file").write_text("")
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "a file"):
        with pytest.raises(IndexMissing, match="CURRENT: there is no index yet; run: wolkwijzer index build"):
            reopen(folder)


def test_an_index_of_another_text_is_stale(folder):
    with pytest.raises(IndexStale, match=r"manifest\.json: the index was made from another text"):
        open_index(folder, "text-2", RECIPE, ENCODERS)


def test_an_index_of_another_recipe_is_stale(folder):
    other = make_recipe(["one"])
    with pytest.raises(IndexStale, match="made with other settings"):
        reopen(folder, other, ENCODERS[:1])


def test_an_index_of_another_version_of_an_encoder_is_stale(folder):
    with pytest.raises(IndexStale, match="another version of two"):
        reopen(folder, RECIPE, (ENCODERS[0], FakeEncoder("two", 12, "2")))


def test_a_recipe_with_a_setting_this_version_does_not_know_is_stale(folder):
    recipe = json.loads(RECIPE.to_json())
    rewrite_manifest(folder, recipe=recipe | {"shuffle": True})
    with pytest.raises(IndexStale, match="made with other settings"):
        reopen(folder)


@pytest.mark.parametrize(
    "changes",
    [{"format": 1}, {"format": "1"}, {"passages": "many"}, {"unknown": 1}, {"files": {"a": {"size": 1}}}],
    ids=str,
)
def test_an_index_of_another_format_is_foreign(folder, changes):
    rewrite_manifest(folder, **changes)
    with pytest.raises(IndexForeign, match=r"manifest\.json: .*; run: wolkwijzer index build"):
        reopen(folder)


def test_two_builds_of_the_same_text_hold_the_same_bytes(folder, tmp_path):
    first = contents(folder)
    assert contents(folder) == first
    build(folder)
    build(tmp_path / "other")
    assert contents(folder) == first
    assert contents(tmp_path / "other") == first
    assert current(folder).name == f"000002-{current(tmp_path / 'other').name.split('-')[1]}"


def test_the_last_two_generations_are_kept(folder):
    names = [current(folder).name, build(folder), build(folder), build(folder)]
    assert sorted(path.name for path in (folder / "generations").iterdir()) == names[-2:]
    assert reopen(folder).generation == names[-1]


def test_until_its_text_comes_into_use_a_new_generation_leaves_the_old_one_in_use(folder):
    old = current(folder).name
    new = build(folder, PARAGRAPHS[:3], text="text-2", in_use="text-1")
    assert current_generation(folder) == new
    assert reopen(folder).generation == old
    assert reopen(folder, text="text-2").generation == new
    with pytest.raises(IndexStale, match="made from another text"):
        reopen(folder, text="text-3")


def test_builds_whose_texts_never_came_into_use_leave_the_one_in_use(folder):
    old = current(folder).name
    names = [build(folder, PARAGRAPHS[:n], text=f"text-{n}", in_use="text-1") for n in (2, 3, 4)]
    assert {path.name for path in (folder / "generations").iterdir()} == {old, *names[-2:]}
    assert reopen(folder).generation == old


def test_of_two_generations_of_a_text_the_newer_serves(folder):
    newer = build(folder)
    build(folder, text="text-2", in_use="text-1")
    assert reopen(folder).generation == newer


@pytest.mark.parametrize("file", ["grams.npz", "manifest.json"])
def test_where_the_newest_generation_is_damaged_a_whole_one_of_the_same_text_serves(folder, file):
    old = current(folder).name
    build(folder)
    path = current(folder) / file
    path.write_bytes(b" " + path.read_bytes())
    assert reopen(folder).generation == old
    with pytest.raises(IndexDamaged, match=f"{path}: it was altered"):
        read_description(folder)
    shutil.rmtree(folder / "generations" / old)
    with pytest.raises(IndexDamaged, match=f"{path}: it was altered"):
        reopen(folder)


def test_a_kept_generation_that_fits_and_is_damaged_is_refused_naming_the_file(folder):
    file = current(folder) / "grams.npz"
    build(folder, text="text-2", in_use="text-1")
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(IndexDamaged, match=f"{file}: it was altered"):
        reopen(folder)
    (file.parent / "manifest.json").unlink()
    with pytest.raises(IndexStale, match="made from another text"):
        reopen(folder)


def test_the_status_is_that_of_the_newest_generation(folder):
    new = build(folder, PARAGRAPHS[:3], text="text-2", in_use="text-1")
    assert (read_description(folder).generation, read_description(folder).corpus) == (new, "text-2")


def test_when_older_generations_are_forgotten_nothing_is_left_of_a_removed_text(folder):
    new = build(folder, PARAGRAPHS[1:], text="text-2", in_use="text-1")
    forget_older(folder)
    assert [path.name for path in (folder / "generations").iterdir()] == [new]
    assert reopen(folder, text="text-2").generation == new
    assert [path for path, data in tree(folder).items() if b"Versleutel" in data] == []


@pytest.mark.parametrize("digest", [None, "text-1"])
def test_a_generation_that_is_replaced_and_removed_while_it_is_read_is_left_for_the_one_there_now(
    folder, monkeypatch, digest
):
    real, newest = Path.open, []

    def replace_meanwhile(path: Path, mode: str = "r", *more, **options):
        if path.name == "grams.npz" and mode == "rb" and not newest:
            newest.append(None)
            newest[:] = [build(folder), build(folder)]
        return real(path, mode, *more, **options)

    monkeypatch.setattr(Path, "open", replace_meanwhile)
    assert read_generation(folder, digest).name == newest[-1]


def test_which_generation_is_the_newest_is_read_from_one_small_file(folder, tmp_path):
    name = current(folder).name
    shutil.rmtree(folder / "generations")
    assert current_generation(folder) == name
    assert current_generation(tmp_path / "nowhere") == ""


def test_what_a_killed_build_left_is_cleared_by_the_next(folder):
    shutil.copytree(current(folder), folder / "generations" / "000002.partial")
    build(folder)
    assert [path.name for path in (folder / "generations").glob("*.partial")] == []


def test_a_second_build_at_the_same_time_is_told_to_wait(folder):
    before = current(folder)
    with (
        building(folder),
        pytest.raises(IndexBusy, match="lock: another process is building the index; wait"),
    ):
        build(folder)
    assert current(folder) == before
    assert build(folder)


def test_ctrl_c_while_encoding_leaves_the_old_index_serving_and_nothing_else(folder):
    before = tree(folder)

    def stop(_step: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(PARAGRAPHS, (), folder, "text-1", RECIPE, ENCODERS, stop)
    assert tree(folder) == before
    assert reopen(folder).search("contract", 1)


def fail_at(monkeypatch: pytest.MonkeyPatch, call: int, error: BaseException) -> None:
    """Have the disk fail at the `call`-th time that something is to be kept on it."""
    calls = iter(range(1, 100))
    real = os.fsync

    def fsync(handle: int) -> None:
        if next(calls) == call:
            raise error
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


# Nine files, the manifest among them, then the folder, the folder of folders, the pointer and its folder.
BEFORE_THE_SWITCH = range(1, 13)


@pytest.mark.parametrize("call", BEFORE_THE_SWITCH)
def test_ctrl_c_while_writing_leaves_the_old_index_serving_and_nothing_else(folder, monkeypatch, call):
    before = tree(folder)
    fail_at(monkeypatch, call, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        build(folder)
    assert tree(folder) == before
    monkeypatch.undo()
    assert build(folder) == reopen(folder).generation


@pytest.mark.parametrize("call", BEFORE_THE_SWITCH)
def test_a_full_disk_is_named_and_leaves_the_old_index_serving(folder, monkeypatch, call):
    before = tree(folder)
    fail_at(monkeypatch, call, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(IndexUnwritable, match="No space left on device; make room"):
        build(folder)
    assert tree(folder) == before


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch, number):
    real = os.open

    def refuse(path: object, *rest: int) -> int:
        if str(path).startswith(str(tmp_path)):
            raise OSError(number, os.strerror(number), str(path))
        return real(path, *rest)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(IndexUnwritable) as caught:
        build(tmp_path / "index")
    assert caught.value.file == str(tmp_path / "index" / "lock")
    assert caught.value.detail == os.strerror(number)


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "index").write_text("")
    with pytest.raises(IndexUnwritable, match="index: File exists; make room or give the right"):
        build(tmp_path / "index")


def test_a_read_only_index_is_read(folder):
    places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for place in places:
        place.chmod(0o555)
    try:
        assert reopen(folder).generation == current(folder).name
    finally:
        for place in places:
            place.chmod(0o755)


def test_a_build_needs_paragraphs_and_the_encoders_of_its_recipe(tmp_path):
    with pytest.raises(ValueError, match="nothing to index"):
        build(tmp_path, ())
    with pytest.raises(ValueError, match="not those of the recipe"):
        build(tmp_path, encoders=ENCODERS[::-1])
    assert list(tmp_path.iterdir()) == []


def test_a_build_says_how_far_it_is(tmp_path):
    seen = []
    many = [paragraph(f"p{number:02d}", f"Tekst {number}.", ()) for number in range(40)]
    build_index(many, (), tmp_path, "text-1", RECIPE, ENCODERS, lambda *step: seen.append(step))
    assert seen == [(name, done, 40) for name in ("one", "two") for done in (0, 32, 40)]


def test_the_status_says_what_the_index_is_made_of(folder):
    sizes = {name: len(data) for name, data in contents(folder).items() if name != "manifest.json"}
    found = read_description(folder)
    assert found == Description(
        current(folder).name,
        "text-1",
        14,
        {"one": "1", "two": "1"},
        found.versions,
        dict(sorted(sizes.items())),
    )
    assert sorted(found.versions) == ["faiss-cpu", "llama-index-core", "numpy", "sentence-transformers"]
    assert str(found).startswith(f"{current(folder).name}: 14 passages, one 1, two 1, ")


def test_every_fault_has_a_code_of_its_own_and_fits_on_one_line():
    faults = [kind("file", "detail") for kind in IndexFault.__subclasses__()]
    assert sorted(fault.code for fault in faults) == sorted(
        [
            "backup",
            "building",
            "busy",
            "damaged",
            "engine",
            "foreign",
            "missing",
            "stale",
            "unreachable",
            "unwritable",
        ]
    )
    assert [fault for fault in faults if "\n" in str(fault) or "wolkwijzer index" not in str(fault)] == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def show(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, times: list[float]) -> str:
    """Return what is shown of a step of 100 texts, 20 kept from before, whose calls come at these times."""
    monkeypatch.setattr(sys, "stderr", stream)
    clock = iter(times)
    progress = ShowProgress(lambda: next(clock))
    for done in (20, 40, 60, 100):
        progress("one", done, 100)
    return stream.getvalue()


def test_a_terminal_shows_what_is_done_what_was_kept_and_the_time_left(monkeypatch):
    shown = show(monkeypatch, Terminal(), [5, 65, 105, 215])
    assert [line.rstrip() for line in shown.split("\r")] == [
        "",
        "one: 20 of 100 texts (20 kept)",
        "one: 40 of 100 texts (20 kept), about 3 min left",
        "one: 60 of 100 texts (20 kept), about 2 min left",
        "one: 100 of 100 texts (20 kept)",
    ]
    assert shown.endswith(" \n")


def test_elsewhere_a_step_is_one_line(monkeypatch):
    assert show(monkeypatch, io.StringIO(), [0] * 4) == "one: 100 texts (20 kept)\n"


@pytest.mark.parametrize(
    ("done", "left", "said"),
    [(0, 9, ""), (9, 0, ""), (1, 6, ", less than a minute left"), (1, 7, ", about 2 min left")],
)
def test_the_time_left_is_told_once_it_can_be(done, left, said):
    assert say_left(10, done, left) == said
