"""What a seat costs to serve when usage has a heavy tail, and what it leaves."""

import math


def mean_usage_truncated_pareto(minimum: float, cap: float, tail_index: float) -> float:
    """Return the mean of a Pareto distribution truncated to [minimum, cap].

    Args:
        minimum: Least usage, above 0, in any unit (tokens, CU) per seat per period.
        cap: Most usage, at least `minimum`; infinity only with a tail index above 1.
        tail_index: Exponent of the tail, above 0; at 1 and below, the cap alone keeps the mean
            finite.

    Returns:
        Mean usage in the unit of `minimum`, between `minimum` and `cap`.

    Raises:
        ValueError: If an argument is out of range or the mean is infinite.

    Source: Aban, Meerschaert and Panorska (2006), section 2; logarithmic at a tail index of one.
    """
    if not (0.0 < minimum <= cap and tail_index > 0.0):
        msg = f"need 0 < minimum <= cap and tail_index > 0, got {minimum}, {cap}, {tail_index}"
        raise ValueError(msg)
    if cap == math.inf and tail_index <= 1.0:
        msg = f"the mean is infinite without a cap at a tail index of {tail_index}"
        raise ValueError(msg)
    if cap == minimum:
        return minimum
    log_ratio = math.log(cap / minimum)
    below_cap = -math.expm1(-tail_index * log_ratio)
    excess = tail_index - 1.0
    growth = log_ratio if excess == 0.0 else -math.expm1(-excess * log_ratio) / excess
    mean = minimum * tail_index / below_cap * growth
    return min(cap, max(minimum, mean))


def tier_margin(price: float, usage: float, unit_cost: float, net_share: float) -> float:
    """Return what one seat of a tier leaves per month after inference; may be negative.

    Args:
        price: Flat rate of the seat per month.
        usage: Mean usage per seat per month.
        unit_cost: Cost of a unit of usage, in the currency of `price`.
        net_share: Part of the price that the lab keeps after fees and revenue shares, 0 to 1.

    Returns:
        Margin per seat per month, in the currency of `price`.
    """
    return price * net_share - usage * unit_cost
