"""Reads and writes the files of `eval`: a fault names the file and says what to run."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from corpus.errors import DataError
from evals.history import Accepted, read_history
from evals.keep import from_json
from evals.row import Results


def read_results(path: Path) -> Results:
    """Read a kept run. Raises DataError."""
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = f"cannot be read ({error}); run: wolkwijzer eval run"
        raise DataError(str(path), "the run", reason) from error


def read_text(path: Path) -> str:
    """Read the text of a baseline. Raises DataError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = f"cannot be read ({error}); run: wolkwijzer eval compare --accept --reason TEXT"
        raise DataError(str(path), "the baseline", reason) from error


def read_past(path: Path) -> tuple[Accepted, ...]:
    """Read the history, which is empty before a run was accepted. Raises DataError."""
    try:
        return read_history(path.read_bytes(), path.name) if path.exists() else ()
    except OSError as error:
        raise DataError(str(path), "the history", f"cannot be read: {error.strerror}") from error


def write(texts: Mapping[Path, str]) -> None:
    """Write files, all of them or none: what was there stays until everything is on disk. Raises DataError."""
    partials = {path: path.with_name(f"{path.name}.partial") for path in texts}
    for path in texts:
        if path.exists() and not path.is_file():
            raise DataError(str(path), "the file", "is no ordinary file; name another one")
    try:
        for path, text in texts.items():
            partials[path].write_text(text, encoding="utf-8")
        for path, whole in partials.items():
            whole.replace(path)
    except OSError as error:
        for left in partials.values():
            with suppress(OSError):
                left.unlink()
        raise DataError(str(path), "the file", f"cannot be written: {error.strerror}") from error
