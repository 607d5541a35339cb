"""Circles, cycling and round trips: inputs, hand cases and closed rings."""

from itertools import pairwise
from time import process_time

import numpy as np
import pytest
from numpy.typing import ArrayLike

from market.networks.circulation import (
    Cycle,
    circulation_index,
    decompose_cycles,
    finn_cycling_index,
    largest_circulation,
    maximum_circulation,
    round_trip_share,
)

CHAIN = [[0, 3, 0], [0, 0, 2], [0, 0, 0]]
RING = [[0, 5, 0], [0, 0, 5], [5, 0, 0]]


@pytest.mark.parametrize(
    ("flows", "message"),
    [
        ([[0, -1], [1, 0]], "flows are numbers >= 0, got -1"),
        ([[0, np.nan], [1, 0]], "flows are numbers >= 0, got nan"),
        ([[0, np.inf], [1, 0]], "flows are finite numbers"),
        ([[0, 1, 2], [1, 0, 2]], "square matrix"),
        ([[1, 1], [1, 0]], "the diagonal is zero"),
    ],
)
def test_wrong_flows_are_refused(flows: ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        circulation_index(flows)
    with pytest.raises(ValueError, match=message):
        largest_circulation(flows)
    with pytest.raises(ValueError, match=message):
        maximum_circulation(flows)
    with pytest.raises(ValueError, match=message):
        decompose_cycles(flows, ["A", "B"])
    with pytest.raises(ValueError, match=message):
        finn_cycling_index(flows, [0, 0], [0, 0])
    with pytest.raises(ValueError, match=message.replace("flows", "payments")):
        round_trip_share(flows, np.zeros(np.shape(flows)))


def test_measures_of_one_network_refuse_a_stack() -> None:
    stack = [RING, RING]
    with pytest.raises(ValueError, match="one square matrix"):
        circulation_index(stack)
    with pytest.raises(ValueError, match="one square matrix"):
        maximum_circulation(stack)


@pytest.mark.parametrize("flows", [CHAIN, np.zeros((3, 3)), np.zeros((0, 0))])
def test_without_a_ring_nothing_circulates(flows: ArrayLike) -> None:
    assert circulation_index(flows) == 0
    assert not maximum_circulation(flows).any()
    assert decompose_cycles(flows, ["A", "B", "C"][: np.shape(flows)[0]]) == []


def test_in_a_closed_ring_everything_circulates() -> None:
    assert circulation_index(RING) == 1
    assert finn_cycling_index(RING, [0, 0, 0], [0, 0, 0]) == 1
    assert [str(cycle) for cycle in decompose_cycles(RING, "BCA")] == ["A > B > C > A"]


def test_no_networks() -> None:
    assert largest_circulation(np.zeros((0, 3, 3))).shape == (0,)
    assert round_trip_share(np.zeros((0, 3, 3)), np.zeros((0, 3, 3))).shape == (0, 3)


def test_networks_of_different_size_in_a_stack_keep_their_digits() -> None:
    ring = np.array(RING, dtype=float)
    found = largest_circulation([1e-6 * ring, 1e15 * ring, np.array(CHAIN)])
    assert found == pytest.approx([15e-6, 15e15, 0], rel=1e-12)


def test_the_spread_favours_no_path() -> None:
    """A pays B1 300 and B2 100, who pass it on to C; 100 come back to A."""
    flows = np.zeros((4, 4))
    flows[0, 1], flows[0, 2], flows[1, 3], flows[2, 3], flows[3, 0] = 300, 100, 300, 100, 100
    circular = maximum_circulation(flows)
    assert circular[0, 1] == pytest.approx(75)
    assert circular[0, 2] == pytest.approx(25)


def test_circles_come_in_order_of_amount_length_and_name() -> None:
    """Two rings of 4 through A, one shorter, and a pair of 9 apart from them."""
    names = ["E", "D", "C", "B", "A"]
    flows = np.zeros((5, 5))
    for path, amount in (("ABCA", 4), ("ACA", 4), ("DED", 9)):
        for payer, payee in pairwise(path):
            flows[names.index(payer), names.index(payee)] += amount
    found = decompose_cycles(flows, names)
    assert [str(cycle) for cycle in found] == ["D > E > D", "A > C > A", "A > B > C > A"]
    assert [cycle.amount for cycle in found] == pytest.approx([9, 4, 4])
    assert found[0] == Cycle(("D", "E"), found[0].amount)


@pytest.mark.parametrize("names", [["A", "B"], ["A", "B", "B"], ["A", "B", "C", "D"]])
def test_wrong_names_are_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match="names: 3 different ones"):
        decompose_cycles(RING, names)


# --- Finn


def test_finn_needs_a_balance_and_says_where_it_lacks() -> None:
    with pytest.raises(ValueError, match=r"compartment 1 gets 3 and gives 2: add what it stores"):
        finn_cycling_index(CHAIN, [3, 0, 0], [0, 0, 2])
    assert finn_cycling_index(CHAIN, [3, 0, 0], [0, 1, 2]) == 0


@pytest.mark.parametrize(
    ("inflows", "outflows", "message"),
    [
        ([3, 0], [0, 1, 2], "inflows: one number per firm"),
        ([3, 0, 0], [0, 1], "outflows: one number per firm"),
        ([3, 0, -1], [0, 1, 2], "inflows are numbers >= 0"),
        ([3, 0, 0], [0, np.nan, 2], "outflows are numbers >= 0"),
    ],
)
def test_wrong_boundaries_are_refused(
    inflows: ArrayLike, outflows: ArrayLike, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        finn_cycling_index(CHAIN, inflows, outflows)


def test_finn_of_a_pair_by_hand() -> None:
    """A gets 1 and 1 back of the 2 it pays B: half of what leaves each comes again."""
    assert finn_cycling_index([[0, 2], [1, 0]], [1, 0], [0, 1]) == pytest.approx(0.5)
    assert finn_cycling_index([[0, 0], [0, 0]], [0, 0], [0, 0]) == 0


# --- round trips


def test_money_that_goes_round_a_closed_ring_all_comes_back() -> None:
    """A finances B with 5, which B pays C, and C pays A."""
    financing = np.zeros((3, 3))
    financing[0, 1] = 5
    assert round_trip_share(RING, financing)[0] == 1


def test_a_closed_ring_elsewhere_changes_nothing() -> None:
    """A finances B, who pays A half; C and D only pay each other."""
    flows = np.zeros((4, 4))
    flows[0, 1], flows[1, 0], flows[2, 3], flows[3, 2] = 10, 5, 7, 7
    financing = np.zeros((4, 4))
    financing[0, 1] = 10
    assert round_trip_share(flows, financing)[0] == pytest.approx(0.5)


def test_money_is_lost_with_who_does_not_pass_it_on() -> None:
    """Of B's payments half go to C; what C pays A counts only if C is followed."""
    flows = np.array([[0, 8, 0], [4, 0, 4], [4, 0, 0]])
    financing = np.zeros((3, 3))
    financing[0, 1] = 8
    assert round_trip_share(flows, financing)[0] == pytest.approx(1)
    assert round_trip_share(flows, financing, passes_on=[False, True, False])[0] == 0.5
    assert round_trip_share(flows, financing, passes_on=[True, False, True])[0] == 0


def test_only_revenue_counts_as_coming_back() -> None:
    """B pays A 2 for goods and 6 to repay a loan."""
    flows, revenue, financing = np.zeros((3, 2, 2))
    flows[0, 1], flows[1, 0], revenue[1, 0], financing[0, 1] = 8, 8, 2, 8
    assert round_trip_share(flows, financing)[0] == 1
    assert round_trip_share(flows, financing, revenue)[0] == pytest.approx(0.25)


def test_money_that_stays_in_the_till_has_not_come_back() -> None:
    flows, financing = np.zeros((2, 2, 2))
    flows[0, 1], flows[1, 0], financing[0, 1] = 8, 2, 8
    assert round_trip_share(flows, financing)[0] == 0.25


def test_parts_larger_than_the_payments_are_refused() -> None:
    more = np.multiply(RING, 2)
    with pytest.raises(ValueError, match="financing are part of the payments"):
        round_trip_share(RING, more)
    with pytest.raises(ValueError, match="revenue are part of the payments"):
        round_trip_share(RING, RING, more)
    with pytest.raises(ValueError, match="financing have the shape"):
        round_trip_share(RING, [[0, 1], [1, 0]])
    with pytest.raises(ValueError, match="passes_on: one switch per firm"):
        round_trip_share(RING, RING, passes_on=[True])


def test_stacked_periods_are_followed_each_for_itself() -> None:
    rng = np.random.default_rng(1)
    flows = rng.random((6, 5, 5)) * (1 - np.eye(5))
    flows[2, 1:] = 0.0
    flows[3] = np.roll(np.eye(5), 1, axis=1)  # a closed ring
    financing = flows * (rng.random((6, 5, 5)) < 0.3) * 0.5
    switches = [True, True, False, True, True]
    together = round_trip_share(flows, financing, passes_on=switches)
    for place in range(6):
        alone = round_trip_share(flows[place], financing[place], passes_on=switches)
        assert together[place] == pytest.approx(alone, rel=1e-12, nan_ok=True)


def test_a_thousand_firms() -> None:
    rng = np.random.default_rng(2)
    flows = np.where(rng.random((1000, 1000)) < 0.02, rng.random((1000, 1000)), 0.0)
    np.fill_diagonal(flows, 0.0)
    begin = process_time()
    index = circulation_index(flows)
    assert process_time() - begin < 2.0
    assert 0.5 < index < 1
    gap = flows.sum(axis=1) - flows.sum(axis=0)
    finn = finn_cycling_index(flows, np.maximum(gap, 0), np.maximum(-gap, 0))
    assert 0 < finn < 1
