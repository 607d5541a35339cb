"""How events look in charts: a colour and a shape by kind, so that colour alone never decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from viz.words.frame import EVENT_NAMES

if TYPE_CHECKING:
    from market.events import Event
    from viz.charts.theme import Theme

_CROSS = (
    "path://M0,15 L15,0 L50,35 L85,0 L100,15 L65,50 L100,85 L85,100 L50,65 L15,100 L0,85 L35,50z"
)

LOOKS: dict[str, tuple[str, str]] = {
    "funding freeze": ("bad", "diamond"),
    "default": ("bad", _CROSS),
    "bank floor": ("bad", "rect"),
    "failed round": ("warning", "circle"),
    "capex cut": ("warning", "rect"),
    "margin call": ("warning", "triangle"),
    "switch wave": ("series", "diamond"),
    "vendor finance": ("series", "circle"),
    "entry": ("good", "triangle"),
    "shock": ("text", "pin"),
}
"""Kind of event -> severity (which names its colour) and shape."""

_WORDS = 90


def colour(kind: str, theme: Theme) -> str:
    """Colour of a kind of event."""
    severity = LOOKS.get(kind, ("text", "circle"))[0]
    if severity == "series":
        return theme.series[0]
    found: str = getattr(theme, severity)
    return found


def shape(kind: str) -> str:
    """ECharts symbol of a kind of event."""
    return LOOKS.get(kind, ("text", "circle"))[1]


def grouped(
    events: Iterable[Event], kinds: Sequence[str], last: int
) -> list[tuple[int, str, list[Event]]]:
    """Events of some kinds up to a quarter, by quarter and kind, in the order of their happening.

    Returns:
        (quarter, kind, its events) for each pair that has any.
    """
    groups: dict[tuple[int, str], list[Event]] = {}
    for event in events:
        if event.kind in kinds and event.quarter <= last:
            groups.setdefault((event.quarter, event.kind), []).append(event)
    return [(quarter, kind, members) for (quarter, kind), members in groups.items()]


def words(label: str, kind: str, events: Sequence[Event]) -> str:
    """Text of a mark: quarter, kind and what happened, a line each."""
    lines = [f"{label}: {EVENT_NAMES.get(kind, kind)}"]
    lines += [f"{event.agent} {event.text}"[:_WORDS] for event in events[:3]]
    if len(events) > 3:
        lines.append(f"and {len(events) - 3} more")
    return "\n".join(lines)  # ECharts shows what stands for {b} as text, never as HTML


def mark(label: str, y: Any, kind: str, events: Sequence[Event], theme: Theme) -> dict[str, Any]:
    """One mark at (label, y); its ``ids`` are the events that it stands for."""
    size = 28 if shape(kind) == "pin" else min(20, 9 + 2 * len(events))
    return {
        "name": words(label, kind, events),
        "ids": [event.id for event in events],
        "value": [label, y],
        "coord": [label, y],
        "symbol": shape(kind),
        "symbolSize": size,
        "itemStyle": {
            "color": colour(kind, theme),
            "borderColor": theme.surface,
            "borderWidth": 1.5,
        },
    }


def clicked_event(data: dict[str, Any]) -> int | None:
    """Id of the (latest) event behind a clicked mark; None when the click was on none."""
    ids = (data.get("data") or {}).get("ids") if isinstance(data.get("data"), dict) else None
    return int(ids[-1]) if ids else None
