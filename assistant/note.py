"""An Answer as a Markdown note to keep, and reading the quotes back from one."""

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.answer import Answer, AnswerSentence, Citation
from assistant.contacts import contacts
from assistant.errors import AnswerError
from assistant.render import (
    absent_line,
    ask_next_lines,
    checklist_summary,
    corrections,
    facts_lines,
    folded_line,
    is_folded,
    notice_authority,
    notice_heading,
    say_standing,
    stoppers,
    untranslated,
)
from assistant.settings import Organisation
from assistant.words import Words
from corpus.facts import Vocabulary
from corpus.manifest import Source
from corpus.paragraph import Language

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&:@])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()<>#+\-.!|~$&:@])")
_QUOTE = re.compile(r"> (?P<quote>.+)")
_SOURCE = re.compile(
    r"> — \[(?P<n>\d+)\] `(?P<source>[^`]+)` `(?P<paragraph>[^`]+)` "
    r"`(?P<start>\d+)-(?P<end>\d+)` `sha256:(?P<sha256>[0-9a-f]{64})` .*"
)
_ITEM = re.compile(r"> — (?P<id>[A-Z]\d+) `(?P<paragraph>[^`]+)`")


def literal(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def to_markdown(
    answer: Answer,
    sources: Mapping[str, Source],
    vocabulary: Vocabulary,
    words: Words,
    organisation: Organisation,
) -> str:
    """Return the note: question, facts, answer with its quotes, checklist, whom to ask, provenance and date."""
    parts = [
        *_head(answer, vocabulary, words),
        *_answer(answer, words),
        *_checklist(answer, words),
        *_contacts(organisation, answer.language, words),
        *_foot(answer, sources, words),
    ]
    return "\n\n".join(parts) + "\n"


def _head(answer: Answer, vocabulary: Vocabulary, words: Words) -> Iterator[str]:
    language = answer.language
    yield f"# {literal(answer.question)}"
    yield f"**{words.say(f'status.{answer.status}', language)}** · {answer.as_of}"
    yield literal(words.say("page.standing", language))
    yield f"## {words.say('facts.title', language)}"
    yield from _bullets(facts_lines(answer.facts, vocabulary, language, words)) or (
        words.say("facts.none", language),
    )


def _answer(answer: Answer, words: Words) -> Iterator[str]:
    language = answer.language
    yield f"## {words.say('note.answer', language)}"
    for sentence, cited, said_before in corrections(answer):
        for notice in said_before.opened:
            yield f"**{literal(notice.id)}** {literal(notice_heading(notice, language, words))}"
        if said_before.folded:
            yield literal(folded_line(said_before, language, words))
        if sentence.kind == "quote":
            for citation in cited:
                yield _quote(citation)
                if citation.rendition:
                    yield literal(f"{words.say('page.rendition', language)}: {citation.rendition}")
        else:
            yield _own(sentence, cited, language, words)
    if answer.ask_next:
        yield f"## {words.say('ask_next.title', language)}"
        yield from _bullets(ask_next_lines(answer, words))
    if answer.notices:
        yield f"## {words.say('notices.title', language)}"
        yield from _bullets(
            [f"{n.id}: {n.text} {notice_authority(n, language, words)}" for n in answer.notices]
        )


def _own(sentence: AnswerSentence, cited: Sequence[Citation], language: Language, words: Words) -> str:
    """Return words of ours: never in the shape of a quote."""
    said = [sentence.text]
    if sentence.kind == "note":
        marks = "".join(f" [{n}]" for n in sentence.citations)
        said = [f"{words.say('note.mark', language)}: {sentence.text}{marks}", *(c.basis for c in cited)]
    if sentence.standing:
        said.append(say_standing(sentence.standing, language, words))
    return literal(" ".join(said))


def _quote(citation: Citation) -> str:
    where = f"{literal(citation.document)}, {literal(citation.locator)}"
    return (
        f"> {literal(citation.quote)}\n>\n"
        f"> — [{citation.n}] `{citation.source}` `{citation.paragraph}` "
        f"`{citation.start}-{citation.end}` `sha256:{citation.sha256}` {where}"
    )


def _checklist(answer: Answer, words: Words) -> Iterator[str]:
    language, checklist = answer.language, answer.checklist
    yield f"## {words.say('checklist.title', language)}"
    yield literal(f"{checklist.unread} {checklist_summary(checklist, language, words)}")
    if not is_folded(answer) and (first := stoppers(checklist)):
        yield f"### {literal(words.say('checklist.stops', language))}"
        yield from _bullets([f"{line.id} {line.title}" for line in first])
    for line in checklist.lines:
        status = words.say(f"checklist.{line.status}", language)
        who = f"{words.say(f'who.{line.who}', language)}, {words.say(f'role.{line.role}', language)}"
        yield (
            f"**{line.id} {literal(line.title)}** · {status} · {literal(f'{line.why} {line.stricter}')} "
            f"{literal(who)} · {literal(line.evidence)} {literal(say_standing(line.standing, language, words))}"
        )
        yield from (
            f"**{literal(n.id)}** {literal(notice_heading(n, language, words))}"
            for n in checklist.notices
            if n.id in line.notices
        )
        if line.source_kind == "note":
            yield literal(f"{words.say('note.mark', language)}: {line.rendition or line.quote}")
        else:
            yield f"> {literal(line.quote)}\n>\n> — {line.id} `{line.paragraph}`"
            if line.rendition:
                yield literal(f"{words.say('page.rendition', language)}: {line.rendition}")
            elif as_it_is := untranslated(line, language, words):
                yield literal(as_it_is)
    if absent := absent_line(checklist, language, words):
        yield literal(absent)


def _contacts(organisation: Organisation, language: Language, words: Words) -> Iterator[str]:
    yield f"## {words.say('page.contacts', language)}"
    yield from _bullets([f"{label}: {name}" for label, name in contacts(organisation, language, words)])


def _foot(answer: Answer, sources: Mapping[str, Source], words: Words) -> Iterator[str]:
    language, made = answer.language, answer.provenance
    yield f"## {words.say('provenance.title', language)}"
    yield from (literal(source.notice) for source in sources.values() if source.is_held and source.notice)
    encoders = ", ".join(made.encoders) or "-"
    yield literal(
        f"Wolkwijzer {made.version} · corpus {made.corpus} · rules {made.rules} "
        f"· index {made.index or '-'} · encoders {encoders} · {answer.as_of}"
    )


def _bullets(lines: list[str]) -> tuple[str, ...]:
    return ("\n".join(f"- {literal(line)}" for line in lines),) if lines else ()


def read_note(text: str) -> dict[str, list[dict[str, object]]]:
    """Read a note's quotes back as the `citations` and `checklist` of an Answer's JSON.

    Raises AnswerError where a quote has lost its source line, or there is no note.
    """
    lines = text.splitlines()
    found: dict[str, list[dict[str, object]]] = {"citations": [], "checklist": []}
    for number, line in enumerate(lines):
        quote = _QUOTE.fullmatch(line)
        if quote is None or line.startswith("> — "):
            continue
        below = lines[number + 2] if number + 2 < len(lines) else ""
        plain = _ESCAPED.sub(r"\1", quote["quote"])
        if source := _SOURCE.fullmatch(below):
            numbers = {key: int(source[key]) for key in ("n", "start", "end")}
            found["citations"].append({**source.groupdict(), **numbers, "quote": plain})
        elif item := _ITEM.fullmatch(below):
            found["checklist"].append({**item.groupdict(), "quote": plain})
        else:
            raise AnswerError(
                f"line {number + 1}: the quote has no source line under it; export the note anew"
            )
    if not found["checklist"]:
        raise AnswerError(
            "this is not a note of Wolkwijzer: it holds no checklist; give one of ask --markdown"
        )
    return found
