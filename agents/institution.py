"""What all firms share: an account in the ledger, beliefs about growth, life and default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.beliefs import GrowthBeliefs
from market.books.ledger import cents
from market.events import Event

if TYPE_CHECKING:
    from market.host import Market


class Institution(mesa.Agent[Any]):
    """A firm with an account.

    Attributes:
        key: company key of the scenario; also the key of its random streams.
        name: name shown to people, and the name of its account.
        party: its number in the ledger.
        is_defaulted: whether it has failed; a failed firm stays as a shell that does nothing.
        beliefs: expected growth of its own fundamentals.
    """

    sector = "rest"

    def __init__(
        self, model: mesa.Model[Any, Any], key: str, name: str, growth: float = 0.0
    ) -> None:
        """Open the account in ``model.ledger``; ``growth`` is what was seen last, per quarter."""
        super().__init__(model)
        self.market: Market = model  # type: ignore[assignment]
        self.key, self.name = key, name
        self.party = self.market.ledger.add_party(name, self.sector)
        self.is_defaulted = False
        self.beliefs = GrowthBeliefs(growth, self.market.parameters.expectations)

    @property
    def is_active(self) -> bool:
        """Whether it takes part in the market."""
        return not self.is_defaulted

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
        """Loans, bonds and vendor loans owed, USD."""
        ledger, party = self.market.ledger, self.party
        owed = ledger.liabilities(party, "loans") + ledger.liabilities(party, "bonds")
        return (owed + ledger.liabilities(party, "vendor loans")) / 100

    def market_value_usd(self, instrument: str = "listed equity") -> float:
        """Value of all its shares, USD."""
        return self.market.ledger.liabilities(self.party, instrument) / 100

    def open_cash(self, usd: float) -> None:
        """Opening deposits, before the first quarter."""
        ledger = self.market.ledger
        ledger.open_position("deposits", ledger.bank, self.party, cents(usd))

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
