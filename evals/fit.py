"""Fits the weights that decide what is asked and whether the sources answer, on questions for tuning; writes them as TOML."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

import numpy as np

from assistant.rules import Answerable, Wish
from corpus.errors import DataError
from corpus.paragraph import Language
from corpus.toml import LANGUAGES
from evals.case import QuestionCase
from index.hit import Evidence
from index.probe import fit_probe

_SOFTNESS = 1.0
_DECIMALS = 3
Weigh = Callable[[str, Language], tuple[Evidence, bool]]


def fit(cases: Iterable[QuestionCase], weigh: Weigh) -> Mapping[Language, Answerable]:
    """Return the weights by language, fitted on the cases for tuning alone.

    `weigh` returns a question's evidence, and whether it asks for a value that no paragraph found holds. Both sorts
    of questions weigh the same. Raises DataError where a language has questions of one sort only.
    """
    tuning = [case for case in cases if case.split == "tune"]
    return {
        language: _fit([case for case in tuning if case.language == language], weigh)
        for language in LANGUAGES
    }


def _fit(cases: list[QuestionCase], weigh: Weigh) -> Answerable:
    answerable = [case.is_answerable for case in cases]
    if len(set(answerable)) < 2:
        raise DataError(
            "the cases", "split 'tune'", "needs questions with and without an answer in each language"
        )
    rows = [
        (evidence.contrast, evidence.probe, float(lacks_value))
        for evidence, lacks_value in (weigh(case.question, case.language) for case in cases)
    ]
    return Answerable(*(round(float(w), _DECIMALS) for w in fit_probe(np.array(rows), answerable, _SOFTNESS)))


def fit_wish(examples: Iterable[tuple[bool, Sequence[float]]]) -> Wish:
    """Return the weights that tell a wish to go into the cloud, fitted on questions with their signals."""
    labels, rows = zip(*examples, strict=True)
    return Wish(*(round(float(w), _DECIMALS) for w in fit_probe(np.array(rows), labels, _SOFTNESS)))


def to_toml(weights: Mapping[Language, Answerable], wish: Wish) -> str:
    """Return the tables as decisions.toml has them."""
    records: dict[str, Answerable | Wish] = {
        **{f"answerable.{language}": record for language, record in weights.items()},
        "wish": wish,
    }
    tables = (
        "\n".join((f"[{name}]", *(f"{key} = {value}" for key, value in asdict(record).items())))
        for name, record in records.items()
    )
    return "\n".join(tables) + "\n"
