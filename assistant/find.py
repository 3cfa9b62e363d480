"""Finds paragraphs for a question in both wordings: as it was typed, and in the words of the guidance."""

from dataclasses import replace
from typing import Protocol

from corpus.load import Corpus
from corpus.paragraph import Language
from index.hit import Hit, SearchResult

# In fused scores: what others wrote goes before our own notes that fit about as well.
BEHIND = 0.5


class Search(Protocol):
    """Finds paragraphs. May raise IndexFault."""

    @property
    def generation(self) -> str: ...
    @property
    def encoders(self) -> tuple[str, ...]: ...
    def look_up(self, query: str, k: int, language: Language | None = None) -> SearchResult: ...


def find(search: Search, corpus: Corpus, question: str, k: int, language: Language | None) -> SearchResult:
    """Return the `k` best paragraphs, each by the better of the two wordings. May raise IndexFault.

    The evidence is that of the question as it was typed.
    """
    wordings = dict.fromkeys((question, corpus.glossary.in_words_of_the_guidance(question)))
    results = [search.look_up(wording, k, language) for wording in wordings]
    best: dict[str, Hit] = {}
    for result in results:
        for found in result.hits:
            is_own = found.paragraph in corpus.notes
            hit = replace(found, score=round(found.score - BEHIND, 6)) if is_own else found
            if hit.paragraph not in best or hit.score > best[hit.paragraph].score:
                best[hit.paragraph] = hit
    hits = sorted(best.values(), key=lambda hit: (-hit.score, hit.paragraph))[:k]
    return SearchResult(tuple(hits), results[0].evidence)
