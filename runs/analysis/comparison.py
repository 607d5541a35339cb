"""Arms of a sweep compared pair by pair: the same point, the same seed, another world."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np
import pandas as pd

from runs.analysis.frame import (
    OK,
    Analysis,
    AnalysisProblem,
    Floats,
    is_text,
    output_names,
    output_values,
)
from runs.problems import nearest

LEVEL = 0.95


class NoPair(AnalysisProblem):
    """Two arms without a pair in which both runs have a value."""


MOST_FEWER = 1e9
"""Above this the arms differ by rounding only, and there is nothing to save runs on."""


@dataclass(frozen=True)
class Pairs:
    """Values of one output in two arms at the same points and seeds, shape (points, replicates).

    Only points of which every pair is whole.
    """

    base: Floats
    other: Floats
    is_flag: bool
    lost: Counter[str]
    lost_points: int

    @property
    def difference(self) -> Floats:
        """Other arm less baseline."""
        change: Floats = self.other - self.base
        return change


def compare_arms(
    frame: pd.DataFrame,
    outputs: Sequence[str] | None = None,
    baseline: str | None = None,
    missing: float | None = None,
) -> Analysis:
    """Paired differences between each arm and a baseline.

    The 95% interval of the mean difference: one point, t over the replicates; one replicate, t
    over the points; several of both, variance components of points crossed with seeds with
    Satterthwaite's degrees of freedom, since runs that share a seed are alike. Shares (true or
    false) with one point or one replicate: Agresti and Min (2005), which holds for few pairs too.
    A pair in which a run has no value costs its whole point when there are several points; it is
    counted in the column ``lost`` and in the notes.

    Args:
        frame: runs, as ``runs.load`` gives them.
        outputs: what to compare; default: all that are numbers or true and false, without those
            that have no whole pair, which the notes name.
        baseline: the arm to compare with; default: the first.
        missing: value of runs that ended well without one.

    Returns:
        One row per output and arm: output, arm, baseline, pairs, lost (runs), mean_baseline,
        mean, difference, low, high, p (t test of the mean; exact test of McNemar for true and
        false, where pairs are independent), only_baseline and only_arm (true in one arm only),
        correlation (of the arms over seeds at the same point), fewer_runs (how many times fewer
        runs the shared seeds need for the same error; nan with one replicate).

    Raises:
        AnalysisProblem: fewer than two arms, an unknown name, or no whole pair.
    """
    arms = [str(name) for name in dict.fromkeys(frame["arm"].tolist())]
    if len(arms) < 2:
        raise AnalysisProblem("this sweep has one arm: there is nothing to compare; see [[arms]]")
    base = arms[0] if baseline is None else baseline
    if base not in arms:
        raise AnalysisProblem(f"--baseline {base!r}: {nearest(base, arms)}")
    names = list(outputs) if outputs else _comparable(frame)
    rows, notes = [], []
    for output in names:
        for arm in arms:
            if arm != base:
                try:
                    pairs = pairs_of(frame, output, base, arm, missing)
                except NoPair as error:
                    if outputs:
                        raise
                    notes.append(f"not compared: {error}")
                    break
                rows.append({"output": output, "arm": arm, "baseline": base, **_row(pairs)})
                notes += _notes(pairs, output, arm)
    if not rows:
        raise AnalysisProblem("; ".join(notes) or "this sweep measured no number")
    table = pd.DataFrame(rows)
    notes = [f"against {base}; {_what_is_sampled(frame)}", *dict.fromkeys(notes)]
    return Analysis("compare", ", ".join(names), table, tuple(notes), _title(table))


def _comparable(frame: pd.DataFrame) -> list[str]:
    return [name for name in output_names(frame) if not is_text(frame[name])]


def pairs_of(
    frame: pd.DataFrame, output: str, base: str, arm: str, missing: float | None = None
) -> Pairs:
    """Arrange an output of two arms by point and replicate; see ``compare_arms``."""
    runs = frame[frame["arm"].isin([base, arm])]
    values, _ = output_values(runs, output, missing)
    points = sorted(frame["point"].unique().tolist())
    replicates = sorted(frame["replicate"].unique().tolist())
    grid = np.full((2, len(points), len(replicates)), np.nan)
    status = np.full(grid.shape, "not run", dtype=object)
    place = (
        (runs["arm"] == arm).to_numpy(dtype=np.int64),
        np.searchsorted(points, runs["point"].to_numpy(dtype=np.int64)),
        np.searchsorted(replicates, runs["replicate"].to_numpy(dtype=np.int64)),
    )
    grid[place] = values
    status[place] = runs["status"].to_numpy(dtype=object)
    broken = np.isnan(grid)
    reasons = ["without a value" if s == OK else str(s) for s in status[broken].tolist()]
    whole = ~broken.any(axis=0)
    if len(points) == 1:  # the replicates are the units
        kept, lost_points = grid[:, :, whole[0]], 0
    else:
        kept = grid[:, whole.all(axis=1)]
        lost_points = len(points) - kept.shape[1]
    if kept.size == 0:
        counts = ", ".join(f"{n:,} {reason}" for reason, n in sorted(Counter(reasons).items()))
        raise NoPair(
            f"output {output!r}: no pair of {base!r} and {arm!r} is whole ({counts});"
            " --missing X gives runs that ended well a value"
        )
    is_flag = pd.api.types.is_bool_dtype(frame[output])
    return Pairs(kept[0], kept[1], is_flag, Counter(reasons), lost_points)


def _row(pairs: Pairs) -> dict[str, float]:
    d = pairs.difference
    low, high, p = interval(pairs)
    only_base = int(((pairs.base > 0) & (pairs.other == 0)).sum()) if pairs.is_flag else nan
    only_arm = int(((pairs.base == 0) & (pairs.other > 0)).sum()) if pairs.is_flag else nan
    correlation, fewer = gain_of_shared_seeds(pairs)
    return {
        "pairs": d.size,
        "lost": pairs.lost.total(),
        "mean_baseline": float(pairs.base.mean()),
        "mean": float(pairs.other.mean()),
        "difference": float(d.mean()),
        "low": low,
        "high": high,
        "p": p,
        "only_baseline": only_base,
        "only_arm": only_arm,
        "correlation": correlation,
        "fewer_runs": nan if MOST_FEWER < fewer < inf else fewer,
    }


def interval(pairs: Pairs) -> tuple[float, float, float]:
    """95% interval of the mean difference and p-value; nan where there are too few pairs."""
    from scipy import stats

    d = pairs.difference
    points, replicates = d.shape
    is_independent = min(points, replicates) == 1
    if pairs.is_flag and is_independent:
        return _interval_of_shares(d.ravel())
    error, freedom = standard_error(d)
    if freedom <= 0:
        return nan, nan, nan
    if error == 0:
        return float(d.mean()), float(d.mean()), 1.0 if d.mean() == 0 else 0.0
    reach = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * error
    p = 2 * float(stats.t.sf(abs(float(d.mean())) / error, freedom))
    return float(d.mean()) - reach, float(d.mean()) + reach, p


def standard_error(d: Floats) -> tuple[float, float]:
    """Standard error of a mean difference and its degrees of freedom (0: not known).

    Args:
        d: differences, shape (points, replicates).
    """
    points, replicates = d.shape
    if min(points, replicates) == 1:
        size = d.size
        return (float(d.std(ddof=1)) / sqrt(size) if size > 1 else nan), size - 1
    by_point, by_seed = d.mean(axis=1), d.mean(axis=0)
    rest = d - by_point[:, None] - by_seed[None, :] + d.mean()
    ms_point = replicates * float(by_point.var(ddof=1))
    ms_seed = points * float(by_seed.var(ddof=1))
    rest_freedom = (points - 1) * (replicates - 1)
    ms_rest = float((rest**2).sum()) / rest_freedom
    total = ms_point + ms_seed - ms_rest
    if total <= max(ms_point, ms_seed):  # a component came out negative: take the larger alone
        if ms_point >= ms_seed:
            return sqrt(ms_point / d.size), points - 1
        return sqrt(ms_seed / d.size), replicates - 1
    spread = ms_point**2 / (points - 1) + ms_seed**2 / (replicates - 1) + ms_rest**2 / rest_freedom
    return sqrt(total / d.size), total**2 / spread


def _interval_of_shares(d: Floats) -> tuple[float, float, float]:
    """Agresti and Min (2005): half a pair added to each cell; p of McNemar's exact test."""
    from scipy import stats

    up, down, size = int((d > 0).sum()), int((d < 0).sum()), d.size
    more, fewer, total = up + 0.5, down + 0.5, size + 2.0
    middle = (more - fewer) / total
    error = sqrt(more + fewer - (more - fewer) ** 2 / total) / total
    reach = float(stats.norm.ppf((1 + LEVEL) / 2)) * error
    p = float(stats.binomtest(up, up + down).pvalue) if up + down else 1.0
    return max(middle - reach, -1.0), min(middle + reach, 1.0), p


def gain_of_shared_seeds(pairs: Pairs) -> tuple[float, float]:
    """Correlation of the arms over the seeds of a point, and the gain in runs it brings.

    The gain is the variance of the difference of two independent runs over that of a pair; inf
    when all pairs differ by the same amount. Both are nan with one replicate, or without any
    variance between seeds.
    """
    if pairs.base.shape[1] < 2:
        return nan, nan
    base, other = (v - v.mean(axis=1, keepdims=True) for v in (pairs.base, pairs.other))
    apart = float((base**2).sum() + (other**2).sum())
    if apart <= 1e-24 * max(float((pairs.base**2).sum() + (pairs.other**2).sum()), 1e-300):
        return nan, nan
    product = sqrt(float((base**2).sum()) * float((other**2).sum()))
    paired = float(((other - base) ** 2).sum())
    correlation = float((base * other).sum()) / product if product > 0 else nan
    return correlation, apart / paired if paired > 1e-24 * apart else np.inf


def _what_is_sampled(frame: pd.DataFrame) -> str:
    points, replicates = frame["point"].nunique(), frame["replicate"].nunique()
    if points > 1 and replicates > 1:
        over = "points and seeds"
    elif points > 1:
        over = "points; one replicate, so the gain of shared seeds is not known"
    else:
        over = "seeds" if replicates > 1 else "one pair: no interval"
    counted = (
        f"{points:,} point{'s'[: points - 1]}, {replicates:,} replicate{'s'[: replicates - 1]}"
    )
    return f"{counted}; {'' if over.startswith('one') else '95% intervals over '}{over}"


def _notes(pairs: Pairs, output: str, arm: str) -> list[str]:
    if not pairs.lost:
        return []
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in sorted(pairs.lost.items()))
    cost = f", which costs {pairs.lost_points:,} points" if pairs.lost_points else ""
    return [f"left out: {output}, {arm}: runs without a value: {reasons}{cost}"]


def _title(table: pd.DataFrame) -> str:
    clear = table[(table["low"] > 0) | (table["high"] < 0)]
    if len(table) == 1:
        row = table.iloc[0]
        word = "differs" if len(clear) else "does not clearly differ"
        return f"{row['output']} {word} between {row['arm']} and {row['baseline']}"
    return f"{len(clear)} of {len(table)} differences are clear of zero"
