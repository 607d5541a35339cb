"""Designs: at which points an experiment is run, and the table of all its runs.

Samples are drawn from the unit cube and then put on each parameter's scale, so a design depends on
the seed, the method and the order of the parameters, and on nothing else.

- ``grid``: every combination; the last parameter changes fastest. Where a condition does not hold
  the parameter takes no value, so such combinations appear once.
- ``lhs``: Latin hypercube (McKay, Beckman and Conover 1979).
- ``sobol``: Saltelli's layout (Saltelli et al. 2010) on a scrambled Sobol sequence: for each base
  sample the points A, then AB of each parameter (A with this parameter from B), then B. Columns
  ``sample`` (number of the base sample) and ``block`` ("A", "AB:path", "B").
- ``morris``: trajectories (Morris 1991); each step moves one parameter by ``levels / 2`` of the
  ``levels - 1`` steps of its scale. Columns ``sample`` (number of the trajectory) and ``block``
  ("start", then the path that moved).
- ``csv``: the lines of a file; an empty cell leaves the scenario's own value.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from market.parameters.schema import Leaf
from market.scenario import Scenario, ScenarioError, file_text
from runs.experiments.text import value_of
from runs.experiments.worlds import (
    Varied,
    convert,
    in_order_of_conditions,
    leaf_types,
    locate_parameter,
)
from runs.problems import ExperimentError

if TYPE_CHECKING:
    import pandas as pd

    from runs.experiments.experiment import Design, Experiment


type Array = np.ndarray[Any, np.dtype[np.float64]]
type Point = dict[str, Any]

LHS_SAMPLES, SOBOL_SAMPLES, MORRIS_SAMPLES, MORRIS_LEVELS = 100, 64, 10, 4
MOST_RUNS = 5_000_000
"""Most runs of one experiment: a typing error should not fill the memory."""
LARGEST_DESIGN = 2_000_000_000
"""Bytes of a file of points: more than ``MOST_RUNS`` lines of forty numbers."""
LAYOUT = ("sample", "block")
"""Extra columns of Sobol and Morris designs."""


@dataclass(frozen=True)
class Points:
    """The points of a design.

    Attributes:
        points: varied parameter -> value; one that does not apply at a point is absent.
        layout: "sample" and "block" of each point; None for designs without a layout.
        lines: line of each point in its file; None for designs without a file.
    """

    points: Sequence[Point]
    layout: tuple[Sequence[int], Sequence[str]] | None = None
    lines: Sequence[int] | None = None


def points_of(experiment: Experiment, varied: Sequence[Varied], factor: int = 1) -> Points:
    """The points of an experiment whose points do not come from a file.

    Args:
        experiment: design and seed.
        varied: its parameters; without any there is one point.
        factor: runs of each point, for the limit on all runs.

    Raises:
        ExperimentError: a grid over a range has no levels, or there are too many runs.
    """
    design = experiment.design
    if not varied:
        return Points([{}])
    check_size(experiment, expected_points(experiment, varied) * factor)
    if design.method == "grid":
        return Points(_grid(varied, design))
    rng = np.random.default_rng([experiment.seed, crc32(b"design")])
    make = {"lhs": _latin_hypercube, "sobol": _saltelli, "morris": _morris}[design.method]
    unit, layout = make(rng, design, [each.name for each in varied])
    return Points([_point(row, varied) for row in unit.tolist()], layout)


def check_size(experiment: Experiment, runs: int) -> None:
    """Raise ExperimentError when there are too many runs."""
    if runs > MOST_RUNS:
        reason = f"gives {runs:,} runs: at most {MOST_RUNS:,}; take fewer values or samples"
        raise ExperimentError(experiment.origin, reason, path="design")


def expected_points(experiment: Experiment, varied: Sequence[Varied]) -> int:
    """Number of points, without conditions."""
    design, size = experiment.design, len(varied)
    if design.method == "lhs":
        return design.samples or LHS_SAMPLES
    if design.method == "sobol":
        return (design.samples or SOBOL_SAMPLES) * (size + 2)
    if design.method == "morris":
        return (design.samples or MORRIS_SAMPLES) * (size + 1)
    total = 1
    for each in varied:
        if not each.values and not (each.levels or design.levels):
            reason = "a grid needs values, low:high:step, or levels; or choose the design lhs"
            raise ExperimentError(experiment.origin, reason, path=f"vary.{each.name}")
        total *= len(each.values) or each.levels or design.levels or 0
    return total


# --- methods


def _grid(varied: Sequence[Varied], design: Design) -> list[Point]:
    """Every combination, in the order of the parameters."""
    choices = {each.name: _grid_values(each, design) for each in varied}
    places = {name: {value: i for i, value in enumerate(c)} for name, c in choices.items()}
    points: list[Point] = [{}]
    for each in in_order_of_conditions(varied):
        points = [
            grown
            for point in points
            for grown in (
                [{**point, each.name: value} for value in choices[each.name]]
                if each.when is None or each.when.holds(point)
                else [point]
            )
        ]
    names = [each.name for each in varied]
    points.sort(key=lambda p: [places[n][p[n]] if n in p else -1 for n in names])
    return [{name: point[name] for name in names if name in point} for point in points]


def _grid_values(each: Varied, design: Design) -> list[Any]:
    if each.values:
        return list(each.values)
    levels = each.levels or design.levels or 0
    found = [_on_scale(i / (levels - 1), each, is_grid=True) for i in range(levels)]
    return list(dict.fromkeys(found))


def _latin_hypercube(rng: Any, design: Design, names: Sequence[str]) -> tuple[Array, None]:
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube(d=len(names), rng=rng)
    unit: Array = sampler.random(design.samples or LHS_SAMPLES)
    return unit, None


def _saltelli(
    rng: Any, design: Design, names: Sequence[str]
) -> tuple[Array, tuple[list[int], list[str]]]:
    from scipy.stats import qmc

    size, samples = len(names), design.samples or SOBOL_SAMPLES
    both = qmc.Sobol(d=2 * size, scramble=True, rng=rng).random_base2(samples.bit_length() - 1)
    first, second = both[:, :size], both[:, size:]
    blocks = ["A", *(f"AB:{name}" for name in names), "B"]
    unit = np.repeat(first[:, None, :], size + 2, axis=1)
    for column in range(size):
        unit[:, 1 + column, column] = second[:, column]
    unit[:, -1] = second
    numbers = np.repeat(np.arange(samples), size + 2).tolist()
    return unit.reshape(-1, size), (numbers, blocks * samples)


def _morris(
    rng: Any, design: Design, names: Sequence[str]
) -> tuple[Array, tuple[list[int], list[str]]]:
    size, samples = len(names), design.samples or MORRIS_SAMPLES
    levels = design.levels or MORRIS_LEVELS
    rows, numbers, blocks = [], [], []
    for sample in range(samples):
        place = rng.integers(0, levels, size)
        order = rng.permutation(size).tolist()
        rows.append(place / (levels - 1))
        for column in order:
            step = levels // 2 if place[column] < levels // 2 else -(levels // 2)
            place[column] += step
            rows.append(place / (levels - 1))
        numbers += [sample] * (size + 1)
        blocks += ["start", *(names[column] for column in order)]
    return np.array(rows), (numbers, blocks)


def _point(row: Sequence[float], varied: Sequence[Varied]) -> Point:
    """A row of the unit cube as values; what does not apply is left out."""
    values = {each.name: _on_scale(u, each) for u, each in zip(row, varied, strict=True)}
    if all(each.when is None for each in varied):
        return values
    kept: Point = {}
    for each in in_order_of_conditions(varied):
        if each.when is None or each.when.holds(kept):
            kept[each.name] = values[each.name]
    return {each.name: kept[each.name] for each in varied if each.name in kept}


def _on_scale(unit: float, each: Varied, *, is_grid: bool = False) -> Any:
    """A number from 0 to 1 as a value of the parameter.

    Whole numbers of a range have equal shares of it; levels of a grid are rounded instead, so
    that both ends are among them.
    """
    if each.values:
        return each.values[min(int(unit * len(each.values)), len(each.values) - 1)]
    low, high = each.low, each.high
    if each.is_whole and not is_grid:
        if each.is_log:
            low, high = low - 0.5, high + 0.5
        else:
            return int(min(low + int(unit * (high - low + 1)), high))
    value = _log_between(low, high, unit) if each.is_log else low + unit * (high - low)
    if each.is_whole:
        return int(min(max(round(value), each.low), each.high))
    return each.low if unit == 0 else each.high if unit == 1 else value


def _log_between(low: float, high: float, unit: float) -> float:
    return exp(log(low) + unit * (log(high) - log(low)))


# --- the table of runs


def replicate_seed(root: int, replicate: int) -> int:
    """Seed of a replicate: the same at every point and in every arm."""
    return int(np.random.SeedSequence(root, spawn_key=(replicate,)).generate_state(1)[0])


def run_table(
    experiment: Experiment, points: Points, names: Sequence[str], arms: Sequence[str]
) -> pd.DataFrame:
    """All runs, point by point, then arm by arm, then replicate by replicate.

    Columns: run_id, point, arm ("" without arms), replicate, seed, ``LAYOUT`` where the design has
    one, then one column per parameter, null where it does not apply.
    """
    import pandas as pd

    replicates, size = experiment.replications, len(points.points)
    each_point = len(arms) * replicates
    check_size(experiment, size * each_point)
    seeds = [replicate_seed(experiment.seed, number) for number in range(replicates)]
    columns: dict[str, Any] = {
        "run_id": np.arange(size * each_point, dtype=np.int64),
        "point": np.repeat(np.arange(size, dtype=np.int64), each_point),
        "arm": pd.array(np.tile(np.repeat(np.array(arms, object), replicates), size), "string"),
        "replicate": np.tile(np.arange(replicates, dtype=np.int64), size * len(arms)),
        "seed": np.tile(np.array(seeds, dtype=np.int64), size * len(arms)),
    }
    if points.layout is not None:
        numbers, blocks = points.layout
        columns["sample"] = np.repeat(np.array(numbers, dtype=np.int64), each_point)
        columns["block"] = pd.array(np.repeat(np.array(blocks, object), each_point), "string")
    for name in names:
        columns[name] = _column([point.get(name) for point in points.points], each_point)
    return pd.DataFrame(columns)


def _column(values: Sequence[Any], times: int) -> Any:
    """A column with the type of its values, nullable where one is missing."""
    import pandas as pd

    kinds: Mapping[type, tuple[str, Callable[[Any], Any]]] = {
        bool: ("boolean", bool),
        int: ("Int64", int),
        float: ("Float64", float),
        str: ("string", str),
    }
    known = next((value for value in values if value is not None), None)
    kind = type(known)
    name, plain = kinds.get(kind, ("Float64", float))
    array: Any = pd.array  # its stubs know no type that is chosen at run time
    return array([None if v is None else plain(v) for v in values], name).repeat(times)


# --- designs from a CSV file


type Column = tuple[str, tuple[str, ...], Leaf]


def read_points(
    path: Path, worlds: Mapping[str, Scenario]
) -> tuple[Points, dict[str, tuple[str, ...]], str]:
    """Read the points of a file.

    Args:
        path: the file. Its first line names the parameters; an empty cell leaves the scenario's
            own value.
        worlds: arm -> scenario, for the types.

    Returns:
        The points, name -> path of the parameters in order, and the text of the file.

    Raises:
        ExperimentError: the file cannot be read, or a cell is wrong; names line and column.
    """
    text = _text(path)
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        where = f"{path}, line {reader.line_num}"
        raise ExperimentError(where, f"is no CSV: {error}") from None
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise ExperimentError(str(path), "is empty: its first line must name the parameters")
    columns = _columns(rows[0], path, worlds)
    start = next(iter(worlds.values())).parameters.start
    filled = [
        (number, row)
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    points = [
        _point_of_line(row, columns, f"{path}, line {number}", start) for number, row in filled
    ]
    if not points:
        raise ExperimentError(str(path), "has no line under its first: it must hold a point")
    lines = [number for number, _ in filled]
    return Points(points, lines=lines), {name: parts for name, parts, _ in columns}, text


def _text(path: Path) -> str:
    try:
        return file_text(path, str(path), LARGEST_DESIGN)
    except ScenarioError as error:
        raise ExperimentError(str(path), error.reason) from None


def _columns(header: Sequence[str], path: Path, worlds: Mapping[str, Scenario]) -> list[Column]:
    found: list[Column] = []
    for number, cell in enumerate(header, start=1):
        name, where = cell.strip(), f"{path}, line 1, column {number}"
        if not name:
            raise ExperimentError(where, "has no name: it must name a parameter")
        if any(name == other for other, _, _ in found):
            raise ExperimentError(where, f"names {name!r} a second time")
        found.append((name, *locate_parameter(name, worlds, where, "")))
    return found


def _point_of_line(
    row: Sequence[str], columns: Sequence[Column], where: str, start: str
) -> dict[str, Any]:
    if len(row) != len(columns):
        reason = f"has {len(row)} cells, but the first line names {len(columns)} parameters"
        raise ExperimentError(where, reason)
    point = {}
    for cell, (name, _, leaf) in zip(row, columns, strict=True):
        text = cell.strip()
        if text:
            value = text if leaf_types(leaf) == (str,) else value_of(text)
            point[name] = convert(value, leaf, start, f"{where}, column {name}", "")
    return point
