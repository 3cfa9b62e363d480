"""Our vector store finds what brute force finds, and its scores are cosines."""

import numpy as np
import pytest
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import (
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
)

from index.vectors import FaissVectorStore

ROWS = np.random.default_rng(7).normal(size=(60, 9)) * 3
QUERY = np.random.default_rng(8).normal(size=9) * 5


def node(number: int) -> TextNode:
    return TextNode(
        id_=f"n{number:02d}",
        embedding=ROWS[number].tolist(),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=f"d{number % 20:02d}")},
    )


@pytest.fixture
def store() -> FaissVectorStore:
    made = FaissVectorStore(9)
    made.add([node(number) for number in range(60)])
    return made


def brute_force(numbers: list[int], k: int) -> list[tuple[str, float]]:
    unit = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    cosines = unit @ (QUERY / np.linalg.norm(QUERY))
    return [(f"n{i:02d}", cosines[i]) for i in sorted(numbers, key=lambda i: -cosines[i])[:k]]


def check(store: FaissVectorStore, query: VectorStoreQuery, expected: list[tuple[str, float]]) -> None:
    found = store.query(query)
    assert found.ids == [identity for identity, _ in expected]
    assert found.similarities == pytest.approx([cosine for _, cosine in expected], abs=1e-6)


def ask(k: int = 7) -> VectorStoreQuery:
    return VectorStoreQuery(query_embedding=QUERY.tolist(), similarity_top_k=k)


@pytest.mark.parametrize("k", [1, 7, 60, 100])
def test_the_nearest_are_those_of_brute_force_with_their_cosines(store, k):
    check(store, ask(k), brute_force(list(range(60)), k))


def test_a_deleted_document_is_never_found_again(store):
    gone = brute_force(list(range(60)), 1)[0][0]
    document = int(gone[1:]) % 20
    store.delete(f"d{document:02d}")
    check(store, ask(), brute_force([i for i in range(60) if i % 20 != document], 7))


def test_deleted_nodes_are_gone_and_the_others_keep_their_ids(store):
    store.delete_nodes(["n00", "n31", "n59", "unknown"])
    check(store, ask(), brute_force([i for i in range(60) if i not in (0, 31, 59)], 7))


def test_what_is_added_after_a_deletion_is_found_under_its_own_id(store):
    store.delete_nodes([f"n{i:02d}" for i in range(30)])
    store.add([node(3)])
    check(store, ask(31), brute_force([3, *range(30, 60)], 31))
    store.delete("d11")
    check(store, ask(31), brute_force([3, *(i for i in range(30, 60) if i % 20 != 11)], 31))


def test_a_search_can_be_kept_to_some_nodes_or_documents(store):
    query = VectorStoreQuery(
        query_embedding=QUERY.tolist(), similarity_top_k=3, node_ids=["n04", "n05", "n24"]
    )
    check(store, query, brute_force([4, 5, 24], 3))
    query.doc_ids = ["d04"]
    check(store, query, brute_force([4, 24], 3))


def test_saved_and_read_back_it_answers_the_same(store):
    documents = [f"d{i % 20:02d}" for i in range(60)]
    again = FaissVectorStore.from_bytes(store.to_bytes(), store.ids, documents)
    again.delete("d05")
    check(again, ask(), brute_force([i for i in range(60) if i % 20 != 5], 7))


def test_bytes_of_another_number_of_rows_or_of_nothing_are_refused(store):
    with pytest.raises(ValueError, match="not the faiss index of these passages"):
        FaissVectorStore.from_bytes(store.to_bytes(), ["n00"], ["d00"])
    with pytest.raises(ValueError, match="no faiss index"):
        FaissVectorStore.from_bytes(b"IxF2 not really", [], [])


def test_an_id_stands_in_the_store_once(store):
    with pytest.raises(ValueError, match="twice"):
        store.add([node(5)])


def test_what_the_store_cannot_do_is_refused_and_not_ignored(store):
    filters = MetadataFilters(filters=[MetadataFilter(key="kind", value="plain", operator=FilterOperator.EQ)])
    with pytest.raises(ValueError, match="without filters"):
        store.query(VectorStoreQuery(query_embedding=QUERY.tolist(), filters=filters))
    with pytest.raises(ValueError, match="without filters"):
        store.query(VectorStoreQuery(query_embedding=QUERY.tolist(), mode=VectorStoreQueryMode.MMR))
    with pytest.raises(ValueError, match="no metadata"):
        store.delete_nodes(filters=filters)


def test_an_empty_or_cleared_store_finds_nothing(store):
    store.clear()
    check(store, ask(), [])
    check(FaissVectorStore(9), ask(), [])


def test_of_equal_vectors_the_smaller_id_comes_first():
    made = FaissVectorStore(2)
    made.add([TextNode(id_=name, embedding=[1.0, 1.0]) for name in ("c", "a", "b")])
    found = made.query(VectorStoreQuery(query_embedding=[1.0, 1.0], similarity_top_k=3))
    assert found.ids == ["a", "b", "c"]
