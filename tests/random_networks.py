"""Large random networks for simulated cascades."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def directed(
    rng: np.random.Generator,
    size: int,
    mean: float,
    lends: Floats | float = 1.0,
    borrows: Floats | float = 1.0,
) -> Floats:
    """Each firm has a claim of 1 on each other by chance, ``mean`` claims on average.

    The chance is in proportion to what the holder lends and the debtor borrows, both 1 in the mean.
    """
    chance = mean / (size - 1) * np.outer(np.full(size, lends), np.full(size, borrows))
    links = (rng.random((size, size)) < chance).astype(np.float64)
    np.fill_diagonal(links, 0.0)
    return links


def undirected(rng: np.random.Generator, size: int, mean: float) -> Floats:
    """Each pair of firms is linked with the same chance, ``mean`` neighbours on average."""
    half = np.triu(directed(rng, size, mean), 1)
    return half + half.T


def poisson(mean: float, size: int = 40) -> Floats:
    """Shares of firms by number of links in the limit of many firms (size,)."""
    steps = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, size)))))
    shares: Floats = np.exp(np.arange(size) * np.log(mean) - mean - steps)
    return shares / shares.sum()


def first_ones(size: int, *firms: int) -> NDArray[np.bool_]:
    """Switches that are on for some firms (size,)."""
    found = np.zeros(size, dtype=np.bool_)
    found[list(firms)] = True
    return found
