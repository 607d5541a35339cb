"""How much capacity a cloud wants, when it pays to build it and when to switch it off."""

import math


def expected_use(
    organic: float, growth: float, lead: float, contracted: float, probability_to_pay: float
) -> float:
    """Return the use of compute expected when a machine ordered now stands.

    Args:
        organic: Use outside contracts now, CU per quarter.
        growth: Growth of it expected, per quarter, above -1.
        lead: Quarters until delivery.
        contracted: Use contracted for that quarter, CU.
        probability_to_pay: Probability that the counterparty pays, 0 to 1. With several
            counterparties pass the sum weighted by theirs as `contracted`, and 1 here.

    Returns:
        CU per quarter.

    Source: accelerator with expected demand, Chenery (1952), here with contracts weighted by the
    probability that they are paid.
    """
    grown: float = organic * (1.0 + growth) ** lead
    return grown + contracted * probability_to_pay


def desired_capacity(expected_use: float, target_utilisation: float) -> float:
    """Return the capacity (CU per quarter) at which expected use is the target part of it.

    Args:
        expected_use: CU per quarter.
        target_utilisation: Part of capacity meant to be in use, above 0 and at most 1.

    Source: planned spare capacity, Steindl (1952), chapter 2.
    """
    return expected_use / target_utilisation


def rent_outlook(
    rent: float, usual: float, use: float, first_use: float, elasticity: float, weight: float
) -> float:
    """Return the factor on the rent of now that is expected when a machine ordered now stands.

    The rent that use and capacity at delivery imply is usual (use / first_use) ** elasticity; what
    is expected lies between the rent of now and that one.

    Args:
        rent: Rent of now, above 0.
        usual: Rent at usual use, same money: the cost of new machines.
        use: Use expected at delivery of all, over capacity of all then with all that is under way.
        first_use: The same ratio at the start, when the rent was usual, above 0.
        elasticity: Elasticity of the rent to it, at least 0.
        weight: How far plans see use and the orders of others, 0 (none: rent stays) to 1.

    Returns:
        1 + weight (implied / rent - 1), within 0.2 and 2.

    Source: investment under rational expectations of the industry's capacity, Lucas and Prescott
    (1971); the weight is how far it is seen (neglect of competitors: Greenwood and Hanson 2015).
    """
    ratio = use / first_use if first_use > 0.0 else 1.0
    implied = usual * min(max(ratio, 1e-9), 1e9) ** elasticity
    change = implied / rent - 1.0
    return float(min(_MOST_OUTLOOK, max(_LEAST_OUTLOOK, 1.0 + weight * change)))


_LEAST_OUTLOOK, _MOST_OUTLOOK = 0.2, 2.0


def wanted_at_user_cost(worth: float, first_worth: float, elasticity: float) -> float:
    """Return the factor on wanted capacity when machines are worth another multiple of their cost.

    Args:
        worth: Present value over hurdle and cost now.
        first_worth: The same at the start, at reference rates, above 0.
        elasticity: Elasticity of wanted capacity to it, at least 0; 1 is Cobb-Douglas.

    Source: Jorgenson (1963): with a rent p and a user cost c wanted capital is proportional to
    p / c, and value over cost is p / c. Elasticity: Chirinko (2008) finds 0.4 to 0.6 in most
    studies, 1 is the form of the theory.
    """
    if first_worth <= 0.0:
        return 1.0
    return float(min(1e3, max(0.0, worth / first_worth)) ** elasticity)


def ambition_kept(utilisation: float, target_utilisation: float, memory: float) -> float:
    """Return the part of ambition beyond demand that is kept after a quarter.

    Args:
        utilisation: Compute asked for over capacity.
        target_utilisation: Use for which capacity is planned, above 0 and at most 1.
        memory: Part that is kept when twice the capacity is idle that was meant to be.

    Returns:
        1 at the target or above, `memory` where idleness is twice the planned or more, linear in
        between: a plan is not given up for a point of use that chance has taken.
    """
    spare = 1.0 - target_utilisation
    missing = target_utilisation - utilisation
    if missing <= 0.0:
        return 1.0
    weight = min(1.0, missing / spare) if spare > 0.0 else 1.0
    return 1.0 - (1.0 - memory) * weight


def capacity_order(desired: float, installed_then: float, pipeline: float, speed: float) -> float:
    """Return the capacity ordered now: part of the gap, never negative.

    Args:
        desired: Capacity wanted at the end of the lead time, CU per quarter.
        installed_then: Part of today's capacity still standing then.
        pipeline: Capacity ordered before and not delivered.
        speed: Part of the gap ordered in a quarter, 0 to 1.

    Returns:
        CU per quarter.

    Source: the flexible accelerator, Chenery (1952); investment is irreversible.
    """
    return max(0.0, speed * (desired - installed_then - pipeline))


def option_hurdle(discount: float, drift: float, volatility: float) -> float:
    """Return how many times its cost a project must be worth before it is built.

    Args:
        discount: Discount rate r, per quarter, above 0 and above `drift`.
        drift: Expected growth of the project's value, per quarter.
        volatility: Standard deviation of that growth, per root quarter, at least 0.

    Returns:
        beta / (beta - 1), at least 1, with beta the positive root of
        volatility**2 / 2 beta (beta - 1) + drift beta - discount = 0. Without volatility:
        discount / (discount - drift) for a positive drift, else 1. Infinity where beta is one to
        machine precision.

    Raises:
        ValueError: If the discount rate does not exceed the drift and zero.

    Source: Dixit and Pindyck (1994), chapter 5, section 2. Written with 1 / beta and in the form
    that loses no digits for small volatility. Limits: geometric Brownian motion, perpetual option.
    """
    if discount <= drift or discount <= 0.0:
        msg = f"discount {discount} must exceed both drift {drift} and zero"
        raise ValueError(msg)
    variance = volatility * volatility
    trend = drift - 0.5 * variance
    root = math.sqrt(trend * trend + 2.0 * discount * variance)
    if trend > 0.0:
        inverse_beta = (trend + root) / (2.0 * discount)
    else:
        inverse_beta = variance / (root - trend) if variance > 0.0 else 0.0
    return 1.0 / (1.0 - inverse_beta) if inverse_beta < 1.0 else math.inf


def is_investment_worthwhile(value: float, cost: float, hurdle: float) -> bool:
    """Return whether a project of this value (same money as `cost`) passes the hurdle.

    Args:
        value: Present value of what the project earns.
        cost: What it costs to build.
        hurdle: Multiple of the cost that is needed; 1 is the net-present-value rule.

    Source: Dixit and Pindyck (1994), chapter 5.
    """
    return value >= hurdle * cost


def is_worth_running(rent: float, running_cost: float) -> bool:
    """Return whether a machine's rent covers its power and upkeep (both per CU, same money).

    Source: the shutdown condition; sunk cost does not count.
    """
    return rent >= running_cost


def promised_use(expected: float, first: float, quarters: float) -> float:
    """Return what customers promise to buy ahead for each dollar that they buy now, over the start.

    They promise the use that they expect: of a firm that grows, more than it uses now.

    Args:
        expected: Growth of their use expected now, per quarter, above -1.
        first: The same at the start.
        quarters: How far ahead of now the middle of a promise lies; 0 = growth is no matter.

    Returns:
        A factor, 1 at the start, above 1 when faster growth is expected.

    Source: derived from purchases under demand that is forecast, Arrow, Harris and Marschak (1951).
    """
    return float(((1 + expected) / (1 + first)) ** quarters)
