"""A funding round between its opening and its end: who is asked, and what is agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from agents.rules.funding_game import Bid, clearing_price, critical_hardness, hardness

if TYPE_CHECKING:
    from collections.abc import Sequence


class Giver(Protocol):
    """Who can put money into a round: any firm, with its company key and its party."""

    key: str
    party: int

    @property
    def spendable_usd(self) -> float:
        """What it can pay out at once, USD."""


class Bidder(Giver, Protocol):
    """Who can be asked to join a round, see ``agents.Investor``."""

    def least_multiple(self, return_rise: float) -> float:
        """Exit multiple under which it wants no part, however sure that the round closes."""

    def limit_multiple(self, firm: str, hardness: float, return_rise: float) -> float:
        """Exit multiple from which on it joins, by its signal of how hard the round is."""


Part = tuple[Giver, float]
"""A giver and the USD that it puts into a round."""


class Terms(NamedTuple):
    """What a firm and its investors agree on.

    Attributes:
        raised_usd: money that the round brings, vendors' part included; 0 when it fails.
        pre_money_usd: value of all shares before the round, at its price.
        parts: what each giver pays, vendors first.
    """

    raised_usd: float
    pre_money_usd: float
    parts: tuple[Part, ...] = ()


class Refusals(NamedTuple):
    """Why investors stay out of a round: how many of those that were asked.

    Attributes:
        without_money: have nothing to put in.
        want_more: would want a higher return even if it closed.
        doubt_others: expect too many others to stay out.
    """

    without_money: int
    want_more: int
    doubt_others: int


class Book:
    """The order book of one round: what everybody asked would put in, and from which price on.

    Args:
        key: company key of the firm that asks.
        ask_usd: what it asks for.
        exit_value_usd: value of all its shares that investors expect at the exit.
        vendors: what vendors put in, whatever the price.
        offers: investors that may join, with what each puts in if it does.
        required_return: mean required return of investors, with its present rise.
        return_rise: that rise.
        recovery: part recovered when a firm fails after its round.
    """

    def __init__(
        self,
        key: str,
        ask_usd: float,
        exit_value_usd: float,
        vendors: Sequence[Part],
        offers: Sequence[tuple[Bidder, float]],
        *,
        required_return: float,
        return_rise: float,
        recovery: float,
    ) -> None:
        """Open the book."""
        self.key, self.ask_usd, self.exit_value_usd = key, ask_usd, exit_value_usd
        self.vendors, self.offers = list(vendors), list(offers)
        self.required_return, self.return_rise = required_return, return_rise
        self.recovery = recovery
        self.vendor_usd = sum(usd for _, usd in self.vendors)
        self.offered_usd = sum(usd for _, usd in self.offers)

    def hardness(self, ask_usd: float | None = None) -> float:
        """Part of all offers that a round of this size (USD; the one asked if omitted) needs."""
        ask = self.ask_usd if ask_usd is None else ask_usd
        return hardness(ask, min(ask, self.vendor_usd), 1.0, self.offered_usd)

    def exit_multiple(self, pre_money_usd: float, ask_usd: float | None = None) -> float:
        """Expected exit value per unit paid at a price, for a round of this size."""
        ask = self.ask_usd if ask_usd is None else ask_usd
        return self.exit_value_usd / max(1.0, pre_money_usd + ask)

    def critical_hardness(self, pre_money_usd: float) -> float:
        """Hardness up to which the round asked closes at a price, in the limit of sure signals."""
        multiple = self.exit_multiple(pre_money_usd)
        return critical_hardness(multiple, self.required_return, self.recovery)

    def bids(self, ask_usd: float) -> list[Bid]:
        """What every investor says to a round of this size."""
        kappa = self.hardness(ask_usd)
        return [
            Bid(usd, investor.limit_multiple(self.key, kappa, self.return_rise))
            for investor, usd in self.offers
        ]

    def clearing_price(self, ask_usd: float) -> float:
        """Highest pre-money price at which a round of this size is filled, USD; see the rule."""
        outside = max(0.0, ask_usd - self.vendor_usd)
        if outside > self.offered_usd:
            return -float("inf")
        return clearing_price(outside, self.bids(ask_usd), self.exit_value_usd, ask_usd)

    def fill(self, ask_usd: float, pre_money_usd: float) -> Terms:
        """Terms of a round of this size that is filled at this price: all who join pay alike."""
        multiple = self.exit_multiple(pre_money_usd, ask_usd)
        joining = [
            (investor, bid.pledge_usd)
            for (investor, _), bid in zip(self.offers, self.bids(ask_usd), strict=True)
            if bid.limit_multiple <= multiple * (1 + 1e-9)
        ]
        vendors = min(ask_usd, self.vendor_usd)
        return self._agreed(ask_usd, pre_money_usd, vendors, joining)

    def fill_pro_rata(self, raised_usd: float, pre_money_usd: float) -> Terms:
        """Terms of a round in which all who are asked put in the same part of their offers."""
        return self._agreed(raised_usd, pre_money_usd, 0.0, self.offers)

    def _agreed(
        self,
        raised_usd: float,
        pre_money_usd: float,
        vendor_usd: float,
        joining: Sequence[tuple[Bidder, float]],
    ) -> Terms:
        pledged = sum(usd for _, usd in joining)
        outside = raised_usd - vendor_usd
        scale = min(1.0, outside / pledged) if pledged > 0 else 0.0
        given = vendor_usd / self.vendor_usd if self.vendor_usd > 0 else 0.0
        vendors: list[Part] = [(giver, usd * given) for giver, usd in self.vendors]
        parts: list[Part] = [*vendors, *((investor, usd * scale) for investor, usd in joining)]
        return Terms(raised_usd, pre_money_usd, tuple(part for part in parts if part[1] > 0))

    def refusals(self, pre_money_usd: float) -> Refusals:
        """Why those who stay out of the round asked do so at a price."""
        multiple = self.exit_multiple(pre_money_usd)
        without, more, doubt = 0, 0, 0
        for (investor, usd), bid in zip(self.offers, self.bids(self.ask_usd), strict=True):
            if usd <= 0:
                without += 1
            elif multiple < investor.least_multiple(self.return_rise):
                more += 1
            elif bid.limit_multiple > multiple:
                doubt += 1
        return Refusals(without, more, doubt)
