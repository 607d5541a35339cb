"""Which provider an enterprise customer buys seats from, and when it looks at the market.

The rule stands here once for one customer and once for columns, and both ask `wants_to_move`:

- `choose_provider` and `choose_secondary` for one customer: `SingleCustomer.choose` and
  `EnterpriseCustomer.choose` call them, and a population whose ``path`` is ``"objects"``.
- `make_offer_table`, `choose_providers` and `choose_secondaries` for columns: every ordinary run
  calls them, by the methods of the same names of
  ``agents.customers.population.CustomerPopulation``.

``agents.customers.kernel`` holds the compiled form for large populations. It is tested to give the
same bits, and gives way to the rule for columns when a function here or a method there is another.
Customers of one kind (need for reliability, weight of quality) see the same offers, so the rule
for columns works out a small table first; a decision is one look-up and one comparison then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]

NO_PROVIDER = -1
"""Index of a customer that buys from nobody."""

PRICE_ROUNDING_EUR = 1e-9
"""Gains that exceed the switching cost by no more than this are rounding, not a reason to move.

Prices are quoted in cents; in binary, 32.10 - 29.10 may exceed 3.00 by 4e-15.
"""


@overload
def wants_to_move(gain: float, switching_cost: float) -> bool: ...
@overload
def wants_to_move(gain: Floats, switching_cost: ArrayLike) -> NDArray[np.bool_]: ...
def wants_to_move(gain: Any, switching_cost: Any) -> Any:
    """Return whether a better offer is worth the move: it gains more than the move costs, strictly.

    Args:
        gain: (p_j - p_k) + w (q_k - q_j) of moving from j to the best k, in EUR per seat per month;
            a number, or one per customer.
        switching_cost: cost s of a move, in EUR per seat per month; likewise.

    With s = 3.00 and equal quality, 3.01 cheaper moves; 3.00 and 2.99 do not.
    """
    return gain > switching_cost + PRICE_ROUNDING_EUR


# --- for one customer


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
    Klemperer (1995). Limits: myopic; the gap counts as larger only beyond `PRICE_ROUNDING_EUR`
    (`wants_to_move`).
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
    return best if wants_to_move(gain, switching_cost) else j


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


# --- for columns


@dataclass(frozen=True, slots=True)
class OfferTable:
    """The offers of a quarter by kind of customer; ``code`` = group * classes + class.

    A group holds the needs that the same providers meet, so that ``group_of_level`` is all that is
    needed of reliabilities. The table is exact: every gain is computed by the expression of
    `choose_provider`.

    Attributes:
        group_of_level: group of each level of need, (levels,).
        classes: number of classes of quality weights.
        codes: groups times classes.
        best: best provider by code, -1 when nobody meets the need, (codes,).
        second: best one but ``best``, -1 for none, (codes,).
        gain: what a customer of provider j gains by moving to the best, at j * codes + code, in
            EUR per seat per month; inf when it has to leave because j does not meet its need, -inf
            when j is the best. The last row, which j = -1 finds, is inf: whoever has no provider
            takes the best ((providers + 1) * codes,).
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

    def codes_of(
        self, need_level: NDArray[np.integer[Any]], weight_class: NDArray[np.integer[Any]]
    ) -> NDArray[np.intp]:
        """Return the code of each customer.

        Args:
            need_level: index of its need in the ``need_levels`` of the table, (n,).
            weight_class: index of its weight in the ``weights`` of the table, (n,).
        """
        first_code = self.group_of_level * self.classes
        return np.asarray(first_code.take(need_level) + weight_class)


def make_offer_table(
    prices: Floats,
    qualities: Floats,
    reliabilities: Floats,
    need_levels: Floats,
    weights: Floats,
    has_price_switching: bool = True,
) -> OfferTable:
    """Work out the best offer for every kind of customer, and what moving to it is worth.

    The best is the highest w q - p among those that meet the need, the first one at a tie.

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
    by_kind = best.reshape(bars.size, weights.size)
    gain = np.full((prices.size + 1, *by_kind.shape), np.inf)
    gain[:-1] = _gains(prices, qualities, weights, by_kind) if has_price_switching else -np.inf
    gain[:-1][np.arange(prices.size)[:, None, None] == by_kind] = -np.inf
    gain[:-1][~meets.T] = np.inf
    return OfferTable(
        group_of_level=group_of_level,
        classes=weights.size,
        codes=best.size,
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


def choose_providers[T: np.signedinteger[Any]](
    current: NDArray[T],
    code: NDArray[np.intp],
    switching_cost: ArrayLike,
    table: OfferTable,
    is_free: ArrayLike = True,
    is_tender: ArrayLike = False,
) -> NDArray[T]:
    """Return the provider that each customer buys from next: `choose_provider` for columns.

    Every ordinary run calls this. With columns of one's own::

        levels, level = np.unique(needs, return_inverse=True)
        weights, weight_class = np.unique(quality_weights, return_inverse=True)
        table = make_offer_table(prices, qualities, reliabilities, levels, weights)
        code = table.codes_of(level, weight_class)
        chosen = choose_providers(current, code, switching_costs, table)

    Args:
        current: provider of each customer, -1 = none, (n,).
        code: code of each customer in the table, (n,).
        switching_cost: EUR per seat per month, (n,) or one for all.
        table: offers, by `make_offer_table`.
        is_free: whether the contract allows a move now, (n,) or one for all.
        is_tender: whether the seats are out to tender now, (n,) or one for all.

    Returns:
        Provider of each customer, (n,), equal to the rule for one customer one by one.
    """
    if np.all(is_tender):
        return table.best[code].astype(current.dtype, copy=False)
    place = current.astype(np.intp)  # in place: no temporary arrays
    place *= table.codes
    place += code
    gain = table.gain.take(place)
    moves = wants_to_move(gain, switching_cost) | (gain == np.inf)
    if not np.all(is_free):
        moves &= np.asarray(is_free, dtype=np.bool_)
        moves |= (current < 0) | table.is_gone[current]
    movers = np.flatnonzero(moves | np.asarray(is_tender, dtype=np.bool_))
    chosen = current.copy()
    chosen[movers] = table.best[code[movers]]
    return chosen


def choose_secondaries[T: np.signedinteger[Any]](
    primary: NDArray[T],
    code: NDArray[np.intp],
    table: OfferTable,
    has_second: ArrayLike = True,
) -> NDArray[T]:
    """Return the second provider of each customer, -1 for none: `choose_secondary` for columns.

    Args:
        primary: provider of each customer, -1 = none, (n,).
        code: code of each customer in the table, (n,).
        table: offers, by `make_offer_table`.
        has_second: whether it wants a second provider, (n,) or one for all.
    """
    rows = np.flatnonzero(np.asarray(has_second, dtype=np.bool_) & (primary >= 0))
    kinds = code[rows]
    best = table.best[kinds]
    second = np.full_like(primary, NO_PROVIDER)
    second[rows] = np.where(best == primary[rows], table.second[kinds], best)
    return second


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
