"""Sensitivity analysis against functions whose answers are known in closed form."""

import numpy as np
import pandas as pd
import pytest
from analysis_frames import designed, ishigami, with_output
from scipy import stats

from runs.analysis.sensitivity import (
    CHANCE,
    Question,
    distances,
    morris_effects,
    pawn_indices,
    sobol_indices,
)

ANGLE = (-np.pi, np.pi)
NAMES = ["x1", "x2", "x3"]
QUESTION = Question("y", NAMES, resamples=300)


@pytest.fixture(scope="module")
def sobol_frame() -> pd.DataFrame:
    return with_output(designed("sobol", dict.fromkeys(NAMES, ANGLE), 2048), NAMES, ishigami)


def by_parameter(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("parameter")


def test_ishigami_1990_sobol_indices(sobol_frame: pd.DataFrame) -> None:
    table = by_parameter(sobol_indices(sobol_frame, QUESTION).table)
    first = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
    total = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}
    for name in NAMES:
        row = table.loc[name]
        assert row["first_low"] - 0.01 <= first[name] <= row["first_high"] + 0.01
        assert row["total_low"] - 0.01 <= total[name] <= row["total_high"] + 0.01
        assert row["first"] == pytest.approx(first[name], abs=0.03)
        assert row["total"] == pytest.approx(total[name], abs=0.03)
        assert row["total_high"] - row["total_low"] < 0.15


def test_sobol_indices_are_those_of_scipy(sobol_frame: pd.DataFrame) -> None:
    table = by_parameter(sobol_indices(sobol_frame, QUESTION).table)
    blocks = {name: part["y"].to_numpy() for name, part in sobol_frame.groupby("block")}
    given = {
        "f_A": blocks["A"][None],
        "f_B": blocks["B"][None],
        "f_AB": np.array([blocks[f"AB:{name}"][None] for name in NAMES]),
    }
    theirs = stats.sobol_indices(func=given, n=2048)
    assert table.loc[NAMES, "first"].to_numpy() == pytest.approx(theirs.first_order, abs=1e-3)
    assert table.loc[NAMES, "total"].to_numpy() == pytest.approx(theirs.total_order, abs=1e-3)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    # y = 2 x1 + x2, uniform: first and total order of x1 are 0.8.
    hits = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        a, b = rng.random((128, 2)), rng.random((128, 2))
        blocks = {"A": a, "AB:x1": np.c_[b[:, 0], a[:, 1]], "AB:x2": np.c_[a[:, 0], b[:, 1]]}
        parts = [
            pd.DataFrame({"sample": range(128), "block": name, "x1": x[:, 0], "x2": x[:, 1]})
            for name, x in {**blocks, "B": b}.items()
        ]
        frame = pd.concat(parts, ignore_index=True).assign(arm="", replicate=0, status="ok")
        frame["point"] = range(len(frame))
        frame["y"] = 2 * frame["x1"] + frame["x2"]
        frame.attrs = {"outputs": ["y"], "varied": ["x1", "x2"]}
        row = by_parameter(
            sobol_indices(frame, Question("y", ["x1", "x2"], resamples=200)).table
        ).loc["x1"]
        hits += row["total_low"] <= 0.8 <= row["total_high"]
    assert hits >= 33


def test_morris_of_a_linear_function_gives_its_coefficients() -> None:
    frame = designed("morris", {"x1": (0, 1), "x2": (10, 20), "x3": (0, 2)}, 10)
    frame = with_output(frame, NAMES, lambda x: 3 * x[0] - 0.5 * x[1] + 0 * x[2])
    table = by_parameter(morris_effects(frame, QUESTION).table)
    assert table.loc[NAMES, "mu"].to_numpy() == pytest.approx([3, -5, 0], abs=1e-9)
    assert table.loc[NAMES, "mu_star"].to_numpy() == pytest.approx([3, 5, 0], abs=1e-9)
    assert table.loc[NAMES, "sigma"].to_numpy() == pytest.approx([0, 0, 0], abs=1e-9)
    assert list(table.index) == ["x2", "x1", "x3"]


def test_morris_tells_a_curve_and_an_interaction_from_a_line() -> None:
    frame = designed("morris", dict.fromkeys(NAMES, (0.0, 1.0)), 60)
    frame = with_output(frame, NAMES, lambda x: x[0] * x[1] + x[2])
    table = by_parameter(morris_effects(frame, QUESTION).table)
    assert table.loc["x3", "sigma"] == pytest.approx(0, abs=1e-9)
    # Over 4 levels x2 is uniform on {0, 1/3, 2/3, 1}: mean 1/2, standard deviation sqrt(5)/6.
    assert table.loc["x1", "mu_star_low"] < 0.5 < table.loc["x1", "mu_star_high"]
    assert table.loc["x1", "sigma"] == pytest.approx(np.sqrt(5) / 6, abs=0.06)


def test_pawn_distances_are_those_of_kolmogorov_and_smirnov() -> None:
    rng = np.random.default_rng(3)
    y = np.round(rng.normal(size=200), 1)  # with ties
    place = rng.integers(0, 4, 200).astype(float)
    theirs = [stats.ks_2samp(y[place == i], y).statistic for i in range(4)]
    assert distances(y, place) == pytest.approx(theirs, abs=1e-12)


def test_pawn_of_a_step_is_known_and_the_idle_parameter_is_chance() -> None:
    # y = x1 > 0.5: in each slice of x1 y is fixed, so each distance is 1/2.
    frame = designed("lhs", dict.fromkeys(NAMES, (0.0, 1.0)), 400)
    frame = with_output(frame, NAMES, lambda x: 1.0 * (x[0] > 0.5))
    table = by_parameter(pawn_indices(frame, QUESTION).table)
    assert table.loc["x1", "pawn"] == pytest.approx(0.5, abs=0.01)
    assert table.index[0] == "x1"
    assert table.loc["x2", "pawn"] <= table.loc[CHANCE, "pawn_high"] + 0.03
    assert table.loc["x1", "pawn_low"] > 3 * table.loc[CHANCE, "pawn_high"]


def test_pawn_ranks_ishigami() -> None:
    frame = with_output(designed("lhs", dict.fromkeys(NAMES, ANGLE), 1000), NAMES, ishigami)
    assert pawn_indices(frame, QUESTION).table["parameter"].tolist()[0] == "x2"
