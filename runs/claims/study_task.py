"""How one run, or one pair of twins, of a study is done and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from runs.claims.measures import check_measure, is_call, measure_model, measure_pair
from runs.claims.studies import SIZE, Study, TwinSetting
from runs.experiments.plan import ExperimentTask
from runs.sweep.one_run import RunResult, failed
from runs.twin_runs.interventions import Fail, Intervention, ScaleInflow, Shock
from runs.twin_runs.measures import EFFECTS, failure_effects
from runs.twin_runs.pairs import Before, Pair, TwinPlan, twin_pair

if TYPE_CHECKING:
    import pyarrow as pa

    from market.model import MarketModel
    from market.parameters.world import MarketParameters

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
        from market.model import MarketModel

        world, seed = self.worlds.world(row), int(row["seed"])
        if self.study.twins is None:
            return measured(MarketModel(world, seed=seed).run(), self.outputs)
        setting = self.study.twins
        size = setting.size if row.get(SIZE) is None else float(row[SIZE])
        return measured_twins(twin_pair(_plan(world, setting, size), seed), self.outputs)


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
    return Shock(setting.intervention, target, size, setting.quarters)


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
