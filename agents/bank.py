"""The bank sector: all banks as one, and those of them that lend to AI; both lend on capital."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.rules.valuation import MOST_VALUE_USD
from market.units import cents

if TYPE_CHECKING:
    from market.events import Event
    from market.host import Market

INTERBANK = "interbank loans"
"""What banks that lend to AI owe the bank at which all have their deposits."""


class Bank(mesa.Agent[Any]):
    """All banks as one: deposits are its debt, loans its assets.

    Args:
        model: a model with the facilities of ``market.equip``; it has one bank.

    Attributes:
        can_lend: whether its capital was over the floor at the last test; true before the first.
        is_under: whether its capital was under its floor.
        is_insolvent: whether its capital was gone: the "2008" flag.
        losses_usd: loans written off in the quarter.
    """

    def __init__(self, model: mesa.Model[Any, Any]) -> None:
        """Use the bank's account in the ledger of the model."""
        super().__init__(model)
        self.market: Market = model  # type: ignore[assignment]
        self.key = self.name = "bank"
        self.party = self.market.parties.bank
        self.can_lend, self.is_under, self.is_insolvent = True, False, False
        self.losses_usd = 0.0
        self.last_floor: Event | None = None

    def capital_usd(self) -> float:
        """Assets less deposits, USD."""
        return self.market.ledger.net_worth(self.party) / 100

    def capital_ratio(self) -> float:
        """Capital over assets; one for an empty bank."""
        assets = self.market.ledger.assets(self.party)
        return self.market.ledger.net_worth(self.party) / assets if assets > 0 else 1.0

    def test_capital(self) -> bool:
        """Stop lending under the floor; returns whether the state changed."""
        floor = self.market.parameters.bank.capital_floor
        before = self.can_lend
        self.can_lend = self.capital_ratio() >= floor
        self.is_under = not self.can_lend
        self.is_insolvent = self.capital_usd() < 0
        return self.can_lend != before


class LendingBank(Bank):
    """The banks that lend to AI firms and their lenders, with the capital that stands against it.

    They are a party of their own, so that their capital is a figure of the books. They fund
    what they lend by a debt to the bank. Their other loans are what their opening capital bears
    beside; these earn what they cost and lose nothing, so only AI can move their capital.

    Args:
        model: a model with the facilities of ``market.equip``.
    """

    def __init__(self, model: mesa.Model[Any, Any]) -> None:
        """Open the account; it is the lender of firms from now on."""
        super().__init__(model)
        self.key = self.name = "banks that lend to AI"
        self.party = self.market.ledger.add_party(self.name, "bank")
        self.market.lender = self.party

    def ai_loans_cents(self) -> int:
        """Loans to firms and lines of lenders, and notes taken over from failed funds."""
        ledger, rest = self.market.ledger, self.market.parties.rest
        other = ledger.balance("loans", rest, self.party)
        return ledger.assets(self.party, "loans") - other + ledger.assets(self.party, "bonds")

    def open_books(self) -> None:
        """Open with the stated capital: other loans beside those to AI, and the debt for both."""
        market, rules = self.market, self.market.parameters.bank
        ledger, capital = market.ledger, cents(rules.ai_capital_usd)
        lent = self.ai_loans_cents()
        assets = min(int(capital / rules.opening_ratio), max(capital, cents(MOST_VALUE_USD)))
        other = max(0, assets - lent)
        ledger.open_position("loans", market.parties.rest, self.party, other, "economy")
        owed = lent + other - capital
        ledger.open_position(INTERBANK, self.party, ledger.bank, max(0, owed))
        ledger.open_position("deposits", ledger.bank, self.party, max(0, -owed))

    def fund(self, lent_cents: int) -> None:
        """Borrow from the bank what its deposits lack for loans of this quarter."""
        ledger = self.market.ledger
        lacking = lent_cents - ledger.deposits(self.party)
        ledger.issue(INTERBANK, self.party, ledger.bank, max(0, lacking))

    def settle(self) -> None:
        """Pay for its funding, pay out what it does not retain, and repay with what is left.

        Its debt for AI loans costs the base rate. Of what remains of interest, dividends, costs and
        tax take all but ``bank.retention``.
        """
        market, ledger, rules = self.market, self.market.ledger, self.market.parameters
        base = rules.cloud_rules.base_rate + market.rate_rise
        cash = ledger.deposits(self.party)
        cost = min(cash, int(max(0.0, base) / 4 * self.ai_loans_cents()))
        ledger.pay(self.party, ledger.bank, cost, "interest")
        net = max(0, min(cash, ledger.flow("interest", self.party)) - cost)
        paid_out = int((1 - rules.bank.retention) * net)
        ledger.pay(self.party, market.parties.households, paid_out, "dividends")
        owed = ledger.balance(INTERBANK, self.party, ledger.bank)
        ledger.redeem(INTERBANK, self.party, ledger.bank, min(owed, cash - cost - paid_out))

    def test_capital(self) -> bool:
        """Lend while capital is over its target; returns whether it fell under the floor, or rose.

        Between floor and target it lends nothing new, but is not under its floor.
        """
        rules, ratio, was_under = self.market.parameters.bank, self.capital_ratio(), self.is_under
        self.is_under = ratio < rules.capital_floor
        self.can_lend = ratio >= max(rules.capital_floor, rules.target_ratio)
        self.is_insolvent = self.capital_usd() < 0
        return self.is_under != was_under
