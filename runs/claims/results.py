"""What the studies gave, as the functions that answer claims read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import nan
from typing import TYPE_CHECKING

from runs.twin_runs.twin_effects import Effect, mean_effect, share_effect, wilson

if TYPE_CHECKING:
    import pandas as pd


FEWEST = 3
"""Values under which a mean of shares has no interval."""


@dataclass(frozen=True)
class Results:
    """Finished studies.

    Attributes:
        frames: study -> one row per run that ended well: run_id, point, arm, replicate, seed,
            varied parameters, outputs.
        varied: study -> names of the varied parameters.
        is_quick: whether the ensembles are those of the quick report.
    """

    frames: Mapping[str, pd.DataFrame]
    varied: Mapping[str, tuple[str, ...]]
    is_quick: bool = False

    def frame(self, study: str, arm: str | None = None) -> pd.DataFrame:
        """The runs of a study, of one arm when it is named.

        Raises:
            KeyError: the study was not run, or has no such arm.
        """
        if study not in self.frames:
            raise KeyError(f"study {study!r} was not run")
        frame = self.frames[study]
        if arm is None:
            return frame
        chosen = frame[frame["arm"] == arm]
        if chosen.empty:
            raise KeyError(f"study {study!r} has no runs in arm {arm!r}")
        return chosen

    def mean(self, study: str, output: str, arm: str | None = None) -> Effect:
        """Mean of an output with the t interval; runs without a value are left out.

        Where points have several seeds, the points are the units.
        """
        frame = self.frame(study, arm)
        return mean_by_point(frame[output], frame["point"])

    def share(self, study: str, output: str, arm: str | None = None) -> Effect:
        """Share of runs in which an output is true, with Wilson's interval.

        Where points have several seeds, runs of one point are alike: the interval is that of the
        effective number of runs (Kish 1965), n / (1 + (seeds - 1) * correlation within a point).
        """
        frame = self.frame(study, arm)
        return share_by_point(frame[output], frame["point"])

    def difference(self, study: str, output: str, arm: str, base: str) -> Effect:
        """Mean paired difference between two arms: same point and seed in both.

        Where points have several seeds, the points are the units.
        """
        keys = ["point", "replicate"]
        one, two = (
            self.frame(study, name).set_index(keys)[output].astype("float64")
            for name in (arm, base)
        )
        gap = one - two
        if _has_several(gap.index.get_level_values("point")):
            gap = gap.groupby(level="point").mean()
        return mean_effect(gap.tolist())

    def excess(self, study: str, output: str, without: str = "") -> Effect:
        """Mean of an output of twins less the same in the twin without the intervention.

        Both are yes or no in each pair; where points have several seeds, the points are the units.
        ``without`` names the second; left out, it is the first with "_without" at its end.
        """
        frame = self.frame(study)
        names = (output, without or f"{output}_without")
        one, two = (frame[name].astype("float64") for name in names)
        own = Results({study: frame.assign(**{output: one - two})}, {study: ()})
        return own.mean(study, output)


def mean_by_point(values: pd.Series[float], points: pd.Series[int]) -> Effect:
    """Mean with the t interval; where points have several seeds, the points are the units.

    Args:
        values: one per run; nan where a run has none.
        points: the point of each run.
    """
    numbers = values.astype("float64")
    if _has_several(points):
        numbers = numbers.groupby(points).mean()
    return mean_effect(numbers.tolist())


def bounded(effect: Effect) -> Effect:
    """A mean of shares that cannot leave 0 to 1: its interval is cut there; none under 3 values.

    Two values give an interval of Student as wide as 13 times their distance, which says nothing.
    """
    if effect.n < FEWEST:
        return replace(effect, low=nan, high=nan)
    return replace(effect, low=max(0.0, effect.low), high=min(1.0, effect.high))


def share_by_point(values: pd.Series[float], points: pd.Series[int]) -> Effect:
    """Share of ones with Wilson's interval; runs of one point count as fewer.

    Args:
        values: one per run: a yes or no, or nan where a run has none.
        points: the point of each run.
    """
    numbers = values.astype("float64")
    plain = share_effect(numbers.tolist())
    if not _has_several(points) or plain.n == 0:
        return plain
    return wilson(plain.mean, plain.n, plain.n / design_effect(numbers, points))


def design_effect(values: pd.Series[float], points: pd.Series[int]) -> float:
    """How many runs are worth one independent run (Kish 1965), at least one.

    1 + (seeds - 1) * correlation within a point, with the correlation of a one-way analysis of
    variance, also of points with unlike numbers of runs (Searle, Casella and McCulloch 1992,
    section 3.6), where seeds are the size of the point of a mean run. Runs that all agree, or of
    one seed each, tell nothing of the correlation: then those of one point count as one.

    Args:
        values: one per run; nan where a run has none.
        points: the point of each run.
    """
    present = values.notna()
    known = values[present]
    groups = known.groupby(points[present].to_numpy())
    sizes = groups.size().to_numpy(dtype="float64")
    n, k = float(sizes.sum()), len(sizes)
    seeds = float((sizes**2).sum()) / n
    if k < 2 or k == n:
        return seeds
    within = float(((known - groups.transform("mean")) ** 2).sum()) / (n - k)
    around = float((sizes * (groups.mean().to_numpy() - known.mean()) ** 2).sum()) / (k - 1)
    between = max(0.0, (around - within) * (k - 1) / (n - seeds))
    alike = between / (between + within) if between + within > 0 else 1.0
    return 1 + (seeds - 1) * alike


def _has_several(points: pd.Series[int] | pd.Index[int]) -> bool:
    """Whether there are several points, each with several seeds."""
    return 1 < points.nunique() < len(points)
