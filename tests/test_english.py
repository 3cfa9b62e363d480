"""The English rendition says what the Dutch says: each sentence, number, name and norm; and it can be searched."""

import pytest
from tests_support import CORPUS, answer, hit

from corpus.english import compare
from index.passage import make_passages
from index.recipe import Recipe

GUIDANCE = CORPUS.documents["ibd-cloud-2016"]
ITEMS = [item for policy_list in CORPUS.policy for item in policy_list.items]


def test_every_sentence_has_its_rendition_and_none_is_left_dutch() -> None:
    sentences = [s for p in GUIDANCE.paragraphs for s in p.sentences]
    assert [s.id for s in sentences if not s.rendition] == []
    dutch = [s.id for s in sentences if {"het", "een", "wordt", "niet"} & set(s.rendition.lower().split())]
    assert dutch == []


@pytest.mark.parametrize("paragraph", GUIDANCE.paragraphs, ids=lambda p: p.id.removeprefix("ibd-cloud-2016/"))
def test_numbers_names_and_norms_agree(paragraph: object) -> None:
    assert [f for s in paragraph.sentences for f in compare(s.text, s.rendition)] == []


@pytest.mark.parametrize(
    ("dutch", "english"),
    [
        ("Dit dient te worden vermeden.", "This may be avoided."),
        ("Dit dient te worden vermeden.", "This should be avoided."),
        ("Dit is niet verboden.", "This is forbidden."),
        ("Dit mag.", "This must be done."),
        ("Zie artikel 16.", "See article 61."),
        ("Zie artikel 16.", "See article 16 and 17."),
        ("Volgens de IBD kan dit.", "According to KING this can be done."),
        ("Dit kan beter.", "This can be done."),
    ],
)
def test_a_norm_a_number_or_a_name_that_differs_is_noticed(dutch: str, english: str) -> None:
    assert list(compare(dutch, english)) != []


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_every_item_has_a_rendition(item: object) -> None:
    assert len(CORPUS.render_item(item)) > 10


def test_an_item_that_quotes_part_of_a_sentence_has_the_english_of_that_part() -> None:
    (item,) = [item for item in ITEMS if item.id == "R5"]
    paragraph = CORPUS.by_id[item.paragraph]
    assert CORPUS.render_item(item) != paragraph.render(item.span)


def test_renditions_are_passages_in_english_that_lead_to_their_paragraph() -> None:
    passages = make_passages(GUIDANCE.paragraphs, Recipe())
    english = [passage for passage in passages if passage.language == "en" and passage.kind != "asked"]
    # "SaaS – Software as a Service" is the same in both languages, and one passage is enough for it.
    alike = {p.id for p in GUIDANCE.paragraphs if p.text == p.rendition}
    assert {passage.paragraph for passage in english} == {p.id for p in GUIDANCE.paragraphs} - alike
    assert {passage.kind for passage in english} == {"rendition", "rendered_sentence"}
    assert len({passage.id for passage in passages}) == len(passages)


def test_an_english_reader_gets_the_english_of_each_quote_and_a_dutch_one_none() -> None:
    question = "Mogen we gezondheidsgegevens opslaan met deze SaaS?"
    english, dutch = (answer(question, hit(806), language=language) for language in ("en", "nl"))
    assert all(c.rendition and c.rendition_standing == "draft" for c in english.citations)
    assert all(line.rendition for line in english.checklist.lines)
    assert {c.rendition for c in dutch.citations} == {""}
    assert {line.rendition for line in dutch.checklist.lines} == {""}
    assert "must be avoided in the cloud" in english.citations[0].rendition
