"""What the users of compute see: how fast models and applications get better."""

import math


def seen_progress(growth: float, first_growth: float, most: float) -> float:
    """Return progress seen over that of the start: the root of growth over its first value.

    Args:
        growth: Growth of a stock (training of the frontier, applications) in the quarter.
        first_growth: Its growth at the start, above 0.
        most: Largest value returned, at least 0.

    Returns:
        1 at the growth of the start, 0 without growth, at most `most`.

    Source: diminishing returns to a stock, as in the scaling laws of Kaplan et al. (2020); the
    root is assumed.
    """
    return min(most, math.sqrt(max(0.0, growth) / first_growth))


def smoothed(last: float, new: float, memory: float) -> float:
    """Return the mean of what was seen, with older quarters counting less and less.

    Args:
        last: Mean so far.
        new: What the quarter shows.
        memory: Weight of `last`, 0 to below 1.

    Source: adaptive expectations, Cagan (1956).
    """
    return memory * last + (1.0 - memory) * new
