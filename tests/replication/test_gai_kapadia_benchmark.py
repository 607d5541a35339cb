"""Gai and Kapadia (2010), the benchmark: contagion over Poisson networks of banks.

Claims on other banks are a fifth of a bank's assets, spread evenly over its debtors; its capital
is 4 % of them; nothing is recovered. So one failed debtor of at most five fells a bank. Contagion
is the fall of more than 5 % of the banks after the failure of one.
"""

from math import exp, factorial

import numpy as np
import pytest
from random_networks import Floats, directed, first_ones, poisson

from market.networks import (
    default_cascade,
    gai_kapadia_odds,
    joint_degrees,
    threshold_response,
)
from market.networks.cascade_odds import CascadeOdds

CLAIMS, CAPITAL, SPREADS = 0.20, 0.04, 0.05
BANKS, NETWORKS, FAILURES = 1000, 8, 25


def odds(mean: float) -> CascadeOdds:
    shares = poisson(mean)
    return gai_kapadia_odds(np.outer(shares, shares), threshold_response(CAPITAL / CLAIMS, 40))


def simulate(
    mean: float, lends: Floats | float = 1.0, borrows: Floats | float = 1.0
) -> tuple[float, float]:
    """How often one failure spreads, and how far it goes then."""
    rng = np.random.default_rng(2010)
    sizes = []
    for _ in range(NETWORKS):
        links = directed(rng, BANKS, mean, lends, borrows)
        debtors = np.maximum(links.sum(axis=1, keepdims=True), 1.0)
        exposures, capital = CLAIMS * links / debtors, np.full(BANKS, CAPITAL)
        for bank in rng.choice(BANKS, FAILURES, replace=False).tolist():
            fallen = default_cascade(exposures, capital, first_ones(BANKS, bank)).is_failed
            sizes.append(fallen.mean())
    spread = np.array(sizes)
    is_contagion = spread > SPREADS
    extent = float(spread[is_contagion].mean()) if is_contagion.any() else 0.0
    return float(is_contagion.mean()), extent


def test_the_condition_is_the_double_sum_of_the_paper() -> None:
    """Sum over j and k of j k v_j p_jk against z, by hand for three kinds of banks.

    A half have claims on one bank and one creditor, a quarter on three with one creditor, a
    quarter on one with three creditors: z = 3/2. With the vulnerable banks those with one debtor,
    the sum is 1/2 + 3/4 = 5/4 < 3/2; if all are vulnerable it is 1/2 + 3/4 + 3/4 = 2 > 3/2.
    """
    joint = np.zeros((4, 4))
    joint[1, 1], joint[3, 1], joint[1, 3] = 1 / 2, 1 / 4, 1 / 4
    some = gai_kapadia_odds(joint, threshold_response(0.5, 4))
    assert (some.growth, some.is_global) == (pytest.approx(5 / 6, rel=1e-15), False)
    assert (some.frequency, some.extent) == (0.0, 0.0)
    every = gai_kapadia_odds(joint, threshold_response(1 / 3, 4))
    assert (every.growth, every.is_global) == (pytest.approx(4 / 3, rel=1e-15), True)
    # Along a debt one meets (1, 1) with 1/3, (3, 1) with 1/2 and (1, 3) with 1/6, so
    # u = 5/6 u + u^3 / 6, whose least root is 0: with a creditor each it never dies out.
    assert every.frequency == pytest.approx(1.0, abs=1e-12)


def test_frequency_counts_creditors() -> None:
    """Claims on two others each, three creditors for two thirds of the banks, none for the rest.

    One failed debtor fells: u = 1/3 + 2/3 u^3, so u = (sqrt(3) - 1) / 2. A failure dies out if the
    bank has no creditors or all three branches do: frequency 2/3 (1 - u^3). If not, all fall.
    """
    joint = np.zeros((4, 4))
    joint[2, 0], joint[2, 3] = 1 / 3, 2 / 3
    odds = gai_kapadia_odds(joint, threshold_response(0.5, 4))
    root = (3**0.5 - 1) / 2
    assert odds.growth == pytest.approx(2, rel=1e-15)
    assert odds.frequency == pytest.approx(2 / 3 * (1 - root**3), rel=1e-12)
    assert odds.extent == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("mean", [0.5, 1.0, 3.0, 7.0, 9.0])
def test_poisson_networks_need_links_but_not_too_many(mean: float) -> None:
    """With both numbers of links Poisson the condition is z P(at most 4 links) > 1."""
    at_most_four = sum(exp(-mean) * mean**k / factorial(k) for k in range(5))
    found = odds(mean)
    assert found.growth == pytest.approx(mean * at_most_four, rel=1e-9)
    assert found.is_global == (mean in (3.0, 7.0))


def test_contagion_lives_in_a_window_of_links() -> None:
    """The edges of the window, from the closed form: just over 1, and 7.477."""
    assert not odds(1.003).is_global
    assert odds(1.004).is_global
    assert odds(7.477).is_global
    assert not odds(7.478).is_global


@pytest.mark.parametrize("mean", [0.6, 11.0])
def test_outside_the_window_nothing_spreads(mean: float) -> None:
    assert odds(mean).frequency == odds(mean).extent == 0.0
    assert simulate(mean)[0] <= 0.02


@pytest.mark.parametrize("mean", [1.5, 3.0, 5.0])
def test_inside_the_window_frequency_and_extent_are_the_analytic_ones(mean: float) -> None:
    expected = odds(mean)
    frequency, extent = simulate(mean)
    draws = NETWORKS * FAILURES
    noise = (expected.frequency * (1 - expected.frequency) / draws) ** 0.5
    assert frequency == pytest.approx(expected.frequency, abs=4 * noise)
    assert extent == pytest.approx(expected.extent, abs=0.03)


def test_banks_that_lend_and_banks_that_borrow() -> None:
    """Two kinds, half of the banks each: numbers of claims and of creditors go together.

    The first lends 1.4 and borrows 0.2 of the mean, 4; the second 0.6 and 1.8. With all claims
    turned round nothing would spread.
    """
    kinds = ((1.4, 0.2), (0.6, 1.8))
    lends, borrows = (np.repeat(each, BANKS // 2) for each in zip(*kinds, strict=True))
    joint = np.mean([np.outer(poisson(4 * a), poisson(4 * b)) for a, b in kinds], axis=0)
    expected = gai_kapadia_odds(joint, threshold_response(CAPITAL / CLAIMS, 40))
    assert not gai_kapadia_odds(joint.T, threshold_response(CAPITAL / CLAIMS, 40)).is_global
    frequency, extent = simulate(4.0, lends, borrows)
    noise = (expected.frequency * (1 - expected.frequency) / (NETWORKS * FAILURES)) ** 0.5
    assert frequency == pytest.approx(expected.frequency, abs=4 * noise)
    assert extent == pytest.approx(expected.extent, abs=0.03)


def test_robust_yet_fragile() -> None:
    """Near the upper edge contagion is rare, and when it comes it takes nearly all."""
    rare = odds(7.4)
    assert 0 < rare.frequency < 0.1
    assert rare.extent > 0.99


def test_the_degrees_of_a_drawn_network_tell_the_same() -> None:
    links = directed(np.random.default_rng(1), BANKS, 3.0)
    joint = joint_degrees(links)
    found = gai_kapadia_odds(joint, threshold_response(CAPITAL / CLAIMS, len(joint)))
    assert found.growth == pytest.approx(odds(3.0).growth, rel=0.1)
    assert found.frequency == pytest.approx(odds(3.0).frequency, abs=0.05)
