"""The sources in a real browser: add a document, read it, remove it; by keyboard, for everybody, and nothing in it comes alive."""

import re
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from browser_fixtures import HOSTILE, serving, watching
from library_fakes import POLICY, Refreshed, library, read_lines, silent, write
from page_fakes import FakeAsk
from playwright.sync_api import BrowserContext, Page, Route, expect
from test_browser_accessibility import THEMES, axe
from test_browser_hostile import KINDS, SHOWN

from assistant.changes import Changes
from assistant.page.sources import MOST_UPLOADED
from assistant.server import make_app
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.add import Details, add_files, remove_sources
from corpus.describe import clean, clean_title
from corpus.extraction import Extraction
from corpus.library import load_library
from corpus.load import Corpus

GO_ON = threading.Event()
FILE = {"name": "Beleid 2026.txt", "mimeType": "text/plain", "buffer": POLICY.encode()}
ADDING, REMOVING = "leest|vindbaar|Toegevoegd", "verwijdert|Verwijderd"
ADD, DONE = ("Voeg toe", "Toegevoegd: ‘Beleid 2026’.")


def read_when_told(path: Path) -> Extraction:
    assert GO_ON.wait(30)
    return read_lines(path)


class Shelf:
    """A library that a page changes."""

    def __init__(self, home: Path, corpus: Corpus) -> None:
        self.home, self.corpus = home, corpus
        self.changes = Changes(home, Refreshed(), lambda: "2026-11-30", self.follow, read_when_told)

    def follow(self) -> None:
        self.corpus = load_library(self.home)

    def wait(self, screen: Page, said: str) -> None:
        """Wait until the page says that a change has begun, and then until it is made."""
        expect(screen.get_by_role("status")).to_contain_text(re.compile(said))
        GO_ON.set()
        assert self.changes.idle.wait(30)


@pytest.fixture(scope="module")
def shelf(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("library") / "home", corpus)


@pytest.fixture(scope="module")
def address(corpus: Corpus, shelf: Shelf) -> Iterator[str]:
    app = make_app(
        FakeAsk(corpus),
        corpus,
        read_words(),
        Organisation(),
        lambda: "2026-11-30",
        current=lambda: shelf.corpus,
        host="127.0.0.1",
        changes=shelf.changes,
    )
    with serving(app) as address:
        yield address


@pytest.fixture
def screen(browser: BrowserContext, address: str) -> Iterator[Page]:
    """The sources, open and watched; that a form is not taken is no trouble."""
    GO_ON.set()
    with watching(browser, address, "/sources?lang=nl", most=400) as page:
        yield page


def add(screen: Page, shelf: Shelf, file: dict[str, object] = FILE, **said: str) -> None:  # type: ignore[assignment]
    screen.get_by_label("Bestand").set_input_files(file)  # type: ignore[arg-type]
    for label, text in said.items():
        screen.get_by_label(label).fill(text)
    screen.get_by_role("button", name=ADD).click()
    shelf.wait(screen, ADDING)
    screen.reload()


def remove_all(screen: Page, shelf: Shelf, address: str) -> None:
    for _ in range(len(shelf.corpus.added)):
        screen.goto(f"{address}/sources?lang=nl")
        screen.locator("details:has(.remove) > summary").first.click()
        screen.locator("button.remove").first.click()
        shelf.wait(screen, REMOVING)


def test_a_document_is_added_seen_read_and_removed(screen: Page, shelf: Shelf, address: str) -> None:
    GO_ON.clear()
    screen.get_by_label("Bestand").set_input_files(FILE)
    screen.get_by_role("button", name=ADD).click()
    expect(screen.get_by_role("status")).to_contain_text("Wolkwijzer leest ‘Beleid 2026.txt’.")
    shelf.wait(screen, ADDING)
    screen.get_by_role("link", name="Kijk opnieuw hoe ver het is").click()
    expect(screen.get_by_role("status")).to_contain_text(DONE)
    screen.get_by_role("link", name="Beleid 2026", exact=True).click()
    expect(screen.get_by_text("De CISO geeft vooraf advies.")).to_be_visible()
    screen.get_by_role("link", name="Alle bronnen").click()
    screen.get_by_text("Verwijder ‘Beleid 2026’", exact=True).click()
    screen.get_by_role("button", name="Verwijder ‘Beleid 2026’ nu").click()
    shelf.wait(screen, REMOVING)
    screen.reload()
    expect(screen.get_by_role("status")).to_contain_text("Verwijderd: ‘Beleid 2026’.")
    expect(screen.get_by_role("link", name="Beleid 2026", exact=True)).to_have_count(0)
    assert shelf.corpus.added == frozenset()


def test_the_keyboard_alone_adds_and_removes(screen: Page, shelf: Shelf, tmp_path: Path) -> None:
    file = tmp_path / "Beleid 2026.txt"
    file.write_text(POLICY, encoding="utf-8")
    # A browser opens a list of files only for a window that has the focus.
    screen.bring_to_front()
    screen.get_by_label("Bestand").focus()
    with screen.expect_file_chooser() as chooser:
        screen.keyboard.press("Space")
    chooser.value.set_files(file)
    for _ in range(6):  # past kind, title, publisher, date and licence
        screen.keyboard.press("Tab")
    expect(screen.get_by_role("button", name=ADD)).to_be_focused()
    screen.keyboard.press("Enter")
    shelf.wait(screen, ADDING)
    screen.reload()
    expect(screen.get_by_role("status")).to_contain_text(DONE)
    screen.locator("details:has(.remove) > summary").focus()
    for key in ("Enter", "Tab", "Enter"):
        screen.keyboard.press(key)
    shelf.wait(screen, REMOVING)
    assert shelf.corpus.added == frozenset()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_and_a_narrow_screen_does_not_scroll_sideways(
    screen: Page, shelf: Shelf, address: str, theme: str, language: str
) -> None:
    screen.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    add(screen, shelf)
    screen.goto(f"{address}/sources?lang={language}")
    screen.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert axe(screen) == []
    screen.set_viewport_size({"width": 320, "height": 700})
    assert screen.evaluate("document.documentElement.scrollWidth") <= 320
    remove_all(screen, shelf, address)
    screen.goto(f"{address}/sources?lang={language}")
    assert axe(screen) == []


def test_hostile_names_titles_and_text_are_shown_literally(screen: Page, shelf: Shelf, address: str) -> None:
    before = screen.locator("img, style, script:not([src])").count()
    file = {
        "name": "<img src=x onerror=alert(1)>.txt",
        "mimeType": "text/plain",
        "buffer": f"# {HOSTILE}\n{HOSTILE}".encode(),
    }
    add(screen, shelf, file, Titel=HOSTILE, Uitgever=HOSTILE, Licentie=HOSTILE)
    expect(screen.get_by_role("status")).to_contain_text('<img src="http://evil.example/a"')
    assert screen.locator("img, style, script:not([src])").count() == before
    screen.locator(".source h3 a", has_text="evil.example").click()
    expect(screen.locator("h1")).to_contain_text("<script>document.title=2</script>")
    assert screen.locator("main img, main style, main script").count() == 0
    remove_all(screen, shelf, address)


def fill(shelf: Shelf, folder: Path, texts: Mapping[str, str]) -> None:
    """Add a document for each text, which is its title, publisher, licence, heading, item and cell."""
    files = []
    for identity, text in texts.items():
        file = write(folder, f"{identity}.txt", f"# {text}\n- {text}\n| {text}\nEen zin over de cloud.")
        details = Details("own", id=identity, title=text, publisher=text, licence=text)
        files.append((file, details))
    added, failed = add_files(library(shelf.home), files, silent)
    assert (len(added), failed) == (len(texts), ())
    shelf.follow()


def shape(screen: Page) -> set[str]:
    """Every kind of element on the page with the names of its attributes."""
    return set(
        screen.evaluate(
            "[...document.querySelectorAll('*')].map((e) => [e.tagName, ...e.getAttributeNames()].join(' '))"
        )
    )


def test_hostile_text_of_every_kind_in_a_document_is_shown_literally_and_adds_no_element(
    screen: Page, shelf: Shelf, address: str, tmp_path: Path
) -> None:
    # Half a sign is in no file.
    kinds = {f"kind-{n}": kind for n, kind in enumerate(KINDS) if kind != "half a sign"}
    fill(shelf, tmp_path, {"harmless": "onschuldig"})
    shapes = []
    for path in ("/sources", "/document/harmless"):
        screen.goto(f"{address}{path}?lang=nl")
        shapes.append(shape(screen))
    fill(shelf, tmp_path, {identity: KINDS[kind] for identity, kind in kinds.items()})
    screen.goto(f"{address}/sources?lang=nl")
    assert shape(screen) - shapes[0] == set()
    for identity, kind in kinds.items():
        source = screen.locator(f"#source-{identity}")
        expect(source.locator("h3")).to_have_text(clean_title(KINDS[kind]))
        expect(source.locator(".made")).to_have_text(clean(KINDS[kind]))
        expect(source.locator("dd").last.locator("xpath=../..")).to_contain_text(clean(KINDS[kind]))
    for identity, kind in kinds.items():
        screen.goto(f"{address}/document/{identity}?lang=nl")
        assert shape(screen) - shapes[1] == set()
        expect(screen).to_have_title(f"{clean_title(KINDS[kind])} - Wolkwijzer")
        shown = SHOWN.get(kind, KINDS[kind])
        for place in ("main h2", "main li .text", "main .table_row .text"):
            expect(screen.locator(place)).to_have_text(shown)
    remove_sources(shelf.home, Refreshed(), [*kinds, "harmless"])
    shelf.follow()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("theme", THEMES)
def test_a_wrong_date_is_told_at_its_field_which_has_the_focus_and_axe_finds_nothing(
    screen: Page, address: str, theme: str, language: str
) -> None:
    screen.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    screen.goto(f"{address}/sources?lang={language}")
    screen.locator("#file").set_input_files(FILE)  # type: ignore[arg-type]
    screen.locator("#publisher").fill("Waterdam")
    screen.locator("#date").fill("gisteren")
    with screen.expect_navigation():
        screen.locator("#date").press("Enter")
    said = read_words().say("sources.no_date", language)  # type: ignore[arg-type]
    expect(screen.get_by_role("alert")).to_have_text(said)
    expect(screen.locator("#date")).to_be_focused()
    expect(screen.locator("#date")).to_have_accessible_description(said)
    expect(screen.locator("#date")).to_have_value("gisteren")
    expect(screen.locator("#publisher")).to_have_value("Waterdam")
    assert axe(screen) == []


def test_every_control_of_the_sources_shows_the_focus_and_is_large_enough(
    screen: Page, shelf: Shelf, address: str, tmp_path: Path
) -> None:
    fill(shelf, tmp_path, {"beleid": "Beleid"})
    screen.set_viewport_size({"width": 320, "height": 700})
    screen.goto(f"{address}/sources?lang=nl")
    screen.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    controls = "a[href]:not(.skip), button, input:not([type=hidden]), select, summary"
    small = screen.evaluate(
        "(which) => [...document.querySelectorAll(which)].map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])"
        ".filter(([, box]) => box.width < 24 || box.height < 24)",
        controls,
    )
    assert small == []
    screen.locator(".home").focus()
    reached = set()
    for _ in range(screen.locator(controls).count()):
        where, outline = screen.evaluate(
            "[document.activeElement.outerHTML, getComputedStyle(document.activeElement).outlineWidth]"
        )
        assert outline == "3px"
        reached.add(where)
        screen.keyboard.press("Tab")
    assert len(reached) == screen.locator(controls).count()
    remove_sources(shelf.home, Refreshed(), ["beleid"])
    shelf.follow()


def test_on_paper_stand_the_sources_and_nothing_to_fill_in_or_press(
    screen: Page, shelf: Shelf, address: str, tmp_path: Path
) -> None:
    fill(shelf, tmp_path, {"beleid": "Beleid"})
    screen.goto(f"{address}/sources?lang=nl")
    screen.emulate_media(media="print")
    expect(screen.locator("#source-beleid h3")).to_be_visible()
    expect(screen.locator(":is(form, input, select, button, .skip):visible")).to_have_count(0)
    remove_sources(shelf.home, Refreshed(), ["beleid"])
    shelf.follow()


def test_a_file_that_is_too_large_is_refused_with_what_to_do(
    screen: Page, tmp_path: Path, address: str
) -> None:
    large = tmp_path / "groot.txt"
    with large.open("wb") as file:
        file.truncate(MOST_UPLOADED)
    page = screen.context.new_page()
    page.goto(f"{address}/sources")
    page.locator("#file").set_input_files(large)
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_text("Voeg alleen de delen toe die ertoe doen.")).to_be_visible()
    page.get_by_role("link", name="Naar Wolkwijzer").click()
    expect(page.get_by_label("Uw vraag")).to_be_visible()
    page.close()


def test_a_foreign_page_neither_adds_nor_removes(browser: BrowserContext, shelf: Shelf, address: str) -> None:
    page = browser.new_page()
    shelf.changes.last = None
    fields = {
        "add": "<input name=kind value=own><input type=file name=file>",
        "remove": "<input name=id value=x>",
    }
    for path, inside in fields.items():
        target = f"{address}/sources/{path}"
        form = f'<form method=post enctype=multipart/form-data action="{target}">{inside}</form>'
        page.route("http://evil.example/*", partial(Route.fulfill, content_type="text/html", body=form))
        page.goto("http://evil.example/")
        with page.expect_response(target) as sent:
            page.evaluate("document.forms[0].submit()")
        assert sent.value.status == 403
        page.unroute("http://evil.example/*")
    assert (shelf.changes.idle.is_set(), shelf.changes.last) == (True, None)
    page.close()


def test_the_foot_of_the_page_leads_to_the_sources(screen: Page, address: str) -> None:
    screen.goto(address)
    with screen.expect_popup() as opened:
        screen.locator("footer").get_by_role("link", name="Alle bronnen").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Bronnen")
    opened.value.close()


def test_without_scripts_the_forms_work(shelf: Shelf, browser: BrowserContext, address: str) -> None:
    page = browser.new_page()
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"{address}/sources?lang=nl")
    add(page, shelf)
    expect(page.get_by_role("status")).to_contain_text(DONE)
    remove_all(page, shelf, address)
    page.close()
