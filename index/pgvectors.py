"""Our vector store over pgvector, behind llama-index's interface. Its answers are those of the store over faiss."""

import hashlib
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from numpy.typing import NDArray

from index.database import CANDIDATES, Row, Session
from index.errors import IndexDamaged, IndexMissing
from index.nearest import MARGIN, find_allowed, rank, read_query

# Measured (docs/adr/0032): beyond, a graph (hnsw, Malkov and Yashunin, 2018) answers sooner than reading all vectors.
EXACT_UP_TO = 50_000
LARGEST = 2000  # numbers in a vector of which pgvector makes a graph
_DIGEST = 32
_NEAREST = "SELECT row FROM {} ORDER BY embedding <#> %s, row LIMIT %s"
_VECTORS = "SELECT row, vector_send(embedding) FROM {} WHERE row = ANY(%s::int[]) ORDER BY row"


class DatabaseVectorStore(BasePydanticVectorStore):
    """The vectors of one encoder in a generation, by node id. They never change: a change is another generation.

    Every vector that comes back is held against the digest that was checked when the generation was opened.
    """

    stores_text: bool = False
    _session: Session = PrivateAttr()
    _table: str = PrivateAttr()
    _ids: list[str] = PrivateAttr()
    _documents: list[str] = PrivateAttr()
    _digests: bytes = PrivateAttr()

    def __init__(
        self, session: Session, table: str, ids: Sequence[str], documents: Sequence[str], digests: bytes
    ) -> None:
        """`digests` are the sha256 of the vectors, as pgvector sends them, one after the other.

        Raises ValueError where they are of another number of rows.
        """
        super().__init__(stores_text=False)
        if len(digests) != _DIGEST * len(ids) or len(ids) != len(documents):
            raise ValueError("not the vectors of these passages")
        self._session, self._table, self._digests = session, table, digests
        self._ids, self._documents = list(ids), list(documents)

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which llama-index knows this store."""
        return "WolkwijzerDatabaseVectorStore"

    @property
    def client(self) -> Session:
        """The connection."""
        return self._session

    def add(self, nodes: Sequence[BaseNode], **_options: object) -> list[str]:
        """Refuse: raises ValueError."""
        raise ValueError(f"{len(nodes)} nodes not added: a generation never changes; build a new one")

    def delete(self, ref_doc_id: str, **_options: object) -> None:
        """Refuse: raises ValueError."""
        raise ValueError(f"{ref_doc_id} not deleted: a generation never changes; build a new one")

    def query(self, query: VectorStoreQuery, **_options: object) -> VectorStoreQueryResult:
        """Return ids and cosines of the nearest nodes, among `node_ids` and `doc_ids` where given.

        Raises IndexUnreachable, and IndexDamaged where a vector is not as it was written.
        """
        vector, k = read_query(query)
        rows = find_allowed(query, self._ids, self._documents)
        if rows is None:
            rows = self._find(vector, min(k + MARGIN, len(self._ids)))
        if not rows:
            return VectorStoreQueryResult(ids=[], similarities=[])
        return rank([self._ids[row] for row in rows], self._fetch(rows), vector, k)

    def _find(self, vector: NDArray[np.float32], count: int) -> list[int]:
        """Return the rows of the `count` nearest vectors, in their order; by a graph they may be fewer."""
        is_exact = has_no_graph(len(self._ids), len(vector))
        found = self._run(_NEAREST, vector, count if is_exact else min(count, CANDIDATES))
        rows = sorted(row for (row,) in found)
        if len(rows) < (count if is_exact else 1) or rows[-1] >= len(self._ids):
            raise IndexDamaged(self._place, "rows are missing")
        return rows

    def _fetch(self, rows: list[int]) -> NDArray[np.float32]:
        found = self._run(_VECTORS, rows)
        for row, sent in found:
            if hashlib.sha256(sent).digest() != self._digests[_DIGEST * row : _DIGEST * (row + 1)]:
                raise IndexDamaged(self._place, "a vector was altered")
        if [row for row, _ in found] != rows:
            raise IndexDamaged(self._place, "rows are missing")
        return from_sent([sent for _, sent in found])

    def _run(self, query: str, *values: object) -> list[Row]:
        try:
            return self._session.run(query, *values, names=(self._table,))
        except IndexMissing as error:
            raise IndexDamaged(self._place, "the vectors were removed") from error

    @property
    def _place(self) -> PurePath:
        return self._session.place / self._table


def has_no_graph(rows: int, dimension: int) -> bool:
    """Tell whether so many vectors are searched exactly."""
    return rows <= EXACT_UP_TO or dimension > LARGEST


def from_sent(vectors: Sequence[bytes]) -> NDArray[np.float32]:
    """Return vectors (vectors, dimension) from what vector_send gives: two numbers of 16 bits, then the values."""
    sent = np.frombuffer(b"".join(vectors), ">f4").reshape(len(vectors), -1)
    return np.ascontiguousarray(sent[:, 1:], np.float32)
