"""A chart as a card: title, what it answers, drawing, note, and a menu of downloads."""

from __future__ import annotations

import re
from typing import Any

import reacton.core

from viz.widgets.echart import ChartWidget, MakeFrame, OnClick, option_text

_NOT_NAME = re.compile(r"[^a-z0-9]+")


def ChartCard(  # noqa: PLR0913 - the parts of a card
    title: str,
    option: dict[str, Any],
    *,
    question: str = "",
    height: str = "260px",
    label: str = "",
    frame: MakeFrame | None = None,
    on_click: OnClick | None = None,
    note: str = "",
    name: str = "",
) -> reacton.core.ValueElement:
    """Show a chart as a card.

    Args:
        title: a question or plain words.
        option: ECharts option; its numbers may be numpy's, nan is a gap.
        question: a line under the title: what is shown, with its unit.
        height: CSS height of the drawing.
        label: what the chart shows, for a reader who does not see it; default: title and question.
        frame: makes the table behind the chart; with it the menu offers CSV and Parquet.
        on_click: called with the clicked mark: ``name``, ``data``, ``seriesId``, ``dataIndex`` ...
        note: a line under the chart.
        name: file name of downloads, and ``data-chart`` in the page; default: from the title.
    """
    return ChartWidget.element(
        title=title,
        question=question,
        option_json=option_text(option),
        height=height,
        label=label or f"{title} {question}".strip(),
        name=name or _NOT_NAME.sub("-", title.lower()).strip("-") or "chart",
        note=note,
        make_frame=frame,
        has_table=frame is not None,
        clicked=on_click,
        is_clickable=on_click is not None,
    )
