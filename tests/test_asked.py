"""The questions that a paragraph answers lead to it; they are never shown, and the loader refuses what does not fit."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from tests_support import also_measured

from corpus.asked import read_asked
from corpus.errors import DataError
from corpus.load import Corpus
from corpus.paragraph import Document
from corpus.toml import read_toml
from index.passage import make_passages
from index.recipe import Recipe

DOCUMENTS = {"gids": cast("Document", SimpleNamespace(paragraphs=[SimpleNamespace(id="a")]))}
ENTRY = '[[asked]]\nparagraph = "a"\nnl = ["Mag dit?"]\nen = ["May we?"]\n'


def read(folder: Path, text: str) -> object:
    (folder / "asked.toml").write_text(text, encoding="utf-8")
    return read_asked(read_toml(folder / "asked.toml"), DOCUMENTS)


def test_every_paragraph_has_its_questions_in_both_languages(tmp_path: Path) -> None:
    assert read(tmp_path, ENTRY) == {"a": {"nl": ("Mag dit?",), "en": ("May we?",)}}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "a has no questions"),
        (ENTRY * 2, "'a' is there twice"),
        (ENTRY.replace('"a"', '"b"'), "no such paragraph: 'b'"),
        (ENTRY.replace('["May we?"]', "[]"), "'a' has no question in 'en'"),
        (ENTRY.replace("May we?", "May we."), "is no question: 'May we.'"),
        (ENTRY.replace('"Mag dit?"', '"Mag dit?", "Mag dit?"'), "'a' has a question in 'nl' twice"),
        (ENTRY + "de = []\n", "unknown key 'de'"),
    ],
)
def test_a_faulty_entry_is_refused_by_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(DataError, match=fault):
        read(tmp_path, text)


def test_a_question_is_a_passage_in_its_own_language(corpus: Corpus) -> None:
    paragraphs = corpus.documents["ibd-cloud-2016"].paragraphs
    asked = [p for p in make_passages(paragraphs, Recipe()) if p.kind == "asked"]
    assert {(p.paragraph, p.language, p.text) for p in asked} == {
        (paragraph.id, language, text) for paragraph in paragraphs for language, text in paragraph.asked
    }
    assert len({p.id for p in asked}) == len(asked)


def test_no_question_of_ours_is_one_that_is_measured_with(corpus: Corpus) -> None:
    assert also_measured(text for p in corpus.paragraphs for _, text in p.asked) == []
