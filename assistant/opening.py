"""The search of the page, which is opened in the background while the page is served already, and how far it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.words import Words
from corpus.paragraph import Language
from corpus.toml import LANGUAGES
from index.errors import IndexBuilding, IndexFault
from index.hit import SearchResult
from index.lazy import WARM, LazyIndex
from index.progress import Progress


@dataclass(frozen=True)
class State:
    """How far the search is: `done` of `total` passages while it is built; after a fault its code and file."""

    phase: Literal["opening", "building", "ready", "failed"]
    done: int = 0
    total: int = 0
    fault: str = ""
    file: str = ""


class OpeningSearch:
    """The index behind the page. A question waits some seconds while it opens, but not for a build."""

    def __init__(self, make: Callable[[Progress], LazyIndex], progress: Progress) -> None:
        """`make` returns the index, given what its build tells its progress; `progress` is told it as well."""
        self._progress = progress
        self.index = make(self._tell)
        try:
            self.state = State("opening" if self.index.is_built else "building")
        except IndexFault:
            self.state = State("opening")  # `open` says why; the page and its checklist do not wait for that

    @property
    def generation(self) -> str:
        """The generation in use, empty until the first search."""
        return self.index.generation

    @property
    def encoders(self) -> tuple[str, ...]:
        """The names of the encoders."""
        return self.index.encoders

    def open(self, language: Language) -> None:
        """Build the index where there is none, and open what a question in `language` needs.

        Not more: the second encoder, for English, takes another 120 MB. A fault is kept as the state.
        """
        try:
            self.index.ensure()
            self.state = State("opening")
            self.look_up(WARM, 1, language)
        except IndexFault as error:
            self.state = State("failed", fault=error.code, file=error.file)
        except (OSError, RuntimeError, ValueError, LookupError, MemoryError):
            self.state = State("failed", fault="engine")

    def look_up(
        self, query: str, k: int, language: Language | None = None, also: Sequence[str] = ()
    ) -> SearchResult:
        """Return what the index finds. Raises IndexFault, IndexBuilding as long as it is built."""
        if self.state.phase == "building":
            raise IndexBuilding("index", "it is being built for the first time")
        result = self.index.look_up(query, k, language, also)
        self.state = State("ready")
        return result

    def _tell(self, step: str, done: int, total: int) -> None:
        self.state = State("building", done, total)
        self._progress(step, done, total)


def say_state(state: State, words: Words) -> Mapping[Language, str]:
    """Return what people are told while they cannot ask everything yet; nothing once they can."""
    values = {"done": state.done, "total": state.total, "file": state.file}
    if state.phase == "ready":
        keys = []
    elif state.phase == "failed":
        keys = [f"fault.{state.fault}", "page.checklist_works"]
    elif state.phase == "building":
        keys = ["page.building", *(["page.built"] if state.total else []), "page.checklist_works"]
    else:
        keys = ["page.opening"]
    return {one: " ".join(words.say(key, one, values) for key in keys) for one in LANGUAGES}
