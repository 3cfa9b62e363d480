"""Chooses what an answer quotes: what can stop the case, what points to a linked source, what was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answer import Checklist, Status
from assistant.decide import Decision
from assistant.find import BEHIND
from corpus.facts import Facts
from corpus.load import Corpus
from corpus.manifest import AUTHORITIES, Source
from corpus.paragraph import Paragraph, Span
from corpus.policy import PolicyItem
from corpus.positions import Position
from index.hit import Hit

ANSWERING: tuple[Status, ...] = ("answered", "conditional", "partial")
_MOST_CITATIONS = 5
_MOST_NEAREST = 3
_MOST_NOTES = 2
# In fused scores: a paragraph this far below the best one helps no more.
_TAIL = 0.6
_SHORT = 240  # characters; a longer paragraph is quoted by its best sentence


@dataclass(frozen=True)
class Choice:
    """A paragraph to quote, the spans of the sentence, and its score in the search (0 where not found).

    `mark` is the number under which a prepared answer refers to it, 0 where none does.
    """

    paragraph: Paragraph
    spans: tuple[Span, ...]
    score: float
    mark: int = 0


@dataclass(frozen=True)
class Found:
    """What was found, the best first: paragraphs of the guidance, of documents that people added, and our own notes."""

    hits: tuple[Hit, ...]
    added: tuple[Hit, ...]
    notes: tuple[Hit, ...]

    @property
    def best(self) -> float:
        """The best score of the guidance and our own notes, 0 where nothing was found."""
        return max((hit.score for hit in (*self.hits, *self.notes)), default=0.0)

    def score(self, paragraph: str) -> float:
        """Return the score of a paragraph, 0 where it was not found."""
        return next(
            (hit.score for hit in (*self.hits, *self.added, *self.notes) if hit.paragraph == paragraph), 0.0
        )


def choose(
    corpus: Corpus,
    checklist: Checklist,
    facts: Facts,
    decision: Decision,
    found: Found,
    position: Position | None,
) -> tuple[Choice, ...]:
    """Return what to cite, in the order of relevance, our own notes last.

    In a case what was prepared or can stop it comes first; else what was prepared stands among what was found. What has
    more authority goes before all that: the law, then one's own policy, then standards, then the guidance.
    """
    prepared = [
        Choice(corpus.by_id[cite.paragraph], (cite.span,), found.score(cite.paragraph), number)
        for number, cite in enumerate(position.cites if position else (), 1)
    ]
    missed, beside = _beside(corpus, checklist, facts, decision, found, prepared)
    is_of_a_case = position is not None and position.breadth == "case"
    chosen = [*prepared, *missed, *beside] if is_of_a_case else [*missed, *prepared, *beside]
    if prepared and decision.status != "conditional":
        chosen.sort(key=lambda choice: -choice.score)
    if not prepared:
        chosen += _notes(corpus, decision, found)
    return tuple(sorted(chosen, key=lambda choice: _rank(choice, corpus)))


def _rank(choice: Choice, corpus: Corpus) -> tuple[bool, int]:
    """Return the place of a source among others: our own notes last, else by its authority."""
    source = corpus.sources[choice.paragraph.source]
    return choice.paragraph.id in corpus.notes, AUTHORITIES.index(source.authority)


def _beside(
    corpus: Corpus,
    checklist: Checklist,
    facts: Facts,
    decision: Decision,
    found: Found,
    prepared: Sequence[Choice],
) -> tuple[list[Choice], list[Choice]]:
    """Return what to quote before and after what was prepared.

    Before it goes what was found much better than anything that was prepared, after it what can stop a case, or
    where nothing was prepared the best that was found.
    """
    first: list[Choice] = []
    if decision.status == "conditional":
        for item in _stoppers(corpus, checklist, facts):
            first.append(Choice(corpus.by_id[item.paragraph], (item.span,), found.score(item.paragraph)))
    if decision.source:
        first += [
            Choice(paragraph, paragraph.sentences[-1].spans, found.score(paragraph.id))
            for paragraph in _pointing_at(decision.source, corpus)
        ]
    cited = {(choice.paragraph.id, span) for choice in prepared for span in choice.spans}
    first = [c for c in first if not any((c.paragraph.id, span) in cited for span in c.spans)]
    speaking = sorted(_speaking(corpus, decision, found), key=lambda choice: _rank(choice, corpus))
    already = {choice.paragraph.id for choice in (*prepared, *first)}
    further = [
        _choose_hit(hit, corpus)
        for hit in found.hits
        if hit.paragraph not in already and found.hits[0].score - hit.score <= _TAIL
    ]
    if prepared:
        best = max(choice.score for choice in prepared)
        missed = further[: found.hits[0].score - best > _TAIL] if found.hits else []
        beside = first[: max(0, _MOST_CITATIONS - len(prepared) - len(missed))]
        return missed, [*beside, *speaking]
    if decision.is_guidance_silent:
        return [], speaking
    most = _MOST_CITATIONS if decision.status in ANSWERING else _MOST_NEAREST
    return [], [*first, *further[: max(0, most - len(first))], *speaking]


def _speaking(corpus: Corpus, decision: Decision, found: Found) -> tuple[Choice, ...]:
    """Return what documents that people added say, a list item behind the words that lead it in: they belong together."""
    chosen: dict[str, Choice] = {}
    for hit in found.added:
        if hit.paragraph in decision.speaking:
            paragraph = corpus.by_id[hit.paragraph]
            if lead := corpus.documents[paragraph.source].find_lead_in(paragraph):
                spans = _spans_to_quote(lead, lead.sentences[-1].id)
                chosen.setdefault(lead.id, Choice(lead, spans, hit.score))
            chosen.setdefault(paragraph.id, _choose_hit(hit, corpus))
    return tuple(chosen.values())


def _choose_hit(hit: Hit, corpus: Corpus) -> Choice:
    paragraph = corpus.by_id[hit.paragraph]
    return Choice(paragraph, _spans_to_quote(paragraph, hit.sentence), hit.score)


def _notes(corpus: Corpus, decision: Decision, found: Found) -> Iterator[Choice]:
    """Yield the notes of our own that fit about as well as the best paragraph."""
    if decision.status not in (*ANSWERING, "not_in_corpus"):
        return
    for hit in found.notes[:_MOST_NOTES]:
        if found.best - hit.score <= _TAIL + BEHIND:
            paragraph = corpus.by_id[hit.paragraph]
            yield Choice(paragraph, paragraph.spans, hit.score)


def _stoppers(corpus: Corpus, checklist: Checklist, facts: Facts) -> list[PolicyItem]:
    """Return the items that can stop this case, the gravest first."""
    statuses = {line.id: line.status for line in checklist.lines}
    items = [
        item
        for policy_list in corpus.policy
        for item in policy_list.items
        if item.stops and item.paragraph not in corpus.notes
    ]
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
