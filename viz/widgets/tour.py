"""A short guided tour for a first visit: offered in a line, never in the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import ipyvuetify
import solara
import traitlets

from viz.words.tour import STEPS, WORDS

if TYPE_CHECKING:
    from viz.session.state import AppState


class TourWidget(ipyvuetify.VuetifyTemplate):
    """The tour; it goes on in the browser and asks only for tabs to be opened."""

    template_file = (__file__, "../vue/tour.vue")
    steps_json = traitlets.Unicode(json.dumps(STEPS)).tag(sync=True)
    words_json = traitlets.Unicode(json.dumps(WORDS)).tag(sync=True)
    asked = traitlets.Int(0).tag(sync=True)
    opened = traitlets.Callable(None, allow_none=True)

    def vue_open_tab(self, key: Any) -> None:
        """Open the tab of a step."""
        if self.opened is not None:
            self.opened(str(key))


@solara.component
def Tour(state: AppState, asked: int) -> None:
    """The tour; starts anew each time that ``asked`` rises."""
    TourWidget.element(asked=asked, opened=state.tab.set)
