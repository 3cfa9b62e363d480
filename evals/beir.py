"""Benchmarks in the layout of BEIR: reads a folder, indexes its passages with the pipeline, and scores the search.

Thakur et al., "BEIR: A heterogenous benchmark for zero-shot evaluation of information retrieval models" (2021).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from corpus.errors import DataError
from corpus.paragraph import Paragraph
from corpus.toml import Table
from evals.metrics import Grades, ndcg, recall, reciprocal_rank

DEPTH, FIRST = 10, 5
_QRELS = ("qrels.tsv", "qrels/test.tsv")
_PARTS = 3
_DECIMALS = 4


@dataclass(frozen=True)
class Benchmark:
    """Passages, the queries that have judgements, and the judgements by query: a grade by passage."""

    passages: tuple[Paragraph, ...]
    queries: Mapping[str, str]
    grades: Mapping[str, Grades]


def read_benchmark(folder: Path) -> Benchmark:
    """Read `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` or `qrels/test.tsv`. Raises DataError."""
    passages = tuple(_read_passage(entry) for entry in _read_lines(folder / "corpus.jsonl"))
    queries = {entry.text("_id"): entry.text("text") for entry in _read_lines(folder / "queries.jsonl")}
    file = next((folder / name for name in _QRELS if (folder / name).exists()), folder / _QRELS[0])
    grades = _read_grades(file, {passage.id for passage in passages}, queries.keys())
    if not passages or not grades:
        raise DataError(str(folder), "the folder", "holds no passage or no judgement")
    return Benchmark(passages, {name: queries[name] for name in queries if name in grades}, grades)


def score(benchmark: Benchmark, search: Callable[[str, int], Sequence[str]]) -> dict[str, float]:
    """Return the means over all queries; `search` returns the ids of the best passages, best first."""
    ranked = [(benchmark.grades[name], search(text, DEPTH)) for name, text in benchmark.queries.items()]
    means = {
        f"ndcg@{DEPTH}": fmean(ndcg(DEPTH, grades, ranking) for grades, ranking in ranked),
        f"recall@{FIRST}": fmean(recall(FIRST, grades, ranking) for grades, ranking in ranked),
        f"mrr@{DEPTH}": fmean(reciprocal_rank(DEPTH, grades, ranking) for grades, ranking in ranked),
    }
    counts = {"queries": len(ranked), "passages": len(benchmark.passages)}
    return {**counts, **{name: round(mean, _DECIMALS) for name, mean in means.items()}}


def _read_passage(entry: Table) -> Paragraph:
    """Return a passage as a paragraph of one piece: its title belongs to what is found."""
    title, text = str(entry.value("title", "") or ""), str(entry.value("text", "") or "")
    whole = "\n".join(part for part in (title, text) if part.strip())
    if not whole:
        raise entry.fault("has neither title nor text")
    return Paragraph(entry.text("_id"), "beir", "prose", (), "", 1, "", whole, (), (1, 1), (), ())


def _read_lines(path: Path) -> Iterator[Table]:
    """Yield the lines of a JSON Lines file as tables.

    A line that is there twice counts once; an id that is there twice with other words is a fault.
    """
    seen: dict[str, object] = {}
    for number, line in _read_text(path):
        try:
            values = json.loads(line)
        except ValueError as error:
            raise DataError(str(path), f"line {number}", f"not valid JSON: {error}") from error
        if not isinstance(values, dict):
            raise DataError(str(path), f"line {number}", "must be an object")
        entry = Table(str(path), f"line {number}", values)
        identity = entry.text("_id")
        if identity not in seen:
            yield entry
        elif seen[identity] != values:
            raise entry.fault(f"the id '{identity}' is there twice, with other words")
        seen[identity] = values


def _read_grades(
    path: Path, passages: AbstractSet[str], queries: AbstractSet[str]
) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for number, line in _read_text(path):
        parts = line.split("\t")
        is_heading = number == 1 and not parts[-1].strip().lstrip("-").isdigit()
        if is_heading:
            continue
        if len(parts) != _PARTS or not parts[2].strip().lstrip("-").isdigit():
            raise DataError(
                str(path), f"line {number}", "must be a query, a passage and a grade, parted by tabs"
            )
        query, passage, grade = parts[0], parts[1], int(parts[2])
        for name, known, what in ((query, queries, "query"), (passage, passages, "passage")):
            if name not in known:
                raise DataError(str(path), f"line {number}", f"no {what} has the id '{name}'")
        if grades.setdefault(query, {}).setdefault(passage, grade) != grade:
            raise DataError(
                str(path), f"line {number}", f"'{passage}' has another grade before, for '{query}'"
            )
    return grades


def _read_text(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(str(path), "the file", f"cannot be read: {error}") from error
    yield from ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())
