"""The glossary (glossary.toml): what a thing is called today, was called in 2016, and is called in English."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from corpus.paragraph import Document, Language
from corpus.toml import Table

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Term:
    """One thing and its wordings; the first of a language is its headword.

    `old` are Dutch wordings that are overtaken, `guidance` is what the guidance calls it, empty where it does
    not. Wordings in `exact` count only as they are written: "BIG" is no "big".
    """

    id: str
    wordings: Mapping[Language, tuple[str, ...]]
    old: tuple[str, ...]
    exact: tuple[str, ...]
    guidance: str
    meaning: Mapping[Language, str]

    @property
    def all_wordings(self) -> tuple[str, ...]:
        """Every wording, old ones included."""
        return (*self.wordings["nl"], *self.old, *self.wordings["en"])

    @cached_property
    def old_pattern(self) -> re.Pattern[str]:
        """What finds its overtaken wordings as whole words."""
        return _pattern(self.old, self.exact)


@dataclass(frozen=True)
class Mention:
    """A term named in a text, from character `start` up to `end`."""

    term: Term
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Glossary:
    """All terms, by id, in the order of the file, and the text of the guidance in lower case."""

    terms: Mapping[str, Term]
    guidance: str

    def mentions(self, text: str) -> Iterator[Mention]:
        """Yield the terms named in a text; of wordings that overlap the longest."""
        done = 0
        for word in _WORD.finditer(text):
            # Trying all wordings at every word took most of the time in which a page is made.
            if word.start() < done or word.group().casefold() not in self._first_words:
                continue
            if match := self._pattern.match(text, word.start()):
                done = match.end()
                term = self._by_wording.get(match.group()) or self._by_wording.get(match.group().casefold())
                if term:
                    yield Mention(term, match.start(), done)

    def in_words_of_the_guidance(self, question: str) -> str:
        """Return the question with each term that the guidance words otherwise in the guidance's own wording."""
        parts, done = [], 0
        for mention in self.mentions(question):
            if mention.term.guidance and question[mention.start : mention.end].casefold() not in self._said:
                parts += [question[done : mention.start], mention.term.guidance]
                done = mention.end
        return "".join([*parts, question[done:]])

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        wordings = [wording for term in self.terms.values() for wording in term.all_wordings]
        return _pattern(wordings, [wording for term in self.terms.values() for wording in term.exact])

    @cached_property
    def _first_words(self) -> frozenset[str]:
        """The words that wordings begin with."""
        return frozenset(
            _WORD.findall(wording)[0].casefold()
            for term in self.terms.values()
            for wording in term.all_wordings
        )

    @cached_property
    def _said(self) -> frozenset[str]:
        """The wordings that the guidance has itself."""
        return frozenset(
            wording.casefold()
            for term in self.terms.values()
            for wording in term.all_wordings
            if wording.casefold() in self.guidance
        )

    @cached_property
    def _by_wording(self) -> Mapping[str, Term]:
        return {
            wording if wording in term.exact else wording.casefold(): term
            for term in self.terms.values()
            for wording in term.all_wordings
        }


def _pattern(
    wordings: Iterator[str] | tuple[str, ...] | list[str], exact: tuple[str, ...] | list[str]
) -> re.Pattern[str]:
    longest_first = sorted(wordings, key=lambda wording: (-len(wording), wording))
    parts = [re.escape(w) if w in exact else f"(?i:{re.escape(w)})" for w in longest_first]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts) or '(?!)'})(?!\w)")


def read_glossary(table: Table, documents: Mapping[str, Document]) -> Glossary:
    """Read glossary.toml. Raises DataError for a wording of two terms, or one that the guidance does not have."""
    texts = " ".join(p.text.casefold() for document in documents.values() for p in document.paragraphs)
    terms: dict[str, Term] = {}
    taken: dict[str, str] = {}
    for entry in table.tables("term"):
        wordings: dict[Language, tuple[str, ...]] = {"nl": entry.texts("nl"), "en": entry.texts("en")}
        term = Term(
            entry.text("id"),
            wordings,
            entry.texts("old"),
            entry.texts("exact"),
            entry.text("guidance", ""),
            entry.languages("meaning"),
        )
        entry.done()
        _check(term, entry, terms, taken, texts)
        terms[term.id] = term
    table.done()
    return Glossary(terms, texts)


def _check(term: Term, entry: Table, terms: Mapping[str, Term], taken: dict[str, str], texts: str) -> None:
    if term.id in terms:
        raise entry.fault("this id is there twice")
    if missing := [language for language, wordings in term.wordings.items() if not wordings]:
        raise entry.fault(f"has no wording in '{missing[0]}'")
    if unknown := sorted(set(term.exact) - set(term.all_wordings)):
        raise entry.fault(f"'exact' names '{unknown[0]}', which is no wording of it")
    if term.guidance and term.guidance.casefold() not in texts:
        raise entry.fault(f"the guidance does not say '{term.guidance}'")
    for wording in term.all_wordings:
        other = taken.setdefault(wording.casefold(), term.id)
        if other != term.id:
            raise entry.fault(f"'{wording}' is a wording of '{other}' already")
