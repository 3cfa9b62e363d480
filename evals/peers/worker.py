"""The process of one peer: builds it, or asks it every question. It knows no gold and imports no other peer.

python -m evals.peers.worker build PEER FOLDER
python -m evals.peers.worker ask PEER FOLDER QUESTIONS ANSWERS STARTED
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.peers.catalogue import PEERS
from evals.peers.peer import Opened, Piece

BUILD, ASK = "build", "ask"
DEPTH = 5


@dataclass(frozen=True)
class Asked:
    """What a question brought: the seconds until its answer, the answer, and the first pieces of the search."""

    seconds: float
    answer: tuple[Piece, ...]
    ranking: tuple[Piece, ...]


@dataclass(frozen=True)
class Outcome:
    """What the questions brought; seconds from the start of the process to the first answer, and peak memory in MB."""

    cold_start: float
    memory: float
    asked: tuple[Asked, ...]


def main(argv: Sequence[str]) -> None:
    """Do one step. QUESTIONS is a JSON list; the first one is asked before the rest and not counted.

    STARTED is what `time.monotonic` returned when the process was started; ANSWERS gets the Outcome.
    """
    step, name, folder = argv[0], argv[1], Path(argv[2])
    method = next(peer for peer in PEERS if peer.name == name).load()
    if step == BUILD:
        from corpus.load import load_corpus
        from evals.load import GUIDANCE

        guidance = load_corpus().documents[GUIDANCE]
        method.build(guidance, folder)
        return
    questions, answers, started = Path(argv[3]), Path(argv[4]), float(argv[5])
    first, *others = json.loads(questions.read_text(encoding="utf-8"))
    outcome = ask(lambda: method.open(folder), first, others, started)
    answers.write_text(json.dumps(asdict(outcome)), encoding="utf-8")


def ask(open_peer: Callable[[], Opened], first: str, questions: Sequence[str], started: float) -> Outcome:
    """Open the peer, answer the first question, then each of the others, and search it."""
    opened = open_peer()
    opened.answer(first)
    cold_start = time.monotonic() - started
    asked = []
    for question in questions:
        begun = time.perf_counter()
        answer = opened.answer(question)
        seconds = time.perf_counter() - begun
        asked.append(Asked(seconds, answer, opened.search(question, DEPTH)))
    return Outcome(cold_start, _peak_memory(), tuple(asked))


def _peak_memory() -> float:
    """Return the most memory this program ever held, in MB.

    On Linux ru_maxrss also counts the process that started this one; the kernel's VmHWM does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # macOS counts bytes


if __name__ == "__main__":
    main(sys.argv[1:])
