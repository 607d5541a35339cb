"""What all firms share: an account in the ledger, beliefs about growth, life and default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.estate import Claim, Estate, Loss
from agents.rules.expectations import expected_growth, forecasts, heuristic_shares, update_fitness
from agents.rules.valuation import MOST_VALUE_USD
from market.books.settlement import Rank
from market.events import Event
from market.parameters.demand import ExpectationParameters
from market.parameters.world import WORLD_PRODUCT_USD
from market.units import cents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agents.private_firm import PrivateFirm
    from market.host import Market


_LOWEST, _HIGHEST = -0.4, 0.4
"""Bounds on one quarter's growth that a forecaster takes seriously."""


class GrowthBeliefs:
    """Three heuristics that compete on their past errors.

    They forecast growth of the firm's own revenue, use or orders, never a private mark that the
    firms themselves set: scored on those, the trend rule would prove itself.

    Attributes:
        expected: growth expected for the next quarter, per quarter.
        shares: weights of the heuristics in it.
    """

    __slots__ = ("_anchor", "_fitness", "_last", "_predicted", "_rules", "expected", "shares")

    def __init__(self, growth: float, rules: ExpectationParameters) -> None:
        """Start from the growth seen last (per quarter); ``rules`` are ExpectationParameters."""
        self._rules = rules
        self._last = self._anchor = growth
        self._fitness = [0.0, 0.0, 0.0]
        self._predicted = (growth, growth, growth)
        self.shares: tuple[float, ...] = (1 / 3, 1 / 3, 1 / 3)
        self.expected = growth
        self._forecast(growth)

    def observe(self, growth: float) -> float:
        """Learn the growth of a quarter; returns the growth now expected for the next one."""
        rules = self._rules
        growth = min(_HIGHEST, max(_LOWEST, growth))
        self._fitness = [
            update_fitness(fitness, growth - predicted, rules.fitness_memory)
            for fitness, predicted in zip(self._fitness, self._predicted, strict=True)
        ]
        memory = rules.anchor_memory
        self._anchor = memory * self._anchor + (1 - memory) * growth
        previous, self._last = self._last, growth
        self._forecast(previous)
        return self.expected

    def _forecast(self, previous: float) -> None:
        rules = self._rules
        self._predicted = forecasts(
            self._last,
            previous,
            self._anchor,
            (1 + rules.long_run_growth) ** 0.25 - 1,
            rules.reversion,
            rules.extrapolation,
        )
        fundamentalist, trend, anchored = self._predicted
        if rules.has_trend_beliefs:
            self.shares = heuristic_shares(self._fitness, rules.intensity)
            guess = expected_growth((fundamentalist, trend, anchored), self.shares)
        else:
            two = heuristic_shares((self._fitness[0], self._fitness[2]), rules.intensity)
            self.shares = (two[0], 0.0, two[1])
            guess = expected_growth((fundamentalist, anchored), two)
        self.expected = min(_HIGHEST, max(_LOWEST, guess))


# --- what all firms share


_CLAIMS = (("loans",), ("bonds", "receivables", "prepayments"), ("vendor loans",))
"""Claims on an estate by rank: secured loans, senior claims, junior vendor loans.

Kinds of debt and trade that a user declared are senior claims.
"""


def _claims_by_rank(declared: Iterable[str]) -> list[tuple[str, ...]]:
    """Instruments by rank, those of the user's own with the senior ones."""
    known = {kind for kinds in _CLAIMS for kind in kinds}
    own = tuple(kind for kind in declared if kind not in known)
    return [kinds + own if "bonds" in kinds else kinds for kinds in _CLAIMS]


class Institution(mesa.Agent[Any]):
    """A firm with an account.

    Making one enters it in ``model.firms``. From then on its obligations are cleared with all
    others, and it fails when it cannot pay what is due: a subclass is all that a firm of a new
    type needs.

    Args:
        model: a ``MarketModel``, or any ``mesa.Model`` after ``market.equip``.
        key: company key, unlike all others.
        name: name shown to people; no other account has it.
        growth: growth of its fundamentals that was seen last, per quarter.

    Attributes:
        sector: sector of its account, the column of the matrices; of the class.
        key: company key of the scenario; also the key of its random streams.
        name: name shown to people, and the name of its account.
        party: its number in the ledger.
        is_defaulted: whether it has failed; a failed firm plans nothing any more. Its creditors run
            what still works (``estate``); after that it is a shell that does nothing.
        estate: what its creditors run; None before a default and when that is over.
        beliefs: expected growth of its own fundamentals.
    """

    sector = "rest"
    name: str

    def __init__(
        self, model: mesa.Model[Any, Any], key: str, name: str, growth: float = 0.0
    ) -> None:
        """Open the account in ``model.ledger``; ValueError when key or name is taken."""
        market: Market = model  # type: ignore[assignment]
        if key in market.firms:
            raise ValueError(f"there is a firm {key!r} already: {market.firms[key].name}")
        super().__init__(model)
        self.market = market
        self.key, self.name = key, name
        self.party = self.market.ledger.add_party(name, self.sector)
        self.is_defaulted = False
        self.estate: Estate | None = None
        self._purse = (0, WORLD_PRODUCT_USD)
        self.beliefs = GrowthBeliefs(growth, self.market.parameters.expectations)
        market.firms[key] = self

    def remove(self) -> None:
        """Leave the market in good order: wound up as a bankrupt firm, then forgotten by Mesa.

        Contracts end, its estate pays its creditors by rank, the rest is written off, promises are
        void (``MarketModel.wind_up``). It stays in ``institutions()`` as the shell that every
        failed firm is, for accounts, contracts and events refer to it; ``model.agents`` and the
        data of later quarters no longer hold it. Call it between two quarters or in a phase of
        your own, not while a phase decides; there, ``settlement.file(party)`` lets it fail at the
        next clearing.

        Raises:
            RuntimeError: it owns or owes something in a model that has no ``wind_up``.
        """
        if not self.is_defaulted:
            wind_up = getattr(self.model, "wind_up", None)
            if wind_up is not None:
                wind_up(self)
            elif self._has_business():
                raise RuntimeError(
                    f"{self.name} still owns or owes something, and {type(self.model).__name__} "
                    "has no wind_up(firm): pay out or write off its claims and debts in "
                    "model.ledger and commit, then remove it"
                )
            self.is_defaulted = True
        super().remove()

    def _has_business(self) -> bool:
        """Whether anything stands on its account or falls due."""
        ledger, settlement = self.market.ledger, self.market.settlement
        due = settlement.due_by(self.party) + settlement.due_to(self.party)
        return bool(ledger.assets(self.party) or ledger.liabilities(self.party) or due)

    @property
    def is_active(self) -> bool:
        """Whether it takes part in the market."""
        return not self.is_defaulted

    @property
    def is_in_administration(self) -> bool:
        """Whether it has failed and its creditors still run what it sells."""
        return self.estate is not None

    @property
    def cash_usd(self) -> float:
        """Deposits in USD."""
        return self.market.ledger.deposits(self.party) / 100

    @property
    def free_cash_usd(self) -> float:
        """Deposits less what is due this quarter plus what is to come in, USD."""
        settlement = self.market.settlement
        due = settlement.due_to(self.party) - settlement.due_by(self.party)
        return self.cash_usd + due / 100

    @property
    def spendable_usd(self) -> float:
        """What it can pay out at once without touching what it owes: deposits or less, USD."""
        return max(0.0, min(self.cash_usd, self.free_cash_usd))

    @property
    def net_worth_usd(self) -> float:
        """Assets less liabilities in USD, own shares being a liability at market value."""
        return self.market.ledger.net_worth(self.party) / 100

    def debt_usd(self) -> float:
        """Loans, bonds, notes and vendor loans owed, USD."""
        ledger, party = self.market.ledger, self.party
        owed = ledger.liabilities(party, "loans") + ledger.liabilities(party, "bonds")
        owed += ledger.liabilities(party, "convertible notes")
        return (owed + ledger.liabilities(party, "vendor loans")) / 100

    def market_value_usd(self, instrument: str = "listed equity") -> float:
        """Value of all its shares, USD."""
        return self.market.ledger.liabilities(self.party, instrument) / 100

    def mark_shares(self, value_usd: float, instrument: str) -> None:
        """Carry all its shares, wherever they are held, at a value of ``value_usd`` together."""
        ledger = self.market.ledger
        units = ledger.units(self.party)
        if units > 0:
            ledger.mark_shares(self.party, value_usd * 100 / units, instrument)

    def owe_dividends(self, usd: float, instrument: str) -> None:
        """Owe a payout to its owners pro rata of value; a remainder of cents stays with it.

        Args:
            usd: of the quarter; of a hoard at most ``MOST_VALUE_USD`` is paid at once.
            instrument: "listed equity" or "private equity".
        """
        total = cents(min(MOST_VALUE_USD, usd))
        if total <= 0:
            return
        holders = self.market.ledger.holders(self.party, instrument)
        value = sum(amount for _, amount in holders)
        for holder, amount in holders if value > 0 else ():
            self.market.settlement.owe(
                self.party, holder, total * amount // value, "dividends", Rank.JUNIOR
            )

    def outside_purse_usd(self) -> float:
        """Its part of the world's product, USD: the most that outsiders pay or make for it.

        All firms of its sector together sell them at most the world's product: who buys needs the
        income to pay for it (the cash-in-advance constraint, Clower 1967).
        """
        firms = self.market.firms
        if self._purse[0] != len(firms):  # counted again only when a firm has joined
            number = sum(1 for firm in firms.values() if firm.sector == self.sector)
            self._purse = (len(firms), WORLD_PRODUCT_USD / number)
        return self._purse[1]

    # --- what others ask of it

    def form_expectations(self) -> None:
        """Learn the last growth of its own fundamentals; a firm without forecasts learns none."""

    def purse_usd(self) -> float:
        """Part of its cash that it lends to the plans of a lab that it owns, USD."""
        share = self.market.parameters.lab_rules.parent_purse_share
        return 0.0 if self.is_defaulted else share * self.spendable_usd

    def room_usd(self, can_borrow: bool) -> float:
        """What it can pay at once for promised equity, USD."""
        return self.spendable_usd

    def make_room(self, usd: float) -> None:
        """Find what its cash lacks for an investment of ``usd``; most firms have no way to."""

    def honours_letter(self, lab: str) -> bool:
        """Whether it still wants to execute its letter of intent to a lab (company key)."""
        return True

    def stake_offer_usd(self, lab: str) -> float:
        """Equity that it offers a lab (company key) that buys where it sells, USD."""
        return 0.0

    def absorption_bid_usd(self, lab: PrivateFirm) -> float:
        """Most that it pays for all shares of a lab that can raise no money, USD; most buy none."""
        return 0.0

    # --- failure

    def wind_up(self, firms: Sequence[Institution]) -> None:
        """Leave the market after a default: sell the shares it holds, void what it promised.

        Types of firm add what else they own or owe: contracts, data centres, customers, orders.

        Args:
            firms: every firm of the market, itself and failed ones included, in its order.
        """
        self.sell_holdings()
        for promise in self.market.commitments:
            if self.key in (promise.lab, promise.investor):
                promise.is_void = True

    def lose_customer(self, customer: str) -> None:
        """Take note that a customer (company key) has failed; most firms keep no orders."""

    def sell_holdings(self) -> None:
        """Sell the shares it holds to the rest of the economy, at a discount."""
        market, ledger = self.market, self.market.ledger
        keep = 1 - market.parameters.default.collateral_discount
        for instrument in ("private equity", "listed equity"):
            for issuer, value in ledger.claims(self.party, instrument):
                units = ledger.units(issuer, self.party)
                if units > 0:
                    price = keep * value / units
                    ledger.transfer_shares(
                        issuer, self.party, market.parties.rest, units, price, instrument
                    )

    def pay_creditors(self) -> list[Loss]:
        """Pay the estate to creditors by rank, pro rata within a rank; write off the rest.

        Then its shares are worth nothing, and what it is owed goes to the rest of the economy.
        While creditors run what still works, they keep claims on what that is worth.

        Returns:
            What every creditor lost, claim by claim.
        """
        self.market.notes.accelerate(self.party)
        if self.estate is not None:
            return self.estate.open()
        market, ledger = self.market, self.market.ledger
        estate, losses = ledger.deposits(self.party), []
        for claims in self.claims_by_rank():
            owed = sum(claim.cents for claim in claims)
            at_hand = min(estate, owed)
            for kind, holder, label, amount in claims:
                paid = at_hand * amount // owed
                estate -= paid
                ledger.settle(self.party, holder, paid, kind, label)
                ledger.write_off(kind, self.party, holder, amount - paid, label)
                losses.append(Loss(holder, amount - paid))
        self.void_shares()
        for kind in ledger.accounts.declared.instruments("debt", "trade"):
            for debtor, label, amount in ledger.labelled_claims(self.party, kind):
                ledger.transfer(
                    kind, debtor, self.party, market.parties.rest, amount, label, price=0
                )
        market.settlement.wind_up(self.party, market.parties.rest)
        ledger.pay(self.party, market.parties.rest, estate, "bankruptcy costs")
        return losses

    def claims_by_rank(self) -> list[list[Claim]]:
        """Claims on it by rank: secured loans, senior claims, junior vendor loans."""
        ledger = self.market.ledger
        declared = ledger.accounts.declared.instruments("debt", "trade")
        return [
            [
                Claim(kind, holder, label, amount)
                for kind in kinds
                for holder, label, amount in ledger.labelled_holders(self.party, kind)
            ]
            for kinds in _claims_by_rank(declared)
        ]

    def plant_worth_cents(self) -> int:
        """What its plant is worth to creditors who run it; most firms have none."""
        return 0

    def reserve_cents(self) -> int:
        """Cash that creditors who run its estate keep for a quarter's cost."""
        return 0

    def is_estate_over(self) -> bool:
        """Whether its creditors stop running what it sells."""
        return True

    def close_estate(self) -> list[Loss]:
        """End the administration: what still works stops, and creditors get what is left.

        Returns:
            What every creditor lost beyond what was lost at the default, claim by claim.
        """
        self.estate = None
        self.shut_down()
        return self.pay_creditors()

    def shut_down(self) -> None:
        """Stop whatever still runs; most firms have stopped when they failed."""

    def void_shares(self) -> None:
        """Mark what its owners hold down to nothing."""
        ledger = self.market.ledger
        for instrument in ("private equity", "listed equity"):
            if ledger.liabilities(self.party, instrument) > 0:
                ledger.mark_shares(self.party, 0.0, instrument)

    # --- books

    def open_cash(self, usd: float) -> None:
        """Opening deposits, before the first quarter, USD.

        A firm that joins when the opening books are closed brings money that the rest of the
        economy has borrowed, so that the bank's capital stays what the scenario states.

        Raises:
            ValueError: the first quarter has begun. Sell shares or borrow instead.
        """
        market, ledger = self.market, self.market.ledger
        ledger.open_position("deposits", ledger.bank, self.party, cents(usd))
        if market.is_opened:
            ledger.open_position("loans", market.parties.rest, ledger.bank, cents(usd), "economy")
            ledger.commit("opening")

    def report(
        self,
        kind: str,
        size: float,
        unit: str,
        text: str,
        causes: tuple[Event | None, ...] = (),
    ) -> Event:
        """Record an event of this firm with the events that it rests on."""
        ids = tuple(sorted({cause.id for cause in causes if cause is not None}))
        market = self.market
        return market.events.record(market.quarter, kind, self.name, size, unit, text, ids)
