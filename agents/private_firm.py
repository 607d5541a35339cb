"""A firm whose shares are sold in funding rounds: its value, its marks and its rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.institution import Institution
from agents.rules.valuation import (
    adjust_price,
    calibration,
    exit_multiple,
    fair_value,
    h_model_multiple,
)
from market.events import Event
from market.units import cents, per_quarter, some_money

if TYPE_CHECKING:
    from collections.abc import Sequence


SHARE_UNITS = 1_000_000_000
_LEAST_YIELD = 1e-4
"""First revenue under this part of the valuation, per quarter, says nothing of its multiple."""


class PrivateFirm(Institution):
    """What a lab is to its investors.

    Attributes:
        revenue_usd: revenue of the quarter; ``last_revenue_usd`` of the one before and
            ``first_revenue_usd`` of its first quarter (None before it).
        valuation_usd: value of all shares: the last round, a mark-up since, or a mark-down.
        need_usd: what it wants to raise; ``asked_usd`` what it asked in this quarter's round and
            ``round_usd`` what the round brought; ``raised_usd`` all equity of the quarter.
        failed_rounds: rounds that failed since the last that closed; ``last_failure`` the event.
        is_listed: whether the public market may join its rounds.
        is_refused: whether every investor refuses it (a shock).
        value_calibration, exit_revenue_multiple: derived factors of its first valuation;
            ``sector_calibration`` and ``sector_exit_multiple`` those of all labs.
    """

    def __init__(
        self,
        model: mesa.Model[Any, Any],
        key: str,
        name: str,
        *,
        growth: float,
        valuation_usd: float,
        is_listed: bool = False,
    ) -> None:
        """Open its account; the growth of revenue seen last is per quarter."""
        super().__init__(model, key, name, growth)
        self.revenue_usd = self.last_revenue_usd = 0.0
        self.first_revenue_usd: float | None = None
        self.valuation_usd = valuation_usd
        self.need_usd = self.raised_usd = self.round_usd = self.asked_usd = 0.0
        self.failed_rounds = 0
        self.last_failure: Event | None = None
        self.is_listed, self.is_refused = is_listed, False
        self.exit_revenue_multiple = self.value_calibration = 0.0
        self.sector_exit_multiple = self.sector_calibration = 0.0

    def fair_value_usd(self) -> float:
        """Value of all shares by the H-model on its revenue, in line with its first valuation."""
        factor = self._matured(self.value_calibration or 1.0, self.sector_calibration)
        return fair_value(self.revenue_usd, self._revenue_multiple(), factor)

    def _matured(self, own: float, sector: float) -> float:
        """A multiple between its own first one and the sector's, the nearer the more it grew.

        Buyers of a very young lab pay for what it may become; as its revenue grows it is priced
        like the others: multiples regress to the sector's (Liu, Nissim and Thomas 2002).
        """
        if own <= 0 or sector <= 0 or not self.first_revenue_usd:
            return own
        weight = min(1.0, self.first_revenue_usd / max(self.revenue_usd, 1.0))
        return float(sector * (own / sector) ** weight)

    def _revenue_multiple(self) -> float:
        """Value over revenue per quarter by the H-model, before calibration."""
        rules = self.market.parameters.valuation
        return h_model_multiple(
            self.beliefs.expected,
            per_quarter(rules.long_growth),
            rules.half_life_quarters,
            per_quarter(rules.discount),
        )

    def calibrate(self) -> None:
        """Derive the two factors that make the last valuation what its buyers thought it was.

        The value factor makes fair value equal the valuation; the exit multiple of revenue makes
        the expected exit multiple equal ``funding.initial_exit_multiple``.
        """
        if self.revenue_usd <= 0 or self.valuation_usd <= 0 or self.value_calibration > 0:
            return
        multiple = self._revenue_multiple()
        self.value_calibration = calibration(
            self.valuation_usd, self.revenue_usd, multiple, _LEAST_YIELD
        )
        self.exit_revenue_multiple = 1.0
        wanted = self.market.parameters.funding.initial_exit_multiple
        self.exit_revenue_multiple = wanted / max(self.exit_multiple(0.0), 1e-12)

    def mark_up(self) -> None:
        """Secondary sales between rounds mark it up towards fair value, never down.

        Private marks follow good news and are sticky downwards (Gornall and Strebulaev 2020).
        """
        speed = self.market.parameters.funding.markup_speed
        if not self.failed_rounds and self.valuation_usd > 0:
            fair = max(self.valuation_usd, self.fair_value_usd())
            self.valuation_usd = adjust_price(self.valuation_usd, fair, speed)

    def book_mark(self) -> None:
        """Mark it up, and carry its shares at its valuation wherever they are held."""
        self.mark_up()
        self.mark_shares(self.valuation_usd, "private equity")

    def asking_price_usd(self) -> float:
        """Pre-money value that it asks: no less than the last round, until a round fails."""
        fair = self.fair_value_usd()
        return self.valuation_usd if self.failed_rounds else max(self.valuation_usd, fair)

    def exit_multiple(self, raise_usd: float) -> float:
        """Expected exit value over the post-money value of a round of ``raise_usd``."""
        rules = self.market.parameters.funding
        return exit_multiple(
            4 * self.revenue_usd,
            self.beliefs.expected,
            rules.exit_growth_fade,
            rules.exit_quarters,
            self._matured(self.exit_revenue_multiple, self.sector_exit_multiple),
            max(1.0, self.valuation_usd + raise_usd),
            0.0,
        )

    def close_round(self, payments: Sequence[tuple[int, float]]) -> None:
        """Sell new shares in a round that closed; past failures are forgotten.

        Args:
            payments: party and USD of everybody who puts money in.
        """
        before = self.raised_usd
        for investor, usd in payments:
            self.sell_shares(investor, usd)
        self.round_usd = self.raised_usd - before
        self.failed_rounds, self.last_failure = 0, None
        self.report(
            "round",
            self.round_usd,
            "USD",
            f"raises {some_money(self.round_usd)} at {self.valuation_usd / 1e9:,.0f} bn post-money",
        )
        ripe = self.market.parameters.funding.ipo_revenue_usd
        if not self.is_listed and self.revenue_usd >= ripe:
            self.is_listed = True
            text = "lists its shares: the public market may join"
            self.report("ipo", self.valuation_usd, "USD", text)

    def fail_round(self, multiple: float, causes: tuple[Event | None, ...]) -> None:
        """Report a round that failed and mark the firm down.

        Args:
            multiple: exit multiple that investors expected of it.
            causes: earlier events that the failure rests on.
        """
        self.failed_rounds += 1
        self.last_failure = self.report(
            "failed round",
            self.asked_usd,
            "USD",
            f"fails to raise {some_money(self.asked_usd)} (expected exit multiple {multiple:.2f}, "
            f"revenue growth {self.beliefs.expected:z.0%} a quarter)",
            causes,
        )
        self.valuation_usd *= 1 - self.market.parameters.funding.markdown_after_failure

    def sell_shares(self, investor: int, usd: float) -> None:
        """Sell new shares at the present valuation; the money arrives on commit."""
        amount = cents(usd)
        if amount <= 0:
            return
        ledger = self.market.ledger
        outstanding = ledger.units(self.party)
        price = self.valuation_usd * 100 / outstanding
        units = max(1, round(amount / price))
        ledger.issue_shares(self.party, investor, units, amount, "private equity")
        self.valuation_usd += usd
        self.raised_usd += usd
