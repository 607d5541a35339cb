"""Twins with and without growth of use, what is seen, a ceiling, and surprises that last."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from emergence.measure import series, varied

from market.model import MarketModel
from market.scenario import load_scenario

Changes = tuple[tuple[str, Any], ...]

SEEDS = range(20)
QUARTERS = 9
SURPRISES = {
    "compute.demand_noise": "own_use_cu",
    "compute.rent_noise": "spot_price_usd_hour",
    "enterprise.use_noise": "labs_revenue_usd",
    "lab_rules.release_noise": "reliability",
}
"""Each size of a surprise, and the series that it is about."""
PACES = {
    "cloud_rules.pace_noise": "capex_usd",
    "chipmaker_rules.output_noise": "chip_revenue_usd",
}
"""Sizes of surprises in how fast is built and produced, which even out over the quarters."""
QUIET: Changes = tuple((path, 0.0) for path in SURPRISES)


def runs(scenario: str, quarters: int, changes: Changes = ()) -> list[pd.DataFrame]:
    """Series of every seed in a scenario with changes; reckoned once."""
    key = repr((scenario, quarters, changes))
    if key not in _RUNS:
        _RUNS[key] = _run_all(scenario, quarters, changes)
    return _RUNS[key]


_RUNS: dict[str, list[pd.DataFrame]] = {}


def _run_all(scenario: str, quarters: int, changes: Changes) -> list[pd.DataFrame]:
    world = load_scenario(scenario)
    for path, value in changes:
        world = varied(world, path, value)
    return [measured(MarketModel(world, seed=seed), quarters) for seed in SEEDS]


def measured(model: MarketModel, quarters: int) -> pd.DataFrame:
    """The series of a run, with own use and its budgets, and reliability of the first lab."""
    lab = next(iter(model.labs.values()))
    own_use, own_budget, reliability = [], [], []
    for _ in model.each_quarter(quarters):
        own_use.append(sum(cloud.organic_cu for cloud in model.clouds.values()))
        own_budget.append(sum(cloud.base_organic_cu for cloud in model.clouds.values()))
        reliability.append(lab.reliability)
    own = {"own_use_cu": own_use, "own_budget_cu": own_budget}
    return series(model).assign(**own, reliability=reliability)


def effects(
    name: str, *changes: tuple[str, Any], usual: Changes = (), scenario: str = "minimal"
) -> np.ndarray[Any, Any]:
    """Paired effects of changes on a series, summed over the run; logs, by seed."""
    sums = [
        np.array([frame[name].sum() for frame in runs(scenario, QUARTERS, each)])
        for each in (usual, (*usual, *changes))
    ]
    return np.asarray(np.log(sums[1] / sums[0]))


def in_errors(effect: np.ndarray[Any, Any]) -> float:
    """A mean effect in standard errors."""
    return float(effect.mean() / (effect.std(ddof=1) / np.sqrt(effect.size)))


def spread(scenario: str, quarters: int, name: str, changes: Changes) -> float:
    """Standard deviation over the seeds of the log of a series in the last quarter."""
    found = [np.log(frame[name].iloc[-1]) for frame in runs(scenario, quarters, changes)]
    return float(np.std(found, ddof=1))


def test_use_that_grows_brings_revenue() -> None:
    assert in_errors(effects("labs_revenue_usd", ("enterprise.use_exponent", 0.0))) < -2
    assert in_errors(effects("labs_revenue_usd", ("enterprise.base_share", 1.0))) < -2


def test_small_budgets_hold_revenue_down() -> None:
    assert in_errors(effects("labs_revenue_usd", ("enterprise.budget_median_eur", 20.0))) < -2


def test_a_ceiling_lowers_building() -> None:
    assert in_errors(effects("capex_usd", ("compute.demand_ceiling", 2.0))) < -2


def test_slower_progress_is_felt_where_it_is_seen() -> None:
    """Nobody new brings money: less is seen, and budgets are lower the more it counts."""
    drought = ("shocks", {"drought": {"kind": "drought", "quarter": 2, "quarters": 7, "size": 0.0}})
    assert in_errors(effects("progress_seen", drought, scenario="reference")) < -2
    blind, keen = (
        effects(
            "own_budget_cu",
            drought,
            usual=(("compute.demand_seen_weight", weight),),
            scenario="reference",
        )
        for weight in (0.0, 1.0)
    )
    assert in_errors(keen) < -2
    assert in_errors(keen - blind) < -2


@pytest.mark.parametrize("path", SURPRISES)
def test_each_surprise_spreads_what_it_is_about(path: str) -> None:
    """Alone, against a world without any."""
    alone = tuple(each for each in QUIET if each[0] != path)
    name = SURPRISES[path]
    quiet = spread("minimal", QUARTERS, name, QUIET)
    assert spread("minimal", QUARTERS, name, alone) > 1.5 * quiet


@pytest.mark.parametrize("path", PACES)
def test_a_surprise_of_pace_makes_quarters_uneven(path: str) -> None:
    """Changes of the first year, five clouds and two chipmakers together; 1.4 and 6 times."""
    even, uneven = (
        np.array(
            [
                np.diff(np.log(frame[PACES[path]].iloc[:5]))
                for frame in runs("reference", QUARTERS, ((path, size),))
            ]
        )
        for size in (0.0, 0.15)
    )
    assert uneven.std(axis=0).mean() > 1.25 * even.std(axis=0).mean()
    assert abs(uneven.mean() - even.mean()) < 0.01


def test_surprises_widen_the_spread_of_capex_after_six_years() -> None:
    """Over the seeds of the reference; measured: 21 against 6%."""
    quiet = spread("reference", 25, "capex_usd", QUIET)
    usual = spread("reference", 25, "capex_usd", ())
    assert usual > 0.1
    assert usual > 1.5 * quiet
