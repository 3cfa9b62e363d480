"""The readers of the cases refuse what is wrong, and say in which file, on which line, and what."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from corpus.errors import DataError
from corpus.facts import Reading, read_vocabulary
from corpus.load import HERE, Corpus
from corpus.paragraph import Document, Paragraph, Span
from corpus.toml import LANGUAGES, read_toml
from evals.case import SPLITS, FactCase, QuestionCase
from evals.load import GUIDANCE, Cases, load_cases
from evals.load import HERE as CASES

Line = Mapping[str, object]


def _paragraph(identity: str, lines: tuple[int, int]) -> Paragraph:
    return Paragraph(identity, GUIDANCE, "prose", ("1",), "", 1, "", "x", (Span(0, 1),), lines, (), ())


def _corpus() -> Corpus:
    """A guidance of six lines: paragraph a on 1-2, b on 4, c on 6."""
    paragraphs = (_paragraph("a", (1, 2)), _paragraph("b", (4, 4)), _paragraph("c", (6, 6)))
    policy = SimpleNamespace(id="P", items=(SimpleNamespace(id="P1"),))
    corpus = SimpleNamespace(
        documents={GUIDANCE: Document(GUIDANCE, "x\nx\n\nx\n\nx", "", paragraphs, ())},
        vocabulary=read_vocabulary(read_toml(HERE / "facts.toml")),
        policy=(policy,),
    )
    return cast("Corpus", corpus)


QUESTION: Line = {
    "id": "q1-nl",
    "twin": "q1",
    "language": "nl",
    "kind": "privacy",
    "question": "Mag dit?",
    "status": ["answered", "conditional"],
    "lines": [[2, 4]],
    "facts": {"data": {"health": "yes"}},
    "items": {"P1": "applies", "W3": "check"},
}
TWIN: Line = {**QUESTION, "id": "q1-en", "language": "en", "question": "May we?"}
FACT: Line = {"id": "t1", "language": "nl", "text": "Wij nemen SaaS.", "facts": {"service_model": "saas"}}


def _load(
    folder: Path,
    tune: tuple[Line, ...] = (QUESTION, TWIN),
    frozen: tuple[Line, ...] = (),
    facts: tuple[Line, ...] = (FACT,),
) -> Cases:
    files = {"questions-tune": tune, "questions-frozen": frozen, "facts-tune": facts, "facts-frozen": ()}
    for name, lines in files.items():
        text = "\n".join(json.dumps(line) for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return load_cases(folder, _corpus())


def test_cases_are_read_with_their_lines_resolved_to_every_paragraph_they_touch(tmp_path: Path) -> None:
    cases = _load(tmp_path)
    health = {"data.health": Reading(("yes",), "stated")}
    question = QuestionCase(
        "q1-nl",
        "q1",
        "tune",
        "nl",
        "privacy",
        "Mag dit?",
        ("answered", "conditional"),
        ("a", "b"),
        health,
        {"P1": "applies", "W3": "check"},
    )
    fact = FactCase("t1", "tune", "nl", "Wij nemen SaaS.", {"service_model": Reading(("saas",), "stated")})
    assert cases.questions[0] == question
    assert (len(cases.questions), cases.facts) == (2, (fact,))


def test_the_digest_follows_the_files_and_nothing_else(tmp_path: Path) -> None:
    first = _load(tmp_path).digest
    assert _load(tmp_path).digest == first
    assert _load(tmp_path, facts=()).digest != first


def test_a_note_of_the_author_is_allowed_in_a_fact_case(tmp_path: Path) -> None:
    assert _load(tmp_path, facts=({**FACT, "note": "why"},)).facts == _load(tmp_path).facts


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"language": "de"}, "'language' is 'de'; it must be one of nl, en"),
        ({"kind": "other"}, "'kind' is 'other'; it must be one of"),
        ({"status": ["yes"]}, "'status' is 'yes'; it must be one of"),
        ({"status": []}, "'status' names no status"),
        ({"lines": []}, "'lines' is empty, and the sources answer this question"),
        ({"lines": [[5, 7]]}, "lines 5-7 are no range of lines of the guidance, which has 6"),
        ({"lines": [[4, 2]]}, "lines 4-2 are no range"),
        ({"lines": [[0, 2]]}, "lines 0-2 are no range"),
        ({"lines": [["1", 2]]}, "lines 1-2 are no range"),
        ({"lines": [[3, 3]]}, "lines 3-3 touch no paragraph"),
        ({"lines": [1, 2]}, "'lines' must be a list of pairs"),
        ({"facts": []}, "'facts' must be an object"),
        ({"facts": {"colour": "red"}}, "no such fact: 'colour'"),
        ({"facts": {"service_model": "faas"}}, "'service_model' cannot be 'faas'"),
        (
            {"facts": {"data": {"health": "yes", "personal": "no"}}},
            "'data.special' is yes, so 'data.personal' cannot be no",
        ),
        ({"items": {"P9": "applies"}}, "no such item: 'P9'"),
        ({"items": {"W": "applies"}}, "no such item: 'W'"),
        ({"items": {"P1": "maybe"}}, "'P1' is 'maybe'"),
        ({"question": ""}, "'question' must be a text"),
        ({"extra": 1}, "unknown key 'extra'"),
        ({"id": "q1-nl"}, "the id 'q1-nl' is there twice"),
        ({"language": "nl"}, "twin 'q1' must be there once in each of nl, en"),
        ({"lines": [[4, 4]]}, "differs from its twin q1-nl in more than its words"),
        ({"facts": {}}, "differs from its twin q1-nl in more than its words"),
    ],
)
def test_a_faulty_question_is_refused_by_file_line_and_fault(
    tmp_path: Path, change: Line, fault: str
) -> None:
    with pytest.raises(DataError) as refused:
        _load(tmp_path, (QUESTION, {**TWIN, **change}))
    line = 1 if fault.startswith("twin 'q1'") else 2
    assert str(refused.value).startswith(f"questions-tune.jsonl: line {line}")
    assert fault in str(refused.value)


@pytest.mark.parametrize("key", [key for key in QUESTION if key not in ("facts", "items")])
def test_a_question_that_lacks_a_key_is_refused(tmp_path: Path, key: str) -> None:
    lacking = {name: value for name, value in QUESTION.items() if name != key}
    with pytest.raises(DataError, match=f"line 1: '{key}' is missing"):
        _load(tmp_path, (lacking, TWIN))


def test_what_nobody_wrote_down_is_not_scored(tmp_path: Path) -> None:
    bare = [
        {name: line[name] for name in line if name not in ("facts", "items")} for line in (QUESTION, TWIN)
    ]
    (case, _) = _load(tmp_path, (bare[0], bare[1])).questions
    assert (case.facts, case.items, case.sentences) == (None, {}, ())


def test_a_wording_that_no_gold_sentence_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 1: no sentence of the paragraphs in 'lines' holds 'Nergens'"):
        _load(tmp_path, ({**QUESTION, "sentence": ["Nergens"]}, TWIN))


def test_a_question_whose_twin_is_in_another_language_only_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 1: twin 'q1' must be there once in each of nl, en"):
        _load(tmp_path, (QUESTION,))


def test_twins_in_both_splits_are_refused_since_tuning_on_one_is_tuning_on_both(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"questions-frozen\.jsonl: line 1: differs from its twin q1-nl"):
        _load(tmp_path, (QUESTION,), (TWIN,))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"language": None}, "'language' is missing"),
        ({"text": 3}, "'text' must be a text"),
        ({"facts": {"data": ["salary"]}}, "no such fact: 'data.salary'"),
        ({"lines": []}, "unknown key 'lines'"),
        ({"id": "t1"}, "the id 't1' is there twice"),
    ],
)
def test_a_faulty_fact_case_is_refused_by_file_line_and_fault(
    tmp_path: Path, change: Line, fault: str
) -> None:
    with pytest.raises(DataError) as refused:
        _load(tmp_path, facts=(FACT, {**FACT, "id": "t2", **change}))
    assert str(refused.value).startswith(f"facts-tune.jsonl: line 2: {fault}")


@pytest.mark.parametrize(("text", "fault"), [("{", "not valid JSON"), ("[1]", "must be an object")])
def test_a_line_that_is_no_json_object_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    _load(tmp_path)
    (tmp_path / "facts-frozen.jsonl").write_text(f"\n{text}\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"facts-frozen\.jsonl: line 2: {fault}"):
        load_cases(tmp_path, _corpus())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"questions-tune\.jsonl: the file: cannot be read"):
        load_cases(tmp_path, _corpus())


def test_the_cases_of_the_project_fit_its_corpus_and_a_hundred_questions_a_language_are_frozen(
    corpus: Corpus,
) -> None:
    cases = load_cases(CASES, corpus)
    halves = Counter((case.split, case.language) for case in cases.questions)
    frozen, tune = (halves[split, "nl"] for split in ("frozen", "tune"))
    assert frozen >= 100
    assert halves == {("frozen", lang): frozen for lang in LANGUAGES} | {
        ("tune", lang): tune for lang in LANGUAGES
    }
    assert {case.split for case in cases.facts} == set(SPLITS)


def test_an_id_that_only_a_municipality_may_give_is_refused(tmp_path: Path) -> None:
    own = ({**QUESTION, "id": "own-1"}, TWIN)
    with pytest.raises(DataError, match=r"questions-tune.jsonl: line 1: the id 'own-1' begins with 'own-'"):
        _load(tmp_path, own)
