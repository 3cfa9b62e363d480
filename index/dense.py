"""One encoder's part of a search: the nearest passages, and what standardises their cosines."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from llama_index.core.vector_stores.types import BasePydanticVectorStore, VectorStoreQuery
from numpy.typing import NDArray

from index.engines import Encoder
from index.recipe import EncoderUse

LEAST_DEVIATION = 1e-9


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
        return Nearest(exact, cosines, float(exact @ self.mean), math.sqrt(max(variance, 0.0)))


@dataclass(frozen=True)
class Nearest:
    """A store's answer: the cosines of its nearest passages by id, and mean and standard deviation of all.

    `vector` is the query's.
    """

    vector: NDArray[np.float64]
    cosines: Mapping[str, float]
    mean: float
    deviation: float

    def of_all(self, rows: Mapping[str, int]) -> NDArray[np.float64]:
        """Return every passage's cosine; one beyond the nearest gets that of the last, which it cannot exceed."""
        cosines = np.full(len(rows), min(self.cosines.values(), default=self.mean))
        cosines[[rows[name] for name in self.cosines]] = list(self.cosines.values())
        return cosines

    def standardised(self, cosines: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many standard deviations each cosine lies above the mean of all passages."""
        return (
            (cosines - self.mean) / self.deviation
            if self.deviation > LEAST_DEVIATION
            else np.zeros_like(cosines)
        )
