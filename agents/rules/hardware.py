"""How chips die, how much is begun when power is short, and how power strays from its plan."""

import math


def failure_share(age: float, failure_rate: float, wear_rate: float, wear_age: float) -> float:
    """Return the part of chips of one age that dies in a quarter.

    Args:
        age: Quarters since their year began.
        failure_rate: Part that dies at any age, per quarter.
        wear_rate: Further part that dies once they are old, per quarter.
        wear_age: Age in quarters from which they are old.

    Returns:
        A share, 0 to 1: the expected one, since there are many chips.

    Source: a bathtub hazard in two steps (Barlow and Proschan 1965, chapter 2), without early
    failures, which are replaced under guarantee.
    """
    return min(1.0, failure_rate + (wear_rate if age >= wear_age else 0.0))


def kilowatt_of(first: float, fall: float, year: int) -> float:
    """Return the facility power of an accelerator of one year's chips, kW.

    Args:
        first: Power at the start and before it, kW.
        fall: Fall by a year's new chips, per year, 0 to 1.
        year: Years since the first; 0 and less is the start.

    Source: constant rates of progress in computing efficiency, Koomey et al. (2011).
    """
    power: float = first * (1.0 - fall) ** max(0, year)
    return power


def share_with_power(in_use: float) -> float:
    """Return the part of wanted sites that is begun, given how much of the power is spoken for.

    All of it while sites under way need up to half of the power in sight, none once they need all,
    and evenly less between: regions and sites differ.

    Args:
        in_use: Power that the sites under way need over the power in sight, at least 0.

    Source: queues as rationing, Barzel (1974); the even spread is assumed.
    """
    return min(1.0, max(0.0, 2.0 * (1.0 - in_use)))


def surprise_factor(surprise: float, persistence: float, size: float, quarters: int) -> float:
    """Return a factor with mean one from a log surprise that began at zero.

    Args:
        surprise: Log surprise after ``quarters`` draws, an autoregression of first order.
        persistence: Part of it that is left a quarter later, 0 to under 1.
        size: Standard deviation of what each draw adds.
        quarters: Draws so far, at least 1.

    Source: mean of the lognormal distribution; the variance of an autoregression that starts at
    its mean is size**2 (1 - persistence**(2 quarters)) / (1 - persistence**2).
    """
    kept = persistence * persistence
    variance = size * size * (1.0 - kept**quarters) / (1.0 - kept)
    return math.exp(surprise - 0.5 * variance)
