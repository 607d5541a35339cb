"""When a chipmaker finances its own customers."""

from collections.abc import Sequence


def return_share(spend_shares: Sequence[float], order_shares: Sequence[float]) -> float:
    """Return how much of a unit given to j comes back to the vendor as orders, 0 to 1.

    Args:
        spend_shares: Part of j's payments that goes to each intermediary (a cloud); the vendor
            itself may be one of them, with an order share of 1.
        order_shares: Part of each intermediary's payments that goes to the vendor. Same length,
            or ValueError.

    Returns:
        Sum of the products: the return over one stop. Longer ways round are left out, so it is a
        lower bound.

    Source: the sales motive of vendor finance, Brennan, Maksimovic and Zechner (1988),
    measured from the ledger over four quarters.
    """
    total = sum([a * b for a, b in zip(spend_shares, order_shares, strict=True)])
    return min(1.0, max(0.0, total))


def is_vendor_finance_worthwhile(
    margin: float,
    return_share: float,
    default_probability: float,
    loss_given_default: float,
    required_return: float,
) -> bool:
    """Return whether the margin on returning orders pays for the expected loss and the money.

    Args:
        margin: Gross margin on an extra order, 0 to 1.
        return_share: Part of the credit that returns as orders, 0 to 1.
        default_probability: Over the life of the credit, 0 to 1.
        loss_given_default: Part lost then, 0 to 1.
        required_return: Over the life of the credit.

    Returns:
        margin * return_share >= default_probability * loss_given_default + required_return.

    Source: Brennan, Maksimovic and Zechner (1988); Petersen and Rajan (1997).
    """
    return margin * return_share >= default_probability * loss_given_default + required_return


def vendor_spread(
    required: float,
    loss: float,
    returned: float,
    years: float,
    market: float,
    discount: float,
    floor: float,
) -> float:
    """Return the spread over the base rate at which a vendor lends, per year.

    It asks its part of what others ask, and never less than it needs to break even.

    Args:
        required: Return that it asks over the base rate, per year.
        loss: Expected loss per year.
        returned: Margin on the orders that a unit of credit brings back, once.
        years: Of the loan, over which that margin is spread.
        market: Spread that other lenders ask.
        discount: Part of it that the vendor asks.
        floor: Least spread that it asks.

    Source: a vendor lends for less than banks by its margin on what is sold, Brennan, Maksimovic
    and Zechner (1988).
    """
    even = required + loss - returned / years
    return max(even, floor, discount * market)


def vendor_limit(
    free_cash_flow: float, share: float, exposure: float, concentration_cap: float
) -> float:
    """Return how much new credit the vendor can give one customer, at least 0.

    Args:
        free_cash_flow: Of the vendor, in the quarter.
        share: Part of it that may go into vendor finance, 0 to 1.
        exposure: What this customer already owes, or the vendor already holds in it.
        concentration_cap: Most exposure to one customer, in the same money.
    """
    return max(0.0, min(share * free_cash_flow, concentration_cap - exposure))
