"""How a cohort of venture-funded start-ups spends, grows, asks for money and dies."""

from typing import NamedTuple


class Spending(NamedTuple):
    """What a cohort spends in a quarter.

    Attributes:
        burn: From its cash.
        total: Burn and revenue.
        compute: Part of it meant for compute.
        staff: The rest: staff and other costs.
    """

    burn: float
    total: float
    compute: float
    staff: float


def planned_spending(
    cash: float,
    revenue: float,
    runway_quarters: float,
    thrift: float,
    expected_fill: float,
    compute_share: float,
) -> Spending:
    """Return what a cohort plans to spend in a quarter.

    Args:
        cash: Its cash.
        revenue: Its revenue of the quarter, same money.
        runway_quarters: Quarters for which a round is meant to last, at least 1.
        thrift: How much longer it makes its cash last when rounds are not expected to close.
        expected_fill: Part of its next round that it expects to raise, 0 to 1.
        compute_share: Part of its spending that goes to compute, 0 to 1.

    Returns:
        A `Spending` in the money of `cash`, at most cash and revenue together.

    Source: staged financing, Gompers (1995): a round pays for a stretch of time; the target runway
    is stretched when the next stage is in doubt.
    """
    burn = max(0.0, cash) / (runway_quarters * (1.0 + thrift * (1.0 - expected_fill)))
    total = burn + max(0.0, revenue)
    compute = compute_share * total
    return Spending(burn, total, compute, total - compute)


def next_revenue(revenue: float, burn: float, burn_multiple: float, churn: float) -> float:
    """Return the revenue of the next quarter.

    Args:
        revenue: Revenue of the quarter.
        burn: Cash burnt in the quarter, same money.
        burn_multiple: Cash burnt per unit of new yearly revenue, above 0.
        churn: Part of its revenue that it loses in a quarter.

    Source: the burn multiple of venture practice (Sacks 2020): net burn over net new yearly
    revenue.
    """
    return (1.0 - churn) * revenue + burn / (4.0 * burn_multiple)


def wanted_growth(
    size: float, cap: float, fade: float, expected_growth: float, least: float
) -> float:
    """Return the growth of its cash that a cohort asks its rounds for, per quarter.

    Args:
        size: Its cash over the cash of the start, above 0.
        cap: Growth wanted at the size of the start, per quarter.
        fade: Elasticity of that growth to size: large sectors grow slower.
        expected_growth: Growth of revenue that it expects, per quarter.
        least: Growth under which it does not plan, per quarter.

    Source: growth that falls with size, Evans (1987).
    """
    wanted: float = cap * size**-fade
    return max(least, min(wanted, expected_growth))


def dying_share(base: float, filled: float, runway_quarters: float, self_financed: float) -> float:
    """Return the share of a cohort's firms that dies in a quarter, 0 to 1.

    Args:
        base: Share that dies in good times, per quarter.
        filled: Share of the firms whose rounds closed, 0 to 1.
        runway_quarters: Quarters between two rounds of a firm: its turn comes once in that time.
        self_financed: Part of its spending that revenue pays, 0 to 1.

    Source: firms that find no money exit when their runway ends, Gompers (1995) and Kerr, Nanda
    and Rhodes-Kropf (2014): staged funding is an option to abandon.
    """
    share = (base + (1.0 - filled) / runway_quarters) * (1.0 - self_financed)
    return min(1.0, max(0.0, share))
