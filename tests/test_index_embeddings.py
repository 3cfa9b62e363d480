"""What was embedded once is kept: an edit embeds only its own texts, and nothing can tell the index from one made anew."""

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from fakes import ENCODERS, PARAGRAPHS, RECIPE, TEXTS, FakeEncoder, build, paragraph, reopen
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.unanswered import Unanswered
from index.build import build_index
from index.embeddings import Embedded
from index.engines import Encoder, Vectors
from index.errors import IndexUnwritable
from index.recipe import EncoderUse, Recipe

ONE = Recipe(encoders=(EncoderUse("one", 1.0, 1.0),))


class Counting(FakeEncoder):
    """Notes what it is asked to encode."""

    def __init__(self, name: str = "one", dimension: int = 16, version: str = "1") -> None:
        super().__init__(name, dimension, version)
        self.passages: list[str] = []
        self.queries: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.passages += texts
        return super().encode_passages(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.queries += texts
        return super().encode_passages(texts)


def make(folder: Path, texts: dict[str, str], encoder: Encoder | None = None, **more) -> str:
    paragraphs = [paragraph(name, text) for name, text in texts.items()]
    return build(folder, paragraphs, (encoder or FakeEncoder("one"),), ONE, **more)


def contents(folder: Path) -> dict[str, bytes]:
    generation = folder / "generations" / (folder / "CURRENT").read_text()
    return {path.name: path.read_bytes() for path in generation.iterdir()}


def kept(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((folder / "embeddings").iterdir())]


def test_an_edit_embeds_only_the_texts_that_are_new(tmp_path):
    make(tmp_path, TEXTS)
    encoder = Counting()
    make(
        tmp_path, TEXTS | {"medisch": "Medische gegevens vragen om een risicoanalyse. Vraag advies."}, encoder
    )
    # The paragraph, the same under its heading, and the one of its two sentences that is another.
    edited = "Medische gegevens vragen om een risicoanalyse"
    assert sorted(encoder.passages) == [
        f"4 Beleid\n{edited}. Vraag advies.",
        edited,
        f"{edited}. Vraag advies.",
    ]
    again = Counting()
    make(tmp_path, TEXTS | {"medisch": f"{edited}. Vraag advies."}, again)
    assert (again.passages, again.queries) == ([], [])


def test_a_text_that_stands_in_two_places_is_embedded_once_but_once_more_as_a_question(tmp_path):
    encoder = Counting()
    same = "Leg het vast."
    asks = Unanswered("fines", "off_topic", "", (("nl", same),))
    paragraphs = [paragraph(name, same, ()) for name in ("a", "b")]
    build_index(paragraphs, (asks,), tmp_path, "text-1", ONE, (encoder,), lambda *_: None)
    assert (encoder.passages, encoder.queries) == ([same], [same])


@pytest.mark.parametrize("other", [Counting("one", 12), Counting("one", 16, "2")], ids=["size", "version"])
def test_vectors_of_another_version_of_an_encoder_are_not_used(tmp_path, other):
    make(tmp_path, TEXTS)
    make(tmp_path, TEXTS, other)
    assert set(TEXTS.values()) <= set(other.passages)
    assert len(kept(tmp_path)) == 1


words = st.lists(
    st.sampled_from(["de", "leverancier", "mag", "gegevens", "niet", "inzien", "zonder", "contract"]),
    min_size=1,
)
texts = st.dictionaries(st.sampled_from("abcdefgh"), words.map(" ".join), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(texts, min_size=1, max_size=2), texts)
def test_after_any_edits_every_file_is_that_of_a_build_from_nothing(edits, last):
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for edit in edits:
            make(Path(one), edit)
        make(Path(one), last)
        make(Path(other), last)
        assert contents(Path(one)) == contents(Path(other))
        assert sorted(len(data) for data in kept(Path(one))) == sorted(
            len(data) for data in kept(Path(other))
        )


def test_an_index_searched_by_cells_is_after_an_edit_that_of_a_build_from_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("index.vectors.EXACT_UP_TO", 20)
    monkeypatch.setattr("index.vectors.FaissVectorStore.__init__.__defaults__", (20,))
    many = {f"p{number:03d}": f"Tekst nummer {number} over wolk {number % 7}" for number in range(60)}
    make(tmp_path / "one", many)
    make(tmp_path / "one", many | {"p030": "Iets geheel anders"})
    make(tmp_path / "other", many | {"p030": "Iets geheel anders"})
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    assert b"IwFl" in contents(tmp_path / "one")["vectors-0.faiss"][:8]


def test_a_build_has_a_block_of_vectors_in_memory_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("index.vectors.FaissVectorStore.__init__.__defaults__", (20,))
    monkeypatch.setattr("index.vectors._AT_ONCE", 8)
    monkeypatch.setattr("index.vectors._TAUGHT_BY", 1)
    monkeypatch.setattr("index.build._BLOCK", 8)
    real, read = Embedded.__getitem__, []

    def getitem(self: Embedded, texts: slice | np.ndarray) -> Vectors:
        vectors = real(self, texts)
        read.append(len(vectors))
        return vectors

    monkeypatch.setattr(Embedded, "__getitem__", getitem)
    many = {f"p{number:03d}": f"Tekst nummer {number} over wolk {number % 7}" for number in range(60)}
    make(tmp_path, many)
    # To learn the cells one vector of each is read, four times the square root of their number: 120 texts.
    assert sorted(set(read)) == [8, 44]
    monkeypatch.undo()
    exact = (
        FakeEncoder("one")
        .encode_passages([passage["text"] for passage in json.loads(contents(tmp_path)["passages.json"])])
        .astype(np.float64)
    )
    mean, covariance = (
        np.load(io.BytesIO(contents(tmp_path)[f"{name}-0.npy"])) for name in ("mean", "covariance")
    )
    np.testing.assert_allclose(mean, exact.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(covariance, np.cov(exact, rowvar=False, bias=True), atol=1e-12)


def test_nothing_is_left_of_a_removed_document(tmp_path):
    make(tmp_path, TEXTS)
    rows = FakeEncoder("one").encode_passages([TEXTS["medisch"], TEXTS["exit"]])
    removed, stays = (row.tobytes() for row in rows)
    assert removed in kept(tmp_path)[0]
    make(tmp_path, {name: text for name, text in TEXTS.items() if name != "medisch"})
    assert [data for data in contents(tmp_path).values() if b"medisch" in data or b"Medisch" in data] == []
    assert [removed in data for data in kept(tmp_path)] == [False]
    assert [stays in data for data in kept(tmp_path)] == [True]
    assert [b"Medisch" in data or b"contract" in data for data in kept(tmp_path)] == [False]


def test_what_is_kept_of_an_encoder_no_longer_used_is_removed(tmp_path):
    build(tmp_path)
    assert len(kept(tmp_path)) == 2
    make(tmp_path, TEXTS)
    assert len(kept(tmp_path)) == 1


def test_a_build_that_was_stopped_goes_on_where_it_was(tmp_path):
    many = {f"p{number:02d}": f"Tekst {number}" for number in range(40)}

    def stop(_step: str, done: int, _total: int) -> None:
        if done == 64:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(
            [paragraph(name, text) for name, text in many.items()],
            (),
            tmp_path,
            "text-1",
            ONE,
            (FakeEncoder("one"),),
            stop,
        )
    encoder, seen = Counting(), []
    paragraphs = [paragraph(name, text) for name, text in many.items()]
    build_index(paragraphs, (), tmp_path, "text-1", ONE, (encoder,), lambda *step: seen.append(step))
    assert len(encoder.passages) == 16
    assert seen == [("one", 64, 80), ("one", 80, 80)]
    make(tmp_path / "other", many)
    assert contents(tmp_path) == contents(tmp_path / "other")


def damages(size: int) -> Iterator[st.SearchStrategy]:
    yield st.tuples(st.just("flip"), st.integers(0, size - 1), st.integers(1, 255))
    yield st.tuples(st.just("cut"), st.integers(0, size), st.just(0))
    yield st.tuples(st.just("insert"), st.integers(0, size), st.integers(0, 255))
    yield st.tuples(st.just("repeat"), st.integers(0, size), st.just(0))


def damage(data: bytes, how: str, place: int, value: int) -> bytes:
    match how:
        case "flip":
            return data[:place] + bytes([data[place] ^ value]) + data[place + 1 :]
        case "cut":
            return data[:place]
        case "insert":
            return data[:place] + bytes([value]) + data[place:]
    return data + data[:place]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], bytes]:
    folder = tmp_path_factory.mktemp("whole")
    make(folder, TEXTS)
    return folder, contents(folder), kept(folder)[0]


# Of every text: 16 numbers of four bytes between two sha256.
RECORD = 32 + 16 * 4 + 32


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.one_of(*damages(14 * RECORD)))
def test_whatever_is_damaged_of_what_is_kept_the_index_is_that_of_a_build_from_nothing(whole, how):
    folder, files, data = whole
    assert len(data) == 14 * RECORD
    next((folder / "embeddings").iterdir()).write_bytes(damage(data, *how))
    make(folder, TEXTS)
    assert contents(folder) == files
    assert len(kept(folder)[0]) == len(data)


def test_a_damaged_record_alone_is_embedded_anew(tmp_path):
    make(tmp_path, TEXTS)
    file = next((tmp_path / "embeddings").iterdir())
    file.write_bytes(damage(file.read_bytes(), "flip", 3 * RECORD + 40, 1))
    encoder = Counting()
    make(tmp_path, TEXTS, encoder)
    assert len(encoder.passages) == 1


def test_where_nothing_can_be_kept_the_folder_is_named_and_the_old_index_serves(tmp_path):
    make(tmp_path, TEXTS)
    old = reopen(tmp_path, ONE, (FakeEncoder("one"),)).generation
    next((tmp_path / "embeddings").iterdir()).unlink()
    (tmp_path / "embeddings").rmdir()
    (tmp_path / "embeddings").write_text("")
    with pytest.raises(IndexUnwritable, match="embeddings"):
        make(tmp_path, TEXTS)
    assert reopen(tmp_path, ONE, (FakeEncoder("one"),)).generation == old


def test_an_encoder_that_gives_too_few_vectors_is_refused(tmp_path):
    class Short(FakeEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            return np.zeros((1, self.dimension), np.float32)

    with pytest.raises(ValueError, match="one gave vectors of the shape"):
        make(tmp_path, TEXTS, Short("one"))


def test_two_passages_of_one_id_are_refused(tmp_path):
    with pytest.raises(ValueError, match="two passages have the same id"):
        build(tmp_path, (*PARAGRAPHS, PARAGRAPHS[0]), ENCODERS, RECIPE)
