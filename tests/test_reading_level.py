"""What staff read in Dutch is plain: fifteen words a sentence on average, twenty at most, abbreviations opened."""

import re
from collections.abc import Iterator

import pytest
from tests_support import CORPUS

from corpus.sentences import split_sentences

MOST, AVERAGE = 20, 15


def notices() -> Iterator[str]:
    yield from (notice.text["nl"] for notice in CORPUS.notices)


def notes() -> Iterator[str]:
    yield from (CORPUS.by_id[note].text for note in CORPUS.notes)


def positions() -> Iterator[str]:
    for position in CORPUS.positions.all:
        yield " ".join(position.sentences["nl"])
        yield from position.steps["nl"]


def meanings() -> Iterator[str]:
    yield from (term.meaning["nl"] for term in CORPUS.glossary.terms.values())


def items() -> Iterator[str]:
    for policy_list in CORPUS.policy:
        for item in policy_list.items:
            yield from (item.title["nl"], item.evidence["nl"])


def lengths(text: str) -> list[int]:
    plain = re.sub(r"\s*\[\d+\]", "", text)
    return [len(plain[start:end].split()) for start, end in split_sentences(plain)]


@pytest.mark.parametrize(
    "texts", [notices, notes, positions, meanings, items], ids=lambda texts: texts.__name__
)
def test_dutch_sentences_are_short(texts: object) -> None:
    counted = {text: lengths(text) for text in texts()}
    assert [text for text, words in counted.items() if max(words) > MOST] == []
    every = [count for words in counted.values() for count in words]
    assert sum(every) / len(every) <= AVERAGE
