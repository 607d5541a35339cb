"""Experiments from beginning to end: the model, the real plan, the folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runs import load, load_series, run_sweep
from runs.commands.results import stored_plan
from runs.experiments.experiment import Experiment
from runs.experiments.plan import plan_sweep
from runs.experiments.sweeps import replay, run_plan
from runs.experiments.text import make_experiment, read_experiment
from runs.problems import Refused
from runs.sweep.manifest import read_manifest
from runs.sweep.results import digest, verify
from runs.sweep.workers import InProcess

TREE: dict[str, Any] = {
    "experiment": {
        "name": "small",
        "scenario": "minimal",
        "quarters": 3,
        "replications": 2,
        "outputs": ["freeze", "freeze_quarter", "capex_usd:max", "first_default"],
        "series": True,
    },
    "vary": {
        "funding.recovery": {"values": [0.1, 0.3]},
        "enterprise.customers": {"values": [50, 100], "when": "funding.recovery > 0.2"},
    },
    "arms": [
        {"name": "as-it-is"},
        {"name": "dear", "set": {"labs.lab.enterprise_price_eur": 60.0}},
    ],
}


def experiment(**changes: Any) -> Experiment:
    return make_experiment({**TREE, "experiment": TREE["experiment"] | changes})


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep") / "here"
    summary = run_sweep(experiment(), folder)
    assert (summary.exit_code, summary.done) == (0, 12)
    return folder


def test_the_frame_has_the_design_and_the_outputs(here: Path) -> None:
    frame = load(here)
    assert frame.attrs["varied"] == ["funding.recovery", "enterprise.customers"]
    assert frame.attrs["outputs"] == TREE["experiment"]["outputs"]
    assert frame["enterprise.customers"].isna().tolist() == [True] * 4 + [False] * 8
    assert frame["arm"].tolist() == ["as-it-is", "as-it-is", "dear", "dear"] * 3
    assert frame["seed"].nunique() == 2
    assert frame["capex_usd:max"].gt(0).all()
    assert len(load_series(here)) == 12 * 3


def test_processes_give_the_same_bytes(here: Path, tmp_path: Path) -> None:
    run_sweep(experiment(), tmp_path / "there", jobs=2)
    assert digest(tmp_path / "there") == digest(here)
    assert verify(tmp_path / "there") == []


def test_the_folder_alone_is_enough_to_do_it_again(here: Path, tmp_path: Path) -> None:
    plan = stored_plan(here)
    assert replay(plan, here, 7).is_same
    run_plan(plan, tmp_path / "again", InProcess())
    assert digest(tmp_path / "again") == digest(here)


def test_a_limit_of_time_is_no_part_of_the_experiment(here: Path) -> None:
    summary = run_sweep(experiment(run_timeout_s=60.0, name="other"), here, resume=True)
    assert summary.computed == 0
    with pytest.raises(Refused, match="the experiment is another one"):
        run_sweep(experiment(quarters=4), here, resume=True)


def test_runs_over_their_time_become_rows(tmp_path: Path) -> None:
    summary = run_sweep(experiment(run_timeout_s=1e-6), tmp_path, max_failures="100%")
    assert summary.statuses == {"timeout": 12}
    assert summary.exit_code == 3
    frame = load(tmp_path)
    assert frame[frame.attrs["outputs"]].isna().all(axis=None)
    assert len(load_series(tmp_path)) == 0
    assert read_manifest(tmp_path)["status"] == "finished"


def test_the_experiment_of_the_benchmark_is_valid() -> None:
    path = Path(__file__).resolve().parents[2] / "benchmark" / "ten-thousand.toml"
    plan = plan_sweep(read_experiment(path))
    assert (plan.runs, plan.part_rows, plan.parts) == (10_000, 16, 625)
