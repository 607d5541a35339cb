"""A firm whose shares are sold in funding rounds: its value, its marks and its rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.funding_round import Book, Part, Refusals, Terms
from agents.institution import Institution
from agents.rules.valuation import (
    MOST_VALUE_USD,
    adjust_price,
    calibration,
    exit_value,
    fair_value,
    h_model_multiple,
    revenue_at_exit,
)
from market.books.settlement import Rank
from market.events import Event
from market.units import cents, per_quarter, some_money

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARE_UNITS = 1_000_000_000
NOTES = "convertible notes"
_MOST_CONVERTED = 0.9
"""Notes become at most this part of all shares."""
REFERENCE_FADE = 0.88
"""Fade of growth at which the exit multiple of revenue is derived.

It is derived at a constant: at the fade that a scenario states, every change of the fade would be
reckoned away, and longer-lived beliefs in growth would raise no value.
"""
_PARTS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.1)
"""Parts of what is asked at which a round is tried, from the largest down."""
_LEAST_YIELD = 1e-4
"""First revenue under this part of the valuation, per quarter, says nothing of its multiple."""


class PrivateFirm(Institution):
    """What a lab is to its investors.

    Attributes:
        revenue_usd: revenue of the quarter; ``last_revenue_usd`` of the one before and
            ``first_revenue_usd`` of its first quarter (None before it).
        valuation_usd: value of all shares: the last round, a mark-up since, or a mark-down.
        need_usd: what its cash plan says it must raise; ``hole_usd`` the part that it lacks within
            a year and ``later_money_usd`` what it lacks until its investors' exit.
        asked_usd: what it asked in this quarter's round; ``round_usd`` what the round brought;
            ``raised_usd`` all equity of the quarter.
        needed_usd: what it needed in this quarter, want that it gave up included.
        last_round: number of the quarter of its last round; the first one if none was held.
        failed_rounds: rounds that failed since the last that closed; ``last_failure`` the event.
        is_listed: whether the public market may join its rounds.
        has_exits: of the class: whether funds sell a part of it before it is listed.
        is_refused: whether every investor refuses it (a shock).
        value_calibration, exit_revenue_multiple: derived factors of its first valuation;
            ``sector_calibration`` and ``sector_exit_multiple`` those of all labs.
    """

    has_exits = False

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
        self._stated_growth = growth
        self.need_usd = self.hole_usd = self.later_money_usd = 0.0
        self.raised_usd = self.round_usd = self.asked_usd = self.needed_usd = 0.0
        self.last_round = 0
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
        the expected exit multiple equal ``funding.initial_exit_multiple`` at ``REFERENCE_FADE`` and
        the growth that was stated.
        """
        if self.revenue_usd <= 0 or self.valuation_usd <= 0 or self.value_calibration > 0:
            return
        multiple = self._revenue_multiple()
        self.value_calibration = calibration(
            self.valuation_usd, self.revenue_usd, multiple, _LEAST_YIELD
        )
        rules = self.market.parameters.funding
        revenue = max(self.revenue_usd, _LEAST_YIELD * self.valuation_usd)
        then = revenue_at_exit(
            4 * revenue, self._stated_growth, REFERENCE_FADE, rules.exit_quarters
        )
        worth = rules.initial_exit_multiple * self.valuation_usd + self.later_money_usd
        self.exit_revenue_multiple = worth / max(then, 1.0)

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

    def exit_value_usd(self, ask_usd: float) -> float:
        """What investors expect all its shares to be worth at the exit, later rounds deducted.

        Args:
            ask_usd: size of the present round, which covers a part of what it lacks until then.
        """
        rules = self.market.parameters.funding
        then = revenue_at_exit(
            4 * self.revenue_usd,
            self.beliefs.expected,
            rules.exit_growth_fade,
            rules.exit_quarters,
        )
        multiple = self._matured(self.exit_revenue_multiple, self.sector_exit_multiple)
        return min(MOST_VALUE_USD, exit_value(then, multiple, self._later_usd(ask_usd)))

    def _later_usd(self, ask_usd: float) -> float:
        return max(0.0, self.later_money_usd - ask_usd)

    def exit_multiple(self, ask_usd: float) -> float:
        """Expected exit value over the post-money value of a round at the last mark."""
        return self.exit_value_usd(ask_usd) / max(1.0, self.valuation_usd + ask_usd)

    # --- rounds

    def ask_usd(self, market_usd: float) -> float:
        """What it asks for in a round of this quarter, USD; 0 when it holds none.

        Args:
            market_usd: its part of what investors could put into rounds, USD.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say when and what it raises")

    def unmet_need_usd(self) -> float:
        """What it needs in this quarter whether it asks or not, USD."""
        return 0.0

    def lowest_price_usd(self, exit_value_usd: float, ask_usd: float) -> float:
        """Pre-money value under which it sells no shares, for a round of this size.

        A part of its last mark; and never so little that the exit multiple is over the cap, beyond
        which money is short and a lower price draws nobody.
        """
        rules = self.market.parameters.funding
        at_cap = exit_value_usd / rules.exit_multiple_cap - ask_usd
        return max(rules.price_floor * self.valuation_usd, at_cap)

    def accept_terms(self, book: Book) -> Terms:
        """What it agrees on with its investors: the whole round, a part of it, or nothing.

        The price is the highest at which the round is filled, between the lowest that it accepts
        and a most over its last mark. What cannot be filled at the lowest is closed in part.
        """
        rules = self.market.parameters.funding
        highest = min(MOST_VALUE_USD, rules.price_cap * self.valuation_usd)
        for part in _PARTS:
            ask = part * book.ask_usd
            if part < min(1.0, rules.minimum_close) or self.is_refused:
                break
            price = min(highest, book.clearing_price(ask))
            if price >= min(highest, self.lowest_price_usd(book.exit_value_usd, ask)):
                return book.fill(ask, price)
        return Terms(0.0, self.valuation_usd)

    def close_round(self, terms: Terms) -> None:
        """Sell new shares in a round that closed; past failures are forgotten."""
        before, mark = self.raised_usd, self.valuation_usd
        self.valuation_usd = terms.pre_money_usd
        outstanding = self.market.ledger.units(self.party) + self.convert_notes()
        price = max(self.valuation_usd, 1.0) * 100 / outstanding
        for giver, usd in terms.parts:
            self.sell_shares(giver.party, usd, price)
        self.round_usd = self.raised_usd - before
        self.failed_rounds, self.last_failure = 0, None
        self.last_round = self.market.quarter
        self._report_round(terms, mark)
        self._list_when_ripe()

    def planned_payout_usd(self) -> float:
        """Dividends of the quarter, USD; a firm that grows on others' money pays none."""
        return 0.0

    def pay_out(self) -> None:
        """Owe the planned payout to its owners pro rata of value; a remainder stays with it."""
        self.owe_dividends(self.planned_payout_usd(), "private equity")

    # --- convertible notes

    def notes_usd(self) -> float:
        """Convertible notes that it owes, USD."""
        return self.market.ledger.liabilities(self.party, NOTES) / 100

    def bridge_need_usd(self) -> float:
        """What it still lacks within a year after this quarter's round, as far as notes go, USD."""
        if self.is_refused or not self.is_active:
            return 0.0
        cap = self.market.parameters.funding.convertible_cap * self.valuation_usd
        return max(0.0, min(self.unmet_need_usd() - self.round_usd, cap - self.notes_usd()))

    def borrow_bridge(self, lenders: Sequence[Part]) -> None:
        """Sell notes to its owners, who lend until its next round."""
        market, lent = self.market, 0
        for lender, usd in lenders:
            amount = int(100 * usd)
            market.ledger.issue(NOTES, self.party, lender.party, amount, str(market.quarter))
            lent += amount
        if lent > 0:
            text = f"borrows {some_money(lent / 100)} from its owners until its next round"
            self.report("bridge loan", lent / 100, "USD", text)

    def convert_notes(self) -> int:
        """Turn its notes into shares at a discount to the value of all its shares.

        That value stays: the others' part of it shrinks.

        Returns:
            Number of the new shares.
        """
        market = self.market
        discount = market.parameters.funding.convertible_discount
        notes = market.ledger.labelled_holders(self.party, NOTES)
        share = sum(amount for *_, amount in notes) / 100 / (1 - discount)
        share = min(_MOST_CONVERTED, share / max(self.valuation_usd, 1.0))
        total = sum(amount for *_, amount in notes)
        outstanding, issued = market.ledger.units(self.party), 0
        for holder, label, amount in notes:
            units = max(1, round(outstanding * share / (1 - share) * amount / total))
            market.ledger.issue_shares(self.party, holder, units, amount, "private equity")
            market.ledger.settle(self.party, holder, amount, NOTES, label)
            issued += units
        return issued

    def owe_old_notes(self) -> None:
        """Owe the notes whose time is over and that no round has turned into shares."""
        market = self.market
        last = market.quarter - market.parameters.funding.convertible_quarters
        for holder, label, amount in market.ledger.labelled_holders(self.party, NOTES):
            if int(label) <= last:
                market.settlement.owe_principal(
                    self.party, holder, amount, NOTES, Rank.SENIOR, label=label
                )

    def _report_round(self, terms: Terms, mark_usd: float) -> None:
        """Report a round with its size and price, and whether it is a part or a down round."""
        part = terms.raised_usd / self.asked_usd if self.asked_usd > 0 else 1.0
        notes = [f", {part:.0%} of what it asked"] if part < 1 - 1e-9 else []
        if terms.pre_money_usd < mark_usd:
            notes.append(f", {1 - terms.pre_money_usd / mark_usd:.0%} under its last mark")
        self.report(
            "round",
            self.round_usd,
            "USD",
            f"raises {some_money(self.round_usd)} at {some_money(self.valuation_usd)} "
            "post-money" + "".join(notes),
        )

    def _list_when_ripe(self) -> None:
        """List the shares of a firm whose revenue has grown to what the public market asks."""
        ripe = self.market.parameters.funding.ipo_revenue_usd
        if not self.is_listed and self.revenue_usd >= ripe:
            self.is_listed = True
            text = "lists its shares: the public market may join"
            self.report("ipo", self.valuation_usd, "USD", text)

    def fail_round(
        self, multiple: float, refusals: Refusals, causes: tuple[Event | None, ...]
    ) -> None:
        """Report a round that failed and mark the firm down.

        Args:
            multiple: exit multiple that investors expected of it at its lowest price.
            refusals: why they stayed out.
            causes: earlier events that the failure rests on.
        """
        self.failed_rounds += 1
        self.last_failure = self.report(
            "failed round",
            self.asked_usd,
            "USD",
            f"fails to raise {some_money(self.asked_usd)}: a dollar put in is expected to become "
            f"{multiple:.2f}, with revenue growing by {self.beliefs.expected:z.0%} a quarter"
            f"{_in_words(refusals)}",
            causes,
        )
        self.valuation_usd *= 1 - self.market.parameters.funding.markdown_after_failure

    def sell_shares(self, investor: int, usd: float, price_cents: float | None = None) -> None:
        """Sell new shares; the money arrives on commit.

        Args:
            investor: party of the buyer.
            usd: what it pays.
            price_cents: price of a share; that of the present valuation if omitted.
        """
        amount = cents(usd)
        if amount <= 0:
            return
        ledger = self.market.ledger
        present = max(self.valuation_usd, 1.0) * 100 / ledger.units(self.party)
        price = present if price_cents is None else price_cents
        units = max(1, round(amount / price))
        ledger.issue_shares(self.party, investor, units, amount, "private equity")
        self.valuation_usd += usd
        self.raised_usd += usd


def _in_words(refusals: Refusals) -> str:
    """Who refused, and why, as the end of a sentence."""
    reasons = [
        f"{number} {reason}"
        for number, reason in (
            (refusals.without_money, "had no money left"),
            (refusals.want_more, "want a higher return"),
            (refusals.doubt_others, "expected others to refuse"),
        )
        if number > 0
    ]
    return f"; of those asked, {', '.join(reasons)}" if reasons else ""
