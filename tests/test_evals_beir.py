"""Benchmarks in the layout of BEIR are read strictly, searched by the pipeline and scored as the literature does."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from corpus.errors import DataError
from evals.beir import read_benchmark, score
from evals.metrics import ndcg, recall, reciprocal_rank

PASSAGES = [{"_id": "a", "title": "Wolk", "text": "Regen."}, {"_id": "b", "title": "", "text": "Zon."}]
QUERIES = [{"_id": "q", "text": "Wat valt er?"}, {"_id": "unjudged", "text": "Niets?"}]
QRELS = "query-id\tcorpus-id\tscore\nq\ta\t2\nq\tb\t0\n"


def write(folder: Path, passages=PASSAGES, queries=QUERIES, qrels=QRELS, place="qrels.tsv") -> Path:
    for name, rows in (("corpus", passages), ("queries", queries)):
        text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (folder / place).parent.mkdir(exist_ok=True)
    (folder / place).write_text(qrels, encoding="utf-8")
    return folder


@pytest.mark.parametrize("place", ["qrels.tsv", "qrels/test.tsv"])
def test_a_folder_is_read_with_its_judgements_in_either_place(tmp_path, place):
    benchmark = read_benchmark(write(tmp_path, place=place))
    assert [(p.id, p.text) for p in benchmark.passages] == [("a", "Wolk\nRegen."), ("b", "Zon.")]
    assert benchmark.queries == {"q": "Wat valt er?"}
    assert benchmark.grades == {"q": {"a": 2, "b": 0}}


def test_a_line_that_is_there_twice_counts_once(tmp_path):
    benchmark = read_benchmark(write(tmp_path, [*PASSAGES, PASSAGES[0]], qrels=f"{QRELS}q\ta\t2\n"))
    assert [passage.id for passage in benchmark.passages] == ["a", "b"]
    assert benchmark.grades == {"q": {"a": 2, "b": 0}}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"passages": ["{"]}, r"corpus\.jsonl: line 1: not valid JSON"),
        ({"passages": ["[]"]}, r"corpus\.jsonl: line 1: must be an object"),
        (
            {"passages": [*PASSAGES, {"_id": "a", "text": "x"}]},
            r"line 3: the id 'a' is there twice, with other",
        ),
        ({"passages": [{"_id": "a", "text": " "}]}, r"corpus\.jsonl: line 1: has neither title nor text"),
        ({"queries": [{"_id": "q"}]}, r"queries\.jsonl: line 1: 'text'"),
        ({"qrels": "q\ta\n"}, r"qrels\.tsv: line 1: must be|holds no"),
        ({"qrels": f"{QRELS}q\tc\t1\n"}, r"qrels\.tsv: line 4: no passage has the id 'c'"),
        ({"qrels": f"{QRELS}r\ta\t1\n"}, r"qrels\.tsv: line 4: no query has the id 'r'"),
        ({"qrels": f"{QRELS}q\ta\t1\n"}, r"qrels\.tsv: line 4: 'a' has another grade before"),
        ({"qrels": f"{QRELS}q\ta\thigh\n"}, r"qrels\.tsv: line 4: must be a query"),
        ({"qrels": "query-id\tcorpus-id\tscore\n"}, "holds no passage or no judgement"),
    ],
)
def test_a_faulty_folder_is_refused_by_file_line_and_fault(tmp_path, changed, fault):
    with pytest.raises(DataError, match=fault):
        read_benchmark(write(tmp_path, **changed))


def test_a_folder_without_its_files_is_refused_by_name(tmp_path):
    with pytest.raises(DataError, match=r"corpus\.jsonl: the file: cannot be read"):
        read_benchmark(tmp_path)


def test_the_search_is_scored_over_the_judged_queries(tmp_path):
    benchmark = read_benchmark(write(tmp_path))
    assert score(benchmark, lambda _, k: ["b", "a"][:k]) == {
        "queries": 1,
        "passages": 2,
        "ndcg@10": 0.6309,
        "recall@5": 1.0,
        "mrr@10": 0.5,
    }


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3), min_size=1),
    st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=10),
    st.integers(1, 10),
)
def test_the_measures_equal_those_of_a_library_made_for_them(grades, ranking, k):
    run = {"q": {name: float(-rank) for rank, name in enumerate(ranking)}}
    if not ranking:
        return
    wanted = {R @ k: recall(k, grades, ranking), RR @ k: reciprocal_rank(k, grades, ranking)}
    wanted[nDCG @ k] = ndcg(k, grades, ranking)
    import ir_measures

    found = ir_measures.calc_aggregate(wanted, {"q": grades}, run)
    assert {measure: pytest.approx(value) for measure, value in found.items()} == wanted
