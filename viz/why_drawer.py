"""The drawer that answers "why?": the events that led to one, with links to their quarters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import solara

from viz.banner import escape
from viz.texts import WHY

if TYPE_CHECKING:
    from viz.state import AppState
    from viz.why import Reason

_INDENT_PX, _DEEPEST = 14, 6


@solara.component
def WhyDrawer(state: AppState) -> None:
    """The drawer, open while an event is chosen."""
    event = state.event.value
    if event is None:
        return
    with solara.Div(classes=["kh-why"], attributes={"role": "dialog", "aria-label": WHY["title"]}):
        solara.Button(
            WHY["close"],
            icon_name="mdi-close",
            text=True,
            small=True,
            on_click=lambda: state.event.set(None),
            attributes={"data-test": "why-close"},
        )
        solara.HTML("h2", WHY["title"])
        _Chain(state, event)


@solara.component
def _Chain(state: AppState, event: int) -> None:
    from viz.why import why

    recording = state.recording
    if not 0 <= event < len(recording.events):
        solara.HTML("p", WHY["gone"])
        return
    reasons = why(recording, event)
    for reason in reasons:
        _reason(state, reason)
    if len(reasons) == 1:
        solara.HTML("p", WHY["first"], classes=["kh-hint"])


def _reason(state: AppState, reason: Reason) -> None:
    indent = _INDENT_PX * min(reason.depth, _DEEPEST)
    with solara.Div(classes=["kh-reason"], style={"margin-left": f"{indent}px"}):
        solara.HTML("div", f"<b>{escape(reason.label)}</b> {escape(reason.sentence)}")
        solara.Button(
            f"{WHY['go']} {reason.label}",
            text=True,
            x_small=True,
            on_click=lambda: state.show_quarter(reason.quarter),
            attributes={"data-test": "why-go"},
        )
