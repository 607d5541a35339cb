"""Charts of an ensemble: fans of a series, chances by quarter, who fails first."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from viz.charts.series import Values, frame_option, legend, scaled
from viz.words.ensemble import BAND_50, BAND_90, EVENT_NAMES, FANS, MEDIAN, OWN, QUANTILE_NAMES
from viz.words.ensemble import NOBODY as NOBODY_FAILS
from viz.world.ensemble_results import EVENTS, NOBODY

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme
    from viz.world.ensemble_results import Ensemble

_HIDDEN: dict[str, Any] = {
    "type": "line",
    "showSymbol": False,
    "silent": True,
    "lineStyle": {"opacity": 0},
    "tooltip": {"show": False},
}
_BANDS = (("low_90", "high_90", BAND_90, 0.16), ("low_50", "high_50", BAND_50, 0.3))


def fan_option(
    ensemble: Ensemble, name: str, theme: Theme, own: Values | None = None
) -> dict[str, Any]:
    """Median of a series with the bands of half and of nine tenths of the runs.

    Args:
        ensemble: the runs.
        name: indicator, a key of ``FANS``.
        theme: colours.
        own: the same indicator in the run of the session, drawn on top.
    """
    _, _, unit, divisor = FANS[name]
    band = ensemble.band(name)
    colour = theme.series[0]
    columns = {key: scaled(_values(band, key), divisor) for key in ("median", *QUANTILE_NAMES)}
    series: list[dict[str, Any]] = []
    for low, high, title, opacity in _BANDS:
        series += band_series(columns[low], columns[high], title, colour, opacity)
    series.append(line(MEDIAN, columns["median"], colour, 2.4))
    for key, title in QUANTILE_NAMES.items():
        series.append({**line(title, columns[key], colour, 0), "lineStyle": {"opacity": 0}})
    names: list[Any] = [{"name": each, "icon": "rect"} for each in (BAND_90, BAND_50)]
    names.append(MEDIAN)
    if own is not None:
        series.append(line(OWN, scaled(own, divisor), theme.series[1], 1.8, dashes="dashed"))
        names.append(OWN)
    option = frame_option(ensemble.labels, unit, theme)
    if unit == "firms":
        option["yAxis"] |= {"minInterval": 1}
    return {**option, "legend": {**legend(names, theme), "itemGap": 9}, "series": series}


def band_series(
    low: Values, high: Values, name: str, colour: str, opacity: float
) -> list[dict[str, Any]]:
    """An area between two lines; ECharts knows only areas stacked on a hidden line."""
    both = list(zip(low, high, strict=True))
    height = [None if a is None or b is None else max(0.0, b - a) for a, b in both]
    stack = {
        **_HIDDEN,
        "stack": name,
        "stackStrategy": "all",
        "itemStyle": {"color": colour, "opacity": min(1.0, 2 * opacity)},
    }
    area = {"areaStyle": {"color": colour, "opacity": opacity}}
    return [
        {**stack, "id": f"{name} low", "name": f"{name} from", "data": list(low)},
        {**stack, "id": name, "name": name, "data": height, **area},
    ]


def line(
    name: str, values: Values, colour: str, width: float, *, dashes: str = "solid"
) -> dict[str, Any]:
    """A plain line without symbols."""
    return {
        "type": "line",
        "id": name,
        "name": name,
        "data": list(values),
        "showSymbol": False,
        "itemStyle": {"color": colour},
        "lineStyle": {"width": width, "color": colour, "type": dashes},
        "emphasis": {"disabled": True},
    }


def _values(frame: pd.DataFrame, column: str) -> list[float | None]:
    return [float(value) for value in frame[column]]


def chance_option(ensemble: Ensemble, theme: Theme) -> dict[str, Any]:
    """Share of the runs in which a freeze, a cut and a failure has happened up to each quarter."""
    series: list[dict[str, Any]] = []
    dashes = ("solid", "dashed", "dotted")
    for event, colour, dash in zip(EVENTS, theme.series, dashes, strict=False):
        chance = ensemble.chance(event)
        share, low, high = (scaled(_values(chance, c), 0.01) for c in ("share", "low", "high"))
        name = EVENT_NAMES[event]
        series += band_series(low, high, f"{name}, interval", colour, 0.14)
        series.append(line(name, share, colour, 2.4, dashes=dash))
    option = frame_option(ensemble.labels, "% of runs", theme)
    option["yAxis"] |= {"min": 0, "max": 100, "interval": 25}
    names = [EVENT_NAMES[event] for event in EVENTS]
    return {**option, "legend": legend(names, theme), "series": series}


def chance_frame(ensemble: Ensemble) -> pd.DataFrame:
    """Table behind ``chance_option``: event, then the columns of ``Ensemble.chance``."""
    import pandas as pd

    return pd.concat([ensemble.chance(e).assign(event=e) for e in EVENTS], ignore_index=True)


def first_option(ensemble: Ensemble, theme: Theme) -> dict[str, Any]:
    """Bars: how often each firm was the first to fail, and how often none did."""
    table = ensemble.first_failures()
    kinds = firm_kinds(ensemble)
    rows: list[Any] = list(table.itertuples(index=False))
    names = [NOBODY_FAILS if row.key == NOBODY else str(row.firm) for row in rows]
    bars = [
        {
            "value": round(100 * float(row.share), 1),
            "key": row.key,
            "itemStyle": {
                "color": theme.good if row.key == NOBODY else theme.kind_colour(kinds[str(row.key)])
            },
        }
        for row in rows
    ]
    spans = [(100 * float(row.low), 100 * float(row.high)) for row in rows]
    return bar_option(names, bars, spans, "% of runs", theme)


def bar_option(
    names: Sequence[str],
    bars: Sequence[dict[str, Any]],
    spans: Sequence[tuple[float, float]],
    unit: str,
    theme: Theme,
) -> dict[str, Any]:
    """Lying bars, the first at the top, each with its interval as a thin line.

    The value of a bar stands right of its interval, where no line crosses it.
    """
    whiskers = [
        [
            {"coord": [low, number], "symbol": "none", "name": f"{bar['value']:g}%"},
            {"coord": [high, number], "symbol": "none"},
        ]
        for number, (bar, (low, high)) in enumerate(zip(bars, spans, strict=True))
    ]
    bar = {
        "type": "bar",
        "id": "bars",
        "data": list(bars),
        "barMaxWidth": 26,
        "markLine": {
            "silent": True,
            "symbol": "none",
            "animation": False,
            "label": {
                "show": True,
                "position": "end",
                "formatter": "{b}",
                "color": theme.text,
                "fontWeight": "bold",
            },
            "lineStyle": {"color": theme.text, "type": "solid", "width": 1.4},
            "data": whiskers,
        },
    }
    label = {"color": theme.text, "fontSize": 12, "width": 130, "overflow": "truncate"}
    widest = max((high for _, high in spans), default=1.0)
    value_axis = theme.axis(type="value", name=unit, nameLocation="middle", nameGap=26, min=0)
    value_axis["max"] = min(100, 20 * ceil(widest / 20))
    name_axis = theme.axis(type="category", data=list(names), inverse=True)
    return {
        **theme.base(),
        "grid": {"left": 8, "right": 56, "top": 8, "bottom": 28, "containLabel": True},
        "xAxis": value_axis,
        "yAxis": {**name_axis, "axisLabel": label},
        "series": [bar],
    }


def firm_kinds(ensemble: Ensemble) -> dict[str, str]:
    """Company key -> kind of firm."""
    groups = ("labs", "clouds", "chipmakers", "investors")
    return {key: group for group in groups for key in getattr(ensemble.parameters, group)}
