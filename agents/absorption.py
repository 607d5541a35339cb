"""How a firm buys a lab that can raise no money: what it bids, and how it pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.listed_firm import ListedFirm
from agents.rules.absorption import absorption_bid, value_to_buyer
from market.units import cents, some_money

if TYPE_CHECKING:
    from agents.ai_lab import AILab
    from agents.institution import Institution


def purse_usd(buyer: Institution) -> float:
    """Cash that a firm can put into buying a lab and into its losses, USD."""
    return buyer.market.parameters.lab_rules.absorption_cash_share * buyer.spendable_usd


def bid_usd(buyer: Institution, lab: AILab, saved_usd: float = 0.0) -> float:
    """Most that a firm pays for all shares of a lab, USD.

    Its cash has to bear the lab's losses; a listed firm can pay the price in shares of its own.
    Nobody pays more for the shares than they were marked at when the round failed.

    Args:
        buyer: the firm.
        lab: which can raise no money.
        saved_usd: what the buyer would lose with the lab.
    """
    cash, losses = purse_usd(buyer), lab.need_usd
    if cash <= 0 or cash < losses:
        return 0.0
    shares = 0.0
    if isinstance(buyer, ListedFirm):
        shares = buyer.market.parameters.lab_rules.absorption_stock_share * buyer.value_usd
    worth = min(lab.fair_value_usd(), lab.valuation_usd)
    value = value_to_buyer(worth, lab.debt_usd(), losses, saved_usd)
    return absorption_bid(value, cash + shares, losses)


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
