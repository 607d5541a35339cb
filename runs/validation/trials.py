"""Trials: the ensembles of runs and twins that the gates need, one file each in ``trials/``.

A trial is a sweep with its own way to do a run, so it is stored, resumed and verified as any sweep
(``runs.experiments.sweeps``). Its arms share their seeds; in uncertain worlds every seed has a
point of its own in the hypercube of uncertain parameters, the same in all arms.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runs.claims.studies import uncertain_parameters
from runs.experiments.plan import ExperimentTask
from runs.own_model import class_of
from runs.problems import ExperimentError, nearest
from runs.sweep.one_run import RunResult, failed
from runs.twin_runs.interventions import Fail, Intervention, NewSeed
from runs.twin_runs.pairs import clone
from runs.validation.measures import (
    STATISTICS,
    Record,
    check_statistics,
    measured,
    record_series,
)
from runs.validation.worlds import Change, is_known

if TYPE_CHECKING:
    import pyarrow as pa

    from market.model import MarketModel
    from market.parameters.world import MarketParameters
    from runs.experiments.experiment import Experiment
    from runs.sweep.plan import SweepPlan


FOLDER = Path(__file__).parent / "trials"
SCENARIOS = Path(__file__).parent / "scenarios"
"""Worlds that belong to a trial and to nothing else."""
KIND = "trial"
SEED = 2025
"""Root of all seeds unless the user gives another."""
STEPS = 10
"""Equal steps of a parameter's prior: gate G5."""
type Worlds = Literal["reference", "uncertain"]
WORLDS: tuple[Worlds, ...] = get_args(Worlds.__value__)
NO_ARM = ""
"""Arm of a plan before the arms of its trial are crossed with it."""
START, TARGET = "start", "target"
"""Columns of the design of twins: the quarter in which they part, and the firm that is struck."""
WITH, WITHOUT = "with:", "without:"
"""Before the name of a statistic of twins: in which of the two it is measured."""
GROWING = "is_growing"
STATE = (
    "state_quarter",
    "freezes",
    "continued",
    "control_freezes",
    "control_continued",
)
"""What a trial of states gives: see ``_states``."""


class TrialArm(Change):
    """A world of a trial.

    Attributes:
        moves: statistic that the mechanism which this arm switches off moves.
        falls: whether that statistic is smaller without the mechanism; None where theory is silent.
        against: arm that it is compared with, to which it adds its own change; "" for the first.
        is_optional: left out in a version whose worlds lack a parameter that it names.
    """

    moves: str = ""
    falls: bool | None = None
    against: str = ""
    is_optional: bool = False

    @property
    def is_there(self) -> bool:
        """Whether this version has all parameters that it names."""
        return all(is_known(path) for path in self.paths)

    def upon(self, world: TrialArm | None) -> TrialArm:
        """This change on top of that of another arm."""
        if world is None:
            return self
        both: dict[str, Any] = {
            name: getattr(world, name) | getattr(self, name) for name in ("set", "add", "times")
        }
        if self.money is None:
            both["money"] = world.money
        return self.model_copy(update=both)


class Parting(BaseModel):
    """What parts two twins.

    Attributes:
        kind: "drought" (investors' pledges and inflow), "file" (a firm files for bankruptcy), or
            "seed" (two quarters before the first freeze, other seeds; see ``_states``).
        starts: quarters in which they part, each a pair of its own.
        size, quarters: of the drought.
        largest_clouds: how many of the clouds with the largest CapEx are struck, one by one.
        after: quarters that are measured from there on.
        only_growing: pairs in which orders do not grow at the parting are left out.
        seeds: how often a state is continued with another seed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["drought", "file", "seed"]
    starts: tuple[int, ...] = ()
    size: float = 1.0
    quarters: int | None = None
    largest_clouds: int = 0
    after: int = Field(default=12, ge=1)
    only_growing: bool = False
    seeds: int = Field(default=1, ge=1)


class Trial(BaseModel):
    """An ensemble.

    Attributes:
        name, meaning: short name, and what it is for.
        arms: worlds that are compared, with the same seeds; one without changes for none.
        steps: parameters whose prior is walked in ``STEPS`` equal steps, each end of a step an arm.
        seeds: seeds for each that was asked for. quick: the same in the quick validation.
        quarters: length; None for the scenario's.
        statistics: what is measured; all statistics for none.
        series: what is kept by quarter, see ``Record.series``.
        has_firms: whether the series of ``opening.toml`` are kept too.
        parts: what parts two twins; None for plain runs.
        scenario: a world of its own, one of ``scenarios/``; "" for the one that was asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9-]{1,30}$")
    meaning: str
    arms: dict[str, TrialArm] = {}
    steps: tuple[str, ...] = ()
    seeds: float = Field(default=1.0, gt=0)
    quick: float | None = Field(default=None, gt=0)
    quarters: int | None = None
    statistics: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    has_firms: bool = False
    parts: Parting | None = None
    scenario: str = ""

    def count(self, seeds: int, *, is_quick: bool) -> int:
        """Seeds of this trial for a wished number."""
        factor = self.quick if is_quick and self.quick is not None else self.seeds
        return max(2, ceil(factor * seeds))

    @property
    def present(self) -> dict[str, TrialArm]:
        """The arms of which this version has all parameters, those of the steps included."""
        arms = dict(self.arms) or ({} if self.steps else {"as-is": TrialArm()})
        for path in self.steps:
            arms |= _arms_of_steps(path)
        there = {name: arm for name, arm in arms.items() if arm.is_there or not arm.is_optional}
        return {name: arm.upon(arms.get(arm.against)) for name, arm in there.items()}

    @property
    def measured(self) -> tuple[str, ...]:
        """The statistics that are measured."""
        return self.statistics or tuple(STATISTICS)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The columns of its results."""
        if self.parts is None:
            return self.measured
        if self.parts.kind == "seed":
            return STATE
        sides = (f"{side}{name}" for side in (WITH, WITHOUT) for name in self.measured)
        return (GROWING, *sides)

    @property
    def kept(self) -> tuple[str, ...]:
        """The series that are kept."""
        if not self.has_firms:
            return self.series
        from runs.validation.facts import fact_series

        return tuple(dict.fromkeys((*self.series, *fact_series())))


def _arms_of_steps(path: str) -> dict[str, TrialArm]:
    """The ends of the equal steps of a parameter's prior."""
    return {
        step_name(path, number): TrialArm(set={path: value}, is_optional=True)
        for number, value in enumerate(step_values(path))
    }


def step_name(path: str, number: int) -> str:
    """Name of the arm at the end of a step."""
    return f"{path.rpartition('.')[2][:34]}-{number:02d}"


def step_values(path: str) -> list[float]:
    """The ends of the equal steps of a parameter's prior, on its scale; none without a prior."""
    prior = uncertain_parameters().get(path)
    if prior is None:
        return []
    low, high, shares = prior["low"], prior["high"], [n / STEPS for n in range(STEPS + 1)]
    if prior.get("scale") == "log":
        return [low * (high / low) ** share for share in shares]
    return [low + (high - low) * share for share in shares]


@lru_cache(maxsize=1)
def load_trials() -> dict[str, Trial]:
    """All trials by name; raises ValueError for a file that is not valid."""
    found = [read_declaration(Trial, path) for path in sorted(FOLDER.glob("*.toml"))]
    for trial in found:
        check_statistics(trial.measured)
        check_statistics([arm.moves for arm in trial.arms.values() if arm.moves])
        for arm in trial.arms.values():
            if arm.against and arm.against not in trial.arms:
                near = nearest(arm.against, list(trial.arms))
                raise ValueError(f"{trial.name}: there is no arm {arm.against!r}: {near}")
    return {trial.name: trial for trial in found}


def read_declaration[Model: BaseModel](cls: type[Model], path: Path) -> Model:
    """A file of gates or trials; raises ValueError with the file, key and value."""
    try:
        return cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def trials_of(names: Iterable[str]) -> list[Trial]:
    """The trials of some names, each once; raises ValueError for an unknown one."""
    known = load_trials()
    for name in names:
        if name not in known:
            raise ValueError(f"there is no trial {name!r}: {nearest(name, list(known))}")
    return [known[name] for name in dict.fromkeys(names)]


# --- the plan of a trial


@dataclass(frozen=True, slots=True)
class Setting:
    """In what a trial is run.

    Attributes:
        worlds: the scenario as it is, or with all uncertain parameters varied.
        seeds: seeds that were asked for. is_quick: whether the factors of the quick one count.
        seed: root of all seeds.
        scenario: name or file. quarters: length of the runs; None for the trial's.
        model: the user's model class, "package.module:Class"; "" for ``MarketModel``.
    """

    worlds: Worlds = "reference"
    seeds: int = 100
    is_quick: bool = False
    seed: int = SEED
    scenario: str = "reference"
    quarters: int | None = None
    model: str = ""


def trial_plan(trial: Trial, setting: Setting) -> SweepPlan:
    """All runs of a trial, checked.

    Raises:
        ExperimentError: a scenario, parameter or value does not fit, or a change of an arm leads
            nowhere.
    """
    import pyarrow as pa

    from runs.experiments.plan import plan_sweep
    from runs.sweep.manifest import canonical_sha256

    plan = plan_sweep(_experiment(trial, setting))
    if not isinstance(plan.task, ExperimentTask):
        raise TypeError("a trial needs the worlds of an experiment")
    world = plan.task.worlds[NO_ARM]
    _check_arms(trial, world)
    quarters = setting.quarters or trial.quarters
    spec = {
        "kind": KIND,
        "trial": trial.model_dump(mode="json"),
        "setting": {name: getattr(setting, name) for name in Setting.__slots__},
    }
    return replace(
        plan,
        name=trial.name,
        design=_crossed(_own_seeds(plan.design, setting), trial, world),
        outputs=pa.schema([pa.field(name, pa.float64()) for name in trial.outputs]),
        task=TrialTask(plan.task, trial, quarters),
        spec=spec,
        identity=canonical_sha256([plan.identity, spec, list(trial.kept), code_sha256()]),
        series=trial.kept if trial.parts is None else (),
        part_rows=0,
    )


def _check_arms(trial: Trial, world: MarketParameters) -> None:
    """Make the world of each arm; raises ExperimentError for one that cannot be."""
    for name, arm in trial.present.items():
        try:
            arm.apply(world)
        except ValueError as error:
            raise ExperimentError(f"trial {trial.name}", str(error), path=f"arms.{name}") from None


def stored_trial_plan(spec: Mapping[str, Any]) -> SweepPlan:
    """The plan of a folder that holds a trial, from what its manifest says."""
    return trial_plan(Trial.model_validate(spec["trial"]), Setting(**spec["setting"]))


def code_sha256() -> str:
    """Hash of the code and data that make and measure a trial's runs, besides the model's."""
    here = Path(__file__).parent
    names = ("measures.py", "trials.py", "worlds.py", "worlds.toml")
    files = [here / name for name in names]
    files += sorted((here.parent / "twin_runs").glob("*.py"))
    total = hashlib.sha256()
    for path in files:
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _experiment(trial: Trial, setting: Setting) -> Experiment:
    from runs.experiments.experiment import Design, Experiment, Vary

    count = trial.count(setting.seeds, is_quick=setting.is_quick)
    is_uncertain = setting.worlds == "uncertain"
    vary = {path: Vary(**entry) for path, entry in uncertain_parameters().items()}
    return Experiment(
        name=trial.name,
        description=trial.meaning,
        scenario=str(SCENARIOS / f"{trial.scenario}.toml") if trial.scenario else setting.scenario,
        model=setting.model or None,
        seed=setting.seed,
        replications=1 if is_uncertain else count,
        design=Design(method="lhs", samples=count) if is_uncertain else Design(),
        vary=vary if is_uncertain else {},
        origin=f"trial {trial.name}",
    )


def _own_seeds(design: pa.Table, setting: Setting) -> pa.Table:
    """A seed of its own for every point of a hypercube, the same in all arms."""
    from runs.experiments.design import replicate_seed
    from runs.sweep.plan import design_table

    if setting.worlds == "reference":
        return design
    frame = design.to_pandas()
    frame["seed"] = [replicate_seed(setting.seed, int(point)) for point in frame["point"]]
    return design_table(frame)


def _crossed(design: pa.Table, trial: Trial, world: MarketParameters) -> pa.Table:
    """Each seed once in each arm, for each quarter in which twins part and each firm struck."""
    from runs.sweep.plan import design_table

    frame = design.to_pandas()
    ways = list(product(trial.present, _struck(trial, world)))
    crossed = frame.loc[frame.index.repeat(len(ways))].reset_index(drop=True)
    crossed["arm"] = [arm for arm, _ in ways] * len(frame)
    if trial.parts is not None and trial.parts.kind != "seed":
        crossed[TARGET] = [firm for _, (firm, _) in ways] * len(frame)
        crossed[START] = [start for _, (_, start) in ways] * len(frame)
    crossed["run_id"] = range(len(crossed))
    return design_table(crossed)


def _struck(trial: Trial, world: MarketParameters) -> list[tuple[str, int]]:
    """Firm that is struck ("" for none) and quarter in which twins part, of each pair of a seed."""
    parts = trial.parts
    if parts is None or parts.kind == "seed":
        return [("", 0)]
    firms = largest_clouds(world, parts.largest_clouds) if parts.kind == "file" else [""]
    return list(product(firms, parts.starts))


def largest_clouds(world: MarketParameters, count: int) -> list[str]:
    """The clouds with the largest CapEx at the start, the largest first."""
    return sorted(world.clouds, key=lambda key: -world.clouds[key].capex_usd)[:count]


# --- how one run, pair of twins, or state of a trial is done and measured


@dataclass(frozen=True)
class TrialTask:
    """Runs of a trial.

    Attributes:
        worlds: how to build the world of a row, before the change of its arm.
        trial: what is done.
        quarters: length; None for the world's.
    """

    worlds: ExperimentTask
    trial: Trial
    quarters: int | None

    @property
    def timeout_s(self) -> float | None:
        """No limit of time."""
        return None

    def execute(self, row: Mapping[str, Any]) -> RunResult:
        """Do the run of a row; what it raises becomes a failed result."""
        began, run_id = perf_counter(), int(row["run_id"])
        try:
            values, series = self._values(row)
        except Exception as error:
            return failed(run_id, error, perf_counter() - began)
        return RunResult(run_id, "ok", values, series, seconds=perf_counter() - began)

    def _values(self, row: Mapping[str, Any]) -> tuple[tuple[Any, ...], Any]:
        parts, kept = self.trial.parts, self.trial.kept
        if parts is None:
            record = Record(self.model(row).run(self.quarters))
            series = record_series(record, kept) if kept else None
            return measured(record, self.trial.measured), series
        if parts.kind == "seed":
            return self._states(row, parts), None
        return self._twins(row, parts), None

    def model(self, row: Mapping[str, Any], seed: int | None = None) -> MarketModel:
        """The model of a row before its first quarter, with another seed where one is given."""
        arm = self.trial.present[str(row["arm"])]
        world = arm.apply(self.worlds.world({**row, "arm": NO_ARM}))
        return class_of(self.worlds.own_model)(
            world, seed=int(row["seed"]) if seed is None else seed
        )

    def _twins(self, row: Mapping[str, Any], parts: Parting) -> tuple[float | None, ...]:
        """Statistics of both twins from the quarter in which they part; none where they cannot."""
        start, target = int(row[START]), str(row[TARGET])
        without = self.model(row).run(start)
        is_growing = orders_grow(without)
        nothing = (None,) * (2 * len(self.trial.measured))
        if (parts.only_growing and not is_growing) or _has_failed(without, target):
            return (float(is_growing), *nothing)
        shocked = clone(without)
        _intervention(parts, target)(shocked)
        found = [
            measured(Record(model.run(parts.after), start), self.trial.measured)
            for model in (shocked, without)
        ]
        return (float(is_growing), *found[0], *found[1])

    def _states(self, row: Mapping[str, Any], parts: Parting) -> tuple[float | None, ...]:
        """A state two quarters before a freeze continued with other seeds, and its control.

        Returns:
            The quarter of the state; how many continuations freeze within ``after`` quarters, and
            of how many; the same for the state of another seed's run in the same quarter. All
            empty where this run has no freeze.
        """
        freezes = self.model(row).run(self.quarters).events.select("funding freeze")
        if not freezes or freezes[0].quarter < 2:
            return (None,) * len(STATE)
        quarter, seed = freezes[0].quarter - 2, int(row["seed"])
        own = self.model(row).run(quarter)
        other = self.model(row, seed=(seed + 1) % 2**63).run(quarter)
        counts: list[float] = []
        for state in (own, other):
            ends = [_goes_on(state, seed + 2 + number, parts) for number in range(parts.seeds)]
            counts += [float(sum(ends)), float(len(ends))]
        return (float(quarter), *counts)


def _goes_on(state: MarketModel, seed: int, parts: Parting) -> bool:
    """Whether a copy of a state freezes with another seed."""
    model = clone(state)
    NewSeed(seed % 2**63)(model)
    start = model.quarter
    model.run(parts.after)
    return any(event.quarter >= start for event in model.events.select("funding freeze"))


def orders_grow(model: MarketModel) -> bool:
    """Whether the orders of the last two quarters are over those of the two before."""
    values = model.datacollector.model_vars["orders_thousand"]
    return len(values) >= 4 and sum(values[-2:]) > sum(values[-4:-2])


def _has_failed(model: MarketModel, target: str) -> bool:
    return bool(target) and model.institution(target).is_defaulted


def _intervention(parts: Parting, target: str) -> Intervention:
    """What is done to one of the twins."""
    from market.parameters.shocks import shock_kinds

    if parts.kind == "file":
        return Fail(target)
    return shock_kinds()["drought"](None, parts.size, parts.quarters)
