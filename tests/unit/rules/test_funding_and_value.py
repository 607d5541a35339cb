"""Funding rounds, valuation and the plan of a lab."""

import math

import pytest

from agents.rules.financing import fund_inflow
from agents.rules.funding_game import (
    critical_hardness,
    hardness,
    joins,
    marginal_success_probability,
    settle_round,
)
from agents.rules.lab_planning import (
    commitment_headroom,
    funding_need,
    projected_cash,
    runway_quarters,
)
from agents.rules.valuation import adjust_price, exit_multiple, fair_value, h_model_multiple


def test_critical_hardness_clips() -> None:
    assert critical_hardness(1.0, 0.05, 0.2) == 0.0
    assert critical_hardness(0.1, 0.05, 0.2) == 0.0  # worth less than what is recovered
    assert critical_hardness(3.0, 0.05, 1.05) == 1.0
    assert critical_hardness(3.0, 0.05, 4.0) == 1.0


def test_hardness_by_hand() -> None:
    assert hardness(100.0, 20.0, 0.25, 640.0) == pytest.approx(0.5)
    assert hardness(100.0, 100.0, 0.25, 0.0) == 0.0
    assert hardness(100.0, 20.0, 0.25, 0.0) == math.inf


def test_marginal_success_probability_by_hand() -> None:
    assert [marginal_success_probability(4, k) for k in range(6)] == [1, 1, 0.75, 0.5, 0.25, 0]


def test_joining_is_a_threshold() -> None:
    critical = critical_hardness(3.0, 0.05, 0.2)
    assert joins(critical, 3.0, 0.05, 0.2)
    assert not joins(math.nextafter(critical, 1.0), 3.0, 0.05, 0.2)


def test_a_round_is_all_or_nothing() -> None:
    failed = settle_round(100.0, 10.0, [40.0, 0.0, 49.99])
    assert failed == (False, 0.0, (0.0, 0.0, 0.0))
    exact = settle_round(100.0, 10.0, [40.0, 0.0, 50.0])
    assert exact == (True, 100.0, (40.0, 0.0, 50.0))


def test_an_oversubscribed_round_scales_pro_rata() -> None:
    result = settle_round(100.0, 10.0, [120.0, 0.0, 60.0])
    assert result.is_closed
    assert result.raised == 100.0
    assert result.contributions == pytest.approx((60.0, 0.0, 30.0))


def test_a_vendor_can_fill_a_round_alone() -> None:
    assert settle_round(100.0, 150.0, [40.0]) == (True, 100.0, (0.0,))
    assert settle_round(100.0, 100.0, []) == (True, 100.0, ())


def test_h_model_without_a_fast_phase_is_gordon() -> None:
    assert h_model_multiple(0.01, 0.01, 10.0, 0.03) == pytest.approx(1.01 / 0.02)


def test_h_model_by_hand() -> None:
    assert h_model_multiple(0.11, 0.01, 8.0, 0.03) == pytest.approx((1.01 + 0.8) / 0.02)
    assert h_model_multiple(-0.50, 0.01, 8.0, 0.03) == 0.0
    with pytest.raises(ValueError, match="exceed"):
        h_model_multiple(0.1, 0.03, 8.0, 0.03)


def test_h_model_approximates_the_discounted_sum() -> None:
    value, base, growth = 0.0, 1.0, 0.05
    for quarter in range(1, 4001):
        growth = max(0.005, 0.05 - 0.045 * (quarter - 1) / 20)
        base *= 1.0 + growth
        value += base / 1.04**quarter
    assert h_model_multiple(0.05, 0.005, 10.0, 0.04) == pytest.approx(value, rel=0.05)


def test_value_and_price() -> None:
    assert fair_value(2.0, 50.0, 1.1) == pytest.approx(110.0)
    assert fair_value(-2.0, 50.0, 1.1) == 0.0
    assert adjust_price(100.0, 60.0, 0.25) == pytest.approx(90.0)
    assert adjust_price(100.0, 60.0, 1.0) == 60.0


def test_exit_multiple_by_hand() -> None:
    # Revenue 10 grows by 20% and then by 10% to 13.2; 30 times that, 20% diluted, over 100.
    multiple = exit_multiple(10.0, 0.2, 0.5, 2, 30.0, 100.0, 0.2)
    assert multiple == pytest.approx(0.8 * 30.0 * 13.2 / 100.0)
    assert exit_multiple(10.0, 0.2, 0.5, 0, 30.0, 100.0, 0.0) == pytest.approx(3.0)
    with pytest.raises(ValueError, match="post_money"):
        exit_multiple(10.0, 0.2, 0.5, 2, 30.0, 0.0, 0.2)


def test_projected_cash_by_hand() -> None:
    # Revenue 12, then 13.2; the last cost is repeated.
    assert projected_cash(5.0, 10.0, 0.2, 0.5, [15.0], 2) == pytest.approx([2.0, 0.2])
    path = projected_cash(5.0, 10.0, 0.0, 1.0, [10.0, 20.0, 4.0], 4)
    assert path == pytest.approx([5.0, -5.0, 1.0, 7.0])
    assert projected_cash(5.0, 10.0, 0.0, 1.0, [10.0], 0) == []


def test_funding_need_is_the_deepest_hole_plus_buffer() -> None:
    assert funding_need([5.0, -5.0, 1.0], 2.0) == 7.0
    assert funding_need([5.0, 1.5, 9.0], 2.0) == 0.5
    assert funding_need([5.0, 3.0], 2.0) == 0.0


def test_commitments_and_runway() -> None:
    assert commitment_headroom(500.0, 2.0, 700.0) == 300.0
    assert commitment_headroom(300.0, 2.0, 700.0) == 0.0
    assert runway_quarters(12.0, 3.0) == 4.0
    assert runway_quarters(12.0, -3.0) == math.inf
    assert runway_quarters(-1.0, 3.0) == 0.0


def test_flows_follow_returns_and_stop_at_zero() -> None:
    assert fund_inflow(10.0, 0.1, 2.0) == pytest.approx(12.0)
    assert fund_inflow(10.0, -0.1, 2.0) == pytest.approx(8.0)
    assert fund_inflow(10.0, -0.6, 2.0) == 0.0
    assert fund_inflow(10.0, 0.1, 0.0) == 10.0
