"""The blind sheet: twenty answers as a user reads them, and nothing that tells what we expect of them."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from page_fakes import NOTICE, FakeAsk, opened
from playwright.sync_api import Page

from assistant.answer import Answer, Request
from assistant.words import read_words
from corpus.errors import DataError
from corpus.load import Corpus
from evals.blind import NUMBER, draw, to_key, to_sheet
from evals.case import QuestionCase
from evals.load import HERE, Cases, load_cases

Asked = tuple[tuple[QuestionCase, Answer], ...]
HOSTILE = '<img src="http://evil.example/a"><script>document.title=2</script>'


@pytest.fixture(scope="module")
def cases(corpus: Corpus) -> Cases:
    return load_cases(HERE, corpus)


@pytest.fixture(scope="module")
def asked(corpus: Corpus, cases: Cases) -> Asked:
    ask = FakeAsk(corpus)
    return tuple((case, ask(Request(case.question, "2026-11-25"))) for case in draw(cases.questions))


@pytest.fixture(scope="module")
def sheet(asked: Asked) -> str:
    hostile = replace(asked[0][1], question=HOSTILE)
    return to_sheet([hostile, *(answer for _, answer in asked[1:])], read_words())


def test_twenty_questions_for_tuning_are_drawn_over_languages_and_kinds(cases: Cases) -> None:
    drawn = draw(cases.questions)
    assert Counter(case.language for case in drawn) == {"nl": 10, "en": 10}
    assert {case.split for case in drawn} == {"tune"}
    assert {case.kind for case in drawn} == {case.kind for case in cases.questions}
    assert len({case.twin for case in drawn}) == NUMBER


def test_the_draw_is_the_same_whatever_the_order_of_the_cases(cases: Cases) -> None:
    assert draw(cases.questions[::-1]) == draw(cases.questions)


def test_too_few_questions_are_said(cases: Cases) -> None:
    with pytest.raises(
        DataError, match="the cases: split 'tune': holds fewer than 20 questions that are no twins"
    ):
        draw(cases.questions[:38])
    with pytest.raises(DataError, match="holds fewer than 20"):
        draw([case for case in cases.questions if case.split == "frozen"])


def test_the_sheet_tells_no_status_no_score_and_no_name_of_a_case(sheet: str, asked: Asked) -> None:
    words = read_words()
    shown = re.sub(r"<style>.*?</style>", "", sheet, flags=re.DOTALL)
    for case, answer in asked:
        hidden = (case.id, case.twin, answer.status, words.say(f"status.{answer.status}", answer.language))
        assert [word for word in hidden if word in shown] == []


def test_a_notice_stands_open_before_its_quote(sheet: str) -> None:
    assert sheet.count("<details>") == 0
    first = sheet.split("<article")[1]
    assert first.index("artikel&#32;9" if "&#32;" in first else "oude Wbp") < first.index("<blockquote")
    assert NOTICE.severity == "A"


def test_the_key_joins_a_number_of_the_sheet_to_its_case(asked: Asked) -> None:
    key = json.loads(to_key(asked, {"corpus": "c"}))
    assert key["digests"] == {"corpus": "c"}
    assert [(row["number"], row["id"], row["status"]) for row in key["answers"]] == [
        (number, case.id, answer.status) for number, (case, answer) in enumerate(asked, 1)
    ]


@pytest.fixture(scope="module")
def page(sheet: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    file = tmp_path_factory.mktemp("sheet") / "sheet.html"
    file.write_text(sheet, encoding="utf-8")
    with opened(file) as (page, messages, addresses):
        yield page
    assert (messages, addresses) == ([], [file.as_uri()])


def test_each_answer_has_four_boxes_to_tick_and_the_sheet_a_name_and_a_date(page: Page) -> None:
    assert page.locator("fieldset").count() == NUMBER
    for label in ("right paragraph", "complete", "readable", "I would act on it"):
        assert page.get_by_label(label).count() == NUMBER
    for label in ("Name", "Date"):
        page.get_by_label(label).fill("x")


def test_the_sheet_fits_a_small_screen_and_shows_a_question_literally(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.locator("article h2 bdi").first.inner_text() == HOSTILE
    assert page.title() == "Blind sheet - Wolkwijzer"
