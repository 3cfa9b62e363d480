"""Peers over the paragraphs of our parser: BM25 over Dutch stems (the seam to bm25s), a bundled encoder, or both."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from corpus.paragraph import Document
from evals.peers.peer import Opened, Piece, shows_what_it_finds
from index.engines import load_encoder

# Of reciprocal rank fusion, as in the paper.
_DAMPING = 60
_PIECES = TypeAdapter(tuple[Piece, ...])

# Returns the numbers of the texts that fit a question, best first.
Rank = Callable[[str], Sequence[int]]


class Ranker(Protocol):
    """Ranks texts: `build` keeps in the folder all that `open` needs."""

    def build(self, texts: Sequence[str], folder: Path) -> None: ...
    def open(self, folder: Path) -> Rank: ...


@dataclass(frozen=True)
class Stems:
    """BM25 over Dutch stems without stop words (bm25s with its own settings)."""

    def build(self, texts: Sequence[str], folder: Path) -> None:
        """Index the texts."""
        import bm25s

        words = bm25s.BM25()
        words.index(_stems(texts), show_progress=False)
        words.save(folder / "words")

    def open(self, folder: Path) -> Rank:
        """Load the index; a text without a word of the question is not found."""
        import bm25s

        words = bm25s.BM25.load(folder / "words")

        def rank(question: str) -> Sequence[int]:
            stems = [stem for stem in _stems([question])[0] if stem in words.vocab_dict]
            return _best_first(words.get_scores(stems), 0.0) if stems else ()

        return rank


def _stems(texts: Sequence[str]) -> list[list[str]]:
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("dutch_porter")
    stems: list[list[str]] = bm25s.tokenize(
        list(texts), stopwords="nl", stemmer=stemmer, return_ids=False, show_progress=False
    )
    return stems


@dataclass(frozen=True)
class Vectors:
    """The cosines of a bundled encoder."""

    encoder: str

    def build(self, texts: Sequence[str], folder: Path) -> None:
        """Encode the texts."""
        encoder = load_encoder(self.encoder, allow_downloads=False)
        np.save(folder / "vectors.npy", encoder.encode_passages(texts), allow_pickle=False)

    def open(self, folder: Path) -> Rank:
        """Load the vectors and the encoder."""
        vectors = np.load(folder / "vectors.npy", allow_pickle=False)
        encoder = load_encoder(self.encoder, allow_downloads=False)
        return lambda question: _best_first(vectors @ encoder.encode_queries([question])[0], -np.inf)


def _best_first(scores: NDArray[np.float32], above: float) -> Sequence[int]:
    return [int(row) for row in np.argsort(-scores, kind="stable") if scores[row] > above]


@dataclass(frozen=True)
class Paragraphs:
    """Whole paragraphs, found by one ranker, or by several and reciprocal rank fusion."""

    rankers: tuple[Ranker, ...]

    def build(self, guidance: Document, folder: Path) -> None:
        """Keep the paragraphs, and what the rankers make of them."""
        pieces = tuple(Piece(paragraph.text, paragraph.spans) for paragraph in guidance.paragraphs)
        (folder / "pieces.json").write_bytes(_PIECES.dump_json(pieces))
        for ranker in self.rankers:
            ranker.build([piece.text for piece in pieces], folder)

    def open(self, folder: Path) -> Opened:
        """Load all of it."""
        pieces = _PIECES.validate_json((folder / "pieces.json").read_bytes())
        ranks = [ranker.open(folder) for ranker in self.rankers]

        def search(question: str, k: int) -> tuple[Piece, ...]:
            return tuple(pieces[row] for row in fuse([rank(question) for rank in ranks])[:k])

        return shows_what_it_finds(search)


def fuse(rankings: Sequence[Sequence[int]]) -> list[int]:
    """Join rankings by the sum of 1 / (60 + rank); one alone keeps its order.

    Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning
    methods" (2009).
    """
    scores: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, row in enumerate(ranking, 1):
            scores[row] += 1 / (_DAMPING + rank)
    return sorted(scores, key=lambda row: (-scores[row], row))
