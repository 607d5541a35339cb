"""What one visitor looks at: his session, the open tab, what he picked, light or dark."""

from __future__ import annotations

import itertools
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import reacton.core
import solara

from viz.charts.theme import DARK, LIGHT, Theme

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.session.session import Session
    from viz.world.worlds import World


class Cursor:
    """The quarter that is shown: reading it subscribes, setting it moves the session there."""

    def __init__(self, state: AppState) -> None:
        self._state = state

    @property
    def value(self) -> int:
        """Number of the quarter."""
        _ = self._state.version.value
        return self._state.session.cursor

    @value.setter
    def value(self, quarter: int) -> None:
        self.set(quarter)

    def set(self, quarter: int) -> None:
        """Show another recorded quarter."""
        self._state.session.seek(quarter)
        self._state.touch()


class AppState:
    """State of one browser session; made once per visitor with ``solara.use_memo``.

    Args:
        session: his world through time.

    Attributes:
        version: rises whenever something in the session has changed: read it to be drawn again.
        quarter: the quarter that is shown.
        tab: key of the open tab.
        selection: what was picked: "firm:KEY", "flow:PAYER>PAYEE" or None.
        event: id of the event whose chain is shown, or None.
        message: why the last request could not be met, in a sentence; "" = it could.
        is_dark: whether the page is dark.
    """

    def __init__(self, session: Session, *, tab: str = "story") -> None:
        self.session = session
        self.version = solara.reactive(0)
        self.tab = solara.reactive(tab)
        self.selection: solara.Reactive[str | None] = solara.reactive(None)
        self.event: solara.Reactive[int | None] = solara.reactive(None)
        self.message = solara.reactive("")
        self.is_dark = solara.reactive(False)
        self.quarter = Cursor(self)
        self._page: Any = None
        self._count = itertools.count(1)
        session.on_change = self.touch

    @property
    def recording(self) -> Recording:
        """What was recorded of the world; reading it subscribes to its changes."""
        _ = self.version.value
        found: Recording = self.session.recording
        return found

    @property
    def ghost(self) -> Recording | None:
        """The same world without the shock, if there is one."""
        _ = self.version.value
        found: Recording | None = self.session.ghost
        return found

    @property
    def theme(self) -> Theme:
        """Colours of the page."""
        return DARK if self.is_dark.value else LIGHT

    def attach(self) -> None:
        """Remember the page that is being drawn, so that changes of one frame are drawn at once."""
        self._page = reacton.core.get_render_context(required=False)

    def batch(self) -> Any:
        """Context in which several changes lead to one drawing."""
        return self._page if self._page is not None else nullcontext()

    def touch(self) -> None:
        """Have everything drawn again that shows the session; from any thread."""
        with self.batch():
            self.version.set(next(self._count))

    def open_world(self, world: World, *, tab: str = "live", quarter: int | None = None) -> None:
        """Run a world to its end and show it.

        Args:
            world: what to run.
            tab: tab to open.
            quarter: quarter to go to; None = its last.

        Raises:
            WorldProblem: there is no such world; nothing changes.
        """
        with self.batch():
            self.session.set_world(world)
            self.message.set("")
            self.selection.set(None)
            self.event.set(None)
            self.session.run_to_end()
            if quarter is not None:
                self.session.seek(quarter)
            self.tab.set(tab)
            self.version.set(next(self._count))

    def show_quarter(self, quarter: int, *, tab: str | None = None) -> None:
        """Go to a quarter, on another tab if one is given."""
        with self.batch():
            if tab is not None:
                self.tab.set(tab)
            self.quarter.set(quarter)

    def close(self) -> None:
        """End the session, its thread and its jobs."""
        self.session.on_change = _ignore
        self.session.close()
        from viz.session.work import end_work

        end_work(self)


def _ignore() -> None:
    """What a closed page does with news."""
