"""A running server takes up new documents and a new index, and no question meanwhile goes without its answer."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from library_fakes import add, write
from tests_support import CORPUS, FakeSearch, hit

from assistant.answer import Request
from assistant.commands import Place
from assistant.current import Current
from assistant.draft import Kit
from assistant.page.commands import _look
from assistant.rules import read_rules
from assistant.settings import Folders, Settings
from assistant.words import read_words
from corpus.add import Details
from corpus.errors import DocumentError
from corpus.library import load_library
from index.errors import IndexStale
from index.shelf import FolderShelf

ASKED = Request("Mogen wij gezondheidsgegevens in de cloud zetten?", "2026-11-30")
OLD = Kit(CORPUS, read_words(), read_rules(), FakeSearch((hit(806),), generation="000001-old"), "test")
NEW = replace(OLD, search=FakeSearch((hit(806),), generation="000002-new"))


class Disk:
    """What is on disk: its name, and how it is opened."""

    def __init__(self, renew: Callable[[], Kit]) -> None:
        self.name, self.renew = "1", renew

    def look(self) -> str:
        return self.name


def served(current: Current) -> str:
    return current.answer(ASKED).provenance.index


def settle(current: Current) -> None:
    assert current.renewing is not None
    current.renewing.join(10)
    assert not current.renewing.is_alive()


def test_questions_are_answered_with_the_old_text_until_the_new_one_is_ready() -> None:
    ready = Event()

    def renew() -> Kit:
        ready.wait(10)
        return NEW

    disk = Disk(renew)
    current = Current(OLD, disk.look, disk.renew)
    assert served(current) == "000001-old"
    disk.name = "2"
    assert [served(current) for _ in range(3)] == ["000001-old"] * 3
    ready.set()
    settle(current)
    assert served(current) == "000002-new"


def test_without_a_change_nothing_is_opened() -> None:
    disk = Disk(lambda: pytest.fail("opened"))
    current = Current(OLD, disk.look, disk.renew)
    assert [served(current) for _ in range(3)] == ["000001-old"] * 3
    assert current.renewing is None


@pytest.mark.parametrize(
    "error", [IndexStale("CURRENT", "of another text"), DocumentError("half"), OSError("gone")]
)
def test_what_does_not_fit_together_is_left_for_the_next_change(error: Exception) -> None:
    kits: list[Kit | Exception] = [error, NEW]

    def renew() -> Kit:
        kit = kits.pop(0)
        if isinstance(kit, Exception):
            raise kit
        return kit

    disk = Disk(renew)
    current = Current(OLD, disk.look, disk.renew)
    disk.name = "2"
    served(current)
    settle(current)
    assert served(current) == "000001-old"
    disk.name = "3"
    served(current)
    settle(current)
    assert served(current) == "000002-new"


def test_a_list_that_cannot_be_read_leaves_the_old_text() -> None:
    names = iter(["1"])

    def look() -> str:
        try:
            return next(names)
        except StopIteration as error:
            raise DocumentError("LIST cannot be read") from error

    current = Current(OLD, look, lambda: pytest.fail("opened"))
    assert served(current) == "000001-old"


def test_what_is_said_anew_of_a_document_whose_text_stays_is_taken_up(tmp_path: Path) -> None:
    home, file = tmp_path / "home", write(tmp_path / "mine", "Beleid.txt")
    add(home, file, details=Details("own", title="Cloudbeleid"))
    place = Place(Settings(home=home), Folders(home, home / "index"))
    current = Current(
        replace(OLD, corpus=load_library(home)),
        partial(_look, place, FolderShelf(place.folders.index)),
        lambda: replace(NEW, corpus=load_library(home)),
    )
    add(home, file, details=Details(title="Beleid voor de cloud", replaces="ibd-cloud-2016"))
    assert served(current) in {"000001-old", "000002-new"}
    settle(current)
    sources = current.kit.corpus.sources
    assert (sources["beleid"].title, sources["ibd-cloud-2016"].successor) == ("Beleid voor de cloud",) * 2
