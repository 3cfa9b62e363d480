"""What stands around the answers: heading, conversation, announcement and foot of the page."""

from collections.abc import Mapping

from assistant.page.conversation import Conversation, Turn
from assistant.page.html import show_answer
from assistant.page.markup import NOTHING, Html, element, join, literal
from assistant.page.parts import Shown, details, term_anchor
from assistant.render import term_meaning
from assistant.words import Words
from corpus.paragraph import Language
from corpus.toml import LANGUAGES

_STANDING = ("page.about", "answer.not_legal_advice", "answer.who", "page.privacy")


def show_start(words: Words, language: Language) -> Html:
    """Return what stands there until Gradio has made the page, and what to say where it cannot.

    What page.js may have to say waits unseen, in both languages: it must not depend on the server.
    """

    def say(key: str, one: Language, attributes: Mapping[str, str]) -> Html:
        return element("p", {"lang": one, **attributes}, literal(words.say(key, one)))

    troubles = (("page.lost", "trouble lost"), ("page.fault", "trouble fault"))
    return join(
        say("page.starting", language, {"id": "starting"}),
        element("noscript", {}, *(say("page.no_scripts", one, {}) for one in LANGUAGES)),
        element("p", {"id": "trouble", "role": "alert"}),
        *(say(key, one, {"class": name}) for key, name in troubles for one in LANGUAGES),
    )


def show_heading(shown: Shown, language: Language) -> Html:
    """Return the name of the page and what it does."""
    return element(
        "header",
        {"lang": language},
        element("h1", {}, literal("Wolkwijzer")),
        element("p", {}, literal(shown.words.say("page.tagline", language))),
    )


def show_hint(shown: Shown, language: Language) -> Html:
    """Return what to write in a question, and what to leave out."""
    return element("p", {"lang": language, "class": "small"}, literal(shown.words.say("page.hint", language)))


def show_conversation(conversation: Conversation, shown: Shown, language: Language) -> Html:
    """Return the last answer in full and the earlier ones folded, the newest on top."""
    if not conversation.turns:
        return element("div", {})
    *earlier, last = conversation.turns
    return element("div", {}, show_answer(last.answer, shown), _earlier(earlier, shown, language))


def _earlier(turns: list[Turn], shown: Shown, language: Language) -> Html:
    if not turns:
        return NOTHING
    title = shown.words.say("page.earlier", language, {"count": len(turns)})
    return element(
        "section",
        {"lang": language, "class": "earlier"},
        element("h2", {}, literal(title)),
        *(
            details(element("bdi", {}, literal(turn.answer.question)), show_answer(turn.answer, shown))
            for turn in reversed(turns)
        ),
    )


def announce_waiting(shown: Shown, language: Language) -> Html:
    """Return that the question has arrived; the first one may have to wait for the index."""
    return _tell(shown.words.say("page.waiting", language), language)


def announce_answer(conversation: Conversation, shown: Shown, language: Language) -> Html:
    """Return what a screen reader is told; a whole answer there would be read out at once."""
    if not conversation.turns:
        return _tell(shown.words.say("page.forgotten", language), language)
    last = conversation.turns[-1]
    answer = last.answer
    values = {
        "status": shown.words.say(f"status.{answer.status}", language),
        "citations": len(answer.citations),
        "items": len(answer.checklist.lines),
    }
    ready = _tell(shown.words.say("page.announced", language, values), language)
    if not last.left_out:
        return ready
    left_out = literal(shown.words.say("page.other_application", language))
    return element("div", {}, ready, element("p", {"lang": language, "class": "left-out"}, left_out))


def _tell(text: str, language: Language) -> Html:
    return element("p", {"role": "status", "lang": language}, literal(text))


def complain(text: str, language: Language) -> Html:
    """Return why there is no answer."""
    return element("p", {"role": "alert", "lang": language, "class": "complaint"}, literal(text))


def show_foot(shown: Shown, language: Language) -> Html:
    """Return what always stands: a text of 2016, no legal advice, whom to ask, where the text is from."""

    def say(key: str) -> Html:
        return literal(shown.words.say(key, language))

    def contact(label: str, name: str) -> Html:
        who = literal(name) if name else say("page.not_set")
        return join(element("dt", {}, say(label)), element("dd", {}, who))

    organisation = shown.organisation
    notices = [source.notice for source in shown.sources.values() if source.is_held and source.notice]
    return element(
        "footer",
        {"lang": language},
        element("p", {}, *(join(say(key), literal(" ")) for key in _STANDING)),
        element("h2", {}, say("page.contacts")),
        element(
            "dl",
            {},
            contact("role.fg", organisation.fg),
            contact("role.ciso", organisation.ciso),
            contact("page.lawyer", organisation.lawyer),
            contact("page.service_desk", organisation.service_desk),
        ),
        _glossary(shown, language),
        details(say("page.terms"), *(element("p", {"lang": "nl"}, literal(notice)) for notice in notices)),
    )


def _glossary(shown: Shown, language: Language) -> Html:
    """Return the whole glossary, which every term on the page links to."""
    entries = (
        join(
            element("dt", {"id": term_anchor(term)}, literal(term.wordings[language][0])),
            element("dd", {}, literal(term_meaning(term, language, shown.words))),
        )
        for term in shown.glossary.terms.values()
    )
    title = literal(shown.words.say("page.glossary", language))
    return details(title, element("dl", {"class": "glossary"}, *entries))
