"""People add and review questions at a terminal or by flags, and `eval run` asks them beside ours."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests_support import CORPUS, FakeSearch, at_line, hit

import evals.commands
import evals.people
import wolkwijzer
from assistant.note import literal
from evals.baseline import make_baseline
from evals.compare import Comparison, compare
from evals.keep import from_json
from evals.load import HERE
from evals.own import FILE, own_id
from evals.row import Results
from index.hit import Hit

QUESTION = "may we store health data with this SaaS?"
ID = own_id(QUESTION)
SPECIAL, ABROAD = at_line(806), at_line(662)
Run = Callable[..., int]


class Typed(io.StringIO):
    """A terminal at which lines are typed; ^C is the interrupt."""

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:
        line = super().readline()
        if line == "^C\n":
            raise KeyboardInterrupt
        return line


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command of `eval` on a search that finds two paragraphs; with `typed`, at a terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WOLKWIJZER_HOME", str(tmp_path))
    found = FakeSearch((hit(806), hit(662)))
    for module in (evals.commands, evals.people):
        monkeypatch.setattr(module, "make_index", lambda *_: found)

    def run_command(*arguments: str, typed: tuple[str, ...] | None = None) -> int:
        keyboard = io.StringIO() if typed is None else Typed("".join(f"{line}\n" for line in typed))
        monkeypatch.setattr(sys, "stdin", keyboard)
        return wolkwijzer.main(["eval", *arguments])

    return run_command


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "cases" / FILE


@pytest.fixture
def few(tmp_path: Path) -> str:
    """A folder with one pair of our twins."""
    folder = tmp_path / "few"
    folder.mkdir()
    for name in ("questions-tune", "questions-frozen", "facts-tune", "facts-frozen"):
        lines = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        kept = {"questions-tune": 2, "facts-tune": 1}.get(name, 0)
        (folder / f"{name}.jsonl").write_text("".join(lines[:kept]), encoding="utf-8")
    return str(folder)


def read_run(folder: Path) -> Results:
    return from_json((folder / "eval.json").read_text(encoding="utf-8"))


BY_FLAGS = ("add", QUESTION, "--gold", SPECIAL.id, "--kind", "privacy", "--lang", "en", "--by", "Jo")


def test_a_question_typed_at_a_terminal_becomes_a_case_that_a_run_scores(
    run: Run, own: Path, few: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", typed=(QUESTION, "more words", "", "3", "2, 1 2", "x", "1", "Jo de Wit")) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"{ID}  {QUESTION}",
        "  Written by Jo de Wit (en; personal data; Answered / It depends / Partly answered)",
        f"  {ABROAD.locator('en')}",
        f"  {SPECIAL.locator('en')}",
        f"Kept in {own}. Somebody else can check the question with: wolkwijzer eval review {ID}",
    ]
    assert "Found for: more words" in said.err
    assert f"  1  {SPECIAL.locator('en')}" in said.err
    assert "You typed 3. That is not in the list." in said.err
    assert json.loads(own.read_text(encoding="utf-8")) == {
        "id": ID,
        "language": "en",
        "kind": "privacy",
        "question": QUESTION,
        "status": ["answered", "conditional", "partial"],
        "gold": [ABROAD.id, SPECIAL.id],
        "written_by": "Jo de Wit",
        "reviews": [],
    }
    run("run", "--cases", few, "--no-own")
    alone = json.loads((tmp_path / "eval.json").read_text(encoding="utf-8"))
    without = make_baseline(read_run(tmp_path))
    run("run", "--cases", few)
    assert make_baseline(read_run(tmp_path)) == without
    assert compare(without, read_run(tmp_path)) == Comparison((), ())
    beside = json.loads((tmp_path / "eval.json").read_text(encoding="utf-8"))
    (row,) = beside.pop("own_rows")
    assert (row["row"]["id"], row["row"]["split"], row["row"]["question"]) == (ID, "own", QUESTION)
    assert row["row"]["scores"]["recall@1"] == 1.0
    assert alone.pop("own_rows") == alone.pop("own_measures") == []
    assert {m["measure"]: m["number"] for m in beside.pop("own_measures")}["recall@5"] == 1
    for row in (*alone["question_rows"], *beside["question_rows"]):
        row["seconds"] = 0.0  # no two runs take as long
    assert beside == alone


def test_a_dutch_question_without_an_answer_is_asked_about_in_dutch(
    run: Run, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", "Wat kost een broker per maand?", typed=("geen", "1", "9", "Jo")) == 0
    said = capsys.readouterr()
    assert "De bronnen geven geen antwoord. Wat moet Wolkwijzer dan zeggen?" in said.err
    assert (
        "Geschreven door Jo (nl; over de cloud, maar niet in de bronnen; Staat niet in de bronnen)"
        in said.out
    )
    kept = json.loads(own.read_text(encoding="utf-8"))
    assert (kept["language"], kept["kind"], kept["status"], kept["gold"]) == (
        "nl",
        "near_topic",
        ["not_in_corpus"],
        [],
    )


@pytest.mark.parametrize("typed", [("^C",), (QUESTION, "^C"), (QUESTION, "1", "1"), ()])
def test_stopping_in_the_middle_keeps_nothing_and_says_so(
    run: Run, own: Path, typed: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", typed=typed) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert ("Stopped. Nothing was kept." if len(typed) > 1 else "Gestopt. Er is niets bewaard.") in said.err
    assert not own.exists()


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("add",), "QUESTION is missing"),
        (("add", "Mag?"), "--gold or --status is missing"),
        (("add", "Mag?", "--status", "off_topic"), "--kind is missing"),
        (("add", "Mag?", "--status", "off_topic", "--kind", "term"), "--lang is missing"),
        (BY_FLAGS[:-2], "--by is missing"),
        ((*BY_FLAGS[:-1], " "), "a name is blank"),
        ((*BY_FLAGS, "--gold", "x"), "the sources have no paragraph 'x'"),
        ((*BY_FLAGS, "--status", "refused"), "paragraphs answer it, so refused cannot be right"),
        (("add", "Mail jo@x.nl", *BY_FLAGS[2:]), "personal data: an e-mail address. Leave them out"),
        (("add", "?", *BY_FLAGS[2:]), "There are no words in the question"),
        (("review",), "ID is missing"),
        (("review", "own-x", "--by", "Sam"), "--gold or --status is missing"),
        (("review", "own-x", "--by", "Sam", "--status", "refused"), "there is no case 'own-x'"),
    ],
)
def test_without_a_terminal_nothing_is_asked_and_what_is_wrong_is_named(
    run: Run, own: Path, arguments: tuple[str, ...], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    said = capsys.readouterr()
    assert fault in said.err
    assert (said.out, own.exists()) == ("", False)


def test_the_same_question_is_sent_to_review(run: Run, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(*BY_FLAGS)
    before = own.read_bytes()
    assert run(*BY_FLAGS) == 2
    assert f"judge it: wolkwijzer eval review {ID}" in capsys.readouterr().err
    assert own.read_bytes() == before


def test_a_second_person_judges_blind_and_disagreement_is_said_reported_and_left_out_of_the_means(
    run: Run, own: Path, few: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(*BY_FLAGS)
    run("add", "what does a broker cost?", "--status", "not_in_corpus", *BY_FLAGS[4:])
    capsys.readouterr()
    assert run("review", typed=("Sam Lee", "2")) == 0
    said = capsys.readouterr()
    assert f"somebody else's: {QUESTION}" in said.err
    assert "Jo" not in said.err
    other = (
        f"Jo and Sam Lee name other paragraphs. Only Jo: {SPECIAL.locator('en')}. "
        f"Only Sam Lee: {ABROAD.locator('en')}."
    )
    assert said.out.splitlines() == [
        f"Your judgement of {ID} is kept in {own}.",
        f"{ID}: {other}",
        "Judged by more than one person: 1. Of these, alike: 0.",
    ]
    run("run", "--cases", few)
    results = json.loads((tmp_path / "eval.json").read_text(encoding="utf-8"))
    assert results["own_agreement"] == {"alike": 0, "checked": 1}
    assert {m["number"] for m in results["own_measures"]} == {1}
    capsys.readouterr()
    assert run("report", "--json") == 0
    assert json.loads(capsys.readouterr().out) == results
    assert run("report") == 0
    shown = " | ".join(literal(text) for text in (ID, QUESTION, "Jo", "Sam Lee", other))
    assert f"| {shown} |" in capsys.readouterr().out


def test_a_review_is_of_somebody_else_and_of_the_next_unchecked_case(
    run: Run, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(*BY_FLAGS)
    assert run("review", ID, "--by", " jo", "--status", "refused") == 2
    assert run("review", "--by", "Sam", "--status", "refused", typed=()) == 2
    assert "jo wrote or judged" in capsys.readouterr().err
    assert run("review", typed=("JO",)) == 0
    assert capsys.readouterr().out.startswith("Er is geen vraag die u nog kunt nakijken.")
    assert run("review", ID, "--by", "Sam", "--gold", SPECIAL.id) == 0
    assert capsys.readouterr().out.endswith("Of these, alike: 1.\n")
    assert run("review", typed=("Ann",)) == 0
    assert capsys.readouterr().out.startswith("Er is geen vraag die u nog kunt nakijken.")
    assert len(json.loads(own.read_text(encoding="utf-8"))["reviews"]) == 1


def test_a_named_folder_is_run_and_one_without_cases_is_refused(
    run: Run, few: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(*BY_FLAGS, "--own", str(tmp_path / "ours"))
    run("run", "--cases", few, "--own", str(tmp_path / "ours"))
    results = json.loads((tmp_path / "eval.json").read_text(encoding="utf-8"))
    assert [one["row"]["id"] for one in results["own_rows"]] == [ID]
    capsys.readouterr()
    assert run("run", "--own", str(tmp_path)) == 2
    assert f"{tmp_path} holds no {FILE}; make one with" in capsys.readouterr().err


def test_our_own_notes_are_not_among_the_paragraphs_to_choose_from(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    note = next(iter(CORPUS.notes.values()))
    found = FakeSearch((Hit(note.id, 9.0, f"{note.id}:plain", {}, ""), hit(806)))
    monkeypatch.setattr(evals.people, "make_index", lambda *_: found)
    run("add", QUESTION, typed=())
    said = capsys.readouterr().err
    assert f"  1  {SPECIAL.locator('en')}" in said
    assert note.locator("en") not in said
