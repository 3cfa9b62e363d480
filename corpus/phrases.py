"""Phrases: words to look for, in a small notation that is explained at the top of patterns.toml.

They are matched against words as `split_words` gives them: lower case, without accents, hyphens and apostrophes
parting words.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from corpus.toml import Table

# Dots inside abbreviations and figures are no ends of sentences; "n't" is a word of its own.
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d{3})+(?!\d)|n't|\w+?(?=n't)|\w+|&|[.,;:?!()]|\n(?=[ \t]{0,9}[-*•\n])| [-–—] "
)
_SPELLED = {"n't": "not", "&": "and", "\n": ";", " - ": ",", " – ": ",", " — ": ","}
_APOSTROPHES = str.maketrans("‘’`´", "''''")
STOPS = ".,;:?!()"
_LONGEST_WORD = 60


@dataclass(frozen=True)
class Word:
    """A word or mark of punctuation as phrases see it, and its place in the text it was split from."""

    text: str
    start: int
    end: int


def split_words(text: str, capitals: Mapping[str, str]) -> Iterator[Word]:
    """Yield the words of `text`; those in `capitals` are read as that table says ("US" is no "us")."""
    for match in _WORD.finditer(text.translate(_APOSTROPHES)):
        word = match.group()
        if "." in word[1:] or "," in word[1:-1]:
            word = word.replace(".", "").replace(",", "")
        folded = _SPELLED.get(word) or capitals.get(word) or _fold(word)
        if folded:
            yield Word(folded[:_LONGEST_WORD], match.start(), match.end())


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word)
    return "".join(c for c in plain if not unicodedata.combining(c) and not c.isspace()).lower()


@dataclass(frozen=True)
class Phrase:
    """Words to look for. `anchors` are texts of which at least one stands in every text the phrase is found in."""

    text: str
    source: str
    anchors: tuple[str, ...]

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.source + "(?= )")

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the phrase stands in words joined by blanks, with a blank before and behind them."""
        if self.may_stand_in(text):
            for match in self._expression.finditer(text):
                yield match.start() + 1, match.end()

    def may_stand_in(self, text: str) -> bool:
        """Tell whether an anchor stands in the text: most phrases are ruled out so, and never compiled or run."""
        for anchor in self.anchors:  # noqa: SIM110 - thousands of phrases a question: any() takes twice as long
            if anchor in text:
                return True
        return False


Phrases = tuple[Phrase, ...]


_GAP = r"(?: [^ .,;:?!()]+){0,6}?"
_NUMBER = {"<100": r" \d{1,2}", ">9999": r" [1-9]\d{4,9}"}


def read_phrase(text: str, entry: Table, lists: Mapping[str, Phrases]) -> Phrase:
    """Read one phrase of the notation; raises DataError for what is not in it."""
    parts = [_read_part(part, text, entry, lists) for part in re.sub(r"[-'’]", " ", text).split()]
    # The rarest part, judged by how few and how long its texts are, decides whether to look any further.
    firm = [anchors for _, anchors in parts if anchors]
    if not firm:
        raise entry.fault(f"'{text}' names no word")
    anchors = min(firm, key=lambda texts: (len(texts), -min(map(len, texts))))
    return Phrase(text, "".join(source for source, _ in parts), anchors)


def literal_phrase(text: str) -> Phrase:
    """Return the phrase that finds these words and no others, whatever signs stand between them."""
    words = [word.text for word in split_words(text, {}) if word.text not in STOPS]
    return Phrase(text, "".join(f" {re.escape(word)}" for word in words), (f" {' '.join(words)} ",))


def _read_part(
    part: str, text: str, entry: Table, lists: Mapping[str, Phrases]
) -> tuple[str, tuple[str, ...]]:
    """Return a part's expression and its anchors; a part that may be absent has none."""
    if part == "...":
        return _GAP, ()
    if part == "*":
        return " [^ .,;:?!()]+", ()
    if part in _NUMBER:
        return _NUMBER[part], tuple("0123456789")
    if part in STOPS:
        return f" {re.escape(part)}", (f" {part}",)
    if part.startswith("{") and part.endswith("}"):
        if not lists.get(part[1:-1]):
            raise entry.fault(f"'{text}' uses a list that does not stand before it: {part}")
        phrases = lists[part[1:-1]]
        return f"(?:{'|'.join(p.source for p in phrases)})", tuple(a for p in phrases for a in p.anchors)
    if part.startswith("(") and part.endswith(")"):
        source, _ = _read_part(part[1:-1], text, entry, lists)
        return f"(?:{source})?", ()
    words = part.split("|")
    if not all(re.fullmatch(r"\*?\w+(?:\*\w+)*\*?", word) for word in words):
        raise entry.fault(f"'{text}' is not a phrase: cannot read '{part}'")
    source = "|".join(re.escape(_fold(word)).replace(r"\*", "[^ ]*") for word in words)
    return (f" (?:{source})" if len(words) > 1 else f" {source}"), tuple(
        _anchor(_fold(word)) for word in words
    )


def _anchor(word: str) -> str:
    """Return the longest run of letters that every text of the word holds, with the blanks around it."""
    return max(f" {word} ".split("*"), key=len)
