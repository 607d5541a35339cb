"""A column: its declaration, and what a set of rows does with its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

if TYPE_CHECKING:
    from agents.columns.column_set import ColumnAgentSet

Values = np.ndarray[Any, Any]

_KINDS = "biufU"
_LARGEST_FLOAT = 8


class Row:
    """What sets and columns know of an agent in columns: a place in a population.

    Attributes:
        population: the set that holds the row.
        row: number of the row; rows never move.
    """

    population: ColumnAgentSet[Any]
    row: int

    @property
    def is_alive(self) -> bool:
        """Whether the agent has not been removed."""
        return bool(self.population.alive[self.row])


def view[A: Row](agent_class: type[A], population: ColumnAgentSet[Any], row: int) -> A:
    """A view on a row, without making a new one."""
    agent = agent_class.__new__(agent_class)
    point(agent, population, row)
    return agent


def point(agent: Row, population: ColumnAgentSet[Any], row: int) -> None:
    """Make an agent the view on a row."""
    agent.__dict__["population"] = population
    agent.__dict__["row"] = row


class Column:
    """One attribute of all agents of a class, read and written on a view like any attribute.

    Attributes:
        name: name of the attribute.
        dtype: numpy type of the values.
        default, default_array: value of a new row, as given and in the type of the column.
        unit, doc: what it means.
        bounds: lowest and highest value allowed, or none.
    """

    def __init__(
        self,
        dtype: DTypeLike,
        default: Any,
        unit: str,
        doc: str,
        bounds: tuple[float, float] | None,
    ) -> None:
        """See ``column``."""
        self.name = ""
        self.dtype = np.dtype(dtype)
        self.unit, self.doc, self.bounds = unit, doc, bounds
        kind, size = self.dtype.kind, self.dtype.itemsize
        if kind not in _KINDS or size == 0 or (kind == "f" and size > _LARGEST_FLOAT):
            raise TypeError(
                f"no column of {self.dtype}: a column holds booleans, whole numbers, floats of at "
                "most 64 bits, or text of a stated length such as 'U20'"
            )
        if bounds is not None and kind in "bU":
            raise TypeError(f"no bounds for a column of {self.dtype}")
        self.default = np.zeros((), dtype=self.dtype).item() if default is None else default
        self._native, self._lowest, self._highest = self._sure_range()

    def _sure_range(self) -> tuple[type | None, float, float]:
        """Python's type whose values fit without a closer look, from the lowest to the highest."""
        limits = self.bounds or (-np.inf, np.inf)
        if self.dtype.kind == "b":
            return bool, False, True
        if self.dtype == np.float64:
            return float, *limits
        if self.dtype.kind in "iu":
            widest = np.iinfo(self.dtype)
            return int, max(limits[0], widest.min), min(limits[1], widest.max)
        return None, *limits

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.default_array = self.checked(owner.__name__, self.default)

    def __get__(self, agent: Row | None, owner: type) -> Any:
        if agent is None:
            return self
        return agent.population.column(self.name).item(agent.row)

    def __set__(self, agent: Row, value: Any) -> None:
        kind: Any = type(value)
        if kind is self._native and self._lowest <= value <= self._highest:
            agent.population.put(self.name, agent.row, value)
            return
        if np.ndim(value):
            raise ValueError(
                f"{type(agent).__name__}.{self.name}: {value!r} is not one value but several"
            )
        agent.population.write(self.name, np.array([agent.row]), value)

    def checked(self, owner: str, value: Any) -> Values:
        """The value, or values, in the type of the column; the very array if it has that type.

        A value fits when it comes back equal: 300 is no int8, 0.5 no whole number, 2 no boolean.
        Only floats may lose digits to a shorter float. nan is a float, but lies within no bounds.

        Args:
            owner: name of the class, for the message.
            value: a number, boolean or text, or a sequence of them.

        Raises:
            ValueError: if a value does not fit; it names class, column and value.
        """
        try:
            given = np.asarray(value)
            fitted, fits = self._fitted(given)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(
                f"{owner}.{self.name}: {value!r} is not of type {self.dtype}"
            ) from None
        if not fits.all():
            wrong = given[~fits].ravel()[:1].tolist()[0]
            raise ValueError(f"{owner}.{self.name}: {wrong!r} is not of type {self.dtype}")
        if self.bounds is not None:
            low, high = self.bounds
            inside = np.asarray((fitted >= low) & (fitted <= high))
            if not inside.all():
                wrong = fitted[~inside].ravel()[:1].tolist()[0]
                raise ValueError(f"{owner}.{self.name}: {wrong!r} is not between {low} and {high}")
        return fitted

    def _fitted(self, given: Values) -> tuple[Values, NDArray[np.bool_]]:
        """The values in the type of the column, and which of them fit."""
        if given.dtype == self.dtype or not given.size:
            return given.astype(self.dtype, copy=False), np.ones((), dtype=np.bool_)
        kinds = given.dtype.kind, self.dtype.kind
        is_other = kinds[0] not in f"{_KINDS}O" or ("U" in kinds and kinds != ("U", "U"))
        if is_other or kinds == ("f", "b"):
            return given, np.zeros(given.shape, dtype=np.bool_)
        with np.errstate(all="ignore"):
            fitted = given.astype(self.dtype)
            if kinds == ("f", "f"):
                return fitted, np.isfinite(fitted) | ~np.isfinite(given)
            fits = np.asarray(fitted.astype(given.dtype) == given, dtype=np.bool_)
            if (
                kinds[1] in "iu"
            ):  # too large a number may come back equal, with another sign between
                fits &= (fitted < 0) == (given < 0)
                fits &= given < np.iinfo(self.dtype).max + 1.0 if kinds[0] == "f" else True
        return fitted, fits


def column(
    dtype: DTypeLike,
    default: Any = None,
    *,
    unit: str = "",
    doc: str = "",
    bounds: tuple[float, float] | None = None,
) -> Any:
    """Declare a column of a ``ColumnAgent``.

    Args:
        dtype: numpy type of the values: booleans, whole numbers, floats or text such as ``"U20"``.
        default: value of a new row; zero, false or an empty text when omitted.
        unit: unit of the values.
        doc: what they mean.
        bounds: lowest and highest value allowed, in the unit.

    Raises:
        TypeError: if the type cannot be a column.
        ValueError: if the default does not fit, when the class is defined.
    """
    return Column(dtype, default, unit, doc, bounds)


# --- what a set of rows does with the values of a column, with the results of Mesa's own sets


Rows = NDArray[np.int64]


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
