"""Hostile text from question, document, notice and settings, in a real Chromium: shown literally, and it does nothing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from browser_fixtures import serving
from page_fakes import CHROMIUM, FLAGS, NOTICE, make_answer, make_citation
from playwright.sync_api import Locator, Page, expect, sync_playwright

from assistant.answer import Answer, Request
from assistant.compose import read_question
from assistant.server import make_app
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.load import Corpus

EVIL = "http://evil.example"
KINDS: Mapping[str, str] = {
    "script": f"<script src={EVIL}/1></script><script>document.title='kwaad'</script>",
    "image with handler": f"<img src={EVIL}/2 onerror=\"document.title='kwaad'\">",
    "handler on body": "<body onload=document.title='kwaad'><b onclick=alert(1) tabindex=0 autofocus onfocus=alert(1)>x</b>",
    "svg": f"<svg onload=alert(1)><image href={EVIL}/3 /><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "math": f"<math><mtext><mglyph><style><img src={EVIL}/4 onerror=alert(1)></style></mglyph></mtext></math>",
    "frame": f"<iframe src={EVIL}/5 srcdoc='<script>parent.document.title=1</script>'></iframe>",
    "object": f"<object data={EVIL}/6></object><embed src={EVIL}/7><applet code=x></applet>",
    "markdown image": f"![x]({EVIL}/8) ![x][plaatje]",
    "markdown link": f'[klik hier]({EVIL}/9 "titel") [klik](javascript:alert(1))',
    "bare address": f"{EVIL}/10 www.evil.example <{EVIL}/11>",
    "reference link": f"[klik][1] en [plaatje][2] [1]: {EVIL}/12 [2]: data:text/html,x",
    "markdown": "# kop ## kop - lijst * lijst > citaat **vet** _schuin_ ~~weg~~ `code` | a | b | --- | \\* 1. x",
    "html comment": "<!-- weg --> zichtbaar <!--> ook <!-- --!> nog",
    "unclosed comment": "voor <!-- en alles daarna",
    "unclosed tag": "<a href='x <textarea> <title> <plaintext> <noscript> <select>",
    "cdata": "<![CDATA[ <script>alert(1)</script> ]]> <?php echo 1 ?> <!DOCTYPE html>",
    "style address": f"<style>body{{background:url({EVIL}/13)}}*{{display:none!important}}</style>",
    "style import": f"<style>@import '{EVIL}/14';@font-face{{font-family:x;src:url({EVIL}/15)}}</style>",
    "style attribute": f"<p style=\"background:url('{EVIL}/16');width:expression(alert(1));behavior:url(x)\">x</p>",
    "overlay": "<div style='position:fixed;inset:0;z-index:2147483647;background:#fff'>Log in</div>",
    "video": f"<video src={EVIL}/17 poster={EVIL}/18 autoplay><source src={EVIL}/19><track src={EVIL}/20 default></video>",
    "audio": f"<audio src={EVIL}/21 autoplay onloadstart=alert(1)></audio>",
    "picture": f"<picture><source srcset={EVIL}/22><img srcset='{EVIL}/23 2x'></picture>",
    "image button": f"<input type=image src={EVIL}/24 formaction={EVIL}/25><isindex action={EVIL}/26>",
    "form": f"<form action={EVIL}/27><input name=wachtwoord type=password><button>Log in</button></form>",
    "refresh": f"<meta http-equiv=refresh content='0;url={EVIL}/28'><meta http-equiv=Content-Security-Policy content=x>",
    "base": f"<base href={EVIL}/29/><link rel=stylesheet href={EVIL}/30><link rel=prefetch href={EVIL}/31>",
    "script address": "<a href='javascript:alert(1)'>x</a> javascript:alert(1) vbscript:x java\tscript:alert(1)",
    "data address": "<a href='data:text/html,<script>alert(1)</script>'>x</a> data:text/html;base64,PHNjcmlwdD4=",
    "templates": "{{constructor.constructor('alert(1)')()}} ${alert(1)} #{7*7} <%= 7*7 %> {% debug %} {@html '<b>'} [[7*7]]",
    "formulas": "$$\\href{javascript:alert(1)}{x}$$ $x^2$ \\(\\includegraphics{http://evil.example/32}\\) \\[y\\]",
    "diagram": '```mermaid graph TD; A[<img src=x onerror=alert(1)>]-->B; click A "javascript:alert(1)" ```',
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; &#x3c;i&#x3e; &amp;lt; &nbsp; &NewLine; &colon;",
    "quotes": "\"' onmouseover=alert(1) x=\"' `onload=alert(1)` </bdi></h2></article>",
    "ids that clobber": "<form id=root><input name=attributes></form><a id=gradio_config></a><img name=body><a name=x>",
    "custom element": "<gradio-app src=http://evil.example/33></gradio-app><template><slot name=x></slot></template>",
    "attributes of the page": "<p role=alert id=announcement class=notice lang=en>vals</p>",
    "direction": "voor \u202egnissuv\u202c \u2066x\u2069 \u200fna",
    "invisible": "on\u200bzicht\u200dbaar \ufeff\u00ad \u2060 \U000e0041",
    "control": "nul \x00 bel \x07 escape \x1b[31m wis \x7f c1 \x9b",
    "half a sign": "voor \ud83d na \udc00 einde",
    "very long word": "w" * 1900,
    "stacked accents": "Z" + "\u0301" * 50 + "algo",
}
# What stands on the screen where it is not the text itself.
SHOWN = {
    "direction": "voor [U+202E]gnissuv[U+202C] [U+2066]x[U+2069] [U+200F]na",
    "invisible": "on[U+200B]zicht[U+200D]baar [U+FEFF][U+00AD] [U+2060] [U+E0041]",
    "control": "nul [U+0000] bel [U+0007] escape [U+001B][31m wis [U+007F] c1 [U+009B]",
    "half a sign": "voor [U+D83D] na [U+DC00] einde",
}
_WHOLE = {read_question(text): text for text in KINDS.values()}
_SHAPE = """article => [...article.querySelectorAll("*")].filter(e => !e.matches("a.term"))
  .map(e => [e.tagName, ...e.getAttributeNames()].join(" "))"""


_KINDS_OF_ELEMENT = """() => [...document.querySelectorAll(":is(#foot, #standing) *")]
  .map(e => [e.tagName, ...e.getAttributeNames()].join(" "))"""


class EchoAsk:
    """Answers with a document, a rendition and a notice that are as hostile as the question."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def __call__(self, request: Request) -> Answer:
        # Of a question the signs that cannot be seen are dropped; a document keeps them.
        text = _WHOLE.get(request.question, request.question)
        citation = make_citation(self._corpus)
        citation = replace(citation, text=f"{text} {citation.quote} {text}", locator=text, rendition=text)
        notice = replace(NOTICE, text=text, replaced_by=text, citation=text)
        answer = make_answer(self._corpus, request.question, citation=citation)
        return replace(answer, notices=(notice,))


@pytest.fixture(scope="module")
def address(corpus: Corpus) -> Iterator[str]:
    with serving(
        make_app(EchoAsk(corpus), corpus, read_words(), Organisation(), lambda: "2026-11-23")
    ) as address:
        yield address


@pytest.fixture(scope="module")
def named(corpus: Corpus) -> Iterator[str]:
    """Where the page is served of an organisation whose names are all of the hostile texts."""
    every = " ".join(KINDS.values())
    organisation = Organisation(name=every, fg=every, ciso=every, lawyer=every, service_desk=every)
    with serving(
        make_app(EchoAsk(corpus), corpus, read_words(), organisation, lambda: "2026-11-23")
    ) as address:
        yield address


@pytest.fixture(scope="module")
def trouble() -> list[str]:
    """What the browser said in anger, asked of others, or was asked to show in a dialog."""
    return []


@pytest.fixture(scope="module")
def page(address: str, named: str, trouble: list[str]) -> Iterator[Page]:
    """The page; what is served comes first, as Playwright keeps an event loop running in this thread."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there; 'make chromium' installs it on Debian")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page()
        page.on(
            "console", lambda message: message.type in ("error", "warning") and trouble.append(message.text)
        )
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: request.url.startswith(address) or trouble.append(request.url))
        page.on("popup", lambda popup: trouble.append(popup.url))
        page.goto(address)
        yield page
        browser.close()


def ask(page: Page, question: str) -> Locator:
    """Ask, and return the answer. A question with half signs cannot be typed from here, so the page reads it."""
    box = page.get_by_label("Uw vraag")
    page.get_by_role("button", name="Begin een nieuwe casus").click()
    expect(page.get_by_role("article")).to_have_count(0)
    box.evaluate(
        "(box, text) => { box.value = JSON.parse(text); box.dispatchEvent(new Event('input')); }",
        json.dumps(question),
    )
    box.press("Enter")
    article = page.get_by_role("article")
    expect(article).to_be_visible()
    return article


def shape(article: Locator) -> list[str]:
    """Every element of an answer with the names of its attributes."""
    found: list[str] = article.evaluate(_SHAPE)
    return found


@pytest.fixture(scope="module")
def harmless(page: Page) -> list[str]:
    return shape(ask(page, "onschuldig"))


def test_there_are_29_kinds_and_more() -> None:
    assert len(KINDS) > 29
    assert len(set(KINDS.values())) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_is_shown_literally_and_does_nothing(
    page: Page, trouble: list[str], harmless: list[str], corpus: Corpus, kind: str
) -> None:
    article = ask(page, KINDS[kind])
    shown = SHOWN.get(kind, " ".join(KINDS[kind].split()))
    expect(article.get_by_role("heading", level=2).first).to_have_text(read_question(KINDS[kind]))
    expect(article.locator("figcaption strong").first).to_have_text(f"[1] {shown}")
    expect(article.locator("figure blockquote").first).to_contain_text(shown)
    expect(article.locator("figure blockquote").first).to_contain_text(make_citation(corpus).quote)
    expect(article.locator("figure .rendition").first).to_contain_text(shown)
    expect(article.locator(".notice").first).to_contain_text(shown)
    assert shape(article) == harmless
    expect(page).to_have_title("Wolkwijzer")
    assert trouble == []


def test_hostile_names_of_the_organisation_are_shown_literally(
    page: Page, address: str, named: str, trouble: list[str]
) -> None:
    page.goto(address)
    expect(page.locator("#foot dd").first).to_be_visible()
    harmless = page.evaluate(_KINDS_OF_ELEMENT)
    page.goto(named)
    shown = " ".join(SHOWN.get(kind, " ".join(text.split())) for kind, text in KINDS.items())
    names = page.locator("#foot dl").first.locator("dd")
    expect(names).to_have_count(4)
    for name in names.all():
        expect(name).to_have_text(shown)
    assert set(page.evaluate(_KINDS_OF_ELEMENT)) - set(harmless) <= {"SPAN class"}
    assert [text for text in trouble if not text.startswith(named)] == []
