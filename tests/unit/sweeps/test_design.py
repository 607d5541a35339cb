"""Designs: the right points in the right order, the same from the same seed."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from runs.experiments.design import MOST_RUNS, replicate_seed
from runs.experiments.plan import plan, plan_sweep, stored_experiment_plan
from runs.experiments.sweeps import run_sweep
from runs.experiments.text import make_experiment
from runs.problems import ExperimentError
from runs.sweep.results import digest, load

A, B, C = "funding.recovery", "enterprise.customers", "labs.lab.cash_usd"


def table(
    vary: dict[str, Any] | None = None,
    *,
    design: dict[str, Any] | None = None,
    arms: list[dict[str, Any]] | None = None,
    folder: Path | str = "",
    **experiment: Any,
) -> dict[str, Any]:
    head = {"name": "x", "scenario": "minimal", "quarters": 1, "outputs": ["cut"], **experiment}
    tree = {"experiment": head, "design": design or {}, "vary": vary or {}, "arms": arms or []}
    return {"tree": tree, "folder": folder}


def runs_of(vary: dict[str, Any] | None = None, **rest: Any) -> pd.DataFrame:
    return plan(make_experiment(**table(vary, **rest)))


def refusal(vary: dict[str, Any] | None = None, **rest: Any) -> str:
    with pytest.raises(ExperimentError) as caught:
        plan_sweep(make_experiment(**table(vary, **rest)))
    return str(caught.value)


# --- the table of runs


def test_without_vary_there_is_one_point() -> None:
    frame = runs_of(replications=3)
    assert frame["point"].tolist() == [0, 0, 0]
    assert frame["replicate"].tolist() == [0, 1, 2]
    assert frame["arm"].tolist() == ["", "", ""]


@pytest.mark.parametrize("method", ["lhs", "sobol", "morris"])
def test_without_vary_every_method_has_one_point(method: str) -> None:
    assert len(runs_of(design={"method": method})) == 1


def test_runs_go_by_point_then_arm_then_replicate() -> None:
    arms = [{"name": "a"}, {"name": "b"}]
    frame = runs_of({A: [0.1, 0.2]}, arms=arms, replications=2)
    assert frame["run_id"].tolist() == list(range(8))
    assert frame["point"].tolist() == [0] * 4 + [1] * 4
    assert frame["arm"].tolist() == ["a", "a", "b", "b"] * 2
    assert frame["replicate"].tolist() == [0, 1] * 4
    assert frame[A].tolist() == [0.1] * 4 + [0.2] * 4


def test_points_and_arms_share_the_seeds_of_their_replicates() -> None:
    frame = runs_of({A: [0.1, 0.2]}, arms=[{"name": "a"}, {"name": "b"}], replications=3, seed=5)
    expected = [replicate_seed(5, number) for number in range(3)]
    for _, group in frame.groupby(["point", "arm"]):
        assert group["seed"].tolist() == expected
    assert len(set(expected)) == 3
    more = runs_of(replications=4, seed=5)
    assert more["seed"].tolist()[:3] == expected
    assert runs_of(seed=6)["seed"][0] != expected[0]


# --- grid


def test_a_grid_holds_every_combination_the_last_fastest() -> None:
    frame = runs_of({A: [0.1, 0.2], B: [5, 6, 7]})
    assert list(zip(frame[A], frame[B], strict=True)) == [
        (a, b) for a in (0.1, 0.2) for b in (5, 6, 7)
    ]


def test_levels_of_a_range() -> None:
    vary = {A: {"low": 0.1, "high": 0.5, "levels": 3}, C: {"low": 1e9, "high": 4e9, "scale": "log"}}
    frame = runs_of(vary, design={"levels": 5})
    assert sorted(frame[A].unique()) == pytest.approx([0.1, 0.3, 0.5])
    assert sorted(frame[C].unique()) == pytest.approx(np.geomspace(1e9, 4e9, 5))
    assert frame[C].min() == 1e9
    assert frame[C].max() == 4e9


def test_levels_of_a_count_are_whole_and_not_doubled() -> None:
    frame = runs_of({B: {"low": 1, "high": 4}}, design={"levels": 9})
    assert frame[B].tolist() == [1, 2, 3, 4]


def test_a_grid_over_a_range_needs_levels() -> None:
    assert "vary.funding.recovery: a grid needs values" in refusal({A: {"low": 0.1, "high": 0.2}})


def test_conditional_parameters_appear_only_where_they_apply() -> None:
    vary = {C: {"values": [1e9, 2e9], "when": f"{B} == 200"}, B: [100, 200, 300]}
    frame = runs_of(vary)
    pairs = [(None if pd.isna(c) else c, b) for c, b in zip(frame[C], frame[B], strict=True)]
    assert pairs == [(None, 100), (None, 300), (1e9, 200), (2e9, 200)]


def test_a_chain_of_conditions() -> None:
    vary = {
        A: {"values": [0.1, 0.2], "when": f"{C} > 1e9"},
        C: {"values": [1e9, 2e9], "when": f"{B} != 100"},
        B: [100, 200],
    }
    frame = runs_of(vary)
    assert frame[B].tolist() == [100, 200, 200, 200]
    assert frame[C].isna().tolist() == [True, False, False, False]
    assert frame[A].isna().tolist() == [True, True, False, False]


def test_where_it_does_not_apply_the_own_value_stands() -> None:
    made = plan_sweep(
        make_experiment(**table({C: {"values": [9e9], "when": f"{B} == 7"}, B: [6, 7]}))
    )
    task: Any = made.task
    cash = [task.world(row).labs["lab"].cash_usd for row in made.design.to_pylist()]
    assert cash == [4e9, 9e9]


def test_too_many_runs_are_refused() -> None:
    vary = {A: {"low": 0.1, "high": 0.2}, B: {"low": 1, "high": 9}}
    text = refusal(vary, design={"levels": 2000}, replications=2)
    assert f"gives 8,000,000 runs: at most {MOST_RUNS:,}" in text


# --- samples


def test_a_latin_hypercube_has_one_point_in_each_slice() -> None:
    vary = {A: {"low": 0.0, "high": 0.5}, C: {"low": 1e9, "high": 1e10, "scale": "log"}}
    frame = runs_of(vary, design={"method": "lhs", "samples": 20})
    assert sorted((frame[A] / 0.5 * 20).astype(int)) == list(range(20))
    assert sorted((np.log10(frame[C].to_numpy(float)) * 20 - 180).astype(int)) == list(range(20))


def test_counts_and_choices_have_equal_shares() -> None:
    kinds = ["venture", "crossover"]
    vary = {B: {"low": 1, "high": 4}, "investors.one.kind": kinds}
    frame = runs_of(vary, design={"method": "lhs", "samples": 40})
    assert frame[B].value_counts().to_dict() == {1: 10, 2: 10, 3: 10, 4: 10}
    assert frame["investors.one.kind"].value_counts().to_dict() == dict.fromkeys(kinds, 20)
    log = {B: {"low": 1, "high": 100, "scale": "log"}}
    spread = runs_of(log, design={"method": "lhs", "samples": 200})[B]
    assert spread.min() == 1
    assert 80 < spread.max() <= 100
    assert spread.median() < 15


def test_sobol_blocks_are_those_of_saltelli() -> None:
    vary = {A: {"low": 0.0, "high": 0.5}, C: {"low": 1e9, "high": 2e9}}
    frame = runs_of(vary, design={"method": "sobol", "samples": 8})
    assert frame["block"].tolist() == ["A", f"AB:{A}", f"AB:{C}", "B"] * 8
    assert frame["sample"].tolist() == [n for n in range(8) for _ in range(4)]
    blocks = {name: group[[A, C]].to_numpy() for name, group in frame.groupby("block")}
    assert (blocks[f"AB:{A}"][:, 0] == blocks["B"][:, 0]).all()
    assert (blocks[f"AB:{A}"][:, 1] == blocks["A"][:, 1]).all()
    assert (blocks[f"AB:{C}"][:, 0] == blocks["A"][:, 0]).all()
    assert (blocks[f"AB:{C}"][:, 1] == blocks["B"][:, 1]).all()


def test_indices_of_a_known_function_come_out_of_the_blocks() -> None:
    vary = {A: {"low": 0.0, "high": 0.5}, C: {"low": 1e9, "high": 2e9}}
    frame = runs_of(vary, design={"method": "sobol", "samples": 512})
    y = 3 * frame[A] / 0.5 + frame[C] / 1e9  # variances 9/12 and 1/12
    outputs = {
        name: y[frame["block"] == name].to_numpy(dtype=float) for name in frame["block"].unique()
    }
    f_ab = np.stack([outputs[f"AB:{A}"], outputs[f"AB:{C}"]])
    known = {"f_A": outputs["A"][None], "f_B": outputs["B"][None], "f_AB": f_ab[:, None]}
    found = stats.sobol_indices(func=known, n=512)
    assert found.first_order == pytest.approx([0.9, 0.1], abs=0.02)
    assert found.total_order == pytest.approx([0.9, 0.1], abs=0.02)


def test_morris_moves_one_parameter_at_a_time() -> None:
    vary = {A: {"low": 0.0, "high": 0.3}, B: {"low": 1, "high": 4}, C: {"low": 1e9, "high": 4e9}}
    frame = runs_of(vary, design={"method": "morris", "samples": 6})
    assert len(frame) == 6 * 4
    size = {A: 0.2, B: 2, C: 2e9}
    for _, group in frame.groupby("sample"):
        assert group["block"].iloc[0] == "start"
        assert sorted(group["block"].iloc[1:]) == sorted(vary)
        moves = group[list(vary)].astype(float).diff().iloc[1:]
        for block, (_, move) in zip(group["block"].iloc[1:], moves.iterrows(), strict=True):
            moved = move[move != 0]
            assert list(moved.index) == [block]
            assert abs(moved.iloc[0]) == pytest.approx(size[block])
    assert set(frame[B]) == {1, 2, 3, 4}


@pytest.mark.parametrize("method", ["lhs", "sobol", "morris"])
def test_the_design_follows_from_the_seed(method: str) -> None:
    vary = {A: {"low": 0.0, "high": 0.5}, C: {"low": 1e9, "high": 2e9, "when": f"{A} > 0.2"}}
    design = {"method": method, "samples": 8}
    first, again, other = (runs_of(vary, design=design, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert (first[A] != other[A]).any()
    assert (first[C].isna() == (first[A] <= 0.2)).all()


def test_a_bad_point_is_named_before_any_run() -> None:
    text = refusal({"labs.lab.enterprise_share": [0.5, 1.5]}, arms=[{"name": "a"}])
    assert "point 1 of arm a: labs.lab.enterprise_share = 1.5: must be a number" in text


def test_points_that_do_not_fit_together_are_named() -> None:
    text = refusal({"valuation.long_growth": [0.0, 0.4]})
    assert "point 1: valuation.long_growth must be under valuation.discount" in text


# --- CSV


def csv_of(tmp_path: Path, text: str) -> dict[str, Any]:
    (tmp_path / "points.csv").write_text(text, encoding="utf-8")
    design = {"method": "csv", "file": "points.csv"}
    return {"design": design, "folder": tmp_path}


def test_points_of_a_file(tmp_path: Path) -> None:
    text = f"{A},{B},investors.one.kind\n0.1,5,venture\n\n,6,crossover\n1,7,\n"
    rest = csv_of(tmp_path, text.replace("1,7", "0.9,7"))
    frame = runs_of(**rest, replications=2)
    assert frame["point"].tolist() == [0, 0, 1, 1, 2, 2]
    assert frame[A].isna().tolist() == [False, False, True, True, False, False]
    assert frame[B].tolist() == [5, 5, 6, 6, 7, 7]
    assert frame["investors.one.kind"][0] == "venture"
    assert frame["investors.one.kind"].isna().tolist()[-2:] == [True, True]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "points.csv: is empty"),
        (f"{A}\n", "points.csv: has no line under its first"),
        (f"{A}\n0.1,2\n", "line 2: has 2 cells, but the first line names 1 parameters"),
        (f"{A},{A}\n1,2\n", "line 1, column 2: names 'funding.recovery' a second time"),
        (f"{A},\n1,2\n", "line 1, column 2: has no name"),
        ("funding.recovry\n1\n", "line 1, column 1: there is no parameter 'funding.recovry'; did"),
        (f"{A}\n0.1\nlow\n", "line 3, column funding.recovery: 'low' must be a number >= 0, < 1"),
        (f"{B}\n0.5\n", "line 2, column enterprise.customers: 0.5 must be a whole number"),
        (f"{A}\n0.1\n7\n", "point 1: funding.recovery = 7.0: must be a number >= 0, < 1"),
        (f'{A}\n"0.1\n', "is no CSV"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, text: str, reason: str) -> None:
    found = refusal(**csv_of(tmp_path, text))
    assert reason in found
    assert "points.csv" in found


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    text = refusal(design={"method": "csv", "file": "lost.csv"}, folder=tmp_path)
    assert "lost.csv: cannot be read: No such file" in text


# --- the plan


def test_the_folder_of_a_sweep_gives_its_plan_again(tmp_path: Path) -> None:
    rest = csv_of(tmp_path, f"{A},{B}\n0.1,5\n,6\n")
    arms = [{"name": "a"}, {"name": "b", "set": {"labs.lab.cash_usd": 3e9}}]
    experiment = make_experiment(**table(**rest, arms=arms, changes=["bank.capital_floor=0.07"]))
    summary = run_sweep(experiment, tmp_path / "out")
    assert summary.statuses == {"ok": 4}
    (tmp_path / "points.csv").unlink()
    again = stored_experiment_plan(tmp_path / "out")
    first_digest = digest(tmp_path / "out")
    task: Any = again.task
    assert [world.labs["lab"].cash_usd for world in task.worlds.values()] == [4e9, 3e9]
    assert {world.bank.capital_floor for world in task.worlds.values()} == {0.07}
    resumed = run_sweep(
        make_experiment(
            **table(
                **csv_of(tmp_path, f"{A},{B}\n0.1,5\n,6\n"),
                arms=arms,
                changes=["bank.capital_floor=0.07"],
            )
        ),
        tmp_path / "out",
        resume=True,
    )
    assert (resumed.computed, digest(tmp_path / "out")) == (0, first_digest)
    assert list(load(tmp_path / "out")["arm"]) == ["a", "b", "a", "b"]


def test_a_task_is_pickled_without_what_workers_make() -> None:
    made = plan_sweep(make_experiment(**table({A: [0.1, 0.2]})))
    task: Any = made.task
    assert task._trees
    again = pickle.loads(pickle.dumps(task))
    assert again._trees == {}
    row = made.design.to_pylist()[1]
    assert again.world(row) == task.world(row)
    assert again.world(row).funding.recovery == 0.2


def test_the_world_of_a_run_leaves_the_others_alone() -> None:
    made = plan_sweep(make_experiment(**table({A: [0.1, 0.2], C: [1e9, 2e9]})))
    task: Any = made.task
    worlds = [task.world(row) for row in made.design.to_pylist()]
    assert [(w.funding.recovery, w.labs["lab"].cash_usd) for w in worlds] == [
        (0.1, 1e9),
        (0.1, 2e9),
        (0.2, 1e9),
        (0.2, 2e9),
    ]
    assert task.worlds[""].labs["lab"].cash_usd == 4e9
