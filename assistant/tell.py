"""Tells in the reader's language what we say beside a source: notices, and who stands for what."""

from collections.abc import Collection
from dataclasses import dataclass, field

from assistant.answer import AnswerNotice
from assistant.words import Words
from corpus.authority import Authority
from corpus.load import Corpus
from corpus.notices import Notice
from corpus.paragraph import Language, Paragraph, Span, overlaps
from corpus.standing import Kind, Standings

# More than these stand folded: who is told everything at once reads nothing.
_MOST_OPEN = 3


@dataclass(frozen=True)
class Teller:
    """Who is told: in which language, on which day, and what people have signed by then."""

    words: Words
    language: Language
    as_of: str
    standings: Standings = field(default_factory=Standings)

    def standing(self, kind: Kind, identity: str) -> str:
        """Return whether something of ours is a draft or signed, by whom and until when."""
        return self.standings.of(kind, identity, self.as_of)

    def say_confidence(self, authority: Authority) -> str:
        """Return how sure an authority is, in plain words."""
        return self.words.say(f"confidence.{authority.confidence}", self.language)

    def say_basis(self, authority: Authority) -> str:
        """Return in one line what something of ours rests on."""
        values = {
            "citation": authority.citation,
            "confidence": self.say_confidence(authority),
            "checked_on": authority.checked_on.isoformat(),
        }
        return self.words.say("note.basis", self.language, values)


def find_notices(paragraph: Paragraph, corpus: Corpus, span: Span | None = None) -> tuple[str, ...]:
    """Return the notices that a paragraph calls for, or those that the words in `span` call for."""
    found = corpus.overtaken.get(paragraph.id, ())
    return tuple(o.notice.id for o in found if span is None or overlaps(span, o.spans))


def tell_notices(
    names: Collection[str], corpus: Corpus, teller: Teller, first: Collection[str] = ()
) -> tuple[AnswerNotice, ...]:
    """Return these notices, the gravest first and among equals those in `first`, then in the register's order."""
    notices = [notice for notice in corpus.notices if notice.id in names]
    notices.sort(key=lambda notice: (notice.severity, notice.id not in first))
    return tuple(_tell(notice, teller) for notice in notices)


def _tell(notice: Notice, teller: Teller) -> AnswerNotice:
    authority, language = notice.authority, teller.language
    return AnswerNotice(
        notice.id,
        notice.severity,
        notice.text[language],
        notice.replaced_by[language],
        notice.since,
        authority.citation,
        teller.say_confidence(authority),
        authority.checked_on.isoformat(),
        authority.check_again.isoformat(),
        teller.standing("notice", notice.id),
        authority.address,
        notice.phrase,
        authority.check_again.isoformat() <= teller.as_of,
    )


def open_notices(notices: Collection[AnswerNotice]) -> tuple[AnswerNotice, ...]:
    """Return the notices that stand open on an answer: the three gravest. Names and terms (C) never do."""
    return tuple(notice for notice in notices if notice.severity != "C")[:_MOST_OPEN]
