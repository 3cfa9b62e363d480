"""One encoder's part of a search: the nearest passages, and what standardises their cosines."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from llama_index.core.vector_stores.types import BasePydanticVectorStore, VectorStoreQuery
from numpy.typing import NDArray

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

    `rows` tells for each store which passages lie in it.
    """

    use: EncoderUse
    encoder: Encoder
    stores: tuple[VectorStore, ...]
    rows: tuple[Rows, ...]
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    def nearest(self, query: str, k: int) -> "Nearest":
        """Return the cosines of the `k` nearest passages of each store, and what standardises the cosines of all."""
        vector = self.encoder.encode_queries([query])[0]
        asked = VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=k)
        cosines = []
        for store in self.stores:
            found = store.query(asked)
            cosines.append(dict(zip(found.ids or (), found.similarities or (), strict=True)))
        exact = vector.astype(np.float64)
        variance = float(exact @ self.covariance @ exact)
        deviation = math.sqrt(max(variance, 0.0))
        return Nearest(exact, tuple(cosines), self.rows, float(exact @ self.mean), deviation)


@dataclass(frozen=True)
class Nearest:
    """What the stores answer: the cosines of the nearest passages of each by id, and mean and standard deviation of all.

    `vector` is the query's, `rows` tells for each store which passages lie in it.
    """

    vector: NDArray[np.float64]
    cosines: tuple[Mapping[str, float], ...]
    rows: tuple[Rows, ...]
    mean: float
    deviation: float

    def of_all(self, rows: Mapping[str, int]) -> NDArray[np.float64]:
        """Return every passage's cosine; one beyond the nearest gets that of the last, which it cannot exceed."""
        cosines = np.full(len(rows), self.mean)
        for nearest, part in zip(self.cosines, self.rows, strict=True):
            cosines[part] = min(nearest.values(), default=self.mean)
            cosines[[rows[name] for name in nearest]] = list(nearest.values())
        return cosines

    def standardised(self, cosines: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many standard deviations each cosine lies above the mean of all passages."""
        return (
            (cosines - self.mean) / self.deviation
            if self.deviation > LEAST_DEVIATION
            else np.zeros_like(cosines)
        )
