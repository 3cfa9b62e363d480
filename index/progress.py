"""How a build tells how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Called with a step's name, how much of it is done and how much there is.

    The first call of a step tells what was done before: of texts to embed, those kept from an earlier build.
    """

    def __call__(self, step: str, done: int, total: int) -> None: ...
