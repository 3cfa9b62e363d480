"""Looks into a zipped document before anything is unpacked."""

import io
import zipfile

from corpus.errors import ReadError

_MOST_PARTS = 5_000
_LARGEST_UNPACKED = 200_000_000  # bytes
_PLAIN_UNPACKED = 5_000_000  # bytes; below this no ratio is suspect
_HIGHEST_RATIO = 200
_CONTENT_TYPES = "[Content_Types].xml"
_WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def is_word(data: bytes) -> bool:
    """Whether a zip says of itself that it is a Word document (.docx). Raises ReadError as `check_parts`."""
    with check_parts(data) as parts:
        if _CONTENT_TYPES not in parts.namelist():
            return False
        with parts.open(_CONTENT_TYPES) as types:
            return _WORD in types.read(1_000_000)


def check_parts(data: bytes) -> zipfile.ZipFile:
    """Open a zip whose parts stay within the limits; zipfile unpacks no more of a part than it says here.

    Raises ReadError: "too_large" (more than 5,000 parts or 200 MB, or packed beyond any real document), "encrypted",
    "broken".
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as damaged:
        raise ReadError("document", "broken", "the file is damaged; get it anew") from damaged
    listed = parts.infolist()
    if any(part.flag_bits & 1 for part in listed):
        raise ReadError("document", "encrypted", "it is behind a password; save it without one")
    unpacked = sum(part.file_size for part in listed)
    bomb = unpacked > max(_PLAIN_UNPACKED, _HIGHEST_RATIO * len(data))
    if len(listed) > _MOST_PARTS or unpacked > _LARGEST_UNPACKED or bomb:
        raise ReadError(
            "document", "too_large", "unpacked it is larger than any document should be; save it as PDF"
        )
    return parts
