"""How much of the money that firms pay one another runs in circles.

Three measures of a matrix of payments, and the circles by name:

- the circulation index: the largest part of all payments that can be written as circles (a linear
  programme), 0 in a chain, 1 when every firm pays out what it gets;
- the cycling index of Finn (1976), "Measures of ecosystem structure and function derived from
  analysis of flows": the part of all throughput that returns to where it has been, when each firm
  passes on what it gets in proportion;
- the round-trip share of a financier: the part of the money it put into others that came back as
  its revenue, when each of them passes on what it gets in proportion (absorbing Markov chain,
  Kemeny and Snell 1960; the same inverse as Leontief's).

Amounts are in one unit of money of the caller's choice, ``[i, j]`` is paid by i to j.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.networks.circulation import (
    Cycle,
    circulation_index,
    decompose_cycles,
    largest_circulation,
    maximum_circulation,
)
from market.networks.inputs import Floats, between, between_one, per_firm

__all__ = [
    "Cycle",
    "circulation_index",
    "decompose_cycles",
    "finn_cycling_index",
    "largest_circulation",
    "maximum_circulation",
    "round_trip_share",
]

_BALANCE = 1e-9
"""In- and outflow of a firm may differ by this part of it."""


def finn_cycling_index(flows: ArrayLike, inflows: ArrayLike, outflows: ArrayLike) -> float:
    """Part of all throughput that is cycled (Finn 1976), 0 to 1; 0 without throughput.

    Args:
        flows: flows between compartments (firms), zero diagonal (n, n).
        inflows: what enters each from outside, and what it takes out of its stores (n,).
        outflows: what leaves each, and what it puts into its stores (n,).

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
        raise ValueError(
            f"compartment {worst} gets {entering[worst]:g} and gives {leaving[worst]:g}: add what "
            "it stores to its outflow, or what it takes from its stores to its inflow"
        )
    return float(finn_of_throughput(inner, np.maximum(entering, leaving)))


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
    not pass it on, and when it is paid to k for anything else.

    Args:
        payments: all payments of the period, zero diagonal; stacked periods may be given
            (..., n, n).
        financing: the part of them with which i financed j (shares, loans, bonds bought).
        revenue: the part of them that is revenue of j; None: all but the financing.
        passes_on: whose spending is followed (n,); None: everybody's. What the others get has
            left the circle; they may still be financiers.

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
