"""How much of the money that firms pay one another runs in circles, and where.

Three measures of a matrix of payments, and the circles by name:

- the circulation index: the largest part of all payments that can be written as circles, 0 in a
  chain, 1 when every firm pays out what it gets. A circulation uses at most each flow, and every
  firm gets as much of it as it pays; the largest one is a linear programme (Ahuja, Magnanti and
  Orlin 1993, "Network flows", chapter 9), and every circulation is a sum of circles (their theorem
  3.5);
- the cycling index of Finn (1976), "Measures of ecosystem structure and function derived from
  analysis of flows": the part of all throughput that returns to where it has been, when each firm
  passes on what it gets in proportion;
- the round-trip share of a financier: the part of the money it put into others that came back as
  its revenue, when each of them passes on what it gets in proportion (absorbing Markov chain,
  Kemeny and Snell 1960; the same inverse as Leontief's).

Amounts are in one unit of money of the caller's choice, ``[i, j]`` is paid by i to j. Arrays give
arrays; frames, graphs and series with names give results by name (``market.networks.inputs``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.networks.inputs import (
    FirmError,
    Floats,
    as_found,
    as_number,
    as_series,
    as_table,
    between,
    between_one,
    by_label,
    per_firm,
)

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


@by_label(as_found, networks=["flows"])
def circulation_index(flows: ArrayLike) -> float:
    """Largest part of all flow that can be written as circles, 0 to 1; 0 without any flow.

    Args:
        flows: payments between firms in any one unit, zero diagonal (n, n).

    Returns:
        The part.

    Raises:
        ValueError: not one square matrix of numbers at least zero, or payments to oneself.
    """
    paid = between_one("flows", flows)
    total = paid.sum()
    return min(1.0, float(largest_circulation(paid) / total)) if total > 0 else 0.0


@by_label(as_number, networks=["flows"])
def largest_circulation(flows: ArrayLike) -> Floats:
    """Amount of the largest circulation: the sum of all flows that are part of it.

    A circulation uses at most each flow, and every firm gets as much of it as it pays. Many
    networks are solved as one linear programme, which costs much less than one each.

    Args:
        flows: payments between firms in any one unit, zero diagonal; networks may be stacked
            (..., n, n).

    Returns:
        One amount for each network (...); a float for a network by label.

    Raises:
        ValueError: as for ``circulation_index``.
    """
    paid = between("flows", flows)
    stack = paid.reshape(prod(paid.shape[:-2]), *paid.shape[-2:])
    network, _, _, used, _ = _largest(stack)
    found = np.bincount(network, used, minlength=len(stack))
    return found.astype(np.float64).reshape(paid.shape[:-2])


@by_label(as_table, networks=["flows"])
def maximum_circulation(flows: ArrayLike) -> Floats:
    """The circular part of every flow: a largest circulation, spread evenly.

    Where several circulations are largest, the one is taken that uses all flows about evenly in
    proportion to their size, so that no path is favoured.

    Args:
        flows: payments between firms in any one unit, zero diagonal (n, n).

    Returns:
        The part of each flow that is circular; rows and columns have equal sums (n, n). A frame
        for flows by label.

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


@by_label(as_found, networks=["flows"], names="names")
def decompose_cycles(flows: ArrayLike, names: Sequence[str] | None = None) -> list[Cycle]:
    """Write the circular part of payments as circles with names and amounts.

    The evenly spread largest circulation is taken apart: each time the circle with the largest
    amount is taken out; of several the shortest, and of those the first by name. Meant for some
    tens of firms. Flows by label bring their own names:

    >>> import pandas
    >>> paid = {("lab", "cloud"): 8.0, ("cloud", "maker"): 6.0, ("maker", "lab"): 7.0}
    >>> flows = pandas.Series(paid).unstack(fill_value=0.0)
    >>> [(str(circle), round(circle.amount, 6)) for circle in decompose_cycles(flows)]
    [('cloud > maker > lab > cloud', 6.0)]

    Args:
        flows: payments between firms in any one unit, zero diagonal (n, n).
        names: of the firms, all different (n,); left out for flows by label.

    Returns:
        Circles, the largest amount first. The sum of amount times number of firms is the amount
        of the largest circulation, up to rounding.

    Raises:
        ValueError: as for ``circulation_index``, or the names are too few, too many or not unique.
    """
    paid = between_one("flows", flows)
    if names is None:
        raise ValueError(f"names: {len(paid)} different ones for flows without labels")
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


# --- cycling by the pattern of payments: Finn's index and the round trip


_BALANCE = 1e-9
"""In- and outflow of a firm may differ by this part of it."""


@by_label(as_found, networks=["flows"], firms=["inflows", "outflows"])
def finn_cycling_index(flows: ArrayLike, inflows: ArrayLike, outflows: ArrayLike) -> float:
    """Part of all throughput that is cycled (Finn 1976), 0 to 1; 0 without throughput.

    Args:
        flows: flows between compartments (firms) in any one unit, zero diagonal (n, n).
        inflows: what enters each from outside, and what it takes out of its stores, in the same
            unit (n,).
        outflows: what leaves each, and what it puts into its stores, in the same unit (n,).

    Returns:
        The index.

    Raises:
        ValueError: a shape is wrong, a number is negative, infinite or not a number, or a
            compartment gets another amount than it gives (changes of stores belong in the in-
            and outflows).
    """
    inner = between_one("flows", flows)
    shape = inner.shape[:-1]
    entering = per_firm("inflows", inflows, shape) + inner.sum(axis=0)
    leaving = per_firm("outflows", outflows, shape) + inner.sum(axis=1)
    gap = np.abs(entering - leaving)
    if (gap > _BALANCE * np.maximum(entering, leaving)).any():
        worst = int(gap.argmax())
        raise FirmError(
            worst,
            f"compartment {{firm}} gets {entering[worst]:g} and gives {leaving[worst]:g}: add "
            "what it stores to its outflow, or what it takes from its stores to its inflow",
        )
    return float(finn_of_throughput(inner, np.maximum(entering, leaving)))


@by_label(as_number, networks=["flows"], firms=["throughput"])
def finn_of_throughput(flows: Floats, throughput: Floats) -> Floats:
    """Finn's index of stacked networks with known throughput, unchecked (..., n, n), (..., n)."""
    passes = _parts(flows, throughput)
    is_closed = _closed(passes)
    visits = np.einsum("...ii->...i", _visits(passes * ~is_closed[..., None]))
    returns = np.where(is_closed, 1.0, 1.0 - 1.0 / visits)
    total = throughput.sum(axis=-1)
    cycled = (returns * throughput).sum(axis=-1)
    index: Floats = np.divide(cycled, total, out=np.zeros_like(total), where=total > 0)
    return np.clip(index, 0.0, 1.0)


@by_label(as_series, networks=["payments", "financing", "revenue"], switches=["passes_on"])
def round_trip_share(
    payments: ArrayLike,
    financing: ArrayLike,
    revenue: ArrayLike | None = None,
    *,
    passes_on: Sequence[bool] | NDArray[np.bool_] | None = None,
) -> Floats:
    """Part of each financier's money that came back to it as revenue in the same period.

    Follow the money that firm k put into others. Whoever gets it mixes it with all else that it
    gets and spends the mix in proportion to its payments; what it does not spend it keeps (its
    throughput is the larger of what it gets and what it pays). The money has come back when it is
    paid to k as revenue. It is lost when it stays in a till, when it is paid to somebody who does
    not pass it on, and when it is paid to k for anything else. By label:

    >>> import pandas
    >>> firms = ["maker", "lab", "cloud"]
    >>> given = pandas.DataFrame([[0, 10, 0], [0, 0, 0], [0, 0, 0]], firms, firms)
    >>> earned = pandas.DataFrame([[0, 0, 0], [0, 0, 8], [6, 0, 0]], firms, firms)
    >>> round_trip_share(given + earned, given).round(3).to_dict()
    {'maker': 0.6, 'lab': nan, 'cloud': nan}

    Args:
        payments: all payments of the period in any one unit, zero diagonal; stacked periods may
            be given (..., n, n).
        financing: the part of them with which i financed j (shares, loans, bonds bought), in the
            same unit.
        revenue: the part of them that is revenue of j, in the same unit; None: all but the
            financing.
        passes_on: whose spending is followed, shape (n,); None: everybody's. What the others get
            has left the circle; they may still be financiers.

    Returns:
        0 to 1 for each party, nan for who financed nobody (..., n). No more comes back than the
        party's revenue.

    Raises:
        ValueError: a shape is wrong, a number is negative, infinite or not a number, there are
            payments to oneself, or a part is larger than the payment.
    """
    paid = between("payments", payments)
    given = _part_of("financing", financing, paid)
    earned = paid - given if revenue is None else _part_of("revenue", revenue, paid)
    follows = np.ones(paid.shape[-1], bool) if passes_on is None else np.asarray(passes_on, bool)
    if follows.shape != paid.shape[-1:]:
        raise ValueError(f"passes_on: one switch per firm, got the shape {follows.shape}")
    throughput = np.maximum(paid.sum(axis=-1), paid.sum(axis=-2))
    rows = np.flatnonzero(follows)
    passes = _parts(paid[..., rows[:, None], rows], throughput[..., rows])
    returns = _parts(earned[..., rows, :], throughput[..., rows])
    back = np.einsum("...kj,...jk->...k", _reached(given[..., rows], passes, rows), returns)
    total = given.sum(axis=-1)
    share: Floats = np.divide(back, total, out=np.full_like(total, np.nan), where=total > 0)
    return np.clip(share, 0.0, 1.0)


def _reached(given: Floats, passes: Floats, rows: NDArray[np.intp]) -> Floats:
    """Money of k that gets to the j-th of ``rows`` before it gets back to k (..., n, rows)."""
    if _closed(passes).any():
        return _reached_one_by_one(given, passes, rows)
    visits = _visits(passes)
    found: Floats = given @ visits  # as if k passed on what comes back; that is taken out again
    own, again = (
        np.einsum("...ii->...i", each)[..., None] for each in (found[..., rows, :], visits)
    )
    found[..., rows, :] -= own * visits / again
    return found


def _reached_one_by_one(given: Floats, passes: Floats, rows: NDArray[np.intp]) -> Floats:
    """The same where a ring loses nothing: it is closed unless k, who keeps its money, is in it."""
    found = np.empty_like(given)
    for k in range(given.shape[-2]):
        others = passes * (rows != k)[:, None]
        others *= ~_closed(others)[..., None]  # no money of k gets into a closed ring
        found[..., k, :] = (given[..., k, None, :] @ _visits(others))[..., 0, :]
    return found


def _part_of(name: str, values: ArrayLike, whole: Floats) -> Floats:
    part = between(name, values)
    if part.shape != whole.shape:
        raise ValueError(f"{name} have the shape of the payments, {whole.shape}: got {part.shape}")
    if (part > whole * (1 + _BALANCE)).any():
        raise ValueError(f"{name} are part of the payments, but larger somewhere")
    return part


def _parts(flows: Floats, throughput: Floats) -> Floats:
    """Part of each one's throughput that goes to each other (..., n, n)."""
    of = np.broadcast_to(throughput[..., None], flows.shape)
    parts: Floats = np.divide(flows, of, out=np.zeros_like(flows), where=of > 0)
    return parts


def _closed(passes: Floats) -> NDArray[np.bool_]:
    """Who is in a ring that money never leaves (..., n); then none comes in either."""
    is_open = passes.sum(axis=-1) < 1.0 - _BALANCE
    while not is_open.all():  # who pays somebody who is open is open
        more = is_open | ((passes * is_open[..., None, :]).sum(axis=-1) > 0)
        if np.array_equal(more, is_open):
            break
        is_open = more
    return ~is_open


def _visits(passes: Floats) -> Floats:
    """How often a unit at i gets to j, the start included (..., n, n)."""
    found: Floats = np.linalg.inv(np.eye(passes.shape[-1]) - passes)
    return found
