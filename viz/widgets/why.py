"""The drawer that answers "why?": what came before an event and could reach it, with figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ipyvuetify
import solara
import traitlets

from market.units import money
from viz.widgets.frame import escape
from viz.widgets.safe import Text
from viz.words import WORDS, slug, text_or

if TYPE_CHECKING:
    from market.events import Event
    from viz.recording.recording import Recording
    from viz.session.state import AppState


MOST_REASONS = 40
"""Most links of a chain that are shown."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A link of the chain.

    Attributes:
        event_id, quarter, label: which event, and when.
        sentence: what happened, with its figure.
        depth: steps from the event that was asked about, 0 for itself.
    """

    event_id: int
    quarter: int
    label: str
    sentence: str
    depth: int


def why(recording: Recording, event_id: int) -> list[Reason]:
    """The event and what came before and could reach it: the event first, causes after it.

    An event that is a cause twice comes once, where it is nearest. At most ``MOST_REASONS``.

    Raises:
        IndexError: there is no such event.
    """
    events = recording.events
    if not 0 <= event_id < len(events):
        raise IndexError(event_id)
    depths = _depths(events, event_id)
    order: list[int] = []
    _visit(events, event_id, depths, order)
    return [
        Reason(
            number,
            events[number].quarter,
            recording.labels[events[number].quarter],
            sentence(events[number]),
            depths[number],
        )
        for number in order[:MOST_REASONS]
    ]


def _depths(events: list[Event], event_id: int) -> dict[int, int]:
    """Fewest steps from an event to each that could reach it."""
    depths, layer = {event_id: 0}, [event_id]
    while layer:
        found = {
            cause: depths[number] + 1
            for number in layer
            for cause in events[number].causes
            if cause not in depths
        }
        depths |= found
        layer = list(found)
    return depths


def _visit(events: list[Event], number: int, depths: dict[int, int], order: list[int]) -> None:
    """Depth first: an event, then each cause that is first reached from it."""
    stack = [number]
    while stack:
        here = stack.pop()
        if here in order:
            continue
        order.append(here)
        nearest = [c for c in events[here].causes if depths[c] == depths[here] + 1]
        stack.extend(sorted(nearest, key=lambda cause: -cause, reverse=True))


def sentence(event: Event) -> str:
    """An event in a sentence: "Default: the lab could not pay 3.1 bn USD"."""
    name = text_or(f"frame-event-{slug(event.kind)}", event.kind.capitalize())
    text = event.text.rstrip(". ")
    if text:
        return f"{name}: {event.agent} {text}."
    return f"{name}: {event.agent}{_size(event)}."


def _size(event: Event) -> str:
    if not event.unit or event.size == 0:
        return ""
    if event.unit == "USD":
        return f", {money(event.size)}"
    if event.unit == "share":
        return f", {event.size:.0%}"
    return f", {event.size:,.4g} {event.unit}"


# --- the drawer that answers "why?"


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
    attributes = {"role": "dialog", "aria-label": WORDS("frame-why-title"), "tabindex": "-1"}
    with solara.Div(classes=["kh-why"], attributes=attributes):
        solara.Button(
            WORDS("frame-why-close"),
            icon_name="mdi-close",
            text=True,
            small=True,
            on_click=lambda: state.event.set(None),
            attributes={"data-test": "why-close"},
        )
        Text("h2", WORDS("frame-why-title"))
        _Chain(state, event)


@solara.component
def _Chain(state: AppState, event: int) -> None:
    recording = state.recording
    if not 0 <= event < len(recording.events):
        Text("p", WORDS("frame-why-gone"))
        return
    reasons = why(recording, event)
    for reason in reasons:
        _reason(state, reason)
    hint = WORDS("frame-why-first") if len(reasons) == 1 else WORDS("frame-why-unproven")
    Text("p", hint, classes=["kh-hint"])


def _reason(state: AppState, reason: Reason) -> None:
    indent = _INDENT_PX * min(reason.depth, _DEEPEST)
    with solara.Div(classes=["kh-reason"], style={"margin-left": f"{indent}px"}):
        solara.HTML(
            "div", unsafe_innerHTML=f"<b>{escape(reason.label)}</b> {escape(reason.sentence)}"
        )
        solara.Button(
            f"{WORDS('frame-why-go')} {reason.label}",
            text=True,
            x_small=True,
            on_click=lambda: state.show_quarter(reason.quarter),
            attributes={"data-test": "why-go"},
        )
