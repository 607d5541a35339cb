"""Contagion of losses between firms that hold claims on one another: DebtRank.

A firm that loses part of its equity is worth less, so its creditors and shareholders lose the same
part of their claims on it, long before anybody defaults (mark to market). Linear DebtRank
(Bardoscia, Battiston, Caccioli and Caldarelli 2015, "DebtRank: a microscopic foundation for shock
propagation", PLoS ONE 10) hands on every new loss until nothing changes; relative losses `h` are
the least solution of

    h_i = min(1, shock_i + sum_j exposures_ij / equity_i * h_j).

The form of 2012 (Battiston, Puliga, Kaushik, Tasca and Caldarelli, "DebtRank: too central to
fail?", Scientific Reports 2) lets each firm hand on its loss once only, when it is first hit.

Amounts are in one unit of money of the caller's choice; losses are parts of equity, 0 to 1. A firm
without equity (0) has none to lose: it hands on its own shock only. Arrays give arrays; frames,
graphs and series with names give results by name (``market.networks.inputs``).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.networks.inputs import (
    Floats,
    Labels,
    as_series,
    between,
    between_one,
    by_label,
    per_firm,
)

if TYPE_CHECKING:
    import pandas as pd

Bools = NDArray[np.bool_]

_ROUNDING = 1e-12
"""Inverses may be this far under zero and losses this near to one by rounding."""
_LARGEST = 1e6
"""Inverses with larger numbers have lost too many digits."""
_ROUNDS, _STILL = 200, 1e-15
"""Rounds of losses before they are solved for, and the change that counts as none."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the failure of each firm alone does to the others.

    Attributes:
        losses: relative equity loss of firm i when firm j alone loses all, `[i, j]` (..., n, n);
            ones on the diagonal.
        impact: part of the value of all firms that the others lose when firm j fails (..., n).
        vulnerability: mean relative loss of firm i over the failures of the others (..., n).
    """

    losses: Floats
    impact: Floats
    vulnerability: Floats

    @property
    def by_impact(self) -> NDArray[np.intp]:
        """Firms (indices), the one that hurts most first; equals keep their order."""
        return np.argsort(-self.impact, axis=-1, kind="stable")

    @property
    def by_vulnerability(self) -> NDArray[np.intp]:
        """Firms (indices), the most vulnerable first; equals keep their order."""
        return np.argsort(-self.vulnerability, axis=-1, kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class LabelledRanking:
    """What the failure of each firm alone does to the others, by label.

    Attributes:
        losses: relative equity loss of the row's firm when the column's firm alone loses all.
        impact: part of the value of all firms that the others lose when the firm fails.
        vulnerability: mean relative loss of the firm over the failures of the others.
        by_impact: the firms, the one that hurts most first; equals keep their order.
        by_vulnerability: the firms, the most vulnerable first; equals keep their order.
    """

    losses: pd.DataFrame
    impact: pd.Series[float]
    vulnerability: pd.Series[float]
    by_impact: list[Hashable]
    by_vulnerability: list[Hashable]


def _labelled(found: Ranking, labels: Labels) -> LabelledRanking:
    return LabelledRanking(
        labels.table(found.losses),
        labels.series(found.impact),
        labels.series(found.vulnerability),
        labels.pick(found.by_impact),
        labels.pick(found.by_vulnerability),
    )


@by_label(as_series, networks=["exposures"], firms=["equity", "shock"])
def debtrank(exposures: ArrayLike, equity: ArrayLike, shock: ArrayLike) -> Floats:
    """Relative equity losses after a shock, by linear DebtRank (Bardoscia et al. 2015).

    By label (frame or graph, series or dicts; any order) it gives a Series:

    >>> import pandas
    >>> firms = ["bank", "cloud", "lab"]
    >>> claims = pandas.DataFrame([[0, 50, 0], [0, 0, 30], [0, 0, 0]], firms, firms)
    >>> equity = {"lab": 40, "cloud": 60, "bank": 100}
    >>> debtrank(claims, equity, shock={"bank": 0, "cloud": 0, "lab": 1}).to_dict()
    {'bank': 0.25, 'cloud': 0.5, 'lab': 1.0}

    Args:
        exposures: what firm i loses if firm j is worth nothing, `[i, j]`, in any one unit, zero
            diagonal (n, n).
        equity: equity of each firm before the shock, at least zero, in the same unit (n,).
        shock: part of its equity that each firm loses at first, 0 to 1 (n,).

    Returns:
        Part of its equity that each firm has lost in the end, 0 to 1 (n,).

    Raises:
        ValueError: a shape is wrong, labels do not match, or a number is negative, infinite, not
            a number, or, in ``shock``, above one.
    """
    leverage, first = _checked(exposures, equity, shock)
    return _least_losses(leverage, first)


@by_label(as_series, networks=["exposures"], firms=["equity", "shock"])
def debtrank_single_hit(exposures: ArrayLike, equity: ArrayLike, shock: ArrayLike) -> Floats:
    """Relative equity losses when each firm hands on its loss once (Battiston et al. 2012).

    A firm in distress hands its loss so far to its creditors in the next round and is inactive
    after that: further losses reach it, but go no further. So rings of claims are walked once.

    Labels go in and come out as with ``debtrank``.

    Args:
        exposures: what firm i loses if firm j is worth nothing, `[i, j]`, in any one unit, zero
            diagonal (n, n).
        equity: equity of each firm before the shock, at least zero, in the same unit (n,).
        shock: part of its equity that each firm loses at first, 0 to 1 (n,).

    Returns:
        Part of its equity that each firm has lost in the end, 0 to 1 (n,).

    Raises:
        ValueError: as for ``debtrank``.
    """
    leverage, losses = _checked(exposures, equity, shock)
    impact = np.minimum(leverage, 1.0)
    losses = losses.copy()
    is_distressed, is_spent = losses > 0, np.zeros(losses.shape, dtype=np.bool_)
    while is_distressed.any():
        losses = np.minimum(1.0, losses + impact[:, is_distressed] @ losses[is_distressed])
        is_spent |= is_distressed
        is_distressed = (losses > 0) & ~is_spent
    return losses


@by_label(_labelled, networks=["exposures"], firms=["equity", "value"])
def rank(exposures: ArrayLike, equity: ArrayLike, value: ArrayLike | None = None) -> Ranking:
    """Rank firms by systemic impact and by vulnerability: each firm alone loses all its equity.

    By label, one network at a time, it gives a ``LabelledRanking``.

    Args:
        exposures: what firm i loses if firm j is worth nothing, in any one unit; many networks may
            be stacked (..., n, n).
        equity: equity of each firm, at least zero, in the same unit (..., n).
        value: weight of each firm in the impact, in a unit of its own; None: its equity (..., n).

    Returns:
        Losses, impact and vulnerability of each firm, by linear DebtRank.

    Raises:
        ValueError: a shape is wrong, labels do not match, or a number is negative, infinite or
            not a number.
    """
    claims = between("exposures", exposures)
    own = per_firm("equity", equity, claims.shape[:-1])
    weight = own if value is None else per_firm("value", value, own.shape)
    size = own.shape[-1]
    leverage = _leverage(claims, own).reshape(prod(own.shape[:-1]), size, size)
    losses = np.array(
        [_each_alone(*each) for each in zip(leverage, _inverses(leverage), strict=True)]
    )
    losses = losses.reshape(claims.shape)
    others = losses * (1.0 - np.eye(size))
    total = weight.sum(axis=-1, keepdims=True)
    hurt = np.einsum("...i,...ij->...j", weight, others)
    impact = np.divide(hurt, total, out=np.zeros_like(hurt), where=total > 0)
    return Ranking(losses, impact, others.sum(axis=-1) / max(1, size - 1))


def _checked(exposures: ArrayLike, equity: ArrayLike, shock: ArrayLike) -> tuple[Floats, Floats]:
    claims = between_one("exposures", exposures)
    first = per_firm("shock", shock, claims.shape[:-1])
    if first.size and first.max() > 1.0:
        raise ValueError(f"shock: parts of equity, 0 to 1, got {first.max()}")
    return _leverage(claims, per_firm("equity", equity, claims.shape[:-1])), first


def _leverage(claims: Floats, equity: Floats) -> Floats:
    """Claims over the holder's equity; nothing where it has none (..., n, n)."""
    own = equity[..., None]
    return np.divide(claims, own, out=np.zeros_like(claims), where=own > 0)


def _least_losses(leverage: Floats, first: Floats) -> Floats:
    """Least solution of h = min(1, first + leverage h).

    Only firms that a loss can reach take part; among them the solution is unique.
    """
    return _losses_among(leverage, first, _reached(leverage, first))


def _losses_among(leverage: Floats, first: Floats, takes_part: Bools) -> Floats:
    """Largest solution of h = min(1, first + leverage h) among some firms, by policy iteration.

    At first all of them are taken to lose everything. Who would lose less is set free, the losses
    of the free firms are solved for, and so on: losses only fall, so it ends after n rounds.
    """
    losses = takes_part.astype(np.float64)
    is_free = np.zeros(first.shape, dtype=np.bool_)
    while True:
        target = first + leverage @ losses
        freed = is_free | ((losses > 0) & (target < 1.0 - _ROUNDING))
        if np.array_equal(freed, is_free):
            return losses
        is_free = freed
        inner = leverage[np.ix_(is_free, is_free)]
        given = first[is_free] + leverage[np.ix_(is_free, ~is_free)] @ losses[~is_free]
        losses[is_free] = np.clip(np.linalg.solve(np.eye(len(inner)) - inner, given), 0.0, 1.0)


def _reached(leverage: Floats, first: Floats) -> Bools:
    """Firms that are shocked or hold claims, through others, on one that is (n,)."""
    is_reached = first > 0
    edge = is_reached
    while edge.any():
        edge = (leverage[:, edge] > 0).any(axis=1) & ~is_reached
        is_reached = is_reached | edge
    return is_reached


def _inverses(leverage: Floats) -> list[Floats | None]:
    """Inverse of 1 - leverage of each network, or None where losses feed on themselves.

    Without a cap losses are that inverse times the shock, if it is not negative: then the spectral
    radius of the leverage is under one. If it is hardly under one the inverse has lost its digits.
    """
    try:
        inverses = np.linalg.inv(np.eye(leverage.shape[-1]) - leverage)
    except np.linalg.LinAlgError:
        if len(leverage) == 1:
            return [None]
        return [_inverses(each[None])[0] for each in leverage]
    is_fine = inverses.min(axis=(1, 2), initial=0.0) >= -_ROUNDING
    is_fine &= inverses.max(axis=(1, 2), initial=0.0) <= _LARGEST
    return [each if fine else None for each, fine in zip(inverses, is_fine.tolist(), strict=True)]


def _each_alone(leverage: Floats, inverse: Floats | None) -> Floats:
    """Losses of every firm when each in turn loses all, `[i, j]` (n, n).

    Where losses feed on themselves, any loss that gets there grows to the same ground of losses.
    The others come on top of it, without feeding on themselves.
    """
    size = len(leverage)
    ground, is_free, is_sure = np.zeros(size), np.ones(size, np.bool_), np.ones(size, np.bool_)
    if inverse is None:
        ground, is_sure = _ground(leverage)
        is_free = ground < 1.0
        inverse = _inverses(leverage[None, is_free][..., is_free])[0]
        if inverse is None:
            return _round_by_round(leverage, np.arange(size))
    losses = np.broadcast_to(ground[:, None], leverage.shape).copy()
    losses[np.ix_(is_free, is_free)] = _on_top(inverse, ground[is_free])
    losses[np.arange(size), np.arange(size)] = 1.0
    rest = np.flatnonzero(~is_sure)
    if rest.size:
        losses[:, rest] = _round_by_round(leverage, rest)
    return losses


def _ground(leverage: Floats) -> tuple[Floats, Bools]:
    """Losses that feed on themselves without end (n,), and firms whose failure calls them up (n,).

    They are the largest solution without a first loss. A failure that reaches all of them leads
    there, as the solution among the firms that it reaches is unique.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    size = len(leverage)
    ground = _losses_among(leverage, np.zeros(size), np.ones(size, np.bool_))
    _, part = connected_components(csr_array(leverage), connection="strong")
    core = np.zeros(size)  # one firm of the largest strongly connected part
    core[np.flatnonzero(part == np.bincount(part).argmax())[0]] = 1.0
    if (ground[~_reached(leverage, core)] > 0).any():
        return ground, np.zeros(size, np.bool_)
    return ground, _reached(leverage.T, core)


def _on_top(inverse: Floats, ground: Floats) -> Floats:
    """Losses when each firm in turn loses all, on a ground of losses, `[i, j]` (m, m)."""
    # Scaled to a loss of exactly one: right wherever no other firm loses everything.
    losses: Floats = ground[:, None] + inverse * ((1.0 - ground) / np.diagonal(inverse))
    for j in np.flatnonzero((losses > 1.0 + _ROUNDING).any(axis=0)).tolist():
        losses[:, j] = _capped(inverse, ground, j, losses[:, j])
    return np.clip(losses, 0.0, 1.0)


def _capped(inverse: Floats, ground: Floats, j: int, losses: Floats) -> Floats:
    """Losses when firm j loses all and some others lose all through it.

    A firm that loses all is given the source that makes its loss exactly one: a firm that needs
    a positive source of its own would lose less, and is set free. This is policy iteration, with
    one unknown for each firm that loses all.
    """
    gone = np.array([j])
    is_gone = np.zeros(losses.shape, dtype=np.bool_)
    while True:
        is_gone |= losses > 1.0 + _ROUNDING
        is_gone[j] = False
        now = np.append(j, np.flatnonzero(is_gone))
        if np.array_equal(now, gone):
            return losses
        gone = now
        source = np.linalg.solve(inverse[np.ix_(gone, gone)], 1.0 - ground[gone])
        losses = ground + inverse[:, gone] @ source
        is_gone[gone] = source <= _ROUNDING


def _round_by_round(leverage: Floats, firms: NDArray[np.intp]) -> Floats:
    """Losses when each of some firms in turn loses all, from its first loss upwards (n, m)."""
    losses = np.eye(len(leverage))[:, firms]
    moving = np.arange(firms.size)
    for _ in range(_ROUNDS):
        before = losses[:, moving]
        after = leverage @ before
        after[firms[moving], np.arange(moving.size)] = 1.0
        np.minimum(after, 1.0, out=after)
        losses[:, moving] = after
        moving = moving[(after - before).max(axis=0, initial=0.0) > _STILL]
        if not moving.size:
            return losses
    for place in moving.tolist():
        losses[:, place] = _least_losses(leverage, np.eye(len(leverage))[firms[place]])
    return losses
