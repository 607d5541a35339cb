"""What the studies gave, as the functions that answer claims read it.

Both read a study in which the uncertain parameters vary together with several seeds at each point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isnan, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd

from runs.claims.claim import Corner, Driver, Drivers, Spread
from runs.twin_runs.results import CONFIDENCE, Effect, mean_effect, share_effect, wilson


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from market.scenario import load_scenario

    return {key: firm.name for key, firm in load_scenario("reference").companies().items()}


def firm_name(key: str) -> str:
    """Name of a company of the reference scenario; the key itself when it has none."""
    return _names().get(key, key)


# --- what the studies gave, as the functions that answer claims read it


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

    def added_risk(self, study: str, output: str, without: str = "") -> Effect:
        """Share of pairs in which something happens, less that of the twins without: added risk.

        The interval is that of a difference of two shares (MOVER: Newcombe 1998; Zou and Donner
        2008) of the pairs to which the intervention adds it and those which it spares. Unlike that
        of a mean it has a width also where no pair differs. Arguments as in ``excess``.
        """
        frame = self.frame(study)
        one, two = (
            frame[name].astype("float64") for name in (output, without or f"{output}_without")
        )
        known = one.notna() & two.notna()
        added, spared = (
            share_by_point(yes.astype("float64")[known], frame["point"][known])
            for yes in ((one > two), (two > one))
        )
        if not added.n:
            return added
        gap = added.mean - spared.mean
        low = gap - sqrt((added.mean - added.low) ** 2 + (spared.high - spared.mean) ** 2)
        high = gap + sqrt((added.high - added.mean) ** 2 + (spared.mean - spared.low) ** 2)
        return Effect(gap, max(-1.0, low), min(1.0, high), added.n)


def rate_per_year(quarters: pd.Series[float], points: pd.Series[int], horizon: int) -> Effect:
    """First events a year at risk, with the exact interval of a Poisson rate (Garwood 1936).

    Runs of one point count as fewer, by the design effect of whether they have the event.

    Args:
        quarters: quarter of the first event in each run; nan for none.
        points: the point of each run.
        horizon: number of quarters of a run.
    """
    from scipy.stats import chi2

    has_event = quarters.notna().astype("float64")
    years = float((quarters + 1).fillna(horizon).sum()) / 4
    events, n = float(has_event.sum()), len(quarters)
    if years <= 0:
        return Effect(nan, nan, nan, n)
    each = design_effect(has_event, points) if _has_several(points) else 1.0
    own, tail = events / each, (1 - CONFIDENCE) / 2
    low = float(chi2.ppf(tail, 2 * own)) / 2 if own > 0 else 0.0
    high = float(chi2.ppf(1 - tail, 2 * own + 2)) / 2
    return Effect(events / years, low * each / years, high * each / years, n)


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


# --- two arms of a study, run by run


PAIR = ["point", "replicate"]


def paired(results: Results, study: str, output: str, arm: str, base: str) -> pd.DataFrame:
    """An output in two arms, one row per point and seed: columns ``arm`` and ``base``.

    Pairs of which one run failed are left out; a missing value is nan.
    """
    found = {
        name: results.frame(study, which).set_index(PAIR)[output].astype("float64")
        for name, which in (("arm", arm), ("base", base))
    }
    return pd.DataFrame(found).loc[lambda pairs: pairs.index.isin(_shared(found))]


def _shared(found: Mapping[str, pd.Series[float]]) -> pd.Index[int]:
    return found["arm"].index.intersection(found["base"].index)


def with_added(results: Results, study: str, output: str) -> Results:
    """The same pairs of twins with what the intervention adds as ``output``, to ask what drives it.

    It is 1 in a pair where the output is true only with the intervention, -1 where only without.
    """
    frame = results.frame(study)
    one, two = (frame[name].astype("float64") for name in (output, f"{output}_without"))
    changed = frame.assign(**{output: one - two})
    return Results({study: changed}, {study: results.varied[study]}, results.is_quick)


def gains(pairs: pd.DataFrame, *, is_relative: bool) -> pd.Series[float]:
    """Arm less base by pair, or that over base; nan where a value is missing or base is not > 0."""
    change = pairs["arm"] - pairs["base"]
    if not is_relative:
        return change
    return change / pairs["base"].where(pairs["base"] > 0, nan)


def with_gain(
    results: Results, study: str, output: str, arm: str, base: str, *, is_relative: bool
) -> Results:
    """The same study with one row per pair and the gain as ``output``, to ask what drives it."""
    gain = gains(paired(results, study, output, arm, base), is_relative=is_relative)
    frame = results.frame(study, arm).set_index(PAIR)
    frame = frame.loc[frame.index.isin(gain.index)].copy()
    frame[output] = gain.reindex(frame.index).to_numpy(dtype=np.float64)
    return Results({study: frame.reset_index()}, {study: results.varied[study]}, results.is_quick)


# --- what an answer turns on


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
) -> Drivers:
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
        At most three, strongest first; none when there are too few points or all runs agree. With
        them the corners in which those that are more than chance push the outcome one way.
    """
    frame = results.frame(study, arm)
    y = _floats(frame, output)
    frame, y = frame[~np.isnan(y)], y[~np.isnan(y)]
    if frame["point"].nunique() < FEWEST_POINTS or not float(np.ptp(y)) > 0:
        return Drivers()
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
    turned = Drivers(found)
    strong = [(d.parameter, d.strength) for d in found if abs(d.strength) >= chance]
    corners = (
        _corner(frame, strong, is_up, lambda part: _effect(part, study, output, is_share=is_share))
        for is_up in (False, True)
    )
    turned.corners = tuple(
        Corner(thirds, effect.mean, verdict_of(effect), runs)
        for thirds, effect, runs in (each for each in corners if each is not None)
    )
    return turned


def _corner(
    frame: pd.DataFrame,
    strong: Sequence[tuple[str, float]],
    is_up: bool,
    effect_of: Callable[[pd.DataFrame], Effect],
) -> tuple[tuple[tuple[str, bool], ...], Effect, int] | None:
    """Runs in which all strong parameters push one way: thirds, effect and number of runs.

    The weakest parameters are left out until enough points are there; None when none is left.
    """
    for count in range(len(strong), 0, -1):
        chosen = np.ones(len(frame), dtype=np.bool_)
        thirds = []
        for name, strength in strong[:count]:
            x = _floats(frame, name)
            low, high = np.quantile(x, (1 / 3, 2 / 3))
            is_upper = (strength > 0) == is_up
            thirds.append((name, is_upper))
            chosen &= (x >= high) if is_upper else (x <= low)
        part = frame[chosen]
        if part["point"].nunique() >= FEWEST:
            return tuple(thirds), effect_of(part), len(part)
    return None


def _effect(part: pd.DataFrame, study: str, output: str, *, is_share: bool) -> Effect:
    """Mean or share over some runs of a study; runs of one point count as alike."""
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
