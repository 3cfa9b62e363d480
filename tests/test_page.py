"""The page without a browser: text is shown literally, and a conversation keeps its facts."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from page_fakes import NOTICE, FakeAsk, make_answer, make_citation

from assistant.answer import Answer, AnswerSentence, Citation
from assistant.errors import QuestionError
from assistant.page.conversation import (
    MOST_TURNS,
    Conversation,
    Turn,
    ask_again_with_facts,
    ask_next_question,
    turn_back,
)
from assistant.page.frame import announce_answer, show_conversation, show_foot
from assistant.page.html import show_turn
from assistant.page.markup import element, literal
from assistant.page.parts import Shown
from assistant.page.quotes import Piece, Split, split_at_quotes
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.facts import Reading
from corpus.load import Corpus

TODAY = "2026-11-23"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</blockquote></article><h1>boo</h1>",
    '" onmouseover="alert(1)',
    "&lt;b&gt; &amp; &#60;i&#62;",
    "![x](http://evil.example/x.png) [y](javascript:alert(1))",
    "**vet** _schuin_ `code` ~~weg~~ # kop > citaat | tabel | --- 1. een",
    "```js\nalert(1)\n```",
    "$$\\href{javascript:alert(1)}{x}$$ \\(x\\)",
    "${alert(1)} {{value}} {% raw %} @children",
    "'; DROP TABLE vragen; --",
    "regel een\n\n    code\n\n# kop",
)


class Reader(HTMLParser):
    """Reads HTML as a browser would: the tags with their attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def shown(corpus: Corpus) -> Shown:
    return Shown(
        corpus.sources,
        corpus.vocabulary,
        corpus.glossary,
        read_words(),
        Organisation(ciso="Ada <b>de Vries</b>"),
    )


def read(answer: Answer, shown: Shown) -> Reader:
    return Reader(show_turn(Turn(answer), shown))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_shown_as_it_is(text: str) -> None:
    reader = Reader(literal(text))
    assert (reader.tags, reader.text) == ([], " ".join(text.split()))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_left_for_markdown_or_a_template_to_interpret(text: str) -> None:
    shown = literal(text)
    assert {sign for sign in shown if sign.isascii() and not sign.isalnum()} <= set("&#; ")
    assert "\n" not in shown


def test_an_attribute_cannot_be_left() -> None:
    html = element("p", {"class": '"><script>alert(1)</script>'})
    assert Reader(html).tags == [("p", (("class", '"><script>alert(1)</script>'),))]


def test_signs_that_turn_or_hide_text_are_made_visible() -> None:
    text = "a\u202eb\u2066c\u200bd\ufeffe\x00f\x1bg\ud800h"
    assert Reader(literal(text)).text == "a[U+202E]b[U+2066]c[U+200B]d[U+FEFF]e[U+0000]f[U+001B]g[U+D800]h"


def test_arabic_hebrew_accents_and_emoji_are_left_alone() -> None:
    text = "هل يمكن السحابة? האם ënü e\u0301 ☁️ 🏛"
    assert Reader(literal(text)).text == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_anywhere_in_an_answer_changes_no_tag(corpus: Corpus, shown: Shown, text: str) -> None:
    plain, hostile = (_answer_full_of(corpus, words) for words in ("gewone woorden", text))
    assert _without_values(read(hostile, shown)) == _without_values(read(plain, shown))
    assert read(hostile, shown).text.count(" ".join(text.split())) >= 20


def _without_values(reader: Reader) -> list[object]:
    """Return the tags without what their buttons send: the link holds the question itself."""
    return [(tag, [pair for pair in pairs if pair[0] != "value"]) for tag, pairs in reader.tags]


def _answer_full_of(corpus: Corpus, text: str) -> Answer:
    """Put `text` in every field that comes from a document, a user or our own data."""
    answer = make_answer(corpus)
    line = replace(
        answer.checklist.lines[0],
        title=text,
        why=text,
        quote=text,
        rendition=text,
        evidence=text,
        notices=("C08",),
    )
    notice = replace(NOTICE, text=text, replaced_by=text, since=text, citation=text, confidence=text)
    citation = replace(
        make_citation(corpus),
        source="unknown",
        locator=text,
        text=text,
        quote="zonder plaats",
        rendition=text,
    )
    return replace(
        answer,
        question=text,
        facts=corpus.vocabulary.combine({"service_model": Reading(("saas",), "stated", text)}),
        sentences=(AnswerSentence(text, "label"), AnswerSentence(text, "position", (), "draft")),
        citations=(citation,),
        notices=(notice,),
        checklist=replace(answer.checklist, lines=(line,), notices=(notice,)),
        ask_next=tuple(replace(ask, question=text) for ask in answer.ask_next),
    )


def test_a_paragraph_is_shown_whole_with_its_quote_marked_for_eye_and_ear(
    corpus: Corpus, shown: Shown
) -> None:
    citation = make_citation(corpus)
    text = read(make_answer(corpus), shown).text
    rest = citation.text.removeprefix(citation.quote)
    assert f"[aangehaalde zin] {citation.quote} [einde aangehaalde zin]{rest}" in text
    assert len(rest) > 100


def test_a_quote_is_found_where_repairs_changed_hyphens_and_blanks() -> None:
    assert split_at_quotes(
        "Eerst dit. De cloudleverancier (bijv. een “SaaS”-leverancier) helpt. Dan dat.",
        ["De cloud- leverancier (bijv. een “SaaS”- leverancier) helpt."],
    ) == Split(
        (
            Piece("Eerst dit. ", is_quote=False),
            Piece("De cloudleverancier (bijv. een “SaaS”-leverancier) helpt.", is_quote=True),
            Piece(" Dan dat.", is_quote=False),
        ),
        (),
    )


def test_a_quote_that_the_repaired_text_does_not_hold_is_shown_by_itself(
    corpus: Corpus, shown: Shown
) -> None:
    citation = replace(make_citation(corpus), quote="Dit staat er anders.")
    text = read(replace(make_answer(corpus), citations=(citation,)), shown).text
    assert (
        "Zo staat het letterlijk in de bron:[aangehaalde zin] Dit staat er anders. [einde aangehaalde zin]"
        in text
    )
    assert "Het gemarkeerde deel" not in text


def test_two_quotes_of_one_paragraph_show_it_once(corpus: Corpus, shown: Shown) -> None:
    first = replace(make_citation(corpus), text="Een. Twee. Drie.", quote="Een.")
    answer = replace(make_answer(corpus), citations=(first, replace(first, n=2, quote="Drie.")))
    reader = read(answer, shown)
    assert [tag for tag, _ in reader.tags].count("figure") == 1
    assert (
        "[aangehaalde zin] Een. [einde aangehaalde zin] Twee. [aangehaalde zin] Drie. [einde aangehaalde zin]"
        in reader.text
    )
    assert f"[1][2] {first.locator}" in reader.text


def test_what_has_been_overtaken_is_said_before_each_quote(corpus: Corpus, shown: Shown) -> None:
    text = read(make_answer(corpus), shown).text
    quote = make_citation(corpus).quote
    places = [at for at in range(len(text)) if text.startswith((NOTICE.text, quote), at)]
    assert [text.startswith(NOTICE.text, at) for at in places[:4]] == [True, False, True, False]


def test_only_a_quote_of_a_source_is_called_checked(corpus: Corpus, shown: Shown) -> None:
    def remark(citation: Citation) -> list[bool]:
        text = read(replace(make_answer(corpus), citations=(citation,)), shown).text
        return ["woord voor woord gecontroleerd" in text, "geen citaat uit een bron" in text]

    citation = make_citation(corpus)
    assert remark(citation) == [True, False]
    assert remark(replace(citation, source_kind="note")) == [False, True]
    assert remark(replace(citation, source_kind="own")) == [True, False]


def test_an_english_reader_gets_a_rendition_marked_as_one(corpus: Corpus, shown: Shown) -> None:
    text = read(make_answer(corpus, "may we store health data?", "en"), shown).text
    assert "Translation by Wolkwijzer: Special categories are best kept out of the cloud." in text


def test_words_of_the_guidance_are_dutch_in_an_english_answer(corpus: Corpus, shown: Shown) -> None:
    reader = read(make_answer(corpus, "may we store health data?", "en"), shown)
    assert reader.tags[0] == ("article", (("lang", "en"), ("class", "answer")))
    assert {dict(attributes).get("lang") for tag, attributes in reader.tags if tag == "blockquote"} == {"nl"}


def test_every_item_of_the_checklist_is_shown_with_reason_role_quote_and_evidence(
    corpus: Corpus, shown: Shown
) -> None:
    answer = make_answer(corpus)
    text = read(answer, shown).text
    words = read_words()
    for line in answer.checklist.lines:
        role = words.say(f"role.{line.role}", "nl")
        between = "" if line.status == "applies" else " "
        who = f"Wie: {words.say(f'who.{line.who}', 'nl')}; rol: {role}"
        assert f"{line.id} {line.title}{between}{line.why}{who}" in text
        assert line.quote in text
        assert f"Bewijs: {line.evidence}" in text


def test_the_checklist_counts_each_status_and_names_what_is_absent(corpus: Corpus, shown: Shown) -> None:
    answer = make_answer(corpus)
    text = read(answer, shown).text
    status = [line.status for line in answer.checklist.lines]
    assert f"Geldt ({status.count('applies')})" in text
    assert f"Zoek uit ({status.count('check')})" in text
    assert status.count("applies") + status.count("check") == len(status) > 13
    assert "Geldt hier niet (" not in text
    assert all(absent.title in text for absent in answer.checklist.absent)


def test_what_does_not_apply_is_folded_and_the_rest_is_open(corpus: Corpus, shown: Shown) -> None:
    answer = make_answer(corpus)
    lines = tuple(
        replace(line, status=status)
        for line, status in zip(answer.checklist.lines, ("applies", "check", "not_applicable"), strict=False)
    )
    tags = read(replace(answer, checklist=replace(answer.checklist, lines=lines)), shown).tags
    groups = [dict(attributes) for tag, attributes in tags if tag == "details"]
    assert [group for group in groups if "group" in (group.get("class") or "")] == [
        {"class": "group group-applies", "open": ""},
        {"class": "group group-check", "open": ""},
        {"class": "group group-not_applicable"},
    ]


@pytest.mark.parametrize(
    ("question", "status"), [("Wat is SaaS?", "answered"), ("gezondheidsgegevens", "off_topic")]
)
def test_who_is_learning_or_off_topic_gets_the_checklist_behind_one_line(
    corpus: Corpus, shown: Shown, question: str, status: str
) -> None:
    html = show_turn(Turn(make_answer(corpus, question, status=status)), shown)
    tail = html[html.index('class="checklist"') :]
    assert Reader(tail.split("</summary>")[0]).text.startswith(
        'class="checklist">ChecklistDe checklist telt '
    )
    assert Reader(tail).tags[1:3] == [("details", ()), ("summary", ())]


def test_facts_are_shown_with_where_they_are_from(corpus: Corpus, shown: Shown) -> None:
    carried = {"service_model": Reading(("saas",), "carried", "SaaS")}
    text = read(make_answer(corpus, "en met gezondheidsgegevens?", carried=carried), shown).text
    assert "gezondheidsgegevens: ja (uit de vraag: ‘gezondheidsgegevens’)" in text
    assert "persoonsgegevens: ja (afgeleid uit: gezondheidsgegevens)" in text
    assert "programma (SaaS) (uit eerdere vragen)" in text


def test_the_foot_says_who_can_be_asked_and_who_is_not_known(shown: Shown) -> None:
    text = Reader(show_foot(shown, "nl")).text
    assert "functionaris gegevensbescherming (FG)nog niet ingevuld" in text
    assert "informatiebeveiliger (CISO)Ada <b>de Vries</b>" in text
    assert "juni 2016" in text
    assert "Dit is geen juridisch advies." in text
    assert "Bron: Informatiebeveiligingsdienst voor gemeenten (IBD)" in text


# ---- the conversation ----


def test_a_follow_up_keeps_what_was_said_with_its_words(corpus: Corpus) -> None:
    ask = FakeAsk(corpus)
    conversation = Conversation()
    for question in (
        "Mogen we gezondheidsgegevens in SaaS?",
        "en als de server in Duitsland staat?",
        "en nu?",
    ):
        conversation = ask_next_question(conversation, question, TODAY, ask)
    assert [dict(request.carried) for request in ask.asked] == [
        {},
        {
            "data.health": Reading(("yes",), "carried", "gezondheidsgegevens"),
            "service_model": Reading(("saas",), "carried", "SaaS"),
        },
        {
            "data.health": Reading(("yes",), "carried", "gezondheidsgegevens"),
            "service_model": Reading(("saas",), "carried", "SaaS"),
            "location": Reading(("eea",), "carried", "Duitsland"),
        },
    ]


def test_what_was_learned_in_passing_does_not_end_a_case(corpus: Corpus) -> None:
    ask = FakeAsk(corpus)
    conversation = ask_next_question(Conversation(), "gezondheidsgegevens in SaaS", TODAY, ask)
    conversation = ask_next_question(conversation, "wat is een DPIA?", TODAY, ask)
    assert conversation.turns[-1].answer.facts.values("about_case") == ("no",)
    assert sorted(conversation.facts) == ["data.health", "service_model"]


@pytest.mark.parametrize(
    "question",
    [
        "En een andere toepassing met openbare data?",
        "we hebben ook een nieuw systeem",
        "and for another application?",
        "what about a different HR system?",
    ],
)
def test_another_application_starts_without_the_earlier_facts(
    corpus: Corpus, shown: Shown, question: str
) -> None:
    ask = FakeAsk(corpus)
    before = ask_next_question(Conversation(), "gezondheidsgegevens in SaaS", TODAY, ask)
    after = ask_next_question(before, question, TODAY, ask)
    assert ask.asked[-1].carried == {}
    assert after.turns[-1].left_out == before.facts
    assert "niet gebruikt" in Reader(announce_answer(after, shown, "nl")).text


@pytest.mark.parametrize(
    "question",
    ["en een andere leverancier?", "staat het systeem in een ander land?", "is de toepassing nieuw?"],
)
def test_another_supplier_or_place_is_the_same_application(corpus: Corpus, question: str) -> None:
    ask = FakeAsk(corpus)
    before = ask_next_question(Conversation(), "gezondheidsgegevens in SaaS", TODAY, ask)
    ask_next_question(before, question, TODAY, ask)
    assert ask.asked[-1].carried == before.facts


def test_facts_that_were_left_out_can_be_used_after_all(corpus: Corpus) -> None:
    ask = FakeAsk(corpus)
    before = ask_next_question(Conversation(), "gezondheidsgegevens in SaaS", TODAY, ask)
    without = ask_next_question(before, "en een andere toepassing?", TODAY, ask)
    after = ask_again_with_facts(without, TODAY, ask)
    assert [turn.answer.question for turn in after.turns] == [
        "gezondheidsgegevens in SaaS",
        "en een andere toepassing?",
    ]
    assert (after.turns[-1].left_out, after.facts) == ({}, before.facts)


def test_a_long_conversation_says_that_it_drops_the_oldest_answers_and_keeps_the_facts(
    corpus: Corpus, shown: Shown
) -> None:
    first = make_answer(corpus)
    turns = tuple(Turn(replace(first, question=f"vraag {n}")) for n in range(MOST_TURNS))
    after = ask_next_question(Conversation(turns), "en nog een?", TODAY, FakeAsk(corpus))
    assert [turn.answer.question for turn in after.turns] == [
        *(f"vraag {n}" for n in range(1, MOST_TURNS)),
        "en nog een?",
    ]
    assert sorted(after.facts) == ["data.health", "service_model"]
    full, before = (
        Reader(show_conversation(conversation, shown, "nl")).text
        for conversation in (after, Conversation(turns[1:]))
    )
    said = f"De pagina bewaart de laatste {MOST_TURNS} vragen."
    assert (said in full, said in before) == (True, False)


def test_the_last_question_once_more_is_answered_in_its_place(corpus: Corpus) -> None:
    ask = FakeAsk(corpus)
    before = ask_next_question(Conversation(), "gezondheidsgegevens in SaaS", TODAY, ask)
    other = ask_next_question(before, "en een andere toepassing?", TODAY, ask)
    again = ask_next_question(other, " en een andere  toepassing?", TODAY, ask)
    assert again == other
    used = ask_again_with_facts(again, TODAY, ask)
    assert ask_again_with_facts(used, TODAY, ask) == used


def test_an_earlier_question_is_brought_back_with_its_facts_and_none_is_lost(
    corpus: Corpus, shown: Shown
) -> None:
    ask = FakeAsk(corpus)
    conversation = Conversation()
    for question in ("gezondheidsgegevens in SaaS", "en een andere toepassing?", "en in Duitsland?"):
        conversation = ask_next_question(conversation, question, TODAY, ask)
    back = turn_back(conversation, "0")
    assert [turn.answer.question for turn in back.turns] == [
        "en een andere toepassing?",
        "en in Duitsland?",
        "gezondheidsgegevens in SaaS",
    ]
    assert back.turns[-1] == conversation.turns[0]
    assert sorted(back.facts) == ["data.health", "service_model"]
    assert len(ask.asked) == 3


@pytest.mark.parametrize("place", ["3", "-1", "", "1.0", "²", "9" * 9, None, ["0"]])
def test_what_is_no_place_of_an_earlier_question_is_refused(corpus: Corpus, place: object) -> None:
    turns = tuple(Turn(replace(make_answer(corpus), question=f"vraag {n}")) for n in (1, 2, 3))
    with pytest.raises(QuestionError) as error:
        turn_back(Conversation(turns), place)
    assert error.value.reason == "no_choice"


def test_earlier_questions_stand_under_the_last_answer_and_their_answers_are_not_sent(
    corpus: Corpus, shown: Shown
) -> None:
    turns = tuple(Turn(replace(make_answer(corpus), question=f"vraag {n}")) for n in (1, 2, 3))
    html = show_conversation(Conversation(turns), shown, "nl")
    text = Reader(html).text
    assert text.startswith("vraag 3")
    assert text.index("Eerdere vragen: 2") < text.index("vraag 2") < text.index("vraag 1")
    assert html.count("<article") == 1
    assert re.findall(r'<button type="button" name="earlier" value="(.)"><bdi lang="nl">(.*?)<', html) == [
        ("1", "vraag 2"),
        ("0", "vraag 1"),
    ]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "empty"),
        (" \t\n\u00a0\u2003", "empty"),
        ("\x00\x01\x02\x7f\x80", "empty"),
        ("\u202e\u2066\u200b", "empty"),
        ("x" * 100_000, "too_long"),
        ("🙂🙃 !?", "no_words"),
        (b"\x89PNG\r\n", "no_words"),
        (None, "no_words"),
        (["een", "lijst"], "no_words"),
    ],
)
def test_what_is_no_question_is_refused_with_a_reason_before_anything_else(
    corpus: Corpus, question: object, reason: str
) -> None:
    ask = FakeAsk(corpus)
    with pytest.raises(QuestionError) as error:
        ask_next_question(Conversation(), question, TODAY, ask)
    assert (error.value.reason, ask.asked) == (reason, [])
    assert all(read_words().say(f"question.{reason}", language) for language in ("nl", "en"))


@pytest.mark.parametrize("question", ["هل يمكن تخزين البيانات في السحابة؟", "mag dit? ☁️", *HOSTILE])
def test_other_scripts_and_hostile_texts_are_questions_like_any_other(corpus: Corpus, question: str) -> None:
    ask = FakeAsk(corpus)
    conversation = ask_next_question(Conversation(), question, TODAY, ask)
    assert len(conversation.turns) == len(ask.asked) == 1
