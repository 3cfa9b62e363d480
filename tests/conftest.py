"""What several test modules share."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.load import Corpus, load_corpus
from corpus.outline import Outline, read_outline
from corpus.paragraph import Document
from corpus.toml import read_toml

pytest_plugins = ["browser_fixtures"]

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="session")
def guidance(corpus: Corpus) -> Document:
    return corpus.documents["ibd-cloud-2016"]


@pytest.fixture(scope="session")
def outline() -> Outline:
    return read_outline(read_toml(ROOT / "corpus" / "outlines.toml").table("ibd-cloud-2016"))


@pytest.fixture(scope="session")
def wolkwijzer_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user folder with an index, built once for all tests.

    Who runs them often names one in TEST_INDEX, to be copied; one of another text is refused.
    """
    folder = tmp_path_factory.mktemp("home")
    built = os.environ.get("TEST_INDEX")
    if built:
        shutil.copytree(built, folder / "index")
    subprocess.run(
        [sys.executable, "-m", "wolkwijzer", "index", "verify" if built else "build"],
        cwd=folder,
        env={**os.environ, "WOLKWIJZER_HOME": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    return folder
