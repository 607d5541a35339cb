"""Rules of chips and power: failure, queues, surprises, capacity, inputs, stock, advances, rent."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.rules.chip_supply import (
    advance_wanted,
    chips_to_make,
    committed_inputs,
    expansion,
    stock_value,
)
from agents.rules.hardware import (
    failure_share,
    share_with_power,
    surprise_factor,
)
from agents.rules.pricing import spot_price

shares = st.floats(0, 1)
amounts = st.floats(0, 1e6)


def test_old_chips_die_faster() -> None:
    assert failure_share(19, 0.015, 0.1, 20) == 0.015
    assert failure_share(20, 0.015, 0.1, 20) == pytest.approx(0.115)
    assert failure_share(50, 0.6, 0.6, 20) == 1.0
    assert failure_share(0, 0.0, 0.0, 20) == 0.0


def test_fewer_sites_are_begun_when_the_power_in_sight_is_spoken_for() -> None:
    assert [share_with_power(part) for part in (0, 0.5, 0.75, 1, 9)] == [1, 1, 0.5, 0, 0]


def test_surprises_have_mean_one() -> None:
    assert surprise_factor(0.0, 0.7, 0.0, 3) == 1.0
    draws = [-1.5, -0.5, 0.5, 1.5]  # a symmetric law: the mean factor is near one
    mean = sum(surprise_factor(0.1 * x, 0.7, 0.1, 1) for x in draws) / 4
    assert mean == pytest.approx(1.0, abs=0.002)


def test_more_output_is_ordered_for_a_longer_book_and_faster() -> None:
    assert expansion(100, 100, 0, 0.1, 1.0, 1.0) == 0.0
    assert expansion(105, 100, 0, 0.1, 1.0, 1.0) == 5.0
    assert expansion(500, 100, 0, 0.1, 1.0, 1.0) == pytest.approx(10.0)
    assert expansion(500, 100, 0, 0.1, 2.0, 1.0) == pytest.approx(20.0)
    assert expansion(500, 100, 0, 0.1, 9.0, 1.0) == pytest.approx(20.0)
    assert expansion(500, 100, 395, 0.1, 9.0, 1.0) == pytest.approx(5.0)
    assert expansion(500, 100, 0, 0.1, 2.0, 0.0) == pytest.approx(10.0)


def test_inputs_are_committed_to_what_it_expects_to_make() -> None:
    assert committed_inputs(100, 0.1, 2, 1e9, 0.5, 0) == pytest.approx(60.5)
    assert committed_inputs(100, 0.1, 2, 80, 0.5, 10) == 30.0
    assert committed_inputs(100, 0.0, 2, 1e9, 0.5, 70) == 0.0


@given(amounts, amounts, amounts, amounts)
def test_what_must_be_taken_is_made(
    orders: float, stock: float, output: float, committed: float
) -> None:
    made = chips_to_make(orders, stock, output, committed)
    assert made >= committed
    if committed <= output:
        assert made <= max(output, committed)
    if made > committed:
        assert stock + made <= orders * (1 + 1e-9) + 1e-9


def test_stock_is_worth_the_lower_of_cost_and_what_it_fetches() -> None:
    assert stock_value(10, 3, 10, 1.0, 10, 0.1) == 30.0  # cost
    assert stock_value(10, 3, 10, 1.0, 4, 0.1) == 4 * 3 + 6 * 1  # six that nobody takes
    assert stock_value(10, 3, 10, 0.2, 10, 0.1) == 20.0  # chips that are old


@given(amounts, st.floats(0, 100), st.floats(0, 100), shares, amounts, shares)
def test_stock_is_never_written_up(
    stock: float, cost: float, price: float, newness: float, usual: float, salvage: float
) -> None:
    value = stock_value(stock, cost, price, newness, usual, salvage)
    assert 0 <= value <= stock * cost * (1 + 1e-12)


def test_an_advance_is_asked_by_who_is_booked_out_and_once() -> None:
    assert advance_wanted(100, 10, 0.2, 50, 1.5, 1.25) == 150.0
    assert advance_wanted(100, 10, 0.2, 50, 1.0, 1.25) == 0.0
    assert advance_wanted(100, 10, 0.2, 300, 1.5, 1.25) == 0.0


def test_the_rent_answers_alike_to_short_and_to_idle_capacity() -> None:
    """In logs: twice the usual use raises it as far as half of it lowers it."""
    up = spot_price(1.0, 1.0, 1.6, 0.8, 1.0, 0.0)
    down = spot_price(1.0, 1.0, 0.4, 0.8, 1.0, 0.0)
    assert math.log(up) == pytest.approx(-math.log(down))
    assert up == pytest.approx(math.sqrt(2))


@pytest.mark.parametrize("sensitivity", [0.5, 1.0, 1.5])
@pytest.mark.parametrize("elasticity", [0.5, 0.8, 1.0])
@pytest.mark.parametrize("start", [0.5, 2.0])
def test_rent_and_demand_come_to_rest(sensitivity: float, elasticity: float, start: float) -> None:
    """Use that answers to the rent, and the rent to use, meet where both are usual."""
    rent = start
    for _ in range(60):
        rent = spot_price(rent, 1.0, 0.8 * rent**-elasticity, 0.8, sensitivity, 0.0)
    assert rent == pytest.approx(1.0, abs=1e-3)
