"""An answer to keep, the warning about personal data, and what is always in sight, in a real Chromium."""

import tomllib
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from browser_fixtures import FLAGSHIP, ask, pasted
from page_fakes import FakeAsk, make_answer
from playwright.sync_api import BrowserContext, Page, expect

from assistant.note import to_markdown
from assistant.page.chat import _Handlers
from assistant.page.conversation import Conversation
from assistant.page.parts import Shown
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.load import Corpus
from wolkwijzer import main

BSN = "111222333"  # passes the check and belongs to nobody
WITH_BSN = f"Mag BSN {BSN} in deze SaaS?"
FILE = "wolkwijzer-2026-11-23.md"


def note_of(corpus: Corpus, question: str) -> str:
    answer = make_answer(corpus, question)
    return to_markdown(answer, corpus.sources, corpus.vocabulary, read_words(), Organisation())


def save(page: Page, name: str = "Bewaar als Markdown") -> tuple[str, str]:
    """Press the button by keyboard; return the name and text of the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name).press("Enter")
    return download.value.suggested_filename, Path(download.value.path()).read_text(encoding="utf-8")


# ---- an answer to keep ----


def test_an_answer_is_saved_by_keyboard_and_its_quotes_are_verbatim(
    page: Page, corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expect(page.get_by_role("button", name="Bewaar als Markdown")).to_be_hidden()
    ask(page, FLAGSHIP)
    name, text = save(page)
    assert (name, text) == (FILE, note_of(corpus, FLAGSHIP))
    expect(page.locator("#kept-said").get_by_role("status")).to_have_text(
        f"Het antwoord met de bronnen is bewaard als {FILE}."
    )
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    assert main(["verify", str(file)]) == 0
    assert "are verbatim" in capsys.readouterr().out


def test_the_answer_on_screen_is_kept_again_and_after_another_question_or_language(
    page: Page, corpus: Corpus
) -> None:
    ask(page, FLAGSHIP)
    assert save(page) == save(page) == (FILE, note_of(corpus, FLAGSHIP))
    page.get_by_role("button", name="Begin een nieuwe casus").click()
    expect(page.get_by_role("button", name="Bewaar als Markdown")).to_be_hidden()
    ask(page, "en zonder SaaS?")
    expect(page.get_by_role("article")).to_be_visible()
    expect(page.locator("#kept-said").get_by_role("status")).to_be_empty()
    page.get_by_role("radio", name="English").check()
    assert save(page, "Save as Markdown")[1] == note_of(corpus, "en zonder SaaS?")
    said = page.locator("#kept-said").get_by_role("status")
    expect(said).to_have_text(f"The answer with its sources has been saved as {FILE}.")
    expect(said).to_have_attribute("lang", "en")


def test_an_answer_is_copied_and_nothing_of_it_stays_behind_the_screen(page: Page, corpus: Corpus) -> None:
    page.context.grant_permissions(["clipboard-write"])
    ask(page, FLAGSHIP)
    for _ in range(2):
        page.evaluate("navigator.clipboard.writeText('')")
        page.get_by_role("button", name="Kopieer", exact=True).click()
        expect(page.locator("#kept-said").get_by_role("status")).to_have_text(
            "Het antwoord met de bronnen is gekopieerd."
        )
        assert pasted(page) == note_of(corpus, FLAGSHIP)
        expect(page.locator("#kept .note")).to_be_empty()
        page.get_by_label("Uw vraag").fill("iets anders")
        expect(page.locator("#kept-said").get_by_role("status")).to_be_empty()


@pytest.mark.parametrize(
    "broken",
    [
        "void (navigator.clipboard.write = () => Promise.reject(new DOMException('no', 'NotAllowedError')))",
        "Object.defineProperty(navigator, 'clipboard', {value: undefined})",
    ],
    ids=["refused", "absent"],
)
def test_a_clipboard_that_is_refused_says_what_to_do(page: Page, broken: str) -> None:
    page.evaluate(broken)
    ask(page, FLAGSHIP)
    page.get_by_role("button", name="Kopieer", exact=True).click()
    expect(page.locator("#kept-said").get_by_role("status")).to_have_text(
        "Kopiëren mag niet van deze browser. Kies: Bewaar als Markdown."
    )


# ---- personal data in a question ----


@pytest.mark.parametrize("how", ["Enter", "button"])
def test_a_question_with_a_bsn_is_held_back_until_it_is_confirmed(page: Page, how: str) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    field = page.get_by_label("Uw vraag")
    field.fill(WITH_BSN)
    if how == "Enter":
        field.press("Enter")
    else:
        page.get_by_role("button", name="Stel de vraag").click()
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text("Uw vraag lijkt persoonsgegevens te bevatten:")
    expect(warning.get_by_role("listitem")).to_have_text(["een burgerservicenummer (BSN)"])
    expect(field).to_have_accessible_description(
        "Uw vraag lijkt persoonsgegevens te bevatten: een burgerservicenummer (BSN) "
        "De vraag is nog niet gesteld. Haal ze eruit; voor het antwoord zijn ze niet nodig. "
        f"{read_words().say('page.hint', 'nl')}"
    )
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value(WITH_BSN)
    # A request that did go out comes back later than this one.
    page.get_by_role("radio", name="English").check()
    expect(page.get_by_role("button", name="Ask the question")).to_be_visible()
    assert [data for data in sent if BSN in data] == []
    page.get_by_label("Your question").press("Enter")
    page.get_by_role("button", name="Send anyway").press("Enter")
    expect(page.get_by_role("article").get_by_role("heading", level=2)).to_have_text(WITH_BSN)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_question_can_be_changed_after_the_warning(page: Page) -> None:
    ask(page, WITH_BSN)
    page.get_by_role("button", name="Vraag wijzigen").press("Enter")
    field = page.get_by_label("Uw vraag")
    expect(field).to_be_focused()
    field.fill("Mag een BSN in deze SaaS?")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(field).not_to_have_attribute("aria-invalid", "true")
    field.press("Enter")
    expect(page.get_by_role("article").get_by_role("heading", level=2)).to_have_text(
        "Mag een BSN in deze SaaS?"
    )


@pytest.fixture
def unscripted(browser: BrowserContext, address: str) -> Iterator[Page]:
    """The page in a browser that did not get the script which warns."""
    page = browser.new_page()
    page.route("**/personal.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(address)
    yield page
    page.close()


def test_the_server_warns_where_the_browser_did_not(unscripted: Page) -> None:
    for time in range(1, 3):
        ask(unscripted, WITH_BSN)
        # Gradio loses what is pressed in the moment in which it ends what was asked before.
        unscripted.wait_for_function(
            "time => performance.getEntriesByType('resource').filter(e => e.name.includes('queue/data')).length >= time",
            arg=time,
        )
        expect(unscripted.get_by_role("alert").get_by_role("listitem")).to_have_text(
            ["een burgerservicenummer (BSN)"]
        )
    expect(unscripted.get_by_role("article")).to_have_count(0)
    expect(unscripted.get_by_label("Uw vraag")).to_have_value(WITH_BSN)
    unscripted.get_by_role("button", name="Toch versturen").click()
    expect(unscripted.get_by_role("article").get_by_role("heading", level=2)).to_have_text(WITH_BSN)
    expect(unscripted.get_by_role("alert")).to_have_count(0)


def test_a_sender_that_did_not_confirm_gets_no_answer(corpus: Corpus) -> None:
    fake = FakeAsk(corpus)
    shown = Shown(corpus.sources, corpus.vocabulary, corpus.glossary, read_words(), Organisation())
    handlers = _Handlers(fake, shown, lambda: "2026-11-23")
    *_, warned = handlers.ask(WITH_BSN, Conversation(), "nl")
    assert (fake.asked, 'class="has-bsn"' in unescape(str(warned[-1]))) == ([], True)
    *_, answered = handlers.ask_anyway(WITH_BSN, Conversation(), "nl")
    assert ([request.question for request in fake.asked], "has-" in unescape(str(answered[-1]))) == (
        [WITH_BSN],
        False,
    )


def test_the_browser_finds_what_the_server_finds(page: Page) -> None:
    cases = tomllib.loads((Path(__file__).parent / "data" / "personal.toml").read_text(encoding="utf-8"))
    found = page.evaluate(
        "async (texts) => { const { findPersonal } = await import('/personal.js'); return texts.map(findPersonal) }",
        [case["text"] for case in cases["text"]],
    )
    wrong = [
        (case["text"], sorts)
        for case, sorts in zip(cases["text"], found, strict=True)
        if sorts != case["sorts"]
    ]
    assert wrong == []
    assert len(found) > 50


# ---- always in sight ----


@pytest.mark.parametrize("width", [320, 1024])
def test_what_it_is_and_whom_to_ask_stay_in_sight_and_cover_no_focus(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    ask(page, FLAGSHIP)
    expect(page.get_by_role("article")).to_be_visible()
    page.locator("footer summary").last.focus()
    standing = page.locator("#standing")
    covered = []
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        covered += page.evaluate(
            """() => {
              const bar = document.getElementById('standing'), focus = document.activeElement;
              if (bar.contains(focus)) return [];
              const place = focus.getBoundingClientRect();
              return place.top < bar.getBoundingClientRect().bottom - 1 ? [focus.outerHTML.slice(0, 90)] : [];
            }"""
        )
    assert covered == []
    expect(standing).to_be_in_viewport(ratio=1)
    expect(standing).to_contain_text("Handreiking van juni 2016. Geen juridisch advies.")
    standing.get_by_role("link", name="Wie kunt u vragen?").press("Enter")
    expect(page.get_by_role("heading", name="Wie kunt u vragen?")).to_be_in_viewport()
    expect(standing).to_be_in_viewport(ratio=1)


def test_at_400_percent_the_line_scrolls_away_with_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    expect(page.locator("#standing")).to_have_css("position", "static")
