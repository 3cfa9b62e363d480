"""The warning about personal data in a question: before it is sent (personal.js), and again before it is answered."""

from collections.abc import Sequence
from typing import get_args

from assistant.compose import read_question
from assistant.errors import QuestionError
from assistant.page.markup import Html, element, literal
from assistant.page.parts import Shown
from assistant.personal import Sort, find_personal
from corpus.paragraph import Language

_SORTS: tuple[Sort, ...] = get_args(Sort)


def personal_in(question: object) -> tuple[Sort, ...]:
    """Return what a question seems to hold; nothing where it is no question, which is refused for that."""
    if not isinstance(question, str):
        return ()
    try:
        return find_personal(read_question(question))
    except QuestionError:
        return ()


def show_warning(found: Sequence[Sort], shown: Shown, language: Language) -> Html:
    """Return the warning with every sort of personal data in it; page.css shows it with the sorts that were found.

    It is on the page from the start: the browser can then warn without asking the server.
    """

    def say(key: str) -> Html:
        return literal(shown.words.say(key, language))

    sorts = (element("li", {"class": f"sort-{sort}"}, say(f"personal.{sort}")) for sort in _SORTS)
    return element(
        "div",
        {"id": "personal", "role": "alert", "lang": language, "class": " ".join(f"has-{s}" for s in found)},
        element("p", {}, element("strong", {}, say("personal.warned"))),
        element("ul", {}, *sorts),
        element("p", {}, say("personal.advice")),
    )
