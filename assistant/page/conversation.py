"""A conversation: which facts of earlier questions the next one keeps.

Nothing of it is written to disk or to the browser; it is gone when the server stops or the page is left.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from assistant.answer import Answer, Request
from assistant.compose import read_question
from assistant.errors import QuestionError
from assistant.page.link import Link
from corpus.facts import ABOUT_CASE, Reading

Ask = Callable[[Request], Answer]
MOST_TURNS = 20  # each is 60 KB; what is older is dropped from the page, its facts are not
_PLACE = re.compile(r"[0-9]{1,3}")
_OTHER_APPLICATION = re.compile(
    r"\b(?:andere?|nieuwe?|volgende?|tweede|another|(?:a|the) (?:different|new|second|next))\s+(?:\w+\s+)?"
    r"(?:applicatie|toepassing|systeem|pakket|casus|application|app|system|case)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Turn:
    """A question and its answer.

    `left_out` are the facts of earlier questions that it was asked without, `carried` those it was asked with,
    and `set` those that were set by hand for it, some to UNKNOWN.
    """

    answer: Answer
    left_out: Mapping[str, Reading] = field(default_factory=dict)
    carried: Mapping[str, Reading] = field(default_factory=dict)
    set: Mapping[str, Reading] = field(default_factory=dict)


@dataclass(frozen=True)
class Conversation:
    """What was asked so far, the oldest first."""

    turns: tuple[Turn, ...] = ()

    @property
    def facts(self) -> dict[str, Reading]:
        """What the next question keeps: what people said, with their words. What follows is derived again.

        What was set by hand stays so, but a new question outweighs it: the newest word counts. That an earlier
        question was no case says nothing of the next one.
        """
        if not self.turns:
            return {}
        return {
            key: reading if reading.origin == "set" else Reading(reading.values, "carried", reading.words)
            for key, reading in self.turns[-1].answer.facts.readings.items()
            if reading.origin != "derived" and (key != ABOUT_CASE or reading.values == ("yes",))
        }


def ask_next_question(conversation: Conversation, question: object, as_of: str, ask: Ask) -> Conversation:
    """Ask a question with the facts so far, or without them where it names another application.

    The last question once more, as of who presses twice, is answered in its place, unless a fact was set for it.

    Raises QuestionError where it is empty, too long or no text.
    """
    if not isinstance(question, str):
        raise QuestionError("no_words")
    text = read_question(question)
    if conversation.turns and text == (last := conversation.turns[-1]).answer.question and not last.set:
        return _ask_again(conversation, last, as_of, ask)
    facts = conversation.facts
    is_other = bool(facts) and _OTHER_APPLICATION.search(text) is not None
    carried, left_out = ({}, facts) if is_other else (facts, {})
    answer = ask(Request(text, as_of, carried=carried))
    return _add(conversation, Turn(answer, left_out, carried))


def ask_again_with_facts(conversation: Conversation, as_of: str, ask: Ask) -> Conversation:
    """Ask the last question again, now with the facts that were left out; nothing where none were."""
    if not conversation.turns or not (last := conversation.turns[-1]).left_out:
        return conversation
    return _ask_again(conversation, replace(last, left_out={}, carried=last.left_out), as_of, ask)


def set_fact(
    conversation: Conversation, key: str, reading: Reading | None, as_of: str, ask: Ask
) -> Conversation:
    """Set a fact of the last question, or undo that with None, and answer it again in its place.

    Raises QuestionError where nothing was asked, as after a restart of the server.
    """
    if not conversation.turns:
        raise QuestionError("no_case")
    last = conversation.turns[-1]
    others = {other: set_to for other, set_to in last.set.items() if other != key}
    chosen = others if reading is None else {**others, key: reading}
    return _ask_again(conversation, replace(last, set=chosen), as_of, ask)


def turn_back(conversation: Conversation, place: object) -> Conversation:
    """Make an earlier question the last one again; the next goes on from there.

    `place` is its place among all, the oldest being 0, as text. Raises QuestionError where none is there.
    """
    turns = list(conversation.turns)
    if not (isinstance(place, str) and _PLACE.fullmatch(place) and int(place) < len(turns)):
        raise QuestionError("no_choice")
    turns.append(turns.pop(int(place)))
    return replace(conversation, turns=tuple(turns))


def open_link(link: Link, as_of: str, ask: Ask) -> Conversation:
    """Start a new case with the question and the facts of a link. Raises QuestionError as a typed question does."""
    request = Request(read_question(link.question), as_of, link.language, link.set, link.carried)
    return Conversation((Turn(ask(request), carried=link.carried, set=link.set),))


def _ask_again(conversation: Conversation, turn: Turn, as_of: str, ask: Ask) -> Conversation:
    """Answer the question of the last turn anew, with what `turn` knows."""
    asked = turn.answer
    answer = ask(Request(asked.question, as_of, asked.language, turn.set, turn.carried))
    return replace(conversation, turns=(*conversation.turns[:-1], replace(turn, answer=answer)))


def _add(conversation: Conversation, turn: Turn) -> Conversation:
    return replace(conversation, turns=(*conversation.turns, turn)[-MOST_TURNS:])
