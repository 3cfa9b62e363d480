"""A municipality's own items: raised beside ours, quoted word for word, and told where they cannot be read."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from library_fakes import Refreshed, add, library_with_items, write, write_items
from tests_support import FakeSearch

from assistant.answer import Answer, ChecklistLine, Request
from assistant.checklist import make_checklist
from assistant.cite import verify_answer
from assistant.compose import answer_question
from assistant.draft import Kit
from assistant.note import read_note, to_markdown
from assistant.page.conversation import Turn
from assistant.page.html import show_turn
from assistant.page.parts import Shown
from assistant.render import checklist_to_text, to_json, to_text
from assistant.rules import read_rules
from assistant.settings import Organisation
from assistant.tell import Teller
from assistant.words import read_words
from corpus.add import remove_sources
from corpus.errors import DocumentError
from corpus.facts import Facts
from corpus.held import list_names
from corpus.library import load_library
from corpus.load import Corpus, load_corpus
from corpus.own import add_own_items, look_at_items
from corpus.paragraph import Language
from wolkwijzer import main

Read = Callable[[], Corpus]
OURS = load_corpus()
WORDS = read_words()
CASE = {"data": ["health"], "service_model": "saas"}
MISSING = "Let op: de eigen punten van uw gemeente ontbreken"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Corpus]:
    """A user folder with an own policy and three items, two of which quote it; and the corpus without the items."""
    folder = tmp_path_factory.mktemp("own")
    whole = library_with_items(folder)
    return folder / "home", replace(whole, policy=OURS.policy, rules_digest=OURS.rules_digest)


@pytest.fixture
def home(made_once: tuple[Path, Corpus], tmp_path: Path) -> Path:
    """A copy of that folder."""
    shutil.copytree(made_once[0], tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def read(made_once: tuple[Path, Corpus], home: Path) -> Callable[[], Corpus]:
    """Read the items as they are in the folder now."""
    return lambda: add_own_items(made_once[1], home)


def answer(corpus: Corpus, language: Language = "nl", question: str = "Mag dit met deze SaaS?") -> Answer:
    kit = Kit(corpus, WORDS, read_rules(), FakeSearch(), "test")
    request = Request(question, "2026-11-23", language, corpus.vocabulary.read_json(CASE))
    return answer_question(request, kit)


def line(made: Answer, identity: str) -> ChecklistLine:
    return next(line for line in made.checklist.lines if line.id == identity)


def page(made: Answer, corpus: Corpus) -> str:
    shown = Shown(corpus.sources, corpus.vocabulary, corpus.glossary, WORDS, Organisation())
    return show_turn(Turn(made), shown)


def note(made: Answer, corpus: Corpus) -> str:
    return to_markdown(made, corpus.sources, corpus.vocabulary, WORDS, Organisation())


def test_own_items_stand_behind_ours_which_stay_as_they_are(home: Path, read: Read) -> None:
    made = answer(read())
    ours = [line.id for line in answer(OURS).checklist.lines]
    assert [line.id for line in made.checklist.lines] == [*ours, "M1", "M2", "M3"]
    first = line(made, "M1")
    assert (first.status, first.who, first.role, first.source_kind) == ("applies", "both", "ciso", "own")
    assert first.quote == "Gezondheidsgegevens gaan alleen naar een cloud binnen de EER."
    assert [line(made, name).status for name in ("M2", "M3")] == ["check", "applies"]


def test_an_old_term_in_an_own_item_carries_its_notice(home: Path, read: Read) -> None:
    made = answer(read())
    (name,) = line(made, "M3").notices
    assert name in {notice.id for notice in made.checklist.notices}


def test_an_own_item_and_what_it_tightens_name_each_other(home: Path, read: Read) -> None:
    made = answer(read(), "en")
    assert line(made, "M1").tightens == ("S1", "D1")
    assert line(made, "M1").stricter == "This item of your municipality is stricter than S1 and D1."
    assert (line(made, "S1").tightened_by, line(made, "P2").tightened_by) == (("M1",), ("M2",))
    assert (
        line(made, "S1").stricter == "Your municipality is stricter here: M1 Keep health data within the EEA."
    )
    assert {
        line.stricter for line in made.checklist.lines if line.id not in ("M1", "M2", "S1", "D1", "P2")
    } == {""}


@pytest.mark.parametrize("show", [to_text, note, page], ids=["terminal", "note", "page"])
def test_every_way_of_showing_an_answer_shows_own_items_and_what_they_tighten(
    home: Path, read: Read, show
) -> None:
    corpus = read()
    made = answer(corpus, "en")
    shown = show(made, corpus, WORDS) if show is to_text else show(made, corpus)
    words = " ".join(shown.replace("&#46;", ".").replace("&#58;", ":").replace("\\", "").split())
    assert words.count("This item of your municipality is stricter than S1 and D1.") == 1
    assert words.count("Your municipality is stricter here: M1 Keep health data within the EEA.") == 2


def test_a_reader_of_english_gets_a_dutch_quote_as_it_is_and_is_told(home: Path, read: Read) -> None:
    corpus = read()
    made = answer(corpus, "en")
    assert (line(made, "M1").rendition, line(made, "M1").quote_language) == ("", "nl")
    assert line(made, "M2").rendition.startswith("Outsourcing")
    assert note(made, corpus).count("Dutch, not translated") == 2
    assert page(made, corpus).count("Dutch&#44; not translated") == 2
    assert "zonder vertaling" not in note(answer(corpus), corpus)


def test_the_quotes_of_own_items_are_verified_with_the_rest(home: Path, read: Read) -> None:
    corpus = read()
    kept = json.loads(json.dumps(to_json(answer(corpus), corpus.vocabulary)))
    assert verify_answer(kept, corpus) == []
    assert [fault.reason for fault in verify_answer(kept, OURS)] == [
        f"checklist {name}: the quote does not stand in its paragraph" for name in ("M1", "M3")
    ]
    assert [item["id"] for item in read_note(note(answer(corpus), corpus))["checklist"]][-3:] == [
        "M1",
        "M2",
        "M3",
    ]


def test_own_items_are_signed_off_under_a_topic_of_their_own(home: Path, read: Read) -> None:
    said = {statement.name: statement.topic for statement in read().statements()}
    ours = {statement.name: statement.digest for statement in OURS.statements()}
    both = {statement.name: statement.digest for statement in read().statements()}
    assert {name for name, topic in said.items() if topic == "own"} == {"item M1", "item M2", "item M3"}
    assert {name: both[name] for name in ours} == ours


def test_what_is_signed_does_not_depend_on_what_was_asked_before(home: Path, read: Read) -> None:
    corpus = read()
    before = list(corpus.statements())
    answer(corpus)
    assert list(corpus.statements()) == before


def test_an_answer_tells_by_which_rules_it_was_made(home: Path, read: Read) -> None:
    before = read().rules_digest
    write_items(home, ('tightens = ["P2"]', 'tightens = ["P3"]'))
    assert len({OURS.rules_digest, before, read().rules_digest}) == 3
    assert read().digest != OURS.digest


FAULTS = [
    ('id = "M2"', 'id = "M1"', "item M1: this id is there twice"),
    ('id = "M2"', 'id = "P2"', "item P2: this id is there twice"),
    ('id = "M2"', 'id = "M02"', "item M02: an own item is called M1, M2 and so on"),
    ('["P2"]', '["P99"]', "item M2: 'tightens' names 'P99', which is no item of ours"),
    ('["P2"]', '["M1"]', "item M2: 'tightens' names 'M1', which is no item of ours"),
    ("binnen de EER.", "in de EER.", "item M1: the quote does not stand in "),
    ('"data.health" = "no"', '"data.helth" = "no"', "item M1"),
    ('title.en = "Instruct the processor"', "", "item M3.title: 'en' is missing"),
    ("always = true", 'always = true\nsecret = "x"', "list M: unknown key 'secret'"),
    ('id = "M"\ntopic', 'id = "Q"\ntopic', "list Q: has no items"),
    ('topic = "own"', 'topic = "soup"', "list M: no such topic: 'soup'"),
    ("[[list]]", "[[list", "the file: not valid TOML"),
]


@pytest.mark.parametrize(("old", "new", "fault"), FAULTS)
def test_a_fault_is_told_by_file_and_entry_and_our_own_lists_stand(
    home: Path, read: Read, old: str, new: str, fault: str
) -> None:
    write_items(home, (old, new))
    corpus = read()
    assert f"items.toml: {fault}" in corpus.item_fault
    assert corpus.faults == (corpus.item_fault,)
    assert (corpus.policy, corpus.rules_digest) == (OURS.policy, OURS.rules_digest)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"\x00", b""], ids=["UTF-16", "a zero byte", "empty"])
def test_a_file_that_is_no_list_of_items_is_a_fault_too(home: Path, read: Read, data: bytes) -> None:
    (home / "items.toml").write_bytes(data)
    assert read().item_fault.startswith("items.toml: ")


def test_a_file_that_cannot_be_read_is_a_fault_and_not_taken_for_none(home: Path, read: Read) -> None:
    (home / "items.toml").unlink()
    (home / "items.toml").symlink_to(home / "gone.toml")
    assert read().item_fault == "items.toml: the file: cannot be read: No such file or directory"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_answer_without_the_own_items_does_not_look_complete(
    home: Path, read: Read, language: Language
) -> None:
    write_items(home, ("binnen de EER.", "in de EER."))
    corpus = read()
    unread = WORDS.say("checklist.unread", language)
    for question in ("Mag dit met deze SaaS?", "Wat is een cloud?"):
        made = answer(corpus, language, question)
        assert made.checklist.unread == unread
        assert [sentence.text for sentence in made.sentences].count(unread) == 1
        assert to_json(made, corpus.vocabulary)["checklist_unread"] == unread
        assert unread in " ".join(to_text(made, corpus, WORDS).split())
        assert 'class="unread"' in page(made, corpus)
        assert note(made, corpus).replace("\\", "").count(unread) == 2


def test_the_checklist_alone_tells_that_own_items_are_missing(home: Path, read: Read) -> None:
    write_items(home, ("binnen de EER.", "in de EER."))
    checklist = make_checklist(read(), Facts(), Teller(WORDS, "nl", "2026-11-23"))
    assert checklist_to_text(checklist, "nl", WORDS, folded=False).startswith(MISSING)
    whole = make_checklist(OURS, Facts(), Teller(WORDS, "nl", "2026-11-23"))
    assert MISSING not in checklist_to_text(whole, "nl", WORDS, folded=False)


def test_a_document_that_own_items_quote_is_not_removed(home: Path, read: Read) -> None:
    refresh = Refreshed()
    with pytest.raises(
        DocumentError, match=r"own items quote 'beleid-2026': M1, M3; take them out of items\.toml"
    ):
        remove_sources(home, refresh, ["beleid-2026"])
    assert (refresh.digests, len(list_names(home))) == ([], 1)
    (home / "items.toml").unlink()
    assert [source.id for source in remove_sources(home, refresh, ["beleid-2026"])] == ["beleid-2026"]


def test_an_item_whose_document_is_gone_is_a_fault_that_names_it(home: Path, read: Read) -> None:
    (home / "sources" / "LIST").write_text("", encoding="utf-8")
    fault = load_library(home).item_fault
    assert fault.startswith("items.toml: item M1: the document 'beleid-2026' is not here: 'beleid-2026/")


def test_a_new_version_that_keeps_the_words_keeps_the_items(home: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "mine", "Beleid 2026.txt")
    file.write_text(f"{file.read_text(encoding='utf-8')}Nog iets.\n", encoding="utf-8")
    add(home, file)
    assert load_library(home).item_fault == ""


def test_the_check_tells_what_is_tightened_and_fails_where_own_items_are_not_whole(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WOLKWIJZER_HOME", str(home))
    assert main(["corpus", "check"]) == 0
    assert "tightened by items of your own: S1 by M1; D1 by M1; P2 by M2\n" in capsys.readouterr().out
    write_items(home, ('["P2"]', '["P99"]'))
    fault = "items.toml: item M2: 'tightens' names 'P99', which is no item of ours"
    assert main(["corpus", "check"]) == 1
    assert f"not whole: {fault}\n" in capsys.readouterr().out
    assert main(["checklist", "--json"]) == 0
    told = capsys.readouterr()
    assert told.err == f"wolkwijzer: left out: {fault}\n"
    assert json.loads(told.out)["checklist_unread"].startswith(MISSING)


def test_own_items_are_signed_by_the_command(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WOLKWIJZER_HOME", str(home))
    who = ["--name", "A. Jansen", "--role", "CISO", "--organisation", "Waterdam"]
    assert main(["corpus", "sign", "own", *who]) == 0
    assert main(["checklist", "--json"]) == 0
    printed = capsys.readouterr().out
    standings = {
        item["id"]: item["standing"] for item in json.loads(printed[printed.index("{") :])["checklist"]
    }
    assert standings["M1"].startswith("signed: A. Jansen, CISO, Waterdam")
    assert standings["P1"] == "draft"


def test_a_changed_file_is_told_from_the_one_before(home: Path, read: Read) -> None:
    states = [look_at_items(home)]
    write_items(home, ("Een besluit van het college.", "Een besluit."))
    states.append(look_at_items(home))
    (home / "items.toml").unlink()
    states.append(look_at_items(home))
    assert len(set(states)) == 3
