"""Clearing against an exact rational reference that tries every possible state (E11)."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rationals import Row, solve

from market.networks.clearing import Clearing, clear, clear_by_seniority

Matrix = list[list[int]]
Case = tuple[list[Matrix], list[int], list[list[int]], Fraction, Fraction]


def exact(case: Case) -> list[Row]:
    """Return the greatest clearing payments per class, in rationals.

    Every assignment of a marginal class to every firm is solved and kept if it is consistent.
    """
    classes, cash, external, _, _ = case
    size, count = len(cash), len(classes)
    due = [
        [Fraction(sum(owed[i]) + outside[i]) for i in range(size)]
        for owed, outside in zip(classes, external, strict=True)
    ]
    found = []
    for state in product(range(count + 1), repeat=size):
        payments = _payments(case, due, state)
        if payments is not None:
            found.append(payments)
    best = max(found, key=lambda each: sum(map(sum, each)))
    for other in found:
        assert all(
            b >= o for pair in zip(best, other, strict=True) for b, o in zip(*pair, strict=True)
        )
    return best


def _payments(case: Case, due: list[Row], state: tuple[int, ...]) -> list[Row] | None:
    classes, cash, _, alpha, beta = case
    size, count = len(cash), len(classes)
    if any(state[i] < count and due[state[i]][i] == 0 for i in range(size)):
        return None
    payments = [[due[c][i] * (c < state[i]) for i in range(size)] for c in range(count)]
    fallen = [i for i in range(size) if state[i] < count]

    def share(payer: int, payee: int) -> Fraction:
        return Fraction(classes[state[payer]][payer][payee]) / due[state[payer]][payer]

    def received(payee: int) -> Fraction:
        total = Fraction(0)
        for owed, owing, paid in zip(classes, due, payments, strict=True):
            for i in range(size):
                if owed[i][payee]:
                    total += owed[i][payee] * paid[i] / owing[i]
        return total

    matrix = [[Fraction(i == j) - beta * share(j, i) for j in fallen] for i in fallen]
    right = [
        alpha * cash[i] + beta * received(i) - sum(due[c][i] for c in range(state[i]))
        for i in fallen
    ]
    solution = solve(matrix, right)
    if solution is None:
        return None
    for i, paid in zip(fallen, solution, strict=True):
        if not 0 <= paid < due[state[i]][i]:
            return None
        payments[state[i]][i] = paid
    for i in range(size):
        can_pay = cash[i] + received(i) >= sum(due[c][i] for c in range(count))
        if can_pay != (state[i] == count):
            return None
    return payments


AMOUNT = st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 1_000))
COST = st.sampled_from([Fraction(1), Fraction(3, 4), Fraction(1, 2), Fraction(0)])


@st.composite
def cases(draw: st.DrawFn, sizes: tuple[int, int], counts: tuple[int, int]) -> Case:
    """Draw a network with classes, cash, outside liabilities and bankruptcy costs."""
    size, count = draw(st.integers(*sizes)), draw(st.integers(*counts))

    def row() -> list[int]:
        return draw(st.lists(AMOUNT, min_size=size, max_size=size))

    classes = [[row() for _ in range(size)] for _ in range(count)]
    for owed in classes:
        for i in range(size):
            owed[i][i] = 0
    external = [row() for _ in range(count)]
    return classes, row(), external, draw(COST), draw(COST)


def cleared(case: Case) -> Clearing:
    classes, cash, external, alpha, beta = case
    return clear_by_seniority(classes, cash, external, alpha=float(alpha), beta=float(beta))


def agrees(case: Case) -> None:
    """Compare with the rationals to 1e-9."""
    classes, cash, external, _, _ = case
    result, reference = cleared(case), exact(case)
    for owed, outside, paid, recovery in zip(
        classes, external, reference, result.recovery, strict=True
    ):
        due = np.array(owed).sum(axis=1) + outside
        assert recovery * due == pytest.approx([float(p) for p in paid], rel=1e-9, abs=1e-9)
    total = [sum(column, Fraction(0)) for column in zip(*reference, strict=True)]
    assert result.payments == pytest.approx([float(p) for p in total], rel=1e-9)
    owing = [sum(sum(owed[i]) for owed in classes) for i in range(len(cash))]
    owing = [o + sum(each[i] for each in external) for i, o in enumerate(owing)]
    assert result.is_default.tolist() == [p < o for p, o in zip(total, owing, strict=True)]


@settings(max_examples=60, deadline=None)
@given(cases((1, 6), (1, 1)))
def test_one_class_equals_the_exact_solution(case: Case) -> None:
    agrees(case)


@settings(max_examples=60, deadline=None)
@given(cases((1, 3), (2, 3)))
def test_seniority_equals_the_exact_solution(case: Case) -> None:
    agrees(case)


def test_poor_networks_equal_the_exact_solution() -> None:
    """A fixed sample in which most networks have defaults, some of them in several waves."""
    rng = np.random.default_rng(2001)
    waves = []
    for _ in range(200):
        count = int(rng.integers(1, 4))
        size = int(rng.integers(2, (7, 5, 4)[count - 1]))
        top = int(rng.choice([3, 10, 1_000]))
        owed = rng.integers(0, top, (count, size, size)) * (rng.random((count, size, size)) < 0.7)
        owed[:, np.arange(size), np.arange(size)] = 0
        cash = rng.integers(0, top, size) * (rng.random(size) < 0.6)
        external = rng.integers(0, top, (count, size)) * (rng.random((count, size)) < 0.4)
        costs = [Fraction(int(rng.integers(0, 5)), 4) for _ in range(2)]
        case: Case = (owed.tolist(), cash.tolist(), external.tolist(), costs[0], costs[1])
        agrees(case)
        waves.append(len(cleared(case).waves))
    assert sum(number >= 1 for number in waves) > 150
    assert sum(number >= 3 for number in waves) > 10


@settings(max_examples=100, deadline=None)
@given(cases((1, 8), (1, 3)))
def test_limited_liability_and_absolute_priority(case: Case) -> None:
    classes, cash, external, alpha, beta = case
    result = cleared(case)
    due = np.array(classes).sum(axis=2) + np.array(external)
    paid = result.recovery * due
    receipts = sum(row @ np.array(owed) for row, owed in zip(result.recovery, classes, strict=True))
    means = np.array(cash) + receipts
    small = 1e-9 * (1 + due.sum())
    assert (result.payments <= means + small).all()
    assert (result.equity >= 0).all()
    assert (result.equity[result.is_default] == 0).all()
    assert (result.recovery >= 0).all() and (result.recovery <= 1).all()
    for senior, junior, owed in zip(result.recovery, paid[1:], due, strict=False):
        assert (junior[(senior < 1) & (owed > 0)] == 0).all()
    realised = float(alpha) * np.array(cash) + float(beta) * receipts
    value = np.where(result.is_default, realised, means)
    assert result.payments + result.equity == pytest.approx(value, rel=1e-9, abs=small)
    fallen = [i for wave in result.waves for i in wave]
    assert sorted(fallen) == np.flatnonzero(result.is_default).tolist()


@settings(max_examples=100, deadline=None)
@given(cases((1, 8), (1, 3)))
def test_without_bankruptcy_costs_value_is_conserved(case: Case) -> None:
    classes, cash, external, _, _ = case
    result = clear_by_seniority(classes, cash, external)
    to_others = (result.recovery * np.array(external)).sum()
    assert result.equity.sum() + to_others == pytest.approx(sum(cash), rel=1e-9, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(cases((1, 8), (1, 3)), st.data())
def test_more_assets_hurt_nobody(case: Case, data: st.DataObject) -> None:
    classes, cash, external, alpha, beta = case
    more = [c + data.draw(AMOUNT) for c in cash]
    poor, rich = cleared(case), cleared((classes, more, external, alpha, beta))
    assert (rich.recovery >= poor.recovery - 1e-9).all()
    assert (rich.equity >= poor.equity - 1e-9 * (1 + poor.equity)).all()


@settings(max_examples=60, deadline=None)
@given(cases((2, 8), (1, 2)), st.data())
def test_the_order_of_the_firms_changes_nothing(case: Case, data: st.DataObject) -> None:
    classes, cash, external, alpha, beta = case
    order = data.draw(st.permutations(range(len(cash))))
    moved = clear_by_seniority(
        [np.array(owed)[np.ix_(order, order)] for owed in classes],
        np.array(cash)[order],
        [np.array(each)[order] for each in external],
        alpha=float(alpha),
        beta=float(beta),
    )
    assert moved.payments == pytest.approx(cleared(case).payments[order], rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(cases((1, 8), (1, 1)))
def test_one_class_is_the_plain_form(case: Case) -> None:
    (owed,), cash, (outside,), alpha, beta = case
    plain = clear(owed, cash, outside, alpha=float(alpha), beta=float(beta))
    assert np.array_equal(plain.payments, cleared(case).payments)
