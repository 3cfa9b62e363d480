"""What one run of `eval bench` measured, as JSON, and as a table against the goals."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from evals.bench import SearchSpeed, Spread

LARGE = 100_000  # passages


@dataclass(frozen=True)
class PageSpeed:
    """How the page serves: seconds from the command until it answers, and until its search is open.

    `answer` is from sending a question to the whole answer, over HTTP, without a browser; `fact` the same for a changed
    fact; `late_answer` and `late_fact` are of the 20th question of a conversation. `crowd` are the seconds in which 20
    people at once got an answer to 5 questions each, `failed` the questions of theirs that got none. Of many more at
    once `refused` were, and `unclear` of these without a time to come back. `memory` are resident megabytes after a
    Dutch question, then an English one; empty where the system does not tell.
    """

    up: float
    warm: float
    answer: Spread
    fact: Spread
    late_answer: Spread
    late_fact: Spread
    crowd: float
    failed: int
    refused: int
    unclear: int
    memory: tuple[float, ...]


@dataclass(frozen=True)
class Speed:
    """What was measured: times in milliseconds where nothing else is said.

    `load` is the machine's load average before (1, 5 and 15 minutes), `passages` the passages encoded a second by
    encoder, `engine` where the index is, `own` its search by encoder, `search` that of made-up vectors by encoder and
    size, measured where the index is in a folder, `cold_start` seconds by language.
    """

    load: tuple[float, float, float]
    cores: int
    questions: int
    answer: Mapping[str, Spread]
    passages: Mapping[str, float]
    engine: Literal["folder", "database"]
    own: Mapping[str, Spread]
    search: Mapping[str, tuple[SearchSpeed, ...]]
    grams: Mapping[int, Spread]
    cold_start: Mapping[str, float]
    page: PageSpeed


@dataclass(frozen=True)
class Goal:
    """A goal: what was measured, and what it must stay below, or with `least` reach."""

    name: str
    measured: float
    bound: float
    unit: str
    least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether it is met."""
        return self.measured >= self.bound if self.least else self.measured < self.bound


def goals(speed: Speed) -> Iterator[Goal]:
    """Yield the goals, each with what was measured; they are meant for an idle machine of two cores."""
    yield Goal("warm answer, p50", speed.answer["answer"].p50, 40, "ms")
    yield Goal("warm answer, p95", speed.answer["answer"].p95, 100, "ms")
    yield Goal("the page answers, after the command", speed.page.up, 5, "s")
    yield Goal("warm answer through the page, p95", speed.page.answer.p95, 300, "ms")
    yield Goal("a fact changed through the page, p95", speed.page.fact.p95, 100, "ms")
    yield Goal("the 20th answer of a conversation, p95", speed.page.late_answer.p95, 300, "ms")
    yield Goal("a fact changed after 20 questions, p95", speed.page.late_fact.p95, 100, "ms")
    yield Goal("20 people at once, questions not answered", speed.page.failed, 1, "")
    yield Goal("far too many at once, refused", speed.page.refused, 1, "", least=True)
    yield Goal("of these, not told when to come back", speed.page.unclear, 1, "")
    for encoder, time in speed.own.items():
        yield Goal(f"search of the index in its {speed.engine}, {encoder}, p50", time.p50, 50, "ms")
    for encoder, sizes in speed.search.items():
        for size in sizes:
            if size.passages == LARGE:
                yield Goal(f"exact search of {LARGE:,} passages, {encoder}, p50", size.exact.p50, 50, "ms")
                yield Goal(f"by cells of {LARGE:,} passages, {encoder}, p50", size.approximate.p50, 50, "ms")
                yield Goal(f"its recall@10, {encoder}", size.recall, 0.98, "", least=True)
    for asked, megabytes in zip(("a Dutch question", "an English one too"), speed.page.memory, strict=False):
        yield Goal(f"serving process, after {asked}", megabytes, 300, "MB")


def to_json(speed: Speed) -> str:
    """Return everything as JSON."""
    return json.dumps(
        {**asdict(speed), "goals": [{**asdict(g), "met": g.is_met} for g in goals(speed)]}, indent=1
    )


def to_markdown(speed: Speed) -> str:
    """Return everything as tables, the goals first."""
    return "\n".join(_lines(speed)) + "\n"


def _lines(speed: Speed) -> Iterator[str]:
    load = ", ".join(f"{average:.2f}" for average in speed.load)
    yield f"{speed.cores} cores, load average {load} before; {speed.questions} questions."
    if speed.load[0] > 1:
        yield "The machine was not idle: these times say little."
    yield from _table(("goal", "measured", "bound", ""))
    for goal in goals(speed):
        bound = f"{'at least' if goal.least else 'under'} {goal.bound:g} {goal.unit}".strip()
        yield f"| {goal.name} | {goal.measured:g} {goal.unit} | {bound} | {'met' if goal.is_met else 'NOT met'} |"
    yield from _table(("warm answer", "p50 ms", "p95 ms"))
    yield from (f"| {name} | {time.p50} | {time.p95} |" for name, time in speed.answer.items())
    yield from _table(("encoder", "passages a second"))
    yield from (f"| {name} | {rate} |" for name, rate in speed.passages.items())
    yield from _table((f"search of the index in its {speed.engine}", "p50 ms", "p95 ms"))
    yield from (f"| {encoder} | {time.p50} | {time.p95} |" for encoder, time in speed.own.items())
    yield from _table(("search", "passages", "exact p50 / p95 ms", "by cells p50 / p95 ms", "recall@10"))
    for encoder, sizes in speed.search.items():
        for s in sizes:
            exact, cells = (f"{time.p50} / {time.p95}" for time in (s.exact, s.approximate))
            yield f"| {encoder} | {s.passages:,} | {exact} | {cells} | {s.recall} |"
    yield from (f"| grams | {size:,} | {time.p50} / {time.p95} | | |" for size, time in speed.grams.items())
    yield from _table(("page", ""))
    yield f"| answers after | {speed.page.up} s |"
    yield f"| search open after | {speed.page.warm} s |"
    for name, time in (
        ("warm answer through it", speed.page.answer),
        ("a changed fact", speed.page.fact),
        ("the 20th answer of a conversation", speed.page.late_answer),
        ("a changed fact after it", speed.page.late_fact),
    ):
        yield f"| {name}, p50 / p95 | {time.p50} / {time.p95} ms |"
    yield f"| 20 people at once, 5 questions each | {speed.page.crowd} s, {speed.page.failed} not answered |"
    yield f"| far too many at once | {speed.page.refused} refused, {speed.page.unclear} without a time to come back |"
    yield from _table(("command `ask`, cold", "seconds"))
    yield from (f"| {language} | {seconds} |" for language, seconds in speed.cold_start.items())


def _table(heads: tuple[str, ...]) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
