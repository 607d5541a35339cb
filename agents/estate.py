"""The estate of a failed firm: what still works is run by its creditors until it is sold or done.

A failed firm whose product still earns its running cost is not closed at once. The firm stays the
legal party, plans nothing, and its creditors get what comes in (administration, as in chapter 11
of the US code: claims are stayed and bear no interest).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agents.data_centres import Vintage
from agents.rules.estates import by_rank, clearing_price, running_value
from agents.rules.valuation import MOST_VALUE_USD
from market.units import cents, per_quarter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.cloud_provider import CloudProvider
    from agents.institution import Institution

_NOTHING_LEFT = 1e-9
"""An estate of which no more than this part is left is sold."""


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


class Bid(NamedTuple):
    """Cents that a cloud puts into the data centres of a failed one."""

    buyer: CloudProvider
    cents: int


class Slice(NamedTuple):
    """A part of an estate that is sold.

    Attributes:
        buyer: who buys it.
        share: part of the estate, above 0 and at most 1; all slices of a sale are of one state.
        cents: what is paid for it.
    """

    buyer: CloudProvider
    share: float
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


# --- the data centres of a failed cloud


def running_worth_cents(cloud: CloudProvider) -> int:
    """What running a cloud's chips is worth to creditors who ask their own return."""
    market = cloud.market
    compute = market.parameters.compute
    discount = per_quarter(market.parameters.default.estate_discount + market.rate_rise)
    fall = per_quarter(compute.vintage_gain)
    rent, cost = min(1.0, cloud.utilisation) * market.spot_price_usd, cloud.running_cost_usd()
    worth = 0.0
    for vintage in cloud.vintages.values():
        left = max(1, compute.useful_life_quarters - market.quarter + 4 * vintage.year)
        each = running_value(rent * vintage.efficiency, cost, fall, discount, left)
        worth += each * vintage.thousands
    return cents(min(worth, MOST_VALUE_USD))


def sell_parts(cloud: CloudProvider, bids: Sequence[Bid]) -> list[Slice]:
    """Sell parts of a failed cloud's chips to survivors, at the price that clears.

    The price of the whole lies between what running it is worth to the creditors and, if that is
    more, its book value; each buyer gets the part that its money buys, of every vintage alike.

    Returns:
        What was sold, in the order of the buyers' keys; all parts are of the chips before the sale.
    """
    ledger = cloud.market.ledger
    books = {
        year: ledger.balance("data centres", None, cloud.party, vintage.label)
        for year, vintage in cloud.vintages.items()
    }
    total, floor = sum(bid.cents for bid in bids), cloud.plant_worth_cents()
    price = clearing_price(total, floor, max(floor, sum(books.values())))
    capacity = cloud.capacity_cu
    if total <= 0 or price <= 0 or capacity <= 0:
        return []
    filled = min(1.0, price / total)
    slices = [
        Slice(bid.buyer, min(1.0, filled * bid.cents / price), int(filled * bid.cents))
        for bid in sorted(bids, key=lambda bid: bid.buyer.key)
        if bid.cents > 0
    ]
    is_all = sum(part.share for part in slices) > 1 - _NOTHING_LEFT
    for year, vintage in cloud.vintages.items():
        left = books[year]
        for part in slices:
            book = int(books[year] * part.share)
            paid = int(part.cents * (vintage.capacity_cu / capacity))
            left -= book
            party, label = part.buyer.party, vintage.label
            ledger.sell_asset("data centres", cloud.party, party, book, paid, label)
            chips = Vintage(year, part.share * vintage.thousands, vintage.efficiency)
            part.buyer.take_over(chips, paid)
        if is_all:  # some cents of rounding
            ledger.scrap("data centres", cloud.party, max(0, left), vintage.label)
    _keep_the_rest(cloud, 0.0 if is_all else 1 - sum(part.share for part in slices))
    return slices


def _keep_the_rest(cloud: CloudProvider, share: float) -> None:
    """Keep a share of every vintage."""
    if share <= 0:
        cloud.vintages = {}
    for vintage in cloud.vintages.values():
        vintage.thousands *= share
        vintage.depreciation_cents = int(vintage.depreciation_cents * share)
