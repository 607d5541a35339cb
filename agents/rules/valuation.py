"""What equity is worth: a multiple of the current base, and the way to the market price."""


def h_model_multiple(
    short_growth: float, long_growth: float, half_life_quarters: float, discount: float
) -> float:
    """Return the value per unit of the current cash base when growth fades linearly.

    Args:
        short_growth: Growth gS now, per quarter.
        long_growth: Growth gL in the long run, per quarter.
        half_life_quarters: H: half of the quarters in which growth falls from gS to gL.
        discount: Required return r, per quarter, above `long_growth`.

    Returns:
        ((1 + gL) + H (gS - gL)) / (r - gL), in quarters of the base, floored at 0.

    Raises:
        ValueError: If the discount rate does not exceed long-run growth.

    Source: Fuller and Hsia (1984). Limits: an approximation that understates the
    value of very fast growth over a long time.
    """
    if discount <= long_growth:
        msg = f"discount {discount} must exceed long-run growth {long_growth}"
        raise ValueError(msg)
    growth_part = half_life_quarters * (short_growth - long_growth)
    return max(0.0, ((1.0 + long_growth) + growth_part) / (discount - long_growth))


MOST_VALUE_USD = 5.0e13
"""No firm is worth more than all shares listed in the United States (about 6e13 USD in 2025)."""


def fair_value(base: float, multiple: float, calibration: float) -> float:
    """Return the value of a firm: base times multiple times calibration, floored at 0.

    It is ``MOST_VALUE_USD`` at the most: growth that lasts makes any value that is not bounded by
    what there is to buy it with (the growth-stock paradox, Durand 1957).

    Args:
        base: Cash base, money per quarter (profit, or revenue times a mature margin).
        multiple: Quarters of the base, as `h_model_multiple` gives them.
        calibration: Factor that makes value and market price agree at the start.
    """
    return min(MOST_VALUE_USD, max(0.0, base * multiple * calibration))


LEAST_MULTIPLE = 4.0
"""Quarters of the base under which a multiple says nothing of a price paid."""


def calibration(value: float, base: float, multiple: float, least_yield: float) -> float:
    """Return the factor with which fair value equals the market value at the start.

    A base next to nothing, or a multiple next to nothing in a slump, would give a factor without
    bound, and a first recovery a price without bound: both are taken at a least size instead.

    Args:
        value: Market value at the start.
        base: Cash base, money per quarter.
        multiple: Quarters of the base, as `h_model_multiple` gives them.
        least_yield: Least base that counts, as a part of the value per quarter, above 0.
    """
    least = max(base, least_yield * value) * max(multiple, LEAST_MULTIPLE)
    return value / least if least > 0.0 else 1.0


def adjust_price(current: float, target: float, speed: float) -> float:
    """Return the price after closing a part `speed` (0 to 1) of the gap to its target.

    Source: price adjustment towards fundamental value, Beja and Goldman (1980).
    """
    return current + speed * (target - current)


def revenue_at_exit(revenue: float, growth: float, fade: float, horizon_quarters: int) -> float:
    """Return the revenue expected at the exit, in the unit of `revenue`.

    Args:
        revenue: Revenue of the last quarter.
        growth: Growth expected in the coming quarter.
        fade: Part of the growth rate that is kept from one quarter to the next, 0 to 1.
        horizon_quarters: Quarters until the exit.

    Source: the venture-capital method, Sahlman (1987), with growth that fades geometrically.
    """
    for _ in range(horizon_quarters):
        revenue *= 1.0 + growth
        growth *= fade
    return revenue


def exit_value(revenue: float, revenue_multiple: float, later_money: float) -> float:
    """Return what today's owners and a new round may expect the firm to be worth at the exit.

    Args:
        revenue: Yearly revenue expected at the exit (`revenue_at_exit`), USD per year.
        revenue_multiple: Value over yearly revenue then.
        later_money: Money that later rounds must bring until then, USD: at the exit it belongs to
            those who bring it.

    Returns:
        USD, at least 0.

    Source: the venture-capital method with dilution by later rounds, Sahlman (1987).
    """
    return max(0.0, revenue_multiple * revenue - later_money)
