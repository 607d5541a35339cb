"""Brock and Hommes (1998), four belief types: where the fundamental steady state loses stability.

Deviation x of the price from its fundamental value, with gross return R and unit risk adjustment:

    R x(t) = sum over h of n(h, t) (g(h) x(t-1) + b(h)),
    n(., t) = shares on the profits (x(t-1) - R x(t-2)) (g(h) x(t-3) + b(h) - R x(t-2)).

By hand, the eigenvalues at x = 0 solve z**2 - ((mean g + beta mean b**2) / R) z + beta mean b**2
= 0; with mean b**2 = 0.02 their modulus is sqrt(0.02 beta), which is one at beta = 50.
"""

import math

import numpy as np
import pytest

from agents.rules.expectations import expected_growth, heuristic_shares

TREND = (0.0, 0.9, 0.9, 1.01)
BIAS = (0.0, 0.2, -0.2, 0.0)
GROSS_RETURN = 1.01

State = tuple[float, float, float]  # x(t-1), x(t-2), x(t-3)


def next_state(state: State, intensity: float) -> State:
    """Return the state a period later."""
    last, second, third = state
    beliefs = list(zip(TREND, BIAS, strict=True))
    excess = last - GROSS_RETURN * second
    profits = [excess * (g * third + b - GROSS_RETURN * second) for g, b in beliefs]
    shares = heuristic_shares(profits, intensity)
    forecast = expected_growth([g * last + b for g, b in beliefs], shares)
    return forecast / GROSS_RETURN, last, second


def spectral_radius(intensity: float) -> float:
    """Return the largest modulus of the eigenvalues at the fundamental steady state."""
    step = 1e-5
    columns = []
    for axis in range(3):
        up, down = [0.0] * 3, [0.0] * 3
        up[axis], down[axis] = step, -step
        high = np.array(next_state((up[0], up[1], up[2]), intensity))
        low = np.array(next_state((down[0], down[1], down[2]), intensity))
        columns.append((high - low) / (2.0 * step))
    return float(np.abs(np.linalg.eigvals(np.column_stack(columns))).max())


def amplitude(intensity: float, periods: int, start: float) -> float:
    """Return the largest deviation in the last 200 periods of a path from `start`."""
    state = (start, start, start)
    largest = 0.0
    for period in range(periods):
        state = next_state(state, intensity)
        if period >= periods - 200:
            largest = max(largest, abs(state[0]))
    return largest


def test_the_fundamental_price_is_a_steady_state() -> None:
    assert next_state((0.0, 0.0, 0.0), 50.0) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("intensity", [40.0, 49.0, 49.9, 50.0, 50.1, 51.0, 60.0])
def test_eigenvalues_have_the_modulus_of_the_formula(intensity: float) -> None:
    assert spectral_radius(intensity) == pytest.approx(math.sqrt(0.02 * intensity), abs=1e-6)


def test_stability_is_lost_at_an_intensity_of_fifty() -> None:
    low, high = 30.0, 70.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if spectral_radius(middle) >= 1.0 else (middle, high)
    assert high == pytest.approx(50.0, abs=1e-3)


def test_a_small_deviation_dies_out_below_and_grows_above() -> None:
    assert amplitude(48.0, 2000, 0.001) < 1e-8
    assert amplitude(52.0, 2000, 0.001) > 0.01
