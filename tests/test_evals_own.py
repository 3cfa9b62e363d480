"""A municipality's own cases are read strictly, kept whole or not at all, and say where two people disagree."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests_support import CORPUS, at_line

from assistant.words import read_words
from corpus.errors import DataError
from corpus.facts import Reading
from evals.case import QuestionCase
from evals.own import (
    FILE,
    Judgement,
    OwnCase,
    add_case,
    add_review,
    agreement,
    own_id,
    read_own,
)
from evals.row import Agreement
from evals.summary import count_alike

SPECIAL, ABROAD = at_line(806), at_line(662)
NOTE = next(iter(CORPUS.notes))
LINE: Mapping[str, object] = {
    "id": "own-1",
    "language": "nl",
    "kind": "privacy",
    "question": "Mag dit?",
    "status": ["answered", "conditional"],
    "gold": [SPECIAL.id],
    "facts": {"data": {"health": "yes"}},
    "written_by": "Jo de Wit",
    "reviews": [{"by": "Sam Lee", "date": "2026-11-25", "status": ["off_topic"], "gold": []}],
}
REVIEW = Judgement("Sam Lee", (), ("off_topic",), "2026-11-25")
CASE = OwnCase(
    QuestionCase(
        "own-1",
        "own-1",
        "own",
        "nl",
        "privacy",
        "Mag dit?",
        ("answered", "conditional"),
        (SPECIAL.id,),
        {"data.health": Reading(("yes",), "stated")},
        {},
    ),
    (Judgement("Jo de Wit", (SPECIAL.id,), ("answered", "conditional")), REVIEW),
)


def write(folder: Path, *lines: Mapping[str, object]) -> Path:
    path = folder / FILE
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def without(key: str) -> Mapping[str, object]:
    return {name: value for name, value in LINE.items() if name != key}


def reviewed(**changes: object) -> Mapping[str, object]:
    return {**LINE, "reviews": [{"by": "Sam", "date": "2026-11-25", "status": ["off_topic"]} | changes]}


def test_a_case_is_read_with_everybody_who_judged_it(tmp_path: Path) -> None:
    write(tmp_path, LINE)
    assert read_own(tmp_path, CORPUS) == (CASE,)


def test_a_folder_without_a_file_holds_no_cases(tmp_path: Path) -> None:
    assert read_own(tmp_path / "none", CORPUS) == ()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (without("language"), "line 2: 'language' is missing"),
        (without("gold"), "line 2: 'gold' is missing"),
        (LINE, "line 2: the id 'own-1' is there twice"),
        ({**LINE, "id": "q001-nl"}, "line 2: the id 'q001-nl' must begin with 'own-'"),
        (
            {**LINE, "id": "own-2", "kind": "weather"},
            "line 2: 'kind' is 'weather'; it must be one of privacy,",
        ),
        ({**LINE, "id": "own-2", "status": ["error"]}, "line 2: 'status' is 'error'"),
        ({**LINE, "id": "own-2", "status": []}, "line 2: no status is named"),
        ({**LINE, "id": "own-2", "gold": ["x"]}, "line 2: the sources have no paragraph 'x'"),
        ({**LINE, "id": "own-2", "gold": [NOTE]}, f"line 2: the sources have no paragraph '{NOTE}'"),
        ({**LINE, "id": "own-2", "gold": []}, "line 2: answered or conditional needs a paragraph"),
        (
            {**LINE, "id": "own-2", "status": ["off_topic"]},
            "line 2: paragraphs answer it, so off_topic cannot",
        ),
        ({**LINE, "id": "own-2", "gold": [SPECIAL.id] * 2}, "line 2: a paragraph is named twice"),
        ({**LINE, "id": "own-2", "written_by": " "}, "line 2: 'written_by' must be a text"),
        ({**LINE, "id": "own-2", "written_by": "Jo\x1b[2J"}, "line 2: a name is blank, or holds signs"),
        (
            {**LINE, "id": "own-2", "question": "Mag\x1b[2J dit?"},
            "line 2: 'question' is too long, has no words",
        ),
        ({**LINE, "id": "own-2", "question": "?" * 3000}, "line 2: 'question' is too long, has no words"),
        ({**LINE, "id": "own-2", "facts": {"wolk": "ja"}}, "line 2: "),
        ({**LINE, "id": "own-2", "lines": []}, "line 2: unknown key 'lines'"),
        (reviewed(by=" jo  DE wit") | {"id": "own-2"}, "wrote or judged this case already"),
        (reviewed(by="") | {"id": "own-2"}, "'by' must be a text"),
        (reviewed(date="25-11-2026") | {"id": "own-2"}, "'date' is '25-11-2026'; write it like 2026-11-23"),
        (reviewed(gold=["x"]) | {"id": "own-2"}, "line 2: reviews Sam: the sources have no paragraph 'x'"),
        (reviewed(kind="term") | {"id": "own-2"}, "line 2: reviews Sam: unknown key 'kind'"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_fault(
    tmp_path: Path, line: Mapping[str, object], fault: str
) -> None:
    path = write(tmp_path, LINE, line)
    with pytest.raises(DataError) as error:
        read_own(tmp_path, CORPUS)
    assert str(error.value).startswith(f"{path}: line 2: ")
    assert fault in str(error.value)


def add(folder: Path, question: str = "Mag het?") -> OwnCase:
    return add_case(folder, question, "nl", "privacy", Judgement("Jo", (SPECIAL.id,), ("answered",)), CORPUS)


def test_a_case_is_appended_to_a_folder_that_need_not_be_there_yet(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    first = add(folder)
    (folder / FILE).write_bytes((folder / FILE).read_bytes().rstrip(b"\n"))
    second = add(folder, "Mag dat?")
    assert (first.question.id, second.question.id) == (own_id("Mag het?"), own_id("Mag dat?"))
    assert read_own(folder, CORPUS) == (first, second)
    assert [file.name for file in folder.iterdir()] == [FILE]


@pytest.mark.parametrize("content", [b"{", b"[1]\n", b"\xff\n"])
def test_a_broken_file_is_refused_and_left_as_it_was(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(DataError, match="line 1: "):
        add(tmp_path)
    with pytest.raises(DataError, match="line 1: "):
        add_review(tmp_path, "own-1", REVIEW, CORPUS)
    assert (tmp_path / FILE).read_bytes() == content


def test_the_same_question_twice_is_refused_and_the_file_left_as_it_was(tmp_path: Path) -> None:
    add(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(DataError, match="is there twice"):
        add(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_file_that_cannot_be_written_says_that_the_cases_are_still_there(tmp_path: Path) -> None:
    (tmp_path / "cases").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(DataError, match="cases"):
        add(tmp_path / "cases")
    (tmp_path / "questions.partial").mkdir()
    with pytest.raises(DataError, match=r"cannot be written: .*; the cases that were there still are"):
        add(tmp_path)
    assert not (tmp_path / FILE).exists()


def test_a_review_changes_the_line_of_its_case_alone(tmp_path: Path) -> None:
    path = write(tmp_path, {**LINE, "id": "own-0"}, {**LINE, "reviews": []})
    first, second = path.read_text(encoding="utf-8").splitlines()
    assert add_review(tmp_path, "own-1", REVIEW, CORPUS) == CASE
    assert path.read_text(encoding="utf-8").splitlines()[0] == first
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[1]) == LINE != json.loads(second)


def judged(*judgements: Judgement) -> Agreement:
    return agreement(replace(CASE, judgements=judgements), CORPUS, read_words(), "en")


def test_people_disagree_where_paragraphs_differ_or_no_status_is_shared() -> None:
    jo = Judgement("Jo", (SPECIAL.id, ABROAD.id), ("answered", "conditional"))
    assert judged(jo) == Agreement("Jo", (), ())
    assert judged(jo, Judgement("Sam", (ABROAD.id, SPECIAL.id), ("conditional",))) == Agreement(
        "Jo", ("Sam",), ()
    )
    assert judged(jo, Judgement("Sam", (ABROAD.id,), ("partial",))) == Agreement(
        "Jo",
        ("Sam",),
        (
            f"Jo and Sam name other paragraphs. Only Jo: {SPECIAL.locator('en')}. Only Sam: none.",
            "Jo and Sam expect another outcome. Jo: Answered / It depends. Sam: Partly answered.",
        ),
    )


def test_agreement_counts_the_cases_that_more_than_one_person_judged() -> None:
    alone, alike = Agreement("Jo", (), ()), Agreement("Jo", ("Sam",), ())
    assert count_alike([alone, alike, alike, Agreement("Jo", ("Sam",), ("differ",))]) == (2, 3)
