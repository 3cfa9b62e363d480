"""Runs the cases and keeps one row for each: its scores and, of the cases for tuning, what went wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from textwrap import shorten
from time import perf_counter

from assistant.answer import Answer
from assistant.cite import verify_answer
from assistant.render import to_json
from assistant.words import read_words
from corpus.facts import Reading
from corpus.load import Corpus
from corpus.paragraph import Sentence
from evals.case import FactCase, QuestionCase, Split
from evals.checks import harm_scores, run_checks
from evals.load import GUIDANCE, Cases
from evals.own import OwnCase, agreement
from evals.row import (
    DEPTH,
    FIRST_SCREEN,
    FOUND,
    SAME_TWICE,
    WITHHELD,
    Excerpt,
    FactRow,
    OwnRow,
    QuestionRow,
    Results,
    Scores,
)
from evals.score import (
    Counts,
    answered_wrongly,
    checklist_faults,
    citation_precision,
    compare_facts,
    falsely_ruled_out,
    first_rank,
    found_within,
    full_recall_at,
    recall_at,
    reciprocal_rank,
    refused_wrongly,
    ruled_out,
    sentence_right,
    status_right,
    wrong_items,
)

Ask = Callable[[str], Answer]
Search = Callable[[str, int], Sequence[str]]
Weigh = Callable[[str], float]
Clock = Callable[[], float]
ReadFacts = Callable[[str], Mapping[str, Reading]]
_INSTEAD = 3
_EXCERPT = 200  # characters


def run(
    cases: Cases,
    corpus: Corpus,
    ask: Ask,
    search: Search,
    weigh: Weigh,
    read: ReadFacts,
    made_of: Mapping[str, str],
    date: str,
    clock: Clock = perf_counter,
) -> Results:
    """Run all cases. `made_of` names the digests of index and recipe that `ask`, `search` and `weigh` use."""
    digests = {
        "corpus": corpus.digest,
        "rules": corpus.rules_digest,
        "cases": cases.digest,
        **made_of,
    }
    return Results(
        date,
        digests,
        run_questions(cases.questions, corpus, ask, search, weigh, clock),
        run_facts(cases.facts, corpus, read),
        run_checks(cases.checks, corpus, ask),
    )


def run_questions(
    cases: Iterable[QuestionCase],
    corpus: Corpus,
    ask: Ask,
    search: Search,
    weigh: Weigh,
    clock: Clock = perf_counter,
) -> tuple[QuestionRow, ...]:
    """Ask every question twice, and search it; `search` returns the ids of the first paragraphs, best first.

    `weigh` returns the probability that a question is answerable, `clock` the seconds since some moment.
    """
    rows = []
    for case in cases:
        began = clock()
        answer = ask(case.question)
        seconds = round(clock() - began, 3)
        ranking = search(case.question, DEPTH)[:DEPTH]
        row = _question_row(case, corpus, answer, ask(case.question), ranking)
        row = replace(row, seconds=seconds)
        rows.append(row if case.split == "frozen" else _look_into(row, case, corpus, ranking, weigh))
    return tuple(rows)


def run_own(
    cases: Sequence[OwnCase],
    corpus: Corpus,
    ask: Ask,
    search: Search,
    weigh: Weigh,
    clock: Clock = perf_counter,
) -> tuple[OwnRow, ...]:
    """Ask a municipality's own questions as ours are asked."""
    rows = run_questions((case.question for case in cases), corpus, ask, search, weigh, clock)
    said = (agreement(case, corpus, read_words(), "en") for case in cases)
    return tuple(OwnRow(row, one) for row, one in zip(rows, said, strict=True))


def run_facts(cases: Iterable[FactCase], corpus: Corpus, read: ReadFacts) -> tuple[FactRow, ...]:
    """Read the facts of every text; `read` returns what the text states, derived facts or not."""
    return tuple(_fact_row(case, corpus, read(case.text)) for case in cases)


def _question_row(
    case: QuestionCase, corpus: Corpus, answer: Answer, again: Answer, ranking: Sequence[str]
) -> QuestionRow:
    quotes = verify_answer(to_json(answer, corpus.vocabulary), corpus)
    incomplete = checklist_faults(answer.checklist, corpus.policy, answer.facts)
    wrong = wrong_items(case.items, answer.checklist)
    lists: tuple[str, ...] = ()
    falsely: tuple[str, ...] = ()
    counts: dict[str, Counts] = {}
    misread: tuple[str, ...] = ()
    if case.facts is not None:
        gold_facts = corpus.vocabulary.combine(case.facts)
        lists = checklist_faults(answer.checklist, corpus.policy, gold_facts)
        falsely = falsely_ruled_out(case.items, answer.checklist, ruled_out(corpus.policy, gold_facts))
        counts, misread = compare_facts(case.facts, answer.facts.readings)
    harms, harmed = harm_scores(answer, corpus)
    scores = {
        **_retrieval_scores(case.gold, answer, ranking),
        "sentence right": sentence_right(case.gold, _sentences(case, corpus), answer.citations),
        "quotes verify": float(not quotes),
        "checklist complete": float(not incomplete),
        "checklist as gold": None if case.facts is None else float(not lists),
        "items right": 1 - len(wrong) / len(case.items) if case.items else None,
        "status right": status_right(case, answer.status),
        "answered wrongly": answered_wrongly(case, answer.status),
        "refused wrongly": refused_wrongly(case, answer.status),
        "language right": float(answer.language == case.language),
        SAME_TWICE: float(answer == again),
        **harms,
    }
    faults = (
        *_answer_faults(case, answer, scores, first_rank(case.gold, ranking)),
        *(f"quote: {fault.reason}" for fault in quotes),
        *(f"checklist: {fault}" for fault in dict.fromkeys((*incomplete, *lists))),
        *(f"{item} is {shown}, expected {case.items[item]}" for item, shown in wrong.items()),
        *(f"{item} is wrongly ruled out" for item in falsely if item not in wrong),
        *misread,
        *harmed,
    )
    shown = _shown(case.split, case.question, faults)
    return QuestionRow(
        case.id,
        case.twin,
        case.split,
        case.language,
        case.kind,
        answer.status,
        scores,
        counts,
        falsely,
        *shown,
    )


def _look_into(
    row: QuestionRow, case: QuestionCase, corpus: Corpus, ranking: Sequence[str], weigh: Weigh
) -> QuestionRow:
    """Return a row for tuning with its probability and, of a miss, what answers and what was found instead."""
    probability = round(weigh(case.question), 4)
    if not (0 in (row.scores["recall@5"], row.scores[FOUND]) or row.scores["answered wrongly"]):
        return replace(row, probability=probability)
    gold, instead = (
        tuple(Excerpt(name, shorten(corpus.by_id[name].text, _EXCERPT, placeholder=" ...")) for name in names)
        for names in (case.gold, ranking[:_INSTEAD])
    )
    return replace(row, probability=probability, gold=gold, instead=instead)


def _sentences(case: QuestionCase, corpus: Corpus) -> tuple[Sentence, ...]:
    gold = (corpus.by_id[name] for name in case.gold if case.sentences)
    return tuple(sentence for p in gold for sentence in p.sentences if sentence.id in case.sentences)


def _retrieval_scores(gold: Sequence[str], answer: Answer, ranking: Sequence[str]) -> Scores:
    return {
        "recall@1": recall_at(1, gold, ranking),
        "recall@5": recall_at(5, gold, ranking),
        "full recall@5": full_recall_at(5, gold, ranking),
        f"MRR@{DEPTH}": reciprocal_rank(gold, ranking),
        FOUND: found_within(FIRST_SCREEN, gold, answer.citations),
        "citation precision": citation_precision(gold, answer.citations, GUIDANCE),
    }


def _answer_faults(case: QuestionCase, answer: Answer, scores: Scores, rank: int | None) -> Iterator[str]:
    if not scores["status right"]:
        yield f"status is {answer.status}, expected {' or '.join(case.status)}"
    if not scores["language right"]:
        yield f"the answer is in {answer.language}"
    if scores["recall@5"] == 0:
        yield f"first gold paragraph at rank {rank}" if rank else f"no gold paragraph among the first {DEPTH}"
    if scores[FOUND] == 0:
        yield f"no gold paragraph begins within {FIRST_SCREEN} characters"


def _fact_row(case: FactCase, corpus: Corpus, read: Mapping[str, Reading]) -> FactRow:
    counts, misread = compare_facts(case.facts, read)
    by_gold = ruled_out(corpus.policy, corpus.vocabulary.combine(case.facts))
    falsely = tuple(sorted(ruled_out(corpus.policy, corpus.vocabulary.combine(read)) - by_gold))
    faults = (*misread, *(f"{item} is wrongly ruled out" for item in falsely))
    shown = _shown(case.split, case.text, faults)
    return FactRow(case.id, case.split, case.language, counts, falsely, *shown)


def _shown(split: Split, text: str, faults: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    if split == "frozen":
        return "", (WITHHELD,) if faults else ()
    return text, tuple(faults)
