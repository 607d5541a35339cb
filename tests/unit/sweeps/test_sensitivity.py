"""Sensitivity analysis: what is left out is counted, what cannot be asked is refused."""

import numpy as np
import pandas as pd
import pytest
from analysis_frames import designed, with_output

from runs.analysis.frame import AnalysisProblem, by_point, noise_shares
from runs.analysis.sensitivity import (
    Question,
    _alone,
    morris_effects,
    pawn_indices,
    sobol_indices,
)

NAMES = ["a", "b"]
RANGES = dict.fromkeys(NAMES, (0.0, 1.0))
QUESTION = Question("y", NAMES, resamples=50)


def line(x: np.ndarray) -> np.ndarray:
    return 2 * x[0] + x[1]


@pytest.fixture
def frame() -> pd.DataFrame:
    return with_output(designed("sobol", RANGES, 64), NAMES, line)


def fail(frame: pd.DataFrame, rows: list[int], status: str = "failed") -> pd.DataFrame:
    broken = frame.copy()
    broken.loc[rows, "status"] = status
    broken.loc[rows, "y"] = np.nan
    return broken


def test_a_failed_run_costs_its_base_sample_and_is_counted(frame: pd.DataFrame) -> None:
    found = sobol_indices(fail(frame, [5, 6, 40], "crashed"), QUESTION)
    assert "left out: 2 of 64 base samples" in found.notes[1]
    assert "3 of 256 runs have no value (3 crashed)" in found.notes[1]
    whole = frame[~frame["sample"].isin([1, 10])]
    whole.attrs = frame.attrs
    expected = sobol_indices(whole, QUESTION).table
    pd.testing.assert_frame_equal(found.table, expected)


def test_a_failed_run_with_a_number_is_still_no_value(frame: pd.DataFrame) -> None:
    frame.loc[5, "status"] = "failed"
    frame.loc[5, "y"] = 0.0
    assert "1 failed" in sobol_indices(frame, QUESTION).notes[1]


def test_too_many_failures_are_refused_unless_allowed(frame: pd.DataFrame) -> None:
    broken = fail(frame, list(range(0, 40, 4)))
    with pytest.raises(AnalysisProblem, match=r"10 of 64 base samples.*10 failed.*--max-lost"):
        sobol_indices(broken, QUESTION)
    found = sobol_indices(broken, Question("y", NAMES, max_lost=0.2, resamples=50))
    assert "54 base samples" in found.notes[0]


def test_missing_values_need_a_decision(frame: pd.DataFrame) -> None:
    frame.loc[frame["y"] > 1, "y"] = np.nan
    with pytest.raises(AnalysisProblem, match=r"without a value.*--missing X"):
        sobol_indices(frame, QUESTION)
    found = sobol_indices(frame, Question("y", NAMES, missing=9.0, resamples=50))
    assert not any("left out" in note for note in found.notes)


def test_a_value_for_what_is_missing_is_not_for_failures(frame: pd.DataFrame) -> None:
    found = sobol_indices(fail(frame, [3]), Question("y", NAMES, missing=9.0, resamples=50))
    assert "1 failed" in found.notes[1]


def test_runs_not_done_yet_are_counted() -> None:
    frame = with_output(designed("morris", RANGES, 30, replications=2), NAMES, line)
    part = frame.iloc[:-1]
    part.attrs = frame.attrs
    found = morris_effects(part, QUESTION)
    assert "1 of 30 trajectories" in found.notes[1]
    assert "1 not run" in found.notes[1]


def test_replicates_are_averaged_and_their_noise_is_told() -> None:
    design = designed("sobol", RANGES, 256, replications=4)
    found = sobol_indices(with_output(design, NAMES, line, noise=0.3), QUESTION)
    total = found.table.set_index("parameter")["total"]
    assert total["a"] > total["b"] > 0.1
    assert found.notes[-1].startswith("seeds make 1")
    assert "over 4 replicates" in found.notes[-1]


def test_shares_of_noise_are_those_that_were_put_in() -> None:
    rng = np.random.default_rng(2)
    signal = rng.normal(size=(3000, 1))
    noise, left = noise_shares(signal + rng.normal(size=(3000, 5)))
    assert noise == pytest.approx(0.5, abs=0.03)
    assert left == pytest.approx(0.2 / 1.2, abs=0.02)
    assert noise_shares(np.repeat(signal, 5, axis=1)) == (pytest.approx(0), pytest.approx(0))


def test_one_arm_at_a_time() -> None:
    frame = with_output(designed("sobol", RANGES, 16, arms=["base", "twice"]), NAMES, line)
    is_twice = frame["arm"] == "twice"
    frame.loc[is_twice, "y"] = frame.loc[is_twice, "b"]
    with pytest.raises(AnalysisProblem, match="choose one with --arm: base, twice"):
        sobol_indices(frame, QUESTION)
    with pytest.raises(AnalysisProblem, match="did you mean 'twice'"):
        sobol_indices(frame, Question("y", NAMES, arm="twic"))
    found = sobol_indices(frame, Question("y", NAMES, arm="twice", resamples=50))
    assert found.table["parameter"].tolist() == ["b", "a"]


def test_a_parameter_that_does_not_apply_has_no_effect() -> None:
    frame = with_output(designed("morris", RANGES, 12), NAMES, lambda x: x[0])
    frame["b"] = frame["b"].where(frame["a"] > 0.5)
    table = morris_effects(frame, QUESTION).table.set_index("parameter")
    assert table.loc["b", "mu_star"] == 0
    assert table.loc["a", "mu_star"] == pytest.approx(1)


def test_true_and_false_count_as_one_and_zero(frame: pd.DataFrame) -> None:
    frame["y"] = pd.array(frame["y"] > 1, dtype="boolean")
    assert sobol_indices(frame, QUESTION).table["parameter"][0] == "a"


def test_wide_intervals_are_told() -> None:
    few = with_output(designed("sobol", RANGES, 4), NAMES, line)
    assert any("more samples" in note for note in sobol_indices(few, QUESTION).notes)
    many = with_output(designed("sobol", RANGES, 256), NAMES, line)
    assert not any("more samples" in note for note in sobol_indices(many, QUESTION).notes)


def test_the_same_frame_gives_the_same_table(frame: pd.DataFrame) -> None:
    first, second = (sobol_indices(frame, QUESTION).table for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"output": "yy"}, "did you mean 'y'"),
        ({"output": "word"}, "is a text"),
        ({"output": "flat"}, "is 3 in all runs"),
        ({"varied": ()}, "nothing was varied"),
    ],
)
def test_questions_without_an_answer_are_refused(
    frame: pd.DataFrame, change: dict[str, object], message: str
) -> None:
    frame["word"], frame["flat"] = "x", 3
    frame.attrs["outputs"] = ["y", "word", "flat"]
    question = Question(**({"output": "y", "varied": NAMES} | change))  # type: ignore[arg-type]
    with pytest.raises(AnalysisProblem, match=message):
        pawn_indices(frame, question)


@pytest.mark.parametrize(("ask", "name"), [(sobol_indices, "sobol"), (morris_effects, "morris")])
def test_other_designs_are_refused(ask: object, name: str) -> None:
    other = {"sobol": "morris", "morris": "sobol"}[name]
    for method in ("lhs", other):
        frame = with_output(designed(method, RANGES, 16), NAMES, line)
        with pytest.raises(AnalysisProblem, match=f"no {name} design.*--method pawn"):
            ask(frame, QUESTION)  # type: ignore[operator]


def test_points_keep_their_order() -> None:
    frame = with_output(designed("lhs", RANGES, 9, replications=2), NAMES, line)
    shuffled = frame.sample(frac=1, random_state=1)
    shuffled.attrs = frame.attrs
    points = by_point(shuffled, "y", NAMES)
    assert points.inputs["a"].tolist() == frame["a"][::2].tolist()
    assert points.means == pytest.approx(frame["y"][::2].to_numpy())


@pytest.mark.parametrize(
    ("sums", "words"),
    [
        ([0.8, 0.7, 0.9], "one by one explain 80% of the variance (95% interval 70% to 90%), the"),
        ([-0.1, -0.3, 0.2], "about nothing of the variance, all comes from how they act together"),
        ([-0.8, -2.5, 1.4], "cannot be told apart from nothing or from all of the variance: the"),
        ([1.1, 0.9, 1.3], "about all of the variance, how they act together about nothing (est"),
    ],
)
def test_what_parameters_explain_one_by_one_is_said_so_that_it_can_be_understood(
    sums: list[float], words: str
) -> None:
    resamples = np.linspace(sums[1], sums[2], 3)
    text = _alone(np.array([sums[0], *np.repeat(resamples, [40, 1, 40])]))
    assert words in text
    assert f"{sums[0]:.0%}" in text
