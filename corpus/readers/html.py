"""The reader of web pages: trafilatura finds where the main text stands, and all that people see there is read."""

import re
from collections import Counter

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.metadata import Document, extract_metadata

from corpus.extraction import Extraction
from corpus.readers.decode import decode
from corpus.readers.elements import BLOCKS, names, parse_page, read_elements, text_of
from corpus.readers.finish import finish
from corpus.readers.hidden import drop_element, drop_hidden

_ROOMS = names("article body center div form main section")
_LISTS = names("div section ul ol table")
_FURNITURE = names("nav footer aside menu dialog form")
_FURNITURE_ROLES = names(
    "alertdialog banner complementary contentinfo dialog menu menubar navigation search toolbar"
)
_FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:cookie|consent|breadcrumb|nav|navigation|navbar|menu|sidebar|footer|pagination|share|social|skip)"
    r"(?:s|[_-]?(?:bar|banner|notice|links?|buttons?|popup|wrapper|list|container|message))?(?=$|[\s_-])",
    re.IGNORECASE,
)
# Nothing is looked up: only what the page says of itself counts as its date, up to a day that no clock decides.
_DATES = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}


def read_html(data: bytes) -> Extraction:
    """Read the main text of a page; nothing is fetched, and what stands around it (menus, banners, footers) is left out.

    Raises ReadError: no text, or nothing in it.
    """
    page = parse_page(decode(data))
    about = extract_metadata(page, date_config=_DATES)
    main, found = _main(page)
    _drop_furniture(main, found)
    hidden = drop_hidden(page, main)
    # Where no heading says what the page is called, trafilatura gives the first piece of its name alone.
    title = about.title if page.find(".//h1") is not None else page.findtext(".//title")
    return finish("html", read_elements(main), hidden, title or "", about.author or "", about.date or "")


def _main(page: HtmlElement) -> tuple[HtmlElement, Counter[HtmlElement]]:
    """The smallest element that holds all of what trafilatura found, and how much of that every element holds.

    Trafilatura itself leaves out some of the text (whatever has "expanded" in its class, numbers of lists), so it says
    where the text stands, not what it is.
    """
    extracted = bare_extraction(page, fast=True, include_comments=False, favor_recall=True)
    pieces = {text_of(part) for part in extracted.body.iter()} if isinstance(extracted, Document) else set()
    found: Counter[HtmlElement] = Counter()
    for element in page.iter(*BLOCKS):
        if next(element.iterdescendants(*BLOCKS), None) is None and (text := text_of(element)) in pieces:
            for around in (element, *element.iterancestors()):
                found[around] += len(text)
    main = inner = page if page.find("body") is None else page.find("body")
    while inner is not None:
        main = inner
        inner = next((part for part in main.iterchildren(*_ROOMS) if found[part] == found[main] > 0), None)
    return main, found


def _drop_furniture(main: HtmlElement, found: Counter[HtmlElement]) -> None:
    """Take out what stands around a text: by tag, role or name, or as a list of links; never what trafilatura found."""
    waiting = list(main)
    while waiting:
        element = waiting.pop()
        if not found[element] and isinstance(element.tag, str) and _is_furniture(element):
            drop_element(element)
        else:
            waiting += element


def _is_furniture(element: HtmlElement) -> bool:
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return (
        element.tag in _FURNITURE
        or (element.tag == "header" and element.find(".//h1") is None)
        or element.get("role") in _FURNITURE_ROLES
        or (element.tag in BLOCKS and bool(_FURNITURE_NAMES.search(named)))
        or (element.tag in _LISTS and _mostly_links(element))
    )


def _mostly_links(element: HtmlElement) -> bool:
    links = [text_of(link) for link in element.iter("a")]
    return len(links) > 1 and sum(map(len, links)) > 0.6 * len(text_of(element))
