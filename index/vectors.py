"""The seam to faiss: our vector store behind llama-index's interface. Its scores are cosines."""

from collections.abc import Sequence

import faiss
import numpy as np
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
    VectorStoreQueryResult,
)
from numpy.typing import NDArray


class FaissVectorStore(BasePydanticVectorStore):
    """Vectors by node id in an exact faiss index of inner products; every vector is brought to length one.

    Unlike the integration of that name it keeps node ids, deletes, and returns cosines, highest first, ties
    by id. Texts stand elsewhere: a result holds ids and similarities, no nodes.
    """

    stores_text: bool = False
    _index: faiss.IndexFlatIP = PrivateAttr()
    _ids: list[str] = PrivateAttr()
    _documents: list[str] = PrivateAttr()

    def __init__(self, dimension: int) -> None:
        super().__init__(stores_text=False)
        self._index = faiss.IndexFlatIP(dimension)
        self._ids, self._documents = [], []

    @classmethod
    def from_bytes(cls, data: bytes, ids: Sequence[str], documents: Sequence[str]) -> "FaissVectorStore":
        """Return the store that `to_bytes` made, with the node and document ids of its rows.

        Raises ValueError where the bytes hold no such index, or another number of rows.
        """
        try:
            index = faiss.deserialize_index(np.frombuffer(data, np.uint8))
        except RuntimeError as error:
            raise ValueError("no faiss index") from error
        if not isinstance(index, faiss.IndexFlatIP) or not index.ntotal == len(ids) == len(documents):
            raise ValueError("not the faiss index of these passages")
        store = cls(index.d)
        store._index, store._ids, store._documents = index, list(ids), list(documents)
        return store

    def to_bytes(self) -> bytes:
        """Return the vectors, row by row; the ids of the rows are `ids`."""
        return bytes(faiss.serialize_index(self._index).tobytes())

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which llama-index knows this store."""
        return "WolkwijzerFaissVectorStore"

    @property
    def client(self) -> faiss.IndexFlatIP:
        """The faiss index."""
        return self._index

    @property
    def ids(self) -> tuple[str, ...]:
        """The node ids, in the order of the rows."""
        return tuple(self._ids)

    def add(self, nodes: Sequence[BaseNode], **_options: object) -> list[str]:
        """Add nodes that carry an embedding; return their ids. Raises ValueError for an id already there."""
        new = [node.node_id for node in nodes]
        if len(set(new) | set(self._ids)) != len(new) + len(self._ids):
            raise ValueError("a node id stands in the store already, or twice among the nodes")
        if nodes:
            self._index.add(_unit([node.get_embedding() for node in nodes]))
        self._ids += new
        self._documents += [node.ref_doc_id or node.node_id for node in nodes]
        return new

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
        if (
            query.filters is not None
            or query.mode != VectorStoreQueryMode.DEFAULT
            or query.query_embedding is None
        ):
            raise ValueError("this store searches by vector, without filters")
        is_restricted = query.node_ids is not None or query.doc_ids is not None
        count = len(self._ids) if is_restricted else min(query.similarity_top_k, len(self._ids))
        cosines, rows = self._index.search(_unit([query.query_embedding]), max(1, count))
        found = zip(cosines[0].tolist(), rows[0].tolist(), strict=True)
        ranked = sorted(
            (-cosine, self._ids[row]) for cosine, row in found if row >= 0 and self._is_allowed(row, query)
        )[: max(0, query.similarity_top_k)]
        return VectorStoreQueryResult(
            ids=[identity for _, identity in ranked],
            similarities=[max(-1.0, min(1.0, -cosine)) for cosine, _ in ranked],
        )

    def _is_allowed(self, row: int, query: VectorStoreQuery) -> bool:
        return (query.node_ids is None or self._ids[row] in query.node_ids) and (
            query.doc_ids is None or self._documents[row] in query.doc_ids
        )

    def _remove(self, rows: list[int]) -> None:
        # A flat index closes up behind removed rows, as the lists do.
        if rows:
            self._index.remove_ids(faiss.IDSelectorBatch(np.array(rows, np.int64)))
        for row in reversed(rows):
            del self._ids[row], self._documents[row]


def _unit(vectors: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    """Bring vectors to length one; one of length zero stays, and is like nothing."""
    rows = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.ascontiguousarray(rows / np.where(lengths == 0, 1, lengths), np.float32)
