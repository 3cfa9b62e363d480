"""The reader of Word documents (.docx): python-docx opens them, and all that people see on their pages is read."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from lxml.etree import XMLSyntaxError, _Element

from corpus.errors import ReadError
from corpus.extraction import Block, Extraction
from corpus.readers.finish import finish
from corpus.readers.numbering import Numbering, W, tags, value
from corpus.readers.rows import read_row
from corpus.readers.word_styles import (
    Style,
    is_filled,
    is_unseen,
    is_white,
    number_of,
    outline_of,
    read_styles,
)
from corpus.readers.zipped import check_parts

# What stands around paragraphs and text without being any; tracked deletions (w:del, w:moveFrom) are not among them.
_AROUND = tags("sdt sdtContent customXml ins moveTo smartTag hyperlink fldSimple bdo dir")
_SPACES = tags("tab br cr ptab")
_NOTES = (("footnotes", "footnote"), ("endnotes", "endnote"))
_BOX = f"{W}txbxContent"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"


@dataclass
class _Reading:
    """What is known of the document while it is read, and counted on the way."""

    styles: dict[str, Style]
    numbering: Numbering
    notes: dict[tuple[str, str], _Element]
    hidden: int = 0
    noted: list[tuple[str, str]] = field(default_factory=list)
    numbered: int = 0


def read_docx(data: bytes) -> Extraction:
    """Read a Word document; nothing is unpacked before the sizes of its parts are checked.

    Raises ReadError: as `check_parts`; damaged ("broken"); nothing in it ("empty").
    """
    check_parts(data).close()
    try:
        document = Document(io.BytesIO(data))
        reading = _Reading(read_styles(document.styles.element), _numbering(document), _notes(document))
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, XMLSyntaxError) as damaged:
        raise ReadError(
            "document", "broken", "Word’s parts of the file are damaged; save it anew"
        ) from damaged
    blocks = list(_read(document.element.body, reading))
    title, author, date = _about(document)
    return finish("docx", blocks, reading.hidden, title, author, date)


def _part(document: WordDocument, kind: str) -> _Element | None:
    """The root of a part that the document points to, such as its footnotes."""
    related = (link for link in document.part.rels.values() if not link.is_external)
    part = next((link.target_part for link in related if link.reltype.endswith(f"/{kind}")), None)
    return parse_xml(part.blob) if part is not None else None


def _numbering(document: WordDocument) -> Numbering:
    return Numbering(_part(document, "numbering"))


def _notes(document: WordDocument) -> dict[tuple[str, str], _Element]:
    found: dict[tuple[str, str], _Element] = {}
    for kind, tag in _NOTES:
        if (notes := _part(document, kind)) is not None:
            found |= {(tag, value(note, "id")): note for note in notes.iterchildren(f"{W}{tag}")}
    return found


def _about(document: WordDocument) -> tuple[str, str, str]:
    """Title, author and date that the document says of itself; python-docx would make them up where it is silent."""
    links = document.part.package.rels.values() if document.part.package else ()
    if not any(link.reltype.endswith("/core-properties") for link in links):
        return "", "", ""
    said = document.core_properties
    moment = said.modified or said.created
    return said.title or "", said.author or "", moment.date().isoformat() if moment else ""


def _read(element: _Element, reading: _Reading, shaded: bool = False) -> Iterator[Block]:
    """Yield the blocks of a body, cell, box or note; `shaded`: it may have a background that white text is seen on."""
    for child in element:
        if child.tag == f"{W}p":
            yield from _paragraph(child, reading, shaded)
        elif child.tag == f"{W}tbl":
            yield from _table(child, reading)
        elif child.tag in _AROUND:
            yield from _read(child, reading, shaded)


def _table(table: _Element, reading: _Reading) -> Iterator[Block]:
    """Cells that are merged stand in the file once, or go on from the one above and are skipped there."""
    style = table.find(f"{W}tblPr/{W}tblStyle")
    shaded = style is not None and reading.styles.get(value(style, "val"), Style()).shaded
    for row in _inside(table, f"{W}tr"):
        cells = []
        for cell in _inside(row, f"{W}tc"):
            merged, fill = cell.find(f"{W}tcPr/{W}vMerge"), cell.find(f"{W}tcPr/{W}shd")
            if merged is None or value(merged, "val") == "restart":
                filled = shaded or (fill is not None and is_filled(fill))
                cells.append(list(_read(cell, reading, filled)))
            else:
                reading.hidden += sum(len(text.text or "") for text in cell.iter(f"{W}t"))
        yield from read_row(cells)


def _inside(element: _Element, tag: str) -> Iterator[_Element]:
    """The children of one kind, also those in a content control or an insertion."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _AROUND:
            yield from _inside(child, tag)


def _paragraph(paragraph: _Element, reading: _Reading, shaded: bool) -> Iterator[Block]:
    about = paragraph.find(f"{W}pPr")
    named = about.find(f"{W}pStyle") if about is not None else None
    style = reading.styles.get(
        value(named, "val") if named is not None else "", reading.styles.get("", Style())
    )
    fill = about.find(f"{W}shd") if about is not None else None
    shaded = shaded or style.shaded or (fill is not None and is_filled(fill))
    said = outline_of(about)
    level = style.outline if said is None else said
    text = "".join(_text(paragraph, reading, style, shaded))
    if text.strip() and not style.is_contents:
        own = number_of(about)
        listed = own[0] if own and own[0] else style.number[0]
        depth = own[1] if own and own[1] else style.number[1]
        number = reading.numbering.count(listed, int(depth)) if listed and depth.isdigit() else None
        if level:
            yield Block("heading", f"{number or ''} {text}", level)
        elif number is not None:
            yield Block("list_item", text, number=number)
        else:
            yield Block("prose", text)
    for box in paragraph.iter(_BOX):
        if next(box.iterancestors(f"{W}p")) is paragraph and _is_first_choice(box):
            yield from _read(box, reading, shaded=True)
    yield from _pending_notes(reading)


def _is_first_choice(box: _Element) -> bool:
    """A box may stand in a file twice, for newer and for older Words; the first is read."""
    choice = next(box.iterancestors(_CHOICE), None)
    return choice is None or next(box.iterancestors(choice[0].tag), None) is choice[0]


def _pending_notes(reading: _Reading) -> Iterator[Block]:
    """The notes that a paragraph points to follow it, numbered through the document."""
    while reading.noted:
        key = reading.noted.pop(0)
        note = reading.notes.pop(key, None)
        if note is not None:
            reading.numbered += 1
            text = " ".join(block.text for block in _read(note, reading))
            yield Block("footnote", text, number=str(reading.numbered))


def _text(element: _Element, reading: _Reading, style: Style, shaded: bool) -> Iterator[str]:
    """The text of a paragraph that can be seen; what cannot is counted."""
    for child in element:
        if child.tag in _AROUND:
            yield from _text(child, reading, style, shaded)
        elif child.tag == f"{W}r":
            text = "".join(_run(child, reading))
            if _is_hidden(child, reading, style, shaded):
                reading.hidden += len(text.strip())
            else:
                yield text


def _run(run: _Element, reading: _Reading) -> Iterator[str]:
    for part in run:
        if part.tag == f"{W}t":
            yield part.text or ""
        elif part.tag in _SPACES:
            yield " "
        elif part.tag == f"{W}noBreakHyphen":
            yield "-"
        elif part.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            reading.noted.append((part.tag.removeprefix(W).removesuffix("Reference"), value(part, "id")))


def _is_hidden(run: _Element, reading: _Reading, style: Style, shaded: bool) -> bool:
    look = run.find(f"{W}rPr")
    named = look.find(f"{W}rStyle") if look is not None else None
    own = reading.styles.get(value(named, "val"), Style()) if named is not None else Style()
    unseen = is_unseen(look)
    if own.unseen or style.unseen if unseen is None else unseen:
        return True
    if shaded or own.shaded or (look is not None and _has_background(look)):
        return False
    said = is_white(look)
    return said if said is not None else own.white or style.white


def _has_background(look: _Element) -> bool:
    fill, marker = look.find(f"{W}shd"), look.find(f"{W}highlight")
    return (fill is not None and is_filled(fill)) or (
        marker is not None and value(marker, "val") not in ("none", "white")
    )
