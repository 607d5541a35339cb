"""Greenwood, Landier and Thesmar (2015), equations for AV, S(n) and IV(n), on two banks by hand.

A holds 60 of an asset that falls by a tenth and 40 of one that sales press by 1/480 per unit, on
debts of 80 (equity 20); B holds 50 of the second on debts of 25 (equity 25). A loses 6 and sells
4 * 6 = 24, of which 9.6 of the second asset: it falls by 2 %, A loses 0.8 more and B 1.
"""

import numpy as np
import pytest

from market.networks import deleverage, spillovers

HOLDINGS, DEBTS = np.array([[60.0, 40.0], [0.0, 50.0]]), np.array([80.0, 25.0])
IMPACT, SHOCK = np.array([0.0, 1 / 480]), np.array([0.1, 0.0])


def test_two_banks_by_hand() -> None:
    found = spillovers(HOLDINGS, DEBTS, IMPACT, SHOCK)
    assert found.direct == pytest.approx([6, 0], rel=1e-15)
    assert found.sales == pytest.approx(np.array([[14.4, 9.6], [0, 0]]), rel=1e-14)
    assert found.price_falls == pytest.approx([0, 1 / 50], rel=1e-14)
    assert found.indirect == pytest.approx([4 / 5, 1], rel=1e-14)
    assert found.indirect_vulnerability == pytest.approx([1 / 25, 1 / 25], rel=1e-14)
    assert found.systemicness == pytest.approx([1.8 / 45, 0], rel=1e-14)
    assert found.aggregate_vulnerability == pytest.approx(1 / 25, rel=1e-14)


def test_it_is_the_matrix_product_of_the_paper() -> None:
    """AV = 1' A M L M' B A M f / E on random banks, with A, B and L diagonal matrices."""
    rng = np.random.default_rng(2015)
    for _ in range(20):
        held = rng.uniform(0, 10, (6, 4))
        assets, debts = held.sum(axis=1), held.sum(axis=1) * rng.uniform(0, 0.95, 6)
        impact, shock = rng.uniform(0, 0.01, 4), rng.uniform(0, 0.2, 4)
        a, m, el = np.diag(assets), held / assets[:, None], np.diag(impact)
        b = np.diag(debts / (assets - debts))
        losses = a @ m @ el @ m.T @ b @ a @ m @ shock
        found = spillovers(held, debts, impact, shock)
        assert found.indirect == pytest.approx(losses, rel=1e-12)
        expected = losses.sum() / (assets - debts).sum()
        assert found.aggregate_vulnerability == pytest.approx(expected, rel=1e-12)


def test_it_is_the_limit_of_one_round_after_a_small_shock() -> None:
    """When every bank is at its ceiling, a first round of sales is linear in a tiny shock."""
    small, leverage = 1e-6, HOLDINGS.sum(axis=1) / (HOLDINGS.sum(axis=1) - DEBTS)
    linear = spillovers(HOLDINGS, DEBTS, IMPACT, small * SHOCK)
    round_one = deleverage(HOLDINGS, DEBTS, leverage, IMPACT, shock=small * SHOCK, rounds=1)
    assert round_one.losses - linear.direct == pytest.approx(linear.indirect, rel=1e-4)
