"""Pictures of the claims about customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from runs.claims.claim import WORDS
from runs.picture_style import (
    BLACK,
    GREEN,
    GREY,
    LINES,
    RED,
    headline,
    label_quarters,
    legend_outside,
    new_figure,
    percent_ticks,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_curve(axes: Axes, rows: pd.DataFrame, colour: str, label: str) -> None:
    """A line through means with a band of their intervals.

    Args:
        axes: where to draw.
        rows: columns x, mean, low, high.
        colour: of line and band.
        label: name in the legend.
    """
    axes.fill_between(rows["x"], rows["low"], rows["high"], color=colour, alpha=0.15, linewidth=0)
    axes.plot(rows["x"], rows["mean"], "o-", color=colour, label=label, markersize=4)


def moved_by_gap(
    panels: Mapping[str, Mapping[str, pd.DataFrame]],
    theory: tuple[Sequence[float], Sequence[float]],
    mark: float,
    title: str,
) -> Figure:
    """Share of seats that moves against the price gap, one panel for each span of time.

    Args:
        panels: time in words -> world in words -> rows with x (EUR), mean, low, high.
        theory: gaps and the closed-form share.
        mark: the gap of the article, EUR.
        title: what the picture says.
    """
    figure = new_figure((9.0, 4.2))
    row = np.atleast_1d(figure.subplots(1, len(panels), sharey=True))
    for axes, (time, worlds) in zip(row, panels.items(), strict=True):
        for number, (name, rows) in enumerate(worlds.items()):
            draw_curve(axes, rows, LINES[number], name)
        axes.plot(*theory, color=BLACK, linestyle=":", label=WORDS("moved-by-gap-theory"))
        axes.axvline(mark, color=GREY, linestyle="--", linewidth=0.8)
        axes.set_title(time)
        axes.set_xlabel(WORDS("moved-by-gap-x"))
        percent_ticks(axes.yaxis)
        axes.set_ylim(0, 1)
    row[0].set_ylabel(WORDS("moved-by-gap-y"))
    handles, labels = row[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    figure.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
    return figure


def curves(
    lines: Mapping[str, pd.DataFrame],
    title: str,
    x_label: str,
    y_label: str,
    marks: Sequence[tuple[float, str]] = (),
) -> Figure:
    """Shares with their intervals against a number, one line each.

    Args:
        lines: name -> rows with x, mean, low, high.
        title: what the picture says.
        x_label: name of the horizontal axis.
        y_label: name of the vertical one.
        marks: at most two horizontal lines: (share, words).
    """
    figure = new_figure((9.0, 4.2))
    axes = figure.subplots()
    for number, (name, rows) in enumerate(lines.items()):
        draw_curve(axes, rows, LINES[number], name)
    for (value, words), colour in zip(marks, (RED, GREEN), strict=False):
        axes.axhline(value, color=colour, linestyle="--", linewidth=1.0, label=words)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_ylim(bottom=0)
    percent_ticks(axes.yaxis)
    if max(max(rows["x"]) for rows in lines.values()) <= 1:
        percent_ticks(axes.xaxis)
    headline(axes, title)
    if len(lines) + len(marks) > 1:
        legend_outside(axes)
    return figure


def share_map(
    table: pd.DataFrame, title: str, x_label: str, y_label: str, *, levels: Sequence[float] = ()
) -> Figure:
    """A map of shares over two numbers, with the share written in each field.

    Args:
        table: shares; rows are the vertical axis from low to high, columns the horizontal one.
        title: what the map says.
        x_label: name of the horizontal axis.
        y_label: name of the vertical one.
        levels: shares at which a line is drawn.
    """
    figure = new_figure((7.5, 4.6))
    axes = figure.subplots()
    values = table.to_numpy(dtype=float)
    top = float(values.max())
    image = axes.imshow(values, origin="lower", cmap="cividis", vmin=0, vmax=top, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        colour = "white" if value < 0.6 * top else "black"
        axes.text(column, row, f"{value:.0%}", ha="center", va="center", color=colour)
    if levels:
        axes.contour(values, levels=list(levels), colors=[RED], linewidths=1.5)
    axes.set_xticks(range(len(table.columns)), [f"{each:g}" for each in table.columns])
    axes.set_yticks(range(len(table.index)), [f"{each:g}" for each in table.index])
    axes.grid(visible=False)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    headline(axes, title)
    bar = figure.colorbar(image, ax=axes)
    percent_ticks(bar.ax.yaxis)
    return figure


def parts_by_year(parts: pd.DataFrame, title: str) -> Figure:
    """Stacked bars of parts of a whole, one bar for each row.

    Args:
        parts: rows are bars, columns the parts.
        title: what the picture says.
    """
    figure = new_figure((9.0, 3.8))
    axes = figure.subplots()
    bottom = np.zeros(len(parts))
    for number, name in enumerate(parts.columns):
        values = parts[name].to_numpy(dtype=float)
        axes.bar(range(len(parts)), values, 0.6, bottom, color=LINES[number], label=name)
        for place, value in enumerate(values):
            if value >= 0.06:
                middle = bottom[place] + value / 2
                axes.text(place, middle, f"{value:.0%}", ha="center", va="center", color="white")
        bottom += values
    axes.set_xticks(range(len(parts)), [str(each) for each in parts.index])
    axes.set_ylim(0, 1)
    axes.set_ylabel(WORDS("parts-by-year-y"))
    percent_ticks(axes.yaxis)
    headline(axes, title)
    legend_outside(axes)
    return figure


def share_by_quarter(rows: pd.DataFrame, labels: Sequence[str], title: str, y_label: str) -> Figure:
    """A share by quarter with its interval.

    Args:
        rows: columns x (quarter number), mean, low, high.
        labels: names of the quarters from the first on.
        title: what the picture says.
        y_label: name of the vertical axis.
    """
    figure = new_figure((9.0, 3.6))
    axes = figure.subplots()
    draw_curve(axes, rows, LINES[0], y_label)
    axes.set_ylabel(y_label)
    axes.set_ylim(bottom=0)
    percent_ticks(axes.yaxis)
    label_quarters(axes, labels)
    headline(axes, title)
    return figure
