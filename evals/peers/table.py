"""The rows of peers as one Markdown table for each language, and as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial

from assistant.note import literal
from corpus.paragraph import Language
from corpus.toml import LANGUAGES
from evals.peers.catalogue import OWN
from evals.peers.run import BUILD_TIME, COLD_START, FOUND, LENGTH, MEMORY, MIDDLE, RECALL, SLOW, Row, Values

_TITLES: Mapping[Language, str] = {"nl": "Dutch questions", "en": "English questions"}
# How a value is written; what is a cost also as a ratio to ours.
_SHARES = {FOUND: "{:.3f}", RECALL: "{:.3f}", LENGTH: "{:,.0f}"}
_COSTS = {
    COLD_START: (1, "{:.1f} s"),
    MIDDLE: (1000, "{:.1f} ms"),
    SLOW: (1000, "{:.1f} ms"),
    BUILD_TIME: (1, "{:.1f} s"),
    MEMORY: (1, "{:.0f} MB"),
}


def to_json(rows: Sequence[Row]) -> str:
    """Return the rows as JSON, one a line: times in seconds, memory in MB."""
    return "[\n" + ",\n".join(json.dumps(asdict(row), sort_keys=True) for row in rows) + "\n]\n"


def to_markdown(rows: Sequence[Row]) -> str:
    """Return a table for each language; in brackets the ratio to what Wolkwijzer takes."""
    return "\n".join(line for language in LANGUAGES for line in _table(rows, language)) + "\n"


def _table(rows: Sequence[Row], language: Language) -> Iterator[str]:
    spoken = [row for row in rows if row.language == language]
    own = next((row.values for row in spoken if row.peer == OWN), {})
    columns = (*_SHARES, *_COSTS)
    yield f"| {_TITLES[language]} | {' | '.join(columns)} |"
    yield "|---" * (len(columns) + 1) + "|"
    for row in spoken:
        cells = map(partial(_cell, row.values, own), columns) if row.values else (literal(row.reason),)
        yield f"| {row.peer} | {' | '.join(cells)} |"
    yield ""


def _cell(values: Values, own: Values, column: str) -> str:
    if column in _SHARES:
        return _SHARES[column].format(values[column])
    factor, form = _COSTS[column]
    ratio = f" ({_ratio(values[column] / own[column])})" if own.get(column) else ""
    return form.format(factor * values[column]) + ratio


def _ratio(value: float) -> str:
    if value < 0.01:
        return "<0.01"
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"
