"""Checks on what is handed to the network measures: matrices between firms and numbers per firm."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def between(name: str, values: ArrayLike) -> Floats:
    """Amounts between firms: one square matrix, or a stack of them.

    Args:
        name: what they are, for the message ("flows", "exposures").
        values: amounts, `[..., i, j]` from firm i to firm j or of i on j (..., n, n).

    Returns:
        The amounts as floats; the caller's array when it has floats already.

    Raises:
        ValueError: the last two lengths differ, an amount is negative, infinite or not a number,
            or there is something on the diagonal.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        raise ValueError(f"{name} are a square matrix, got the shape {array.shape}")
    _at_least_zero(name, array)
    if np.einsum("...ii->...i", array).any():
        raise ValueError(f"{name} run between different firms: the diagonal is zero")
    return array


def between_one(name: str, values: ArrayLike) -> Floats:
    """Amounts between firms as ``between``, of one network only (n, n)."""
    array = between(name, values)
    if array.ndim != 2:
        raise ValueError(f"{name} are one square matrix, got the shape {array.shape}")
    return array


def per_firm(name: str, values: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """One number at least zero for each firm.

    Args:
        name: what they are, for the message.
        values: the numbers.
        shape: the shape that they must have, the firms last.

    Raises:
        ValueError: another shape, or a number that is negative, infinite or not a number.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape:
        raise ValueError(f"{name}: one number per firm, shape {shape}, got {array.shape}")
    _at_least_zero(name, array)
    return array


def _at_least_zero(name: str, array: Floats) -> None:
    if array.size and not array.min() >= 0.0:
        raise ValueError(f"{name} are numbers >= 0, got {array.min()}")
    if array.size and not array.max() < np.inf:
        raise ValueError(f"{name} are finite numbers, got {array.max()}")
