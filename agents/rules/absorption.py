"""What a lab that can raise no money is worth to a buyer, and at what price it is sold."""

from collections.abc import Sequence


def value_to_buyer(fair_value: float, debts: float, losses: float, saved: float) -> float:
    """Return what a lab is worth alive to one buyer.

    Args:
        fair_value: Value of its shares if it were funded.
        debts: What it owes.
        losses: Money that the buyer has to put in before the lab earns its cost.
        saved: What the buyer would lose with the lab's failure, such as the margin on contracts.

    Returns:
        At least 0; all in one money.

    Source: value of the merged firm over that of the two apart (Jensen and Ruback 1983); who
    sells to the lab has more to save than others.
    """
    return max(0.0, fair_value - debts - losses + saved)


def absorption_bid(value: float, purse: float, losses: float) -> float:
    """Return the most that a buyer can and would pay.

    Args:
        value: What the lab is worth to it.
        purse: Money that it can spend on the purchase and on the lab's losses.
        losses: Money that the lab needs first.

    Returns:
        0 when the lab is worth nothing to it or its losses are more than it can bear.

    Source: buyers of the same industry are short of money themselves, so the price of a firm in
    distress falls under its value in best use (Shleifer and Vishny 1992).
    """
    return max(0.0, min(value, purse - losses))


def sale_price(bids: Sequence[float], reserve: float) -> float | None:
    """Return the price at which the highest bidder gets a lab; None when it is not sold.

    Args:
        bids: Most that each buyer pays.
        reserve: Least that the owners take: what they would recover if it failed.

    Returns:
        The second highest bid, at least the reserve.

    Source: ascending auction, which ends when the second bidder gives up (Vickrey 1961).
    """
    first, second = (*sorted(bids, reverse=True)[:2], 0.0, 0.0)[:2]
    if first <= 0 or first < reserve:
        return None
    return max(second, reserve)
