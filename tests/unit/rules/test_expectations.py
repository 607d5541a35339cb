"""Forecasts and their weights."""

import math

import pytest

from agents.rules.expectations import (
    expected_growth,
    forecasts,
    heuristic_shares,
    update_fitness,
)


def test_each_heuristic_by_hand() -> None:
    fundamentalist, trend, anchored = forecasts(0.10, 0.04, 0.06, 0.02, 0.25, 0.5)
    assert fundamentalist == pytest.approx(0.08)
    assert trend == pytest.approx(0.13)
    assert anchored == pytest.approx(0.08)


def test_shares_by_hand() -> None:
    # Fitness differs by ln 3 / 2 at intensity 2: odds of three to one.
    shares = heuristic_shares((0.0, -math.log(3.0) / 2.0), 2.0)
    assert shares == pytest.approx((0.75, 0.25))


def test_no_intensity_gives_equal_shares() -> None:
    assert heuristic_shares((-1.0, -5.0, -9.0, 3.0), 0.0) == (0.25, 0.25, 0.25, 0.25)


@pytest.mark.parametrize("intensity", [1e6, math.inf])
def test_great_intensity_selects_the_best_without_overflow(intensity: float) -> None:
    assert heuristic_shares((-1e5, -1.0, 1e5), intensity) == (0.0, 0.0, 1.0)


def test_infinite_intensity_splits_a_tie() -> None:
    assert heuristic_shares((2.0, 1.0, 2.0), math.inf) == (0.5, 0.0, 0.5)


def test_fitness_forgets_and_scores_the_square_of_an_error() -> None:
    assert update_fitness(-0.5, 0.2, 0.8) == pytest.approx(-0.44)
    assert update_fitness(-0.5, -0.2, 0.0) == pytest.approx(-0.04)


def test_expected_growth_is_the_weighted_mean() -> None:
    assert expected_growth((0.1, 0.2, -0.1), (0.5, 0.25, 0.25)) == pytest.approx(0.075)
    with pytest.raises(ValueError, match="zip"):
        expected_growth((0.1, 0.2), (1.0,))
