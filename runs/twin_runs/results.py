"""Effects of an intervention over many pairs of twins: ``runs.twins(...)``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from math import isnan, nan, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from market.events import KINDS
from market.parameters.world import MarketParameters
from market.scenario import Scenario, load_scenario
from runs.own_model import ModelLike, class_of, own_model
from runs.twin_runs.interventions import Intervention
from runs.twin_runs.measures import EFFECTS
from runs.twin_runs.pairs import Before, TwinPlan, TwinRun, When, run_twins

if TYPE_CHECKING:
    import pandas as pd

    from market.model import MarketModel
    from runs.sweep.workers import ExecutorLike


CONFIDENCE = 0.95
RESAMPLES = 2000
_BOOTSTRAP_SEED = 20251


@dataclass(frozen=True, slots=True)
class Effect:
    """A mean over pairs of twins with its 95% interval.

    Attributes:
        mean: mean of the values that exist; nan without any.
        low, high: ends of the interval; nan where there are too few values.
        n: number of values.
    """

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Mean and interval with three digits."""
        return f"{self.mean:.3g} [{self.low:.3g}, {self.high:.3g}], n = {self.n}"


def mean_effect(values: Sequence[float] | NDArray[np.float64]) -> Effect:
    """Mean with the t interval (Student 1908); nan is left out."""
    from scipy.stats import t

    given = _present(values)
    if len(given) == 0:
        return Effect(nan, nan, nan, 0)
    mean = float(given.mean())
    if len(given) == 1:
        return Effect(mean, nan, nan, 1)
    half = float(t.ppf((1 + CONFIDENCE) / 2, len(given) - 1)) * float(
        given.std(ddof=1) / sqrt(len(given))
    )
    return Effect(mean, mean - half, mean + half, len(given))


def share_effect(values: Sequence[float] | NDArray[np.float64]) -> Effect:
    """Share of ones among zeros and ones with the interval of Wilson (1927); nan is left out.

    Unlike a resampled interval it has a width also where no pair, or every pair, has the property.

    Raises:
        ValueError: a value is neither 0 nor 1.
    """
    given = _present(values)
    if not bool(np.isin(given, (0.0, 1.0)).all()):
        raise ValueError("a share is of zeros and ones")
    n = len(given)
    if n == 0:
        return Effect(nan, nan, nan, 0)
    return wilson(float(given.mean()), n, n)


def wilson(share: float, n: int, effective: float) -> Effect:
    """A share of n values with Wilson's interval.

    Args:
        share: the share, 0 to 1.
        n: number of values.
        effective: number of independent values that they are worth, over 0.
    """
    from scipy.stats import norm

    z, size = float(norm.ppf((1 + CONFIDENCE) / 2)), effective
    centre = (share + z * z / (2 * size)) / (1 + z * z / size)
    half = z / (1 + z * z / size) * sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    return Effect(
        share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half)), n
    )


def bootstrap_effect(values: Sequence[float] | NDArray[np.float64]) -> Effect:
    """Mean with the percentile bootstrap interval (Efron 1979), 2,000 resamples of one seed.

    For differences of shares, which are -1, 0 or 1 in a pair; nan is left out.
    """
    given = _present(values)
    if len(given) == 0:
        return Effect(nan, nan, nan, 0)
    rng = np.random.Generator(np.random.PCG64(_BOOTSTRAP_SEED))
    means = given[rng.integers(0, len(given), (RESAMPLES, len(given)))].mean(axis=1)
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(each) for each in np.quantile(means, (tail, 1 - tail)))
    return Effect(float(given.mean()), low, high, len(given))


def paired_share_effect(gaps: Sequence[float] | NDArray[np.float64]) -> Effect:
    """Difference of two shares over pairs, with the adjusted interval of Agresti & Min (2005).

    Half a pair is added to each of the four cells, so that few pairs that differ, or none, do not
    look surer than they are, as they do when resampled; the mean is that of the pairs.

    Args:
        gaps: with less without in each pair: -1, 0 or 1; nan is left out.

    Raises:
        ValueError: a gap is another number.
    """
    from scipy.stats import norm

    given = _present(gaps)
    if not bool(np.isin(given, (-1.0, 0.0, 1.0)).all()):
        raise ValueError("a difference of shares is of -1, 0 and 1")
    n = len(given)
    if n == 0:
        return Effect(nan, nan, nan, 0)
    more, less = float((given > 0).sum()) + 0.5, float((given < 0).sum()) + 0.5
    size, gap = n + 2, more - less
    centre = gap / size
    half = float(norm.ppf((1 + CONFIDENCE) / 2)) * sqrt(more + less - gap * gap / size) / size
    mean = float(given.mean())
    low, high = min(mean, centre - half), max(mean, centre + half)
    return Effect(mean, max(-1.0, low), min(1.0, high), n)


def _present(values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([value for value in values if not isnan(value)], dtype=np.float64)


# --- effects of an intervention over many pairs of twins


type World = str | Path | Scenario | MarketParameters


@dataclass(frozen=True)
class TwinResult:
    """All pairs of twins of one experiment.

    Attributes:
        plan: what was done.
        runs: one per seed, in the order of the seeds.
    """

    plan: TwinPlan
    runs: tuple[TwinRun, ...]

    @property
    def pairs(self) -> list[TwinRun]:
        """Runs whose twins parted."""
        return [run for run in self.runs if run.since is not None]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per seed: seed, since, one column per effect, then outputs of both twins.

        Columns ``NAME`` hold an output with the intervention, ``NAME_without`` without it.
        """
        import pandas as pd

        rows = [
            {
                "seed": run.seed,
                "since": run.since,
                **run.effects,
                **run.shocked,
                **{f"{name}_without": value for name, value in run.base.items()},
            }
            for run in self.runs
        ]
        return pd.DataFrame(rows).astype({"since": "Int64"})

    def effect(self, name: str) -> Effect:
        """An effect over all pairs, or the paired difference of an output, with its interval.

        What is 0 or 1 in each pair is a share with Wilson's interval; other numbers have the t
        interval; differences of outputs that are true or false have the bootstrap interval.

        Raises:
            KeyError: nothing of this name was measured, or no twins parted.
        """
        if not self.pairs:
            raise KeyError(f"{name}: no twins parted")
        if name in self.plan.outputs:
            return self._difference(name)
        values = [run.effects[name] for run in self.pairs]
        is_share = name in EFFECTS and EFFECTS[name].kind == "share"
        return share_effect(values) if is_share else mean_effect(values)

    def _difference(self, name: str) -> Effect:
        """Paired difference, with less without, where both twins have a value."""
        pairs = [(run.shocked[name], run.base[name]) for run in self.pairs]
        known = [(a, b) for a, b in pairs if a is not None and b is not None]
        is_share = all(isinstance(a, bool) for a, _ in known)
        values = [float(a) - float(b) for a, b in known]
        return bootstrap_effect(values) if is_share and values else mean_effect(values)

    def change(self, name: str) -> Effect:
        """Paired difference of a share, "chipmaker_fails" less "chipmaker_fails_without"."""
        pairs = ((run.effects[name], run.effects[f"{name}_without"]) for run in self.pairs)
        return bootstrap_effect([a - b for a, b in pairs])

    @cached_property
    def effects(self) -> pd.DataFrame:
        """One row per effect and output: mean, low, high, n; indexed by name."""
        import pandas as pd

        names = list(dict.fromkeys(name for run in self.pairs for name in run.effects))
        found = {name: self.effect(name) for name in (*names, *self.plan.outputs)}
        rows = [(e.mean, e.low, e.high, e.n) for e in found.values()]
        return pd.DataFrame(rows, index=list(found), columns=["mean", "low", "high", "n"])

    def by_quarter(self, indicator: str) -> pd.DataFrame:
        """Paired difference of an indicator of the whole market, quarter by quarter.

        Columns: without and with_it (means over the pairs), mean, low, high and n of the
        difference; indexed by the quarters since the twins parted, from 0.

        Raises:
            KeyError: there is no such indicator.
        """
        import pandas as pd

        without = _matrix([run.base_series[indicator] for run in self.pairs])
        with_it = _matrix([run.shocked_series[indicator] for run in self.pairs])
        rows = []
        for first, second in zip(without.T, with_it.T, strict=True):
            gap = mean_effect(second - first)
            levels = (mean_effect(first).mean, mean_effect(second).mean)
            rows.append((*levels, gap.mean, gap.low, gap.high, gap.n))
        columns = ["without", "with_it", "mean", "low", "high", "n"]
        return pd.DataFrame(rows, columns=columns).rename_axis(index="quarters_since")


def _matrix(rows: Sequence[Sequence[float | None]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Values (pairs, quarters), nan where there are none; all rows have one length."""
    return np.array(rows, dtype=np.float64).reshape(len(rows), -1)


def twins(  # noqa: PLR0913 - the options of the command
    world: World,
    intervention: Intervention,
    *,
    seeds: Iterable[int] | int,
    quarter: int | None = None,
    when: Before | Callable[[MarketModel], bool] | None = None,
    quarters_after: int = 12,
    outputs: Sequence[str] = (),
    executor: ExecutorLike | None = None,
    model_class: ModelLike = None,
) -> TwinResult:
    """Clone a state, change one thing in one clone, and measure the difference.

    Args:
        world: name or file of a scenario, or a world that was loaded.
        intervention: what is done to one twin, see ``runs.twin_runs.interventions``; any function
            of a model.
        seeds: root seeds, one pair for each; a number n stands for 0 to n - 1.
        quarter: when the twins part, at the start of this quarter (0 = first).
        when: instead of ``quarter``: a time before an event, or a test of the model.
        quarters_after: how many quarters the twins run from there.
        outputs: names of ``runs.single_run.outcomes``, measured over each twin's whole run.
        executor: an executor or a function that makes one; None runs all here. The results are
            the same.
        model_class: your own subclass of ``MarketModel``, or its name "package.module:Class"; with
            an executor it must stand at the top of a module.

    Returns:
        All pairs, with effects and their intervals.

    Raises:
        ValueError: both or neither of ``quarter`` and ``when`` are given, a number of quarters is
            negative, or the intervention is not valid in this world.
        ModelProblem: the model class cannot be used.
    """
    if (quarter is None) == (when is None):
        raise ValueError("give either quarter or when")
    moment: When = quarter if quarter is not None else when  # type: ignore[assignment]
    made = class_of(model_class) if executor is None else own_model(model_class)
    plan = TwinPlan(
        _world(world), intervention, moment, quarters_after, tuple(outputs), model_class=made
    )
    return run_plan(plan, seeds, executor=executor)


def run_plan(
    plan: TwinPlan, seeds: Iterable[int] | int, *, executor: ExecutorLike | None = None
) -> TwinResult:
    """Do a plan for each seed; arguments and errors as in ``twins``."""
    _check(plan)
    roots = list(range(seeds)) if isinstance(seeds, int) else list(seeds)
    return TwinResult(plan, tuple(_execute(partial(run_twins, plan), roots, executor)))


def _check(plan: TwinPlan) -> None:
    from runs.single_run.outcomes import check_outputs

    if plan.quarters_after < 1 or (isinstance(plan.when, int) and plan.when < 0):
        raise ValueError("twins part at quarter 0 or later and run at least one quarter")
    if isinstance(plan.when, Before) and plan.when.event not in KINDS:
        raise ValueError(f"{plan.when.event!r} is no kind of event: {', '.join(KINDS)}")
    check_outputs(plan.outputs, plan.world)
    double = [name for name in plan.outputs if name in EFFECTS]
    if double:
        raise ValueError(f"{double[0]!r} is an effect that is measured anyway")


def _world(world: World) -> MarketParameters:
    if isinstance(world, Scenario):
        return world.parameters
    return world if isinstance(world, MarketParameters) else load_scenario(world)


def _execute(
    task: Callable[[int], TwinRun], seeds: Sequence[int], executor: ExecutorLike | None
) -> list[TwinRun]:
    if executor is None:
        return [task(seed) for seed in seeds]
    if isinstance(executor, Executor):
        return list(executor.map(task, seeds))
    with executor() as made:
        return list(made.map(task, seeds))
