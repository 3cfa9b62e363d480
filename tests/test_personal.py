"""Personal data in a question are recognised by their form, and ordinary numbers are not taken for them."""

import tomllib
from pathlib import Path

import pytest

from assistant.page.warning import personal_in
from assistant.personal import find_personal

TEXTS: list[dict[str, object]] = tomllib.loads(
    (Path(__file__).parent / "data" / "personal.toml").read_text(encoding="utf-8")
)["text"]


@pytest.mark.parametrize(("text", "sorts"), [(case["text"], case["sorts"]) for case in TEXTS])
def test_personal_data_are_named_by_sort_and_ordinary_numbers_let_through(
    text: str, sorts: list[str]
) -> None:
    assert list(find_personal(" ".join(text.split()))) == sorts


@pytest.mark.parametrize("question", [None, 111222333, b"111222333", "", "x" * 100_000, "\u200b"])
def test_what_is_no_question_holds_no_personal_data(question: object) -> None:
    assert personal_in(question) == ()


def test_signs_that_cannot_be_seen_do_not_hide_a_number() -> None:
    assert personal_in("BSN 111\u200b222\u00ad333") == ("bsn",)
