"""BM25 over character n-grams: finds compounds and inflections without a stemmer or a word list."""

import io
import math
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ARRAYS = ("grams", "starts", "passages", "weights", "counts")


class GramIndex:
    """The grams of a collection of passages, each with the passages that hold it and its BM25 weight there.

    The weight of gram g in passage p is idf(g) * f * (k1 + 1) / (f + k1 * (1 - b + b * length / mean
    length)), f how often p holds g and idf(g) = ln(1 + (n - d + 0.5) / (d + 0.5)), d how many of the n
    passages hold it.
    """

    def __init__(
        self, grams: Mapping[str, int], arrays: Mapping[str, NDArray[np.generic]], size: int, k1: float
    ) -> None:
        self._rows, self._size, self._k1 = grams, size, k1
        self._starts = np.asarray(arrays["starts"], np.int64)
        self._passages = np.asarray(arrays["passages"], np.int32)
        self._weights = np.asarray(arrays["weights"], np.float64)
        self.passages = int(arrays["counts"][0])

    def search(self, query: str) -> tuple[NDArray[np.float64], float]:
        """Return each passage's share (0 to 1) of the most the query could score, and how much is known.

        The most is the sum over the query's grams of idf(g) * (k1 + 1), which BM25 comes near as f grows; a
        gram that no passage holds counts with d = 0. So a question in another language than the passages,
        most of whose grams they lack, can only score low. How much is known: the share of the query's grams,
        each as often as it occurs, that some passage holds.
        """
        scores = np.zeros(self.passages)
        most, known, asked = 0.0, 0, 0
        for gram, times in sorted(Counter(split_grams(query, self._size)).items()):
            start, end = self._postings(gram)
            scores[self._passages[start:end]] += times * self._weights[start:end]
            most += times * _idf(self.passages, end - start) * (self._k1 + 1)
            known += times if end > start else 0
            asked += times
        return (scores / most, known / asked) if asked else (scores, 0.0)

    def _postings(self, gram: str) -> tuple[int, int]:
        row = self._rows.get(gram)
        return (0, 0) if row is None else (int(self._starts[row]), int(self._starts[row + 1]))

    def to_bytes(self) -> memoryview:
        """Return the index as a numpy archive without pickled objects."""
        text = "\n".join(sorted(self._rows, key=self._rows.__getitem__))
        file = io.BytesIO()
        np.savez_compressed(
            file,
            grams=np.frombuffer(text.encode(), np.uint8),
            starts=self._starts,
            passages=self._passages,
            weights=self._weights,
            counts=np.array([self.passages], np.int64),
        )
        return file.getbuffer()


def build_grams(texts: Iterable[str], size: int, k1: float, b: float) -> GramIndex:
    """Count the grams of `texts`; passage i of the index is text i. Grams stand in order of the alphabet."""
    numbers: dict[str, int] = {}
    counted = _Counted(array("i"), array("i"), array("i"), array("i"))
    for text in texts:
        count = Counter(split_grams(text, size))
        counted.grams.extend([numbers.setdefault(gram, len(numbers)) for gram in count])
        counted.often.extend(count.values())
        counted.different.append(len(count))
        counted.lengths.append(count.total())
    grams = {gram: row for row, gram in enumerate(sorted(numbers))}
    row_of = np.empty(len(grams), np.int32)
    row_of[list(numbers.values())] = [grams[gram] for gram in numbers]
    return GramIndex(grams, _weigh(counted, row_of, k1, b), size, k1)


@dataclass(frozen=True)
class _Counted:
    """Passage after passage: its grams by number, how often it holds each, how many different ones, and in all."""

    grams: "array[int]"
    often: "array[int]"
    different: "array[int]"
    lengths: "array[int]"


def _weigh(
    counted: _Counted, row_of: NDArray[np.int32], k1: float, b: float
) -> dict[str, NDArray[np.generic]]:
    """Return the postings of every gram, by row and then by passage, with their weights."""
    rows = row_of[np.frombuffer(counted.grams, np.int32)] if counted.grams else np.zeros(0, np.int32)
    often = np.frombuffer(counted.often, np.int32) if counted.grams else rows
    holding = np.bincount(rows, minlength=len(row_of))
    idf = np.array([_idf(len(counted.lengths), int(number)) for number in holding], np.float64)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(holding)])
    passages, weights = np.empty(len(rows), np.int32), np.empty(len(rows), np.float64)
    mean = sum(counted.lengths) / max(1, len(counted.lengths))
    free, begin = starts[:-1].copy(), 0
    for passage, (different, length) in enumerate(zip(counted.different, counted.lengths, strict=True)):
        mine, times = rows[begin : begin + different], often[begin : begin + different]
        if different:
            places = free[mine]
            passages[places] = passage
            weights[places] = idf[mine] * (times * (k1 + 1) / (times + k1 * (1 - b + b * length / mean)))
            free[mine] += 1
        begin += different
    counts = np.array([len(counted.lengths)], np.int64)
    return {"starts": starts, "passages": passages, "weights": weights, "counts": counts}


def read_grams(data: bytes | memoryview, size: int, k1: float) -> GramIndex:
    """Return the index that `to_bytes` wrote. Raises ValueError where the bytes hold none."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        if sorted(archive.files) != sorted(_ARRAYS):
            raise ValueError("no gram index")
        arrays = {name: archive[name] for name in _ARRAYS}
    grams = arrays["grams"].tobytes().decode().split("\n") if arrays["grams"].size else []
    return GramIndex({gram: row for row, gram in enumerate(grams)}, arrays, size, k1)


def split_grams(text: str, size: int) -> Iterator[str]:
    """Yield the grams of each word with a blank on either side; a shorter word is one gram.

    Case and accents are folded, so that words typed without accents are found. What is no letter or digit
    parts words.
    """
    for word in _words(text):
        padded = f" {word} "
        yield from (padded[i : i + size] for i in range(max(1, len(padded) - size + 1)))


def _words(text: str) -> Iterable[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (character for character in decomposed if not unicodedata.combining(character))
    return "".join(character if character.isalnum() else " " for character in kept).split()


def _idf(passages: int, holding: int) -> float:
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))
