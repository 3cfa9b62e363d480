"""Passages: the texts under which a paragraph can be found."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpus.paragraph import SOURCE_LANGUAGE, Language, Paragraph
from index.recipe import Kind, Recipe

RENDITION_LANGUAGE: Language = "en"
RENDERED = ":rendition"


@dataclass(frozen=True)
class Passage:
    """One text that leads to a paragraph.

    `id` is the paragraph's id, a colon and the kind, or the id of the sentence that it is; that of a rendition ends
    in RENDERED.
    """

    id: str
    paragraph: str
    kind: Kind
    language: Language
    text: str


def make_passages(
    paragraphs: Iterable[Paragraph], recipe: Recipe, language: Language = SOURCE_LANGUAGE
) -> tuple[Passage, ...]:
    """Return the passages of all paragraphs, in reading order; `language` is that of the paragraphs.

    Our renditions are in English, so that a question in English meets English words. A passage that would repeat
    the words of another one of its paragraph is left out.
    """
    passages = []
    for paragraph in paragraphs:
        seen: set[str] = set()
        for kind in recipe.kinds:
            for passage_id, text in _TEXTS[kind](paragraph):
                if text not in seen:
                    spoken = RENDITION_LANGUAGE if kind in RENDITIONS else language
                    passages.append(Passage(passage_id, paragraph.id, kind, spoken, text))
                seen.add(text)
    return tuple(passages)


def _plain(paragraph: Paragraph) -> Iterator[tuple[str, str]]:
    yield f"{paragraph.id}:plain", paragraph.text


def _headed(paragraph: Paragraph) -> Iterator[tuple[str, str]]:
    """Put the headings, and for a list item the sentence that leads it in, before the text."""
    lead_in = (paragraph.lead_in,) if paragraph.lead_in else ()
    yield f"{paragraph.id}:headed", "\n".join((*paragraph.headings, *lead_in, paragraph.text))


def _sentence(paragraph: Paragraph) -> Iterator[tuple[str, str]]:
    yield from ((sentence.id, sentence.text) for sentence in paragraph.sentences)


def _rendition(paragraph: Paragraph) -> Iterator[tuple[str, str]]:
    if paragraph.rendition:
        yield f"{paragraph.id}{RENDERED}", paragraph.rendition


def _rendered_sentence(paragraph: Paragraph) -> Iterator[tuple[str, str]]:
    yield from ((f"{s.id}{RENDERED}", s.rendition) for s in paragraph.sentences if s.rendition)


RENDITIONS: tuple[Kind, ...] = ("rendition", "rendered_sentence")
_TEXTS: Mapping[Kind, Callable[[Paragraph], Iterator[tuple[str, str]]]] = {
    "plain": _plain,
    "headed": _headed,
    "sentence": _sentence,
    "rendition": _rendition,
    "rendered_sentence": _rendered_sentence,
}
