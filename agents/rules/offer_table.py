"""The offers of a quarter as a small table: what each kind of customer does, looked up once.

Customers differ in few dimensions: the present provider, the need for reliability (a level) and
the weight of quality (a class). A decision needs one look-up and one comparison with the switching
cost, however many providers there are, and however many customers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_PROVIDER = -1
Floats = NDArray[np.float64]
Codes = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class OfferTable:
    """Decisions by group of needs and class of weights; ``code`` = group * classes + class.

    A group holds the needs that the same providers meet, so that ``group_of_level`` is all that is
    needed of reliabilities. The table is exact: every gain is computed by the expression of
    ``agents.rules.enterprise_choice.choose_provider``.

    Attributes:
        group_of_level: group of each level of need, (levels,).
        classes: number of classes of quality weights.
        codes: groups times classes.
        best: best provider by code, -1 when nobody meets the need, (codes,).
        second: best one but ``best``, -1 for none, (codes,).
        gain: what a customer of provider j gains by moving to the best, at j * codes + code, in
            EUR per seat per month; inf when j does not meet its need, -inf when j is the best
            (providers * codes,).
        is_gone: whether a provider is not on offer, (providers,).
        is_served: whether somebody meets a level of need, (levels,).
    """

    group_of_level: NDArray[np.intp]
    classes: int
    codes: int
    best: Codes
    second: Codes
    gain: Floats
    is_gone: NDArray[np.bool_]
    is_served: NDArray[np.bool_]


def make_offer_table(
    prices: Floats,
    qualities: Floats,
    reliabilities: Floats,
    need_levels: Floats,
    weights: Floats,
    has_price_switching: bool = True,
) -> OfferTable:
    """Work out the decisions of every kind of customer.

    Args:
        prices: EUR per seat per month, nan = not on offer (providers,).
        qualities: points of quality (providers,).
        reliabilities: share of tasks done right (providers,).
        need_levels: least reliability of each level of need, in any order (levels,).
        weights: EUR per seat per month per point of quality of each class (classes,).
        has_price_switching: off: a gain never makes anybody move.
    """
    is_gone = np.isnan(prices)
    bars = reliability_bars(is_gone, reliabilities)
    group_of_level = np.searchsorted(bars, need_levels)
    meets = (reliabilities >= bars[:, None]) & ~is_gone
    value = weights[:, None] * qualities - prices
    value = np.where(meets[:, None, :], value, -np.inf)
    best, is_none = _best(value)
    value.reshape(-1, prices.size)[np.arange(best.size), best] = -np.inf
    second, is_no_second = _best(value)
    groups, classes = bars.size, weights.size
    gain = _gains(prices, qualities, weights, best.reshape(groups, classes))
    if not has_price_switching:
        gain[:] = -np.inf
    providers = np.arange(prices.size)[:, None, None]
    gain[providers == best.reshape(groups, classes)] = -np.inf
    gain[~meets.T] = np.inf
    return OfferTable(
        group_of_level=group_of_level,
        classes=classes,
        codes=groups * classes,
        best=np.where(is_none, NO_PROVIDER, best).astype(np.int8),
        second=np.where(is_no_second, NO_PROVIDER, second).astype(np.int8),
        gain=gain.ravel(),
        is_gone=is_gone,
        is_served=meets.any(axis=1)[group_of_level],
    )


def reliability_bars(is_gone: NDArray[np.bool_], reliabilities: Floats) -> Floats:
    """Reliabilities on offer in rising order, inf at the end (providers + 1,).

    Needs in (bars[g - 1], bars[g]] form group g: whoever reaches bars[g] meets them.
    """
    bars = np.empty(reliabilities.size + 1)
    bars[:-1], bars[-1] = reliabilities, np.inf
    bars[:-1][is_gone] = -np.inf
    bars.sort()
    return bars


def _best(value: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the first provider of highest value by code, and where there is none."""
    flat = value.reshape(-1, value.shape[-1])
    best = flat.argmax(axis=1)
    return best, flat[np.arange(best.size), best] == -np.inf


def _gains(prices: Floats, qualities: Floats, weights: Floats, best: NDArray[np.intp]) -> Floats:
    """Return what moving to the best is worth by provider, group and class."""
    steps = weights * (qualities[best] - qualities[:, None, None])
    return np.asarray((prices[:, None, None] - prices[best]) + steps)
