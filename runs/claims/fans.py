"""Quantiles of an indicator by quarter over the runs of a study, and pictures of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.parameters.world import quarter_label
from runs.claims.claim import WORDS
from runs.picture_style import (
    BLUE,
    GREEN,
    RED,
    group_thousands,
    label_quarters,
    new_figure,
    percent_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from runs.claims.results import Results

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
START, QUARTERS = "2025Q3", 40
"""First quarter and length of the worlds of the claims."""
_NUMBERS = re.compile(r"([0-9]+)\)$")


def fan_table(results: Results, study: str, outputs: Sequence[str]) -> pd.DataFrame:
    """Quantiles by quarter of outputs that name a quarter at their end.

    Args:
        results: finished studies.
        study: which of them; all its arms.
        outputs: such as "rpo_usd:at(8)" or "own_cover(lab, 4, 7)".

    Returns:
        Columns quarter (number), label, runs, p5, p25, p50, p75, p95, by quarter. Quarters in
        which no run has a value are left out.
    """
    frame, rows = results.frame(study), []
    for output in outputs:
        match = _NUMBERS.search(output)
        if match is None:
            raise ValueError(f"{output!r} does not end with a quarter")
        values = frame[output].astype("float64").dropna().to_numpy()
        if len(values):
            quarter = int(match[1])
            levels = [float(each) for each in np.quantile(values, LEVELS)]
            rows.append((quarter, quarter_label(START, quarter), len(values), *levels))
    columns = ["quarter", "label", "runs", *(f"p{round(100 * level)}" for level in LEVELS)]
    return pd.DataFrame(rows, columns=columns).sort_values("quarter", ignore_index=True)


@dataclass(frozen=True, slots=True)
class Panel:
    """One fan of a picture.

    Attributes:
        title: what the panel says.
        table: quantiles by quarter.
        y_label: name of the axis with its unit.
        scale: divides the values.
        marks: at most two horizontal lines: (value after scaling, words).
        band: a shaded range that public figures give, after scaling.
        is_share: whether the axis shows per cent.
        is_log: whether the axis is logarithmic.
    """

    title: str
    table: pd.DataFrame
    y_label: str
    scale: float = 1.0
    marks: tuple[tuple[float, str], ...] = ()
    band: tuple[float, float] | None = None
    is_share: bool = False
    is_log: bool = False


def draw_fans(panels: Sequence[Panel]) -> Figure:
    """Fans under one another: median, middle half and middle 90% of the runs."""
    figure = new_figure((9.0, 1.2 + 2.8 * len(panels)))
    rows = np.atleast_1d(figure.subplots(len(panels), 1, sharex=True))
    for axes, panel in zip(rows, panels, strict=True):
        draw_fan(axes, panel)
    label_quarters(rows[-1], [quarter_label(START, number) for number in range(QUARTERS)])
    return figure


def draw_fan(axes: Axes, panel: Panel) -> None:
    """One fan on given axes; the quarters are not named yet."""
    table, x = panel.table, panel.table["quarter"]
    values = {name: table[name] / panel.scale for name in ("p5", "p25", "p50", "p75", "p95")}
    if panel.band is not None:
        axes.axhspan(*panel.band, color=RED, alpha=0.12, linewidth=0, label=WORDS("fan-public"))
    axes.fill_between(
        x,
        values["p5"],
        values["p95"],
        color=BLUE,
        alpha=0.15,
        linewidth=0,
        label=WORDS("fan-most"),
    )
    axes.fill_between(
        x,
        values["p25"],
        values["p75"],
        color=BLUE,
        alpha=0.3,
        linewidth=0,
        label=WORDS("fan-half"),
    )
    axes.plot(x, values["p50"], color=BLUE, label=WORDS("fan-median"))
    for (value, words), colour in zip(panel.marks, (RED, GREEN), strict=False):
        axes.axhline(value, color=colour, linestyle="--", linewidth=1.0, label=words)
    axes.set_title(panel.title)
    axes.set_ylabel(panel.y_label)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    if panel.is_log:
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter("")
    else:
        axes.set_ylim(bottom=0)
    if panel.is_share:
        percent_ticks(axes.yaxis)
    else:
        group_thousands(axes)
