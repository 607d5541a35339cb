"""What the trials gave in one kind of worlds, as the functions that measure gates read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import nan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from runs.twin_runs.results import Effect, bootstrap_effect, mean_effect, share_effect
from runs.validation.trials import WITH, WITHOUT, Setting, Trial

PAIR = ["point", "replicate"]
"""What makes a seed: all arms share it."""
RESAMPLES = 2000
_SEED = 7

type Floats = NDArray[np.float64]
type Reduce = Callable[[Floats], Any]


@dataclass(frozen=True)
class Results:
    """Finished trials in one kind of worlds.

    Attributes:
        trials: trial -> its declaration.
        frames: trial -> one row per run that ended well.
        series: trial -> one row per run and quarter, for trials that keep series.
        setting: in what they were run.
    """

    trials: Mapping[str, Trial]
    frames: Mapping[str, pd.DataFrame]
    series: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    setting: Setting = field(default_factory=Setting)

    def has(self, trial: str, arm: str) -> bool:
        """Whether a trial was run in an arm."""
        return bool((self.frames[trial]["arm"] == arm).any())

    def values(self, trial: str, output: str, arm: str) -> pd.Series[float]:
        """An output in an arm by seed; nan where a run has none.

        Raises:
            KeyError: the trial was not run, or has no such arm.
        """
        frame = self.frames[trial]
        chosen = frame[frame["arm"] == arm]
        if chosen.empty:
            raise KeyError(f"trial {trial!r} has no runs in arm {arm!r}")
        return chosen.set_index(PAIR)[output].astype("float64")

    def share(self, trial: str, output: str, arm: str) -> Effect:
        """Share of runs of which an output is true, with Wilson's interval."""
        return share_effect(self.values(trial, output, arm).tolist())

    def mean(self, trial: str, output: str, arm: str) -> Effect:
        """Mean of an output with the t interval."""
        return mean_effect(self.values(trial, output, arm).tolist())

    def change(self, trial: str, output: str, arm: str, base: str) -> Effect:
        """Mean change of an output against another arm, as a part of that: same seeds in both."""
        one, two = (self.values(trial, output, name) for name in (arm, base))
        return mean_effect((one / two.where(two > 0, nan) - 1).tolist())

    def difference(self, trial: str, output: str, arm: str, base: str) -> Effect:
        """Mean difference of an output to another arm: same seeds in both."""
        one, two = (self.values(trial, output, name) for name in (arm, base))
        return mean_effect((one - two).tolist())

    def share_difference(self, trial: str, output: str, arm: str, base: str) -> Effect:
        """The same for a yes or no, with a resampled interval: a pair gives -1, 0 or 1."""
        one, two = (self.values(trial, output, name) for name in (arm, base))
        return bootstrap_effect((one - two).tolist())


def twin_change(frame: pd.DataFrame, statistic: str) -> Effect:
    """Mean change of a statistic by what was done to one of two twins, as a part of the other."""
    with_it, without = (frame[f"{side}{statistic}"].astype("float64") for side in (WITH, WITHOUT))
    return mean_effect((with_it / without.where(without > 0, nan) - 1).tolist())


def twin_difference(frame: pd.DataFrame, statistic: str) -> Effect:
    """Mean difference of a statistic between two twins."""
    with_it, without = (frame[f"{side}{statistic}"].astype("float64") for side in (WITH, WITHOUT))
    return mean_effect((with_it - without).tolist())


def quantile_effect(values: Iterable[float], share: float) -> Effect:
    """A quantile of values with its resampled interval (Efron 1979); nan is left out.

    Args:
        values: one per run.
        share: 0.05 for the value under which a twentieth of the runs lies.
    """
    return resampled(values, lambda rows: np.quantile(rows, share, axis=-1))


def resampled(values: Iterable[float], function: Reduce) -> Effect:
    """A figure of many values with its percentile interval over resamples of one seed.

    Args:
        values: one per run; nan is left out.
        function: of arrays whose last axis are the runs; gives one number each.
    """
    known = np.array([value for value in values if value == value])  # noqa: PLR0124 - nan
    if len(known) == 0:
        return Effect(nan, nan, nan, 0)
    rng = np.random.Generator(np.random.PCG64(_SEED))
    draws = function(known[rng.integers(0, len(known), (RESAMPLES, len(known)))])
    low, high = (float(each) for each in np.quantile(draws, (0.025, 0.975)))
    return Effect(float(function(known)), low, high, len(known))


def worst(effects: Mapping[str, Effect], *, is_largest: bool) -> tuple[str, Effect] | None:
    """Name and figure of the largest, or smallest, of some effects; None without any known."""
    known = {name: each for name, each in effects.items() if each.n and each.mean == each.mean}
    if not known:
        return None
    pick = max if is_largest else min
    name = pick(known, key=lambda each: known[each].mean)
    return name, known[name]
