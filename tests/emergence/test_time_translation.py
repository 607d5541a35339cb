"""E3: the clock's label changes nothing: start 16 quarters later, same trajectory."""

from __future__ import annotations

from emergence.measure import run_hash

from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import load_scenario

YEARS = 4


def moved(parameters: MarketParameters) -> MarketParameters:
    """The same world some years later: its start, and the years in which debt falls due."""
    data = parameters.model_dump()
    data["start"] = f"{int(data['start'][:4]) + YEARS}{data['start'][4:]}"
    for cloud in data["clouds"].values():
        cloud["debt_due"] = {
            str(int(year) + YEARS): part for year, part in cloud["debt_due"].items()
        }
    return MarketParameters.model_validate(data)


def test_a_later_start_gives_the_same_trajectory() -> None:
    """2025Q3 plus 16 quarters is 2029Q3; all series, events and balances are equal."""
    parameters = load_scenario("reference")
    first = MarketModel(parameters, seed=3).run(24)
    second = MarketModel(moved(parameters), seed=3).run(24)
    assert run_hash(first) == run_hash(second)
    assert second.events[0].quarter == first.events[0].quarter
    assert second.label == parameters.quarter_label(24 + 4 * YEARS)
