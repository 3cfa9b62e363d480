"""What a running server answers with: replaced whole once other documents, or another index, are in use."""

from collections.abc import Callable
from threading import Lock, Thread

from assistant.answer import Answer, Request
from assistant.compose import answer_question
from assistant.draft import Kit
from corpus.errors import CorpusError
from index.errors import IndexFault


class Current:
    """The kit in use. Questions that come while a new one is made ready are answered with the old one."""

    def __init__(self, kit: Kit, look: Callable[[], str], renew: Callable[[], Kit]) -> None:
        """`look` names what is on disk in a few microseconds; `renew` opens it, or raises CorpusError or IndexFault."""
        self.kit = kit
        self._look, self._renew = look, renew
        self._seen = look()
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
            try:
                there = self._look()
            except (CorpusError, IndexFault):
                return  # what cannot be read is not used: the old text and its index go on
            if there != self._seen:
                self._seen = there
                self.renewing = Thread(target=self._follow, daemon=True)
                self.renewing.start()

    def _follow(self) -> None:
        try:
            self.kit = self._renew()
        except (CorpusError, IndexFault, OSError, MemoryError):
            # What is on disk does not fit together, or not yet; the next change is looked at again.
            return
