"""A question as words, sentences and clauses, with the marks that say how each clause is meant."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from corpus.patterns import Patterns
from corpus.phrases import STOPS, Phrases, Word, split_words

Span = tuple[int, int]
_ENDS = ".?!;"
# A sentence of more words is read in pieces, so that reading takes time in proportion to the text.
_LONGEST = 80
# Beyond these words nothing is read; a question of the longest size that is answered has far fewer.
_MOST = 2000


@dataclass(frozen=True)
class Clause:
    """A run of words with one predicate, `first` to `last` (exclusive), and how it is meant.

    `asked`: its content is what is asked. `guessed`: a question without a question word. `wondered`: someone does
    not know. `ruled`: what must be. `allowed`: what may be. `modal`, `wh`: the words it starts with.
    """

    first: int
    last: int
    sentence: int
    asked: bool
    guessed: bool
    wondered: bool
    ruled: bool
    allowed: bool
    modal: bool
    wh: bool


@dataclass(frozen=True)
class Text:
    """The distinct sentences of a question. Sentences and spans count words, the last one exclusive."""

    question: str
    words: tuple[Word, ...]
    sentences: tuple[Span, ...]
    patterns: Patterns

    @cached_property
    def _joined(self) -> str:
        return f" {' '.join(word.text for word in self.words)} "

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 1
        for word in self.words:
            starts.append(at)
            at += len(word.text) + 1
        return starts

    def find(self, phrases: Phrases) -> Iterator[Span]:
        """Yield where the phrases stand."""
        joined = self._joined
        for phrase in phrases:
            if not phrase.may_stand_in(joined):
                continue
            for first, last in phrase.find(joined):
                yield bisect_right(self._starts, first) - 1, bisect_right(self._starts, last - 1)

    @cached_property
    def marks(self) -> Mapping[str, Mapping[int, int]]:
        """For every mark where it starts and ends; the longest where several start."""
        marks: dict[str, dict[int, int]] = {}
        for name, phrases in self.patterns.marks.items():
            ends = marks.setdefault(name, {})
            for first, last in self.find(phrases):
                ends[first] = max(last, ends.get(first, last))
        return marks

    def has(self, mark: str, first: int, last: int) -> bool:
        """Tell whether a mark starts in a stretch of words."""
        starts = self.marks[mark]
        return bool(starts) and any(at in starts for at in range(first, last))

    def literal(self, first: int, last: int) -> str:
        """Return a stretch of words as the question has them."""
        return self.question[self.words[first].start : self.words[last - 1].end]

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses in order."""
        return tuple(
            clause for index in range(len(self.sentences)) for clause in _split_sentence(self, index)
        )

    @cached_property
    def _clause_starts(self) -> list[int]:
        return [clause.first for clause in self.clauses]

    def clause(self, at: int) -> Clause:
        """Return the clause that a word stands in."""
        return self.clauses[bisect_right(self._clause_starts, at) - 1]

    def clause_before(self, at: int) -> Clause | None:
        """Return the clause before the one that a word stands in, within its sentence."""
        first = self.clause(at).first
        return self.clause(first - 1) if first > self.sentence(at)[0] else None

    def sentence(self, at: int) -> Span:
        """Return the sentence that a word stands in."""
        return self.sentences[self.clause(at).sentence]


def read_text(question: str, patterns: Patterns) -> Text:
    """Split a question into words and distinct sentences; what is said twice is read once.

    No more than about two thousand words are read, so that no text takes long.
    """
    words: list[Word] = []
    sentences: list[Span] = []
    seen = set[tuple[str, ...]]()
    current: list[Word] = []

    def close() -> None:
        key = tuple(word.text for word in current)
        if key not in seen and any(text not in STOPS for text in key):
            seen.add(key)
            end = current[-1].end
            closed = current if key[-1] in _ENDS else [*current, Word(".", end, end)]
            sentences.append((len(words), len(words) + len(closed)))
            words.extend(closed)
        current.clear()

    for word in split_words(question, patterns.capitals):
        current.append(word)
        if word.text in _ENDS or len(current) == _LONGEST:
            close()
        if len(words) > _MOST:
            break
    if current:
        close()
    return Text(question, tuple(words), tuple(sentences), patterns)


def _split_sentence(text: Text, sentence: int) -> Iterator[Clause]:
    first, last = text.sentences[sentence]
    openers = text.marks["clause_openers"]
    starts = [first]
    for at in range(first + 1, last):
        if (at in openers or text.words[at - 1].text in STOPS) and text.words[at].text not in STOPS:
            starts.append(at)
    spans = list(zip(starts, [*starts[1:], last], strict=True))
    is_question = text.words[last - 1].text == "?"
    heads = [_skip_leads(text, *span) for span in spans]
    asks = any(_begins(text, at, "asking", "modals", "rules", "wh_words") for at in heads)
    supposes = text.has("suppositions", first, first + 3)
    wonders = next((at for at in range(first, last) if at in text.marks["wondering"]), last)
    settles = next((at for at in starts if at > wonders and at in text.marks["contrasts"]), last)
    for index, ((start, end), head) in enumerate(zip(spans, heads, strict=True)):
        counts = is_question or index == 0
        permitted = text.has("permissions", start, end)
        yield Clause(
            start,
            end,
            sentence,
            asked=counts and _begins(text, head, "asking") and not permitted,
            guessed=is_question and not asks and not supposes and end == last,
            wondered=wonders < end and start < settles,
            ruled=text.has("rules", start, end),
            allowed=permitted or text.has("modals", start, end),
            modal=counts and _begins(text, head, "modals"),
            wh=counts and _begins(text, head, "wh_words") and not supposes,
        )


def _skip_leads(text: Text, first: int, last: int) -> int:
    leads = text.marks["leads"]
    while first in leads and leads[first] < last:
        first = leads[first]
    return first


def _begins(text: Text, at: int, *marks: str) -> bool:
    return any(at in text.marks[mark] for mark in marks)
