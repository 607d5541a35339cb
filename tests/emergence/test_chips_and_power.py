"""Chips and power in twins: each mechanism, switched off, moves what theory says, and that way.

The two arms of a pair share their seed; an effect counts beyond two standard errors.
"""

from __future__ import annotations

from functools import cache
from math import sqrt
from statistics import mean, stdev
from typing import Any

import pytest
from emergence.measure import series

from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import load_scenario

PAIRS = 20
REGION = {"name": "Region", "grid_gw_quarter": 0.05}
FALL = {"kind": "power delay", "quarter": 6, "quarters": 14, "size": 1.0}
"""No new power from the seventh quarter on: orders of chips fall at once."""
Change = tuple[str, str, Any]


def world(change: Change | None, *, is_falling: bool = False) -> MarketParameters:
    """The minimal world with a region of power, one value changed; or with a sudden fall."""
    data = load_scenario("minimal").model_dump()
    data["quarters"] = 28
    data["power_regions"] = {"region": REGION}
    if is_falling:
        data["quarters"], data["shocks"] = 14, {"fall": FALL}
    if change is not None:
        section, key, value = change
        data[section][key] = value
    return MarketParameters.model_validate(data)


@cache
def outcomes(change: Change | None, is_falling: bool) -> list[dict[str, float]]:
    """Sums, means and ends of the series that the tests look at, seed by seed."""
    found = []
    for seed in range(300, 300 + PAIRS):
        model = MarketModel(world(change, is_falling=is_falling), seed=seed)
        flows = [
            sum(maker.free_cash_flow_usd for maker in model.chipmakers.values())
            for _ in model.each_quarter(model.parameters.quarters)
        ]
        frame = series(model)
        found.append(
            {
                "capex": frame["capex_usd"].sum(),
                "refresh": frame["refresh_capex_usd"].sum(),
                "chips": frame["chip_revenue_usd"].sum(),
                "power": frame["power_gw"].iloc[-1],
                "queue": frame["power_queue_gw"].max(),
                "stock": frame["chip_stock_usd"].max(),
                "written down": frame["stock_written_down_usd"].sum(),
                "advances": frame["prepayments_usd"].max(),
                "maker flow": sum(flows),
            }
        )
    return found


def effect(change: Change, output: str, *, is_falling: bool = False) -> tuple[float, float]:
    """Mean of a paired difference, changed less unchanged, and two standard errors of it."""
    base, arm = outcomes(None, is_falling), outcomes(change, is_falling)
    gaps = [other[output] - own[output] for own, other in zip(base, arm, strict=True)]
    return mean(gaps), 2 * stdev(gaps) / sqrt(PAIRS)


@pytest.mark.parametrize(
    ("change", "output", "sign"),
    [
        (("compute", "failure_rate", 0.0), "capex", -1),
        (("compute", "failure_rate", 0.0), "chips", -1),
        (("compute", "wear_rate", 0.0), "refresh", -1),
        (("cloud_rules", "refresh_speed", 0.0), "refresh", -1),
        (("cloud_rules", "refresh_speed", 0.0), "power", -1),
        (("compute", "power_scale", 0.5), "power", -1),
        (("cloud_rules", "power_horizon_quarters", 1000), "queue", 1),
        (("chipmaker_rules", "capacity_cost_quarters", 5.0), "maker flow", -1),
    ],
)
def test_a_mechanism_moves_what_it_should(change: Change, output: str, sign: int) -> None:
    gap, error = effect(change, output)
    assert sign * gap > error


@pytest.mark.parametrize(
    ("change", "output", "sign"),
    [
        (("chipmaker_rules", "commitment_quarters", 0), "stock", -1),
        (("chipmaker_rules", "commitment_quarters", 0), "written down", -1),
        (("chipmaker_rules", "stock_salvage_share", 1.0), "written down", -1),
        (("chipmaker_rules", "idle_cost_share", 0.0), "maker flow", 1),
    ],
)
def test_a_fall_of_orders_hurts_who_is_committed(change: Change, output: str, sign: int) -> None:
    """When chips are suddenly not ordered, inputs arrive all the same and plant stands idle."""
    gap, error = effect(change, output, is_falling=True)
    assert sign * gap > error
