"""A world as a value: scenario, changes, seed and shocks. A run is a function of it alone."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from market.scenario import ScenarioError, describe, load_scenario, scenario_names, toml_value
from runs.own_model import OwnModel, own_model
from runs.problems import nearest
from viz.words import WORDS

if TYPE_CHECKING:
    from market.parameters.world import MarketParameters


MAX_CUSTOMERS = 1_000_000
MAX_QUARTERS = 120
MAX_SEED = 2**32 - 1
MAX_CHANGES = 200
MAX_SHOCKS = 20
MAX_FINISHED = 12
"""Finished worlds that the server keeps for all visitors."""
IDLE_S = 30.0
"""A session's thread ends after so many seconds without work."""


# --- a world as a value


DEFAULT_SCENARIO, DEFAULT_SEED = "reference", 42
MODEL = "KAARTENHUIS_MODEL"
"""Environment variable: the model class that this server runs, "package.module:Class"."""


@lru_cache(maxsize=1)
def server_model() -> OwnModel | None:
    """The model class that all worlds of this server are made of; None for ``MarketModel``."""
    return own_model(os.environ.get(MODEL) or None)


class WorldProblem(ValueError):
    """A world that cannot be: its text is one sentence for the visitor."""


@dataclass(frozen=True, slots=True)
class ShockStep:
    """A shock of the visitor.

    Attributes:
        quarter: when it begins, counted from 0.
        kind: one of the scenarios' kinds. target: company key; None = all it can strike.
        size: in the unit of the kind, see ``market.shocks``. quarters: how long; None = for good.
    """

    quarter: int
    kind: str
    target: str | None = None
    size: float = 0.0
    quarters: int | None = None


@dataclass(frozen=True)
class World:
    """What is simulated.

    Attributes:
        scenario: name of a shipped scenario.
        changes: (path, value) of changed parameters, in the order of their making.
        seed: root of the random streams.
        shocks: what the visitor did to it.
        own_model: what it is made of: the server's model class; None for ``MarketModel``.
    """

    scenario: str = DEFAULT_SCENARIO
    changes: tuple[tuple[str, Any], ...] = ()
    seed: int = DEFAULT_SEED
    shocks: tuple[ShockStep, ...] = ()
    own_model: OwnModel | None = field(default_factory=server_model)

    @property
    def parameters(self) -> MarketParameters:
        """The world's parameters; raises WorldProblem when there is no such world."""
        if not 0 <= self.seed <= MAX_SEED:
            raise WorldProblem(f"The seed {self.seed} is not between 0 and {MAX_SEED}.")
        return _parameters(self.scenario, self.changes, self.shocks)

    @property
    def is_changed(self) -> bool:
        """Whether a parameter differs from the scenario's."""
        return bool(self.changes)

    def without_shocks(self) -> World:
        """The same world without what the visitor did."""
        return replace(self, shocks=())

    def with_shock(self, step: ShockStep) -> World:
        """The same world with one shock more, in the order of their quarters.

        A shock of the same kind on the same target in the same quarter is replaced.
        """
        same = (step.quarter, step.kind, step.target)
        kept = [each for each in self.shocks if (each.quarter, each.kind, each.target) != same]
        ordered = sorted([*kept, step], key=lambda each: each.quarter)
        return replace(self, shocks=tuple(ordered))

    def without_shock(self, number: int) -> World:
        """The same world without one of its shocks, counted from 0."""
        kept = tuple(each for at, each in enumerate(self.shocks) if at != number)
        return replace(self, shocks=kept)

    def with_change(self, path: str, value: Any) -> World:
        """The same world with a parameter changed."""
        kept = tuple((name, old) for name, old in self.changes if name != path)
        return replace(self, changes=(*kept, (path, value)))

    def without_change(self, path: str) -> World:
        """The same world with the scenario's own value of a parameter."""
        return replace(self, changes=tuple(each for each in self.changes if each[0] != path))


def differences(world: World) -> list[str]:
    """How a world differs from its scenario: "2 changes", "1 shock"; nothing when it does not."""
    counts = {"changes": len(world.changes), "shocks": len(world.shocks)}
    return [WORDS(f"frame-count-{what}", n=count) for what, count in counts.items() if count]


def scenarios() -> list[tuple[str, str]]:
    """Shipped scenarios: name and what they show; the reference comes first."""
    return list(_scenarios())


@lru_cache(maxsize=1)
def _scenarios() -> tuple[tuple[str, str], ...]:
    """Read once: they are part of the package."""
    names = sorted(scenario_names(), key=lambda name: (name != DEFAULT_SCENARIO, name))
    return tuple((name, describe(name)) for name in names)


def change_text(path: str, value: Any) -> str:
    """A change as the command line writes it: "path=value"."""
    return f"{path}={toml_value(value)}"


@lru_cache(maxsize=64)
def _parameters(
    scenario: str, changes: tuple[tuple[str, Any], ...], shocks: tuple[ShockStep, ...]
) -> MarketParameters:
    names = scenario_names()
    if scenario not in names:
        raise WorldProblem(f"There is no scenario {scenario!r}: {nearest(scenario, names)}")
    if len(changes) > MAX_CHANGES or len(shocks) > MAX_SHOCKS:
        raise WorldProblem(f"At most {MAX_CHANGES} changes and {MAX_SHOCKS} shocks are possible.")
    if shocks:
        return _with_shocks(_parameters(scenario, changes, ()), shocks)
    try:
        world = load_scenario(scenario, [change_text(path, value) for path, value in changes])
    except (ScenarioError, TypeError) as error:
        raise WorldProblem(str(error)) from None
    _refuse_too_large(world)
    return world


def _refuse_too_large(world: MarketParameters) -> None:
    if world.enterprise.customers > MAX_CUSTOMERS:
        found = world.enterprise.customers
        raise WorldProblem(
            f"enterprise.customers = {found:,} is more than the {MAX_CUSTOMERS:,} of this server."
        )
    if world.quarters > MAX_QUARTERS:
        raise WorldProblem(
            f"quarters = {world.quarters} is more than the {MAX_QUARTERS} of this server."
        )


def _with_shocks(world: MarketParameters, shocks: tuple[ShockStep, ...]) -> MarketParameters:
    if not shocks:
        return world
    late = [step for step in shocks if not 0 <= step.quarter < world.quarters]
    if late:
        last = world.quarter_label(world.quarters - 1)
        raise WorldProblem(
            f"A shock in quarter {late[0].quarter} lies outside the run (to {last})."
        )
    added = {
        f"visitor-{number}": {
            "kind": step.kind,
            "quarter": step.quarter,
            "target": step.target,
            "size": step.size,
            "quarters": step.quarters,
        }
        for number, step in enumerate(shocks, start=1)
    }
    try:
        return world.changed(shocks=added)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        text = str(first["msg"]).removeprefix("Value error, ")
        key = str(first["loc"][-1]) + ": " if first["loc"] else ""
        raise WorldProblem(f"This shock is not possible here: {key}{text}") from None


# --- the world before a change


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a world is measured against.

    Attributes:
        kind: what makes the difference: "shocks", "changes", "all" (both) or "scenario".
        words: what it is, for a reader.
        world: the world before the change.
    """

    kind: str
    words: str
    world: World


def before(world: World) -> World | None:
    """The world before its change: without shocks, else without changes; None when it has none."""
    if world.shocks:
        return world.without_shocks()
    return replace(world, changes=()) if world.changes else None


def baselines(world: World) -> list[Baseline]:
    """What the effect of a world may be measured against, the world before its change first."""
    found: list[Baseline] = []

    def add(kind: str, words: str, other: World) -> None:
        try:
            _ = other.parameters
        except WorldProblem:  # a shock on a firm that only a change brought in
            return
        if other != world and all(other != each.world for each in found):
            found.append(Baseline(kind, words, other))

    if world.shocks:
        add("shocks", WORDS("effects-before-shocks", n=len(world.shocks)), world.without_shocks())
    if world.changes:
        words = WORDS("effects-before-changes", scenario=world.scenario, n=len(world.changes))
        add("changes", words, replace(world, changes=()))
    if world.shocks and world.changes:
        words = WORDS("effects-before-all", scenario=world.scenario)
        add("all", words, replace(world, changes=(), shocks=()))
    if world.scenario != DEFAULT_SCENARIO:
        words = WORDS("effects-before-scenario", scenario=DEFAULT_SCENARIO)
        add("scenario", words, World(seed=world.seed, own_model=world.own_model))
    return found
