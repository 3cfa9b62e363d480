"""The document in a real Chromium: a citation opens it at its sentence, people find words, and all can read it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_fixtures import FLAGSHIP, ask
from page_fakes import make_citation
from playwright.sync_api import BrowserContext, Page, expect

from assistant.page.reader import quote_address
from corpus.load import Corpus

GUIDANCE = "/document/ibd-cloud-2016"
NOTES = "/document/wolkwijzer-notes"


def quoted(corpus: Corpus, language: str = "nl") -> str:
    citation = make_citation(corpus)
    return quote_address(citation.source, citation.start, citation.end, citation.sha256, language)


def test_a_citation_opens_the_document_at_its_sentence_and_keeps_the_conversation(
    page: Page, browser: BrowserContext, corpus: Corpus
) -> None:
    ask(page, FLAGSHIP)
    link = page.get_by_role("article").get_by_role("link", name="Lees in het document [1]")
    expect(link).to_have_accessible_name("Lees in het document [1] (opent in een nieuw tabblad)")
    with browser.expect_page() as opened:
        link.click()
    document = opened.value
    expect(document).to_have_title("Cloud Computing - Wolkwijzer")
    mark = document.locator("mark")
    expect(mark).to_have_count(1)
    expect(mark).to_have_text(f"[aangehaalde zin] {make_citation(corpus).quote} [einde aangehaalde zin]")
    expect(mark).to_be_in_viewport(ratio=1)
    assert document.evaluate("window.opener") is None
    document.close()
    expect(page.get_by_role("article")).to_be_visible()


@pytest.mark.parametrize("size", [(320, 256), (320, 640), (1024, 768), (1600, 900)])
def test_the_quoted_sentence_is_in_sight_on_any_screen(
    page: Page, address: str, corpus: Corpus, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(address + quoted(corpus))
    expect(page.locator("mark")).to_be_in_viewport(ratio=0.5)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_the_search_does_not_cover_what_a_link_leads_to(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{address}{GUIDANCE}#heading-12")
    heading, search = page.locator("#heading-12"), page.get_by_role("search")
    expect(heading).to_be_in_viewport(ratio=1)
    top, bar = heading.bounding_box(), search.bounding_box()
    assert top is not None
    assert bar is not None
    assert top["y"] >= bar["y"] + bar["height"]


def test_a_link_of_another_text_says_that_nothing_is_marked(page: Page, address: str) -> None:
    page.goto(f"{address}{GUIDANCE}?from=24895&to=25024&of=000000000000#quote")
    expect(page.get_by_text("Daarom is niets gemarkeerd.")).to_be_in_viewport()
    expect(page.locator("mark")).to_have_count(0)


def test_the_other_language_keeps_the_quote(page: Page, address: str, corpus: Corpus) -> None:
    page.goto(address + quoted(corpus))
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("mark")).to_be_in_viewport()
    expect(page.locator("mark + *, .rendition").first).to_contain_text("Translation by Wolkwijzer")


def test_words_are_found_whatever_their_case_and_accents(page: Page, address: str) -> None:
    page.goto(address + GUIDANCE)
    field, status = page.get_by_label("Zoek in dit document"), page.get_by_role("status")
    field.fill("COORDINATIE en concrete")
    expect(status).to_have_text("1 van 1 gevonden")
    expect(page.locator(".here")).to_contain_text("integrale coördinatie en concrete ondersteuning")
    expect(page.locator(".here")).to_be_in_viewport()
    painted = page.evaluate("[...CSS.highlights.get('here')].map(String)")
    assert painted == ["coördinatie en concrete"]


def test_enter_and_the_buttons_go_from_hit_to_hit_and_escape_ends_it(page: Page, address: str) -> None:
    page.goto(address + GUIDANCE)
    field, status = page.get_by_label("Zoek in dit document"), page.get_by_role("status")
    field.fill("bewerkersovereenkomst")
    count = page.evaluate("CSS.highlights.get('found').size")
    assert count > 2
    expect(status).to_have_text(f"1 van {count} gevonden")
    field.press("Enter")
    expect(status).to_have_text(f"2 van {count} gevonden")
    page.get_by_role("button", name="Volgende").click()
    expect(status).to_have_text(f"3 van {count} gevonden")
    page.get_by_role("button", name="Vorige").click()
    field.press("Shift+Enter")
    expect(status).to_have_text(f"1 van {count} gevonden")
    page.get_by_role("button", name="Vorige").click()
    expect(status).to_have_text(f"{count} van {count} gevonden")
    expect(page.locator(".here")).to_be_in_viewport()
    field.press("Escape")
    expect(status).to_have_text("")
    expect(field).to_have_value("")
    expect(page.locator(".here")).to_have_count(0)
    assert page.evaluate("CSS.highlights.get('found').size") == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("olifant", "0 gevonden"),
        ("", ""),
        ("e", ""),
        ("   ", ""),
        ("[.*+?^${}()|", "0 gevonden"),
        ("<img src=x onerror=alert(1)>", "0 gevonden"),
        ("x" * 100_000, "0 gevonden"),
        # What we say around the text is not the document's: a label of ours, and words for a screen reader.
        ("aangehaalde zin", "0 gevonden"),
        ("alinea 1 (regels", "0 gevonden"),
    ],
    ids=["nowhere", "empty", "letter", "blanks", "signs", "markup", "long", "unseen", "locator"],
)
def test_what_is_not_found_is_said(page: Page, address: str, corpus: Corpus, typed: str, said: str) -> None:
    page.goto(address + quoted(corpus))
    page.get_by_label("Zoek in dit document").fill(typed)
    expect(page.get_by_role("status")).to_have_text(said)


def test_words_are_found_across_a_mark_and_in_our_english(page: Page, address: str, corpus: Corpus) -> None:
    page.goto(address + quoted(corpus, "en"))
    field, status = page.get_by_label("Search this document"), page.get_by_role("status")
    field.fill("vermeden in de Cloud. Deze mogen slechts")
    expect(status).to_have_text("1 of 1 found")
    field.fill("must be avoided in the cloud")
    expect(status).to_have_text("1 of 1 found")
    field.fill("Translation by Wolkwijzer")
    expect(status).to_have_text("0 found")


def test_nothing_that_is_sought_leaves_the_page_or_is_kept(
    page: Page, browser: BrowserContext, address: str
) -> None:
    page.goto(address + GUIDANCE)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    field = page.get_by_label("Zoek in dit document")
    field.fill("geheim-123")
    field.press("Enter")
    expect(page.get_by_role("status")).to_have_text("0 gevonden")
    assert sent == []
    assert page.url == address + GUIDANCE
    kept = page.evaluate("async () => [{...localStorage}, {...sessionStorage}, await indexedDB.databases()]")
    assert kept == [{}, {}, []]
    assert browser.cookies() == []
    page.reload()
    expect(field).to_have_value("")


def test_without_scripts_the_document_is_whole_and_the_search_is_not_offered(
    page: Page, address: str, corpus: Corpus
) -> None:
    page.route("**/reader.js", lambda route: route.fulfill(body=""))
    page.goto(address + quoted(corpus))
    expect(page.locator("#search")).to_be_hidden()
    expect(page.locator("mark")).to_be_in_viewport()
    page.get_by_role("navigation", name="Inhoud").get_by_role("link", name="Cloud en de IBD").click()
    expect(page.get_by_role("heading", name="Cloud en de IBD")).to_be_in_viewport()


def test_the_keyboard_reaches_the_text_first_and_sees_where_it_is(page: Page, address: str) -> None:
    page.goto(address + GUIDANCE)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Naar de tekst")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("width", [320, 1024])
def test_what_can_be_pressed_is_large_enough(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address + GUIDANCE)
    small = page.evaluate(
        "() => [...document.querySelectorAll('a, button, summary, input')].filter(e => e.checkVisibility()"
        " && !e.matches('.skip, p a')).filter(e => Math.min(e.getBoundingClientRect().height,"
        " e.getBoundingClientRect().width) < 24).map(e => e.outerHTML.slice(0, 80))"
    )
    assert small == []


def test_on_paper_stand_the_text_and_every_notice_and_nothing_to_press(page: Page, address: str) -> None:
    page.goto(address + GUIDANCE)
    page.emulate_media(media="print")
    folded = page.locator(".folded-notices .notice")
    assert folded.count() > 20
    assert folded.evaluate_all("notices => notices.every(e => e.checkVisibility())")
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("search")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", [f"{GUIDANCE}?lang=nl", f"{GUIDANCE}?lang=en", f"{NOTES}?lang=nl", f"{NOTES}?lang=en"]
)
def test_axe_finds_nothing_wrong(page: Page, address: str, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(address + path)
    page.get_by_role("searchbox").fill("cloud")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["impact"], fault["nodes"][0]["html"]) for fault in found] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_a_marked_sentence(
    page: Page, address: str, corpus: Corpus, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(address + quoted(corpus))
    expect(page.locator("mark")).to_be_visible()
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
