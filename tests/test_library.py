"""Documents that people add: all of a change or nothing, quotes word for word, and the checklist stands without them."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library_fakes import POLICY, Refreshed, add, read_lines, silent, write

from corpus.add import Details, Library, NotAdded, add_files, remove_sources
from corpus.assemble import assemble, detect_language
from corpus.errors import DataError, DocumentError
from corpus.extraction import Block, Extraction, Shape
from corpus.held import FOLDER, LIST, changing, list_names, read_held
from corpus.library import load_library
from corpus.load import load_corpus

CORPUS = load_corpus()
OWN = Details("own", title="Cloudbeleid van Waterdam")


@pytest.fixture(autouse=True)
def _loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the project's own part once: it is the same for every test."""
    for module in ("library", "add"):
        monkeypatch.setattr(f"corpus.{module}.load_corpus", lambda: CORPUS)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return write(tmp_path / "mine", "Beleid 2026.txt")


def test_without_documents_the_library_is_the_corpus_of_the_project(home: Path) -> None:
    assert load_library(home).digest == CORPUS.digest
    assert load_library(home).sources == CORPUS.sources


def test_a_document_is_added_with_its_places_and_its_words(home: Path, policy: Path) -> None:
    added, failed = add(home, policy, details=OWN)
    assert [(one.outcome, one.source.id, one.paragraphs) for one in added] == [("added", "beleid-2026", 3)]
    assert failed == ()
    corpus = load_library(home)
    document = corpus.documents["beleid-2026"]
    assert [corpus.locate(paragraph, "nl") for paragraph in document.paragraphs] == [
        "Cloudbeleid van Waterdam > Cloudbeleid > alinea 1 (bladzijde 3)",
        "Cloudbeleid van Waterdam > Cloudbeleid > alinea 1 (bladzijde 3)",
        "Cloudbeleid van Waterdam > Uitzonderingen > alinea 1 (bladzijde 3)",
    ]
    assert [document.quote(p.spans[0]) for p in document.paragraphs] == [p.text for p in document.paragraphs]
    assert [sentence.text for sentence in document.paragraphs[0].sentences] == [
        "Gezondheidsgegevens gaan alleen naar een cloud binnen de EER.",
        "Het college besluit.",
    ]
    source = corpus.sources["beleid-2026"]
    assert (source.kind, source.authority, source.title) == ("own", "own", "Cloudbeleid van Waterdam")
    assert (source.added, source.hidden, source.language) == ("2026-11-30", 2, "nl")
    assert source.sha256 == document.sha256 == hashlib.sha256(policy.read_bytes()).hexdigest()


def test_an_old_term_in_a_document_that_was_added_carries_its_notice(home: Path, policy: Path) -> None:
    add(home, policy)
    corpus = load_library(home)
    last = corpus.documents["beleid-2026"].paragraphs[-1]
    assert [found.notice.term for found in corpus.overtaken[last.id]] == ["processor"]


def test_one_bad_file_fails_alone_and_says_why(home: Path, tmp_path: Path, policy: Path) -> None:
    broken = write(tmp_path / "mine", "stuk.txt", "broken")
    gone = tmp_path / "weg.txt"
    added, failed = add(home, broken, policy, gone)
    assert [one.source.id for one in added] == ["beleid-2026"]
    assert failed == (
        NotAdded(broken, "the file is damaged; save it anew and add it again", "broken"),
        NotAdded(gone, "cannot be read: No such file or directory"),
    )


def test_nothing_is_added_where_the_index_cannot_follow(home: Path, tmp_path: Path, policy: Path) -> None:
    add(home, policy)
    before = list_names(home)
    with pytest.raises(RuntimeError):
        add(
            home, write(tmp_path / "mine", "meer.txt", "Meer."), refresh=Refreshed(error=RuntimeError("full"))
        )
    assert list_names(home) == before
    assert sorted(load_library(home).added) == ["beleid-2026"]


def test_the_index_is_made_to_fit_before_the_list_changes(home: Path, policy: Path) -> None:
    refresh = Refreshed()
    add(home, policy, refresh=refresh)
    assert refresh.digests == [load_library(home).digest]


def test_the_same_file_again_changes_nothing(home: Path, policy: Path) -> None:
    add(home, policy, details=OWN)
    refresh = Refreshed()
    copy = write(policy.parent, "kopie.txt")
    added, failed = add(home, policy, copy, refresh=refresh)
    assert [(one.outcome, one.source.id) for one in added] == [("unchanged", "beleid-2026")] * 2
    assert (failed, refresh.digests) == ((), [])
    assert load_library(home).sources["beleid-2026"].authority == "own"


def test_a_new_version_takes_the_place_of_the_old_one(home: Path, policy: Path) -> None:
    add(home, policy)
    old = list_names(home)
    policy.write_text("Alles mag in de cloud, met advies.", encoding="utf-8")
    added, _ = add(home, policy)
    assert [(one.outcome, one.source.id) for one in added] == [("updated", "beleid-2026")]
    texts = [p.text for p in load_library(home).documents["beleid-2026"].paragraphs]
    assert texts == ["Alles mag in de cloud, met advies."]
    assert not (home / FOLDER / old[0]).exists()


def test_the_index_of_the_old_text_is_removed_once_a_new_version_is_in_use_and_not_where_a_document_is_new(
    home: Path, policy: Path
) -> None:
    listed: list[tuple[str, ...]] = []

    class Noting(Refreshed):
        def _forget(self) -> None:
            listed.append(list_names(home))

    add(home, policy, refresh=Noting())
    add(home, write(policy.parent, "meer.txt", "Meer."), refresh=Noting())
    assert listed == []
    policy.write_text("Alles mag in de cloud, met advies.", encoding="utf-8")
    add(home, policy, write(policy.parent, "nieuw.txt", "Nieuw."), refresh=Noting())
    assert listed == [list_names(home)]


def test_what_is_said_of_a_document_can_be_corrected(home: Path, policy: Path) -> None:
    add(home, policy)
    add(home, policy, details=OWN)
    assert load_library(home).sources["beleid-2026"].title == "Cloudbeleid van Waterdam"


def test_a_removed_document_is_nowhere_any_more(home: Path, policy: Path) -> None:
    add(home, policy)
    refresh = Refreshed()
    gone = remove_sources(home, refresh, ["beleid-2026"])
    assert [source.id for source in gone] == ["beleid-2026"]
    assert (refresh.digests, refresh.forgotten) == ([CORPUS.digest], 1)
    assert load_library(home).digest == CORPUS.digest
    kept = [path for path in home.rglob("*") if path.is_file()]
    assert [path.name for path in kept if b"Gezondheidsgegevens" in path.read_bytes()] == []


def test_an_unknown_document_cannot_be_removed(home: Path, policy: Path) -> None:
    add(home, policy)
    with pytest.raises(DocumentError, match="no document 'x' was added; those that were: beleid-2026"):
        remove_sources(home, Refreshed(), ["x"])


def test_the_guidance_itself_is_not_added_again(home: Path, tmp_path: Path) -> None:
    text = CORPUS.documents["ibd-cloud-2016"].text
    _, failed = add(home, write(tmp_path, "handreiking.txt", text))
    assert [one.reason for one in failed] == [
        "it is the same document as 'ibd-cloud-2016', which is here already"
    ]


def test_the_name_of_a_document_of_the_project_is_taken(home: Path, tmp_path: Path) -> None:
    _, failed = add(home, write(tmp_path, "ibd-cloud-2016.txt", "Iets anders."))
    assert [one.reason for one in failed] == [
        "the id 'ibd-cloud-2016' is one of the project's own; give another with --id"
    ]


def test_a_linked_source_that_is_added_keeps_what_people_call_it(home: Path, policy: Path) -> None:
    add(home, policy, details=Details(id="ncsc-cloud-2012"))
    source, linked = load_library(home).sources["ncsc-cloud-2012"], CORPUS.sources["ncsc-cloud-2012"]
    assert (source.is_held, source.mentions, source.linked_at) == (True, linked.mentions, linked.linked_at)


def test_a_new_version_keeps_what_was_said_of_the_old_one_and_is_read_for_the_rest(
    home: Path, policy: Path
) -> None:
    said = Details(
        "own", "beleid", "Cloudbeleid", "Waterdam", "2024", "vrij", "ncsc-cloud-2012", language="en"
    )
    add(home, policy, details=said)
    again, _ = add(home, policy)
    assert [(one.outcome, one.source) for one in again] == [
        ("unchanged", load_library(home).sources["beleid"])
    ]
    policy.write_text("Alles mag in de cloud, met advies.", encoding="utf-8")
    (added,), _ = add(home, policy, details=Details(id="beleid", licence="vast"))
    source = added.source
    assert (source.authority, source.publisher, source.licence) == ("own", "Waterdam", "vast")
    assert source.replaces == "ncsc-cloud-2012"
    assert (source.title, source.version, source.year, source.language) == ("beleid", "", 0, "nl")


def test_a_document_has_one_id(home: Path, policy: Path) -> None:
    add(home, policy)
    _, failed = add(home, policy, details=Details(id="anders"))
    advice = "remove 'beleid-2026' first to give it another id"
    reason = f"it is the same document as 'beleid-2026', which is here already; {advice}"
    assert [one.reason for one in failed] == [reason]


def test_of_two_files_with_one_name_the_second_is_told_and_not_put_in_the_place_of_the_first(
    home: Path, tmp_path: Path
) -> None:
    first = write(tmp_path / "2024", "inkoop.txt", "Eerst.")
    second = write(tmp_path / "2025", "inkoop.txt", "Daarna.")
    added, failed = add(home, first, second)
    assert [(one.file, one.source.id) for one in added] == [(first, "inkoop")]
    advice = f"its id would be 'inkoop', as that of {first}; add it by itself, with another --id"
    assert failed == (NotAdded(second, advice),)
    add(home, second, details=Details(id="inkoop-2025"))
    added, failed = add(home, first, second)
    assert [(one.outcome, one.source.id) for one in added] == [
        ("unchanged", "inkoop"),
        ("unchanged", "inkoop-2025"),
    ]


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        (
            Details(date="31-12-2026"),
            "'31-12-2026' is no date; give a day like 2026-03-01, or a year like 2026",
        ),
        (Details(replaces="x"), "there is no source 'x'; it can replace cbp-geheimhouding-medisch, "),
        (Details(id="beleid", replaces="beleid"), "a document cannot replace itself; it can replace "),
        (Details(id="!"), "its name has no letter or digit to call it by; give one with --id"),
    ],
)
def test_what_cannot_be_said_of_a_document_is_refused_with_what_can(
    home: Path, policy: Path, details: Details, reason: str
) -> None:
    added, failed = add(home, policy, details=details)
    assert (added, [one.reason.startswith(reason) for one in failed]) == ((), [True])


def test_a_text_without_a_word_is_not_added(home: Path, tmp_path: Path) -> None:
    _, failed = add(home, write(tmp_path, "leeg.txt", "... ?"))
    assert [one.reason for one in failed] == ["there is no sentence in it that can be quoted"]


def test_a_pipe_or_folder_is_no_file_and_nobody_waits_for_it(home: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pijp.txt")
    _, failed = add(home, tmp_path / "pijp.txt", tmp_path)
    assert [one.reason for one in failed] == ["it is no file; name a file, or a folder of files"] * 2


def test_a_file_that_changes_while_it_is_read_is_not_added(home: Path, policy: Path) -> None:
    def change(path: Path) -> Extraction:
        read = read_lines(path)
        path.write_text("Iets anders.", encoding="utf-8")
        return read

    changing_library = Library(CORPUS, home, change, Refreshed(), "2026-11-30")
    _, failed = add_files(changing_library, [(policy, Details())], silent)
    assert [one.reason for one in failed] == ["it changed while it was read; add it again"]
    assert load_library(home).added == frozenset()


def test_a_replaced_document_and_its_places_say_by_what(home: Path, policy: Path) -> None:
    add(home, policy, details=OWN)
    newer = write(policy.parent, "nieuw.txt", "Gezondheidsgegevens blijven hier.")
    add(home, newer, details=Details("own", title="Beleid 2027", replaces="beleid-2026"))
    corpus = load_library(home)
    assert corpus.sources["beleid-2026"].successor == "Beleid 2027"
    first = corpus.documents["beleid-2026"].paragraphs[0]
    assert [corpus.locate(first, language) for language in ("nl", "en")] == [
        "Cloudbeleid van Waterdam (vervangen door: Beleid 2027) > Cloudbeleid > alinea 1 (bladzijde 3)",
        "Cloudbeleid van Waterdam (replaced by: Beleid 2027) > Cloudbeleid > paragraph 1 (page 3)",
    ]
    remove_sources(home, Refreshed(), ["nieuw"])
    assert load_library(home).sources["beleid-2026"].successor == ""


def test_a_document_that_was_altered_can_be_added_again_or_removed(home: Path, policy: Path) -> None:
    other = write(policy.parent, "ander.txt", "Iets anders.")
    add(home, policy, other)
    for name in list_names(home):
        (home / FOLDER / name / "extraction.json").write_text("{}", encoding="utf-8")
    assert len(load_library(home).faults) == 2
    added, _ = add(home, policy)
    assert [(one.outcome, one.source.id) for one in added] == [("updated", "beleid-2026")]
    assert remove_sources(home, Refreshed(), ["ander"]) == ()
    corpus = load_library(home)
    assert (sorted(corpus.added), corpus.faults) == (["beleid-2026"], ())


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Cloudbeleid\nTekst.", "Cloudbeleid"),
        ("Vooraf.\n# Cloudbeleid\nTekst.", "Cloudbeleid"),
        (POLICY, "Beleid 2026"),
        ("Alleen tekst.", "Beleid 2026"),
    ],
)
def test_a_heading_is_the_title_where_it_stands_first_and_alone(
    home: Path, tmp_path: Path, text: str, title: str
) -> None:
    (added,), _ = add(home, write(tmp_path, "Beleid 2026.txt", text))
    assert added.source.title == title


@pytest.mark.parametrize("file", ["extraction.json", "source.toml"])
def test_a_document_that_was_altered_is_left_out_and_named(home: Path, policy: Path, file: str) -> None:
    add(home, policy)
    path = home / FOLDER / list_names(home)[0] / file
    path.write_bytes(path.read_bytes().replace(b"2026", b"2O26").replace(b"EER", b"VSA"))
    corpus = load_library(home)
    assert corpus.digest == CORPUS.digest
    assert [str(path) in fault for fault in corpus.faults] == [True]


def test_a_list_that_is_no_text_leaves_the_corpus_of_the_project(home: Path, policy: Path) -> None:
    add(home, policy)
    (home / FOLDER / LIST).write_bytes(b"\xff\xfe\x00")
    corpus = load_library(home)
    assert (corpus.digest, len(corpus.faults)) == (CORPUS.digest, 1)


def test_two_changes_at_once_are_refused(home: Path, policy: Path) -> None:
    with changing(home), pytest.raises(DocumentError, match="another command is changing the documents"):
        add(home, policy)


def test_the_metadata_file_must_name_its_own_folder(home: Path, policy: Path) -> None:
    add(home, policy)
    name = list_names(home)[0]
    path = home / FOLDER / name / "source.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('id = "beleid-2026"', 'id = "anders"'), encoding="utf-8"
    )
    with pytest.raises(DataError, match="must be one source, under the id of its folder"):
        read_held(home, name)


def test_a_title_of_control_characters_is_cleaned(home: Path, policy: Path) -> None:
    add(home, policy, details=Details(title="Bel\x7feid\u202e \n x"))
    assert load_library(home).sources["beleid-2026"].title == "Bel eid x"


_shapes = st.sampled_from(["heading", "prose", "list_item", "table_row", "footnote"])
_words = st.text(st.sampled_from("abc d.e?\n F1é…"), min_size=1, max_size=60).map(
    lambda t: " ".join(t.split())
)


@st.composite
def extractions(draw: st.DrawFn) -> Extraction:
    made: list[tuple[Shape, str]] = draw(st.lists(st.tuples(_shapes, _words.filter(bool)), max_size=12))
    return Extraction(
        "text",
        tuple(
            Block(shape, text, draw(st.integers(1, 4)) if shape == "heading" else 0) for shape, text in made
        ),
    )


@given(extractions())
def test_every_paragraph_is_its_own_words_under_an_id_of_its_own(extraction: Extraction) -> None:
    document = assemble("bron", "Titel", "0" * 64, extraction)
    paragraphs = document.paragraphs
    assert [document.quote(span) for p in paragraphs for span in p.spans] == [p.text for p in paragraphs]
    assert len({paragraph.id for paragraph in paragraphs}) == len(paragraphs)
    assert all(
        document.quote(span) == sentence.text
        for paragraph in paragraphs
        for sentence in paragraph.sentences
        for span in sentence.spans
    )
    said = [block.text for block in extraction.blocks if block.shape != "heading"]
    assert [p.text for p in paragraphs] == [text for text in said if any(c.isalnum() for c in text)]
    assert assemble("bron", "Titel", "0" * 64, extraction) == document


def test_a_very_long_paragraph_is_parted_between_sentences() -> None:
    sentence = "Dit is een zin van deze tekst."
    block = Block("prose", " ".join([sentence] * 200))
    parts = assemble("bron", "Titel", "0" * 64, Extraction("text", (block,))).paragraphs
    assert " ".join(part.text for part in parts) == block.text
    assert max(len(part.text) for part in parts) <= 1500
    assert {part.text.endswith(sentence) for part in parts} == {True}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (POLICY, "nl"),
        ("The controller shall carry out an assessment of the impact.", "en"),
        ("12345", "nl"),
    ],
)
def test_the_language_of_a_document_is_told_by_its_small_words(text: str, language: str) -> None:
    assert detect_language(text) == language
