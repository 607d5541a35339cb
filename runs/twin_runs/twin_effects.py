"""Effects over many pairs of twins: means with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan, sqrt

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
RESAMPLES = 2000
_BOOTSTRAP_SEED = 20251


@dataclass(frozen=True, slots=True)
class Effect:
    """A mean over pairs of twins with its 95% interval.

    Attributes:
        mean: mean of the values that exist; nan without any.
        low, high: ends of the interval; nan where there are too few values.
        n: number of values.
    """

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Mean and interval with three digits."""
        return f"{self.mean:.3g} [{self.low:.3g}, {self.high:.3g}], n = {self.n}"


def mean_effect(values: Sequence[float] | NDArray[np.float64]) -> Effect:
    """Mean with the t interval (Student 1908); nan is left out."""
    from scipy.stats import t

    given = _present(values)
    if len(given) == 0:
        return Effect(nan, nan, nan, 0)
    mean = float(given.mean())
    if len(given) == 1:
        return Effect(mean, nan, nan, 1)
    half = float(t.ppf((1 + CONFIDENCE) / 2, len(given) - 1)) * float(
        given.std(ddof=1) / sqrt(len(given))
    )
    return Effect(mean, mean - half, mean + half, len(given))


def share_effect(values: Sequence[float] | NDArray[np.float64]) -> Effect:
    """Share of ones among zeros and ones with the interval of Wilson (1927); nan is left out.

    Unlike a resampled interval it has a width also where no pair, or every pair, has the property.

    Raises:
        ValueError: a value is neither 0 nor 1.
    """
    given = _present(values)
    if not bool(np.isin(given, (0.0, 1.0)).all()):
        raise ValueError("a share is of zeros and ones")
    n = len(given)
    if n == 0:
        return Effect(nan, nan, nan, 0)
    return wilson(float(given.mean()), n, n)


def wilson(share: float, n: int, effective: float) -> Effect:
    """A share of n values with Wilson's interval.

    Args:
        share: the share, 0 to 1.
        n: number of values.
        effective: number of independent values that they are worth, over 0.
    """
    from scipy.stats import norm

    z, size = float(norm.ppf((1 + CONFIDENCE) / 2)), effective
    centre = (share + z * z / (2 * size)) / (1 + z * z / size)
    half = z / (1 + z * z / size) * sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    return Effect(
        share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half)), n
    )


def bootstrap_effect(values: Sequence[float] | NDArray[np.float64]) -> Effect:
    """Mean with the percentile bootstrap interval (Efron 1979), 2,000 resamples of one seed.

    For differences of shares, which are -1, 0 or 1 in a pair; nan is left out.
    """
    given = _present(values)
    if len(given) == 0:
        return Effect(nan, nan, nan, 0)
    rng = np.random.Generator(np.random.PCG64(_BOOTSTRAP_SEED))
    means = given[rng.integers(0, len(given), (RESAMPLES, len(given)))].mean(axis=1)
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(each) for each in np.quantile(means, (tail, 1 - tail)))
    return Effect(float(given.mean()), low, high, len(given))


def _present(values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([value for value in values if not isnan(value)], dtype=np.float64)
