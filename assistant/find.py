"""Finds paragraphs for a question in both wordings: as it was typed, and in the words of the guidance."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from corpus.load import Corpus
from corpus.paragraph import Language
from index.hit import SearchResult

# In fused scores: what others wrote goes before our own notes that fit about as well.
BEHIND = 0.5


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
