"""Charts of many runs: fans of a series, chances by quarter, worlds side by side."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from viz.charts.series import Values, frame_option, legend, scaled
from viz.words import WORDS, texts_by_key
from viz.world.ensembles import EVENTS, NOBODY

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme
    from viz.world.ensembles import Comparison, Ensemble


_HIDDEN: dict[str, Any] = {
    "type": "line",
    "showSymbol": False,
    "silent": True,
    "lineStyle": {"opacity": 0},
    "tooltip": {"show": False},
}
_BANDS = (("90", 0.16), ("50", 0.3))
"""Part of the runs in %, and opacity."""
_QUANTILES = ("low_90", "low_50", "high_50", "high_90")


class Scale(NamedTuple):
    """How an indicator is shown: unit of the axis, and indicator over shown value."""

    unit: str
    divisor: float


_BILLIONS, _FIRMS = Scale("bn USD", 1e9), Scale("firms", 1.0)
FANS = {
    "labs_cash_usd": _BILLIONS,
    "labs_valuation_usd": _BILLIONS,
    "capex_usd": _BILLIONS,
    "raised_usd": _BILLIONS,
    "labs_revenue_usd": _BILLIONS,
    "rpo_usd": _BILLIONS,
    "spot_price_usd_hour": Scale("USD per hour", 1.0),
    "defaults": _FIRMS,
}
"""Indicators of the page of ensembles in its order."""
LINES = {
    "labs_cash_usd": _BILLIONS,
    "capex_usd": _BILLIONS,
    "raised_usd": _BILLIONS,
    "labs_valuation_usd": _BILLIONS,
    "labs_revenue_usd": _BILLIONS,
    "defaults": _FIRMS,
}
"""Indicators of the page that compares worlds in its order."""


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
    unit, divisor = FANS[name]
    band = ensemble.band(name)
    colour = theme.series[0]
    columns = {key: scaled(_values(band, key), divisor) for key in ("median", *_QUANTILES)}
    series: list[dict[str, Any]] = []
    bands = texts_by_key("ensemble-band", [part for part, _ in _BANDS])
    for part, opacity in _BANDS:
        low, high = columns[f"low_{part}"], columns[f"high_{part}"]
        series += band_series(low, high, bands[part], colour, opacity)
    median = WORDS("ensemble-median")
    series.append(line(median, columns["median"], colour, 2.4))
    for key, title in texts_by_key("ensemble-quantile", _QUANTILES).items():
        series.append({**line(title, columns[key], colour, 0), "lineStyle": {"opacity": 0}})
    names: list[Any] = [{"name": each, "icon": "rect"} for each in bands.values()]
    names.append(median)
    if own is not None:
        name = WORDS("ensemble-own")
        series.append(line(name, scaled(own, divisor), theme.series[1], 1.8, dashes="dashed"))
        names.append(name)
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
    tips = [[label] for label in ensemble.labels]
    dashes = ("solid", "dashed", "dotted")
    for event, colour, dash in zip(EVENTS, theme.series, dashes, strict=False):
        chance = ensemble.chance(event)
        share, low, high = (scaled(_values(chance, c), 0.01) for c in ("share", "low", "high"))
        name = WORDS(f"ensemble-event-{event}")
        series += band_series(low, high, WORDS("ensemble-interval", name=name), colour, 0.14)
        series.append(line(name, share, colour, 2.4, dashes=dash))
        for number, values in enumerate(zip(share, low, high, strict=True)):
            tips[number].append(tip(name, *values, "%"))
    option = frame_option(ensemble.labels, WORDS("ensemble-share-axis"), theme)
    option["yAxis"] |= {"min": 0, "max": 100, "interval": 25}
    option["tooltip"] |= {"lines": ["\n".join(each) for each in tips]}
    names = [WORDS(f"ensemble-event-{event}") for event in EVENTS]
    return {**option, "legend": legend(names, theme), "series": series}


def tip(
    name: str, value: float | None, low: float | None, high: float | None, unit: str = ""
) -> str:
    """A line of a tooltip: "funding freezes: 60% (41 to 77)"; without an interval, the value."""
    if value is None:
        return WORDS("ensemble-tip-none", name=name)
    gap = "" if unit in ("", "%") else " "
    shown = f"{value:,.3g}{gap}{unit}" if abs(value) < 1000 else f"{value:,.0f}{gap}{unit}"
    if low is None or high is None:
        return WORDS("ensemble-tip", name=name, value=shown)
    ends = (f"{end:,.3g}" if abs(end) < 1000 else f"{end:,.0f}" for end in (low, high))
    return WORDS("ensemble-tip-interval", name=name, value=shown, interval=" to ".join(ends))


def chance_frame(ensemble: Ensemble) -> pd.DataFrame:
    """Table behind ``chance_option``: event, then the columns of ``Ensemble.chance``."""
    import pandas as pd

    return pd.concat([ensemble.chance(e).assign(event=e) for e in EVENTS], ignore_index=True)


def first_option(ensemble: Ensemble, theme: Theme) -> dict[str, Any]:
    """Bars: how often each firm was the first to fail, and how often none did."""
    table = ensemble.first_failures()
    kinds = firm_kinds(ensemble)
    rows: list[Any] = list(table.itertuples(index=False))
    names = [WORDS("ensemble-nobody") if row.key == NOBODY else str(row.firm) for row in rows]
    bars = [
        {
            "name": tip(name, 100 * float(row.share), 100 * float(row.low), 100 * row.high, "%"),
            "value": round(100 * float(row.share), 1),
            "key": row.key,
            "tooltip": {"formatter": "{b}"},
            "itemStyle": {
                "color": theme.good if row.key == NOBODY else theme.kind_colour(kinds[str(row.key)])
            },
        }
        for name, row in zip(names, rows, strict=True)
    ]
    spans = [(100 * float(row.low), 100 * float(row.high)) for row in rows]
    return bar_option(names, bars, spans, WORDS("ensemble-share-axis"), theme)


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
    groups = ("labs", "startups", "clouds", "chipmakers", "investors")
    return {key: group for group in groups for key in getattr(ensemble.parameters, group)}


# --- charts of worlds side by side


DASHES = ("solid", "dashed", "dotted", "solid")
MEANS = ("defaults",)
"""Indicators of which the mean is drawn: the median of a few whole numbers says little."""


def lines_option(comparison: Comparison, name: str, theme: Theme) -> dict[str, Any]:
    """An indicator in each world: its median over the runs, with the middle half of the runs.

    Args:
        comparison: the worlds.
        name: indicator, a key of ``LINES``.
        theme: colours.
    """
    unit, divisor = LINES[name]
    series: list[dict[str, Any]] = []
    labels: list[str] = []
    for number, (world, ensemble) in enumerate(
        zip(comparison.names, comparison.ensembles, strict=True)
    ):
        colour = theme.series[number]
        labels = max(labels, ensemble.labels, key=len)
        if name in MEANS:
            values = [float(value) for value in ensemble.values(name).mean(axis=0)]
            middle = scaled(values, divisor)
        else:
            band = ensemble.band(name)
            low, middle, high = (
                scaled([float(v) for v in band[column]], divisor)
                for column in ("low_50", "median", "high_50")
            )
            series += band_series(low, high, WORDS("compare-half", world=world), colour, 0.12)
        series.append(line(world, middle, colour, 2.2, dashes=DASHES[number % len(DASHES)]))
    option = frame_option(labels, unit, theme)
    names = {**legend(comparison.names, theme), "type": "scroll", "left": 60}
    return {**option, "legend": names, "series": series}


def lines_frame(comparison: Comparison, name: str) -> pd.DataFrame:
    """Table behind ``lines_option``: world, then the columns of ``Ensemble.band`` and the mean."""
    import pandas as pd

    frames = [
        ensemble.band(name).assign(world=world, mean=ensemble.values(name).mean(axis=0))
        for world, ensemble in zip(comparison.names, comparison.ensembles, strict=True)
    ]
    return pd.concat(frames, ignore_index=True)


def gap_option(comparison: Comparison, name: str, theme: Theme) -> dict[str, Any]:
    """Difference of each world to the first, with the 95% interval of its mean."""
    unit, divisor = LINES[name]
    series: list[dict[str, Any]] = []
    labels: list[str] = []
    tips: dict[str, list[str]] = {}
    for number in range(1, len(comparison.names)):
        gaps = comparison.gaps(name, number)
        labels = max(labels, list(gaps["quarter"]), key=len)
        mean, low, high = (
            scaled([float(v) for v in gaps[column]], divisor) for column in ("mean", "low", "high")
        )
        world, colour = comparison.names[number], theme.series[number]
        series += band_series(low, high, WORDS("compare-interval", world=world), colour, 0.16)
        series.append(line(world, mean, colour, 2.2, dashes=DASHES[number % len(DASHES)]))
        for label, value, least, most in zip(gaps["quarter"], mean, low, high, strict=True):
            tips.setdefault(label, [label]).append(tip(world, value, least, most, unit))
    zero = {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {"show": False},
        "lineStyle": {"color": theme.text, "type": "solid", "width": 1},
        "data": [{"yAxis": 0}],
    }
    if series:
        series[-1] = {**series[-1], "markLine": zero}
    option = frame_option(labels, unit, theme)
    option["tooltip"] |= {"lines": ["\n".join(tips[label]) for label in labels]}
    return {**option, "legend": legend(comparison.names[1:], theme), "series": series}


def gap_frame(comparison: Comparison, name: str) -> pd.DataFrame:
    """Table behind ``gap_option``: world, then the columns of ``Comparison.gaps``."""
    import pandas as pd

    others = range(1, len(comparison.names))
    frames = [comparison.gaps(name, n).assign(world=comparison.names[n]) for n in others]
    return pd.concat(frames, ignore_index=True)
