"""A chart as a card: title, what it answers, drawing, note, and a menu of downloads.

The widget itself knows nothing of Kaartenhuis. Its JavaScript stands in ``vue/chart.vue``; ECharts
comes from the server that shows the page, never from another host.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipyvuetify
import reacton.core
import traitlets

from viz.recording.tables import CSV_TYPE, PARQUET_TYPE, csv_bytes, file_name, parquet_bytes
from viz.words import WORDS

if TYPE_CHECKING:
    import pandas as pd


OnClick = Callable[[dict[str, Any]], None]
MakeFrame = Callable[[], "pd.DataFrame"]


class ChartWidget(ipyvuetify.VuetifyTemplate):
    """A chart, alone or as a card with a title, a menu of downloads and a note.

    Attributes:
        option_json: ECharts option. height: CSS height of the drawing. label: text for a reader
            who does not see the drawing. name: file name of downloads, and its mark in the page.
        title, question, note: words of the card; without a title there is no card.
        clicked: called with the mark that was clicked. was_drawn: called after each drawing.
        make_frame: makes the table behind the chart when somebody wants to have it.
    """

    template_file = (__file__, "../vue/chart.vue")

    option_json = traitlets.Unicode("{}").tag(sync=True)
    height = traitlets.Unicode("320px").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    name = traitlets.Unicode("chart").tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    question = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    menu_label = traitlets.Unicode("").tag(sync=True)
    has_table = traitlets.Bool(False).tag(sync=True)
    is_clickable = traitlets.Bool(False).tag(sync=True)
    wants_drawn = traitlets.Bool(False).tag(sync=True)
    table_json = traitlets.Unicode("").tag(sync=True)
    clicked: Any = traitlets.Callable(None, allow_none=True)
    was_drawn: Any = traitlets.Callable(None, allow_none=True)
    make_frame: Any = traitlets.Callable(None, allow_none=True)
    _tables = 0

    def vue_click(self, data: dict[str, Any]) -> None:
        """Pass on a click on a mark of the chart."""
        if self.clicked is not None:
            self.clicked(data)

    def vue_drawn(self, _data: object) -> None:
        """Pass on that the browser has drawn the latest option."""
        if self.was_drawn is not None:
            self.was_drawn()

    def vue_want_table(self, kind: str) -> None:
        """Make the table behind the chart and hand it to the browser as a file."""
        if self.make_frame is None or kind not in _WRITERS:
            return
        self._tables += 1
        self.table_json = table_message(self.make_frame, self.name, kind, self._tables)


_WRITERS: dict[str, tuple[Callable[[pd.DataFrame], bytes], str]] = {
    "csv": (csv_bytes, CSV_TYPE),
    "parquet": (parquet_bytes, PARQUET_TYPE),
}


def table_message(make_frame: MakeFrame, name: str, kind: str, number: int) -> str:
    """A table as the JSON that the browser turns into a file; or what kept it from being made.

    Args:
        make_frame: makes the table.
        name: file name without ending.
        kind: "csv" or "parquet".
        number: makes two equal messages differ, so that the browser sees the second one too.
    """
    writer, mime = _WRITERS[kind]
    try:
        content = writer(make_frame())
    except Exception as error:
        return json.dumps({"problem": WORDS("frame-no-table", reason=str(error)), "number": number})
    message = {
        "name": file_name(name, suffix=kind),
        "mime": mime,
        "base64": base64.b64encode(content).decode(),
        "number": number,
    }
    return json.dumps(message)


def _plain(value: Any) -> Any:
    """A number that JSON knows in place of one that it does not; None for "not a number"."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return value


def option_text(option: dict[str, Any]) -> str:
    """An ECharts option as JSON; numpy values become plain ones, nan and infinity null."""
    try:
        return json.dumps(option, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError):
        return json.dumps(_plain(option), allow_nan=False, separators=(",", ":"))


def EChart(
    option: dict[str, Any],
    *,
    height: str = "320px",
    label: str,
    on_click: OnClick | None = None,
    on_drawn: Callable[[], None] | None = None,
    name: str = "chart",
) -> reacton.core.ValueElement:
    """Show a chart without a card.

    Args:
        option: ECharts option; its numbers may be numpy's, nan is a gap.
        height: CSS height.
        label: what the chart shows, for a reader who does not see it.
        on_click: called with the clicked mark: ``name``, ``data``, ``seriesId``, ``dataIndex`` ...
        on_drawn: called after each drawing.
        name: file name of pictures, and ``data-chart`` in the page.
    """
    return ChartWidget.element(
        menu_label=WORDS("frame-download"),
        option_json=option_text(option),
        height=height,
        label=label,
        name=name,
        clicked=on_click,
        is_clickable=on_click is not None,
        was_drawn=on_drawn,
        wants_drawn=on_drawn is not None,
    )


# --- a chart as a card


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
        menu_label=WORDS("frame-download"),
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
