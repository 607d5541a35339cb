"""Enterprise customers: seats, moves between labs, and switching costs with today's price gaps."""

from __future__ import annotations

from html import escape
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viz.charts.network import end_label, streams_series
from viz.charts.series import (
    cursor_line,
    frame_option,
    ghost_line,
    lab_tints,
    legend,
    line_series,
    scaled,
)
from viz.words import WORDS

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme
    from viz.recording.recording import Recording
    from viz.recording.snapshot import CustomerState


Floats = NDArray[np.float64]

_MILLION, _THOUSAND = 1e6, 1e3
_LEAST_SEATS = 500.0
"""Moves of fewer seats are not drawn."""


def lab_colours(recording: Recording, theme: Theme) -> dict[str, str]:
    """Colour of each lab (key), the same as in the chart of shares."""
    tints = lab_tints(recording, theme)
    return {firm.key: tints[firm.name] for firm in recording.firms if firm.kind == "labs"}


def lab_values(recording: Recording, what: str) -> dict[str, list[float | None]]:
    """A row of ``CustomerState`` ("seats" or "prices") by lab and quarter; nan becomes None.

    Labs that never have any are left out.
    """
    keys = recording.snapshots[0].customers.keys
    table = np.array([getattr(s.customers, what) for s in recording.snapshots])
    found = {}
    for column, key in enumerate(keys):
        values = [None if isnan(v) else float(v) for v in table[:, column].tolist()]
        if any(values):
            found[key] = values
    return found


def seats_option(recording: Recording, theme: Theme, cursor: int) -> dict[str, Any]:
    """Stacked areas of the seats of each lab through time, millions."""
    tints = lab_colours(recording, theme)
    series: list[dict[str, Any]] = []
    for key, values in lab_values(recording, "seats").items():
        data = scaled(values, _MILLION)
        area: dict[str, Any] = {
            "type": "line",
            "id": f"seats {key}",
            "name": recording.name_of(key),
            "stack": "seats",
            "showSymbol": False,
            "lineStyle": {"width": 0.8, "color": tints[key]},
            "itemStyle": {"color": tints[key]},
            "areaStyle": {"color": tints[key], "opacity": 0.75},
            "emphasis": {"disabled": True},
            "data": data,
        }
        series.append(area)
    if series and cursor < recording.quarters_recorded - 1:
        series[0]["markLine"] = cursor_line(recording.labels[cursor], theme)
    names = [str(each["name"]) for each in series]
    option = frame_option(recording.labels, "million seats", theme)
    option["grid"] = {**option["grid"], "top": 58}
    option["yAxis"]["nameTextStyle"]["padding"] = [0, 0, 0, 0]
    option["legend"] = {**legend(names, theme), "left": 8, "itemGap": 8}
    return {**option, "series": series}


def prices_option(
    recording: Recording, theme: Theme, cursor: int, ghost: Recording | None = None
) -> dict[str, Any]:
    """Lines of the price that each lab offers, EUR per seat per month.

    Dashed lines are the same labs without the shock.
    """
    tints = lab_colours(recording, theme)
    has_ghost = ghost is not None and ghost.quarters_recorded > 0
    others = lab_values(ghost, "prices") if ghost is not None and has_ghost else {}
    series: list[dict[str, Any]] = []
    names = []
    for key, values in lab_values(recording, "prices").items():
        name = recording.name_of(key)
        names.append(name)
        if key in others:
            series.append(ghost_line(name, scaled(others[key], 1.0), tints[key]))
        series += line_series(name, scaled(values, 1.0), tints[key], cursor)
    if series and cursor < recording.quarters_recorded - 1:
        series[-1]["markLine"] = cursor_line(recording.labels[cursor], theme)
    option = frame_option(recording.labels, "EUR", theme)
    option["grid"] = {**option["grid"], "top": 58}
    option["yAxis"] |= {"scale": True}
    return {
        **option,
        "legend": {**legend(names, theme), "left": 40, "itemGap": 8},
        "series": series,
    }


def labs_frame(recording: Recording, what: str) -> pd.DataFrame:
    """Table of seats or prices: a row per quarter, a column per lab."""
    import pandas as pd

    table: dict[str, Any] = {"quarter": [s.label for s in recording.snapshots]}
    table |= {recording.name_of(key): v for key, v in lab_values(recording, what).items()}
    return pd.DataFrame(table)


def switched(recording: Recording, first: int, last: int, *, has_new: bool = False) -> pd.DataFrame:
    """Seats that changed their main lab in some quarters: a row per giver, a column per taker.

    Args:
        recording: the world.
        first: first quarter.
        last: last quarter, included.
        has_new: with newcomers as a row and those who gave up as a column.
    """
    import pandas as pd

    states = [s.customers for s in recording.snapshots[first : last + 1]]
    total: Floats = np.sum([state.switched for state in states], axis=0)
    names = [recording.name_of(key) for key in states[0].keys]
    frame = pd.DataFrame(
        total, index=[*names, WORDS("customers-new")], columns=[*names, WORDS("customers-gone")]
    )
    if not has_new:
        frame = frame.loc[names, names]
    rows = frame.sum(axis=1) >= _LEAST_SEATS
    columns = frame.sum(axis=0) >= _LEAST_SEATS
    if has_new:
        return frame.loc[rows, columns]
    keep = [name for name in names if rows[name] or columns[name]]
    return frame.loc[keep, keep]


def moves_option(moves: pd.DataFrame, theme: Theme) -> dict[str, Any]:
    """Table of moves as a heat map, thousands of seats; rows lose, columns gain."""
    values = moves.to_numpy(dtype=float).tolist()
    givers, takers = [str(r) for r in moves.index], [str(c) for c in moves.columns]
    top = max((v for row in values for v in row), default=0.0) or 1.0
    data = [
        {
            "value": [x, y, round((values[y][x] / top) ** 0.5, 3)],
            "label": {
                "show": values[y][x] >= _LEAST_SEATS,
                "formatter": f"{values[y][x] / _THOUSAND:,.0f}",
                "color": theme.text,
                "fontSize": 11,
            },
            "tooltip": {"formatter": _move_words(givers[y], takers[x], values[y][x])},
        }
        for y in range(len(givers))
        for x in range(len(takers))
    ]
    label: dict[str, Any] = {"color": theme.text, "fontSize": 11, "interval": 0}
    name = {"nameLocation": "middle"}
    return {
        **theme.base(),
        "grid": {"left": 4, "right": 8, "top": 18, "bottom": 4, "containLabel": True},
        "xAxis": theme.axis(type="category", data=takers, position="top", **name)
        | {
            "axisLabel": {
                **label,
                "width": 60,
                "overflow": "break",
                "fontSize": 10,
                "lineHeight": 12,
            }
        },
        "yAxis": theme.axis(type="category", data=givers, inverse=True)
        | {"axisLabel": {**label, "width": 110, "overflow": "break", "lineHeight": 13}},
        "visualMap": {
            "show": False,
            "type": "continuous",
            "dimension": 2,
            "min": 0,
            "max": 1.15,
            "inRange": {"color": [theme.surface, theme.kinds["bank"]]},
        },
        "series": [
            {
                "id": "moves",
                "type": "heatmap",
                "data": data,
                "itemStyle": {"borderColor": theme.grid, "borderWidth": 1},
            }
        ],
    }


def _move_words(giver: str, taker: str, seats: float) -> str:
    return WORDS(
        "customers-move-tip", giver=escape(giver), taker=escape(taker), seats=f"{seats:,.0f}"
    )


def streams_option(moves: pd.DataFrame, tints: dict[str, str], theme: Theme) -> dict[str, Any]:
    """The moves as streams: givers at the left, takers at the right.

    Args:
        moves: see ``switched``.
        tints: colour by name of a lab.
        theme: colours.
    """
    values = moves.to_numpy(dtype=float)
    links = [
        {
            "source": f"from {giver}",
            "target": f"to {taker}",
            "value": round(float(values[y, x]) / _THOUSAND, 1),
            "lineStyle": {"color": tints.get(str(giver), theme.ghost), "opacity": 0.45},
            "tooltip": {"formatter": _move_words(str(giver), str(taker), float(values[y, x]))},
        }
        for y, giver in enumerate(moves.index)
        for x, taker in enumerate(moves.columns)
        if values[y, x] >= _LEAST_SEATS
    ]
    ends = [("from", str(n), float(v)) for n, v in zip(moves.index, values.sum(1), strict=True)]
    ends += [("to", str(n), float(v)) for n, v in zip(moves.columns, values.sum(0), strict=True)]
    kept = {link[side] for link in links for side in ("source", "target")}
    data = [
        {
            "name": f"{side} {name}",
            "depth": 0 if side == "from" else 1,
            "itemStyle": {"color": tints.get(name, theme.ghost), "borderWidth": 0},
            "tooltip": {"formatter": f"{escape(name)}: <b>{seats:,.0f}</b> seats"},
            "label": end_label(f"{name}  {seats / _THOUSAND:,.0f}", theme, is_left=side == "from"),
        }
        for side, name, seats in ends
        if f"{side} {name}" in kept
    ]
    return {**theme.base(), "series": [streams_series(data, links, gap=12)]}


# --- switching costs of enterprise customers, with what moving would bring today on top of them


END_EUR = 12.0
"""Costs from here on are drawn as one bar."""
_MILLION_SEATS = 1e6
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
                name=WORDS("customers-costs-axis"),
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
    return {
        "value": round(seats / _MILLION_SEATS, 4),
        "itemStyle": {"opacity": 1.0 if goes else 0.3},
        "tooltip": {
            "formatter": WORDS(
                "customers-costs-last" if is_last else "customers-costs-tip",
                lab=escape(lab),
                low=f"{low:g}",
                high=f"{low + width:g}",
                seats=f"{seats:,.0f}",
                would=WORDS("customers-would" if goes else "customers-would-not"),
            )
        },
    }


def _lines(
    recording: Recording, state: CustomerState, tints: dict[str, str], theme: Theme
) -> dict[str, Any]:
    """Gains by moving as vertical lines, and the median of switching costs; labels in steps."""
    median = recording.parameters.enterprise.switching_cost_median_eur
    found = [(median, WORDS("customers-costs-median", eur=f"{median:g}"), theme.text, "dotted")]
    for lab, key in enumerate(state.keys):
        gap = float(state.gaps[lab])
        if gap > 0:
            words = WORDS("customers-costs-gap", lab=recording.name_of(key), eur=f"{gap:.1f}")
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
