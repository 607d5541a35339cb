"""DebtRank: inputs, firms without equity, large networks and those that feed on themselves."""

from time import process_time

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from market.networks.contagion import debtrank, debtrank_single_hit, rank

RING = [[0.0, 10.0], [10.0, 0.0]]


@pytest.mark.parametrize(
    ("exposures", "equity", "shock", "message"),
    [
        ([[0, -1], [1, 0]], [1, 1], [0, 0], "exposures are numbers >= 0, got -1"),
        ([[0, np.nan], [1, 0]], [1, 1], [0, 0], "exposures are numbers >= 0, got nan"),
        ([[0, np.inf], [1, 0]], [1, 1], [0, 0], "exposures are finite numbers, got inf"),
        ([[0, 1, 1], [1, 0, 1]], [1, 1], [0, 0], r"square matrix, got the shape \(2, 3\)"),
        ([1, 2], [1, 1], [0, 0], r"square matrix, got the shape \(2,\)"),
        ([[1, 1], [1, 0]], [1, 1], [0, 0], "the diagonal is zero"),
        ([RING, RING], [1, 1], [0, 0], "one square matrix"),
        (RING, [1, 1, 1], [0, 0], r"equity: one number per firm, shape \(2,\), got \(3,\)"),
        (RING, [1, -1], [0, 0], "equity are numbers >= 0, got -1"),
        (RING, [1, np.nan], [0, 0], "equity are numbers >= 0, got nan"),
        (RING, [1, 1], [0], r"shock: one number per firm, shape \(2,\), got \(1,\)"),
        (RING, [1, 1], [0, -0.1], "shock are numbers >= 0, got -0.1"),
        (RING, [1, 1], [0, 1.5], "shock: parts of equity, 0 to 1, got 1.5"),
    ],
)
def test_wrong_numbers_are_refused(
    exposures: ArrayLike, equity: ArrayLike, shock: ArrayLike, message: str
) -> None:
    for measure in (debtrank, debtrank_single_hit):
        with pytest.raises(ValueError, match=message):
            measure(exposures, equity, shock)


def test_a_ranking_refuses_wrong_numbers_too() -> None:
    with pytest.raises(ValueError, match="exposures are numbers"):
        rank([[0, -1], [1, 0]], [1, 1])
    with pytest.raises(ValueError, match="equity: one number per firm"):
        rank(RING, [1])
    with pytest.raises(ValueError, match="value are numbers"):
        rank(RING, [1, 1], [1, -1])


def test_no_firms() -> None:
    nothing = np.zeros((0, 0))
    assert debtrank(nothing, [], []).size == 0
    assert debtrank_single_hit(nothing, [], []).size == 0
    assert rank(nothing, []).impact.size == 0


def test_without_a_shock_nothing_is_lost() -> None:
    """Firms that could ruin each other hold up nobody's losses out of nothing."""
    assert debtrank(RING, [1, 1], [0, 0]).tolist() == [0, 0]
    assert debtrank_single_hit(RING, [1, 1], [0, 0]).tolist() == [0, 0]


def test_a_ring_apart_from_the_shock_stays_whole() -> None:
    claims = np.zeros((3, 3))
    claims[:2, :2] = RING
    assert debtrank(claims, [1, 1, 1], [0, 0, 1]).tolist() == [0, 0, 1]
    assert rank(claims, [1, 1, 1]).losses[:, 2].tolist() == [0, 0, 1]


def test_a_firm_without_equity_hands_on_its_own_shock_only() -> None:
    """B has nothing to lose on C; A loses half its equity when B itself fails."""
    claims = [[0, 5, 0], [0, 0, 7], [0, 0, 0]]
    assert debtrank(claims, [10, 0, 1], [0, 0, 1]).tolist() == [0, 0, 1]
    assert debtrank(claims, [10, 0, 1], [0, 1, 0]).tolist() == [0.5, 1, 0]
    assert rank(claims, [10, 0, 1]).vulnerability.tolist() == [0.25, 0, 0]


def test_the_weight_of_a_firm_may_be_given() -> None:
    claims = [[0, 1, 0], [0, 0, 0], [0, 3, 0]]
    assert rank(claims, [4, 1, 4]).impact[1] == pytest.approx((1 + 3) / 9)
    assert rank(claims, [4, 1, 4], [1, 0, 1]).impact[1] == pytest.approx((1 / 4 + 3 / 4) / 2)
    assert rank(claims, [4, 1, 4], [0, 0, 0]).impact.tolist() == [0, 0, 0]


def test_stacked_networks_are_ranked_each_for_itself() -> None:
    claims = np.array([RING, [[0, 1], [0, 0]], [[0, 0], [2, 0]]])
    equity = np.array([[1, 1], [4, 1], [1, 8.0]])
    ranking = rank(claims, equity)
    assert ranking.by_impact.tolist() == [[0, 1], [1, 0], [0, 1]]
    for place in range(3):
        alone = rank(claims[place], equity[place])
        assert np.array_equal(ranking.losses[place], alone.losses)
        assert np.array_equal(ranking.impact[place], alone.impact)


def test_the_inputs_are_left_alone() -> None:
    claims, equity, shock = np.array(RING), np.array([20.0, 40.0]), np.array([0.5, 0.0])
    debtrank(claims, equity, shock)
    debtrank_single_hit(claims, equity, shock)
    rank(claims, equity)
    assert (claims.tolist(), equity.tolist(), shock.tolist()) == (RING, [20, 40], [0.5, 0])


def large(leverage: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A thousand firms with about twenty claims each, and equity of claims over ``leverage``."""
    rng = np.random.default_rng(3)
    size = 1000
    claims = np.where(rng.random((size, size)) < 0.02, rng.random((size, size)), 0.0)
    np.fill_diagonal(claims, 0.0)
    return claims, claims.sum(axis=1) / leverage * rng.uniform(0.5, 2, size) + 1e-9


@pytest.mark.parametrize("leverage", [0.3, 1.2, 3.0])
def test_a_thousand_firms(leverage: float) -> None:
    """Quick, and each column solves its own equations."""
    claims, equity = large(leverage)
    begin = process_time()
    losses = rank(claims, equity).losses
    assert process_time() - begin < 2.0
    target = np.minimum(1.0, np.eye(1000) + (claims / equity[:, None]) @ losses)
    assert np.abs(losses - target).max() < 1e-10
    shock = np.zeros(1000)
    shock[7] = 1.0
    assert np.abs(debtrank(claims, equity, shock) - losses[:, 7]).max() < 1e-10


def test_a_nearly_closed_ring_disturbs_no_firm_apart() -> None:
    """Losses of two firms on each other hardly fade: their inverse has numbers of a billion."""
    claims = np.zeros((4, 4))
    claims[0, 1], claims[1, 0], claims[2, 3] = 1.0, 1.0 - 1e-9, 0.25
    losses = rank(claims, np.ones(4)).losses
    assert losses[:, 3].tolist() == [0, 0, 0.25, 1]
    assert losses[:, 0] == pytest.approx([1, 1, 0, 0], abs=1e-8)


def test_losses_that_hardly_grow_are_solved_for() -> None:
    """A long ring of leverage just over one: rounds of losses would take for ever."""
    size = 60
    claims = np.zeros((size, size))
    claims[np.arange(size), (np.arange(size) + 1) % size] = 1.0
    equity = np.ones(size)
    equity[0] = 1 / 1.0001
    shock = np.zeros(size)
    shock[0] = 0.5
    assert debtrank(claims, equity, shock).tolist() == [1.0] * size
    weak = rank(claims, np.where(np.arange(size) == 0, 1 / 1.0001, 1.0))
    assert weak.losses == pytest.approx(np.ones((size, size)), abs=1e-12)
