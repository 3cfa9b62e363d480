"""A download that broke off, kept with what names its version so that only the rest is asked for."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from corpus.head import Head
from corpus.whole import write_whole


@dataclass(frozen=True)
class Begun:
    """The first bytes of a document, however few."""

    head: Head
    content: bytes

    @property
    def headers(self) -> dict[str, str]:
        """What asks for the rest if the document is still the same, else for all of it (RFC 9110, 13.1.5)."""
        return {"Range": f"bytes={len(self.content)}-", "If-Range": self.head.validator}

    def is_continued_by(self, content_range: str, validator: str) -> bool:
        """Tell whether an answer is all of the rest, and of no other version; an answer need not repeat which."""
        rest = f"bytes {len(self.content)}-{self.head.total - 1}/{self.head.total}"
        return content_range == rest and validator in {"", self.head.validator}


def keep_begun(path: Path, begun: Begun) -> None:
    """Keep what came of a document, after a digest of it all, if its rest can be asked for and there is room."""
    if begun.head.total and begun.head.validator:
        kept = json.dumps(asdict(begun.head)).encode() + b"\n" + begun.content
        # Why it broke off is what must be told, not that the beginning is lost too.
        with suppress(OSError):
            write_whole(path, sha256(kept).hexdigest().encode() + b"\n" + kept)


def read_begun(path: Path) -> Begun | None:
    """Return what is kept; None where there is nothing, or it is damaged."""
    try:
        digest, _, kept = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if digest != sha256(kept).hexdigest().encode():
        return None
    head, _, content = kept.partition(b"\n")
    return Begun(Head(**json.loads(head)), content)


def drop_begun(path: Path) -> None:
    """Forget what is kept, where that can be."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
