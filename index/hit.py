"""What a search finds."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """A found paragraph: its score, the passage that found it and the signals behind the score.

    `signals` are of that passage: the cosine by encoder that counted, "dense" (their standardised mean, as
    many standard deviations above the query's mean) and "grams" (its share of the most the query could
    score). `sentence` is the id of the sentence of the paragraph that fits the query best, empty where
    there is none.
    """

    paragraph: str
    score: float
    passage: str
    signals: Mapping[str, float]
    sentence: str = ""
