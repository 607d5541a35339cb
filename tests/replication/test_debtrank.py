"""Known answers of DebtRank: Bardoscia et al. 2015 (linear) and Battiston et al. 2012 (one hit)."""

import numpy as np
import pytest

from market.networks.contagion import debtrank, debtrank_single_hit, rank

RING = [[0, 1 / 2, 0], [0, 0, 1 / 2], [1 / 2, 0, 0]]
"""A holds 1/2 on B, B 1/2 on C, C 1/2 on A."""


def ring_equity() -> list[float]:
    """External assets 10, 5, 3 and liabilities 9, 4, 2; claims and debts of the ring cancel."""
    claims = np.array(RING)
    assets = np.array([10, 5, 3]) + claims.sum(axis=1)
    debts = np.array([9, 4, 2]) + claims.sum(axis=0)
    return [float(x) for x in assets - debts]


def test_a_ring_hands_losses_round_and_round() -> None:
    """By hand: h_C = 1/2 + h_A / 2, h_A = h_B / 2, h_B = h_C / 2."""
    assert ring_equity() == [1, 1, 1]
    losses = debtrank(RING, ring_equity(), [0, 0, 1 / 2])
    assert losses == pytest.approx([1 / 7, 2 / 7, 4 / 7], rel=1e-15)


def test_one_hit_walks_the_ring_once() -> None:
    """C hands on 1/4 to B, B 1/8 to A, A 1/16 to C, which is inactive by then."""
    losses = debtrank_single_hit(RING, ring_equity(), [0, 0, 1 / 2])
    assert losses.tolist() == [1 / 8, 1 / 4, 9 / 16]


def test_one_hit_hands_on_the_first_loss_only() -> None:
    """C holds claims on A and on B, B on A: what reaches C by way of B stays with C.

    A loses all; B and C lose 1/4 at once and hand on that; C then loses 1/2 * 1/4 more, of which
    D, who holds 1 on C, never hears. Linear DebtRank tells D of everything.
    """
    claims = [[0, 0, 0, 0], [1 / 4, 0, 0, 0], [1 / 4, 1 / 2, 0, 0], [0, 0, 1, 0]]
    equity, shock = [1, 1, 1, 1], [1, 0, 0, 0]
    assert debtrank_single_hit(claims, equity, shock).tolist() == [1, 1 / 4, 3 / 8, 1 / 4]
    assert debtrank(claims, equity, shock).tolist() == [1, 1 / 4, 3 / 8, 3 / 8]


def test_losses_stop_at_the_whole_equity() -> None:
    """A loses twice its equity on B and hands on no more than all of it."""
    claims = [[0, 2, 0], [0, 0, 0], [1 / 2, 0, 0]]
    assert debtrank(claims, [1, 1, 1], [0, 1, 0]).tolist() == [1, 1, 1 / 2]
    assert debtrank_single_hit(claims, [1, 1, 1], [0, 1, 0]).tolist() == [1, 1, 1 / 2]


def test_a_ring_that_feeds_on_itself_loses_everything() -> None:
    """Each holds as much on the other as its equity: any loss grows to the whole."""
    claims = [[0, 1], [1, 0]]
    assert debtrank(claims, [1, 1], [0.001, 0]).tolist() == [1, 1]
    assert rank(claims, [1, 1]).losses.tolist() == [[1, 1], [1, 1]]


def test_ranking_of_a_star() -> None:
    """A bank of 8 lends 2 to each of three firms of 1; a firm takes a quarter of the bank down.

    The bank's failure hurts nobody: nobody holds claims on it. Of all equity (11) a firm's failure
    costs the others 2.
    """
    claims = np.zeros((4, 4))
    claims[0, 1:] = 2
    ranking = rank(claims, [8, 1, 1, 1])
    assert ranking.losses[0].tolist() == [1, 1 / 4, 1 / 4, 1 / 4]
    assert ranking.impact == pytest.approx([0, 2 / 11, 2 / 11, 2 / 11], rel=1e-15)
    assert ranking.vulnerability.tolist() == [1 / 4, 0, 0, 0]
    assert ranking.by_impact.tolist() == [1, 2, 3, 0]
    assert ranking.by_vulnerability.tolist() == [0, 1, 2, 3]
