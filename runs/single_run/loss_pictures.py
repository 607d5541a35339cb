"""The picture of who finally pays: debts by channel, and shares beside them on a scale apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from market.books.losses import CHANNELS
from runs.picture_style import BLUE, GREY, ORANGE, RED, SKY, headline, new_figure
from runs.single_run.loss_words import headline_of
from runs.single_run.losses import LEAST_USD, SPREAD

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = dict(zip(CHANNELS, (RED, ORANGE, BLUE, GREY), strict=True))


def payers_picture(table: pd.DataFrame, what: str, how: str) -> Figure:
    """What every sector or party bears in the end: of debts by channel, of shares as one.

    Bars of debts carry the loss in basis points of capital; where the table has it, a line shows
    two standard errors. The two halves have scales of their own and are not to be added.

    Args:
        table: of ``runs.single_run.losses.Losses.table``, or means of several.
        what: the event, as a clause.
        how: what is counted, as a clause.
    """
    shown = table[(table[["borne_usd", "shares_borne_usd"]].abs() >= LEAST_USD).any(axis=1)]
    names = [str(name) for name in shown.iloc[:, 0]]
    figure = new_figure((10.0, 1.8 + 0.42 * max(2, len(names))))
    debts, shares = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    _draw_debts(debts, shown)
    shares.barh(range(len(names)), shown["shares_borne_usd"] / 1e9, color=SKY, height=0.6)
    debts.set_yticks(range(len(names)), names)
    debts.invert_yaxis()
    headline(debts, headline_of(table, what))
    debts.set_ylabel("Who bears it in the end")
    debts.set_xlabel(f"Debts lost (bn USD), {how}")
    shares.set_ylabel("Shares, never added to debts")
    shares.set_xlabel("Beside it: market value of shares lost (bn USD)")
    for axes in (debts, shares):
        axes.axvline(0, color="black", linewidth=0.8)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
    handles, labels = debts.get_legend_handles_labels()
    if handles:
        shares.legend(handles, labels, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def _draw_debts(axes: Axes, shown: pd.DataFrame) -> None:
    """Stacked bars, gains to the left of zero; basis points of capital at their ends."""
    places = list(range(len(shown)))
    ends = {sign: [0.0] * len(shown) for sign in (1, -1)}
    for channel in CHANNELS:
        values = (shown[f"borne_{channel.replace(' ', '_')}_usd"] / 1e9).tolist()
        if not any(values):
            continue
        left = [ends[1 if value >= 0 else -1][i] for i, value in enumerate(values)]
        axes.barh(places, values, left=left, color=_COLOURS[channel], height=0.6, label=channel)
        for i, value in enumerate(values):
            ends[1 if value >= 0 else -1][i] += value
    if SPREAD in shown and shown[SPREAD].notna().any():
        errors = (shown[SPREAD] / 1e9).tolist()
        middle = (shown["borne_usd"] / 1e9).tolist()
        axes.errorbar(middle, places, xerr=errors, fmt="none", ecolor="black", capsize=3)
    for i, points in enumerate(shown["borne_bp"].tolist()):
        if pd.notna(points) and abs(points) >= 0.05:
            text = f" {points:,.1f} bp" if abs(points) < 100 else f" {points:,.0f} bp"
            axes.annotate(text, (ends[1][i], i), va="center", fontsize=8)
    axes.use_sticky_edges = False
    axes.margins(x=0.15)
