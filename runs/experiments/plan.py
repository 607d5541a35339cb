"""From an experiment to the plan of its runs: all is read and checked here, nothing is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from market.parameters.world import MarketParameters
from market.scenario import Scenario, ScenarioError
from runs.experiments.design import Points, points_of, read_points, run_table
from runs.experiments.experiment import Arm, Design, Experiment
from runs.experiments.text import experiment_text, read_experiment
from runs.experiments.worlds import varied_of, world_text, world_with, worlds_of
from runs.own_model import ModelLike, ModelProblem, OwnModel, own_model
from runs.problems import ExperimentError
from runs.single_run.outcomes import check_outputs, output_schema
from runs.sweep.manifest import canonical_sha256
from runs.sweep.one_run import RunResult, RunSpec, execute_run, series_names
from runs.sweep.plan import SweepPlan, design_table

EXPERIMENT_FILE, SCENARIO_FOLDER, POINTS_FILE = "experiment.toml", "scenarios", "points.csv"


@dataclass(frozen=True)
class ExperimentTask:
    """Runs of an experiment: a row of the design gives the arm, the values and the seed.

    Attributes:
        worlds: arm -> world before any parameter varies.
        paths: varied parameter -> the parts of its path.
        quarters, outputs, has_series, timeout_s, own_model: as in ``RunSpec``.
    """

    worlds: Mapping[str, MarketParameters]
    paths: Mapping[str, tuple[str, ...]]
    quarters: int | None = None
    outputs: tuple[str, ...] = ()
    has_series: bool = False
    timeout_s: float | None = None
    own_model: OwnModel | None = None
    _trees: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)

    def world(self, row: Mapping[str, Any]) -> MarketParameters:
        """The world of a row; raises ScenarioError when a value does not fit."""
        arm = row["arm"]
        if arm not in self._trees:
            self._trees[arm] = self.worlds[arm].model_dump()
        changes = {
            path: row[name] for name, path in self.paths.items() if row.get(name) is not None
        }
        return world_with(self.worlds[arm], self._trees[arm], changes)

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: not the trees, which each worker makes for itself."""
        return {**self.__dict__, "_trees": {}}

    def execute(self, row: Mapping[str, Any]) -> RunResult:
        """Do the run of a row."""
        return execute_run(
            RunSpec(
                run_id=row["run_id"],
                parameters=self.world(row),
                seed=row["seed"],
                quarters=self.quarters,
                outputs=self.outputs,
                has_series=self.has_series,
                timeout_s=self.timeout_s,
                own_model=self.own_model,
            )
        )


@dataclass(frozen=True)
class _Resolved:
    """An experiment with all that its files say."""

    experiment: Experiment
    worlds: dict[str, Scenario]
    points: Points
    paths: dict[str, tuple[str, ...]]
    csv: str

    @cached_property
    def identity(self) -> str:
        """Hash of all that decides the results: not of names, limits and places of files."""
        free = {"name", "description", "folder", "origin", "scenario", "changes", "arms"}
        free |= {"run_timeout_s", "max_failures"}
        free |= {"model"} if self.experiment.model is None else set()
        spec = self.experiment.model_dump(exclude=free)
        spec["design"].pop("file")
        worlds = {arm: world.parameters.model_dump() for arm, world in self.worlds.items()}
        for world in worlds.values():
            del world["name"], world["description"]
        points = [[list(p.items()) for p in self.points.points]] if self.csv else []
        return canonical_sha256([spec, worlds, points])


def _resolve(experiment: Experiment) -> _Resolved:
    worlds = worlds_of(experiment)
    factor = len(worlds) * experiment.replications
    if experiment.design.file is not None:
        path = experiment.path(experiment.design.file)
        points, paths, text = read_points(path, worlds)
        return _Resolved(experiment, worlds, points, paths, text)
    varied = varied_of(experiment, worlds)
    points = points_of(experiment, varied, factor)
    return _Resolved(experiment, worlds, points, {each.name: each.path for each in varied}, "")


def experiment_hash(experiment: Experiment) -> str:
    """Hash of all that decides the results of an experiment, scenarios included."""
    return _resolve(experiment).identity


def plan(experiment: Experiment) -> pd.DataFrame:
    """All runs of an experiment, see ``design.run_table``; raises ExperimentError."""
    return _frame(_resolve(experiment))


def _frame(found: _Resolved) -> pd.DataFrame:
    return run_table(found.experiment, found.points, list(found.paths), list(found.worlds))


def plan_sweep(experiment: Experiment, model_class: ModelLike = None) -> SweepPlan:
    """Everything the runner needs, checked: every point in every arm gives a valid world.

    Args:
        experiment: what is run.
        model_class: your own subclass of ``MarketModel`` in place of what the experiment names.

    Raises:
        ExperimentError: for anything that is wrong, in one line.
        ModelProblem: ``model_class`` cannot be used.
    """
    own = _own_model(experiment) if model_class is None else own_model(model_class)
    experiment = experiment.model_copy(update={"model": own.name if own else None})
    found = _resolve(experiment)
    for world in found.worlds.values():
        length = experiment.quarters or world.parameters.quarters
        known = None if "quarters" in found.paths else length
        check_outputs(experiment.outputs, world.parameters, experiment.origin, known)
    task = ExperimentTask(
        worlds={arm: world.parameters for arm, world in found.worlds.items()},
        paths=found.paths,
        quarters=experiment.quarters,
        outputs=experiment.outputs,
        has_series=experiment.series,
        timeout_s=experiment.run_timeout_s,
        own_model=own,
    )
    _check_points(found, task)
    files = _files(found)
    return SweepPlan(
        name=experiment.name,
        design=_plain(design_table(_frame(found))),
        outputs=output_schema(experiment.outputs),
        task=task,
        spec=_spec(experiment),
        identity=found.identity,
        files=files,
        varied=tuple(found.paths),
        series=series_names() if experiment.series else (),
        max_failures=experiment.max_failures,
        own_model=own,
    )


def _own_model(experiment: Experiment) -> OwnModel | None:
    """The model class that an experiment names; its module may stand beside the file."""
    if experiment.model is None:
        return None
    try:
        return own_model(experiment.model, [experiment.folder] if experiment.folder else ())
    except ModelProblem as error:
        name, path = experiment.model, "experiment.model"
        raise ExperimentError(experiment.origin, error.reason, path=path, value=name) from None


def _spec(experiment: Experiment) -> dict[str, Any]:
    """An experiment as JSON can hold it."""
    free = {"folder", "origin"} | ({"model"} if experiment.model is None else set())
    return experiment.model_dump(mode="json", exclude=free)


def _plain(table: pa.Table) -> pa.Table:
    """Texts in the type that every reader of Parquet knows."""
    is_large = pa.types.is_large_string
    fields = [(f.name, pa.string() if is_large(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(fields))


def _check_points(found: _Resolved, task: ExperimentTask) -> None:
    """Build the world of every point in every arm; raises ExperimentError for the first bad one."""
    origin = found.experiment.origin
    for number, point in enumerate(found.points.points):
        for arm in found.worlds:
            try:
                task.world({"arm": arm, **point})
            except ScenarioError as error:
                place = f"point {number}" + (f" of arm {arm}" if arm else "")
                if found.points.lines is not None:
                    file = found.experiment.path(found.experiment.design.file or "")
                    origin = f"{file}, line {found.points.lines[number]}"
                raise ExperimentError(origin, str(error), path=place) from None


# --- the copy in the folder of a sweep


def _files(found: _Resolved) -> dict[str, str]:
    """Copies that make the sweep again without the files that it was made from."""
    experiment, worlds = found.experiment, found.worlds
    names = {arm: f"{SCENARIO_FOLDER}/{arm or 'scenario'}.toml" for arm in worlds}
    files = {names[arm]: world_text(world) for arm, world in worlds.items()}
    changes: dict[str, Any] = {"scenario": next(iter(names.values())), "changes": ()}
    changes["arms"] = tuple(Arm(name=arm, scenario=names[arm]) for arm in worlds if arm)
    if found.csv:
        name = f"{SCENARIO_FOLDER}/{POINTS_FILE}"
        files[name] = found.csv
        changes["design"] = Design(method="csv", file=name)
    text = experiment_text(experiment.model_copy(update=changes))
    return {EXPERIMENT_FILE: text, **files}


def stored_experiment_plan(folder: Path) -> SweepPlan:
    """The plan of a folder that ``run_sweep`` made, from the copies in it."""
    return plan_sweep(read_experiment(folder / EXPERIMENT_FILE))


def sizes(design: pd.DataFrame) -> dict[str, int]:
    """Number of points, arms, replications and runs of a table of runs."""
    return {
        "points": int(design["point"].nunique()),
        "arms": int(design["arm"].nunique()),
        "replications": int(design["replicate"].nunique()),
        "runs": len(design),
    }
