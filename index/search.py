"""Searches an index: each store gives its nearest passages, and the best passage speaks for its paragraph."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.paragraph import SOURCE_LANGUAGE, Language
from corpus.toml import LANGUAGES
from index.dense import LEAST_DEVIATION, Dense, Rows
from index.grams import GramIndex
from index.hit import NOTHING, Evidence, Hit, SearchResult
from index.passage import ASKED, QUESTIONS, RENDERED, Passage
from index.recipe import Kind, Recipe

_DECIMALS = 6
_TEXTS: tuple[Kind, ...] = ("plain", "headed", "rendition")
# Nothing but its own words leads to a paragraph that a person added, so each of its sentences may.
_OWN_WORDS: tuple[Kind, ...] = ("plain", "headed", "sentence")
_SENTENCES: tuple[Kind, ...] = ("sentence", "rendered_sentence")


@dataclass(frozen=True)
class Signals:
    """How every passage, by row, fits one query: fused, and the parts of it.

    `found` tells which rows are worth a look, `probe` the log odds that it is like the questions that are answered,
    `wish` those that it asks whether something may go into the cloud, `logits` how well each paragraph of the classifier
    fits, standardised; empty where there is none.
    """

    scores: NDArray[np.float64]
    dense: NDArray[np.float64]
    grams: NDArray[np.float64]
    cosines: Mapping[str, NDArray[np.float64]]
    found: NDArray[np.bool_]
    probe: float
    wish: float
    logits: NDArray[np.float64]


@dataclass(frozen=True)
class _Group:
    """The rows of a paragraph that a query in one language may find, all and by sort, in order of their ids.

    `label` is its place in the classifier, None where it has none.
    """

    paragraph: str
    label: int | None
    rows: Rows
    texts: Rows
    sentences: Rows
    asked: Rows


class Index:
    """An opened index. `passages` are by id; `grams` are of the rows beside them, the project's own first."""

    def __init__(
        self,
        generation: str,
        recipe: Recipe,
        passages: Sequence[Passage],
        grams: Sequence[tuple[Rows, GramIndex]],
        dense: Sequence[Dense],
        probe: NDArray[np.float64],
        wish: NDArray[np.float64],
        classifier: NDArray[np.float64],
    ) -> None:
        self.generation = generation
        self.encoders = tuple(use.name for use in recipe.encoders)
        self.passages = {passage.id: passage for passage in passages}
        self._recipe, self._grams, self._dense = recipe, tuple(grams), tuple(dense)
        self._probe, self._wish, self._classifier = probe, wish, classifier
        self._order = tuple(passages)
        self._rows = {passage.id: row for row, passage in enumerate(passages)}
        languages: tuple[Language | None, ...] = (*LANGUAGES, None)
        self._labels = order_labels(passages) if len(classifier) else {}
        self._paragraphs, self._paragraph_of, self._rows_of = _sort(passages)
        # Made when first met: of a large collection most never are.
        self._groups: dict[tuple[Language | None, int], _Group | None] = {}
        self._questions = {
            (kind, language): np.array(
                [row for row, p in enumerate(passages) if p.kind == kind and _is_for(p, language)], np.intp
            )
            for kind in QUESTIONS
            for language in languages
        }

    def search(self, query: str, k: int, language: Language | None = None) -> tuple[Hit, ...]:
        """Return the `k` best paragraphs, best first, as `look_up` does."""
        return self.look_up(query, k, language).hits

    def look_up(
        self, query: str, k: int, language: Language | None = None, also: Sequence[str] = ()
    ) -> SearchResult:
        """Return the `k` best paragraphs, best first, and the evidence whether they answer.

        `also` are other wordings of the query: a passage has the grams of the one that fits it best.
        `language` is the query's; without it, the share of the query's grams that the index knows tells
        whether it is in the language of the passages. The same query gives the same hits: scores have six
        decimals, ties are broken by id. A query without a letter or digit finds nothing.
        """
        if k <= 0 or not any(character.isalnum() for character in query):
            return SearchResult((), NOTHING)
        signals = self._signals(query, language, also)
        groups = self._find_groups(signals.found, language)
        scored = sorted((-self._score(group, signals), group.paragraph, group) for group in groups)
        hits = (self._hit(group, -score, signals) for score, _, group in scored[:k])
        return SearchResult(tuple(hits), self._weigh(signals, language))

    def _find_groups(self, found: NDArray[np.bool_], language: Language | None) -> list[_Group]:
        """Return the paragraphs that a query in a language may find and that have a row worth a look."""
        groups = []
        for number in np.unique(self._paragraph_of[found]).tolist():
            key = (language, number)
            if key not in self._groups:
                self._groups[key] = self._make_group(*key)
            group = self._groups[key]
            if group is not None and found[group.rows].any():
                groups.append(group)
        return groups

    def _make_group(self, language: Language | None, number: int) -> _Group | None:
        """Return a paragraph as a query in a language may find it, None where it has no text for it."""
        paragraph = self._paragraphs[number]
        rows = [row for row in self._rows_of[number] if _is_for(self._order[row], language)]
        is_added = any(self._order[row].is_added for row in rows)
        texts, sentences, asked = (
            np.array([row for row in rows if self._order[row].kind in kinds], np.intp)
            for kinds in (_OWN_WORDS if is_added else _TEXTS, _SENTENCES, (ASKED,))
        )
        label = self._labels.get(paragraph)
        return _Group(paragraph, label, np.array(rows), texts, sentences, asked) if len(texts) else None

    def _weigh(self, signals: Signals, language: Language | None) -> Evidence:
        answered, unanswered = (self._questions[kind, language] for kind in QUESTIONS)
        if not len(answered) or not len(unanswered):
            return replace(NOTHING, wish=round(signals.wish, _DECIMALS))
        like = unanswered[int(np.argmax(signals.scores[unanswered]))]
        cosines = next(iter(signals.cosines.values()))
        return Evidence(
            round(float(cosines[answered].max()), _DECIMALS),
            round(float(signals.scores[answered].max() - signals.scores[like]), _DECIMALS),
            round(signals.probe, _DECIMALS),
            self._order[like].paragraph,
            round(signals.wish, _DECIMALS),
        )

    def _signals(self, query: str, language: Language | None, also: Sequence[str]) -> Signals:
        grams, known = self._search_grams(query)
        for wording in also:
            grams = np.maximum(grams, self._search_grams(wording)[0])
        is_across = language != SOURCE_LANGUAGE if language else known < self._recipe.foreign_below
        dense, total, logits = np.zeros(len(self._order)), 0.0, np.zeros(0)
        probe = wish = 0.0
        cosines: dict[str, NDArray[np.float64]] = {}
        found = np.zeros(len(self._order), np.bool_)
        for rows, _ in self._grams:
            found[rows[_highest(grams[rows], self._recipe.top_k)]] = True
        for encoded in self._dense:
            weight = encoded.use.weight_across if is_across else encoded.use.weight
            if weight:
                nearest = encoded.nearest(query, self._recipe.top_k, language)
                cosines[encoded.use.name] = nearest.of_all(self._rows)
                dense += weight * nearest.standardised(cosines[encoded.use.name])
                total += weight
                found[[self._rows[name] for store in nearest.stores for name in store.cosines]] = True
                if encoded is self._dense[0]:
                    probe, wish = (_odds(weights, nearest.vector) for weights in (self._probe, self._wish))
                    logits = (
                        _standardise(_apply(self._classifier, nearest.vector))
                        if len(self._classifier)
                        else logits
                    )
        dense = dense / total if total else dense
        scores = (dense + self._recipe.gram_weight * grams).round(_DECIMALS)
        return Signals(scores, dense, grams, cosines, found, probe, wish, logits)

    def _search_grams(self, wording: str) -> tuple[NDArray[np.float64], float]:
        """Return each passage's share, and how much of the wording the project's own passages know."""
        shares, known = np.zeros(len(self._order)), []
        for rows, grams in self._grams:
            shares[rows], share = grams.search(wording)
            known.append(share)
        return shares, known[0]

    def _score(self, group: _Group, signals: Signals) -> float:
        """Return the score of the best text, moved towards the questions that the paragraph answers.

        Those count by the best of them, and by what the classifier learned of all.
        """
        score = float(signals.scores[group.texts].max())
        if len(group.asked):
            score += self._recipe.asked_weight * (self._asked(group, signals) - score)
        if group.label is not None:
            score += self._recipe.classifier_weight * (float(signals.logits[group.label]) - score)
        return round(score, _DECIMALS)

    def _asked(self, group: _Group, signals: Signals) -> float:
        return float(np.sort(signals.scores[group.asked])[::-1][: self._recipe.asked_best].mean())

    def _hit(self, group: _Group, score: float, signals: Signals) -> Hit:
        text = _best(group.texts, signals)
        parts = {"dense": signals.dense, "grams": signals.grams, **signals.cosines}
        values = {name: round(float(all_rows[text]), _DECIMALS) for name, all_rows in parts.items()}
        if len(group.asked):
            values["asked"] = self._asked(group, signals)
        sentence = self._order[_best(group.sentences, signals)].id if len(group.sentences) else ""
        return Hit(group.paragraph, score, self._order[text].id, values, sentence.removesuffix(RENDERED))


def order_labels(passages: Iterable[Passage]) -> dict[str, int]:
    """Return the place of every paragraph in the classifier, which orders them by id."""
    return {name: n for n, name in enumerate(sorted({p.paragraph for p in passages if p.kind == ASKED}))}


def _apply(weights: NDArray[np.float64], vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a linear model, its bias last, makes of a vector."""
    return np.asarray(weights[..., :-1] @ vector + weights[..., -1])


def _odds(weights: NDArray[np.float64], vector: NDArray[np.float64]) -> float:
    """Return the log odds by a probe, 0 where there is none."""
    return float(_apply(weights, vector)) if len(weights) else 0.0


def _standardise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = values.std()
    return (values - values.mean()) / deviation if deviation > LEAST_DEVIATION else np.zeros_like(values)


def _sort(passages: Sequence[Passage]) -> tuple[list[str], Rows, list[Rows]]:
    """Return the paragraphs, the number of that of each row, and the rows of each in order of their ids."""
    numbers: dict[str, int] = {}
    paragraph_of = np.array([numbers.setdefault(p.paragraph, len(numbers)) for p in passages], np.intp)
    ordered = np.array(
        sorted(range(len(passages)), key=lambda row: (paragraph_of[row], passages[row].id)), np.intp
    )
    ends = np.cumsum(np.bincount(paragraph_of, minlength=len(numbers)))
    return list(numbers), paragraph_of, np.split(ordered, ends[:-1])


def _highest(scores: NDArray[np.float64], k: int) -> Rows:
    """Return the rows of the `k` highest scores; of equal ones those that stand first."""
    if k >= len(scores):
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    above = np.flatnonzero(scores > least)
    return np.concatenate([above, np.flatnonzero(scores == least)[: k - len(above)]])


def _best(rows: Rows, signals: Signals) -> int:
    """Return the row with the highest score; of equal ones that with the smallest id, which stands first."""
    return int(rows[np.argmax(signals.scores[rows])])


def _is_for(passage: Passage, language: Language | None) -> bool:
    """Tell whether a query in this language may find the passage: a source's own words by all, else its language alone."""
    return language is None or passage.language == language or passage.kind in _OWN_WORDS
