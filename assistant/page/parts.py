"""What several parts of the page are made with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import AnswerNotice
from assistant.page.markup import NOTHING, Html, element, join, literal
from assistant.render import notice_authority, notice_heading
from assistant.settings import Organisation
from assistant.words import Words
from corpus.facts import Vocabulary
from corpus.glossary import Glossary, Term
from corpus.manifest import Source
from corpus.paragraph import SOURCE_LANGUAGE, Language


@dataclass(frozen=True)
class Shown:
    """What the page may show besides an answer."""

    sources: Mapping[str, Source]
    vocabulary: Vocabulary
    glossary: Glossary
    words: Words
    organisation: Organisation


@dataclass(frozen=True)
class Speaker:
    """Says fixed sentences in one language."""

    words: Words
    language: Language
    glossary: Glossary

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


def quotation(*children: Html, language: Language = SOURCE_LANGUAGE) -> Html:
    """Return words of a source in its own language, whatever that of the page."""
    return element("blockquote", {"lang": language}, *children)


def prose(text: str, say: Speaker) -> Html:
    """Return text with every term of the glossary as a link to its meaning."""
    pieces, done = [], 0
    for mention in say.glossary.mentions(text):
        link = {"href": f"#{term_anchor(mention.term)}", "class": "term"}
        pieces += [
            literal(text[done : mention.start]) if done < mention.start else NOTHING,
            element("a", link, literal(text[mention.start : mention.end])),
        ]
        done = mention.end
    return join(*pieces, literal(text[done:]) if done < len(text) else NOTHING)


def term_anchor(term: Term) -> str:
    """Return the place of a term in the page's glossary."""
    return f"term-{term.id}"


def rendition(text: str, say: Speaker) -> Html:
    """Return our translation of a quote, marked as ours; nothing where there is none."""
    if not text:
        return NOTHING
    label = element("span", {"class": "small"}, say("page.rendition"), literal(": "))
    return element("p", {"class": "rendition"}, label, prose(text, say))


def marked(text: str, say: Speaker, attributes: Mapping[str, str] | None = None) -> Html:
    """Mark a quote by colour and by words; where it ends is said to who cannot see the colour."""
    unseen = {"class": "unseen", "lang": say.language}
    word = unseen | {"class": "mark-word"}
    begin = element("span", word, literal("["), say("page.mark_begin"), literal("] "))
    end = element("span", unseen, literal(" ["), say("page.mark_end"), literal("]"))
    return element("mark", attributes or {}, begin, prose(text, say), end)


def open_notice(notice: AnswerNotice, say: Speaker) -> Html:
    """Return what has overtaken a quote, with its authority folded under it."""
    return element("div", _notice_class(notice), _notice_text(notice, say), _notice_basis(notice, say))


def folded_notices(notices: Sequence[AnswerNotice], say: Speaker) -> Html:
    """Return notices behind one line; nothing where there are none."""
    if not notices:
        return NOTHING
    heading = say("notices.count", {"count": len(notices)})
    shown = (
        element("div", _notice_class(n), _notice_text(n, say), small(literal(_authority(n, say))))
        for n in notices
    )
    return element("div", {"class": "folded-notices"}, details(heading, *shown))


def _notice_class(notice: AnswerNotice) -> dict[str, str]:
    return {"class": f"notice severity-{notice.severity}"}


def _notice_text(notice: AnswerNotice, say: Speaker) -> Html:
    return element("p", {}, prose(notice_heading(notice, say.language, say.words), say))


def _notice_basis(notice: AnswerNotice, say: Speaker) -> Html:
    return details(say("page.notice_basis"), small(literal(_authority(notice, say))))


def _authority(notice: AnswerNotice, say: Speaker) -> str:
    return notice_authority(notice, say.language, say.words)
