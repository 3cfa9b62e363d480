"""A run keeps one row for each case; what went wrong is kept of the cases for tuning only."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from assistant.answer import (
    AbsentList,
    Answer,
    AnswerSentence,
    Checklist,
    ChecklistLine,
    Citation,
    ItemStatus,
    Provenance,
    Status,
)
from corpus.facts import Facts, Reading, read_vocabulary
from corpus.load import HERE, Corpus
from corpus.paragraph import Document, Paragraph, Sentence, Span
from corpus.policy import Condition
from corpus.toml import read_toml
from evals.case import FactCase, QuestionCase
from evals.load import GUIDANCE, Cases
from evals.row import Excerpt, FactRow, QuestionRow, Results
from evals.run import run, run_facts, run_questions
from evals.score import PROMISED, Counts

TEXT = "Vermijd de cloud. Sluit een overeenkomst."
SPANS = {"a": Span(0, 17), "b": Span(18, 41)}
STATED = {"data.personal": Reading(("yes",), "stated")}


def paragraph(identity: str) -> Paragraph:
    span = SPANS[identity]
    text = TEXT[span.start : span.end]
    sentence = Sentence(identity, text, (span,))
    return Paragraph(identity, GUIDANCE, "prose", ("1",), "", 1, "", text, (span,), (1, 1), (sentence,), ())


def fake_corpus() -> Corpus:
    """Chapter 4, of which P13 falls away without personal data, and a list V that those bring in."""
    document = Document(GUIDANCE, TEXT, "sha", (paragraph("a"), paragraph("b")), ())
    without = ((Condition("data.personal", ("no",)),),)
    items = [
        SimpleNamespace(
            id=item, applies_when=(), not_applicable_when=without if item == "P13" else (), keys=()
        )
        for item in PROMISED
    ]
    personal = ((Condition("data.personal", ("yes",)),),)
    measure = SimpleNamespace(id="V1", applies_when=personal, not_applicable_when=(), keys=("data.personal",))
    corpus = SimpleNamespace(
        documents={GUIDANCE: document},
        paragraphs=document.paragraphs,
        by_id={paragraph.id: paragraph for paragraph in document.paragraphs},
        vocabulary=read_vocabulary(read_toml(HERE / "facts.toml")),
        policy=(
            SimpleNamespace(id="P", always=True, items=items),
            SimpleNamespace(
                id="V", always=False, brought_in_by=(), brought_in_when=personal, items=[measure]
            ),
        ),
        overtaken={},
        notices=(),
        digest="text",
        rules_digest="rules",
    )
    return cast("Corpus", corpus)


def line(identity: str, status: ItemStatus) -> ChecklistLine:
    quote = TEXT[:17]
    return ChecklistLine(identity, "", status, "", (), (), "a", quote, "", "both", "fg", "", "draft", ())


def citation(n: int, identity: str) -> Citation:
    span = SPANS[identity]
    text = TEXT[span.start : span.end]
    return Citation(n, identity, GUIDANCE, "guidance", "", text, text, span.start, span.end, "sha", 0.5)


def answer(status: Status, *cited: str, p13: ItemStatus = "applies") -> Answer:
    lines = (*(line(item, "applies") for item in PROMISED[:-1]), line("P13", p13), line("V1", "applies"))
    citations = tuple(citation(n, identity) for n, identity in enumerate(cited, 1))
    return Answer(
        "?",
        "nl",
        "2026-11-23",
        status,
        Facts(STATED),
        tuple(AnswerSentence(c.quote, "quote", (c.n,)) for c in citations),
        citations,
        (),
        Checklist(lines, ()),
        (),
        Provenance("1", "text", "rules", "index", ()),
    )


QUESTION = QuestionCase(
    "q1-nl", "q1", "tune", "nl", "privacy", "Mag dit?", ("answered",), ("b",), STATED, {"P13": "applies"}
)
RIGHT = answer("answered", "a", "b")


def ask(_: str) -> Answer:
    return RIGHT


def search(_: str, k: int) -> tuple[str, ...]:
    return ("a", "b")[:k]


def weigh(_: str) -> float:
    return 0.71828


def stopped() -> float:
    return 7.0


def ask_all(cases, corpus, ask, search) -> tuple[QuestionRow, ...]:
    return run_questions(cases, corpus, ask, search, weigh, stopped)


def test_a_question_answered_well_keeps_its_scores_and_no_fault() -> None:
    assert ask_all([QUESTION], fake_corpus(), ask, search) == (
        QuestionRow(
            "q1-nl",
            "q1",
            "tune",
            "nl",
            "privacy",
            "answered",
            {
                "recall@1": 0.0,
                "recall@5": 1.0,
                "full recall@5": 1.0,
                "MRR@10": 0.5,
                "found within 1500": 1.0,
                "citation precision": 0.5,
                "sentence right": None,
                "quotes verify": 1.0,
                "checklist complete": 1.0,
                "checklist as gold": 1.0,
                "items right": 1.0,
                "status right": 1.0,
                "answered wrongly": None,
                "refused wrongly": 0.0,
                "language right": 1.0,
                "same twice": 1.0,
                "overtaken phrases marked": 1.0,
                "no bare permission": 1.0,
                "notes kept apart": 1.0,
            },
            {"data.personal": Counts(1, 0, 0)},
            (),
            "Mag dit?",
            (),
            0.0,
            0.7183,
        ),
    )


def test_every_fault_of_a_question_for_tuning_is_said() -> None:
    said = replace(answer("not_in_corpus", "a", p13="not_applicable"), facts=Facts(), language="en")
    broken = replace(said, citations=(replace(said.citations[0], quote="Vermijd de wolk."),))
    lacking = replace(broken, checklist=Checklist(broken.checklist.lines[1:], ()))
    (row,) = ask_all([QUESTION], fake_corpus(), lambda _: lacking, lambda _, k: ("a",) * k)
    assert row.faults == (
        "status is not_in_corpus, expected answered",
        "the answer is in en",
        "no gold paragraph among the first 10",
        "no gold paragraph begins within 1500 characters",
        "quote: the quote differs from the text at character 12: 'wolk.'",
        "quote: a quoted sentence is not the quote it cites: 'Vermijd de cloud.'",
        "checklist: P1 is missing",
        "P13 is not_applicable, expected applies",
        "data.personal=yes is missed",
    )
    assert row.ruled_out == ("P13",)
    assert (row.scores["quotes verify"], row.scores["checklist complete"], row.scores["items right"]) == (
        0,
        0,
        0,
    )


def test_a_list_left_out_because_facts_were_missed_is_complete_as_read_but_not_as_gold() -> None:
    absent = Checklist(RIGHT.checklist.lines[:-1], (AbsentList("V", ""),))
    said = replace(RIGHT, facts=Facts(), checklist=absent)
    (row,) = ask_all([QUESTION], fake_corpus(), lambda _: said, search)
    assert (row.scores["checklist complete"], row.scores["checklist as gold"]) == (1.0, 0.0)
    assert row.faults == ("checklist: V1 is missing", "data.personal=yes is missed")


def test_an_item_that_gold_facts_rule_out_is_ruled_out_rightly() -> None:
    denied = {"data.personal": Reading(("no",), "stated")}
    said = replace(answer("answered", "b", p13="not_applicable"), facts=Facts(denied))
    (question,) = ask_all([replace(QUESTION, facts=denied, items={})], fake_corpus(), lambda _: said, search)
    (text,) = run_facts([FactCase("t1", "tune", "nl", "Geen.", denied)], fake_corpus(), lambda _: denied)
    assert (question.ruled_out, question.faults) == ((), ())
    assert (text.ruled_out, text.faults) == ((), ())


def test_gold_beyond_the_fifth_place_is_said_with_its_rank() -> None:
    corpus = fake_corpus()
    corpus.by_id.update(dict.fromkeys("vwxyz", paragraph("a")))
    (row,) = ask_all([QUESTION], corpus, ask, lambda _, k: (*"vwxyz", "b"))
    assert row.faults == ("first gold paragraph at rank 6",)


def test_an_item_that_gold_does_not_name_is_ruled_out_falsely_by_a_misread_fact() -> None:
    case = replace(QUESTION, items={})
    (row,) = ask_all([case], fake_corpus(), lambda _: answer("answered", "b", p13="not_applicable"), search)
    assert (row.ruled_out, row.faults) == (("P13",), ("P13 is wrongly ruled out",))


def test_a_frozen_row_keeps_neither_words_nor_faults() -> None:
    case = replace(QUESTION, split="frozen", gold=("z",))
    (missed,) = ask_all([case], fake_corpus(), ask, search)
    (well,) = ask_all([replace(case, gold=("a",))], fake_corpus(), ask, search)
    assert (missed.question, missed.faults) == ("", ("withheld",))
    assert (well.question, well.faults) == ("", ())
    assert {(row.probability, row.gold, row.instead) for row in (missed, well)} == {(None, (), ())}


@pytest.mark.parametrize(
    ("read", "row"),
    [
        ({}, FactRow("t1", "tune", "nl", {"data.personal": Counts(0, 0, 1)}, (), "Namen.", ())),
        (STATED, FactRow("t1", "tune", "nl", {"data.personal": Counts(1, 0, 0)}, (), "Namen.", ())),
    ],
)
def test_a_text_keeps_what_was_read_and_missed(read: dict[str, Reading], row: FactRow) -> None:
    (found,) = run_facts([FactCase("t1", "tune", "nl", "Namen.", STATED)], fake_corpus(), lambda _: read)
    faults = ("data.personal=yes is missed",) if not read else ()
    assert found == replace(row, faults=faults)


def test_a_denial_read_where_nobody_denied_rules_out_an_item_falsely() -> None:
    case = FactCase("t1", "tune", "nl", "Namen?", {})
    denied = {"data.personal": Reading(("no",), "stated")}
    (row,) = run_facts([case], fake_corpus(), lambda _: denied)
    assert row.ruled_out == ("P13",)
    assert row.faults[-1] == "P13 is wrongly ruled out"


def test_a_run_names_what_was_measured_and_is_the_same_twice() -> None:
    cases = Cases((QUESTION,), (FactCase("t1", "tune", "nl", "Namen.", STATED),), (), "cases")
    corpus = fake_corpus()
    made_of = {"index": "index", "recipe": "recipe"}
    results = run(cases, corpus, ask, search, weigh, lambda _: STATED, made_of, "2026-11-23", stopped)
    assert results == Results(
        "2026-11-23",
        {"corpus": "text", "rules": "rules", "cases": "cases", **made_of},
        ask_all(cases.questions, corpus, ask, search),
        run_facts(cases.facts, corpus, lambda _: STATED),
    )
    again = run(cases, fake_corpus(), ask, search, weigh, lambda _: STATED, made_of, "2026-11-23", stopped)
    assert results == again


def test_a_missed_question_for_tuning_keeps_what_answers_and_what_was_found_instead() -> None:
    (row,) = ask_all([QUESTION], fake_corpus(), ask, lambda _, k: ("a",))
    assert row.gold == (Excerpt("b", "Sluit een overeenkomst."),)
    assert row.instead == (Excerpt("a", "Vermijd de cloud."),)


def test_a_question_answered_wrongly_keeps_what_was_found() -> None:
    unanswerable = replace(QUESTION, status=("not_in_corpus",), gold=(), items={})
    (row,) = ask_all([unanswerable], fake_corpus(), ask, search)
    assert row.instead == (Excerpt("a", "Vermijd de cloud."), Excerpt("b", "Sluit een overeenkomst."))
    assert not row.is_answerable


def test_seconds_are_those_of_the_first_answer() -> None:
    moments = iter([1.0, 3.5])
    (row,) = run_questions([QUESTION], fake_corpus(), ask, search, weigh, lambda: next(moments))
    assert row.seconds == 2.5
