"""Keeps what was fitted to the vectors of questions: fitting is most of a build, and the questions seldom change.

A file holds the sha256 of all that it was made of, the array as numpy writes it, and the sha256 of those two.
"""

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.whole import write_whole
from index.engines import Vectors
from index.recipe import Recipe

_LIBRARIES = ("numpy", "scikit-learn", "scipy")
_DIGEST = 32

Fit = Callable[[], NDArray[np.float64]]


def fit_once(path: Path, rows: Vectors, labels: Sequence[object], recipe: Recipe, fit: Fit) -> bytes:
    """Return what `fit` makes of vectors (rows, dimension) and their labels, as a numpy file; it is kept in `path`.

    Where that holds what was made of the same rows, labels and recipe by the same libraries, nothing is fitted. What
    does not agree with its sha256 is fitted anew. Raises OSError.
    """
    made_of = [path.name, recipe.to_json(), rows.shape, list(labels), [version(name) for name in _LIBRARIES]]
    key = hashlib.sha256(json.dumps(made_of).encode() + rows.tobytes()).digest()
    kept = path.read_bytes() if path.exists() else b""
    content, check = kept[:-_DIGEST], kept[-_DIGEST:]
    if content.startswith(key) and hashlib.sha256(content).digest() == check:
        return content[_DIGEST:]
    file = io.BytesIO()
    np.save(file, fit(), allow_pickle=False)
    content = key + file.getvalue()
    write_whole(path, content + hashlib.sha256(content).digest())
    return file.getvalue()
