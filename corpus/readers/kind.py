"""Tells what kind of document a file is: by what is in it first, by its name second."""

import re

from corpus.errors import ReadError
from corpus.extraction import Reader
from corpus.readers.decode import decode
from corpus.readers.zipped import is_word

# By the end of a name, for text that does not tell by itself.
_ENDINGS: dict[str, Reader] = {
    "htm": "html",
    "html": "html",
    "xhtml": "html",
    "markdown": "markdown",
    "md": "markdown",
    "mkd": "markdown",
    "text": "text",
    "txt": "text",
    "": "text",
}
_WEB_PAGE = re.compile(
    r"(?>(?:<\?xml[^>]*>|<!--.*?-->)\s*)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_LOOKED_AT = 20_000  # characters
_SAVE_AS = "save it as PDF, .docx, HTML, .md or .txt"
# What a file begins with, and what to do with one of that kind.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "this is a picture; have its text read (OCR) and saved as PDF"),
    (b"\xff\xd8\xff", "this is a picture; have its text read (OCR) and saved as PDF"),
    (b"GIF8", "this is a picture; have its text read (OCR) and saved as PDF"),
    (b"II*\x00", "this is a picture; have its text read (OCR) and saved as PDF"),
    (b"MM\x00*", "this is a picture; have its text read (OCR) and saved as PDF"),
    (b"BM", "this is a picture; have its text read (OCR) and saved as PDF"),
    (b"RIFF", "this is a picture, sound or film, and no document"),
    (b"{\\rtf", f"this is rich text (RTF); {_SAVE_AS}"),
    (b"\x1f\x8b", "this is an archive; unpack it and add the documents in it"),
    (b"7z\xbc\xaf", "this is an archive; unpack it and add the documents in it"),
    (b"Rar!", "this is an archive; unpack it and add the documents in it"),
    (b"MZ", "this is a program and no document"),
    (b"\x7fELF", "this is a program and no document"),
    (b"\xcf\xfa\xed\xfe", "this is a program and no document"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def tell_kind(name: str, data: bytes) -> Reader:
    """Return which reader a file needs.

    Raises ReadError: none does ("unknown_kind", the message says what to do), "empty", "encrypted", or as `is_word`.
    """
    if not data.strip():
        raise ReadError(name, "empty", "there is nothing in it")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        if is_word(data):
            return "docx"
        advice = f"this is an archive or another kind of office document; unpack it, or {_SAVE_AS}"
        raise ReadError(name, "unknown_kind", advice)
    if data.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in data:
            raise ReadError(name, "encrypted", "it is behind a password; save it without one")
        raise ReadError(name, "unknown_kind", f"this is an old office document (.doc, .xls); {_SAVE_AS}")
    return _tell_text(name, data)


def _tell_text(name: str, data: bytes) -> Reader:
    for start, advice in _OTHERS:
        if data.startswith(start) and (not start.isalpha() or b"\x00" in data[:4096]):
            raise ReadError(name, "unknown_kind", advice)
    if _WEB_PAGE.match(decode(data).lstrip()[:_LOOKED_AT]):
        return "html"
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    advice = f"it holds text, which .{ending} files do not tell how to read; name it .txt, or {_SAVE_AS}"
    raise ReadError(name, "unknown_kind", advice)
