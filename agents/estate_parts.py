"""The data centres of a failed cloud, sold in parts with their contracts and customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agents.data_centres import Vintage
from agents.rules.estates import clearing_price, running_value
from agents.rules.valuation import MOST_VALUE_USD
from market.units import cents, per_quarter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.cloud_provider import CloudProvider

_NOTHING_LEFT = 1e-9
"""An estate of which no more than this part is left is sold."""


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
    total, floor = sum(bid.cents for bid in bids), running_worth_cents(cloud)
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


def hand_over_contracts(cloud: CloudProvider, slices: Sequence[Slice]) -> None:
    """Let who bought a part of a cloud's data centres deliver that part of its contracts."""
    book, left = cloud.market.contracts, 1.0
    for part in slices:
        share = min(1.0, part.share / left) if left > 0 else 1.0
        left -= part.share
        for contract in book.of_cloud(cloud.key):
            book.assign(contract, part.buyer.key, share)
        book.assign_other(cloud.key, part.buyer.key, share)


def hand_over_customers(cloud: CloudProvider, slices: Sequence[Slice]) -> None:
    """Let a cloud's customers outside the model go with the parts that are sold.

    To the buyer they are no growth: it measures growth like for like.
    """
    kept = max(0.0, 1.0 - sum(part.share for part in slices))
    for buyer, share, _ in slices:
        grown = buyer.last_organic_cu / buyer.organic_cu if buyer.organic_cu > 0 else 1.0
        buyer.last_organic_cu += share * cloud.organic_cu * grown
        buyer.organic_cu += share * cloud.organic_cu
        buyer.base_organic_cu += share * cloud.base_organic_cu
        buyer.first_organic_cu += share * cloud.first_organic_cu
    cloud.organic_cu *= kept
    cloud.base_organic_cu *= kept
    cloud.first_organic_cu *= kept
    cloud.last_organic_cu *= kept


def security_cents(cloud: CloudProvider) -> int:
    """What a cloud's chips are to creditors who must be sure of it.

    What running them is worth, and no more than a part of their book value, as for any collateral.
    """
    ledger, share = cloud.market.ledger, 1 - cloud.market.parameters.default.collateral_discount
    books = sum(
        ledger.balance("data centres", None, cloud.party, vintage.label)
        for vintage in cloud.vintages.values()
    )
    return min(running_worth_cents(cloud), int(share * books))


def planned_use_cu(cloud: CloudProvider) -> float:
    """Capacity that a cloud's demand asks for when a site ordered now would be live, CU."""
    return cloud.desired_cu(cloud.market.parameters.compute.site_quarters + 1, {})


def temper_ambition(buyer: CloudProvider, before_cu: float) -> None:
    """For customers that it bought a cloud builds as their demand asks, and no further ahead.

    Args:
        buyer: the cloud.
        before_cu: its ``planned_use_cu`` before they came.
    """
    after = planned_use_cu(buyer)
    if after > before_cu:
        buyer.ambition = 1 + (buyer.ambition - 1) * before_cu / after


def keep_within_capacity(cloud: CloudProvider) -> None:
    """Nothing is built in an estate, so its own customers use no more than it has."""
    quarter = cloud.market.quarter
    scheduled = sum(c.scheduled_cu(quarter) for c in cloud.market.contracts.of_cloud(cloud.key))
    room = max(0.0, cloud.capacity_cu - scheduled)
    if cloud.organic_cu > room:
        cloud.base_organic_cu *= room / cloud.organic_cu
        cloud.organic_cu = room
