"""Writes Results as Markdown for people and as JSON that is read back. The date is the run's own."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import get_args

from assistant.note import literal
from corpus.errors import DataError
from corpus.toml import LANGUAGES
from evals.case import KINDS, SPLITS, Split
from evals.checks import CHECK_KINDS, CheckRow
from evals.own import Agreement, count_alike
from evals.run import FOUND, FactRow, OwnRow, QuestionRow, Results
from evals.score import Counts
from evals.summary import (
    CONFIDENCE,
    DRAWS,
    SEED,
    Estimate,
    Gate,
    check_shares,
    estimate,
    facts_by_key,
    facts_together,
    gates,
)

FORMAT = 2
_BY_KIND = ("recall@5", FOUND, "citation precision", "items right", "status right")
_Rows = Sequence[QuestionRow | FactRow]


def to_json(results: Results) -> str:
    """Return the results as JSON, one record a line: the rows and what they add up to."""
    content: dict[str, object] = {
        "format": FORMAT,
        "date": results.date,
        "digests": results.digests,
        "gates": [{**asdict(gate), "passed": gate.passed} for gate in gates(results)],
        "measures": list(_measure_records(results.questions)),
        "facts": [*_fact_records("texts", results.facts), *_fact_records("questions", results.questions)],
        "question_rows": [asdict(row) for row in results.questions],
        "fact_rows": [asdict(row) for row in results.facts],
        "check_rows": [asdict(row) for row in results.checks],
        "own_measures": list(_measure_records(_agreed(results.own))),
        "own_agreement": dict(zip(("alike", "checked"), _alike(results.own), strict=True)),
        "own_rows": [asdict(row) for row in results.own],
    }
    parts = (f"{_dump(name)}: {_dump_lines(value)}" for name, value in content.items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def from_json(text: str) -> Results:
    """Read what `to_json` wrote. Raises DataError where it is something else."""
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise DataError("results", "format", f"is {content['format']}; this version reads {FORMAT}")
        own = content.get("own_rows", ())  # a run of before there were any has none
        questions, own_questions = (
            tuple(
                QuestionRow(
                    row["id"],
                    row["twin"],
                    row["split"],
                    row["language"],
                    row["kind"],
                    row["status"],
                    row["scores"],
                    {key: Counts(**counts) for key, counts in row["facts"].items()},
                    tuple(row["ruled_out"]),
                    row["question"],
                    tuple(row["faults"]),
                )
                for row in rows
            )
            for rows in (content["question_rows"], [one["row"] for one in own])
        )
        judged = [
            Agreement(one["written_by"], tuple(one["checked_by"]), tuple(one["differences"]))
            for one in (row["agreement"] for row in own)
        ]
        return Results(
            content["date"],
            content["digests"],
            questions,
            tuple(
                FactRow(
                    row["id"],
                    row["split"],
                    row["language"],
                    {key: Counts(**counts) for key, counts in row["facts"].items()},
                    tuple(row["ruled_out"]),
                    row["text"],
                    tuple(row["faults"]),
                )
                for row in content["fact_rows"]
            ),
            tuple(
                CheckRow(
                    row["id"],
                    row["kind"],
                    row["split"],
                    row["language"],
                    row["scores"],
                    row["question"],
                    tuple(row["faults"]),
                )
                for row in content["check_rows"]
            ),
            tuple(OwnRow(row, agreement) for row, agreement in zip(own_questions, judged, strict=True)),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        fault = f"not written by 'wolkwijzer eval run': {type(error).__name__} {error}"
        raise DataError("results", "the text", fault) from error


def to_markdown(results: Results) -> str:
    """Return the report: gates, scores by split, language and kind, facts, and what went wrong."""
    blocks = [
        f"# Evaluation of {results.date}",
        _table(("of", "digest"), sorted(results.digests.items())),
        "## Gates",
        _table(("gate", "", "cases", "failed in"), [_gate_cells(gate) for gate in gates(results)]),
    ]
    for split in SPLITS:
        questions = [row for row in results.questions if row.split == split]
        texts = [row for row in results.facts if row.split == split]
        if questions:
            blocks += _question_blocks(split, questions)
        for name, rows in (("texts", texts), ("questions", questions)):
            if rows:
                blocks += [f"### Facts read from {name}, {split}", _fact_table(rows)]
    if results.checks:
        blocks += ["## Checks: notices, prepared answers, the flagship, desks, permissions"]
        blocks += [_check_table(results.checks)]
    blocks += ["## What went wrong", *_miss_blocks((*results.questions, *results.facts, *results.checks))]
    if results.own:
        blocks += _own_blocks(results.own)
    return "\n\n".join(blocks) + "\n"


def _question_blocks(split: Split, rows: Sequence[QuestionRow]) -> list[str]:
    groups = {"all": rows} | {language: [r for r in rows if r.language == language] for language in LANGUAGES}
    measures = [
        (measure, *(_estimate_cell(estimate(group, measure)) for group in groups.values()))
        for measure in rows[0].scores
    ]
    kinds = [
        (kind, str(len(group)), *(_mean_cell(estimate(group, measure)) for measure in _BY_KIND))
        for kind in KINDS
        if (group := [row for row in rows if row.kind == kind])
    ]
    return [
        f"## Questions, {split}",
        (
            f"{len(rows)} questions. Each cell: the mean, its {CONFIDENCE:.0%} interval "
            f"({DRAWS} draws of twins, seed {SEED}),\nand the number of questions it applies to. "
            "An interval of one point says that no twin differed here, no more."
        ),
        _table(("measure", *groups), measures),
        f"### By kind, {split}",
        _table(("kind", "questions", *_BY_KIND), kinds),
    ]


def _fact_table(rows: _Rows) -> str:
    lines = [(key, *_fact_cells(counts)) for key, counts in facts_by_key(rows).items()]
    for language in LANGUAGES:
        spoken = [row for row in rows if row.language == language]
        lines.append((f"all, {language}", *_fact_cells(facts_together(spoken))))
    lines.append(("all", *_fact_cells(facts_together(rows))))
    return _table(("fact", "precision", "recall", "right", "wrong", "missed"), lines)


def _check_table(rows: Sequence[CheckRow]) -> str:
    lines = [
        (kind, split, language, name, f"{mean:.3f}", str(number))
        for kind in CHECK_KINDS
        for split in SPLITS
        for language in LANGUAGES
        for name, mean, number in check_shares(
            [row for row in rows if (row.kind, row.split, row.language) == (kind, split, language)]
        )
    ]
    return _table(("check", "split", "language", "measure", "mean", "questions"), lines)


def _miss_blocks(rows: Sequence[QuestionRow | FactRow | CheckRow]) -> Iterator[str]:
    """Of the cases for tuning say what went wrong, of the frozen ones only which."""
    missed = sorted((row for row in rows if row.faults), key=lambda row: row.id)
    lines = [
        (row.id, row.text if isinstance(row, FactRow) else row.question, "; ".join(row.faults))
        for row in missed
        if row.split == "tune"
    ]
    yield _table(("case", "words", "what"), lines) if lines else "Nothing in the cases for tuning."
    yield f"Frozen: {', '.join(row.id for row in missed if row.split == 'frozen') or 'none'}."


def _own_blocks(own: Sequence[OwnRow]) -> list[str]:
    """Show a municipality's own cases by themselves: scores, who judged them, and what went wrong."""
    agreed, (alike, checked) = _agreed(own), _alike(own)
    judged = [
        (
            one.row.id,
            one.row.question,
            one.agreement.written_by,
            ", ".join(one.agreement.checked_by) or "nobody yet",
            " ".join(one.agreement.differences),
            "; ".join(one.row.faults),
        )
        for one in sorted(own, key=lambda one: one.row.id)
    ]
    return [
        *(_question_blocks("own", agreed) if agreed else ["## Questions, own"]),
        "### Who judged them, and what went wrong, own",
        (
            "These count in no gate, baseline or mean of ours. A case on which people disagree counts in no mean.\n"
            f"Judged by more than one person: {checked}; all agree on {alike} of them "
            "(plain agreement, not corrected for chance)."
        ),
        _table(
            ("case", "words", "written by", "checked by", "where they disagree", "what went wrong"),
            judged,
            literal,  # words and names are anybody's
        ),
    ]


def _agreed(own: Sequence[OwnRow]) -> list[QuestionRow]:
    return [one.row for one in own if not one.agreement.differences]


def _alike(own: Sequence[OwnRow]) -> tuple[int, int]:
    return count_alike(one.agreement for one in own)


def _gate_cells(gate: Gate) -> tuple[str, ...]:
    return gate.name, "pass" if gate.passed else "FAIL", str(gate.measured), ", ".join(gate.failed)


def _fact_cells(counts: Counts) -> tuple[str, ...]:
    shares = ("" if share is None else f"{share:.3f}" for share in (counts.precision, counts.recall))
    return *shares, str(counts.right), str(counts.wrong), str(counts.missed)


def _estimate_cell(value: Estimate | None) -> str:
    return f"{value.mean:.3f} [{value.low:.2f}, {value.high:.2f}] ({value.number})" if value else ""


def _mean_cell(value: Estimate | None) -> str:
    return f"{value.mean:.3f}" if value else ""


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], show: Callable[[str], str] | None = None
) -> str:
    lines = [head, ["---"] * len(head), *([(show or _cell)(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")


def _measure_records(rows: Sequence[QuestionRow]) -> Iterator[Mapping[str, object]]:
    for split in get_args(Split):
        for group in ("all", *LANGUAGES, *KINDS):
            inside = [r for r in rows if r.split == split and group in ("all", r.language, r.kind)]
            for measure in inside[0].scores if inside else ():
                if value := estimate(inside, measure):
                    numbers = {name: round(number, 4) for name, number in asdict(value).items()}
                    yield {"split": split, "group": group, "measure": measure, **numbers}


def _fact_records(source: str, rows: _Rows) -> Iterator[Mapping[str, object]]:
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
