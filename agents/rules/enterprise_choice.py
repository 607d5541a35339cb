"""Which provider an enterprise customer buys seats from, and when it looks at the market.

The scalar rule is the statement of the behaviour; the vectorised rule gives the same answer,
customer by customer, because both compute every number by the same expression in the same order.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

NO_PROVIDER = -1
"""Index of a customer that buys from nobody."""

PRICE_ROUNDING_EUR = 1e-9
"""Gains that exceed the switching cost by no more than this are rounding, not a reason to move.

Prices are quoted in cents; in binary, 32.10 - 29.10 may exceed 3.00 by 4e-15.
"""


def _best_provider(
    prices: Sequence[float],
    qualities: Sequence[float],
    reliabilities: Sequence[float],
    minimum_reliability: float,
    quality_weight: float,
    excluded: int = NO_PROVIDER,
) -> int:
    """Return the provider with the highest w q - p that meets the need, the first one at a tie."""
    best = NO_PROVIDER
    best_value = -np.inf
    for k, price in enumerate(prices):
        value = quality_weight * qualities[k] - price  # nan when not on offer: never larger
        if value > best_value and minimum_reliability <= reliabilities[k] and k != excluded:
            best = k
            best_value = value
    return best


def choose_provider(  # noqa: PLR0913, PLR0917 - the rule's own quantities
    current: int,
    prices: Sequence[float],
    qualities: Sequence[float],
    reliabilities: Sequence[float],
    minimum_reliability: float,
    switching_cost: float,
    quality_weight: float,
    is_free: bool = True,
    is_tender: bool = False,
) -> int:
    """Return the provider that one customer buys from next.

    A customer of j moves to the best k if (p_j - p_k) + w (q_k - q_j) > s, strictly, and its
    contract allows it. Without a provider, when the provider is gone, or in a tender it takes the
    best one whatever the switching cost and the contract. When j no longer meets its need it
    leaves as soon as the contract allows, and buys nothing when nobody meets the need.

    Args:
        current: Index of the provider j, or -1 for none.
        prices: EUR per seat per month of each provider; nan = not on offer.
        qualities: Quality of each provider, in quality points.
        reliabilities: Share of tasks done right by each provider, 0 to 1.
        minimum_reliability: Least reliability that the customer needs, 0 to 1.
        switching_cost: Cost s of a move, in EUR per seat per month.
        quality_weight: Worth w of a quality point, in EUR per seat per month.
        is_free: Whether the contract allows a move now.
        is_tender: Whether it puts its seats out to tender now.

    Returns:
        Index of the chosen provider, or -1 for none. Ties go to the lowest index.

    Source: the rule of three euros as the article states it; switching costs after
    Klemperer (1995). Limits: myopic; the gap counts as larger only beyond `PRICE_ROUNDING_EUR`.
    """
    best = _best_provider(prices, qualities, reliabilities, minimum_reliability, quality_weight)
    j = current
    if j < 0 or prices[j] != prices[j] or is_tender:
        return best
    if not is_free:
        return j
    if reliabilities[j] < minimum_reliability:
        return best
    gain = (prices[j] - prices[best]) + quality_weight * (qualities[best] - qualities[j])
    return best if gain > switching_cost + PRICE_ROUNDING_EUR else j


def choose_secondary(
    primary: int,
    prices: Sequence[float],
    qualities: Sequence[float],
    reliabilities: Sequence[float],
    minimum_reliability: float,
    quality_weight: float,
) -> int:
    """Return the second provider of one customer: the best other one that meets its need.

    Arguments are those of `choose_provider`. A customer without a primary provider has no
    secondary one. Returns -1 for none.
    """
    if primary < 0:
        return NO_PROVIDER
    return _best_provider(
        prices, qualities, reliabilities, minimum_reliability, quality_weight, primary
    )


def _best_providers(
    size: int,
    offer: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    minimum_reliability: NDArray[np.float64],
    quality_weight: NDArray[np.float64],
    excluded: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Return `_best_provider` for each of `size` customers."""
    best = np.full(size, NO_PROVIDER, dtype=np.int64)
    best_value = np.full(size, -np.inf)
    for k, (price, quality, reliability) in enumerate(zip(*offer, strict=True)):
        if np.isnan(price):
            continue
        value = quality_weight * quality - price
        is_better = (value > best_value) & (minimum_reliability <= reliability)
        if excluded is not None:
            is_better &= excluded != k
        np.copyto(best, k, where=is_better)
        np.copyto(best_value, value, where=is_better)
    return best


def _as_offer(
    prices: ArrayLike, qualities: ArrayLike, reliabilities: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the offers as three float arrays."""
    return (
        np.asarray(prices, dtype=np.float64),
        np.asarray(qualities, dtype=np.float64),
        np.asarray(reliabilities, dtype=np.float64),
    )


def choose_providers(  # noqa: PLR0913, PLR0917 - the rule's own quantities
    current: ArrayLike,
    prices: ArrayLike,
    qualities: ArrayLike,
    reliabilities: ArrayLike,
    minimum_reliability: ArrayLike,
    switching_cost: ArrayLike,
    quality_weight: ArrayLike,
    is_free: ArrayLike = True,
    is_tender: ArrayLike = False,
) -> NDArray[np.int64]:
    """Return the provider that each customer buys from next; see `choose_provider`.

    Looks at K offers per customer. `agents.customers.population` gives the same answers from a
    table of offers; this is the form to read, to test against and to use on columns of one's own.

    Args:
        current: Provider of each customer, shape (n,), -1 = none.
        prices: EUR per seat per month, shape (K,), nan = not on offer; K at least 1.
        qualities: Quality points, shape (K,).
        reliabilities: Share of tasks done right, shape (K,).
        minimum_reliability: Need of each customer, shape (n,) or scalar.
        switching_cost: EUR per seat per month, shape (n,) or scalar.
        quality_weight: EUR per seat per month per quality point, shape (n,) or scalar.
        is_free: Whether the contract allows a move, shape (n,) or scalar.
        is_tender: Whether the seats are out to tender, shape (n,) or scalar.

    Returns:
        Provider of each customer, shape (n,), equal to the scalar rule one by one.
    """
    held_by = np.asarray(current, dtype=np.int64)
    offer = _as_offer(prices, qualities, reliabilities)
    price, quality, reliability = offer
    need = np.asarray(minimum_reliability, dtype=np.float64)
    cost = np.asarray(switching_cost, dtype=np.float64)
    weight = np.asarray(quality_weight, dtype=np.float64)
    best = _best_providers(held_by.size, offer, need, weight)
    j = np.maximum(held_by, 0)
    k = np.maximum(best, 0)
    is_held = (held_by >= 0) & ~np.isnan(price)[j]
    gain = (price[j] - price[k]) + weight * (quality[k] - quality[j])
    wants_to_leave = (reliability[j] < need) | (gain > cost + PRICE_ROUNDING_EUR)
    is_held &= ~np.asarray(is_tender, dtype=np.bool_)
    moves = ~is_held | (wants_to_leave & np.asarray(is_free, dtype=np.bool_))
    return np.where(moves, best, held_by)


def choose_secondaries(
    primary: ArrayLike,
    prices: ArrayLike,
    qualities: ArrayLike,
    reliabilities: ArrayLike,
    minimum_reliability: ArrayLike,
    quality_weight: ArrayLike,
) -> NDArray[np.int64]:
    """Return the second provider of each customer, shape (n,); see `choose_secondary`."""
    first = np.asarray(primary, dtype=np.int64)
    best = _best_providers(
        first.size,
        _as_offer(prices, qualities, reliabilities),
        np.asarray(minimum_reliability, dtype=np.float64),
        np.asarray(quality_weight, dtype=np.float64),
        excluded=first,
    )
    return np.where(first < 0, NO_PROVIDER, best)


# --- when enterprise customers look at the market


def next_renewal[T: (int, NDArray[np.int16])](
    contract_end: T, quarter: int, contract_quarters: int
) -> T:
    """Return the end of a contract that is signed now.

    A customer has one date of renewal every `contract_quarters`, that of its budget: whatever it
    signs in between runs to that date, as co-terminous contracts do.

    Args:
        contract_end: End of the last contract, or the first date, at most `quarter`.
        quarter: Present quarter.
        contract_quarters: Length of a contract, at least 1.
    """
    return contract_end + contract_quarters * ((quarter - contract_end) // contract_quarters + 1)


def tender_rows(generator: np.random.Generator, size: int, rate: float) -> NDArray[np.int64]:
    """Return who puts its seats out to tender this quarter: each of `size` with chance `rate`.

    Draws the gap to the next tender instead of a number per customer: gaps between successes of
    independent trials are geometric (Devroye 1986, chapter X.2). Cost grows with `size * rate`.

    Args:
        generator: Where the draws come from.
        size: Number of customers, at least 0.
        rate: Chance of each, 0 to 1.

    Returns:
        Rows in ascending order, each below `size`.
    """
    if rate <= 0.0 or size <= 0:
        return np.empty(0, dtype=np.int64)
    if rate >= 1.0:
        return np.arange(size, dtype=np.int64)
    expected = size * rate
    block = int(expected + 6.0 * np.sqrt(expected)) + 16
    rows = np.cumsum(_gaps(generator, block, rate, size)) - 1
    while rows[-1] < size:
        rows = np.append(rows, rows[-1] + np.cumsum(_gaps(generator, block, rate, size)))
    return np.asarray(rows[: np.searchsorted(rows, size)], dtype=np.int64)


def _gaps(
    generator: np.random.Generator, count: int, rate: float, longest: int
) -> NDArray[np.int64]:
    """Draw geometric gaps, at least 1: an exponential number rounded up has that law."""
    draws = generator.standard_exponential(count) * (-1.0 / np.log1p(-rate))
    return np.asarray(np.minimum(draws, longest).astype(np.int64) + 1)
