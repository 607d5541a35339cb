"""Indicators of the networks of payments and claims, measured on closed quarters of a ledger.

A quarter's payments and closing claims stay in the ledger, so these series need no measuring while
the model runs: ``network_series`` computes them for any closed quarters, all at once.

- *Firms* are labs, clouds and chipmakers. What a lab and its own parent pay each other is left out
  everywhere: it stays in one purse.
- *Circularity* is the largest part of what firms pay one another (for goods, services, income and
  claims) that can be written as circles.
- The *round-trip share* follows the money that an institution put into firms; see
  ``market.networks.circulation.round_trip_share``. Firms pass money on; customers, investors,
  lenders and suppliers do not. Money put in is what was paid for the firm's shares and debt, as
  far as the claims on it grew in the quarter: repayments and purchases from others do not count.
- *Contagion* is linear DebtRank between the institutions and the bank, see
  ``market.networks.contagion``. Firm i loses its claims on j (shares and debt at book, deposits
  apart) with the value of j. Equity is the market value of a firm's own shares, or its assets less
  its debts where it has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from market.indicators import Indicator
from market.networks.circulation import (
    Cycle,
    decompose_cycles,
    finn_of_throughput,
    largest_circulation,
    round_trip_share,
)
from market.networks.contagion import Ranking, rank
from market.networks.payments import (
    Payments,
    claims_between,
    closed_quarters,
    equity_of,
    payments,
    payments_by_window,
)

if TYPE_CHECKING:
    from agents.institution import Institution
    from market.model import MarketModel

Floats = NDArray[np.float64]

YEAR = 4
"""Quarters of a year."""


@dataclass(frozen=True, slots=True)
class NetworkSeries:
    """Indicators of the networks in closed quarters.

    Attributes:
        quarters: the quarters.
        market: indicator -> one value per quarter (q,).
        firms: indicator -> one value per quarter and institution, in the order of
            ``model.institutions()`` (q, institutions).
        names: of the institutions.
    """

    quarters: range
    market: dict[str, Floats]
    firms: dict[str, Floats]
    names: tuple[str, ...]


def network_series(model: MarketModel, quarters: range | None = None) -> NetworkSeries:
    """Measure the networks in closed quarters.

    Args:
        model: a model that has run.
        quarters: which closed quarters, without gaps; None: all.

    Returns:
        Every indicator of ``MARKET_NETWORK`` and ``FIRM_NETWORK``. Series over a year use as many
        quarters as there are.

    Raises:
        ValueError: a quarter is not closed yet, or quarters are left out.
    """
    chosen = closed_quarters(model, quarters)
    parties = np.array([firm.party for firm in model.institutions()], dtype=np.intp)
    names = tuple(firm.name for firm in model.institutions())
    quarterly, yearly = payments_by_window(model, chosen, (1, YEAR))
    circles = _circles(quarterly, yearly)
    returns = [_round_trips(each)[:, parties] for each in (quarterly, yearly)]
    ranking = contagion_ranking(model, chosen)
    size = len(parties)  # the banks come last
    market = {
        "circularity": circles[0],
        "circularity_year": circles[1],
        "cycling_index_year": _cycling(yearly),
        "largest_impact": ranking.impact.max(axis=-1, initial=0.0),
        "bank_vulnerability": ranking.vulnerability[:, size:].max(axis=-1),
    }
    firms = {
        "round_trip_share": returns[0],
        "round_trip_share_year": returns[1],
        "systemic_impact": ranking.impact[:, :size],
        "vulnerability": ranking.vulnerability[:, :size],
    }
    return NetworkSeries(chosen, market, firms, names)


def contagion_ranking(model: MarketModel, quarters: range | None = None) -> Ranking:
    """Rank the institutions, in their order, the banks that lend to AI, and last the bank.

    Raises:
        ValueError: a quarter is not closed yet, or quarters are left out.
    """
    chosen = closed_quarters(model, quarters)
    ledger = model.ledger
    firms = [firm.party for firm in model.institutions()]
    others = [party for party, sector in enumerate(ledger.accounts.sectors) if sector == "bank"]
    lenders = [party for party in others if party != ledger.bank and party not in firms]
    nodes = np.array([*firms, *lenders, ledger.bank], dtype=np.intp)
    claims = claims_between(ledger, chosen)
    exposures = claims[:, nodes[:, None], nodes]
    return rank(np.maximum(exposures, 0.0), equity_of(ledger, chosen)[:, nodes])


def named_cycles(model: MarketModel, quarters: range | None = None) -> list[Cycle]:
    """The circles of payments between firms by name, over closed quarters together, USD.

    Raises:
        ValueError: a quarter is not closed yet, or quarters are left out.
    """
    chosen = closed_quarters(model, quarters)
    if not chosen:
        return []
    total = payments(model, range(chosen.stop - 1, chosen.stop), len(chosen))
    names = [
        name for name, is_firm in zip(model.ledger.parties, total.firms, strict=True) if is_firm
    ]
    return decompose_cycles(total.between_firms()[0], names)


def _circles(*windows: Payments) -> Floats:
    """Circular part of what firms pay one another (windows, q)."""
    flows = np.array([each.between_firms() for each in windows])
    total = flows.sum(axis=(-2, -1))
    circular = largest_circulation(flows)
    share: Floats = np.divide(circular, total, out=np.zeros_like(total), where=total > 0)
    return share


def _cycling(paid: Payments) -> Floats:
    """Finn's index of the firms; what they get or pay outside or store is their throughput."""
    through = np.maximum(paid.parties.sum(axis=-1), paid.parties.sum(axis=-2))[:, paid.firms]
    cycled: Floats = finn_of_throughput(paid.between_firms(), through)
    return cycled


def _round_trips(paid: Payments) -> Floats:
    """Round-trip share of every party (q, n)."""
    return round_trip_share(paid.parties, paid.financing, paid.goods, passes_on=paid.firms)


def _of_market(name: str) -> Callable[[Any], float]:
    def measure(model: MarketModel) -> float:
        last = len(model.ledger.archives) - 1
        return float(network_series(model, range(last, last + 1)).market[name][0])

    return measure


def _of_firm(name: str) -> Callable[[Any], float]:
    def measure(firm: Institution) -> float:
        model: MarketModel = firm.model
        last = len(model.ledger.archives) - 1
        series = network_series(model, range(last, last + 1))
        return float(series.firms[name][0, series.names.index(firm.name)])

    return measure


MARKET_NETWORK: tuple[Indicator, ...] = tuple(
    Indicator(name, "1", meaning, _of_market(name))
    for name, meaning in (
        (
            "circularity",
            "Largest part of what labs, clouds and chipmakers pay one another that runs in "
            "circles, own parents apart.",
        ),
        ("circularity_year", "Circularity of the last four quarters together."),
        (
            "cycling_index_year",
            "Part of the throughput of labs, clouds and chipmakers that returns to where it has "
            "been, last four quarters (Finn).",
        ),
        ("largest_impact", "Largest systemic impact of an institution."),
        (
            "bank_vulnerability",
            "Part of its capital that a bank loses when one institution fails, on average: of the "
            "bank and the banks that lend to AI the one that loses more.",
        ),
    )
)
"""Series of the whole market, one value a quarter; ``measure`` gives the last closed one."""

FIRM_NETWORK: tuple[Indicator, ...] = tuple(
    Indicator(name, "1", meaning, _of_firm(name))
    for name, meaning in (
        (
            "round_trip_share",
            "Part of the money it put into labs, clouds and chipmakers that came back as its "
            "revenue in the quarter; empty when it put in none.",
        ),
        ("round_trip_share_year", "The same over the last four quarters."),
        (
            "systemic_impact",
            "Part of the equity of all institutions and the bank that the others lose when it "
            "fails (DebtRank).",
        ),
        (
            "vulnerability",
            "Part of its equity that it loses when one other institution fails, on average.",
        ),
    )
)
"""Series of every institution, as ``MARKET_NETWORK``."""
