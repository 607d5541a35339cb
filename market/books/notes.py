"""Debt with maturities: what an issuer owes falls due in stated quarters.

For each issuer and instrument there is one ladder: the face that falls due in each quarter, with
the mean coupon of it. The ledger holds who is owed how much of it; holders share what falls due pro
rata. Notes are carried at face: a price is a memo that lenders look at, so that nobody gains by the
fall of its own debt. The ladder adds up to what the ledger says (identity I11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from market.books.identities import check_ladders
from market.parameters.world import quarter_index

if TYPE_CHECKING:
    from market.books.ledger import Ledger
    from market.books.settlement import Rank, Settlement

ROUNDING = 64
"""Cents of a payment that clearing may leave for the next quarter."""
BUCKET = 4
"""Quarters between the notes of one issue."""


@dataclass(slots=True)
class Ladder:
    """What an issuer owes on one instrument, by when it falls due.

    Attributes:
        is_floating: whether the coupon moves with the base rate.
        due: cents of face by quarter.
        called: cents that have fallen due and are being cleared.
        coupon: yearly interest on the face; of a floating one without the base rate.
        spread: what of the coupon is over the base rate at issue.
        price: of a dollar of face, by the spread that is asked now.
        is_stayed: the issuer has failed: what is left of it are claims on an estate.
    """

    is_floating: bool = False
    due: dict[int, int] = field(default_factory=dict)
    called: int = 0
    coupon: float = 0.0
    spread: float = 0.0
    price: float = 1.0
    is_stayed: bool = False

    @property
    def face(self) -> int:
        """Everything that is to be paid back, cents."""
        return sum(self.due.values()) + self.called

    def add(self, due: Mapping[int, int], coupon: float, spread: float) -> None:
        """Add notes (cents by quarter); coupon, spread and price become means by face."""
        old, new = self.face, sum(due.values())
        if new <= 0:
            return
        weight = new / (old + new)
        self.coupon += weight * (coupon - self.coupon)
        self.spread += weight * (spread - self.spread)
        self.price += weight * (1.0 - self.price)
        add_due(self.due, due)


def evenly(cents: int, first: int, last: int, step: int = 1) -> dict[int, int]:
    """Face by quarter of notes that fall due evenly from the first to the last quarter."""
    quarters = range(first, max(first, last) + 1, step)
    each = cents // len(quarters)
    due = dict.fromkeys(quarters, each)
    due[quarters[-1]] += cents - each * len(quarters)
    return {quarter: part for quarter, part in due.items() if part > 0}


def add_due(due: dict[int, int], more: Mapping[int, int]) -> None:
    """Add cents by quarter to those that are there."""
    for quarter, cents in more.items():
        due[quarter] = due.get(quarter, 0) + cents


def stated_ladder(
    cents: int, parts: Mapping[str, float], start: str, quarters: int
) -> dict[int, int]:
    """Face by quarter of debt of the start.

    Args:
        cents: all of it.
        parts: of it by calendar year, each spread over the quarters of its year.
        start: label of the first quarter; what fell due before falls due as the rest.
        quarters: over which the rest falls due, evenly.
    """
    due: dict[int, int] = {}
    left = cents
    for year, part in sorted(parts.items()):
        first, last = (quarter_index(start, f"{year}Q{of}") for of in (1, 4))
        amount = min(left, int(cents * part)) if last >= 0 else 0
        add_due(due, evenly(amount, max(0, first), last))
        left -= amount
    add_due(due, evenly(left, 0, quarters - 1))
    return due


class NoteBook:
    """The ladders of a market.

    Args:
        ledger: where the claims are booked.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Start without debt."""
        self.ledger = ledger
        self._ladders: dict[tuple[int, str], Ladder] = {}
        self._sales: list[tuple[int, int]] = []

    def ladder(self, issuer: int, instrument: str) -> Ladder | None:
        """The ladder of an issuer (party id); None when it never had one."""
        return self._ladders.get((issuer, instrument))

    def of_issuer(self, issuer: int) -> dict[str, Ladder]:
        """Ladders of an issuer that has not failed, by instrument."""
        return {
            instrument: ladder
            for (party, instrument), ladder in self._ladders.items()
            if party == issuer and not ladder.is_stayed
        }

    def open(
        self,
        instrument: str,
        issuer: int,
        holders: Mapping[int, int],
        due: Mapping[int, int],
        *,
        is_floating: bool = False,
    ) -> None:
        """State debt of the opening balance sheet; ``price_at`` gives it its coupon.

        Args:
            instrument: what is owed.
            issuer: party that owes it.
            holders: cents by party.
            due: cents by quarter; ValueError unless both sum to the same.
            is_floating: whether the coupon moves with the base rate.
        """
        if sum(holders.values()) != sum(due.values()):
            raise ValueError(f"notes of {self.ledger.name(issuer)}: holders and ladder differ")
        for holder, cents in holders.items():
            self.ledger.open_position(instrument, issuer, holder, cents)
        ladder = self._ladders.setdefault((issuer, instrument), Ladder(is_floating))
        ladder.add(due, 0.0, 0.0)

    def price_at(self, issuer: int, base: float, spread: float) -> None:
        """Give all debt of an issuer the coupon of an issue of now, so that it stands at par."""
        for ladder in self.of_issuer(issuer).values():
            ladder.coupon = spread if ladder.is_floating else base + spread
            ladder.spread, ladder.price = spread, 1.0

    def issue(
        self,
        instrument: str,
        issuer: int,
        holders: Mapping[int, int],
        due: Mapping[int, int],
        base: float,
        spread: float,
        *,
        is_floating: bool = False,
    ) -> None:
        """Sell new notes for deposits.

        Args:
            instrument: what is sold.
            issuer: party that will owe it.
            holders: cents that each party buys.
            due: cents by quarter; ValueError unless both sum to the same.
            base: base rate, per year.
            spread: over it, per year.
            is_floating: whether the coupon moves with the base rate.
        """
        if sum(holders.values()) != sum(due.values()):
            raise ValueError(f"notes of {self.ledger.name(issuer)}: buyers and ladder differ")
        for holder, cents in holders.items():
            self.ledger.issue(instrument, issuer, holder, cents)
            self._sales.append((holder, cents))
        ladder = self._ladders.setdefault((issuer, instrument), Ladder(is_floating))
        ladder.add(due, spread if ladder.is_floating else base + spread, spread)

    def take_sales(self) -> list[tuple[int, int]]:
        """Holder and cents of what was issued since this was last asked."""
        sales, self._sales = self._sales, []
        return sales

    def due_cents(self, issuer: int, quarter: int) -> int:
        """Face of an issuer that falls due in a quarter, over all instruments."""
        return sum(ladder.due.get(quarter, 0) for ladder in self.of_issuer(issuer).values())

    def yearly_interest_cents(self, issuer: int, base: float) -> float:
        """Interest of a year on all debt of an issuer, at this base rate."""
        return sum(
            ladder.face * (ladder.coupon + (base if ladder.is_floating else 0.0))
            for ladder in self.of_issuer(issuer).values()
        )

    def owe_service(
        self,
        settlement: Settlement,
        issuer: int,
        quarter: int,
        ranks: Mapping[str, Rank],
        base: float,
    ) -> None:
        """Owe what falls due in the quarter, pro rata to holders, and a quarter of the coupon.

        Args:
            settlement: where it is cleared.
            issuer: party that owes.
            quarter: number of the present quarter.
            ranks: seniority by instrument, of those that are serviced.
            base: base rate, per year.
        """
        for instrument, rank in ranks.items():
            ladder = self._ladders.get((issuer, instrument))
            if ladder is None or ladder.is_stayed:
                continue
            face, falls_due = ladder.face, ladder.due.pop(quarter, 0)
            if face <= 0:
                continue
            rate = (ladder.coupon + (base if ladder.is_floating else 0.0)) / 4
            holders = self.ledger.holders(issuer, instrument)
            left = falls_due
            for number, (holder, amount) in enumerate(holders):
                part = falls_due * amount // face
                part = min(left, amount) if number == len(holders) - 1 else part
                left -= part
                settlement.owe_principal(issuer, holder, part, instrument, rank)
                settlement.owe(issuer, holder, max(0, int(amount * rate)), "interest", rank)
            ladder.called += falls_due

    def settle(self) -> None:
        """Take note of what clearing has paid; cents of rounding are paid in the next quarter."""
        for (issuer, instrument), ladder in self._ladders.items():
            if ladder.called > 0 and not ladder.is_stayed:
                owed = self.ledger.liabilities(issuer, instrument)
                left = owed - sum(ladder.due.values())
                ladder.called = left if 0 <= left <= ROUNDING else ladder.called

    def accelerate(self, issuer: int) -> None:
        """All debt of an issuer that has failed is due at once: a claim on its estate."""
        for ladder in self.of_issuer(issuer).values():
            ladder.is_stayed = True
            ladder.due, ladder.called = {}, 0

    def check(self, quarter: int) -> None:
        """Raise IdentityViolation (I11) unless every ladder adds up to what the ledger says."""
        ledger = self.ledger
        check_ladders(self._faces(), ledger.label(quarter))

    def _faces(self) -> Iterable[tuple[str, int, int]]:
        """Account, face of the ladder and sum of the balances of each living issuer's debt."""
        ledger = self.ledger
        for (issuer, instrument), ladder in self._ladders.items():
            if not ladder.is_stayed:
                owed = ledger.liabilities(issuer, instrument)
                yield f"{instrument} of {ledger.name(issuer)}", ladder.face, owed
