"""The panel at the left: which world, play, strike, parameters."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import ipyvuetify
import solara
import traitlets

from viz.words.frame import CONTROLS

if TYPE_CHECKING:
    from viz.session.state import AppState

SPEEDS = (1, 2, 4, 8, 12, 20)
"""Quarters per second that can be chosen."""


EARLY = 4
"""Quarter that is struck when the last one is shown: a year after the start."""


class _Panel(ipyvuetify.VuetifyTemplate):
    """A part of the panel: state and words go over as JSON, what the visitor does comes back."""

    words_json = traitlets.Unicode(json.dumps(CONTROLS)).tag(sync=True)
    did = traitlets.Callable(None, allow_none=True)

    def pass_on(self, data: Any) -> None:
        """Call whoever handles what the visitor did."""
        if self.did is not None:
            self.did(data)


class PlayerWidget(_Panel):
    """Play, pause, step, back, reset, a slider over the quarters, and the speed."""

    template_file = (__file__, "../vue/player.vue")
    state_json = traitlets.Unicode("{}").tag(sync=True)
    vue_act = _Panel.pass_on


class WorldWidget(_Panel):
    """Scenario and seed."""

    template_file = (__file__, "../vue/world.vue")
    scenarios_json = traitlets.Unicode("[]").tag(sync=True)
    world_json = traitlets.Unicode("{}").tag(sync=True)
    vue_choose = _Panel.pass_on


class ShocksWidget(_Panel):
    """What can strike the running world."""

    template_file = (__file__, "../vue/shocks.vue")
    offers_json = traitlets.Unicode("[]").tag(sync=True)
    quarter = traitlets.Unicode("").tag(sync=True)
    struck_json = traitlets.Unicode("[]").tag(sync=True)
    taken_back = traitlets.Callable(None, allow_none=True)
    vue_strike = _Panel.pass_on

    def vue_take_back(self, number: Any) -> None:
        """Take back one shock, counted from 0, or all with -1."""
        if self.taken_back is not None:
            self.taken_back(int(number))


class ParametersWidget(_Panel):
    """All parameters by group, with search; changes are applied together."""

    template_file = (__file__, "../vue/parameters.vue")
    parameters_json = traitlets.Unicode("[]").tag(sync=True)
    changes_json = traitlets.Unicode("{}").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)
    wanted = traitlets.Callable(None, allow_none=True)
    vue_apply_changes = _Panel.pass_on

    def vue_want_parameters(self, _data: object) -> None:
        """The list is opened: only now does it go over."""
        if self.wanted is not None:
            self.wanted()


@solara.component
def Controls(state: AppState) -> None:
    """The whole panel."""
    with solara.Div(classes=["kh-side"]):
        WorldChoice(state)
        with solara.Div(classes=["kh-player-box"]):
            Player(state)
        Shocks(state)
        Parameters(state)


def player_state(state: AppState) -> dict[str, Any]:
    """What the player shows."""
    recording = state.recording
    session = state.session
    return {
        "cursor": session.cursor,
        "recorded": recording.quarters_recorded,
        "total": len(recording.labels),
        "labels": list(recording.labels),
        "is_playing": session.is_playing,
        "speed": session.speed,
        "speeds": SPEEDS if session.speed in SPEEDS else sorted({*SPEEDS, session.speed}),
    }


def act(state: AppState, data: dict[str, Any]) -> None:
    """Do what the visitor asked of the player; what is not known does nothing."""
    session, kind = state.session, data.get("kind")
    value = data.get("value")
    if kind in {"play", "pause", "step", "back", "reset"}:
        getattr(session, kind)()
    elif kind == "end":
        session.run_to_end()
    elif kind == "seek" and isinstance(value, int | float):
        session.seek(int(value))
    elif kind == "speed" and isinstance(value, int | float):
        session.speed = min(max(SPEEDS), max(min(SPEEDS), float(value)))
    state.touch()


@solara.component
def Player(state: AppState) -> None:
    """Play, pause, step, back, reset, slider and speed."""
    PlayerWidget.element(
        state_json=json.dumps(player_state(state)), did=lambda data: act(state, data)
    )


@solara.component
def WorldChoice(state: AppState) -> None:
    """Scenario and seed of the world."""
    from viz.world.worlds import World, differences, scenarios

    world = state.recording.world
    listed = solara.use_memo(lambda: json.dumps([list(pair) for pair in scenarios()]), [])

    def choose(data: dict[str, Any]) -> None:
        scenario, seed = str(data["scenario"]), int(data["seed"])
        is_same = scenario == world.scenario
        chosen = replace(world, seed=seed) if is_same else World(scenario, seed=seed)
        state.open_world(chosen, tab=state.tab.peek())
        if not is_same and (world.changes or world.shocks):
            state.message.set(CONTROLS["left_out"])

    shown = {"scenario": world.scenario, "seed": world.seed, "badges": differences(world)}
    WorldWidget.element(scenarios_json=listed, world_json=json.dumps(shown), did=choose)


@solara.component
def Shocks(state: AppState) -> None:
    """What can strike the world in the quarter that is shown."""
    from viz.widgets.shock_menu import offers, step_words

    recording = state.recording
    calm = recording.world.without_shocks()
    listed = solara.use_memo(
        lambda: json.dumps([asdict(offer) for offer in offers(calm.parameters)]), [calm]
    )
    struck = [step_words(step, calm.parameters) for step in recording.world.shocks]
    ShocksWidget.element(
        offers_json=listed,
        quarter=recording.labels[strike_quarter(state)],
        struck_json=json.dumps(struck),
        taken_back=lambda number: take_back(state, number),
        did=lambda data: strike(state, data),
    )


def take_back(state: AppState, number: int) -> None:
    """Run the world without one of its shocks, or without all of them (-1)."""
    world = state.recording.world
    calmer = world.without_shocks() if number < 0 else world.without_shock(number)
    state.open_world(calmer, tab=state.tab.peek(), quarter=state.quarter.value)


def strike_quarter(state: AppState) -> int:
    """The quarter that a shock would strike: the one shown, or an early one when that is the last.

    A shock in the last quarter would have no time to show what it does.
    """
    last = len(state.recording.labels) - 1
    shown: int = state.quarter.value
    return shown if shown < last else min(EARLY, last)


def strike(state: AppState, data: dict[str, Any]) -> None:
    """Let an offered shock happen in the quarter that is shown, and show what it does."""
    from viz.widgets.shock_menu import offer_of
    from viz.world.worlds import WorldProblem

    offer = offer_of(state.recording.world.without_shocks().parameters, str(data.get("key")))
    if offer is None:
        return
    try:
        size = offer.model_size(float(data.get("size") or 0.0))
        if state.session.cursor != strike_quarter(state):
            state.session.seek(strike_quarter(state))
        state.session.shock(offer.kind, data.get("target") or None, size)
    except WorldProblem as problem:
        state.message.set(str(problem))
        return
    with state.batch():
        state.message.set("")
        if state.tab.peek() in ("story", "about"):
            state.tab.set("live")
        state.touch()


@solara.component
def Parameters(state: AppState) -> None:
    """All parameters of the scenario; the list goes to the browser when it is first opened."""
    from viz.widgets.parameter_tree import parameter_tree

    world = state.recording.world
    is_open, set_open = solara.use_state(False)
    problem, set_problem = solara.use_state("")
    listed = solara.use_memo(
        lambda: (
            json.dumps([info.as_json() for info in parameter_tree(world.scenario)])
            if is_open
            else "[]"
        ),
        [world.scenario, is_open],
    )
    ParametersWidget.element(
        parameters_json=listed,
        changes_json=json.dumps(dict(world.changes)),
        problem=problem,
        wanted=lambda: set_open(True),
        did=lambda data: set_problem(change(state, data)),
    )


def change(state: AppState, values: dict[str, Any]) -> str:
    """Run the world with other values; returns what is wrong with them, "" when nothing is."""
    from viz.world.worlds import WorldProblem

    world = replace(state.recording.world, changes=tuple(values.items()))
    try:
        state.open_world(world, tab=state.tab.peek())
    except WorldProblem as problem:
        return str(problem)
    return ""
