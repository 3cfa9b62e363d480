"""The seam to matplotlib: draws plain numbers as SVG. The same numbers make the same bytes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from corpus.errors import DataError
from evals.summary import Estimate

try:
    from matplotlib import rc_context
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
except ModuleNotFoundError as error:
    _HOW = "need matplotlib; run: pip install 'wolkwijzer[report]'"
    raise DataError("eval report", "the charts", _HOW) from error

# Okabe and Ito, 2008: colours that people with a colour deficiency tell apart; marks and dashes say the same.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#56b4e9", "#e69f00", "#7f7f7f")
_MARKS = "osD^vPX*"
_DASHES = ("-", "--", "-.", ":")
_WIDTH, _HEIGHT = 6.0, 3.2  # inches, of one panel


@dataclass(frozen=True)
class Line:
    """Points by x and y; without `is_joined` they stand alone."""

    label: str
    xs: Sequence[float]
    ys: Sequence[float]
    is_joined: bool = True


@dataclass(frozen=True)
class Panel:
    """One pair of axes with its lines. `marks` are upright lines by their label."""

    title: str
    x_label: str
    y_label: str
    lines: Sequence[Line]
    marks: Mapping[str, float]


def draw_lines(panels: Sequence[Panel], ticks: Sequence[str] = ()) -> bytes:
    """Draw panels of lines under each other; `ticks` are the words at x = 0, 1, 2 and on."""

    def draw(axes: Axes, panel: Panel) -> None:
        for n, line in enumerate(panel.lines):
            look = _DASHES[n % len(_DASHES)] if line.is_joined else "none"
            mark = _MARKS[n] if ticks or not line.is_joined else "none"
            axes.plot(line.xs, line.ys, color=_COLOURS[n], linestyle=look, marker=mark, label=line.label)
        if ticks:
            axes.set_xticks(range(len(ticks)), ticks)
        axes.set_ylim(-0.03, 1.03)

    return _draw(panels, draw)


def draw_histograms(panels: Sequence[Panel]) -> bytes:
    """Draw panels of counts; the xs of a line are the left edges of bins of one width."""

    def draw(axes: Axes, panel: Panel) -> None:
        for n, line in enumerate(panel.lines):
            step = line.xs[1] - line.xs[0]
            edges = [*line.xs, line.xs[-1] + step]
            axes.stairs(
                line.ys, edges, color=_COLOURS[n], linewidth=2, linestyle=_DASHES[n], label=line.label
            )
        for n, (label, x) in enumerate(panel.marks.items(), len(panel.lines)):
            axes.axvline(x, color=_COLOURS[n], linestyle=_DASHES[n % len(_DASHES)], label=label)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))

    return _draw(panels, draw)


def draw_estimates(labels: Sequence[str], series: Mapping[str, Sequence[Estimate | None]]) -> bytes:
    """Draw means with their intervals, a row for each label; None leaves its place empty."""

    def draw(axes: Axes, _: Panel) -> None:
        for n, (name, estimates) in enumerate(series.items()):
            known = [(y + 0.2 * (n - 0.5), e) for y, e in enumerate(estimates) if e]
            means = [e.mean for _, e in known]
            around = [[e.mean - e.low for _, e in known], [e.high - e.mean for _, e in known]]
            axes.errorbar(
                means,
                [y for y, _ in known],
                xerr=around,
                label=name,
                color=_COLOURS[n],
                marker=_MARKS[n],
                linestyle="none",
                capsize=3,
            )
        axes.set_yticks(range(len(labels)), labels)
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(len(labels) - 0.5, -0.5)

    return _draw([Panel("", "", "", (), {})], draw, 1 + 0.35 * len(labels))


def _draw(panels: Sequence[Panel], draw: Callable[[Axes, Panel], None], height: float = _HEIGHT) -> bytes:
    with rc_context(
        {"svg.hashsalt": "wolkwijzer", "font.size": 10, "axes.spines.top": False, "axes.spines.right": False}
    ):
        figure = Figure((_WIDTH, height * len(panels) + 0.6), layout="constrained")
        rows = figure.subplots(len(panels), 1, squeeze=False)
        for axes, panel in zip(rows[:, 0], panels, strict=True):
            draw(axes, panel)
            axes.set(title=panel.title, xlabel=panel.x_label, ylabel=panel.y_label)
            axes.grid(color="#dddddd")
            axes.set_axisbelow(True)
        handles, labels = rows[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
        file = BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()
