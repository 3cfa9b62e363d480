"""Builds an index: passages, their vectors and grams, file by file, then the generation."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.paragraph import Paragraph
from corpus.toml import LANGUAGES
from corpus.unanswered import Unanswered
from corpus.wishes import NO_WISHES, Wishes
from index.dense import part_rows
from index.embeddings import EMBEDDINGS, Embedded, Embeddings, remove_others
from index.engines import Encoder
from index.fitted import fit_once
from index.generation import Manifest, grams_name, vectors_name
from index.grams import build_grams
from index.passage import ASKED, QUESTIONS, Passage, make_contrasts, make_passages
from index.probe import fit_classifier, fit_probe
from index.progress import Progress
from index.recipe import Recipe
from index.shelf import NewOnShelf, find_shelf
from index.store import writing

_BLOCK = 16_384  # vectors in memory at once
_PROBE, _WISH, _CLASSIFIER = "probe.npy", "wish.npy", "classifier.npy"
_FEWEST_CLASSES = 3  # of two, there would be one row of weights
_LIBRARIES = ("faiss-cpu", "llama-index-core", "numpy", "sentence-transformers")


def build_index(
    paragraphs: Iterable[Paragraph],
    unanswered: Iterable[Unanswered],
    folder: Path,
    corpus_digest: str,
    recipe: Recipe,
    encoders: Sequence[Encoder],
    progress: Progress,
    in_use: str | None = None,
    database: str = "",
    wishes: Wishes = NO_WISHES,
) -> str:
    """Build a generation in `folder`, or in `database` where one is named, make it current and return its name.

    Where its text comes into use only afterwards, `in_use` is the digest of the text that is in use meanwhile:
    a generation made from that is kept.

    `encoders` are those of the recipe, in its order. The same paragraphs, recipe and encoders give the same
    bytes. Raises IndexBusy, IndexUnwritable, IndexUnreachable, and ValueError where there is nothing to index or an encoder is
    another one.
    """
    if [encoder.name for encoder in encoders] != [use.name for use in recipe.encoders]:
        raise ValueError("the encoders are not those of the recipe")
    passages = make_passages(paragraphs, recipe)
    if not passages:
        raise ValueError("there is nothing to index")
    passages += make_contrasts(unanswered)
    if len({passage.id for passage in passages}) < len(passages):
        raise ValueError("two passages have the same id")
    with find_shelf(folder, database).building() as begin:
        kept = [Embeddings(folder, encoder) for encoder in encoders]
        # A question is encoded as a question: it meets its like.
        texts = [(passage.kind in QUESTIONS, passage.text) for passage in passages]
        examples = [(True, text) for text in (*wishes.wished, *wishes.beside)]
        with writing(folder / EMBEDDINGS):
            # The examples teach the first encoder alone, and are no passages.
            used = [
                one.embed([*texts, *(() if number else examples)], progress)
                for number, one in enumerate(kept)
            ]
            vectors = [all_of_them.part(np.arange(len(texts))) for all_of_them in used]
            fitted = {
                _PROBE: _fit_probe(folder, passages, vectors[0], recipe),
                _WISH: _fit_wish(folder, passages, used[0], wishes, recipe),
                _CLASSIFIER: _fit_classifier(folder, passages, vectors[0], recipe),
            }
        with begin() as new:
            _write_files(new, passages, vectors, fitted, recipe)
            manifest = Manifest(
                format=recipe.format,
                corpus=corpus_digest,
                recipe=json.loads(recipe.to_json()),
                passages=len(passages),
                encoders={encoder.name: encoder.version for encoder in encoders},
                versions={library: version(library) for library in _LIBRARIES},
                files=dict(sorted(new.files.items())),
            )
            name = new.publish(manifest, in_use or corpus_digest)
        with writing(folder / EMBEDDINGS):
            for embeddings, embedded in zip(kept, used, strict=True):
                embeddings.keep_only(embedded)
            remove_others(folder, {*fitted, *(embeddings.path.name for embeddings in kept)})
    return name


def _write_files(
    new: NewOnShelf,
    passages: Sequence[Passage],
    vectors: Sequence[Embedded],
    fitted: Mapping[str, bytes],
    recipe: Recipe,
) -> None:
    new.write_passages(passages)
    _write_grams(new, passages, recipe)
    for number, rows in enumerate(vectors):
        _write_vectors(new, number, passages, rows)
    for name, data in fitted.items():
        with new.file(name) as write:
            write(data)


def _write_grams(new: NewOnShelf, passages: Sequence[Passage], recipe: Recipe) -> None:
    """Write what people added apart: what is rare there tells those documents apart, and the guidance stays as it is."""
    for is_added, rows in enumerate(part_rows(passages)):
        if len(rows):
            texts = (passages[row].text for row in rows)
            grams = build_grams(texts, recipe.gram_size, recipe.k1, recipe.b)
            with new.file(grams_name(is_added=bool(is_added))) as write:
                write(grams.to_bytes())


def _write_vectors(new: NewOnShelf, number: int, passages: Sequence[Passage], whole: Embedded) -> None:
    """Write vectors, and the mean and covariance that give a query's mean score and its spread.

    What people added lies apart, and counts for neither: what the guidance answers must not depend on it.
    """
    known, added = part_rows(passages)
    for rows, name in ((known, vectors_name(number)), (added, vectors_name(number, is_added=True))):
        if len(rows):
            new.write_vectors(name, [passages[row] for row in rows], whole.part(rows))
    vectors = whole.part(known)
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(vectors), _BLOCK)]
    mean = np.add.reduce([vectors[block].astype(np.float64).sum(axis=0) for block in blocks]) / len(vectors)
    covariance = np.zeros((vectors.dimension, vectors.dimension))
    for block in blocks:
        around = vectors[block].astype(np.float64) - mean
        covariance += around.T @ around
    _write_array(new, f"mean-{number}.npy", mean)
    _write_array(new, f"covariance-{number}.npy", covariance / len(vectors))
    if len(added):
        _write_array(new, f"asking-{number}.npy", _mean_questions(passages, whole))


def _mean_questions(passages: Sequence[Passage], vectors: Embedded) -> NDArray[np.float64]:
    """Return the mean of the questions in each language (languages, d), nought where there are none."""
    means = np.zeros((len(LANGUAGES), vectors.dimension))
    for number, language in enumerate(LANGUAGES):
        asked = [row for row, p in enumerate(passages) if p.kind in QUESTIONS and p.language == language]
        if asked:
            means[number] = vectors[np.array(asked)].astype(np.float64).mean(axis=0)
    return means


def _fit_probe(folder: Path, passages: Sequence[Passage], vectors: Embedded, recipe: Recipe) -> bytes:
    """Return the probe that tells questions that are answered from others; empty where one sort is missing."""
    rows = [row for row, passage in enumerate(passages) if passage.kind in QUESTIONS]
    answered = [passages[row].kind == ASKED for row in rows]
    if len(set(answered)) <= 1:
        return _to_bytes(np.zeros(0))
    known = vectors[np.array(rows)]
    fit = partial(fit_probe, known, answered, recipe.softness)
    return fit_once(folder / EMBEDDINGS / _PROBE, known, answered, recipe, fit)


def _fit_wish(
    folder: Path, passages: Sequence[Passage], embedded: Embedded, wishes: Wishes, recipe: Recipe
) -> bytes:
    """Return the probe that tells a wish to go into the cloud from all other questions; empty without examples.

    The vectors of the examples follow those of the passages.
    """
    if not (wishes.wished and wishes.beside):
        return _to_bytes(np.zeros(0))
    others = [row for row, passage in enumerate(passages) if passage.kind in QUESTIONS]
    known = embedded[np.array([*range(len(passages), len(embedded)), *others])]
    is_wish = [True] * len(wishes.wished) + [False] * (len(wishes.beside) + len(others))
    fit = partial(fit_probe, known, is_wish, recipe.softness)
    return fit_once(folder / EMBEDDINGS / _WISH, known, is_wish, recipe, fit)


def _fit_classifier(folder: Path, passages: Sequence[Passage], vectors: Embedded, recipe: Recipe) -> bytes:
    """Return the classifier that tells which paragraph answers; empty below three paragraphs with questions."""
    rows = [row for row, passage in enumerate(passages) if passage.kind == ASKED]
    labels = [passages[row].paragraph for row in rows]
    if len(set(labels)) < _FEWEST_CLASSES:
        return _to_bytes(np.zeros(0))
    known = vectors[np.array(rows)]
    fit = partial(fit_classifier, known, labels, recipe.classifier_softness)
    return fit_once(folder / EMBEDDINGS / _CLASSIFIER, known, labels, recipe, fit)


def _write_array(new: NewOnShelf, name: str, array: NDArray[np.float64]) -> None:
    with new.file(name) as write:
        write(_to_bytes(array))


def _to_bytes(array: NDArray[np.float64]) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()
