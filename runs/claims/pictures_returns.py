"""Pictures of the claims about returns and tiers."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from runs.picture_style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LINES,
    RED,
    headline,
    new_figure,
    percent_ticks,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FIRST_YEAR = 2025


def returns_by_vintage(table: pd.DataFrame, uses: Mapping[str, str], title: str) -> Figure:
    """Return of each vintage by use, with intervals.

    Args:
        table: columns use, year, mean, low, high.
        uses: use -> words of the legend, in order; the fourth is grey.
        title: what the picture says.
    """
    figure = new_figure((9.0, 4.4))
    axes = figure.subplots()
    colours = (*LINES[:3], GREY)
    for number, (use, words) in enumerate(uses.items()):
        rows = table[table["use"] == use]
        x = FIRST_YEAR + rows["year"].to_numpy() + 0.12 * (number - 1.5)
        error = [rows["mean"] - rows["low"], rows["high"] - rows["mean"]]
        axes.errorbar(
            x, rows["mean"], yerr=error, fmt="o-", color=colours[number], capsize=3, label=words
        )
    axes.axhline(1.0, color=BLACK, linewidth=1.0, linestyle="--", label="earns its cost back")
    axes.set_ylim(bottom=0)
    axes.set_xticks([FIRST_YEAR + year for year in sorted(set(table["year"]))])
    axes.set_xlabel("Year in which the chips were bought (from the third quarter on)")
    axes.set_ylabel("Discounted return over cost")
    headline(axes, title)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def loss_map(table: pd.DataFrame, stated: tuple[float, float]) -> Figure:
    """Margin of the flat-rate tier by least use and weight of heavy users, with its zero line.

    Args:
        table: columns minimum (CU per quarter), tail, margin (USD per month).
        stated: minimum and tail of the reference scenario.
    """
    grid = table.pivot_table(index="tail", columns="minimum", values="margin")
    figure = new_figure((9.0, 4.4))
    axes = figure.subplots()
    largest = float(np.abs(grid.to_numpy()).max())
    x, y = range(grid.shape[1]), range(grid.shape[0])
    minima = [float(str(value)) for value in grid.columns]
    tails = [float(str(value)) for value in grid.index]
    image = axes.imshow(
        grid, cmap="RdBu", vmin=-largest, vmax=largest, aspect="auto", origin="lower"
    )
    for row in y:
        for column in x:
            value = float(grid.to_numpy()[row, column])
            shade = "white" if abs(value) > 0.6 * largest else "black"
            axes.text(column, row, f"{value:,.0f}", ha="center", va="center", color=shade)
    axes.set_xticks(x, [f"{1e5 * value:g}" for value in minima])
    axes.set_yticks(y, [f"{value:g}" for value in tails])
    axes.set_xlabel("Least use of a user (hundred-thousandths of a CU per quarter)")
    axes.set_ylabel("Tail index (lower: more heavy users)")
    axes.grid(visible=False)
    at = (minima.index(stated[0]), tails.index(stated[1]))
    axes.plot(*at, "s", markersize=34, markerfacecolor="none", markeredgecolor=GREEN, mew=2)
    figure.colorbar(image, ax=axes, label="Margin (USD per user and month)")
    part = float((grid.to_numpy() < 0).mean())
    headline(axes, f"{part:.0%} of these patterns of use make a loss; the frame is what is assumed")
    return figure


def margins_by_tier(rows: list[tuple[str, float, float, float]], title: str) -> Figure:
    """Margin of each tier with its interval, USD per user and month."""
    figure = new_figure((9.0, 0.9 + 0.5 * len(rows)))
    axes = figure.subplots()
    y = np.arange(len(rows))[::-1]
    means = [row[1] for row in rows]
    error = [[row[1] - row[2] for row in rows], [row[3] - row[1] for row in rows]]
    colours = [RED if mean < 0 else BLUE for mean in means]
    axes.barh(y, means, color=colours, height=0.55)
    axes.errorbar(means, y, xerr=error, fmt="none", ecolor=BLACK, capsize=3, linewidth=1.0)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set_yticks(y, [row[0] for row in rows])
    axes.set_xlabel("USD per user and month after fees and inference")
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    headline(axes, title)
    return figure


def part_by_income(table: pd.DataFrame, part: float, edge: float) -> Figure:
    """Part of revenue that is advertising by income per user.

    Args:
        table: columns usd, part, low, high.
        part: part that counts, drawn as a line.
        edge: income at which it is reached; nan for never.
    """
    figure = new_figure((9.0, 3.8))
    axes = figure.subplots()
    error = [table["part"] - table["low"], table["high"] - table["part"]]
    axes.errorbar(table["usd"], table["part"], yerr=error, fmt="o-", color=BLUE, capsize=3)
    axes.axhline(part, color=RED, linestyle="--", linewidth=1.0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("USD per free user and quarter")
    axes.set_ylabel("Part of revenue in 2029Q4")
    percent_ticks(axes.yaxis)
    where = "never" if isnan(edge) else f"at about {edge:.1f} USD"
    headline(axes, f"Advertising reaches {part:.0%} of revenue {where} per free user")
    return figure
