"""What stands around the answers: heading, conversation, announcement and foot of the page."""

from collections.abc import Mapping
from functools import partial

from assistant.answer import Answer
from assistant.contacts import contacts
from assistant.page.conversation import MOST_TURNS, Conversation, Turn
from assistant.page.facts import name_key, name_values
from assistant.page.html import show_turn
from assistant.page.markup import NOTHING, Html, element, join, literal
from assistant.page.parts import Shown, Speaker, details, small, term_anchor
from assistant.render import term_meaning
from assistant.words import Words
from corpus.paragraph import Language
from corpus.toml import LANGUAGES

_EXAMPLES = ("case", "start", "contract", "abroad", "who", "meaning")
_STANDING = ("page.about", "answer.not_legal_advice", "answer.who", "page.privacy")


def show_start(words: Words, language: Language) -> Html:
    """Return what stands there until Gradio has made the page, and where trouble.js tells of state and trouble."""

    def say(key: str, one: Language, attributes: Mapping[str, str]) -> Html:
        return element("p", {"lang": one, **attributes}, literal(words.say(key, one)))

    return join(
        say("page.starting", language, {"id": "starting"}),
        element("noscript", {}, *(say("page.no_scripts", one, {}) for one in LANGUAGES)),
        element("p", {"id": "state", "role": "status"}),
        element("p", {"id": "trouble", "role": "alert"}),
    )


def show_heading(shown: Shown, language: Language) -> Html:
    """Return the name of the page and what it does."""
    return element(
        "div",
        {"lang": language},
        element("h1", {}, literal("Wolkwijzer")),
        element("p", {}, literal(shown.words.say("page.tagline", language))),
    )


def show_standing(shown: Shown, language: Language) -> Html:
    """Return what stays in sight, after the ways to skip: a text of 2016, no legal advice, whom to ask."""
    organisation = shown.organisation
    named = {"page.fg": organisation.fg, "page.ciso": organisation.ciso}
    names = " · ".join(f"{shown.words.say(role, language)}: {who}" for role, who in named.items() if who)
    link = element("a", {"href": "#contacts"}, literal(shown.words.say("page.contacts", language)))
    return element(
        "aside",
        {"lang": language, "class": "standing"},
        element(
            "p", {"class": "skip"}, _skip("question", shown, language), _skip("answers", shown, language)
        ),
        literal(f"{shown.words.say('page.standing', language)} "),
        link,
        element("span", {"class": "names"}, literal(f" {names}")) if names else NOTHING,
    )


def _skip(part: str, shown: Shown, language: Language) -> Html:
    return element("a", {"href": f"#{part}"}, literal(shown.words.say(f"page.skip_to_{part}", language)))


def show_hint(shown: Shown, language: Language) -> Html:
    """Return what to write in a question, and what to leave out."""
    return element("p", {"lang": language, "class": "small"}, literal(shown.words.say("page.hint", language)))


def show_conversation(conversation: Conversation, shown: Shown, language: Language) -> Html:
    """Return the last answer, and buttons that bring earlier ones back, the newest on top."""
    if not conversation.turns:
        return _examples(shown, language)
    *earlier, last = conversation.turns
    return element("div", {}, show_turn(last, shown), _earlier(earlier, shown, language))


def _examples(shown: Shown, language: Language) -> Html:
    """Return questions to start from; the page's script asks the one that is chosen."""
    asked = (shown.words.say(f"example.{name}", language) for name in _EXAMPLES)
    buttons = (
        element("button", {"type": "button", "name": "ask", "value": text}, literal(text)) for text in asked
    )
    return element(
        "section",
        {"lang": language, "class": "examples"},
        element("h2", {}, literal(shown.words.say("page.examples", language))),
        element("ul", {}, *(element("li", {}, button) for button in buttons)),
    )


def _earlier(turns: list[Turn], shown: Shown, language: Language) -> Html:
    """Return the earlier questions. Their answers are not sent each time: twenty of them take a browser seconds."""
    if not turns:
        return NOTHING
    say = partial(shown.words.say, language=language)
    is_full = len(turns) + 1 == MOST_TURNS
    places = reversed(range(len(turns)))
    return element(
        "section",
        {"lang": language, "class": "earlier"},
        element("h2", {}, literal(say("page.earlier", values={"count": len(turns)}))),
        small(literal(say("page.earlier_back"))),
        element("ul", {}, *(element("li", {}, _turn_back(place, turns[place].answer)) for place in places)),
        small(literal(say("page.earlier_most", values={"count": MOST_TURNS}))) if is_full else NOTHING,
    )


def _turn_back(place: int, answer: Answer) -> Html:
    return element("button", {"type": "button", "name": "earlier", "value": str(place)}, _asked(answer))


def _asked(answer: Answer) -> Html:
    return element("bdi", {"lang": answer.language}, literal(answer.question))


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


def announce_change(conversation: Conversation, key: str, shown: Shown, language: Language) -> Html:
    """Return in one sentence what was changed and what became of the answer."""
    answer = conversation.turns[-1].answer
    say = Speaker(shown.words, language, shown.glossary)
    values = {
        "fact": name_key(key, shown.vocabulary, say),
        "value": name_values(key, answer.facts.values(key), shown.vocabulary, say),
        "status": shown.words.say(f"status.{answer.status}", language),
        "items": len(answer.checklist.lines),
    }
    return _tell(shown.words.say("page.updated", language, values), language)


def _tell(text: str, language: Language) -> Html:
    return element("p", {"class": "told", "lang": language}, literal(text))


def complain(text: str, language: Language) -> Html:
    """Return why there is no answer."""
    return element("p", {"role": "alert", "lang": language, "class": "complaint"}, literal(text))


def show_foot(shown: Shown, language: Language) -> Html:
    """Return what always stands: a text of 2016, no legal advice, whom to ask, where the text is from."""

    def say(key: str) -> Html:
        return literal(shown.words.say(key, language))

    people = contacts(shown.organisation, language, shown.words)
    notices = [source.notice for source in shown.sources.values() if source.is_held and source.notice]
    return element(
        "footer",
        {"lang": language},
        element("p", {}, *(join(say(key), literal(" ")) for key in _STANDING)),
        element("h2", {"id": "contacts"}, say("page.contacts")),
        element(
            "dl",
            {},
            *(
                join(element("dt", {}, literal(role)), element("dd", {}, literal(who)))
                for role, who in people
            ),
        ),
        element("p", {}, _sources(shown, language)),
        _glossary(shown, language),
        details(say("page.terms"), *(element("p", {"lang": "nl"}, literal(notice)) for notice in notices)),
    )


def _sources(shown: Shown, language: Language) -> Html:
    """Return the link to all sources, in a tab of its own: the conversation stays."""
    new_tab = literal(f" ({shown.words.say('reader.new_tab', language)})")
    link = {"href": f"/sources?lang={language}", "class": "sources", "target": "_blank", "rel": "noopener"}
    return element("a", link, literal(shown.words.say("sources.link", language)), new_tab)


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
