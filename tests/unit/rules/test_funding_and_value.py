"""Funding rounds, valuation and the plan of a lab."""

import math

import pytest

from agents.rules.financing import fund_inflow
from agents.rules.funding_game import (
    Bid,
    clearing_price,
    critical_for_share,
    critical_hardness,
    filled_share,
    hardness,
    joins,
    marginal_success_probability,
    required_multiple,
    settle_round,
)
from agents.rules.lab_planning import (
    commitment_headroom,
    funding_need,
    projected_cash,
    runway_quarters,
    training_wish,
)
from agents.rules.startups import dying_share, next_revenue, planned_spending, wanted_growth
from agents.rules.valuation import (
    adjust_price,
    exit_value,
    fair_value,
    h_model_multiple,
    revenue_at_exit,
)


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


def test_value_at_the_exit_by_hand() -> None:
    # Revenue 10 grows by 20% and then by 10% to 13.2; 30 times that, less 100 of later rounds.
    assert revenue_at_exit(10.0, 0.2, 0.5, 2) == pytest.approx(13.2)
    assert revenue_at_exit(10.0, 0.2, 0.5, 0) == 10.0
    assert exit_value(13.2, 30.0, 100.0) == pytest.approx(296.0)
    assert exit_value(13.2, 30.0, 1000.0) == 0.0
    assert revenue_at_exit(10.0, 0.2, 0.9, 8) > revenue_at_exit(10.0, 0.2, 0.8, 8)


@pytest.mark.parametrize("signal", [0.01, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("recovery", [0.0, 0.2, 0.9])
def test_the_required_multiple_is_the_critical_one(signal: float, recovery: float) -> None:
    multiple = required_multiple(signal, 0.05, recovery)
    assert critical_hardness(multiple, 0.05, recovery) == pytest.approx(signal)


def test_the_required_multiple_at_its_ends() -> None:
    assert required_multiple(0.0, 0.05, 0.2) == 1.05
    assert required_multiple(-0.2, 0.05, 0.2) == 1.05  # sure of the others, it still wants its 5%
    assert required_multiple(1.0, 0.05, 0.2) == math.inf


def test_the_book_clears_at_the_bid_that_fills_it() -> None:
    """Bids of 40, 40 and 40 from multiples of 2, 3 and 4 on, the firm worth 120 at the exit."""
    bids = [Bid(40.0, 4.0), Bid(40.0, 2.0), Bid(40.0, 3.0)]
    assert clearing_price(40.0, bids, 120.0, 40.0) == pytest.approx(120.0 / 2 - 40.0)
    assert clearing_price(41.0, bids, 120.0, 41.0) == pytest.approx(120.0 / 3 - 41.0)
    assert clearing_price(120.0, bids, 120.0, 120.0) == pytest.approx(120.0 / 4 - 120.0)
    assert clearing_price(121.0, bids, 120.0, 121.0) == -math.inf
    assert clearing_price(0.0, bids, 120.0, 10.0) == math.inf
    assert clearing_price(80.0, bids, 240.0, 80.0) > clearing_price(80.0, bids, 120.0, 80.0)


def test_the_share_of_small_rounds_that_close() -> None:
    assert filled_share(0.5, 0.5, 0.4) == pytest.approx(0.5)
    one_sigma = filled_share(0.5, 0.5 * math.exp(0.4), 0.4)
    assert one_sigma == pytest.approx(0.8413, abs=1e-4)
    assert filled_share(0.0, 0.5, 0.4) == 1.0
    assert filled_share(0.5, 0.0, 0.4) == 0.0
    assert filled_share(math.inf, 0.5, 0.4) == 0.0
    assert filled_share(0.3, critical_for_share(0.3, 0.9, 0.4), 0.4) == pytest.approx(0.9)


def test_a_cohort_spends_its_cash_over_a_runway() -> None:
    plan = planned_spending(60.0, 5.0, 6.0, 1.0, 1.0, 0.4)
    assert plan == pytest.approx((10.0, 15.0, 6.0, 9.0))
    fearful = planned_spending(60.0, 5.0, 6.0, 1.0, 0.0, 0.4)
    assert fearful.burn == pytest.approx(5.0)  # twice the runway when no round is expected
    assert planned_spending(-1.0, 5.0, 6.0, 1.0, 1.0, 0.4).burn == 0.0


def test_what_a_cohort_burns_buys_revenue_and_keeps_it_alive() -> None:
    assert next_revenue(10.0, 20.0, 5.0, 0.03) == pytest.approx(9.7 + 1.0)
    assert wanted_growth(1.0, 0.16, 0.3, 0.5, -0.05) == pytest.approx(0.16)
    assert wanted_growth(2.0, 0.16, 0.3, 0.5, -0.05) == pytest.approx(0.16 / 2**0.3)
    assert wanted_growth(1.0, 0.16, 0.3, 0.1, -0.05) == 0.1
    assert wanted_growth(1.0, 0.16, 0.3, -0.4, -0.05) == -0.05
    assert dying_share(0.01, 1.0, 6.0, 0.0) == pytest.approx(0.01)
    assert dying_share(0.01, 0.4, 6.0, 0.0) == pytest.approx(0.11)
    assert dying_share(0.01, 0.4, 6.0, 1.0) == 0.0  # who lives on revenue does not die of rounds


def test_a_wish_to_train_grows_with_belief_and_fades_slowly() -> None:
    assert training_wish(100.0, 100.0, 0.06, 0.2, 0.97) == pytest.approx(106.0)
    assert training_wish(100.0, 100.0, 0.06, 0.02, 0.97) == pytest.approx(103.0)
    assert training_wish(100.0, 100.0, 0.06, -0.2, 0.97) == 100.0
    assert training_wish(100.0, 40.0, 0.06, 0.2, 0.97) == pytest.approx(97.0)
    assert training_wish(100.0, 99.0, 0.06, 0.2, 0.97) == 99.0


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
    calm = (0.75, 6.0, 6.0)
    assert fund_inflow(10.0, 1.0, 0.0, *calm) == 10.0
    assert fund_inflow(10.0, 1.0, 0.1, *calm) == pytest.approx(10.0 * math.exp(0.6))
    assert fund_inflow(10.0, 1.0, -0.1, *calm) == pytest.approx(10.0 * math.exp(-0.6))
    assert fund_inflow(10.0, 16.0, 0.0, *calm) == pytest.approx(60.0)  # eightfold, six at the most
    assert fund_inflow(10.0, 0.0, 0.0, *calm) == 0.0
    assert fund_inflow(10.0, 1.0, -5.0, *calm) == fund_inflow(10.0, 1.0, -0.5, *calm)
