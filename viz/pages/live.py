"""Live: small multiples that move with the quarters, marks that can be asked why."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import solara

from viz.charts.series import PANELS as SERIES
from viz.charts.series import (
    Panel,
    asked_and_shown,
    clicked_event,
    panel_frame,
    panel_option,
    regions_frame,
    regions_option,
    shares_frame,
    shares_option,
    timeline_frame,
    timeline_height,
    timeline_option,
)
from viz.widgets.chart_card import ChartCard
from viz.widgets.effects import EffectCard
from viz.widgets.frame import difference
from viz.words import WORDS

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.session.state import AppState

_BEFORE_SHARES = 8
"""Number of panels that stand before the one of shares."""


@solara.component
def LivePage(state: AppState) -> None:
    """All panels of the quarter that is shown."""
    recording = state.recording
    if recording.quarters_recorded == 0:
        solara.Text(WORDS("live-nothing-recorded"))
        return
    with solara.Div(classes=["kh-column"]):
        EffectCard(state)
        _timeline(state, recording)
        with solara.Div(classes=["kh-grid"]):
            for panel in SERIES[:_BEFORE_SHARES]:
                _panel(state, recording, panel)
            _shares(state, recording)
            for panel in SERIES[_BEFORE_SHARES:]:
                _panel(state, recording, panel)
            if recording.parameters.power_regions:
                _regions(state, recording)


def ask_why(state: AppState) -> Callable[[dict[str, Any]], None]:
    """What a click on a mark does: it opens the drawer with what came before its event."""

    def on_click(data: dict[str, Any]) -> None:
        event = clicked_event(data)
        if event is not None:
            state.event.set(event)

    return on_click


def _timeline(state: AppState, recording: Recording) -> None:
    ChartCard(
        WORDS("live-events-title"),
        timeline_option(recording, state.theme, state.quarter.value),
        question=WORDS("live-events-shown"),
        height=timeline_height(recording),
        frame=partial(timeline_frame, recording),
        on_click=ask_why(state),
        name="events",
    )


def _panel(state: AppState, recording: Recording, panel: Panel) -> None:
    title, shown = asked_and_shown(panel.key)
    cursor, ghost = state.quarter.value, state.ghost
    ChartCard(
        title,
        panel_option(recording, panel, state.theme, cursor, ghost),
        question=shown,
        height="230px",
        frame=partial(panel_frame, recording, panel, ghost),
        on_click=ask_why(state),
        note=twin_note(recording, ghost, panel, cursor),
        name=panel.key,
    )


def twin_note(recording: Recording, ghost: Recording | None, panel: Panel, cursor: int) -> str:
    """What is other in the twin without the change, in this seed and quarter; "" without a twin."""
    if ghost is None or cursor >= ghost.quarters_recorded:
        return ""
    name = panel.lines[0]
    value, other = recording.series(name)[cursor], ghost.series(name)[cursor]
    return WORDS(
        "live-twin-note",
        quarter=recording.labels[cursor],
        label=WORDS(f"live-line-{name}"),
        value=_with_unit(value, panel),
        ghost=_with_unit(other, panel),
        difference=difference(name, value, other) or WORDS("live-no-comparison"),
    )


def _with_unit(value: float | None, panel: Panel) -> str:
    """A value as its panel shows it: "146.8 bn USD", "0.39 USD per hour"."""
    if value is None:
        return WORDS("live-no-value")
    shown = value / panel.divisor
    digits = 0 if abs(shown) >= 1000 else 1 if abs(shown) >= 10 else 2
    return f"{shown:,.{digits}f}{'' if panel.unit == '%' else ' '}{panel.unit}"


def _shares(state: AppState, recording: Recording) -> None:
    title, shown = asked_and_shown("shares")
    ChartCard(
        title,
        shares_option(recording, state.theme, state.quarter.value, state.ghost),
        question=shown,
        height="230px",
        frame=partial(shares_frame, recording),
        on_click=ask_why(state),
        name="shares",
    )


def _regions(state: AppState, recording: Recording) -> None:
    title, shown = asked_and_shown("regions")
    ChartCard(
        title,
        regions_option(recording, state.theme, state.quarter.value, state.ghost),
        question=shown,
        height="230px",
        frame=partial(regions_frame, recording),
        name="regions",
    )
