"""Reads the elements of a web page: headings, paragraphs, items of lists with their numbers, rows of tables, footnotes."""

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from corpus.errors import ReadError
from corpus.extraction import Block
from corpus.readers.marks import as_number, join_lines
from corpus.readers.rows import read_row


def names(text: str) -> frozenset[str]:
    """Return the names in a text, parted by spaces."""
    return frozenset(text.split())


_HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = names(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
# What shows no text of its own: drawings, scripts, and controls to click on.
SILENT = names(
    "audio button canvas datalist embed head iframe input link math meta noscript object option script select style svg "
    "template textarea title video"
)
_BREAK = "\u2029"  # a line break; two of them part paragraphs, as does one before a typed mark
_MAY_BREAK = "\u2028"  # where a line may end; parts paragraphs before a typed mark alone
_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


def parse_page(source: str) -> HtmlElement:
    """Return the page as a tree. Raises ReadError: nothing in it ("empty"), or nested too deep to be read ("broken")."""
    parser = HTMLParser(encoding="utf-8")
    try:
        page = document_fromstring(source.encode(), parser)
    except ParserError as nothing:
        raise ReadError("document", "empty", "there is nothing in it") from nothing
    # The parser leaves out what stands deeper, without an error.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ReadError(
            "document", "broken", "its parts are nested too deep, or too large; save it anew as PDF"
        )
    return page


def read_elements(element: HtmlElement) -> Iterator[Block]:
    """Yield the blocks of an element in reading order; spaces and typed marks are left for `finish`."""
    yield from _read(element, Block("prose", ""))


def text_of(element: HtmlElement) -> str:
    """Return the text of an element on one line, with its blocks parted by spaces."""
    return " ".join(_inline(element).split())


def _read(element: HtmlElement, first: Block) -> Iterator[Block]:
    """Yield the blocks inside an element; the first of them is like `first`, the others are prose."""
    text = [element.text or ""]
    for child in element:
        if _is_block(child):
            for block in _paragraphs(text, first):
                yield block
                first = Block("prose", "")
            for block in _open(child, first):
                yield block
                first = Block("prose", "")
            text = []
        else:
            text.append(_inline_child(child))
        text.append(child.tail or "")
    yield from _paragraphs(text, first)


def _is_block(element: HtmlElement) -> bool:
    return isinstance(element.tag, str) and any(part.tag in BLOCKS for part in element.iter(*BLOCKS))


def _paragraphs(text: list[str], first: Block) -> Iterator[Block]:
    for paragraph in re.split(rf"{_BREAK}\s*{_BREAK}", "".join(text)):
        lines = [line.strip() for line in re.split(f"[{_BREAK}{_MAY_BREAK}]", paragraph)]
        for line in join_lines(line for line in lines if line):
            yield replace(first, text=line)
            first = Block("prose", "")


def _open(element: HtmlElement, first: Block) -> Iterator[Block]:
    if level := _HEADINGS.get(element.tag, 0):
        yield Block("heading", text_of(element), level)
    elif element.tag in ("ul", "ol", "menu"):
        yield from _items(element)
    elif element.tag == "table":
        yield from _rows(element)
    else:
        yield from _read(element, first)


def _items(element: HtmlElement) -> Iterator[Block]:
    """Items carry the number that a browser shows; those of a list of footnotes are footnotes."""
    notes = any(
        "footnotes" in (around.get("class") or "") for around in element.iterancestors("section", "div")
    )
    number = _whole(element.get("start"), 1)
    for child in element:
        if child.tag == "li":
            number = _whole(child.get("value"), number)
            mark = as_number(number, _FORMS.get(element.get("type") or "", "")) if element.tag == "ol" else ""
            yield from _read(child, Block("footnote" if notes else "list_item", "", number=mark))
            number += 1
        elif _is_block(child):
            yield from _open(child, Block("prose", ""))


def _rows(table: HtmlElement) -> Iterator[Block]:
    for row in table.iter("tr", "caption"):
        if next(row.iterancestors("table")) is not table:
            continue
        if row.tag == "caption":
            yield from _read(row, Block("prose", ""))
        else:
            yield from read_row(
                [list(_read(cell, Block("prose", ""))) for cell in row.iterchildren("td", "th")]
            )


def _inline(element: HtmlElement) -> str:
    inside = [element.text or ""]
    for child in element:
        inside += [_inline_child(child), child.tail or ""]
    return "".join(inside)


def _inline_child(child: HtmlElement) -> str:
    if not isinstance(child.tag, str) or child.tag in SILENT or _refers_to_a_note(child):
        return ""
    if child.tag in ("br", "wbr"):  # the parser does not know that nothing stands in a <wbr>
        return (_BREAK if child.tag == "br" else _MAY_BREAK) + _inline(child)
    return f" {_inline(child)} " if child.tag in BLOCKS else _inline(child)


def _refers_to_a_note(element: HtmlElement) -> bool:
    """The raised figure of a footnote, or the arrow back from one, is no word of the text."""
    if element.tag == "a":
        return "footnote-backref" in (element.get("class") or "")
    link = element.find(".//a") if element.tag == "sup" else None
    return (
        link is not None
        and (link.get("href") or "").startswith("#")
        and text_of(element).strip("[]()*").isdigit()
    )


def _whole(value: str | None, otherwise: int) -> int:
    return int(value) if value and re.fullmatch(r"\d{1,5}", value) else otherwise
