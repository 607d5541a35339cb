"""Prices of seats, of compute and of chips."""

import math


def list_price(
    current: float,
    unit_cost: float,
    markup: float,
    rival_price: float,
    quality_advantage_eur: float,
    share_change: float,
    speed: float,
    floor_ratio: float,
) -> float:
    """Return the next list price of a seat.

    The target is cost plus a mark-up. A lab that lost share does not aim above what its best rival
    asks plus the worth of its own lead in quality. The price closes part of the gap.

    Args:
        current: Price now, EUR per seat per month.
        unit_cost: Cost to serve a seat, EUR per month.
        markup: Mark-up on cost, 0.5 = 50%.
        rival_price: Price of the best rival; nan when there is none.
        quality_advantage_eur: Worth of the quality lead over that rival, may be negative.
        share_change: Change of the market share since last quarter; negative = lost.
        speed: Part of the gap closed in a quarter, 0 to 1.
        floor_ratio: Lowest price as a part of unit cost; below 1 allows selling at a loss.

    Returns:
        Price, EUR per seat per month.

    Source: mark-up pricing after Godley and Lavoie (2007), chapter 8; reaction to market share
    after the customer-market model of Phelps and Winter (1970); partial adjustment.
    """
    target = unit_cost * (1.0 + markup)
    if share_change < 0.0 and not math.isnan(rival_price):
        target = min(target, rival_price + quality_advantage_eur)
    price = current + speed * (target - current)
    floor = floor_ratio * unit_cost
    return price if price > floor else floor


MOST_RENT, LEAST_RENT = 10.0, 1e-3
"""Choke prices of compute over its full cost: where nobody rents, and where nobody lets."""

_MOST_PRESSURE = 1e50
"""Use over its target, or orders over normal ones, beyond which a target price rises no more."""


def spot_price(
    current: float,
    reference_cost: float,
    utilisation: float,
    target_utilisation: float,
    sensitivity: float,
    floor: float,
    surprise: float = 0.0,
) -> float:
    """Return the next rent of compute: down with idleness, up with scarcity, anchored on cost.

    The target is reference_cost (utilisation / target_utilisation) ** sensitivity exp(surprise),
    between the choke prices: over ``MOST_RENT`` times the cost nobody rents, under ``LEAST_RENT``
    times it nobody lets. Half of the gap to it, in logs, closes in a quarter: rents are renewed in
    turns.

    Args:
        current: Rent now, USD per CU.
        reference_cost: Full cost of a CU with a normal return, USD: the rent at target use.
        utilisation: Demand over capacity, at least 0; above 1 when demand is rationed.
        target_utilisation: Use at which the rent equals the reference cost, above 0.
        sensitivity: Elasticity of the target rent to utilisation, at least 0.
        floor: Lowest rent, USD per CU: what it costs to run the machine.
        surprise: Log of how much dearer renters and letters of the day make it than cost and use.

    Returns:
        Rent, USD per CU.

    Source: constant-elasticity form of rental-market adjustment, as vacancy moves rents in Rosen
    and Smith (1983); the choke price of a backstop, Nordhaus (1973): without it a rent that reacts
    to use, and use that reacts to the rent, swing ever wider when the product of both elasticities
    is over three (the cobweb of Ezekiel 1938). Limits: a cost anchor, so no bubble of its own.
    """
    ratio = min(utilisation / target_utilisation, _MOST_PRESSURE) ** sensitivity
    target = reference_cost * min(MOST_RENT, max(LEAST_RENT, ratio * math.exp(surprise)))
    price = math.sqrt(current * target)
    return price if price > floor else floor


def chip_price(
    current: float,
    reference: float,
    backlog_quarters: float,
    normal_backlog_quarters: float,
    sensitivity: float,
    max_markup: float,
) -> float:
    """Return the next price of a chip, which follows the length of the order book.

    The target is reference (backlog / normal) ** sensitivity, kept between reference / (1 + m) and
    reference (1 + m) with m the largest mark-up; half of the log gap closes in a quarter.

    Args:
        current: Price now, USD per chip.
        reference: Price at a normal order book, USD per chip.
        backlog_quarters: Orders not delivered over output per quarter, at least 0.
        normal_backlog_quarters: The order book at which the price is the reference, above 0.
        sensitivity: Elasticity of the target price to the order book, at least 0.
        max_markup: Largest deviation from the reference, 0.3 = 30%.

    Returns:
        Price, USD per chip.

    Source: order books and prices, Zarnowitz (1962).
    """
    limit = 1.0 + max_markup
    ratio = min(backlog_quarters / normal_backlog_quarters, _MOST_PRESSURE) ** sensitivity
    target = reference * min(limit, max(1.0 / limit, ratio))
    return math.sqrt(current * target)
