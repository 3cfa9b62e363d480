"""Writes Results as JSON to keep, and reads them back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from textwrap import shorten

from pydantic import TypeAdapter

from corpus.errors import DataError
from corpus.toml import LANGUAGES
from evals.case import KINDS, SPLITS, Split
from evals.row import FactRow, QuestionRow, Results
from evals.summary import agreed, count_alike, estimate, facts_by_key, gates

FORMAT = 3


def to_json(results: Results) -> str:
    """Return the results as JSON, one record a line: the rows and what they add up to."""
    alike, checked = count_alike(one.agreement for one in results.own)
    content: dict[str, object] = {
        "format": FORMAT,
        "date": results.date,
        "digests": results.digests,
        "gates": [{**asdict(gate), "passed": gate.passed} for gate in gates(results)],
        "measures": list(_measure_records(results.questions, SPLITS)),
        "facts": [*_fact_records("texts", results.facts), *_fact_records("questions", results.questions)],
        "question_rows": [asdict(row) for row in results.questions],
        "fact_rows": [asdict(row) for row in results.facts],
        "check_rows": [asdict(row) for row in results.checks],
        "own_measures": list(_measure_records(agreed(results.own), ("own",))),
        "own_agreement": {"alike": alike, "checked": checked},
        "own_rows": [asdict(row) for row in results.own],
    }
    parts = (f"{_dump(name)}: {_dump_lines(value)}" for name, value in content.items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def from_json(text: str) -> Results:
    """Read what `to_json` wrote. Raises DataError where it is something else."""
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            fault = f"is {content['format']}; this version reads {FORMAT}; run: wolkwijzer eval run"
            raise DataError("results", "format", fault)
        return TypeAdapter(Results).validate_python(
            {
                "date": content["date"],
                "digests": content["digests"],
                **{
                    name: content[f"{name.removesuffix('s')}_rows"]
                    for name in ("questions", "facts", "checks")
                },
                "own": content.get("own_rows", ()),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        fault = f"not written by 'wolkwijzer eval run': {type(error).__name__} {shorten(str(error), 200)}"
        raise DataError("results", "the text", fault) from error


def _measure_records(rows: Sequence[QuestionRow], splits: Sequence[Split]) -> Iterator[Mapping[str, object]]:
    for split in splits:
        for group in ("all", *LANGUAGES, *KINDS):
            inside = [r for r in rows if r.split == split and group in ("all", r.language, r.kind)]
            for measure in inside[0].scores if inside else ():
                if value := estimate(inside, measure):
                    numbers = {name: round(number, 4) for name, number in asdict(value).items()}
                    yield {"split": split, "group": group, "measure": measure, **numbers}


def _fact_records(source: str, rows: Sequence[QuestionRow | FactRow]) -> Iterator[Mapping[str, object]]:
    for split in SPLITS:
        for group in ("all", *LANGUAGES):
            inside = [row for row in rows if row.split == split and group in ("all", row.language)]
            for key, counts in facts_by_key(inside).items():
                shares = {"precision": counts.precision, "recall": counts.recall}
                place = {"from": source, "split": split, "group": group, "fact": key}
                yield {**place, **asdict(counts), **shares}


def _dump_lines(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(_dump(record) for record in value) + "\n]"
    return _dump(value)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
