"""Switching costs of enterprise customers, with what moving would bring today on top of them."""

from __future__ import annotations

from html import escape
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from viz.charts.customers import lab_colours
from viz.words.customers import (
    COSTS_AXIS,
    COSTS_GAP,
    COSTS_LAST,
    COSTS_MEDIAN,
    COSTS_TIP,
    WOULD,
    WOULD_NOT,
)

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme
    from viz.recording.recording import Recording
    from viz.recording.recording_customers import CustomerState

END_EUR = 12.0
"""Costs from here on are drawn as one bar."""
_MILLION = 1e6
_LABEL_PX, _LABEL_ROWS = 13, 6
"""Height of a line's label, and rows in which labels are staggered."""


def would_go(state: CustomerState) -> list[float | None]:
    """Share of each lab's seats whose switching cost is below today's gain by moving, 0 to 1.

    None where nobody buys or there is no other offer. Within a bin costs are taken as even.
    """
    width = float(state.edges[1] - state.edges[0])
    shares: list[float | None] = []
    for lab in range(len(state.keys)):
        seats, gap = state.costs[lab], float(state.gaps[lab])
        total = float(seats.sum())
        if total <= 0 or isnan(gap):
            shares.append(None)
            continue
        part = np.clip((gap - state.edges) / width, 0.0, 1.0)
        part[-1] = 0.0  # the last bin has no upper edge
        shares.append(float((seats * part).sum()) / total)
    return shares


def costs_option(recording: Recording, quarter: int, theme: Theme) -> dict[str, Any]:
    """Histogram of switching costs by lab; strong colour: would go at the end of the contract."""
    state = recording.snapshots[quarter].customers
    tints = lab_colours(recording, theme)
    width = float(state.edges[1] - state.edges[0])
    last = int(END_EUR / width)
    series: list[dict[str, Any]] = []
    for lab, key in enumerate(state.keys):
        if float(state.costs[lab].sum()) <= 0:
            continue
        seats = [*state.costs[lab, :last].tolist(), float(state.costs[lab, last:].sum())]
        bars = [
            _bar(recording.name_of(key), float(state.edges[i]), width, value, gap, i == last)
            for i, value in enumerate(seats)
            for gap in (float(state.gaps[lab]),)
        ]
        series.append(
            {
                "id": f"costs {key}",
                "type": "bar",
                "name": recording.name_of(key),
                "stack": "costs",
                "barWidth": "94%",
                "itemStyle": {"color": tints[key]},
                "emphasis": {"disabled": True},
                "data": bars,
            }
        )
    names = [str(each["name"]) for each in series]
    lines = _lines(recording, state, tints, theme)
    rows = min(len(lines["markLine"]["data"]), _LABEL_ROWS)
    return {
        **theme.base(),
        "grid": {
            "left": 28,
            "right": 16,
            "top": 32 + _LABEL_PX * rows,
            "bottom": 24,
            "containLabel": True,
        },
        "legend": {
            "data": names,
            "top": 2,
            "left": 8,
            "itemWidth": 16,
            "itemHeight": 8,
            "textStyle": {"color": theme.faint, "fontSize": 11},
        },
        "xAxis": [
            _bins(state, last, theme),
            theme.axis(
                type="value",
                min=0,
                max=END_EUR + width,
                interval=1,
                position="bottom",
                name=COSTS_AXIS,
                nameLocation="middle",
                nameGap=26,
                splitLine={"show": False},
            )
            | {"axisLabel": {"color": theme.faint, "fontSize": 11, "showMaxLabel": False}},
        ],
        "yAxis": theme.axis(
            type="value", name="million seats", nameLocation="middle", nameGap=36, splitNumber=4
        ),
        "series": [*series, lines],
    }


def _bins(state: CustomerState, last: int, theme: Theme) -> dict[str, Any]:
    """The axis that the bars stand on: bins side by side, without labels of their own."""
    names = [f"{edge:g}" for edge in state.edges[: last + 1].tolist()]
    hidden = {"show": False}
    return theme.axis(type="category", data=names, position="bottom", splitLine=hidden) | {
        "axisLabel": hidden,
        "axisLine": hidden,
    }


def _bar(
    lab: str, low: float, width: float, seats: float, gap: float, is_last: bool
) -> dict[str, Any]:
    goes = not is_last and low + width / 2 < gap
    words = {
        "lab": escape(lab),
        "low": f"{low:g}",
        "high": f"{low + width:g}",
        "seats": f"{seats:,.0f}",
        "would": WOULD if goes else WOULD_NOT,
    }
    return {
        "value": round(seats / _MILLION, 4),
        "itemStyle": {"opacity": 1.0 if goes else 0.3},
        "tooltip": {"formatter": (COSTS_LAST if is_last else COSTS_TIP).format(**words)},
    }


def _lines(
    recording: Recording, state: CustomerState, tints: dict[str, str], theme: Theme
) -> dict[str, Any]:
    """Gains by moving as vertical lines, and the median of switching costs; labels in steps."""
    median = recording.parameters.enterprise.switching_cost_median_eur
    found = [(median, COSTS_MEDIAN.format(eur=f"{median:g}"), theme.text, "dotted")]
    for lab, key in enumerate(state.keys):
        gap = float(state.gaps[lab])
        if gap > 0:
            words = COSTS_GAP.format(lab=recording.name_of(key), eur=f"{gap:.1f}")
            found.append((gap, words, tints[key], "solid"))
    found.sort()
    data = [
        {
            "xAxis": round(min(eur, END_EUR), 3),
            "lineStyle": {"color": tint, "type": look, "width": 2},
            "label": {
                "formatter": words,
                "color": theme.text,
                "fontSize": 11,
                "position": "end",
                "align": "left" if eur < END_EUR / 2 else "right",
                "distance": [0, 4 + _LABEL_PX * (number % _LABEL_ROWS)],
                "textBorderColor": theme.surface,
                "textBorderWidth": 3,
            },
        }
        for number, (eur, words, tint, look) in enumerate(found)
    ]
    return {
        "id": "gains",
        "type": "line",
        "xAxisIndex": 1,
        "data": [],
        "silent": True,
        "markLine": {"silent": True, "symbol": "none", "data": data},
    }


def costs_frame(recording: Recording, quarter: int) -> pd.DataFrame:
    """Table behind the histogram: a row per lab and bin, with the gain by moving."""
    import pandas as pd

    state = recording.snapshots[quarter].customers
    rows = [
        {
            "quarter": recording.labels[quarter],
            "lab": recording.name_of(key),
            "switching_cost_from_eur": float(edge),
            "seats": float(seats),
            "gain_by_moving_eur": float(state.gaps[lab]),
        }
        for lab, key in enumerate(state.keys)
        for edge, seats in zip(state.edges, state.costs[lab], strict=True)
    ]
    return pd.DataFrame(rows)
