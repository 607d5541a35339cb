"""What all firms share: an account in the ledger, beliefs about growth, life and default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.rules.expectations import expected_growth, forecasts, heuristic_shares, update_fitness
from market.books.ledger import cents
from market.events import Event
from market.parameters.demand import ExpectationParameters

if TYPE_CHECKING:
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
