"""The experiments that come with the package: valid, named, and with contrasts to find."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from runs.experiments.experiment import FOLDER, experiment_names, locate
from runs.experiments.plan import plan_sweep
from runs.experiments.sweeps import run_sweep
from runs.experiments.text import read_experiment
from runs.sweep.results import load

NAMES = [
    "debt-by-dependence",
    "price-gap-by-switching-cost",
    "sobol-twelve",
    "vendor-finance-by-dry-powder",
]


def test_names_of_the_experiments() -> None:
    assert experiment_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_is_valid_and_tells_what_it_asks(name: str) -> None:
    experiment = read_experiment(name)
    assert experiment.name == name
    assert experiment.description[-1] in "?."
    tree = tomllib.loads(locate(name).read_text(encoding="utf-8"))
    assert (FOLDER / f"{name}.toml").read_text(encoding="utf-8").startswith("# ")
    plan = plan_sweep(experiment)
    assert list(plan.varied) == list(tree["vary"])
    assert plan.runs > 100


def test_the_ranges_of_sobol_lie_around_the_reference() -> None:
    experiment = read_experiment("sobol-twelve")
    assert len(experiment.vary) == 12
    world = plan_sweep(experiment).task.worlds[""]  # type: ignore[attr-defined]
    tree = world.model_dump()
    for path, how in experiment.vary.items():
        section, key = path.split(".")
        assert how.low == pytest.approx(0.7 * tree[section][key], abs=0.5), path
        assert how.high is not None
        assert tree[section][key] < how.high <= 1.3 * tree[section][key] + 0.5, path


def test_a_price_gap_moves_more_seats_where_switching_is_cheap(tmp_path: Path) -> None:
    vary = ["shocks.three-euros.size=0,3", "enterprise.switching_cost_median_eur=1,6"]
    experiment = read_experiment("price-gap-by-switching-cost", vary=vary, replications=1)
    run_sweep(experiment, tmp_path)
    frame = load(tmp_path)
    share = frame.set_index(list(experiment.vary))["gemini.seat_share:at(12)"]
    moved = {cost: share[3.0, cost] - share[0.0, cost] for cost in (1.0, 6.0)}
    assert moved[1.0] > moved[6.0] > 0.05


def test_a_cloud_with_much_debt_does_not_survive_and_one_with_little_does(tmp_path: Path) -> None:
    vary = ["clouds.oracle.debt_usd=50e9,400e9", "clouds.oracle.organic_share=0.2"]
    run_sweep(read_experiment("debt-by-dependence", vary=vary, replications=1), tmp_path)
    assert load(tmp_path)["defaulted:oracle"].tolist() == [False, True]


def test_funding_freezes_where_nobody_pays(tmp_path: Path) -> None:
    vary = ["chipmaker_rules.vendor_round_share=0,0.8", "shocks.powder.size=0.75"]
    run_sweep(read_experiment("vendor-finance-by-dry-powder", vary=vary, replications=2), tmp_path)
    frame = load(tmp_path)
    chance = frame.groupby("chipmaker_rules.vendor_round_share")["freeze"].mean()
    assert chance[0.0] > chance[0.8]
