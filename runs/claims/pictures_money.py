"""Pictures of the claims about contracts, the circle of capital, funding and returns."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from runs.claims.claim import WORDS
from runs.picture_style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LINES,
    ORANGE,
    RED,
    headline,
    label_quarters,
    new_figure,
    percent_ticks,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from runs.claims.claim import Estimate


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
    axes.set_xlabel(WORDS("parts-paid-x"))
    axes.set_ylabel(WORDS("axis-runs"))
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
    axes.set_xlabel(WORDS("steps-paid-x", steps=steps))
    axes.set_ylabel(WORDS("axis-share-of-runs"))
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
    axes.set_xticks(range(len(lines)), [WORDS(f"roll-forward-{line}") for line in lines["line"]])
    axes.set_ylabel(WORDS("axis-usd-bn"))
    axes.margins(y=0.12)
    headline(axes, title)
    return figure


# --- pictures of the claims about funding


def first_time_by_quarter(table: pd.DataFrame, title: str, y_label: str) -> Figure:
    """Share of runs that have had an event so far, and the hazard by quarter.

    Args:
        table: what ``answer_funding.hazard_table`` gives.
        title: what the picture says.
        y_label: name of the vertical axis of the upper panel.
    """
    labels = [str(each) for each in table["quarter"]]
    x = np.arange(len(labels))
    figure = new_figure((9.0, 5.4))
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    upper.fill_between(
        x, table["share_low"], table["share_high"], step="mid", color=BLUE, alpha=0.2, linewidth=0
    )
    upper.step(x, table["share"], where="mid", color=BLUE)
    upper.set_ylabel(y_label)
    upper.set_ylim(0, 1)
    headline(upper, title)
    lower.bar(x, table["hazard"], color=ORANGE, width=0.8)
    high = (table["high"] - table["hazard"]).where(table["freezes"] > 0, 0.0)
    low = (table["hazard"] - table["low"]).where(table["freezes"] > 0, 0.0)
    lower.errorbar(x, table["hazard"], yerr=[low, high], fmt="none", ecolor=GREY, linewidth=0.8)
    lower.set_ylabel(WORDS("first-time-hazard"))
    lower.set_ylim(bottom=0)
    for axes in (upper, lower):
        percent_ticks(axes.yaxis)
    label_quarters(lower, labels)
    return figure


def so_far_by_quarter(tables: Mapping[str, pd.DataFrame], title: str) -> Figure:
    """Shares of runs that have had one of several events so far, by quarter.

    Args:
        tables: name of the event -> what ``answer_funding.hazard_table`` gives.
        title: what the picture says.
    """
    figure = new_figure((9.0, 3.8))
    axes = figure.subplots()
    labels = [str(each) for each in next(iter(tables.values()))["quarter"]]
    x = np.arange(len(labels))
    for colour, (name, table) in zip((BLUE, ORANGE), tables.items(), strict=False):
        ends = (table["share_low"], table["share_high"])
        axes.fill_between(x, *ends, step="mid", color=colour, alpha=0.2, linewidth=0)
        axes.step(x, table["share"], where="mid", color=colour, label=name)
    axes.set_ylim(0, 1)
    percent_ticks(axes.yaxis)
    label_quarters(axes, labels)
    headline(axes, title)
    axes.legend(loc="upper left")
    return figure


def sizes_of_refused_rounds(sizes: pd.Series[float], article: float) -> Figure:
    """Histogram of what was asked for in first refused rounds, USD bn."""
    figure = new_figure((9.0, 3.6))
    axes = figure.subplots()
    largest = max(float(sizes.max()) if len(sizes) else 0.0, article) * 1.05
    axes.hist(sizes, bins=np.linspace(0, largest, 30).tolist(), color=BLUE)
    axes.axvline(article, color=RED, linestyle="--")
    axes.annotate(
        WORDS("refused-rounds-article", usd=f"{article:,.0f}"),
        (article, 0.94),
        xycoords=("data", "axes fraction"),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        color=RED,
    )
    part = float((sizes >= article).mean()) if len(sizes) else 0.0
    headline(axes, WORDS("refused-rounds-title", part=f"{part:.0%}", usd=f"{article:,.0f}"))
    axes.set_xlabel(WORDS("refused-rounds-x"))
    axes.set_ylabel(WORDS("axis-runs"))
    return figure


# --- pictures of the claims about returns and tiers


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
    axes.axhline(1.0, color=BLACK, linewidth=1.0, linestyle="--", label=WORDS("vintages-even"))
    axes.set_ylim(bottom=0)
    axes.set_xticks([FIRST_YEAR + year for year in sorted(set(table["year"]))])
    axes.set_xlabel(WORDS("vintages-x"))
    axes.set_ylabel(WORDS("vintages-y"))
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
    axes.set_xlabel(WORDS("loss-map-x"))
    axes.set_ylabel(WORDS("loss-map-y"))
    axes.grid(visible=False)
    at = (minima.index(stated[0]), tails.index(stated[1]))
    axes.plot(*at, "s", markersize=34, markerfacecolor="none", markeredgecolor=GREEN, mew=2)
    figure.colorbar(image, ax=axes, label=WORDS("loss-map-bar"))
    part = float((grid.to_numpy() < 0).mean())
    headline(axes, WORDS("loss-map-title", part=f"{part:.0%}"))
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
    axes.set_xlabel(WORDS("margins-x"))
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
    axes.set_xlabel(WORDS("part-by-income-x"))
    axes.set_ylabel(WORDS("part-by-income-y"))
    percent_ticks(axes.yaxis)
    title = WORDS(
        "part-by-income-never" if isnan(edge) else "part-by-income-title",
        part=f"{part:.0%}",
        usd=f"{edge:.1f}",
    )
    headline(axes, title)
    return figure
