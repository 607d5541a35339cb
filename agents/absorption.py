"""What a firm would pay for a lab that can raise no money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.listed_firm import ListedFirm
from agents.rules.absorption import absorption_bid, value_to_buyer

if TYPE_CHECKING:
    from agents.institution import Institution
    from agents.private_firm import PrivateFirm


def purse_usd(buyer: Institution) -> float:
    """Cash that a firm can put into buying a lab and into its losses, USD."""
    return buyer.market.parameters.lab_rules.absorption_cash_share * buyer.spendable_usd


def bid_usd(buyer: Institution, lab: PrivateFirm, saved_usd: float = 0.0) -> float:
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
