"""Takes a picture of every screen, at three widths, in two languages and themes: `make screenshots`.

The page runs as staff run it, with the index of this checkout; the same texts give the same pictures.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from page_fakes import CHROMIUM, FLAGS
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "docs" / "screenshots"
TALLEST = 1600  # pixels of a picture; a whole answer with its checklist would be ten times that
LABEL = {"nl": "Uw vraag", "en": "Your question"}
CASE = {
    "nl": "Mogen we gezondheidsgegevens in deze SaaS opslaan?",
    "en": "may we store health data with this SaaS?",
}
FOLLOW_UP = {"nl": "en als de leverancier uit Duitsland komt?", "en": "and if the supplier is from Germany?"}
LEARNING = {"nl": "Wat is cloud?", "en": "what is the cloud?"}
ELSEWHERE = {"nl": "Hoe laat is het?", "en": "what time is it?"}
PERSONAL = {"nl": "mag 111222333 in de cloud?", "en": "may 111222333 go into the cloud?"}
# The pictures that docs show, with few colours so that they stay small.
SHOWN = {
    "start-1024-nl-light",
    "answer-1024-nl-light",
    "answer-1024-nl-dark",
    "answer-320-nl-light",
    "answer-1600-en-light",
    "checklist-1024-nl-light",
    "warning-1024-en-light",
    "elsewhere-1024-nl-light",
    "sources-1024-nl-light",
    "wrong-320-en-dark",
    "document-1024-en-light",
    "changed-1024-nl-dark",
    "complaint-320-nl-light",
    "earlier-1024-nl-light",
    "learning-1024-en-light",
}


def ask(page: Page, question: str, language: str) -> None:
    page.get_by_label(LABEL[language]).fill(question)
    page.get_by_label(LABEL[language]).press("Enter")
    page.locator("#answers .asked", has_text=question).first.wait_for()


def show_start(page: Page, language: str) -> None:
    page.get_by_label(LABEL[language]).wait_for()


def show_answer(page: Page, language: str) -> None:
    ask(page, CASE[language], language)


def show_checklist(page: Page, language: str) -> None:
    ask(page, CASE[language], language)
    page.locator(".checklist").first.scroll_into_view_if_needed()


def show_earlier(page: Page, language: str) -> None:
    ask(page, CASE[language], language)
    ask(page, FOLLOW_UP[language], language)
    page.locator(".earlier").scroll_into_view_if_needed()


def show_changed(page: Page, language: str) -> None:
    ask(page, CASE[language], language)
    page.locator(".fact summary").last.click()


def show_learning(page: Page, language: str) -> None:
    ask(page, LEARNING[language], language)


def show_elsewhere(page: Page, language: str) -> None:
    ask(page, ELSEWHERE[language], language)


def show_complaint(page: Page, language: str) -> None:
    page.get_by_label(LABEL[language]).press("Enter")
    page.locator("#announcement .complaint").wait_for()


def show_warning(page: Page, language: str) -> None:
    page.get_by_label(LABEL[language]).fill(PERSONAL[language])
    page.get_by_label(LABEL[language]).press("Enter")
    page.locator("#personal").wait_for()


def show_sources(page: Page, language: str) -> None:
    page.goto(f"{page.url.split('?')[0].rstrip('/')}/sources?lang={language}")


def show_wrong(page: Page, language: str) -> None:
    show_sources(page, language)
    page.locator("#file").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    page.locator("#date").fill({"nl": "gisteren", "en": "yesterday"}[language])
    page.locator("#date").press("Enter")
    page.get_by_role("alert").wait_for()


def show_document(page: Page, language: str) -> None:
    ask(page, CASE[language], language)
    page.goto(page.url.rstrip("/") + (page.locator("a.read").first.get_attribute("href") or ""))
    page.locator("mark").scroll_into_view_if_needed()


SCREENS: dict[str, tuple[Callable[[Page, str], None], str]] = {
    "start": (show_start, "body"),
    "answer": (show_answer, "body"),
    "checklist": (show_checklist, ".checklist"),
    "earlier": (show_earlier, ".earlier"),
    "changed": (show_changed, "body"),
    "learning": (show_learning, "body"),
    "elsewhere": (show_elsewhere, "body"),
    "complaint": (show_complaint, "body"),
    "warning": (show_warning, "body"),
    "sources": (show_sources, "body"),
    "wrong": (show_wrong, "body"),
    "document": (show_document, ".paragraph:has(mark)"),
}


@contextmanager
def served() -> Iterator[str]:
    """Run the page as the command does; give its address."""
    command = [sys.executable, "-m", "wolkwijzer", "chat", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = re.search(r"http://\S+", process.stdout.readline())
        assert told
        yield told[0]
        process.terminate()


def take(browser: Browser, address: str, folder: Path) -> None:
    for (name, (prepare, part)), width, language, theme in product(
        SCREENS.items(), (320, 1024, 1600), ("nl", "en"), ("light", "dark")
    ):
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        page.set_default_timeout(120_000)  # the first answer waits for the index
        page.goto(address)
        if language == "en":
            page.get_by_role("radio", name="English").check()
        prepare(page, language)
        box = page.locator(part).first.evaluate(
            "(e) => ({top: e.getBoundingClientRect().top + scrollY, end: document.documentElement.scrollHeight})"
        )
        page.evaluate("scrollTo(0, 0)")
        top = max(0, box["top"] - 16)
        clip = {"x": 0, "y": top, "width": width, "height": min(TALLEST, box["end"] - top)}
        file = folder / f"{name}-{width}-{language}-{theme}.png"
        page.screenshot(path=file, full_page=True, clip=clip, animations="disabled", caret="hide")
        page.close()
        if file.stem in SHOWN:
            with Image.open(file) as image:
                image.convert("RGB").quantize(48, dither=Image.Dither.NONE).save(
                    KEPT / file.name, optimize=True
                )


def main() -> None:
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    KEPT.mkdir(exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        take(browser, address, folder)
        browser.close()


if __name__ == "__main__":
    main()
