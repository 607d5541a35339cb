"""The three-euro rule, contracts, needs and second providers in a whole population."""

from __future__ import annotations

import itertools
import math
from typing import Any

import mesa
import numpy as np
import pytest

from agents import CustomerPopulation, SingleCustomer
from market.host import equip
from market.parameters.world import MarketParameters

ALIKE = {
    "customers": 300,
    "seats_market_million": 1.0,
    "seats_now_million": 1.0,
    "switching_cost_sigma": 0.0,
    "minimum_reliability_mean": 0.7,
    "minimum_reliability_spread": 0.0,
    "quality_weight_eur": 0.0,
    "contract_quarters": 1,
    "multi_homing_share": 0.0,
    "tender_rate": 0.0,
}
GOOD = np.array([0.9, 0.9])


def population(
    shares: tuple[float, ...] = (1.0, 0.0),
    demanding: dict[str, Any] | None = None,
    **changes: Any,
) -> CustomerPopulation:
    """Customers that are all alike but for the changes, in a bare Mesa model."""
    model = mesa.Model(rng=1)
    parameters = MarketParameters.model_validate(
        {"enterprise": {**ALIKE, **changes}, "demanding_customers": demanding or {}}
    )
    equip(model, parameters, seed=3)
    names = [f"provider {n}" for n in range(len(shares))]
    return CustomerPopulation(model, names, shares, [0.9] * len(shares))


@pytest.mark.parametrize(("cheaper", "share_moved"), [(3.01, 1.0), (3.00, 0.0), (2.99, 0.0)])
def test_three_euros_take_everyone_or_no_one(cheaper: float, share_moved: float) -> None:
    customers = population()
    customers.choose(np.array([30.0, 30.0 - cheaper]), GOOD)
    assert customers.moved_seats == pytest.approx(share_moved * 1e6)
    assert customers.seats_of == pytest.approx([1e6 * (1 - share_moved), 1e6 * share_moved])
    assert customers.customers_of.tolist() == [300 * (1 - share_moved), 300 * share_moved]


def test_switched_off_nobody_moves_for_any_price() -> None:
    customers = population(has_price_switching=False)
    customers.choose(np.array([30.0, 1.0]), GOOD)
    assert customers.moved_seats == 0


def test_spread_of_costs_makes_part_of_them_move() -> None:
    customers = population(switching_cost_sigma=0.6)
    customers.choose(np.array([30.0, 27.0]), GOOD)
    moved = customers.column("provider") == 1
    assert np.array_equal(moved, customers.column("switching_cost") < 3.0)
    assert 0.3 < moved.mean() < 0.7  # the median customer's cost is the gap


def test_a_contract_holds_until_its_end() -> None:
    customers = population(contract_quarters=4)
    ends = customers.column("contract_end").copy()
    assert ends.min() == 0
    assert ends.max() == 3
    prices = np.array([30.0, 20.0])
    for quarter in range(4):
        customers.market.quarter = quarter
        customers.choose(prices, GOOD)
        assert np.array_equal(customers.column("provider") == 1, ends <= quarter)
    assert customers.seats_of == pytest.approx([0.0, 1e6])
    assert np.array_equal(customers.column("contract_end"), ends + 4)


def test_a_provider_that_is_gone_frees_its_customers() -> None:
    customers = population(contract_quarters=4)
    customers.choose(np.array([math.nan, 90.0]), GOOD)
    assert customers.seats_of == pytest.approx([0.0, 1e6])


def test_too_little_reliability_is_not_bought() -> None:
    """The article's 70%: a rival under the need takes nobody, whatever its price."""
    customers = population()
    customers.choose(np.array([30.0, 1.0]), np.array([0.9, 0.69]))
    assert customers.seats_of == pytest.approx([1e6, 0.0])
    customers.market.quarter = 1
    customers.choose(np.array([30.0, 1.0]), np.array([0.69, 0.69]))
    assert customers.seats_of.sum() == 0


def test_a_demanding_customer_waits_for_its_need() -> None:
    site = {"name": "Site", "seats": 5e4, "minimum_reliability": 0.95}
    customers = population(demanding={"site": site})
    customers.choose(np.array([30.0, 30.0]), GOOD)
    assert customers.column("provider")[-1] == -1
    customers.choose(np.array([30.0, 90.0]), np.array([0.9, 0.96]))
    assert customers.column("provider")[-1] == 1
    assert customers.seats_of[1] == 5e4


def test_quality_is_weighed_against_price() -> None:
    customers = population(quality_weight_eur=1.0, quality_weight_sigma=0.0)
    customers.choose(np.array([30.0, 35.0]), np.array([0.80, 0.88]))  # 8 points less 5 EUR: 3
    assert customers.moved_seats == 0
    customers.market.quarter = 1
    customers.choose(np.array([30.0, 34.9]), np.array([0.80, 0.88]))
    assert customers.seats_of == pytest.approx([0.0, 1e6])


def test_a_second_provider_gets_its_share_of_seats() -> None:
    customers = population((1.0, 0.0, 0.0), multi_homing_share=1.0, secondary_seat_share=0.25)
    customers.choose(np.array([30.0, 33.0, 31.0]), np.array([0.9] * 3))
    assert customers.seats_of == pytest.approx([0.75e6, 0.0, 0.25e6])
    assert customers.customers_of.tolist() == [300, 0, 0]  # counted by primary provider


def test_a_second_provider_stays_until_the_contract_is_renewed() -> None:
    customers = population(
        (1.0, 0.0, 0.0), multi_homing_share=1.0, secondary_seat_share=0.25, contract_quarters=8
    )
    customers.column("contract_end")[:] = 0
    customers.choose(np.array([30.0, 33.0, 31.0]), np.array([0.9] * 3))
    customers.market.quarter = 1
    customers.choose(np.array([30.0, 30.5, 31.0]), np.array([0.9] * 3))
    assert customers.seats_of == pytest.approx([0.75e6, 0.0, 0.25e6])
    customers.choose(np.array([30.0, 30.5, math.nan]), np.array([0.9] * 3))
    assert customers.seats_of == pytest.approx([0.75e6, 0.25e6, 0.0])


def test_adoption_grows_and_is_never_undone() -> None:
    customers = population(seats_now_million=0.1, bass_innovation=0.02, bass_imitation=0.4)
    assert customers.seats_of.sum() == pytest.approx(0.1e6)
    seats = []
    for quarter in range(40):
        customers.market.quarter = quarter
        customers.choose(np.array([30.0, 30.0]), GOOD)
        seats.append(float(customers.seats_of.sum()))
    assert all(after >= before for before, after in itertools.pairwise(seats))
    assert seats[-1] == pytest.approx(1e6, rel=0.02)


def test_opening_shares_are_met() -> None:
    customers = population((0.5, 0.3, 0.2), seat_size_sigma=0.8)
    assert customers.seats_of / 1e6 == pytest.approx([0.5, 0.3, 0.2], abs=0.02)


def test_the_columns_agree_with_one_customer_at_a_time() -> None:
    """The agent that stands for one customer takes the same decisions as its row."""
    customers = population(
        (0.6, 0.4),
        switching_cost_sigma=0.8,
        quality_weight_eur=1.0,
        minimum_reliability_spread=0.1,
        contract_quarters=3,
    )
    single = [
        SingleCustomer(
            customers.market,
            provider=int(customers.column("provider")[row]),
            switching_cost=float(customers.column("switching_cost")[row]),
            minimum_reliability=float(customers.minimum_reliability[row]),
            quality_weight=float(customers.quality_weight[row]),
            contract_end=int(customers.column("contract_end")[row]),
        )
        for row in range(len(customers))
    ]
    customers.market.quarter = 1
    prices, reliabilities = [30.0, 26.0], [0.82, 0.80]
    customers.choose(np.array(prices), np.array(reliabilities))
    moved = [agent.choose(prices, [82.0, 80.0], reliabilities, 1) for agent in single]
    assert [agent.provider for agent in single] == customers.column("provider").tolist()
    assert 0 < sum(moved) < len(moved)


def test_a_customer_costs_at_most_forty_bytes() -> None:
    customers = population(customers=20_000, contract_quarters=4, tender_rate=0.01)
    customers.choose(np.array([30.0, 29.0]), GOOD)
    assert sum(array.nbytes for array in customers.storage()) <= 40 * len(customers)
