"""What the pictures of the validation share: intervals one under the other, lines and ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING

from runs.picture_style import BLUE, GREEN, GREY, LINES, RED, new_figure
from runs.validation.gate import WORDS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

    from runs.twin_runs.results import Effect


type Bounds = tuple[float | None, float | None]

PERCENT = {"share", "change"}
"""Units that a picture shows in per cent."""


def intervals(
    rows: Sequence[tuple[str, Effect]], unit: str, axis: str, asked: Bounds | None = None
) -> Drawing:
    """Figures with their intervals, from above; what is asked is shaded green.

    Args:
        rows: label and figure; one that was not measured has an empty line.
        unit: of the figures; shares and changes are drawn in per cent.
        axis: words of the axis.
        asked: the bounds that are shaded, None where there is no bound; None for no shade.
    """
    scale = 100.0 if unit in PERCENT else 1.0
    figure = new_figure((9.0, 1.1 + 0.32 * max(2, len(rows))))
    axes = figure.add_subplot()
    for place, (_, effect) in enumerate(rows):
        if isnan(effect.mean):
            continue
        axes.plot([scale * effect.mean], [place], "o", color=BLUE, markersize=5)
        if not isnan(effect.low):
            ends = [scale * effect.low, scale * effect.high]
            axes.plot(ends, [place, place], "-", color=BLUE, linewidth=1.6)
    axes.set_yticks(range(len(rows)), [label for label, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=True, axis="x")
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    axes.set_xlabel(axis)
    if asked is not None:
        _shade(axes, asked, scale)
    return figure


def _shade(axes: Axes, asked: Bounds, scale: float) -> None:
    """Shade what is asked, within the figures that are shown."""
    low, high = axes.get_xlim()
    least, most = (None if bound is None else scale * bound for bound in asked)
    low = low if least is None else min(low, least - 0.02 * (high - low))
    high = high if most is None else max(high, most + 0.02 * (high - low))
    begin, end = (low if least is None else least), (high if most is None else most)
    axes.axvspan(begin, end, color=GREEN, alpha=0.12, linewidth=0)
    axes.set_xlim(low, high)


def mean_lines(lines: Mapping[str, pd.Series[float]], scale: float, unit: str) -> Drawing:
    """One line by quarter for each name."""
    figure = new_figure((9.0, 4.2))
    axes = figure.add_subplot()
    for place, (name, values) in enumerate(lines.items()):
        colour, dash = LINES[place % len(LINES)], "-" if place < len(LINES) else "--"
        axes.plot(values.index, values / scale, dash, color=colour, label=name)
    axes.set_xlabel(WORDS("axis-quarter"))
    axes.set_ylabel(unit)
    axes.set_ylim(bottom=0)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def fan(quantiles: pd.DataFrame, scale: float, unit: str) -> Drawing:
    """The middle 90% of the runs by quarter, their median, and what was seen, where known.

    Args:
        quantiles: columns low, middle and high, by quarter.
        scale: what a value is divided by.
        unit: words of the axis.
    """
    figure = new_figure((9.0, 3.2))
    axes = figure.add_subplot()
    quarters = quantiles.index
    axes.fill_between(
        quarters, quantiles["low"] / scale, quantiles["high"] / scale, color=BLUE, alpha=0.2
    )
    axes.plot(quarters, quantiles["middle"] / scale, color=BLUE)
    axes.set_xlabel(WORDS("axis-quarter"))
    axes.set_ylabel(unit)
    return figure


def spread_marks(table: pd.DataFrame, changes: Mapping[str, Mapping[str, float]]) -> Drawing:
    """The simulated range of each series with the changes that were seen on it, in per cent.

    Args:
        table: of ``facts.spread_table``.
        changes: fact -> quarter -> change that was seen.
    """
    figure = new_figure((9.0, 1.2 + 0.3 * len(table)))
    axes = figure.add_subplot()
    ends = table[["low", "high"]].to_numpy(dtype="float64").tolist()
    for place, (fact, (low, high)) in enumerate(zip(table["fact"], ends, strict=True)):
        axes.plot([100 * low, 100 * high], [place, place], color=BLUE, linewidth=5, alpha=0.3)
        for change in changes[fact].values():
            colour = BLUE if low <= change <= high else RED
            axes.plot([100 * change], [place], "|", color=colour, markersize=10)
    axes.set_yticks(range(len(table)), list(table["fact"]))
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(-60, 120)
    axes.grid(visible=True, axis="x")
    axes.set_xlabel(WORDS("axis-quarter-change"))
    return figure
