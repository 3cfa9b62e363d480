"""Searches an index: each store gives its nearest passages, and the best passage speaks for its paragraph."""

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from llama_index.core.vector_stores.types import BasePydanticVectorStore, VectorStoreQuery
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from corpus.paragraph import SOURCE_LANGUAGE, Language
from index.engines import Encoder
from index.errors import IndexDamaged, IndexStale
from index.grams import GramIndex, read_grams
from index.hit import Hit
from index.passage import RENDERED, RENDITIONS, Passage
from index.recipe import EncoderUse, Kind, Recipe
from index.store import MANIFEST, Generation, read_generation
from index.vectors import FaissVectorStore

_DECIMALS = 6
_SENTENCES: tuple[Kind, ...] = ("sentence", "rendered_sentence")


@dataclass(frozen=True)
class Dense:
    """One encoder with its store, and the mean (d,) and covariance (d, d) of the store's vectors."""

    use: EncoderUse
    encoder: Encoder
    store: BasePydanticVectorStore
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    def nearest(self, query: str, k: int) -> "Nearest":
        """Return the cosines of the `k` nearest passages, and what standardises the cosines of all."""
        vector = self.encoder.encode_queries([query])[0]
        found = self.store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=k))
        cosines = dict(zip(found.ids or (), found.similarities or (), strict=True))
        exact = vector.astype(np.float64)
        variance = float(exact @ self.covariance @ exact)
        return Nearest(cosines, float(exact @ self.mean), math.sqrt(max(variance, 0.0)))


@dataclass(frozen=True)
class Nearest:
    """A store's answer: cosines by passage id, and the mean and standard deviation over all its passages."""

    cosines: Mapping[str, float]
    mean: float
    deviation: float

    def cosine(self, passage: str) -> float:
        """Return a passage's cosine; one beyond the nearest gets that of the last, which it cannot exceed."""
        return (
            self.cosines[passage]
            if passage in self.cosines
            else min(self.cosines.values(), default=self.mean)
        )

    def standardised(self, passage: str) -> float:
        """Return how many standard deviations the cosine lies above the mean of all passages."""
        return (self.cosine(passage) - self.mean) / self.deviation if self.deviation > 1e-9 else 0.0


class Index:
    """An opened index. `passages` are by id, in the order of the gram index."""

    def __init__(
        self,
        generation: str,
        recipe: Recipe,
        passages: Sequence[Passage],
        grams: GramIndex,
        dense: Sequence[Dense],
    ) -> None:
        self.generation = generation
        self.encoders = tuple(use.name for use in recipe.encoders)
        self.passages = {passage.id: passage for passage in passages}
        self._recipe, self._grams, self._dense = recipe, grams, tuple(dense)
        self._order = tuple(self.passages)

    def search(self, query: str, k: int, language: Language | None = None) -> tuple[Hit, ...]:
        """Return the `k` best paragraphs, best first, each found by its best passage.

        `language` is the query's; without it, the share of the query's grams that the index knows tells
        whether it is in the language of the passages. The same query gives the same hits: scores have six
        decimals, ties are broken by id. A query without a letter or digit finds nothing.
        """
        shares, known = self._grams.search(query)
        if k <= 0 or not any(character.isalnum() for character in query):
            return ()
        seems_foreign = known < self._recipe.foreign_below
        # Who asks in the language of the text needs no rendition of it, and no encoder that joins two languages.
        across = {
            passage_id: passage.language != language if language else seems_foreign
            for passage_id, passage in self.passages.items()
            if language != SOURCE_LANGUAGE or passage.kind not in RENDITIONS
        }
        nearest = {
            dense.use: dense.nearest(query, self._recipe.top_k)
            for dense in self._dense
            if any(_weight(dense.use, is_across) > 0 for is_across in set(across.values()))
        }
        lexical = dict(zip(self._order, shares.tolist(), strict=True))
        best_lexical = sorted(lexical, key=lambda passage_id: (-lexical[passage_id], passage_id))[
            : self._recipe.top_k
        ]
        candidates = {passage_id for found in nearest.values() for passage_id in found.cosines} | set(
            best_lexical
        )
        best: dict[str, Hit] = {}
        sentences: dict[str, Hit] = {}
        for passage_id in sorted(candidates & across.keys()):
            hit = self._score(passage_id, across[passage_id], nearest, lexical[passage_id])
            ranks = sentences if self.passages[passage_id].kind in _SENTENCES else best
            if hit.paragraph not in ranks or hit.score > ranks[hit.paragraph].score:
                ranks[hit.paragraph] = hit
        found = sorted(best.values(), key=lambda hit: (-hit.score, hit.paragraph))[:k]
        return tuple(
            replace(hit, sentence=sentences[hit.paragraph].passage.removesuffix(RENDERED))
            if hit.paragraph in sentences
            else hit
            for hit in found
        )

    def _score(
        self, passage_id: str, is_across: bool, nearest: Mapping[EncoderUse, Nearest], share: float
    ) -> Hit:
        weights = {use: _weight(use, is_across) for use in nearest}
        total = sum(weights.values())
        dense = (
            sum(weights[use] * found.standardised(passage_id) for use, found in nearest.items()) / total
            if total
            else 0.0
        )
        cosines = {use.name: found.cosine(passage_id) for use, found in nearest.items() if weights[use] > 0}
        signals = {"dense": dense, "grams": share, **cosines}
        return Hit(
            self.passages[passage_id].paragraph,
            round(dense + self._recipe.gram_weight * share, _DECIMALS),
            passage_id,
            {name: round(value, _DECIMALS) for name, value in signals.items()},
        )


def _weight(use: EncoderUse, is_across: bool) -> float:
    return use.weight_across if is_across else use.weight


def open_index(folder: Path, corpus_digest: str, recipe: Recipe, encoders: Sequence[Encoder]) -> Index:
    """Open the current generation in `folder`; `encoders` are those of the recipe, in its order.

    Every file is checked before it is loaded. Raises IndexMissing, IndexDamaged, IndexForeign, and IndexStale
    where the index was made from another text, by another recipe or with another encoder.
    """
    generation = read_generation(folder)
    _check_fits(generation, corpus_digest, recipe, encoders)
    try:
        passages = TypeAdapter(tuple[Passage, ...]).validate_json(generation.files["passages.json"])
        grams = read_grams(generation.files["grams.npz"], recipe.gram_size, recipe.k1)
        dense = [
            _open_dense(generation, number, use, encoder, passages)
            for number, (use, encoder) in enumerate(zip(recipe.encoders, encoders, strict=True))
        ]
    except (KeyError, ValueError, ValidationError) as error:
        raise IndexDamaged(generation.folder / MANIFEST, "its files do not fit together") from error
    return Index(generation.name, recipe, passages, grams, dense)


def _check_fits(
    generation: Generation, corpus_digest: str, recipe: Recipe, encoders: Sequence[Encoder]
) -> None:
    manifest, path = generation.manifest, generation.folder / MANIFEST
    if manifest.corpus != corpus_digest:
        raise IndexStale(path, "the index was made from another text")
    if manifest.recipe != json.loads(recipe.to_json()):
        raise IndexStale(path, "the index was made with other settings")
    for encoder in encoders:
        if manifest.encoders.get(encoder.name) != encoder.version:
            raise IndexStale(path, f"the index was made with another version of {encoder.name}")


def _open_dense(
    generation: Generation, number: int, use: EncoderUse, encoder: Encoder, passages: Sequence[Passage]
) -> Dense:
    ids = [passage.id for passage in passages]
    documents = [passage.paragraph for passage in passages]
    store = FaissVectorStore.from_bytes(generation.files[f"vectors-{number}.faiss"], ids, documents)
    return Dense(
        use,
        encoder,
        store,
        _read_array(generation.files[f"mean-{number}.npy"]),
        _read_array(generation.files[f"covariance-{number}.npy"]),
    )


def _read_array(data: bytes) -> NDArray[np.float64]:
    array: NDArray[np.float64] = np.load(io.BytesIO(data), allow_pickle=False)
    return array
