"""The paragraphs of a document as HTML, in reading order: headings, lists, what the law has overtaken, our English."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.page.markup import NOTHING, Html, element, join, literal
from assistant.page.parts import Speaker, folded_notices, marked, open_notice, small
from assistant.page.quotes import Place
from assistant.render import say_standing
from assistant.tell import Teller, find_notices, tell_notices
from corpus.glossary import Glossary
from corpus.load import NOTES, Corpus
from corpus.paragraph import SOURCE_LANGUAGE, Document, Omission, Paragraph, Reason

QUOTE = "quote"  # the anchor of the quoted words
_NO_TERMS = Glossary({}, "")
# What the document had and the reader does not; addresses, page numbers and rules are missed by nobody.
_TOLD: tuple[Reason, ...] = ("table", "form")


@dataclass(frozen=True)
class Heading:
    """A heading in the language of the page; `level` is 1 for a chapter, `paragraph` is the first under it."""

    level: int
    text: str
    anchor: str
    paragraph: str


def read_headings(document: Document, corpus: Corpus, teller: Teller) -> tuple[Heading, ...]:
    """Return the outline, in reading order; a paragraph after a sub-heading may belong to the heading above it."""
    headings: list[Heading] = []
    before: tuple[str, ...] = ()
    for paragraph in document.paragraphs:
        note = corpus.notes.get(paragraph.id)
        place = (note.title[teller.language],) if note else paragraph.headings
        shared = _shared(before, place)
        for level, text in enumerate(place[shared:], shared + 1):
            headings.append(Heading(level, text, f"heading-{len(headings) + 1}", paragraph.id))
        before = place
    return tuple(headings)


def _shared(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(before), len(after)))


def anchor(paragraph: Paragraph) -> str:
    """Return where a paragraph stands on its page: its id without the source, in signs of a fragment."""
    return "p-" + re.sub(r"[^a-z0-9-]", "-", paragraph.id.partition("/")[2])


def make_speaker(teller: Teller) -> Speaker:
    """Return who speaks on these pages, on which no term is linked."""
    return Speaker(teller.words, teller.language, _NO_TERMS)


def show_paragraphs(document: Document, corpus: Corpus, teller: Teller, quoted: Place | None) -> Html:
    """Return every paragraph under its headings, before it what has overtaken it, and the quoted words marked."""
    say = make_speaker(teller)
    headings = read_headings(document, corpus, teller)
    missing = dict(_find_missing(document))
    parts: list[Html] = []
    before: tuple[str, ...] = ()
    for (place, run), group in groupby(document.paragraphs, _run):
        paragraphs = tuple(group)
        first = paragraphs[0]
        parts += [_missing(lines, say) for lines in missing.get(first.id, ())]
        parts += [_heading(heading, document) for heading in headings if heading.paragraph == first.id]
        if _shared(before, place) == len(place) < len(before):
            parts.append(small(say("reader.continued", {"heading": place[-1]})))
        is_list = run in ("ol", "ul")
        shown = [_paragraph(p, corpus, teller, quoted, "li" if is_list else "div") for p in paragraphs]
        parts += [element(run, {}, *shown)] if is_list else shown
        before = place
    return join(*parts)


def _run(paragraph: Paragraph) -> tuple[tuple[str, ...], str]:
    """Tell what goes together: the items of one list, named by its element; any other paragraph stands alone."""
    if paragraph.kind not in ("list_item", "policy_item"):
        return paragraph.headings, paragraph.id
    return paragraph.headings, "ol" if paragraph.number else "ul"


def _heading(heading: Heading, document: Document) -> Html:
    attributes = {"id": heading.anchor, **language_of(document)}
    return element(f"h{heading.level + 1}", attributes, literal(heading.text))


def language_of(document: Document) -> Mapping[str, str]:
    """Return the attribute for words of a source; notes of ours are in the language of the page."""
    return {} if document.source == NOTES else {"lang": document.language}


def _find_missing(document: Document) -> Iterator[tuple[str, list[tuple[Omission, Omission]]]]:
    """Yield by paragraph the first and last line of what stood before it and is not shown."""
    runs = [tuple(group) for _, group in groupby(document.omissions, lambda omission: omission.reason)]
    told = [(run[0], run[-1]) for run in runs if run[0].reason in _TOLD]
    line = 0
    for paragraph in document.paragraphs:
        if found := [run for run in told if line < run[0].line < paragraph.lines[0]]:
            yield paragraph.id, found
        line = paragraph.lines[1]


def _missing(lines: tuple[Omission, Omission], say: Speaker) -> Html:
    first, last = lines
    values: Mapping[str, object] = {"first": first.line, "last": last.line}
    return element("p", {"class": "missing small"}, say(f"reader.missing_{first.reason}", values))


def _paragraph(paragraph: Paragraph, corpus: Corpus, teller: Teller, quoted: Place | None, name: str) -> Html:
    """Show a paragraph; names and terms that were overtaken stand folded, what is graver stands open."""
    say = make_speaker(teller)
    notices = tell_notices(find_notices(paragraph, corpus), corpus, teller)
    here = quoted if quoted and quoted.paragraph == paragraph.id else None
    number = {"value": paragraph.number} if name == "li" and paragraph.number else {}
    return element(
        name,
        {"id": anchor(paragraph), "class": f"paragraph {paragraph.kind}"} | number,
        *(open_notice(notice, say) for notice in notices if notice.severity != "C"),
        folded_notices([notice for notice in notices if notice.severity == "C"], say),
        *(
            _note(paragraph, corpus, teller, here)
            if paragraph.kind == "note"
            else _words(paragraph, say, here)
        ),
    )


def _words(paragraph: Paragraph, say: Speaker, quoted: Place | None) -> Iterator[Html]:
    """Yield the words of a source, our English of them, and where they stand."""
    text = paragraph.text
    shown = literal(text)
    if quoted:
        words = marked(text[quoted.start : quoted.end], say, {"id": QUOTE})
        before, after = text[: quoted.start], text[quoted.end :]
        shown = join(literal(before) if before else NOTHING, words, literal(after) if after else NOTHING)
    yield element("p", {"class": "text", "lang": paragraph.language}, shown)
    if say.language != paragraph.language and paragraph.rendition:
        label = element("span", {"class": "small"}, say("page.rendition"), literal(": "))
        yield element("p", {"class": "rendition"}, label, literal(paragraph.rendition))
    # The headings above say the rest of the locator.
    where = paragraph.locator(say.language).rpartition(" > ")[2]
    yield element("p", {"class": "place small"}, literal(where))


def _note(paragraph: Paragraph, corpus: Corpus, teller: Teller, quoted: Place | None) -> Iterator[Html]:
    """Yield a note of ours, with what it rests on; one that was cited never gets the mark of a quote."""
    say, note = make_speaker(teller), corpus.notes[paragraph.id]
    if quoted:
        yield element("p", {"id": QUOTE, "class": "cited"}, element("strong", {}, say("reader.cited_note")))
    text = paragraph.text if say.language == SOURCE_LANGUAGE else paragraph.rendition
    yield element("p", {"class": "text"}, literal(text))
    yield small(literal(teller.say_basis(note.authority)))
    yield small(literal(say_standing(teller.standing("note", paragraph.id), say.language, say.words)))
