"""The enterprise customers in a snapshot: who buys from whom, who moved, what keeps the others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from market.model import MarketModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BIN_EUR = 0.5
BINS = 40
"""Width and number of the bins of switching costs; the last one holds all that is larger."""


@dataclass(frozen=True, slots=True)
class CustomerState:
    """The enterprise customers at the end of a quarter; arrays are in the order of ``keys``.

    Attributes:
        keys: of the labs that may sell seats.
        seats: seats by lab, second providers included (labs,).
        customers: customers by main lab (labs,).
        prices: EUR per seat per month; nan = not on offer (labs,).
        reliability: share of tasks done right (labs,).
        switched: seats that changed their main lab this quarter, from row to column; the last
            row are newcomers, the last column who gave up (labs + 1, labs + 1).
        pairs: seats by main and second lab; last row and column = none (labs + 1, labs + 1).
        edges: lower edges of the bins of switching costs, EUR per seat per month (bins,).
        costs: seats by main lab and switching cost of the customer (labs, bins).
        gaps: what a typical customer of a lab would gain by moving to the best other offer: the
            price gap plus the worth of the difference in quality, EUR per seat per month; nan
            where there is no such customer or no other offer (labs,).
        best: index of that other offer, -1 = none (labs,).
    """

    keys: tuple[str, ...]
    seats: Floats
    customers: Ints
    prices: Floats
    reliability: Floats
    switched: Floats
    pairs: Floats
    edges: Floats
    costs: Floats
    gaps: Floats
    best: Ints


class CustomerCounter:
    """Counts the customers of one model; the bin of each one's switching cost is kept."""

    def __init__(self, model: MarketModel) -> None:
        self.model = model
        self._bins: NDArray[np.int32] | None = None

    def state(self) -> CustomerState:
        """Customers as they are now."""
        population, labs = self.model.customers, self.model.labs
        on_offer = [lab.offered_price_eur if lab.is_active else math.nan for lab in labs.values()]
        prices = np.array(on_offer, dtype=np.float64)
        reliability = np.array([lab.reliability for lab in labs.values()], dtype=np.float64)
        books = population.books
        weight = self.model.parameters.enterprise.quality_weight_eur
        gaps, best = best_gains(prices, reliability, weight, books.customers_of())
        return CustomerState(
            keys=tuple(labs),
            seats=books.seats_of(),
            customers=books.customers_of(),
            prices=prices,
            reliability=reliability,
            switched=books.flow_seats.copy(),
            pairs=books.pair_seats.copy(),
            edges=np.linspace(0.0, BIN_EUR * (BINS - 1), BINS),
            costs=self._costs(),
            gaps=gaps,
            best=best,
        )

    def _costs(self) -> Floats:
        """Seats by main lab and bin of the switching cost (labs, bins)."""
        population = self.model.customers
        provider, labs = population.column("provider"), len(population.providers)
        if self._bins is None or len(self._bins) != len(provider):
            bins = population.column("switching_cost") / BIN_EUR
            self._bins = np.minimum(bins, BINS - 1).astype(np.int32) + BINS
        # A customer without a provider has the number -1: its cell lies before the others.
        cells = provider.astype(np.int32) * BINS + self._bins
        found = np.bincount(cells, population.column("seats"), minlength=(labs + 1) * BINS)
        return found[BINS:].reshape(labs, BINS)


def best_gains(
    prices: Floats, reliability: Floats, weight: float, customers: Ints
) -> tuple[Floats, Ints]:
    """What a typical customer of each lab would gain by moving, and to whom.

    Args:
        prices: EUR per seat per month, nan = not on offer (labs,).
        reliability: share of tasks done right (labs,).
        weight: worth of a point of reliability, EUR per seat per month.
        customers: customers by main lab (labs,).

    Returns:
        The largest gain (nan: nobody buys there, or there is no other offer) and the index of
        that offer (-1: none), each (labs,).
    """
    value = weight * 100 * reliability - prices
    gains, best = np.full(len(prices), np.nan), np.full(len(prices), -1, dtype=np.int64)
    for lab in np.flatnonzero((customers > 0) & ~np.isnan(prices)).tolist():
        others = value.copy()
        others[lab] = np.nan
        if not np.isnan(others).all():
            best[lab] = int(np.nanargmax(others))
            gains[lab] = others[best[lab]] - value[lab]
    return gains, best
