"""Surprises that last: good or bad luck that fades over quarters instead of ending at once."""


def next_surprise(last: float, persistence: float, size: float, draw: float) -> float:
    """Return the surprise of a quarter: what is left of the last one, and something new.

    Args:
        last: Surprise of the quarter before, in any unit; 0 at the start.
        persistence: Part of it that is left, 0 (no memory) to below 1.
        size: Standard deviation of what is new, in the unit of `last`, at least 0.
        draw: A standard normal number.

    Returns:
        Surprise in the unit of `last`. Its standard deviation rises from `size` to
        size / sqrt(1 - persistence ** 2) in the long run; its mean stays 0.

    Source: autoregression of the first order, Yule (1927).
    """
    return persistence * last + size * draw
