"""Decodes text: UTF-8 and UTF-16 with or without a mark, else what its bytes are most like."""

import codecs
import re

from charset_normalizer import from_bytes

from corpus.errors import ReadError

# The longer mark first: that of UTF-16 begins that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The encodings of Western Europe, of Windows, Unix, DOS and old Macs; a whole list would take Dutch for Turkish.
_WESTERN = ["cp1252", "latin_1", "iso8859_15", "cp850", "mac_roman"]
_SAMPLE = 100_000
# Control characters that no text has.
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes) -> str:
    """Return the text of the bytes, with a line feed at every line end.

    Raises ReadError: the bytes are no text ("unknown_kind").
    """
    text = _decode(data)
    if text is None or len(_BINARY.findall(text[:_SAMPLE])) > len(text[:_SAMPLE]) // 1000:
        advice = "this is no text; save it as PDF, .docx, HTML, .md or .txt"
        raise ReadError("document", "unknown_kind", advice)
    return re.sub("\r\n?|\f|\x0b|\x85|\u2028", "\n", text.replace("\x00", ""))


def _decode(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _try(data[len(mark) :], encoding)
    encoding = _wide(data[:_SAMPLE]) or "utf-8"
    text = _try(data, encoding)
    if text is not None or b"\x00" in data:
        return text
    # The guess is of the sample that has letters beyond ASCII: where they are says which encoding it is.
    first = next((place for place, byte in enumerate(data) if byte > 127), 0)
    best = from_bytes(data[max(0, first - _SAMPLE // 2) :][:_SAMPLE], cp_isolation=_WESTERN).best()
    return _try(data, best.encoding) if best else None


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every second byte is zero."""
    half = len(sample) // 2
    if half and sample[1::2].count(0) > half * 0.6 and sample[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if half and sample[::2].count(0) > half * 0.6 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
