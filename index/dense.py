"""One encoder's part of a search: the nearest passages of each store, and what standardises their cosines."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from llama_index.core.vector_stores.types import BasePydanticVectorStore, VectorStoreQuery
from numpy.typing import NDArray

from corpus.paragraph import Language
from corpus.toml import LANGUAGES
from index.engines import Encoder
from index.passage import Passage
from index.recipe import EncoderUse

LEAST_DEVIATION = 1e-9
Rows = NDArray[np.intp]


def part_rows(passages: Sequence[Passage]) -> tuple[Rows, Rows]:
    """Return the rows of the project's own passages, and those of documents that people added.

    They are searched apart: the project's have questions and renditions beside them, and many documents would crowd
    out the guidance. Where there are added ones alone, they stand first.
    """
    is_added = np.array([passage.is_added for passage in passages], np.bool_)
    return np.flatnonzero(is_added == is_added.all()), np.flatnonzero(is_added != is_added.all())


VectorStore = BasePydanticVectorStore


@dataclass(frozen=True)
class Dense:
    """One encoder with its stores, and the mean (d,) and covariance (d, d) of the vectors of the first store.

    `rows` tells for each store which passages lie in it. `asking` (languages, d) holds the mean of the questions that
    the project knows, in the order of LANGUAGES: what a vector has of being a question, and of its language. It is
    taken off a query to what people added, as no questions lie beside that; it is empty where nobody added anything.
    Means are taken off such vectors in Mu and Viswanath, "All-but-the-top" (2018), there off all of one kind.
    """

    use: EncoderUse
    encoder: Encoder
    stores: tuple[VectorStore, ...]
    rows: tuple[Rows, ...]
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    asking: NDArray[np.float64]

    def nearest(self, query: str, k: int, language: Language | None = None) -> "Nearest":
        """Return the cosines of the `k` nearest passages of each store, and what standardises the cosines of all."""
        vector = self.encoder.encode_queries([query])[0].astype(np.float64)
        asked = [vector, self._less_asking(vector, language)][: len(self.stores)]
        stores = zip(asked, self.stores, self.rows, strict=True)
        return Nearest(vector, tuple(self._of_store(*store, k) for store in stores))

    def _less_asking(self, vector: NDArray[np.float64], language: Language | None) -> NDArray[np.float64]:
        if not len(self.asking):
            return vector
        less = vector - (self.asking[LANGUAGES.index(language)] if language else self.asking.mean(axis=0))
        return np.asarray(less / max(float(np.linalg.norm(less)), LEAST_DEVIATION))

    def _of_store(
        self, vector: NDArray[np.float64], store: VectorStore, rows: Rows, k: int
    ) -> "NearestOfStore":
        found = store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=k))
        cosines = dict(zip(found.ids or (), found.similarities or (), strict=True))
        deviation = math.sqrt(max(float(vector @ self.covariance @ vector), 0.0))
        return NearestOfStore(cosines, rows, float(vector @ self.mean), deviation)


@dataclass(frozen=True)
class NearestOfStore:
    """What one store answers: the cosines of the nearest passages by id, and mean and standard deviation of all.

    `rows` tells which passages lie in the store.
    """

    cosines: Mapping[str, float]
    rows: Rows
    mean: float
    deviation: float


@dataclass(frozen=True)
class Nearest:
    """What the stores answer, one by one. `vector` is the query's."""

    vector: NDArray[np.float64]
    stores: tuple[NearestOfStore, ...]

    def of_all(self, rows: Mapping[str, int]) -> NDArray[np.float64]:
        """Return every passage's cosine; one beyond the nearest gets that of the last, which it cannot exceed."""
        cosines = np.zeros(len(rows))
        for store in self.stores:
            cosines[store.rows] = min(store.cosines.values(), default=store.mean)
            cosines[[rows[name] for name in store.cosines]] = list(store.cosines.values())
        return cosines

    def standardised(self, cosines: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many standard deviations each cosine lies above the mean of all passages."""
        standard = np.zeros_like(cosines)
        for store in self.stores:
            if store.deviation > LEAST_DEVIATION:
                standard[store.rows] = (cosines[store.rows] - store.mean) / store.deviation
        return standard
