"""Everything staff read is there in Dutch and English."""

from pathlib import Path

import pytest

from assistant.words import read_words
from corpus.errors import DataError


def test_every_sentence_is_there_in_both_languages() -> None:
    words = read_words()
    assert all(set(texts) == {"nl", "en"} and all(texts.values()) for texts in words.texts.values())


def test_a_sentence_in_one_language_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.toml"
    file.write_text('[a]\nnl = "ja"\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"words.toml: a: 'en' is missing"):
        read_words(file)


def test_languages_with_different_places_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.toml"
    file.write_text('[a]\nnl = "{x}"\nen = "{y}"\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"different \{places\}"):
        read_words(file)


def test_parts_are_joined_as_people_do() -> None:
    assert read_words().join(["a", "b", "c"], "nl") == "a, b en c"
    assert read_words().join(["a"], "en") == "a"
