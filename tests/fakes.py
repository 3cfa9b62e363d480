"""Stand-ins for the index: a few paragraphs, and encoders that need no model."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.paragraph import Paragraph, Sentence
from index.build import build_index
from index.engines import Encoder, Vectors
from index.opened import open_index
from index.recipe import EncoderUse, Recipe
from index.search import Index

TEXTS = {
    "encryptie": "Versleutel de verbinding. Bewaar de sleutel in een kluis.",
    "contract": "Leg afspraken met de leverancier vast in een contract.",
    "exit": "Spreek af hoe u de gegevens terugkrijgt als het contract eindigt.",
    "medisch": "Medische gegevens van inwoners vragen om een risicoanalyse. Vraag advies.",
    "toegang": "Beperk de toegang van de leverancier tot de gegevens.",
}


class FakeEncoder:
    """Adds up a fixed vector for every word: texts that share words are alike."""

    def __init__(self, name: str, dimension: int = 16, version: str = "1") -> None:
        self.name, self.dimension, self.version = name, dimension, version

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        rows = np.array([sum(map(self._word, text.casefold().split())) for text in texts], np.float64)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def _word(self, word: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(f"{self.name} {word}".encode()).digest()[:8])
        return np.random.default_rng(seed).normal(size=self.dimension)


RECIPE = Recipe(encoders=(EncoderUse("one", 1.0, 1.0), EncoderUse("two", 0.0, 0.5)))
ENCODERS: tuple[Encoder, ...] = (FakeEncoder("one"), FakeEncoder("two", 12))


def paragraph(
    name: str, text: str, headings: tuple[str, ...] = ("4 Beleid",), lead_in: str = ""
) -> Paragraph:
    whole = text.split(". ")
    sentences = tuple(
        Sentence(f"gids/{name}#{i}", part, ()) for i, part in enumerate(whole) if len(whole) > 1
    )
    return Paragraph(
        f"gids/{name}", "gids", "prose", headings, "", 1, lead_in, text, (), (1, 1), sentences, ()
    )


PARAGRAPHS = tuple(paragraph(name, text) for name, text in TEXTS.items())


def silent(step: str, done: int, total: int) -> None:
    """Show no progress."""


def build(
    folder: Path,
    paragraphs: Sequence[Paragraph] = PARAGRAPHS,
    encoders: Sequence[Encoder] = ENCODERS,
    recipe: Recipe = RECIPE,
    text: str = "text-1",
    in_use: str | None = None,
) -> str:
    return build_index(paragraphs, (), folder, text, recipe, encoders, silent, in_use)


def reopen(
    folder: Path, recipe: Recipe = RECIPE, encoders: Sequence[Encoder] = ENCODERS, text: str = "text-1"
) -> Index:
    return open_index(folder, text, recipe, encoders)
