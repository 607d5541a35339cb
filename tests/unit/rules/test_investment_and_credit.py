"""Capacity, financing, vendor finance and leverage."""

import math

import pytest

from agents.rules.capacity import (
    ambition_kept,
    capacity_order,
    desired_capacity,
    expected_use,
    is_investment_worthwhile,
    is_worth_running,
    option_hurdle,
    promised_use,
    rent_outlook,
    wanted_at_user_cost,
)
from agents.rules.financing import (
    Means,
    asked_credit,
    debt_capacity,
    default_probability,
    deleveraging_sale,
    loan_to_value,
    money_found,
    payout,
    pecking_order,
    price_impact,
)
from agents.rules.valuation import (
    REFERENCE_RATE,
    REFERENCE_SPREAD,
    answer_to_value,
    discount_of_projects,
    project_value,
)
from agents.rules.vendor_finance import (
    is_vendor_finance_worthwhile,
    return_share,
    vendor_limit,
)


def test_capacity_by_hand() -> None:
    use = expected_use(100.0, 0.1, 2.0, 60.0, 0.5)
    assert use == pytest.approx(151.0)
    assert desired_capacity(use, 0.755) == pytest.approx(200.0)
    assert capacity_order(200.0, 120.0, 30.0, 0.4) == pytest.approx(20.0)
    assert capacity_order(140.0, 120.0, 30.0, 0.4) == 0.0


def test_option_hurdle_equals_the_textbook_example() -> None:
    # Dixit and Pindyck, chapter 5: r = 0.04, dividend 0.04 (no drift), volatility 0.2: beta = 2.
    assert option_hurdle(0.04, 0.0, 0.2) == pytest.approx(2.0)


@pytest.mark.parametrize("drift", [-0.02, -1e-4, 0.0, 1e-4, 0.015, 0.029])
@pytest.mark.parametrize("volatility", [0.01, 0.1, 0.5])
def test_option_hurdle_solves_the_quadratic(drift: float, volatility: float) -> None:
    ratio = option_hurdle(0.03, drift, volatility)
    beta = ratio / (ratio - 1.0)
    left = 0.5 * volatility**2 * beta * (beta - 1.0) + drift * beta - 0.03
    assert beta > 1.0
    assert left == pytest.approx(0.0, abs=1e-9 * beta**2)


def test_option_hurdle_without_volatility() -> None:
    assert option_hurdle(0.03, 0.01, 0.0) == pytest.approx(1.5)
    assert option_hurdle(0.03, 0.01, 1e-7) == pytest.approx(1.5)
    assert option_hurdle(0.03, 0.0, 0.0) == 1.0
    assert option_hurdle(0.03, -0.01, 0.0) == 1.0


def test_boundless_volatility_means_waiting_for_ever() -> None:
    assert option_hurdle(0.03, 0.01, 1e12) == math.inf


@pytest.mark.parametrize(("discount", "drift"), [(0.03, 0.03), (0.02, 0.03), (0.0, -0.01)])
def test_option_hurdle_refuses_a_low_discount(discount: float, drift: float) -> None:
    with pytest.raises(ValueError, match="exceed"):
        option_hurdle(discount, drift, 0.1)


def test_hurdle_and_shutdown_include_their_boundary() -> None:
    assert is_investment_worthwhile(150.0, 100.0, 1.5)
    assert not is_investment_worthwhile(149.0, 100.0, 1.5)
    assert is_worth_running(2.0, 2.0)
    assert not is_worth_running(1.99, 2.0)


def test_pecking_order_by_hand() -> None:
    assert pecking_order(100.0, 20.0, 30.0, 40.0, 50.0) == (20.0, 30.0, 40.0, 10.0, 0.0)
    assert pecking_order(100.0, 20.0, 0.0, 40.0, 5.0) == (20.0, 0.0, 40.0, 5.0, 35.0)
    assert pecking_order(10.0, 20.0, 30.0, 40.0, 50.0) == (10.0, 0.0, 0.0, 0.0, 0.0)
    assert pecking_order(10.0, -5.0, -5.0, 4.0, 0.0) == (0.0, 0.0, 4.0, 0.0, 6.0)
    assert pecking_order(-10.0, 5.0, 0.0, 0.0, 0.0) == (0.0, 0.0, 0.0, 0.0, 0.0)


def test_room_for_debt() -> None:
    assert debt_capacity(10.0, 15.0, 4.0) == 25.0
    assert debt_capacity(10.0, 45.0, 4.0) == 0.0
    assert debt_capacity(-10.0, 0.0, 4.0) == 0.0


def test_default_probability_by_hand() -> None:
    assert default_probability(0.0, math.inf, 0.0, 1.0, 5.0) == 0.5
    # Log-odds -4 + 0.5 x 4 + 6 / (1 + 2) = 0.
    assert default_probability(4.0, 2.0, -4.0, 0.5, 6.0) == pytest.approx(0.5)
    odds = math.exp(-5.0)
    assert default_probability(0.0, math.inf, -5.0, 1.0, 5.0) == pytest.approx(odds / (1.0 + odds))


def test_default_probability_at_its_limits() -> None:
    assert default_probability(math.inf, math.inf, -5.0, 0.5, 5.0) == 1.0
    assert default_probability(math.inf, math.inf, -1000.0, 0.0, 5.0) == 0.0
    assert default_probability(1e9, 0.0, -5.0, 1.0, 5.0) == 1.0


def test_return_share_by_hand() -> None:
    assert return_share((0.6, 0.3, 0.1), (0.5, 0.2, 1.0)) == pytest.approx(0.46)
    assert return_share((), ()) == 0.0
    assert return_share((1.0, 1.0), (1.0, 1.0)) == 1.0
    with pytest.raises(ValueError, match="zip"):
        return_share((1.0,), ())


def test_vendor_finance_pays_at_its_boundary() -> None:
    assert is_vendor_finance_worthwhile(0.75, 0.5, 0.5, 0.5, 0.125)
    assert not is_vendor_finance_worthwhile(0.75, 0.5, 0.5, 0.5, 0.126)
    assert not is_vendor_finance_worthwhile(0.75, 0.0, 0.0, 0.5, 0.01)


def test_vendor_limit_takes_the_tighter_cap() -> None:
    assert vendor_limit(100.0, 0.3, 10.0, 50.0) == pytest.approx(30.0)
    assert vendor_limit(100.0, 0.3, 35.0, 50.0) == 15.0
    assert vendor_limit(100.0, 0.3, 60.0, 50.0) == 0.0
    assert vendor_limit(-100.0, 0.3, 0.0, 50.0) == 0.0


def test_loan_to_value() -> None:
    assert loan_to_value(30.0, 120.0) == 0.25
    assert loan_to_value(0.0, 0.0) == 0.0
    assert loan_to_value(1.0, 0.0) == math.inf


def test_sale_brings_leverage_to_its_target() -> None:
    sale = deleveraging_sale(60.0, 100.0, 0.4)
    assert (60.0 - sale) / (100.0 - sale) == pytest.approx(0.4)
    assert deleveraging_sale(30.0, 100.0, 0.4) == 0.0
    assert deleveraging_sale(120.0, 100.0, 0.4) == 100.0
    assert deleveraging_sale(60.0, 100.0, 0.0) == 60.0
    with pytest.raises(ValueError, match="target_ltv"):
        deleveraging_sale(60.0, 100.0, 1.0)


def test_price_impact_by_hand() -> None:
    assert price_impact(math.log(2.0) * 50.0, 50.0) == pytest.approx(0.5)
    assert price_impact(0.0, 50.0) == 0.0
    assert price_impact(10.0, 0.0) == 1.0
    # Small sales keep their digits.
    assert price_impact(1e-12, 1.0) == pytest.approx(1e-12, rel=1e-9)


def test_rent_outlook_lies_between_the_rent_of_now_and_the_one_implied() -> None:
    assert rent_outlook(5.0, 5.0, 0.8, 0.8, 1.0, 0.6) == 1.0
    assert rent_outlook(5.0, 5.0, 0.4, 0.8, 1.0, 1.0) == pytest.approx(0.5)
    assert rent_outlook(5.0, 5.0, 0.4, 0.8, 1.0, 0.6) == pytest.approx(1 - 0.6 * 0.5)
    assert rent_outlook(2.5, 5.0, 0.4, 0.8, 1.0, 0.6) == 1.0  # the rent shows it already
    assert rent_outlook(5.0, 5.0, 0.1, 0.8, 1.0, 0.0) == 1.0
    assert rent_outlook(5.0, 5.0, 1e9, 0.8, 5.0, 1.0) == 2.0
    assert rent_outlook(5.0, 5.0, 0.0, 0.8, 5.0, 1.0) == 0.2


def test_wanted_capacity_at_user_cost() -> None:
    assert wanted_at_user_cost(0.8, 1.0, 1.0) == pytest.approx(0.8)
    assert wanted_at_user_cost(0.64, 1.0, 0.5) == pytest.approx(0.8)
    assert wanted_at_user_cost(0.5, 1.0, 0.0) == 1.0
    assert wanted_at_user_cost(0.5, 0.0, 1.0) == 1.0


def test_ambition_wears_off_with_idleness() -> None:
    assert ambition_kept(0.9, 0.85, 0.8) == 1.0
    assert ambition_kept(0.775, 0.85, 0.8) == pytest.approx(0.9)
    assert ambition_kept(0.3, 0.85, 0.8) == pytest.approx(0.8)
    assert ambition_kept(0.99, 1.0, 0.8) == pytest.approx(0.8)


def test_project_value_is_the_sum_of_discounted_rents() -> None:
    rent, running, fall, failure, discount = 5.0, 0.7, 0.04, 0.015, 0.02
    by_hand = sum(
        (rent * ((1 - fall) * (1 - failure)) ** t - running * (1 - failure) ** t * 1.0)
        / (1 + discount) ** (t + 1)
        for t in range(22)
    )
    value = project_value(rent, running, 22, discount, fall, failure)
    assert value == pytest.approx(by_hand, rel=1e-12)
    assert project_value(rent, running, 22, discount, fall) > value
    assert project_value(rent, running, 22, discount + 0.005, fall, failure) < value
    assert project_value(0.1, running, 22, discount, fall) == 0.0


def test_discount_of_projects_moves_with_rates_and_spreads() -> None:
    assert discount_of_projects(0.09, REFERENCE_RATE, REFERENCE_SPREAD, 0.7) == pytest.approx(0.09)
    assert discount_of_projects(0.09, 0.063, REFERENCE_SPREAD, 0.7) == pytest.approx(0.11)
    assert discount_of_projects(0.09, REFERENCE_RATE, 0.028, 0.7) == pytest.approx(0.104)
    assert discount_of_projects(0.001, 0.0, 0.0, 1.0) == 1e-3


def test_answer_to_value_by_hand() -> None:
    assert answer_to_value(90.0, 100.0, 1.0) == pytest.approx(0.9)
    assert answer_to_value(81.0, 100.0, 0.5) == pytest.approx(0.9)
    assert answer_to_value(10.0, 100.0, 1.0) == 0.5
    assert answer_to_value(900.0, 100.0, 1.0) == 1.4
    assert answer_to_value(10.0, 100.0, 0.0) == 1.0
    assert answer_to_value(10.0, 0.0, 1.0) == 1.0


def test_kept_cash_comes_last() -> None:
    means = Means(need=100.0, own=30.0, room=50.0, reserve=40.0)
    assert asked_credit(means) == 50.0
    assert money_found(means, 1.0, 0.0) == (50.0, 0.0, 50.0, 0.0, 0.0)
    assert money_found(means, 0.4, 10.0) == (70.0, 0.0, 20.0, 10.0, 0.0)
    assert money_found(means, 0.0, 0.0) == (70.0, 0.0, 0.0, 0.0, 30.0)


def test_payout_by_hand() -> None:
    assert payout(100.0, 10.0, 80.0, 110.0, 0.5) == 10.0
    assert payout(85.0, 10.0, 80.0, 110.0, 0.5) == 5.0
    assert payout(60.0, 10.0, 80.0, 110.0, 0.5) == 0.0
    assert payout(200.0, 10.0, 80.0, 110.0, 0.5) == pytest.approx(10.0 + 40.0)
    assert payout(200.0, 0.0, 150.0, 110.0, 0.5) == pytest.approx(25.0)


@pytest.mark.parametrize(
    ("expected", "first", "quarters", "factor"),
    [(0.1, 0.1, 4, 1.0), (0.0, 0.25, 2, 0.64), (0.5, 0.25, 2, 1.44), (-0.4, 0.2, 0, 1.0)],
)
def test_customers_promise_what_they_expect_to_use(
    expected: float, first: float, quarters: float, factor: float
) -> None:
    assert promised_use(expected, first, quarters) == pytest.approx(factor)
