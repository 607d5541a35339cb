"""A firm with listed shares: what the market thinks they are worth, and what it pays on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.institution import Institution
from agents.rules.valuation import (
    REFERENCE_RATE,
    adjust_price,
    calibration,
    fair_value,
    h_model_multiple,
)
from market.books.settlement import Rank
from market.units import per_quarter

if TYPE_CHECKING:
    from collections.abc import Mapping

RANKS = {"loans": Rank.SECURED, "bonds": Rank.SENIOR, "vendor loans": Rank.JUNIOR}
"""Seniority of what a firm owes, by instrument."""
PD_INTERCEPT, PD_LEVERAGE = -8.0, 0.35
"""Log-odds of default in a quarter without debt, and per turn of leverage."""
_LEAST_YIELD = 1e-3
"""A first profit under this part of the market value, per quarter, says nothing of its price."""


class ListedFirm(Institution):
    """What a cloud or a chipmaker is to its shareholders.

    Attributes:
        value_usd: market value of all its shares; ``usual_value_usd`` its slow mean, grown at the
            return that shareholders ask for.
        share_calibration: derived factor that makes its first fair value the stated market value;
            None before the first mark.
    """

    def __init__(
        self, model: mesa.Model[Any, Any], key: str, name: str, growth: float, value_usd: float
    ) -> None:
        """Open its account; growth is what was seen last, per quarter."""
        super().__init__(model, key, name, growth)
        self.value_usd = self.usual_value_usd = value_usd
        self.share_calibration: float | None = None

    @property
    def credit_class(self) -> str:
        """Kind of issuer that it is to lenders, a key of ``credit_classes``."""
        return "ig"

    def default_probability(self) -> float:
        """Probability of default per quarter, as lenders judge it."""
        raise NotImplementedError(f"{type(self).__name__} does not say how likely it is to fail")

    def share_base_usd(self, trust: Mapping[str, float]) -> float:
        """Profit per quarter that the share market values, USD.

        Args:
            trust: part of its contracts that each lab is expected to pay, by lab key.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say what its shares pay for")

    def fair_share_value_usd(self, trust: Mapping[str, float]) -> float:
        """Value of all shares by the H-model, scaled to reproduce the market value at the start.

        That value was seen at the reference rate, so dearer money lowers it from the start.
        """
        base = max(0.0, self.share_base_usd(trust))
        if self.share_calibration is None:
            seen = self._share_multiple(0.0)
            self.share_calibration = calibration(self.value_usd, base, seen, _LEAST_YIELD)
        base_rate = self.market.parameters.cloud_rules.base_rate
        multiple = self._share_multiple(base_rate - REFERENCE_RATE + self.market.rate_rise)
        return fair_value(base, multiple, self.share_calibration)

    def _required_return(self) -> float:
        """Return per quarter at which a share price is expected to grow: more than that is news."""
        return per_quarter(self.market.parameters.valuation.discount)

    def _share_multiple(self, rate_rise: float) -> float:
        """Value over the profit of a quarter, at rates so much (per year) over the reference.

        However low rates are, no more than twice what it is at the reference.
        """
        rules = self.market.parameters.valuation
        least = (rules.discount + rules.long_growth) / 2
        return h_model_multiple(
            self.beliefs.expected,
            per_quarter(rules.long_growth),
            rules.half_life_quarters,
            per_quarter(max(least, rules.discount + rate_rise)),
        )

    def mark_to_fair_value(self, trust: Mapping[str, float]) -> None:
        """Close a part of the gap between the price of its shares and their fair value."""
        target = self.fair_share_value_usd(trust)
        self.value_usd = adjust_price(
            self.value_usd, target, self.market.parameters.valuation.speed
        )
        memory = self.market.parameters.cloud_rules.discipline_memory
        grown = self.usual_value_usd * (1 + self._required_return())
        self.usual_value_usd = memory * grown + (1 - memory) * self.value_usd
        self.mark_shares(self.value_usd, "listed equity")

    def planned_payout_usd(self) -> float:
        """Dividends and buy-backs of the quarter, USD."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it pays out")

    def pay_out(self) -> None:
        """Owe the planned payout to shareholders pro rata of value; a remainder stays with it."""
        self.owe_dividends(self.planned_payout_usd(), "listed equity")

    def owe_debt_service(self) -> None:
        """Owe the part of all debts that falls due, and interest on what was owed."""
        market = self.market
        base = market.parameters.cloud_rules.base_rate + market.rate_rise
        market.notes.owe_service(market.settlement, self.party, market.quarter, RANKS, base)
