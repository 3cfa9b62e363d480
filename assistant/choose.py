"""Chooses what an answer quotes: what can stop the case, what points to a linked source, what was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answer import Checklist, Status
from assistant.decide import Decision
from corpus.facts import Facts
from corpus.load import Corpus
from corpus.manifest import Source
from corpus.paragraph import Paragraph, Span
from corpus.policy import PolicyItem
from index.hit import Hit

ANSWERING: tuple[Status, ...] = ("answered", "conditional", "partial")
_MOST_CITATIONS = 5
_MOST_NEAREST = 3
# In fused scores: a paragraph this far below the best one helps no more.
_TAIL = 0.5
_SHORT = 240  # characters; a longer paragraph is quoted by its best sentence


@dataclass(frozen=True)
class Choice:
    """A paragraph to quote, the spans of the sentence, and its score in the search (0 where not found)."""

    paragraph: Paragraph
    spans: tuple[Span, ...]
    score: float


def choose_quotes(
    corpus: Corpus, checklist: Checklist, facts: Facts, decision: Decision, hits: Sequence[Hit]
) -> tuple[Choice, ...]:
    """Return what to quote, in the order of relevance."""
    scores = {hit.paragraph: hit.score for hit in hits}
    first: list[Choice] = []
    if decision.status == "conditional":
        for item in _stoppers(corpus, checklist, facts):
            first.append(Choice(corpus.by_id[item.paragraph], (item.span,), scores.get(item.paragraph, 0.0)))
    if decision.source:
        first += [
            Choice(paragraph, paragraph.sentences[-1].spans, scores.get(paragraph.id, 0.0))
            for paragraph in _pointing_at(decision.source, corpus)
        ]
    already = {choice.paragraph.id for choice in first}
    most = _MOST_CITATIONS if decision.status in ANSWERING else _MOST_NEAREST
    found = [
        Choice(
            corpus.by_id[hit.paragraph], _spans_to_quote(corpus.by_id[hit.paragraph], hit.sentence), hit.score
        )
        for hit in hits
        if hit.paragraph not in already and hits[0].score - hit.score <= _TAIL
    ]
    return (*first, *found[: max(0, most - len(first))])


def _stoppers(corpus: Corpus, checklist: Checklist, facts: Facts) -> list[PolicyItem]:
    """Return the items that can stop this case, the gravest first."""
    statuses = {line.id: line.status for line in checklist.lines}
    items = [item for policy_list in corpus.policy for item in policy_list.items if item.stops]
    return [
        item
        for item in sorted(items, key=lambda item: item.stops)
        if _stands(item, statuses.get(item.id), facts)
    ]


def _stands(item: PolicyItem, status: str | None, facts: Facts) -> bool:
    """An item stands in the way if it applies, or may apply given a kind of data that is known to be there."""
    keys = {condition.key for clause in item.applies_when for condition in clause}
    known = any(key.startswith("data.") and facts.values(key) == ("yes",) for key in keys)
    return status == "applies" or (status == "check" and known)


def _pointing_at(source: Source, corpus: Corpus) -> Iterator[Paragraph]:
    lines = [int(line) for line in source.linked_at]
    for paragraph in corpus.paragraphs:
        if any(paragraph.lines[0] <= line <= paragraph.lines[1] for line in lines):
            yield paragraph


def _spans_to_quote(paragraph: Paragraph, sentence: str) -> tuple[Span, ...]:
    """Quote a short paragraph whole, of a long one its best sentence."""
    if len(paragraph.text) <= _SHORT:
        return paragraph.spans
    return next((s.spans for s in paragraph.sentences if s.id == sentence), paragraph.sentences[0].spans)
