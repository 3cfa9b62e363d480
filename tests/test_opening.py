"""The page is served before its search is ready: what is told meanwhile, and what a question then gets."""

from collections.abc import Callable, Sequence

import pytest
from fakes import silent

from assistant.answer import Request
from assistant.commands import make_kit
from assistant.compose import answer_question
from assistant.current import Current
from assistant.draft import Kit
from assistant.find import Remembered
from assistant.opening import OpeningSearch, State, say_state
from assistant.words import read_words
from corpus.load import Corpus
from corpus.paragraph import Language
from index.errors import IndexDamaged, IndexFault, IndexUnreachable
from index.hit import NOTHING, SearchResult
from index.lazy import LazyIndex
from index.progress import Progress


class SlowIndex(LazyIndex):
    """An index whose build does what it is told; nothing is found in it."""

    is_built = False

    def __init__(self, progress: Progress, build: Callable[[Progress], None]) -> None:
        self._told, self._build = progress, build
        self.faults: list[IndexFault] = []

    generation, encoders = "made", ("one",)

    def ensure(self) -> None:
        self._build(self._told)

    def look_up(
        self, query: str, k: int, language: Language | None = None, also: Sequence[str] = ()
    ) -> SearchResult:
        if self.faults:
            raise self.faults[0]
        return SearchResult((), NOTHING)


def make(build: Callable[[Progress], None], told: Progress = silent) -> OpeningSearch:
    return OpeningSearch(lambda progress: SlowIndex(progress, build), told)


def test_a_build_is_told_on_the_page_and_on_the_terminal_and_then_no_more() -> None:
    seen: list[State] = []
    terminal: list[tuple[str, int, int]] = []

    def build(progress: Progress) -> None:
        seen.append(search.state)
        progress("one", 32, 64)
        seen.append(search.state)

    search = make(build, lambda *told: terminal.append(told))
    search.open("nl")
    assert [*seen, search.state] == [State("building"), State("building", 32, 64), State("ready")]
    assert terminal == [("one", 32, 64)]
    first = "De zoekmachine maakt zich voor het eerst klaar. Dat duurt enkele minuten."
    last = "U krijgt op elke vraag al wel de checklist."
    assert [say_state(state, read_words())["nl"] for state in (*seen, search.state)] == [
        f"{first} {last}",
        f"{first} Klaar: 32 van 64 stukken tekst. {last}",
        "",
    ]


def test_a_page_whose_database_is_not_there_yet_is_served_and_finds_it_later() -> None:
    class Away(SlowIndex):
        @property
        def is_built(self) -> bool:
            raise IndexUnreachable("host/name", "connection refused")

    def build(_: Progress) -> None:
        raise IndexUnreachable("host/name", "connection refused")

    search = OpeningSearch(lambda progress: Away(progress, build), silent)
    assert search.state == State("opening")
    search.open("nl")
    assert search.state == State("failed", fault="unreachable", file="host/name")
    assert say_state(search.state, read_words())["en"].startswith(
        "The database with the index does not answer (host/name)."
    )
    search.look_up("cloud", 1)
    assert search.state == State("ready")


def test_a_server_that_could_not_see_what_is_there_looks_again_at_the_next_question(
    corpus: Corpus, tmp_path
) -> None:
    kits = [make_kit(corpus, make(lambda _: None), tmp_path) for _ in range(2)]
    names: list[str | IndexFault] = [
        IndexUnreachable("host/name", "connection refused"),
        IndexUnreachable("host/name", "connection refused"),
        "one",
        "one",
        "one",
    ]
    renewals: list[IndexFault | None] = [IndexUnreachable("host/name", "connection refused"), None]

    def look() -> str:
        found = names.pop(0)
        if isinstance(found, IndexFault):
            raise found
        return found

    def renew() -> Kit:
        fault = renewals.pop(0)
        if fault:
            raise fault
        return kits[1]

    current = Current(kits[0], look, renew)
    used = []
    for _ in range(4):
        current.answer(Request("wat is SaaS?", "2026-11-30"))
        if current.renewing:
            current.renewing.join()
        used.append(kits.index(current.kit))
    assert (used, names, renewals) == ([0, 0, 1, 1], [], [])


def test_a_question_asked_during_the_build_gets_the_checklist_and_is_to_be_asked_again(
    corpus: Corpus, tmp_path
) -> None:
    search = make(lambda progress: None)
    kit = make_kit(corpus, search, tmp_path)
    answer = answer_question(Request("Mogen we gezondheidsgegevens in deze SaaS opslaan?", "2026-11-23"), kit)
    told = [sentence.text for sentence in answer.sentences]
    assert (answer.status, answer.citations) == ("error", ())
    assert len(answer.checklist.lines) > 25
    assert any(read_words().say("fault.building", "nl") in text for text in told)
    search.open("nl")
    again = answer_question(Request("Mogen we gezondheidsgegevens in deze SaaS opslaan?", "2026-11-23"), kit)
    assert again.status != "error"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_index_that_cannot_be_opened_is_told_with_what_to_do_until_it_can(language: Language) -> None:
    index = SlowIndex(silent, lambda progress: None)
    index.faults = [IndexDamaged("manifest.json", "altered")]
    search = OpeningSearch(lambda progress: index, silent)
    search.open("nl")
    assert search.state == State("failed", fault="damaged", file="manifest.json")
    told = say_state(search.state, read_words())[language]
    assert told.startswith(read_words().say("fault.damaged", language, {"file": "manifest.json"}))
    index.faults.clear()
    search.look_up("cloud", 1)
    assert search.state == State("ready")


def test_an_engine_that_fails_while_it_opens_is_told_too() -> None:
    def build(progress: Progress) -> None:
        raise MemoryError

    search = make(build)
    search.open("nl")
    assert search.state == State("failed", fault="engine")


def test_a_question_is_searched_once_in_each_index_and_again_where_that_failed() -> None:
    asked: list[str] = []

    class Counting(SlowIndex):
        def look_up(
            self, query: str, k: int, language: Language | None = None, also: Sequence[str] = ()
        ) -> SearchResult:
            asked.append(f"{self.generation}: {query}, {k}, {language}, {', '.join(also)}")
            return super().look_up(query, k, language, also)

    index = Counting(silent, lambda _: None)
    search = Remembered(index)
    index.faults = [IndexUnreachable("host/name", "connection refused")]
    with pytest.raises(IndexUnreachable):
        search.look_up("mag dit?", 5, "nl", ["mag het?"])
    index.faults = []
    for _ in range(2):
        assert search.look_up("mag dit?", 5, "nl", ["mag het?"]) == SearchResult((), NOTHING)
    search.look_up("mag dat?", 5, "nl", [])
    index.generation = "next"
    search.look_up("mag dat?", 5, "nl", [])
    assert (search.generation, search.encoders) == ("next", ("one",))
    assert asked == [
        "made: mag dit?, 5, nl, mag het?",
        "made: mag dit?, 5, nl, mag het?",
        "made: mag dat?, 5, nl, ",
        "next: mag dat?, 5, nl, ",
    ]
