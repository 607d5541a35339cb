"""Which assistant consumers use: logit choice by the part of them that reconsiders."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


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
