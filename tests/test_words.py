"""Everything staff read is there in Dutch and English, and nothing else is: each sentence is used somewhere."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import pytest

from assistant.answer import ItemStatus, Status
from assistant.changes import Phase
from assistant.personal import Sort
from assistant.words import read_words
from corpus.add import Outcome
from corpus.authority import Confidence
from corpus.errors import CHANGE_REASONS, REASONS, DataError
from corpus.facts import Origin
from corpus.load import Corpus
from corpus.policy import ROLES, WHO
from evals.case import KINDS
from index.errors import IndexFault

ROOT = Path(__file__).parent.parent
SOURCES = {
    file: ast.parse(file.read_text(encoding="utf-8"))
    for room in ("corpus", "index", "assistant", "evals")
    for file in sorted((ROOT / room).rglob("*.py"))
    if "built" not in file.parts
}
KEYS = frozenset(read_words().texts)
NAMES = frozenset(key.partition(".")[0] for key in KEYS)


def nodes() -> Iterator[ast.AST]:
    for tree in SOURCES.values():
        yield from ast.walk(tree)


def raised_reasons() -> Iterator[str]:
    for node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "QuestionError":
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))


def chip_names(corpus: Corpus) -> Iterator[str]:
    for fact in corpus.vocabulary.facts.values():
        ends = [key.partition(".")[2] for key in fact.keys] if fact.shape == "map" else fact.values
        yield from (f"{fact.id}_{end}" for end in ends)


def refused_reasons() -> Iterator[str]:
    for node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
            yield from (
                a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
            )


def families(corpus: Corpus) -> Mapping[str, tuple[str, ...]]:
    """Return by its name what may stand behind it where the code fills a key in, as in f"status.{status}"."""
    return {
        "answer": get_args(Status),
        "checklist": get_args(ItemStatus),
        "confidence": get_args(Confidence),
        "example": ("case", "start", "contract", "abroad", "who", "meaning"),
        "facts": (*get_args(Origin), "yes", "no"),
        "fault": tuple(fault.code for fault in (IndexFault, *IndexFault.__subclasses__())),
        "keep": ("copied", "saved", "refused"),
        "kind": KINDS,
        "personal": get_args(Sort),
        "question": tuple(raised_reasons()),
        "refused": tuple(refused_reasons()),
        "role": ROLES,
        "sources": (*get_args(Phase), *get_args(Outcome), *CHANGE_REASONS),
        "stage": corpus.vocabulary.fact("stage").values,
        "status": get_args(Status),
        "unread": REASONS,
        "trouble": ("lost", "back", "restarted", "busy", "fault"),
        "value": tuple(chip_names(corpus)),
        "who": WHO,
    }


def whole_keys() -> set[str]:
    """Return every text in the code that is a key, or looks like one of ours and is not a file."""
    texts = {node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    files = {file.name for file in (ROOT / "assistant").rglob("*")} | {f.name for f in ROOT.glob("corpus/*")}
    looks = re.compile(rf"(?:{'|'.join(sorted(NAMES))})\.[a-z_]+")
    found = {text for text in texts - files if text in KEYS or looks.fullmatch(text)}
    return {text for text in found if not text.endswith("_")} | begun_within_a_family(found)


def begun_within_a_family(texts: set[str]) -> set[str]:
    """Return the sentences of which the code writes the start as it stands, as in f"reader.missing_{reason}"."""
    return {key for text in texts if text.endswith("_") for key in KEYS if key.startswith(text)}


def begun_keys() -> set[str]:
    """Return the names of the families that the code fills in."""
    starts = {
        node.values[0].value
        for node in nodes()
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant)
    }
    return {start.removesuffix(".") for start in starts if start.endswith(".") and start[:-1] in NAMES}


def used_keys(corpus: Corpus) -> set[str]:
    known = families(corpus)
    return whole_keys() | {f"{name}.{end}" for name in begun_keys() & set(known) for end in known[name]}


def test_every_family_of_sentences_that_the_code_fills_in_is_known_here(corpus: Corpus) -> None:
    assert begun_keys() == set(families(corpus))


def test_no_sentence_is_there_that_nobody_says(corpus: Corpus) -> None:
    assert KEYS - used_keys(corpus) == set()


def test_every_sentence_that_the_code_says_is_there(corpus: Corpus) -> None:
    assert used_keys(corpus) - KEYS == set()


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
