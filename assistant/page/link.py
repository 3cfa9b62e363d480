"""A link that reopens a question with its facts: what stands in the fragment of its address.

Browsers never send a fragment, so no log of a server or proxy holds it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from assistant.answer import Answer
from assistant.errors import QuestionError
from assistant.page.choice import read_choice, write_choice
from corpus.facts import UNKNOWN, Reading, Vocabulary
from corpus.paragraph import Language
from corpus.toml import LANGUAGES

_MOST_CHARACTERS = 30_000  # the longest question, each sign as a dozen characters
_MOST_FIELDS = 60


@dataclass(frozen=True)
class Link:
    """What a link holds; `carried` was said in earlier questions of its conversation."""

    question: str
    language: Language
    set: Mapping[str, Reading]
    carried: Mapping[str, Reading]


def write_link(answer: Answer, chosen: Mapping[str, Reading]) -> str:
    """Return the fragment for an answer, and for what was set by hand. What the question says is left to it."""
    held = [(reading.origin, key, reading.values) for key, reading in answer.facts.readings.items()]
    held += [("set", key, reading.values) for key, reading in chosen.items() if reading.values == (UNKNOWN,)]
    fields = [(name, write_choice(key, values)) for name, key, values in held if name in ("set", "carried")]
    named = [("ask", answer.question), ("language", answer.language), *fields]
    return urlencode(named, quote_via=quote)


def read_link(fragment: object, vocabulary: Vocabulary) -> Link:
    """Read a fragment. Raises QuestionError where it is broken, too long or names what does not exist."""
    if not isinstance(fragment, str) or len(fragment) > _MOST_CHARACTERS:
        raise QuestionError("no_link")
    try:
        fields = parse_qsl(
            fragment,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
        return _read_fields(fields, vocabulary)
    except (ValueError, QuestionError) as error:
        raise QuestionError("no_link") from error


def _read_fields(fields: Sequence[tuple[str, str]], vocabulary: Vocabulary) -> Link:
    """Read question and language, which come first and once, and then the facts. Raises ValueError."""
    (ask, question), (tongue, code), *rest = fields
    language = next((known for known in LANGUAGES if known == code), None)
    if (ask, tongue) != ("ask", "language") or language is None:
        raise ValueError("no question or no language")
    facts: dict[str, dict[str, Reading]] = {"set": {}, "carried": {}}
    for name, value in rest:
        key, reading = read_choice(value, vocabulary)
        if name not in facts or reading is None:
            raise ValueError("no fact")
        facts[name][key] = reading
    carried = {key: Reading(reading.values, "carried") for key, reading in facts["carried"].items()}
    return Link(question, language, facts["set"], carried)
