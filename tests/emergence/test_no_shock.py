"""E1: without any shock, some worlds freeze and some do not, with constant parameters."""

from __future__ import annotations

from emergence.measure import parameter_hash, scaled_investors, varied

from market.model import MarketModel
from market.scenario import load_scenario

CELLS = [(money, exit_multiple) for money in (0.1, 1.0, 4.0) for exit_multiple in (1.5, 3.0, 6.0)]


def freezes(money: float, exit_multiple: float, seed: int = 5) -> bool:
    """Whether a world without shock has a funding freeze within 28 quarters."""
    parameters = scaled_investors(load_scenario("reference"), money)
    parameters = varied(parameters, "funding.initial_exit_multiple", exit_multiple)
    assert not parameters.shocks
    model = MarketModel(parameters, seed=seed)
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
    """Where money is short and little is expected freezes come; at the other end they do not."""
    seeds = range(1, 7)
    assert sum(freezes(0.1, 1.5, seed) for seed in seeds) >= 2
    assert not any(freezes(4.0, 6.0, seed) for seed in seeds)
