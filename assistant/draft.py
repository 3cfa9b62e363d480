"""The records of an answer in the making: what every step may use, and what the steps fill in."""

from dataclasses import dataclass, field

from assistant.answer import AnswerNotice, AnswerSentence, AskNext, Checklist, Citation, Request
from assistant.decide import Decision
from assistant.find import Search
from assistant.rules import Rules
from assistant.tell import Teller
from assistant.words import Words
from corpus.facts import Facts
from corpus.load import Corpus
from corpus.paragraph import Language
from corpus.standing import Standings
from index.hit import NOTHING, Hit, SearchResult


@dataclass(frozen=True)
class Kit:
    """What every step may use."""

    corpus: Corpus
    words: Words
    rules: Rules
    search: Search
    version: str
    standings: Standings = field(default_factory=Standings)


_UNDECIDED = Decision("error")
_NOT_SEARCHED = SearchResult((), NOTHING)


@dataclass(frozen=True)
class Part:
    """One of several questions asked at once."""

    question: str
    facts: Facts
    found: SearchResult
    added_hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Draft:
    """An answer in the making; each step returns it with more filled in.

    `found` are paragraphs of the guidance, `added_hits` those of documents that people added, `note_hits` those of our
    own notes.
    """

    request: Request
    question: str
    language: Language
    facts: Facts
    checklist: Checklist
    found: SearchResult = _NOT_SEARCHED
    added_hits: tuple[Hit, ...] = ()
    note_hits: tuple[Hit, ...] = ()
    parts: tuple[Part, ...] = ()
    open_parts: tuple[str, ...] = ()
    fault: str = ""
    decision: Decision = _UNDECIDED
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    notices: tuple[AnswerNotice, ...] = ()
    position: str = ""
    ask_next: tuple[AskNext, ...] = ()

    def teller(self, kit: Kit) -> Teller:
        """Return who is told."""
        return Teller(kit.words, self.language, self.request.as_of, kit.standings)
