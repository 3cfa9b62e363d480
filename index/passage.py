"""Passages: the texts under which a paragraph can be found."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from corpus.paragraph import Language, Paragraph
from corpus.unanswered import Unanswered
from index.recipe import Kind, Recipe

RENDITION_LANGUAGE: Language = "en"
RENDERED = ":rendition"
ASKED: Literal["asked"] = "asked"
UNANSWERED: Literal["unanswered"] = "unanswered"
QUESTIONS: tuple[Kind, ...] = (ASKED, UNANSWERED)


@dataclass(frozen=True, slots=True)
class Passage:
    """One text that leads to a paragraph.

    `id` is the paragraph's id, a colon and the kind, or the id of the sentence that it is; that of a rendition ends
    in RENDERED, that of a question that it answers in a short digest of the question. One that nothing answers
    has its group in place of a paragraph.
    """

    id: str
    paragraph: str
    kind: Kind
    language: Language
    text: str
    is_added: bool = False


def make_passages(paragraphs: Iterable[Paragraph], recipe: Recipe) -> tuple[Passage, ...]:
    """Return the passages of all paragraphs, in reading order.

    Our renditions are in English, so that a question in English meets English words. A passage that would repeat
    the words of another one of its paragraph is left out.
    """
    passages = []
    for paragraph in paragraphs:
        seen: set[str] = set()
        for kind in recipe.kinds:
            for passage_id, spoken, text in _TEXTS[kind](paragraph):
                if text not in seen:
                    passages.append(
                        Passage(
                            passage_id,
                            paragraph.id,
                            kind,
                            spoken or paragraph.language,
                            text,
                            paragraph.is_added,
                        )
                    )
                seen.add(text)
    return tuple(passages)


def make_contrasts(unanswered: Iterable[Unanswered]) -> tuple[Passage, ...]:
    """Return the questions that no paragraph answers, each under the id of its group: what it is like, it is not."""
    return tuple(
        Passage(f"{UNANSWERED}/{group.id}:asked-{_digest(text)}", group.id, UNANSWERED, language, text)
        for group in unanswered
        for language, text in group.questions
    )


def passages_to_json(passages: Iterable[Passage]) -> Iterator[bytes]:
    """Yield the parts of one JSON array; the same passages give the same bytes."""
    for number, passage in enumerate(passages):
        yield b", " if number else b"["
        yield json.dumps(asdict(passage), ensure_ascii=False).encode()
    yield b"]"


# The id of a passage, its language (None: that of the paragraph), and its text.
_Texts = Iterator[tuple[str, Language | None, str]]


def _plain(paragraph: Paragraph) -> _Texts:
    yield f"{paragraph.id}:plain", None, paragraph.text


def _headed(paragraph: Paragraph) -> _Texts:
    """Put the headings, and for a list item the sentence that leads it in, before the text."""
    lead_in = (paragraph.lead_in,) if paragraph.lead_in else ()
    yield f"{paragraph.id}:headed", None, "\n".join((*paragraph.headings, *lead_in, paragraph.text))


def _sentence(paragraph: Paragraph) -> _Texts:
    yield from ((sentence.id, None, sentence.text) for sentence in paragraph.sentences)


def _rendition(paragraph: Paragraph) -> _Texts:
    if paragraph.rendition:
        yield f"{paragraph.id}{RENDERED}", RENDITION_LANGUAGE, paragraph.rendition


def _rendered_sentence(paragraph: Paragraph) -> _Texts:
    for sentence in paragraph.sentences:
        if sentence.rendition:
            yield f"{sentence.id}{RENDERED}", RENDITION_LANGUAGE, sentence.rendition


def _asked(paragraph: Paragraph) -> _Texts:
    for language, question in paragraph.asked:
        yield f"{paragraph.id}:asked-{_digest(question)}", language, question


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


_TEXTS: Mapping[Kind, Callable[[Paragraph], _Texts]] = {
    "plain": _plain,
    "headed": _headed,
    "sentence": _sentence,
    "rendition": _rendition,
    "rendered_sentence": _rendered_sentence,
    "asked": _asked,
}
