"""Obligations that fall due, and their clearing at the end of the quarter.

Everything that is owed is first booked as a claim in the ledger; here it is only listed with its
rank, cleared by Eisenberg and Noe (2001) per seniority with the bankruptcy costs of Rogers and
Veraart (2013), and paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from market.books.ledger import Ledger
from market.networks.clearing import Clearing, clear_by_seniority

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


EXACT_CENTS = 2**53
"""Clearing reckons in floats, which hold whole cents up to here."""


class Rank(IntEnum):
    """Seniority of an obligation, most senior first."""

    OPERATIONS = 0
    SECURED = 1
    SENIOR = 2
    JUNIOR = 3


class Due(NamedTuple):
    """One obligation that falls due: ``amount`` cents of a claim that the ledger holds."""

    debtor: int
    creditor: int
    amount: int
    rank: Rank
    instrument: str
    label: str


@dataclass(frozen=True, slots=True)
class ClearingResult:
    """Outcome of one clearing.

    Attributes:
        shortfalls: party id -> cents that it could not pay, in the order of the default waves;
            last those who filed for bankruptcy though they could pay, with 0.
        due_cents: everything that fell due.
        paid_cents: everything that was paid.
    """

    shortfalls: dict[int, int]
    due_cents: int
    paid_cents: int


class UnansweredShortfall(RuntimeError):
    """A party cannot pay what is due, and there is no firm behind it that could fail.

    Attributes:
        quarter: label of the quarter.
        name: name of the party.
        cents: what it could not pay.
    """

    def __init__(self, quarter: str, name: str, cents: int) -> None:
        """Keep the parts and make the message."""
        super().__init__(
            f"{quarter}: {name!r} cannot pay {cents / 100:,.2f} USD that is due, and nobody "
            "answers for it: only the account of an Institution can fail"
        )
        self.quarter, self.name, self.cents = quarter, name, cents

    def __reduce__(self) -> tuple[type[UnansweredShortfall], tuple[str, str, int]]:
        """Pickle by the parts: the message alone would not rebuild it in another process."""
        return type(self), (self.quarter, self.name, self.cents)


class Settlement:
    """The obligations of this quarter and of the next one.

    Args:
        ledger: where the claims are booked.
        alpha: part of its own cash that a defaulter's creditors get.
        beta: part of a defaulter's claims on others that they get.
    """

    def __init__(self, ledger: Ledger, *, alpha: float = 1.0, beta: float = 1.0) -> None:
        """Start with no obligation."""
        self.ledger = ledger
        self.alpha, self.beta = alpha, beta
        self._begin([])
        self._later: list[Due] = []
        self._filed: list[int] = []

    def _begin(self, dues: list[Due]) -> None:
        """Start a quarter with what is due in it."""
        self._due: list[Due] = []
        self._by: dict[int, int] = {}
        self._to: dict[int, int] = {}
        for due in dues:
            self._add(due)

    def _add(self, due: Due) -> None:
        """List what is due this quarter; keep the sums by debtor and by creditor."""
        self._due.append(due)
        self._by[due.debtor] = self._by.get(due.debtor, 0) + due.amount
        self._to[due.creditor] = self._to.get(due.creditor, 0) + due.amount

    def owe(
        self, debtor: int, creditor: int, amount: int, row: str, rank: Rank = Rank.SENIOR
    ) -> None:
        """Book a purchase on credit (flow ``row``) that is to be paid this quarter."""
        if amount > 0 and debtor != creditor:
            self.ledger.accrue(debtor, creditor, amount, row)
            self._add(Due(debtor, creditor, amount, rank, "receivables", ""))

    def owe_principal(
        self,
        debtor: int,
        creditor: int,
        amount: int,
        instrument: str,
        rank: Rank,
        *,
        label: str = "",
    ) -> None:
        """List a claim that exists already, such as a bond that matures, as due this quarter."""
        if amount > 0:
            self._add(Due(debtor, creditor, amount, rank, instrument, label))

    def owe_asset(
        self, asset: str, buyer: int, seller: int, amount: int, label: str, later: int = 0
    ) -> None:
        """Buy a newly made real asset on credit; ``later`` cents of it are due next quarter."""
        if amount <= 0:
            return
        self.ledger.acquire(
            asset, seller, buyer, amount - later, label=label, on_credit="receivables"
        )
        self._add(Due(buyer, seller, amount - later, Rank.SENIOR, "receivables", ""))
        if later > 0:
            self.ledger.acquire(asset, seller, buyer, later, label=label, on_credit="receivables")
            self._later.append(Due(buyer, seller, later, Rank.SENIOR, "receivables", ""))

    def due_by(self, debtor: int) -> int:
        """Cents that a party has to pay this quarter."""
        return self._by.get(debtor, 0)

    def due_to(self, creditor: int) -> int:
        """Cents that a party is to get this quarter."""
        return self._to.get(creditor, 0)

    def file(self, party: int) -> None:
        """Let a party fail at the next clearing, whether or not it can pay what is due then."""
        self._filed.append(party)

    def wind_up(self, party: int, heir: int) -> None:
        """Drop what a failed party still owes; what it is owed is due to the heir of its claims."""
        now, self._later = (
            [
                due._replace(creditor=heir) if due.creditor == party else due
                for due in dues
                if due.debtor != party
            ]
            for dues in (self._due, self._later)
        )
        self._begin(now)

    def _keep_within_means(self, dues: Sequence[Due], paid: list[int]) -> None:
        """Lower payments by the cents that rounding took from what their payers are paid.

        Parts are rounded down to cents, and those of large amounts are known to sixteen digits
        only, so who counts on many of them may lack some cents. The most junior payments give way.

        Args:
            dues: what falls due.
            paid: cents that are paid of each; lowered in place.
        """
        ledger = self.ledger
        left = {due.debtor: ledger.deposits(due.debtor) for due in dues}
        for party in (ledger.bank, ledger.closer):
            left.pop(party, None)  # type: ignore[arg-type]  # there may be no closer
        for due, part in zip(dues, paid, strict=True):
            for party, change in ((due.debtor, -part), (due.creditor, part)):
                if party in left:
                    left[party] += change
        while short := {party for party, cash in left.items() if cash < 0}:
            of_short = [k for k, due in enumerate(dues) if due.debtor in short and paid[k] > 0]
            for k in sorted(of_short, key=lambda k: (dues[k].rank, k), reverse=True):
                debtor, creditor = dues[k].debtor, dues[k].creditor
                cut = min(paid[k], max(0, -left[debtor]))
                paid[k] -= cut
                left[debtor] += cut
                if creditor in left:
                    left[creditor] -= cut

    def _cleared(self, dues: Sequence[Due], backed: Iterable[int] = ()) -> Clearing:
        """What is paid of the dues of each rank; who is ``backed`` can pay all that it owes."""
        size = len(self.ledger.parties)
        classes = np.zeros((len(Rank), size, size))
        for due in dues:
            classes[due.rank, due.debtor, due.creditor] += due.amount
        cash = np.array([self.ledger.deposits(party) for party in range(size)], dtype=float)
        cash[self.ledger.bank] = 1e18  # the bank pays by writing deposits
        if self.ledger.closer is not None:
            cash[self.ledger.closer] = 1e18  # and lends what the rest of the economy lacks
        cash[list(backed)] = 1e18
        found: Clearing = clear_by_seniority(list(classes), cash, alpha=self.alpha, beta=self.beta)
        return found

    def lacks(self, parties: Iterable[int]) -> dict[int, int]:
        """What each of these parties needs beyond its means to pay all that it owes this quarter.

        Args:
            parties: who is looked at; each counts on what the others of them owe it.

        Returns:
            Cents by party, a cent more for each payment to it: parts are rounded down.
        """
        backed = list(parties)
        if not backed:
            return {}
        result = self._cleared(self._due, backed)
        short = {party for wave in result.waves for party in wave.tolist()}
        found = {}
        for party in backed:
            comes = 0
            for due in self._due:
                if due.creditor == party:
                    part = float(result.recovery[due.rank, due.debtor])
                    comes += int(due.amount * part) - 1 if due.debtor in short else due.amount - 1
            found[party] = max(0, self.due_by(party) - self.ledger.deposits(party) - comes)
        return found

    def withdraw(self, party: int) -> None:
        """Let a party that has filed for bankruptcy go on."""
        self._filed = [each for each in self._filed if each != party]

    def _overdraws(self, dues: Sequence[Due], paid: Sequence[int]) -> bool:
        """Whether a rounding of large sums lets somebody pay more than it has, to the cent."""
        net: dict[int, int] = {}
        for due, part in zip(dues, paid, strict=True):
            net[due.debtor] = net.get(due.debtor, 0) - part
            net[due.creditor] = net.get(due.creditor, 0) + part
        deep = (self.ledger.bank, self.ledger.closer)
        return any(
            change < 0 and party not in deep and self.ledger.deposits(party) + change < 0
            for party, change in net.items()
        )

    def clear(self) -> ClearingResult:
        """Pay everything due as far as means allow; the caller commits the ledger.

        Returns:
            Who fell short, with the amount.
        """
        dues, later, self._later = self._due, self._later, []
        self._begin(later)
        result = self._cleared(dues)
        shortfalls: dict[int, int] = {}
        for wave in result.waves:
            for party in wave.tolist():
                shortfalls[party] = 0
        paid = [
            int(due.amount * float(result.recovery[due.rank, due.debtor]))
            if due.debtor in shortfalls
            else due.amount
            for due in dues
        ]
        if shortfalls or sum(paid) > EXACT_CENTS or self._overdraws(dues, paid):
            self._keep_within_means(dues, paid)
        for due, part in zip(dues, paid, strict=True):
            if due.debtor in shortfalls:
                shortfalls[due.debtor] += due.amount - part
            elif part < due.amount:
                self._add(due._replace(amount=due.amount - part))  # a cent of rounding: next time
            self.ledger.settle(due.debtor, due.creditor, part, due.instrument, due.label)
        due_total, paid_total = sum(due.amount for due in dues), sum(paid)
        filed, self._filed = self._filed, []
        for party in filed:
            shortfalls.setdefault(party, 0)
        return ClearingResult(shortfalls, due_total, paid_total)
