"""An Answer as JSON, as text for a terminal, and as Markdown to keep."""

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from assistant.answer import (
    Answer,
    AnswerNotice,
    AnswerSentence,
    Checklist,
    ChecklistLine,
    Citation,
    ItemStatus,
)
from assistant.tell import open_notices
from assistant.words import Words
from corpus.facts import ABOUT_CASE, Facts, Vocabulary
from corpus.glossary import Glossary, Term
from corpus.load import Corpus
from corpus.paragraph import Language
from corpus.standing import DRAFT, SIGNED

_ORIGINS = ("set", "stated", "carried", "derived")
_STATUSES: tuple[ItemStatus, ...] = ("applies", "check", "not_applicable")
_WIDTH = 100
_MOST_TERMS = 4


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
    """Return the checklist's fields."""
    return {
        "checklist": [asdict(line) for line in checklist.lines],
        "checklist_notices": [asdict(notice) for notice in checklist.notices],
        "absent_lists": [asdict(absent) for absent in checklist.absent],
        "checklist_unread": checklist.unread,
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
        "position": answer.position,
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


@dataclass(frozen=True)
class Corrections:
    """What has overtaken a quote: notices that stand open before it, and those that are folded there."""

    opened: tuple[AnswerNotice, ...]
    folded: tuple[AnswerNotice, ...]


def corrections(answer: Answer) -> Iterator[tuple[AnswerSentence, tuple[Citation, ...], Corrections]]:
    """Yield every sentence with what it cites and what must be said before it; each notice is said open once.

    Names and terms (severity C) are told at the source only.
    """
    by_number = {citation.n: citation for citation in answer.citations}
    may_open = {notice.id for notice in open_notices(answer.notices)}
    for sentence in answer.sentences:
        cited = tuple(by_number[n] for n in sentence.citations if n in by_number)
        quoted = cited if sentence.kind == "quote" else ()
        names = {name for citation in quoted for name in citation.quote_notices}
        notices = [n for n in answer.notices if n.id in names and n.severity != "C"]
        opened = tuple(notice for notice in notices if notice.id in may_open)
        may_open -= {notice.id for notice in opened}
        yield sentence, cited, Corrections(opened, tuple(n for n in notices if n not in opened))


def is_step(sentence: AnswerSentence) -> bool:
    """Tell whether a sentence of a position is a step of its numbered list."""
    return sentence.kind == "position" and re.match(r"\(\d+\) ", sentence.text) is not None


def terms_asked(answer: Answer, glossary: Glossary) -> tuple[Term, ...]:
    """Return the terms of the question, for somebody who is learning."""
    if not is_folded(answer) or answer.status in ("off_topic", "refused"):
        return ()
    named = {mention.term.id: mention.term for mention in glossary.mentions(answer.question)}
    return tuple(named.values())[:_MOST_TERMS]


def stoppers(checklist: Checklist) -> tuple[ChecklistLine, ...]:
    """Return what can stop the case, the gravest first."""
    lines = [line for line in checklist.lines if line.stops and line.status != "not_applicable"]
    return tuple(sorted(lines, key=lambda line: line.stops))


def notice_heading(notice: AnswerNotice, language: Language, words: Words) -> str:
    """Return a notice as it is read before its quote."""
    return words.say("answer.notice_intro", language, {"text": notice.text})


def folded_line(before: Corrections, language: Language, words: Words) -> str:
    """Return where to read the notices that are folded before a quote."""
    names = ", ".join(notice.id for notice in before.folded)
    return words.say("notices.folded", language, {"names": names})


def notice_authority(notice: AnswerNotice, language: Language, words: Words) -> str:
    """Return on what authority a notice stands, how sure it is, and who stands for it."""
    said = words.say("notice.authority", language, asdict(notice))
    if notice.is_overdue:
        said = f"{said} {words.say('notice.overdue', language, asdict(notice))}"
    return f"{said} {say_standing(notice.standing, language, words)}"


def say_standing(standing: str, language: Language, words: Words) -> str:
    """Return in words whether something of ours was signed."""
    if standing == DRAFT:
        return words.say("standing.draft", language)
    return words.say("standing.signed", language, {"who": standing.removeprefix(SIGNED)})


def to_text(answer: Answer, corpus: Corpus, words: Words) -> str:
    """Return the Answer for a terminal."""
    language = answer.language
    parts = [f"{answer.question}", f"[{words.say(f'status.{answer.status}', language)}]"]
    parts += _text_sentences(answer, words)
    if answer.citations:
        parts.append(words.say("quotes.title", language).upper())
        parts += [_fill(f"[{c.n}] {c.locator}") for c in answer.citations]
    if answer.notices:
        parts.append(words.say("notices.title", language).upper())
        parts += [
            "\n".join(
                (
                    _fill(f"{n.id}  {n.text}", "     "),
                    _fill(f"     {notice_authority(n, language, words)}", "     "),
                )
            )
            for n in answer.notices
        ]
    if terms := terms_asked(answer, corpus.glossary):
        parts.append(words.say("terms.title", language).upper())
        parts.append("\n".join(_fill(f"  - {term_line(term, language, words)}", "    ") for term in terms))
    if read := facts_lines(answer.facts, corpus.vocabulary, language, words):
        parts.append(words.say("facts.title", language).upper())
        parts.append("\n".join(f"  - {line}" for line in read))
    if answer.ask_next:
        parts.append(words.say("ask_next.title", language).upper())
        parts.append("\n".join(f"  - {line}" for line in ask_next_lines(answer, words)))
    parts.append(words.say("checklist.title", language).upper())
    parts.append(checklist_to_text(answer.checklist, language, words, folded=is_folded(answer)))
    return "\n\n".join(parts)


def term_meaning(term: Term, language: Language, words: Words) -> str:
    """Return what a term means, and how it was called where that has changed."""
    if not term.old:
        return term.meaning[language]
    return f"{term.meaning[language]} {words.say('terms.old', language, {'old': term.old[0]})}"


def term_line(term: Term, language: Language, words: Words) -> str:
    """Return a term with its meaning."""
    return f"{term.wordings[language][0]}: {term_meaning(term, language, words)}"


def _text_sentences(answer: Answer, words: Words) -> Iterator[str]:
    language = answer.language
    running: list[str] = []
    standing = ""
    for sentence, cited, said_before in corrections(answer):
        standing = sentence.standing if sentence.kind == "position" else standing
        if sentence.kind == "position" and not is_step(sentence):
            running.append(sentence.text)
            continue
        if running:
            yield _fill(" ".join(running))
            running = []
        if standing and sentence.kind != "position":
            yield _fill(say_standing(standing, language, words))
            standing = ""
        yield from (_fill(notice_heading(n, language, words)) for n in said_before.opened)
        if said_before.folded:
            yield _fill(folded_line(said_before, language, words))
        yield _text_sentence(sentence, language, words)
        for citation in cited:
            if sentence.kind == "quote" and citation.rendition:
                yield _fill(f"{words.say('page.rendition', language)}: {citation.rendition}", "  ")
            if citation.basis:
                yield _fill(citation.basis, "  ")
    if running:
        yield _fill(" ".join(running))


def ask_next_lines(answer: Answer, words: Words) -> list[str]:
    """Return what to ask next, with how many lines each answer can change."""
    return [words.say("ask_next.changes", answer.language, asdict(ask)) for ask in answer.ask_next]


def checklist_to_text(checklist: Checklist, language: Language, words: Words, *, folded: bool) -> str:
    """Return the checklist for a terminal, grouped by status; folded it is one line."""
    lines = [_fill(checklist_summary(checklist, language, words))]
    if checklist.unread:
        lines.insert(0, _fill(checklist.unread))
    if not folded and (first := stoppers(checklist)):
        lines.append(f"\n{words.say('checklist.stops', language)}")
        lines += [
            _fill(f"  {line.id:4}{_status(line, language, words)}: {line.title}", "      ") for line in first
        ]
    for status in () if folded else _STATUSES:
        group = [line for line in checklist.lines if line.status == status]
        if group:
            lines.append(f"\n{words.say(f'checklist.{status}', language)} ({len(group)})")
        lines += [_fill(f"  {line.id:4}{line.title}. {line.why} {line.stricter}", "      ") for line in group]
    if absent := absent_line(checklist, language, words):
        lines.append("\n" + _fill(absent))
    return "\n".join(lines)


def untranslated(line: ChecklistLine, language: Language, words: Words) -> str:
    """Return in which language a quote is that the reader gets as it is; nothing where it is the reader's own."""
    if line.quote_language == language or line.rendition:
        return ""
    spoken = words.say(f"spoken.in_{line.quote_language}", language)
    return words.say("checklist.untranslated", language, {"language": spoken})


def _status(line: ChecklistLine, language: Language, words: Words) -> str:
    return words.say(f"checklist.{line.status}", language)


def absent_line(checklist: Checklist, language: Language, words: Words) -> str:
    """Name the lists that were not brought in, or return an empty text."""
    if not checklist.absent:
        return ""
    names = words.join((absent.title for absent in checklist.absent), language)
    return words.say("checklist.absent", language, {"lists": names})


def _text_sentence(sentence: AnswerSentence, language: Language, words: Words) -> str:
    marks = "".join(f" [{n}]" for n in sentence.citations)
    if sentence.kind == "quote":
        return _fill(f"“{sentence.text}”{marks}", "  ")
    if sentence.kind == "note":
        return _fill(f"{words.say('note.mark', language)}: {sentence.text}{marks}", "  ")
    return _fill(sentence.text, "    " if is_step(sentence) else "")


def _fill(text: str, indent: str = "") -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=indent, break_on_hyphens=False)
