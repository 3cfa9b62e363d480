"""reads a PDF: the text that people can see, with its place, look and tags; pypdfium2 is imported here alone."""

import ctypes
import math
from collections.abc import Iterator
from datetime import date

import pypdfium2 as pdfium
from pypdfium2 import raw

from corpus.errors import ReadError
from corpus.extraction import Extraction
from corpus.readers.flow import make_blocks
from corpus.readers.grid import Box
from corpus.readers.ink import Pixels, can_be_seen
from corpus.readers.letters import Letters, Look, is_within, make_page, start
from corpus.readers.lines import UNTAGGED, Page, Tag
from corpus.readers.unseen import drop_unseen

_NAME = "the PDF"
_MAX_PAGES = 3_000
_MAX_LETTERS = 100_000  # on a page
_MAX_OBJECTS = 200_000  # on a page, as it is or within others
_MAX_TAGS = 100_000  # on a page
_MAX_DEPTH = 60  # of tags, and of objects in objects
_MAX_IMAGE = 40_000_000  # pixels of the images on a page that are drawn to see what is behind the text
_PICTURE = 4_000_000  # pixels of the picture of a page
_SMALLEST = 1.0  # points, of letters
_THIN = 2.0  # points, of lines
_HYPHENS = frozenset([0x02, 0xFFFE])  # what pdfium gives for a hyphen at the end of a line
_UNSHOWN = frozenset([raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP])
_STROKED = frozenset([raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP])
_BROKEN = "it is broken: it cannot be opened or read to its end. Open it, save it again and add that."
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}


def read_pdf(data: bytes) -> Extraction:
    """Read a PDF.

    Raises:
        ReadError: nothing is in it, it is encrypted, broken or too large, or its pages show no text that can be read.

    """
    if not data:
        raise ReadError(_NAME, "empty", "there is nothing in the file. Save it again and add it anew.")
    document = _open(data)
    try:
        return _read(document)
    finally:
        document.close()


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            advice = "it is behind a password. Save a copy without one and add that."
            raise ReadError(_NAME, "encrypted", advice) from error
        raise ReadError(_NAME, "broken", _BROKEN) from error


def _read(document: pdfium.PdfDocument) -> Extraction:
    count = len(document)
    if not count:
        raise ReadError(_NAME, "broken", _BROKEN)
    if count > _MAX_PAGES:
        raise _too_large(f"{count:,} pages, at most {_MAX_PAGES:,} are read")
    pages, hidden, drawn = [], 0, 0
    for number in range(1, count + 1):
        try:
            page = document[number - 1]
            reading = _PageReading(page, number)
            pages.append(reading.read())
            page.close()
        except pdfium.PdfiumError as error:
            raise ReadError(_NAME, "broken", f"page {number} cannot be read. {_BROKEN}") from error
        hidden, drawn = hidden + reading.hidden, drawn + reading.objects
    blocks, dropped = make_blocks(pages)
    if not blocks:
        raise _no_text(drawn, hidden)
    return Extraction(
        "pdf",
        blocks,
        hidden + dropped,
        count,
        _told(document, "Title"),
        _told(document, "Author"),
        _iso_date(_told(document, "CreationDate")),
    )


def _no_text(drawn: int, hidden: int) -> ReadError:
    if not drawn:
        return ReadError(_NAME, "empty", "its pages are blank. Add the document that you meant.")
    unseen = (
        f" ({hidden:,} characters behind the pictures cannot be seen, so they are not read)" if hidden else ""
    )
    advice = f"its pages are pictures without a text layer{unseen}. "
    advice += "Make a text or Word file of it with OCR (text recognition) and add that."
    return ReadError(_NAME, "no_text_layer", advice)


def _too_large(what: str) -> ReadError:
    return ReadError(_NAME, "too_large", f"it is larger than allowed: {what}. Split it and add the parts.")


def _told(document: pdfium.PdfDocument, key: str) -> str:
    return " ".join(drop_unseen(document.get_metadata_value(key))[0].split())


def _iso_date(told: str) -> str:
    """Return "2025-05-27" for "D:20250527094020+02'00'"; empty where there is no such date."""
    digits = told.removeprefix("D:")[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6] or 1), int(digits[6:8] or 1)).isoformat()
    except ValueError:
        return ""


class _PageReading:
    """Reads one page; `hidden` counts its characters that cannot be seen, `objects` all that is drawn on it."""

    def __init__(self, page: pdfium.PdfPage, number: int) -> None:
        self._page = page
        self._number = number
        self.hidden = 0
        self.objects = 0
        self._image = 0
        self._tags = 0
        self._rules: list[Box] = []
        self._looks: dict[int, Look] = {}

    def read(self) -> Page:
        objects = (
            raw.FPDFPage_GetObject(self._page, i)
            for i in range(self._within(raw.FPDFPage_CountObjects(self._page)))
        )
        self._prepare(objects, 0)
        width, height = self._page.get_size()
        scale = min(1.5, math.sqrt(_PICTURE / max(width * height, 1)))
        bitmap = self._page.render(
            scale=scale, may_draw_forms=False, draw_annots=False, limit_image_cache=True
        )
        pixels: Pixels = bitmap.to_numpy()[:, :, 2::-1]
        text = self._page.get_textpage()
        letters = [each for each in self._letters(text) if self._is_seen(each, pixels, scale)]
        text.close()
        bitmap.close()
        return make_page(self._number, self._box(), letters, self._read_tags(), self._rules)

    def _prepare(self, objects: Iterator[raw.FPDF_PAGEOBJECT], depth: int) -> None:
        """Take off the texts that stand in for what is drawn, and leave out of the picture images that are too large.

        A stand-in (ActualText) can say anything; people see what is drawn.
        """
        for found in objects:
            self.objects += 1
            kind = raw.FPDFPageObj_GetType(found)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                for i in range(raw.FPDFPageObj_CountMarks(found)):
                    raw.FPDFPageObjMark_RemoveParam(found, raw.FPDFPageObj_GetMark(found, i), b"ActualText")
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                width, height = ctypes.c_uint(), ctypes.c_uint()
                raw.FPDFImageObj_GetImagePixelSize(found, width, height)
                self._image += width.value * height.value
                if self._image > _MAX_IMAGE:
                    raw.FPDFPageObj_SetIsActive(found, 0)
            elif kind == raw.FPDF_PAGEOBJ_PATH and depth == 0:
                left, bottom, right, top = (ctypes.c_float() for _ in range(4))
                raw.FPDFPageObj_GetBounds(found, left, bottom, right, top)
                if min(right.value - left.value, top.value - bottom.value) < _THIN:
                    self._rules.append((left.value, bottom.value, right.value, top.value))
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                count = self._within(raw.FPDFFormObj_CountObjects(found))
                self._prepare((raw.FPDFFormObj_GetObject(found, i) for i in range(count)), depth + 1)

    def _within(self, count: int) -> int:
        if self.objects + count > _MAX_OBJECTS:
            raise _too_large(f"page {self._number} has more than {_MAX_OBJECTS:,} objects")
        return count

    def _letters(self, text: pdfium.PdfTextPage) -> Iterator[Letters]:
        """Yield the letters of a page in the order in which they are drawn, those of an object and line together."""
        count = raw.FPDFText_CountChars(text)
        if count > _MAX_LETTERS:
            raise _too_large(f"page {self._number} has {count:,} characters")
        page_box, place = self._box(), raw.FS_RECTF()
        across, up = ctypes.c_double(), ctypes.c_double()
        letters: Letters | None = None
        for i in range(count):
            code = raw.FPDFText_GetUnicode(text, i)
            if raw.FPDFText_IsGenerated(text, i) == 1:
                if code == 32 and letters:
                    letters.text += " "
                continue
            if code == 0 or 0xD800 <= code <= 0xDFFF or not (look := self._look(text, i)):
                continue
            letter = "-" if code in _HYPHENS else _LIGATURES.get(code, chr(code))
            raw.FPDFText_GetLooseCharBox(text, i, place)
            raw.FPDFText_GetCharOrigin(text, i, across, up)
            box = (place.left, place.bottom, place.right, place.top)
            if not letter.isspace() and not is_within(box, page_box):
                self.hidden += 1
                continue
            if letters is None or not letters.add(look, letter, box, (across.value, up.value)):
                if letters:
                    yield letters
                letters = start(look, letter, box, (across.value, up.value))
        if letters:
            yield letters

    def _box(self) -> Box:
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(self._page, box)
        return box.left, box.bottom, box.right, box.top

    def _look(self, text: pdfium.PdfTextPage, i: int) -> Look | None:
        found = raw.FPDFText_GetTextObject(text, i)
        if not found:
            return None
        key = ctypes.addressof(found.contents)
        if key not in self._looks:
            self._looks[key] = _look_of(text, i, found)
        return self._looks[key]

    def _is_seen(self, letters: Letters, pixels: Pixels, scale: float) -> bool:
        """Whether letters can be seen; those that cannot are counted."""
        if not letters.text.strip():
            return True
        seen = letters.look.shown and letters.look.size >= _SMALLEST
        if seen:
            pad = 0.25 * letters.look.size
            left, bottom, right, top = letters.box
            corners = (
                self._pixel(pixels, left - pad, bottom - pad),
                self._pixel(pixels, right + pad, top + pad),
            )
            seen = can_be_seen(pixels, corners, letters.look.colour, letters.look.size * scale)
        if not seen:
            self.hidden += sum(not letter.isspace() for letter in letters.text)
        return seen

    def _pixel(self, pixels: Pixels, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        height, width = pixels.shape[:2]
        raw.FPDF_PageToDevice(self._page, 0, 0, width, height, 0, x, y, across, down)
        return across.value, down.value

    def _read_tags(self) -> tuple[Tag, ...]:
        tree = raw.FPDF_StructTree_GetForPage(self._page)
        if not tree:
            return ()
        roots = (
            raw.FPDF_StructTree_GetChildAtIndex(tree, i)
            for i in range(raw.FPDF_StructTree_CountChildren(tree))
        )
        tags = tuple(self._tag(root, 0) for root in roots if root)
        raw.FPDF_StructTree_Close(tree)
        return tags

    def _tag(self, element: raw.FPDF_STRUCTELEMENT, depth: int) -> Tag:
        self._tags += 1
        if self._tags > _MAX_TAGS:
            raise _too_large(f"page {self._number} has more than {_MAX_TAGS:,} tags")
        kids: list[int | Tag] = []
        elsewhere: list[int] = []
        count = raw.FPDF_StructElement_CountChildren(element) if depth < _MAX_DEPTH else 0
        for i in range(count):
            if child := raw.FPDF_StructElement_GetChildAtIndex(element, i):
                kids.append(self._tag(child, depth + 1))
            elif (content := raw.FPDF_StructElement_GetChildMarkedContentID(element, i)) >= 0:
                kids.append(content)
            elif raw.FPDF_StructElement_GetMarkedContentIdAtIndex(element, i) >= 0:
                elsewhere.append(len(kids))
        return Tag(_kind(element), tuple(kids), before=0 in elsewhere, after=len(kids) in elsewhere)


def _kind(element: raw.FPDF_STRUCTELEMENT) -> str:
    length = raw.FPDF_StructElement_GetType(element, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDF_StructElement_GetType(element, buffer, length)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")


def _look_of(text: pdfium.PdfTextPage, i: int, found: raw.FPDF_PAGEOBJECT) -> Look:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, i, matrix)
    mode = raw.FPDFTextObj_GetTextRenderMode(found)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    get = raw.FPDFPageObj_GetStrokeColor if mode in _STROKED else raw.FPDFPageObj_GetFillColor
    plain = get(found, red, green, blue, alpha)
    weight = raw.FPDFText_GetFontWeight(text, i)
    tag = raw.FPDFPageObj_GetMarkedContentID(found)
    return Look(
        size=raw.FPDFText_GetFontSize(text, i) * math.hypot(matrix.c, matrix.d),
        angle=round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360,
        shown=mode not in _UNSHOWN and not (plain and alpha.value == 0),
        colour=(red.value, green.value, blue.value) if plain else None,
        bold=weight >= 600 or _has_bold_name(found),
        tag=tag if tag >= 0 else UNTAGGED,
        artifact=tag < 0 and _is_artifact(found),
    )


def _has_bold_name(found: raw.FPDF_PAGEOBJECT) -> bool:
    buffer = ctypes.create_string_buffer(128)
    font = raw.FPDFTextObj_GetFont(found)
    return bool(font and raw.FPDFFont_GetBaseFontName(font, buffer, 128)) and b"bold" in buffer.value.lower()


def _is_artifact(found: raw.FPDF_PAGEOBJECT) -> bool:
    buffer, length = ctypes.create_string_buffer(64), ctypes.c_ulong()
    for i in range(raw.FPDFPageObj_CountMarks(found)):
        mark = raw.FPDFPageObj_GetMark(found, i)
        wide = ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR))
        if raw.FPDFPageObjMark_GetName(mark, wide, 64, length) and buffer.raw.startswith(
            "Artifact\0".encode("utf-16-le")
        ):
            return True
    return False
