"""Phase 6, after the rounds: labs that can raise no money are offered to those who can pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.absorption import absorb
from agents.rules.absorption import sale_price

if TYPE_CHECKING:
    from agents.ai_lab import AILab
    from agents.institution import Institution
    from market.model import MarketModel


def sell_labs(model: MarketModel) -> None:
    """Labs whose round failed and whose cash runs out are offered to all; the best bid gets each.

    All bids are made on one state; nobody buys two labs in a quarter, and the largest bid of all
    is served first.
    """
    if not model.parameters.lab_rules.has_absorption:
        return
    for_sale = [lab for lab in model.active_labs if lab.is_for_sale()]
    bids = {lab.key: _bids(model, lab) for lab in for_sale}
    while bids:
        lab = max(bids, key=lambda key: (max(bids[key].values(), default=0.0), key))
        offers = bids.pop(lab)
        reserve = model.labs[lab].reserve_price_usd()
        price = sale_price(list(offers.values()), reserve)
        if price is None:
            continue
        buyer = max(offers, key=lambda key: (offers[key], key))
        absorb(model.institution(buyer), model.labs[lab], price)
        for others in bids.values():
            others.pop(buyer, None)
    model.ledger.commit("absorption")


def _bids(model: MarketModel, lab: AILab) -> dict[str, float]:
    """What every firm would pay for a lab, USD by company key."""
    firms: list[Institution] = [f for f in model.institutions() if f.is_active and f is not lab]
    return {firm.key: usd for firm in firms if (usd := firm.absorption_bid_usd(lab)) > 0}
