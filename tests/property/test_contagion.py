"""DebtRank against an exact rational reference, and what theory says of it."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rationals import Row, solve

from market.networks.contagion import debtrank, debtrank_single_hit, rank

Matrix = list[list[int]]
Case = tuple[Matrix, list[int], list[Fraction]]
"""Exposures, equity, and first losses as parts of it."""

AMOUNT = st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 100))
PART = st.one_of(st.just(Fraction(0)), st.integers(0, 8).map(lambda n: Fraction(n, 8)))


@st.composite
def cases(draw: st.DrawFn, largest: int = 8) -> Case:
    """Draw a network of claims with equity (0 for some) and first losses."""
    size = draw(st.integers(1, largest))
    claims = draw(
        st.lists(st.lists(AMOUNT, min_size=size, max_size=size), min_size=size, max_size=size)
    )
    for i in range(size):
        claims[i][i] = 0
    equity = draw(st.lists(st.integers(0, 100), min_size=size, max_size=size))
    return claims, equity, draw(st.lists(PART, min_size=size, max_size=size))


def floats(parts: list[Fraction]) -> list[float]:
    return [float(part) for part in parts]


def leverage_of(claims: Matrix, equity: list[int]) -> list[Row]:
    return [
        [Fraction(amount, own) if own else Fraction(0) for amount in row]
        for row, own in zip(claims, equity, strict=True)
    ]


def exact(case: Case) -> Row:
    """The least solution of h = min(1, shock + leverage h), in rationals.

    Every choice of firms that lose all is solved and kept if it is consistent. Firms that no loss
    can reach are left out: alone they could also hold up one another's losses.
    """
    claims, equity, shock = case
    leverage = leverage_of(claims, equity)
    reached = [i for i in range(len(equity)) if shock[i] > 0]
    for firm in reached:
        reached += [i for i in range(len(equity)) if leverage[i][firm] and i not in reached]
    found = []
    for gone in product((False, True), repeat=len(reached)):
        losses = _losses(leverage, shock, reached, gone)
        if losses is not None:
            found.append(losses)
    (losses,) = found  # it is unique
    return losses


def _losses(
    leverage: list[Row], shock: list[Fraction], reached: list[int], gone: tuple[bool, ...]
) -> Row | None:
    free = [i for i, is_gone in zip(reached, gone, strict=True) if not is_gone]
    losses = [Fraction(0)] * len(shock)
    for i, is_gone in zip(reached, gone, strict=True):
        losses[i] = Fraction(is_gone)
    matrix = [[Fraction(i == j) - leverage[i][j] for j in free] for i in free]
    right = [shock[i] + sum(leverage[i][j] * losses[j] for j in reached) for i in free]
    solution = solve(matrix, right)
    if solution is None or any(not 0 <= loss < 1 for loss in solution):
        return None
    for i, loss in zip(free, solution, strict=True):
        losses[i] = loss
    for i, is_gone in zip(reached, gone, strict=True):
        target = shock[i] + sum(leverage[i][j] * losses[j] for j in reached)
        if is_gone and target < 1:
            return None
    return losses


@settings(max_examples=120)
@given(cases(5))
def test_losses_equal_the_exact_ones(case: Case) -> None:
    claims, equity, shock = case
    losses = debtrank(claims, equity, floats(shock))
    assert losses == pytest.approx(floats(exact(case)), rel=1e-9, abs=1e-12)


def test_thin_networks_equal_the_exact_ones() -> None:
    """A fixed sample in which losses circulate and some firms, not all, lose everything."""
    rng = np.random.default_rng(2015)
    partial = 0
    for _ in range(150):
        size = int(rng.integers(2, 7))
        claims = rng.integers(0, 20, (size, size)) * (rng.random((size, size)) < 0.6)
        np.fill_diagonal(claims, 0)
        equity = rng.integers(1, 60, size)
        shock = [Fraction(int(rng.integers(0, 5)), 8) for _ in range(size)]
        case: Case = (claims.tolist(), equity.tolist(), shock)
        reference = exact(case)
        losses = debtrank(claims, equity, floats(shock))
        assert losses == pytest.approx(floats(reference), rel=1e-9, abs=1e-12)
        partial += 0 < sum(loss == 1 for loss in reference) < size
    assert partial > 40


@settings(max_examples=100)
@given(cases(6))
def test_a_ranking_is_each_firm_alone(case: Case) -> None:
    claims, equity, _ = case
    ranking = rank(claims, equity)
    size, own = len(equity), np.array(equity, dtype=float)
    total = own.sum()
    for j in range(size):
        alone = [Fraction(i == j) for i in range(size)]
        losses = np.array(floats(exact((claims, equity, alone))))
        assert ranking.losses[:, j] == pytest.approx(losses, rel=1e-9, abs=1e-12)
        assert debtrank(claims, equity, floats(alone)) == pytest.approx(losses, abs=1e-12)
        hurt = own @ losses - own[j]
        assert ranking.impact[j] == pytest.approx(hurt / total if total else 0.0, abs=1e-12)
    others = (ranking.losses.sum(axis=1) - 1) / max(1, size - 1)
    assert ranking.vulnerability == pytest.approx(others, abs=1e-12)


def test_rankings_of_losses_that_feed_on_themselves() -> None:
    """A fixed sample: claims as large as the equity, or larger; half of the networks in parts."""
    rng = np.random.default_rng(2012)
    feeding = 0
    for number in range(100):
        size = int(rng.integers(2, 6))
        claims = rng.integers(1, 20, (size, size)) * (rng.random((size, size)) < 0.5)
        np.fill_diagonal(claims, 0)
        if number % 2:
            claims[: size // 2, size // 2 :] = 0
        equity = np.maximum(claims.sum(axis=1), 1) if number % 3 else rng.integers(1, 25, size)
        case = claims.tolist(), equity.tolist()
        losses = rank(claims, equity).losses
        for j in range(size):
            alone = [Fraction(i == j) for i in range(size)]
            reference = floats(exact((*case, alone)))
            assert losses[:, j] == pytest.approx(reference, rel=1e-9, abs=1e-12)
        feeding += np.abs(np.linalg.eigvals(claims / equity[:, None])).max() > 1 - 1e-9
    assert feeding > 20


@settings(max_examples=100)
@given(cases())
def test_losses_lie_between_the_first_one_and_all(case: Case) -> None:
    claims, equity, shock = case
    losses = debtrank(claims, equity, floats(shock))
    once = debtrank_single_hit(claims, equity, floats(shock))
    assert (losses <= 1).all()
    assert (once <= losses + 1e-12).all()
    assert (once >= floats(shock)).all()


@settings(max_examples=100)
@given(cases(), st.data())
def test_more_of_anything_bad_hurts_nobody_less(case: Case, data: st.DataObject) -> None:
    """Larger first losses, larger exposures or less equity never make a loss smaller."""
    claims, equity, shock = case
    losses = debtrank(claims, equity, floats(shock))
    worse = [min(Fraction(1), part + data.draw(PART)) for part in shock]
    more = np.array(claims) + data.draw(st.integers(0, 9)) * (np.array(claims) > 0)
    less = [own - data.draw(st.integers(0, max(0, own - 1))) for own in equity]
    for changed in (
        debtrank(claims, equity, floats(worse)),
        debtrank(more, equity, floats(shock)),
        debtrank(claims, less, floats(shock)),
    ):
        assert (changed >= losses - 1e-12).all()


@settings(max_examples=60)
@given(cases(), st.data())
def test_the_order_of_the_firms_and_the_unit_change_nothing(
    case: Case, data: st.DataObject
) -> None:
    claims, equity, shock = np.array(case[0]), np.array(case[1]), np.array(floats(case[2]))
    order = data.draw(st.permutations(range(len(equity))))
    moved = 1e9 * claims[np.ix_(order, order)], 1e9 * equity[order]
    for measure in (debtrank, debtrank_single_hit):
        expected = measure(claims, equity, shock)[order]
        assert measure(*moved, shock[order]) == pytest.approx(expected, abs=1e-12)
    ranking, again = rank(claims, equity), rank(*moved)
    assert again.impact == pytest.approx(ranking.impact[order], abs=1e-12)
    assert again.vulnerability == pytest.approx(ranking.vulnerability[order], abs=1e-12)
