"""Two columns with streams between them: what the Sankey pictures have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viz.charts.theme import Theme


def streams_series(
    data: list[dict[str, Any]], links: list[dict[str, Any]], gap: int, **more: Any
) -> dict[str, Any]:
    """ECharts Sankey of ends and the streams between them, ``gap`` px between the ends."""
    return {
        "id": "streams",
        "type": "sankey",
        "left": 6,
        "right": 6,
        "top": 8,
        "bottom": 8,
        "nodeWidth": 14,
        "nodeGap": gap,
        "draggable": False,
        "emphasis": {"focus": "adjacency"},
        "data": data,
        "links": links,
        **more,
    }


def end_label(words: str, theme: Theme, *, is_left: bool) -> dict[str, Any]:
    """Label of an end, inside the picture and readable on its streams."""
    return {
        "position": "right" if is_left else "left",
        "formatter": words,
        "color": theme.text,
        "fontSize": 11,
        "textBorderColor": theme.surface,
        "textBorderWidth": 3,
    }
