"""Finds paragraphs for a question in both wordings: as it was typed, and in the words of the guidance."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from corpus.load import Corpus
from corpus.paragraph import Language
from index.hit import SearchResult

# In fused scores: what others wrote goes before our own notes that fit about as well.
BEHIND = 0.5
_REMEMBERED = 64  # questions


class Search(Protocol):
    """Finds paragraphs. May raise IndexFault."""

    @property
    def generation(self) -> str: ...
    @property
    def encoders(self) -> tuple[str, ...]: ...
    def look_up(
        self, query: str, k: int, language: Language | None = None, also: Sequence[str] = ()
    ) -> SearchResult: ...


def find(search: Search, corpus: Corpus, question: str, k: int, language: Language | None) -> SearchResult:
    """Return the `k` best paragraphs, those of our own a little behind. May raise IndexFault.

    The question counts as it was typed; a passage may also have the words that the guidance has for the same things.
    """
    guided = corpus.glossary.in_words_of_the_guidance(question)
    result = search.look_up(question, 2 * k, language, (guided,) if guided != question else ())
    hits = [
        replace(hit, score=round(hit.score - BEHIND, 6)) if hit.paragraph in corpus.notes else hit
        for hit in result.hits
    ]
    hits.sort(key=lambda hit: (-hit.score, hit.paragraph))
    return SearchResult(tuple(hits[:k]), result.evidence)


class Remembered:
    """A search that knows its last results: who corrects a fact asks the same question again."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._found = lru_cache(_REMEMBERED)(self._find)

    @property
    def generation(self) -> str:
        """The generation in use."""
        return self._search.generation

    @property
    def encoders(self) -> tuple[str, ...]:
        """The names of the encoders."""
        return self._search.encoders

    def look_up(
        self, query: str, k: int, language: Language | None = None, also: Sequence[str] = ()
    ) -> SearchResult:
        """Return what the index finds, or found when it was asked the same. May raise IndexFault, each time anew."""
        return self._found(self.generation, query, k, language, tuple(also))

    def _find(
        self, _: str, query: str, k: int, language: Language | None, also: tuple[str, ...]
    ) -> SearchResult:
        return self._search.look_up(query, k, language, also)
