"""What consumers do: adopt, choose an assistant, and use it, and what their use costs."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def bass_adopters(adopted: float, market_size: float, innovation: float, imitation: float) -> float:
    """Return the number of new adopters in a quarter.

    Args:
        adopted: Adopters so far, at least 0.
        market_size: Everybody who may ever adopt, in the unit of `adopted`.
        innovation: Coefficient p per quarter: adopts unasked.
        imitation: Coefficient q per quarter: adopts because others did.

    Returns:
        New adopters, between 0 and what remains of the market. A market that shrank below
        `adopted` gives 0.

    Source: Bass (1969): (p + q A / m) (m - A).
    """
    remaining = market_size - adopted
    if remaining <= 0.0:
        return 0.0
    return min(remaining, (innovation + imitation * adopted / market_size) * remaining)


# --- which assistant consumers use


def _finite_utilities(utilities: ArrayLike) -> NDArray[np.float64]:
    """Return utilities with nan (not on offer) as minus infinity."""
    values = np.asarray(utilities, dtype=np.float64)
    values = np.where(np.isnan(values), -np.inf, values)
    if not np.isfinite(values.max(initial=-np.inf)):
        msg = "at least one utility must be finite and none may be plus infinity"
        raise ValueError(msg)
    return values


def logit_shares(utilities: ArrayLike, scale: float) -> NDArray[np.float64]:
    """Return the share of choosers that takes each alternative.

    Args:
        utilities: One per alternative, shape (K,), in EUR per month; nan or minus infinity = not
            on offer. Put "none" among the alternatives where one may go without.
        scale: Spread of tastes in the unit of `utilities`, above 0; near 0 the best takes all.

    Returns:
        Shares, shape (K,), that sum to one.

    Raises:
        ValueError: If nothing is on offer or the scale is not positive.

    Source: McFadden (1974), conditional logit.
    """
    if scale <= 0.0:
        msg = f"scale must be positive, got {scale}"
        raise ValueError(msg)
    values = _finite_utilities(utilities)
    weights = np.exp((values - values.max()) / scale)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def consumer_shares(
    current_shares: ArrayLike, utilities: ArrayLike, switching_rate: float, scale: float
) -> NDArray[np.float64]:
    """Return market shares after a quarter in which some consumers chose anew.

    Args:
        current_shares: Shares at the start, shape (K,), sum at most one; whoever is missing
            chooses for the first time.
        utilities: See `logit_shares`, shape (K,).
        switching_rate: Part of the users who reconsider in a quarter, 0 to 1. Users of an
            alternative that is no longer on offer all reconsider.
        scale: See `logit_shares`.

    Returns:
        Shares, shape (K,), that sum to one.

    Raises:
        ValueError: If the shares exceed one, or as `logit_shares` does.

    Source: logit choice with inertia, as in the staggered choice of Calvo (1983).
    """
    shares = np.asarray(current_shares, dtype=np.float64)
    if shares.sum() > 1.0 + 1e-9:
        msg = f"shares sum to {shares.sum()}, more than one"
        raise ValueError(msg)
    is_on_offer = np.isfinite(_finite_utilities(utilities))
    staying = np.where(is_on_offer, shares * (1.0 - switching_rate), 0.0)
    choosing = max(0.0, 1.0 - float(staying.sum()))
    return np.asarray(staying + choosing * logit_shares(utilities, scale), dtype=np.float64)


# --- what a seat costs to serve when usage has a heavy tail, and what it leaves


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


# --- what clouds' own customers see and spend


MOST_SEEN = 1.5
"""Progress that is taken notice of at most, over that of the start."""


def progress_seen(before: float, growth: float, first_growth: float, memory: float) -> float:
    """Return how much of the progress of the start people still see.

    Args:
        before: What they saw a quarter ago.
        growth: Growth of what stands for progress (training done, applications built), per quarter.
        first_growth: Its growth at the start; 0 and less says nothing.
        memory: Part of the old impression that is kept, 0 to 1.

    Returns:
        One when growth is what it was at the start; between 0 and `MOST_SEEN`.

    Source: diffusion follows observed advantage, Rogers (2003), chapter 6; the square root, for
    impressions that react less than in step (Stevens 1957).
    """
    ratio = max(0.0, growth) / first_growth if first_growth > 0.0 else 1.0
    return memory * before + (1.0 - memory) * min(MOST_SEEN, math.sqrt(ratio))


def budget_growth(
    first_growth: float, size: float, fade: float, ceiling: float, seen_weight: float, seen: float
) -> float:
    """Return the growth of the budgets of clouds' own customers, per quarter, before chance.

    Args:
        first_growth: Growth at the start, per quarter.
        size: Budgets over those of the start; a market that shrank grows no faster for it.
        fade: Elasticity of growth to size: large markets grow slower.
        ceiling: Size at which growth has faded out; 0 = there is none.
        seen_weight: Part of growth that follows the progress that customers see.
        seen: That progress over the start's (`progress_seen`).

    Source: growth that falls with size, Evans (1987); logistic ceiling of Griliches (1957).
    """
    faded: float = first_growth * max(1.0, size) ** -fade
    room = max(0.0, 1.0 - size / ceiling) if ceiling > 0.0 else 1.0
    moved = abs(faded) * seen_weight * (seen - 1.0)  # progress slows a decline, too
    return room * (faded + moved)
