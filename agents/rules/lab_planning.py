"""A lab's plan: training and quality, projected cash, money it needs, contracts it dares."""

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


def training_wish(
    wish: float, bought: float, growth_cap: float, expected_growth: float, memory: float
) -> float:
    """Return the training compute that a lab would like to have next, CU per quarter.

    Args:
        wish: What it wished for before, CU per quarter.
        bought: What it can pay for, CU per quarter.
        growth_cap: Most that the wish grows, per quarter.
        expected_growth: Growth of revenue that it expects, per quarter.
        memory: Part of a wish that is kept after a quarter in which it was not met.

    Returns:
        A met wish grows by the cap or, if that is less, a point more than revenue is expected to;
        one that is not met fades slowly, never under what is bought. So want that money keeps from
        buying shows as need.

    Source: aspirations that adapt slowly downward, Cyert and March (1963), chapter 3.
    """
    if bought < wish:
        return max(bought, memory * wish)
    return wish * (1.0 + max(0.0, min(growth_cap, expected_growth + 0.01)))


def runway_quarters(cash: float, burn: float) -> float:
    """Return how many quarters the cash lasts; infinity when nothing is burnt.

    Args:
        cash: Cash now; below 0 counts as 0.
        burn: Cash used per quarter, same money.
    """
    return max(0.0, cash) / burn if burn > 0.0 else math.inf


# --- quality of a model as a function of training compute, and the race to match rivals


def reliability(
    training_compute: float,
    reference_compute: float,
    reference_reliability: float,
    ceiling: float,
    exponent: float,
    surprise: float = 0.0,
) -> float:
    """Return the share of tasks that a model does right, 0 to `ceiling`.

    Args:
        training_compute: Cumulative training compute, CU.
        reference_compute: Compute of the model whose reliability is known, CU, above 0.
        reference_reliability: Its reliability, 0 to `ceiling`.
        ceiling: Reliability that no amount of compute exceeds, at most 1.
        exponent: Scaling exponent, above 0: errors fall as compute ** -exponent.
        surprise: Log of how far errors lie under what compute lets expect: releases go well (above
            0) or badly.

    Returns:
        ceiling - (ceiling - reference) (x / x_ref) ** -exponent exp(-surprise), never below 0.

    Source: power law of loss in compute with an irreducible part, Kaplan et al. (2020), equation
    (1.3), and Hoffmann et al. (2022), equation (2). Limits: the laws are for loss; that task errors
    follow the same form is an assumption.
    """
    if training_compute <= 0.0:
        return 0.0
    gap: float = (ceiling - reference_reliability) * (
        training_compute / reference_compute
    ) ** -exponent
    return max(0.0, ceiling - gap * math.exp(-surprise))


def race_training(own_plan: float, rival_best: float, matching: float, affordable: float) -> float:
    """Return the training compute a lab wants next: its plan, moved up towards the best rival.

    Args:
        own_plan: Compute it would train with by itself, CU per quarter.
        rival_best: Most that any rival trains with, CU per quarter.
        matching: Part of the gap to that rival it tries to close, 0 (no race) to 1.
        affordable: Most it can pay for, CU per quarter.

    Returns:
        CU per quarter, between 0 and `affordable`.

    Source: reaction to the leader in research races, Harris and Vickers (1987).
    """
    wanted = own_plan + matching * max(0.0, rival_best - own_plan)
    return max(0.0, min(wanted, affordable))
