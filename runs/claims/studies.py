"""Studies: the ensembles of runs and twins that answer the claims, one file each in ``studies/``.

A study is a sweep with its own way to do a run, so it is stored, resumed and verified as any
sweep (``runs.experiments.sweeps``).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from market.parameters.fields import OneOf
from market.parameters.shocks import shock_kinds
from runs.claims.claim import Claim, _read, load_claims
from runs.claims.measures import check_measure, is_call, measure_model, measure_pair
from runs.experiments.plan import ExperimentTask
from runs.own_model import class_of
from runs.problems import nearest
from runs.sweep.one_run import RunResult, failed
from runs.twin_runs.interventions import Fail, Intervention, ScaleInflow
from runs.twin_runs.measures import EFFECTS, failure_effects
from runs.twin_runs.pairs import Before, Pair, TwinPlan, twin_pair

if TYPE_CHECKING:
    import pyarrow as pa

    from market.model import MarketModel
    from market.parameters.world import MarketParameters
    from runs.experiments.experiment import Experiment
    from runs.sweep.plan import SweepPlan


FOLDER = Path(__file__).parent / "studies"
UNCERTAIN = Path(__file__).parent / "uncertain.toml"
SEED = 2025
"""Root of all seeds of the report unless the user gives another."""
KIND = "study"
SIZE = "shock_size"
"""Column of the design that holds the size of the shock, where it varies."""


OTHERS = ("fail", "inflow")
"""Interventions that are no shocks: a firm files for bankruptcy; savers' inflow is scaled."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StudyArm(_Frozen):
    """A world of a study: a scenario, default the study's, with changes."""

    scenario: str = ""
    changes: dict[str, Any] = {}


class TwinSetting(_Frozen):
    """What is done to one of two twins, and when.

    Attributes:
        intervention: kind of a shock, or "fail" (files for bankruptcy), or "inflow".
        target: company key; "" for all that it can strike.
        size: see ``ShockParameters``; a factor for "inflow". sizes: several, each a run of its own.
        quarters: how long it lasts; for good without.
        quarter: when the twins part; or before: two quarters before the first event of a kind.
        quarters_after: how long they run from there.
    """

    intervention: Annotated[str, OneOf(lambda: (*shock_kinds(), *OTHERS))]
    target: str = ""
    size: float = 0.0
    sizes: tuple[float, ...] = ()
    quarters: int | None = None
    quarter: int | None = None
    before: str = ""
    quarters_after: int = 12

    def __getstate__(self) -> dict[Any, Any]:
        """The values with the class of a shock, so that the worker that reads them knows it."""
        return {**super().__getstate__(), "shock": shock_kinds().get(self.intervention)}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        """The values; the class has declared itself when it was imported."""
        super().__setstate__({key: value for key, value in state.items() if key != "shock"})


class Study(_Frozen):
    """An ensemble.

    Attributes:
        name, meaning: short name, and what it is for.
        kind: "runs", or "twins" that part at some quarter.
        scenario, changes: the world. arms: several worlds with the same seeds.
        replicates: seeds (or points, when ``uncertain``) per replicate that was asked for.
        quick: the same for the quick report; as ``replicates`` without.
        uncertain: whether a Latin hypercube covers the uncertain parameters.
        seeds_per_point: seeds at each point of the hypercube.
        vary: parameter -> values; every combination is run.
        twins: what parts the twins.
        model: the user's model class, "package.module:Class"; "" for ``MarketModel``.
    """

    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    meaning: str
    kind: Literal["runs", "twins"] = "runs"
    scenario: str = "reference"
    changes: tuple[str, ...] = ()
    arms: dict[str, StudyArm] = {}
    replicates: float = Field(default=1.0, gt=0)
    quick: float | None = Field(default=None, gt=0)
    uncertain: bool = False
    seeds_per_point: int = Field(default=1, ge=1)
    vary: dict[str, tuple[Any, ...]] = {}
    twins: TwinSetting | None = None
    model: str = ""

    def count(self, replicates: int, *, is_quick: bool) -> int:
        """Seeds, or points of the hypercube, for a wished number of replicates."""
        factor = self.quick if is_quick and self.quick is not None else self.replicates
        return max(2, ceil(factor * replicates))


@lru_cache(maxsize=1)
def load_studies() -> dict[str, Study]:
    """All studies by name; raises ValueError for a file that is not valid."""
    found = [_read(Study, path) for path in sorted(FOLDER.glob("*.toml"))]
    return {study.name: study for study in found}


def studies_of(claims: Iterable[Claim]) -> list[Study]:
    """The studies that claims need, in the order of their names' first use."""
    known = load_studies()
    names = dict.fromkeys(name for claim in claims for name in claim.studies)
    for name in names:
        if name not in known:
            raise ValueError(f"there is no study {name!r}: {nearest(name, list(known))}")
    return [known[name] for name in names]


def outputs_of(study: str) -> tuple[str, ...]:
    """All that any claim needs measured in a study, so that a choice of claims changes no byte."""
    found = (name for claim in load_claims() for name in claim.outputs.get(study, ()))
    return tuple(sorted(dict.fromkeys(found)))


def uncertain_parameters() -> dict[str, dict[str, Any]]:
    """Parameter -> low, high, scale of the hypercube, from ``uncertain.toml``."""
    tree = tomllib.loads(UNCERTAIN.read_text(encoding="utf-8"))
    kept = ("low", "high", "scale")
    return {
        path: {key: value for key, value in entry.items() if key in kept}
        for path, entry in tree["vary"].items()
    }


def study_plan(
    study: Study,
    replicates: int,
    *,
    seed: int = SEED,
    is_quick: bool = False,
    outputs: Sequence[str] | None = None,
) -> SweepPlan:
    """All runs of a study.

    Args:
        study: the ensemble.
        replicates: what the user asked for; see ``Study.count``.
        seed: root of the seeds; run r of a point has the same seed in all studies, and in the
            hypercube every point has seeds of its own, the same in all arms.
        is_quick: whether the factors of the quick report count.
        outputs: what is measured; all that claims need when omitted.

    Raises:
        ExperimentError: a scenario, parameter or value does not fit.
        ValueError: an output is not known.
    """
    from runs.experiments.plan import ExperimentTask, plan_sweep
    from runs.sweep.manifest import canonical_sha256

    outputs = outputs_of(study.name) if outputs is None else tuple(outputs)
    plan = plan_sweep(_experiment(study, study.count(replicates, is_quick=is_quick), seed))
    if not isinstance(plan.task, ExperimentTask):
        raise TypeError("a study needs the worlds of an experiment")
    check_study(study, outputs, plan.task.worlds)
    design = _with_seeds(plan.design, study, seed)
    design = _with_sizes(design, study.twins.sizes if study.twins else ())
    spec = {
        "kind": KIND,
        "study": study.model_dump(mode="json"),
        "outputs": list(outputs),
        "replicates": replicates,
        "seed": seed,
        "is_quick": is_quick,
    }
    return replace(
        plan,
        name=study.name,
        design=design,
        outputs=study_schema(outputs),
        task=StudyTask(plan.task, study, outputs),
        spec=spec,
        identity=canonical_sha256([plan.identity, spec, code_sha256()]),
        varied=(*plan.varied, *([SIZE] if study.twins and study.twins.sizes else [])),
        part_rows=0,
    )


def code_sha256() -> str:
    """Hash of the code that does and measures a study's runs, besides that of the model."""
    claims = Path(__file__).parent
    files = [
        *sorted((claims / "measures").glob("*.py")),
        *sorted(claims.glob("stud*.py")),
        *sorted((claims.parent / "twin_runs").glob("*.py")),
        claims.parent / "single_run" / "outcomes.py",
    ]
    total = hashlib.sha256()
    for path in files:
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _experiment(study: Study, count: int, seed: int) -> Experiment:
    from runs.experiments.experiment import Arm, Design, Experiment, Vary

    vary = {path: Vary(values=values) for path, values in study.vary.items()}
    design, replications = Design(), count
    if study.uncertain:
        vary = {path: Vary(**entry) for path, entry in uncertain_parameters().items()}
        design, replications = Design(method="lhs", samples=count), study.seeds_per_point
    arms = tuple(
        Arm(name=name, set=arm.changes, scenario=arm.scenario or None)
        for name, arm in study.arms.items()
    )
    return Experiment(
        name=study.name,
        description=study.meaning,
        scenario=study.scenario,
        model=study.model or None,
        changes=study.changes,
        seed=seed,
        replications=replications,
        design=design,
        vary=vary,
        arms=arms,
        origin=f"study {study.name}",
    )


def _with_seeds(design: pa.Table, study: Study, seed: int) -> pa.Table:
    """Own seeds at every point of a hypercube, so that chance is drawn more than twice."""
    from runs.experiments.design import replicate_seed
    from runs.sweep.plan import design_table

    if not study.uncertain:
        return design
    frame = design.to_pandas()
    numbers = frame["point"] * study.seeds_per_point + frame["replicate"]
    frame["seed"] = [replicate_seed(seed, int(number)) for number in numbers]
    return design_table(frame)


def _with_sizes(design: pa.Table, sizes: tuple[float, ...]) -> pa.Table:
    """Each row once for each size of the shock."""
    from runs.sweep.plan import design_table

    if not sizes:
        return design
    frame = design.to_pandas()
    crossed = frame.loc[frame.index.repeat(len(sizes))].reset_index(drop=True)
    crossed[SIZE] = list(sizes) * len(frame)
    crossed["point"] = crossed["point"] * len(sizes) + [
        number % len(sizes) for number in range(len(crossed))
    ]
    crossed["run_id"] = range(len(crossed))
    return design_table(crossed)


def stored_study_plan(spec: Mapping[str, Any]) -> SweepPlan:
    """The plan of a folder that holds a study, from what its manifest says."""
    return study_plan(
        Study.model_validate(spec["study"]),
        spec["replicates"],
        seed=spec["seed"],
        is_quick=spec["is_quick"],
        outputs=spec["outputs"],
    )


# --- how one run, or one pair of twins, of a study is done and measured


WITHOUT = "without:"
"""Before an output's name: it is measured in the twin without the intervention."""


@dataclass(frozen=True)
class StudyTask:
    """Runs of a study.

    Attributes:
        worlds: how to build the world of a row.
        study: what is done.
        outputs: what is measured, in order.
    """

    worlds: ExperimentTask
    study: Study
    outputs: tuple[str, ...]

    @property
    def timeout_s(self) -> float | None:
        """No limit of time."""
        return None

    def execute(self, row: Mapping[str, Any]) -> RunResult:
        """Do the run of a row; what it raises becomes a failed result."""
        began, run_id = perf_counter(), int(row["run_id"])
        try:
            values = self._values(row)
        except Exception as error:
            return failed(run_id, error, perf_counter() - began)
        return RunResult(run_id, "ok", values, seconds=perf_counter() - began)

    def _values(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        world, seed = self.worlds.world(row), int(row["seed"])
        if self.study.twins is None:
            model = class_of(self.worlds.own_model)(world, seed=seed)
            return measured(model.run(), self.outputs)
        setting = self.study.twins
        size = setting.size if row.get(SIZE) is None else float(row[SIZE])
        plan = replace(_plan(world, setting, size), model_class=self.worlds.own_model)
        return measured_twins(twin_pair(plan, seed), self.outputs)


def _plan(world: MarketParameters, setting: TwinSetting, size: float) -> TwinPlan:
    when = Before(setting.before) if setting.before else setting.quarter or 0
    return TwinPlan(world, intervention_of(setting, size), when, setting.quarters_after)


def intervention_of(setting: TwinSetting, size: float) -> Intervention:
    """What a study does to one of its twins."""
    target = setting.target or None
    if setting.intervention == "fail":
        return Fail(setting.target)
    if setting.intervention == "inflow":
        return ScaleInflow(size, target)
    return shock_kinds()[setting.intervention](target, size, setting.quarters)


def measured(model: MarketModel, outputs: Sequence[str]) -> tuple[Any, ...]:
    """Measure a finished run; what is not a number is None."""
    from runs.single_run.outcomes import measure

    plain = [name for name in outputs if not is_call(name)]
    values: dict[str, Any] = dict(measure(model, plain))
    values |= {name: measure_model(model, name) for name in outputs if is_call(name)}
    return tuple(_known(values[name]) for name in outputs)


def measured_twins(pair: Pair | None, outputs: Sequence[str]) -> tuple[Any, ...]:
    """Measure a pair of twins; all is None where they never parted."""
    if pair is None:
        return (None,) * len(outputs)
    effects = {}
    if any(name in EFFECTS for name in outputs):
        effects = failure_effects(pair.base, pair.shocked, since=pair.since, struck=pair.struck)
    return tuple(_known(_one_of_pair(pair, name, effects)) for name in outputs)


def _one_of_pair(pair: Pair, name: str, effects: Mapping[str, float]) -> Any:
    if name in EFFECTS:
        return effects[name]
    model = pair.base if name.startswith(WITHOUT) else pair.shocked
    plain = name.removeprefix(WITHOUT)
    if is_call(plain) and not name.startswith(WITHOUT):
        return measure_pair(pair, plain)
    return measured(model, [plain])[0]


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124


def study_schema(outputs: Sequence[str]) -> pa.Schema:
    """Name and type of each column; effects and calls are numbers."""
    import pyarrow as pa

    from runs.single_run.outcomes import output_schema

    fields = []
    for name in outputs:
        plain = name.removeprefix(WITHOUT)
        if name in EFFECTS or is_call(plain):
            fields.append(pa.field(name, pa.float64()))
        else:
            fields.append(output_schema([plain]).field(0).with_name(name))
    return pa.schema(fields)


def check_study(
    study: Study, outputs: Sequence[str], worlds: Mapping[str, MarketParameters]
) -> None:
    """Check that each output can be measured.

    Raises:
        ValueError: a measure is not known, or the study's kind and setting do not fit.
        ExperimentError: an outcome is not known.
    """
    from runs.single_run.outcomes import check_outputs

    if (study.kind == "twins") != (study.twins is not None):
        raise ValueError(f"study {study.name}: twins and kind = 'twins' belong together")
    for name in outputs:
        plain = name.removeprefix(WITHOUT)
        if is_call(plain):
            check_measure(plain, is_pair=study.kind == "twins" and plain == name)
        elif name not in EFFECTS or study.kind != "twins":
            for world in worlds.values():
                check_outputs([plain], world, f"study {study.name}")
