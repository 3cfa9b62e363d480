"""The checklist as HTML."""

from collections.abc import Sequence
from functools import lru_cache

from assistant.answer import Answer, AnswerNotice, ChecklistLine, ItemStatus
from assistant.page.markup import NOTHING, Html, element, join, literal
from assistant.page.parts import (
    Speaker,
    details,
    open_notice,
    prose,
    quotation,
    rendition,
    section,
    small,
)
from assistant.render import (
    absent_line,
    checklist_summary,
    is_folded,
    say_standing,
    stoppers,
    untranslated,
)
from corpus.standing import DRAFT

_KEPT = 1000  # items as HTML, of 1 to 2 KB
_STATUSES: tuple[ItemStatus, ...] = ("applies", "check", "not_applicable")


def show_checklist(answer: Answer, say: Speaker) -> Html:
    """Return every item, grouped by status; for who is learning or off topic all of it behind one line."""
    summary = literal(checklist_summary(answer.checklist, answer.language, say.words))
    absent = absent_line(answer.checklist, answer.language, say.words)
    has_drafts = any(line.standing == DRAFT for line in answer.checklist.lines)
    whole = join(
        small(say("page.drafts")) if has_drafts else NOTHING,
        *(_group(answer, status, say) for status in _STATUSES),
        small(literal(absent)) if absent else NOTHING,
    )
    unread = answer.checklist.unread
    warning = element("p", {"class": "unread"}, literal(unread)) if unread else NOTHING
    if is_folded(answer):
        return section("checklist", say("checklist.title"), warning, details(summary, whole))
    first = _stoppers(answer, say)
    return section("checklist", say("checklist.title"), warning, element("p", {}, summary), first, whole)


def _stoppers(answer: Answer, say: Speaker) -> Html:
    """Return what can stop the case, on top."""
    lines = stoppers(answer.checklist)
    if not lines:
        return NOTHING
    shown = (
        element(
            "li",
            {},
            element("strong", {}, literal(line.id)),
            literal(f" {line.title} "),
            element("span", {"class": f"chip chip-{line.status}"}, say(f"checklist.{line.status}")),
        )
        for line in lines
    )
    return element(
        "div", {"class": "stops"}, element("h4", {}, say("checklist.stops")), element("ul", {}, *shown)
    )


def _group(answer: Answer, status: ItemStatus, say: Speaker) -> Html:
    lines = [line for line in answer.checklist.lines if line.status == status]
    if not lines:
        return NOTHING
    opened = {} if status == "not_applicable" else {"open": ""}
    heading = element("h4", {}, say(f"checklist.{status}"), literal(f" ({len(lines)})"))
    items = element("ul", {}, *(_item(line, _notices_of(line, answer), say) for line in lines))
    return element(
        "details", {"class": f"group group-{status}"} | opened, element("summary", {}, heading), items
    )


def _notices_of(line: ChecklistLine, answer: Answer) -> Sequence[AnswerNotice]:
    return tuple(notice for notice in answer.checklist.notices if notice.id in line.notices)


@lru_cache(_KEPT)
def _item(line: ChecklistLine, notices: Sequence[AnswerNotice], say: Speaker) -> Html:
    """Show an item on one line that opens; what must be found out is said on the line too.

    Most lines are alike from answer to answer, and all but a few where a fact is changed.
    """
    who = say.words.say(f"who.{line.who}", say.language)
    role = say.words.say(f"role.{line.role}", say.language)
    stricter = join(literal(" "), element("span", {"class": "stricter"}, literal(line.stricter)))
    title = element(
        "span",
        {"class": "item"},
        element("strong", {}, literal(line.id)),
        literal(f" {line.title}"),
        stricter if line.stricter else NOTHING,
    )
    why = literal(line.why)
    is_plain = line.status == "applies"
    return element(
        "li",
        {},
        details(
            title if is_plain else join(title, literal(" "), element("span", {"class": "why"}, why)),
            element("p", {}, why) if is_plain else NOTHING,
            small(say("page.who", {"who": who, "role": role})),
            *(open_notice(notice, say) for notice in notices),
            _words(line, say),
            element("p", {}, say("page.evidence", {"evidence": line.evidence})),
            small(literal(say_standing(line.standing, say.language, say.words))),
        ),
    )


def _words(line: ChecklistLine, say: Speaker) -> Html:
    """Return the words an item rests on: a quote, or a note of ours that is never shown as one."""
    if line.source_kind == "note":
        mark = element("strong", {}, say("note.mark"), literal(": "))
        return element("p", {"class": "own-note"}, mark, prose(line.rendition or line.quote, say))
    quote = quotation(prose(f"“{line.quote}”", say), language=line.quote_language)
    as_it_is = untranslated(line, say.language, say.words)
    return join(quote, rendition(line.rendition, say), small(literal(as_it_is)) if as_it_is else NOTHING)
