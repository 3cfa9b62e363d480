"""Adds and removes documents while the page serves: one change at a time, in the background, and what became of the last."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import IO, Literal

from corpus.add import Details, Library, Read, Refresh, add_files, remove_sources
from corpus.errors import CHANGE_REASONS, REASONS, ChangeError, CorpusError, ReadError
from corpus.load import load_corpus
from corpus.parse import slug
from corpus.readers.child import read_document
from index.errors import IndexFault

Phase = Literal["reading", "indexing", "removing"]
_LONGEST_NAME = 60  # characters of a file's name


@dataclass(frozen=True)
class Running:
    """The change that is being made: of which document, and how far it is."""

    name: str
    phase: Phase


@dataclass(frozen=True)
class Outcome:
    """What became of a change of `name`, as a sentence of the catalogue, and in another one why it failed.

    `file` stands in the second one. `detail` says in English, to who looks after the server, what both leave out.
    """

    key: str
    name: str
    why: str = ""
    file: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Upload:
    """A file that was sent: the name that its sender gives it, and its bytes."""

    name: str
    file: IO[bytes]


class Changes:
    """The changes that people make on the page. Questions are answered meanwhile, with the text that was in use."""

    def __init__(
        self,
        home: Path,
        refresh: Refresh,
        today: Callable[[], str],
        follow: Callable[[], None],
        read: Read = read_document,
    ) -> None:
        """`refresh` makes the index fit, `today` returns an ISO date, `follow` brings a change into use, `read` reads."""
        self.running: Running | None = None
        self.last: Outcome | None = None
        self.idle = Event()  # set while nothing is being changed
        self.idle.set()
        self._home, self._refresh, self._today = home, refresh, today
        self._follow, self._read = follow, read
        self._lock = Lock()

    def add(self, upload: Upload, details: Details) -> bool:
        """Start to add a document; tell whether it was started, which it is not while another change is made."""
        if self.running:
            return False
        try:
            path = _keep(upload)
        except OSError as error:
            self.last = _fail(upload.name, error)
            return True
        running = Running(upload.name, "reading")
        is_started = self._start(running, partial(self._add, path, upload.name, details))
        if not is_started:
            shutil.rmtree(path.parent, ignore_errors=True)
        return is_started

    def remove(self, identity: str, title: str) -> bool:
        """Start to remove a document; tell whether it was started."""
        return self._start(Running(title, "removing"), partial(self._remove, identity, title))

    def _start(self, running: Running, change: Callable[[], Outcome]) -> bool:
        with self._lock:
            if self.running:
                return False
            self.running, self.last = running, None
            self.idle.clear()
        Thread(target=self._run, args=(running.name, change), daemon=True).start()
        return True

    def _run(self, name: str, change: Callable[[], Outcome]) -> None:
        outcome = Outcome("sources.failed", name, "sources.unexpected")
        try:
            outcome = change()
            self._follow()
        except (CorpusError, IndexFault, OSError, MemoryError) as error:
            outcome = _fail(name, error)
        finally:
            with self._lock:
                self.running, self.last = None, outcome
                self.idle.set()

    def _add(self, path: Path, name: str, details: Details) -> Outcome:
        def tell(*_: object) -> None:
            self.running = Running(name, "indexing")  # it is read; the index is left

        try:
            library = Library(load_corpus(), self._home, self._read, self._refresh, self._today())
            # Where the document bears no title, it is called as the person's file was.
            called = replace(details, id=Path(name).stem if slug(Path(name).stem) else "")
            added, failed = add_files(library, [(path, called)], tell)
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)
        if added:
            return Outcome(f"sources.{added[0].outcome}", added[0].source.title)
        return Outcome("sources.failed", name, _why(failed[0].code), detail=failed[0].reason)

    def _remove(self, identity: str, title: str) -> Outcome:
        remove_sources(self._home, self._refresh, [identity])
        return Outcome("sources.removed", title)


def _fail(name: str, error: Exception) -> Outcome:
    """Return why a change failed."""
    match error:
        case IndexFault():
            return Outcome("sources.failed", name, f"fault.{error.code}", error.file, str(error))
        case ReadError() | ChangeError():
            return Outcome("sources.failed", name, _why(error.reason), detail=str(error))
        case OSError():
            return Outcome("sources.failed", name, _why("unwritable"), detail=str(error.strerror))
    return Outcome("sources.failed", name, _why(""), detail=str(error))


def _why(reason: str) -> str:
    """Return the sentence for a reason; what has none of its own happened by no fault of the document."""
    if reason in REASONS:
        return f"unread.{reason}"
    return f"sources.{reason if reason in CHANGE_REASONS else 'unexpected'}"


def _keep(upload: Upload) -> Path:
    """Write what was sent to a private file: the request ends, and its bytes are gone then."""
    path = Path(tempfile.mkdtemp(prefix="wolkwijzer-")) / _name_file(upload.name)
    try:
        with path.open("xb") as kept:
            shutil.copyfileobj(upload.file, kept)
    except OSError:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise
    return path


def _name_file(name: str) -> str:
    """Return a name in plain letters, for a file in a folder of its own: the document's id and kind are told by it."""
    sent = Path(name.replace("\\", "/").rpartition("/")[2])
    suffix = sent.suffix if sent.suffix[1:].isalnum() and sent.suffix.isascii() else ""
    return f"{slug(sent.stem)[:_LONGEST_NAME] or 'document'}{suffix[:8].lower()}"
