"""E9: the order in which agents are listed, and so visited, changes nothing."""

from __future__ import annotations

import numpy as np
from emergence.measure import series

from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import load_scenario

GROUPS = ("labs", "clouds", "chipmakers", "investors", "compute_contracts", "stakes")


def reversed_world(parameters: MarketParameters) -> MarketParameters:
    """The same world with every list of companies and contracts turned around."""
    data = parameters.model_dump()
    for group in GROUPS:
        data[group] = dict(reversed(data[group].items()))
    return MarketParameters.model_validate(data)


def test_reversed_lists_give_the_same_series() -> None:
    """Sums of floats in another order differ in the last digits only."""
    parameters = load_scenario("reference")
    first = MarketModel(parameters, seed=8).run(30)
    second = MarketModel(reversed_world(parameters), seed=8).run(30)
    np.testing.assert_allclose(
        series(first).to_numpy(dtype=float), series(second).to_numpy(dtype=float), rtol=1e-6
    )
    kinds = [
        sorted((e.quarter, e.kind, e.agent) for e in model.events) for model in (first, second)
    ]
    assert kinds[0] == kinds[1]
