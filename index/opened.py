"""Opens the generation of an index that was made from a text. Every file is checked before it is loaded."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from index.dense import Dense, part_rows
from index.engines import Encoder
from index.errors import IndexDamaged, IndexStale
from index.generation import MANIFEST, PASSAGES, Generation, vectors_name
from index.grams import read_grams
from index.passage import Passage
from index.recipe import EncoderUse, Recipe
from index.search import Index, order_labels
from index.shelf import find_shelf


def open_index(
    folder: Path, corpus_digest: str, recipe: Recipe, encoders: Sequence[Encoder], database: str = ""
) -> Index:
    """Open the generation of a text in `folder`, or in `database`; `encoders` are those of the recipe, in its order.

    Which one that is says `read_generation`. Every file is checked before it is loaded. Raises IndexMissing,
    IndexDamaged, IndexForeign, IndexUnreachable, and IndexStale where the index was made from another text, by another
    recipe or with another encoder.
    """
    generation = find_shelf(folder, database).read(corpus_digest)
    _check_fits(generation, recipe, encoders)
    try:
        passages = TypeAdapter(tuple[Passage, ...]).validate_json(bytes(generation.files[PASSAGES]))
        grams = read_grams(generation.files["grams.npz"], recipe.gram_size, recipe.k1)
        dense = [
            _open_dense(generation, number, use, encoder, passages)
            for number, (use, encoder) in enumerate(zip(recipe.encoders, encoders, strict=True))
        ]
        probe, wish, classifier = (
            _read_array(generation.files[f"{name}.npy"]) for name in ("probe", "wish", "classifier")
        )
        if len(classifier) not in {0, len(order_labels(passages))}:
            raise ValueError("the classifier is of other paragraphs")
    except (KeyError, ValueError, ValidationError) as error:
        raise IndexDamaged(generation.folder / MANIFEST, "its files do not fit together") from error
    return Index(generation.name, recipe, passages, grams, dense, probe, wish, classifier)


def _check_fits(generation: Generation, recipe: Recipe, encoders: Sequence[Encoder]) -> None:
    manifest, path = generation.manifest, generation.folder / MANIFEST
    if manifest.recipe != json.loads(recipe.to_json()):
        raise IndexStale(path, "the index was made with other settings")
    for encoder in encoders:
        if manifest.encoders.get(encoder.name) != encoder.version:
            raise IndexStale(path, f"the index was made with another version of {encoder.name}")


def _open_dense(
    generation: Generation, number: int, use: EncoderUse, encoder: Encoder, passages: Sequence[Passage]
) -> Dense:
    stores, parts = [], []
    for is_added, rows in enumerate(part_rows(passages)):
        if len(rows):
            some = [passages[row] for row in rows]
            name = vectors_name(number, is_added=bool(is_added))
            stores.append(generation.open_vectors(name, [p.id for p in some], [p.paragraph for p in some]))
            parts.append(rows)
    return Dense(
        use,
        encoder,
        tuple(stores),
        tuple(parts),
        _read_array(generation.files[f"mean-{number}.npy"]),
        _read_array(generation.files[f"covariance-{number}.npy"]),
    )


def _read_array(data: memoryview) -> NDArray[np.float64]:
    array: NDArray[np.float64] = np.load(io.BytesIO(data), allow_pickle=False)
    return array
