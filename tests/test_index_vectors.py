"""Our vector store finds what brute force finds, and its scores are cosines."""

import faiss
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

from index.vectors import EXACT_UP_TO, FaissVectorStore

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


FEW, MANY = 500, 4000
CENTRES = np.random.default_rng(1).normal(size=(80, 24))
CLUSTERED = np.repeat(CENTRES, MANY // 80, axis=0) + np.random.default_rng(2).normal(size=(MANY, 24)) * 0.4
ASKED = CENTRES[:40] + np.random.default_rng(3).normal(size=(40, 24)) * 0.4


def clustered(exact_up_to: int, numbers: range = range(MANY)) -> FaissVectorStore:
    made = FaissVectorStore(24, exact_up_to)
    made.add([TextNode(id_=f"n{number:04d}", embedding=CLUSTERED[number].tolist()) for number in numbers])
    return made


def nearest(store: FaissVectorStore, vector: np.ndarray, k: int = 10, **only: list[str]) -> list[str]:
    query = VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=k, **only)
    return list(store.query(query).ids)


def nearest_by_brute_force(vector: np.ndarray, k: int = 10) -> list[str]:
    cosines = CLUSTERED @ vector / np.linalg.norm(CLUSTERED, axis=1)
    return [f"n{number:04d}" for number in np.argsort(-cosines)[:k]]


@pytest.fixture(scope="module")
def approximate() -> FaissVectorStore:
    return clustered(FEW)


def test_beyond_the_switch_over_nearly_all_of_the_nearest_are_found(approximate):
    visited, approximate.client.nprobe = approximate.client.nprobe, 16  # 128 find all in so small an index
    shares = [len({*nearest(approximate, v)} & {*nearest_by_brute_force(v)}) / 10 for v in ASKED]
    approximate.client.nprobe = visited
    assert np.mean(shares) >= 0.95
    assert [nearest(approximate, v) for v in ASKED] == [nearest_by_brute_force(v) for v in ASKED]


def test_just_beyond_the_switch_over_of_the_product_98_of_100_of_the_nearest_ten_are_found():
    random = np.random.default_rng(6)
    centres = random.normal(size=(1500, 32))
    rows = centres[random.integers(0, 1500, EXACT_UP_TO + 1)]
    rows = (rows + random.normal(size=rows.shape) * 0.35).astype(np.float32)
    names = [f"n{number}" for number in range(len(rows))]
    cells, exact = FaissVectorStore(32), FaissVectorStore(32, len(rows))
    for made in (cells, exact):
        made.add_rows(names, names, rows)
    assert isinstance(cells.client, faiss.IndexIVFFlat)
    asked = rows[:200] + random.normal(size=(200, 32)) * 0.35
    shares = [len({*nearest(cells, v)} & {*nearest(exact, v)}) / 10 for v in asked]
    assert np.mean(shares) >= 0.98


def test_two_builds_of_the_same_vectors_are_the_same_bytes(approximate):
    assert clustered(FEW).to_bytes() == approximate.to_bytes()


def test_up_to_the_switch_over_the_index_is_the_exact_one_of_before():
    exact = clustered(MANY)
    unit = CLUSTERED.astype(np.float32)
    flat = faiss.IndexFlatIP(24)
    flat.add(np.ascontiguousarray(unit / np.linalg.norm(unit, axis=1, keepdims=True)))
    assert exact.to_bytes() == faiss.serialize_index(flat).tobytes()
    assert clustered(EXACT_UP_TO).to_bytes() == exact.to_bytes()


def test_the_approximate_index_is_the_same_whether_it_was_passed_in_one_step_or_two(approximate):
    grown = clustered(FEW, range(FEW))
    grown.add([TextNode(id_=f"n{i:04d}", embedding=CLUSTERED[i].tolist()) for i in range(FEW, MANY)])
    assert [nearest(grown, v) for v in ASKED] == [nearest(approximate, v) for v in ASKED]


def test_what_is_deleted_from_an_approximate_index_is_gone_and_the_rest_keeps_its_ids():
    shrunk = clustered(FEW)
    gone = nearest_by_brute_force(ASKED[0], 30)[::2]
    shrunk.delete_nodes(gone)
    assert (
        nearest(shrunk, ASKED[0]) == [n for n in nearest_by_brute_force(ASKED[0], 30) if n not in gone][:10]
    )
    assert len(shrunk.ids) == shrunk.client.ntotal == MANY - 15
    assert isinstance(shrunk.client, faiss.IndexIVFFlat)


def test_among_named_nodes_the_approximate_index_passes_none_over(approximate):
    farthest = nearest_by_brute_force(ASKED[0], MANY)[-5:]
    assert nearest(approximate, ASKED[0], node_ids=farthest) == farthest
