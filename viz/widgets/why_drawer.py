"""The drawer that answers "why?": the events that led to one, with links to their quarters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipyvuetify
import solara
import traitlets

from viz.widgets.banner import escape
from viz.words.frame import WHY

if TYPE_CHECKING:
    from viz.session.state import AppState
    from viz.widgets.why import Reason

_INDENT_PX, _DEEPEST = 14, 6


class DrawerFocus(ipyvuetify.VuetifyTemplate):
    """Draws nothing: takes the focus into the drawer and back, and closes it on Escape.

    ``event`` is the event that is asked about, -1 for none.
    """

    template_file = (__file__, "../vue/drawer.vue")
    event = traitlets.Int(-1).tag(sync=True)
    closed = traitlets.Callable(None, allow_none=True)

    def vue_shut(self, _: Any = None) -> None:
        """Escape was pressed."""
        if self.closed is not None:
            self.closed()


@solara.component
def WhyDrawer(state: AppState) -> None:
    """The drawer, open while an event is chosen."""
    event = state.event.value
    with solara.Div():
        DrawerFocus.element(
            event=-1 if event is None else event, closed=lambda: state.event.set(None)
        )
        if event is not None:
            _Drawer(state, event)


@solara.component
def _Drawer(state: AppState, event: int) -> None:
    attributes = {"role": "dialog", "aria-label": WHY["title"], "tabindex": "-1"}
    with solara.Div(classes=["kh-why"], attributes=attributes):
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
    from viz.widgets.why import why

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
