"""Questions that nothing answers mark where the sources end: the loader keeps them sound, the decision follows them."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from fakes import ENCODERS, PARAGRAPHS, RECIPE, reopen, silent
from tests_support import CORPUS, also_measured

from assistant.answer import Status
from assistant.decide import decide
from assistant.facts import read_facts
from assistant.rules import Answerable, Wish, read_rules
from corpus.errors import DataError
from corpus.manifest import Source
from corpus.toml import read_toml
from corpus.unanswered import Reason, Unanswered, read_unanswered
from evals.case import QuestionCase
from evals.fit import fit, to_toml
from index.build import build_index
from index.hit import NOTHING, Evidence, Hit, SearchResult

SOURCES = {
    name: cast("Source", SimpleNamespace(is_held=name == "gids")) for name in ("gids", "ncsc-cloud-2012")
}
ASKED = {"a": {"nl": ("Mag dit?",), "en": ("May we?",)}}
ENTRY = """[[unanswered]]
id = "fines"
reason = "not_in_corpus"
nl = ["Hoe hoog is de boete?"]
en = ["How high is the fine?"]
"""
LINKED = ENTRY.replace("not_in_corpus", "linked_source_only")


def read(folder: Path, text: str) -> object:
    (folder / "unanswered.toml").write_text(text, encoding="utf-8")
    return read_unanswered(read_toml(folder / "unanswered.toml"), SOURCES, ASKED)


def test_a_group_says_why_its_questions_are_not_answered(tmp_path: Path) -> None:
    questions = (("nl", "Hoe hoog is de boete?"), ("en", "How high is the fine?"))
    assert read(tmp_path, ENTRY) == {"fines": Unanswered("fines", "not_in_corpus", "", questions)}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (ENTRY * 2, "fines: this id is there twice"),
        (ENTRY + ENTRY.replace("fines", "other"), "other: is there twice: 'Hoe hoog is de boete"),
        (ENTRY.replace("Hoe hoog is de boete?", "Mag dit?"), "a paragraph is said to answer it"),
        (ENTRY.replace("not_in_corpus", "unknown"), "'reason' is 'unknown'"),
        (LINKED, "a 'source' belongs to the reason 'linked_source_only'"),
        (ENTRY + 'source = "ncsc-cloud-2012"', "a 'source' belongs to the reason 'linked_source_only'"),
        (LINKED + 'source = "gids"', "'gids' is no source that is only linked to"),
        (LINKED + 'source = "nobody"', "'nobody' is no source that is only linked to"),
        (ENTRY + "de = []", "unknown key 'de'"),
    ],
)
def test_a_faulty_group_is_refused_by_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(DataError, match=fault):
        read(tmp_path, text)


def test_no_such_question_is_one_that_is_measured_with() -> None:
    assert also_measured(text for group in CORPUS.unanswered.values() for _, text in group.questions) == []


def group(reason: Reason) -> str:
    return next(group.id for group in CORPUS.unanswered.values() if group.reason == reason)


def decided(question: str, evidence: Evidence) -> Status:
    read = read_facts(question, CORPUS.patterns)
    facts = CORPUS.vocabulary.combine(read.readings, topics=read.topics)
    paragraph = CORPUS.paragraphs[40].id
    found = SearchResult((Hit(paragraph, 5.0, f"{paragraph}:plain", {}),), evidence)
    return decide(question, "nl", facts, found, (), CORPUS, read_rules()).status


@pytest.mark.parametrize(
    ("question", "contrast", "like", "status"),
    [
        ("Wat regelen we over de cloud?", 2.0, "not_in_corpus", "answered"),
        ("Wat regelen we over de cloud?", -2.0, "not_in_corpus", "not_in_corpus"),
        ("Wat regelen we over de cloud?", -2.0, "linked_source_only", "linked_source_only"),
        ("Wat regelen we over de cloud?", -2.0, "refused", "refused"),
        ("Wat regelen we morgen?", -2.0, "off_topic", "off_topic"),
        ("Wat regelen we morgen?", -2.0, "not_in_corpus", "off_topic"),
        ("Mogen we gezondheidsgegevens in een SaaS zetten?", -0.4, "not_in_corpus", "conditional"),
        ("Mogen we adressen in een SaaS zetten?", -4.0, "not_in_corpus", "not_in_corpus"),
    ],
)
def test_a_question_like_unanswered_ones_is_not_answered_and_has_their_reason(
    question: str, contrast: float, like: Reason, status: Status
) -> None:
    assert decided(question, Evidence(0.8, contrast, 0.0, group(like), -6.0)) == status


def test_an_order_is_seen_by_likeness_only_where_no_answered_question_is_nearer() -> None:
    order = group("refused")
    assert decided("Wat regelen we over de cloud?", Evidence(0.9, 0.1, -5.0, order)) == "not_in_corpus"
    assert decided("Wat regelen we over de cloud?", Evidence(0.9, -0.1, -5.0, order)) == "refused"


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("Mogen we therapieverslagen bij een leverancier opslaan?", "conditional"),
        ("Mogen we therapieverslagen opslaan?", "not_in_corpus"),
        ("Mogen we telefoonlijsten bij een leverancier opslaan?", "not_in_corpus"),
        (
            "Welke sleutellengte is verplicht als we therapieverslagen bij een leverancier opslaan?",
            "not_in_corpus",
        ),
    ],
)
def test_special_data_at_a_supplier_are_a_case_whatever_the_search_thinks(
    question: str, status: Status
) -> None:
    assert decided(question, Evidence(0.9, -5.0, -5.0, group("not_in_corpus"))) == status


def test_the_search_weighs_answered_questions_against_unanswered_ones(tmp_path: Path) -> None:
    asked = (("nl", "Wie mag bij de gegevens?"), ("nl", "Wat mag de leverancier zien?"))
    paragraphs = [replace(p, asked=asked) if p.id == "gids/toegang" else p for p in PARAGRAPHS]
    fines = Unanswered("fines", "not_in_corpus", "", (("nl", "Hoe hoog is de boete?"),))
    holidays = Unanswered("holidays", "off_topic", "", (("nl", "Wanneer is het vakantie?"),))
    build_index(paragraphs, (fines, holidays), tmp_path, "text-1", RECIPE, ENCODERS, silent)
    index = reopen(tmp_path)
    near, far, holiday = (
        index.look_up(query, 5, "nl")
        for query in ("Wie mag bij de gegevens?", "Hoe hoog is die boete?", "vakantie wanneer")
    )
    assert near.evidence.nearest == pytest.approx(1, abs=1e-5)
    assert near.evidence.contrast > 0 > far.evidence.contrast
    assert near.evidence.probe > 0 > far.evidence.probe
    assert (far.evidence.like, holiday.evidence.like) == ("fines", "holidays")
    paragraph_ids = {p.id for p in paragraphs}
    assert {hit.paragraph for result in (near, far, holiday) for hit in result.hits} <= paragraph_ids
    assert index.look_up("?!", 5, "nl") == SearchResult((), NOTHING)


def case(identity: str, language: str, is_answerable: bool, split: str = "tune") -> QuestionCase:
    gold = ("gids/a",) if is_answerable else ()
    statuses = ("answered",) if is_answerable else ("not_in_corpus",)
    row = {"id": identity, "language": language, "split": split, "question": identity, "status": statuses}
    return cast("QuestionCase", SimpleNamespace(**row, gold=gold, is_answerable=is_answerable))


def test_the_weights_are_fitted_on_the_tuning_half_alone_and_tell_the_two_sorts_apart() -> None:
    cases = [
        case(f"{language}{number}", language, number % 2 == 0)
        for language in ("nl", "en")
        for number in range(20)
    ]
    frozen = [case("x", "nl", True, "frozen")]

    def weigh(question: str, _: str) -> tuple[Evidence, bool]:
        assert question != "x"
        sign = 1 if int(question[2:]) % 2 == 0 else -1
        return Evidence(0.9, sign * (1 + int(question[2:]) / 20), float(sign), "g"), sign < 0

    weights = fit([*cases, *frozen], weigh)
    assert weights["nl"] == weights["en"]
    good, bad = Evidence(0.9, 1.0, 1.0, "g"), Evidence(0.9, -1.0, -1.0, "g")
    assert weights["nl"].probability(good, False) > 0.9
    assert weights["nl"].probability(bad, True) < 0.1


def test_without_both_sorts_of_questions_nothing_is_fitted() -> None:
    with pytest.raises(DataError, match="needs questions with and without an answer in each language"):
        fit([case("a1", "nl", True)], lambda *_: (NOTHING, False))


def test_the_fitted_table_is_what_the_rules_are_read_from(tmp_path: Path) -> None:
    weights = {"nl": Answerable(1.0, 2.0, -3.0, 0.5), "en": Answerable(4.0, 5.0, -6.0, -0.5)}
    rules = Path(__file__).parent.parent / "assistant" / "decisions.toml"
    before, rest = rules.read_text(encoding="utf-8").split("[answerable.nl]")
    file = tmp_path / "decisions.toml"
    wish = Wish(1.0, 2.0, 3.0, -4.0, -5.0, 6.0, -7.0)
    file.write_text(before + to_toml(weights, wish) + "[least]" + rest.split("[least]")[1], encoding="utf-8")
    assert (read_rules(file).answerable, read_rules(file).wish) == (weights, wish)
