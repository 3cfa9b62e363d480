"""What one run of `eval bench` measured, as JSON, and as a table against the goals."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from evals.bench import SearchSpeed, Spread

LARGE = 100_000  # passages


@dataclass(frozen=True)
class PageSpeed:
    """How the page serves: seconds from the command until it answers, and until its search is open.

    `answer` is from sending a question to the whole answer, over HTTP, without a browser. `crowd` are the seconds in which 20
    people at once got an answer to 5 questions each, `failed` the questions of theirs that got none. `memory` are
    resident megabytes after a Dutch question, then an English one; empty where the system does not tell.
    """

    up: float
    warm: float
    answer: Spread
    crowd: float
    failed: int
    memory: tuple[float, ...]


@dataclass(frozen=True)
class Speed:
    """What was measured: times in milliseconds where nothing else is said.

    `load` is the machine's load average before (1, 5 and 15 minutes), `passages` the passages encoded a second by
    encoder, `search` by encoder and size, `cold_start` seconds by language.
    """

    load: tuple[float, float, float]
    cores: int
    questions: int
    answer: Mapping[str, Spread]
    passages: Mapping[str, float]
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
    yield Goal("20 people at once, questions not answered", speed.page.failed, 1, "")
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
    yield from _table(("search", "passages", "exact p50 / p95 ms", "by cells p50 / p95 ms", "recall@10"))
    for encoder, sizes in speed.search.items():
        for s in sizes:
            exact, cells = (f"{time.p50} / {time.p95}" for time in (s.exact, s.approximate))
            yield f"| {encoder} | {s.passages:,} | {exact} | {cells} | {s.recall} |"
    yield from (f"| grams | {size:,} | {time.p50} / {time.p95} | | |" for size, time in speed.grams.items())
    yield from _table(("page", ""))
    yield f"| answers after | {speed.page.up} s |"
    yield f"| search open after | {speed.page.warm} s |"
    yield f"| warm answer through it, p50 / p95 | {speed.page.answer.p50} / {speed.page.answer.p95} ms |"
    yield f"| 20 people at once, 5 questions each | {speed.page.crowd} s, {speed.page.failed} not answered |"
    yield from _table(("command `ask`, cold", "seconds"))
    yield from (f"| {language} | {seconds} |" for language, seconds in speed.cold_start.items())


def _table(heads: tuple[str, ...]) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
