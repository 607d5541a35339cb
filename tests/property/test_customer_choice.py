"""One customer at a time, arrays and compiled loops take the same decisions, bit for bit."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import CustomerPopulation
from agents.rules.enterprise_choice import (
    choose_provider,
    choose_providers,
    choose_secondary,
    make_offer_table,
    next_renewal,
    tender_rows,
)
from market.host import equip
from market.parameters.world import MarketParameters

NAN = float("nan")
WAYS = (("objects", 1), ("arrays", 1), ("compiled", 1), ("compiled", 2))

prices = st.one_of(
    st.integers(2700, 3300).map(lambda cents: cents / 100),
    st.sampled_from([27.0, 30.0, 33.0, NAN]),  # gaps of exactly three euros, and nothing on offer
)
reliabilities = st.integers(55, 95).map(lambda percent: percent / 100)
quarters = st.lists(
    st.tuples(
        st.lists(prices, min_size=4, max_size=4),
        st.lists(reliabilities, min_size=4, max_size=4),
        st.sampled_from([1.0, 1.0, 1.7]),  # use of a seat
    ),
    min_size=2,
    max_size=8,
)
worlds = st.fixed_dictionaries(
    {
        "customers": st.integers(0, 60),
        "seats_now_million": st.sampled_from([0.0, 0.0004, 0.3, 1.0]),
        "seats_market_million": st.just(1.0),
        "switching_cost_sigma": st.sampled_from([0.0, 0.6]),
        "quality_weight_eur": st.sampled_from([0.0, 0.2, 1.0]),
        "quality_weight_sigma": st.sampled_from([0.0, 0.7]),
        "minimum_reliability_spread": st.sampled_from([0.0, 0.1]),
        "contract_quarters": st.integers(1, 6),
        "multi_homing_share": st.sampled_from([0.0, 0.5, 1.0]),
        "tender_rate": st.sampled_from([0.0, 0.1, 1.0]),
        "has_price_switching": st.booleans(),
        "bass_innovation": st.sampled_from([0.0, 0.2]),
    }
)
DEMANDING = {"name": "Demanding", "seats": 5000.0, "minimum_reliability": 0.873}


def population(rules: dict[str, Any], path: str, threads: int = 1) -> CustomerPopulation:
    model = mesa.Model[Any, Any](rng=1)
    world = {"enterprise": rules, "demanding_customers": {"demanding": DEMANDING}}
    equip(model, MarketParameters.model_validate(world), seed=3)
    customers = CustomerPopulation(
        model, ["a", "b", "c", "d"], [0.4, 0.3, 0.2, 0.1], [0.85, 0.8, 0.75, 0.7]
    )
    customers.path, customers.threads = path, threads  # type: ignore[assignment]
    return customers


def state(customers: CustomerPopulation) -> dict[str, list[Any]]:
    """Everything that a choice decides, books included."""
    columns = ("provider", "secondary", "contract_end", "is_adopter", "seats")
    found = {name: customers.column(name).tolist() for name in columns}
    books = customers.books
    served = slice(0, len(customers.providers))
    return found | {
        "pairs": books.pair_seats[served].tolist(),
        "customers": books.pair_customers[served].tolist(),
        "flows": books.flow_seats.tolist(),
        "seats of": customers.seats_of.tolist(),
    }


@settings(max_examples=120, deadline=None)
@given(worlds, quarters)
def test_all_ways_agree(
    rules: dict[str, Any], offers: list[tuple[list[float], list[float], float]]
) -> None:
    ways = [population(rules, path, threads) for path, threads in WAYS]
    for quarter, (price, reliability, use) in enumerate(offers):
        for customers in ways:
            customers.market.quarter = quarter
            customers.use = use
            customers.choose(np.array(price), np.array(reliability))
        first = state(ways[0])
        for customers, way in zip(ways[1:], WAYS[1:], strict=True):
            assert state(customers) == first, way


@settings(max_examples=60, deadline=None)
@given(worlds, quarters, st.data())
def test_all_ways_agree_after_writing_from_outside(
    rules: dict[str, Any], offers: list[tuple[list[float], list[float], float]], data: st.DataObject
) -> None:
    """Whatever a user writes to a customer between two quarters, the books follow."""
    ways = [population(rules, path, threads) for path, threads in WAYS]
    for quarter, (price, reliability, use) in enumerate(offers):
        row = data.draw(st.integers(0, rules["customers"]))
        name, value = data.draw(
            st.sampled_from(
                [
                    ("provider", 2),
                    ("secondary", 1),
                    ("seats", 12.5),
                    ("seats", 0.3),
                    ("contract_end", 30),
                    ("has_second", True),
                    ("switching_cost", 0.0),
                    ("switching_cost", float("inf")),
                    ("minimum_reliability", 0.777),
                    ("quality_weight", 0.123),
                    ("is_adopter", True),
                ]
            )
        )
        for customers in ways:
            setattr(customers.to_list()[row], name, value)
            customers.market.quarter = quarter
            customers.use = use
            customers.choose(np.array(price), np.array(reliability))
        first = state(ways[0])
        for customers, way in zip(ways[1:], WAYS[1:], strict=True):
            assert state(customers) == first, way


@settings(max_examples=200, deadline=None)
@given(
    st.lists(prices, min_size=1, max_size=5),
    st.data(),
    st.sampled_from([0.0, 0.25, 1.0]),
    st.sampled_from([0.0, 1.0, 3.0]),
)
def test_the_table_of_offers_holds_the_scalar_rule(
    price: list[float], data: st.DataObject, weight: float, cost: float
) -> None:
    reliability = data.draw(st.lists(reliabilities, min_size=len(price), max_size=len(price)))
    quality = [100 * r for r in reliability]
    levels = [percent / 100 for percent in range(50, 100, 5)]
    table = make_offer_table(
        np.array(price),
        np.array(quality),
        np.array(reliability),
        np.array(levels),
        np.array([weight]),
    )
    for level, need in enumerate(levels):
        code = int(table.group_of_level[level])
        best, second = int(table.best[code]), int(table.second[code])
        offers = (price, quality, reliability, need)
        for held in range(-1, len(price)):
            expected = choose_provider(held, *offers, cost, weight)
            one = np.array([held]), np.array([code]), cost, table
            assert choose_providers(*one).tolist() == [expected]
            assert best == choose_provider(held, *offers, cost, weight, False, True)
            assert choose_providers(*one, False, True).tolist() == [best]
            locked = choose_provider(held, *offers, cost, weight, False)
            assert choose_providers(*one, False).tolist() == [locked]
        if best >= 0:
            assert second == choose_secondary(best, *offers, weight)
            assert table.is_served[level]


@given(st.integers(-5, 50), st.integers(0, 60), st.integers(1, 12))
def test_contracts_run_to_the_next_date_of_renewal(end: int, later: int, length: int) -> None:
    quarter = end + later
    renewed = next_renewal(end, quarter, length)
    assert quarter < renewed <= quarter + length
    assert (renewed - end) % length == 0


@settings(max_examples=50)
@given(st.integers(0, 3000), st.floats(0, 1), st.integers(0, 99))
def test_tenders_are_rows_in_order(size: int, rate: float, seed: int) -> None:
    rows = tender_rows(np.random.default_rng(seed), size, rate)
    assert ((rows >= 0) & (rows < size)).all()
    assert (np.diff(rows) > 0).all()


@pytest.mark.parametrize("rate", [0.002, 0.01, 0.3, 0.9])
def test_each_customer_is_in_tender_with_the_given_chance(rate: float) -> None:
    """Counts within four standard deviations, and gaps as independent trials have them."""
    size = 200_000
    rows = tender_rows(np.random.default_rng(5), size, rate)
    assert abs(rows.size - size * rate) < 4 * np.sqrt(size * rate * (1 - rate))
    together = np.mean(np.diff(rows) == 1)
    assert abs(together - rate) < 4 * np.sqrt(rate * (1 - rate) / rows.size) + 1e-9
