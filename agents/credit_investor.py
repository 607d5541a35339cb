"""A credit investor: savers' money that buys the notes of firms that build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.rules.credit import lender_room, passed_on, redeemed
from agents.rules.valuation import MOST_VALUE_USD
from market.parameters.world import WORLD_PRODUCT_USD
from market.units import cents, some_money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from market.host import Market
    from market.parameters.credit import CreditInvestorParameters

OTHER = "other bonds"


class CreditInvestor(mesa.Agent[Any]):
    """An insurer, bond fund, pension, private-credit fund or other holder, each kind as one.

    They differ by their figures only. What they owe is a share in what they own, so losses reach
    their owners, after their own capital.

    Args:
        model: a model with the facilities of ``market.equip``.
        key: key in the scenario.
        stated: money, limits and owners.

    Attributes:
        inflow_usd: new money of a quarter in normal times.
        ceiling_usd: cash beyond which money goes back to owners.
        loss: losses of late over its notes, marks included: at ``credit.loss_stop`` it buys none.
        lost_usd: written off in the quarter.
        past_return: smoothed return of its owners but for income, per quarter.
        waiting_usd: what owners want back and the gate holds, which is no claim.
        has_failed: whether its debts were more than what it owned.
    """

    def __init__(
        self, model: mesa.Model[Any, Any], key: str, stated: CreditInvestorParameters
    ) -> None:
        """Open the account."""
        super().__init__(model)
        self.market: Market = model  # type: ignore[assignment]
        self.key, self.name, self.stated = key, stated.name, stated
        sector = "rest" if stated.owners == "rest" else "credit investors"
        self.party = self.market.ledger.add_party(self.name, sector)
        self.owner: int = getattr(self.market.parties, stated.owners)
        rules = self.market.parameters.credit
        self.inflow_usd = stated.share * rules.inflow_usd
        self.ceiling_usd = min(MOST_VALUE_USD, rules.cash_ceiling * stated.share * rules.cash_usd)
        self.capital_cents = 0
        self.loss = self.lost_usd = self.past_return = self.waiting_usd = 0.0
        self.has_failed = False

    @property
    def cash_usd(self) -> float:
        """Deposits in USD."""
        return self.market.ledger.deposits(self.party) / 100

    @property
    def notes_usd(self) -> float:
        """Notes of AI issuers that it holds, at face, USD."""
        return self.market.ledger.assets(self.party, "bonds") / 100

    @property
    def line_usd(self) -> float:
        """What it owes banks, USD."""
        return self.market.ledger.liabilities(self.party, "loans") / 100

    def open_books(self) -> None:
        """Open with its money for AI notes and other bonds; owners have what is left of them.

        Notes of the start are booked by their issuers before.
        """
        market, ledger, own = self.market, self.market.ledger, self.stated
        cash = cents(own.share * market.parameters.credit.cash_usd)
        notes = ledger.assets(self.party, "bonds")
        other = max(0, cents(own.assets_usd) - notes - cash)
        line = int(own.line_share * notes)
        total = cash + notes + other
        self.capital_cents = int(own.capital_share * total)
        ledger.open_position("deposits", ledger.bank, self.party, cash)
        ledger.open_position(OTHER, market.parties.rest, self.party, other)
        ledger.open_position("loans", self.party, market.lender, line, "line")
        owed = total - line - self.capital_cents
        ledger.open_position(own.owes, self.party, self.owner, owed)

    # --- what it buys

    def buys(self, credit_class: str) -> bool:
        """Whether it buys notes of a kind of issuer."""
        return not self.has_failed and self.stated.holds.get(credit_class, 0.0) > 0

    def room_usd(self, can_borrow: bool) -> float:
        """Money for which it buys notes in this quarter, USD.

        Args:
            can_borrow: whether banks lend on its line.
        """
        if self.has_failed:
            return 0.0
        rules, own = self.market.parameters.credit, self.stated
        purse = rules.share_for_sale * self.cash_usd
        if can_borrow:
            purse /= 1 - own.line_share
        assets = self.market.ledger.assets(self.party) / 100
        return lender_room(purse, assets, own.limit, self.notes_usd, self.loss, rules.loss_stop)

    def draw_line(self, bought_cents: int) -> int:
        """Let a bank finance its part of notes that are bought; returns what it lends, cents."""
        market = self.market
        amount = int(self.stated.line_share * bought_cents)
        market.ledger.issue("loans", self.party, market.lender, amount, "line")
        return amount

    def repay_line(self) -> None:
        """Bring the line back to its part of the notes, as far as cash goes."""
        market = self.market
        line = market.ledger.liabilities(self.party, "loans")
        notes = market.ledger.assets(self.party, "bonds")
        over = line - int(self.stated.line_share * notes)
        paid = max(0, min(over, market.ledger.deposits(self.party) - self._income_cents()))
        market.ledger.redeem("loans", self.party, market.lender, paid, "line")

    def pay_for_line(self, base: float) -> None:
        """Pay a quarter's interest on its line, as far as the interest it received goes.

        Args:
            base: base rate, per year.
        """
        market, rules = self.market, self.market.parameters.credit
        line = market.ledger.liabilities(self.party, "loans")
        due = int(max(0.0, base + rules.line_spread) / 4 * line)
        market.ledger.pay(self.party, market.lender, min(due, self._income_cents()), "interest")

    # --- its owners

    def receive_savings(self) -> int:
        """Owners bring new money, less after losses where they can leave.

        Returns:
            Cents that they bring.
        """
        market, rules = self.market, self.market.parameters.credit
        share = 1.0
        if self.stated.redemption > 0:
            share = min(1.0, max(0.0, 1.0 + rules.flow_sensitivity * self.past_return))
        flow = 0 if self.has_failed else cents(share * self.inflow_usd)
        if self.owner == market.parties.households:
            market.ledger.pay(market.parties.rest, self.owner, flow, "household income")
        market.ledger.issue(self.stated.owes, self.party, self.owner, flow)
        self.inflow_usd = min(WORLD_PRODUCT_USD, self.inflow_usd * (1 + rules.inflow_growth))
        self.ceiling_usd = min(MOST_VALUE_USD, self.ceiling_usd * (1 + rules.inflow_growth))
        return flow

    def pay_back(self) -> None:
        """Pay owners what they want back, within the gate, and what is beyond the ceiling."""
        market, ledger, own = self.market, self.market.ledger, self.stated
        owed = ledger.balance(own.owes, self.party, self.owner)
        worth = owed / 100
        wanted = redeemed(worth, self.past_return, own.redemption, 1.0)
        granted = cents(redeemed(worth, self.past_return, own.redemption, own.gate))
        cash = max(0, ledger.deposits(self.party) - self._income_cents())
        surplus = max(0, cash - cents(self.ceiling_usd))
        other = ledger.assets(self.party, OTHER)
        sold = max(0, min(other, granted - cash))
        ledger.redeem(OTHER, market.parties.rest, self.party, sold)
        paid = min(owed, cash + sold, max(surplus, granted))
        ledger.redeem(own.owes, self.party, self.owner, paid)
        self.waiting_usd = max(0.0, wanted - paid / 100)

    def settle_with_owners(self) -> None:
        """Pass interest on to owners as income, and losses on as a fall of their claims."""
        market, ledger, own = self.market, self.market.ledger, self.stated
        income = self._income_cents()
        paid, change = passed_on(ledger.net_worth(self.party), income, self.capital_cents)
        owed = ledger.balance(own.owes, self.party, self.owner)
        ledger.pay(self.party, self.owner, int(paid), "dividends")
        ledger.revalue(own.owes, self.party, self.owner, max(-owed, int(change)))
        gain = change / owed if owed > 0 else 0.0
        memory = market.parameters.credit.loss_memory
        self.past_return = memory * self.past_return + (1 - memory) * gain

    def _income_cents(self) -> int:
        """Interest of the quarter that is at hand."""
        ledger = self.market.ledger
        return max(0, min(ledger.flow("interest", self.party), ledger.deposits(self.party)))

    def feel_losses(self, falls: Mapping[int, float]) -> None:
        """Learn what its notes lost in the quarter: written off, and by their prices.

        Args:
            falls: fall of the price of a dollar of face, by issuer.
        """
        ledger = self.market.ledger
        marks = sum(
            cents_held / 100 * falls.get(issuer, 0.0)
            for issuer, cents_held in ledger.claims(self.party, "bonds")
        )
        notes = self.notes_usd + self.lost_usd
        lost = max(0.0, self.lost_usd + marks) / notes if notes > 0 else 0.0
        self.loss = self.market.parameters.credit.loss_memory * self.loss + lost
        self.lost_usd = 0.0

    def lose(self, usd: float) -> None:
        """Count what is written off of its notes."""
        self.lost_usd += usd

    def fail_if_worthless(self) -> float:
        """End when debts are more than what it owns; the bank takes its notes.

        Returns:
            What the bank writes off, USD.
        """
        ledger = self.market.ledger
        line, assets = ledger.liabilities(self.party, "loans"), ledger.assets(self.party)
        if self.has_failed or line <= 0 or assets >= line:
            return 0.0
        self.has_failed = True
        lender = self.market.lender
        for issuer, amount in ledger.claims(self.party, "bonds"):
            ledger.transfer("bonds", issuer, self.party, lender, amount, price=0)
        cash = min(line, ledger.deposits(self.party))
        ledger.redeem("loans", self.party, lender, cash, "line")
        ledger.write_off("loans", self.party, lender, line - cash, "line")
        loss = (line - assets) / 100
        self.market.events.record(
            self.market.quarter,
            "default",
            self.name,
            loss,
            "USD",
            f"owes banks {some_money(loss)} more than it owns and fails",
        )
        return loss
