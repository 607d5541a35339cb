"""An investor: joins rounds on a noisy signal, may borrow, and sells under margin calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.absorption import bid_usd
from agents.institution import Institution
from agents.rules.financing import deleveraging_sale, fund_inflow, loan_to_value
from agents.rules.funding_game import required_multiple
from market.events import Event
from market.parameters.companies import InvestorParameters
from market.units import cents, some_money

if TYPE_CHECKING:
    from agents.private_firm import PrivateFirm

_MOST_RETURN = 10.0
"""Savers believe no return of a quarter over a thousand per cent: it started from nothing."""
_FUNDS = ("venture", "crossover", "sovereign")
"""Kinds that hold savers' commitments for an investment period."""
_FEAR = 0.1
"""Rise of required returns over which exits are put off."""
_CALL_TARGET = 0.9
"""After a margin call it sells down to this part of its limit."""


class Investor(Institution):
    """A fund, a holding, a sovereign, a parent or the public market.

    Args:
        model: a model with the facilities of ``market.equip``.
        key: short name in the scenario; also the key of its random streams.
        stated: what the scenario states about it; each field has its unit and source.

    Attributes:
        stated: what the scenario states about it.
        past_return: smoothed return on its assets, per quarter, which savers follow.
        participation_factor: factor on the share of dry powder put into a round.
        invested_usd: put into rounds this quarter.
        paid_back_usd: what it gave back to savers of late, fading with the investment period.
        last_call: its latest margin call.
    """

    sector = "investors"

    def __init__(self, model: mesa.Model[Any, Any], key: str, stated: InvestorParameters) -> None:
        """Create the investor with the figures of the scenario; ``opening`` sets its books."""
        super().__init__(model, key, stated.name)
        self.stated = stated
        self.past_return = 0.0
        self.participation_factor = 1.0
        self.invested_usd = 0.0
        self.last_call: Event | None = None
        self.paid_back_usd = 0.0
        self._first_worth: float | None = None
        self._last_value = 0.0

    @property
    def has_rounds(self) -> bool:
        """Whether it takes part in private rounds of others' labs."""
        return self.is_active and self.stated.kind not in ("parent", "public")

    @property
    def is_levered(self) -> bool:
        """Whether it borrows against its assets."""
        rules = self.market.parameters.investor_rules
        return rules.has_leverage and self.stated.max_loan_to_value > 0

    def assets_usd(self) -> float:
        """All assets, USD."""
        return self.market.ledger.assets(self.party) / 100

    def loan_to_value(self) -> float:
        """Debt over assets."""
        debt = self.debt_usd()
        return loan_to_value(debt, self.assets_usd()) if debt > 0 else 0.0

    def borrowing_room_usd(self, can_borrow: bool) -> float:
        """What it can still borrow under its limit, USD."""
        if not can_borrow or not self.is_levered:
            return 0.0
        limit = _CALL_TARGET * self.stated.max_loan_to_value
        debt, assets = self.debt_usd(), self.assets_usd()
        return max(0.0, (limit * assets - debt) / (1 - limit))

    def room_usd(self, can_borrow: bool) -> float:
        """What it can pay at once for promised equity, borrowing included, USD."""
        return self.spendable_usd + self.borrowing_room_usd(can_borrow)

    def dry_powder_usd(self, can_borrow: bool) -> float:
        """Money that it could put into rounds now, USD."""
        if not self.has_rounds:
            return 0.0
        return self.room_usd(can_borrow)

    def may_join(self, is_listed: bool) -> bool:
        """Whether a firm may ask it; the public market only when the firm's shares are listed."""
        return self.has_rounds or (is_listed and self.stated.kind == "public" and self.is_active)

    def pledge_usd(self, can_borrow: bool) -> float:
        """Most that it puts into the rounds of one quarter, USD.

        The public market pledges too; only labs whose shares are listed can ask it.
        """
        share = min(1.0, self.stated.participation * self.participation_factor)
        if self.stated.kind == "public" and self.is_active:
            return share * self.spendable_usd
        return share * self.dry_powder_usd(can_borrow)

    def least_multiple(self, return_rise: float) -> float:
        """Exit multiple under which it wants no part of a round, however sure that it closes."""
        return 1 + self.stated.required_return + return_rise

    def limit_multiple(self, firm: str, hardness: float, return_rise: float) -> float:
        """Exit multiple from which on it joins a round, by its noisy signal of hardness.

        Args:
            firm: company key of who asks.
            hardness: part of all offers that the round needs.
            return_rise: present rise of everybody's required return.
        """
        rules = self.market.parameters.funding
        noise = self.market.streams.normal(self.key, f"signal of {firm}", self.market.quarter)
        return required_multiple(
            hardness + rules.signal_noise * noise,
            self.stated.required_return + return_rise,
            rules.recovery,
        )

    def bridge_offer_usd(self, firm: PrivateFirm, return_rise: float) -> float:
        """What it lends a firm whose round fell short, USD: a part of its stake, if it pays.

        It lends when its expected multiple, bought at the discount of the notes, is what it wants
        at least: insiders go on where outsiders do not (Ewens, Rhodes-Kropf and Strebulaev 2016).
        """
        market, rules = self.market, self.market.parameters.funding
        stake = market.ledger.balance("private equity", firm.party, self.party) / 100
        if not self.has_rounds or stake <= 0:
            return 0.0
        multiple = firm.exit_multiple(0.0) / (1 - rules.convertible_discount)
        if multiple < self.least_multiple(return_rise):
            return 0.0
        left = self.stated.participation * self.participation_factor * self.spendable_usd
        return max(0.0, min(rules.bridge_share * stake, left))

    def absorption_bid_usd(self, lab: PrivateFirm) -> float:
        """Most that it pays for a lab, USD; only firms with a business of their own buy one."""
        is_parent = self.stated.kind == "parent" and self.is_active
        return bid_usd(self, lab) if is_parent else 0.0

    def make_room(self, usd: float) -> None:
        """Borrow what its cash lacks for an investment of ``usd``."""
        missing = usd - self.spendable_usd
        if missing > 0 and self.is_levered:
            market = self.market
            market.ledger.issue(
                "loans", self.party, market.parties.bank, cents(missing) + 1, "margin"
            )

    def owe_debt_service(self) -> None:
        """Owe interest on its loans; what cash does not cover is added to the debt.

        The bank adds nothing to a debt that would exceed all that the investor owns.
        """
        market, rules = self.market, self.market.parameters
        rate = rules.cloud_rules.base_rate + market.rate_rise + rules.investor_rules.margin_spread
        for holder, amount in market.ledger.holders(self.party, "loans"):
            due = int(amount * rate / 4)
            is_covered = self.debt_usd() + due / 100 <= self.assets_usd()
            if self.free_cash_usd * 100 < due and self.is_levered and is_covered:
                market.ledger.issue("loans", self.party, market.parties.bank, due, "margin")
            market.settlement.owe(self.party, holder, due, "interest")

    def receive_savings(self) -> int:
        """Savers buy fund shares; flow follows worth and past return. Returns the cents.

        What the fund paid back counts as worth: savers commit it again. A parent gets no more than
        what its cash lacks to that of the start: nobody saves with it.
        """
        market = self.market
        rules = market.parameters.investor_rules
        if self.stated.kind == "parent":
            return self._receive(min(self.stated.inflow_usd, self.stated.cash_usd - self.cash_usd))
        if self._first_worth is None:
            self._first_worth = max(self._worth() / 100, 4 * self.stated.inflow_usd)
        worth = (self._worth() / 100 + self.paid_back_usd) / max(self._first_worth, 1.0)
        wanted = fund_inflow(
            self.stated.inflow_usd,
            worth,
            self.past_return,
            rules.flow_worth,
            rules.flow_sensitivity,
            rules.most_flow,
        )
        return self._receive(min(wanted, max(self.outside_purse_usd(), self.stated.inflow_usd)))

    def _receive(self, usd: float) -> int:
        """Sell fund shares to households, which earn the money elsewhere; returns the cents."""
        market, flow = self.market, max(0, cents(usd))
        if flow > 0:
            market.ledger.pay(
                market.parties.rest, market.parties.households, flow, "household income"
            )
            market.ledger.issue("fund shares", self.party, market.parties.households, flow)
        return flow

    def return_uncalled(self) -> int:
        """A fund gives savers back a part of the money that it has not called; returns the cents.

        Commitments end with the investment period, of which a quarter passes.
        """
        market, rules = self.market, self.market.parameters.investor_rules
        self.paid_back_usd *= 1 - rules.expiry
        if self.stated.kind not in _FUNDS:
            return 0
        wanted = cents(rules.expiry * self.spendable_usd)
        paid = max(0, min(wanted, self._owed_to_owners()))
        market.ledger.redeem("fund shares", self.party, market.parties.households, paid)
        self.paid_back_usd += paid / 100
        return paid

    def exit_rate(self, firm: PrivateFirm) -> float:
        """Part of its shares of a private firm that it wants to sell to the public market now."""
        rules, fear = self.market.parameters.investor_rules, _FEAR
        if firm.is_listed:
            return 1 / rules.listed_exit_quarters
        if not firm.has_exits:
            return 0.0
        rise: float = getattr(self.market, "return_rise", 0.0)
        return rules.fearful_exit_rate if rise > fear else rules.exit_rate

    def margin_sale_usd(self) -> float:
        """What it must sell to meet its loan-to-value limit, USD; zero when within it."""
        if (
            self.stated.max_loan_to_value <= 0
            or self.loan_to_value() <= self.stated.max_loan_to_value
        ):
            return 0.0
        target = _CALL_TARGET * self.stated.max_loan_to_value
        return deleveraging_sale(self.debt_usd(), self.assets_usd(), target)

    def outside_shares_usd(self) -> float:
        """Listed shares of companies outside the model that it could sell, USD."""
        market = self.market
        return market.ledger.balance("listed equity", market.parties.rest, self.party) / 100

    def report_call(self, wanted_usd: float) -> None:
        """Report a margin call for so much, with its limit and what was lost in the quarter."""
        market, events = self.market, self.market.events
        debt = f"debt is {self.loan_to_value():.1%} of its assets"
        limit = f"{100 * self.stated.max_loan_to_value:g}% is its limit"
        lost = self.loss_usd()
        why = f"; it lost {some_money(lost)} in the quarter" if lost > 0 else ""
        since = max(0, market.quarter - 2)
        kinds = ("failed round", "default", "margin call", "shock")
        self.last_call = self.report(
            "margin call",
            wanted_usd,
            "USD",
            f"must sell {some_money(wanted_usd)} of shares: {debt}, {limit}{why}",
            tuple(events.latest(kind, since=since) for kind in kinds),
        )

    def sell_and_repay(self, sale_usd: float, most_cents: int) -> None:
        """Sell shares of outside companies to households and repay loans with the proceeds.

        Args:
            sale_usd: about how much to sell.
            most_cents: what the buyers can pay at most.
        """
        market, ledger = self.market, self.market.ledger
        units = ledger.units(market.parties.rest, self.party)
        held = ledger.balance("listed equity", market.parties.rest, self.party)
        if units <= 0 or held <= 0 or sale_usd <= 0:
            return
        sold = min(units, max(1, round(units * sale_usd * 100 / held)))
        if round(sold * (held / units)) > most_cents:
            sold = units * most_cents // held
        if sold * held // units <= 0:  # what is worth less than a cent is not sold
            return
        left = round(sold * (held / units))  # to the cent what the buyers pay for it
        ledger.transfer_shares(
            market.parties.rest,
            self.party,
            market.parties.households,
            sold,
            held / units,
            "listed equity",
        )
        for holder, label, amount in ledger.labelled_holders(self.party, "loans"):
            paid = min(left, amount)
            ledger.settle(self.party, holder, paid, "loans", label)
            left -= paid

    def pass_on_dividends(self) -> int:
        """The public market redeems fund shares with what it has beyond its first cash; cents."""
        if self.stated.kind != "public":
            return 0
        market = self.market
        excess = market.ledger.deposits(self.party) - cents(self.stated.cash_usd)
        paid = max(0, min(excess, self._owed_to_owners()))
        market.ledger.redeem("fund shares", self.party, market.parties.households, paid)
        return paid

    def void_shares(self) -> None:
        """Mark what its owners hold down to nothing, fund shares too."""
        super().void_shares()
        market = self.market
        claim = self._owed_to_owners()
        market.ledger.write_off("fund shares", self.party, market.parties.households, claim)

    def loss_usd(self) -> float:
        """What it lost since fund shares were last marked, USD; zero when it gained.

        Asked before savers pay in, so that no contribution hides a loss.
        """
        return max(0.0, self._last_value - self._worth()) / 100

    def mark_fund_shares(self, contributed_cents: int) -> None:
        """Carry what it is worth to its owners, and learn the return of the quarter.

        Args:
            contributed_cents: fund shares sold in the quarter, no part of the return.
        """
        market = self.market
        worth = self._worth()
        change = worth - self._owed_to_owners()
        market.ledger.revalue("fund shares", self.party, market.parties.households, change)
        base = self._last_value + contributed_cents
        if base > 0:
            memory = market.parameters.investor_rules.flow_memory
            gained = min(_MOST_RETURN, worth / base - 1) if self._last_value > 0 else 0.0
            self.past_return = memory * self.past_return + (1 - memory) * gained
        self._last_value = float(worth)

    def _owed_to_owners(self) -> int:
        """Its fund shares in the hands of households, cents."""
        market = self.market
        return market.ledger.balance("fund shares", self.party, market.parties.households)

    def _worth(self) -> int:
        """What it is worth to its owners, cents: assets less debt, not under zero."""
        return max(0, self.market.ledger.net_worth(self.party) + self._owed_to_owners())
