"""Levers: the ten parameters that move most as sliders beside the chart, and what they do."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import ipyvuetify
import solara
import traitlets

from viz.charts.series import PANELS, asked_and_shown, panel_frame, panel_option
from viz.pages.live import ask_why, twin_note
from viz.session.work import Work, use_work
from viz.widgets.chart_card import ChartCard
from viz.widgets.effects import EffectCard
from viz.widgets.form import Field, Form
from viz.widgets.safe import Text
from viz.words import WORDS, texts_by_key
from viz.world.levers import levers, strongest
from viz.world.worlds import World, WorldProblem

if TYPE_CHECKING:
    from viz.charts.series import Panel
    from viz.session.state import AppState


SHOWN = ("capex", "funding")
"""Panels beside the sliders; the visitor may choose others."""
_WORDS = ("range", "reset", "reset_all", "why", "strength", "changed", "source")


class LeversWidget(ipyvuetify.VuetifyTemplate):
    """The sliders; a moved one is sent while it moves, a few times a second."""

    template_file = (__file__, "../vue/levers.vue")
    words_json = traitlets.Unicode("{}").tag(sync=True)
    levers_json = traitlets.Unicode("[]").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)
    moved = traitlets.Callable(None, allow_none=True)

    def vue_move(self, data: Any) -> None:
        """Pass on where a lever was moved to."""
        if self.moved is not None:
            self.moved(data)


@solara.component
def LeversPage(state: AppState) -> None:
    """Sliders, two charts, and the effect over pairs."""
    work = use_work(state)
    with solara.Div(classes=["kh-column"]):
        solara.HTML(
            "div",
            unsafe_innerHTML=f"<h2>{WORDS('levers-title')}</h2><p>{WORDS('levers-intro')}</p>",
            classes=["kh-intro"],
        )
        with solara.Div(classes=["kh-levers-page"]):
            _sliders(state, work)
            with solara.Div(classes=["kh-column"]):
                _choice(work)
                for place, key in enumerate(SHOWN):
                    _chart(state, work, place, key)
        EffectCard(state)
        Text("p", strongest(), classes=["kh-hint"])


def _sliders(state: AppState, work: Work) -> None:
    world = state.recording.world
    found = levers(world)
    known = {each.path for each in found}
    others = sum(path not in known for path, _ in world.changes)
    LeversWidget.element(
        words_json=json.dumps(texts_by_key("levers-word", _WORDS)),
        levers_json=json.dumps([asdict(each) for each in found]),
        note=WORDS("levers-others", n=others) if others else "",
        problem=str(work.choices.get("lever_problem", "")),
        moved=partial(move, state, work),
    )


def move(state: AppState, work: Work, data: dict[str, Any]) -> None:
    """Run the world with a lever elsewhere: ``path`` and ``value`` as shown; no path = all back."""
    world = state.session.world
    found = {each.path: each for each in levers(world)}
    path, value = str(data.get("path") or ""), data.get("value")
    work.choices["lever_problem"] = ""
    try:
        if not path:
            changed = world
            for each in found:
                changed = changed.without_change(each)
        elif path in found and isinstance(value, int | float):
            lever = found[path]
            is_back = value == lever.default
            asked = lever.model_value(float(value))
            changed = world.without_change(path) if is_back else world.with_change(path, asked)
        else:
            return
        if changed != world:
            open_here(state, changed)
    except WorldProblem as problem:
        work.choose("lever_problem", WORDS("levers-refused", problem=str(problem)))


def open_here(state: AppState, world: World) -> None:
    """Run another world and stay at the quarter that is shown; the last one stays the last."""
    quarter = state.quarter.value
    is_last = quarter >= state.recording.quarters - 1
    state.open_world(world, tab=state.tab.peek(), quarter=None if is_last else quarter)


def _choice(work: Work) -> None:
    """What the two charts show."""
    titles = [(panel.key, asked_and_shown(panel.key)[0]) for panel in PANELS]
    fields = [
        Field(
            f"lever_panel_{place}",
            WORDS("levers-panel", n=place + 1),
            "select",
            panel_of(work, place, key).key,
            titles,
        )
        for place, key in enumerate(SHOWN)
    ]
    Form(fields, name="lever-form", on_change=work.choose)


def _chart(state: AppState, work: Work, place: int, default: str) -> None:
    panel = panel_of(work, place, default)
    recording, ghost = state.recording, state.ghost
    cursor = max(0, recording.quarters_recorded - 1)  # a lever moves the whole run
    title, shown = asked_and_shown(panel.key)
    ChartCard(
        title,
        panel_option(recording, panel, state.theme, cursor, ghost),
        question=shown,
        height="240px",
        frame=partial(panel_frame, recording, panel, ghost),
        on_click=ask_why(state),
        note=twin_note(recording, ghost, panel, cursor),
        name=f"levers-{place}",
    ).key(f"levers-{place}")


def panel_of(work: Work, place: int, default: str) -> Panel:
    """The panel that the visitor wants at a place."""
    panels = {panel.key: panel for panel in PANELS}
    return panels[work.choice(f"lever_panel_{place}", list(panels), default)]
