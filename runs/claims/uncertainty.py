"""What an answer turns on: uncertain parameters against chance, and the parameters that matter.

Both read a study in which the uncertain parameters vary together with several seeds at each point.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isnan, nan, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from runs.claims.answer_part import Driver, Spread
from runs.twin_runs.twin_effects import CONFIDENCE, Effect

if TYPE_CHECKING:
    import pandas as pd

    from runs.claims.results import Results

type Floats = np.ndarray[Any, np.dtype[np.float64]]

RESAMPLES = 1000
MOST_DRIVERS = 3
FEWEST_POINTS = 9
"""Points under which thirds of a range say nothing."""
_SEED = 7


def spread(results: Results, study: str, output: str, arm: str | None = None) -> Spread | None:
    """How much of an outcome's variance comes from parameters and how much from chance.

    One-way analysis of variance with random effects (Fisher 1925; Searle, Casella and McCulloch
    1992, chapter 3): points are the groups, seeds the repetitions. The interval resamples points.

    Args:
        results: finished studies.
        study: one with several seeds at each point.
        output: what is explained; a yes or no counts as 1 or 0.
        arm: the arm, when there are several.

    Returns:
        The two shares; None with fewer than two whole points. Shares are nan when the outcome is
        the same in all runs.
    """
    values = by_point(results.frame(study, arm), output)
    if len(values) < 2 or values.shape[1] < 2:
        return None
    share = parameter_share(values)
    rng = np.random.Generator(np.random.PCG64(_SEED))
    draws = rng.integers(0, len(values), (RESAMPLES, len(values)))
    again = np.array([parameter_share(values[draw]) for draw in draws])
    known = again[~np.isnan(again)]
    low, high = np.quantile(known, (0.025, 0.975)) if len(known) else (nan, nan)
    return Spread(output, share, 1 - share, float(low), float(high), len(values))


def parameter_share(values: Floats) -> float:
    """Share of the variance that lies between points, 0 to 1; nan without any variance.

    Args:
        values: outcome, shape (points, seeds).
    """
    points, seeds = values.shape
    means = values.mean(axis=1)
    within = float(((values - means[:, None]) ** 2).sum()) / (points * (seeds - 1))
    between = float(((means - means.mean()) ** 2).sum()) * seeds / (points - 1)
    from_points = max(0.0, (between - within) / seeds)
    total = from_points + within
    return from_points / total if total > 0 else nan


def by_point(frame: pd.DataFrame, output: str) -> Floats:
    """Outcome by point and seed; points with a missing value are left out."""
    numbers = frame.assign(value=_floats(frame, output))
    table = numbers.pivot(index="point", columns="replicate", values="value").dropna()
    return table.to_numpy(dtype=np.float64)


def _floats(frame: pd.DataFrame, column: str) -> Floats:
    return frame[column].to_numpy(dtype=np.float64, na_value=np.nan)


def drivers(
    results: Results,
    study: str,
    output: str,
    verdict_of: Callable[[Effect], str],
    *,
    arm: str | None = None,
    is_share: bool = False,
) -> tuple[Driver, ...]:
    """The parameters with which an outcome moves most, and the verdict at both ends of each.

    Strength is the rank correlation of Spearman (1904) between parameter and outcome; it finds
    what rises or falls along the whole range. Were all parameters idle, one or more would reach
    ``chance`` in 5% of the studies (Sidak 1967). At the ends points are the units, as everywhere.

    Args:
        results: finished studies.
        study: the study with the uncertain parameters.
        output: what is explained.
        verdict_of: the claim's rule for the mean (or share) of some runs.
        arm: the arm, when there are several.
        is_share: whether the output is true or false.

    Returns:
        At most three, strongest first; none when there are too few points or all runs agree.
    """
    frame = results.frame(study, arm)
    y = _floats(frame, output)
    frame, y = frame[~np.isnan(y)], y[~np.isnan(y)]
    if frame["point"].nunique() < FEWEST_POINTS or not float(np.ptp(y)) > 0:
        return ()
    strengths = {
        name: rank_correlation(x, y)
        for name in results.varied[study]
        if np.ptp(np.quantile(x := _floats(frame, name), (1 / 3, 2 / 3))) > 0
    }
    chance = least_correlation(frame["point"].nunique(), len(strengths))
    found = []
    for name in sorted(strengths, key=lambda name: -abs(strengths[name]))[:MOST_DRIVERS]:
        x = _floats(frame, name)
        low, high = np.quantile(x, (1 / 3, 2 / 3))
        ends = (
            _effect(frame[x <= low], study, output, is_share=is_share),
            _effect(frame[x >= high], study, output, is_share=is_share),
        )
        found.append(
            Driver(
                parameter=name,
                strength=strengths[name],
                chance=chance,
                low_end=ends[0].mean,
                high_end=ends[1].mean,
                low_verdict=verdict_of(ends[0]),
                high_verdict=verdict_of(ends[1]),
                low=float(x.min()),
                high=float(x.max()),
            )
        )
    return tuple(found)


def _effect(part: pd.DataFrame, study: str, output: str, *, is_share: bool) -> Effect:
    """Mean or share over some runs of a study; runs of one point count as alike."""
    from runs.claims.results import Results

    own = Results({study: part.reset_index(drop=True)}, {study: ()})
    return own.share(study, output) if is_share else own.mean(study, output)


def least_correlation(points: int, parameters: int) -> float:
    """Rank correlation that the strongest of several idle parameters passes in 5% of studies.

    The normal approximation of one correlation, sd 1 / sqrt(points - 1), at the level of Sidak
    (1967) for the largest of several.

    Args:
        points: number of points, at least 2.
        parameters: number of parameters looked at.
    """
    from scipy.stats import norm

    level = CONFIDENCE ** (1 / max(parameters, 1))
    return float(norm.ppf((1 + level) / 2)) / sqrt(points - 1)


def rank_correlation(x: Floats, y: Floats) -> float:
    """Rank correlation of Spearman (1904), ties at their mean rank; 0 when one does not vary."""
    from scipy.stats import rankdata

    ranks = np.array([rankdata(x), rankdata(y)])
    if not (ranks.std(axis=1) > 0).all():
        return 0.0
    value = float(np.corrcoef(ranks)[0, 1])
    return 0.0 if isnan(value) else value
