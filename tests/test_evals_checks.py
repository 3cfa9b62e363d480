"""The checks and the harms: each scorer says right and wrong apart, on real answers that are spoiled by hand."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests_support import CORPUS, answer, hit

from assistant.answer import Answer
from corpus.errors import DataError
from corpus.toml import Table
from evals.checks import (
    APART,
    BESIDE,
    CARRIED,
    CHOSEN,
    CLEAN,
    CONDITIONS,
    DESK,
    FITS,
    MARKED,
    PERMITTED,
    POINTS,
    QUOTED,
    SHOWN,
    WISHED,
    CheckCase,
    check_files,
    read_check,
    run_checks,
)
from evals.harm import bare_permissions, notes_shown_as_quotes, unmarked_phrases, wrong_desks
from evals.load import HERE, load_cases

FLAGSHIP = "Mogen we gezondheidsgegevens opslaan met deze SaaS?"
WELL = answer(FLAGSHIP, hit(806))


def scores(case: CheckCase, made: Answer = WELL) -> dict[str, float | None]:
    (row,) = run_checks([case], CORPUS, lambda _: made)
    return {name: score for name, score in row.scores.items() if name not in (MARKED, PERMITTED, APART)}


QUOTES = (WELL.citations[0].paragraph,)


def case(kind: str, **more: object) -> CheckCase:
    return CheckCase("c1", kind, "tune", "nl", FLAGSHIP, **more)


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (case("notices", notices=("C08", "C09")), {CARRIED: 1.0}),
        (case("notices", notices=("C01",)), {CARRIED: 0.0, QUOTED: None}),
        (case("notices", notices=("C08",), gold=QUOTES), {CARRIED: 1.0, QUOTED: 1.0}),
        (case("notices", notices=("C01",), gold=QUOTES), {CARRIED: 0.0, QUOTED: 0.0}),
        (case("notices"), {CLEAN: 0.0}),
        (case("positions", positions=("case_health", "case_special")), {CHOSEN: 1.0, FITS: 1.0, SHOWN: 1.0}),
        (case("positions", positions=("backup",)), {CHOSEN: 0.0, FITS: 0.0, SHOWN: 0.0}),
        (case("positions"), {CHOSEN: 0.0, FITS: 0.0, SHOWN: None}),
        (case("flagship"), {POINTS: 1.0}),
        (case("permissions"), {CONDITIONS: 1.0}),
        (case("wishes", is_wish=True), {WISHED: 1.0}),
        (case("wishes"), {BESIDE: 0.0}),
        (case("desks", right=("FG",), wrong=("AP",)), {DESK: 1.0}),
    ],
)
def test_a_check_scores_what_it_is_for(checked: CheckCase, expected: dict[str, float | None]) -> None:
    found = scores(checked)
    assert {name: found.get(name) for name in expected} == expected


def test_without_a_position_a_near_miss_is_right_and_nothing_was_shown() -> None:
    none = replace(WELL, position="")
    assert scores(case("positions"), none) == {CHOSEN: 1.0, FITS: None, SHOWN: None}
    assert scores(case("positions", positions=("backup",)), none) == {CHOSEN: 0.0, FITS: None, SHOWN: 0.0}


def test_the_flagship_loses_a_point_for_each_thing_it_lacks() -> None:
    worse = replace(WELL, notices=(), position="")
    assert scores(case("flagship"), worse)[POINTS] == pytest.approx(1 - 3 / 11)


def test_a_frozen_check_keeps_neither_words_nor_faults() -> None:
    (row,) = run_checks([replace(case("notices"), split="frozen")], CORPUS, lambda _: WELL)
    assert (row.question, row.faults) == ("", ("withheld",))


def test_an_overtaken_phrase_without_its_notice_is_a_harm() -> None:
    assert list(unmarked_phrases(WELL, CORPUS)) == []
    dropped = replace(WELL, notices=tuple(n for n in WELL.notices if n.id != "C08"))
    assert "C08" in list(unmarked_phrases(dropped, CORPUS))
    line = next(line for line in WELL.checklist.lines if line.id == "P13")
    lines = tuple(replace(line, notices=()) if other is line else other for other in WELL.checklist.lines)
    bare = replace(WELL, checklist=replace(WELL.checklist, lines=lines))
    assert "C16" in list(unmarked_phrases(bare, CORPUS))


@pytest.mark.parametrize(
    ("text", "is_harm"),
    [
        ("Ja, dat mag.", True),
        ("Dit mag in de cloud.", True),
        ("You may store the data there.", True),
        ("Dit mag alleen met een uitzondering in de wet.", False),
        ("You may store them only where the law makes an exception.", False),
        ("Nee.", True),
        ("Maak een afspraak.", False),
    ],
)
def test_a_permission_without_its_condition_is_a_harm(text: str, is_harm: bool) -> None:
    said = replace(WELL, sentences=(replace(WELL.sentences[0], text=text, kind="position"),))
    assert bool(list(bare_permissions(said))) == is_harm


def test_a_note_told_as_a_quote_is_a_harm() -> None:
    assert list(notes_shown_as_quotes(WELL)) == []
    as_quotes = tuple(replace(s, kind="quote") if s.kind == "note" else s for s in WELL.sentences)
    assert list(notes_shown_as_quotes(replace(WELL, sentences=as_quotes))) != []
    lines = tuple(replace(line, source_kind="guidance") for line in WELL.checklist.lines)
    ticked = replace(WELL, checklist=replace(WELL.checklist, lines=lines))
    assert list(notes_shown_as_quotes(ticked)) == [f"W{n}" for n in range(1, 13)]


def test_a_wrong_desk_is_a_harm_only_where_no_right_one_is_named() -> None:
    def told(text: str) -> Answer:
        return replace(WELL, sentences=(replace(WELL.sentences[0], text=text, kind="note"),))

    assert list(wrong_desks(told("Meld dit bij het NCSC."), ("AP",), ("NCSC",))) == ["NCSC"]
    assert list(wrong_desks(told("Meld dit bij de AP, en uitval bij het NCSC."), ("AP",), ("NCSC",))) == []
    assert list(wrong_desks(told("Vraag uw FG."), ("CISO",), ("AP",))) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"position": "bakup"}, "no such position: 'bakup'"),
        ({"notices": ["C999"]}, "'notices' is 'C999'"),
        ({"right": ["VNG"]}, "'right' is 'VNG'"),
        ({"language": "de"}, "'language' is 'de'"),
        ({"colour": "red"}, "unknown key 'colour'"),
    ],
)
def test_a_faulty_check_is_refused(change: dict[str, object], fault: str) -> None:
    line = {"id": "p1", "language": "nl", "question": "Wat?", **change}
    with pytest.raises(DataError, match=fault):
        read_check(Table("positions-tune.jsonl", "line 1", line), "positions", "tune", CORPUS)


def test_a_folder_without_checks_has_none(tmp_path: Path) -> None:
    assert list(check_files(tmp_path)) == []
    (tmp_path / "desks-frozen.jsonl").write_text("", encoding="utf-8")
    assert [(kind, split) for kind, split, _ in check_files(tmp_path)] == [("desks", "frozen")]


def test_the_frozen_sets_are_as_large_as_promised() -> None:
    cases = load_cases(HERE, CORPUS).checks
    frozen = [c for c in cases if c.split == "frozen"]
    assert sum(c.kind == "notices" and bool(c.notices) for c in frozen) >= 40
    assert sum(c.kind == "notices" and not c.notices for c in frozen) >= 40
    assert sum(c.kind == "positions" for c in frozen) >= 100
    assert sum(c.kind == "flagship" for c in frozen) >= 40
    texts = [c.question.casefold() for c in cases]
    assert len(set(texts)) == len(texts)
    assert json.dumps(sorted({c.kind for c in frozen})) == json.dumps(
        ["desks", "flagship", "notices", "permissions", "positions", "wishes"]
    )
