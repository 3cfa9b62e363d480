"""Keeps the vector of every text that was embedded, so that a build embeds only what is new.

folder/embeddings/ holds a file for each encoder: records of the same length, each the sha256 of encoder, side and text,
the vector, and the sha256 of those two. What does not agree with its sha256 is thrown away and embedded again.
"""

import hashlib
import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.engines import Encoder, Vectors
from index.progress import Progress

EMBEDDINGS = "embeddings"
_PARTIAL = ".partial"
_AT_ONCE = 32
_RECORDS_AT_ONCE = 4096
_DIGEST = 32


class Embedded:
    """The vectors of some texts, in their order, on disk (texts, dimension): what is asked for is read.

    They can be read until the vectors of their encoder are embedded or forgotten anew.
    """

    def __init__(self, path: Path, record: np.dtype[np.void], places: NDArray[np.intp]) -> None:
        self.path, self.places = path, places
        self._vectors = np.memmap(path, record, "r")["vector"]
        self.dimension = self._vectors.shape[1]

    def __len__(self) -> int:
        return len(self.places)

    def part(self, rows: NDArray[np.intp]) -> "Embedded":
        """Return the vectors of some of the texts, by their rows; nothing is read yet."""
        part = copy(self)
        part.places = self.places[rows]
        return part

    def __getitem__(self, texts: slice | NDArray[np.intp]) -> Vectors:
        return np.asarray(self._vectors[self.places[texts]], np.float32)


class Embeddings:
    """The vectors of one encoder that are kept in an index folder. To be used within the build's lock.

    A text is embedded once as a passage and once as a question, where it is both. No text is kept. Every method
    may raise OSError.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._encoder = encoder
        self._identity = f"{encoder.name}\0{encoder.version}\0{encoder.dimension}"
        self._record = np.dtype(
            [
                ("key", f"V{_DIGEST}"),
                ("vector", "<f4", (encoder.dimension,)),
                ("check", f"V{_DIGEST}"),
            ]
        )
        self.path = folder / EMBEDDINGS / hashlib.sha256(self._identity.encode()).hexdigest()[:16]
        self._rows: dict[bytes, int] = {}

    def embed(self, texts: Sequence[tuple[bool, str]], progress: Progress) -> Embedded:
        """Embed what is not kept yet, and return the vectors of all.

        Each text comes with whether it asks, and so is encoded as a question. What is embedded is kept at once:
        a build that is stopped loses little. `progress` is first told how many texts were kept from before.
        """
        self.path.parent.mkdir(exist_ok=True)
        self._mend()
        keys = [self._key(asks, text) for asks, text in texts]
        named = dict(zip(keys, texts, strict=True))
        missing = [key for key in named if key not in self._rows]
        done = len(named) - len(missing)
        progress(self._encoder.name, done, len(named))
        with self.path.open("ab") as file:
            for some, vectors in self._encode(missing, named):
                file.write(self._pack(some, vectors))
                file.flush()
                self._rows |= {key: len(self._rows) + n for n, key in enumerate(some)}
                done += len(some)
                progress(self._encoder.name, done, len(named))
        return Embedded(self.path, self._record, np.array([self._rows[key] for key in keys], np.intp))

    def keep_only(self, embedded: Embedded) -> None:
        """Forget every vector but these."""
        used, records = np.unique(embedded.places), np.memmap(self.path, self._record, "r")
        if len(used) < len(records):
            starts = range(0, len(used), _RECORDS_AT_ONCE)
            self._write(records[used[start : start + _RECORDS_AT_ONCE]] for start in starts)

    def _encode(
        self, keys: Sequence[bytes], texts: Mapping[bytes, tuple[bool, str]]
    ) -> Iterator[tuple[list[bytes], Vectors]]:
        for asks, encode in ((False, self._encoder.encode_passages), (True, self._encoder.encode_queries)):
            of_side = [key for key in keys if texts[key][0] == asks]
            for start in range(0, len(of_side), _AT_ONCE):
                some = of_side[start : start + _AT_ONCE]
                yield some, encode([texts[key][1] for key in some])

    def _mend(self) -> None:
        """Note what is kept; where anything in the file is wrong, write it anew without that."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size % self._record.itemsize or not all(all(self._check(records)) for records in self._read()):
            self._write(records[self._check(records)] for records in self._read())
        keys = (key for records in self._read() for key in _split(records["key"].tobytes()))
        self._rows = {key: row for row, key in enumerate(keys)}

    def _read(self) -> Iterator[NDArray[np.void]]:
        """Read the file, some records at a time; what is left of half a record is passed over."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            while data := file.read(_RECORDS_AT_ONCE * self._record.itemsize):
                whole = len(data) // self._record.itemsize * self._record.itemsize
                yield np.frombuffer(data[:whole], self._record)

    def _write(self, blocks: Iterable[NDArray[np.void]]) -> None:
        new = self.path.with_suffix(_PARTIAL)
        with new.open("wb") as file:
            for block in blocks:
                file.write(block.tobytes())
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)

    def _pack(self, keys: Sequence[bytes], vectors: Vectors) -> bytes:
        rows = np.ascontiguousarray(vectors, "<f4")
        if rows.shape != (len(keys), self._encoder.dimension):
            raise ValueError(f"{self._encoder.name} gave vectors of the shape {rows.shape}")
        return b"".join(
            key + row.tobytes() + hashlib.sha256(key + row.tobytes()).digest()
            for key, row in zip(keys, rows, strict=True)
        )

    def _check(self, records: NDArray[np.void]) -> list[bool]:
        """Tell of each record whether it is as it was written."""
        size, data = self._record.itemsize, records.tobytes()
        return [
            hashlib.sha256(data[start : start + size - _DIGEST]).digest()
            == data[start + size - _DIGEST : start + size]
            for start in range(0, len(data), size)
        ]

    def _key(self, asks: bool, text: str) -> bytes:
        side = "query" if asks else "passage"
        return hashlib.sha256(f"{self._identity}\0{side}\0{text}".encode("utf-8", "surrogatepass")).digest()


def remove_others(folder: Path, used: Container[str]) -> None:
    """Remove every file that is kept but those of these names: of encoders not used any more. Raises OSError."""
    for path in sorted((folder / EMBEDDINGS).iterdir()):
        if path.name not in used:
            path.unlink()


def _split(data: bytes) -> list[bytes]:
    return [data[start : start + _DIGEST] for start in range(0, len(data), _DIGEST)]
