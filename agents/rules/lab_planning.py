"""A lab's plan: projected cash, the money it needs and the contracts it dares to sign."""

import math
from collections.abc import Sequence


def funding_need(cash_path: Sequence[float], buffer: float) -> float:
    """Return what must be raised so that projected cash never falls under the buffer.

    Args:
        cash_path: Projected cash at the end of each quarter; not empty.
        buffer: Cash to keep at all times, same money.

    Returns:
        The deepest projected hole plus the buffer, less cash that remains; at least 0.

    Source: cash budgeting under uncertainty with a liquidity buffer, Miller and Orr (1966).
    """
    return max(0.0, buffer - min(cash_path))


def projected_cash(
    cash: float,
    revenue: float,
    growth: float,
    growth_fade: float,
    costs: Sequence[float],
    horizon: int,
) -> list[float]:
    """Return cash at the end of each of the coming `horizon` quarters, without new money.

    Args:
        cash: Cash now.
        revenue: Revenue of the last quarter.
        growth: Growth of revenue expected in the coming quarter.
        growth_fade: Part of the growth rate kept from quarter to quarter, 0 to 1.
        costs: Costs of each coming quarter, commitments included; the last one is repeated when
            the horizon is longer; not empty.
        horizon: Number of quarters.

    Returns:
        A list of `horizon` amounts, in the money of `cash`.

    Source: the cash budget of corporate planning; growth fades geometrically.
    """
    path = []
    last = len(costs) - 1
    for quarter in range(horizon):
        revenue *= 1.0 + growth
        growth *= growth_fade
        cash += revenue - costs[min(quarter, last)]
        path.append(cash)
    return path


def commitment_headroom(valuation: float, multiple: float, rpo: float) -> float:
    """Return the value of new take-or-pay contracts that a lab may sign, at least 0.

    Args:
        valuation: Valuation of the lab at its last mark.
        multiple: Most commitments per unit of valuation.
        rpo: Commitments already signed and not delivered, same money.

    Source: collateral value limits commitments, Kiyotaki and Moore (1997); here the valuation is
    the collateral: the circular edge of the model.
    """
    return max(0.0, multiple * valuation - rpo)


def runway_quarters(cash: float, burn: float) -> float:
    """Return how many quarters the cash lasts; infinity when nothing is burnt.

    Args:
        cash: Cash now; below 0 counts as 0.
        burn: Cash used per quarter, same money.
    """
    return max(0.0, cash) / burn if burn > 0.0 else math.inf
