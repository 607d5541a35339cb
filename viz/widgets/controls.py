"""The panel at the left: which world, play, strike, parameters."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import ipyvuetify
import solara
import traitlets

from market.parameters.deals import made_by
from market.parameters.schema import Leaf, find
from market.scenario import parse_path, read_scenario, scenario_table
from viz.words import WORDS, text_or, texts_by_key
from viz.world.ensembles import firm_names
from viz.world.sweep_view import PART
from viz.world.worlds import MAX_CUSTOMERS, MAX_QUARTERS

if TYPE_CHECKING:
    from viz.session.state import AppState


type Kind = Literal["bool", "int", "float", "text"]
BILLION = 1e9
OPEN_STEP = 1e-9
"""How far inside an open bound (over 0) the nearest value lies, as a part of 1."""
_CAPS = {"enterprise.customers": MAX_CUSTOMERS, "quarters": MAX_QUARTERS}
"""Limits of the app that are lower than the model's."""
_NOT_SHOWN = ("name", "description", "start")


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """One control.

    Attributes:
        path: dotted path. group: title of its group. label: its name in words.
        unit: of the value as it is shown; "" for switches and texts. kind: what it holds.
        scale: a shown number times this is the model's: 1e9 for large sums, shown in bn USD.
        low, high: bounds in the app; None where there is none. bounds: the same in words.
        default: the scenario's value. choices: words to choose from; () for others.
        meaning, source, confidence: as declared, or as the scenario states.
    """

    path: str
    group: str
    label: str
    unit: str
    scale: float
    kind: Kind
    low: float | None
    high: float | None
    bounds: str
    default: Any
    choices: tuple[str, ...]
    meaning: str
    source: str
    confidence: str

    @property
    def text(self) -> str:
        """What a search looks in, in small letters."""
        words = (
            self.path,
            self.path.replace("_", " "),
            self.group,
            self.label,
            self.meaning,
            self.unit,
            self.confidence,
        )
        return " ".join(words).lower()

    def as_json(self) -> dict[str, Any]:
        """All attributes, and ``text``, as JSON can hold them."""
        return {**asdict(self), "choices": list(self.choices), "text": self.text}


@lru_cache(maxsize=32)
def parameter_tree(scenario: str) -> tuple[ParameterInfo, ...]:
    """The controls of a shipped scenario, group by group; behaviour first, then companies.

    What is no number, switch or choice of words (names, references to companies, quarters that
    never come) is not shown, and no deal that moves no money.
    """
    read = read_scenario(scenario)
    names = firm_names(read.parameters)
    moving = {*made_by(read.parameters.model_dump()).values()}
    rows = (row for row in scenario_table(read) if _is_shown(row.path, moving))
    found = [_info(row, names) for row in rows]
    return tuple(info for info in found if info is not None)


def _is_shown(path: str, moving: Collection[str]) -> bool:
    keys = parse_path(path, "")
    return keys[0] != "deals" or keys[1] in moving


def groups(infos: Sequence[ParameterInfo]) -> list[str]:
    """Titles of the groups in order."""
    return list(dict.fromkeys(info.group for info in infos))


def _info(row: Any, names: Mapping[str, str]) -> ParameterInfo | None:
    path = parse_path(row.path, "")
    leaf = find(path)
    if not isinstance(leaf, Leaf) or path[0] in _NOT_SHOWN or path[0] == "shocks":
        return None
    choices = leaf.choices
    kind = _kind(row.value)
    if kind is None or (kind == "text" and not choices):
        return None
    low, high = _bounds(leaf, row.path)
    unit, scale = _shown_unit(row.unit, row.value, high or 0.0)
    return ParameterInfo(
        row.path,
        _group(path, names),
        path[-1].removesuffix("_usd").replace("_", " "),
        unit,
        scale,
        kind,
        low,
        high,
        _bounds_words(leaf, row.path, scale),
        row.value,
        choices,
        row.meaning,
        row.source,
        row.confidence,
    )


def _kind(value: Any) -> Kind | None:
    kinds: tuple[tuple[type, Kind], ...] = (
        (bool, "bool"),
        (int, "int"),
        (float, "float"),
        (str, "text"),
    )
    return next((kind for cls, kind in kinds if isinstance(value, cls)), None)


def _shown_unit(unit: str, value: Any, most: float) -> tuple[str, float]:
    """Unit in which a value is shown, and what one of it is in the model: large sums in bn USD."""
    if unit in {"1", "switch", "text"}:
        return "", 1.0
    if unit.startswith(PART):
        return WORDS("parameters-part-of", what=unit.removeprefix(PART)), 1.0
    is_sum = unit.startswith("USD") and isinstance(value, int | float)
    is_large = is_sum and (abs(value) >= BILLION / 10 or (value == 0 and most >= 100 * BILLION))
    return (f"bn {unit}", BILLION) if is_large else (unit, 1.0)


def _group(path: Sequence[str], names: Mapping[str, str]) -> str:
    title = text_or(f"parameters-group-{path[0]}", path[0].replace("_", " "))
    return f"{title}: {_key_words(path[1], names)}" if len(path) > 2 else title


def _key_words(key: str, names: Mapping[str, str]) -> str:
    """A key in words: "Lab A", "Lab A – Cloud B", "US east"; one of no firm keeps its letters."""
    if key in names:
        return names[key]
    parts = key.split("-")
    if any(part in names for part in parts):
        return " – ".join(names.get(part, part) for part in parts)
    words = " ".join(part.upper() if len(part) == 2 else part for part in parts)
    return words[:1].upper() + words[1:]


def _bounds(leaf: Leaf, path: str) -> tuple[float | None, float | None]:
    """Smallest and largest value in the app; an open bound is moved a hair inside."""
    low, high = _model_bounds(leaf)
    cap = _CAPS.get(path)
    return low, cap if cap is not None and (high is None or cap < high) else high


def _bounds_words(leaf: Leaf, path: str, scale: float) -> str:
    """Bounds that hold in the app as they are shown, and the model's where they are wider."""
    (low, high), (_, model) = _bounds(leaf, path), _model_bounds(leaf)
    if high == model or low is None or high is None or model is None:
        return _span_words(leaf, scale)
    return WORDS(
        "parameters-app-bounds", low=f"{low:,g}", high=f"{high:,.0f}", model=f"{model:,.0f}"
    )


def _span_words(leaf: Leaf, scale: float) -> str:
    """Both bounds of the model in words, "over 0, at most 500,000"; "" when there are none."""
    order = ("ge", "gt", "le", "lt")
    found = {
        name: f"{float(getattr(rule, name)) / scale:,.15g}"
        for rule in leaf.field.metadata
        for name in order
        if getattr(rule, name, None) is not None
    }
    if set(found) == {"ge", "le"}:
        return WORDS("parameters-span", low=found["ge"], high=found["le"])
    texts = texts_by_key("parameters-bound", [name for name in order if name in found], value="{}")
    return ", ".join(text.format(found[name]) for name, text in texts.items())


def _model_bounds(leaf: Leaf) -> tuple[float | None, float | None]:
    """Smallest and largest value that the model takes."""
    found: dict[str, float] = {
        name: float(getattr(rule, name))
        for rule in leaf.field.metadata
        for name in ("ge", "gt", "le", "lt")
        if getattr(rule, name, None) is not None
    }
    low = found.get("ge", found["gt"] + OPEN_STEP if "gt" in found else None)
    high = found.get("le", found["lt"] - OPEN_STEP if "lt" in found else None)
    return low, high


# --- the panel at the left


SPEEDS = (1, 2, 4, 8, 12, 20)
"""Quarters per second that can be chosen."""


EARLY = 4
"""Quarter that is struck when the last one is shown: a year after the start."""


_WORDS = (
    "world",
    "seed_short",
    "target",
    "scenario",
    "seed",
    "new_seed",
    "run",
    "play",
    "pause",
    "step",
    "back",
    "reset",
    "end",
    "speed",
    "time",
    "shocks",
    "shock_now",
    "twin",
    "struck",
    "take_back",
    "take_back_all",
    "parameters",
    "search",
    "no_match",
    "changed",
    "reset_one",
    "out_of_bounds",
    "not_whole",
    "finite",
    "take_last",
    "reset_all",
    "apply",
)
"""What the templates of the panel ask for."""


def panel_words() -> str:
    """The words of the panel as JSON; the browser puts the bounds of a value in their place."""
    return json.dumps(texts_by_key("controls", _WORDS, bounds="{bounds}"))


class _Panel(ipyvuetify.VuetifyTemplate):
    """A part of the panel: state and words go over as JSON, what the visitor does comes back."""

    words_json = traitlets.Unicode("{}").tag(sync=True)
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


LONG_S = 2.0
"""A world that has taken so many seconds and runs on shows the button that stops it."""


def player_state(state: AppState) -> dict[str, Any]:
    """What the player shows."""
    recording = state.recording
    session = state.session
    is_long = session.is_busy and recording.worked_s > LONG_S
    return {
        "cursor": session.cursor,
        "recorded": recording.quarters_recorded,
        "total": len(recording.labels),
        "labels": list(recording.labels),
        "is_playing": session.is_playing or is_long,
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
        words_json=panel_words(),
        state_json=json.dumps(player_state(state)),
        did=lambda data: act(state, data),
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
            state.message.set(WORDS("controls-left_out"))

    shown = {"scenario": world.scenario, "seed": world.seed, "badges": differences(world)}
    WorldWidget.element(
        words_json=panel_words(), scenarios_json=listed, world_json=json.dumps(shown), did=choose
    )


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
        words_json=panel_words(),
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
        words_json=panel_words(),
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
