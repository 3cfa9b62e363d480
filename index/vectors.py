"""The seam to faiss: our vector store behind llama-index's interface. Its scores are cosines."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import faiss
import numpy as np
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from numpy.typing import NDArray

from index.engines import to_unit
from index.nearest import MARGIN, find_allowed, rank, read_query

# Measured (docs/adr/0019): 50,000 vectors are searched exactly in 5 to 7 ms of one core, five times that on a busy
# machine. Beyond, the search would take a good part of the 40 ms of an answer.
EXACT_UP_TO = 50_000
# Of 100,000 vectors 128 of 1,260 cells are looked into: recall@10 1.00 and recall@600 .90 in a sixth of the time.
_CELLS = 4  # times the square root of the number of vectors
_CELLS_VISITED = 128
_TAUGHT_BY = 64  # vectors a cell, spread evenly over all
_TRAINING = {"niter": 10, "seed": 1, "min_points_per_centroid": 1, "max_points_per_centroid": _TAUGHT_BY}
_AT_ONCE = 16_384


class Rows(Protocol):
    """Vectors by row (rows, dimension), in memory or not."""

    def __len__(self) -> int: ...
    def __getitem__(self, rows: slice | NDArray[np.intp], /) -> NDArray[np.float32]: ...


class FaissVectorStore(BasePydanticVectorStore):
    """Vectors by node id in a faiss index of inner products; every vector is brought to length one.

    The index is exact for up to `exact_up_to` vectors. Beyond, the vectors lie in cells around centres found by
    k-means, and only the cells nearest to a query are searched (an inverted file, Jégou and others, 2011).

    Unlike the integration of that name it keeps node ids, deletes, and returns cosines, highest first, ties
    by id. Texts stand elsewhere: a result holds ids and similarities, no nodes.
    """

    stores_text: bool = False
    _index: faiss.IndexFlatIP | faiss.IndexIVFFlat = PrivateAttr()
    _exact_up_to: int = PrivateAttr()
    _ids: list[str] = PrivateAttr()
    _documents: list[str] = PrivateAttr()

    def __init__(self, dimension: int, exact_up_to: int = EXACT_UP_TO) -> None:
        super().__init__(stores_text=False)
        self._index, self._exact_up_to = faiss.IndexFlatIP(dimension), exact_up_to
        self._ids, self._documents = [], []

    @classmethod
    def from_bytes(
        cls, data: bytes | memoryview, ids: Sequence[str], documents: Sequence[str]
    ) -> "FaissVectorStore":
        """Return the store that `to_bytes` made, with the node and document ids of its rows.

        Raises ValueError where the bytes hold no such index, or another number of rows.
        """
        try:
            # Made in Python when faiss is imported, which its types do not know. Bytes at once would be copied twice.
            index = faiss.read_index(faiss.PyCallbackIOReader(_Reader(data).read))  # type: ignore[attr-defined]
        except RuntimeError as error:
            raise ValueError("no faiss index") from error
        fits = index.ntotal == len(ids) == len(documents)
        if not isinstance(index, faiss.IndexFlatIP | faiss.IndexIVFFlat) or not fits:
            raise ValueError("not the faiss index of these passages")
        store = cls(index.d)
        store._index, store._ids, store._documents = index, list(ids), list(documents)
        return store

    def write_to(self, write: Callable[[bytes], int]) -> None:
        """Write the vectors in parts, row by row; the ids of the rows are `ids`."""
        # Made in Python when faiss is imported, which its types do not know.
        faiss.write_index(self._index, faiss.PyCallbackIOWriter(write))  # type: ignore[attr-defined]

    def to_bytes(self) -> bytes:
        """Return what `write_to` writes."""
        return bytes(faiss.serialize_index(self._index).tobytes())

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which llama-index knows this store."""
        return "WolkwijzerFaissVectorStore"

    @property
    def client(self) -> faiss.IndexFlatIP | faiss.IndexIVFFlat:
        """The faiss index."""
        return self._index

    @property
    def ids(self) -> tuple[str, ...]:
        """The node ids, in the order of the rows."""
        return tuple(self._ids)

    def add(self, nodes: Sequence[BaseNode], **_options: object) -> list[str]:
        """Add nodes that carry an embedding; return their ids. Raises ValueError for an id already there.

        Adding past `exact_up_to` makes the index anew from all vectors; what is added later goes into its cells.
        """
        new = [node.node_id for node in nodes]
        if len(set(new) | set(self._ids)) != len(new) + len(self._ids):
            raise ValueError("a node id stands in the store already, or twice among the nodes")
        if nodes:
            documents = [node.ref_doc_id or node.node_id for node in nodes]
            self.add_rows(new, documents, np.asarray([node.get_embedding() for node in nodes], np.float32))
        return new

    def add_rows(self, ids: Sequence[str], documents: Sequence[str], vectors: Rows) -> None:
        """Add vectors (ids, dimension) as they are, without nodes around them; the ids must be new."""
        if isinstance(self._index, faiss.IndexIVFFlat) or len(self._ids) + len(vectors) <= self._exact_up_to:
            self._fill(vectors)
        elif self._ids:
            self._make(np.concatenate([self.rows(), to_unit(vectors[:])]))
        else:
            self._make(vectors)
        self._ids += ids
        self._documents += documents

    def rows(self) -> NDArray[np.float32]:
        """Return all vectors, in the order of `ids`."""
        rows: NDArray[np.float32] = self._index.reconstruct_n(0, self._index.ntotal)
        return rows

    def delete(self, ref_doc_id: str, **_options: object) -> None:
        """Delete all nodes of a document; an unknown one is no error."""
        self._remove([row for row, document in enumerate(self._documents) if document == ref_doc_id])

    def delete_nodes(
        self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **_options: object
    ) -> None:
        """Delete nodes by id; an unknown one is no error. Filters are refused: no metadata is kept."""
        if filters is not None:
            raise ValueError("this store keeps no metadata to filter by")
        gone = set(node_ids or ())
        self._remove([row for row, identity in enumerate(self._ids) if identity in gone])

    def clear(self) -> None:
        """Delete all nodes."""
        self._remove(list(range(len(self._ids))))

    def query(self, query: VectorStoreQuery, **_options: object) -> VectorStoreQueryResult:
        """Return ids and cosines of the nearest nodes, among `node_ids` and `doc_ids` where given."""
        vector, k = read_query(query)
        allowed = find_allowed(query, self._ids, self._documents)
        if allowed is not None:
            return rank([self._ids[row] for row in allowed], self.rows()[allowed], vector, k)
        count = min(k + MARGIN, len(self._ids))
        _, found, vectors = self._index.search_and_reconstruct(vector[None], max(1, count))
        is_there = found[0] >= 0
        return rank([self._ids[row] for row in found[0][is_there].tolist()], vectors[0][is_there], vector, k)

    def _make(self, vectors: Rows) -> None:
        """Make the index from all vectors: the same ones in the same order give the same index."""
        self._index = faiss.IndexFlatIP(self._index.d)
        if len(vectors) > self._exact_up_to:
            cells = round(_CELLS * math.sqrt(len(vectors)))
            self._index = faiss.IndexIVFFlat(self._index, self._index.d, cells, faiss.METRIC_INNER_PRODUCT)
            self._index.nprobe = _CELLS_VISITED
            for name, value in _TRAINING.items():
                setattr(self._index.cp, name, value)
            learned = np.unique(np.linspace(0, len(vectors) - 1, _TAUGHT_BY * cells).astype(np.intp))
            with _one_thread():
                self._index.train(to_unit(vectors[learned]))
        self._fill(vectors)

    def _fill(self, vectors: Rows) -> None:
        for start in range(0, len(vectors), _AT_ONCE):
            self._index.add(to_unit(vectors[start : start + _AT_ONCE]))

    def _remove(self, rows: list[int]) -> None:
        if not rows:
            return
        if isinstance(self._index, faiss.IndexIVFFlat):
            # Its rows would keep their numbers and the lists would not; so it is made anew, in seconds.
            self._make(np.delete(self.rows(), rows, axis=0))
        else:
            # A flat index closes up behind removed rows, as the lists do.
            self._index.remove_ids(faiss.IDSelectorBatch(np.array(rows, np.int64)))
        for row in reversed(rows):
            del self._ids[row], self._documents[row]


class _Reader:
    """Reads bytes in parts, without a copy of them all."""

    def __init__(self, data: bytes | memoryview) -> None:
        self._data, self._place = memoryview(data), 0

    def read(self, size: int) -> bytes:
        part = self._data[self._place : self._place + size]
        self._place += len(part)
        return bytes(part)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Train on one thread: sums of several come in any order, and so would the centres."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
