"""A funding round as a global game: each joins if it believes that enough others will.

The price of a round is found by book building: every investor names the price up to which it joins.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple


class RoundResult(NamedTuple):
    """Outcome of an all-or-nothing round.

    Attributes:
        is_closed: Whether the need was met.
        raised: Money raised, the vendor part included; 0 when the round failed.
        contributions: What each investor pays, in the order of the pledges.
    """

    is_closed: bool
    raised: float
    contributions: tuple[float, ...]


def critical_hardness(exit_multiple: float, required_return: float, recovery: float) -> float:
    """Return the hardness up to which a round closes in the limit of precise signals.

    Args:
        exit_multiple: Expected value u at exit per unit invested, if the round closes.
        required_return: Required return rho over the same horizon, 0.05 = 5%.
        recovery: Value lambda left per unit invested if it does not, below 1 + rho.

    Returns:
        (u - 1 - rho) / (u - lambda), clipped to [0, 1]; 0.6964 for u = 3, rho = 0.05,
        lambda = 0.2. It is 0 when success itself does not pay.

    Source: Morris and Shin (2003), section 2: the marginal investor holds uniform beliefs on the
    share of others that joins, so it succeeds with probability 1 - kappa.
    """
    surplus = exit_multiple - 1.0 - required_return
    if surplus <= 0.0:
        return 0.0
    at_stake = exit_multiple - recovery
    return surplus / at_stake if at_stake > surplus else 1.0


def hardness(
    need: float, vendor_part: float, participation: float, dry_powder_total: float
) -> float:
    """Return how hard a round is to fill: the share of the money on offer that must join.

    Args:
        need: Money that the round must raise.
        vendor_part: Part of it that a vendor brings.
        participation: Fraction phi of its dry powder that an investor puts into a round, 0 to 1.
        dry_powder_total: Dry powder of all investors asked, in the unit of `need`.

    Returns:
        (need - vendor part) / (phi times powder); 0 when nothing is left to raise, infinity when
        something is and there is no powder.
    """
    remaining = need - vendor_part
    if remaining <= 0.0:
        return 0.0
    on_offer = participation * dry_powder_total
    return remaining / on_offer if on_offer > 0.0 else math.inf


def marginal_success_probability(n: int, k: int) -> float:
    """Return the probability that a round succeeds, in the eyes of the marginal of n investors.

    Args:
        n: Number of equal investors, at least 1.
        k: How many of them must join, oneself included.

    Returns:
        (n - k + 1) / n for k of 1 to n, 1 below and 0 above.

    Source: Morris and Shin (2003), section 2, for finitely many players: the rank of one's own
    signal among all is uniform.
    """
    return min(1.0, max(0.0, (n - k + 1) / n))


def joins(signal: float, exit_multiple: float, required_return: float, recovery: float) -> bool:
    """Return whether an investor joins: its signal of hardness is at most its critical one.

    The arguments but the first are those of `critical_hardness`, as this investor sees them.
    """
    return signal <= critical_hardness(exit_multiple, required_return, recovery)


def required_multiple(signal: float, required_return: float, recovery: float) -> float:
    """Return the exit multiple from which on an investor joins a round.

    Args:
        signal: Its signal of how hard the round is to fill.
        required_return: Its required return rho over the same horizon, 0.05 = 5%.
        recovery: Value lambda left per unit invested if the round fails, below 1 + rho.

    Returns:
        (1 + rho - lambda s) / (1 - s), at least 1 + rho; infinity for a signal of one and more.

    Source: `critical_hardness` solved for the exit multiple, Morris and Shin (2003), section 2.
    """
    least = 1.0 + required_return
    if signal >= 1.0:
        return math.inf
    if signal <= 0.0:
        return least
    return max(least, (least - recovery * signal) / (1.0 - signal))


class Bid(NamedTuple):
    """What an investor says in the book building of a round.

    Attributes:
        pledge_usd: What it puts in if it joins.
        limit_multiple: Exit multiple from which on it joins (`required_multiple`).
    """

    pledge_usd: float
    limit_multiple: float


def clearing_price(outside: float, bids: Sequence[Bid], exit_value: float, ask: float) -> float:
    """Return the highest pre-money price at which the investors that join cover a round.

    Args:
        outside: Money that must come from them, USD.
        bids: One per investor that is asked.
        exit_value: Value of the whole firm that they expect at the exit, USD.
        ask: Size of the round with what vendors bring, USD; the exit multiple at a price v is
            `exit_value` / (v + `ask`).

    Returns:
        USD; infinity when nothing must come from them, minus infinity when all of them together
        cannot cover it.

    Source: book building with bids at limit prices, Benveniste and Spindt (1989).
    """
    if outside <= 0.0:
        return math.inf
    pledged = 0.0
    for bid in sorted(bids, key=lambda bid: bid.limit_multiple):
        pledged += bid.pledge_usd
        if pledged >= outside:
            return exit_value / bid.limit_multiple - ask
    return -math.inf


def filled_share(hardness: float, critical: float, spread: float) -> float:
    """Return the share of many small rounds that close, 0 to 1.

    Args:
        hardness: Median hardness of the rounds.
        critical: Hardness up to which a round closes, 0 to 1.
        spread: Standard deviation of the logarithm of hardness over the firms, above 0.

    Returns:
        The share of a log-normal distribution of hardness that lies under the critical value.

    Source: a cross-section of the global game of Morris and Shin (2003) with fundamentals that
    differ from firm to firm.
    """
    if hardness <= 0.0:
        return 1.0 if critical > 0.0 else 0.0
    if critical <= 0.0 or math.isinf(hardness):
        return 0.0
    return 0.5 * math.erfc(math.log(hardness / critical) / (spread * math.sqrt(2.0)))


def critical_for_share(hardness: float, share: float, spread: float) -> float:
    """Return the critical hardness at which a share of many small rounds closes.

    Args:
        hardness: Median hardness of the rounds, at least 0.
        share: Share of them, above 0 and below 1.
        spread: See `filled_share`, whose inverse this is.
    """
    return hardness * math.exp(spread * NormalDist().inv_cdf(share))


def settle_round(need: float, vendor_part: float, pledges: Sequence[float]) -> RoundResult:
    """Close the round if pledges and vendor part meet the need, else call it off.

    Args:
        need: Money that must be raised, at least 0.
        vendor_part: Part that a vendor brings, at least 0.
        pledges: What each investor offers, at least 0; 0 for those that stay out.

    Returns:
        A `RoundResult`. An oversubscribed round scales all pledges by the same factor, so that
        exactly the need is raised.
    """
    vendor = min(need, vendor_part)
    outside = need - vendor
    pledged = math.fsum(pledges)
    if pledged < outside:
        return RoundResult(False, 0.0, (0.0,) * len(pledges))
    scale = outside / pledged if pledged > 0.0 else 0.0
    return RoundResult(True, need, tuple([scale * pledge for pledge in pledges]))
