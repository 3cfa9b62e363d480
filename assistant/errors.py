"""What can go wrong between a question and its answer.

AssistantError
├── QuestionError   the question cannot be read: empty, too long, not text
├── SettingsError   a setting that does not exist, or a value it cannot have
├── AnswerError     an exported answer or note that is not one of ours
└── ServerError     the page cannot be opened at that host or port
"""

import traceback


def name_fault(error: BaseException) -> str:
    """Return which fault it was and where: its text may hold what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


class AssistantError(Exception):
    """The question cannot be answered as asked; the message says what to do."""


class QuestionError(AssistantError):
    """A question outside the limits. `reason` is a key of the catalogue in words.py."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SettingsError(AssistantError):
    """An unknown setting or an impossible value; the message names file or variable."""


class AnswerError(AssistantError):
    """A file that should hold an Answer and does not."""


class ServerError(AssistantError):
    """The page cannot be opened there; the message names host or port and says what to do."""
