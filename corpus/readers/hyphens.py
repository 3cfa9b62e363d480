"""joins lines to one text: words that were broken at the end of a line are made whole, real hyphens stay."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.readers.lines import Line

# Only the end of a text is searched, as far as a word or address goes: a text may be one word of a million letters.
_REACH = 300
_WORD = re.compile(r"\w+(?:-\w+)*")
_BROKEN = re.compile(r"([\w-]*\w)[-\u2010\u00ad]$")
_FIRST = re.compile(r"\w+(?:-\w+)*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*$")
# "wet- en regelgeving", "in- or output": the hyphen stands for a word left out.
_LEFT_OUT = frozenset(["en", "én", "of", "óf", "tot", "and", "or", "to", "resp", "respectievelijk", "dan"])


@dataclass(frozen=True)
class Hyphens:
    """What a document says of its own hyphens: the words it has within lines, and whether it breaks words.

    Whether the hyphen at the end of a line belongs to the word is told by the word's other places; where it has none,
    by what most of the other broken words of the document turned out to be.
    """

    words: frozenset[str]
    breaks_words: bool = True

    def join(self, lines: Sequence[Line]) -> str:
        """Return the text of lines, on one line."""
        text = ""
        for line in lines:
            text = self._add(text, line.text) if text else line.text
        return text

    def _add(self, text: str, after: str) -> str:
        if _ADDRESS.search(text[-_REACH:]) and text[-1] in "-/_=&?" and after[:1].strip():
            return text + after
        if not (broken := _BROKEN.search(text[-_REACH:])):
            return f"{text} {after}"
        if text[-1] == "\u00ad":
            return text[:-1] + after
        first = _FIRST.match(after)
        if first and first[0].casefold() in _LEFT_OUT:
            return f"{text} {after}"
        keeps = _is_part(broken[1], after)
        if keeps is None and first:
            keeps = self._known(broken[1], first[0])
        return text[: len(text) - (keeps is False or (keeps is None and self.breaks_words))] + after

    def _known(self, start: str, rest: str) -> bool | None:
        if (start + rest).casefold() in self.words:
            return False
        return True if f"{start}-{rest}".casefold() in self.words else None


def read_hyphens(lines: Iterable[Line]) -> Hyphens:
    """Learn the words of a document and whether it breaks words, from its lines in reading order."""
    texts = [line.text for line in lines]
    words: set[str] = set()
    for text in texts:
        # The word at an end or start may be half of one.
        words.update(word.casefold() for word in _WORD.findall(text)[1:-1])
    known = Hyphens(frozenset(words))
    broke = kept = 0
    for text, after in pairwise(texts):
        broken, first = _BROKEN.search(text[-_REACH:]), _FIRST.match(after)
        if broken and first and _is_part(broken[1], after) is None and first[0].casefold() not in _LEFT_OUT:
            verdict = known._known(broken[1], first[0])  # noqa: SLF001
            broke, kept = broke + (verdict is False), kept + (verdict is True)
    return Hyphens(known.words, breaks_words=broke >= kept)


def _is_part(start: str, after: str) -> bool | None:
    """Whether a hyphen belongs to the word by its look: "BIO-maatregel", "e-mail", "IT-Beheer", "16-jarige"."""
    stem = re.split(r"[-_]", start)[-1]
    if len(stem) == 1 or stem[-1].isupper() or stem[-1].isdecimal():
        return True
    return None if after[:1].islower() else True
