"""The checklist as HTML."""

from collections.abc import Sequence

from assistant.answer import Answer, AnswerNotice, ChecklistLine, ItemStatus
from assistant.page.markup import NOTHING, Html, element, join, literal
from assistant.page.parts import Speaker, corrections, details, quotation, rendition, section, small
from assistant.render import absent_line, checklist_summary, is_folded

_STATUSES: tuple[ItemStatus, ...] = ("applies", "check", "not_applicable")


def show_checklist(answer: Answer, say: Speaker) -> Html:
    """Return every item, grouped by status; for who is learning or off topic all of it behind one line."""
    summary = literal(checklist_summary(answer.checklist, answer.language, say.words))
    absent = absent_line(answer.checklist, answer.language, say.words)
    has_drafts = any(line.standing == "draft" for line in answer.checklist.lines)
    whole = join(
        small(say("page.drafts")) if has_drafts else NOTHING,
        *(_group(answer, status, say) for status in _STATUSES),
        small(literal(absent)) if absent else NOTHING,
    )
    if is_folded(answer):
        return section("checklist", say("checklist.title"), details(summary, whole))
    return section("checklist", say("checklist.title"), element("p", {}, summary), whole)


def _group(answer: Answer, status: ItemStatus, say: Speaker) -> Html:
    lines = [line for line in answer.checklist.lines if line.status == status]
    if not lines:
        return NOTHING
    opened = {} if status == "not_applicable" else {"open": ""}
    heading = element("h4", {}, say(f"checklist.{status}"), literal(f" ({len(lines)})"))
    items = element("ul", {}, *(_item(line, answer.checklist.notices, say) for line in lines))
    return element(
        "details", {"class": f"group group-{status}"} | opened, element("summary", {}, heading), items
    )


def _item(line: ChecklistLine, notices: Sequence[AnswerNotice], say: Speaker) -> Html:
    who = say.words.say(f"who.{line.who}", say.language)
    role = say.words.say(f"role.{line.role}", say.language)
    return element(
        "li",
        {},
        element("p", {"class": "item"}, element("strong", {}, literal(line.id)), literal(f" {line.title}")),
        element("p", {}, literal(line.why)),
        small(say("page.who", {"who": who, "role": role})),
        details(
            say("page.details"),
            *corrections((line,), notices, say),
            quotation(literal(f"“{line.quote}”")),
            rendition(line.rendition, say),
            element("p", {}, say("page.evidence", {"evidence": line.evidence})),
        ),
    )
