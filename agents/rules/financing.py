"""Debt and money: how investment is paid for, how far one may borrow, how savers move."""

import math
from typing import NamedTuple


class Financing(NamedTuple):
    """Sources of the money for a plan, and the part that nobody finances.

    Attributes:
        own: From own cash.
        parent: From the parent's cash.
        bonds: From new bonds.
        vendor: From a vendor lease or loan.
        cut: The part of the plan that is cut.
    """

    own: float
    parent: float
    bonds: float
    vendor: float
    cut: float


def pecking_order(
    need: float,
    own_cash: float,
    parent_cash: float,
    bond_capacity: float,
    vendor_capacity: float,
) -> Financing:
    """Finance a need from own cash, parent's cash, bonds and vendor, in this order; cut the rest.

    Args:
        need: Money that the plan asks, at least 0.
        own_cash: Own cash free for it; a negative source counts as 0, here and below.
        parent_cash: What the parent would lend or give.
        bond_capacity: New bonds that the market takes.
        vendor_capacity: Lease or loan that the vendor grants.

    Returns:
        A `Financing` whose five parts sum to the need.

    Source: Myers and Majluf (1984); vendor credit last as the dearest.
    """
    left = max(0.0, need)
    used = []
    for source in (own_cash, parent_cash, bond_capacity, vendor_capacity):
        taken = min(left, max(0.0, source))
        used.append(taken)
        left -= taken
    return Financing(used[0], used[1], used[2], used[3], left)


class Means(NamedTuple):
    """What the plans of a quarter need and what there is for them, same money.

    Attributes:
        need: money that the plans ask, and what is missing of the least cash.
        own: cash beyond what is kept.
        room: debt that lenders would let it have.
        reserve: of the cash that is kept, what is beyond the least.
    """

    need: float
    own: float
    room: float
    reserve: float


def asked_credit(means: Means, cheap: float = 0.0) -> float:
    """Return the debt that a firm asks lenders for.

    Args:
        means: need and sources.
        cheap: credit of vendors that costs less, which is taken before.

    Returns:
        What own cash beyond the kept, and cheaper credit, leave of its need.
    """
    own = means.own + max(0.0, cheap)
    return pecking_order(means.need, own, 0.0, means.room, 0.0).bonds


def money_found(means: Means, filled: float, vendor: float, cheap: float = 0.0) -> Financing:
    """Finance a need in pecking order; cash that is kept comes last, when credit is short.

    Args:
        means: need and sources.
        filled: part of the debt asked for that lenders take, 0 to 1.
        vendor: lease or loan that vendors grant, dearer than what lenders ask.
        cheap: what they grant for less; it comes before other debt.

    Source: Myers and Majluf (1984); cheaper credit of vendors first, Petersen and Rajan (1997);
    cash kept as insurance against credit that closes, Acharya, Almeida and Campello (2013).
    """
    lent = filled * asked_credit(means, cheap)
    early = min(max(0.0, means.need - means.own), max(0.0, cheap))
    found = pecking_order(means.need - early, means.own, 0.0, lent, vendor)
    reserve = min(found.cut, max(0.0, means.reserve))
    return found._replace(
        own=found.own + reserve, vendor=found.vendor + early, cut=found.cut - reserve
    )


def debt_capacity(ebitda: float, debt: float, max_leverage: float) -> float:
    """Return how much more debt a firm can raise, at least 0.

    Args:
        ebitda: Operating cash flow per year (or per quarter, with the multiple to match).
        debt: Debt that it has.
        max_leverage: Most debt over `ebitda` that lenders accept.

    Source: earnings-based borrowing limits, Lian and Ma (2021).
    """
    return max(0.0, max_leverage * max(0.0, ebitda) - debt)


def default_probability(
    leverage: float,
    runway_quarters: float,
    intercept: float,
    leverage_weight: float,
    runway_weight: float,
) -> float:
    """Return the probability of default in the coming quarter, as others judge it.

    Args:
        leverage: Debt over operating cash flow, or over assets, as the weight expects; may be
            infinite.
        runway_quarters: Quarters that the cash lasts, at least 0; infinity for no burn.
        intercept: Log-odds of a firm without debt whose cash lasts for ever.
        leverage_weight: Log-odds per unit of leverage, at least 0.
        runway_weight: Log-odds added when the cash is gone; with a runway of T quarters the
            1 / (1 + T) part of it counts.

    Returns:
        Logistic function of intercept + leverage_weight leverage + runway_weight / (1 + T).

    Source: reduced-form logit, Ohlson (1980) and Campbell, Hilscher and Szilagyi (2008), with
    leverage and liquidity as the only covariates. Limits: a judgement from outside; actual default
    follows from clearing alone.
    """
    pressure = runway_weight / (1.0 + max(0.0, runway_quarters))
    burden = leverage_weight * max(0.0, leverage) if leverage_weight else 0.0
    score = intercept + burden + pressure
    if score >= 0.0:
        return 1.0 / (1.0 + math.exp(-score))
    odds = math.exp(score)
    return odds / (1.0 + odds)


def payout(cash: float, usual: float, kept: float, enough: float, share: float) -> float:
    """Return dividends and buy-backs of a quarter, at least 0.

    Args:
        cash: Cash after what is due this quarter.
        usual: The usual payout, at least 0.
        kept: Cash that the usual payout does not touch.
        enough: Cash beyond which a part goes to the owners.
        share: That part, 0 to 1.

    Returns:
        The usual payout as far as cash exceeds what is kept, and the share of what then exceeds
        enough.

    Source: dividends are kept steady and given up last (Lintner 1956), except that here, as with
    buy-backs, they give way before investment; what cannot be used goes back (Jensen 1986).
    """
    steady = min(max(0.0, usual), max(0.0, cash - kept))
    return steady + share * max(0.0, cash - steady - max(kept, enough))


# --- loan-to-value, the sales that bring it back, and what they do to the price


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


# --- savers' money into funds


_WORST_RETURN, _BEST_RETURN = -0.5, 0.3
"""Past returns per quarter beyond which savers' reaction grows no more."""


def fund_inflow(
    base: float,
    worth: float,
    past_return: float,
    worth_elasticity: float,
    sensitivity: float,
    most: float,
) -> float:
    """Return new money that savers bring to a fund in a quarter, at least 0.

    Args:
        base: Inflow at the first worth and a return of 0, money per quarter.
        worth: What the fund is worth over its first worth, at least 0.
        past_return: Return of the fund in past quarters, 0.05 = 5% a quarter.
        worth_elasticity: Elasticity of the inflow to worth.
        sensitivity: Change of the logarithm of the inflow per unit of return.
        most: Largest multiple of `base` that comes.

    Source: flows follow returns, Sirri and Tufano (1998); commitments grow with what earlier ones
    became (Kaplan and Schoar 2005).
    """
    told = min(_BEST_RETURN, max(_WORST_RETURN, past_return))
    factor: float = max(0.0, worth) ** worth_elasticity * math.exp(sensitivity * told)
    return max(0.0, base * min(most, factor))
