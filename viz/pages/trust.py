"""How far the numbers of a scenario can be trusted: values by confidence in their source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from viz.words.about import LEVELS

if TYPE_CHECKING:
    from market.scenario import ValueRow
    from viz.charts.theme import Theme

_NO_FIGURE_KEYS = ("name", "description", "start")
"""What is a text and no figure."""


def figures_of(rows: Sequence[ValueRow]) -> list[ValueRow]:
    """The rows that hold a figure or a switch, not a name."""
    return [row for row in rows if row.path.split(".")[-1] not in _NO_FIGURE_KEYS]


def trust_option(rows: Sequence[ValueRow], theme: Theme) -> dict[str, Any]:
    """Bar chart: number of values by confidence, from "seen" to "theory"."""
    counts = Counter(row.confidence for row in figures_of(rows))
    levels = [level for level in LEVELS if counts[level]]
    return {
        **theme.base(),
        "grid": {"left": 8, "right": 46, "top": 4, "bottom": 4, "containLabel": True},
        "xAxis": theme.axis(type="value", minInterval=1, splitNumber=3),
        "yAxis": theme.axis(type="category", data=levels, inverse=True),
        "series": [
            {
                "type": "bar",
                "data": [counts[level] for level in levels],
                "itemStyle": {"color": theme.series[0]},
                "label": {"show": True, "position": "right", "color": theme.text},
                "barMaxWidth": 20,
            }
        ],
    }
