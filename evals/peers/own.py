"""Wolkwijzer itself as one of the peers, with its standard settings: the answer it shows, and its search."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.answer import Request
from assistant.commands import make_index, make_kit
from assistant.compose import answer_question
from assistant.facts import detect_language
from assistant.find import find
from assistant.settings import Settings
from corpus.load import Corpus, load_corpus
from corpus.paragraph import Document, Paragraph
from evals.load import GUIDANCE
from evals.peers.peer import Opened, Piece
from index.lazy import LazyIndex


@dataclass(frozen=True)
class Wolkwijzer:
    """The whole of it: index, answer and checklist."""

    def build(self, guidance: Document, folder: Path) -> None:  # noqa: ARG002 - it reads its own sources
        """Build the index."""
        _index(load_corpus(), folder).build()

    def open(self, folder: Path) -> Opened:
        """Load what answering needs; the index opens at the first question, as it does for `ask`."""
        corpus = load_corpus()
        kit = make_kit(corpus, _index(corpus, folder), folder)
        today = datetime.now(UTC).date().isoformat()

        def answer(question: str) -> tuple[Piece, ...]:
            citations = answer_question(Request(question, today), kit).citations
            return _to_pieces((citation.paragraph for citation in citations), corpus)

        def search(question: str, k: int) -> tuple[Piece, ...]:
            language = detect_language(question, corpus.patterns)
            hits = find(kit.search, corpus, question, k, language).hits
            return _to_pieces((hit.paragraph for hit in hits), corpus)

        return Opened(answer, search)


def _index(corpus: Corpus, folder: Path) -> LazyIndex:
    return make_index(corpus, Settings.model_validate({}), folder)


def _to_pieces(names: Iterable[str], corpus: Corpus) -> tuple[Piece, ...]:
    """Return whole paragraphs as pieces, each once; a note of our own stands nowhere in the guidance."""
    return tuple(_to_piece(corpus.by_id[name]) for name in dict.fromkeys(names))


def _to_piece(paragraph: Paragraph) -> Piece:
    return Piece(paragraph.text, paragraph.spans if paragraph.source == GUIDANCE else ())
