"""What an answer must never do, whatever was asked: each function returns what it did, empty where it did not."""

import re
from collections.abc import Iterator

from assistant.answer import Answer
from corpus.load import NOTES, Corpus
from corpus.paragraph import collapse

# A sentence of ours that permits must say when. The words are those of both languages.
_PERMITS = re.compile(r"\b(?:mag|mogen|toegestaan|geoorloofd|may|allowed|permitted|fine)\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:als|alleen|tenzij|mits|pas|niet|geen|zonder|nodig|uitzondering|slechts|voor zover|nooit"
    r"|only|unless|if|not|no|until|where|provided|without|never|once|need|needs|exception|cannot)\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"^\W*(?:ja|nee|yes|no)\b(?!\s+\w+\s+(?:that|die|dat)\b)", re.IGNORECASE)
_DESKS = {
    "AP": r"\bAP\b|Autoriteit Persoonsgegevens",
    "NCSC": r"\bNCSC\b|Nationaal Cyber",
    "FG": r"\bFG\b|\bDPO\b|functionaris gegevensbescherming|data protection officer",
    "CISO": r"\bCISO\b",
    "IBD": r"\bIBD\b|Informatiebeveiligingsdienst",
    "RDI": r"\bRDI\b|Rijksinspectie",
}


def unmarked_phrases(answer: Answer, corpus: Corpus) -> Iterator[str]:
    """Yield every notice whose phrase or old term is shown, quoted or around a quote, without that notice."""
    told = {notice.id for notice in answer.notices}
    for citation in answer.citations:
        shown = {overtaken.notice.id for overtaken in corpus.overtaken.get(citation.paragraph, ())}
        yield from sorted(shown - told - set(citation.notices))
        yield from sorted(set(citation.notices) - told)
        # Looked for once more by the bare words, so that a wrong table of places cannot hide itself.
        for notice in corpus.notices:
            if notice.phrase and notice.phrase in collapse(citation.quote) and notice.id not in told:
                yield notice.id
    listed = {notice.id for notice in answer.checklist.notices}
    for line in answer.checklist.lines:
        yield from sorted(set(line.notices) - listed)
        for notice in corpus.notices:
            if notice.phrase and notice.phrase in collapse(line.quote) and notice.id not in line.notices:
                yield notice.id


def bare_permissions(answer: Answer) -> Iterator[str]:
    """Yield every sentence of ours that permits without a condition or is a bare yes or no."""
    for sentence in answer.sentences:
        permits = _PERMITS.search(sentence.text) and not _CONDITION.search(sentence.text)
        if (sentence.kind != "quote" and _BARE.search(sentence.text)) or (
            sentence.kind in ("position", "note") and permits
        ):
            yield sentence.text


def notes_shown_as_quotes(answer: Answer) -> Iterator[str]:
    """Yield every note of ours that is cited as a quote of somebody else."""
    own = {citation.n for citation in answer.citations if citation.source_kind == "note"}
    for sentence in answer.sentences:
        if sentence.kind == "quote" and own & set(sentence.citations):
            yield sentence.text
    for line in answer.checklist.lines:
        if line.paragraph.startswith(f"{NOTES}/") and line.source_kind != "note":
            yield line.id


def wrong_desks(answer: Answer, right: tuple[str, ...], wrong: tuple[str, ...]) -> Iterator[str]:
    """Yield every desk that is wrong for this question and is named in our own words where no right one is."""
    said = " ".join(s.text for s in answer.sentences if s.kind in ("position", "note"))
    if any(re.search(_DESKS[desk], said) for desk in right):
        return
    yield from (desk for desk in wrong if re.search(_DESKS[desk], said))


DESKS = tuple(_DESKS)
