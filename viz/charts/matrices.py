"""The matrices of the books as a coloured table, with the sums that must be zero."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from market.books.statements import NET_WORTH, SUM

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme

REAL_ASSETS = ("data centres", "chip inventory")
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
    rows, columns = [str(r) for r in shown.index], [str(c) for c in shown.columns]
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
