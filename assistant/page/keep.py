"""The answer on screen as something to keep: its note, for the script that copies or saves it (keep.js)."""

import json

from assistant.note import to_markdown
from assistant.page.conversation import Conversation
from assistant.page.markup import NOTHING, Html, element, literal
from assistant.page.parts import Shown
from corpus.paragraph import Language


def show_note(conversation: Conversation, shown: Shown, language: Language, number: int) -> Html:
    """Return the last answer's note as JSON, the name of its file, and what is said when it is kept or cannot be.

    The page never shows it. JSON keeps every sign of the note as it is, on one line. A `number` of its own makes it
    a change to the browser where the same note is sent again.
    """
    if not conversation.turns:
        return NOTHING
    answer = conversation.turns[-1].answer
    note = to_markdown(answer, shown.sources, shown.vocabulary, shown.words, shown.organisation)
    file = f"wolkwijzer-{answer.as_of}.md"  # nothing of the question: others see the names of files
    return element(
        "div",
        {"class": "note", "lang": language, "id": f"note-{number}"},
        element("p", {"class": "text"}, literal(json.dumps(note))),
        element("p", {"class": "file"}, literal(file)),
        *(
            element("p", {"class": key}, literal(shown.words.say(f"keep.{key}", language, {"file": file})))
            for key in ("copied", "saved", "refused")
        ),
    )


def show_region() -> Html:
    """Return the place where the script tells whether the answer was kept."""
    return element("p", {"role": "status"})
