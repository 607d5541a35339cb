"""Prices, quality and the margin of a seat."""

import math

import numpy as np
import pytest

from agents.rules.demand import mean_usage_truncated_pareto, tier_margin
from agents.rules.lab_planning import race_training, reliability
from agents.rules.pricing import chip_price, list_price, spot_price


def test_list_price_is_cost_plus_while_share_holds() -> None:
    assert list_price(20.0, 16.0, 0.5, 10.0, 0.0, 0.0, 1.0, 0.8) == pytest.approx(24.0)
    assert list_price(20.0, 16.0, 0.5, 10.0, 0.0, 0.0, 0.25, 0.8) == pytest.approx(21.0)


def test_list_price_matches_the_rival_when_share_fell() -> None:
    assert list_price(20.0, 16.0, 0.5, 17.0, 2.0, -0.01, 1.0, 0.8) == pytest.approx(19.0)
    # A dear rival does not raise the target, and no rival leaves it as it was.
    assert list_price(20.0, 16.0, 0.5, 90.0, 2.0, -0.01, 1.0, 0.8) == pytest.approx(24.0)
    assert list_price(20.0, 16.0, 0.5, math.nan, 2.0, -0.01, 1.0, 0.8) == pytest.approx(24.0)


def test_list_price_has_a_floor() -> None:
    assert list_price(20.0, 16.0, 0.5, 1.0, 0.0, -0.1, 1.0, 0.75) == pytest.approx(12.0)


def test_spot_price_rests_at_cost_and_follows_use() -> None:
    assert spot_price(10.0, 10.0, 0.8, 0.8, 2.0, 1.0) == pytest.approx(10.0)
    assert spot_price(10.0, 10.0, 0.4, 0.8, 2.0, 1.0) == pytest.approx(5.0)  # sqrt(10 x 2.5)
    assert spot_price(10.0, 10.0, 1.6, 0.8, 2.0, 1.0) == pytest.approx(20.0)  # sqrt(10 x 40)
    assert spot_price(10.0, 10.0, 0.0, 0.8, 2.0, 1.5) == 1.5
    assert spot_price(10.0, 10.0, 0.1, 0.8, 0.0, 1.0) == pytest.approx(10.0)


def test_spot_price_returns_to_its_anchor() -> None:
    rent = 40.0
    for _ in range(40):
        rent = spot_price(rent, 10.0, 0.8, 0.8, 2.0, 1.0)
    assert rent == pytest.approx(10.0)


def test_chip_price_follows_the_order_book_within_bounds() -> None:
    assert chip_price(30.0, 30.0, 2.0, 2.0, 0.5, 0.5) == pytest.approx(30.0)
    assert chip_price(30.0, 30.0, 2.42, 2.0, 0.5, 0.5) == pytest.approx(30.0 * math.sqrt(1.1))
    assert chip_price(45.0, 30.0, 99.0, 2.0, 0.5, 0.5) == pytest.approx(45.0)
    assert chip_price(20.0, 30.0, 0.0, 2.0, 0.5, 0.5) == pytest.approx(20.0)


def test_reliability_by_hand() -> None:
    assert reliability(10.0, 10.0, 0.7, 0.95, 0.3) == pytest.approx(0.7)
    # Four times the compute at an exponent of one half halves the gap to the ceiling.
    assert reliability(40.0, 10.0, 0.7, 0.95, 0.5) == pytest.approx(0.825)
    assert reliability(0.0, 10.0, 0.7, 0.95, 0.5) == 0.0
    assert reliability(0.001, 10.0, 0.7, 0.95, 0.5) == 0.0


def test_reliability_has_diminishing_returns() -> None:
    steps = [reliability(10.0 * n, 10.0, 0.7, 0.95, 0.3) for n in range(1, 6)]
    gains = np.diff(steps)
    assert (gains > 0.0).all()
    assert (np.diff(gains) < 0.0).all()


def test_race_closes_part_of_the_gap_as_far_as_money_goes() -> None:
    assert race_training(10.0, 30.0, 0.5, 100.0) == pytest.approx(20.0)
    assert race_training(10.0, 30.0, 0.5, 12.0) == 12.0
    assert race_training(10.0, 5.0, 0.5, 100.0) == 10.0
    assert race_training(10.0, 30.0, 0.0, 100.0) == 10.0
    assert race_training(10.0, 30.0, 0.5, -1.0) == 0.0


@pytest.mark.parametrize("tail_index", [0.5, 1.0, 1.0 + 1e-9, 1.005, 1.2, 3.0])
def test_mean_usage_equals_numerical_integration(tail_index: float) -> None:
    # Mean of the quantile function of the truncated law over a midpoint grid.
    minimum, cap = 2.0, 200.0
    level = (np.arange(400_000) + 0.5) / 400_000
    kept = 1.0 - (minimum / cap) ** tail_index
    mean = (minimum * (1.0 - kept * level) ** (-1.0 / tail_index)).mean()
    assert mean_usage_truncated_pareto(minimum, cap, tail_index) == pytest.approx(mean, rel=1e-5)


def test_mean_usage_limits() -> None:
    assert mean_usage_truncated_pareto(2.0, math.inf, 3.0) == pytest.approx(3.0)
    assert mean_usage_truncated_pareto(2.0, 2.0, 1.5) == 2.0


@pytest.mark.parametrize(
    ("minimum", "cap", "tail_index"),
    [(0.0, 1.0, 2.0), (2.0, 1.0, 2.0), (1.0, 2.0, 0.0), (1.0, math.inf, 1.0)],
)
def test_mean_usage_refuses_what_has_no_mean(minimum: float, cap: float, tail_index: float) -> None:
    with pytest.raises(ValueError, match="tail"):
        mean_usage_truncated_pareto(minimum, cap, tail_index)


def test_a_heavy_tail_turns_a_flat_rate_into_a_loss() -> None:
    light = mean_usage_truncated_pareto(10.0, 10_000.0, 2.5)
    heavy = mean_usage_truncated_pareto(10.0, 10_000.0, 0.6)
    assert tier_margin(200.0, light, 1.0, 0.97) == pytest.approx(194.0 - light)
    assert tier_margin(200.0, light, 1.0, 0.97) > 0.0 > tier_margin(200.0, heavy, 1.0, 0.97)
