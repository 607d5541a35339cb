"""What happened when: one row per kind of event, a mark per quarter in which there was one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.charts.event_marks import LOOKS, colour, grouped, mark
from viz.charts.series import cursor_line, frame_option
from viz.words.frame import EVENT_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme
    from viz.recording.recording import Recording


def kinds_of(recording: Recording) -> list[str]:
    """Kinds of event that the run has, from worst to mildest."""
    there = {event.kind for event in recording.events}
    return [kind for kind in LOOKS if kind in there]


def timeline_option(recording: Recording, theme: Theme, cursor: int) -> dict[str, Any]:
    """Chart of all marked events up to the quarter that is shown."""
    kinds = kinds_of(recording)
    labels = recording.labels
    rows = [EVENT_NAMES[kind] for kind in reversed(kinds)]
    points = [
        mark(labels[quarter], EVENT_NAMES[kind], kind, events, theme)
        for quarter, kind, events in grouped(recording.events, kinds, cursor)
    ]
    series: dict[str, Any] = {
        "type": "scatter",
        "id": "events",
        "data": points,
        "tooltip": {"formatter": "{b}"},
        "itemStyle": {"color": colour(kinds[0], theme) if kinds else theme.text},
    }
    if cursor < recording.quarters_recorded - 1:
        series["markLine"] = cursor_line(labels[cursor], theme)
    option = frame_option(labels, "", theme)
    return {
        **option,
        "grid": {"left": 8, "right": 24, "top": 16, "bottom": 6, "containLabel": True},
        "tooltip": theme.tooltip("item"),
        "yAxis": theme.axis(type="category", data=rows)
        | {"splitLine": {"show": True, "lineStyle": {"color": theme.grid}}},
        "series": [series],
    }


def timeline_height(recording: Recording) -> str:
    """CSS height with room for every row."""
    return f"{70 + 26 * max(2, len(kinds_of(recording)))}px"


def timeline_frame(recording: Recording) -> pd.DataFrame:
    """Table of all events, marked in the chart or not."""
    import pandas as pd

    rows = [
        {
            "id": event.id,
            "quarter": recording.labels[event.quarter],
            "kind": event.kind,
            "agent": event.agent,
            "size": event.size,
            "unit": event.unit,
            "text": event.text,
            "causes": " ".join(map(str, event.causes)),
        }
        for event in recording.events
    ]
    columns = ["id", "quarter", "kind", "agent", "size", "unit", "text", "causes"]
    return pd.DataFrame(rows, columns=columns)
