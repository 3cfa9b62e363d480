"""What a search finds, and how far it may be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """A found paragraph: its score, the passage that found it and the signals behind the score.

    `signals` are of that passage: the cosine by encoder that counted, "dense" (their standardised mean, as
    many standard deviations above the query's mean) and "grams" (its share of the most the query could
    score), "asked" the mean score of the best questions that it answers. `sentence` is the id of the sentence
    of the paragraph that fits the query best, empty where there is none.
    """

    paragraph: str
    score: float
    passage: str
    signals: Mapping[str, float]
    sentence: str = ""


@dataclass(frozen=True)
class Evidence:
    """How much a query is like the questions that the paragraphs answer, and how much like those that none does.

    `nearest` is the cosine of the most similar answered question by the first encoder, `contrast` the fused score
    of the best answered question less that of the best unanswered one, `probe` the log odds of "answered" by a
    linear probe over the query's vector. `like` is the group of the most similar unanswered question, empty
    where there is none. `wish` is the log odds, by another such probe, that it asks whether something may go into
    the cloud; 0 where nothing is known of such wishes.
    """

    nearest: float
    contrast: float
    probe: float
    like: str
    wish: float = 0.0


@dataclass(frozen=True)
class SearchResult:
    """The paragraphs found, the best first, and the evidence whether they answer."""

    hits: tuple[Hit, ...]
    evidence: Evidence


# Where nothing is known of what is answered and what is not.
NOTHING = Evidence(0.0, 0.0, 0.0, "")
