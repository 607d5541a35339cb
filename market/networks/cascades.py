"""Threshold cascades: who fails because too much of what it relies on has failed.

A firm fails once its loss on failed firms reaches its buffer, hands on a loss in its turn, and so
on until nobody new falls (Gai and Kapadia 2010, "Contagion in financial networks", Proceedings of
the Royal Society A 466). With claims counted instead of added up this is the cascade of Watts
(2002, "A simple model of global cascades on random networks", PNAS 99). Nothing is handed on by a
firm that stands, whatever it lost: DebtRank (``market.networks.contagion``) is the other extreme.

More failed firms never save anybody, so the firms may be looked at in any order: the same ones
fail. Whether a loss that just equals the buffer fells is a convention: here it does, as a firm is
solvent while its assets exceed its debts, and as Watts's fraction "at least" the threshold.

Amounts are in one unit of money of the caller's choice. Arrays give arrays; frames, graphs and
series with names give results by name (``market.networks.inputs``). Whether cascades spread over
a large random network is told without one by ``market.networks.cascade_odds``.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.networks.inputs import (
    Bools,
    Floats,
    Labels,
    as_found,
    as_series,
    between,
    between_one,
    by_label,
    per_firm,
)

if TYPE_CHECKING:
    import pandas as pd

_ROUNDING = 1e-12
"""A loss within this share of the buffer reaches it: rounding saves nobody."""


@dataclass(frozen=True, slots=True)
class Cascade:
    """Who fails in a cascade.

    Attributes:
        is_failed: whether the firm fails, those that failed at first too (n,).
        losses: what each firm loses on the failed ones; shares of its links in the cascade of
            Watts (n,).
        waves: the firms (indices) that fail in each round, those that failed at first in front.
    """

    is_failed: Bools
    losses: Floats
    waves: list[NDArray[np.intp]]


@dataclass(frozen=True, slots=True, eq=False)
class LabelledCascade:
    """Who fails in a cascade, by label.

    Attributes:
        is_failed: whether the firm fails, those that failed at first too.
        losses: what each firm loses on the failed ones; shares of its links in the cascade of
            Watts.
        waves: the firms (labels) that fail in each round, those that failed at first in front.
    """

    is_failed: pd.Series[bool]
    losses: pd.Series[float]
    waves: list[list[Hashable]]


def _labelled(found: Cascade, labels: Labels) -> LabelledCascade:
    return LabelledCascade(
        labels.series(found.is_failed),
        labels.series(found.losses),
        [labels.pick(wave) for wave in found.waves],
    )


@by_label(_labelled, networks=["exposures"], firms=["buffer"], switches=["failed"])
def default_cascade(
    exposures: ArrayLike, buffer: ArrayLike, failed: ArrayLike, *, recovery: float = 0.0
) -> Cascade:
    """Defaults that follow from defaults (Gai and Kapadia 2010).

    By label (frame or graph, series or dicts; any order) it gives a ``LabelledCascade``:

    >>> import pandas
    >>> firms = ["fund", "bank", "cloud", "lab"]
    >>> claims = pandas.DataFrame(0.0, firms, firms)
    >>> claims.loc["cloud", "lab"], claims.loc["bank", "cloud"] = 30, 50
    >>> claims.loc["fund", "bank"] = 10
    >>> buffer = {"lab": 5, "cloud": 25, "bank": 40, "fund": 60}
    >>> failed = {"lab": True, "cloud": False, "bank": False, "fund": False}
    >>> default_cascade(claims, buffer, failed).waves
    [['lab'], ['cloud'], ['bank']]
    >>> default_cascade(claims, buffer, failed, recovery=0.4).waves
    [['lab']]

    Args:
        exposures: what firm i loses if firm j is worth nothing, `[i, j]`, in any one unit, zero
            diagonal (n, n).
        buffer: the loss that fells each firm, its equity as a rule, at least zero, in the same
            unit (n,). A firm without one falls with its first loss.
        failed: whether each firm fails at first, in the shape (n,).
        recovery: part of a claim on a failed firm that is paid all the same, 0 to 1; Gai and
            Kapadia take 0.

    Returns:
        Who fails in the end, in which round, and what everybody loses.

    Raises:
        ValueError: a shape is wrong, labels do not match, a number is negative, infinite or not a
            number, or ``recovery`` is above one.
    """
    claims = between_one("exposures", exposures)
    own = per_firm("buffer", buffer, claims.shape[:-1])
    return _spread(claims * _loss_given_default(recovery), own, _switches("failed", failed, own))


@by_label(_labelled, networks=["links"], firms=["threshold"], switches=["active"])
def watts_cascade(links: ArrayLike, threshold: ArrayLike, active: ArrayLike) -> Cascade:
    """The cascade of Watts (2002): who follows when enough of those it watches have gone.

    Labels go in and come out as with ``default_cascade``.

    Args:
        links: how much firm i watches firm j, `[i, j]`, ones in Watts's paper, zero diagonal
            (n, n). Only the shares of a row matter.
        threshold: share of what it watches that makes a firm follow, at least zero; above one it
            never does, and without links neither (n,).
        active: whether each firm has gone at first, in the shape (n,).

    Returns:
        Who has gone in the end, in which round, and the share of its links that had.

    Raises:
        ValueError: a shape is wrong, labels do not match, or a number is negative, infinite or
            not a number.
    """
    watched = between_one("links", links)
    limit = per_firm("threshold", threshold, watched.shape[:-1])
    total = watched.sum(axis=1, keepdims=True)
    shares = np.divide(watched, total, out=np.zeros_like(watched), where=total > 0)
    return _spread(shares, limit, _switches("active", active, limit))


@by_label(as_series, networks=["exposures"], firms=["buffer"])
def cascade_sizes(exposures: ArrayLike, buffer: ArrayLike, *, recovery: float = 0.0) -> Floats:
    """How many others fail when each firm alone fails, by ``default_cascade``.

    By label, one network at a time, it gives a Series.

    Args:
        exposures: what firm i loses if firm j is worth nothing, in any one unit; many networks may
            be stacked (..., n, n).
        buffer: the loss that fells each firm, at least zero, in the same unit (..., n).
        recovery: part of a claim on a failed firm that is paid all the same, 0 to 1.

    Returns:
        Number of the firms that fail besides firm j when it alone fails at first (..., n).

    Raises:
        ValueError: as for ``default_cascade``.
    """
    claims = between("exposures", exposures)
    limit = _limit(per_firm("buffer", buffer, claims.shape[:-1]))[..., None]
    claims = claims * _loss_given_default(recovery)
    failed = np.broadcast_to(np.eye(claims.shape[-1]), claims.shape)
    while True:
        losses = claims @ failed
        now = np.where((losses >= limit) & (losses > 0), 1.0, failed)
        if np.array_equal(now, failed):
            return failed.sum(axis=-2) - 1.0
        failed = now


@by_label(as_found, networks=["exposures"])
def joint_degrees(exposures: ArrayLike) -> Floats:
    """How many debtors and creditors the firms of a network have, for ``gai_kapadia_odds``.

    Args:
        exposures: what firm i loses if firm j is worth nothing, `[i, j]`, in any one unit, zero
            diagonal (n, n).

    Returns:
        Share of the firms that have claims on j others and on which k others have claims,
        `[j, k]`; as many rows and columns as the larger number needs.

    Raises:
        ValueError: there are no firms, a shape is wrong, labels do not match, or a number is
            negative, infinite or not a number.
    """
    is_claim = between_one("exposures", exposures) > 0
    if not is_claim.size:
        raise ValueError("exposures: there are no firms to count")
    debtors, creditors = is_claim.sum(axis=1), is_claim.sum(axis=0)
    size = 1 + int(max(debtors.max(), creditors.max()))
    counts = np.bincount(debtors * size + creditors, minlength=size * size)
    shares: Floats = counts.reshape(size, size) / len(is_claim)
    return shares


def _spread(claims: Floats, buffer: Floats, first: Bools) -> Cascade:
    """Round after round until nobody new falls."""
    limit, is_failed = _limit(buffer), first.copy()
    waves = [np.flatnonzero(first)]
    losses = np.zeros_like(buffer)
    while waves[-1].size:
        losses += claims[:, waves[-1]].sum(axis=1)
        fallen = (losses >= limit) & (losses > 0) & ~is_failed
        is_failed |= fallen
        waves.append(np.flatnonzero(fallen))
    return Cascade(is_failed, losses, waves[:-1])


def _limit(buffer: Floats) -> Floats:
    return buffer * (1.0 - _ROUNDING)


def _loss_given_default(recovery: float) -> float:
    if not 0.0 <= recovery <= 1.0:
        raise ValueError(f"recovery: a part of claims, 0 to 1, got {recovery}")
    return 1.0 - recovery


def _switches(name: str, values: ArrayLike, like: Floats) -> Bools:
    array = np.asarray(values)
    if array.size == 0:
        array = array.astype(np.bool_)
    if array.dtype != np.bool_ or array.shape != like.shape:
        raise ValueError(
            f"{name}: one bool per firm, shape {like.shape}, got {array.dtype} {array.shape}"
        )
    return array
