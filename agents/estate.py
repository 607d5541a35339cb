"""The estate of a failed firm: what still works is run by its creditors until it is sold or done.

A failed firm whose product still earns its running cost is not closed at once. The firm stays the
legal party, plans nothing, and its creditors get what comes in (administration, as in chapter 11
of the US code: claims are stayed and bear no interest).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agents.rules.estates import by_rank

if TYPE_CHECKING:
    from agents.institution import Institution


class Claim(NamedTuple):
    """A claim on a failed firm: instrument, party that holds it, label in the ledger, cents."""

    kind: str
    holder: int
    label: str
    cents: int


class Loss(NamedTuple):
    """What a creditor loses on one claim against a failed firm: party id and cents."""

    holder: int
    cents: int


class Estate:
    """The creditors' side of a failed firm.

    Attributes:
        firm: the firm; it stays a party of the ledger and the seller of its contracts.
        since: quarter of the default.
        lost: what creditors lost at the default, by rank; they get it back as far as the estate
            earns more than it was worth then.
    """

    def __init__(self, firm: Institution) -> None:
        """Take a firm over; ``open`` then cuts its debts."""
        self.firm = firm
        self.since = firm.market.quarter
        self.lost: list[list[Loss]] = []

    def open(self) -> list[Loss]:
        """Cut debts to what the plant is worth, most junior first, and pay out spare cash.

        What falls due is stayed: from now on creditors get what ``sweep`` brings.

        Returns:
            What every creditor lost, claim by claim.
        """
        firm, ledger = self.firm, self.firm.market.ledger
        firm.market.settlement.wind_up(firm.party, firm.party)
        claims = firm.claims_by_rank()
        owed = [[claim.cents for claim in rank] for rank in claims]
        paid = by_rank(self._spare_cents(), owed)
        left = [
            [a - b for a, b in zip(*both, strict=True)] for both in zip(owed, paid, strict=True)
        ]
        kept = by_rank(firm.plant_worth_cents(), left)
        for rank, paid_rank, left_rank, kept_rank in zip(claims, paid, left, kept, strict=True):
            lost = []
            for claim, pay, rest, keep in zip(rank, paid_rank, left_rank, kept_rank, strict=True):
                ledger.settle(firm.party, claim.holder, pay, claim.kind, claim.label)
                ledger.write_off(claim.kind, firm.party, claim.holder, rest - keep, claim.label)
                lost.append(Loss(claim.holder, rest - keep))
            self.lost.append(lost)
        firm.void_shares()
        return [loss for rank in self.lost for loss in rank]

    def sweep(self) -> None:
        """Pay cash beyond the running cost to creditors by rank, then to those who lost before.

        What is left when all have everything back goes to the rest of the economy: former owners
        get nothing.
        """
        firm, market = self.firm, self.firm.market
        cash = self._spare_cents()
        claims = firm.claims_by_rank()
        shares = by_rank(cash, [[claim.cents for claim in rank] for rank in claims])
        for rank, paid in zip(claims, shares, strict=True):
            for claim, amount in zip(rank, paid, strict=True):
                market.ledger.settle(firm.party, claim.holder, amount, claim.kind, claim.label)
                cash -= amount
        if cash > 0 and not any(any(rank) for rank in self._unpaid(claims, shares)):
            cash -= self._give_back(cash)
            market.ledger.pay(firm.party, market.parties.rest, cash, "bankruptcy costs")

    @staticmethod
    def _unpaid(claims: list[list[Claim]], shares: list[list[int]]) -> list[list[int]]:
        return [
            [claim.cents - paid for claim, paid in zip(*both, strict=True)]
            for both in zip(claims, shares, strict=True)
        ]

    def _give_back(self, cash: int) -> int:
        """Pay those who lost at the default, by rank; heirs of failed ones are all others."""
        firm, market = self.firm, self.firm.market
        gone = {f.party for f in market.firms.values() if f.is_defaulted and f.estate is None}
        shares = by_rank(cash, [[loss.cents for loss in rank] for rank in self.lost])
        for rank, paid in zip(self.lost, shares, strict=True):
            for number, amount in enumerate(paid):
                holder, cents = rank[number]
                heir = market.parties.rest if holder in gone else holder
                market.ledger.pay(firm.party, heir, amount, "dividends")
                rank[number] = Loss(holder, cents - amount)
        return sum(sum(paid) for paid in shares)

    def _spare_cents(self) -> int:
        """Deposits beyond the cost of running on for a quarter."""
        firm = self.firm
        return max(0, firm.market.ledger.deposits(firm.party) - firm.reserve_cents())
