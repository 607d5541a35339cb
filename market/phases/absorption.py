"""Phase 6, after the rounds: labs that can raise no money are offered to those who can pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.absorption import purse_usd
from agents.listed_firm import ListedFirm
from agents.rules.absorption import sale_price
from market.units import cents, some_money

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


def absorb(buyer: Institution, lab: AILab, price_usd: float) -> None:
    """Buy all shares of a lab from their holders, for cash as far as it goes, else for shares.

    The buyer is the lab's parent from now on; compute contracts stay, promised equity of others
    lapses.
    """
    market, ledger = buyer.market, buyer.market.ledger
    units = ledger.units(lab.party)
    price = 100 * price_usd / units
    spare = max(0.0, purse_usd(buyer) - lab.need_usd)
    in_shares = max(0.0, 1 - spare / price_usd) if price_usd > 0 else 0.0
    for holder, _ in ledger.holders(lab.party, "private equity"):
        held = ledger.units(lab.party, holder)
        if holder == buyer.party or held <= 0:
            continue
        ledger.transfer_shares(lab.party, holder, buyer.party, held, price)
        _pay_in_shares(buyer, holder, int(in_shares * round(held * price)))
    for promise in market.commitments:
        if promise.lab == lab.key and promise.investor != buyer.key:
            promise.is_void = True
    failure = lab.last_failure
    lab.join(buyer.key, price_usd)
    text = f"is bought by {buyer.name} for {some_money(price_usd)}"
    lab.report("absorbed", price_usd, "USD", text, (failure,))


def _pay_in_shares(buyer: Institution, holder: int, amount: int) -> None:
    """Give new shares instead of cash: the holder buys them with what it was just paid."""
    if amount <= 0 or not isinstance(buyer, ListedFirm):
        return
    ledger = buyer.market.ledger
    units = ledger.units(buyer.party)
    each = buyer.value_usd * 100 / units
    new = max(1, round(amount / each))
    ledger.issue_shares(buyer.party, holder, new, amount, "listed equity")
    buyer.value_usd += cents(amount / 100) / 100
