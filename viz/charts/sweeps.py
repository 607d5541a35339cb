"""Charts of a sweep: a response curve over one parameter, a map over two."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from viz.charts.ensembles import line
from viz.charts.series import tidy
from viz.words import WORDS
from viz.world.sweep_view import MAX_POINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from viz.charts.theme import Theme
    from viz.world.sweep_view import Cell, Label

RAMP_LIGHT = ("#f3f1ea", "#f2c879", "#e08a3c", "#b4431f", "#5e1a12")
RAMP_DARK = ("#232a35", "#6b4a2a", "#b8702f", "#eaa13f", "#ffe3a3")
"""From low to high: lightness alone tells the order, so colour-blind readers see it too."""


def response_option(
    points: pd.DataFrame,
    parameter: str,
    cells: Sequence[Cell],
    labels: tuple[Label, Label],
    theme: Theme,
) -> dict[str, Any]:
    """Runs as dots over a parameter, with the mean of each value and its 95% interval.

    Args:
        points: run_id, the parameter and value, from ``SweepView.points``.
        parameter: name of the parameter.
        cells: means, from ``SweepView.cells``.
        labels: of the parameter and of the output.
        theme: colours.
    """
    given, measured = labels
    is_number = all(
        isinstance(cell.values[0], int | float) and not isinstance(cell.values[0], bool)
        for cell in cells
    )

    def place(value: Any) -> Any:
        return given.shown(float(value)) if is_number else str(value)

    step = 1 + len(points) // MAX_POINTS
    few = points.iloc[::step]
    dots = [
        {"value": [place(x), measured.shown(float(y))], "run": int(run)}
        for run, x, y in zip(few["run_id"], few[parameter], few["value"], strict=True)
    ]
    xs = [place(cell.values[0]) for cell in cells]
    means, lows, highs = (
        [tidy(getattr(cell, name) / measured.divisor) for cell in cells]
        for name in ("mean", "low", "high")
    )
    colour = theme.series[0]
    series = [
        _dots(dots, theme),
        *_interval(xs, lows, highs, theme),
        {
            **line(WORDS("sweeps-mean"), [], colour, 2.6),
            "data": [
                {"value": [x, y], "name": cell_words(cell, labels)}
                for x, y, cell in zip(xs, means, cells, strict=True)
            ],
            "tooltip": {"formatter": "{b}"},
            "showSymbol": True,
            "symbolSize": 7,
        },
    ]
    axis = {"type": "value", "scale": True} if is_number else {"type": "category", "data": xs}
    return {
        **theme.base(),
        "grid": {"left": 12, "right": 28, "top": 46, "bottom": 34, "containLabel": True},
        "legend": {
            "data": [WORDS("sweeps-runs"), WORDS("sweeps-mean"), WORDS("sweeps-interval")],
            "top": 4,
            "right": 8,
            "textStyle": {"color": theme.faint, "fontSize": 11},
        },
        "xAxis": theme.axis(**axis, **_axis_name(given)),
        "yAxis": theme.axis(type="value", scale=True, name=measured.unit, nameGap=14),
        "series": series,
    }


LONGEST_NAME = 52
"""Letters of the name of an axis; the card says it in full."""


def _axis_name(label: Label) -> dict[str, Any]:
    text = label.text.split(" (")[0]
    if len(text) > LONGEST_NAME:
        text = f"{text[: LONGEST_NAME - 1].rstrip()}…"
    name = f"{text} ({label.unit})" if label.unit else text
    return {"name": name, "nameLocation": "middle", "nameGap": 28}


def _dots(dots: list[dict[str, Any]], theme: Theme) -> dict[str, Any]:
    return {
        "type": "scatter",
        "id": WORDS("sweeps-runs"),
        "name": WORDS("sweeps-runs"),
        "data": dots,
        "symbolSize": 8,
        "itemStyle": {"color": theme.faint, "opacity": 0.45},
        "cursor": "pointer",
    }


def _interval(
    xs: Sequence[Any], lows: Sequence[Any], highs: Sequence[Any], theme: Theme
) -> list[dict[str, Any]]:
    """Upright lines from low to high where an interval is known."""
    spans = [
        [{"coord": [x, low], "symbol": "none"}, {"coord": [x, high], "symbol": "none"}]
        for x, low, high in zip(xs, lows, highs, strict=True)
        if low is not None and high is not None
    ]
    look = {"color": theme.series[0], "type": "solid", "width": 1.6, "opacity": 0.8}
    return [
        {
            **line(WORDS("sweeps-interval"), [], theme.series[0], 1.6),
            "silent": True,
            "markLine": {
                "silent": True,
                "symbol": "none",
                "animation": False,
                "label": {"show": False},
                "lineStyle": look,
                "data": spans,
            },
        }
    ]


def heat_option(
    cells: Sequence[Cell], labels: tuple[Label, Label, Label], theme: Theme
) -> dict[str, Any]:
    """A map: the first parameter to the right, the second upwards, the mean output as colour.

    Args:
        cells: means over two parameters, from ``SweepView.cells``.
        labels: of the first parameter, the second, and the output.
        theme: colours.
    """
    first, second, measured = labels
    xs = list(dict.fromkeys(cell.values[0] for cell in sorted(cells, key=lambda c: c.values[0])))
    ys = list(dict.fromkeys(cell.values[1] for cell in sorted(cells, key=lambda c: c.values[1])))
    known = [measured.shown(cell.mean) for cell in cells if cell.runs]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    if measured.divisor == 0.01:
        low, high = 0.0, 100.0
    data = [
        _cell_item(cell, (xs.index(cell.values[0]), ys.index(cell.values[1])), labels, low, theme)
        for cell in cells
    ]
    return {
        **theme.base(),
        "tooltip": {**theme.tooltip(), "formatter": "{b}"},
        "grid": {"left": 78, "right": 20, "top": 12, "bottom": 96},
        "xAxis": theme.axis(type="category", data=[first.word(x) for x in xs], **_axis_name(first)),
        "yAxis": theme.axis(
            type="category",
            data=[second.word(y) for y in ys],
            **{**_axis_name(second), "nameGap": 50},
        ),
        "visualMap": {
            "min": low,
            "max": high if high > low else low + 1,
            "calculable": False,
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "itemHeight": 160,
            "text": [f"{high:,.4g} {measured.unit}", f"{low:,.4g}"],
            "textStyle": {"color": theme.faint},
            "inRange": {"color": list(RAMP_DARK if theme.is_dark else RAMP_LIGHT)},
        },
        "series": [_cells(data, theme)],
    }


def _cell_item(
    cell: Cell, place: tuple[int, int], labels: tuple[Label, ...], low: float, theme: Theme
) -> dict[str, Any]:
    """A cell of the map; one without any value is marked, with ``low`` in its place.

    ECharts does not draw cells without a number.
    """
    item: dict[str, Any] = {"name": cell_words(cell, labels), "run": cell.typical}
    if not cell.runs:
        label = {"formatter": WORDS("sweeps-no-run"), "color": theme.faint, "fontSize": 10}
        look = {"color": theme.surface, "borderColor": theme.grid, "borderType": "dashed"}
        return item | {
            "value": [*place, low],
            "visualMap": False,
            "itemStyle": look,
            "label": label,
        }
    value = labels[-1].shown(cell.mean)
    words = f"{value:,.4g}"
    if not isnan(cell.low):
        ends = [f"{labels[-1].shown(end):,.3g}" for end in (cell.low, cell.high)]
        words = WORDS("sweeps-short-interval", value=words, low=ends[0], high=ends[1])
    if cell.is_partial:
        words = WORDS("sweeps-short-partial", value=words, runs=cell.runs, total=cell.total)
    item["label"] = {"formatter": words, "lineHeight": 14}
    return item | {"value": [*place, value]}


def cell_words(cell: Cell, labels: tuple[Label, ...]) -> str:
    """What a cell, or a point of the curve, says when it is pointed at.

    Args:
        cell: the cell.
        labels: of its parameters, then of the output.
    """
    *givens, measured = labels
    lines = [
        f"{label.text}: {label.word(given)} {label.unit}".rstrip()
        for label, given in zip(givens, cell.values, strict=True)
    ]
    value = (
        WORDS("sweeps-no-run")
        if isnan(cell.mean)
        else f"{measured.shown(cell.mean):,.4g} {measured.unit}"
    )
    lines.append(f"{measured.text}: {value}".rstrip())
    if not isnan(cell.low):
        low, high = (f"{measured.shown(end):,.4g}" for end in (cell.low, cell.high))
        lines.append(WORDS("sweeps-cell-interval", low=low, high=high))
    is_some = cell.is_partial and cell.runs > 0
    words = WORDS(
        "sweeps-some-runs" if is_some else "sweeps-runs-of-cell",
        runs=cell.runs or cell.total,
        total=cell.total,
    )
    lines.append(words)
    return "\n".join(lines)


def _cells(data: list[dict[str, Any]], theme: Theme) -> dict[str, Any]:
    is_crowded = len(data) > 100
    return {
        "type": "heatmap",
        "id": "cells",
        "data": data,
        "label": {"show": not is_crowded, "formatter": "{@[2]}", "fontSize": 11},
        "itemStyle": {"borderColor": theme.surface, "borderWidth": 2},
        "emphasis": {"itemStyle": {"borderColor": theme.text, "borderWidth": 2}},
        "cursor": "pointer",
    }


def clicked_run(data: dict[str, Any]) -> int | None:
    """Id of the run behind a clicked dot or cell; None when the click was on neither."""
    item = data.get("data")
    return int(item["run"]) if isinstance(item, dict) and "run" in item else None


def cells_frame(cells: Sequence[Cell], parameters: Sequence[str], output: str) -> pd.DataFrame:
    """Table behind both charts: parameters, mean, low, high, runs, runs in all, a typical run."""
    import pandas as pd

    rows = [
        {
            **dict(zip(parameters, cell.values, strict=True)),
            output: cell.mean,
            "low": cell.low,
            "high": cell.high,
            "runs": cell.runs,
            "runs_in_all": cell.total,
            "typical_run": cell.typical,
        }
        for cell in cells
    ]
    return pd.DataFrame(rows)
