"""What an estate is worth, how its parts clear, who is paid first, and what a lab's sale brings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.rules.absorption import absorption_bid, sale_price, value_to_buyer
from agents.rules.estates import by_rank, clearing_price, running_value


def test_a_machine_earns_its_rent_less_its_cost_for_the_quarters_it_has() -> None:
    assert running_value(10.0, 4.0, 0.0, 0.0, 5) == pytest.approx(30.0)
    assert running_value(10.0, 4.0, 0.0, 0.1, 2) == pytest.approx(6 / 1.1 + 6 / 1.21)
    assert running_value(10.0, 4.0, 0.5, 0.0, 9) == pytest.approx(1.0)  # 5, then 2.5: shut down
    assert running_value(4.0, 4.0, 0.0, 0.0, 9) == 0.0
    assert running_value(10.0, 4.0, 0.0, 0.0, 0) == 0.0


def test_a_creditor_who_asks_more_values_it_less() -> None:
    values = [running_value(10.0, 4.0, 0.05, rate, 12) for rate in (0.0, 0.03, 0.1)]
    assert values[0] > values[1] > values[2] > 0


def test_the_price_follows_the_buyers_money_between_floor_and_ceiling() -> None:
    assert clearing_price(10.0, 40.0, 90.0) == 40.0  # a quarter is sold
    assert clearing_price(60.0, 40.0, 90.0) == 60.0  # all is sold for what they have
    assert clearing_price(500.0, 40.0, 90.0) == 90.0


def test_the_senior_are_paid_first_and_the_junior_pro_rata() -> None:
    assert by_rank(50, [[30], [60, 20], [10]]) == [[30], [15, 5], [0]]
    assert by_rank(1000, [[30], [60, 20], [10]]) == [[30], [60, 20], [10]]
    assert by_rank(7, [[], [0, 0], [5]]) == [[], [0, 0], [5]]


@given(st.integers(0, 10**15), st.lists(st.lists(st.integers(0, 10**14), max_size=4), max_size=4))
def test_nobody_gets_more_than_is_owed_or_there(amount: int, claims: list[list[int]]) -> None:
    paid = by_rank(amount, claims)
    for got, rank in zip(paid, claims, strict=True):
        assert all(0 <= p <= c for p, c in zip(got, rank, strict=True))
    total, owed = sum(map(sum, paid)), sum(map(sum, claims))
    assert total <= amount
    assert min(amount, owed) - total < max(1, sum(map(len, claims)))  # rounding of cents only


def test_a_lab_is_worth_its_shares_less_what_it_costs_and_more_to_who_would_lose_by_it() -> None:
    assert value_to_buyer(100.0, 10.0, 30.0, 5.0) == 65.0
    assert value_to_buyer(20.0, 10.0, 30.0, 5.0) == 0.0


def test_who_cannot_bear_the_losses_bids_nothing() -> None:
    assert absorption_bid(65.0, 50.0, 30.0) == 20.0
    assert absorption_bid(15.0, 50.0, 30.0) == 15.0
    assert absorption_bid(65.0, 20.0, 30.0) == 0.0


def test_the_second_bid_is_the_price_and_the_reserve_the_least() -> None:
    assert sale_price([50.0, 80.0, 10.0], 20.0) == 50.0
    assert sale_price([80.0], 20.0) == 20.0
    assert sale_price([80.0, 5.0], 0.0) == 5.0
    assert sale_price([15.0], 20.0) is None
    assert sale_price([], 0.0) is None
    assert sale_price([0.0], 0.0) is None
