"""Series through time: one panel, one question; a dashed line is the world without a shock."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from viz.words import WORDS, slug, text_or

if TYPE_CHECKING:
    import pandas as pd

    from market.events import Event
    from viz.charts.theme import Theme
    from viz.recording.recording import Recording


_CROSS = (
    "path://M0,15 L15,0 L50,35 L85,0 L100,15 L65,50 L100,85 L85,100 L50,65 L15,100 L0,85 L35,50z"
)

LOOKS: dict[str, tuple[str, str]] = {
    "funding freeze": ("bad", "diamond"),
    "default": ("bad", _CROSS),
    "bank floor": ("bad", "rect"),
    "absorbed": ("bad", "circle"),
    "estate sale": ("bad", "triangle"),
    "contract cancelled": ("warning", "arrow"),
    "failed round": ("warning", "circle"),
    "stock written down": ("warning", "diamond"),
    "capex cut": ("warning", "rect"),
    "margin call": ("warning", "triangle"),
    "switch wave": ("series", "diamond"),
    "bridge loan": ("series", "triangle"),
    "vendor finance": ("series", "circle"),
    "entry": ("good", "triangle"),
    "shock": ("text", "pin"),
}
"""Kind of event -> severity (which names its colour) and shape."""

_WORDS = 90


def event_name(kind: str) -> str:
    """A kind of event as readers see it; one that only a model of one's own has keeps its name."""
    return text_or(f"frame-event-{slug(kind)}", kind)


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
    lines = [f"{label}: {event_name(kind)}"]
    lines += [f"{event.agent} {event.text}"[:_WORDS] for event in events[:3]]
    if len(events) > 3:
        lines.append(WORDS("frame-more-events", n=len(events) - 3))
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


# --- series through time


Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel shows.

    Attributes:
        key: name; its words are ``live-panel-KEY-title`` and ``-shown``.
        lines: indicators of the market, the first one is compared with the ghost.
        unit: name of the axis. divisor: indicator over shown value.
        events: kinds of event that are marked on the first line.
        step: whether the value jumps, as a count does.
    """

    key: str
    lines: tuple[str, ...]
    unit: str
    divisor: float = 1.0
    events: tuple[str, ...] = ()
    step: bool = False


PANELS: tuple[Panel, ...] = (
    Panel(
        "funding", ("raised_usd", "needed_usd"), "bn USD", 1e9, ("failed round", "funding freeze")
    ),
    Panel(
        "raisers", ("labs_raised_usd", "startups_raised_usd"), "bn USD", 1e9, ("funding freeze",)
    ),
    Panel("cash", ("labs_cash_usd",), "bn USD", 1e9, ("default", "shock")),
    Panel("valuation", ("labs_valuation_usd",), "bn USD", 1e9, ("default", "margin call")),
    Panel(
        "capex",
        ("capex_usd", "chip_revenue_usd", "refresh_capex_usd"),
        "bn USD",
        1e9,
        ("capex cut",),
    ),
    Panel("startups", ("startups_spending_usd", "startups_compute_usd"), "bn USD", 1e9),
    Panel("revenue", ("labs_revenue_usd", "labs_compute_cost_usd"), "bn USD", 1e9, ("default",)),
    Panel("rpo", ("rpo_usd",), "bn USD", 1e9, ("default",)),
    Panel("burden", ("commitments_over_revenue",), "years", 1.0, ("default",)),
    Panel("rent", ("spot_price_usd_hour",), "USD per hour"),
    Panel("utilisation", ("utilisation",), "%", 0.01, ("capex cut",)),
    Panel("circularity", ("circularity_year",), "%", 0.01, ("vendor finance",)),
    Panel("stock", ("chip_stock_usd", "prepayments_usd"), "bn USD", 1e9, ("stock written down",)),
    Panel("power", ("power_gw", "power_queue_gw"), "GW"),
)
"""The panels of market series in the order of the live page."""


def asked_and_shown(key: str) -> tuple[str, str]:
    """The question of a panel, and what it shows with its unit."""
    return WORDS(f"live-panel-{key}-title"), WORDS(f"live-panel-{key}-shown")


def tidy(value: float | None) -> float | None:
    """A value with five significant digits, for a short message; None for "not a number"."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.5g}")


def scaled(values: Values, divisor: float) -> list[float | None]:
    """Values over a divisor, rounded."""
    return [None if v is None else tidy(v / divisor) for v in values]


def panel_option(
    recording: Recording,
    panel: Panel,
    theme: Theme,
    cursor: int,
    ghost: Recording | None = None,
) -> dict[str, Any]:
    """Chart of a panel.

    Args:
        recording: the world.
        panel: what to show.
        theme: colours.
        cursor: quarter that is shown: lines are pale after it.
        ghost: the same world without the shock.
    """
    labels = recording.labels
    columns = [scaled(recording.series(name), panel.divisor) for name in panel.lines]
    series: list[dict[str, Any]] = []
    if ghost is not None:
        other = scaled(ghost.series(panel.lines[0]), panel.divisor)
        series += ghost_series(columns[0], other, theme, cursor)
    for number, (name, values) in enumerate(zip(panel.lines, columns, strict=True)):
        series += line_series(
            WORDS(f"live-line-{name}"), values, theme.series[number], cursor, panel.step
        )
    main = next(s for s in series if s["id"] == WORDS(f"live-line-{panel.lines[0]}"))
    main["markPoint"] = event_points(recording, panel, _upper(columns), theme, cursor)
    if cursor < recording.quarters_recorded - 1:
        main["markLine"] = cursor_line(labels[cursor], theme)
    names = [WORDS(f"live-line-{name}") for name in panel.lines]
    return {
        **frame_option(labels, panel.unit, theme),
        "legend": legend([*names, WORDS("live-ghost")] if ghost is not None else names, theme),
        "series": series,
    }


def _upper(columns: Sequence[Values]) -> list[float | None]:
    """The highest of several lines, quarter by quarter: there a mark is best seen."""
    return [
        max((v for v in values if v is not None), default=None)
        for values in zip(*columns, strict=True)
    ]


def frame_option(labels: Sequence[str], unit: str, theme: Theme) -> dict[str, Any]:
    """Axes, grid and tooltip of a panel: quarters to the right, one unit upwards."""
    return {
        **theme.base(),
        "grid": {"left": 8, "right": 18, "top": 46, "bottom": 6, "containLabel": True},
        "tooltip": {**theme.tooltip("axis"), "axisPointer": {"lineStyle": {"color": theme.line}}},
        "xAxis": quarter_axis(labels, theme),
        "yAxis": theme.axis(type="value", name=unit, nameLocation="end", nameGap=10, splitNumber=4)
        | {"nameTextStyle": {"color": theme.faint, "align": "left", "padding": [0, 0, 0, -22]}},
    }


def quarter_axis(labels: Sequence[str], theme: Theme) -> dict[str, Any]:
    """Axis of quarters; one label a year or fewer."""
    axis = theme.axis(
        type="category", data=list(labels), boundaryGap=False, splitLine={"show": False}
    )
    every = 3 if len(labels) <= 24 else 7
    look = {**axis["axisLabel"], "interval": every, "hideOverlap": True}
    return {**axis, "axisLabel": look}


def legend(names: Sequence[str], theme: Theme) -> dict[str, Any]:
    """Legend at the upper right; nothing for a single line, which the title names."""
    return {
        "show": len(names) > 1,
        "data": list(names),
        "top": 4,
        "right": 8,
        "itemWidth": 16,
        "itemHeight": 8,
        "itemGap": 12,
        "textStyle": {"color": theme.faint, "fontSize": 11},
    }


def line_series(
    name: str, values: Values, colour: str, cursor: int, step: bool = False
) -> list[dict[str, Any]]:
    """A line: strong up to the cursor, pale after it."""
    look: dict[str, Any] = {
        "type": "line",
        "name": name,
        "showSymbol": False,
        "connectNulls": False,
        "step": "end" if step else False,
        "itemStyle": {"color": colour},
    }
    past = {
        **look,
        "id": name,
        "data": list(values[: cursor + 1]),
        "lineStyle": {"width": 2.2, "color": colour},
        "emphasis": {"disabled": True},
    }
    if len(values) <= cursor + 1:
        return [past]
    later = {
        **look,
        "id": f"{name} later",
        "data": [*([None] * cursor), *values[cursor:]],
        "lineStyle": {"width": 1.4, "color": colour, "opacity": 0.3},
        "silent": True,
        "tooltip": {"show": False},
    }
    return [later, past]


def ghost_series(values: Values, other: Values, theme: Theme, cursor: int) -> list[dict[str, Any]]:
    """The world without the shock as a dashed line, the difference as an area between the two."""
    both = list(zip(values[: cursor + 1], other[: cursor + 1], strict=False))
    low = [None if a is None or b is None else min(a, b) for a, b in both]
    gap = [None if a is None or b is None else tidy(abs(a - b)) for a, b in both]
    hidden: dict[str, Any] = {
        "type": "line",
        "stack": "gap",
        "stackStrategy": "all",
        "showSymbol": False,
        "silent": True,
        "lineStyle": {"opacity": 0},
        "itemStyle": {"color": theme.ghost},
        "tooltip": {"show": False},
    }
    area = {"color": theme.ghost, "opacity": 0.28}
    return [
        {**hidden, "id": "low", "name": WORDS("live-difference"), "data": low},
        {**hidden, "id": "gap", "name": WORDS("live-difference"), "data": gap, "areaStyle": area},
        {
            "type": "line",
            "id": WORDS("live-ghost"),
            "name": WORDS("live-ghost"),
            "data": list(other),
            "showSymbol": False,
            "itemStyle": {"color": theme.ghost},
            "lineStyle": {"width": 1.8, "type": "dashed", "color": theme.ghost},
        },
    ]


def event_points(
    recording: Recording, panel: Panel, values: Values, theme: Theme, cursor: int
) -> dict[str, Any]:
    """Marks of a panel's events on its first line."""
    known = [v for v in values[: cursor + 1] if v is not None]
    floor = min(known, default=0.0)
    points = []
    for quarter, kind, events in grouped(recording.events, panel.events, cursor):
        value = values[quarter] if quarter < len(values) else None
        y = floor if value is None else value
        points.append(mark(recording.labels[quarter], y, kind, events, theme))
    return {
        "data": points,
        "label": {"show": False},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
    }


def cursor_line(label: str, theme: Theme) -> dict[str, Any]:
    """A vertical line at the quarter that is shown."""
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {"show": True, "formatter": label, "color": theme.faint, "fontSize": 10},
        "lineStyle": {"color": theme.faint, "type": "solid", "width": 1},
        "data": [{"xAxis": label}],
    }


def panel_frame(recording: Recording, panel: Panel, ghost: Recording | None = None) -> pd.DataFrame:
    """Table behind a panel: quarter, its indicators in their own units, and those of the ghost."""
    import pandas as pd

    count = recording.quarters_recorded
    table: dict[str, Any] = {"quarter": list(recording.labels[:count])}
    for name in panel.lines:
        table[name] = recording.series(name)[:count]
        if ghost is not None:
            other = list(ghost.series(name)[:count])
            table[f"{name}_without_shock"] = other + [None] * (count - len(other))
    return pd.DataFrame(table)


# --- which lab's assistant companies buy


_EVENTS = ("switch wave", "entry")


def lab_shares(recording: Recording) -> list[tuple[str, list[float | None]]]:
    """(name, share of seats in %) of each lab that ever has any, the largest at its peak first."""
    found = []
    for firm in recording.firms:
        if firm.kind != "labs":
            continue
        values = scaled(recording.firm_series(firm.key, "seat_share"), 0.01)
        peak = max((v for v in values if v is not None), default=0.0)
        if peak > 0.5:
            found.append((peak, firm.name, values))
    found.sort(key=lambda each: -each[0])
    return [(name, values) for _, name, values in found]


def lab_tints(recording: Recording, theme: Theme) -> dict[str, str]:
    """Colour of each lab by name: by its place in the scenario, the same in every world."""
    names = [firm.name for firm in recording.firms if firm.kind == "labs"]
    return dict.fromkeys(names, theme.faint) | dict(zip(names, theme.series, strict=False))


def shares_option(
    recording: Recording, theme: Theme, cursor: int, ghost: Recording | None = None
) -> dict[str, Any]:
    """Chart of the shares; dashed lines are the same labs without the shock."""
    shares = lab_shares(recording)[: len(theme.series)]
    others = dict(lab_shares(ghost)) if ghost is not None else {}
    tints = lab_tints(recording, theme)
    series: list[dict[str, Any]] = []
    for name, values in shares:
        tint = tints[name]
        if name in others:
            series.append(ghost_line(name, others[name], tint))
        series += line_series(name, values, tint, cursor)
    if shares:
        main = next(s for s in series if s["id"] == shares[0][0])
        main["markPoint"] = _points(recording, shares[0][1], theme, cursor)
        if cursor < recording.quarters_recorded - 1:
            main["markLine"] = cursor_line(recording.labels[cursor], theme)
    names = [name for name, _ in shares]
    option = frame_option(recording.labels, WORDS("customers-seats-share-axis"), theme)
    return {
        **option,
        "grid": {**option["grid"], "top": 64},
        "legend": {**legend(names, theme), "left": 70, "itemGap": 8},
        "series": series,
    }


def ghost_line(name: str, values: list[float | None], tint: str) -> dict[str, Any]:
    """Dashed line of a lab in the same world without the shock; hidden together with the lab."""
    dashed = {"width": 1.2, "type": "dashed", "color": tint, "opacity": 0.7}
    [line] = line_series(name, values, tint, len(values))
    return line | {"id": f"{name} ghost", "lineStyle": dashed, "tooltip": {"show": False}}


def _points(
    recording: Recording, values: list[float | None], theme: Theme, cursor: int
) -> dict[str, Any]:
    points = [
        mark(recording.labels[quarter], values[quarter] or 0.0, kind, events, theme)
        for quarter, kind, events in grouped(recording.events, _EVENTS, cursor)
        if quarter < len(values)
    ]
    return {
        "data": points,
        "label": {"show": False},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
    }


def shares_frame(recording: Recording) -> pd.DataFrame:
    """Table of the shares in %, a row per quarter."""
    import pandas as pd

    count = recording.quarters_recorded
    table: dict[str, Any] = {"quarter": list(recording.labels[:count])}
    table |= {name: values[:count] for name, values in lab_shares(recording)}
    return pd.DataFrame(table)


# --- where new sites get their power


def regions_option(
    recording: Recording, theme: Theme, cursor: int, ghost: Recording | None = None
) -> dict[str, Any]:
    """Chart of the power connected by region; dashed lines are the world without the shock."""
    regions = region_power(recording)
    others = region_power(ghost) if ghost is not None else {}
    series: list[dict[str, Any]] = []
    for (name, values), tint in zip(regions.items(), theme.series, strict=False):
        if name in others:
            series.append(ghost_line(name, others[name], tint))
        series += line_series(name, values, tint, cursor)
    if series and cursor < recording.quarters_recorded - 1:
        series[-1]["markLine"] = cursor_line(recording.labels[cursor], theme)
    option = frame_option(recording.labels, WORDS("live-unit-power"), theme)
    return {
        **option,
        "grid": {**option["grid"], "top": 64},
        "legend": {**legend(list(regions), theme), "left": 70, "itemGap": 8},
        "series": series,
    }


def region_power(recording: Recording) -> dict[str, list[float | None]]:
    """GW connected in each recorded quarter, by name of the region."""
    taken = list(recording.snapshots)
    names = taken[0].regions if taken else ()
    return {name: scaled([s.regions[name] for s in taken], 1.0) for name in names}


def regions_frame(recording: Recording) -> pd.DataFrame:
    """Table of the power connected by region, GW, a row per quarter."""
    import pandas as pd

    table: dict[str, Any] = {"quarter": list(recording.labels[: recording.quarters_recorded])}
    return pd.DataFrame(table | region_power(recording))


# --- what happened when


def kinds_of(recording: Recording) -> list[str]:
    """Kinds of event that the run has, from worst to mildest."""
    there = {event.kind for event in recording.events}
    return [kind for kind in LOOKS if kind in there]


def timeline_option(recording: Recording, theme: Theme, cursor: int) -> dict[str, Any]:
    """Chart of all marked events up to the quarter that is shown."""
    kinds = kinds_of(recording)
    labels = recording.labels
    rows = [event_name(kind) for kind in reversed(kinds)]
    points = [
        mark(labels[quarter], event_name(kind), kind, events, theme)
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
            "shock": event.shock,
            "agent": event.agent,
            "size": event.size,
            "unit": event.unit,
            "text": event.text,
            "causes": " ".join(map(str, event.causes)),
        }
        for event in recording.events
    ]
    columns = ["id", "quarter", "kind", "shock", "agent", "size", "unit", "text", "causes"]
    return pd.DataFrame(rows, columns=columns)
