"""A fact set by hand, as the page's buttons and links write it.

`location=nl,eea` sets a fact, `location=unknown` says that nobody knows it, `location=` undoes what was set.
"""

from collections.abc import Iterable

from assistant.errors import QuestionError
from corpus.facts import EXTERNAL, UNKNOWN, Reading, Vocabulary


def write_choice(key: str, values: Iterable[str]) -> str:
    """Return a choice as text; without values it undoes an earlier one."""
    return f"{key}={','.join(values)}"


def read_choice(text: object, vocabulary: Vocabulary) -> tuple[str, Reading | None]:
    """Return the key of a choice and what it is set to, None where that is undone.

    Raises QuestionError for what is not in the vocabulary: a browser may send anything.
    """
    key, sign, listed = text.partition("=") if isinstance(text, str) else ("", "", "")
    if not sign or key == EXTERNAL or key not in vocabulary.keys:
        raise QuestionError("no_choice")
    if not listed:
        return key, None
    values = tuple(listed.split(","))
    known = tuple(value for value in vocabulary.allowed(key) if value in values)
    is_one = len(values) == 1 or vocabulary.fact(key).shape == "set"
    if values != (UNKNOWN,) and not (is_one and values == known):
        raise QuestionError("no_choice")
    return key, Reading(values, "set")
