"""Every word on the page is in the language that it says, whatever the browser speaks: ours, and none of Gradio's."""

import re
import threading
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from browser_fixtures import serving
from page_fakes import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from tests_support import CORPUS, FakeSearch, hit

from assistant.answer import Answer, Request
from assistant.compose import answer_question
from assistant.draft import Kit
from assistant.page.markup import literal
from assistant.rules import read_rules
from assistant.server import make_app
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.paragraph import Language
from corpus.toml import LANGUAGES

WORDS = read_words()
QUESTION: Mapping[Language, str] = {
    "nl": "Mogen we gezondheidsgegevens in deze SaaS opslaan?",
    "en": "May we store health data with this SaaS?",
}
OTHER: Mapping[Language, str] = {
    "nl": "en een andere toepassing in Duitsland?",
    "en": "and another application in Germany?",
}
TOO_OFTEN: Mapping[Language, str] = {"nl": "Te vaak.", "en": "Too often."}
GO_ON = threading.Event()
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} is not there; 'make chromium' installs it on Debian"
)

# Every text that can be seen or read out, with the language that its nearest `lang` gives it. Runs of text in one
# block and one language belong together; quotes and questions are other people's words.
COLLECT = """() => {
  const texts = new Map(), add = (element, text, key) => {
    if (!element.checkVisibility() || element.closest('blockquote, bdi, script, style')) return;
    const lang = element.closest('[lang]').lang;
    const run = texts.get(key) ?? texts.set(key, new Map()).get(key);
    run.set(lang, (run.get(lang) ?? '') + text);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    let block = walker.currentNode.parentElement;
    const element = block;
    while (getComputedStyle(block).display.startsWith('inline') && block !== document.body) block = block.parentElement;
    add(element, walker.currentNode.data, block);
  }
  for (const element of document.querySelectorAll('body *'))
    for (const name of ['aria-label', 'aria-description', 'aria-roledescription', 'title', 'placeholder', 'alt'])
      if (element.getAttribute(name)) add(element, element.getAttribute(name), {});
  return [...texts.values()].flatMap(run => [...run]).filter(([, text]) => text.trim());
}"""


def sayings(language: Language) -> Iterator[str]:
    """Yield all that we say in a language: the catalogue and our data, {places} and [numbers] still in them."""
    for texts in WORDS.texts.values():
        yield texts[language]
    for fact in CORPUS.vocabulary.facts.values():
        yield from (fact.label[language], fact.question[language], *(s[language] for s in fact.says.values()))
    for policy_list in CORPUS.policy:
        yield policy_list.title[language]
        for item in policy_list.items:
            yield from (item.title[language], item.evidence[language], item.check_reason.get(language, ""))
            yield CORPUS.by_id[item.paragraph].text if language == "nl" else CORPUS.render_item(item)
    yield from ("Wolkwijzer", "Nederlands", "English")  # names, each in its own language
    yield from said_of_sources(language)


def said_of_sources(language: Language) -> Iterator[str]:
    """Yield what we say beside a source, and how it is named."""
    for notice in CORPUS.notices:
        authority = notice.authority
        yield from (
            notice.text[language],
            notice.replaced_by[language],
            authority.citation,
            authority.address,
        )
    for paragraph in CORPUS.paragraphs:
        yield CORPUS.locate(paragraph, language)
        yield from (s.text if language == "nl" else s.rendition for s in paragraph.sentences)
    for note in CORPUS.notes.values():
        yield note.authority.citation
    for position in CORPUS.positions.all:
        yield from (*position.sentences[language], *position.steps[language])
    for term in CORPUS.glossary.terms.values():
        yield from (term.wordings[language][0], term.meaning[language], *term.old)
    for source in CORPUS.sources.values():
        yield from (source.title, source.publisher, source.version or "", source.notice or "")


@cache
def known(language: Language) -> re.Pattern[str]:
    """Return what finds everything we say; the longest first, so that no part of it is left over."""
    parts = (part for text in sayings(language) for part in re.split(r"\{\w+\}|\[\d+\]", text))
    found = {" ".join(part.split()).strip(" .,:;?()[]‘’“”") for part in parts}
    longest_first = sorted((text for text in found if text), key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in longest_first))


def strange(page: Page) -> list[tuple[str, str, str]]:
    """Return each text that holds words which we do not say in its language, with those words."""
    found = []
    for language, text in page.evaluate(COLLECT):
        plain = " ".join(text.split())
        rest = known(language).sub(" ", plain)
        # What somebody typed, names of items and notices, numbers and dates.
        rest = re.sub(r"‘[^’]*’|\b[A-Z]\d+\b|\b\d[\d.-]*\b", " ", rest)
        if re.search(r"\w", rest):
            found.append((language, plain, " ".join(rest.split())))
    return found


def say(key: str, language: Language) -> str:
    return WORDS.say(key, language)


def ask(page: Page, question: str, language: Language) -> None:
    page.get_by_label(say("page.question", language)).fill(question)
    page.get_by_role("button", name=say("page.send", language)).click()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the page is served, with answers composed as they really are around two paragraphs."""
    kit = Kit(CORPUS, WORDS, read_rules(), FakeSearch((hit(806), hit(927))), "test")

    def answer(request: Request) -> Answer:
        assert "wacht" not in request.question or GO_ON.wait(30)
        return answer_question(request, kit)

    app = make_app(answer, CORPUS, WORDS, Organisation(), lambda: "2026-11-23")
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    """The language that somebody chose on the page."""
    return request.param


@pytest.fixture
def page(browser: Browser, address: str, language: Language) -> Iterator[Page]:
    """An open page in a browser that speaks the other language; Gradio follows it, the page must not."""
    page = browser.new_page(locale={"nl": "en-US", "en": "nl-NL"}[language])
    page.set_default_timeout(10_000)
    page.goto(address)
    page.get_by_label({"nl": "Nederlands", "en": "English"}[language]).check()
    expect(page.get_by_role("button", name=say("page.send", language))).to_be_visible()
    yield page
    page.close()


def test_the_first_screen_and_a_complaint_are_in_one_language(page: Page, language: Language) -> None:
    assert strange(page) == []
    ask(page, "", language)
    expect(page.get_by_role("alert").filter(has_text=say("question.empty", language))).to_be_visible()
    assert strange(page) == []
    assert page.title() == "Wolkwijzer"


def test_who_waits_reads_one_language(page: Page, language: Language) -> None:
    GO_ON.clear()
    ask(page, f"wacht: {QUESTION[language]}", language)
    expect(page.locator("#announcement")).to_contain_text(say("page.waiting", language))
    assert strange(page) == []
    GO_ON.set()
    expect(page.get_by_role("article")).to_be_visible()


@pytest.mark.parametrize("asked", LANGUAGES)
def test_an_answer_is_in_the_language_of_its_question(
    page: Page, language: Language, asked: Language
) -> None:
    ask(page, QUESTION[asked], language)
    expect(page.get_by_role("article")).to_have_attribute("lang", asked)
    ask(page, OTHER[asked], language)
    expect(page.get_by_text(say("page.other_application", language))).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    assert strange(page) == []
    page.get_by_role("button", name=say("page.new_case", language)).click()
    expect(page.get_by_text(say("page.forgotten", language))).to_be_visible()
    assert strange(page) == []


@pytest.mark.parametrize(
    ("status", "sent", "said"),
    [
        (500, {"detail": "Session not found."}, {one: say("trouble.fault", one) for one in LANGUAGES}),
        (429, {"detail": "Te vaak. / Too often.", **TOO_OFTEN}, TOO_OFTEN),
    ],
    ids=["of Gradio", "of ours"],
)
def test_a_refusal_is_told_in_the_language_of_the_page(
    page: Page, language: Language, status: int, sent: Mapping[str, str], said: Mapping[Language, str]
) -> None:
    page.route("**/queue/join*", lambda route: route.fulfill(status=status, json=dict(sent)))
    ask(page, QUESTION[language], language)
    expect(page.locator("#trouble")).to_have_text(said[language])
    expect(page.locator("#trouble")).to_have_attribute("lang", language)
    page.unroute("**/queue/join*")
    ask(page, QUESTION[language], language)
    expect(page.get_by_role("article")).to_be_visible()
    expect(page.locator("#trouble")).to_be_hidden()
    assert strange(page) == []


def test_a_language_that_a_busy_server_does_not_take_is_put_back_and_can_be_chosen_again(
    page: Page, language: Language
) -> None:
    other: Language = "en" if language == "nl" else "nl"
    names = {"nl": "Nederlands", "en": "English"}
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, headers={"retry-after": "5"}))
    page.get_by_label(names[other]).check(force=True)
    expect(page.locator("#trouble")).to_have_text(WORDS.say("trouble.busy", language, {"seconds": 5}))
    expect(page.get_by_label(names[language])).to_be_checked()
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert strange(page) == []
    page.unroute("**/queue/join*")
    page.get_by_label(names[other]).check()
    expect(page.get_by_role("button", name=say("page.send", other))).to_be_visible()
    expect(page.locator("#trouble")).to_be_hidden()
    assert strange(page) == []


def test_who_changes_their_mind_while_the_page_turns_gets_the_last_language(
    page: Page, language: Language
) -> None:
    other = "en" if language == "nl" else "nl"
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/queue/join*", hold)
    with page.expect_request("**/queue/join*"):
        page.locator(f"#language input[value={other}]").click()
    page.locator(f"#language input[value={language}]").click()
    page.unroute("**/queue/join*")  # what was held goes on
    expect(page.locator(f"#heading [lang={other}]")).to_have_count(0)
    expect(page.get_by_role("button", name=say("page.send", language))).to_be_visible()
    ask(page, QUESTION[language], language)
    expect(page.get_by_role("article")).to_be_visible()
    assert strange(page) == []


def test_a_lost_connection_is_told_in_the_language_of_the_page(page: Page, language: Language) -> None:
    page.context.set_offline(True)
    ask(page, QUESTION[language], language)
    expect(page.locator("#trouble")).to_have_text(say("trouble.lost", language))
    assert strange(page) == []


@pytest.mark.parametrize("locale", ["nl-NL", "en-US"])
def test_while_the_page_is_made_it_says_so_in_dutch(browser: Browser, address: str, locale: str) -> None:
    page = browser.new_page(locale=locale)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/assets/Blocks-*.js", hold)
    page.goto(address, wait_until="commit")
    expect(page.get_by_test_id("status-tracker")).to_have_count(1)
    assert page.evaluate("document.body.innerText.trim()") == say("page.starting", "nl")
    assert strange(page) == []
    assert page.title() == "Wolkwijzer"
    held[0].continue_()
    expect(page.locator("#heading")).to_be_visible()
    expect(page.locator("#starting")).to_be_hidden()


def test_without_scripts_the_page_says_in_both_languages_what_to_do(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(address)
    for one in LANGUAGES:
        expect(page.locator(f"noscript p[lang={one}]")).to_have_text(say("page.no_scripts", one))
    expect(page.locator("#starting")).to_be_hidden()


def test_the_page_holds_nothing_that_gradio_says_of_itself(browser: Browser, address: str) -> None:
    html = browser.new_page().goto(address).text()
    assert re.findall(r"<meta[^>]*(?:Gradio|gradio\.app)[^>]*>", html) == []
    assert literal(say("page.starting", "nl")) in html
