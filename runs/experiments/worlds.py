"""The worlds of an experiment: scenarios loaded, parameters typed, the world of a run built."""

from __future__ import annotations

import operator
import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin

from pydantic import ValidationError

from market.parameters.deals import without_entries
from market.parameters.fields import nearest
from market.parameters.schema import (
    NEVER,
    Leaf,
    bounds_text,
    dotted,
    find,
    from_validation,
    known_keys,
    shown,
)
from market.parameters.world import QUARTER_LABEL, MarketParameters, quarter_index
from market.scenario import (
    Scenario,
    ScenarioError,
    dump_scenario,
    parse_path,
    read_scenario,
    scenario_names,
    toml_key,
    toml_value,
)
from runs.experiments.experiment import Experiment
from runs.problems import ExperimentError

Path = tuple[str, ...]
LARGEST_WHOLE = 10**18
"""Whole numbers of a design stay under this, so that 64 bits hold them."""
_NONE = type(None)
_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_CONDITION = re.compile(r"^(?P<path>[^=!<>]+?)\s*(?P<sign>==|!=|<=|>=|<|>)\s*(?P<value>.+)$")


@dataclass(frozen=True, slots=True)
class Condition:
    """Where a parameter applies: another one compared with a value."""

    path: str
    sign: str
    value: Any

    def holds(self, point: Mapping[str, Any]) -> bool:
        """Whether it holds at a point; never where the other parameter does not apply."""
        found = point.get(self.path)
        return found is not None and bool(_COMPARE[self.sign](found, self.value))


@dataclass(frozen=True, slots=True)
class Varied:
    """A parameter that varies.

    Attributes:
        name: its dotted path. path: the parts of it.
        values: its values; empty for a range.
        low, high: ends of the range.
        is_log: whether the range is covered on a log scale.
        is_whole: whether only whole numbers of the range count.
        levels: values that a grid takes from the range.
        when: where it applies; None for everywhere.
    """

    name: str
    path: Path
    values: tuple[Any, ...]
    low: float
    high: float
    is_log: bool
    is_whole: bool
    levels: int | None
    when: Condition | None


def worlds_of(experiment: Experiment) -> dict[str, Scenario]:
    """Arm -> its scenario with all changes; the arm is "" when there are no arms."""
    if not experiment.arms:
        return {"": _read(experiment, experiment.scenario, (), "experiment.scenario")}
    worlds = {}
    for arm in experiment.arms:
        changes = [f"{_key(path)}={toml_value(value)}" for path, value in arm.set.items()]
        name = arm.scenario or experiment.scenario
        worlds[arm.name] = _read(experiment, name, changes, f"arms.{arm.name}")
    return worlds


def _key(path: str) -> str:
    """A path as an option: as it is when it reads as dotted keys, else as one quoted key."""
    try:
        parse_path(path, "")
    except ScenarioError:
        return toml_key(path)
    return path


def _read(experiment: Experiment, name: str, changes: Sequence[str], where: str) -> Scenario:
    target = name if name in scenario_names() else experiment.path(name)
    try:
        return read_scenario(target, [*experiment.changes, *changes])
    except ScenarioError as error:
        raise ExperimentError(experiment.origin, str(error), path=where) from None


def varied_of(experiment: Experiment, worlds: Mapping[str, Scenario]) -> tuple[Varied, ...]:
    """The varied parameters in order, checked against every arm's world.

    Raises:
        ExperimentError: a path, type, bound or condition does not fit.
    """
    found = tuple(_varied(experiment, name, worlds) for name in experiment.vary)
    by_name = {each.name: each for each in found}
    for each in found:
        _refuse_circle(experiment, each, by_name)
    return found


def _varied(experiment: Experiment, name: str, worlds: Mapping[str, Scenario]) -> Varied:
    how, where = experiment.vary[name], f"vary.{name}"
    path, leaf = locate_parameter(name, worlds, experiment.origin, where)
    start = next(iter(worlds.values())).parameters.start
    values = tuple(
        convert(value, leaf, start, experiment.origin, where) for value in how.values or ()
    )
    is_whole = int in leaf_types(leaf)
    low, high = how.low or 0.0, how.high or 0.0
    if not values:
        if int not in leaf_types(leaf) and float not in leaf_types(leaf):
            reason = f"a range needs a number: it is {leaf.type_text}; give values"
            raise ExperimentError(experiment.origin, reason, path=where)
        if is_whole and not (low.is_integer() and high.is_integer()):
            reason = "needs whole numbers as low and high: it counts something"
            raise ExperimentError(experiment.origin, reason, path=where)
    when = None if how.when is None else _condition(experiment, how.when, where, worlds)
    return Varied(name, path, values, low, high, how.scale == "log", is_whole, how.levels, when)


def leaf_types(leaf: Leaf) -> tuple[type, ...]:
    """The plain types that a parameter may have; a choice of words is a text."""
    is_union = get_origin(leaf.type) in {Union, types.UnionType}
    parts = get_args(leaf.type) if is_union else (leaf.type,)
    return tuple(part if part in {bool, int, float} else str for part in parts if part is not _NONE)


def locate_parameter(
    name: str, worlds: Mapping[str, Scenario], origin: str, where: str
) -> tuple[Path, Leaf]:
    """The path and declaration of a parameter that every arm's world has."""
    try:
        path = parse_path(name, origin)
    except ScenarioError as error:
        raise ExperimentError("", str(error)) from None
    for depth in range(1, len(path) + 1):
        if find(path[:depth]) is None:
            hint = nearest(path[depth - 1], known_keys(path[: depth - 1]))
            raise ExperimentError(origin, f"there is no parameter {name!r}{hint}", path=where)
    leaf = find(path)
    if not isinstance(leaf, Leaf):
        hint = nearest("", known_keys(path))
        raise ExperimentError(origin, f"{name!r} is a table, not a parameter{hint}", path=where)
    for arm, world in worlds.items():
        here: Any = world.parameters.model_dump()
        for depth, key in enumerate(path, start=1):
            if not isinstance(here, dict) or key not in here:
                owner = f"arm {arm}" if arm else f"scenario {world.parameters.name}"
                hint = nearest(key, list(here) if isinstance(here, dict) else [])
                reason = f"{owner} has no {dotted(path[:depth])!r}{hint}"
                raise ExperimentError(origin, reason, path=where)
            here = here[key]
    return path, leaf


def convert(value: Any, leaf: Leaf, start: str, origin: str, where: str) -> Any:
    """A value with the type of its parameter; a quarter's label becomes its number."""
    known = leaf_types(leaf)
    if isinstance(value, int) and abs(value) >= LARGEST_WHOLE:
        raise ExperimentError(origin, "has more than 18 digits", path=where, value=value)
    if leaf.is_quarter and isinstance(value, str):
        if value == NEVER:
            reason = "'never' cannot vary: leave the entry out in an arm"
            raise ExperimentError(origin, reason, path=where)
        number = quarter_index(start, value) if QUARTER_LABEL.match(value) else -1
        if number < 0:
            reason = f"{value!r} is no quarter from {start} on"
            raise ExperimentError(origin, reason, path=where)
        return number
    if float in known and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, known) or (isinstance(value, bool) and bool not in known):
        bounds = bounds_text(leaf.field)
        reason = f"{shown(value)} must be a {leaf.type_text}{' ' + bounds if bounds else ''}"
        raise ExperimentError(origin, reason, path=where)
    return value


def _condition(
    experiment: Experiment, text: str, where: str, worlds: Mapping[str, Scenario]
) -> Condition:
    match = _CONDITION.match(text.strip())
    if match is None:
        reason = "must be 'path == value'; signs: " + " ".join(_COMPARE)
        raise ExperimentError(experiment.origin, reason, path=f"{where}.when", value=text)
    path = match["path"].strip()
    if path not in experiment.vary:
        reason = f"{path!r} does not vary{nearest(path, list(experiment.vary))}"
        raise ExperimentError(experiment.origin, reason, path=f"{where}.when", value=text)
    from runs.experiments.text import value_of

    _, leaf = locate_parameter(path, worlds, experiment.origin, f"vary.{path}")
    start = next(iter(worlds.values())).parameters.start
    value = convert(value_of(match["value"]), leaf, start, experiment.origin, f"{where}.when")
    return Condition(path, match["sign"], value)


def _refuse_circle(experiment: Experiment, each: Varied, by_name: Mapping[str, Varied]) -> None:
    seen, here = [each.name], each
    while here.when is not None:
        here = by_name[here.when.path]
        if here.name in seen:
            names = " -> ".join([*seen, here.name])
            reason = f"conditions go in a circle: {names}"
            raise ExperimentError(experiment.origin, reason, path=f"vary.{each.name}.when")
        seen.append(here.name)


def in_order_of_conditions(varied: Sequence[Varied]) -> list[Varied]:
    """Each parameter after the one that its condition names, else in the given order."""
    ordered: list[Varied] = []
    left = list(varied)
    while left:
        done = {each.name for each in ordered}
        found = next(each for each in left if each.when is None or each.when.path in done)
        ordered.append(found)
        left.remove(found)
    return ordered


# --- the world of a run


def world_with(
    base: MarketParameters, tree: Mapping[str, Any], changes: Mapping[Path, Any]
) -> MarketParameters:
    """A world with values replaced, checked anew: about 1 ms for the reference scenario.

    What a deal with a new value makes is made anew.

    Args:
        base: the world to start from.
        tree: ``base.model_dump()``, which is not changed.
        changes: path -> value.

    Raises:
        ScenarioError: a value does not fit.
    """
    if not changes:
        return base
    deals = {path[1] for path in changes if path[0] == "deals"}
    root = without_entries(tree, deals) if deals else dict(tree)
    fresh: dict[Path, dict[str, Any]] = {(): root}
    for path, value in changes.items():
        for depth in range(1, len(path)):
            if path[:depth] not in fresh:
                above = fresh[path[: depth - 1]]
                above[path[depth - 1]] = fresh[path[:depth]] = dict(above.get(path[depth - 1], {}))
        fresh[path[:-1]][path[-1]] = value
    try:
        return MarketParameters.model_validate(root, strict=True)
    except ValidationError as error:
        raise from_validation(error, "", {}) from None


def world_text(scenario: Scenario) -> str:
    """A world as a scenario file, sources included."""
    return dump_scenario(scenario.parameters, scenario.provenance)
