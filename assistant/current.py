"""What a running server answers with: replaced whole once other documents, or another index, are in use."""

from collections.abc import Callable
from threading import Lock, Thread

from assistant.answer import Answer, Request
from assistant.compose import answer_question
from assistant.draft import Kit
from corpus.errors import CorpusError
from index.errors import IndexFault, IndexUnreachable


class Current:
    """The kit in use. Questions that come while a new one is made ready are answered with the old one."""

    def __init__(self, kit: Kit, look: Callable[[], str], renew: Callable[[], Kit]) -> None:
        """`look` names what is there in well under a millisecond; `renew` opens it, or raises CorpusError or IndexFault."""
        self.kit = kit
        self._look, self._renew = look, renew
        self._seen = self._name() or ""
        self._lock = Lock()
        self.renewing: Thread | None = None

    def answer(self, request: Request) -> Answer:
        """Answer with the kit in use, and start to make a new one ready where there is other text on disk."""
        self._notice()
        return answer_question(request, self.kit)

    def follow(self) -> None:
        """Look at what is on disk, and wait until it is in use: for who has just changed it."""
        self._notice()
        if self.renewing is not None:
            self.renewing.join()

    def _notice(self) -> None:
        with self._lock:
            if self.renewing is not None and self.renewing.is_alive():
                return
            there = self._name()
            if there is not None and there != self._seen:
                self._seen = there
                self.renewing = Thread(target=self._follow, daemon=True)
                self.renewing.start()

    def _name(self) -> str | None:
        """Return what is there, None where that cannot be told: then the old text and its index go on."""
        try:
            return self._look()
        except (CorpusError, IndexFault):
            return None

    def _follow(self) -> None:
        try:
            self.kit = self._renew()
        except IndexUnreachable:
            self._seen = ""  # nothing is wrong with what is there: the next question looks again
        except (CorpusError, IndexFault, OSError, MemoryError):
            # What is on disk does not fit together, or not yet; the next change is looked at again.
            return
