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


REFERENCE_DISCOUNT = 0.09
REFERENCE_RATE = 0.043
REFERENCE_SPREAD = 0.008
"""Return wanted of a project, risk-free rate and credit spread, per year, of autumn 2025.

What firms revealed then they revealed at these. So whatever is derived from it (the conviction and
ambition of clouds, the calibration of share prices) is derived at these constants and not at the
parameters of the same name: a dearer world would else look as willing to build as the one seen.
"""


def discount_of_projects(discount: float, rate: float, spread: float, weight: float) -> float:
    """Return the discount rate of a project, per year: as wanted, moved by what money costs.

    Args:
        discount: Return wanted at the reference rate and spread, per year.
        rate: Risk-free rate now, per year.
        spread: Credit spread now of a firm without debt, per year.
        weight: Part of a change of the spread that projects bear.

    Returns:
        discount + (rate - reference) + weight (spread - reference), at least 0.1% a year.

    Source: weighted cost of capital, Modigliani and Miller (1958): the safe rate is in the cost of
    debt and equity alike. A credit spread is in that of debt, and as far as it is a price of risk
    in that of equity too: spreads explain investment (the bond market's q, Philippon 2009).
    """
    moved = rate - REFERENCE_RATE + weight * (spread - REFERENCE_SPREAD)
    return max(1e-3, discount + moved)


def project_value(
    rent: float, running: float, life: int, discount: float, fall: float, failure: float = 0.0
) -> float:
    """Return the present value of what a machine earns over its life, at least 0.

    Args:
        rent: Rent of the first quarter.
        running: Power and upkeep of a quarter, same money.
        life: Quarters of service.
        discount: Discount rate, per quarter, above 0.
        fall: Fall of the rent from one quarter to the next, 0 to 1.
        failure: Chance that it breaks down in a quarter, 0 to 1; broken it earns and costs nothing.

    Returns:
        Sum over the life of survival times (falling rent less running cost), discounted.

    Source: the capital-asset price that belongs to the user cost of Jorgenson (1963), with decay by
    better vintages (fall) and by breakdown (failure).
    """
    kept = (1.0 - fall) * (1.0 - failure)
    earned = rent * (1.0 - (kept / (1.0 + discount)) ** life) / (1.0 + discount - kept)
    standing = (1.0 - failure) / (1.0 + discount)
    upkeep = running * (1.0 - standing**life) / (discount + failure)
    return max(0.0, earned - upkeep)


def answer_to_value(value: float, usual: float, strength: float) -> float:
    """Return the factor by which conviction follows what shares say of new investment.

    Args:
        value: Market value of the firm now.
        usual: Slow mean of it, above 0: what the market has thought of it so far.
        strength: Elasticity; 0 = it does not answer.

    Returns:
        (value / usual) ** strength, the ratio kept within 0.5 and 1.4.

    Source: Tobin (1969), Hayashi (1982). The change of the value stands for marginal q. Average q
    would drag: the replacement cost of AI plant grows several times faster than the value of a firm
    whose other business is large.
    """
    ratio = value / usual if usual > 0.0 else 1.0
    return float(min(MOST_ANSWER, max(LEAST_ANSWER, ratio)) ** strength)


LEAST_ANSWER, MOST_ANSWER = 0.5, 1.4
"""Bounds on a share price over its slow mean, and on a rent over what was expected, that count."""

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
