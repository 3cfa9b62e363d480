"""An Answer as JSON, as text for a terminal, and as Markdown to keep."""

import json
import textwrap
from dataclasses import asdict

from assistant.answer import Answer, Checklist, ItemStatus
from assistant.words import Words
from corpus.facts import ABOUT_CASE, Facts, Vocabulary
from corpus.paragraph import Language

_ORIGINS = ("set", "stated", "carried", "derived")
_STATUSES: tuple[ItemStatus, ...] = ("applies", "check", "not_applicable")
_WIDTH = 100


def facts_to_json(facts: Facts, vocabulary: Vocabulary) -> dict[str, object]:
    """Return facts as JSON has them; a map shows each kind's own origin under `kinds`."""
    shown: dict[str, object] = {}
    for fact in vocabulary.facts.values():
        known = {key: facts.readings[key] for key in fact.keys if key in facts.readings}
        if not known:
            continue
        strongest = min(known.values(), key=lambda reading: _ORIGINS.index(reading.origin))
        origin: dict[str, object] = {"from": strongest.origin, "words": strongest.words}
        if fact.shape == "map":
            kinds = {key.partition(".")[2]: reading for key, reading in known.items()}
            shown[fact.id] = {
                "value": {kind: reading.values[0] for kind, reading in kinds.items()},
                **origin,
                "kinds": {
                    kind: {"value": r.values[0], "from": r.origin, "words": r.words}
                    for kind, r in kinds.items()
                },
            }
        else:
            value = list(strongest.values) if fact.shape == "set" else strongest.values[0]
            shown[fact.id] = {"value": value, **origin}
    return shown


def checklist_to_json(checklist: Checklist) -> dict[str, object]:
    """Return the checklist's three fields."""
    return {
        "checklist": [asdict(line) for line in checklist.lines],
        "checklist_notices": [asdict(notice) for notice in checklist.notices],
        "absent_lists": [asdict(absent) for absent in checklist.absent],
    }


def to_json(answer: Answer, vocabulary: Vocabulary) -> dict[str, object]:
    """Return the Answer as the JSON that others rely on."""
    return {
        "question": answer.question,
        "language": answer.language,
        "as_of": answer.as_of,
        "status": answer.status,
        "facts": facts_to_json(answer.facts, vocabulary),
        "topics": list(answer.facts.topics),
        "sentences": [asdict(sentence) for sentence in answer.sentences],
        "citations": [asdict(citation) for citation in answer.citations],
        "notices": [asdict(notice) for notice in answer.notices],
        **checklist_to_json(answer.checklist),
        "ask_next": [asdict(ask) for ask in answer.ask_next],
        "provenance": asdict(answer.provenance),
    }


def dump(value: object) -> str:
    """Return JSON text, readable and the same in every process."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def is_folded(answer: Answer) -> bool:
    """Tell whether the checklist is shown as one line: someone is learning, or asks about something else."""
    return answer.status in ("off_topic", "refused") or answer.facts.values(ABOUT_CASE)[0] != "yes"


def facts_lines(facts: Facts, vocabulary: Vocabulary, language: Language, words: Words) -> list[str]:
    """Return one line for each fact as read, with where it is from."""
    lines = []
    for key, reading in facts.readings.items():
        if key not in vocabulary.keys[:-1]:
            continue
        fact, kind = vocabulary.fact(key), key.partition(".")[2]
        said = words.join(
            (fact.says[f"{kind}_{v}" if kind else v][language] for v in reading.values), language
        )
        origin = words.say(f"facts.{reading.origin}", language, {"words": reading.words})
        lines.append(f"{said} ({origin})")
    return lines


def checklist_summary(checklist: Checklist, language: Language, words: Words) -> str:
    """Return the checklist in one line: how many items, and how many of each status."""
    counts: dict[str, object] = {
        status: sum(line.status == status for line in checklist.lines) for status in _STATUSES
    }
    return words.say("checklist.folded", language, {"count": len(checklist.lines), **counts})


def to_text(answer: Answer, vocabulary: Vocabulary, words: Words) -> str:
    """Return the Answer for a terminal."""
    language = answer.language
    parts = [f"{answer.question}", f"[{words.say(f'status.{answer.status}', language)}]"]
    parts += [_text_sentence(sentence.text, sentence.citations) for sentence in answer.sentences]
    if answer.citations:
        parts.append(words.say("quotes.title", language).upper())
        parts += [_fill(f"[{c.n}] {c.locator}") for c in answer.citations]
    if read := facts_lines(answer.facts, vocabulary, language, words):
        parts.append(words.say("facts.title", language).upper())
        parts.append("\n".join(f"  - {line}" for line in read))
    if answer.ask_next:
        parts.append(words.say("ask_next.title", language).upper())
        parts.append("\n".join(f"  - {line}" for line in ask_next_lines(answer, words)))
    parts.append(words.say("checklist.title", language).upper())
    parts.append(checklist_to_text(answer.checklist, language, words, folded=is_folded(answer)))
    return "\n\n".join(parts)


def ask_next_lines(answer: Answer, words: Words) -> list[str]:
    """Return what to ask next, with how many lines each answer can change."""
    return [words.say("ask_next.changes", answer.language, asdict(ask)) for ask in answer.ask_next]


def checklist_to_text(checklist: Checklist, language: Language, words: Words, *, folded: bool) -> str:
    """Return the checklist for a terminal, grouped by status; folded it is one line."""
    lines = [_fill(checklist_summary(checklist, language, words))]
    for status in () if folded else _STATUSES:
        group = [line for line in checklist.lines if line.status == status]
        if group:
            lines.append(f"\n{words.say(f'checklist.{status}', language)} ({len(group)})")
        lines += [_fill(f"  {line.id:4}{line.title}. {line.why}", "      ") for line in group]
    if absent := absent_line(checklist, language, words):
        lines.append("\n" + _fill(absent))
    return "\n".join(lines)


def absent_line(checklist: Checklist, language: Language, words: Words) -> str:
    """Name the lists that were not brought in, or return an empty text."""
    if not checklist.absent:
        return ""
    names = words.join((absent.title for absent in checklist.absent), language)
    return words.say("checklist.absent", language, {"lists": names})


def _text_sentence(text: str, citations: tuple[int, ...]) -> str:
    marks = "".join(f" [{n}]" for n in citations)
    return _fill(f"“{text}”{marks}", "  ") if citations else _fill(text)


def _fill(text: str, indent: str = "") -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=indent, break_on_hyphens=False)
