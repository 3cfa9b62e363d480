"""What the vector stores do alike: they read a query of llama-index, and rank what their engine found nearest.

An engine adds up float32 in an order of its own, that of faiss turns on the number of threads, so its last digits differ.
The cosines are therefore made anew from the vectors found: then neither engine nor machine shows in them.
"""

from collections.abc import Sequence

import numpy as np
from llama_index.core.vector_stores.types import (
    VectorStoreQuery,
    VectorStoreQueryMode,
    VectorStoreQueryResult,
)
from numpy.typing import NDArray

from index.engines import to_unit

# Found beyond those asked for: the engine's last digits must not decide who is the last.
MARGIN = 32


def read_query(query: VectorStoreQuery) -> tuple[NDArray[np.float32], int]:
    """Return the vector asked about, of length one (dimension,), and how many are asked for.

    Raises ValueError where more is asked than a vector and ids can answer.
    """
    if (
        query.filters is not None
        or query.mode != VectorStoreQueryMode.DEFAULT
        or query.query_embedding is None
    ):
        raise ValueError("this store searches by vector, without filters")
    return to_unit(np.asarray([query.query_embedding], np.float32))[0], max(0, query.similarity_top_k)


def find_allowed(query: VectorStoreQuery, ids: Sequence[str], documents: Sequence[str]) -> list[int] | None:
    """Return the rows among which is searched; None where that is all."""
    if query.node_ids is None and query.doc_ids is None:
        return None
    nodes = set(ids if query.node_ids is None else query.node_ids)
    allowed = set(documents if query.doc_ids is None else query.doc_ids)
    return [row for row, own in enumerate(ids) if own in nodes and documents[row] in allowed]


def rank(
    ids: Sequence[str], vectors: NDArray[np.float32], vector: NDArray[np.float32], k: int
) -> VectorStoreQueryResult:
    """Return the `k` ids with the highest cosines, ties by id; `vectors` (ids, dimension) are of length one."""
    cosines = (vectors.astype(np.float64) * vector).sum(axis=1).clip(-1, 1).astype(np.float32)
    ranked = sorted(zip((-cosines).tolist(), ids, strict=True))[:k]
    return VectorStoreQueryResult(
        ids=[name for _, name in ranked], similarities=[-cosine for cosine, _ in ranked]
    )
