"""The verb `verify`: checks every quote of a kept answer or note again."""

import argparse
import json

from assistant.cite import verify_answer
from assistant.errors import AnswerError
from assistant.note import read_note
from corpus.load import load_corpus

_VERIFIED = "give what 'wolkwijzer ask' wrote with --json or --markdown"


def recheck(arguments: argparse.Namespace) -> int:
    """Print what is wrong with the quotes of a file; 1 where anything is. Raises AnswerError where it is neither."""
    try:
        text = arguments.file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AnswerError(f"{arguments.file} is not a text file; {_VERIFIED}") from error
    except OSError as error:
        raise AnswerError(f"{arguments.file}: {error.strerror}") from error
    answer = _read_answer(text)
    faults = verify_answer(answer, load_corpus())
    for fault in faults:
        print(f"[{fault.n}] {fault.reason}" if fault.n else fault.reason)
    if not faults:
        print(
            f"{len(answer['citations'])} quotes and {len(answer['checklist'])} checklist quotes are verbatim; "
            "what Wolkwijzer says in its own words is not checked"
        )
    return 1 if faults else 0


def _read_answer(text: str) -> dict[str, list[object]]:
    """Read an Answer's JSON or an exported note. Raises AnswerError where it is neither."""
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
