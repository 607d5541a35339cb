"""E1: without any shock, some worlds freeze and some do not, with constant parameters."""

from __future__ import annotations

from emergence.measure import parameter_hash, scaled_investors, varied

from market.model import MarketModel
from market.scenario import load_scenario

CELLS = [(money, exit_multiple) for money in (0.1, 1.0, 4.0) for exit_multiple in (1.5, 3.0, 6.0)]


def freezes(money: float, exit_multiple: float) -> bool:
    """Whether a world without shock has a funding freeze within 28 quarters."""
    parameters = scaled_investors(load_scenario("reference"), money)
    parameters = varied(parameters, "funding.initial_exit_multiple", exit_multiple)
    assert not parameters.shocks
    model = MarketModel(parameters, seed=5)
    first = parameter_hash(parameters)
    for _ in range(28):
        model.step()
        assert parameter_hash(model.parameters) == first
    return bool(model.events.select("funding freeze"))


def test_some_cells_freeze_and_some_do_not() -> None:
    """The outcome is a property of the cell, not of the code."""
    outcomes = {cell: freezes(*cell) for cell in CELLS}
    assert any(outcomes.values()), outcomes
    assert not all(outcomes.values()), outcomes


def test_poor_worlds_freeze_and_rich_ones_do_not() -> None:
    """Where money is short and little is expected a freeze comes; at the other end it does not."""
    assert freezes(0.1, 1.5)
    assert not freezes(4.0, 6.0)
