"""A wish to go into the cloud is told from other questions, whatever it is about: by examples, words and facts."""

from dataclasses import astuple
from pathlib import Path

import pytest
from fakes import ENCODERS, PARAGRAPHS, RECIPE, reopen, silent
from tests_support import CORPUS, also_measured

from assistant.answer import Status
from assistant.decide import asks_to_know, decide, wish_signals
from assistant.facts import read_facts
from assistant.rules import read_rules
from corpus.errors import DataError
from corpus.facts import Facts
from corpus.toml import read_toml
from corpus.wishes import Wishes, read_wishes
from evals.fit import fit_wish
from evals.load import HERE, load_cases, wished
from index.build import build_index
from index.hit import Evidence, Hit, SearchResult

RULES = read_rules()
WISH = """[[wish]]
id = "pool"
nl = ["Mag het zwembad in de cloud?"]
en = ["May the pool go there?"]
"""
BESIDE = """[[beside]]
id = "supplier"
nl = ["Mag de leverancier dat?"]
"""


def read(folder: Path, text: str) -> Wishes:
    (folder / "wishes.toml").write_text(text, encoding="utf-8")
    return read_wishes(read_toml(folder / "wishes.toml"))


def test_examples_are_read_with_both_languages(tmp_path: Path) -> None:
    assert read(tmp_path, WISH + BESIDE) == Wishes(
        ("Mag het zwembad in de cloud?", "May the pool go there?"), ("Mag de leverancier dat?",)
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (WISH, "needs both a 'wish' and a 'beside'"),
        (BESIDE, "needs both a 'wish' and a 'beside'"),
        (WISH * 2 + BESIDE, "is there twice: 'id pool'"),
        (
            WISH + BESIDE.replace("Mag de leverancier dat?", "May the pool go there?"),
            "is there twice: 'May the",
        ),
        (WISH + BESIDE + "de = []", "unknown key 'de'"),
    ],
)
def test_faulty_examples_are_refused_by_their_fault(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(DataError, match=fault):
        read(tmp_path, text)


def test_no_example_is_a_question_that_is_measured_with() -> None:
    assert also_measured((*CORPUS.wishes.wished, *CORPUS.wishes.beside)) == []


def test_the_index_learns_from_the_examples_what_a_wish_is_like_and_holds_none_of_them(
    tmp_path: Path,
) -> None:
    wishes = Wishes(
        ("zwembad naar de wolk", "museum naar de wolk"), ("leverancier wisselt", "leverancier kijkt")
    )
    build_index(PARAGRAPHS, (), tmp_path, "text-1", RECIPE, ENCODERS, silent, wishes=wishes)
    index = reopen(tmp_path)
    asked = {text: index.look_up(text, 3).evidence.wish for text in (*wishes.wished, *wishes.beside)}
    assert [text for text, odds in asked.items() if odds > 0] == list(wishes.wished)
    assert not {passage.text for passage in index.passages.values()} & set(asked)


def case(question: str) -> Facts:
    known = read_facts(question, CORPUS.patterns)
    return CORPUS.vocabulary.combine(known.readings, topics=known.topics)


def decided(question: str, odds: float) -> Status:
    paragraph = CORPUS.paragraphs[40].id
    evidence = Evidence(0.8, -4.0, -4.0, next(iter(CORPUS.unanswered)), odds)
    found = SearchResult((Hit(paragraph, 5.0, f"{paragraph}:plain", {}),), evidence)
    return decide(question, "nl", case(question), found, (), CORPUS, RULES).status


def test_who_asks_whether_anything_may_go_into_the_cloud_gets_the_conditions_whatever_else_is_known() -> None:
    assert decided("Mag ons kaartverkoopsysteem naar Azure?", 3.0) == "conditional"
    assert decided("Mag ons kaartverkoopsysteem naar Azure?", -6.0) != "conditional"
    assert decided("We gaan naar Azure. Hoe lang duurt zoiets?", 1.0) != "conditional"


@pytest.mark.parametrize(
    ("question", "is_one"),
    [
        ("Hoe komen we er weer vanaf?", True),
        ("Wij willen naar Azure. Hoe werkt dat?", True),
        ("Wij vroegen ons af hoe dat zit. Mag dat?", False),
        ("En wat kost dat? Dank!", True),
        ("Mag het of mag het niet", False),
    ],
)
def test_what_is_asked_after_a_story_tells_whether_somebody_wants_to_know_something(
    question: str, is_one: bool
) -> None:
    assert asks_to_know(question, RULES) == is_one


def test_the_signals_are_those_that_the_weights_are_for() -> None:
    question = "Mogen we gezondheidsgegevens in een SaaS zetten?"
    evidence = Evidence(0.0, 0.0, 0.0, "", 1.5)
    assert wish_signals(question, case(question), evidence, CORPUS, RULES) == (1.5, 1, 1, 0, 0, 1)
    assert len(astuple(RULES.wish)) == 7


def test_the_weights_are_fitted_on_questions_for_tuning_alone() -> None:
    cases = load_cases(HERE, CORPUS)
    tuning = list(wished(cases))
    allowed = {c.question for c in (*cases.questions, *cases.checks) if c.split == "tune"}
    assert {is_wish for _, _, is_wish in tuning} == {True, False}
    assert {question for question, _, _ in tuning} <= allowed
    weights = fit_wish([(sign > 0, (sign * 2.0, 0, 0, 0, 0, 0)) for sign in (1, -1, 1, -1)])
    assert weights.probability((2.0, 0, 0, 0, 0, 0)) > 0.7
    assert weights.probability((-2.0, 0, 0, 0, 0, 0)) < 0.3
