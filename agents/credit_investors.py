"""Credit investors: savers' money that buys the new bonds of firms that build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.rules.financing import filled_share, scarcity_spread
from agents.rules.valuation import MOST_VALUE_USD
from market.parameters.world import WORLD_PRODUCT_USD
from market.units import cents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from market.host import Market


class CreditInvestors(mesa.Agent[Any]):
    """Insurers, bond funds and private credit as one: what they own belongs to savers.

    They owe nothing but fund shares, so they cannot fail; what they lose, savers lose.

    Args:
        model: a model with the facilities of ``market.equip``; it has one such party.

    Attributes:
        inflow_usd: new money of a quarter.
        ceiling_usd: cash beyond which money goes back to savers.
        asked_usd: bonds that firms wanted to sell in the quarter; ``supply_usd`` money for sale.
        filled: part of every request that was met.
        spread: what they ask beyond the usual spread because money is short, per year.
    """

    def __init__(self, model: mesa.Model[Any, Any]) -> None:
        """Open the account; new bonds are sold to it from now on."""
        super().__init__(model)
        self.market: Market = model  # type: ignore[assignment]
        self.key = self.name = "credit investors"
        self.party = self.market.ledger.add_party(self.name, "credit investors")
        self.market.bond_buyer = self.party
        rules = self.market.parameters.credit
        self.inflow_usd = rules.inflow_usd
        self.ceiling_usd = min(MOST_VALUE_USD, rules.cash_ceiling * rules.cash_usd)
        self.asked_usd = self.supply_usd = self.spread = 0.0
        self.filled = 1.0

    @property
    def cash_usd(self) -> float:
        """Deposits in USD."""
        return self.market.ledger.deposits(self.party) / 100

    def open_books(self) -> None:
        """Open with the stated cash, which belongs to savers."""
        market = self.market
        amount = cents(market.parameters.credit.cash_usd)
        market.ledger.open_position("deposits", market.parties.bank, self.party, amount)
        market.ledger.open_position("fund shares", self.party, market.parties.households, amount)

    def meet(self, requests: Mapping[str, float]) -> float:
        """Meet all requests of a quarter (USD, by company key) in one part, which is returned.

        What they ask beyond the usual spread follows from the same requests, for the next quarter.
        """
        rules = self.market.parameters.credit
        self.asked_usd = sum(requests.values())
        self.supply_usd = rules.share_for_sale * self.cash_usd
        self.filled = filled_share(self.asked_usd, self.supply_usd)
        self.spread = scarcity_spread(
            self.asked_usd,
            self.supply_usd,
            rules.spread_slope,
            rules.spread_free,
            rules.spread_most,
        )
        return self.filled

    def receive_savings(self) -> None:
        """Savers bring new money; what is beyond the ceiling goes back to them."""
        market, rules = self.market, self.market.parameters.credit
        savers, flow = market.parties.households, cents(self.inflow_usd)
        market.ledger.pay(market.parties.rest, savers, flow, "household income")
        market.ledger.issue("fund shares", self.party, savers, flow)
        self.inflow_usd = min(WORLD_PRODUCT_USD, self.inflow_usd * (1 + rules.inflow_growth))
        self.ceiling_usd = min(MOST_VALUE_USD, self.ceiling_usd * (1 + rules.inflow_growth))

    def pay_back(self) -> None:
        """Pay savers back what is beyond the ceiling: nobody wanted to borrow it."""
        market = self.market
        savers = market.parties.households
        surplus = market.ledger.deposits(self.party) - cents(self.ceiling_usd)
        owed = market.ledger.balance("fund shares", self.party, savers)
        market.ledger.redeem("fund shares", self.party, savers, max(0, min(surplus, owed)))

    def mark_fund_shares(self) -> None:
        """Carry what it is worth to its owners."""
        market = self.market
        change = market.ledger.net_worth(self.party)
        market.ledger.revalue("fund shares", self.party, market.parties.households, change)
