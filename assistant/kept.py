"""A kept answer or note, read back so that its quotes can be checked again."""

import json
from pathlib import Path

from assistant.errors import AnswerError
from assistant.note import read_note

_VERIFIED = "give what 'wolkwijzer ask' wrote with --json or --markdown"


def read_kept(file: Path) -> dict[str, list[object]]:
    """Read an Answer's JSON or an exported note. Raises AnswerError where it is neither."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AnswerError(f"{file} is not a text file; {_VERIFIED}") from error
    except OSError as error:
        raise AnswerError(f"{file}: {error.strerror}") from error
    if not text.lstrip().startswith("{"):
        return {key: list(value) for key, value in read_note(text).items()}
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"this is not JSON: {error}; {_VERIFIED}") from error
    for key in ("sentences", "citations", "checklist"):
        if not isinstance(answer.get(key), list):
            raise AnswerError(f"this is not an Answer: it has no list '{key}'; {_VERIFIED}")
    found: dict[str, list[object]] = answer
    return found
