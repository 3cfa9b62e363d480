"""Questions that the sources do not answer (unanswered.toml), by reason: a question like them is not answered either.

They are never shown; what they teach is where the subject and the sources end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from corpus.asked import Asked
from corpus.manifest import Source
from corpus.paragraph import Language
from corpus.toml import LANGUAGES, Table

Reason = Literal["not_in_corpus", "off_topic", "linked_source_only", "refused"]
_REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True)
class Unanswered:
    """Questions for one sort of thing, each with its language, and why the sources do not answer them.

    `source` is the source that does, where that is the reason; elsewhere it is empty.
    """

    id: str
    reason: Reason
    source: str
    questions: tuple[tuple[Language, str], ...]


def read_unanswered(table: Table, sources: Mapping[str, Source], asked: Asked) -> Mapping[str, Unanswered]:
    """Read unanswered.toml: the groups by id.

    Raises DataError for a doubled id or question, a question that a paragraph is said to answer, and a source
    that is unknown, held or lacking.
    """
    answered = {text for questions in asked.values() for texts in questions.values() for text in texts}
    found: dict[str, Unanswered] = {}
    seen: set[str] = set()
    for entry in table.tables("unanswered"):
        group = Unanswered(
            entry.text("id"),
            entry.one_of("reason", _REASONS),
            entry.text("source", ""),
            tuple((language, text) for language in LANGUAGES for text in entry.texts(language)),
        )
        entry.done()
        if group.id in found:
            raise entry.fault("this id is there twice")
        if bool(group.source) != (group.reason == "linked_source_only"):
            raise entry.fault("a 'source' belongs to the reason 'linked_source_only', and to no other")
        if group.source and (group.source not in sources or sources[group.source].is_held):
            raise entry.fault(f"'{group.source}' is no source that is only linked to")
        for _, text in group.questions:
            if text in seen:
                raise entry.fault(f"is there twice: '{text}'")
            if text in answered:
                raise entry.fault(f"a paragraph is said to answer it (asked.toml): '{text}'")
            seen.add(text)
        found[group.id] = group
    table.done()
    return found
