"""The blind sheet: twenty answers for a person to score without knowing what we expect, and the key to join them later."""

import json
from collections.abc import Mapping, Sequence

import numpy as np

from assistant.answer import Answer
from assistant.page.html import show_sentences
from assistant.page.markup import Html
from assistant.page.parts import Speaker
from assistant.words import Words
from corpus.errors import DataError
from corpus.glossary import Glossary
from corpus.toml import LANGUAGES
from evals.case import KINDS, QuestionCase
from evals.template import render

SEED = 20160601
NUMBER = 20
# A link to a glossary would lead nowhere on paper.
_NO_TERMS = Glossary({}, "")


def draw(cases: Sequence[QuestionCase]) -> tuple[QuestionCase, ...]:
    """Draw twenty questions for tuning over languages and kinds, no two of them twins; the seed is fixed.

    A person who reads answers learns what would better them: that is tuning, so frozen questions take no part.
    Raises DataError where there are too few.
    """
    random = np.random.default_rng(SEED)
    tuning = sorted((case for case in cases if case.split == "tune"), key=lambda case: case.id)
    waiting = [tuning[n] for n in random.permutation(len(tuning))]
    turns = [(kind, LANGUAGES[(n + turn) % 2]) for turn in range(2) for n, kind in enumerate(KINDS)]
    drawn: list[QuestionCase] = []
    while len(drawn) < NUMBER:
        before = len(drawn)
        for turn in turns:
            twins = {case.twin for case in drawn}
            free = (c for c in waiting if (c.kind, c.language) == turn and c.twin not in twins)
            if len(drawn) < NUMBER and (case := next(free, None)):
                drawn.append(case)
        if len(drawn) == before:
            raise DataError(
                "the cases", "split 'tune'", f"holds fewer than {NUMBER} questions that are no twins"
            )
    return tuple(drawn[n] for n in random.permutation(NUMBER))


def to_sheet(answers: Sequence[Answer], words: Words) -> str:
    """Return the sheet as HTML: question, answer and sources as a user reads them, and boxes to tick."""
    entries = [
        {
            "number": number,
            "language": answer.language,
            "question": answer.question,
            "said": _unfold(answer, words),
            "sources": [f"[{citation.n}] {citation.locator}" for citation in answer.citations],
        }
        for number, answer in enumerate(answers, 1)
    ]
    return render("sheet.html", {"entries": entries})


def to_key(asked: Sequence[tuple[QuestionCase, Answer]], digests: Mapping[str, str]) -> str:
    """Return which question each number of the sheet is, and on what it was answered, as JSON."""
    rows = [
        {"number": n, "id": case.id, "kind": case.kind, "language": case.language, "status": answer.status}
        for n, (case, answer) in enumerate(asked, 1)
    ]
    return (
        json.dumps({"seed": SEED, "digests": digests, "answers": rows}, ensure_ascii=False, indent=1) + "\n"
    )


def _unfold(answer: Answer, words: Words) -> Html:
    """Return what was said with everything open: paper cannot be clicked, and a notice must not be hidden."""
    said = "".join(show_sentences(answer, Speaker(words, answer.language, _NO_TERMS)))
    return Html(said.replace("<details>", "<details open>"))
