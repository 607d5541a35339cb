"""Pictures of the claims about failures: maps with their boundary, and orders of failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from runs.claims.answers.criteria import grid
from runs.claims.claim import WORDS
from runs.picture_style import BLACK, BLUE, GREY, RED, headline, new_figure, percent_ticks

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

FALLS = LinearSegmentedColormap.from_list("falls", ["#FFFFFF", "#F7C9AC", RED])


def failure_maps(
    panels: Mapping[str, pd.DataFrame],
    limit: float,
    title: str,
    reference: tuple[float, float] | None = None,
) -> Figure:
    """Maps by dependence and debt: in how many pairs the cloud with the contract falls.

    Args:
        panels: title -> cells as ``failure_criteria.map_cells`` gives them.
        limit: share of pairs at the boundary.
        title: what the picture says.
        reference: dependence and debt as the scenario states them, framed in the first panel.
    """
    figure = new_figure((9.0, 4.6))
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=11)
    row = np.atleast_1d(figure.subplots(1, len(panels), sharey=True))
    for axes, (name, cells) in zip(row, panels.items(), strict=True):
        _failure_map(axes, cells, limit)
        axes.set_title(name, fontsize=9.5)
        axes.set_xlabel(WORDS("failure-maps-x"))
    row[0].set_ylabel(WORDS("failure-maps-y"))
    marks = [
        axes_line(row[0], "-", WORDS("failure-maps-boundary")),
        axes_line(row[0], ":", WORDS("failure-maps-without")),
    ]
    if reference is not None:
        _frame_cell(row[0], next(iter(panels.values())), reference)
        marks.append(axes_line(row[0], "-", WORDS("failure-maps-stated"), BLUE))
    figure.legend(handles=marks, loc="outside lower center", ncols=3)
    return figure


def axes_line(axes: Axes, dashes: str, words: str, colour: str = BLACK) -> Line2D:
    """A line for the legend that is not drawn."""
    return axes.plot([], [], dashes, color=colour, label=words)[0]


def _frame_cell(axes: Axes, cells: pd.DataFrame, place: tuple[float, float]) -> None:
    """A frame round the cell that is nearest to a dependence and a debt."""
    table = grid(cells, "cloud_fails")
    x = int(np.abs(table.columns.to_numpy(dtype=float) - place[0]).argmin())
    y = int(np.abs(table.index.to_numpy(dtype=float) - place[1]).argmin())
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * 0.42
    axes.plot(x + corners[:, 0], y + corners[:, 1], color=BLUE, linewidth=2)


def _failure_map(axes: Axes, cells: pd.DataFrame, limit: float) -> None:
    share, without = grid(cells, "cloud_fails"), grid(cells, "cloud_fails_without")
    axes.imshow(share, origin="lower", aspect="auto", cmap=FALLS, vmin=0, vmax=1)
    for (y, x), value in np.ndenumerate(share.to_numpy()):
        text = "–" if np.isnan(value) else f"{value:.0%}"
        axes.text(x, y, text, ha="center", va="center", fontsize=8)
    for table, dashes in ((share, "-"), (without, ":")):
        draw_boundary(axes, table.to_numpy() > limit, dashes)
    axes.set_xticks(range(share.shape[1]), [f"{each:.0%}" for each in share.columns])
    axes.set_yticks(range(share.shape[0]), [f"{each:.1f}" for each in share.index])
    axes.grid(visible=False)


def draw_boundary(axes: Axes, is_over: np.ndarray, dashes: str) -> None:
    """Lines between neighbouring cells of which one is over a limit and the other is not."""
    rows, columns = is_over.shape
    for y in range(rows):
        for x in range(columns):
            if x + 1 < columns and is_over[y, x] != is_over[y, x + 1]:
                axes.plot([x + 0.5] * 2, [y - 0.5, y + 0.5], dashes, color=BLACK, linewidth=2.2)
            if y + 1 < rows and is_over[y, x] != is_over[y + 1, x]:
                axes.plot([x - 0.5, x + 0.5], [y + 0.5] * 2, dashes, color=BLACK, linewidth=2.2)


def order_of_failure(panels: Mapping[str, pd.DataFrame], title: str) -> Figure:
    """How often each firm fails, and how often as the first: bars, firms that fail only.

    Args:
        panels: title -> columns firm, fails, fails_low, fails_high, first (shares of runs).
        title: what the picture says.
    """
    most = max(len(table) for table in panels.values())
    figure = new_figure((9.0, 1.8 + 0.32 * most * len(panels)))
    heights = [max(1, len(table)) for table in panels.values()]
    rows = np.atleast_1d(figure.subplots(len(panels), 1, sharex=True, height_ratios=heights))
    for axes, (name, table) in zip(rows, panels.items(), strict=True):
        y = np.arange(len(table))[::-1]
        error = [table["fails"] - table["fails_low"], table["fails_high"] - table["fails"]]
        axes.barh(y, table["fails"], color=BLUE, label=WORDS("order-of-failure-fails"))
        axes.errorbar(table["fails"], y, xerr=error, fmt="none", ecolor=GREY, capsize=2)
        axes.barh(y, table["first"], height=0.4, color=RED, label=WORDS("order-of-failure-first"))
        axes.set_yticks(y, [str(each) for each in table["firm"]])
        axes.set_title(name, fontsize=9.5)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        percent_ticks(axes.xaxis)
    rows[0].legend(loc="lower right")
    rows[-1].set_xlabel(WORDS("order-of-failure-x"))
    rows[-1].set_xlim(0, 1)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=11)
    return figure


def bank_map(table: pd.DataFrame, floor: float, title: str) -> Figure:
    """What a failure costs the banks by their capital before it, and what they can lose.

    Args:
        table: columns struck, lender, before (capital over assets), lost (part of the capital).
        floor: capital over assets under which banks stop lending.
        title: what the picture says.
    """
    figure = new_figure((9.0, 3.8))
    axes = figure.subplots()
    groups = table.groupby(["struck", "lender"], sort=False)
    for (colour, dashes), ((struck, lender), rows) in zip(
        ((BLUE, "-"), (BLUE, ":"), (RED, "-"), (RED, ":")), groups, strict=False
    ):
        line = WORDS("bank-map-line", struck=str(struck), lender=str(lender))
        axes.plot(rows["before"], rows["lost"], "o", linestyle=dashes, color=colour, label=line)
    ends = np.linspace(table["before"].min(), table["before"].max(), 50)
    room = 1 - floor / ends
    axes.plot(
        ends,
        room,
        color=BLACK,
        linestyle="--",
        linewidth=1.0,
        label=WORDS("bank-map-floor"),
    )
    least, most = float(table["lost"].min()), float(table["lost"].max())
    axes.set_ylim(min(0.0, least) - 0.1 * most, max(2.5 * most, 0.02))
    for axis in (axes.xaxis, axes.yaxis):
        percent_ticks(axis)
    axes.set_xlabel(WORDS("bank-map-x"))
    axes.set_ylabel(WORDS("bank-map-y"))
    headline(axes, title)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def impulse_panels(panels: Mapping[str, Sequence[tuple[str, pd.DataFrame]]], title: str) -> Figure:
    """Changes by quarter after a shock with their 95% intervals.

    Args:
        panels: title -> lines: name, and columns quarter, mean, low, high (parts).
        title: what the picture says.
    """
    figure = new_figure((9.0, 5.4))
    rows = figure.subplots(2, (len(panels) + 1) // 2, sharex=True).ravel()
    for axes, (name, lines) in zip(rows, panels.items(), strict=False):
        for colour, (line, table) in zip((BLUE, RED), lines, strict=False):
            axes.fill_between(
                table["quarter"], table["low"], table["high"], color=colour, alpha=0.2, linewidth=0
            )
            axes.plot(table["quarter"], table["mean"], color=colour, label=line)
        axes.axhline(0, color=BLACK, linewidth=0.8)
        axes.set_title(name, fontsize=9.5)
        percent_ticks(axes.yaxis)
        if len(lines) > 1:
            axes.legend(loc="lower left")
    for axes in rows[len(panels) :]:
        axes.set_visible(False)
    for axes in rows[-((len(panels) + 1) // 2) :]:
        axes.set_xlabel(WORDS("impulse-panels-x"))
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=11)
    return figure
