"""Many people ask at once: each gets an answer to their own question."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from browser_fixtures import serving
from page_fakes import FakeAsk

from assistant.page.markup import literal
from assistant.server import make_app
from assistant.settings import Organisation
from assistant.words import read_words
from corpus.load import Corpus
from evals.visitor import Visitor, ask_at_once, ask_in_turn, converse, flood

PEOPLE, EACH = 20, 5


@pytest.fixture(scope="module")
def address(corpus: Corpus) -> Iterator[str]:
    app = make_app(FakeAsk(corpus), corpus, read_words(), Organisation(), lambda: "2026-11-23")
    with serving(app) as address:
        yield address


def test_twenty_people_at_once_each_get_their_own_answers(address: str) -> None:
    """Everybody's facts and questions stay their own, also those of earlier questions."""
    begun = threading.Barrier(PEOPLE)

    def visit(person: int) -> list[tuple[bool, int]]:
        visitor = Visitor(address, f"person{person}")
        begun.wait(60)
        pages = [visitor.ask(f"persoon {person} vraagt {number} over SaaS") for number in range(EACH)]
        return [
            (literal(f"persoon {person} vraagt {number} over SaaS") in page, page.count("persoon "))
            for number, page in enumerate(pages)
        ]

    with ThreadPoolExecutor(PEOPLE) as crowd:
        seen = list(crowd.map(visit, range(PEOPLE)))
    mine = [[is_there for is_there, _ in pages] for pages in seen]
    assert mine == [[True] * EACH] * PEOPLE
    # As often as the person asked, and never more: nobody else's question is on the page.
    counts = {tuple(count for _, count in pages) for pages in seen}
    assert len(counts) == 1
    assert list(counts.pop()) == sorted({count for _, count in seen[0]})


def test_a_page_that_is_asked_in_turn_is_timed_by_question(address: str) -> None:
    ticks = iter(range(100))
    assert ask_in_turn(address, "turn", ["mag dit in SaaS?"] * 3, lambda: float(next(ticks))) == [1.0] * 3


def test_a_conversation_is_timed_at_its_first_and_at_its_last_question(address: str) -> None:
    ticks = iter(range(100))
    questions = [f"vraag {number} over SaaS" for number in range(4)]
    choices = ["service_model=paas", "location=nl"]
    times = converse(address, "long", questions, choices, lambda: float(next(ticks)))
    assert times == ([1.0, 1.0], [1.0], [1.0, 1.0])
    visitor = Visitor(address, "long")
    assert "Eerdere vragen&#58; 3" in visitor.choose("location=")
    assert literal("(door u ingevuld)") in visitor.choose("location=nl")


def test_who_gets_no_answer_is_counted(address: str) -> None:
    assert Visitor(address, "one").is_ready()
    assert ask_at_once(address, 3, ["mag dit in SaaS?"]) == 0
    assert ask_at_once(address, 3, ["mag dit in SaaS?", "x" * 2_000_000]) == 3


def test_far_too_many_questions_are_refused_with_when_to_come_back(corpus: Corpus) -> None:
    app = make_app(FakeAsk(corpus), corpus, read_words(), Organisation(), lambda: "2026-11-23")
    with serving(app) as address:
        refused, unclear = flood(address, 10, 40)
    assert (0 < refused < 400, unclear) == (True, 0)
