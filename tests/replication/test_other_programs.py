"""The analyses say what other programs say of the same data: the EMA workbench and SALib.

The answers are frozen in ``oracles/``; ``python tests/oracles.py`` asks the programs again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from oracles import (
    DENSITIES,
    NAMES,
    CaseData,
    Floats,
    case_data,
    frozen,
    given_data,
    morris_data,
    sobol_data,
)

from runs.analysis.discovery import Cases, choose_box, prim_box
from runs.analysis.frame import codes
from runs.analysis.sensitivity import Question, morris_effects, pawn_indices, sobol_indices

NEAR = 0.02
QUESTION = Question("y", NAMES, resamples=50)


def theirs(way: list[list[float]], density: float) -> list[float]:
    """The box of a way that ``choose_box`` would take: coverage, density, mass."""
    dense = [box for box in way if box[1] >= density]
    if dense:
        return max(dense, key=lambda box: box[0])
    return max(way, key=lambda box: box[0] * box[1])


def cases_of(data: CaseData) -> Cases:
    names = tuple(data.inputs.columns)
    share = data.is_case.astype(np.float64)
    return Cases(names, data.inputs, codes(data.inputs), share, "hit", ())


@pytest.mark.parametrize("data", case_data(), ids=lambda data: data.name)
def test_prim_finds_the_boxes_of_the_ema_workbench(data: CaseData) -> None:
    known = frozen("prim")["sets"][data.name]
    assert known["sum"] == pytest.approx(data.check_sum(), abs=1e-5)
    for wanted in DENSITIES:
        coverage, density, _ = theirs(known["way"], wanted)
        found = prim_box(cases_of(data), wanted)
        peeled = choose_box(found.peeling, wanted)
        assert peeled.coverage == pytest.approx(coverage, abs=NEAR)
        assert peeled.density == pytest.approx(density, abs=NEAR)
        # Pasting and dropping limits may only add to that, and never below the wanted density.
        assert found.box.coverage >= peeled.coverage
        assert found.box.density >= min(wanted, peeled.density)


def test_prim_peels_on_to_the_least_mass_or_to_nothing_but_cases() -> None:
    ways = frozen("prim")["sets"]
    longer = 0
    for data in case_data():
        found = prim_box(cases_of(data))
        last = found.peeling[-1]
        assert last.density == 1 or last.mass < 0.06
        longer += len(found.peeling) > len(ways[data.name]["way"])
    assert longer >= 3  # theirs stops where no slice helps


def sensitivity_frame(x: Floats, y: Floats, **layout: Any) -> pd.DataFrame:
    """A frame as ``runs.load`` gives it, of points and outputs."""
    frame = pd.DataFrame({"point": range(len(y)), "arm": "", "replicate": 0, **layout})
    frame = frame.assign(status="ok", y=y, **dict(zip(NAMES, x.T, strict=True)))
    frame.attrs = {"outputs": ["y"], "varied": list(NAMES)}
    return frame


def check(found: pd.DataFrame, known: Mapping[str, Any], near: float) -> None:
    """Compare each frozen column by parameter."""
    rows = found.set_index("parameter").loc[list(NAMES)]
    for column in known.keys() - {"sum"}:
        assert rows[column].to_numpy() == pytest.approx(known[column], abs=near), column


def known_answer(method: str, x: Floats, y: Floats) -> dict[str, Any]:
    known: dict[str, Any] = frozen("sensitivity")[method]
    assert known["sum"] == pytest.approx(x.sum() + y.sum(), abs=1e-5)
    return known


def test_sobol_indices_are_those_of_salib() -> None:
    x, y = sobol_data()
    blocks = ["A", *(f"AB:{name}" for name in NAMES), "B"]
    samples = len(y) // len(blocks)
    layout = {"sample": np.repeat(range(samples), len(blocks)), "block": blocks * samples}
    found = sobol_indices(sensitivity_frame(x, y, **layout), QUESTION).table
    check(found, known_answer("sobol", x, y), 0.003)  # SALib centres by other points


def test_morris_effects_are_those_of_salib() -> None:
    x, y = morris_data()
    moved = np.argmax(np.diff(x, axis=0) != 0, axis=1)
    blocks = ["start", *(NAMES[column] for column in moved.tolist())]
    blocks[::4] = ["start"] * len(blocks[::4])
    layout = {"sample": np.arange(len(y)) // 4, "block": blocks}
    found = morris_effects(sensitivity_frame(x, y, **layout), QUESTION).table
    check(found, known_answer("morris", x, y), 1e-6)


def test_pawn_indices_are_those_of_salib() -> None:
    x, y = given_data()
    found = pawn_indices(sensitivity_frame(x, y), QUESTION).table
    check(found, known_answer("pawn", x, y), 1e-3)  # SALib puts a point on an edge elsewhere
