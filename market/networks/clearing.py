"""Clearing: who pays how much when not everybody can pay in full.

Payments are the greatest fixed point of Eisenberg and Noe (2001), "Systemic risk in financial
systems", found by fictitious default: everybody pays in full, those who then cannot are in default
and pay out what they have, and so on until nobody new falls. Bankruptcy costs are those of Rogers
and Veraart (2013), "Failure and rescue in an interbank network": a firm in default realises only
`alpha` of its external assets and `beta` of what other firms pay it. With seniority classes
(Elsinger 2009, "Financial networks, cross holdings, and limited liability") a class receives
nothing before every class above it is paid in full; within a class creditors are paid pro rata.

A firm in default pays every class above its *marginal* class in full and nothing below. Given the
marginal classes the payments solve a linear system whose matrix has a positive diagonal that
outweighs the negative rest of its column. `_solve` eliminates without a subtraction (Grassmann,
Taksar and Heyman 1985), so nearly closed rings of debt cost no digits.

All amounts are in one unit of money of the caller's choice. Arrays give arrays; frames, graphs and
series with names give results by name (``market.networks.inputs``).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.networks.inputs import Labels, by_label

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

TOLERANCE = 1e-14
"""A firm whose means are within this share of what it owes can pay: rounding breaks nobody.

One cent in a trillion dollars: no shortfall of a whole cent passes for rounding below that."""

_PANEL = 64


@dataclass(frozen=True, slots=True)
class Clearing:
    """The result of clearing n firms with C classes of liabilities.

    Attributes:
        payments: What each firm pays in all, to firms and to others (n,).
        equity: What each firm has left: assets less payments, 0 in default (n,).
        is_default: Whether the firm pays less than it owes (n,).
        recovery: Share paid of each class's liabilities, 1 where nothing is owed (C, n). Firm i
            pays firm j `liabilities[i, j] * recovery[c, i]` in class c.
        waves: The firms (indices) that fall in each round of fictitious default; a later wave
            falls because of the earlier ones.
    """

    payments: Floats
    equity: Floats
    is_default: NDArray[np.bool_]
    recovery: Floats
    waves: list[NDArray[np.intp]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class LabelledClearing:
    """The result of clearing by label; firms in the order of the first matrix.

    Attributes:
        payments: What each firm pays in all, to firms and to others.
        equity: What each firm has left: assets less payments, 0 in default.
        is_default: Whether the firm pays less than it owes.
        recovery: Share paid of each class's liabilities, 1 where nothing is owed; one row per
            class, numbered from 0. In class c firms pay one another
            `liabilities.mul(recovery.loc[c], axis=0)`.
        waves: The firms (labels) that fall in each round of fictitious default; a later wave
            falls because of the earlier ones.
    """

    payments: pd.Series[float]
    equity: pd.Series[float]
    is_default: pd.Series[bool]
    recovery: pd.DataFrame
    waves: list[list[Hashable]]


def _labelled(found: Clearing, labels: Labels) -> LabelledClearing:
    import pandas as pd

    return LabelledClearing(
        labels.series(found.payments),
        labels.series(found.equity),
        labels.series(found.is_default),
        pd.DataFrame(found.recovery, columns=labels.index).rename_axis(index="class"),
        [labels.pick(wave) for wave in found.waves],
    )


@by_label(_labelled, networks=["liabilities"], firms=["external_assets", "external_liabilities"])
def clear(
    liabilities: ArrayLike,
    external_assets: ArrayLike,
    external_liabilities: ArrayLike | None = None,
    *,
    alpha: float = 1.0,
    beta: float = 1.0,
) -> Clearing:
    """Clear one class of liabilities; creditors outside the network rank with those inside.

    By label (frames, graphs, series or dicts; any order) it gives a ``LabelledClearing``:

    >>> import networkx
    >>> owed = networkx.DiGraph()
    >>> owed.add_edge("lab", "cloud", weight=100.0)
    >>> owed.add_edge("cloud", "maker", weight=90.0)
    >>> found = clear(owed, {"maker": 5.0, "cloud": 20.0, "lab": 60.0})
    >>> found.payments.to_dict()
    {'lab': 60.0, 'cloud': 80.0, 'maker': 0.0}
    >>> found.waves
    [['lab'], ['cloud']]

    Args:
        liabilities: What firm i owes firm j, `[i, j]`, in any one unit, zero diagonal (n, n).
        external_assets: Means from outside the network (cash and the like), in the same unit (n,).
        external_liabilities: What each firm owes outside the network, in the same unit (n,); None:
            nothing.
        alpha: Share of its external assets that a firm in default realises, in [0, 1].
        beta: Share of its receipts from other firms that a firm in default realises, in [0, 1].

    Returns:
        The greatest clearing solution.

    Raises:
        ValueError: If a shape is wrong, or an amount is negative, infinite or not a number,
            or labels do not match.
    """
    external = None if external_liabilities is None else (external_liabilities,)
    return _clear((liabilities,), external_assets, external, alpha, beta)


@by_label(
    _labelled,
    networks=["classes"],
    firms=["external_assets", "external_classes"],
    layered=["classes", "external_classes"],
)
def clear_by_seniority(
    classes: Sequence[ArrayLike],
    external_assets: ArrayLike,
    external_classes: Sequence[ArrayLike] | None = None,
    *,
    alpha: float = 1.0,
    beta: float = 1.0,
) -> Clearing:
    """Clear several classes of liabilities at once, the most senior class first.

    By label, with the same labels in every class, it gives a ``LabelledClearing``.

    Args:
        classes: One matrix of liabilities per class, most senior first, in any one unit (C times
            (n, n)).
        external_assets: Means from outside the network, in the same unit (n,).
        external_classes: What each firm owes outside the network, per class, in the same unit (C
            times (n,)); None: nothing.
        alpha: Share of its external assets that a firm in default realises, in [0, 1].
        beta: Share of its receipts from other firms that a firm in default realises, in [0, 1].

    Returns:
        The greatest clearing solution over all classes together.

    Raises:
        ValueError: If a shape is wrong, or an amount is negative, infinite or not a number,
            or labels do not match.
    """
    return _clear(classes, external_assets, external_classes, alpha, beta)


def _clear(
    classes: Sequence[ArrayLike],
    external_assets: ArrayLike,
    external_classes: Sequence[ArrayLike] | None,
    alpha: float,
    beta: float,
) -> Clearing:
    """Clear classes of liabilities given as arrays."""
    _check_costs(alpha, beta)
    cash = _amounts("external assets", external_assets)
    owed = [_network(each, cash.shape[0]) for each in classes]
    if not owed:
        raise ValueError("there is no class of liabilities")
    outside = _outside(external_classes, len(owed), cash.shape[0])
    due = [each.sum(axis=1) for each in owed]
    if outside is not None:
        due = [inside + other for inside, other in zip(due, outside, strict=True)]
    total = due[0] if len(due) == 1 else np.add.reduce(due)
    means = cash.copy()
    for each in owed:
        means += each.sum(axis=0)
    if not isfinite(means.sum() + total.sum()):
        raise ValueError("the amounts are infinite or too large to add up")
    equity = means - total
    if equity.size == 0 or equity.min() >= 0:
        return Clearing(
            total, equity, np.zeros(cash.shape, np.bool_), np.ones((len(owed), cash.shape[0]))
        )
    shape = (len(owed), cash.shape[0])
    others = np.zeros(shape) if outside is None else np.array(outside)
    return _Network(np.array(owed), others, cash, alpha, beta).clear()


class _Network:
    """Fictitious default. The state is the marginal class of each firm; C: it pays in full."""

    def __init__(
        self, owed: Floats, outside: Floats, cash: Floats, alpha: float, beta: float
    ) -> None:
        due = owed.sum(axis=2) + outside
        self.outside = outside  # (C, n)
        self.owed = owed  # (C, n, n)
        self.due = due  # (C, n)
        self.cash = cash
        self.alpha = alpha
        self.beta = beta
        self.count = due.shape[0]
        self.ranks = np.arange(self.count)[:, None]
        self.limit = np.cumsum(due, axis=0)  # due up to and with the class (C, n)
        self.above = np.vstack((np.zeros_like(cash), self.limit[:-1]))  # due above the class

    def clear(self) -> Clearing:
        """Return the greatest solution: the first state that brings no new shortfall."""
        marginal = np.full(self.cash.shape, self.count)
        recovery = np.ones_like(self.due)
        waves: list[NDArray[np.intp]] = []
        while True:
            receipts = self._receipts(recovery)
            state = self._marginal(receipts, marginal)
            if np.array_equal(state, marginal):
                break
            fallen = np.flatnonzero((state < self.count) & (marginal == self.count))
            if fallen.size:
                waves.append(fallen)
            marginal = state
            recovery = self._pay(marginal)
        is_default = marginal < self.count
        payments = (recovery * self.due).sum(axis=0)
        equity = np.where(is_default, 0.0, np.maximum(self.cash + receipts - payments, 0.0))
        return Clearing(payments, equity, is_default, recovery, waves)

    def _receipts(self, recovery: Floats) -> Floats:
        """Return what each firm is paid by the others (n,)."""
        receipts: Floats = np.matmul(recovery[:, None, :], self.owed).sum(axis=(0, 1))
        return receipts

    def _marginal(self, receipts: Floats, marginal: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the first class that each firm cannot pay in full; it only ever moves up."""
        floor = self.limit * (1.0 - TOLERANCE)
        is_default = (marginal < self.count) | (self.cash + receipts < floor[-1])
        means = self.alpha * self.cash + self.beta * receipts
        first = (means >= floor).sum(axis=0)
        # With its costs a firm in default may still meet every class but by a rounding error.
        first = np.minimum(first, self.count - 1)
        return np.where(is_default, np.minimum(first, marginal), marginal)

    def _pay(self, marginal: NDArray[np.intp]) -> Floats:
        """Return the greatest recoveries, given the marginal classes (C, n).

        In its marginal class a firm pays what is left after the classes above, or nothing. Who
        pays something is found from below: firms without senior debt always do, others join when
        their means exceed what they owe above. Each round is one linear system.
        """
        recovery = (self.ranks < marginal).astype(np.float64)
        fallen = np.flatnonzero(marginal < self.count)
        rank = marginal[fallen]
        above = self.above[rank, fallen]
        is_paying = above == 0.0
        while True:
            payers, ranks = fallen[is_paying], rank[is_paying]
            recovery[rank, fallen] = 0.0
            fixed = self.alpha * self.cash + self.beta * self._receipts(recovery)
            recovery[ranks, payers] = self._shares(payers, ranks, fixed - self._senior(marginal))
            means = self.alpha * self.cash + self.beta * self._receipts(recovery)
            joins = ~is_paying & (means[fallen] > above * (1.0 + TOLERANCE))
            if not joins.any():
                return recovery
            is_paying |= joins

    def _senior(self, marginal: NDArray[np.intp]) -> Floats:
        """Return what each firm owes above its marginal class (n,)."""
        rank = np.minimum(marginal, self.count - 1)
        senior: Floats = self.above[rank, np.arange(rank.size)]
        return senior

    def _shares(self, payers: NDArray[np.intp], ranks: NDArray[np.intp], fixed: Floats) -> Floats:
        """Return the share that each payer pays of its marginal class (m,)."""
        inside = self.owed[ranks, payers]  # (m, n): what each payer owes in its marginal class
        between = inside[:, payers]
        outside = inside.copy()
        outside[:, payers] = 0.0
        leak = self.outside[ranks, payers] + outside.sum(axis=1)
        leak += (1.0 - self.beta) * between.sum(axis=1)
        shares = _solve(self.beta * between.T, leak, fixed[payers])
        return np.clip(shares, 0.0, 1.0)


def _solve(flows: Floats, leak: Floats, fixed: Floats) -> Floats:
    """Solve `(leak_i + sum_k flows_ki) x_i = fixed_i + sum_j flows_ij x_j` for x.

    Gaussian elimination in panels. Each pivot is a sum of non-negative numbers, so no digit is
    cancelled; the diagonal of `flows` is never read.

    Args:
        flows: What firm j pays firm i when it pays in full, `[i, j]` (m, m).
        leak: What each firm pays to others when it pays in full (m,).
        fixed: Means that do not depend on x (m,).

    Returns:
        The share that each firm pays (m,).
    """
    size = leak.size
    a, v, b = np.array(flows, order="F"), leak.copy(), fixed.copy()
    pivots = np.empty(size)
    for start in range(0, size, _PANEL):
        stop = min(start + _PANEL, size)
        for k in range(start, stop):
            rest, panel = slice(k + 1, size), slice(k + 1, stop)
            pivots[k] = max(v[k] + a[rest, k].sum(), np.finfo(np.float64).tiny)
            a[rest, k] /= pivots[k]
            a[rest, panel] += a[rest, k, None] * a[k, panel]
            v[panel] += a[k, panel] * (v[k] / pivots[k])
            b[rest] += a[rest, k] * b[k]
        rest = slice(stop, size)
        for k in range(start + 1, stop):
            a[k, rest] += a[k, start:k] @ a[start:k, rest]
        passed = v[start:stop] / pivots[start:stop]
        v[rest] += passed @ a[start:stop, rest]
        a[rest, rest] += a[rest, start:stop] @ a[start:stop, rest]
    x = np.empty(size)
    for k in range(size - 1, -1, -1):
        x[k] = (b[k] + a[k, k + 1 :] @ x[k + 1 :]) / pivots[k]
    return x


def _check_costs(alpha: float, beta: float) -> None:
    for name, share in (("alpha", alpha), ("beta", beta)):
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"{name} is a share in [0, 1], got {share}")


def _amounts(name: str, values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} have one number per firm, got the shape {array.shape}")
    if array.size and not array.min() >= 0.0:
        raise ValueError(f"{name} are numbers >= 0, got {array.min()}")
    return array


def _network(liabilities: ArrayLike, size: int) -> Floats:
    array = np.asarray(liabilities, dtype=np.float64)
    if array.shape != (size, size):
        raise ValueError(f"liabilities have the shape {(size, size)}, got {array.shape}")
    if size and not array.min() >= 0.0:
        raise ValueError(f"liabilities are numbers >= 0, got {array.min()}")
    if array.diagonal().any():
        raise ValueError("a firm owes itself nothing: the diagonal of the liabilities is zero")
    return array


def _outside(
    external_classes: Sequence[ArrayLike] | None, count: int, size: int
) -> list[Floats] | None:
    if external_classes is None:
        return None
    outside = [_amounts("external liabilities", each) for each in external_classes]
    if len(outside) != count or any(each.size != size for each in outside):
        raise ValueError(f"external liabilities are {count} times {size} numbers")
    return outside
