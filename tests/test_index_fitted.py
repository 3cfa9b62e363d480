"""What was fitted once is kept: added documents fit nothing, and the index is that of a build from nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fakes import ENCODERS, PARAGRAPHS, RECIPE, FakeEncoder, paragraph, silent
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.paragraph import Paragraph
from corpus.unanswered import Unanswered
from index import probe
from index.build import build_index
from index.engines import Encoder
from index.errors import IndexUnwritable
from index.recipe import Recipe

ASKED = {
    "gids/encryptie": "Waar ligt de sleutel?",
    "gids/contract": "Wat leg ik vast?",
    "gids/toegang": "Wie mag erbij?",
}
GUIDANCE = tuple(
    replace(p, asked=(("nl", ASKED[p.id]),)) if p.id in ASKED else replace(p, asked=()) for p in PARAGRAPHS
)
FINES = (Unanswered("fines", "off_topic", "", (("nl", "Hoe hoog is de boete?"),)),)
FITS = ["fit_classifier", "fit_probe"]


def added(texts: dict[str, str]) -> list[Paragraph]:
    return [replace(paragraph(name, text), is_added=True) for name, text in texts.items()]


def make(
    folder: Path,
    texts: dict[str, str],
    guidance: tuple[Paragraph, ...] = GUIDANCE,
    unanswered: tuple[Unanswered, ...] = FINES,
    recipe: Recipe = RECIPE,
    encoders: tuple[Encoder, ...] = ENCODERS,
) -> None:
    build_index([*guidance, *added(texts)], unanswered, folder, "text-1", recipe, encoders, silent)


def contents(folder: Path) -> dict[str, bytes]:
    generation = folder / "generations" / (folder / "CURRENT").read_text()
    return {path.name: path.read_bytes() for path in generation.iterdir()}


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of what is fitted."""
    names: list[str] = []

    def note(name: str) -> None:
        real = getattr(probe, name)

        def fit(*arguments: object) -> object:
            names.append(name)
            return real(*arguments)

        monkeypatch.setattr(f"index.build.{name}", fit)

    for name in FITS:
        note(name)
    return names


def test_documents_that_are_added_edited_and_removed_fit_nothing(tmp_path, fitted):
    make(tmp_path, {})
    assert sorted(fitted) == FITS
    fitted.clear()
    make(tmp_path, {"beleid": "Meld een datalek. Vraag advies.", "lijst": "Een wolk is van niemand."})
    make(tmp_path, {"beleid": "Meld elk datalek. Vraag advies.", "lijst": "Een wolk is van niemand."})
    make(tmp_path, {"lijst": "Een wolk is van niemand."})
    make(tmp_path, {})
    assert fitted == []


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({"guidance": (replace(GUIDANCE[0], asked=(("nl", "Wie heeft de sleutel?"),)), *GUIDANCE[1:])}, FITS),
        ({"guidance": (replace(GUIDANCE[0], id="gids/anders"), *GUIDANCE[1:])}, ["fit_classifier"]),
        ({"unanswered": (replace(FINES[0], questions=(("nl", "Wat kost het?"),)),)}, ["fit_probe"]),
        ({"recipe": replace(RECIPE, softness=9.0)}, FITS),
        ({"encoders": (FakeEncoder("one", version="2"), ENCODERS[1])}, []),
        ({"encoders": (FakeEncoder("one", 8), ENCODERS[1])}, FITS),
    ],
    ids=[
        "a question",
        "its paragraph",
        "an unanswered one",
        "the recipe",
        "the same vectors",
        "other vectors",
    ],
)
def test_what_a_fit_is_made_of_decides_whether_it_is_made_anew(tmp_path, fitted, change, again):
    make(tmp_path / "one", {})
    fitted.clear()
    make(tmp_path / "one", {}, **change)
    assert sorted(fitted) == again
    make(tmp_path / "other", {}, **change)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_another_version_of_a_library_fits_anew(tmp_path, fitted, monkeypatch):
    make(tmp_path, {})
    fitted.clear()
    monkeypatch.setattr("index.fitted.version", lambda name: f"{name} 9")
    make(tmp_path, {})
    assert sorted(fitted) == FITS


words = st.lists(st.sampled_from(["de", "leverancier", "mag", "gegevens", "niet", "inzien"]), min_size=1)
documents = st.dictionaries(st.sampled_from("abcd"), words.map(" ".join), max_size=4)
questions = st.lists(words.map(" ".join), min_size=3, max_size=3, unique=True)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(st.tuples(documents, questions), min_size=1, max_size=3), st.tuples(documents, questions))
def test_after_any_additions_edits_and_removals_every_file_is_that_of_a_build_from_nothing(before, last):
    def build(folder: str, state: tuple[dict[str, str], list[str]]) -> dict[str, bytes]:
        texts, asked = state
        of_three = dict(zip(ASKED, asked, strict=True))
        guidance = [
            replace(p, asked=(("nl", of_three[p.id]),) if p.id in of_three else ()) for p in PARAGRAPHS
        ]
        make(Path(folder), texts, tuple(guidance))
        return contents(Path(folder))

    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for state in before:
            build(one, state)
        assert build(one, last) == build(other, last)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("whole")
    make(folder, {})
    return folder, contents(folder)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.sampled_from(["classifier.npy", "probe.npy"]),
    st.sampled_from(["flip", "cut", "longer"]),
    st.floats(0, 1, exclude_max=True),
)
def test_whatever_is_damaged_of_a_kept_fit_the_index_is_that_of_a_build_from_nothing(whole, name, how, place):
    folder, files = whole
    path = folder / "embeddings" / name
    data = bytearray(path.read_bytes())
    at = int(place * len(data))
    if how == "flip":
        data[at] ^= 1
    path.write_bytes({"flip": bytes(data), "cut": bytes(data[:at]), "longer": bytes(data) + b"x"}[how])
    make(folder, {})
    assert contents(folder) == files


def test_where_a_fit_cannot_be_kept_its_file_is_named_and_the_old_index_serves(tmp_path):
    make(tmp_path, {})
    old = contents(tmp_path)
    path = tmp_path / "embeddings" / "probe.npy"
    path.unlink()
    path.with_suffix(".partial").mkdir()
    with pytest.raises(IndexUnwritable, match=r"probe\.partial"):
        make(tmp_path, {})
    assert contents(tmp_path) == old


def test_what_a_build_that_was_stopped_left_of_a_fit_is_removed_by_the_next(tmp_path):
    make(tmp_path, {})
    (tmp_path / "embeddings" / "classifier.partial").write_bytes(b"half")
    make(tmp_path, {})
    assert sorted(path.suffix for path in (tmp_path / "embeddings").iterdir()) == ["", "", ".npy", ".npy"]
