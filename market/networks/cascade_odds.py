"""Whether cascades spread over large random networks: the exact conditions, without simulating.

In a large network whose links are drawn at random given the numbers of links of each firm, a
failure meets no short ring, so branching processes say what happens in the limit of many firms.

- *Condition*. A *vulnerable* firm falls when one firm that it relies on has failed. Cascades
  spread without end iff the failure of a vulnerable firm fells more than one vulnerable firm in
  the mean. Directed (Gai and Kapadia 2010, "Contagion in financial networks", Proceedings of the
  Royal Society A 466): `sum_jk j k v_j p_jk > z`, with p_jk the share of firms with claims on j
  others and k creditors, v_j the share of vulnerable ones among them, z the mean of j. Undirected
  (Watts 2002, "A simple model of global cascades on random networks", PNAS 99):
  `sum_k k (k - 1) v_k p_k > z`.
- *Frequency*. The chance that one firm, drawn at random, sets off such a cascade: the chance that
  the branching process does not die out (Newman, Strogatz and Watts 2001, Physical Review E 64).
- *Extent*. The share of all firms that fall in the end, those with several failed debtors too, by
  the fixed point of Gleeson and Cahalane (2007, "Seed size strongly affects cascades on random
  networks", Physical Review E 75).

Simulate with ``market.networks.default_cascade`` and ``watts_cascade``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from market.networks.inputs import Floats

_ROUNDING = 1e-9
"""Shares add up to one, and claims meet debts, up to this."""
_ROUNDS, _STILL = 200_000, 1e-14
"""Rounds of the fixed point at most, and the change that counts as none."""
_SPARK = 1e-7
"""Share of failed links from which a cascade is followed when nobody fails at first."""
_SMALL, _STRIDE = 0.01, 1.02
"""Under this share a slow cascade is followed in strides: near the condition it hardly grows."""


@dataclass(frozen=True, slots=True)
class CascadeOdds:
    """What cascades do in the limit of many firms.

    Attributes:
        growth: vulnerable firms that the failure of one fells at once, in the mean.
        frequency: chance that the failure of one firm, drawn at random, spreads without end.
        extent: share of all firms that fail then; with a share of firms that fail at first, those
            that fail in the end, the first ones too.
    """

    growth: float
    frequency: float
    extent: float

    @property
    def is_global(self) -> bool:
        """Whether cascades can spread without end: the condition of the papers."""
        return self.growth > 1.0


def gai_kapadia_odds(joint: ArrayLike, response: ArrayLike, *, first: float = 0.0) -> CascadeOdds:
    """Cascades of defaults over a directed random network (Gai and Kapadia 2010).

    With Poisson links, mean z = 3, where one failed debtor of five fells a bank:

    >>> from math import exp, factorial
    >>> poisson = [exp(-3) * 3**k / factorial(k) for k in range(40)]
    >>> odds = gai_kapadia_odds(np.outer(poisson, poisson), threshold_response(0.2, 40))
    >>> round(odds.growth, 3), round(odds.frequency, 3), round(odds.extent, 3)
    (2.446, 0.885, 0.94)

    Args:
        joint: share of the firms with claims on j others and k creditors, `[j, k]`, adding up to
            one, as many claims as debts in the mean (d, d).
        response: chance, 0 to 1, that a firm with claims on j others falls when m of these have
            failed, `[j, m]`, not falling in m and 0 at m = 0 (d, d); see ``threshold_response``.
        first: share of the firms that fail at first, 0 to 1; 0: one firm of many.

    Returns:
        Growth, frequency and extent; of all, as shares of the firms.

    Raises:
        ValueError: a shape is wrong, a number is no share, shares do not add up to one, there
            are more claims than debts, or a response falls in m.
        ArithmeticError: the extent stands on an edge where it does not settle.
    """
    share = _shares("joint", joint, dimensions=2)
    falls, counts = _response(response, len(share)), np.arange(len(share))
    claims, debts = float(counts @ share.sum(axis=1)), float(counts @ share.sum(axis=0))
    if abs(claims - debts) > _ROUNDING * max(1.0, claims):
        raise ValueError(f"joint: each claim is a debt, got {claims} and {debts} per firm")
    if claims == 0.0:
        return CascadeOdds(0.0, 0.0, first)
    vulnerable = _first_step(falls)
    by_link = (counts * vulnerable) @ share / claims  # vulnerable firms met along a debt, by k
    met = share @ counts / claims  # debtors met along a claim, by j
    growth = float(counts @ by_link)
    dies = _dies_out(by_link)
    extent = _extent(
        growth, first, lambda theta: _fallen(falls, met, theta), (falls, share.sum(axis=1))
    )
    return CascadeOdds(growth, _clean(float(share.sum(axis=0) @ (1.0 - dies**counts))), extent)


def watts_odds(degrees: ArrayLike, response: ArrayLike, *, first: float = 0.0) -> CascadeOdds:
    """Cascades over an undirected random network (Watts 2002).

    Args:
        degrees: share of the firms with k neighbours, adding up to one (d,).
        response: chance, 0 to 1, that a firm with k neighbours follows when m of these have gone,
            `[k, m]`, not falling in m and 0 at m = 0 (d, d); see ``threshold_response``.
        first: share of the firms that have gone at first, 0 to 1; 0: one firm of many.

    Returns:
        Growth, frequency and extent.

    Raises:
        ValueError: a shape is wrong, a number is no share, shares do not add up to one, or a
            response falls in m.
        ArithmeticError: the extent stands on an edge where it does not settle.
    """
    share = _shares("degrees", degrees, dimensions=1)
    falls, counts = _response(response, len(share)), np.arange(len(share))
    links = float(counts @ share)
    if links == 0.0:
        return CascadeOdds(0.0, 0.0, first)
    met = counts[1:] * share[1:] / links  # neighbours met along a link, by their other links
    by_link = met * _first_step(falls)[1:]
    growth = float(counts[:-1] @ by_link)
    dies = _dies_out(by_link)
    others = falls[1:, :-1]  # of k neighbours k - 1 may have gone: the last one asks
    extent = _extent(growth, first, lambda theta: _fallen(others, met, theta), (falls, share))
    return CascadeOdds(growth, _clean(float(share @ (1.0 - dies**counts))), extent)


def threshold_response(threshold: ArrayLike, size: int) -> Floats:
    """Chance to fall by links and failed links, for firms with thresholds.

    Args:
        threshold: share of its links that fells a firm, at least zero; several are those of
            different firms, equally frequent (t,). In Gai and Kapadia's network, with claims
            spread evenly, it is the buffer over all claims on other firms.
        size: number of links of the largest firm, plus one (d).

    Returns:
        Chance `[k, m]` that a firm with k links falls when m of them have failed (d, d).

    Raises:
        ValueError: a threshold is negative or not a number, there is none, or the size is under 1.
    """
    limits = np.atleast_1d(np.asarray(threshold, dtype=np.float64)).ravel()
    if not limits.size or not limits.min() >= 0.0:
        raise ValueError(f"threshold: shares >= 0, got {limits.tolist()}")
    if size < 1:
        raise ValueError(f"size: at least 1, got {size}")
    links, failed = np.arange(size)[:, None], np.arange(size)
    need = np.sort(limits) * (1.0 - 1e-12)  # rounding saves nobody
    ratio = np.divide(failed, links, out=np.zeros((size, size)), where=links > 0)
    chance: Floats = np.searchsorted(need, ratio, side="right") / need.size
    return np.where((failed == 0) | (failed > links), 0.0, chance)


def _shares(name: str, values: ArrayLike, dimensions: int) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != dimensions or not array.size or len(set(array.shape)) != 1:
        raise ValueError(f"{name}: shares of firms in {dimensions} equal sizes, got {array.shape}")
    if not array.min() >= 0.0 or not abs(array.sum() - 1.0) <= _ROUNDING:
        raise ValueError(f"{name}: shares >= 0 that add up to one, got the sum {array.sum()}")
    return array


def _response(values: ArrayLike, size: int) -> Floats:
    """The response with one row and column per number of links, only m <= k kept."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (size, size):
        raise ValueError(f"response: the shape {(size, size)}, got {array.shape}")
    known = np.tril(array)
    if not (known.min() >= 0.0 and known.max() <= 1.0):
        raise ValueError("response: chances of 0 to 1")
    if known[:, 0].any():
        raise ValueError("response: nobody falls while nobody has failed: 0 at m = 0")
    if (np.tril(np.diff(array, axis=1, append=1.0), -1) < 0).any():
        raise ValueError("response: more failures never save a firm, but it falls in m")
    return known


def _first_step(falls: Floats) -> Floats:
    """Share of vulnerable firms, by links (d,)."""
    return falls[:, 1] if len(falls) > 1 else np.zeros(1)


def _dies_out(by_link: Floats) -> float:
    """Chance that what starts along one link dies out: least u = 1 - sum c + sum_k c_k u^k.

    The right side is convex, so Newton's steps from 0 never pass the least root.
    """
    powers, chance = np.arange(len(by_link)), 0.0
    if powers @ by_link <= 1.0:
        return 1.0
    for _ in range(_ROUNDS):
        gap = 1.0 - chance - float(by_link @ (1.0 - chance**powers))
        slope = 1.0 - float(powers[1:] @ (by_link[1:] * chance ** powers[:-1]))
        if gap <= _STILL or slope <= 0.0:
            break
        chance = min(1.0, chance + gap / slope)
    return chance


def _extent(
    growth: float, first: float, step: Callable[[float], float], whole: tuple[Floats, Floats]
) -> float:
    """Share of the firms that fall in the end, from the least fixed point of failed links."""
    if not 0.0 <= first <= 1.0:
        raise ValueError(f"first: a share of the firms, 0 to 1, got {first}")
    if first == 0.0 and growth <= 1.0:
        return 0.0
    failed = first or _SPARK
    for _ in range(_ROUNDS):
        now = first + (1.0 - first) * step(failed)
        gap, far = now - failed, failed * _STRIDE
        if gap <= _STILL:
            return _clean(first + (1.0 - first) * _fallen(*whole, failed))
        is_slow = first == 0.0 and failed < _SMALL and now < far
        failed = far if is_slow and step(far) - far > gap / 2 else now
    raise ArithmeticError(f"the extent of cascades has not settled at {failed}: on an edge")


def _fallen(falls: Floats, share: Floats, failed: float) -> float:
    """Share that falls when each link has failed with a chance of its own (a, b), (a,)."""
    links, many = np.arange(falls.shape[0])[:, None], np.arange(falls.shape[1])
    rest = np.maximum(links - many, 0)
    chance = _combinations(falls.shape[0]) * failed**many * (1.0 - failed) ** rest
    return float(share @ (chance * falls).sum(axis=1))


@cache
def _combinations(size: int) -> Floats:
    """Binomial coefficients `[k, m]`, zero above the diagonal (size, size)."""
    return np.array([[float(comb(k, m)) for m in range(size)] for k in range(size)])


def _clean(share: float) -> float:
    return float(min(1.0, max(0.0, share)))
