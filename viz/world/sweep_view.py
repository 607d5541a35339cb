"""A stored sweep for the eye: response curves, maps of two parameters, and the world of a run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from market.indicators import MODEL_INDICATORS, agent_indicators
from market.network_indicators import FIRM_NETWORK, MARKET_NETWORK
from market.parameters.schema import Leaf, dotted, find
from market.parameters.world import MarketParameters
from market.scenario import ScenarioError, parse_override, parse_path
from runs.problems import SweepProblem
from runs.single_run.outcomes import OUTCOMES
from runs.sweep.manifest import read_manifest
from runs.sweep.results import load
from runs.twin_runs.results import mean_effect, share_effect
from viz.words import WORDS, text_or
from viz.world.ensembles import firm_names
from viz.world.worlds import World, WorldProblem

if TYPE_CHECKING:
    import pandas as pd


_AT = re.compile(r"at\((\d+)\)\Z")
_GROUPS = ("labs", "startups", "clouds", "chipmakers", "investors")
BILLION = 1e9
PART = "1 of "
"""Begins the unit of what is a part of something else: "1 of a round"."""


@dataclass(frozen=True, slots=True)
class Label:
    """How values of a parameter or an output are called.

    Attributes:
        text: what it is, without its unit.
        unit: unit of the shown values.
        divisor: stored value over shown value.
    """

    text: str
    unit: str
    divisor: float = 1.0

    def shown(self, value: float) -> float:
        """A value in the unit of the label, with four significant digits."""
        return float(f"{value / self.divisor:.4g}")

    def word(self, value: Any) -> str:
        """A value as text on an axis: "105", "0.5", "never"."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        return f"{self.shown(float(value)):,.10g}"


def scaled_label(text: str, unit: str, values: Iterable[float]) -> Label:
    """A label whose unit fits the size of its values: USD become bn USD when they are large."""
    largest = max((abs(value) for value in values), default=0.0)
    if unit.startswith("USD") and largest >= BILLION / 10:
        return Label(text, f"bn {unit}", BILLION)
    if unit == "1" and "share" in text.lower():
        return Label(text, "%", 0.01)
    if unit.startswith(PART):
        return Label(text, f"% of {unit.removeprefix(PART)}", 0.01)
    return Label(text, "" if unit in ("1", "switch") else unit)


def parameter_label(path: str, world: MarketParameters | None, values: Iterable[Any]) -> Label:
    """Name of a parameter: the firm it belongs to, its meaning and unit; its path when unknown."""
    numbers = [float(v) for v in values if isinstance(v, int | float)]
    try:
        keys = parse_path(path, "")
    except ScenarioError:
        return Label(path, "")
    if keys[0] == "shocks" and keys[-1] == "size" and world is not None:
        shock = world.shocks.get(keys[1])
        sizes = shock.declared.sizes if shock is not None else None
        if sizes is not None:
            return scaled_label(sizes.meaning, sizes.unit, numbers)
    leaf = find(keys)
    if not isinstance(leaf, Leaf):
        return Label(path, "")
    meaning = (leaf.field.description or path).rstrip(".").split(":")[0]
    names = firm_names(world) if world is not None else {}
    if keys[0] in _GROUPS and keys[1] in names:
        meaning = WORDS("sweeps-firm", firm=names[keys[1]], what=meaning[:1].lower() + meaning[1:])
    return scaled_label(meaning, leaf.unit, numbers)


def output_label(
    name: str, world: MarketParameters | None, values: Iterable[Any], is_flag: bool
) -> Label:
    """Name of an output; one that is true or false is shown as a share of the runs."""
    text, unit = _output(name, firm_names(world) if world is not None else {})
    if is_flag:
        return Label(text, WORDS("sweeps-share"), 0.01)
    numbers = [float(v) for v in values if isinstance(v, int | float)]
    return scaled_label(text, unit, numbers)


def _output(name: str, names: dict[str, str]) -> tuple[str, str]:
    """Text and unit of an output; its own name when it is not known."""
    if name in OUTCOMES:
        outcome = OUTCOMES[name]
        return outcome.meaning.rstrip("."), outcome.unit
    left, _, way = name.partition(":")
    if left == "defaulted":
        return WORDS("sweeps-defaulted", firm=names.get(way, way)), "1"
    key, dot, indicator = left.partition(".")
    known = _INDICATORS.get(indicator if dot else left)
    if known is None:
        return name, ""
    meaning, unit = known
    place = _AT.match(way)
    when = WORDS("sweeps-at", quarter=place[1]) if place else text_or(f"sweeps-way-{way}", way)
    text = WORDS("sweeps-output", what=meaning.rstrip("."), way=when)
    if way == "sum":
        unit = unit.removesuffix(" per quarter")
    if dot:
        text = WORDS("sweeps-firm", firm=names.get(key, key), what=text[:1].lower() + text[1:])
    return text, unit


_INDICATORS: dict[str, tuple[str, str]] = {
    each.name: (each.meaning, each.unit)
    for group in (FIRM_NETWORK, *agent_indicators().values(), MARKET_NETWORK, MODEL_INDICATORS)
    for each in group
}


# --- a stored sweep for the eye


MAX_VALUES, BINS = 15, 8
"""A parameter with more values than this is shown in so many equal intervals."""
MAX_POINTS = 1500
"""Runs that are drawn as dots; of more, every so many-th."""


class ViewProblem(ValueError):
    """A sweep, or a run of it, that cannot be shown, and why."""


@dataclass(frozen=True)
class Cell:
    """Runs with about the same value of the chosen parameters.

    Attributes:
        values: of the parameters; the middle of an interval where there are many.
        mean: mean of the output; nan where no run has a value. low, high: its 95% interval; nan
            where there is one run.
        runs: how many have a value. typical: id of the run that is nearest to the mean; the first
            run where none has a value.
        total: how many ended well, with a value or without.
    """

    values: tuple[Any, ...]
    mean: float
    low: float
    high: float
    runs: int
    typical: int
    total: int

    @property
    def is_partial(self) -> bool:
        """Whether some runs have no value."""
        return self.runs < self.total


@dataclass(frozen=True)
class SweepView:
    """All stored runs of a sweep.

    Attributes:
        frame: one row per run, as ``runs.load`` gives it.
        manifest: what the folder says about itself.
    """

    frame: pd.DataFrame
    manifest: Mapping[str, Any]

    @classmethod
    def open(cls, folder: Path) -> SweepView:
        """Read a folder; raises ViewProblem when it holds no sweep that can be read."""
        try:
            return cls(load(folder), read_manifest(folder))
        except (SweepProblem, OSError, KeyError, ValueError) as error:
            raise ViewProblem(str(error)) from None

    @property
    def outputs(self) -> list[str]:
        """Measured outputs that are numbers, or true and false."""
        return [str(name) for name, kind in self.manifest["outputs"].items() if kind != "string"]

    @property
    def varied(self) -> list[str]:
        """Varied parameters."""
        return [str(name) for name in self.manifest["varied"]]

    @property
    def arms(self) -> list[str]:
        """Compared worlds; one empty name when there are none."""
        return [str(name) for name in dict.fromkeys(self.frame["arm"].tolist())]

    @property
    def statuses(self) -> Counter[str]:
        """How many runs ended in which way."""
        return Counter(self.frame["status"].tolist())

    def is_flag(self, output: str) -> bool:
        """Whether an output is true or false, and so shown as a share."""
        import pandas as pd

        return bool(pd.api.types.is_bool_dtype(self.frame[output]))

    def points(self, output: str, parameters: Sequence[str], arm: str) -> pd.DataFrame:
        """Runs of an arm that have a value: run_id, the parameters, value (0 and 1 for flags)."""
        return self._runs(output, parameters, arm).dropna().reset_index(drop=True)

    def _runs(self, output: str, parameters: Sequence[str], arm: str) -> pd.DataFrame:
        """Columns of ``points`` for all runs that ended well and have the parameters."""
        runs = self.frame[(self.frame["arm"] == arm) & (self.frame["status"] == "ok")]
        table = runs[["run_id", *parameters]].copy()
        table["value"] = runs[output].astype("float64")
        return table.dropna(subset=list(parameters)).reset_index(drop=True)

    def cells(self, output: str, parameters: Sequence[str], arm: str) -> list[Cell]:
        """Runs grouped by one or two parameters, ordered by their values."""
        table = self._runs(output, parameters, arm)
        keys = [f"key {number}" for number in range(len(parameters))]
        for key, name in zip(keys, parameters, strict=True):
            table[key] = _intervals(table[name])
        groups = table.groupby(keys, sort=True, observed=True)
        return [self._cell(tuple(values), group, output) for values, group in groups]

    def _cell(self, values: tuple[Any, ...], group: pd.DataFrame, output: str) -> Cell:
        known = group.dropna(subset=["value"])
        numbers = known["value"].to_numpy(dtype=np.float64)
        if not len(numbers):
            nothing = float("nan")
            return Cell(
                values, nothing, nothing, nothing, 0, int(group["run_id"].iloc[0]), len(group)
            )
        effect = share_effect(numbers) if self.is_flag(output) else mean_effect(numbers)
        nearest = int(np.abs(numbers - effect.mean).argmin())
        typical = int(known["run_id"].iloc[nearest])
        span = (effect.mean, effect.low, effect.high)
        return Cell(values, *span, effect.n, typical, len(group))

    # --- the world of a run

    @cached_property
    def _spec(self) -> Mapping[str, Any]:
        spec: Mapping[str, Any] = self.manifest["spec"]
        return spec

    def run_value(self, run_id: int, column: str) -> Any:
        """What a stored run has in a column of the frame: a parameter, an output or its status."""
        return self.frame.loc[self.frame["run_id"] == run_id, column].iloc[0]

    def world(self, run_id: int, folder: Path | None = None) -> World:
        """The world of a run, to be opened in the app.

        Args:
            run_id: number of the run.
            folder: folder of the sweep; with it the world is compared with the one that was run.

        Raises:
            ViewProblem: the app cannot show that world.
        """
        status = str(self.run_value(run_id, "status"))
        if status != "ok":
            raise ViewProblem(WORDS("sweeps-run-failed", run=run_id, status=status))
        world = self._world(run_id)
        model = self._spec.get("model")
        if model != (world.own_model.name if world.own_model else None):
            raise ViewProblem(WORDS("sweeps-other-model", run=run_id, model=model or "MarketModel"))
        try:
            parameters = world.parameters
        except WorldProblem:
            raise ViewProblem(
                WORDS("sweeps-not-shipped", run=run_id, name=world.scenario)
            ) from None
        if folder is not None and _told(parameters) != _told(_stored_world(folder, run_id)):
            raise ViewProblem(WORDS("sweeps-not-equal", run=run_id, name=world.scenario))
        return world

    def _world(self, run_id: int) -> World:
        spec = self._spec
        scenario = str(spec.get("scenario", ""))
        changes = [parse_override(text) for text in spec.get("changes", ())]
        named = [(dotted(path), value) for path, value in changes]
        arm = str(self.run_value(run_id, "arm"))
        for each in spec.get("arms", ()):
            if each["name"] == arm:
                scenario = each.get("scenario") or scenario
                named += list(each.get("set", {}).items())
        if spec.get("quarters") is not None and "quarters" not in self.varied:
            named.append(("quarters", spec["quarters"]))
        for name in self.varied:
            value = self.run_value(run_id, name)
            if not _is_missing(value):
                named.append((name, _plain(value)))
        seed = int(self.run_value(run_id, "seed"))
        return World(scenario, tuple(dict(named).items()), seed)


def _told(parameters: Any) -> dict[str, Any]:
    """Parameters without words, and without what a change of the length alone decides."""
    values: dict[str, Any] = parameters.model_dump()
    for name in ("name", "description", "quarters"):
        values.pop(name)
    return values


def _stored_world(folder: Path, run_id: int) -> Any:
    from runs.commands.results import stored_plan

    plan = stored_plan(folder)
    task: Any = plan.task
    return task.world(plan.design.slice(run_id, 1).to_pylist()[0])


def _is_missing(value: Any) -> bool:
    """Whether a parameter did not apply in a run."""
    import pandas as pd

    return bool(pd.isna(value))


def _plain(value: Any) -> Any:
    """A numpy value as Python's own."""
    return value.item() if hasattr(value, "item") else value


def _intervals(column: pd.Series) -> pd.Series:
    """Values as they are, or the middle of their interval where there are many."""
    import pandas as pd

    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if not is_number or column.nunique() <= MAX_VALUES:
        return column
    low, high = float(column.min()), float(column.max())
    width = (high - low) / BINS
    numbers = ((column.astype("float64") - low) / width).astype("int64").clip(0, BINS - 1)
    middles: pd.Series = low + (numbers + 0.5) * width
    return middles
