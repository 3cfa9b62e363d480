"""Facts set by hand and links without a browser: the newest word counts, and nothing but the vocabulary is taken."""

import pytest
from page_fakes import FakeAsk, make_answer

from assistant.errors import QuestionError
from assistant.page.choice import read_choice, write_choice
from assistant.page.conversation import Conversation, ask_next_question, open_link, set_fact
from assistant.page.facts import name_key, name_values
from assistant.page.frame import announce_change, show_conversation
from assistant.page.link import Link, read_link, write_link
from assistant.page.markup import element, literal
from assistant.page.parts import Shown, Speaker
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.facts import EXTERNAL, UNKNOWN, Reading
from corpus.load import Corpus

TODAY = "2026-11-23"
QUESTION = "Mogen gezondheidsgegevens in SaaS?"
NOBODY_KNOWS = Reading((UNKNOWN,), "set")
PAAS = Reading(("paas",), "set")


@pytest.fixture
def shown(corpus: Corpus) -> Shown:
    return Shown(corpus.sources, corpus.vocabulary, corpus.glossary, read_words(), Organisation())


@pytest.fixture
def asked(corpus: Corpus) -> Conversation:
    return ask_next_question(Conversation(), QUESTION, TODAY, FakeAsk(corpus))


# ---- what is set ----


@pytest.mark.parametrize(
    ("text", "key", "reading"),
    [
        ("location=nl,third", "location", Reading(("nl", "third"), "set")),
        ("data.health=no", "data.health", Reading(("no",), "set")),
        ("network=unknown", "network", NOBODY_KNOWS),
        ("network=", "network", None),
    ],
)
def test_a_choice_is_read_as_it_was_written(
    corpus: Corpus, text: str, key: str, reading: Reading | None
) -> None:
    assert read_choice(text, corpus.vocabulary) == (key, reading)
    assert write_choice(key, reading.values if reading else ()) == text


@pytest.mark.parametrize(
    "sent",
    [
        *("", "=", "location", "location=mars", "location=third,nl", "location=nl,nl", "location=nl,unknown"),
        *("network=trusted,untrusted", "data=health", "data.health=maybe", "data.=yes", "external=no"),
        *("Location=nl", "location =nl", "location=nl\n", "location=,", "x" * 100_000),
        *(None, 7, ["location=nl"], {"location": "nl"}, b"location=nl"),
    ],
)
def test_what_is_not_in_the_vocabulary_is_no_choice(corpus: Corpus, sent: object) -> None:
    with pytest.raises(QuestionError) as error:
        read_choice(sent, corpus.vocabulary)
    assert error.value.reason == "no_choice"


def test_a_fact_that_nobody_knows_hides_what_the_question_says_and_all_that_follows(corpus: Corpus) -> None:
    stated = {"data.health": Reading(("yes",), "stated", "gezondheidsgegevens")}
    facts = corpus.vocabulary.combine({"data.health": NOBODY_KNOWS}, stated)
    assert facts.readings == {}


def test_a_fact_that_nobody_knows_takes_nothing_from_what_follows_from_others(corpus: Corpus) -> None:
    stated = {"data.health": Reading(("yes",), "stated", "gezondheidsgegevens")}
    facts = corpus.vocabulary.combine({"data.personal": NOBODY_KNOWS}, stated)
    assert facts.values("data.personal") == ("yes",)


def test_a_set_fact_answers_the_last_question_anew_in_its_place(corpus: Corpus, asked: Conversation) -> None:
    ask = FakeAsk(corpus)
    after = set_fact(asked, "service_model", PAAS, TODAY, ask)
    assert [(request.question, request.language, dict(request.set)) for request in ask.asked] == [
        (QUESTION, "nl", {"service_model": PAAS})
    ]
    assert len(after.turns) == 1
    assert after.turns[-1].answer.facts.readings["service_model"] == PAAS


def test_what_was_set_is_undone(corpus: Corpus, asked: Conversation) -> None:
    ask = FakeAsk(corpus)
    changed = set_fact(asked, "service_model", PAAS, TODAY, ask)
    changed = set_fact(changed, "data.health", NOBODY_KNOWS, TODAY, ask)
    assert dict(changed.turns[-1].set) == {"service_model": PAAS, "data.health": NOBODY_KNOWS}
    changed = set_fact(changed, "data.health", None, TODAY, ask)
    assert set_fact(changed, "service_model", None, TODAY, ask) == asked


def test_a_set_fact_stays_until_a_question_says_otherwise(corpus: Corpus, asked: Conversation) -> None:
    ask = FakeAsk(corpus)
    changed = set_fact(asked, "service_model", PAAS, TODAY, ask)
    after = ask_next_question(changed, "en in Duitsland?", TODAY, ask)
    assert after.facts["service_model"] == PAAS
    after = ask_next_question(after, "en als SaaS?", TODAY, ask)
    assert after.facts["service_model"] == Reading(("saas",), "carried", "SaaS")


def test_setting_a_fact_keeps_those_of_earlier_questions(corpus: Corpus, asked: Conversation) -> None:
    ask = FakeAsk(corpus)
    after = ask_next_question(asked, "en in Duitsland?", TODAY, ask)
    set_fact(after, "service_model", PAAS, TODAY, ask)
    assert ask.asked[-1].carried == ask.asked[-2].carried == asked.facts


def test_without_a_question_there_is_no_fact_to_set(corpus: Corpus) -> None:
    with pytest.raises(QuestionError) as error:
        set_fact(Conversation(), "service_model", PAAS, TODAY, FakeAsk(corpus))
    assert error.value.reason == "no_case"


# ---- links ----


def test_a_link_holds_language_question_and_what_was_set(corpus: Corpus) -> None:
    question = "Mag dit? A&B=C #1 + 100% 'é' 🙂"
    chosen = {"location": Reading(("nl", "third"), "set"), "data.health": NOBODY_KNOWS}
    carried = {"network": Reading(("trusted",), "carried", "besloten")}
    answer = make_answer(corpus, question, "en", chosen=chosen, carried=carried)
    fragment = write_link(answer, chosen)
    assert fragment.isascii()
    assert not set(fragment) & set("# \"<>'")
    assert read_link(fragment, corpus.vocabulary) == Link(
        question, "en", chosen, {"network": Reading(("trusted",), "carried")}
    )


def test_an_opened_link_is_a_new_case_with_its_facts(corpus: Corpus, asked: Conversation) -> None:
    changed = set_fact(asked, "service_model", PAAS, TODAY, FakeAsk(corpus))
    link = read_link(write_link(changed.turns[-1].answer, changed.turns[-1].set), corpus.vocabulary)
    assert open_link(link, TODAY, FakeAsk(corpus)) == changed


@pytest.mark.parametrize(
    "fragment",
    [
        *("", "ask=mag+dit", "ask=mag&language=de", "language=nl&ask=mag", "ask=a&ask=b&language=nl"),
        *(
            "ask=%FF&language=nl",
            "ask=mag&language=nl&from=evil",
            "ask&language=nl",
            "ask=mag&language=nl&set",
        ),
        "ask=mag&language=nl&set=network%3D",
        "ask=mag&language=nl" + "&set=network%3Dtrusted" * 100,
        f"ask={'x' * 100_000}&language=nl",
        *(None, 7, ["ask=mag&language=nl"], b"ask=mag&language=nl"),
    ],
)
def test_a_broken_link_is_refused(corpus: Corpus, fragment: object) -> None:
    with pytest.raises(QuestionError) as error:
        read_link(fragment, corpus.vocabulary)
    assert error.value.reason == "no_link"


def test_a_question_with_personal_data_gets_no_link(corpus: Corpus, shown: Shown) -> None:
    def has_link(question: str) -> bool:
        asked = ask_next_question(Conversation(), question, TODAY, FakeAsk(corpus))
        return 'name="link"' in show_conversation(asked, shown, "nl")

    assert has_link("Mag dit van Jan in SaaS?")
    assert not has_link("Mag jan@example.nl in SaaS?")


# ---- what is shown ----


def test_every_key_and_value_of_the_vocabulary_has_a_short_name(corpus: Corpus, shown: Shown) -> None:
    for language in ("nl", "en"):
        say = Speaker(shown.words, language, shown.glossary)
        for key in corpus.vocabulary.keys:
            if key == EXTERNAL:
                continue
            names = [
                name_values(key, [value], corpus.vocabulary, say) for value in corpus.vocabulary.allowed(key)
            ]
            assert name_key(key, corpus.vocabulary, say)
            assert len(set(names)) == len(names)


def test_only_the_last_answer_can_be_changed(corpus: Corpus, shown: Shown, asked: Conversation) -> None:
    after = ask_next_question(asked, "en in Duitsland?", TODAY, FakeAsk(corpus))
    last, _, earlier = show_conversation(after, shown, "nl").partition('class="earlier"')
    assert 'name="choice"' in last
    assert 'name="choice"' not in earlier


def test_a_derived_fact_has_no_buttons(shown: Shown, asked: Conversation) -> None:
    html = show_conversation(asked, shown, "nl")
    readings = asked.turns[-1].answer.facts.readings
    origins = {readings[key].origin for key in readings if literal(f"{key}={UNKNOWN}") in html}
    assert (origins, readings["data.special"].origin) == ({"stated"}, "derived")


def test_a_change_is_told_in_one_sentence(corpus: Corpus, shown: Shown, asked: Conversation) -> None:
    changed = set_fact(asked, "service_model", NOBODY_KNOWS, TODAY, FakeAsk(corpus))
    items = len(changed.turns[-1].answer.checklist.lines)
    said = (
        "Antwoord bijgewerkt: soort clouddienst is nu niet bekend. Hangt ervan af. Punten op de checklist: "
    )
    assert announce_change(changed, "service_model", shown, "nl") == element(
        "p", {"class": "told", "lang": "nl"}, literal(f"{said}{items}.")
    )
