"""The measures of a ranking with graded judgements, as the literature defines them.

A ranking lists ids, the best first; judgements give a grade by id, of which those above 0 are relevant.
"""

import math
from collections.abc import Mapping, Sequence

Grades = Mapping[str, int]


def ndcg(k: int, grades: Grades, ranking: Sequence[str]) -> float:
    """Return nDCG@k: the discounted gain of the first k over that of the best possible order.

    The gain of a document is its grade, discounted by log2(rank + 1) (Järvelin and Kekäläinen, 2002).
    """
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    ideal = _discounted(best[:k])
    return _discounted([max(0, grades.get(name, 0)) for name in ranking[:k]]) / ideal if ideal else 0.0


def recall(k: int, grades: Grades, ranking: Sequence[str]) -> float:
    """Return the share of the relevant documents among the first k."""
    relevant = _relevant(grades)
    return len(relevant & set(ranking[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(k: int, grades: Grades, ranking: Sequence[str]) -> float:
    """Return 1 / the rank of the first relevant document among the first k, 0 where there is none."""
    relevant = _relevant(grades)
    return next((1 / rank for rank, name in enumerate(ranking[:k], 1) if name in relevant), 0.0)


def _relevant(grades: Grades) -> set[str]:
    return {name for name, grade in grades.items() if grade > 0}


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
