"""What several parts of the page are made with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import AnswerNotice, ChecklistLine, Citation
from assistant.page.markup import NOTHING, Html, element, literal
from assistant.settings import Organisation
from assistant.words import Words
from corpus.facts import Vocabulary
from corpus.manifest import Source
from corpus.paragraph import Language


@dataclass(frozen=True)
class Shown:
    """What the page may show besides an answer."""

    sources: Mapping[str, Source]
    vocabulary: Vocabulary
    words: Words
    organisation: Organisation


@dataclass(frozen=True)
class Speaker:
    """Says fixed sentences in one language."""

    words: Words
    language: Language

    def __call__(self, key: str, values: Mapping[str, object] | None = None) -> Html:
        """Return the sentence under `key` with its places filled in."""
        return literal(self.words.say(key, self.language, values))


def section(name: str, heading: Html, *children: Html) -> Html:
    """Return a section under its heading."""
    return element("section", {"class": name}, element("h3", {}, heading), *children)


def details(summary: Html, *children: Html) -> Html:
    """Return what is folded behind one line."""
    return element("details", {}, element("summary", {}, summary), *children)


def bullets(lines: Iterable[str]) -> Html:
    """Return a plain list."""
    return element("ul", {}, *(element("li", {}, literal(line)) for line in lines))


def small(*children: Html) -> Html:
    """Return a remark."""
    return element("p", {"class": "small"}, *children)


def quotation(*children: Html) -> Html:
    """Return words of a source; those are Dutch, whatever the language of the page."""
    return element("blockquote", {"lang": "nl"}, *children)


def rendition(text: str, say: Speaker) -> Html:
    """Return our translation of a quote, marked as ours; nothing where there is none."""
    if not text:
        return NOTHING
    label = element("span", {"class": "small"}, say("page.rendition"), literal(": "))
    return element("p", {"class": "rendition"}, label, literal(text))


def corrections(
    quoted: Sequence[Citation | ChecklistLine], notices: Sequence[AnswerNotice], say: Speaker
) -> tuple[Html, ...]:
    """Return what has overtaken these quotes; it belongs before them."""
    names = {name for quote in quoted for name in quote.notices}
    return tuple(_notice(notice, say) for notice in notices if notice.id in names)


def _notice(notice: AnswerNotice, say: Speaker) -> Html:
    heading = element("strong", {}, say("page.notice"), literal(": "))
    return element(
        "div",
        {"class": f"notice severity-{notice.severity}"},
        element("p", {}, heading, literal(notice.text)),
        details(say("page.notice_basis"), small(say("page.notice_authority", vars(notice)))),
    )
