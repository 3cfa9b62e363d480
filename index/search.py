"""Searches an index: each store gives its nearest passages, and the best passage speaks for its paragraph."""

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from llama_index.core.vector_stores.types import BasePydanticVectorStore, VectorStoreQuery
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from corpus.paragraph import SOURCE_LANGUAGE, Language
from corpus.toml import LANGUAGES
from index.engines import Encoder
from index.errors import IndexDamaged, IndexStale
from index.grams import GramIndex, read_grams
from index.hit import NOTHING, Evidence, Hit, SearchResult
from index.passage import RENDERED, UNANSWERED, Passage
from index.recipe import EncoderUse, Kind, Recipe
from index.store import MANIFEST, Generation, read_generation
from index.vectors import FaissVectorStore

_DECIMALS = 6
_QUESTIONS: tuple[Kind, ...] = ("asked", UNANSWERED)
_ASKED: tuple[Kind, ...] = ("asked",)
_TEXTS: tuple[Kind, ...] = ("plain", "headed", "rendition")
_SENTENCES: tuple[Kind, ...] = ("sentence", "rendered_sentence")


@dataclass(frozen=True)
class Dense:
    """One encoder with its store, and the mean (d,) and covariance (d, d) of the store's vectors."""

    use: EncoderUse
    encoder: Encoder
    store: BasePydanticVectorStore
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    def nearest(self, query: str, k: int) -> "Nearest":
        """Return the cosines of the `k` nearest passages, and what standardises the cosines of all."""
        vector = self.encoder.encode_queries([query])[0]
        found = self.store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=k))
        cosines = dict(zip(found.ids or (), found.similarities or (), strict=True))
        exact = vector.astype(np.float64)
        variance = float(exact @ self.covariance @ exact)
        return Nearest(exact, cosines, float(exact @ self.mean), math.sqrt(max(variance, 0.0)))


@dataclass(frozen=True)
class Nearest:
    """A store's answer: the cosines of its nearest passages by id, and mean and standard deviation of all.

    `vector` is the query's.
    """

    vector: NDArray[np.float64]
    cosines: Mapping[str, float]
    mean: float
    deviation: float

    def of_all(self, rows: Mapping[str, int]) -> NDArray[np.float64]:
        """Return every passage's cosine; one beyond the nearest gets that of the last, which it cannot exceed."""
        cosines = np.full(len(rows), min(self.cosines.values(), default=self.mean))
        cosines[[rows[name] for name in self.cosines]] = list(self.cosines.values())
        return cosines

    def standardised(self, cosines: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many standard deviations each cosine lies above the mean of all passages."""
        return (cosines - self.mean) / self.deviation if self.deviation > 1e-9 else np.zeros_like(cosines)


@dataclass(frozen=True)
class Signals:
    """How every passage, by row, fits one query: fused, and the parts of it.

    `found` tells which rows are worth a look, `probe` the log odds that it is like the questions that are answered.
    """

    scores: NDArray[np.float64]
    dense: NDArray[np.float64]
    grams: NDArray[np.float64]
    cosines: Mapping[str, NDArray[np.float64]]
    found: NDArray[np.bool_]
    probe: float


Rows = NDArray[np.intp]


@dataclass(frozen=True)
class _Group:
    """The rows of a paragraph that a query in one language may find, all and by sort, in order of their ids."""

    paragraph: str
    rows: Rows
    texts: Rows
    sentences: Rows
    asked: Rows


class Index:
    """An opened index. `passages` are by id, in the order of the gram index."""

    def __init__(
        self,
        generation: str,
        recipe: Recipe,
        passages: Sequence[Passage],
        grams: GramIndex,
        dense: Sequence[Dense],
        probe: NDArray[np.float64],
    ) -> None:
        self.generation = generation
        self.encoders = tuple(use.name for use in recipe.encoders)
        self.passages = {passage.id: passage for passage in passages}
        self._recipe, self._grams, self._dense, self._probe = recipe, grams, tuple(dense), probe
        self._order = tuple(passages)
        self._rows = {passage.id: row for row, passage in enumerate(passages)}
        languages: tuple[Language | None, ...] = (*LANGUAGES, None)
        self._groups = {language: _group(passages, language) for language in languages}
        self._questions = {
            (kind, language): np.array(
                [row for row, p in enumerate(passages) if p.kind == kind and _is_for(p, language)], np.intp
            )
            for kind in _QUESTIONS
            for language in languages
        }

    def search(self, query: str, k: int, language: Language | None = None) -> tuple[Hit, ...]:
        """Return the `k` best paragraphs, best first, as `look_up` does."""
        return self.look_up(query, k, language).hits

    def look_up(self, query: str, k: int, language: Language | None = None) -> SearchResult:
        """Return the `k` best paragraphs, best first, and the evidence whether they answer.

        `language` is the query's; without it, the share of the query's grams that the index knows tells
        whether it is in the language of the passages. The same query gives the same hits: scores have six
        decimals, ties are broken by id. A query without a letter or digit finds nothing.
        """
        if k <= 0 or not any(character.isalnum() for character in query):
            return SearchResult((), NOTHING)
        signals = self._signals(query, language)
        groups = [group for group in self._groups[language] if signals.found[group.rows].any()]
        scored = sorted((-self._score(group, signals), group.paragraph, group) for group in groups)
        hits = (self._hit(group, -score, signals) for score, _, group in scored[:k])
        return SearchResult(tuple(hits), self._weigh(signals, language))

    def _weigh(self, signals: Signals, language: Language | None) -> Evidence:
        answered, unanswered = (self._questions[kind, language] for kind in _QUESTIONS)
        if not len(answered) or not len(unanswered):
            return NOTHING
        like = unanswered[int(np.argmax(signals.scores[unanswered]))]
        cosines = next(iter(signals.cosines.values()))
        return Evidence(
            round(float(cosines[answered].max()), _DECIMALS),
            round(float(signals.scores[answered].max() - signals.scores[like]), _DECIMALS),
            round(signals.probe, _DECIMALS),
            self._order[like].paragraph,
        )

    def _signals(self, query: str, language: Language | None) -> Signals:
        grams, known = self._grams.search(query)
        is_across = language != SOURCE_LANGUAGE if language else known < self._recipe.foreign_below
        dense, total, probe = np.zeros(len(self._order)), 0.0, 0.0
        cosines: dict[str, NDArray[np.float64]] = {}
        found = np.zeros(len(self._order), np.bool_)
        found[np.argsort(-grams, kind="stable")[: self._recipe.top_k]] = True
        for encoded in self._dense:
            weight = encoded.use.weight_across if is_across else encoded.use.weight
            if weight:
                nearest = encoded.nearest(query, self._recipe.top_k)
                cosines[encoded.use.name] = nearest.of_all(self._rows)
                dense += weight * nearest.standardised(cosines[encoded.use.name])
                total += weight
                found[[self._rows[name] for name in nearest.cosines]] = True
                if encoded is self._dense[0] and len(self._probe):
                    probe = float(nearest.vector @ self._probe[:-1] + self._probe[-1])
        dense = dense / total if total else dense
        scores = (dense + self._recipe.gram_weight * grams).round(_DECIMALS)
        return Signals(scores, dense, grams, cosines, found, probe)

    def _score(self, group: _Group, signals: Signals) -> float:
        """Return the score of the best text, moved towards the best of the questions that the paragraph answers."""
        score = float(signals.scores[group.texts].max())
        if len(group.asked):
            score += self._recipe.asked_weight * (self._asked(group, signals) - score)
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


def _group(passages: Sequence[Passage], language: Language | None) -> tuple[_Group, ...]:
    """Return the paragraphs that a query in a language may find: those with a text for it."""
    rows_of: dict[str, list[int]] = {}
    for row, passage in enumerate(passages):
        if _is_for(passage, language):
            rows_of.setdefault(passage.paragraph, []).append(row)
    groups = []
    for paragraph, unordered in rows_of.items():
        rows = sorted(unordered, key=lambda row: passages[row].id)
        of_kinds = (
            np.array([row for row in rows if passages[row].kind in kinds], np.intp)
            for kinds in (_TEXTS, _SENTENCES, _ASKED)
        )
        groups.append(_Group(paragraph, np.array(rows), *of_kinds))
    return tuple(group for group in groups if len(group.texts))


def _best(rows: Rows, signals: Signals) -> int:
    """Return the row with the highest score; of equal ones that with the smallest id, which stands first."""
    return int(rows[np.argmax(signals.scores[rows])])


def _is_for(passage: Passage, language: Language | None) -> bool:
    """Tell whether a query in this language may find the passage: Dutch text by all, else only its own language."""
    is_source = passage.language == SOURCE_LANGUAGE and passage.kind not in _QUESTIONS
    return language is None or passage.language == language or is_source


def open_index(folder: Path, corpus_digest: str, recipe: Recipe, encoders: Sequence[Encoder]) -> Index:
    """Open the current generation in `folder`; `encoders` are those of the recipe, in its order.

    Every file is checked before it is loaded. Raises IndexMissing, IndexDamaged, IndexForeign, and IndexStale
    where the index was made from another text, by another recipe or with another encoder.
    """
    generation = read_generation(folder)
    _check_fits(generation, corpus_digest, recipe, encoders)
    try:
        passages = TypeAdapter(tuple[Passage, ...]).validate_json(generation.files["passages.json"])
        grams = read_grams(generation.files["grams.npz"], recipe.gram_size, recipe.k1)
        dense = [
            _open_dense(generation, number, use, encoder, passages)
            for number, (use, encoder) in enumerate(zip(recipe.encoders, encoders, strict=True))
        ]
        probe = _read_array(generation.files["probe.npy"])
    except (KeyError, ValueError, ValidationError) as error:
        raise IndexDamaged(generation.folder / MANIFEST, "its files do not fit together") from error
    return Index(generation.name, recipe, passages, grams, dense, probe)


def _check_fits(
    generation: Generation, corpus_digest: str, recipe: Recipe, encoders: Sequence[Encoder]
) -> None:
    manifest, path = generation.manifest, generation.folder / MANIFEST
    if manifest.corpus != corpus_digest:
        raise IndexStale(path, "the index was made from another text")
    if manifest.recipe != json.loads(recipe.to_json()):
        raise IndexStale(path, "the index was made with other settings")
    for encoder in encoders:
        if manifest.encoders.get(encoder.name) != encoder.version:
            raise IndexStale(path, f"the index was made with another version of {encoder.name}")


def _open_dense(
    generation: Generation, number: int, use: EncoderUse, encoder: Encoder, passages: Sequence[Passage]
) -> Dense:
    ids = [passage.id for passage in passages]
    documents = [passage.paragraph for passage in passages]
    store = FaissVectorStore.from_bytes(generation.files[f"vectors-{number}.faiss"], ids, documents)
    return Dense(
        use,
        encoder,
        store,
        _read_array(generation.files[f"mean-{number}.npy"]),
        _read_array(generation.files[f"covariance-{number}.npy"]),
    )


def _read_array(data: bytes) -> NDArray[np.float64]:
    array: NDArray[np.float64] = np.load(io.BytesIO(data), allow_pickle=False)
    return array
