"""Fits the weights that decide whether the sources answer, on the questions for tuning, and writes them as TOML."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict

import numpy as np

from assistant.rules import Answerable
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


def to_toml(weights: Mapping[Language, Answerable]) -> str:
    """Return the tables as decisions.toml has them."""
    tables = (
        "\n".join(
            (f"[answerable.{language}]", *(f"{name} = {value}" for name, value in asdict(record).items()))
        )
        for language, record in weights.items()
    )
    return "\n".join(tables) + "\n"
