"""One firm through time, and the matrices of the books as a coloured table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from market.books.statements import NET_WORTH, SUM
from viz.charts.series import (
    cursor_line,
    frame_option,
    ghost_series,
    legend,
    line_series,
    scaled,
    tidy,
)
from viz.words import WORDS, slug, text_or

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme
    from viz.recording.recording import Recording


REVENUE_GROWTH = "revenue_growth"
_MOST_PARTS = 6
"""Parts of a stack that have a colour of their own."""


@dataclass(frozen=True, slots=True)
class FirmPanel:
    """A panel of the inspector.

    Attributes:
        key: name, its words are ``firms-panel-KEY-title`` and ``-shown``.
        lines: values of the firm; the first one is compared with the ghost.
        unit: name of the axis. divisor: value over shown value.
    """

    key: str
    lines: tuple[str, ...]
    unit: str
    divisor: float = 1.0


_IMPACT = FirmPanel("impact", ("systemic_impact", "vulnerability"), "%", 0.01)
PANELS: dict[str, tuple[FirmPanel, ...]] = {
    "labs": (
        FirmPanel("beliefs_lab", ("expected_growth", REVENUE_GROWTH), "%", 0.01),
        FirmPanel("income", ("revenue_usd", "compute_cost_usd", "burn_usd"), "bn USD", 1e9),
        FirmPanel("rounds", ("need_usd", "raised_usd"), "bn USD", 1e9),
        FirmPanel("lab_value", ("valuation_usd",), "bn USD", 1e9),
        FirmPanel("promises", ("rpo_usd",), "bn USD", 1e9),
        FirmPanel("lab_compute", ("inference_cu", "training_cu"), "CU"),
        FirmPanel("price", ("price_eur", "seat_bill_eur"), "EUR"),
        FirmPanel("seat_use", ("seat_use",), "times the start"),
        FirmPanel("shares", ("seat_share", "default_probability"), "%", 0.01),
        _IMPACT,
    ),
    "clouds": (
        FirmPanel("beliefs", ("expected_growth",), "%", 0.01),
        FirmPanel("building", ("capex_usd", "operating_cash_usd"), "bn USD", 1e9),
        FirmPanel("projects", ("hurdle_share", "funded_share", "utilisation"), "%", 0.01),
        FirmPanel("cloud_debt", ("debt_usd", "rpo_usd"), "bn USD", 1e9),
        FirmPanel("cloud_compute", ("capacity_cu", "own_use_cu"), "CU"),
        FirmPanel("orders", ("orders_thousand",), "thousand"),
        FirmPanel("value", ("value_usd",), "bn USD", 1e9),
        _IMPACT,
    ),
    "chipmakers": (
        FirmPanel("beliefs", ("expected_growth",), "%", 0.01),
        FirmPanel("chips", ("revenue_usd", "free_cash_flow_usd"), "bn USD", 1e9),
        FirmPanel("backlog", ("backlog_thousand",), "thousand"),
        FirmPanel("chip_price", ("price_usd",), "USD"),
        FirmPanel("value", ("value_usd",), "bn USD", 1e9),
        _IMPACT,
    ),
    "startups": (
        FirmPanel("beliefs_lab", ("expected_growth", REVENUE_GROWTH), "%", 0.01),
        FirmPanel("spending", ("spending_usd", "compute_usd", "revenue_usd"), "bn USD", 1e9),
        FirmPanel("cohort_rounds", ("needed_usd", "raised_usd"), "bn USD", 1e9),
        FirmPanel("cohort_fate", ("filled", "died"), "%", 0.01),
        FirmPanel("lab_value", ("valuation_usd",), "bn USD", 1e9),
        _IMPACT,
    ),
    "investors": (
        FirmPanel("returns", ("expected_growth", "past_return"), "%", 0.01),
        FirmPanel("assets", ("assets_usd", "debt_usd"), "bn USD", 1e9),
        FirmPanel("leverage", ("loan_to_value",), "%", 0.01),
        FirmPanel("invested", ("invested_usd",), "bn USD", 1e9),
        _IMPACT,
    ),
}
"""Panels of the inspector by kind of firm."""


def firm_values(recording: Recording, key: str, name: str) -> list[float | None]:
    """A value of a firm per recorded quarter; growth of revenue is made from revenue."""
    if name == REVENUE_GROWTH:
        revenue = firm_values(recording, key, "revenue_usd")
        pairs = zip(revenue[1:], revenue[:-1], strict=True)
        return [None, *(a / b - 1 if a and b else None for a, b in pairs)][: len(revenue)]
    values = recording.firm_series(key, name)
    return [None if value is None else float(value) for value in values]


def firm_option(
    recording: Recording,
    key: str,
    panel: FirmPanel,
    theme: Theme,
    cursor: int,
    ghost: Recording | None = None,
) -> dict[str, Any]:
    """Chart of a panel of a firm; arguments as ``viz.charts.series.panel_option``."""
    labels = recording.labels
    columns = [scaled(firm_values(recording, key, name), panel.divisor) for name in panel.lines]
    series: list[dict[str, Any]] = []
    has_ghost = ghost is not None and key in ghost.firm_of
    if ghost is not None and has_ghost:
        other = scaled(firm_values(ghost, key, panel.lines[0]), panel.divisor)
        series += ghost_series(columns[0], other, theme, cursor)
    names = [WORDS(f"firms-line-{name}") for name in panel.lines]
    for number, (name, values) in enumerate(zip(names, columns, strict=True)):
        series += line_series(name, values, theme.series[number], cursor)
    if cursor < recording.quarters_recorded - 1:
        main = next(s for s in series if s["id"] == names[0])
        main["markLine"] = cursor_line(labels[cursor], theme)
    return {
        **frame_option(labels, panel.unit, theme),
        "legend": legend([*names, WORDS("live-ghost")] if has_ghost else names, theme),
        "series": series,
    }


def firm_frame(recording: Recording, key: str, panel: FirmPanel) -> pd.DataFrame:
    """Table behind a panel, in the firm's own units."""
    import pandas as pd

    count = recording.quarters_recorded
    table: dict[str, Any] = {"quarter": list(recording.labels[:count])}
    table |= {name: firm_values(recording, key, name)[:count] for name in panel.lines}
    return pd.DataFrame(table)


def stack_option(
    frame: pd.DataFrame, line: str, recording: Recording, theme: Theme, cursor: int
) -> dict[str, Any]:
    """Stacked bars of the columns of a frame in USD, and one of them as a line.

    Args:
        frame: ``viz.recording.firms.balance_frame`` or ``money_frame``.
        line: the column that is drawn as a line.
        recording: the world, for its quarters.
        theme: colours.
        cursor: quarter that is shown; bars are pale after it.
    """
    columns = {str(c): frame[c].tolist() for c in frame.columns if c not in ("quarter", line)}
    size = {name: max(abs(v) for v in values) for name, values in columns.items() if values}
    order = sorted(size, key=lambda name: (-size[name], name))
    parts = {name: columns[name] for name in order[:_MOST_PARTS]}
    rest = [columns[name] for name in order[_MOST_PARTS:]]
    if rest:
        parts[WORDS("firms-others")] = [sum(values) for values in zip(*rest, strict=True)]
    tints = dict(zip(parts, [*theme.series[:6], theme.line], strict=False))
    series: list[dict[str, Any]] = [
        _bars(name, scaled(values, 1e9), tints[name], cursor) for name, values in parts.items()
    ]
    whole = [tidy(value / 1e9) for value in frame[line].tolist()]
    series += line_series(line, whole, theme.text, cursor)
    names = [*parts, line]
    option = frame_option(recording.labels, "bn USD", theme)
    option["xAxis"]["boundaryGap"] = True
    option["grid"] = {**option["grid"], "top": 66}
    option["legend"] = {
        **legend(names, theme),
        "left": 60,
        "itemGap": 8,
        "show": True,
    }
    if cursor < recording.quarters_recorded - 1:
        main = next(s for s in series if s["id"] == line)
        main["markLine"] = cursor_line(recording.labels[cursor], theme)
    return {**option, "series": series}


def _bars(name: str, values: list[float | None], tint: str, cursor: int) -> dict[str, Any]:
    data = [
        value if quarter <= cursor else {"value": value, "itemStyle": {"opacity": 0.3}}
        for quarter, value in enumerate(values)
    ]
    return {
        "id": f"bar {name}",
        "type": "bar",
        "name": name,
        "stack": "all",
        "barCategoryGap": "20%",
        "itemStyle": {"color": tint},
        "emphasis": {"disabled": True},
        "data": data,
    }


# --- the matrices of the books as a coloured table, with the sums that must be zero


REAL_ASSETS = ("data centres", "chip inventory", "chip capacity")
"""Rows of assets that are nobody's debt."""
_HALF_CENT_BN = 0.5e-11
_SMALL_COLUMNS = 12
"""With more columns than this the cells hold no figures; the tooltip does."""
_ROW_PX, _HEAD_PX, _LONG_HEAD_PX = 24, 34, 130


@dataclass(frozen=True, slots=True)
class ZeroCheck:
    """Sums that must be zero.

    Attributes:
        count: how many. wrong: how many of them are not.
    """

    count: int
    wrong: int


def has_zero_sum(row: str) -> bool:
    """Whether a row of a matrix must add up to zero: all but real assets and net worth."""
    return row.split(",", maxsplit=1)[0] not in (*REAL_ASSETS, NET_WORTH, SUM)


def zero_check(matrix: pd.DataFrame) -> ZeroCheck:
    """Look at the sums of a matrix: of every column, and of every row that must be zero."""
    values = matrix.to_numpy(dtype=float)  # the sums stand in the last row and column
    rows = [v for row, v in zip(matrix.index, values[:, -1], strict=True) if has_zero_sum(str(row))]
    sums = [*rows, *values[-1]]
    return ZeroCheck(len(sums), sum(bool(abs(value) >= _HALF_CENT_BN) for value in sums))


def used(matrix: pd.DataFrame) -> pd.DataFrame:
    """A matrix without the rows and columns that hold nothing; sums stay."""
    rows = [r for r in matrix.index if r == SUM or (matrix.loc[r].abs() >= 5e-4).any()]
    kept = [c for c in matrix.columns if c == SUM or (matrix[c].abs() >= 5e-4).any()]
    return matrix.loc[rows, kept]


def matrix_height(matrix: pd.DataFrame) -> str:
    """CSS height for the rows of a matrix."""
    shown = used(matrix)
    head = _HEAD_PX if len(shown.columns) <= _SMALL_COLUMNS else _LONG_HEAD_PX
    return f"{head + 16 + _ROW_PX * len(shown)}px"


def amount(value: float) -> str:
    """An amount in bn USD for a cell: "12.4", "-3,046", "" for nothing."""
    if abs(value) < 0.05:
        return "" if abs(value) < 5e-4 else f"{value:.2f}"
    return f"{value:,.1f}" if abs(value) < 999.5 else f"{value:,.0f}"


def matrix_option(matrix: pd.DataFrame, theme: Theme) -> dict[str, Any]:
    """Chart of a matrix: positive amounts orange, negative ones blue, sums without colour.

    Args:
        matrix: rows and columns with sums at the end, bn USD.
        theme: colours.
    """
    shown = used(matrix)
    rows = [str(row) for row in shown.index]
    columns = [text_or(f"firms-sector-{slug(str(each))}", str(each)) for each in shown.columns]
    is_small = len(columns) <= _SMALL_COLUMNS
    inner = shown.drop(index=SUM, columns=SUM).abs()
    top = float(inner.to_numpy().max()) if inner.size else 1.0
    values = shown.to_numpy(dtype=float).tolist()
    data = [
        _cell(x, y, values[y][x], (rows[y], columns[x]), top or 1.0, is_small, theme)
        for y in range(len(rows))
        for x in range(len(columns))
    ]
    label: dict[str, Any] = {"color": theme.text, "fontSize": 11, "interval": 0}
    return {
        **theme.base(),
        "grid": {
            "left": 4,
            "right": 8,
            "top": 8 if is_small else 10,
            "bottom": 4,
            "containLabel": True,
        },
        "xAxis": theme.axis(
            type="category", data=columns, position="top", splitLine={"show": False}
        )
        | {"axisLabel": {**label, "rotate": 0 if is_small else 60}},
        "yAxis": theme.axis(type="category", data=rows, inverse=True, splitLine={"show": False})
        | {"axisLabel": label},
        "visualMap": {
            "show": False,
            "type": "continuous",
            "dimension": 2,
            "min": -1,
            "max": 1,
            "inRange": {"color": [theme.kinds["clouds"], theme.surface, theme.kinds["bank"]]},
        },
        "series": [
            {
                "id": "matrix",
                "type": "heatmap",
                "data": data,
                "itemStyle": {"borderColor": theme.grid, "borderWidth": 1},
                "emphasis": {"itemStyle": {"borderColor": theme.text, "borderWidth": 1}},
            }
        ],
    }


def _cell(
    x: int,
    y: int,
    value: float,
    names: tuple[str, str],
    top: float,
    is_small: bool,
    theme: Theme,
) -> dict[str, Any]:
    """A cell: figure, colour by sign and size, tooltip."""
    row, column = names
    is_sum = SUM in names
    must_be_zero = (row == SUM) or (column == SUM and has_zero_sum(row))
    strength = 0.0 if is_sum else math.copysign(min(1.0, abs(value) / top) ** 0.5, value)
    words = amount(value)
    tint = theme.text
    if must_be_zero:
        is_zero = abs(value) < _HALF_CENT_BN
        words, tint = ("0", theme.good) if is_zero else (amount(value) or "not 0", theme.bad)
    return {
        "value": [x, y, round(0.75 * strength, 3)],
        "label": {
            "show": is_small or must_be_zero,
            "formatter": words,
            "color": tint,
            "fontSize": 11,
            "fontWeight": "bold" if is_sum else "normal",
        },
        "tooltip": {"formatter": f"{escape(row)}<br/>{escape(column)}: <b>{value:,.2f}</b> bn USD"},
    }
