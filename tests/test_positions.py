"""Prepared answers: they rest on quotes, state conditions, and are shown only where they fit."""

from dataclasses import replace

import pytest
from tests_support import CORPUS, answer, hit

from assistant import compose
from assistant.choose import Found
from assistant.cite import verify_answer
from assistant.decide import Decision
from assistant.position import choose_position
from assistant.render import to_json
from assistant.rules import read_rules
from assistant.words import read_words
from corpus.facts import Facts
from corpus.load import NOTES, Corpus
from corpus.paragraph import Language
from corpus.positions import Position, Positions, Row, read_marks, renumber
from corpus.toml import LANGUAGES
from evals.harm import bare_permissions, notes_shown_as_quotes, unmarked_phrases
from index.hit import Hit

POSITIONS = CORPUS.positions.all
BY_ID = {position.id: position for position in POSITIONS}
EXPLAINED = Decision("answered")
NOTHING_FOUND = Found((), (), ())
# The twelve stops of an introduction for newcomers, and the position that stands at each.
STOPS = {
    "what cloud is": "what_is_cloud",
    "service models": "service_models",
    "deployment models": "deployment_models",
    "who is responsible": "responsibility",
    "kinds of data": "special",
    "transfers": "transfer",
    "contracts": "contract",
    "service levels": "sla",
    "leaving": "exit",
    "risks": "risks",
    "the thirteen items": "policy",
    "what changed since 2016": "changed",
    "whom to ask": "whom_to_ask",
}


def facts(*topics: str, **known: object) -> Facts:
    return CORPUS.vocabulary.combine(CORPUS.vocabulary.read_json(known), topics=topics)


def chosen(
    decision: Decision,
    known: Facts,
    question: str = "",
    corpus: Corpus = CORPUS,
    found: Found = NOTHING_FOUND,
) -> str:
    position = choose_position(question, corpus, known, decision, found, read_rules())
    return position.id if position else ""


def test_there_are_at_least_forty_five_and_every_stop_of_the_introduction_has_one() -> None:
    assert len(POSITIONS) >= 45
    assert set(STOPS.values()) <= set(BY_ID)


def test_every_chapter_and_heading_with_norms_of_the_guidance_is_rested_on() -> None:
    headings = {
        p.headings[:2] for p in CORPUS.documents["ibd-cloud-2016"].paragraphs if p.headings[0][0] in "234"
    }
    rested = {CORPUS.by_id[cite.paragraph].headings[:2] for position in POSITIONS for cite in position.cites}
    assert headings - rested == set()


@pytest.mark.parametrize("position", POSITIONS, ids=lambda p: p.id)
def test_a_position_quotes_a_source_and_says_the_same_in_both_languages(position: Position) -> None:
    assert any(not cite.paragraph.startswith(NOTES) for cite in position.cites)
    assert len(position.sentences["nl"]) <= (8 if position.breadth == "case" else 4)
    for part in (position.sentences, position.steps):
        marks = [
            sorted(mark for text in part[language] for mark in read_marks(text)) for language in LANGUAGES
        ]
        assert set(marks[0]) == set(marks[1])


@pytest.mark.parametrize("position", [p for p in POSITIONS if p.breadth == "case"], ids=lambda p: p.id)
def test_a_case_is_never_answered_with_a_bare_yes_or_a_permission(position: Position) -> None:
    made = answer("Mogen we gezondheidsgegevens opslaan met deze SaaS?", hit(806))
    for language in LANGUAGES:
        texts = (*position.sentences[language], *position.steps[language])
        sentences = tuple(
            replace(made.sentences[2], text=text, kind="position", citations=()) for text in texts
        )
        assert list(bare_permissions(replace(made, sentences=sentences))) == []


def test_the_flagship_rests_on_the_five_quotes_in_the_order_of_its_text() -> None:
    made = answer("Mogen we gezondheidsgegevens opslaan met deze SaaS?", hit(806), language="nl")
    assert (made.status, made.position) == ("conditional", "case_health")
    text = " ".join(s.text for s in made.sentences if s.kind == "position")
    assert [n for n in dict.fromkeys(read_marks(text)) if n <= 2] == [1, 2]
    assert {n.id for n in made.notices} >= {"C08", "C09", "C13", "C16", "C39"}
    assert [c.notices[0] for c in made.citations[:2]] == ["C08", "C09"]
    assert {s.standing for s in made.sentences if s.kind == "position"} == {"draft"}


@pytest.mark.parametrize(
    ("known", "position"),
    [
        ({"data": ["health", "bsn"], "jurisdiction": ["us"]}, "case_health"),
        ({"data": ["special"]}, "case_special"),
        ({"data": ["criminal", "bsn"]}, "case_criminal"),
        ({"data": ["bsn"]}, "case_bsn"),
        ({"data": ["personal"], "jurisdiction": ["us"]}, "case_us"),
        ({"data": ["personal"], "location": ["third"]}, "case_third"),
        ({"data": ["personal"], "location": ["adequate"]}, "case_adequate"),
        ({"data": ["personal"], "subject": ["employee"]}, "case_employee"),
        ({"data": ["personal"]}, "case_personal"),
        ({"data": ["confidential"]}, "case_confidential"),
        ({"data": {"public": "yes", "personal": "no", "confidential": "no"}}, "case_public"),
        ({"jurisdiction": ["us"]}, "case_foreign"),
        ({"deployment": "private_own", "operated_by": "own"}, "case_own"),
        ({"stage": "exit"}, "case_exit"),
        ({"service_model": "saas"}, "case_unknown"),
    ],
)
def test_of_cases_the_gravest_that_fits_is_shown(known: dict[str, object], position: str) -> None:
    assert chosen(Decision("conditional"), facts(**known)) == position


@pytest.mark.parametrize(
    ("topics", "position"),
    [
        (("escrow", "continuity", "contract"), "escrow"),
        (("contract",), "contract"),
        (("saas", "paas", "service_model"), "service_models"),
        (("escrow", "backup"), ""),
        (("escrow", "quantity"), ""),
        (("escrow", "elsewhere"), ""),
        (("contract", "sla"), ""),
        ((), ""),
    ],
)
def test_one_thing_asked_gets_its_position_and_two_get_none(topics: tuple[str, ...], position: str) -> None:
    assert chosen(EXPLAINED, facts(*topics)) == position


@pytest.mark.parametrize("status", ["off_topic", "refused", "error", "linked_source_only", "partial"])
def test_no_position_where_there_is_no_answer(status: str) -> None:
    assert chosen(Decision(status), facts("escrow")) == ""


def test_the_wording_of_its_own_question_is_no_part_of_the_choice() -> None:
    worded = tuple(replace(p, question={"nl": "x", "en": "x"}) for p in POSITIONS)
    other = replace(CORPUS, positions=replace(CORPUS.positions, all=worded))
    assert chosen(EXPLAINED, facts("escrow"), "Wat is escrow?", other) == "escrow"


@pytest.mark.parametrize(
    ("question", "position"),
    [
        ("Wat is een escrow regeling en wat regelt die bij faillissement?", "escrow"),
        ("Welke notaris in Harderwijk verzorgt escrow?", ""),
        ("How do I explain escrow to my grandchildren at breakfast?", ""),
    ],
)
def test_a_question_with_many_words_foreign_to_a_position_asks_for_something_else(
    question: str, position: str
) -> None:
    assert chosen(EXPLAINED, facts("escrow"), question) == position


def test_words_foreign_to_a_position_count_for_nothing_where_the_search_found_what_it_rests_on() -> None:
    known, question = facts("escrow"), "Welke notaris in Harderwijk verzorgt escrow?"
    rests_on = BY_ID["escrow"].cites[0].paragraph
    other = next(p.id for p in CORPUS.paragraphs if p.id not in {c.paragraph for c in BY_ID["escrow"].cites})
    assert chosen(EXPLAINED, known, question) == ""
    for ahead, position in ((0.2, "escrow"), (0.4, "")):
        hits = (Hit(other, 4.0 + ahead, "", {}), Hit(rests_on, 4.0, "", {}))
        found = Found(hits, (), ())
        assert chosen(EXPLAINED, known, question, found=found) == position


def test_of_a_case_no_words_are_foreign() -> None:
    known = facts(data=["health"], about_case="yes")
    assert (
        chosen(Decision("conditional"), known, "Mag zorgdossier Klaverblad naar Nimbus Zeven?")
        == "case_health"
    )


def test_what_is_asked_of_no_application_is_explained_first() -> None:
    named = facts("within_eu", data=["personal"], about_case="yes")
    asked = facts("within_eu", data=["personal"])
    assert chosen(Decision("conditional"), named) == "case_personal"
    assert chosen(Decision("conditional"), asked) == "within_eu"


def test_its_quotes_stand_where_they_were_found_and_keep_their_numbers() -> None:
    made = answer("Wat is escrow?", hit(946, 4.0), hit(887, 5.0))
    assert made.position == "escrow"
    scores = [c.score for c in made.citations if c.source_kind == "guidance"]
    assert scores == sorted(scores, reverse=True)
    for sentence in made.sentences:
        assert set(read_marks(sentence.text)) <= {c.n for c in made.citations} or sentence.kind != "position"
        if sentence.kind == "position":
            assert sentence.citations == read_marks(sentence.text)


def test_a_quote_that_fails_takes_the_whole_prepared_answer_along(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = answer("Mogen we gezondheidsgegevens opslaan met deze SaaS?", hit(806))
    real = compose.verify_quote
    monkeypatch.setattr(compose, "verify_quote", lambda c, corpus: "x" if c["n"] == 3 else real(c, corpus))
    made = answer("Mogen we gezondheidsgegevens opslaan met deze SaaS?", hit(806))
    assert (whole.position, made.position) == ("case_health", "")
    assert {s.kind for s in made.sentences} == {"label", "quote", "note"}
    assert made.status == "conditional"


def test_marks_are_numbered_anew() -> None:
    assert renumber("a [2], b [1][2].", {1: 5, 2: 3}) == "a [3], b [5][3]."


def test_a_row_needs_every_topic_and_fact() -> None:
    row = Row(("escrow", "contract"), ())
    positions = Positions((replace(BY_ID["escrow"], rows=(row,), unless=()),), frozenset())
    only = replace(CORPUS, positions=positions)
    assert chosen(EXPLAINED, facts("escrow"), "", only) == ""
    assert chosen(EXPLAINED, facts("escrow", "contract"), "", only) == "escrow"


def test_where_a_value_is_not_in_the_sources_the_answer_says_so_before_what_is_known() -> None:
    made = answer("Binnen hoeveel uur moeten we een datalek melden?", hit(879))
    words = read_words()
    assert (made.status, made.position) == ("not_in_corpus", "breach")
    assert made.sentences[0].text == words.say("answer.not_asked_value", "nl")
    assert "72 uur" in " ".join(s.text for s in made.sentences if s.kind in ("position", "note"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("position", POSITIONS, ids=lambda p: p.id)
def test_wherever_a_position_is_shown_its_overtaken_phrases_are_marked_and_it_permits_nothing_bare(
    position: Position, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "choose_position", lambda *_: position)
    made = answer("Wat zegt de handreiking over de cloud?", hit(806), language=language)
    assert made.position == position.id
    assert list(unmarked_phrases(made, CORPUS)) == []
    assert list(bare_permissions(made)) == []
    assert list(notes_shown_as_quotes(made)) == []
    assert verify_answer(to_json(made, CORPUS.vocabulary), CORPUS) == []
    assert {n.id for n in made.notices} >= set(position.notices)
