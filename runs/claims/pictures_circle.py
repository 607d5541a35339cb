"""Pictures of the claims about contracts and the circle of capital."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from runs.picture_style import (
    BLUE,
    GREEN,
    GREY,
    LINES,
    ORANGE,
    RED,
    headline,
    new_figure,
    percent_ticks,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from runs.claims.answer_part import Estimate

FATES = (BLUE, ORANGE, RED, GREY)


def parts_paid(shares: Mapping[str, Sequence[float]], title: str) -> Figure:
    """Histogram of the part of a contract that is paid, stacked by what became of the firms.

    Args:
        shares: fate in words -> part paid (0 to 1) in each run that ended so.
        title: what the picture says.
    """
    figure = new_figure((9.0, 3.8))
    axes = figure.subplots()
    known = {name: values for name, values in shares.items() if len(values)}
    colours = [FATES[list(shares).index(name) % len(FATES)] for name in known]
    axes.hist(
        list(known.values()),
        bins=np.linspace(0, 1, 21).tolist(),
        stacked=True,
        color=colours,
        label=list(known),
    )
    headline(axes, title)
    axes.set_xlabel("Part of the contract that is paid")
    axes.set_ylabel("Runs")
    percent_ticks(axes.xaxis)
    axes.legend(loc="upper left")
    return figure


def steps_paid(arms: Mapping[str, Sequence[float]], steps: int, title: str) -> Figure:
    """Share of runs by number of steps of a letter of intent that are paid, one bar per arm."""
    figure = new_figure((9.0, 3.6))
    axes = figure.subplots()
    width = 0.8 / max(1, len(arms))
    places = np.arange(steps + 1)
    for number, (name, values) in enumerate(arms.items()):
        counts = np.bincount(np.round(values).astype(int), minlength=steps + 1)[: steps + 1]
        offset = (number - (len(arms) - 1) / 2) * width
        share = counts / max(1, len(values))
        axes.bar(places + offset, share, width, color=(BLUE, ORANGE)[number % 2], label=name)
    headline(axes, title)
    axes.set_xticks(places, [str(each) for each in places])
    axes.set_xlabel(f"Steps paid, of {steps}")
    axes.set_ylabel("Share of runs")
    percent_ticks(axes.yaxis)
    axes.legend()
    return figure


def draw_intervals(
    axes: Axes, groups: Mapping[str, Sequence[Estimate]], marks: Sequence[tuple[float, str]] = ()
) -> None:
    """Figures with their intervals as rows; one colour per group, rows named by the first group.

    Args:
        axes: where to draw.
        groups: name -> estimates, the same rows in all groups.
        marks: vertical lines: (value, words).
    """
    rows = [estimate.name for estimate in next(iter(groups.values()))]
    places, gap = np.arange(len(rows))[::-1], 0.22
    for number, (name, estimates) in enumerate(groups.items()):
        y = places - (number - (len(groups) - 1) / 2) * gap
        x = np.array([each.value for each in estimates])
        low = np.array([each.low for each in estimates])
        high = np.array([each.high for each in estimates])
        error = [np.maximum(x - low, 0), np.maximum(high - x, 0)]
        colour = LINES[number % len(LINES)]
        axes.errorbar(x, y, xerr=error, fmt="o", color=colour, label=name, capsize=3)
    for (value, words), colour in zip(marks, (RED, GREEN, GREY), strict=False):
        axes.axvline(value, color=colour, linestyle="--", linewidth=1.0, label=words)
    axes.set_yticks(places, [textwrap.fill(row, 34) for row in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


def intervals(
    groups: Mapping[str, Sequence[Estimate]],
    title: str,
    x_label: str,
    marks: Sequence[tuple[float, str]] = (),
    *,
    is_share: bool = True,
) -> Figure:
    """A figure of ``draw_intervals`` alone."""
    count = len(next(iter(groups.values())))
    figure = new_figure((9.0, 1.6 + 0.5 * count))
    axes = figure.subplots()
    draw_intervals(axes, groups, marks)
    headline(axes, title)
    axes.set_xlabel(x_label)
    if is_share:
        percent_ticks(axes.xaxis)
    if len(groups) + len(marks) > 1:
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def roll_forward(lines: pd.DataFrame, title: str) -> Figure:
    """Waterfall of an RPO: opening, signed, delivered, cancelled, closing, in USD bn.

    Args:
        lines: columns line and usd_bn; what leaves is negative, the last row is the closing.
        title: what the picture says.
    """
    figure = new_figure((9.0, 3.6))
    axes = figure.subplots()
    level = 0.0
    for place, (line, size) in enumerate(zip(lines["line"], lines["usd_bn"], strict=True)):
        is_total = line in {"opening", "closing"}
        bottom = 0.0 if is_total else min(level, level + size)
        colour = GREY if is_total else GREEN if size > 0 else RED if "cancel" in line else BLUE
        axes.bar(place, abs(size), bottom=bottom, color=colour, width=0.65)
        axes.annotate(
            f"{size:+,.0f}" if not is_total else f"{size:,.0f}",
            (place, bottom + abs(size)),
            ha="center",
            va="bottom",
        )
        level = size if is_total else level + size
    axes.set_xticks(range(len(lines)), [str(line) for line in lines["line"]])
    axes.set_ylabel("USD bn")
    axes.margins(y=0.12)
    headline(axes, title)
    return figure
