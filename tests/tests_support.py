"""A fake search and answers made with it, for several test modules; what is found with a score to 1 is far off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import Answer, Request
from assistant.compose import answer_question
from assistant.draft import Kit
from assistant.rules import read_rules
from assistant.words import read_words
from corpus.load import load_corpus
from corpus.paragraph import Language, Paragraph
from index.hit import NOTHING, Evidence, Hit, SearchResult

CORPUS = load_corpus()
# What the search knows of a question about the weather: it is like those that are off topic.
FAR = Evidence(0.8, -2.0, -5.0, next(g.id for g in CORPUS.unanswered.values() if g.reason == "off_topic"))


def at_line(line: int) -> Paragraph:
    return next(p for p in CORPUS.paragraphs if p.lines[0] <= line <= p.lines[1])


def hit(line: int, score: float = 5.0, sentence: int = 1) -> Hit:
    paragraph = at_line(line)
    return Hit(paragraph.id, score, f"{paragraph.id}:plain", {}, f"{paragraph.id}#{sentence}")


@dataclass(frozen=True)
class FakeSearch:
    hits: tuple[Hit, ...] = ()
    error: Exception | None = None
    generation: str = "000001-fake"
    encoders: tuple[str, ...] = ("fake",)

    def look_up(
        self, query: str, k: int, language: Language | None = None, also: Sequence[str] = ()
    ) -> SearchResult:
        if self.error:
            raise self.error
        is_far = bool(self.hits) and self.hits[0].score <= 1
        return SearchResult(self.hits[:k], FAR if is_far else NOTHING)


def answer(
    question: str, *hits: Hit, error: Exception | None = None, language: Language | None = None
) -> Answer:
    kit = Kit(CORPUS, read_words(), read_rules(), FakeSearch(hits, error), "test")
    return answer_question(Request(question, "2026-11-23", language), kit)


def also_measured(texts: Iterable[str]) -> list[str]:
    """Return those of the texts that stand, word for word, among the questions that are measured with."""
    cases = Path(__file__).parent.parent / "evals" / "cases"
    measured = " ".join(path.read_text(encoding="utf-8").casefold() for path in cases.glob("*.jsonl"))
    return [text for text in sorted({text.casefold() for text in texts}) if f'"{text}"' in measured]
