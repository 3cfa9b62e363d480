"""The glossary joins old and new words: for search, for reading questions, for notices, and for newcomers."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests_support import CORPUS, FakeSearch, answer, hit

from assistant.facts import read_facts
from assistant.find import find
from assistant.render import terms_asked
from index.hit import NOTHING, SearchResult

GLOSSARY = CORPUS.glossary
ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("term", "today", "old"),
    [
        ("processor", "verwerker", "bewerker"),
        ("processor_agreement", "verwerkersovereenkomst", "bewerkersovereenkomst"),
        ("ap", "AP", "CBP"),
        ("big", "BIO2", "BIG"),
        ("brp", "BRP", "GBA"),
        ("confidentiality", "vertrouwelijkheid", "exclusiviteit"),
        ("wbp", "AVG", "WBP"),
    ],
)
def test_old_and_new_words_are_one_term(term: str, today: str, old: str) -> None:
    assert today in GLOSSARY.terms[term].wordings["nl"]
    assert old in GLOSSARY.terms[term].old
    assert [m.term.id for m in GLOSSARY.mentions(f"de {today} en de {old}")] == [term, term]


@pytest.mark.parametrize("term", ["lock_in", "escrow", "saas", "sla", "dpia", "fg"])
def test_a_term_has_words_and_a_meaning_in_both_languages(term: str) -> None:
    found = GLOSSARY.terms[term]
    assert found.wordings["nl"][0]
    assert found.wordings["en"][0]
    assert set(found.meaning) == {"nl", "en"}


def test_a_question_in_words_of_today_is_also_asked_in_those_of_the_guidance() -> None:
    assert (
        GLOSSARY.in_words_of_the_guidance("Is een verwerkersovereenkomst verplicht?")
        == "Is een bewerkersovereenkomst verplicht?"
    )
    assert GLOSSARY.in_words_of_the_guidance("Wat is SaaS?") == "Wat is SaaS?"


def test_the_index_is_asked_for_both_wordings_where_they_differ() -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []

    class Listening(FakeSearch):
        def look_up(
            self, query: str, k: int, language: object = None, also: Sequence[str] = ()
        ) -> SearchResult:
            asked.append((query, tuple(also)))
            return SearchResult((), NOTHING)

    for question in ("Is een verwerkersovereenkomst verplicht?", "Wat is SaaS?"):
        find(Listening(), CORPUS, question, 5, "nl")
    assert asked == [
        ("Is een verwerkersovereenkomst verplicht?", ("Is een bewerkersovereenkomst verplicht?",)),
        ("Wat is SaaS?", ()),
    ]


def test_an_abbreviation_counts_only_as_it_is_written() -> None:
    assert [m.term.id for m in GLOSSARY.mentions("a big cloud and the BIG")][-1] == "big"
    assert "big" not in [m.term.id for m in GLOSSARY.mentions("a big cloud")]


def test_the_longest_wording_wins() -> None:
    (mention,) = GLOSSARY.mentions("bewerkersovereenkomsten")
    assert mention.term.id == "processor_agreement"
    assert not list(GLOSSARY.mentions("onbewerkerig"))


def test_topics_are_read_with_the_words_of_the_glossary() -> None:
    assert "{term_" in (ROOT / "corpus/topics.toml").read_text(encoding="utf-8")
    for wording in GLOSSARY.terms["processor_agreement"].all_wordings:
        read = read_facts(f"Wat moet er in een {wording} staan?", CORPUS.patterns)
        assert "processor_agreement" in read.topics, wording


def test_a_newcomer_is_told_the_terms_of_the_question() -> None:
    assert [term.id for term in terms_asked(answer("Wat is escrow?", hit(946)), GLOSSARY)] == ["escrow"]
    case = answer("Mogen we gezondheidsgegevens opslaan met deze SaaS?", hit(806))
    assert terms_asked(case, GLOSSARY) == ()


def test_every_wording_of_a_term_is_found_where_it_stands() -> None:
    lost = [
        (term.id, wording)
        for term in CORPUS.glossary.terms.values()
        for wording in term.all_wordings
        if [(m.term, m.start, m.end) for m in CORPUS.glossary.mentions(f"1 {wording}.")]
        != [(term, 2, 2 + len(wording))]
    ]
    assert lost == []
