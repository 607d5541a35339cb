"""A chart as a still picture, for readers who run no JavaScript: GitHub, nbconvert, print.

The picture is drawn by Matplotlib from the same ECharts option that the browser gets, so it shows
the same lines, marks and colours. It knows the series of ``viz.charts.series``: lines over
quarters, the area between two of them, and marks.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from viz.charts.theme import Theme


WIDTH_INCHES, PX_PER_INCH, DPI = 8.0, 96, 130
SHAPES: Mapping[str, str] = {
    "circle": "o",
    "diamond": "D",
    "rect": "s",
    "triangle": "^",
    "pin": "v",
}
"""ECharts symbol -> marker of Matplotlib; a path is the cross of a default."""
CROSS = "X"


def option_png(
    option: Mapping[str, Any], title: str, question: str, theme: Theme, height: str
) -> bytes:
    """Draw an option.

    Args:
        option: as ``panel_option``, ``shares_option`` or ``timeline_option`` make it.
        title: the line above the drawing.
        question: what it shows, under the title.
        theme: colours.
        height: CSS height in px of the drawing in the browser.

    Returns:
        The picture as PNG; the same option gives the same bytes.
    """
    from runs.picture_style import house_style

    file = io.BytesIO()
    with house_style():
        figure = _figure(option, title, question, theme, height)
        figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return file.getvalue()


def _figure(
    option: Mapping[str, Any], title: str, question: str, theme: Theme, height: str
) -> Figure:
    from matplotlib.figure import Figure

    inches = float(height.removesuffix("px")) / PX_PER_INCH + 0.8
    figure = Figure(figsize=(WIDTH_INCHES, inches), layout="constrained", facecolor=theme.surface)
    axes = figure.subplots()
    axes.set_facecolor(theme.surface)
    axes.set_title(f"{title}\n", color=theme.text)
    if question:
        line = textwrap.shorten(question, 120, placeholder=" ...")
        axes.text(0, 1.02, line, color=theme.faint, fontsize=8, transform=axes.transAxes)
    labels = list(option["xAxis"]["data"])
    rows = option["yAxis"].get("data")
    _draw_series(axes, option["series"], labels, rows)
    _dress(axes, labels, rows, option, theme)
    return figure


def _draw_series(
    axes: Axes, series: Sequence[Mapping[str, Any]], labels: list[str], rows: list[str] | None
) -> None:
    floor: list[float] | None = None
    for each in series:
        if each.get("stack") and "areaStyle" not in each:
            floor = _numbers(each["data"])  # what the area of the next one stands on
        elif each.get("stack") and floor is not None:
            _draw_area(axes, each, floor)
        elif each["type"] == "line":
            _draw_line(axes, each)
        _draw_marks(axes, _points(each), labels, rows)


def _numbers(values: Sequence[float | None]) -> list[float]:
    return [float("nan") if value is None else float(value) for value in values]


def _draw_line(axes: Axes, each: Mapping[str, Any]) -> None:
    """A line; only a strong one is named in the legend, and has it not been named yet."""
    look = each["lineStyle"]
    known = axes.get_legend_handles_labels()[1]
    is_named = look.get("opacity", 1) == 1 and each["name"] not in known
    values = _numbers(each["data"])
    axes.plot(
        range(len(values)),
        values,
        color=look["color"],
        linewidth=look["width"],
        linestyle="--" if look.get("type") == "dashed" else "-",
        alpha=look.get("opacity", 1),
        drawstyle="steps-post" if each.get("step") else "default",
        label=each["name"] if is_named else None,
    )


def _draw_area(axes: Axes, each: Mapping[str, Any], floor: list[float]) -> None:
    gap = _numbers(each["data"])
    top = [low + high for low, high in zip(floor, gap, strict=True)]
    look = each["areaStyle"]
    axes.fill_between(
        range(len(top)),
        floor,
        top,
        color=look["color"],
        alpha=look["opacity"],
        linewidth=0,
        label=each["name"],
    )


def _points(each: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Marks of a series: its own points, or those that stand on its line."""
    found: Sequence[Mapping[str, Any]] = (
        each["data"] if each["type"] == "scatter" else each.get("markPoint", {}).get("data", ())
    )
    return found


def _draw_marks(
    axes: Axes, points: Sequence[Mapping[str, Any]], labels: list[str], rows: list[str] | None
) -> None:
    for point in points:
        quarter, y = point["value"]
        look = point["itemStyle"]
        axes.plot(
            labels.index(quarter),
            y if rows is None else rows.index(y),
            SHAPES.get(point["symbol"], CROSS),
            color=look["color"],
            markeredgecolor=look["borderColor"],
            markersize=0.55 * point["symbolSize"],
            zorder=4,
        )


def _dress(
    axes: Axes, labels: list[str], rows: list[str] | None, option: Mapping[str, Any], theme: Theme
) -> None:
    """Axes, grid and legend."""
    from runs.picture_style import label_quarters

    label_quarters(axes, labels)
    axes.set_xlabel("")
    axes.tick_params(colors=theme.faint, labelcolor=theme.faint)
    axes.grid(color=theme.grid)
    for side in axes.spines.values():
        side.set_color(theme.line)
    if rows is None:
        axes.set_ylabel(option["yAxis"].get("name", ""), color=theme.faint)
    else:
        axes.set_yticks(range(len(rows)), rows)
        axes.set_ylim(-0.6, len(rows) - 0.4)
    if len(axes.get_legend_handles_labels()[1]) > 1:
        axes.legend(loc="best", labelcolor=theme.text, fontsize=8)
