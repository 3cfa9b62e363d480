"""The page for everybody: axe, keyboard, focus, zoom, spacing, colours of the system, paper. docs/accessibility.md lists what."""

import re
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from browser_fixtures import FLAGSHIP, GO_ON, ask
from playwright.sync_api import Locator, Page, expect

from assistant.answer import Status
from assistant.words import read_words

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
LABELS = {"nl": "Uw vraag", "en": "Your question"}
QUESTIONS = {"nl": "Mag dit in SaaS?", "en": "may the data go into SaaS?"}
# Gradio puts all into one <main>; page.js takes that role from it, which HTML does not foresee.
LISTED = "aria-allowed-role (minor): <main class"
THEMES = ("light", "dark")
# Contrast as WCAG 2.2 computes it; what stands behind an element is its own or the nearest filled background.
CONTRAST = """
const parse = (color) => color.match(/[\\d.]+/g).map(Number);
const light = (color) => {
  const [r, g, b] = parse(color).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const behind = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const color = getComputedStyle(e).backgroundColor;
    if (parse(color)[3] !== 0) return color;
  }
  return "rgb(255, 255, 255)";
};
"""


def show(page: Page, theme: str, language: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    if language == "en":
        page.get_by_role("radio", name="English").check()
    expect(page.get_by_label(LABELS[language])).to_be_visible()


def ask_and_wait(page: Page, question: str, language: str = "nl") -> None:
    ask(page, question, LABELS[language])
    expect(page.locator("#answers > * .asked").first).to_have_text(question)


def unfold(page: Page) -> None:
    """Open all, and lay out what is out of sight."""
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    page.add_style_tag(content="* { content-visibility: visible !important; }")


def axe(page: Page) -> list[str]:
    """Return what axe finds, of any weight but for what the statement lists: rule, weight and the first place."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    faults = [f"{fault['id']} ({fault['impact']}): {fault['nodes'][0]['html'][:150]}" for fault in found]
    return [fault for fault in faults if not fault.startswith(LISTED)]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_at_the_start_in_a_complaint_a_warning_or_an_answer(
    page: Page, theme: str, language: str
) -> None:
    show(page, theme, language)
    assert axe(page) == []
    page.get_by_label(LABELS[language]).press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    ask(page, "mag 111222333 in de cloud?", LABELS[language])
    expect(page.locator("#personal")).to_be_visible()
    assert axe(page) == []
    ask(page, f"wacht: {QUESTIONS[language]}", LABELS[language])
    expect(page.locator("#announcement .told")).to_be_visible()
    assert axe(page) == []
    GO_ON.set()
    expect(page.get_by_role("article")).to_be_visible()
    assert axe(page) == []
    unfold(page)
    assert axe(page) == []


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_in_an_answer_of_any_status_nor_in_earlier_ones(
    page: Page, theme: str, language: str
) -> None:
    show(page, theme, language)
    for number, status in enumerate(get_args(Status)):
        ask_and_wait(page, f"{status}: {QUESTIONS[language]}", language)
        # Its checklist is like that of every other; the first test has unfolded one.
        expect(page.locator(".earlier button")).to_have_count(number)
        assert axe(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_edges_of_controls_and_marks_stand_out_three_to_one(page: Page, theme: str) -> None:
    show(page, theme, "nl")
    ask_and_wait(page, FLAGSHIP)
    faint = page.evaluate(
        CONTRAST.join(
            (
                "() => {",
                """
      const edges = {"#question textarea": "borderTopColor", "#new-case": "borderTopColor", "#send": "borderTopColor",
                     ".status": "borderTopColor", "mark": "borderBottomColor", "blockquote": "borderLeftColor",
                     ".notice": "borderLeftColor", ".stops": "borderLeftColor", ".chip": "borderTopColor"};
      return Object.entries(edges).map(([selector, edge]) => {
        const element = document.querySelector(selector);
        return [selector, contrast(getComputedStyle(element)[edge], behind(element.parentElement))];
      }).filter(([, found]) => found < 3);
    }""",
            )
        )
    )
    assert faint == []


def walk(page: Page, most: int) -> list[dict[str, object]]:
    """Go through the page by Tab from its first link; return each stop with its focus mark, until there is none."""
    page.locator(".skip a").first.focus()
    stops: list[dict[str, object]] = []
    for _ in range(most):
        stop = page.evaluate(
            "() => {"
            + CONTRAST
            + """
      const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
      return {what: e.id || e.textContent.trim() || e.value || e.tagName, tag: e.tagName, tabindex: e.tabIndex,
              isSeen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
              width: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
              contrast: contrast(style.outlineColor, behind(e.parentElement))};
    }"""
        )
        if stop["tag"] == "BODY":
            break
        stops.append(stop)
        page.keyboard.press("Tab")
    return stops


@pytest.mark.parametrize("theme", THEMES)
def test_tab_reaches_every_control_in_the_order_of_the_page_and_shows_where_it_is(
    page: Page, theme: str
) -> None:
    show(page, theme, "nl")
    ask_and_wait(page, FLAGSHIP)
    stops = walk(page, 400)
    assert [stop for stop in stops if not stop["isSeen"] or stop["tabindex"] != 0] == []
    assert [stop for stop in stops if stop["width"] < 2 or stop["contrast"] < 3] == []
    reachable = page.evaluate(
        """[...document.querySelectorAll("a[href], button, input, textarea, select, summary")]
      .filter((e) => e.checkVisibility() && !e.disabled && (e.type !== "radio" || e.checked))
      .map((e) => e.id || e.textContent.trim() || e.value || e.tagName)"""
    )
    assert [stop["what"] for stop in stops] == reachable


def test_the_ways_to_skip_come_first_and_lead_where_they_say(page: Page) -> None:
    expect(page.locator(".skip a")).to_have_count(2)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar uw vraag")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Uw vraag")).to_be_focused()
    ask_and_wait(page, FLAGSHIP)
    page.get_by_role("link", name="Naar het antwoord").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#answers")).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#answers') !== null")


def test_the_keyboard_alone_chooses_a_language_asks_unfolds_and_starts_anew(page: Page) -> None:
    page.get_by_role("radio", name="Nederlands").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="English")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("may the data go into SaaS?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_be_visible()
    details = page.locator(".group li > details").first
    details.locator("summary").first.focus()
    page.keyboard.press("Space")
    expect(details).to_have_attribute("open", "")
    page.get_by_role("button", name="Start a new case").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.get_by_role("button", name="Start a new case")).to_be_focused()


def test_who_types_stays_in_the_field_when_the_answer_comes(page: Page) -> None:
    ask(page, "wacht: mag dit in SaaS?")
    expect(page.locator("#announcement .told")).to_be_visible()
    expect(page.get_by_label("Uw vraag")).to_be_focused()
    GO_ON.set()
    expect(page.get_by_role("article")).to_be_visible()
    expect(page.get_by_label("Uw vraag")).to_be_focused()


def test_one_sentence_is_announced_for_an_answer_and_the_checklist_is_not(page: Page) -> None:
    ask_and_wait(page, FLAGSHIP)
    spoken = page.evaluate(
        "[...document.querySelectorAll('[aria-live], [role=status], [role=alert], [role=log]')]"
        ".filter((region) => region.checkVisibility()).map((region) => region.textContent.trim()).filter(Boolean)"
    )
    assert len(spoken) == 1
    assert re.fullmatch(
        r"Antwoord klaar: Hangt ervan af\. Citaten: 1\. Punten op de checklist: \d+\.", spoken[0]
    )
    # An element that comes with its words is not announced by every screen reader; this one was there before.
    expect(page.locator("#announcement")).to_have_attribute("role", "status")


def test_a_complaint_is_tied_to_the_field_until_the_question_is_right(page: Page) -> None:
    field = page.get_by_label("Uw vraag")
    expect(field).to_have_accessible_description(re.compile("^Noem wat u weet"))
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("^Typ een vraag.*Noem wat u weet"))
    ask_and_wait(page, FLAGSHIP)
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("^Noem wat u weet"))


@pytest.mark.parametrize("width", [320, 1024])
def test_everything_that_can_be_pressed_is_24_pixels_high_and_wide(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    ask_and_wait(page, "en een andere toepassing?")
    unfold(page)
    # Words in running text may be smaller; a radio is pressed by its label.
    small = page.evaluate(
        """[...document.querySelectorAll("button, label:has(input), textarea, select, summary, a[href]:not(.term)")]
      .filter((e) => e.checkVisibility()).map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
      .filter(([, box]) => box.width < 24 || box.height < 24)"""
    )
    assert small == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_button_and_field_is_named_in_the_language_of_the_screen(page: Page, language: str) -> None:
    show(page, "light", language)
    ask_and_wait(page, QUESTIONS[language], language)
    words, other = read_words(), "en" if language == "nl" else "nl"
    foreign = {words.say(f"page.{key}", other) for key in ("send", "new_case", "question", "language")}
    named = page.locator("main").aria_snapshot()
    assert [name for name in foreign if f'"{name}"' in named] == []
    expect(page.get_by_role("radiogroup", name=words.say("page.language", language))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^\s*$"))).to_have_count(0)


def test_every_part_says_which_language_it_is_in(page: Page) -> None:
    show(page, "light", "en")
    ask_and_wait(page, "may the data go into SaaS?", "en")
    ask_and_wait(page, FLAGSHIP, "en")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("[...document.querySelectorAll('blockquote')].every((quote) => quote.lang === 'nl')")
    expect(page.locator(".earlier bdi").first).to_have_attribute("lang", "en")
    expect(page.locator("#answers article").first).to_have_attribute("lang", "nl")
    expect(page.locator("#language label").first).to_have_attribute("lang", "nl")


def test_the_page_has_three_parts_and_its_headings_skip_no_level(page: Page) -> None:
    ask_and_wait(page, FLAGSHIP)
    ask_and_wait(page, "en een andere toepassing?")
    unfold(page)
    for part in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(part)).to_have_count(1)
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((h) => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []


def clipped(page: Page) -> Sequence[str]:
    """Return what is cut off, scrolls inside the page or runs out of the screen."""
    return page.evaluate(
        """[...document.querySelectorAll("#top *, #work *, #foot *")].filter((e) => {
        if (!e.checkVisibility() || e.closest(".unseen, .skip") || e.tagName === "TEXTAREA") return false;
        const cuts = getComputedStyle(e).overflow !== "visible" && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1);
        return cuts || e.getBoundingClientRect().right > innerWidth + 1;
      }).map((e) => e.outerHTML.slice(0, 100))"""
    )


# 1280 pixels at 400 % are 320; at 200 % they are 640.
@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_is_cut_off_with_more_space_between_letters_words_and_lines(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    ask_and_wait(page, FLAGSHIP)
    unfold(page)
    assert clipped(page) == []
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
        " p { margin-bottom: 2em !important }"
    )
    assert clipped(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_in_the_colours_of_the_system_every_edge_and_mark_is_still_there(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    ask_and_wait(page, FLAGSHIP)
    edgeless = page.evaluate(
        """["#question textarea", "#send", "#new-case", ".status", "mark", "blockquote", ".notice", ".known > section", ".group > summary"]
      .filter((selector) => {
        const style = getComputedStyle(document.querySelector(selector));
        return !["Top", "Right", "Bottom", "Left"].some((side) => parseFloat(style[`border${side}Width`]) > 0);
      })"""
    )
    assert edgeless == []
    # Drawn by the system, so that the chosen one is seen without our colours.
    assert page.evaluate("getComputedStyle(document.querySelector('#language input')).appearance") == "auto"


def test_nothing_moves_for_who_asked_for_less_motion(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    ask_and_wait(page, FLAGSHIP)
    assert page.evaluate(
        "[...new Set([...document.querySelectorAll('*')].flatMap((e) => [getComputedStyle(e).transitionDuration,"
        " getComputedStyle(e).animationName]))].sort()"
    ) == ["0s", "none"]


def tab_to(page: Page, control: Locator) -> None:
    """Press Tab until a control has the focus, as who has no mouse does."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if control.evaluate("(element) => element === document.activeElement"):
            return
    pytest.fail(f"no Tab leads to {control}")


def test_a_newcomer_gets_from_the_first_screen_to_a_saved_answer_by_keyboard_alone(page: Page) -> None:
    expect(page.get_by_label("Uw vraag")).to_be_visible()
    tab_to(page, page.get_by_label("Uw vraag"))
    page.keyboard.type(FLAGSHIP)
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Bewaar als Markdown"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert (
        Path(download.value.path()).read_text(encoding="utf-8").startswith("# Mogen we gezondheidsgegevens")
    )


def test_nothing_jumps_while_an_answer_is_waited_for_and_comes(page: Page) -> None:
    show(page, "light", "nl")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.evaluate(
        """() => {
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          for (const { node } of entry.sources)
            if (node && !(node.closest ?? node.parentElement.closest).call(node.closest ? node : node.parentElement, "#answers, #foot"))
              shifts.push([entry.value, (node.outerHTML ?? node.textContent).slice(0, 100)]);
      }).observe({ type: "layout-shift", buffered: false });
    }"""
    )
    ask(page, "wacht: mag dit in SaaS?")
    expect(page.locator("#announcement .told")).to_be_visible()
    GO_ON.set()
    expect(page.get_by_role("article")).to_be_visible()
    ask_and_wait(page, FLAGSHIP)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("shifts") == []


def test_on_paper_stand_the_answer_and_whom_to_ask_all_groups_open_and_no_controls(page: Page) -> None:
    ask_and_wait(page, "en mag dit in SaaS?")
    ask_and_wait(page, FLAGSHIP)
    page.locator(".group > summary").first.click()
    page.emulate_media(media="print")
    article = page.locator("#answers article").first
    for selector in (".asked", ".status", "blockquote"):
        expect(article.locator(selector).first).to_be_visible()
    assert (
        page.evaluate(
            "[...document.querySelector('#answers article').querySelectorAll('.group .item strong')]"
            ".filter((number) => !number.checkVisibility({contentVisibilityAuto: true})).length"
        )
        == 0
    )
    expect(page.locator("footer dl").first).to_be_visible()
    for selector in ("#question", "#buttons", "#language", "#announcement", "#keep", ".earlier", ".glossary"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.locator("button:visible")).to_have_count(0)
