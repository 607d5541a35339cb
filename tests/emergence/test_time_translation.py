"""E3: the clock's label changes nothing: start 17 quarters later, same trajectory."""

from __future__ import annotations

from emergence.measure import run_hash, varied

from market.model import MarketModel
from market.scenario import load_scenario


def test_a_later_start_gives_the_same_trajectory() -> None:
    """2025Q3 plus 17 quarters is 2029Q4; all series, events and balances are equal."""
    parameters = load_scenario("reference")
    later = varied(parameters, "start", "2029Q4")
    first = MarketModel(parameters, seed=3).run(24)
    second = MarketModel(later, seed=3).run(24)
    assert run_hash(first) == run_hash(second)
    assert second.events[0].quarter == first.events[0].quarter
    assert second.label == parameters.quarter_label(24 + 17)
