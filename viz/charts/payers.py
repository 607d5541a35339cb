"""Who pays for a failure: lying bars of the debts that each sector bears in the end."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from market.books.losses import CHANNELS
from market.units import money
from runs.single_run.losses import LEAST_USD
from viz.charts.series import legend, tidy
from viz.words import WORDS, slug

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme

MOST_OWNERS = 3
"""Sectors that the note on shares names."""
_ROW_PX, _FRAME_PX = 34, 96
_FULL, _FEW = 100, 10
"""Basis points from which no decimal is shown, and rows that a chart has at most."""


def borne(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of payers that bear debts, the largest first."""
    shown = table[table["borne_usd"].abs() >= LEAST_USD]
    return shown.sort_values("borne_usd", ascending=False, kind="stable").head(_FEW)


def payers_height(table: pd.DataFrame) -> str:
    """CSS height for the bars of a table."""
    return f"{_FRAME_PX + _ROW_PX * len(borne(table))}px"


def payers_option(table: pd.DataFrame, theme: Theme) -> dict[str, Any]:
    """Chart of a table of payers, of ``runs.single_run.losses.Losses.table``.

    Args:
        table: one row per sector.
        theme: colours.
    """
    shown = borne(table)
    names = [str(name) for name in shown["sector"]]
    series: list[dict[str, Any]] = []
    for number, channel in enumerate(CHANNELS):
        values = shown[f"borne_{channel.replace(' ', '_')}_usd"].tolist()
        if not any(values):
            continue
        words = WORDS(f"firms-payers-channel-{slug(channel)}")
        data = [
            {
                "value": tidy(value / 1e9),
                "tooltip": {"formatter": f"{escape(name)}<br/>{escape(words)}: {money(value)}"},
            }
            for name, value in zip(names, values, strict=True)
        ]
        series.append(
            {
                "id": channel,
                "type": "bar",
                "name": words,
                "stack": "all",
                "barMaxWidth": 22,
                "itemStyle": {"color": theme.series[number]},
                "data": data,
            }
        )
    value_axis = theme.axis(type="value", name="bn USD", nameLocation="middle", nameGap=26)
    rows = [
        f"{name}, {points_text(points)}" if points_text(points) else name
        for name, points in zip(names, shown["borne_bp"].tolist(), strict=True)
    ]
    name_axis = theme.axis(type="category", data=rows, inverse=True)
    return {
        **theme.base(),
        "grid": {"left": 8, "right": 24, "top": 34, "bottom": 34, "containLabel": True},
        "legend": legend([each["name"] for each in series], theme),
        "xAxis": value_axis,
        "yAxis": name_axis,
        "series": series,
    }


def points_text(points: float) -> str:
    """Basis points of capital for the name of a bar; "" where there is no capital."""
    if not abs(points) < float("inf"):  # not a number
        return ""
    return WORDS("firms-payers-points", points=f"{points:,.{0 if abs(points) >= _FULL else 1}f}")


def shares_words(table: pd.DataFrame) -> str:
    """What shares lose beside it, and who has them in the end; "" when they lose nothing."""
    lost = float(table["shares_lost_usd"].sum())
    if lost < LEAST_USD:
        return ""
    most = table.sort_values("shares_borne_usd", ascending=False, kind="stable").head(MOST_OWNERS)
    owners = ", ".join(
        f"{name} {money(usd)}"
        for name, usd in zip(most["sector"], most["shares_borne_usd"], strict=True)
        if usd >= LEAST_USD
    )
    return WORDS("firms-payers-shares", amount=money(lost), owners=owners)
