"""What is kept of a quarter: numbers and small arrays that no later step changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from market.books.accounts import Slot
from market.indicators import MODEL_INDICATORS, indicators_of
from market.network_indicators import FIRM_NETWORK, MARKET_NETWORK
from runs.single_run.frames import contract_states

if TYPE_CHECKING:
    from agents.institution import Institution
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
        bills = np.array([lab.bill_eur(population.use) for lab in labs.values()], dtype=np.float64)
        worth = weight * population.use
        gaps, best = best_gains(bills, reliability, worth, books.customers_of())
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


# --- what is kept of a quarter


Value = float | bool | None

MARKET_NAMES = tuple(i.name for i in MODEL_INDICATORS if i.unit != "label")
NETWORK_NAMES = tuple(i.name for i in MARKET_NETWORK)
FIRM_NETWORK_NAMES = tuple(i.name for i in FIRM_NETWORK)

_OWN_SHARES = ("private equity", "listed equity", "fund shares")


@dataclass(frozen=True, slots=True)
class FirmInfo:
    """A firm, or one of the other parties of the ledger.

    Attributes:
        key: company key; for other parties (households, bank ...) the name of the account.
        name: name shown to people.
        kind: sector of the account: "labs", "clouds", "chipmakers", "startups", "investors",
            "bank", "credit investors", "households", "enterprises" or "rest".
    """

    key: str
    name: str
    kind: str


@dataclass(frozen=True)
class Snapshot:
    """The world at the end of a quarter.

    Attributes:
        quarter: its number. label: its name, such as "2027Q1".
        market: every indicator of the market but its label; None = no value.
        firms: key -> indicators of the firm, and ``debt_usd``, ``total_assets_usd``, ``debts_usd``
            (all it owes but its own shares), ``equity_usd`` (assets less those debts),
            ``is_active``, ``is_in_administration``; of labs also ``runway_quarters`` (None: it
            burns nothing), ``default_probability``, ``need_usd`` ...
        customers: the enterprise customers.
        regions: name of a region of power -> GW connected there in the quarter.
        contracts: remaining, delivered and cancelled cents, and CU per quarter at full size, by
            contract in the order of signing (contracts, 4).
        parties: all parties of the ledger.
        finance: cents paid (payer, payee) for claims and their repayment.
        events_seen: number of events up to the end of the quarter.
    """

    quarter: int
    label: str
    market: dict[str, float | None]
    firms: dict[str, dict[str, Value]]
    customers: CustomerState
    regions: dict[str, float]
    contracts: Floats
    parties: tuple[FirmInfo, ...]
    finance: Ints
    events_seen: int


class Recorder:
    """Takes snapshots of one model.

    Args:
        model: between two quarters, not stepped yet or stepped.
    """

    def __init__(self, model: MarketModel) -> None:
        self.model = model
        keys = {firm.name: firm.key for firm in model.institutions()}
        accounts = model.ledger.accounts
        self.parties = tuple(
            FirmInfo(keys.get(name, name), name, sector)
            for name, sector in zip(accounts.names, accounts.sectors, strict=True)
        )
        self._indicators = {firm.key: indicators_of(type(firm)) for firm in model.institutions()}
        self._own_shares: Ints = np.zeros(0, dtype=np.int64)
        self._counter = CustomerCounter(model)

    def snapshot(self) -> Snapshot:
        """What is to be kept of the quarter that the model has just finished."""
        model = self.model
        archive, quarter = model.ledger.archives[-1], model.quarter - 1
        collected = model.datacollector.model_vars
        return Snapshot(
            quarter=quarter,
            label=model.parameters.quarter_label(quarter),
            market={
                i.name: number(collected[i.name][-1]) for i in MODEL_INDICATORS if i.unit != "label"
            },
            firms=self._firms(),
            customers=self._counter.state(),
            regions={r.stated.name: r.connected_gw for r in model.power_regions.values()},
            contracts=contract_states(model.contracts),
            parties=self.parties,
            finance=archive.finance,
            events_seen=len(model.events),
        )

    def _firms(self) -> dict[str, dict[str, Value]]:
        assets, debts = self._assets_and_debts()
        found: dict[str, dict[str, Value]] = {}
        for firm in self.model.institutions():
            values: dict[str, Value] = {
                i.name: number(i.measure(firm)) for i in self._indicators[firm.key]
            }
            values |= {
                "debt_usd": firm.debt_usd(),
                "total_assets_usd": assets[firm.party],
                "debts_usd": debts[firm.party],
                "equity_usd": assets[firm.party] - debts[firm.party],
                "is_active": firm.is_active,
                "is_in_administration": firm.is_in_administration,
            }
            found[firm.key] = values | _of_lab(firm)
        return found

    def _assets_and_debts(self) -> tuple[list[float], list[float]]:
        """Assets of every party, and what it owes but its own shares, USD."""
        ledger = self.model.ledger
        accounts, values = ledger.accounts, ledger.archives[-1].closing
        size = len(values)
        kind, party = accounts.kind[:size], accounts.party[:size]
        known = len(self._own_shares)
        if known < size:
            new = [accounts.describe[slot][0] in _OWN_SHARES for slot in range(known, size)]
            self._own_shares = np.append(self._own_shares, new).astype(np.int64)
        is_asset = (kind <= Slot.REAL_ASSET) & (values > 0)
        is_debt = (kind == Slot.CLAIM_LIABILITY) & (self._own_shares == 0)
        count = len(accounts.names)
        sums = [
            np.bincount(party[mask], sign * values[mask], minlength=count) / 100
            for mask, sign in ((is_asset, 1), (is_debt, -1))
        ]
        return sums[0].tolist(), sums[1].tolist()


def number(value: Any) -> Value:
    """A measured value; None for nan and infinity."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    plain = float(value)
    return plain if math.isfinite(plain) else None


def _of_lab(firm: Institution) -> dict[str, Value]:
    """What only a lab has."""
    from agents.ai_lab import AILab

    if not isinstance(firm, AILab):
        return {}
    return {
        "is_open": firm.is_open,
        "is_owned": firm.parent is not None,
        "runway_quarters": number(firm.runway()),
        "default_probability": number(firm.default_probability()),
        "compute_cost_usd": firm.compute_cost_usd,
        "staff_cost_usd": firm.staff_cost_usd,
        "asked_usd": firm.asked_usd,
    }
