"""PAWN: how much the whole distribution of an output moves with a parameter, for any design."""

from __future__ import annotations

import numpy as np
import pandas as pd

from runs.analysis.analysis_frame import (
    Analysis,
    AnalysisProblem,
    Floats,
    codes,
    lost_notes,
    noise_notes,
)
from runs.analysis.sensitivity import EDGES, Question

SLICES = 10
"""Most slices of a parameter."""
FEWEST = 10
"""Fewest points of a slice, on average."""
RESAMPLES = 200
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
    size, resamples = len(y), min(question.resamples, RESAMPLES)
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
