"""Pictures of the claims about funding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runs.picture_style import (
    BLUE,
    GREY,
    ORANGE,
    RED,
    headline,
    label_quarters,
    new_figure,
    percent_ticks,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.figure import Figure


def first_time_by_quarter(table: pd.DataFrame, what: str) -> Figure:
    """Share of runs that have had an event so far, and the hazard by quarter.

    Args:
        table: what ``answer_funding.hazard_table`` gives.
        what: a word for the event, "frozen".
    """
    labels = [str(each) for each in table["quarter"]]
    x = np.arange(len(labels))
    figure = new_figure((9.0, 5.4))
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    upper.fill_between(
        x, table["share_low"], table["share_high"], step="mid", color=BLUE, alpha=0.2, linewidth=0
    )
    upper.step(x, table["share"], where="mid", color=BLUE)
    upper.set_ylabel(f"Runs {what} so far")
    upper.set_ylim(0, 1)
    end = float(table["share"].iloc[-1])
    headline(upper, f"{end:.0%} of the runs are {what} within ten years")
    lower.bar(x, table["hazard"], color=ORANGE, width=0.8)
    high = (table["high"] - table["hazard"]).where(table["freezes"] > 0, 0.0)
    low = (table["hazard"] - table["low"]).where(table["freezes"] > 0, 0.0)
    lower.errorbar(x, table["hazard"], yerr=[low, high], fmt="none", ecolor=GREY, linewidth=0.8)
    lower.set_ylabel("Hazard per quarter")
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
        f"the article's {article:,.0f} bn",
        (article, 0.94),
        xycoords=("data", "axes fraction"),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        color=RED,
    )
    part = float((sizes >= article).mean()) if len(sizes) else 0.0
    headline(axes, f"{part:.0%} of the refused rounds asked for {article:,.0f} bn USD or more")
    axes.set_xlabel("Asked for in the first refused round (bn USD)")
    axes.set_ylabel("Runs")
    return figure
