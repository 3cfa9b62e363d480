"""What several test modules share."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from corpus.load import Corpus, load_corpus
from corpus.outline import Outline, read_outline
from corpus.paragraph import Document
from corpus.toml import read_toml

pytest_plugins = ["browser_fixtures"]

# How long an example takes tells how busy the machine is.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture
def loaded_once(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each command of a test have the project's own corpus that is loaded already: it never changes, and takes longest."""
    monkeypatch.setattr("corpus.library.load_corpus", lambda: corpus)


@pytest.fixture(scope="session")
def guidance(corpus: Corpus) -> Document:
    return corpus.documents["ibd-cloud-2016"]


@pytest.fixture(scope="session")
def outline() -> Outline:
    return read_outline(read_toml(ROOT / "corpus" / "outlines.toml").table("ibd-cloud-2016"))


@pytest.fixture(scope="session")
def watched_build(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A user folder with an index, built once for all tests, and what was looked up for it.

    Who runs them often names one in TEST_INDEX, to be copied; one of another text is refused.
    """
    folder, lookups = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("watched") / "lookups"
    built = os.environ.get("TEST_INDEX")
    if built:
        shutil.copytree(built, folder / "index")
    verb = "verify" if built else "build"
    subprocess.run(
        [sys.executable, str(ROOT / "tests" / "watched.py"), str(lookups), "index", verb],
        cwd=folder,
        env={**os.environ, "WOLKWIJZER_HOME": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    return folder, lookups.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def wolkwijzer_home(watched_build: tuple[Path, str]) -> Path:
    """A user folder with an index."""
    return watched_build[0]
