"""Paired arms: differences, intervals, counts, and what shared seeds are worth."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from runs.analysis.comparison import compare_arms, interval, pairs_of, standard_error
from runs.analysis.frame import AnalysisProblem


def make_frame(base: Any, other: Any, arms: tuple[str, str] = ("base", "other")) -> pd.DataFrame:
    """Runs of two arms from values of shape (points, replicates)."""
    parts = []
    for arm, values in zip(arms, (np.asarray(base), np.asarray(other)), strict=True):
        points, replicates = values.shape
        part = pd.DataFrame(
            {
                "point": np.repeat(range(points), replicates),
                "arm": arm,
                "replicate": np.tile(range(replicates), points),
                "status": "ok",
                "y": values.ravel(),
            }
        )
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs = {"outputs": ["y"], "varied": []}
    return frame


def seeds(points: int = 1, replicates: int = 30, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(points, replicates))


def row_of(frame: pd.DataFrame, **options: Any) -> Any:
    return compare_arms(frame, **options).table.iloc[0]


def test_one_point_is_the_paired_t_test() -> None:
    base = seeds()
    other = base + 0.4 + 0.5 * seeds(seed=2)
    row = row_of(make_frame(base, other))
    theirs = stats.ttest_rel(other[0], base[0])
    ends = theirs.confidence_interval(0.95)
    assert row["difference"] == pytest.approx((other - base).mean())
    assert (row["low"], row["high"]) == pytest.approx((ends.low, ends.high))
    assert row["p"] == pytest.approx(theirs.pvalue)
    assert row["pairs"] == 30


def test_one_replicate_is_the_paired_t_test_over_points() -> None:
    base, other = seeds().T, seeds(seed=2).T
    row = row_of(make_frame(base, other))
    assert row["p"] == pytest.approx(stats.ttest_rel(other[:, 0], base[:, 0]).pvalue)
    assert np.isnan(row["fewer_runs"])


def test_shared_seeds_save_the_runs_that_theory_says() -> None:
    # Arms with variance 1 + 0.1 and covariance 1: correlation 1/1.1, gain 2.2/0.2 = 11.
    common = seeds(replicates=20_000)
    base = common + np.sqrt(0.1) * seeds(replicates=20_000, seed=2)
    other = common + np.sqrt(0.1) * seeds(replicates=20_000, seed=3)
    row = row_of(make_frame(base, other))
    assert row["correlation"] == pytest.approx(1 / 1.1, abs=0.01)
    assert row["fewer_runs"] == pytest.approx(11, rel=0.05)


def test_the_gain_of_seeds_does_not_count_what_points_share() -> None:
    points = 100 * np.arange(50)[:, None]
    row = row_of(make_frame(points + seeds(50, 20), points + seeds(50, 20, seed=2)))
    assert row["correlation"] == pytest.approx(0, abs=0.08)
    assert row["fewer_runs"] == pytest.approx(1, abs=0.1)


def test_intervals_over_points_and_seeds_hold_what_they_promise() -> None:
    # A common effect of each seed, which pairs that were taken as independent would miss.
    hits = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        by_point, by_seed = rng.normal(size=(12, 1)), rng.normal(size=(1, 10))
        base = np.zeros((12, 10))
        pairs = pairs_of(
            make_frame(base, by_point + by_seed + rng.normal(size=(12, 10))), "y", "base", "other"
        )
        low, high, _ = interval(pairs)
        hits += low <= 0 <= high
    assert 180 <= hits <= 200


def test_error_without_one_of_the_effects_uses_the_other() -> None:
    d = np.repeat(np.arange(6.0)[:, None], 4, axis=1)
    error, freedom = standard_error(d)
    assert error == pytest.approx(np.arange(6.0).std(ddof=1) / np.sqrt(6))
    assert freedom == 5
    error, freedom = standard_error(d.T)
    assert (error, freedom) == (pytest.approx(np.arange(6.0).std(ddof=1) / np.sqrt(6)), 5)


def test_shares_come_with_counts_and_the_exact_test() -> None:
    base = np.array([[True] * 2 + [False] * 18])
    other = np.array([[False] + [True] * 9 + [False] * 10])
    row = row_of(make_frame(base, other))
    assert (row["only_baseline"], row["only_arm"]) == (1, 8)
    assert row["difference"] == pytest.approx(7 / 20)
    assert row["p"] == pytest.approx(stats.binomtest(1, 9).pvalue)
    assert 0 < row["low"] < 7 / 20 < row["high"] < 0.6


def test_no_difference_in_few_pairs_is_no_certainty() -> None:
    row = row_of(make_frame(np.zeros((1, 10), bool), np.zeros((1, 10), bool)))
    assert row["low"] == pytest.approx(-row["high"])
    assert 0.1 < row["high"] < 0.3
    assert row["p"] == 1


def test_the_same_world_twice_differs_by_exactly_nothing() -> None:
    row = row_of(make_frame(seeds(3, 5), seeds(3, 5)))
    assert (row["difference"], row["low"], row["high"], row["p"]) == (0, 0, 0, 1)
    assert row["fewer_runs"] == np.inf


def test_a_failed_run_costs_its_pair_and_is_counted() -> None:
    base, other = seeds(), seeds() + 1
    frame = make_frame(base, other)
    frame.loc[33, ["status", "y"]] = ["timeout", 0.0]
    found = compare_arms(frame)
    row = found.table.iloc[0]
    assert (row["pairs"], row["lost"]) == (29, 1)
    assert row["difference"] == pytest.approx(1)
    assert found.notes[1] == "left out: y, other: runs without a value: 1 timeout"


def test_a_failed_run_costs_its_point_when_there_are_several() -> None:
    frame = make_frame(seeds(5, 4), seeds(5, 4) + 1)
    broken = frame.drop(index=[0])
    broken.loc[25, "status"] = "crashed"
    broken.attrs = frame.attrs
    found = compare_arms(broken)
    assert found.table["pairs"][0] == 12
    assert "1 crashed, 1 not run, which costs 2 points" in found.notes[1]


def test_missing_values_can_be_given_a_number() -> None:
    frame = make_frame(seeds(), np.full((1, 30), np.nan))
    for outputs in (None, ["y"]):
        with pytest.raises(AnalysisProblem, match=r"no pair.*30 without a value.*--missing"):
            compare_arms(frame, outputs)
    assert row_of(frame, missing=7.0)["mean"] == 7


def test_an_output_without_a_pair_does_not_hide_the_others() -> None:
    frame = make_frame(seeds(), seeds() + 1)
    frame["quarter"] = np.nan
    frame.attrs["outputs"] = ["quarter", "y"]
    found = compare_arms(frame)
    assert found.table["output"].tolist() == ["y"]
    assert found.notes[1].startswith("not compared: output 'quarter'")


def test_baseline_outputs_and_arms_by_name() -> None:
    frame = make_frame(seeds(), seeds() + 2)
    frame["word"] = "x"
    frame.attrs["outputs"] = ["word", "y"]
    found = compare_arms(frame, baseline="other")
    assert found.table["output"].tolist() == ["y"]
    assert found.table["difference"][0] == pytest.approx(-2)
    for options, message in (
        ({"baseline": "othr"}, "did you mean 'other'"),
        ({"outputs": ["yy"]}, "--output 'yy'"),
        ({"outputs": ["word"]}, "is a text"),
    ):
        with pytest.raises(AnalysisProblem, match=message):
            compare_arms(frame, **options)  # type: ignore[arg-type]
    with pytest.raises(AnalysisProblem, match="one arm"):
        compare_arms(frame[frame["arm"] == "base"])
