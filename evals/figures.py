"""The charts of a report: each with its words for who does not see it, and its numbers as a table."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from corpus.paragraph import Language
from corpus.toml import LANGUAGES
from evals.baseline import MAIN
from evals.case import KINDS, SPLITS, Split
from evals.charts import Line, Panel, draw_estimates, draw_histograms, draw_lines
from evals.history import Accepted
from evals.row import QuestionRow
from evals.summary import estimate
from evals.tables import Grid, show_estimate

NAMES: Mapping[Language, str] = {"nl": "Dutch", "en": "English"}
_BINS = 10
_STEPS = 20  # of the least probability
_LONGEST = 16  # bins of seconds


@dataclass(frozen=True)
class Chart:
    """A chart: its title, what it shows in words, its image as a data address, and its numbers."""

    title: str
    words: str
    image: str
    numbers: Grid


def recall_by_kind(rows: Sequence[QuestionRow], split: Split) -> Chart:
    """Show recall@5 of a split by kind and language, with its intervals."""
    inside = [row for row in rows if row.split == split]
    kinds = [kind for kind in KINDS if any(r.kind == kind and r.is_answerable for r in inside)]
    series = {
        NAMES[language]: [
            estimate([row for row in inside if (row.kind, row.language) == (kind, language)], "recall@5")
            for kind in kinds
        ]
        for language in LANGUAGES
    }
    lines = zip(kinds, *(map(show_estimate, estimates) for estimates in series.values()), strict=True)
    return _chart(
        f"Recall@5 by kind and language, {split}",
        "Share of questions with an answering paragraph among the first five, a row for each kind of question.",
        draw_estimates(kinds, series),
        ("kind", *series),
        lines,
    )


def has_both_sorts(rows: Sequence[QuestionRow]) -> bool:
    """Tell whether each language has answerable and unanswerable questions that were weighed."""
    return all(
        {is_answerable for is_answerable, _ in _weighed(rows, language)} == {True, False}
        for language in LANGUAGES
    )


def refusal_trade_off(rows: Sequence[QuestionRow]) -> Chart:
    """Show what a moved least probability would refuse and answer of the questions for tuning, by language.

    The frozen questions have their point of today alone: a threshold taken from their curve would be tuned on them.
    """
    least = [step / _STEPS for step in range(_STEPS + 1)]
    curves = {language: [_refusals(_weighed(rows, language), at) for at in least] for language in LANGUAGES}
    panels, today = [], []
    for language, curve in curves.items():
        points = dict(_points_today([row for row in rows if row.language == language]))
        today += [f"{NAMES[language]}, {name}: {x:.3f} and {y:.3f}" for name, (x, y) in points.items()]
        lines = [Line("as the least probability moves", [x for x, _ in curve], [y for _, y in curve])]
        lines += [Line(f"today, {name}", [x], [y], is_joined=False) for name, (x, y) in points.items()]
        x_label, y_label = "answerable questions refused", "unanswerable ones answered"
        panels.append(Panel(NAMES[language], x_label, y_label, lines, {}))
    cells = [
        (f"{at:.2f}", *(f"{share:.3f}" for language in LANGUAGES for share in curves[language][n]))
        for n, at in enumerate(least)
    ]
    heads = [f"{NAMES[language]}, {what}" for language in LANGUAGES for what in ("refused", "answered")]
    return _chart(
        "What refusing costs",
        "Share of answerable questions refused against share of unanswerable ones answered, of the questions for "
        "tuning, if the probability of being answerable alone decided with one least value. Today's point follows "
        f"the decision itself, which has more rules. Today, refused and answered: {'; '.join(today)}.",
        draw_lines(panels),
        ("least probability", *heads),
        cells,
    )


def probabilities(rows: Sequence[QuestionRow]) -> Chart:
    """Show how probable it was taken to be that a question for tuning is answerable, by what is true."""
    edges = [step / _BINS for step in range(_BINS)]
    counts: dict[str, list[int]] = {}
    panels = []
    for language in LANGUAGES:
        lines = []
        for is_answerable, name in ((True, "answerable"), (False, "unanswerable")):
            values = [p for there, p in _weighed(rows, language) if there == is_answerable]
            found = [int(n) for n in np.histogram(values, [*edges, 1.0])[0]]
            counts[f"{NAMES[language]}, {name}"] = found
            lines.append(Line(name, edges, found))
        panels.append(Panel(NAMES[language], "probability of being answerable", "questions", lines, {}))
    return _chart(
        "Probability of being answerable",
        "How many answerable and unanswerable questions for tuning have which probability of being answerable.",
        draw_histograms(panels),
        ("from", *counts),
        ((f"{edge:.1f}", *map(str, row)) for edge, *row in zip(edges, *counts.values(), strict=True)),
    )


def latency(rows: Sequence[QuestionRow]) -> Chart:
    """Show the seconds that an answer took, with the median and the 95th percentile."""
    seconds = [row.seconds for row in rows]
    middle, most = (float(q) for q in np.quantile(seconds, (0.5, 0.95)))
    counts, edges = np.histogram(seconds, _LONGEST, (0, max(*seconds, 0.001)))
    bins = [float(edge) for edge in edges[:-1]]
    line = Line("answers", bins, [int(n) for n in counts])
    marks = {f"p50: {middle:.3f} s": middle, f"p95: {most:.3f} s": most}
    return _chart(
        "Seconds an answer takes",
        f"{len(seconds)} answers: half took at most {middle:.3f} s, 95 of 100 at most {most:.3f} s, the slowest "
        f"{max(seconds):.3f} s.",
        draw_histograms([Panel("", "seconds", "answers", [line], marks)]),
        ("from, in seconds", "answers"),
        ((f"{edge:.3f}", str(n)) for edge, n in zip(bins, line.ys, strict=True)),
    )


def past_runs(history: Sequence[Accepted]) -> Chart:
    """Show the main measures of the accepted runs on the frozen questions, the oldest first."""
    runs = [(f"{n}: {run.date}", run.measures) for n, run in enumerate(history, 1) if run.measures]
    panels = []
    for language in LANGUAGES:
        lines = []
        for name in MAIN:
            known = [(x, m[language][name]) for x, (_, m) in enumerate(runs) if name in m.get(language, {})]
            lines.append(Line(name, [x for x, _ in known], [y for _, y in known]))
        panels.append(Panel(NAMES[language], "", "", lines, {}))
    cells = (
        (label, NAMES[language], *(_share(measures.get(language, {}).get(name)) for name in MAIN))
        for label, measures in runs
        for language in LANGUAGES
    )
    return _chart(
        "The main measures over the accepted runs, frozen",
        "A line for each measure over the accepted runs. 'Answered wrongly' and 'refused wrongly' should fall.",
        draw_lines(panels, [label for label, _ in runs]),
        ("run", "language", *MAIN),
        cells,
    )


def _weighed(rows: Sequence[QuestionRow], language: Language) -> list[tuple[bool, float]]:
    """Return of each question that was weighed whether it is answerable, and how probable that was."""
    return [
        (row.is_answerable, row.probability)
        for row in rows
        if row.language == language and row.probability is not None
    ]


def _refusals(weighed: Sequence[tuple[bool, float]], least: float) -> tuple[float, float]:
    """Return the share of answerable questions below the least probability, and of unanswerable ones not below."""
    refused = [float(p < least) for is_answerable, p in weighed if is_answerable]
    answered = [float(p >= least) for is_answerable, p in weighed if not is_answerable]
    return fmean(refused), fmean(answered)


def _points_today(rows: Sequence[QuestionRow]) -> Iterator[tuple[str, tuple[float, float]]]:
    for split in SPLITS:
        inside = [row for row in rows if row.split == split]
        refused, answered = (
            estimate(inside, measure) if inside else None
            for measure in ("refused wrongly", "answered wrongly")
        )
        if refused and answered:
            yield split, (refused.mean, answered.mean)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _chart(
    title: str,
    words: str,
    svg: bytes,
    head: tuple[str, ...],
    rows: "Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]",
) -> Chart:
    image = f"data:image/svg+xml;base64,{b64encode(svg).decode('ascii')}"
    return Chart(title, words, image, Grid(f"The numbers: {title}", head, tuple(rows)))
