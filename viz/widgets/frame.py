"""Around the pages: key figures, tabs, messages, the tour, and the link of page and session."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import ipyvuetify
import solara
import traitlets

from market.units import money
from viz.widgets.safe import Text, told
from viz.words import WORDS, texts_by_key

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.session.state import AppState


KEY_FIGURES = (
    "labs_cash_usd",
    "labs_valuation_usd",
    "capex_usd",
    "raised_ratio",
    "rpo_usd",
    "commitments_over_revenue",
    "spot_price_usd_hour",
    "defaults",
)
"""Indicators above the pages, from left to right."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure.

    Attributes:
        name: indicator. title: its name for readers. value: as text with its unit.
        change: against the same seed before the change, or four quarters before; may be "".
        meaning: what it is.
        tone: "", "good", "warning" or "bad".
    """

    name: str
    title: str
    value: str
    change: str
    meaning: str
    tone: str


def as_text(name: str, value: float | None) -> str:
    """A value of an indicator with its unit: "12.4 bn USD", "78%", "2.31 USD/h", "4.2 years"."""
    if value is None:
        return WORDS("frame-no-rounds") if name == "raised_ratio" else WORDS("frame-not-measured")
    if name.endswith("_usd"):
        return money(value)
    if name == "spot_price_usd_hour":
        return WORDS("frame-usd-an-hour", usd=f"{value:.2f}")
    if name == "commitments_over_revenue":
        return WORDS("frame-years", years=f"{value:.1f}")
    if name == "defaults":
        return WORDS("frame-firms", n=round(value))
    return f"{100 * value:.0f}%"


def difference(name: str, value: float | None, other: float | None) -> str:
    """How far a value is from another one: "+12%", "3 more", "no change"; "" when unknown."""
    if value is None or other is None:
        return ""
    if value == other:
        return WORDS("frame-no-change")
    if name == "defaults":
        gap = round(value - other)
        more_or_fewer = WORDS("frame-more" if gap > 0 else "frame-fewer", n=abs(gap))
        return more_or_fewer if gap else WORDS("frame-no-change")
    if name in ("raised_ratio", "utilisation"):
        points = WORDS("frame-points", points=f"{100 * (value - other):+.0f}")
        return points if abs(value - other) >= 5e-3 else WORDS("frame-no-change")
    if other == 0:
        return ""
    change = value / other - 1
    return f"{change:+.0%}" if abs(change) >= 5e-3 else WORDS("frame-no-change")


def figures(recording: Recording, cursor: int, ghost: Recording | None = None) -> list[Figure]:
    """The key figures of a quarter, in the order of ``KEY_FIGURES``."""
    found = []
    for name in KEY_FIGURES:
        title, meaning = WORDS(f"frame-figure-{name}"), WORDS(f"frame-figure-{name}-meaning")
        values = recording.series(name)
        value = values[cursor] if cursor < len(values) else None
        change = ""
        if ghost is not None and cursor < len(others := ghost.series(name)):
            gap = difference(name, value, others[cursor])
            change = WORDS("frame-in-this-seed", gap=gap) if gap else ""
        elif 4 <= cursor < len(values) and name != "raised_ratio":
            gap = difference(name, value, values[cursor - 4])
            change = WORDS("frame-in-a-year", gap=gap) if gap else ""
        tone = _tone(name, value) if ghost is None else ""  # one seed tells no better or worse
        found.append(Figure(name, title, as_text(name, value), change, meaning, tone))
    return found


def _tone(name: str, value: float | None) -> str:
    if value is None:
        return ""
    if name == "defaults":
        return "bad" if value > 0 else "good"
    if name == "raised_ratio":
        return "bad" if value < 0.5 else "good"
    if name == "commitments_over_revenue":
        return "warning" if value > 5 else ""
    return ""


# --- messages above the page


def problem_text(state: AppState) -> str:
    """What stopped the run, in a sentence; "" when nothing did."""
    recording = state.recording
    problem = state.session.problem
    if problem is None:
        return ""
    labels = recording.labels
    quarter = (
        labels[problem.quarter] if 0 <= problem.quarter < len(labels) else WORDS("frame-the-start")
    )
    return WORDS(
        "frame-problem-run",
        quarter=quarter,
        phase=problem.phase,
        rule=problem.rule,
        message=told(problem.message),
    )


@solara.component
def Banner(state: AppState, link_problems: list[str]) -> None:
    """All messages, each closed by its own button where it can be."""
    closed, set_closed = solara.use_state(False)
    text = problem_text(state)
    if text:
        with solara.Div(
            classes=["kh-banner", "kh-problem"],
            attributes={"role": "alert", "data-test": "problem"},
        ):
            Text("span", text)
    if state.message.value:
        with solara.Div(
            classes=["kh-banner", "kh-problem"],
            attributes={"role": "alert", "data-test": "message"},
        ):
            Text("span", state.message.value)
    if link_problems and not closed:
        with solara.Div(
            classes=["kh-banner", "kh-problem"], attributes={"role": "alert", "data-test": "link"}
        ):
            with solara.Div():
                Text("b", f"{WORDS('frame-problem-link')}:")
                solara.HTML(
                    "ul", unsafe_innerHTML=items_html(link_problems), classes=["kh-problems"]
                )
            solara.Button(
                icon_name="mdi-close",
                icon=True,
                small=True,
                on_click=lambda: set_closed(True),
                attributes={"aria-label": WORDS("frame-problem-dismiss")},
            )


def items_html(texts: list[str]) -> str:
    """Texts as the items of a list."""
    return "".join(f"<li>{escape(each)}</li>" for each in texts)


def escape(text: str) -> str:
    """Text that may stand inside HTML."""
    from html import escape as html_escape

    return html_escape(text)


# --- a short guided tour for a first visit


STEPS: tuple[tuple[str, str], ...] = (
    ("story", ".kh-article"),
    ("live", ".kh-player"),
    ("live", "[data-chart=funding]"),
    ("network", "#tab-network"),
    ("live", "[data-test=shocks]"),
    ("live", "[data-test=parameters]"),
    ("ensemble", "#tab-ensemble"),
)
"""Steps: tab to open, and CSS selector of what is pointed at."""
_TOUR_BUTTONS = ("title", "offer", "start", "no", "next", "back", "done", "end")


def tour_steps() -> list[dict[str, str]]:
    """The steps as the browser takes them: tab, target, title and text."""
    return [
        {
            "tab": tab,
            "target": target,
            "title": WORDS(f"tour-step-{number}-title"),
            "text": WORDS(f"tour-step-{number}-text"),
        }
        for number, (tab, target) in enumerate(STEPS, start=1)
    ]


class TourWidget(ipyvuetify.VuetifyTemplate):
    """The tour; it goes on in the browser and asks only for tabs to be opened."""

    template_file = (__file__, "../vue/tour.vue")
    steps_json = traitlets.Unicode("[]").tag(sync=True)
    words_json = traitlets.Unicode("{}").tag(sync=True)
    asked = traitlets.Int(0).tag(sync=True)
    opened = traitlets.Callable(None, allow_none=True)

    def vue_open_tab(self, key: Any) -> None:
        """Open the tab of a step."""
        if self.opened is not None:
            self.opened(str(key))


@solara.component
def Tour(state: AppState, asked: int) -> None:
    """The tour; starts anew each time that ``asked`` rises."""
    TourWidget.element(
        steps_json=json.dumps(tour_steps()),
        words_json=json.dumps(texts_by_key("tour", _TOUR_BUTTONS)),
        asked=asked,
        opened=state.tab.set,
    )


# --- widgets around the pages


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
        """Called by the template when a tab is clicked; its key goes to ``opened``."""
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
    page_title = traitlets.Unicode("").tag(sync=True)
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
