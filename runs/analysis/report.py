"""Analyses as text, CSV and pictures: what the commands print and write."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from math import isfinite, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from runs.analysis.frame import Analysis, AnalysisProblem, is_text
from runs.analysis.sensitivity import CHANCE
from runs.files import check_place, write_file
from runs.picture_style import BLUE, GREY, ORANGE, RED, new_figure, percent_ticks
from runs.problems import Refused, nearest
from runs.tables import Decimal, csv_text

if TYPE_CHECKING:
    from runs.analysis.comparison import Pairs
    from runs.analysis.discovery import Box, Discovery


PICTURES = (".png", ".svg", ".pdf")
_NO_DATE: Mapping[str, Mapping[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
SHARES = ("first", "total", "coverage", "density", "mass")
EMPTY = "-"


def lines_of(analysis: Analysis) -> list[str]:
    """Title, table and notes, as lines for a terminal; columns without any value are left out."""
    table = analysis.table.dropna(axis="columns", how="all").drop(
        columns="baseline", errors="ignore"
    )
    return [analysis.title, "", *table_lines(table), "", *analysis.notes]


def table_lines(table: pd.DataFrame) -> list[str]:
    """A table with aligned columns: words to the left, numbers to the right."""
    if table.empty:
        return ["(no rows)"]
    columns = []
    for name in table.columns:
        is_words = any(isinstance(value, str) for value in table[name].tolist())
        cells = [cell(name, value) for value in table[name].tolist()]
        width = max(len(text) for text in [name, *cells])
        columns.append(
            [text.ljust(width) if is_words else text.rjust(width) for text in [name, *cells]]
        )
    return ["  ".join(parts).rstrip() for parts in zip(*columns, strict=True)]


def cell(name: str, value: Any) -> str:
    """A value of a table as text: shares with three decimals, others with four digits."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return EMPTY
    if name.split("_", maxsplit=1)[0] in SHARES:
        return f"{value:.3f}"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e6):
        return f"{int(value):,}"
    return f"{value:,.4g}" if isfinite(value) else "inf"


def check_targets(csv: Path | None, picture: Path | None, is_overwriting: bool) -> None:
    """Refuse files that are there, folders that are not, and pictures of an unknown kind.

    Raises:
        AnalysisProblem: a file cannot be written there.
        Refused: it is there already.
    """
    if picture is not None and picture.suffix.lower() not in PICTURES:
        hint = nearest(picture.suffix.lower(), PICTURES)
        raise AnalysisProblem(f"--picture {picture}: unknown kind {picture.suffix!r}; {hint}")
    for path in (csv, picture):
        if path is None:
            continue
        check_place(path)
        if path.is_dir() or not path.parent.is_dir():
            what = "is a folder" if path.is_dir() else f"there is no folder {path.parent}"
            raise AnalysisProblem(f"{path}: {what}: name a file in a folder that is there")
        if path.exists() and not is_overwriting:
            raise Refused(f"{path} is there already: name another file or add --overwrite")


def write_csv(table: pd.DataFrame, path: Path, decimal: Decimal = ".") -> None:
    """A table as CSV with all its digits."""
    write_file(path, csv_text(table, decimal).encode())


def write_picture(draw: Callable[[], Figure], path: Path) -> None:
    """Draw in the style of the house; the same result gives the same bytes."""
    from io import BytesIO

    import matplotlib as mpl

    from runs.picture_style import house_style

    content = BytesIO()
    kind = path.suffix.lower()
    with house_style():
        mpl.rcParams["svg.hashsalt"] = "kaartenhuis"
        draw().savefig(content, format=kind[1:], metadata=dict(_NO_DATE[kind]))
    write_file(path, content.getvalue())


# --- pictures of analyses


DARK = "#555555"
MOST_ROWS = 25
"""Rows that a picture shows; the table has them all."""


def sensitivity_picture(analysis: Analysis) -> Figure:
    """Index of each parameter with its interval, largest on top (Sobol, Morris or PAWN)."""
    draw = {"sobol": _sobol, "morris": _morris, "pawn": _pawn}[analysis.method]
    parameters = analysis.table[analysis.table["parameter"] != CHANCE]
    rows = parameters.head(MOST_ROWS).iloc[::-1].reset_index(drop=True)
    figure = _figure_for(analysis, len(rows))
    axes = figure.subplots()
    draw(axes, rows, analysis)
    _name_rows(axes, rows["parameter"].tolist())
    axes.legend(loc="lower right")
    return figure


def _figure_for(analysis: Analysis, rows: int, least: float = 3.0) -> Figure:
    """A figure high enough for some rows, with its title above and the notes under it."""
    text = [textwrap.fill(note, 125) for note in analysis.notes]
    size = 1 + "\n".join(text).count("\n")
    figure = new_figure((9.0, max(least, 1.8 + 0.32 * rows) + 0.17 * size))
    figure.suptitle(
        textwrap.fill(analysis.title, 95), x=0.01, ha="left", fontsize=11, weight="bold"
    )
    figure.supxlabel("\n".join(text), fontsize=7.5, color=DARK, x=0.01, ha="left")
    return figure


def _name_rows(axes: Axes, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")


def _interval(axes: Axes, rows: pd.DataFrame, name: str, shift: float, colour: str) -> None:
    """Points and intervals of a column of the table."""
    y = np.arange(len(rows)) + shift
    axes.hlines(y, rows[f"{name}_low"], rows[f"{name}_high"], color=colour, linewidth=2, alpha=0.5)
    axes.plot(rows[name], y, "o", color=colour, markersize=5)


def _sobol(axes: Axes, rows: pd.DataFrame, analysis: Analysis) -> None:
    for name, shift, colour in (("total", 0.13, BLUE), ("first", -0.13, ORANGE)):
        _interval(axes, rows, name, shift, colour)
    axes.plot([], [], "o-", color=BLUE, label="total: with its interactions")
    axes.plot([], [], "o-", color=ORANGE, label="first: alone")
    axes.axvline(0, color="black", linewidth=0.8)
    percent_ticks(axes.xaxis)
    axes.set_xlabel(f"Share of the variance of {analysis.output}, with 95% interval")


def _morris(axes: Axes, rows: pd.DataFrame, analysis: Analysis) -> None:
    _interval(axes, rows, "mu_star", 0.13, BLUE)
    axes.plot(rows["sigma"], np.arange(len(rows)) - 0.13, "D", color=ORANGE, markersize=4)
    axes.plot([], [], "o-", color=BLUE, label="mu*: mean size of the effect, with 95% interval")
    axes.plot([], [], "D", color=ORANGE, label="sigma: how it differs with the other parameters")
    axes.axvline(0, color="black", linewidth=0.8)
    unit = _scale_money(axes, analysis.output)
    axes.set_xlabel(f"Effect on {analysis.output} across the whole range of the parameter{unit}")


def _pawn(axes: Axes, rows: pd.DataFrame, analysis: Analysis) -> None:
    chance = float(analysis.table.iloc[-1]["pawn_high"])
    axes.axvspan(0, chance, color=GREY, alpha=0.25, label="may be chance (95%)")
    _interval(axes, rows, "pawn", 0.0, BLUE)
    axes.plot([], [], "o-", color=BLUE, label="PAWN index, with 95% interval")
    axes.set_xlim(left=0)
    axes.set_xlabel(f"Distance of the distributions of {analysis.output} (median over slices)")


# --- discovery


def discovery_picture(found: Discovery) -> Figure:
    """The way to the box, the box among the points, and its limits."""
    figure = _figure_for(found.analysis, 6, least=4.2)
    left, right = figure.subplots(1, 2)
    _trajectory(left, found)
    _points(right, found)
    return figure


def _trajectory(axes: Axes, found: Discovery) -> None:
    boxes = found.peeling
    coverage, density = [b.coverage for b in boxes], [b.density for b in boxes]
    axes.plot(coverage, density, "-o", color=GREY, markersize=4, label="each peel")
    axes.plot(
        found.box.coverage, found.box.density, "o", color=RED, markersize=9, label="the chosen box"
    )
    for setter, axis in ((axes.set_xlabel, axes.xaxis), (axes.set_ylabel, axes.yaxis)):
        percent_ticks(axis)
        name = "Coverage: share of all cases" if axis is axes.xaxis else "Density: share of cases"
        setter(f"{name} that lie in the box" if axis is axes.xaxis else f"{name} in the box")
    axes.set_xlim(-0.03, 1.05)
    axes.set_ylim(0, 1.05)
    axes.legend(loc="lower left")


def _points(axes: Axes, found: Discovery) -> None:
    """Points over the two most reasonable limits, with the box."""
    cases, order = found.cases, found.analysis.table["parameter"].tolist()
    order += [name for name in cases.names if name not in order]
    columns = [cases.names.index(name) for name in order[:2]]
    x = cases.x[:, columns[0]]
    y = cases.x[:, columns[1]] if len(columns) > 1 else cases.share
    for is_case, colour, mark in ((False, GREY, "o"), (True, BLUE, "D")):
        chosen = (cases.share >= 0.5) == is_case
        name = "case (in half of its runs or more)" if is_case else "no case"
        axes.plot(x[chosen], y[chosen], mark, color=colour, markersize=3, alpha=0.6, label=name)
    axes.set_xlabel(order[0])
    axes.set_ylabel(order[1] if len(columns) > 1 else "Share of cases")
    for axis, column in zip((axes.xaxis, axes.yaxis), columns, strict=False):
        _label_values(axis, cases.inputs.iloc[:, column])
    _draw_box(axes, found.box, columns)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.1), ncols=3)
    axes.grid(visible=False)


def _label_values(axis: object, values: pd.Series) -> None:
    """Name the values of flags and words on an axis."""
    words = ["false", "true"] if pd.api.types.is_bool_dtype(values) else []
    if is_text(values):
        words = sorted({value for value in values.tolist() if isinstance(value, str)})
    if words:
        axis.set_ticks(range(len(words)), words)  # type: ignore[attr-defined]


def _draw_box(axes: Axes, box: Box, columns: list[int]) -> None:
    edges = [list(axes.get_xlim()), list(axes.get_ylim())]
    for edge, column in zip(edges, columns, strict=False):
        limit = box.limits.get(column)
        if limit is None:
            continue
        low, high = (min(limit) - 0.4, max(limit) + 0.4)
        if not isinstance(limit, frozenset):
            low, high = limit
        edge[0] = low if isfinite(low) else edge[0]
        edge[1] = high if isfinite(high) else edge[1]
    (x0, x1), (y0, y1) = edges
    frame = Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=RED, linewidth=2)
    frame.set_label("box")
    axes.add_patch(frame)


def rules_picture(analysis: Analysis) -> Figure:
    """Coverage and density of each rule of a tree."""
    rows = analysis.table.head(MOST_ROWS).iloc[::-1].reset_index(drop=True)
    lines = [textwrap.fill(rule, 60) for rule in rows["rule"].tolist()]
    figure = _figure_for(analysis, len(rows) + sum(line.count("\n") for line in lines) // 2)
    axes = figure.subplots()
    y = np.arange(len(rows))
    axes.barh(y + 0.18, rows["coverage"], 0.34, color=BLUE, label="coverage: share of all cases")
    axes.barh(y - 0.18, rows["density"], 0.34, color=ORANGE, label="density: share that are cases")
    _name_rows(axes, lines)
    axes.tick_params(axis="y", labelsize=8)
    axes.set_xlim(0, 1)
    percent_ticks(axes.xaxis)
    axes.set_xlabel("Share")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return figure


# --- comparison


def comparison_picture(analysis: Analysis, pairs: dict[tuple[str, str], Pairs]) -> Figure:
    """Differences of each arm from the baseline, one panel per output: pairs, mean, interval.

    Args:
        analysis: from ``compare_arms``.
        pairs: (output, arm) -> the pairs behind it.
    """
    outputs = list(dict.fromkeys(analysis.table["output"].tolist()))[:MOST_ROWS]
    arms = list(dict.fromkeys(analysis.table["arm"].tolist()))
    figure = _figure_for(analysis, len(outputs) * (len(arms) + 2))
    panels = figure.subplots(len(outputs), 1, squeeze=False)[:, 0]
    for axes, output in zip(panels, outputs, strict=True):
        rows = analysis.table[analysis.table["output"] == output]
        _differences(axes, rows.iloc[::-1].reset_index(drop=True), pairs)
        unit = _scale_money(axes, output)
        axes.set_xlabel(f"{output}: difference from {rows['baseline'].iloc[0]}{unit}")
    panels[0].legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return figure


def _scale_money(axes: Axes, output: str) -> str:
    """Write amounts in bn or mn USD; returns the unit for the label, empty for other outputs."""
    reach = max(abs(edge) for edge in axes.get_xlim())
    if not re.search(r"_usd(:|$)", output) or reach < 1e5:
        return ""
    size, name = (1e9, "bn USD") if reach >= 1e8 else (1e6, "mn USD")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / size:,g}"))
    return f" ({name})"


def _differences(axes: Axes, rows: pd.DataFrame, pairs: dict[tuple[str, str], Pairs]) -> None:
    for y, row in rows.iterrows():
        here = pairs[str(row["output"]), str(row["arm"])]
        d = np.sort(here.difference.ravel())[:: 1 + here.difference.size // 500]
        spread = np.linspace(-0.25, 0.25, 7)[np.arange(len(d)) % 7]
        height = int(str(y)) + spread
        axes.plot(d, height, ".", color=DARK, markersize=5, alpha=0.6)
        if not isnan(row["low"]):
            axes.hlines(int(str(y)), row["low"], row["high"], color=BLUE, linewidth=3, alpha=0.6)
        axes.plot(row["difference"], int(str(y)), "o", color=BLUE, markersize=7)
    axes.plot([], [], ".", color=DARK, label="pair")
    axes.plot([], [], "o-", color=BLUE, label="mean, 95% interval")
    axes.axvline(0, color="black", linewidth=0.8)
    _name_rows(axes, rows["arm"].tolist())
