"""Watts (2002), figure 1: the window of global cascades over Poisson networks."""

from math import exp, factorial

import numpy as np
import pytest
from random_networks import first_ones, poisson, undirected

from market.networks import threshold_response, watts_cascade, watts_odds
from market.networks.cascade_odds import CascadeOdds

FIRMS, NETWORKS, FIRST = 1500, 6, 25


def odds(mean: float, threshold: float, first: float = 0.0) -> CascadeOdds:
    return watts_odds(poisson(mean), threshold_response(threshold, 40), first=first)


def simulate(mean: float, threshold: float) -> tuple[float, float]:
    """How often one firm sets off a cascade over 5 % of the firms, and how far it goes then."""
    rng = np.random.default_rng(2002)
    spread = []
    for _ in range(NETWORKS):
        links = undirected(rng, FIRMS, mean)
        for firm in rng.choice(FIRMS, FIRST, replace=False).tolist():
            found = watts_cascade(links, np.full(FIRMS, threshold), first_ones(FIRMS, firm))
            spread.append(found.is_failed.mean())
    sizes = np.array(spread)
    large = sizes > 0.05
    return float(large.mean()), float(sizes[large].mean()) if large.any() else 0.0


@pytest.mark.parametrize("most", [2, 3, 5, 8])
@pytest.mark.parametrize("mean", [0.5, 1.2, 3.0, 6.0, 12.0])
def test_the_condition_for_one_threshold(most: int, mean: float) -> None:
    """Sum of k (k - 1) p_k over k up to 1 / threshold, against z: z P(at most K - 2 links) > 1."""
    few = sum(exp(-mean) * mean**k / factorial(k) for k in range(most - 1))
    assert odds(mean, 1 / most).growth == pytest.approx(mean * few, rel=1e-9)


def test_the_window_at_a_threshold_of_0_18() -> None:
    """The edges from the closed form, z P(at most 3 links) = 1."""
    assert not odds(1.02, 0.18).is_global
    assert odds(1.03, 0.18).is_global
    assert odds(5.76, 0.18).is_global
    assert not odds(5.77, 0.18).is_global


def test_above_a_threshold_of_a_quarter_there_is_no_window() -> None:
    """Firms with three neighbours are then the last that one of them moves: too few."""
    means = np.arange(0.2, 12.0, 0.1).tolist()
    assert not any(odds(mean, 0.26).is_global for mean in means)
    assert any(odds(mean, 0.25).is_global for mean in means)


@pytest.mark.parametrize("mean", [0.6, 8.5])
def test_outside_the_window_nothing_spreads(mean: float) -> None:
    assert simulate(mean, 0.18)[0] <= 0.02


@pytest.mark.parametrize("mean", [1.6, 2.5, 4.0])
def test_inside_the_window_frequency_and_extent_are_the_analytic_ones(mean: float) -> None:
    expected = odds(mean, 0.18)
    frequency, extent = simulate(mean, 0.18)
    noise = (expected.frequency * (1 - expected.frequency) / (NETWORKS * FIRST)) ** 0.5
    assert frequency == pytest.approx(expected.frequency, abs=4 * noise)
    assert extent == pytest.approx(expected.extent, abs=0.03)


@pytest.mark.parametrize(("first", "is_large"), [(0.01, False), (0.2, True)])
def test_many_firms_at_first_can_do_what_one_cannot(first: float, is_large: bool) -> None:
    """Gleeson and Cahalane (2007): above the window a large seed still takes nearly all."""
    rng = np.random.default_rng(2007)
    expected = odds(8.0, 0.28, first)
    assert odds(8.0, 0.28).extent == 0.0
    links = undirected(rng, FIRMS, 8.0)
    chosen = first_ones(FIRMS, *rng.choice(FIRMS, round(first * FIRMS), replace=False).tolist())
    found = watts_cascade(links, np.full(FIRMS, 0.28), chosen).is_failed.mean()
    assert (expected.extent > 0.9) == is_large
    assert found == pytest.approx(expected.extent, abs=0.03)
