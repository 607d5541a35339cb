"""Morris and Shin (2003): funding rounds against the closed form of the global game."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from agents.rules.funding_game import (
    critical_hardness,
    hardness,
    joins,
    marginal_success_probability,
    settle_round,
)

TERMS = (3.0, 0.05, 0.2)  # exit multiple, required return, recovery


def test_known_critical_hardness() -> None:
    assert critical_hardness(*TERMS) == pytest.approx(0.6964, abs=5e-5)
    assert critical_hardness(*TERMS) == pytest.approx(1.95 / 2.8, rel=1e-15)


@pytest.mark.parametrize("investors", [1, 2, 3, 4, 5, 6])
def test_finite_formula_by_enumeration_of_all_orders_of_signals(investors: int) -> None:
    # Whoever sees the signal of rank r joins together with all of better signal: r joiners.
    orders = list(itertools.permutations(range(1, investors + 1)))
    for needed in range(1, investors + 1):
        succeeded = sum(order[0] >= needed for order in orders)
        exact = Fraction(succeeded, len(orders))
        assert exact == Fraction(investors - needed + 1, investors)
        assert marginal_success_probability(investors, needed) == float(exact)


@pytest.mark.parametrize("investors", [2, 5, 10, 1000])
def test_finite_threshold_tends_to_the_limit(investors: int) -> None:
    # Most joiners a round may need while the marginal investor still gains by joining.
    multiple, required, recovery = TERMS
    needed = 0
    for k in range(1, investors + 1):
        chance = marginal_success_probability(investors, k)
        if chance * multiple + (1.0 - chance) * recovery >= 1.0 + required:
            needed = k
    assert abs(needed / investors - critical_hardness(*TERMS)) <= 1.0 / investors


@pytest.mark.parametrize("terms", [TERMS, (2.0, 0.1, 0.5), (1.5, 0.2, 0.0), (6.0, 0.4, 0.3)])
def test_the_marginal_investor_is_indifferent(terms: tuple[float, float, float]) -> None:
    # Signal = kappa + noise e, e uniform on (-1, 1) times a small width; flat prior. Seen from the
    # signal kappa*, the true kappa is kappa* - width e, and a share F(e) of the others joins.
    multiple, required, recovery = terms
    critical, width = critical_hardness(*terms), 1e-6
    noise = (np.arange(200_000) + 0.5) / 100_000 - 1.0
    share_joining = 0.5 * (noise + 1.0)
    succeeds = share_joining >= critical - width * noise
    payoff = np.where(succeeds, multiple, recovery).mean()
    assert payoff == pytest.approx(1.0 + required, abs=1e-4)


def simulate_round(generator: np.random.Generator, noise: float) -> tuple[bool, bool]:
    """Return whether a random round closed and whether the closed form says so."""
    multiple = generator.uniform(1.3, 6.0)
    required, recovery = generator.uniform(0.0, 0.2), generator.uniform(0.0, 0.6)
    powder = generator.lognormal(2.0, 0.5, 60)
    participation = generator.uniform(0.1, 0.5)
    vendor = generator.uniform(0.0, 20.0)
    on_offer = participation * math.fsum(powder)
    need = vendor + on_offer * generator.uniform(0.05, 1.2)
    kappa = hardness(need, vendor, participation, math.fsum(powder))
    signals = kappa + noise * generator.standard_normal(powder.size)
    pledges = [
        participation * money if joins(signal, multiple, required, recovery) else 0.0
        for money, signal in zip(powder, signals, strict=True)
    ]
    closed = settle_round(need, vendor, pledges).is_closed
    return closed, kappa <= critical_hardness(multiple, required, recovery)


def test_simulated_rounds_agree_with_the_closed_form() -> None:
    generator = np.random.default_rng(20250930)
    outcomes = [simulate_round(generator, 0.005) for _ in range(2000)]
    agreement = np.mean([closed == predicted for closed, predicted in outcomes])
    closings = np.mean([closed for closed, _ in outcomes])
    assert agreement >= 0.95
    assert 0.2 <= closings <= 0.8  # neither answer is the trivial one


def test_coarse_signals_break_the_agreement() -> None:
    # A control: with wide noise the closed form no longer holds, so the test above can fail.
    generator = np.random.default_rng(20250930)
    outcomes = [simulate_round(generator, 0.5) for _ in range(500)]
    assert np.mean([closed == predicted for closed, predicted in outcomes]) < 0.95
