"""The scorers. A score lies between 0 and 1; None means that it does not apply to this case."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Checklist, Citation, ItemStatus, Status
from assistant.checklist import decide, is_brought_in
from corpus.facts import ABOUT_CASE, EXTERNAL, Facts, Reading, derive
from corpus.paragraph import Sentence, Span, overlaps
from corpus.policy import PolicyList
from evals.case import ANSWERING, QuestionCase

PROMISED = tuple(f"P{number}" for number in range(1, 14))
ABSENT = "absent"


@dataclass(frozen=True)
class Counts:
    """How many values were read rightly, wrongly (false positives) and not at all (false negatives)."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float | None:
        """Return the share of what was read that is right."""
        read = self.right + self.wrong
        return self.right / read if read else None

    @property
    def recall(self) -> float | None:
        """Return the share of what is there that was read."""
        there = self.right + self.missed
        return self.right / there if there else None


def recall_at(k: int, gold: Sequence[str], ranking: Sequence[str]) -> float | None:
    """Return 1 if any gold paragraph is among the first k: one that answers is enough for the reader."""
    return float(not set(gold).isdisjoint(ranking[:k])) if gold else None


def full_recall_at(k: int, gold: Sequence[str], ranking: Sequence[str]) -> float | None:
    """Return the share of the gold paragraphs among the first k, of as many as k can hold."""
    return len(set(gold) & set(ranking[:k])) / min(k, len(gold)) if gold else None


def reciprocal_rank(gold: Sequence[str], ranking: Sequence[str]) -> float | None:
    """Return 1 / the rank of the first gold paragraph, 0 where there is none."""
    rank = first_rank(gold, ranking)
    return (1 / rank if rank else 0.0) if gold else None


def first_rank(gold: Sequence[str], ranking: Sequence[str]) -> int | None:
    """Return the rank of the first gold paragraph, counted from 1."""
    return next((rank for rank, paragraph in enumerate(ranking, 1) if paragraph in gold), None)


def found_within(characters: int, gold: Sequence[str], citations: Iterable[Citation]) -> float | None:
    """Return 1 if a gold paragraph begins within the first characters cited; a paragraph is read once."""
    if not gold:
        return None
    texts = {citation.paragraph: citation.text for citation in citations}
    begins = 0
    for paragraph, text in texts.items():
        if begins >= characters:
            break
        if paragraph in gold:
            return 1.0
        begins += len(text)
    return 0.0


def citation_precision(gold: Sequence[str], citations: Iterable[Citation], source: str) -> float | None:
    """Return the share of gold among the paragraphs cited from `source`, the one that gold is about."""
    cited = {citation.paragraph for citation in citations if citation.source == source}
    return len(cited & set(gold)) / len(cited) if gold and cited else None


def sentence_right(
    gold: Sequence[str], sentences: Sequence[Sentence], citations: Iterable[Citation]
) -> float | None:
    """Return 1 if the first quote from a gold paragraph shows one of the sentences that answer.

    None where none were written down or no gold paragraph is cited.
    """
    if not sentences:
        return None
    spans = tuple(span for sentence in sentences for span in sentence.spans)
    first = next((citation for citation in citations if citation.paragraph in gold), None)
    return float(overlaps(Span(first.start, first.end), spans)) if first else None


def status_right(case: QuestionCase, status: Status) -> float:
    """Return 1 if the status is one of those that are right."""
    return float(status in case.status)


def answered_wrongly(case: QuestionCase, status: Status) -> float | None:
    """Return 1 if an answer was given where the sources have none."""
    return None if case.is_answerable else float(status in ANSWERING)


def refused_wrongly(case: QuestionCase, status: Status) -> float | None:
    """Return 1 if no answer was given where the sources have one."""
    return float(status not in ANSWERING) if case.is_answerable else None


def checklist_faults(checklist: Checklist, policy: Iterable[PolicyList], facts: Facts) -> tuple[str, ...]:
    """Return what is missing from the checklist of a case with these facts, and what is there twice.

    It must hold P1-P13 and all items of the lists that the rules bring in, and name the others as absent.
    """
    shown = Counter(line.id for line in checklist.lines)
    absent = {named.id for named in checklist.absent}
    needed = dict.fromkeys(PROMISED)
    lists = []
    for policy_list in policy:
        items = [item.id for item in policy_list.items]
        if is_brought_in(policy_list, facts):
            needed |= dict.fromkeys(items)
        elif policy_list.id not in absent and not set(items) <= set(shown):
            lists.append(policy_list.id)
    return (
        *(f"{item} is missing" for item in needed if item not in shown),
        *(f"{item} is there twice" for item, times in sorted(shown.items()) if times > 1),
        *(f"list {identity} is neither shown nor named as absent" for identity in lists),
    )


def wrong_items(items: Mapping[str, ItemStatus], checklist: Checklist) -> dict[str, str]:
    """Return the named items shown with another status than gold, and the status shown or `absent`."""
    shown = {line.id: line.status for line in checklist.lines}
    return {item: shown.get(item, ABSENT) for item, status in items.items() if shown.get(item) != status}


def ruled_out(policy: Iterable[PolicyList], facts: Facts) -> frozenset[str]:
    """Return the items that the rules show as not applicable to a case with these facts."""
    return frozenset(
        item.id
        for policy_list in policy
        for item in policy_list.items
        if decide(item, facts)[0] == "not_applicable"
    )


def falsely_ruled_out(
    items: Mapping[str, ItemStatus], checklist: Checklist, by_gold: frozenset[str]
) -> tuple[str, ...]:
    """Return the items shown as not applicable that gold does not rule out.

    Gold is the status named for the item, else what the rules say of the gold facts.
    """
    return tuple(
        line.id
        for line in checklist.lines
        if line.status == "not_applicable"
        and items.get(line.id, "not_applicable" if line.id in by_gold else "applies") != "not_applicable"
    )


def compare_facts(
    gold: Mapping[str, Reading], read: Mapping[str, Reading]
) -> tuple[dict[str, Counts], tuple[str, ...]]:
    """Return the counts per key, and each value read wrongly or missed in words; both sides are closed first.

    What is read of `about_case` counts only where gold has it; `external` is derived later and never counts.
    """
    there, found = _values(gold), _values(read)
    if ABOUT_CASE not in gold:
        found = {(key, value) for key, value in found if key != ABOUT_CASE}
    counts = {
        key: Counts(
            sum(k == key for k, _ in there & found),
            sum(k == key for k, _ in found - there),
            sum(k == key for k, _ in there - found),
        )
        for key in sorted({key for key, _ in there | found})
    }
    faults = [f"{key}={value} is missed" for key, value in sorted(there - found)]
    faults += [f"{key}={value} is not stated" for key, value in sorted(found - there)]
    return counts, tuple(faults)


def _values(readings: Mapping[str, Reading]) -> set[tuple[str, str]]:
    return {
        (key, value)
        for key, reading in derive(readings).items()
        if key != EXTERNAL
        for value in reading.values
    }
