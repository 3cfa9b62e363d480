"""Runs peers, each in a process of its own, and judges what they show. One row for a peer and a language."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

import numpy as np
from pydantic import TypeAdapter, ValidationError

from corpus.load import Corpus
from corpus.paragraph import Language
from corpus.toml import LANGUAGES
from evals.case import QuestionCase
from evals.load import GUIDANCE
from evals.peers.judge import found_within, length, recall_at
from evals.peers.peer import Peer
from evals.peers.worker import ASK, BUILD, DEPTH, Outcome
from evals.row import FIRST_SCREEN

FOUND, RECALL, LENGTH = f"found within {FIRST_SCREEN:,}", f"recall@{DEPTH}", f"characters in {DEPTH}"
COLD_START, MIDDLE, SLOW, BUILD_TIME, MEMORY = "cold start", "query p50", "query p95", "build", "memory"
_OUTCOME = TypeAdapter(Outcome)
_LIMIT = 3600  # seconds for one step of one peer
# Asked first, for the cold start: the same words for every peer, and no question that is scored.
_FIRST: Mapping[Language, str] = {
    "nl": "Mogen wij gezondheidsgegevens opslaan bij deze SaaS?",
    "en": "may we store health data with this SaaS?",
}

# Runs one step of a peer with the arguments that the worker takes. Raises PeerFault.
Start = Callable[[str, Peer, Path, Sequence[str]], None]
Values = Mapping[str, float]


class PeerFault(Exception):
    """A peer ended before its work was done; the message is the last thing it said."""


@dataclass(frozen=True)
class Row:
    """What was measured of a peer in a language: seconds, MB, shares; or, without values, the reason why not."""

    peer: str
    language: Language
    values: Values
    reason: str = ""
    has_failed: bool = False


def start(step: str, peer: Peer, folder: Path, arguments: Sequence[str]) -> None:
    """Run the worker in a process of its own. Raises PeerFault."""
    command = [sys.executable, "-m", "evals.peers.worker", step, peer.name, str(folder), *arguments]
    try:
        ran = subprocess.run(  # noqa: S603 - our own module, with a name of our own
            command, capture_output=True, text=True, check=False, timeout=_LIMIT, errors="replace"
        )
    except subprocess.TimeoutExpired as error:
        raise PeerFault(f"'{step}' took more than {_LIMIT} s") from error
    if ran.returncode:
        said = ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"]
        raise PeerFault(f"'{step}' failed: {said[-1]}")


def measure(
    peers: Sequence[Peer],
    cases: Iterable[QuestionCase],
    corpus: Corpus,
    runs: int,
    start: Start,
    progress: Callable[[str], None],
) -> tuple[Row, ...]:
    """Build and ask every peer `runs` times, taking turns, and return the medians in the order of the peers.

    Only questions with gold count. A peer whose packages are missing or that ends early has a reason instead.
    """
    asked = [case for case in cases if case.gold]
    reasons = {peer.name: reason for peer in peers if (reason := _lacking(peer))}
    failed = set[str]()
    values: dict[tuple[str, Language], list[Values]] = {}
    for number, peer in ((number, peer) for number in range(1, runs + 1) for peer in peers):
        if peer.name in reasons:
            continue
        progress(f"run {number} of {runs}: {peer.name}")
        try:
            for language, once in _run_once(peer, asked, corpus, start).items():
                values.setdefault((peer.name, language), []).append(once)
        except PeerFault as error:
            reasons[peer.name] = str(error)
            failed.add(peer.name)
    return tuple(
        Row(peer.name, language, {}, reasons[peer.name], peer.name in failed)
        if peer.name in reasons
        else Row(peer.name, language, _medians(values[peer.name, language]))
        for language in LANGUAGES
        for peer in peers
    )


def _lacking(peer: Peer) -> str:
    missing = [package for package in peer.packages if not _is_installed(package)]
    return f"skipped: needs {', '.join(missing)}; run: make peers" if missing else ""


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _run_once(
    peer: Peer, cases: Sequence[QuestionCase], corpus: Corpus, start: Start
) -> dict[Language, Values]:
    with TemporaryDirectory() as place:
        folder, questions = Path(place, "built"), Path(place, "questions")
        folder.mkdir()
        begun = time.monotonic()
        start(BUILD, peer, folder, ())
        build = time.monotonic() - begun
        values: dict[Language, Values] = {}
        for language in LANGUAGES:
            answers = Path(place, f"answers-{language}")
            spoken = [case for case in cases if case.language == language]
            texts = [_FIRST[language], *(case.question for case in spoken)]
            questions.write_text(json.dumps(texts), encoding="utf-8")
            start(ASK, peer, folder, (str(questions), str(answers), str(time.monotonic())))
            values[language] = {**judge(_read(answers), spoken, corpus), BUILD_TIME: build}
        return values


def _read(answers: Path) -> Outcome:
    try:
        return _OUTCOME.validate_json(answers.read_bytes())
    except (OSError, ValidationError) as error:
        raise PeerFault("'ask' left no answers that can be read") from error


def judge(outcome: Outcome, cases: Sequence[QuestionCase], corpus: Corpus) -> Values:
    """Return what the answers to these cases, in their order, are worth, and what they took."""
    guidance = corpus.documents[GUIDANCE]
    pairs = [
        (asked, [corpus.by_id[name] for name in case.gold])
        for asked, case in zip(outcome.asked, cases, strict=True)
    ]
    seconds = [asked.seconds for asked in outcome.asked]
    return {
        FOUND: fmean(found_within(FIRST_SCREEN, gold, asked.answer, guidance) for asked, gold in pairs),
        RECALL: fmean(recall_at(DEPTH, gold, asked.ranking) for asked, gold in pairs),
        LENGTH: fmean(length(asked.ranking) for asked in outcome.asked),
        COLD_START: outcome.cold_start,
        MIDDLE: float(np.quantile(seconds, 0.5)),
        SLOW: float(np.quantile(seconds, 0.95)),
        MEMORY: outcome.memory,
    }


def _medians(runs: Sequence[Values]) -> Values:
    return {name: median(run[name] for run in runs) for name in runs[0]}
