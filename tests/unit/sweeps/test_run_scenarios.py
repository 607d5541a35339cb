"""Scenarios side by side from Python, with the real model; and Mesa's own way of doing it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mesa
import pandas as pd
import pytest
from small_world import small_world

from market.model import MarketModel
from market.scenario import read_scenario, scenario_names
from runs import RunConfig, load, load_series, run_scenarios
from runs.commands.results import stored_plan
from runs.experiments.design import replicate_seed
from runs.experiments.sweeps import replay, retry_plan
from runs.problems import Refused, SweepProblem, UserProblem
from runs.sweep.results import digest
from runs.sweep.workers import InProcess

SHORT = RunConfig(outputs=("capex_usd:last", "defaults", "freeze_quarter"), quarters=2)


def test_scenarios_by_name_by_file_and_as_worlds() -> None:
    loaded = read_scenario("minimal", ["name=other"])
    frame = run_scenarios(["minimal", small_world(), loaded], SHORT)
    assert frame["scenario"].tolist() == ["minimal", "small", "other"]
    assert frame["status"].eq("ok").all()
    assert frame["capex_usd:last"][0] == frame["capex_usd:last"][2] > 0
    assert frame["freeze_quarter"].isna().all()
    assert frame.attrs["outputs"] == list(SHORT.outputs)


def test_replicates_share_their_seeds_between_scenarios() -> None:
    config = RunConfig(outputs=("capex_usd:last",), quarters=1, replications=2, seed=7)
    frame = run_scenarios([small_world(), small_world(name="b")], config)
    assert frame["seed"].tolist() == [replicate_seed(7, 0), replicate_seed(7, 1)] * 2
    assert frame["point"].tolist() == [0, 0, 1, 1]
    assert frame["replicate"].tolist() == [0, 1, 0, 1]


def test_a_folder_keeps_the_results_for_later(tmp_path: Path) -> None:
    config = RunConfig(outputs=("capex_usd:last",), quarters=2, replications=3, series=True)
    store = tmp_path / "store"
    frame = run_scenarios([small_world()], config, store=store)
    pd.testing.assert_frame_equal(frame, load(store))
    series = load_series(store).set_index(["run_id", "quarter"])
    assert series["capex_usd"].loc[2, 1] == frame["capex_usd:last"][2]
    with pytest.raises(Refused, match="--resume"):
        run_scenarios([small_world()], config, store=store)


def test_the_model_gives_the_same_bytes_in_threads_and_processes(tmp_path: Path) -> None:
    config = RunConfig(outputs=("capex_usd:last", "defaults"), replications=3, series=True)
    run_scenarios(["minimal"], config, store=tmp_path / "here")
    with ThreadPoolExecutor(2) as pool:
        run_scenarios(["minimal"], config, store=tmp_path / "threads", executor=pool)
    run_scenarios(["minimal"], config, store=tmp_path / "processes", jobs=2)
    assert (
        digest(tmp_path / "here") == digest(tmp_path / "threads") == digest(tmp_path / "processes")
    )
    replayed = replay(stored_plan(tmp_path / "processes"), tmp_path / "processes", 1)
    assert replayed.is_same


def test_its_runs_can_be_done_again_from_the_folder(tmp_path: Path) -> None:
    run_scenarios([small_world()], SHORT, store=tmp_path)
    plan = stored_plan(tmp_path)
    assert replay(plan, tmp_path, 0).is_same
    assert retry_plan(plan, tmp_path, InProcess()).computed == 0
    path = tmp_path / "scenarios" / "0000.toml"
    path.write_text(path.read_text().replace('name = "small"', 'name = "smaller"'))
    with pytest.raises(Refused, match="not those that it was made from"):
        stored_plan(tmp_path)


def test_what_is_wrong_is_told_before_the_first_run() -> None:
    with pytest.raises(SweepProblem, match="nothing to run"):
        run_scenarios([])
    with pytest.raises(UserProblem, match="minimal"):
        run_scenarios(["minimall"])
    with pytest.raises(UserProblem, match="capex_usd"):
        run_scenarios([small_world()], RunConfig(outputs=("capex_us:max",)))


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has no batch_run")
@pytest.mark.parametrize("processes", [1, 2])
def test_batch_run_of_mesa_takes_scenarios_by_name(processes: int) -> None:
    assert "minimal" in scenario_names()
    rows = mesa.batch_run(
        MarketModel,
        {"parameters": ["minimal"]},
        rng=[1, 2],
        number_processes=processes,
        max_steps=2,
        data_collection_period=-1,
        display_progress=False,
    )
    runs = {row["RunId"]: row for row in rows}
    assert [runs[number]["seed"] for number in (0, 1)] == [1, 2]
    for row in runs.values():
        model = MarketModel("minimal", seed=row["seed"]).run(2)
        assert row["labs_revenue_usd"] == model.datacollector.model_vars["labs_revenue_usd"][-1]
