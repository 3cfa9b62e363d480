"""An Answer as HTML: pure functions of the answer and of what is known beforehand."""

from collections.abc import Sequence
from itertools import groupby

from assistant.answer import Answer, AnswerNotice, AnswerSentence, Citation
from assistant.page.checklist import show_checklist
from assistant.page.markup import NOTHING, Html, element, join, literal
from assistant.page.parts import Shown, Speaker, bullets, corrections, quotation, rendition, section, small
from assistant.page.quotes import split_at_quotes
from assistant.render import ask_next_lines, facts_lines

_ANSWERS = ("answered", "conditional", "partial", "linked_source_only")


def show_answer(answer: Answer, shown: Shown) -> Html:
    """Return one answer: question, status, sentences, facts, what to ask next, quotes, checklist."""
    say = Speaker(shown.words, answer.language)
    return element(
        "article",
        {"lang": answer.language, "class": "answer"},
        element("h2", {"class": "asked"}, element("bdi", {}, literal(answer.question))),
        element(
            "div",
            {"class": "said"},
            element("p", {"class": f"status status-{answer.status}"}, say(f"status.{answer.status}")),
            *(_sentence(sentence, answer, say) for sentence in answer.sentences),
        ),
        element("div", {"class": "known"}, _facts(answer, shown, say), _ask_next(answer, say)),
        _citations(answer, shown, say),
        show_checklist(answer, say),
    )


def _sentence(sentence: AnswerSentence, answer: Answer, say: Speaker) -> Html:
    """Show a sentence; what has been overtaken in a quote is said before it, its rendition after it."""
    numbers = join(*(element("span", {"class": "number"}, literal(f" [{n}]")) for n in sentence.citations))
    if sentence.kind == "quote":
        cited = [citation for citation in answer.citations if citation.n in sentence.citations]
        return join(
            *corrections(cited, answer.notices, say),
            quotation(literal(f"“{sentence.text}”"), numbers),
            *(rendition(citation.rendition, say) for citation in cited),
        )
    chip = element("span", {"class": "chip"}, say("page.draft")) if sentence.standing == "draft" else NOTHING
    return element("p", {"class": sentence.kind}, literal(sentence.text), numbers, chip)


def _facts(answer: Answer, shown: Shown, say: Speaker) -> Html:
    lines = facts_lines(answer.facts, shown.vocabulary, answer.language, shown.words)
    if not lines:
        return section("facts", say("facts.title"), element("p", {}, say("facts.none")))
    intro = element("p", {}, say("page.facts_intro"))
    return section("facts", say("facts.title"), intro, bullets(lines), small(say("page.facts_correct")))


def _ask_next(answer: Answer, say: Speaker) -> Html:
    lines = ask_next_lines(answer, say.words)
    return section("ask-next", say("ask_next.title"), bullets(lines)) if lines else NOTHING


def _citations(answer: Answer, shown: Shown, say: Speaker) -> Html:
    if not answer.citations:
        return NOTHING
    title = say("quotes.title" if answer.status in _ANSWERS else "quotes.nearest")
    groups = groupby(answer.citations, key=lambda citation: citation.paragraph)
    figures = (_paragraph(tuple(group), answer.notices, shown, say) for _, group in groups)
    return section("citations", title, *figures)


def _paragraph(
    citations: Sequence[Citation], notices: Sequence[AnswerNotice], shown: Shown, say: Speaker
) -> Html:
    """Show a paragraph once, with every quote taken from it marked, and what corrects it first."""
    first = citations[0]
    source = shown.sources.get(first.source)
    origin = f"{source.title}, {source.publisher}, {source.version}" if source else first.source
    numbers = "".join(f"[{citation.n}]" for citation in citations)
    is_quote = first.source_kind in ("guidance", "law", "other")
    text = split_at_quotes(first.text, [citation.quote for citation in citations])
    marked = [_mark(piece.text, say) if piece.is_quote else literal(piece.text) for piece in text.pieces]
    about = say("page.verified" if is_quote else "page.own_note")
    if len(text.missing) < len(citations):
        about = join(say("page.marked"), literal(" "), about)
    return element(
        "figure",
        {"class": "citation" if is_quote else "citation own"},
        element(
            "figcaption",
            {},
            element("strong", {}, literal(f"{numbers} {first.locator}")),
            element("span", {"class": "small"}, literal(origin)),
        ),
        *corrections(citations, notices, say),
        *(
            join(element("p", {}, say("page.literal_quote")), quotation(_mark(quote, say)))
            for quote in text.missing
        ),
        quotation(*marked),
        *(rendition(citation.rendition, say) for citation in citations),
        small(about),
    )


def _mark(text: str, say: Speaker) -> Html:
    """Mark a quote for the eye, and by words for who does not see the colour."""
    unseen = {"class": "unseen", "lang": say.language}
    begin = element("span", unseen, literal("["), say("page.mark_begin"), literal("] "))
    end = element("span", unseen, literal(" ["), say("page.mark_end"), literal("]"))
    return element("mark", {}, begin, literal(text), end)
