"""The page in a real Chromium: what staff see, and what the browser must not do."""

import re

import pytest
from browser_fixtures import FLAGSHIP, GO_ON, HOSTILE, ask
from page_fakes import NOTICE, make_answer, make_citation
from playwright.sync_api import BrowserContext, Page, expect

from corpus.load import Corpus


def test_a_question_gets_a_marked_quote_and_the_checklist(page: Page, corpus: Corpus) -> None:
    answer = make_answer(corpus, FLAGSHIP)
    page.get_by_label("Uw vraag").fill(FLAGSHIP)
    page.get_by_role("button", name="Stel de vraag").click()
    article = page.get_by_role("article")
    expect(article.get_by_role("heading", name=FLAGSHIP)).to_be_visible()
    expect(article.get_by_text("Hangt ervan af", exact=True)).to_be_visible()
    expect(article.locator("figure mark")).to_contain_text(answer.citations[0].quote)
    expect(article.get_by_text(answer.citations[0].locator)).to_be_visible()
    for line in answer.checklist.lines:
        expect(article.get_by_text(f"{line.id} {line.title}", exact=True)).to_be_visible()
    expect(page.get_by_label("Uw vraag")).to_have_value("")


def test_who_waits_is_told_so(page: Page) -> None:
    ask(page, "wacht: mag dit in SaaS?")
    expect(page.locator("#announcement")).to_contain_text("Bezig met zoeken")
    GO_ON.set()
    expect(page.locator("#announcement")).to_contain_text("Antwoord klaar: Hangt ervan af. Citaten: 1.")


def test_an_item_opens_on_its_quote_and_evidence(page: Page, corpus: Corpus) -> None:
    line = make_answer(corpus, FLAGSHIP).checklist.lines[0]
    ask(page, FLAGSHIP)
    evidence = page.get_by_text(f"Bewijs: {line.evidence}", exact=True).first
    expect(evidence).to_be_hidden()
    page.get_by_role("article").locator(".group .item").first.click()
    expect(evidence).to_be_visible()


def test_a_follow_up_keeps_the_facts_and_a_new_case_forgets_them(page: Page) -> None:
    ask(page, FLAGSHIP)
    facts = page.locator(".facts").first
    expect(facts).to_contain_text("(uit de vraag: ‘gezondheidsgegevens’)")
    ask(page, "en als de server in Duitsland staat?")
    expect(facts).to_contain_text("gezondheidsgegevens: ja (uit eerdere vragen)")
    expect(facts).to_contain_text("(uit de vraag: ‘Duitsland’)")
    expect(page.get_by_text("Eerdere vragen: 1")).to_be_visible()
    page.get_by_role("button", name="Begin een nieuwe casus").click()
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.locator("#announcement")).to_contain_text("zijn vergeten")
    ask(page, "en als de server in Duitsland staat?")
    expect(facts).to_contain_text("(uit de vraag: ‘Duitsland’)")
    expect(facts).not_to_contain_text("gezondheidsgegevens")


def test_facts_that_another_application_left_out_can_be_used_after_all(page: Page) -> None:
    ask(page, FLAGSHIP)
    expect(page.get_by_role("article")).to_be_visible()
    ask(page, "en een andere toepassing in Duitsland?")
    expect(page.get_by_text("De feiten uit eerdere vragen zijn daarom niet gebruikt.")).to_be_visible()
    page.get_by_role("button", name="Gebruik de eerdere feiten toch").click()
    expect(page.locator(".facts").first).to_contain_text("gezondheidsgegevens: ja (uit eerdere vragen)")
    expect(page.get_by_role("button", name="Gebruik de eerdere feiten toch")).to_be_hidden()


def test_text_of_users_and_documents_is_shown_literally_and_does_nothing(page: Page, corpus: Corpus) -> None:
    ask(page, HOSTILE)
    article = page.get_by_role("article")
    shown = " ".join(HOSTILE.split())
    expect(article.get_by_role("heading", level=2)).to_have_text(shown)
    expect(article.locator("figcaption strong")).to_have_text(f"[1] {shown}")
    expect(article.locator("figure blockquote")).to_contain_text(make_citation(corpus).quote)
    expect(article.locator("figure .rendition")).to_contain_text(shown)
    expect(article.locator("img, script, style, form, input, code, iframe")).to_have_count(0)
    # Links to the page's own glossary are ours; the words that are linked stay literal.
    expect(article.locator("a:not(.term[href^='#term-'])")).to_have_count(0)
    expect(page).to_have_title("Wolkwijzer")


@pytest.mark.parametrize(
    ("question", "dutch", "english"),
    [
        ("", "Typ een vraag", "Type a question"),
        ("  \t ", "Typ een vraag", "Type a question"),
        ("\x01\x02\x03", "Typ een vraag", "Type a question"),
        ("x" * 100_000, "De vraag is te lang", "The question is too long"),
        ("🙂🙃", "Er staan geen woorden in de vraag", "There are no words in the question"),
    ],
    ids=["empty", "blank", "binary", "long", "emoji"],
)
def test_what_is_no_question_gets_a_sentence_in_the_language_of_the_page(
    page: Page, question: str, dutch: str, english: str
) -> None:
    page.get_by_label("Uw vraag").fill(question)
    page.get_by_role("button", name="Stel de vraag").click()
    expect(page.get_by_role("alert")).to_contain_text(dutch)
    expect(page.get_by_label("Uw vraag")).to_have_value(question)
    page.get_by_label("English").check()
    page.get_by_role("button", name="Ask the question").click()
    expect(page.get_by_role("alert")).to_contain_text(english)


def test_another_language_keeps_the_conversation_and_is_said_to_the_screen_reader(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    ask(page, FLAGSHIP)
    expect(page.get_by_role("article")).to_be_visible()
    page.get_by_role("radio", name="English").check()
    expect(page.get_by_role("button", name="Ask the question")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    ask(page, "and what if the server is in Germany?", "Your question")
    expect(page.get_by_text("Earlier questions: 1")).to_be_visible()
    expect(page.locator(".facts").first).to_contain_text("health data: yes (from earlier questions)")


def test_the_browser_keeps_nothing_of_a_question(page: Page, browser: BrowserContext) -> None:
    ask(page, FLAGSHIP)
    expect(page.get_by_role("article")).to_be_visible()
    kept = page.evaluate("async () => [{...localStorage}, {...sessionStorage}, await indexedDB.databases()]")
    assert kept == [{}, {}, []]
    assert browser.cookies() == []


@pytest.mark.parametrize("width", [320, 1024, 1600])
def test_the_page_fits_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    ask(page, FLAGSHIP)
    expect(page.get_by_role("article")).to_be_visible()
    too_wide = page.evaluate(
        "() => [...document.querySelectorAll('main *')].filter(e => e.checkVisibility()"
        " && !e.closest('.unseen') && e.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.outerHTML.slice(0, 80))"
    )
    assert too_wide == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_term_leads_to_its_meaning_in_the_glossary(page: Page) -> None:
    ask(page, FLAGSHIP)
    term = page.get_by_role("article").locator("a.term").first
    term.click()
    anchor = term.get_attribute("href")
    assert anchor is not None
    meaning = page.locator(f"dt{anchor} + dd")
    expect(meaning).to_be_visible()
    expect(page.locator(f"dt{anchor}")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(f"{anchor}$"))


def test_a_notice_stands_before_its_quote_with_its_authority_folded(page: Page) -> None:
    ask(page, FLAGSHIP)
    notice = page.get_by_role("article").locator(".said .notice").first
    expect(notice).to_contain_text(NOTICE.text)
    authority = notice.get_by_text(NOTICE.citation)
    expect(authority).to_be_hidden()
    notice.locator("summary").click()
    expect(authority).to_be_visible()
    box, quote = (
        notice.bounding_box(),
        page.get_by_role("article").locator(".said blockquote").first.bounding_box(),
    )
    assert box is not None
    assert quote is not None
    assert box["y"] + box["height"] <= quote["y"] + 1
