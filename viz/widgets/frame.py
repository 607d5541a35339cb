"""Widgets around the pages: key figures, tabs, and the link between page and session."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import ipyvuetify
import solara
import traitlets

from viz.widgets.kpi import figures
from viz.words.frame import NAME

if TYPE_CHECKING:
    from viz.session.state import AppState


class FigureRow(ipyvuetify.VuetifyTemplate):
    """The row of key figures."""

    template_file = (__file__, "../vue/kpis.vue")
    figures_json = traitlets.Unicode("[]").tag(sync=True)


class TabBar(ipyvuetify.VuetifyTemplate):
    """The tabs: ``tabs_json`` holds [key, title] of each."""

    template_file = (__file__, "../vue/tabs.vue")
    tabs_json = traitlets.Unicode("[]").tag(sync=True)
    active = traitlets.Unicode("").tag(sync=True)
    opened = traitlets.Callable(None, allow_none=True)

    def vue_open_tab(self, key: Any) -> None:
        """Open a tab."""
        if self.opened is not None:
            self.opened(str(key))


class FrameMark(ipyvuetify.VuetifyTemplate):
    """Confirms each drawn frame, keeps the address of the page and remembers light or dark.

    ``search`` is the query that restores what is shown; while it changes with every quarter
    (``is_settled`` is false) only a copied link has it, and the address follows afterwards.
    """

    template_file = (__file__, "../vue/frame.vue")
    frame = traitlets.Int(0).tag(sync=True)
    search = traitlets.Unicode("").tag(sync=True)
    is_settled = traitlets.Bool(True).tag(sync=True)
    page_title = traitlets.Unicode(NAME).tag(sync=True)
    is_dark = traitlets.Bool(False).tag(sync=True)
    confirmed = traitlets.Callable(None, allow_none=True)
    dressed = traitlets.Callable(None, allow_none=True)

    def vue_confirm(self, frame: Any) -> None:
        """The browser has drawn a frame."""
        if self.confirmed is not None:
            self.confirmed(int(frame))

    def vue_set_dark(self, is_dark: Any) -> None:
        """The visitor wants it dark (or light), as he chose when he was here before."""
        if self.dressed is not None:
            self.dressed(bool(is_dark))


@solara.component
def KeyFigures(state: AppState) -> None:
    """The key figures of the quarter that is shown."""
    found = figures(state.recording, state.quarter.value, state.ghost)
    FigureRow.element(figures_json=json.dumps([asdict(each) for each in found]))
