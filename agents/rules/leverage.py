"""Loan-to-value, the sales that bring it back, and what they do to the price."""

import math


def loan_to_value(debt: float, collateral: float) -> float:
    """Return debt over the market value of collateral; 0 without debt, infinity without value."""
    if debt <= 0.0:
        return 0.0
    return debt / collateral if collateral > 0.0 else math.inf


def deleveraging_sale(debt: float, collateral: float, target_ltv: float) -> float:
    """Return the value of collateral to sell so that loan-to-value falls back to the target.

    Args:
        debt: Debt D against the collateral.
        collateral: Its market value C.
        target_ltv: Loan-to-value t after the sale, at least 0 and below 1.

    Returns:
        S with (D - S) / (C - S) = t: (D - t C) / (1 - t), between 0 and C. All of it when the
        debt exceeds the collateral.

    Raises:
        ValueError: If the target is not at least 0 and below 1.

    Source: leverage targeting, Adrian and Shin (2010). Limits: at the price before the
    sale; the price impact is a second round.
    """
    if not 0.0 <= target_ltv < 1.0:
        msg = f"target_ltv must be at least 0 and below 1, got {target_ltv}"
        raise ValueError(msg)
    sale = (debt - target_ltv * collateral) / (1.0 - target_ltv)
    return max(0.0, min(collateral, sale))


def price_impact(sale: float, depth: float) -> float:
    """Return the part of its price that an asset loses to a sale, 0 to 1.

    Args:
        sale: Value sold at the price before, at least 0.
        depth: Value whose sale costs 63% of the price, same money; 0 = no market at all.

    Source: Cifuentes, Ferrucci and Shin (2005) (exponential inverse demand).
    """
    if sale <= 0.0:
        return 0.0
    return -math.expm1(-sale / depth) if depth > 0.0 else 1.0
