"""Several scenarios side by side, from Python: the form that Mesa's next version has."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from market.parameters.world import MarketParameters
from market.scenario import Scenario, dump_scenario, load_scenario
from runs.experiments.design import replicate_seed
from runs.experiments.sweeps import SweepOptions, run_plan
from runs.own_model import ModelLike, OwnModel, own_model
from runs.problems import SweepProblem, scenario_problems
from runs.sweep.manifest import canonical_sha256
from runs.sweep.one_run import RunResult, RunSpec, execute_run, series_names
from runs.sweep.plan import SweepPlan, design_table
from runs.sweep.runner import ProgressCallback
from runs.sweep.workers import ExecutorLike, choose_backend

if TYPE_CHECKING:
    import pandas as pd

KIND = "scenarios"
type ScenarioLike = str | Path | Scenario | MarketParameters


@dataclass(frozen=True, slots=True)
class RunConfig:
    """How scenarios are run.

    Attributes:
        outputs: what is measured at the end of a run, by name; see ``runs.single_run.outcomes``.
        replications: runs of each scenario. Replicate r has the same seed in all scenarios.
        seed: root of the seeds.
        quarters: length of the runs; None for the scenarios' own.
        series: whether to keep each quarter's indicators.
        run_timeout_s: longest time of a run, seconds.
        max_failures: stop when more runs than this are not "ok": a number, or a share like "5%".
    """

    outputs: tuple[str, ...] = ("capex_usd:max", "labs_revenue_usd:last", "defaults")
    replications: int = 1
    seed: int = 1
    quarters: int | None = None
    series: bool = False
    run_timeout_s: float | None = None
    max_failures: int | str | None = None


@dataclass(frozen=True)
class ScenarioTask:
    """Runs of given worlds: column ``point`` is the number of the world."""

    worlds: tuple[MarketParameters, ...]
    config: RunConfig
    own_model: OwnModel | None = None

    @property
    def timeout_s(self) -> float | None:
        """Longest time of a run, seconds."""
        return self.config.run_timeout_s

    def execute(self, row: Mapping[str, Any]) -> RunResult:
        """Do the run of a row."""
        spec = RunSpec(
            run_id=row["run_id"],
            parameters=self.worlds[row["point"]],
            seed=row["seed"],
            quarters=self.config.quarters,
            outputs=self.config.outputs,
            has_series=self.config.series,
            timeout_s=self.config.run_timeout_s,
            own_model=self.own_model,
        )
        return execute_run(spec)


def run_scenarios(  # noqa: PLR0913 - the options of the command
    scenarios: Iterable[ScenarioLike],
    config: RunConfig | None = None,
    *,
    model_class: ModelLike = None,
    executor: ExecutorLike | None = None,
    jobs: int = 0,
    store: str | Path | None = None,
    resume: bool = False,
    overwrite: bool = False,
    progress: ProgressCallback | None = None,
) -> pd.DataFrame:
    """Run scenarios, each with several seeds.

    Args:
        scenarios: names, files, or worlds that were loaded.
        config: what to measure and how often to run.
        model_class: your own subclass of ``MarketModel``, or its name "package.module:Class".
        executor: an executor, or a function that makes one; None: see ``jobs``.
        jobs: worker processes; 0 runs all in this process.
        store: folder that keeps the results; without it only the frame is left.
        resume: go on with the runs in the folder.
        overwrite: delete what is in the folder first.
        progress: called after each part that is stored.

    Returns:
        One row per run, see ``runs.load``, with the column ``scenario``.

    Raises:
        SweepProblem: no scenario is given, or the folder is refused.
        UserProblem: a scenario, an output or the model class is wrong.
    """
    from runs.sweep.results import load

    worlds = [_world(scenario) for scenario in scenarios]
    plan = scenario_plan(worlds, config or RunConfig(), own_model(model_class))
    options = SweepOptions(resume=resume, overwrite=overwrite, progress=progress)
    if store is not None:
        run_plan(plan, Path(store), choose_backend(executor, jobs=jobs), options)
        return load(store)
    with tempfile.TemporaryDirectory(prefix="kaartenhuis-") as folder:
        run_plan(plan, Path(folder), choose_backend(executor, jobs=jobs), options)
        return load(folder)


def _world(scenario: ScenarioLike) -> MarketParameters:
    if isinstance(scenario, Scenario):
        return scenario.parameters
    if isinstance(scenario, MarketParameters):
        return scenario
    with scenario_problems():
        return load_scenario(scenario)


def scenario_plan(
    worlds: Sequence[MarketParameters], config: RunConfig, own: OwnModel | None = None
) -> SweepPlan:
    """The plan of ``run_scenarios``: scenario by scenario, its replicates one after another."""
    from runs.single_run.outcomes import check_outputs, output_schema

    if not worlds or config.replications < 1:
        raise SweepProblem("there is nothing to run: give a scenario and at least one replication")
    for world in worlds:
        check_outputs(config.outputs, world)
    names = [f"scenarios/{number:04d}.toml" for number in range(len(worlds))]
    texts = [str(dump_scenario(world, {})) for world in worlds]
    spec: dict[str, Any] = {"kind": KIND, "scenarios": names, "config": asdict(config)}
    spec |= {} if own is None else {"model": own.name}
    return SweepPlan(
        name=" ".join(dict.fromkeys(world.name for world in worlds))[:60],
        design=design_table(_design(worlds, config)),
        outputs=output_schema(config.outputs),
        task=ScenarioTask(tuple(worlds), config, own),
        spec=spec,
        identity=canonical_sha256([spec, texts]),
        files=dict(zip(names, texts, strict=True)),
        varied=("scenario",),
        series=series_names() if config.series else (),
        max_failures=config.max_failures,
        own_model=own,
    )


def _design(worlds: Sequence[MarketParameters], config: RunConfig) -> pd.DataFrame:
    import pandas as pd

    seeds = [replicate_seed(config.seed, number) for number in range(config.replications)]
    rows = [
        {"point": point, "arm": "", "replicate": number, "seed": seed, "scenario": world.name}
        for point, world in enumerate(worlds)
        for number, seed in enumerate(seeds)
    ]
    frame = pd.DataFrame(rows)
    frame.insert(0, "run_id", range(len(rows)))
    return frame


def stored_scenario_plan(folder: Path, spec: Mapping[str, Any]) -> SweepPlan:
    """The plan of a folder that ``run_scenarios`` made."""
    known = {field.name for field in fields(RunConfig)}
    config = {name: value for name, value in spec["config"].items() if name in known}
    config["outputs"] = tuple(config["outputs"])
    worlds = [load_scenario(folder / name) for name in spec["scenarios"]]
    return scenario_plan(worlds, RunConfig(**config), own_model(spec.get("model")))
