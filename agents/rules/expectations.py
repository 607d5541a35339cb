"""Expectations: three simple forecasts of growth and the weight that each of them gets."""

import math
from collections.abc import Sequence


def forecasts(
    last: float,
    previous: float,
    anchor: float,
    long_run: float,
    reversion: float,
    extrapolation: float,
) -> tuple[float, float, float]:
    """Return the fundamentalist, the trend and the anchored forecast of a growth rate.

    Args:
        last: Growth of the agent's own fundamental in the last quarter.
        previous: Growth in the quarter before.
        anchor: Running mean of past growth.
        long_run: Growth that the fundamentalist expects in the long run.
        reversion: Part of the gap to the long run that closes in a quarter, 0 to 1.
        extrapolation: Part of the last change that the trend follower expects again.

    Returns:
        Three growth rates per quarter, in the order fundamentalist, trend, anchored.

    Source: Brock and Hommes (1998), section 4 (fundamentalists and trend chasers); the anchored
    rule is the anchoring-and-adjustment heuristic of Anufriev and Hommes (2012) without its
    extrapolation term. Limits: growth must be that of observed fundamentals, never of private
    marks that the agents set themselves, or the trend rule proves itself.
    """
    return (
        last + reversion * (long_run - last),
        last + extrapolation * (last - previous),
        0.5 * (anchor + last),
    )


def heuristic_shares(fitness: Sequence[float], intensity: float) -> tuple[float, ...]:
    """Return the weight of each heuristic by discrete choice on past fitness.

    Args:
        fitness: One number per heuristic, higher is better; not empty, finite.
        intensity: Intensity of choice; 0 gives equal weights, infinity the best rule alone.

    Returns:
        Weights between 0 and 1 that sum to one, in the order of `fitness`.

    Source: Brock and Hommes (1998), section 2. Fitness is taken relative to the best, so that
    no exponential overflows.
    """
    best = max(fitness)
    if intensity == math.inf:
        winners = [1.0 if value == best else 0.0 for value in fitness]
        return tuple(win / sum(winners) for win in winners)
    weights = [math.exp(intensity * (value - best)) for value in fitness]
    total = sum(weights)
    return tuple([weight / total for weight in weights])


def update_fitness(fitness: float, error: float, memory: float) -> float:
    """Return the fitness after one more forecast error: memory times the old, minus the square.

    Args:
        fitness: Fitness so far, at most 0.
        error: Forecast minus outcome, in growth per quarter.
        memory: Weight of the past, 0 (only the last error counts) to below 1.

    Source: Brock and Hommes (1998), section 2 (accumulated performance), scored on squared
    forecast errors as in Anufriev and Hommes (2012).
    """
    return memory * fitness - error * error


def expected_growth(forecasts: Sequence[float], shares: Sequence[float]) -> float:
    """Return the growth per quarter that the mix of heuristics expects: the weighted mean.

    Args:
        forecasts: One growth rate per heuristic.
        shares: Their weights, as `heuristic_shares` gives them. ValueError if the lengths differ.

    Source: Brock and Hommes (1998), section 2 (market forecast as a mean over types).
    """
    return sum([f * share for f, share in zip(forecasts, shares, strict=True)])
