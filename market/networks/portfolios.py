"""Checks on portfolios: what firms hold of assets, numbers per firm and numbers per asset.

As with networks (``market.networks.inputs``) numbers go by place, as arrays, or by label: the
holdings are then a pandas DataFrame with a row per firm and a column per asset, and numbers per
firm and per asset a Series or a dict each, in any order. One number for all firms or all assets
may be given as such, by place and by label, where a function says so. Results bear the labels.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.networks.inputs import FirmError, Floats, Labels, per_firm

if TYPE_CHECKING:
    import pandas as pd


def holdings_of(values: ArrayLike) -> Floats:
    """Holdings as floats (n, m).

    Raises:
        ValueError: another shape, or a number that is negative, infinite or not a number.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2:
        raise ValueError(f"holdings: one row per firm, one column per asset, got {array.shape}")
    return per_firm("holdings", np.ascontiguousarray(array), array.shape)


def for_all(name: str, values: ArrayLike, size: int) -> Floats:
    """One number at least zero for each firm or asset, or one for all (size,).

    Args:
        name: what they are, for the message.
        values: one number, or ``size`` of them.
        size: how many there are.

    Raises:
        ValueError: another shape, or a number that is negative, infinite or not a number.
    """
    array = np.asarray(values, dtype=np.float64)
    return per_firm(name, np.full(size, array) if array.ndim == 0 else array, (size,))


class ByPortfolio[**P, R, L](Protocol):
    """A function that takes arrays and gives ``R``, or takes holdings by label and gives ``L``."""

    @overload
    def __call__(self, holdings: pd.DataFrame, /, *others: Any, **more: Any) -> L: ...

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...


def by_portfolio[**P, R, L](
    result: Callable[[R, Labels, Labels], L], *, firms: Sequence[str], assets: Sequence[str]
) -> Callable[[Callable[P, R]], ByPortfolio[P, R, L]]:
    """Let a function of arrays be given ``holdings`` and numbers by label as well.

    Args:
        result: what the function found with arrays, the firms, the assets -> the same by label.
        firms: arguments that are one number per firm.
        assets: arguments that are one number per asset.
    """

    def decorate(function: Callable[P, R]) -> ByPortfolio[P, R, L]:
        signature = inspect.signature(function)

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            given = bound.arguments
            if not _is_frame(given["holdings"]):
                _refuse_labels(given, (*firms, *assets))
                return function(*bound.args, **bound.kwargs)
            rows, columns = _labels(given["holdings"])
            given["holdings"] = _cells(given["holdings"], rows, columns)
            for labels, names in ((rows, firms), (columns, assets)):
                for name in names:
                    if given.get(name) is not None and np.ndim(given[name]) + _by_name(given[name]):
                        given[name] = labels.amounts(name, given[name])
            try:
                found = function(*bound.args, **bound.kwargs)
            except FirmError as error:
                name = repr(rows.index[error.firm])
                raise ValueError(error.text.format(firm=name)) from None
            return result(found, rows, columns)

        return call

    return decorate


def _labels(frame: pd.DataFrame) -> tuple[Labels, Labels]:
    """The firms and the assets of holdings."""
    return (
        Labels(frame.index, "holdings"),
        Labels(frame.columns, "holdings", place="column", bearers="assets"),
    )


def _cells(frame: pd.DataFrame, rows: Labels, columns: Labels) -> Floats:
    try:
        cells: NDArray[np.float64] = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"holdings are numbers: {error}") from None
    for i, j in np.argwhere(~(np.isfinite(cells) & (cells >= 0)))[:1].tolist():
        pair = f"{rows.index[i]!r} in {columns.index[j]!r}"
        raise ValueError(f"holdings are finite numbers >= 0, got {cells[i, j]} of {pair}")
    return np.ascontiguousarray(cells)


def _refuse_labels(given: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in names:
        if _by_name(given.get(name)):
            raise ValueError(
                f"{name}: given by label, but the holdings have no labels; give a DataFrame"
            )


def _by_name(value: Any) -> bool:
    return isinstance(value, Mapping) or (hasattr(value, "index") and hasattr(value, "items"))


def _is_frame(value: Any) -> bool:
    return hasattr(value, "columns") and hasattr(value, "index")
