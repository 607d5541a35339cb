"""Which lab's assistant companies buy: shares of enterprise seats through time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.charts.event_marks import grouped, mark
from viz.charts.series import cursor_line, frame_option, legend, line_series, scaled

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme
    from viz.recording.recording import Recording

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
    option = frame_option(recording.labels, "% of seats", theme)
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
