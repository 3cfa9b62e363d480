"""Checks: questions asked to see one promise kept each, beside the questions with gold paragraphs.

Their files are optional, so that a folder of somebody's own cases needs none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from assistant.answer import Answer
from corpus.facts import EXTERNAL
from corpus.load import Corpus
from corpus.paragraph import Language
from corpus.toml import LANGUAGES, Table
from evals.case import SPLITS, Split
from evals.harm import DESKS, bare_permissions, notes_shown_as_quotes, unmarked_phrases, wrong_desks

CheckKind = Literal["notices", "positions", "flagship", "desks", "permissions", "wishes"]
CHECK_KINDS: tuple[CheckKind, ...] = get_args(CheckKind)
CARRIED, CLEAN, QUOTED = "notice carried", "no grave notice", "notice carried where quoted"
CHOSEN, FITS, SHOWN = "position right", "position shown fits", "position shown"
POINTS, DESK, CONDITIONS = "flagship points", "no wrong desk", "not answered plainly"
WISHED, BESIDE = "a case where one is asked", "no case where none is"
MARKED, PERMITTED, APART = "overtaken phrases marked", "no bare permission", "notes kept apart"


@dataclass(frozen=True)
class CheckCase:
    """A question, and what its answer must hold: these notices, one of these positions (or none), these desks.

    `is_wish` tells whether it asks if something may go into the cloud, `gold` which paragraphs answer where that is
    written down.
    """

    id: str
    kind: CheckKind
    split: Split
    language: Language
    question: str
    notices: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    is_wish: bool = False
    gold: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckRow:
    """How one check went; a frozen row keeps neither its words nor what went wrong."""

    id: str
    kind: CheckKind
    split: Split
    language: Language
    scores: Mapping[str, float | None]
    question: str
    faults: tuple[str, ...]


def check_files(folder: Path) -> Iterator[tuple[CheckKind, Split, Path]]:
    """Yield the files of checks that are in a folder."""
    for kind in CHECK_KINDS:
        for split in SPLITS:
            path = folder / f"{kind}-{split}.jsonl"
            if path.exists():
                yield kind, split, path


def read_check(
    entry: Table, kind: CheckKind, split: Split, corpus: Corpus, gold: tuple[str, ...] = ()
) -> CheckCase:
    """Read one line of a file of checks, which `gold` answers. Raises DataError for what does not exist: a notice, a desk."""
    named = entry.value("position", [])
    positions = entry.texts("position") if isinstance(named, list) else tuple(filter(None, [str(named)]))
    case = CheckCase(
        entry.text("id"),
        kind,
        split,
        entry.one_of("language", LANGUAGES),
        entry.text("question"),
        entry.some_of("notices", tuple(notice.id for notice in corpus.notices)),
        positions,
        entry.some_of("right", DESKS),
        entry.some_of("wrong", DESKS),
        entry.flag("wish"),
        gold,
    )
    entry.done()
    if unknown := sorted(set(case.positions) - {position.id for position in corpus.positions.all}):
        raise entry.fault(f"no such position: '{unknown[0]}'")
    return case


def run_checks(
    cases: Iterable[CheckCase], corpus: Corpus, ask: Callable[[str], Answer]
) -> tuple[CheckRow, ...]:
    """Ask every question of the checks."""
    return tuple(_row(case, corpus, ask(case.question)) for case in cases)


def harm_scores(answer: Answer, corpus: Corpus) -> tuple[dict[str, float | None], tuple[str, ...]]:
    """Return what no answer may do as scores, 1 where it did not, and what it did in words."""
    harms = {
        MARKED: tuple(unmarked_phrases(answer, corpus)),
        PERMITTED: tuple(bare_permissions(answer)),
        APART: tuple(notes_shown_as_quotes(answer)),
    }
    faults = tuple(f"{name}: {what}" for name, done in harms.items() for what in done)
    return {name: float(not done) for name, done in harms.items()}, faults


def _row(case: CheckCase, corpus: Corpus, answer: Answer) -> CheckRow:
    harms, harmed = harm_scores(answer, corpus)
    scores, faults = _SCORERS[case.kind](case, answer)
    is_frozen = case.split == "frozen"
    words = (*faults, *harmed)
    return CheckRow(
        case.id,
        case.kind,
        case.split,
        case.language,
        {**scores, **harms},
        "" if is_frozen else case.question,
        ("withheld",) * bool(words) if is_frozen else words,
    )


Scored = tuple[dict[str, float | None], tuple[str, ...]]


def _score_notices(case: CheckCase, answer: Answer) -> Scored:
    told = {notice.id: notice for notice in answer.notices}
    if case.notices:
        missing = [name for name in case.notices if name not in told or not told[name].replaced_by]
        carried = float(not missing)
        is_quoted = any(citation.paragraph in case.gold for citation in answer.citations)
        faults = tuple(f"lacks notice {name}" for name in missing)
        return {CARRIED: carried, QUOTED: carried if is_quoted else None}, faults
    grave = [notice.id for notice in answer.notices if notice.severity != "C"]
    return {CLEAN: float(not grave)}, tuple(f"carries notice {name}" for name in grave)


def _score_position(case: CheckCase, answer: Answer) -> Scored:
    shown, fits = answer.position, answer.position in case.positions
    scores: dict[str, float | None] = {
        CHOSEN: float(fits if shown else not case.positions),
        FITS: float(fits) if shown else None,
        SHOWN: float(fits) if case.positions else None,
    }
    if scores[CHOSEN]:
        return scores, ()
    return scores, (f"shows '{shown}', expected '{' or '.join(case.positions) or 'none'}' ({answer.status})",)


def _score_flagship(_: CheckCase, answer: Answer) -> Scored:
    """Score the points of the ideal answer to the first question anybody asks, each as much as the others."""
    statuses = {line.id: line.status for line in answer.checklist.lines}
    told = {notice.id for notice in answer.notices}
    first = [citation.paragraph for citation in answer.citations[:2]]
    points = {
        "health data read": answer.facts.values("data.health") == ("yes",),
        "a supplier read": answer.facts.values(EXTERNAL) == ("yes",),
        "conditional": answer.status == "conditional",
        "prepared answer": answer.position == "case_health",
        "C08 and C09": {"C08", "C09"} <= told,
        "C13, C16 and C39": {"C13", "C16", "C39"} <= told,
        "quotes on special categories first": all("bijzondere-persoonsgegevens" in name for name in first),
        "what applies": all(
            statuses.get(i) == "applies" for i in ("P1", "P13", "S1", "S4", "V1", "W4", "W5", "W7")
        ),
        "what to find out": all(statuses.get(i) == "check" for i in ("D2", "D5", "R4")),
        "nothing ruled out": "not_applicable" not in statuses.values(),
        "asks on": bool(answer.ask_next),
    }
    missed = tuple(f"flagship: not {name}" for name, kept in points.items() if not kept)
    return {POINTS: 1 - len(missed) / len(points)}, missed


def _score_desks(case: CheckCase, answer: Answer) -> Scored:
    named = tuple(wrong_desks(answer, case.right, case.wrong))
    return {DESK: float(not named)}, tuple(f"names {desk}" for desk in named)


def _score_permission(_: CheckCase, answer: Answer) -> Scored:
    plain = answer.status == "answered"
    return {CONDITIONS: float(not plain)}, ("answered plainly",) * plain


def _score_wish(case: CheckCase, answer: Answer) -> Scored:
    is_case = answer.status == "conditional"
    score = float(is_case == case.is_wish)
    return {WISHED if case.is_wish else BESIDE: score}, (f"is {answer.status}",) * (not score)


_SCORERS: Mapping[CheckKind, Callable[[CheckCase, Answer], Scored]] = {
    "notices": _score_notices,
    "positions": _score_position,
    "flagship": _score_flagship,
    "desks": _score_desks,
    "permissions": _score_permission,
    "wishes": _score_wish,
}
