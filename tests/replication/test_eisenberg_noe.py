"""Known answers of the clearing literature."""

import numpy as np
import pytest

from market.networks.clearing import clear, clear_by_seniority

CHAIN = [[0, 100, 0, 0], [0, 0, 60, 40], [20, 0, 0, 0], [0, 0, 0, 0]]
"""A lab owes a cloud 100; it owes a chipmaker 60, a bank 40; the chipmaker owes the lab 20."""


def test_three_firms() -> None:
    """Everybody owes everybody 1/2, creditors outside rank pari passu."""
    owed = np.full((3, 3), 0.5)
    np.fill_diagonal(owed, 0.0)
    result = clear(owed, [1 / 2, 5 / 8, 3 / 4], [3 / 2, 1 / 2, 1 / 2])
    assert result.payments == pytest.approx([165 / 112, 159 / 112, 3 / 2], rel=1e-14)
    assert result.is_default.tolist() == [True, True, False]


def test_chain() -> None:
    result = clear(CHAIN, [30, 10, 5, 0])
    assert result.payments == pytest.approx([50, 60, 20, 0], rel=1e-14)
    assert result.equity == pytest.approx([0, 0, 21, 24], rel=1e-14)
    assert [wave.tolist() for wave in result.waves] == [[0], [1]]


def test_chain_with_bankruptcy_costs() -> None:
    """Rogers and Veraart by hand: with alpha = beta = 1/2 the chipmaker falls too.

    The lab pays (30 + 20) / 2 = 25, the cloud (10 + 25) / 2 = 17.5, of which the chipmaker gets
    10.5: under the 20 it owes with its own 5. It then pays 7.75 at most; the fixed point is the
    solution of x = (30 + z) / 2, y = (10 + x) / 2, z = (5 + 0.6 y) / 2.
    """
    result = clear(CHAIN, [30, 10, 5, 0], alpha=0.5, beta=0.5)
    x, y, z = np.linalg.solve([[1, 0, -0.5], [-0.5, 1, 0], [0, -0.3, 1]], [15, 5, 2.5])
    assert result.payments == pytest.approx([x, y, z, 0], rel=1e-13)
    assert [wave.tolist() for wave in result.waves] == [[0], [1], [2]]


def test_the_greatest_of_several_solutions() -> None:
    """Two firms owe each other 10 and have nothing: to pay all and to pay nothing both clear."""
    ring = [[0, 10], [10, 0]]
    assert clear(ring, [0, 0]).payments.tolist() == [10, 10]
    assert clear(ring, [0, 0], alpha=0.0, beta=0.5).payments.tolist() == [10, 10]


def test_bankruptcy_costs_jump() -> None:
    """One unit short of the debt, half of everything is lost: the discontinuity of the paper."""
    owed = [[0, 100], [0, 0]]
    assert clear(owed, [100, 0], alpha=0.5).payments.tolist() == [100, 0]
    assert clear(owed, [99, 0], alpha=0.5).payments.tolist() == [49.5, 0]


def test_seniority_in_a_cycle() -> None:
    """Junior debts of A and B to each other are drained by A's senior debt outside.

    A pays all it gets, 1 + y, to its senior creditors (5). With juniors equal it would pass on
    most of it. By hand: A pays senior 1 and nothing junior, so B has nothing to pay.
    """
    nothing, ring = [[0, 0], [0, 0]], [[0, 10], [10, 0]]
    ranked = clear_by_seniority([nothing, ring], [1, 0], [[5, 0], [0, 0]])
    assert ranked.recovery == pytest.approx(np.array([[1 / 5, 1], [0, 0]]), abs=1e-15)
    assert ranked.payments.tolist() == [1, 0]
    equal = clear(ring, [1, 0], [5, 0])
    assert equal.payments == pytest.approx([3, 2], rel=1e-14)


def test_senior_creditors_come_first() -> None:
    """The firm has 70: the senior creditor gets its 60, the junior 10 of 40."""
    senior = [[0, 60, 0], [0, 0, 0], [0, 0, 0]]
    junior = [[0, 0, 40], [0, 0, 0], [0, 0, 0]]
    result = clear_by_seniority([senior, junior], [70, 0, 0])
    assert result.recovery[:, 0].tolist() == [1, 0.25]
    assert result.equity.tolist() == [0, 60, 10]
    pari_passu = clear(np.add(senior, junior), [70, 0, 0])
    assert pari_passu.equity == pytest.approx([0, 42, 28], rel=1e-14)
