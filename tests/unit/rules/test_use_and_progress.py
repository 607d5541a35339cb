"""Own use, what is seen of progress, what a seat pays, and surprises that last."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.rules.demand import MOST_SEEN, budget_growth, progress_seen
from agents.rules.lab_planning import reliability
from agents.rules.persistence import next_surprise
from agents.rules.pricing import MOST_RENT, spot_price
from agents.rules.usage import seat_bill, spending_within_budgets, wanted_use, work_of_seat

# --- surprises


def test_a_surprise_fades_by_its_persistence() -> None:
    assert next_surprise(0.5, 0.8, 0.1, 0.0) == pytest.approx(0.4)
    assert next_surprise(0.0, 0.8, 0.1, -2.0) == pytest.approx(-0.2)
    assert next_surprise(0.5, 0.0, 0.0, 3.0) == 0.0


def test_a_surprise_spreads_as_an_autoregression_does() -> None:
    draws = np.random.default_rng(1).standard_normal((60, 4000))
    value = np.zeros(4000)
    for draw in draws:
        value = np.array([next_surprise(v, 0.8, 0.05, d) for v, d in zip(value, draw, strict=True)])
    assert value.std() == pytest.approx(0.05 / math.sqrt(1 - 0.64), rel=0.05)
    assert abs(value.mean()) < 4 * value.std() / math.sqrt(value.size)


def test_a_surprise_moves_rent_and_reliability() -> None:
    usual = spot_price(10.0, 10.0, 0.8, 0.8, 1.0, 1.0)
    dear = spot_price(10.0, 10.0, 0.8, 0.8, 1.0, 1.0, 0.2)
    assert dear == pytest.approx(usual * math.exp(0.1))  # half of it, in logs, in a quarter
    assert spot_price(10.0, 10.0, 0.8, 0.8, 1.0, 1.0, 99.0) == pytest.approx(
        10.0 * math.sqrt(MOST_RENT)
    )
    known = 200.0, 100.0, 0.8, 0.97, 0.35
    assert reliability(*known, -0.1) < reliability(*known) < reliability(*known, 0.1) < 0.97
    assert 0.97 - reliability(*known, 0.1) == pytest.approx(
        (0.97 - reliability(*known)) * math.exp(-0.1)
    )


# --- own use


def test_growth_of_own_use_fades_with_size_and_has_no_ceiling() -> None:
    assert budget_growth(0.12, 1.0, 0.5, 0.0, 0.6, 1.0) == pytest.approx(0.12)
    assert budget_growth(0.12, 4.0, 0.5, 0.0, 0.6, 1.0) == pytest.approx(0.06)
    assert budget_growth(0.12, 1e6, 0.5, 0.0, 0.6, 1.0) > 0
    assert budget_growth(0.12, 0.01, 0.5, 0.0, 0.6, 1.0) == pytest.approx(0.12)


def test_a_ceiling_ends_growth_when_there_is_one() -> None:
    assert budget_growth(0.12, 4.0, 0.0, 8.0, 0.6, 1.0) == pytest.approx(0.06)
    assert budget_growth(0.12, 8.0, 0.0, 8.0, 0.6, 1.0) == 0.0
    assert budget_growth(0.12, 9.0, 0.0, 8.0, 0.6, 1.0) == 0.0


def test_growth_follows_what_is_seen_as_far_as_it_counts() -> None:
    assert budget_growth(0.1, 1.0, 0.5, 0.0, 0.6, 0.0) == pytest.approx(0.04)
    assert budget_growth(0.1, 1.0, 0.5, 0.0, 0.6, 1.5) == pytest.approx(0.13)
    assert budget_growth(0.1, 1.0, 0.5, 0.0, 0.0, 0.0) == pytest.approx(0.1)
    assert budget_growth(-0.1, 1.0, 0.5, 0.0, 0.6, 1.5) == pytest.approx(-0.07)


def test_progress_is_the_root_of_growth_and_capped() -> None:
    assert progress_seen(1.0, 0.15, 0.15, 0.0) == pytest.approx(1.0)
    assert progress_seen(1.0, 0.0375, 0.15, 0.0) == pytest.approx(0.5)
    assert progress_seen(1.0, 9.0, 0.15, 0.0) == MOST_SEEN
    assert progress_seen(1.0, -0.08, 0.15, 0.0) == 0.0
    assert progress_seen(1.0, 0.0375, 0.15, 0.6) == pytest.approx(0.8)
    assert progress_seen(1.0, 0.3, 0.0, 0.6) == pytest.approx(1.0)  # nothing to compare with


# --- what a seat pays


def test_work_grows_with_training_and_luck() -> None:
    assert work_of_seat(100.0, 100.0, 0.15, 0.0) == 1.0
    assert work_of_seat(1000.0, 100.0, 0.15, 0.0) == pytest.approx(10**0.15)
    assert work_of_seat(100.0, 100.0, 0.15, 0.1) == pytest.approx(math.exp(0.1))


def test_the_base_does_not_grow_with_work() -> None:
    assert wanted_use(0.25, 1.0) == 1.0
    assert wanted_use(0.25, 3.0) == pytest.approx(0.25 + 0.75 * 3)
    assert wanted_use(1.0, 3.0) == 1.0


@given(st.floats(0.1, 1e4), st.floats(1, 1e3), st.floats(0.05, 2.5))
def test_spending_is_the_mean_of_the_lower_of_wish_and_budget(
    wanted: float, median: float, sigma: float
) -> None:
    levels = (np.arange(4000) + 0.5) / 4000
    from scipy.stats import norm

    budgets = median * np.exp(sigma * norm.ppf(levels))
    expected = np.minimum(budgets, wanted).mean()
    found = spending_within_budgets(wanted, median, sigma)
    assert found == pytest.approx(expected, rel=0.02)
    assert 0 < found <= wanted


def test_spending_without_spread_or_wish() -> None:
    assert spending_within_budgets(30.0, 200.0, 0.0) == 30.0
    assert spending_within_budgets(300.0, 200.0, 0.0) == 200.0
    assert spending_within_budgets(0.0, 200.0, 1.4) == 0.0


def test_a_bill_starts_at_the_list_price_and_grows_less_than_use() -> None:
    bills = [seat_bill(30.0, 30.0, use, 200.0, 1.4) for use in (1.0, 2.0, 4.0, 64.0)]
    assert bills[0] == pytest.approx(30.0)
    assert bills == sorted(bills)
    ratios = [bill / (30.0 * use) for bill, use in zip(bills, (1.0, 2.0, 4.0, 64.0), strict=True)]
    assert ratios == sorted(ratios, reverse=True)
    assert seat_bill(30.0, 30.0, 4.0, 60.0, 1.4) < bills[2]  # small budgets bind sooner


def test_a_cheaper_unit_of_use_is_bought_more_often_where_budgets_bind() -> None:
    dear, cheap = (seat_bill(price, 30.0, 8.0, 200.0, 1.4) for price in (30.0, 15.0))
    assert cheap < dear
    assert cheap / 15.0 > dear / 30.0
