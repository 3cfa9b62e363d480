"""The verb `eval` as people use it: what is written, what is said, and what stays as it was."""

import json
from pathlib import Path

import pytest
from test_evals_page import BASELINE, RESULTS

from evals.baseline import to_json as baseline_to_json
from evals.history import Accepted, read_history, to_line
from evals.keep import to_json
from evals.page import to_html
from wolkwijzer import main

OLD = Accepted("2026-11-01", "old")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a kept run, a baseline and its history."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WOLKWIJZER_HOME", str(tmp_path))
    (tmp_path / "eval.json").write_text(to_json(RESULTS), encoding="utf-8")
    (tmp_path / "baseline.json").write_text(baseline_to_json(BASELINE), encoding="utf-8")
    (tmp_path / "history.jsonl").write_text(to_line(OLD).rstrip(), encoding="utf-8")
    return tmp_path


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_a_report_is_written_as_a_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "report", "eval.json", "--html", "out.html", "--baseline", "baseline.json"]) == 0
    assert (folder / "out.html").read_text(encoding="utf-8") == to_html(RESULTS, BASELINE, (OLD,))
    assert capsys.readouterr() == ("", "written to out.html\n")


def test_a_page_that_cannot_be_written_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "report", "--html", "no/out.html"]) == 3
    assert capsys.readouterr().err == (
        "wolkwijzer: no/out.html: the file: cannot be written: No such file or directory\n"
    )


def test_a_run_that_is_accepted_adds_a_line_to_the_history(folder: Path) -> None:
    assert main(["eval", "compare", "--baseline", "baseline.json", "--accept", "--reason", "better"]) == 0
    first, second = read_history((folder / "history.jsonl").read_bytes(), "history.jsonl")
    assert first == OLD
    assert (second.date, second.reason, second.digests) == ("2026-11-25", "better", BASELINE.digests)
    assert second.measures["nl"]["recall@5"] == 0.5


def test_the_first_accepted_run_starts_the_history(folder: Path) -> None:
    assert main(["eval", "compare", "--baseline", "new.json", "--accept", "--reason", "first"]) == 0
    assert (folder / "new.json").read_text(encoding="utf-8") == baseline_to_json(BASELINE)


def test_nothing_is_accepted_behind_a_broken_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / "history.jsonl").open("a", encoding="utf-8") as file:
        file.write('\n{"date": "2026')
    before = files(folder)
    assert main(["eval", "compare", "--baseline", "baseline.json", "--accept", "--reason", "better"]) == 3
    assert main(["eval", "report", "--html", "out.html", "--baseline", "baseline.json"]) == 3
    said = capsys.readouterr().err.splitlines()
    assert [line.startswith("wolkwijzer: history.jsonl: line 2: not valid JSON") for line in said] == [
        True,
        True,
    ]
    assert files(folder) == before


def test_a_history_that_cannot_be_written_leaves_the_baseline_as_it_was(folder: Path) -> None:
    (folder / "history.jsonl.partial").mkdir()
    worse = {**json.loads(to_json(RESULTS)), "date": "2026-11-26"}
    (folder / "eval.json").write_text(json.dumps(worse), encoding="utf-8")
    before = (folder / "baseline.json").read_bytes(), (folder / "history.jsonl").read_bytes()
    assert main(["eval", "compare", "--baseline", "baseline.json", "--accept", "--reason", "better"]) == 3
    assert ((folder / "baseline.json").read_bytes(), (folder / "history.jsonl").read_bytes()) == before


def test_a_kept_run_of_another_format_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "eval.json").write_text('{"format": 2}', encoding="utf-8")
    assert main(["eval", "report"]) == 3
    assert capsys.readouterr().err == (
        "wolkwijzer: results: format: is 2; this version reads 3; run: wolkwijzer eval run\n"
    )


@pytest.mark.parametrize("name", ["history.jsonl", "out.html"])
def test_a_folder_in_the_place_of_a_file_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (folder / name).unlink(missing_ok=True)
    (folder / name).mkdir()
    assert main(["eval", "report", "--html", "out.html", "--baseline", "baseline.json"]) == 3
    assert capsys.readouterr().err.startswith(f"wolkwijzer: {name}: the ")


def test_a_sheet_may_not_be_its_own_key(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "blind", "--out", "a", "--key", "./a"]) == 2
    assert (
        capsys.readouterr().err
        == "wolkwijzer: --out and --key must be two files, or the sheet is not blind\n"
    )
