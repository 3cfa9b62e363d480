"""Facts that are changed, questions that are chosen and links that reopen them, in a real Chromium."""

from urllib.parse import quote

import pytest
from browser_fixtures import FLAGSHIP, HOSTILE, ask, pasted
from playwright.sync_api import BrowserContext, Locator, Page, expect

HEALTH = "#ask=" + quote(FLAGSHIP)


def chip(page: Page, key: str) -> Locator:
    return page.locator(f"[id='fact.{key}']")


def choose(page: Page, key: str, value: str) -> None:
    chip(page, key).locator("summary").click()
    chip(page, key).get_by_role("button", name=value).click()


def test_a_fact_is_corrected_at_once_and_the_focus_stays_on_it(page: Page) -> None:
    ask(page, FLAGSHIP)
    expect(chip(page, "data.special")).to_contain_text("ja (afgeleid uit: gezondheidsgegevens)")
    page.locator(".group .item").first.click()
    page.get_by_label("Uw vraag").fill("een half getypte")
    choose(page, "data.health", "niet bekend")
    expect(chip(page, "data.health")).to_contain_text("niet bekend (door u ingevuld)")
    expect(chip(page, "data.health").locator("summary")).to_be_focused()
    expect(chip(page, "data.health").get_by_role("button", name="Maak ongedaan")).to_be_visible()
    expect(chip(page, "data.special")).to_have_count(0)
    expect(page.get_by_text("Bewijs:").first).to_be_visible()
    expect(page.locator("#announcement")).to_contain_text(
        "Antwoord bijgewerkt: gezondheidsgegevens is nu niet bekend. Hangt ervan af."
    )
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_label("Uw vraag")).to_have_value("een half getypte")


def test_a_changed_fact_stays_where_it_was_on_the_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    ask(page, FLAGSHIP)
    chip(page, "service_model").locator("summary").click()
    button = chip(page, "service_model").get_by_role("button", name="servers (IaaS)")
    button.scroll_into_view_if_needed()
    before = chip(page, "service_model").bounding_box()
    button.click()
    expect(chip(page, "service_model")).to_contain_text("door u ingevuld")
    after = chip(page, "service_model").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) <= 1


def test_what_was_set_is_undone_kept_for_the_next_question_and_forgotten_with_the_case(page: Page) -> None:
    ask(page, FLAGSHIP)
    choose(page, "service_model", "platform (PaaS)")
    expect(chip(page, "service_model")).to_contain_text("platform (PaaS) (door u ingevuld)")
    chip(page, "service_model").get_by_role("button", name="Maak ongedaan").click()
    expect(chip(page, "service_model")).to_contain_text("(uit de vraag: ‘SaaS’)")
    chip(page, "service_model").get_by_role("button", name="platform (PaaS)").click()
    expect(chip(page, "service_model")).to_contain_text("door u ingevuld")
    ask(page, "en als de server in Duitsland staat?")
    expect(chip(page, "location")).to_contain_text("(uit de vraag: ‘Duitsland’)")
    expect(chip(page, "service_model")).to_contain_text("platform (PaaS) (door u ingevuld)")
    page.get_by_role("button", name="Begin een nieuwe casus").click()
    expect(page.get_by_role("article")).to_have_count(0)
    ask(page, "en als de server in Duitsland staat?")
    expect(chip(page, "location")).to_be_visible()
    expect(chip(page, "service_model")).to_have_count(0)


def test_what_to_ask_next_is_answered_with_a_button(page: Page) -> None:
    ask(page, FLAGSHIP)
    asked = page.locator("[id='ask.location']")
    asked.get_by_role("button", name="Nederland").click()
    expect(chip(page, "location").locator("summary")).to_be_focused()
    expect(chip(page, "location")).to_contain_text("Nederland (door u ingevuld)")
    expect(asked).to_have_count(0)
    chip(page, "location").locator("summary").press("Enter")
    chip(page, "location").get_by_role("button", name="ander land buiten de EER").press("Enter")
    expect(chip(page, "location")).to_contain_text("Nederland en ander land buiten de EER (door u ingevuld)")


def test_no_choice_is_lost_when_two_are_made_at_once(page: Page) -> None:
    ask(page, FLAGSHIP)
    page.locator("[id='ask.location']").wait_for()
    page.evaluate(
        "() => ['location=nl', 'deployment=public']"
        ".forEach(value => document.querySelector(`button[value='${value}']`).click())"
    )
    expect(chip(page, "location")).to_contain_text("Nederland (door u ingevuld)")
    expect(chip(page, "deployment")).to_contain_text("publiek (door u ingevuld)")


def test_a_button_that_an_answer_replaces_while_it_is_pressed_is_pressed_all_the_same(page: Page) -> None:
    ask(page, FLAGSHIP)
    button = page.locator("button[value='deployment=public']")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.evaluate("document.querySelector(`button[value='location=nl']`).click()")
    expect(chip(page, "location")).to_contain_text("Nederland (door u ingevuld)")
    page.mouse.up()
    expect(chip(page, "deployment")).to_contain_text("publiek (door u ingevuld)")


@pytest.mark.parametrize(
    "sent", ["location=mars", "nothing=yes", "external=no", "=", "data=health", "x" * 100_000, HOSTILE, ""]
)
def test_what_is_no_choice_changes_nothing_and_is_told_calmly(page: Page, sent: str) -> None:
    ask(page, FLAGSHIP)
    button = page.locator("button[value='location=nl']")
    button.evaluate("(button, sent) => { button.value = sent; button.click(); }", sent)
    expect(page.get_by_role("alert")).to_contain_text("Er is niets veranderd.")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(chip(page, "service_model")).to_contain_text("SaaS")


def test_an_example_is_asked_in_the_language_of_the_page(page: Page) -> None:
    expect(page.locator("button[name=ask]")).to_have_count(6)
    page.get_by_label("English").check()
    page.get_by_role("button", name="May we store health data with this SaaS?").click()
    expect(page.get_by_role("article")).to_have_attribute("lang", "en")
    expect(page.get_by_role("article").get_by_role("heading", level=2)).to_contain_text("May we store")
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(page.locator("button[name=ask]")).to_have_count(0)
    page.get_by_role("button", name="Start a new case").click()
    expect(page.locator("button[name=ask]")).to_have_count(6)


def test_a_copied_link_reopens_question_facts_and_language(page: Page, browser: BrowserContext) -> None:
    browser.grant_permissions(["clipboard-write"])
    page.get_by_label("English").check()
    ask(page, "May we store health data with this SaaS?", "Your question")
    page.locator("button[value='deployment=public']").click()
    expect(chip(page, "deployment")).to_be_visible()
    chip(page, "data.health").locator("summary").click()
    chip(page, "data.health").get_by_role("button", name="not known").click()
    expect(chip(page, "data.health")).to_contain_text("set by you")
    page.get_by_role("button", name="Copy a link to this question").click()
    expect(page.locator(".link [role=status]")).to_have_text("Copied. The link holds your question.")
    link = pasted(page)
    browser.clear_permissions()
    assert page.url.endswith("/")
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_role("article")).to_have_attribute("lang", "en")
    expect(chip(page, "deployment")).to_contain_text("public (set by you)")
    expect(chip(page, "data.health")).to_contain_text("not known (set by you)")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Ask the question")).to_be_visible()
    assert page.url.endswith("/")


def test_a_link_is_shown_to_copy_by_hand_where_the_clipboard_is_refused(page: Page) -> None:
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    ask(page, FLAGSHIP)
    page.get_by_role("button", name="Kopieer een koppeling naar deze vraag").click()
    field = page.get_by_label("Kopieer deze koppeling zelf")
    expect(field).to_be_focused()
    expect(field).to_have_value(f"{page.url}{HEALTH}&language=nl".replace("%2F", "/"))
    expect(field).to_have_attribute("readonly", "")


@pytest.mark.parametrize(
    "fragment",
    [
        HEALTH + "&language=de",
        HEALTH + "&language=nl&set=location%3Dmars",
        HEALTH + "&language=nl&set=nothing%3Dyes",
        HEALTH + "&language=nl&from=evil",
        "#ask=%FF%FE&language=nl",
        "#ask=" + "x" * 100_000 + "&language=nl",
        "#ask=&language=nl",
        "#ask=%00%0A&language=nl",
    ],
    ids=["language", "value", "fact", "field", "encoding", "long", "empty", "binary"],
)
def test_a_broken_link_gets_a_calm_sentence_and_leaves_the_address(page: Page, fragment: str) -> None:
    page.evaluate("fragment => location.hash = fragment", fragment)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)
    assert page.url.endswith("/")


def test_a_link_to_a_question_with_personal_data_waits_in_the_field(page: Page) -> None:
    page.evaluate("location.hash = '#ask=Mag%20jan%40example.nl%20in%20SaaS%3F&language=nl'")
    expect(page.get_by_label("Uw vraag")).to_have_value("Mag jan@example.nl in SaaS?")
    expect(page.get_by_text("Uw vraag lijkt persoonsgegevens te bevatten:")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)


def test_a_hostile_link_is_literal_text(page: Page) -> None:
    page.evaluate("fragment => location.hash = fragment", f"#ask={quote(HOSTILE)}&language=nl")
    heading = page.get_by_role("article").get_by_role("heading", level=2)
    expect(heading).to_have_text(" ".join(HOSTILE.split()))
    expect(page.locator("article img, article script, article style")).to_have_count(0)
    expect(page).to_have_title("Wolkwijzer")


def test_a_fragment_that_is_no_link_is_left_alone(page: Page) -> None:
    page.evaluate("location.hash = '#term-dpia'")
    expect(page.locator("button[name=ask]")).to_have_count(6)
    assert page.url.endswith("#term-dpia")


def test_an_earlier_question_comes_back_by_keyboard_and_the_next_goes_on_from_it(page: Page) -> None:
    ask(page, FLAGSHIP)
    choose(page, "service_model", "platform (PaaS)")
    expect(chip(page, "service_model")).to_contain_text("door u ingevuld")
    ask(page, "en een andere toepassing in Duitsland?")
    expect(chip(page, "location")).to_be_visible()
    page.get_by_label("Uw vraag").fill("een half getypte")
    page.locator(".earlier").get_by_role("button", name=FLAGSHIP).press("Enter")
    expect(page.get_by_role("article").get_by_role("heading", level=2)).to_have_text(FLAGSHIP)
    expect(chip(page, "service_model")).to_contain_text("platform (PaaS) (door u ingevuld)")
    expect(page.get_by_label("Uw vraag")).to_be_focused()
    expect(page.get_by_label("Uw vraag")).to_have_value("een half getypte")
    expect(page.locator("#announcement")).to_contain_text("Antwoord klaar")
    expect(page.locator(".earlier button")).to_have_text(["en een andere toepassing in Duitsland?"])
    ask(page, "en als de server in Duitsland staat?")
    expect(chip(page, "service_model")).to_contain_text("platform (PaaS) (door u ingevuld)")
    expect(page.locator(".earlier button")).to_have_text([FLAGSHIP, "en een andere toepassing in Duitsland?"])


@pytest.mark.parametrize("sent", ["7", "-1", "²", "x" * 100_000, HOSTILE])
def test_what_is_no_earlier_question_changes_nothing_and_is_told_calmly(page: Page, sent: str) -> None:
    ask(page, FLAGSHIP)
    ask(page, "en als de server in Duitsland staat?")
    expect(chip(page, "location")).to_be_visible()
    page.locator(".earlier button").evaluate(
        "(button, sent) => { button.value = sent; button.click(); }", sent
    )
    expect(page.get_by_role("alert")).to_contain_text("Er is niets veranderd.")
    expect(page.get_by_role("article").get_by_role("heading", level=2)).to_contain_text("Duitsland")
