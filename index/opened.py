"""Opens the generation of an index that was made from a text. Every file is checked before it is loaded."""

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from index.dense import Dense, Rows, part_rows
from index.engines import Encoder
from index.errors import IndexDamaged, IndexStale
from index.generation import MANIFEST, PASSAGES, Generation, grams_name, vectors_name
from index.grams import GramIndex, read_grams
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
        parts = part_rows(passages)
        if len(parts[1]) and grams_name(is_added=True) not in generation.files:
            raise IndexStale(
                generation.folder / MANIFEST, "documents that were added are searched otherwise now"
            )
        grams = tuple(_open_grams(generation, parts, recipe))
        dense = [
            _open_dense(generation, number, use, encoder, passages, parts)
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


def _open_grams(
    generation: Generation, parts: Sequence[Rows], recipe: Recipe
) -> Iterator[tuple[Rows, GramIndex]]:
    for is_added, rows in enumerate(parts):
        if len(rows):
            file = generation.files[grams_name(is_added=bool(is_added))]
            grams = read_grams(file, recipe.gram_size, recipe.k1)
            if grams.passages != len(rows):
                raise ValueError("the grams are of other passages")
            yield rows, grams


def _open_dense(
    generation: Generation,
    number: int,
    use: EncoderUse,
    encoder: Encoder,
    passages: Sequence[Passage],
    parts: Sequence[Rows],
) -> Dense:
    stores = []
    for is_added, rows in enumerate(parts):
        if len(rows):
            some = [passages[row] for row in rows]
            name = vectors_name(number, is_added=bool(is_added))
            stores.append(generation.open_vectors(name, [p.id for p in some], [p.paragraph for p in some]))
    asking = generation.files.get(f"asking-{number}.npy")
    return Dense(
        use,
        encoder,
        tuple(stores),
        tuple(rows for rows in parts if len(rows)),
        _read_array(generation.files[f"mean-{number}.npy"]),
        _read_array(generation.files[f"covariance-{number}.npy"]),
        np.zeros((0, encoder.dimension)) if asking is None else _read_array(asking),
    )


def _read_array(data: memoryview) -> NDArray[np.float64]:
    array: NDArray[np.float64] = np.load(io.BytesIO(data), allow_pickle=False)
    return array
