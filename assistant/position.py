"""Chooses the prepared answer that fits, by facts and topics. Where two fit as well, none is shown."""

import re
from collections.abc import Iterator, Mapping

from assistant.answer import Status
from assistant.checklist import holds
from assistant.choose import Found
from assistant.decide import Decision, asks_to_know
from assistant.rules import Rules
from corpus.facts import ABOUT_CASE, Facts
from corpus.load import Corpus
from corpus.phrases import split_words
from corpus.positions import Breadth, Position
from corpus.toml import LANGUAGES

# The breadths in the order they are tried, by status. Where the sources lack what is asked, one that explains the
# thing still helps: it may rest on a note of today's law.
_TRIED: Mapping[Status, tuple[Breadth, ...]] = {
    "conditional": ("narrow", "case", "fallback"),
    "answered": ("narrow", "broad"),
    "not_in_corpus": ("narrow",),
}
# Of an application that somebody names the case goes first: what is asked of it is never only one of its sides.
_OF_A_CASE: tuple[Breadth, ...] = ("case", "narrow", "fallback")
_OF_FACTS: tuple[Breadth, ...] = ("case", "fallback")
# Words are compared by their first letters, so that an ending makes no difference; shorter ones say little.
_STEM, _SHORTEST = 5, 4
# A question with a larger share of words that are foreign to a position asks for something else: "which notary in
# our town does escrow?"; unless a paragraph that it rests on is the best that was found, or as good as that. In fused
# scores. Measured: see docs/adr/0011.
_MOST_FOREIGN = 0.4
_AS_GOOD = 0.3


def choose_position(
    question: str, corpus: Corpus, facts: Facts, decision: Decision, found: Found, rules: Rules
) -> Position | None:
    """Return the position that answers the question, or None."""
    positions = corpus.positions
    if positions.never & set(facts.topics):
        return None
    # What others' documents answer changes nothing in what was prepared on the guidance.
    status = "not_in_corpus" if decision.is_guidance_silent else decision.status
    of_a_case = status == "conditional" and _names_a_case(facts) and not asks_to_know(question, rules)
    for breadth in _OF_A_CASE if of_a_case else _TRIED.get(status, ()):
        fits = {
            position.id: (fit, position)
            for position in positions.all
            if position.breadth == breadth and (fit := _fit(position, facts, positions.subjects))
        }
        if fits and breadth in _OF_FACTS:
            return next(position for _, position in fits.values())  # they stand with the gravest first
        if fits:
            most = max(fit for fit, _ in fits.values())
            best = [position for fit, position in fits.values() if fit == most]
            speaks = status != "not_in_corpus" and _is_found(best[0], found)
            if len(best) == 1 and (speaks or _share_foreign(question, best[0], corpus) <= _MOST_FOREIGN):
                return best[0]
            if status != "conditional":
                return None
    return None


def _names_a_case(facts: Facts) -> bool:
    """Tell whether somebody spoke of an application; that data are named shows no more than a subject."""
    reading = facts.readings.get(ABOUT_CASE)
    return reading is not None and reading.origin != "derived"


def _fit(position: Position, facts: Facts, subjects: frozenset[str]) -> int:
    """Return how many topics and facts of the best row hold, 0 where none does.

    Of what is asked about, a row that explains must take in every narrow subject: "escrow and back-ups" is neither.
    """
    topics = set(facts.topics)
    if set(position.unless) & topics:
        return 0
    asked = set() if position.breadth in _OF_FACTS else subjects & topics
    return max(
        (
            len(row.topics) + len(row.clause)
            for row in position.rows
            if asked <= set(row.topics) <= topics and holds(row.clause, facts)
        ),
        default=0,
    )


def _is_found(position: Position, found: Found) -> bool:
    """Tell whether a paragraph that it rests on is the best that was found, or as good as that."""
    own = {cite.paragraph for cite in position.cites}
    return any(
        hit.paragraph in own and found.best - hit.score <= _AS_GOOD for hit in (*found.hits, *found.notes)
    )


def _share_foreign(question: str, position: Position, corpus: Corpus) -> float:
    """Return the share of the question's words that are foreign to a position, its quotes and its topics."""
    common = {word for tongue in corpus.patterns.tongues.values() for word in tongue.words}
    asked = [word.text for word in split_words(question, {}) if len(word.text) >= _SHORTEST]
    asked = [word for word in asked if word not in common]
    known = {word[:_STEM] for text in _texts(position, corpus) for word in _words(text)}
    return sum(word[:_STEM] not in known for word in asked) / len(asked) if asked else 0.0


def _texts(position: Position, corpus: Corpus) -> Iterator[str]:
    for language in LANGUAGES:
        yield from (*position.sentences[language], *position.steps[language], position.question[language])
    for cite in position.cites:
        paragraph = corpus.by_id[cite.paragraph]
        yield from (*paragraph.headings, paragraph.text, paragraph.rendition)
    own = {topic for row in position.rows for topic in row.topics}
    for topic in corpus.patterns.topics:
        if topic.id in own:
            yield from (re.sub(r"\W+", " ", phrase.text) for phrase in topic.words)


def _words(text: str) -> Iterator[str]:
    return (word.text for word in split_words(text, {}))
