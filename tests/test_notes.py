"""Our own notes are a source of their own kind: cited and searched, and never taken for a quote."""

from dataclasses import replace

import pytest
from tests_support import CORPUS, answer, hit

from assistant.note import to_markdown
from assistant.render import to_text
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.load import NOTES
from index.hit import Hit

WORDS = read_words()
CASE = "Mogen we gezondheidsgegevens opslaan met deze SaaS?"
# What is no law in force must say so itself, in both languages.
CALLED = {
    "bill": (("voorstel", "geldt nog niet", "wetsvoorstel"), ("proposal", "bill")),
    "advice": (("advies", "adviseren"), ("advice", "advise", "recommend")),
    "standard": (("norm", "BIO2", "NEN"), ("standard", "BIO2", "NEN")),
}


def note_hit(name: str, score: float = 5.0) -> Hit:
    paragraph = f"{NOTES}/{name}"
    return Hit(paragraph, score, f"{paragraph}:plain", {"dense": score, "grams": 0.5}, f"{paragraph}#1")


@pytest.mark.parametrize("note", CORPUS.notes.values(), ids=lambda note: note.id)
def test_what_is_no_law_in_force_is_called_what_it_is(note: object) -> None:
    if note.force in CALLED:
        dutch, english = CALLED[note.force]
        paragraph = CORPUS.by_id[note.id]
        assert any(word in paragraph.text for word in dutch), paragraph.text
        assert any(word in paragraph.rendition for word in english), paragraph.rendition


def test_the_bills_are_bills() -> None:
    assert CORPUS.notes[f"{NOTES}/bills"].force == "bill"
    for name in ("Wams", "Digital Omnibus", "Cloud and AI Development Act"):
        citing = [p.id for p in CORPUS.documents[NOTES].paragraphs if name in p.text]
        assert citing == [f"{NOTES}/bills"]


def test_every_note_is_cited_on_an_official_address_and_rendered() -> None:
    for note in CORPUS.notes.values():
        assert note.authority.address.startswith("https://")
        assert all(sentence.rendition for sentence in CORPUS.by_id[note.id].sentences)


def test_the_duties_of_today_rest_on_the_notes_and_stand_on_every_checklist() -> None:
    lines = {
        line.id: line for line in answer("Welke kleur heeft een olifant?", hit(806, 1.0)).checklist.lines
    }
    duties = [lines[f"W{number}"] for number in range(1, 13)]
    assert {line.source_kind for line in duties} == {"note"}
    assert [line.paragraph for line in duties] == [f"{NOTES}/w{number}" for number in range(1, 13)]
    assert {line.source_kind for line in lines.values() if not line.id.startswith("W")} == {"guidance"}


def test_a_note_that_is_found_is_told_as_a_note_with_what_it_rests_on() -> None:
    made = answer("Wat zegt de handreiking over de cloud?", hit(806), note_hit("w8"))
    told = [sentence for sentence in made.sentences if sentence.kind == "note"]
    cited = {citation.n: citation for citation in made.citations if citation.source_kind == "note"}
    assert [sentence.citations for sentence in told] == [(n,) for n in cited]
    assert all("Zekerheid: " in citation.basis for citation in cited.values())
    assert not {n for s in made.sentences if s.kind == "quote" for n in s.citations} & set(cited)


def test_notes_alone_are_never_enough_for_an_answer() -> None:
    made = answer("Wat zegt de handreiking over de cloud?", note_hit("w8"))
    assert made.status == "not_in_corpus"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_way_of_showing_it_puts_a_note_in_the_shape_of_a_quote(language: str) -> None:
    made = answer(CASE, hit(806), note_hit("w2"), language=language)
    notes = [CORPUS.by_id[c.paragraph] for c in made.citations if c.source_kind == "note"]
    assert notes
    text, markdown = (
        to_text(made, CORPUS, WORDS),
        to_markdown(made, CORPUS.sources, CORPUS.vocabulary, WORDS, Organisation()),
    )
    for paragraph in (*notes, *(CORPUS.by_id[f"{NOTES}/w{n}"] for n in range(1, 13))):
        for words in (paragraph.sentences[0].text, paragraph.sentences[0].rendition):
            start = " ".join(words.split()[:5])
            assert f"“{start}" not in text
            assert f"> {start}" not in markdown
    assert WORDS.say("note.mark", made.language) in text


def test_a_note_dropped_by_the_verifier_takes_its_sentence_along() -> None:
    made = answer(CASE, hit(806), note_hit("w2"))
    note = next(c for c in made.citations if c.source_kind == "note")
    assert replace(note, quote="Anders.").quote != note.quote
    assert {n for s in made.sentences for n in s.citations} == {c.n for c in made.citations}
