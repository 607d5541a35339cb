"""Circulations against exact integer flows, round trips against exact chains, and their bounds."""

from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rationals import Row, solve

from market.networks.circulation import (
    circulation_index,
    decompose_cycles,
    finn_cycling_index,
    largest_circulation,
    maximum_circulation,
    round_trip_share,
)

Matrix = list[list[int]]
AMOUNT = st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 1000))


@st.composite
def networks(draw: st.DrawFn, largest: int = 7) -> Matrix:
    """Draw payments between firms, whole numbers."""
    size = draw(st.integers(1, largest))
    row = st.lists(AMOUNT, min_size=size, max_size=size)
    flows = draw(st.lists(row, min_size=size, max_size=size))
    for i in range(size):
        flows[i][i] = 0
    return flows


def exact_circulation(flows: Matrix) -> int:
    """Amount of the largest circulation, by the network simplex on integers."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(flows)), demand=0)
    for i, row in enumerate(flows):
        for j, amount in enumerate(row):
            if amount:
                graph.add_edge(i, j, capacity=amount, weight=-1)
    cost, _ = nx.network_simplex(graph)
    return -int(cost)


@settings(max_examples=100)
@given(networks())
def test_the_circulation_is_the_largest(flows: Matrix) -> None:
    amount = exact_circulation(flows)
    assert largest_circulation(flows) == pytest.approx(amount, rel=1e-9, abs=1e-9)
    total = sum(map(sum, flows))
    assert circulation_index(flows) == pytest.approx(amount / total if total else 0, abs=1e-12)


@settings(max_examples=40)
@given(st.lists(networks(5), min_size=1, max_size=5))
def test_stacked_networks_are_solved_each_for_itself(many: list[Matrix]) -> None:
    stack = np.zeros((len(many), 5, 5))
    for place, flows in enumerate(many):
        stack[place, : len(flows), : len(flows)] = flows
    found = largest_circulation(stack)
    assert found == pytest.approx([exact_circulation(flows) for flows in many], abs=1e-9)


@settings(max_examples=60)
@given(networks())
def test_the_circular_part_is_a_circulation_inside_the_flows(flows: Matrix) -> None:
    circular, paid = maximum_circulation(flows), np.array(flows)
    small = 1e-9 * (1 + paid.max())
    assert (circular >= 0).all() and (circular <= paid).all()
    assert circular.sum(axis=0) == pytest.approx(circular.sum(axis=1), abs=small)
    assert circular.sum() == pytest.approx(exact_circulation(flows), abs=20 * small)


@settings(max_examples=60)
@given(networks())
def test_circles_add_up_to_the_circular_part(flows: Matrix) -> None:
    names = [f"firm {i}" for i in range(len(flows))]
    cycles = decompose_cycles(flows, names)
    added = np.zeros(np.shape(flows))
    for cycle in cycles:
        rows = [names.index(name) for name in cycle.names]
        assert len(set(rows)) == len(rows) > 1
        assert rows[0] == min(rows)
        added[rows, [*rows[1:], rows[0]]] += cycle.amount
    assert added == pytest.approx(maximum_circulation(flows), abs=1e-7 * (1 + np.max(flows)))
    amounts = [cycle.amount for cycle in cycles]
    assert amounts == sorted(amounts, reverse=True)
    assert len({cycle.names for cycle in cycles}) == len(cycles)


@settings(max_examples=60)
@given(networks(), st.data())
def test_more_payments_circulate_no_less(flows: Matrix, data: st.DataObject) -> None:
    more = np.array(flows)
    for i, j in zip(*np.nonzero(~np.eye(len(flows), dtype=bool)), strict=True):
        more[i, j] += data.draw(AMOUNT)
    assert largest_circulation(more) >= largest_circulation(flows) - 1e-9


@st.composite
def financed(draw: st.DrawFn) -> tuple[Matrix, Matrix, list[bool]]:
    """Draw payments, the part of them that is financing, and who passes money on."""
    flows = draw(networks(6))
    parts = [[draw(st.integers(0, amount)) if amount else 0 for amount in row] for row in flows]
    switches = st.lists(st.booleans(), min_size=len(flows), max_size=len(flows))
    return flows, parts, draw(switches)


def exact_share(flows: Matrix, parts: Matrix, passes_on: list[bool], k: int) -> Fraction:
    """Part of the money of k that comes back, by an absorbing chain in rationals."""
    size = len(flows)
    paid = [sum(row) for row in flows]
    through = [max(paid[j], sum(row[j] for row in flows)) for j in range(size)]
    inner = [j for j in range(size) if passes_on[j] and j != k]
    reached = [j for j in inner if parts[k][j]]
    for j in reached:
        reached += [m for m in inner if flows[j][m] and m not in reached]
    matrix: list[Row] = [
        [Fraction(j == m) - Fraction(flows[m][j], through[m]) for m in reached] for j in reached
    ]
    got = solve(matrix, [Fraction(parts[k][j]) for j in reached])
    assert got is not None
    back = sum(
        (
            amount * Fraction(flows[j][k] - parts[j][k], through[j])
            for j, amount in zip(reached, got, strict=True)
        ),
        Fraction(0),
    )
    return back / sum(parts[k])


@settings(max_examples=120)
@given(financed())
def test_round_trips_equal_the_exact_chain(case: tuple[Matrix, Matrix, list[bool]]) -> None:
    flows, parts, passes_on = case
    shares = round_trip_share(flows, parts, passes_on=passes_on)
    for k, row in enumerate(parts):
        if sum(row) == 0:
            assert np.isnan(shares[k])
        else:
            expected = float(exact_share(flows, parts, passes_on, k))
            assert shares[k] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=80)
@given(financed())
def test_no_more_comes_back_than_the_revenue(case: tuple[Matrix, Matrix, list[bool]]) -> None:
    flows, parts, passes_on = case
    shares = np.nan_to_num(round_trip_share(flows, parts, passes_on=passes_on))
    back = shares * np.sum(parts, axis=1)
    revenue = np.subtract(flows, parts).sum(axis=0)
    assert (back <= revenue * (1 + 1e-9) + 1e-9).all()
    assert (shares <= 1).all()


@settings(max_examples=60)
@given(networks(), st.data())
def test_the_order_of_the_firms_and_the_unit_change_no_measure(
    flows: Matrix, data: st.DataObject
) -> None:
    paid = np.array(flows, dtype=float)
    order = data.draw(st.permutations(range(len(paid))))
    moved = 1e9 * paid[np.ix_(order, order)]
    assert circulation_index(moved) == pytest.approx(circulation_index(paid), abs=1e-12)
    shares = round_trip_share(paid, paid / 4)[order]
    assert round_trip_share(moved, moved / 4) == pytest.approx(shares, abs=1e-9, nan_ok=True)
    assert index_of(moved) == pytest.approx(index_of(paid), abs=1e-9)


def index_of(flows: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float:
    """Finn's index when what is missing in a balance comes from outside or goes there."""
    gap = flows.sum(axis=1) - flows.sum(axis=0)
    return finn_cycling_index(flows, np.maximum(gap, 0), np.maximum(-gap, 0))


@settings(max_examples=60)
@given(networks())
def test_finn_is_a_part_and_needs_a_circle(flows: Matrix) -> None:
    paid = np.array(flows, dtype=float)
    assume(paid.any())
    index = index_of(paid)
    assert 0 <= index <= 1
    assert (index > 1e-12) == (largest_circulation(paid) > 0)


@settings(max_examples=40)
@given(networks(), st.integers(1, 1000))
def test_what_passes_through_dilutes_cycling(flows: Matrix, more: int) -> None:
    """Money that comes in and goes out at one firm makes the cycled part smaller, never larger."""
    paid = np.array(flows, dtype=float)
    gap = paid.sum(axis=1) - paid.sum(axis=0)
    inflows, outflows = np.maximum(gap, 0), np.maximum(-gap, 0)
    before = finn_cycling_index(paid, inflows, outflows)
    inflows[0] += more
    outflows[0] += more
    assert finn_cycling_index(paid, inflows, outflows) <= before + 1e-12
