"""The scorers, on tiny answers made by hand."""

from types import SimpleNamespace
from typing import cast

import pytest

from assistant.answer import AbsentList, Checklist, ChecklistLine, Citation, ItemStatus, Status
from corpus.facts import Facts, Reading
from corpus.paragraph import Sentence, Span
from corpus.policy import Clause, Condition, PolicyList
from evals.case import QuestionCase
from evals.score import (
    PROMISED,
    Counts,
    answered_wrongly,
    checklist_faults,
    citation_precision,
    compare_facts,
    falsely_ruled_out,
    first_rank,
    found_within,
    full_recall_at,
    recall_at,
    reciprocal_rank,
    refused_wrongly,
    ruled_out,
    sentence_right,
    status_right,
    wrong_items,
)

PERSONAL_NO: Clause = (Condition("data.personal", ("no",)),)
PERSONAL_YES: Clause = (Condition("data.personal", ("yes",)),)


def citation(paragraph: str, text: str, source: str = "guidance") -> Citation:
    return Citation(1, paragraph, source, "guidance", "", text, text, 0, 1, "", 0.0)


def line(identity: str, status: ItemStatus = "applies") -> ChecklistLine:
    return ChecklistLine(identity, "", status, "", (), (), "p", "q", "", "both", "fg", "", "draft", ())


def checklist(*lines: ChecklistLine, absent: str = "") -> Checklist:
    return Checklist(lines, tuple(AbsentList(identity, "") for identity in absent))


def policy_list(identity: str, *items: str, always: bool = False) -> PolicyList:
    """A list brought in by personal data or the topic privacy; its items are ruled out by their absence."""
    rules = [
        SimpleNamespace(
            id=item, applies_when=(PERSONAL_YES,), not_applicable_when=(PERSONAL_NO,), keys=("data.personal",)
        )
        for item in items
    ]
    fake = SimpleNamespace(
        id=identity, always=always, brought_in_when=(PERSONAL_YES,), brought_in_by=("privacy",), items=rules
    )
    return cast("PolicyList", fake)


def stated(**readings: str) -> dict[str, Reading]:
    return {key.replace("__", "."): Reading(tuple(text.split()), "stated") for key, text in readings.items()}


def case(*status: Status) -> QuestionCase:
    return QuestionCase("q", "q", "tune", "nl", "term", "?", status, (), {}, {})


POLICY = (policy_list("P", *PROMISED, always=True), policy_list("V", "V1", "V2"))
CHAPTER = tuple(line(item) for item in PROMISED)


def test_recall_asks_whether_any_gold_paragraph_is_among_the_first() -> None:
    ranking = ("a", "b", "c")
    assert [recall_at(k, ("c", "b"), ranking) for k in (1, 2, 5)] == [0.0, 1.0, 1.0]


def test_full_recall_counts_all_gold_that_could_be_there() -> None:
    ranking = ("a", "b", "c", "d")
    assert [full_recall_at(k, ("a", "d"), ranking) for k in (1, 2, 5)] == [1.0, 0.5, 1.0]


def test_the_reciprocal_rank_is_that_of_the_first_gold_paragraph() -> None:
    assert (reciprocal_rank(("c", "b"), ("a", "b", "c")), first_rank(("c", "b"), ("a", "b", "c"))) == (0.5, 2)
    assert (reciprocal_rank(("z",), ("a", "b")), first_rank(("z",), ("a", "b"))) == (0.0, None)


def test_a_question_without_gold_has_no_retrieval_scores() -> None:
    scores = [
        recall_at(1, (), ("a",)),
        full_recall_at(1, (), ("a",)),
        reciprocal_rank((), ("a",)),
        found_within(10, (), [citation("a", "text")]),
        citation_precision((), [citation("a", "text")], "guidance"),
    ]
    assert scores == [None] * 5


@pytest.mark.parametrize(("length", "found"), [(9, 1.0), (10, 0.0)])
def test_gold_is_found_if_it_begins_within_the_first_characters(length: int, found: float) -> None:
    assert found_within(10, ("b",), [citation("a", "x" * length), citation("b", "y" * 50)]) == found


def test_a_paragraph_quoted_twice_is_read_once() -> None:
    cited = [citation("a", "x" * 6), citation("a", "x" * 6), citation("b", "y")]
    assert found_within(10, ("b",), cited) == 1.0


def test_gold_that_is_not_cited_is_not_found() -> None:
    assert found_within(10, ("b",), []) == 0.0


def test_precision_counts_the_paragraphs_cited_from_the_source_that_gold_is_about() -> None:
    cited = [citation("a", "x"), citation("a", "x"), citation("b", "y"), citation("note", "z", "notes")]
    assert citation_precision(("a",), cited, "guidance") == 0.5


def test_precision_does_not_apply_where_nothing_of_the_source_is_cited() -> None:
    assert citation_precision(("a",), [citation("note", "z", "notes")], "guidance") is None


@pytest.mark.parametrize(
    ("gold", "status", "scores"),
    [
        (("answered", "conditional"), "conditional", (1.0, None, 0.0)),
        (("answered",), "partial", (0.0, None, 0.0)),
        (("answered",), "not_in_corpus", (0.0, None, 1.0)),
        (("answered",), "error", (0.0, None, 1.0)),
        (("not_in_corpus",), "not_in_corpus", (1.0, 0.0, None)),
        (("not_in_corpus",), "off_topic", (0.0, 0.0, None)),
        (("off_topic",), "answered", (0.0, 1.0, None)),
    ],
)
def test_a_status_is_right_or_an_answer_or_refusal_was_wrong(
    gold: tuple[Status, ...], status: Status, scores: tuple[float | None, ...]
) -> None:
    asked = case(*gold)
    assert (
        status_right(asked, status),
        answered_wrongly(asked, status),
        refused_wrongly(asked, status),
    ) == scores


def test_a_checklist_with_chapter_4_and_its_other_lists_named_as_absent_is_complete() -> None:
    assert checklist_faults(checklist(*CHAPTER, absent="V"), POLICY, Facts()) == ()


def test_an_item_of_chapter_4_that_is_missing_is_named_whatever_the_rules_say() -> None:
    assert checklist_faults(checklist(*CHAPTER[1:]), (), Facts()) == ("P1 is missing",)


def test_an_item_of_a_list_that_the_facts_bring_in_is_missed() -> None:
    facts = Facts(stated(data__personal="yes"))
    shown = checklist(*CHAPTER, line("V2"), absent="V")
    assert checklist_faults(shown, POLICY, facts) == ("V1 is missing",)


def test_a_list_that_a_topic_brings_in_is_missed() -> None:
    faults = checklist_faults(checklist(*CHAPTER, absent="V"), POLICY, Facts(topics=("privacy",)))
    assert faults == ("V1 is missing", "V2 is missing")


def test_an_item_that_is_there_twice_is_named() -> None:
    shown = checklist(*CHAPTER, line("P2"), absent="V")
    assert checklist_faults(shown, POLICY, Facts()) == ("P2 is there twice",)


def test_a_list_that_is_left_out_in_silence_is_named() -> None:
    assert checklist_faults(checklist(*CHAPTER), POLICY, Facts()) == (
        "list V is neither shown nor named as absent",
    )


def test_a_list_shown_without_need_is_no_fault() -> None:
    assert checklist_faults(checklist(*CHAPTER, line("V1"), line("V2")), POLICY, Facts()) == ()


def test_named_items_are_compared_with_what_is_shown() -> None:
    shown = checklist(line("P1"), line("P8", "check"))
    assert wrong_items({"P1": "applies", "P8": "applies", "W3": "check"}, shown) == {
        "P8": "check",
        "W3": "absent",
    }


def test_an_item_shown_as_not_applicable_is_false_unless_gold_rules_it_out() -> None:
    shown = checklist(*(line(item, "not_applicable") for item in ("P1", "P2", "P3", "P4")), line("P5"))
    by_gold = frozenset({"P1", "P4"})
    assert falsely_ruled_out({"P3": "not_applicable", "P4": "check"}, shown, by_gold) == ("P2", "P4")


def test_the_rules_rule_out_by_facts_that_were_stated() -> None:
    policy = (policy_list("V", "V1", "V2"),)
    assert ruled_out(policy, Facts(stated(data__personal="no"))) == {"V1", "V2"}
    assert ruled_out(policy, Facts(stated(data__personal="yes"))) == frozenset()
    assert ruled_out(policy, Facts({"data.personal": Reading(("no",), "carried")})) == frozenset()


def test_facts_are_compared_by_value_after_both_sides_are_closed() -> None:
    gold = stated(data__health="yes", location="nl eea", service_model="saas")
    read = stated(data__special="yes", location="nl third", service_model="paas", network="trusted")
    assert compare_facts(gold, read) == (
        {
            "data.health": Counts(0, 0, 1),
            "data.personal": Counts(1, 0, 0),
            "data.special": Counts(1, 0, 0),
            "location": Counts(1, 1, 1),
            "network": Counts(0, 1, 0),
            "service_model": Counts(0, 1, 1),
        },
        (
            "data.health=yes is missed",
            "location=eea is missed",
            "service_model=saas is missed",
            "location=third is not stated",
            "network=trusted is not stated",
            "service_model=paas is not stated",
        ),
    )


def test_whether_it_is_about_a_case_counts_only_where_gold_says_so() -> None:
    read = stated(about_case="yes", external="yes")
    assert compare_facts({}, read) == ({}, ())
    assert compare_facts(stated(about_case="yes"), read) == ({"about_case": Counts(1, 0, 0)}, ())
    assert compare_facts(stated(about_case="no"), read)[0] == {"about_case": Counts(0, 1, 1)}


def test_counts_give_precision_and_recall_where_there_is_something_to_count() -> None:
    counts = Counts(2, 1, 1) + Counts(1, 0, 1)
    assert (counts, counts.precision, counts.recall) == (Counts(3, 1, 2), 0.75, 0.6)
    assert (Counts().precision, Counts().recall) == (None, None)


def test_a_sentence_is_right_where_the_first_quote_from_gold_shows_one_that_answers() -> None:
    sentence = Sentence("s1", "Een.", (Span(10, 14),))
    shown = [_at("x", 0, 4), _at("a", 0, 9), _at("a", 10, 14)]
    assert sentence_right(("a",), (sentence,), shown) == 0
    assert sentence_right(("a",), (sentence,), shown[2:]) == 1
    assert sentence_right(("b",), (sentence,), shown) is None
    assert sentence_right(("a",), (), shown) is None


def _at(paragraph: str, start: int, end: int) -> Citation:
    return cast("Citation", SimpleNamespace(paragraph=paragraph, start=start, end=end))
