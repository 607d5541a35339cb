"""The circular part of a network of payments: how large it is, where it runs, and its circles.

A circulation uses at most each flow, and every firm gets as much of it as it pays; the largest one
is a linear programme (Ahuja, Magnanti and Orlin 1993, "Network flows", chapter 9). Every
circulation is a sum of circles (their theorem 3.5). Use these functions from
``market.networks.circularity``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.networks.inputs import Floats, between, between_one

_STEPS = 20
"""Steps of the convex cost that spreads a circulation evenly."""
_NOISE = 1e-10
"""Circles under this part of the largest flow are rounding of the linear programme."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A circle of payments.

    Attributes:
        names: who pays the next; the last one pays the first. The name that sorts first begins.
        amount: what each pays the next.
    """

    names: tuple[str, ...]
    amount: float

    def __str__(self) -> str:
        """The circle as text, "A > B > C > A"."""
        return " > ".join((*self.names, self.names[0]))


def circulation_index(flows: ArrayLike) -> float:
    """Largest part of all flow that can be written as circles, 0 to 1; 0 without any flow.

    Args:
        flows: payments between firms, zero diagonal (n, n).

    Raises:
        ValueError: not one square matrix of numbers at least zero, or payments to oneself.
    """
    paid = between_one("flows", flows)
    total = paid.sum()
    return min(1.0, float(largest_circulation(paid) / total)) if total > 0 else 0.0


def largest_circulation(flows: ArrayLike) -> Floats:
    """Amount of the largest circulation: the sum of all flows that are part of it.

    A circulation uses at most each flow, and every firm gets as much of it as it pays. Many
    networks are solved as one linear programme, which costs much less than one each.

    Args:
        flows: payments between firms, zero diagonal; networks may be stacked (..., n, n).

    Returns:
        One amount for each network (...).

    Raises:
        ValueError: as for ``circulation_index``.
    """
    paid = between("flows", flows)
    stack = paid.reshape(prod(paid.shape[:-2]), *paid.shape[-2:])
    network, _, _, used, _ = _largest(stack)
    found = np.bincount(network, used, minlength=len(stack))
    return found.astype(np.float64).reshape(paid.shape[:-2])


def maximum_circulation(flows: ArrayLike) -> Floats:
    """The circular part of every flow: a largest circulation, spread evenly.

    Where several circulations are largest, the one is taken that uses all flows about evenly in
    proportion to their size, so that no path is favoured.

    Args:
        flows: payments between firms, zero diagonal (n, n).

    Returns:
        The part of each flow that is circular; rows and columns have equal sums (n, n).

    Raises:
        ValueError: as for ``circulation_index``.
    """
    paid = between_one("flows", flows)
    circular = np.zeros_like(paid)
    _, payer, payee, used, balance = _largest(paid[None])
    if not used.any():
        return circular
    top, count = paid.max(), used.size
    # A convex cost of the used part of each flow, in steps, spreads the circulation. To use a flow
    # at all is worth more than any spreading, so that the circulation stays a largest one; asked
    # for by an equation, the total would be out of the solver's reach by rounding now and then.
    from scipy.sparse import hstack

    cost = np.repeat((np.arange(_STEPS) + 0.5) / _STEPS, count) - 2.0 * count
    upper = np.tile(paid[payer, payee] / top / _STEPS, _STEPS)
    parts = _cheapest(cost, hstack([balance] * _STEPS), np.zeros(balance.shape[0]), upper)
    circular[payer, payee] = top * parts.reshape(_STEPS, count).sum(axis=0)
    return np.minimum(circular, paid)


def decompose_cycles(flows: ArrayLike, names: Sequence[str]) -> list[Cycle]:
    """Write the circular part of payments as circles with names and amounts.

    The evenly spread largest circulation is taken apart: each time the circle with the largest
    amount is taken out; of several the shortest, and of those the first by name. Meant for some
    tens of firms.

    Args:
        flows: payments between firms, zero diagonal (n, n).
        names: of the firms, all different (n,).

    Returns:
        Circles, the largest amount first. The sum of amount times number of firms is the amount
        of the largest circulation, up to rounding.

    Raises:
        ValueError: as for ``circulation_index``, or the names are too few, too many or not unique.
    """
    paid = between_one("flows", flows)
    if len(names) != len(paid) or len(dict.fromkeys(names)) != len(names):
        raise ValueError(f"names: {len(paid)} different ones, got {list(names)}")
    order = sorted(range(len(names)), key=lambda firm: names[firm])
    left = maximum_circulation(paid)[np.ix_(order, order)]
    noise = _NOISE * paid.max(initial=0.0)
    found: dict[tuple[int, ...], float] = {}
    while ring := _widest_ring(left, noise):
        payers, payees = list(ring), [*ring[1:], ring[0]]
        amount = float(left[payers, payees].min())
        left[payers, payees] -= amount
        left[left <= noise] = 0.0
        found[ring] = found.get(ring, 0.0) + amount
    cycles = [Cycle(tuple(names[order[i]] for i in ring), usd) for ring, usd in found.items()]
    return sorted(cycles, key=lambda cycle: (-cycle.amount, len(cycle.names), cycle.names))


def _widest_ring(flows: Floats, noise: float) -> tuple[int, ...]:
    """The ring whose smallest flow is largest; the shortest, then first of several; () if none."""
    amounts = np.unique(flows[flows > noise])
    low, high = 0, len(amounts)  # flows of at least amounts[low - 1] hold a ring, of [high] none
    while low < high:
        middle = (low + high) // 2
        if _has_ring(flows >= amounts[middle]):
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return ()
    # Rounding makes equal flows differ: what is as good as equal counts as equal.
    wide = flows >= amounts[low - 1] * (1 - _NOISE)
    payees = [np.flatnonzero(row).tolist() for row in wide]
    rings = (_shortest_ring(payees, first) for first in range(len(payees)))
    return min((ring for ring in rings if ring), key=lambda ring: (len(ring), ring))


def _has_ring(pays: NDArray[np.bool_]) -> bool:
    """Whether somebody is left when who pays nobody (left) is taken out again and again."""
    is_left = pays.any(axis=1)
    while is_left.any():
        still = is_left & (pays & is_left).any(axis=1)
        if np.array_equal(still, is_left):
            return True
        is_left = still
    return False


def _shortest_ring(payees: Sequence[Sequence[int]], first: int) -> tuple[int, ...]:
    """Shortest ring over ``first`` and firms after it, the first by number; () if none."""
    paths: deque[tuple[int, ...]] = deque([(first,)])
    seen = [False] * len(payees)
    while paths:
        path = paths.popleft()
        for payee in payees[path[-1]]:
            if payee == first:
                return path
            if payee > first and not seen[payee]:
                seen[payee] = True
                paths.append((*path, payee))
    return ()


Arcs = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], Floats, Any]


def _largest(stack: Floats) -> Arcs:
    """A largest circulation of stacked networks (m, n, n).

    Returns:
        Network, payer, payee and used amount of each flow that may be part of a circle, and the
        matrix that balances the firms (receipts less payments, one column per flow).
    """
    from scipy.sparse import csr_array

    size = stack.shape[-1]
    network, payer, payee = _in_rings(stack)
    count = network.size
    ends = np.concatenate([network * size + payer, network * size + payee])
    firms, rows = np.unique(ends, return_inverse=True)
    signs = np.repeat([-1.0, 1.0], count)
    balance = csr_array((signs, (rows, np.tile(np.arange(count), 2))), (firms.size, count))
    if not count:
        return network, payer, payee, np.zeros(0), balance
    top = stack.max(axis=(1, 2))[network]
    amounts = stack[network, payer, payee] / top
    used = _cheapest(-np.ones(count), balance, np.zeros(firms.size), amounts)
    return network, payer, payee, used * top, balance


def _in_rings(stack: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Network, payer and payee of flows within a strongly connected part: only they can circle."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    size = stack.shape[-1]
    network, payer, payee = np.nonzero(stack)
    first, second = network * size + payer, network * size + payee
    nodes = len(stack) * size
    graph = csr_array((np.ones(first.size, np.int8), (first, second)), (nodes, nodes))
    _, part = connected_components(graph, connection="strong")
    kept = part[first] == part[second]
    return network[kept], payer[kept], payee[kept]


def _cheapest(cost: Floats, equal: Any, right: Floats, upper: Floats) -> Floats:
    """Cheapest x with ``equal @ x = right`` and 0 <= x <= upper (a linear programme)."""
    from scipy.optimize import linprog

    bounds = np.column_stack([np.zeros_like(upper), upper])
    found = linprog(cost, A_eq=equal, b_eq=right, bounds=bounds, method="highs")
    if found.x is None:
        raise ArithmeticError(f"the linear programme failed: {found.message}")
    solution: Floats = np.clip(found.x, 0.0, upper)
    return solution
