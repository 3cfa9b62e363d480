"""Measures speed: a warm answer by its steps, a build by encoder, the search by size."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Answer, Request
from assistant.compose import Step
from assistant.draft import Draft, Kit
from index.dense import Dense, VectorStore
from index.engines import Encoder, Vectors
from index.grams import GramIndex
from index.recipe import EncoderUse
from index.vectors import FaissVectorStore

Clock = Callable[[], float]  # seconds
Answering = Callable[[Request, Sequence[Step]], Answer]
TEN = 10
NOISE = 0.35
REST = "rest"


@dataclass(frozen=True)
class Spread:
    """The median and the 95th percentile of some times, in milliseconds."""

    p50: float
    p95: float


@dataclass(frozen=True)
class SearchSpeed:
    """A search among some passages, exact and by cells: milliseconds, and the recall of the second."""

    passages: int
    exact: Spread
    approximate: Spread
    recall: float


def spread(seconds: Sequence[float]) -> Spread:
    """Return median and 95th percentile, between neighbours in proportion."""
    return Spread(*(round(float(np.percentile(seconds, share)) * 1000, 2) for share in (50, 95)))


def time_answers(
    requests: Sequence[Request], answer: Answering, steps: Sequence[Step], rounds: int, clock: Clock
) -> dict[str, Spread]:
    """Return the spread over the questions of the whole ("answer"), of each step, and of what is beside the steps.

    Each question is asked once before, then `rounds` times, one after the other; its time is the median.
    """
    runs = [[_time_answer(asked, answer, steps, clock) for asked in requests] for _ in range(rounds + 1)][1:]
    return {
        name: spread(
            [statistics.median(run[number][name] for run in runs) for number in range(len(requests))]
        )
        for name in runs[0][0]
    }


def _time_answer(
    request: Request, answer: Answering, steps: Sequence[Step], clock: Clock
) -> dict[str, float]:
    times: dict[str, float] = {}
    timed = [partial(_time_step, step, times, clock) for step in steps]
    start = clock()
    answer(request, timed)
    whole = clock() - start
    return {"answer": whole, **times, REST: whole - sum(times.values())}


def _time_step(step: Step, times: dict[str, float], clock: Clock, draft: Draft, kit: Kit) -> Draft:
    start = clock()
    made = step(draft, kit)
    times[step.__name__.strip("_").replace("_", " ")] = clock() - start
    return made


def time_encoding(encoder: Encoder, texts: Sequence[str], at_once: int, clock: Clock) -> float:
    """Return how many passages a second are encoded, as many at once as a build does."""
    encoder.encode_passages(texts[:at_once])
    start = clock()
    for first in range(0, len(texts), at_once):
        encoder.encode_passages(texts[first : first + at_once])
    return round(len(texts) / (clock() - start), 1)


def scatter(rows: Vectors, count: int, seed: int) -> Vectors:
    """Return `count` vectors of length one, clustered as the real `rows` are.

    Each is a row drawn at random plus Gaussian noise of NOISE times its length: their cosine is about .94, as
    that of two wordings of one question.
    """
    random = np.random.default_rng(seed)
    near = rows[random.integers(0, len(rows), count)]
    noise = random.standard_normal(near.shape, np.float32) * np.float32(NOISE / np.sqrt(near.shape[1]))
    made = near + noise
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def time_search(vectors: Vectors, queries: Vectors, k: int, clock: Clock) -> SearchSpeed:
    """Search the vectors as the product does for the `k` nearest, by the exact and by the approximate index."""
    exact, exact_found = _search(vectors, queries, k, len(vectors), clock)
    cells, cells_found = _search(vectors, queries, k, 0, clock)
    shares = [
        len({*a[:TEN]} & {*b[:TEN]}) / min(TEN, len(a)) for a, b in zip(exact_found, cells_found, strict=True)
    ]
    return SearchSpeed(len(vectors), exact, cells, round(statistics.mean(shares), 4))


def time_store(store: VectorStore, queries: Vectors, k: int, clock: Clock) -> Spread:
    """Search the vectors of an index as the product does, wherever they are."""
    return _ask(store, queries, k, clock)[0]


def _search(
    vectors: Vectors, queries: Vectors, k: int, exact_up_to: int, clock: Clock
) -> tuple[Spread, list[list[str]]]:
    names = [str(row) for row in range(len(vectors))]
    store = FaissVectorStore(vectors.shape[1], exact_up_to)
    store.add_rows(names, names, vectors)
    return _ask(store, queries, k, clock)


def _ask(store: VectorStore, queries: Vectors, k: int, clock: Clock) -> tuple[Spread, list[list[str]]]:
    nothing = np.zeros(queries.shape[1])
    dense = Dense(
        EncoderUse("given", 1, 1),
        _Given(queries),
        (store,),
        (np.arange(k),),
        nothing,
        np.diag(nothing),
        np.zeros((0, queries.shape[1])),
    )
    dense.nearest("0", k)
    seconds, found = [], []
    for number in range(len(queries)):
        start = clock()
        nearest = dense.nearest(str(number), k)
        seconds.append(clock() - start)
        found.append(list(nearest.stores[0].cosines))
    return spread(seconds), found


class _Given:
    """An encoder of numbers: the vectors of its texts are given, so that a search alone is measured."""

    name = version = "given"

    def __init__(self, vectors: Vectors) -> None:
        self._vectors, self.dimension = vectors, vectors.shape[1]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors with these numbers."""
        return self._vectors[[int(text) for text in texts]]

    encode_passages = encode_queries


def time_grams(index: GramIndex, queries: Sequence[str], clock: Clock) -> Spread:
    """Search the grams for each query."""
    seconds = []
    for query in queries:
        start = clock()
        index.search(query)
        seconds.append(clock() - start)
    return spread(seconds)


def repeat_grams(
    arrays: Mapping[str, NDArray[np.generic]], passages: int
) -> Mapping[str, NDArray[np.generic]]:
    """Return a gram index of about as many passages, to time a search in: the passages of one over and over.

    Every gram keeps its weights and stands in as many more passages as there are more; fewer are not made.
    """
    starts, places = arrays["starts"].astype(np.int64), arrays["passages"].astype(np.int64)
    had = int(np.asarray(arrays["counts"], np.int64)[0])
    times = max(1, round(passages / had))
    gram_of = np.tile(np.repeat(np.arange(len(starts) - 1), np.diff(starts)), times)
    order = np.argsort(gram_of, kind="stable")
    moved = (places + had * np.arange(times)[:, None]).ravel()
    return {
        **arrays,
        "starts": starts * times,
        "passages": moved[order],
        "weights": np.tile(arrays["weights"], times)[order],
        "counts": np.array([had * times], np.int64),
    }
