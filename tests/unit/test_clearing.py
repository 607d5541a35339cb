"""Clearing: inputs, the usual quarter, near-singular and large networks."""

from fractions import Fraction
from time import process_time

import numpy as np
import pytest
from numpy.typing import ArrayLike

from market.networks.clearing import clear, clear_by_seniority

RING = [[0.0, 10.0], [10.0, 0.0]]


def test_everybody_can_pay() -> None:
    result = clear([[0, 4], [1, 0]], [3, 2], [0, 5])
    assert result.payments.tolist() == [4, 6]
    assert result.equity.tolist() == [0, 0]
    assert not result.is_default.any()
    assert result.recovery.tolist() == [[1, 1]]
    assert result.waves == []


def test_no_firms() -> None:
    assert clear(np.zeros((0, 0)), []).payments.size == 0


def test_a_firm_that_owes_nothing_never_defaults() -> None:
    result = clear([[0, 10], [0, 0]], [0, 0])
    assert result.is_default.tolist() == [True, False]
    assert result.recovery.tolist() == [[0, 1]]


def test_the_inputs_are_left_alone() -> None:
    owed, cash, outside = np.array(RING), np.array([1.0, 2.0]), np.array([5.0, 7.0])
    clear(owed, cash, outside, alpha=0.5)
    clear(owed, cash + 100, outside)
    assert owed.tolist() == RING
    assert (cash.tolist(), outside.tolist()) == ([1.0, 2.0], [5.0, 7.0])


@pytest.mark.parametrize(
    ("owed", "cash", "outside", "message"),
    [
        ([[0, -1], [1, 0]], [1, 1], None, "liabilities are numbers >= 0, got -1"),
        ([[0, np.nan], [1, 0]], [1, 1], None, "liabilities are numbers >= 0, got nan"),
        ([[0, np.inf], [1, 0]], [1, 1], None, "infinite"),
        ([[0, 1, 1], [1, 0, 1]], [1, 1], None, r"shape \(2, 2\), got \(2, 3\)"),
        (RING, [1, 1, 1], None, r"shape \(3, 3\), got \(2, 2\)"),
        ([[1, 1], [1, 0]], [1, 1], None, "diagonal"),
        (RING, [1, -2], None, "external assets are numbers >= 0, got -2"),
        (RING, [1, np.nan], None, "external assets are numbers >= 0, got nan"),
        (RING, [1, np.inf], None, "infinite"),
        (RING, [[1, 1]], None, "external assets have one number per firm"),
        (RING, [1, 1], [1, -3], "external liabilities are numbers >= 0, got -3"),
        (RING, [1, 1], [1], "external liabilities are 1 times 2 numbers"),
        (RING, [1, 1], [1, np.inf], "infinite"),
    ],
)
def test_wrong_amounts_are_refused(
    owed: ArrayLike, cash: ArrayLike, outside: ArrayLike | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        clear(owed, cash, outside)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
@pytest.mark.parametrize("name", ["alpha", "beta"])
def test_wrong_costs_are_refused(name: str, wrong: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is a share"):
        clear(RING, [1, 1], **{name: wrong})


def test_wrong_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="no class"):
        clear_by_seniority([], [1, 1])
    with pytest.raises(ValueError, match="2 times 2 numbers"):
        clear_by_seniority([RING, RING], [1, 1], [[1, 1]])


def test_rounding_breaks_nobody() -> None:
    """In decimals 0.15 + 0.15 covers 0.1 + 0.2; in binary the last digit is missing."""
    owed = [[0.0, 0.0, 0.15], [0.0, 0.0, 0.15], [0.0, 0.0, 0.0]]
    assert 0.15 + 0.15 < 0.1 + 0.2
    result = clear(owed, [0.15, 0.15, 0], [0, 0, 0.1 + 0.2], alpha=0.5, beta=0.5)
    assert not result.is_default.any()
    assert result.equity.tolist() == [0, 0, 0]


def test_a_cent_short_of_900_billion_dollars_is_a_default() -> None:
    owed = [[0.0, 9e13], [0.0, 0.0]]
    assert clear(owed, [9e13 - 1, 0]).is_default.tolist() == [True, False]


@pytest.mark.parametrize("debt", [10**4, 10**8, 10**11, 10**14])
def test_a_nearly_closed_ring_keeps_its_digits(debt: int) -> None:
    """Two firms owe each other almost everything; the determinant loses up to all digits."""
    ring = [[0.0, float(debt)], [float(debt), 0.0]]
    result = clear(ring, [1, 0], [4, 1])
    # x and y are shares paid: (debt + 4) x = 1 + debt y, (debt + 1) y = debt x.
    x = Fraction(debt + 1, 5 * debt + 4)
    y = Fraction(debt, 5 * debt + 4)
    assert result.recovery[0] == pytest.approx([float(x), float(y)], rel=1e-14)


def test_a_thousand_firms_in_panels() -> None:
    """A large network solves its own equations, is quick and keeps value."""
    rng = np.random.default_rng(8)
    size = 1000
    owed = np.where(rng.random((size, size)) < 0.02, rng.integers(1, 1000, (size, size)), 0.0)
    np.fill_diagonal(owed, 0.0)
    due = owed.sum(axis=1)
    outside = rng.random(size) * due * 0.1
    cash = rng.random(size) * due * 0.1
    begin = process_time()
    result = clear(owed, cash, outside)
    assert process_time() - begin < 2.0
    assert len(result.waves) > 2
    assert 500 < result.is_default.sum() < size
    receipts = result.recovery[0] @ owed
    expected = np.where(result.is_default, cash + receipts, due + outside)
    assert result.payments == pytest.approx(expected, rel=1e-12)
    lost = (result.recovery[0] * outside).sum()
    assert result.equity.sum() + lost == pytest.approx(cash.sum(), rel=1e-12)
    assert (cash + receipts >= (due + outside) * (1 - 1e-12))[~result.is_default].all()
