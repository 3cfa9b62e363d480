"""A fake search and answers made with it, for several test modules."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Answer, Request
from assistant.compose import answer_question
from assistant.decide import read_rules
from assistant.draft import Kit
from assistant.words import read_words
from corpus.load import load_corpus
from corpus.paragraph import Language, Paragraph
from index.hit import Hit

CORPUS = load_corpus()


def at_line(line: int) -> Paragraph:
    return next(p for p in CORPUS.paragraphs if p.lines[0] <= line <= p.lines[1])


def hit(line: int, score: float = 5.0, sentence: int = 1) -> Hit:
    paragraph = at_line(line)
    signals = {"dense": score, "grams": 0.3 if score > 1 else 0.0}
    return Hit(paragraph.id, score, f"{paragraph.id}:plain", signals, f"{paragraph.id}#{sentence}")


@dataclass(frozen=True)
class FakeSearch:
    hits: tuple[Hit, ...] = ()
    error: Exception | None = None
    generation: str = "000001-fake"
    encoders: tuple[str, ...] = ("fake",)

    def search(self, query: str, k: int, language: Language | None = None) -> Sequence[Hit]:
        if self.error:
            raise self.error
        return self.hits[:k]


def answer(
    question: str, *hits: Hit, error: Exception | None = None, language: Language | None = None
) -> Answer:
    kit = Kit(CORPUS, read_words(), read_rules(), FakeSearch(hits, error), "test")
    return answer_question(Request(question, "2026-11-23", language), kit)
