"""Designs from a CSV file: one point per line, one column per parameter."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from market.parameters.scenario_schema import Leaf
from market.scenario import Scenario
from runs.experiment_problems import ExperimentError
from runs.experiments.design import Points
from runs.experiments.text import value_of
from runs.experiments.worlds import convert, leaf_types, locate_parameter

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
    points = [_point(row, columns, f"{path}, line {number}", start) for number, row in filled]
    if not points:
        raise ExperimentError(str(path), "has no line under its first: it must hold a point")
    lines = [number for number, _ in filled]
    return Points(points, lines=lines), {name: parts for name, parts, _ in columns}, text


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ExperimentError(str(path), f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ExperimentError(str(path), "cannot be read: is not UTF-8 text") from None


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


def _point(row: Sequence[str], columns: Sequence[Column], where: str, start: str) -> dict[str, Any]:
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
