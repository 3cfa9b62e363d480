"""The seam to sentence-transformers: a build embeds through it, and any model it knows can be an encoder."""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence

# Read when the hub's library is imported; without it even a local folder is looked up on the network.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule

from index.engines import Encoder, Vectors, load_encoder, to_unit
from index.errors import EncoderMissing

_QUERY, _PASSAGE = "query", "document"
_AT_ONCE = 32


class ModelEncoder:
    """An encoder over a sentence-transformers model, which knows its own prompts for queries and passages.

    It encodes `at_once` texts together: more than one only where that leaves their vectors as they are.
    """

    def __init__(self, name: str, version: str, model: SentenceTransformer, at_once: int) -> None:
        self.name, self.version = name, version
        self.dimension = model.get_embedding_dimension() or 0
        self._model, self._at_once = model, at_once

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what is asked."""
        rows = self._model.encode_query(list(texts), batch_size=self._at_once, show_progress_bar=False)
        return self._normal(rows)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is to be found."""
        rows = self._model.encode_document(list(texts), batch_size=self._at_once, show_progress_bar=False)
        return self._normal(rows)

    def _normal(self, vectors: Vectors) -> Vectors:
        return to_unit(np.asarray(vectors, np.float32).reshape(-1, self.dimension))


class EngineModule(InputModule):
    """A bundled engine as the one module of a sentence-transformers model.

    The prompt tells only which of the engine's functions to use: the engine puts its own prefix before a
    text.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._functions: Mapping[str, Callable[[Sequence[str]], Vectors]] = {
            _QUERY: encoder.encode_queries,
            _PASSAGE: encoder.encode_passages,
        }
        self._dimension = encoder.dimension

    def preprocess(
        self, inputs: Sequence[object], prompt: str | None = None, **_options: object
    ) -> dict[str, torch.Tensor]:
        """Have the engine encode the texts: it reads and encodes them in one step."""
        vectors = self._functions[prompt or _PASSAGE]([str(text) for text in inputs])
        return {"sentence_embedding": torch.from_numpy(vectors)}

    def forward(self, features: dict[str, torch.Tensor], **_options: object) -> dict[str, torch.Tensor]:
        """Pass the vectors on."""
        return features

    def get_embedding_dimension(self) -> int:
        """Return the length of a vector."""
        return self._dimension

    def save(self, output_path: str, *_parts: object, **_options: object) -> None:
        """Refuse: an engine is a package, there is nothing to save."""
        raise NotImplementedError("a bundled engine is saved by installing its package")


def make_encoders(names: Sequence[str], allow_downloads: bool) -> tuple[Encoder, ...]:
    """Return encoders to build with, each behind sentence-transformers. Raises EncoderMissing."""
    return tuple(through_sentence_transformers(load_encoder(name, allow_downloads)) for name in names)


def through_sentence_transformers(encoder: Encoder) -> Encoder:
    """Return a bundled engine behind SentenceTransformer.encode: the same vectors, under the same name."""
    if isinstance(encoder, ModelEncoder):
        return encoder
    prompts = {_QUERY: _QUERY, _PASSAGE: _PASSAGE}
    model = SentenceTransformer(modules=[EngineModule(encoder)], prompts=prompts, device="cpu")
    return ModelEncoder(encoder.name, encoder.version, model, _AT_ONCE)


def load_model(name: str, allow_downloads: bool) -> Encoder:
    """Load a model by its hub name or from a local folder. Its version is a digest of weights and prompts.

    Raises EncoderMissing where it is not on this machine and may not be fetched, or is no such model.
    """
    try:
        model = SentenceTransformer(name, local_files_only=not allow_downloads)
    except (OSError, ValueError, LookupError, RuntimeError) as error:
        reason = (
            "could not be loaded"
            if allow_downloads
            else "is not on this machine, and downloads are not allowed"
        )
        raise EncoderMissing(name, reason) from error
    return ModelEncoder(name, _digest(model), model, 1)


def _digest(model: SentenceTransformer) -> str:
    whole = hashlib.sha256(repr(sorted(model.prompts.items())).encode())
    for name, weights in sorted(model.state_dict().items()):
        whole.update(name.encode())
        whole.update(weights.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return whole.hexdigest()[:16]
