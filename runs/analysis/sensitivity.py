"""Which parameters drive an output: Sobol, Morris, PAWN and rank regression, with intervals.

Functions of the frame of ``runs.load``; they read no files. Intervals are 95% percentile
intervals of a bootstrap over the independent units of the design.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from runs.analysis.frame import (
    MAX_LOST,
    Analysis,
    AnalysisProblem,
    Floats,
    Points,
    by_point,
    codes,
    lost_notes,
    noise_notes,
)

RESAMPLES = 1000
"""Bootstrap resamples behind an interval."""
EDGES = (2.5, 97.5)
"""Percentiles of a 95% interval."""
WIDE = 0.5
"""Width of the interval of a total index over which a note asks for more samples."""
MORRIS_LEVELS = 4


@dataclass(frozen=True)
class Question:
    """What is to be explained by what.

    Attributes:
        output: column of the output.
        varied: columns of the varied parameters.
        arm: the arm, when there are several.
        missing: value of runs that ended well without one; None leaves them out.
        max_lost: largest share of the design that may be left out for runs without a value.
        resamples: bootstrap resamples.
        seed: of the bootstrap.
    """

    output: str
    varied: Sequence[str]
    arm: str | None = None
    missing: float | None = None
    max_lost: float = MAX_LOST
    resamples: int = RESAMPLES
    seed: int = 1

    def points(self, frame: pd.DataFrame) -> Points:
        """The output at the points of the design."""
        return by_point(frame, self.output, self.varied, self.arm, self.missing)


def sobol_indices(frame: pd.DataFrame, question: Question) -> Analysis:
    """First and total order indices of a Sobol design (Saltelli's layout).

    First order: Saltelli et al. (2010), table 2, estimator b; total order: Jansen (1999). A base
    sample counts with all its points or, when one of them has no value, not at all. Replicates
    are averaged; bootstrap over the base samples.

    Args:
        frame: runs, with the columns ``sample`` and ``block`` of the design.
        question: what to explain.

    Returns:
        One row per parameter, largest total first: parameter, first, first_low, first_high,
        total, total_low, total_high: shares of the variance.

    Raises:
        AnalysisProblem: no Sobol design, a name is unknown, too many runs have no value, or the
            output is the same everywhere.
    """
    points = question.points(frame)
    values = _samples_by_block(points, ["A", *(f"AB:{n}" for n in question.varied), "B"], "sobol")
    whole = values[~np.isnan(values).any(axis=1)]
    lost = len(values) - len(whole)
    notes = lost_notes(points, lost, len(values), "base samples", question.max_lost)
    _check_variance(whole, question.output)
    first, total = _sobol_resamples(whole - whole[:, [0, -1]].mean(), question)
    table = pd.DataFrame({"parameter": list(question.varied)})
    for name, found in (("first", first), ("total", total)):
        table[name] = found[0]
        table[f"{name}_low"], table[f"{name}_high"] = np.percentile(found[1:], EDGES, axis=0)
    table = table.sort_values("total", ascending=False, kind="stable", ignore_index=True)
    notes = [
        f"{len(whole):,} base samples; {_alone(first.sum(axis=1))}",
        *notes,
        *noise_notes(points.values),
    ]
    top = table.iloc[0]
    if top["total_high"] - top["total_low"] > WIDE:
        notes.insert(1, "the intervals are wide: more samples would tell more")
    title = f"{top['parameter']} drives {question.output} most: total index {top['total']:.2f}"
    return Analysis("sobol", question.output, table, tuple(notes), title)


def _alone(sums: Floats) -> str:
    """What the parameters explain one by one, in words.

    The sum of the first-order indices is a share of the variance, but its estimate from few samples
    is not bound to be one.

    Args:
        sums: the sum, and those of the resamples.
    """
    low, high = np.percentile(sums[1:], EDGES)
    sure = f"95% interval {low:.0%} to {high:.0%}"
    text = f"parameters one by one explain {sums[0]:.0%} of the variance ({sure})"
    if 0 <= sums[0] <= 1:
        return f"{text}, the ways in which they act together {1 - sums[0]:.0%}"
    if low <= 0 and high >= 1:
        return (
            f"what parameters explain one by one cannot be told apart from nothing or from all of"
            f" the variance: the estimate is {sums[0]:.0%} ({sure}), and only more samples help"
        )
    if sums[0] < 0:
        return (
            f"parameters one by one explain about nothing of the variance, all comes from how they"
            f" act together (estimate {sums[0]:.0%}, {sure}: below zero by chance alone)"
        )
    return (
        f"parameters one by one explain about all of the variance, how they act together about"
        f" nothing (estimate {sums[0]:.0%}, {sure}: above 100% by chance alone)"
    )


INDEX = {"sobol": "total", "morris": "mu_star", "pawn": "pawn"}
"""Method -> the column of its table that ranks the parameters."""


def widest_interval(found: Analysis) -> tuple[float, str]:
    """How wide the widest interval of the ranking index is, and of which parameter it is.

    Args:
        found: from ``sobol_indices``, ``morris_effects`` or ``pawn_indices``.
    """
    rows = found.table[found.table["parameter"] != CHANCE].reset_index(drop=True)
    name = INDEX[found.method]
    width = rows[f"{name}_high"] - rows[f"{name}_low"]
    place = int(width.to_numpy().argmax())
    return float(width[place]), str(rows["parameter"][place])


def interval_note(found: Analysis, wanted: float | None = None) -> tuple[str, bool]:
    """How sure the indices are, in words, and whether that is as sure as wanted.

    An interval shrinks with the root of the number of samples, which tells about how many it takes.
    """
    width, parameter = widest_interval(found)
    text = f"widest interval: {width:,.3g} ({INDEX[found.method]} of {parameter})"
    if wanted is None:
        return text, True
    if width <= wanted:
        return f"{text}, within the wanted {wanted:,.3g}", True
    times = (width / wanted) ** 2
    return (
        f"{text}, wider than the wanted {wanted:,.3g}: about {times:,.2g} times the samples",
        False,
    )


def _samples_by_block(points: Points, blocks: Sequence[str], method: str) -> Floats:
    """Means of the points, shape (samples, blocks); nan where a point is missing."""
    layout = points.layout
    if set(layout.columns) != {"sample", "block"} or not layout["block"].isin(blocks).all():
        raise AnalysisProblem(
            f"the points of this sweep are no {method} design: sweep with --design {method}, or"
            " ask with --method pawn"
        )
    samples = sorted(layout["sample"].unique().tolist())
    grid = np.full((len(samples), len(blocks)), np.nan)
    rows = np.searchsorted(samples, layout["sample"].to_numpy())
    columns = [blocks.index(block) for block in layout["block"].tolist()]
    grid[rows, columns] = points.means
    return grid


def _check_variance(values: Floats, output: str) -> None:
    if not float(np.ptp(values)) > 0:
        raise AnalysisProblem(
            f"output {output!r} is {float(values.flat[0]):g} in all runs: nothing to explain"
        )


def _sobol_resamples(values: Floats, question: Question) -> tuple[Floats, Floats]:
    """First and total indices; row 0 of the data, the others of bootstrap resamples.

    Args:
        values: centred output, shape (samples, parameters + 2): A, AB of each parameter, B.
        question: resamples and seed.
    """
    a, mixed, b = values[:, :1], values[:, 1:-1], values[:, -1:]
    size = mixed.shape[1]
    terms = np.hstack([b * (mixed - a), (a - mixed) ** 2 / 2, a + b, a**2 + b**2])
    rng = np.random.default_rng(np.random.SeedSequence(question.seed))
    samples = len(values)
    found = [terms.mean(axis=0)]
    for _ in range(question.resamples):
        counts = np.bincount(rng.integers(0, samples, samples), minlength=samples)
        found.append(counts @ terms / samples)
    means = np.array(found)
    variance = means[:, -1:] / 2 - (means[:, -2:-1] / 2) ** 2
    variance = np.where(variance > 0, variance, np.nan)
    share: Floats = means[:, :-2] / variance
    share = share[~np.isnan(share[:, 0])]
    return share[:, :size], share[:, size:]


def morris_effects(
    frame: pd.DataFrame, question: Question, levels: int = MORRIS_LEVELS
) -> Analysis:
    """Elementary effects of a Morris design (Morris 1991; mu_star of Campolongo et al. 2007).

    An effect is the change of the output when one parameter crosses its whole range at the rate
    of the step. A trajectory with a point without a value is left out; bootstrap over
    trajectories.

    Args:
        frame: runs, with the columns ``sample`` and ``block`` of the design.
        question: what to explain.
        levels: levels of the design.

    Returns:
        One row per parameter, largest mu_star first: parameter, mu, mu_star, mu_star_low,
        mu_star_high, sigma: in the unit of the output.

    Raises:
        AnalysisProblem: no Morris design, a name is unknown, too many runs have no value, or the
            output is the same everywhere.
    """
    points = question.points(frame)
    names = list(question.varied)
    effects = _elementary_effects(points, names, (levels // 2) / (levels - 1))
    whole = effects[~np.isnan(effects).any(axis=1)]
    lost = len(effects) - len(whole)
    notes = lost_notes(points, lost, len(effects), "trajectories", question.max_lost)
    _check_variance(points.means[~np.isnan(points.means)], question.output)
    star = bootstrap(lambda rows: np.abs(rows).mean(axis=0), whole, question)
    low, high = np.percentile(star[1:], EDGES, axis=0)
    table = pd.DataFrame(
        {
            "parameter": names,
            "mu": whole.mean(axis=0),
            "mu_star": star[0],
            "mu_star_low": low,
            "mu_star_high": high,
            "sigma": whole.std(axis=0, ddof=1) if len(whole) > 1 else np.nan,
        }
    ).sort_values("mu_star", ascending=False, kind="stable", ignore_index=True)
    counted = f"{len(whole):,} trajectories; effects in the unit of {question.output}"
    title = f"{table.iloc[0]['parameter']} moves {question.output} most"
    notes = [counted, *notes, *noise_notes(points.values)]
    return Analysis("morris", question.output, table, tuple(notes), title)


def _elementary_effects(points: Points, names: Sequence[str], delta: float) -> Floats:
    """Effects, shape (trajectories, parameters); nan where a point has no value."""
    blocks = ["start", *names]
    _samples_by_block(points, blocks, "morris")  # refuses other designs
    samples = sorted(points.layout["sample"].unique().tolist())
    rows = np.searchsorted(samples, points.layout["sample"].to_numpy())
    effects = np.full((len(samples), len(names)), np.nan)
    inputs, means = codes(points.inputs), points.means
    for here, block in enumerate(points.layout["block"].tolist()):
        if block == "start" or rows[here] != rows[here - 1]:
            continue
        column = names.index(block)
        is_down = inputs[here, column] < inputs[here - 1, column]
        change = means[here] - means[here - 1]
        effects[rows[here], column] = (-change if is_down else change) / delta
    return effects


def bootstrap(statistic: Callable[[Floats], Floats], rows: Floats, question: Question) -> Floats:
    """A statistic of the rows (first) and of bootstrap resamples of them (the others)."""
    rng = np.random.default_rng(np.random.SeedSequence(question.seed))
    size = len(rows)
    found = [statistic(rows)]
    found += [statistic(rows[rng.integers(0, size, size)]) for _ in range(question.resamples)]
    return np.array(found)


# --- ranks


def rank_regression(frame: pd.DataFrame, question: Question) -> Analysis:
    """Standardised rank regression coefficients of given data (Iman and Conover 1979).

    Output and parameters are replaced by their ranks, and the rank of the output is regressed on
    those of all parameters: a coefficient is the standard deviations by which the output's rank
    moves with one of the parameter's. Any design will do in which the parameters are independent;
    it needs far fewer points than PAWN, and sees only what rises or falls throughout.

    Args:
        frame: runs, as ``runs.load`` gives them.
        question: what to explain; at most 200 resamples are used.

    Returns:
        One row per parameter, largest in size first: parameter, srrc, srrc_low, srrc_high (-1 to
        1).

    Raises:
        AnalysisProblem: a name is unknown, too many runs have no value, there are fewer than two
            points for each parameter, or the output is the same everywhere.
    """
    points = question.points(frame)
    known = ~np.isnan(points.means)
    lost = lost_notes(points, int((~known).sum()), len(known), "points", question.max_lost)
    x, y = codes(points.inputs)[known], points.means[known]
    if len(y) < 2 * x.shape[1]:
        raise AnalysisProblem(f"{len(y)} points are too few for {x.shape[1]} parameters")
    _check_variance(y, question.output)
    few = replace(question, resamples=min(question.resamples, PAWN_RESAMPLES))
    found = bootstrap(_rank_coefficients, np.column_stack([x, y]), few)
    low, high = np.percentile(found[1:], EDGES, axis=0)
    names = list(question.varied)
    table = pd.DataFrame({"parameter": names, "srrc": found[0], "srrc_low": low, "srrc_high": high})
    order = table["srrc"].abs().sort_values(ascending=False, kind="stable").index
    table = table.loc[order].reset_index(drop=True)
    ranks = _ranks(np.column_stack([x, y]))
    explained = 1 - float(np.mean((ranks[:, -1] - ranks[:, :-1] @ found[0]) ** 2))
    notes = [f"{len(y):,} points; ranks explain {explained:.0%} of the variance of ranks", *lost]
    title = f"{table.iloc[0]['parameter']} moves the rank of {question.output} most"
    return Analysis("ranks", question.output, table, tuple(notes), title)


def _ranks(values: Floats) -> Floats:
    """Ranks of each column, with mean 0 and standard deviation 1; a constant one is 0."""
    from scipy.stats import rankdata

    ranks = rankdata(values, axis=0)
    spread = ranks.std(axis=0)
    scaled: Floats = (ranks - ranks.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return scaled


def _rank_coefficients(rows: Floats) -> Floats:
    ranks = _ranks(rows)
    found: Floats = np.linalg.lstsq(ranks[:, :-1], ranks[:, -1], rcond=None)[0]
    return found


# --- PAWN


SLICES = 10
"""Most slices of a parameter."""
FEWEST = 10
"""Fewest points of a slice, on average."""
PAWN_RESAMPLES = 200
CHANCE = "(chance)"
"""Row of the table for a parameter that does nothing."""


def pawn_indices(frame: pd.DataFrame, question: Question, slices: int = SLICES) -> Analysis:
    """PAWN index of each parameter from given data (Pianosi and Wagener 2018).

    The points are cut into slices of a parameter with about the same number of points. The index
    is the median over the slices of the Kolmogorov-Smirnov distance between the output in the
    slice and the output in all points. Any design will do. Points where the parameter does not
    apply are a slice of their own. The row ``CHANCE`` is a parameter of random numbers: the index
    is its mean, and its interval tells what chance alone gives.

    Args:
        frame: runs, as ``runs.load`` gives them.
        question: what to explain; at most 200 resamples are used.
        slices: most slices; fewer when points are few or values repeat.

    Returns:
        One row per parameter, largest first, and CHANCE at the end: parameter, pawn, pawn_low,
        pawn_high, largest (the largest distance of a slice), slices.

    Raises:
        AnalysisProblem: a name is unknown, too many runs have no value, there are too few points,
            or the output is the same everywhere.
    """
    points = question.points(frame)
    known = ~np.isnan(points.means)
    lost, total = int((~known).sum()), len(known)
    notes = lost_notes(points, lost, total, "points", question.max_lost)
    y, x = points.means[known], codes(points.inputs)[known]
    _check(y, question.output)
    count = min(slices, len(y) // FEWEST)
    cut = [_slices(x[:, column], count) for column in range(x.shape[1])]
    table = _table(y, cut, count, question)
    notes = [
        f"{len(y):,} points; distance of distributions from 0 (none) to 1; under"
        f" {table.iloc[-1]['pawn_high']:.2f} it may be chance",
        *notes,
        *noise_notes(points.values),
    ]
    top = table.iloc[0]
    title = f"{top['parameter']} moves {question.output} most"
    if top["pawn"] <= table.iloc[-1]["pawn_high"]:
        title = f"No parameter moves {question.output} more than chance would"
    return Analysis("pawn", question.output, table, tuple(notes), title)


def _check(y: Floats, output: str) -> None:
    if len(y) < 2 * FEWEST:
        raise AnalysisProblem(f"{len(y)} points are too few for PAWN: {2 * FEWEST} are the least")
    if not float(np.ptp(y)) > 0:
        raise AnalysisProblem(f"output {output!r} is {y[0]:g} in all runs: nothing to explain")


def _slices(x: Floats, count: int) -> Floats:
    """Slice of each point: equal values share one; "does not apply" is the last."""
    applies = ~np.isnan(x)
    values, place = np.unique(x[applies], return_inverse=True)
    found = np.zeros(len(x))
    if len(values) <= count:
        found[applies] = place
    else:  # by rank, so that slices hold equal numbers of points
        below = np.searchsorted(np.sort(x[applies]), x[applies], side="left")
        found[applies] = below * count // max(int(applies.sum()), 1)
    found[~applies] = found.max(initial=0) + 1
    return np.unique(found, return_inverse=True)[1].astype(np.float64)


def distances(y: Floats, place: Floats) -> Floats:
    """Kolmogorov-Smirnov distance between each slice and all points.

    Args:
        y: output, shape (points,).
        place: number of the slice of each point, from 0 on.
    """
    order = np.argsort(y, kind="stable")
    last = np.append(np.diff(y[order]) != 0, True)  # the distribution steps once for ties
    inside = place[order].astype(np.int64)[:, None] == np.arange(int(place.max()) + 1)
    counts = inside.sum(axis=0)
    below = np.cumsum(inside, axis=0)[last]
    share = np.arange(1, len(y) + 1)[last] / len(y)
    filled = counts > 0
    found: Floats = np.abs(below[:, filled] / counts[filled] - share[:, None]).max(axis=0)
    return found


def _table(y: Floats, cut: list[Floats], count: int, question: Question) -> pd.DataFrame:
    rng = np.random.default_rng(np.random.SeedSequence(question.seed))
    size, resamples = len(y), min(question.resamples, PAWN_RESAMPLES)
    draws = [rng.integers(0, size, size) for _ in range(resamples)]
    rows = []
    for name, place in zip(question.varied, cut, strict=True):
        found = distances(y, place)
        again = [float(np.median(distances(y[draw], place[draw]))) for draw in draws]
        low, high = np.percentile(again, EDGES)
        rows.append((name, float(np.median(found)), low, high, float(found.max()), len(found)))
    rows.sort(key=lambda row: -row[1])
    dummy = np.arange(size) * count // size
    idle = np.array(
        [distances(y, rng.permutation(dummy).astype(np.float64)) for _ in range(resamples)]
    )
    medians = np.median(idle, axis=1)
    low, high = np.percentile(medians, EDGES)
    rows.append((CHANCE, float(medians.mean()), low, high, float(idle.mean(axis=0).max()), count))
    columns = ["parameter", "pawn", "pawn_low", "pawn_high", "largest", "slices"]
    return pd.DataFrame(rows, columns=columns)
