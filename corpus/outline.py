"""The outline of a document: what its text layer no longer says of itself (outlines.toml)."""

from dataclasses import dataclass

from corpus.toml import Table


@dataclass(frozen=True)
class Outline:
    """Headings as (level, text) in reading order, and the places that want a hand."""

    headings: tuple[tuple[int, str], ...]
    policy_chapter: str
    back_to_heading: tuple[str, ...]
    table: tuple[str, str]
    form: tuple[str, ...]
    split_before: tuple[str, ...]
    typing: tuple[tuple[str, str], ...]


def read_outline(table: Table) -> Outline:
    """Read the outline of one source; an unknown or missing key is a DataError."""
    headings = tuple(
        (level, text)
        for level, text in table.pairs("headings")
        if isinstance(level, int) and isinstance(text, str)
    )
    outline = Outline(
        headings,
        table.text("policy_chapter"),
        table.texts("back_to_heading"),
        table.text_pair("table"),
        table.texts("form"),
        table.texts("split_before"),
        tuple((str(before), str(after)) for before, after in table.pairs("typing")),
    )
    table.done()
    return outline
