"""Makes an Answer, as one visible list of steps. The checklist comes before anything that can fail."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.answer import Answer, AnswerSentence, Checklist, Citation, Provenance, Request, Status
from assistant.checklist import ask_next, make_checklist
from assistant.choose import ANSWERING, Choice, Found, choose
from assistant.cite import cite, verify_quote
from assistant.decide import Decision, decide
from assistant.draft import Draft, Kit, Part
from assistant.errors import QuestionError
from assistant.facts import detect_language, read_facts
from assistant.find import find
from assistant.position import choose_position
from assistant.tell import tell_notices
from corpus.facts import Facts
from corpus.load import NOTES
from corpus.manifest import AUTHORITIES, SourceAuthority
from corpus.paragraph import SOURCE_LANGUAGE, Language
from corpus.positions import Position, read_marks, renumber
from corpus.sentences import split_sentences
from index.errors import IndexFault
from index.hit import Hit, SearchResult

MOST_CHARACTERS = 2000
_HITS = 10
_DEPTH = 100  # so that neither the guidance nor what people added crowds out the other
_TWO = 2
Step = Callable[[Draft, Kit], Draft]
# A part that seems off topic only leans on the part before it.
_OPEN: tuple[Status, ...] = ("not_in_corpus", "linked_source_only")


def answer_question(request: Request, kit: Kit, steps: Sequence[Step] | None = None) -> Answer:
    """Answer a question. Raises QuestionError where it is empty, too long or no text; nothing else stops it.

    `steps` are STEPS, or those with something around each of them, such as a clock.
    """
    question = read_question(request.question)
    language = request.language or detect_language(question, kit.corpus.patterns)
    draft = _start(request, question, language)
    for step in steps or STEPS:
        draft = step(draft, kit)
    return _finish(draft, kit)


def error_answer(request: Request, line: int, reason: str, kit: Kit) -> Answer:
    """Return the Answer to a line of a batch that cannot be read: the reason, and the checklist without facts."""
    language = request.language or detect_language(request.question, kit.corpus.patterns)
    draft = replace(
        _start(request, request.question, language),
        fault=reason,
        facts=kit.corpus.vocabulary.combine(request.set),
    )
    draft = _frame(_make_checklist(draft, kit), kit)
    said = kit.words.say("answer.unreadable", language, {"line": line, "reason": reason})
    return _finish(replace(draft, sentences=(AnswerSentence(said, "label"), *draft.sentences[1:])), kit)


def _start(request: Request, question: str, language: Language) -> Draft:
    return Draft(request, question, language, Facts(), Checklist((), ()))


def read_question(text: str) -> str:
    """Return the question on one line without control and direction characters. Raises QuestionError."""
    if len(text) > MOST_CHARACTERS:
        raise QuestionError("too_long")
    plain = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    question = " ".join(plain.split())
    if not question:
        raise QuestionError("empty")
    if not any(character.isalnum() for character in question):
        raise QuestionError("no_words")
    return question


def _read_facts(draft: Draft, kit: Kit) -> Draft:
    read = read_facts(draft.question, kit.corpus.patterns)
    layers = (draft.request.set, read.readings, draft.request.carried)
    return replace(draft, facts=kit.corpus.vocabulary.combine(*layers, topics=read.topics))


def _make_checklist(draft: Draft, kit: Kit) -> Draft:
    return replace(draft, checklist=make_checklist(kit.corpus, draft.facts, draft.teller(kit)))


def _search(draft: Draft, kit: Kit) -> Draft:
    try:
        found, added_hits, note_hits = _find(draft.question, draft, kit)
        parts = tuple(_search_parts(draft, kit))
        return replace(draft, found=found, added_hits=added_hits, note_hits=note_hits, parts=parts)
    except IndexFault as error:
        return replace(
            draft, fault=kit.words.say(f"fault.{error.code}", draft.language, {"file": error.file})
        )
    except (OSError, RuntimeError, ValueError, LookupError, MemoryError):
        # An engine that fails must not cost the reader the checklist; `index verify` finds the cause.
        return replace(draft, fault=kit.words.say("fault.engine", draft.language))


def _search_parts(draft: Draft, kit: Kit) -> Iterator[Part]:
    """Search each question by itself where more than one is asked at once."""
    bounds = split_sentences(draft.question)
    asked = [draft.question[start:end] for start, end in bounds if draft.question[:end].endswith("?")]
    for question in asked if len(asked) >= _TWO else ():
        read = read_facts(question, kit.corpus.patterns)
        facts = kit.corpus.vocabulary.combine(read.readings, topics=read.topics)
        found, added_hits, _ = _find(question, draft, kit)
        yield Part(question, facts, found, added_hits)


def _find(question: str, draft: Draft, kit: Kit) -> tuple[SearchResult, tuple[Hit, ...], tuple[Hit, ...]]:
    """Return what the guidance has on a question, what documents have that people added, and notes among the first."""
    corpus = kit.corpus
    found = find(kit.search, corpus, question, _DEPTH if corpus.added else 2 * _HITS, draft.language)
    added = tuple(hit for hit in found.hits if corpus.by_id[hit.paragraph].is_added)[:_HITS]
    others = [hit for hit in found.hits if not corpus.by_id[hit.paragraph].is_added][: 2 * _HITS]
    hits = tuple(hit for hit in others if hit.paragraph not in corpus.notes)[:_HITS]
    notes = tuple(hit for hit in others[:_HITS] if hit.paragraph in corpus.notes)
    return SearchResult(hits, found.evidence), added, notes


def _decide(draft: Draft, kit: Kit) -> Draft:
    """Decide the whole question, and each part of a question in parts."""
    if draft.fault:
        return draft
    decision = _decide_one(draft, draft, kit)
    if decision.status == "refused" or len(draft.parts) < _TWO:
        return replace(draft, decision=decision)
    parts = [(part, _decide_one(part, draft, kit)) for part in draft.parts]
    answered = [part for part, found in parts if found.status in ANSWERING]
    open_parts = tuple(part.question for part, found in parts if found.status in _OPEN)
    if not answered or not open_parts:
        return replace(draft, decision=decision)
    hits = {hit.paragraph: hit for part in reversed(answered) for hit in reversed(part.found.hits)}
    found = replace(draft.found, hits=tuple(reversed(hits.values())))
    speaking = tuple(paragraph for _, one in parts for paragraph in one.speaking)
    added = tuple({hit.paragraph: hit for part in answered for hit in part.added_hits}.values())
    partial = Decision("partial", None, speaking)
    return replace(draft, decision=partial, found=found, added_hits=added, open_parts=open_parts)


def _decide_one(asked: Draft | Part, draft: Draft, kit: Kit) -> Decision:
    corpus, rules = kit.corpus, kit.rules
    return decide(asked.question, draft.language, asked.facts, asked.found, asked.added_hits, corpus, rules)


def _compose(draft: Draft, kit: Kit) -> Draft:
    """Say what was prepared, quote what was chosen, and add what our own notes say.

    A sentence that page furniture parts is quoted in its pieces.
    """
    corpus = kit.corpus
    found = Found(draft.found.hits, draft.added_hits, draft.note_hits)
    position = choose_position(draft.question, corpus, draft.facts, draft.decision, found, kit.rules)
    citations: list[Citation] = []
    quotes: dict[SourceAuthority, list[AnswerSentence]] = {}
    own: list[AnswerSentence] = []
    marks: dict[int, int] = {}
    for choice in choose(corpus, draft.checklist, draft.facts, draft.decision, found, position):
        made = [
            cite(corpus, choice.paragraph, span, n, choice.score, draft.teller(kit))
            for n, span in enumerate(choice.spans, len(citations) + 1)
        ]
        citations += made
        numbers = tuple(citation.n for citation in made)
        marks[choice.mark] = numbers[0]
        if choice.paragraph.id not in corpus.notes:
            quote = AnswerSentence(" ".join(c.quote for c in made), "quote", numbers)
            quotes.setdefault(made[0].authority, []).append(quote)
        else:
            own.append(_tell_note(choice, numbers, draft, kit))
    if own:
        own.insert(0, AnswerSentence(kit.words.say("answer.note", draft.language), "label"))
    prepared = tuple(_tell_position(position, marks, draft, kit))
    sentences = (*_tell_quotes(quotes, prepared, citations, draft, kit), *own)
    shown = position.id if position else ""
    return replace(draft, citations=tuple(citations), sentences=sentences, position=shown)


def _tell_quotes(
    quotes: Mapping[SourceAuthority, Sequence[AnswerSentence]],
    prepared: Sequence[AnswerSentence],
    citations: Sequence[Citation],
    draft: Draft,
    kit: Kit,
) -> Iterator[AnswerSentence]:
    """Yield the quotes, each group under the name of its authority where documents that people added speak.

    What was prepared rests on the guidance and stands with it: what has more authority goes before both.
    """
    has_added = any(citation.source in kit.corpus.added for citation in citations)
    if has_added and len(quotes) > 1:
        yield AnswerSentence(kit.words.say("answer.order", draft.language), "label")
    before = AUTHORITIES.index("guidance")
    for place, authority in enumerate(AUTHORITIES):
        if place == before:
            yield from prepared
        if has_added and authority in quotes:
            yield AnswerSentence(kit.words.say(f"answer.from_{authority}", draft.language), "label")
        yield from quotes.get(authority, ())


def _tell_position(
    position: Position | None, marks: Mapping[int, int], draft: Draft, kit: Kit
) -> Iterator[AnswerSentence]:
    """Yield the sentences and steps of a position; its [n] become the numbers that its quotes have here."""
    if position is None:
        return
    standing = draft.teller(kit).standing("position", position.id)
    steps = enumerate(position.steps[draft.language], 1)
    for text in (*position.sentences[draft.language], *(f"({number}) {step}" for number, step in steps)):
        told = renumber(text, marks)
        yield AnswerSentence(told, "position", read_marks(told), standing)


def _tell_note(choice: Choice, numbers: tuple[int, ...], draft: Draft, kit: Kit) -> AnswerSentence:
    """Say a note in the reader's language: the words are ours in both."""
    paragraph = choice.paragraph
    text = paragraph.text if draft.language == SOURCE_LANGUAGE else paragraph.rendition
    return AnswerSentence(text, "note", numbers, draft.teller(kit).standing("note", paragraph.id))


def _verify(draft: Draft, kit: Kit) -> Draft:
    """Drop every quote that is not verbatim, and every sentence that rests on one."""
    good = tuple(c for c in draft.citations if verify_quote(vars(c), kit.corpus) is None)
    numbers = {citation.n for citation in good}
    sentences = tuple(s for s in draft.sentences if set(s.citations) <= numbers)
    if any(s.kind == "position" and s not in sentences for s in draft.sentences):
        # A prepared answer stands whole or not at all.
        sentences = tuple(s for s in sentences if s.kind != "position")
        draft = replace(draft, position="")
    if draft.decision.status in ANSWERING and all(c.source_kind == "note" for c in good):
        return replace(draft, citations=(), sentences=(), position="", decision=Decision("not_in_corpus"))
    return replace(draft, citations=good, sentences=sentences)


def _notices(draft: Draft, kit: Kit) -> Draft:
    """Tell what has overtaken the paragraphs shown, the gravest first."""
    names = {name for citation in draft.citations for name in citation.notices}
    quoted = {name for citation in draft.citations for name in citation.quote_notices}
    return replace(draft, notices=tell_notices(names, kit.corpus, draft.teller(kit), quoted))


def _frame(draft: Draft, kit: Kit) -> Draft:
    """Put the fixed sentences around the quotes: what this answer is, and what it is not."""
    status, language = draft.decision.status, draft.language
    source = draft.decision.source
    values = {"fault": draft.fault, "source": f"{source.title} ({source.publisher})" if source else ""}
    values["parts"] = " ".join(draft.open_parts)
    is_prepared = any(sentence.kind == "position" for sentence in draft.sentences)
    is_silent = draft.decision.is_guidance_silent
    cited = {citation.source for citation in draft.citations} - {NOTES}
    keys = ["answer.position"] if is_prepared else ["answer.added"] if is_silent else [f"answer.{status}"]
    if keys == ["answer.answered"] and cited & kit.corpus.added:
        keys = ["answer.sources"]
    if status == "conditional":
        keys = ["answer.test", *keys]
    elif is_prepared and (is_silent or status == "not_in_corpus"):
        keys = ["answer.not_asked_value", *keys]
    if not draft.citations and status == "not_in_corpus" and draft.found.hits:
        keys = ["answer.fallback"]
    before = [kit.words.say(key, language, values) for key in keys]
    if draft.citations and status in ("off_topic", "refused"):
        before.append(kit.words.say("answer.nearest", language))
    elif cited - kit.corpus.added:
        before.append(kit.words.say("answer.dated", language))
    if draft.checklist.unread:
        before.append(draft.checklist.unread)
    after = [kit.words.say(key, language) for key in ("answer.who", "answer.not_legal_advice")]
    return replace(
        draft,
        sentences=(
            *(AnswerSentence(text, "label") for text in before),
            *draft.sentences,
            *(AnswerSentence(text, "label") for text in after),
        ),
    )


def _ask_next(draft: Draft, kit: Kit) -> Draft:
    if draft.decision.status in ("off_topic", "refused"):
        return draft
    return replace(draft, ask_next=ask_next(kit.corpus, draft.facts, draft.language))


STEPS: tuple[Step, ...] = (
    _read_facts,
    _make_checklist,
    _search,
    _decide,
    _compose,
    _verify,
    _notices,
    _frame,
    _ask_next,
)


def _finish(draft: Draft, kit: Kit) -> Answer:
    return Answer(
        draft.question,
        draft.language,
        draft.request.as_of,
        draft.decision.status,
        draft.facts,
        draft.sentences,
        draft.citations,
        draft.notices,
        draft.checklist,
        draft.ask_next,
        Provenance(
            kit.version,
            kit.corpus.digest,
            kit.corpus.rules_digest,
            kit.search.generation if not draft.fault else "",
            kit.search.encoders if not draft.fault else (),
        ),
        draft.position,
    )
