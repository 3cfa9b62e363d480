"""A document as a page to read: its outline, search, and the quoted words that a citation opens it at.

Every link to a quote names the text it was quoted from (the start of its sha256): offsets in another text would
point at other words.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from assistant.page.markup import DOCTYPE, NOTHING, Html, element, join, literal
from assistant.page.paragraphs import QUOTE, language_of, make_speaker, read_headings, show_paragraphs
from assistant.page.parts import Speaker, small
from assistant.page.quotes import Place, place_span
from assistant.tell import Teller
from corpus.load import NOTES, Corpus
from corpus.manifest import Source
from corpus.paragraph import Document, Language, Span
from corpus.standing import DRAFT

PATH = "/document/"
_ASKED = ("from", "to", "of")  # what a link to a quote says: its span, and the text it is of
_LANGUAGES: tuple[tuple[Language, str], ...] = (("nl", "Nederlands"), ("en", "English"))
_DIGITS = 12  # of a sha256, in a link


def quote_address(source: str, start: int, end: int, sha256: str, language: Language) -> str:
    """Return the address that opens a document at a quote: the untouched text at [start, end)."""
    query = {"from": start, "to": end, "of": sha256[:_DIGITS], "lang": language}
    return f"{PATH}{source}?{urlencode(query)}#{QUOTE}"


def find_quoted(query: Mapping[str, str], document: Document, corpus: Corpus) -> Place | None:
    """Return which words a link asks for; None where it does not fit this very text, whatever it says."""
    start, end, digest = (query.get(key, "") for key in _ASKED)
    if digest != document.sha256[:_DIGITS] or not all(re.fullmatch("[0-9]{1,9}", n) for n in (start, end)):
        return None
    named = [(item.paragraph, item.span) for policy_list in corpus.policy for item in policy_list.items]
    named += [(cite.paragraph, cite.span) for position in corpus.positions.all for cite in position.cites]
    quotable = {span for paragraph, span in named if corpus.by_id[paragraph].source == document.source}
    return place_span(Span(int(start), int(end)), document, quotable)


def show_document(document: Document, corpus: Corpus, teller: Teller, query: Mapping[str, str]) -> Html:
    """Return the whole page of a document; `query` may ask for a quote."""
    say, source = make_speaker(teller), corpus.sources[document.source]
    is_asked = any(key in query for key in _ASKED)
    quoted = find_quoted(query, document, corpus) if is_asked else None
    asked = {key: query[key] for key in _ASKED if key in query} if quoted else {}
    return make_page(
        source.title,
        say,
        make_top(f"{PATH}{document.source}", asked, say),
        element(
            "div",
            {"class": "columns"},
            element("div", {"class": "side"}, _search(say), _outline(document, corpus, teller, say)),
            element(
                "main",
                {"id": "text"},
                _about(document, source, teller, say),
                _tell_quoted(quoted, say) if is_asked else NOTHING,
                show_paragraphs(document, corpus, teller, quoted),
            ),
        ),
        element("footer", {}, _documents(corpus, say)),
    )


def show_unknown(corpus: Corpus, teller: Teller) -> Html:
    """Return the page for a document that is not here: it names those that are."""
    say = make_speaker(teller)
    sorry = element("main", {"id": "text"}, element("h1", {}, say("reader.unknown")), _documents(corpus, say))
    return make_page(teller.words.say("reader.unknown", teller.language), say, make_top(PATH, {}, say), sorry)


def make_page(title: str, say: Speaker, *body: Html, referrer: str = "no-referrer") -> Html:
    """Return a whole page. Where it has forms `referrer` is "same-origin": a browser names no origin without it."""
    head = element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("meta", {"name": "referrer", "content": referrer}),
        element("title", {}, literal(f"{title} - Wolkwijzer")),
        element("link", {"rel": "icon", "href": "data:,"}),
        element("link", {"rel": "stylesheet", "href": "/reader.css"}),
    )
    skip = element("a", {"class": "skip", "href": "#text"}, say("reader.skip"))
    # Not deferred: what it folds must be folded before the browser scrolls to the quote.
    script = element("script", {"src": "/reader.js"})
    return join(
        DOCTYPE, element("html", {"lang": say.language}, head, element("body", {}, skip, *body, script))
    )


def make_top(path: str, asked: Mapping[str, str], say: Speaker) -> Html:
    """Return the way to the page for questions, and this page in either language, at the same quote."""
    fragment = f"#{QUOTE}" if asked else ""

    def link(language: Language, name: str) -> Html:
        address = f"{path}?{urlencode({**asked, 'lang': language})}{fragment}"
        here = {"aria-current": "true"} if language == say.language else {}
        return element("li", {}, element("a", {"href": address, "lang": language, **here}, literal(name)))

    languages = element("ul", {}, *(link(language, name) for language, name in _LANGUAGES))
    home = element("a", {"class": "home", "href": "/"}, literal("Wolkwijzer"))
    named = {"aria-label": say.words.say("page.language", say.language)}
    return element("header", {}, home, element("nav", named | {"class": "languages"}, languages))


def _search(say: Speaker) -> Html:
    """Return the search field, which the script shows; nothing typed there is ever sent."""
    places = {"at": "{at}", "count": "{count}"}  # the script fills these in
    told = {
        "data-found": say.words.say("reader.found", say.language, places),
        "data-none": say.words.say("reader.none", say.language),
    }
    field = {"id": "sought", "type": "search", "autocomplete": "off", "spellcheck": "false"}
    return element(
        "form",
        {"role": "search", "id": "search", "hidden": "", **told},
        element("label", {"for": "sought"}, say("reader.search")),
        element("input", field),
        element("button", {"type": "button", "id": "previous"}, say("reader.previous")),
        element("button", {"type": "submit"}, say("reader.next")),
        element("p", {"role": "status", "class": "small"}),
    )


def _outline(document: Document, corpus: Corpus, teller: Teller, say: Speaker) -> Html:
    lines = (
        element(
            "li",
            {"class": f"level-{heading.level}"},
            element("a", {"href": f"#{heading.anchor}", **language_of(document)}, literal(heading.text)),
        )
        for heading in read_headings(document, corpus, teller)
    )
    folded = element(
        "details",
        {"open": "", "id": "outline"},
        element("summary", {}, say("reader.outline")),
        element("ul", {}, *lines),
    )
    return element("nav", {"aria-label": say.words.say("reader.outline", say.language)}, folded)


def _about(document: Document, source: Source, teller: Teller, say: Speaker) -> Html:
    """Return what the document is, of when, on which terms it is shown, and what we did to it for reading."""
    if document.source == NOTES:
        said = [say("page.own_note")]
    else:
        said = [] if source.added else [say("answer.dated")]
        if repairs := sum(len(paragraph.repairs) for paragraph in document.paragraphs):
            said.append(say("reader.repairs", {"count": repairs}))
        rendered = [paragraph for paragraph in document.paragraphs if paragraph.rendition]
        drafts = [p for p in rendered if teller.standing("rendition", p.id) == DRAFT]
        if say.language != document.language and drafts:
            values = {"count": len(drafts), "all": len(document.paragraphs)}
            said.append(say("reader.draft_renditions", values))
    version = say("reader.version", {"version": source.version})
    successor = element("p", {}, say("reader.successor", {"successor": source.successor}))
    return join(
        element("h1", {"lang": source.language}, literal(source.title)),
        element("p", {"class": "made", "lang": source.language}, literal(source.publisher)),
        element("p", {"class": "made"}, version) if source.version else NOTHING,
        *(element("p", {}, sentence) for sentence in said),
        successor if source.successor else NOTHING,
        element("p", {}, say("answer.not_legal_advice")),
        element("p", {"class": "small", "lang": source.language}, literal(source.notice)),
    )


def _tell_quoted(quoted: Place | None, say: Speaker) -> Html:
    if quoted is None:
        return element("p", {"class": "told"}, say("reader.unmarked"))
    link = element("a", {"href": f"#{QUOTE}"}, say("reader.to_quote"))
    return element("p", {"class": "told"}, link)


def _documents(corpus: Corpus, say: Speaker) -> Html:
    """Return links to all documents whose text is here."""
    links = (
        element(
            "li",
            {},
            element(
                "a",
                {"href": f"{PATH}{source}?lang={say.language}", "lang": corpus.sources[source].language},
                literal(corpus.sources[source].title),
            ),
        )
        for source in corpus.documents
    )
    sources = element("a", {"href": f"/sources?lang={say.language}"}, say("sources.link"))
    return join(
        element("h2", {}, say("reader.documents")),
        element("ul", {}, *links),
        element("p", {}, sources),
        small(say("page.about")),
    )
