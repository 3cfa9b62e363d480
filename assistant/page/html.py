"""An Answer as HTML: pure functions of the answer and of what is known beforehand."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant.answer import Answer, AnswerNotice, AnswerSentence, Citation
from assistant.page.checklist import show_checklist
from assistant.page.conversation import Turn
from assistant.page.facts import show_ask_next, show_facts
from assistant.page.link import write_link
from assistant.page.markup import NOTHING, Html, element, join, literal
from assistant.page.parts import (
    Shown,
    Speaker,
    bullets,
    folded_notices,
    marked,
    open_notice,
    prose,
    quotation,
    rendition,
    section,
    small,
)
from assistant.page.quotes import split_at_quotes
from assistant.page.reader import quote_address
from assistant.personal import find_personal
from assistant.render import (
    Corrections,
    corrections,
    is_step,
    say_standing,
    term_line,
    terms_asked,
)

_ANSWERS = ("answered", "conditional", "partial", "linked_source_only")


def show_turn(turn: Turn, shown: Shown) -> Html:
    """Return one answer: question, status, sentences, facts, what to ask next, quotes, checklist.

    Its facts can be changed, and a link to it can be copied.
    """
    answer = turn.answer
    say = Speaker(shown.words, answer.language, shown.glossary)
    known = (show_facts(answer, turn.set, shown, say), show_ask_next(answer, shown, say))
    return _article(answer, say, known, _copy_link(turn, say))


def _copy_link(turn: Turn, say: Speaker) -> Html:
    """Return the button that copies a link, and where the page's script says that it did.

    What seems to hold personal data is not to be passed on.
    """
    if find_personal(turn.answer.question):
        return NOTHING
    link = {"type": "button", "name": "link", "value": write_link(turn.answer, turn.set)}
    return element(
        "div",
        {"class": "link"},
        element("button", link, say("page.link")),
        element("span", {"role": "status"}),
        element("span", {"class": "copied", "hidden": ""}, say("page.link_copied")),
        element("span", {"class": "by-hand", "hidden": ""}, say("page.link_by_hand")),
    )


def _article(answer: Answer, say: Speaker, known: Sequence[Html], link: Html = NOTHING) -> Html:
    facts, next_questions = known
    return element(
        "article",
        {"lang": answer.language, "class": "answer"},
        element("h2", {"class": "asked"}, element("bdi", {}, literal(answer.question))),
        element(
            "div",
            {"class": "said"},
            element("p", {"class": f"status status-{answer.status}"}, say(f"status.{answer.status}")),
            *show_sentences(answer, say),
            link,
        ),
        element("div", {"class": "known"}, facts, _terms(answer, say), next_questions),
        _citations(answer, say),
        show_checklist(answer, say),
    )


def show_sentences(answer: Answer, say: Speaker) -> Iterator[Html]:
    """Yield the sentences as HTML; those of a prepared answer stand together."""
    for is_prepared, group in groupby(corrections(answer), key=lambda part: part[0].kind == "position"):
        if is_prepared:
            yield _position([sentence for sentence, _, _ in group], say)
        else:
            yield from (_sentence(sentence, cited, before, say) for sentence, cited, before in group)


def _position(sentences: Sequence[AnswerSentence], say: Speaker) -> Html:
    """Show a prepared answer: its text, its numbered list, and who stands for it."""
    text = " ".join(sentence.text for sentence in sentences if not is_step(sentence))
    steps = [sentence.text.partition(" ")[2] for sentence in sentences if is_step(sentence)]
    return element(
        "div",
        {"class": "position"},
        element("p", {}, prose(text, say)),
        element("ol", {}, *(element("li", {}, prose(step, say)) for step in steps)) if steps else NOTHING,
        small(literal(say_standing(sentences[0].standing, say.language, say.words))),
    )


def _sentence(sentence: AnswerSentence, cited: Sequence[Citation], before: Corrections, say: Speaker) -> Html:
    """Show a sentence; what has been overtaken in a quote is said before it, its rendition after it."""
    numbers = join(*(element("span", {"class": "number"}, literal(f" [{n}]")) for n in sentence.citations))
    if sentence.kind == "quote":
        return join(
            *(open_notice(notice, say) for notice in before.opened),
            folded_notices(before.folded, say),
            quotation(prose(f"“{sentence.text}”", say), numbers, language=cited[0].language),
            *(rendition(citation.rendition, say) for citation in cited),
        )
    if sentence.kind == "note":
        return element(
            "div",
            {"class": "own-note"},
            element(
                "p",
                {},
                element("strong", {}, say("note.mark"), literal(": ")),
                prose(sentence.text, say),
                numbers,
            ),
            *(small(literal(citation.basis)) for citation in cited),
            small(literal(say_standing(sentence.standing, say.language, say.words))),
        )
    return element("p", {"class": sentence.kind}, prose(sentence.text, say))


def _terms(answer: Answer, say: Speaker) -> Html:
    terms = terms_asked(answer, say.glossary)
    if not terms:
        return NOTHING
    return section(
        "terms", say("terms.title"), bullets(term_line(term, say.language, say.words) for term in terms)
    )


def _citations(answer: Answer, say: Speaker) -> Html:
    if not answer.citations:
        return NOTHING
    title = say("quotes.title" if answer.status in _ANSWERS else "quotes.nearest")
    groups = groupby(answer.citations, key=lambda citation: citation.paragraph)
    figures = (_paragraph(tuple(group), answer.notices, say) for _, group in groups)
    return section("citations", title, *figures)


def _paragraph(citations: Sequence[Citation], notices: Sequence[AnswerNotice], say: Speaker) -> Html:
    """Show a paragraph once, with every quote taken from it marked, and what corrects it first.

    A note of ours carries another mark, and never says that it was checked word for word.
    """
    first = citations[0]
    names = {name for citation in citations for name in citation.notices}
    head = _caption(citations, say)
    if first.source_kind == "note":
        own = element("p", {}, prose(first.rendition or first.text, say))
        about = small(literal(first.basis), literal(" "), say("page.own_note"))
        return element("figure", {"class": "citation own"}, head, own, about)
    text = split_at_quotes(first.text, [citation.quote for citation in citations])
    pieces = [marked(piece.text, say) if piece.is_quote else prose(piece.text, say) for piece in text.pieces]
    about = say("page.verified")
    if len(text.missing) < len(citations):
        about = join(say("page.marked"), literal(" "), about)
    return element(
        "figure",
        {"class": "citation"},
        head,
        folded_notices([notice for notice in notices if notice.id in names], say),
        *(
            join(
                element("p", {}, say("page.literal_quote")),
                quotation(marked(quote, say), language=first.language),
            )
            for quote in text.missing
        ),
        quotation(*pieces, language=first.language),
        *(rendition(citation.rendition, say) for citation in citations),
        small(about),
    )


def _caption(citations: Sequence[Citation], say: Speaker) -> Html:
    first = citations[0]
    numbers = "".join(f"[{citation.n}]" for citation in citations)
    return element(
        "figcaption",
        {},
        element("strong", {}, literal(f"{numbers} {first.locator}")),
        element("span", {"class": "small"}, literal(first.document)),
        *(join(literal(" "), _link(citation, say)) for citation in citations),
    )


def _link(citation: Citation, say: Speaker) -> Html:
    """Return the link that opens the document at the quote, in a tab of its own: the conversation stays."""
    address = quote_address(citation.source, citation.start, citation.end, citation.sha256, say.language)
    new_tab = element("span", {"class": "unseen"}, literal(" ("), say("reader.new_tab"), literal(")"))
    attributes = {"class": "read", "href": address, "target": "_blank", "rel": "noopener"}
    return element("a", attributes, say("reader.open", {"n": citation.n}), new_tab)
