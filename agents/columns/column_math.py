"""What a set of rows does with the values of a column, with the results of Mesa's own sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Values = np.ndarray[Any, Any]

_SURE_ITEM_BYTES = 4
"""Sums of whole numbers up to this size fit 64 bits, for any population that fits memory."""


def aggregate(values: Values, func: Any) -> Any:
    """Apply one or more functions to values, as to a list of Python numbers.

    Args:
        values: of one column, in an array that nobody else holds.
        func: a function, or several. numpy's functions get an array, of the type that numpy makes
            of such a list; others get the list. Python's ``sum``, ``min``, ``max`` and ``len`` of
            whole numbers are taken from the array too: they are exact there. ``sum`` of floats is
            not, as Python's loses less to rounding than numpy's.
    """
    wide = _as_from_list(values)
    listed: list[Any] | None = None

    def apply(one: Callable[[Any], Any]) -> Any:
        nonlocal listed
        if one in _EXACT and values.size and _is_small_whole(values):
            return _EXACT[one](values)
        if wide is not None and _is_of_numpy(one):
            return one(wide)
        listed = values.tolist() if listed is None else listed
        return one(listed)

    return apply(func) if callable(func) else [apply(one) for one in func]


_EXACT: dict[Any, Callable[[Values], Any]] = {
    sum: lambda values: int(values.sum(dtype=np.int64)),
    min: lambda values: values.min().item(),
    max: lambda values: values.max().item(),
    len: lambda values: values.size,
}


def _is_small_whole(values: Values) -> bool:
    return values.dtype.kind in "biu" and values.itemsize <= _SURE_ITEM_BYTES


def _is_of_numpy(func: Callable[..., Any]) -> bool:
    module = getattr(func, "__module__", None) or ""
    return isinstance(func, np.ufunc) or module.partition(".")[0] == "numpy"


def _as_from_list(values: Values) -> Values | None:
    """The values in the type that numpy gives a list of them; none where that is not sure."""
    kind = values.dtype.kind
    if not values.size or kind == "U" or values.dtype == np.uint64:
        return None
    return values.astype({"b": np.bool_, "f": np.float64}.get(kind, np.int64), copy=False)


def sorted_order(values: Values, ascending: bool) -> Rows:
    """Places of the values in order; ties stay in theirs, both ways, as with Python's ``sorted``.

    nan counts as the highest value.
    """
    if ascending:
        return np.argsort(values, kind="stable")
    return np.asarray((values.size - 1 - np.argsort(values[::-1], kind="stable"))[::-1])


def group_rows(values: Values, rows: Rows) -> list[tuple[Any, Rows]] | None:
    """Rows by value, values in the order in which they first occur; none if there is a nan.

    A nan equals nothing, so each would be a group of its own.
    """
    if values.dtype.kind == "f" and np.isnan(values).any():
        return None
    found, first, group = np.unique(values, return_index=True, return_inverse=True)
    ends = np.cumsum(np.bincount(group, minlength=found.size))
    members = np.split(rows[np.argsort(group, kind="stable")], ends[:-1])
    return [(found[g].item(), members[g]) for g in np.argsort(first, kind="stable").tolist()]
