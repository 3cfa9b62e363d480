"""Builds an index: passages, their vectors and grams, all the bytes of a generation, then the generation."""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.paragraph import Paragraph
from corpus.unanswered import Unanswered
from index.engines import Encoder, Vectors
from index.generation import Manifest
from index.grams import build_grams
from index.nodes import to_node
from index.passage import ASKED, QUESTIONS, Passage, make_contrasts, make_passages
from index.probe import fit_classifier, fit_probe
from index.progress import Progress
from index.recipe import Recipe
from index.store import building, describe_files, write_generation
from index.vectors import FaissVectorStore

_AT_ONCE = 32
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
) -> str:
    """Build a generation in `folder`, make it the current one and return its name.

    Where its text comes into use only afterwards, `in_use` is the digest of the text that is in use meanwhile:
    a generation made from that is kept.

    `encoders` are those of the recipe, in its order. The same paragraphs, recipe and encoders give the same
    bytes. Raises IndexBusy, IndexUnwritable, and ValueError where there is nothing to index or an encoder is
    another one.
    """
    if [encoder.name for encoder in encoders] != [use.name for use in recipe.encoders]:
        raise ValueError("the encoders are not those of the recipe")
    passages = make_passages(paragraphs, recipe)
    if not passages:
        raise ValueError("there is nothing to index")
    passages += make_contrasts(unanswered)
    with building(folder):
        texts = [passage.text for passage in passages]
        files = {
            "passages.json": json.dumps(
                [asdict(passage) for passage in passages], ensure_ascii=False
            ).encode(),
            "grams.npz": build_grams(texts, recipe.gram_size, recipe.k1, recipe.b).to_bytes(),
        }
        for number, encoder in enumerate(encoders):
            vectors = _encode(passages, encoder, progress)
            files |= _vector_files(number, passages, vectors)
            if number == 0:
                files["probe.npy"] = _array_bytes(_fit_probe(passages, vectors, recipe))
                files["classifier.npy"] = _array_bytes(_fit_classifier(passages, vectors, recipe))
        manifest = Manifest(
            format=recipe.format,
            corpus=corpus_digest,
            recipe=json.loads(recipe.to_json()),
            passages=len(passages),
            encoders={encoder.name: encoder.version for encoder in encoders},
            versions={library: version(library) for library in _LIBRARIES},
            files=describe_files(files),
        )
        return write_generation(folder, files, manifest, in_use or corpus_digest)


def _encode(passages: Sequence[Passage], encoder: Encoder, progress: Progress) -> Vectors:
    """Encode the passages in their order. A question is encoded as a question: it meets its like."""
    vectors = np.empty((len(passages), encoder.dimension), np.float32)
    done = 0
    for asks, encode in ((False, encoder.encode_passages), (True, encoder.encode_queries)):
        rows = [row for row, passage in enumerate(passages) if (passage.kind in QUESTIONS) == asks]
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            vectors[some] = encode([passages[row].text for row in some])
            done += len(some)
            progress(encoder.name, done, len(passages))
    return vectors


def _vector_files(number: int, passages: Sequence[Passage], vectors: Vectors) -> dict[str, bytes]:
    """Return vectors, and the mean and covariance that give a query's mean score and its spread."""
    store = FaissVectorStore(vectors.shape[1])
    store.add([to_node(passage, row.tolist()) for passage, row in zip(passages, vectors, strict=True)])
    exact = vectors.astype(np.float64)
    around = exact - exact.mean(axis=0)
    return {
        f"vectors-{number}.faiss": store.to_bytes(),
        f"mean-{number}.npy": _array_bytes(exact.mean(axis=0)),
        f"covariance-{number}.npy": _array_bytes(around.T @ around / len(exact)),
    }


def _fit_probe(passages: Sequence[Passage], vectors: Vectors, recipe: Recipe) -> NDArray[np.float64]:
    """Return the probe that tells questions that are answered from others; empty where one sort is missing."""
    rows = [row for row, passage in enumerate(passages) if passage.kind in QUESTIONS]
    answered = [passages[row].kind == ASKED for row in rows]
    return fit_probe(vectors[rows], answered, recipe.softness) if len(set(answered)) > 1 else np.zeros(0)


def _fit_classifier(passages: Sequence[Passage], vectors: Vectors, recipe: Recipe) -> NDArray[np.float64]:
    """Return the classifier that tells which paragraph answers; empty below three paragraphs with questions."""
    rows = [row for row, passage in enumerate(passages) if passage.kind == ASKED]
    labels = [passages[row].paragraph for row in rows]
    if len(set(labels)) < _FEWEST_CLASSES:
        return np.zeros(0)
    return fit_classifier(vectors[rows], labels, recipe.classifier_softness)


def _array_bytes(array: NDArray[np.float64]) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()
