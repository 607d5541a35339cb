"""What lenders ask, what they buy, and the spread at which an issue is sold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.rules.credit import (
    Supply,
    clear_issue,
    covenant_room,
    expected_loss,
    lender_room,
    note_price,
    passed_on,
    planning_spread,
    redeemed,
    required_spread,
    supplied,
)

money = st.floats(0.0, 1e12)
spreads = st.floats(0.0, 0.2)
supplies = st.lists(st.builds(Supply, money, spreads), min_size=1, max_size=6)


def test_spreads_by_hand() -> None:
    assert expected_loss(0.0, 0.5) == 0.0
    assert expected_loss(0.5, 0.4) == pytest.approx(0.9375 * 0.4)
    assert required_spread(0.004, 0.002, 1.5, 0.5, 0.01) == pytest.approx(0.012)


def test_room_is_the_least_of_purse_and_limit_and_fades_with_losses() -> None:
    assert lender_room(10.0, 1000.0, 0.08, 20.0, 0.0, 0.1) == 10.0
    assert lender_room(100.0, 1000.0, 0.08, 20.0, 0.0, 0.1) == 60.0
    assert lender_room(100.0, 1000.0, 0.08, 90.0, 0.0, 0.1) == 0.0
    assert lender_room(10.0, 1000.0, 0.08, 20.0, 0.05, 0.1) == pytest.approx(5.0)
    assert lender_room(10.0, 1000.0, 0.08, 20.0, 0.2, 0.1) == 0.0
    assert lender_room(10.0, 1000.0, 0.08, 20.0, -0.1, 0.1) == 10.0


def test_an_issue_is_sold_at_the_least_spread_that_sells_it() -> None:
    """Two lenders: 100 from 1%, 50 from 2%, each over 1%: 75 are there at 1.75%."""
    two = [Supply(100.0, 0.01), Supply(50.0, 0.02)]
    cleared = clear_issue(75.0, two, 0.01, 0.1, 0.25)
    assert cleared.spread == pytest.approx(0.0175)
    assert cleared.parts == pytest.approx((75.0, 0.0))
    cleared = clear_issue(125.0, two, 0.01, 0.1, 0.25)
    assert cleared.spread == pytest.approx(0.025)
    assert cleared.parts == pytest.approx((100.0, 25.0))


def test_an_issue_is_sold_in_part_or_pulled() -> None:
    two = [Supply(100.0, 0.01), Supply(50.0, 0.02)]
    part = clear_issue(300.0, two, 0.01, 0.1, 0.25)
    assert part.spread == pytest.approx(0.03)
    assert part.parts == pytest.approx((100.0, 50.0))
    assert clear_issue(300.0, two, 0.01, 0.1, 0.51) == (0.1, (0.0, 0.0))
    assert clear_issue(300.0, two, 0.01, 0.005, 0.0) == (0.005, (0.0, 0.0))
    bound = clear_issue(300.0, two, 0.01, 0.015, 0.1)
    assert bound.spread == pytest.approx(0.015)
    assert bound.parts == pytest.approx((50.0, 0.0))
    assert clear_issue(5.0, [Supply(0.0, 0.01)], 0.01, 0.1, 0.0).found == 0.0


@given(st.floats(1.0, 1e12), supplies, st.floats(1e-3, 0.1), st.floats(0.01, 0.3))
def test_no_lender_gives_more_than_its_room_and_no_issuer_gets_more_than_it_asks(
    asked: float, given_supplies: list[Supply], width: float, most: float
) -> None:
    cleared = clear_issue(asked, given_supplies, width, most, 0.25)
    assert cleared.spread <= most + 1e-12
    assert cleared.found <= asked * (1 + 1e-9)
    for part, each in zip(cleared.parts, given_supplies, strict=True):
        assert 0.0 <= part <= each.room * (1 + 1e-9)
        assert part == 0.0 or cleared.spread >= each.least
    at_most = supplied(most, given_supplies, width)
    if at_most >= asked:
        assert cleared.found == pytest.approx(asked, rel=1e-6)


@given(st.floats(1.0, 1e12), supplies, st.floats(1e-3, 0.1), st.floats(0.1, 0.99))
def test_less_room_never_makes_money_cheaper(
    asked: float, given_supplies: list[Supply], width: float, part: float
) -> None:
    less = [Supply(part * each.room, each.least) for each in given_supplies]
    many = clear_issue(asked, given_supplies, width, 0.3, 0.0)
    few = clear_issue(asked, less, width, 0.3, 0.0)
    assert few.found <= many.found * (1 + 1e-9)
    if few.found >= asked * (1 - 1e-6):
        assert few.spread >= many.spread - 1e-9


def test_who_lacks_money_plans_with_a_dearer_spread() -> None:
    assert planning_spread(0.01, 0.05, 0.0, 0.0) == 0.01
    assert planning_spread(0.01, 0.05, 10.0, 10.0) == 0.01
    assert planning_spread(0.01, 0.05, 5.0, 10.0) == pytest.approx(0.03)
    assert planning_spread(0.01, 0.05, 0.0, 10.0) == 0.05


def test_prices_fall_with_spreads_within_bounds() -> None:
    assert note_price(0.02, 0.02, 7.0) == 1.0
    assert note_price(0.03, 0.02, 7.0) == pytest.approx(0.93)
    assert note_price(0.9, 0.02, 7.0) == 0.15
    assert note_price(0.0, 0.2, 7.0) == 1.1


def test_the_coverage_covenant_by_hand() -> None:
    assert covenant_room(24.0, 10.0, 1.2, 0.1, 1e3) == pytest.approx(100.0)
    assert covenant_room(24.0, 30.0, 1.2, 0.1, 1e3) == 0.0
    assert covenant_room(24.0, 10.0, 0.0, 0.1, 1e3) == 1e3
    assert covenant_room(1e6, 10.0, 1.2, 0.1, 1e3) == 1e3


def test_income_is_paid_and_losses_are_passed_on() -> None:
    assert passed_on(5.0, 5.0, 0.0) == (5.0, 0.0)
    assert passed_on(-3.0, 5.0, 0.0) == (5.0, -8.0)
    assert passed_on(105.0, 5.0, 100.0) == (5.0, 0.0)
    assert passed_on(102.0, 5.0, 100.0) == (2.0, 0.0)
    assert passed_on(40.0, 5.0, 100.0) == (0.0, 0.0)
    assert passed_on(-7.0, 5.0, 100.0) == (0.0, -7.0)


def test_owners_leave_after_losses_within_the_gate() -> None:
    assert redeemed(100.0, 0.1, 2.0, 0.05) == 0.0
    assert redeemed(100.0, -0.01, 2.0, 0.05) == pytest.approx(2.0)
    assert redeemed(100.0, -0.1, 2.0, 0.05) == pytest.approx(5.0)
    assert redeemed(100.0, -0.9, 2.0, 1.0) == 100.0
    assert redeemed(-5.0, -0.9, 2.0, 1.0) == 0.0
