"""Network measures by label: the order of labels changes nothing, and arrays say the same."""

from __future__ import annotations

from typing import Any

import networkx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.networks.circulation import largest_circulation, maximum_circulation, round_trip_share
from market.networks.clearing import clear
from market.networks.contagion import debtrank, debtrank_single_hit, rank

LABEL = st.one_of(st.text(max_size=3), st.integers(-3, 3), st.tuples(st.integers(0, 2)))
AMOUNT = st.one_of(st.just(0.0), st.integers(1, 9).map(float), st.floats(0.01, 1e3))

Case = tuple[list[Any], np.ndarray[Any, Any], np.ndarray[Any, Any], list[int], list[int]]
"""Labels, a matrix, a vector, and two orders."""


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw labels of any kind, what firms owe one another, an amount each, and two orders."""
    labels = draw(st.lists(LABEL, min_size=1, max_size=6, unique=True))
    size = len(labels)
    cells = draw(st.lists(AMOUNT, min_size=size * size, max_size=size * size))
    matrix = np.array(cells).reshape(size, size)
    np.fill_diagonal(matrix, 0.0)
    vector = np.array(draw(st.lists(AMOUNT, min_size=size, max_size=size)))
    order = st.permutations(range(size))
    return labels, matrix, vector, draw(order), draw(order)


def table(case: Case, rows: list[int], columns: list[int]) -> pd.DataFrame:
    labels, matrix = case[:2]
    index = pd.Index(labels, tupleize_cols=False)
    return pd.DataFrame(matrix[np.ix_(rows, columns)], index[rows], index[columns])


def graph(case: Case) -> networkx.DiGraph:
    found = networkx.DiGraph()
    found.add_nodes_from(case[0])
    for i, j in np.argwhere(case[1] > 0).tolist():
        found.add_edge(case[0][i], case[0][j], weight=case[1][i, j])
    return found


def by_label(case: Case, values: np.ndarray[Any, Any], order: list[int]) -> dict[Any, float]:
    return {case[0][i]: float(values[i]) for i in order}


@given(cases())
@settings(max_examples=50)
def test_columns_and_vectors_in_any_order_give_the_bits_of_arrays(case: Case) -> None:
    _, matrix, vector, one, two = case
    whole = list(range(len(vector)))
    shock = vector / 1e3
    for owed in (table(case, whole, one), graph(case)):
        values, shocks = by_label(case, vector, two), by_label(case, shock, one)
        plain, found = clear(matrix, vector), clear(owed, values)
        assert np.array_equal(found.payments.to_numpy(), plain.payments)
        assert np.array_equal(found.recovery.to_numpy(), plain.recovery)
        assert found.waves == [[case[0][i] for i in wave] for wave in plain.waves]
        for measure in (debtrank, debtrank_single_hit):
            expected = measure(matrix, vector, shock)
            assert np.array_equal(measure(owed, values, shocks).to_numpy(), expected)
        circular = maximum_circulation(owed)
        assert np.array_equal(circular.to_numpy(), maximum_circulation(matrix))


@given(cases())
@settings(max_examples=50)
def test_another_order_of_the_firms_changes_no_answer(case: Case) -> None:
    labels, _, vector, one, two = case
    first, second = table(case, one, two), table(case, two, one)
    values, shocks = by_label(case, vector, one), by_label(case, vector / 1e3, two)
    assert largest_circulation(first) == pytest.approx(largest_circulation(second), abs=1e-6)
    pairs = [
        (clear(first, values).payments, clear(second, values).payments),
        (debtrank(first, values, shocks), debtrank(second, values, shocks)),
        (rank(first, values).impact, rank(second, values).impact),
        (round_trip_share(first, first / 2), round_trip_share(second, second / 2)),
    ]
    for here, there in pairs:
        found = [dict(zip(each.index, each, strict=True)) for each in (here, there)]
        numbers = [[each[label] for label in labels] for each in found]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-6, abs=1e-6, nan_ok=True)
