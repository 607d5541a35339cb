"""Checks on what is handed to the network measures: matrices between firms and numbers per firm.

The measures take numbers by place (numpy arrays, lists) or by *label*. By label means a pandas
DataFrame whose rows and columns bear the same names, in any order, or a networkx DiGraph whose
edges bear amounts; numbers per firm are then a Series or a dict, in any order. The firms come in
the order of the rows (or nodes) of the first matrix, and results bear the same labels.

All or nothing: an array beside a labelled matrix is refused, as nobody can tell which firm its
numbers mean, and so are labels beside an array. A label that is missing, too many, or there twice
is refused by name. Stacked networks (..., n, n) are arrays only.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_PLAIN = frozenset({np.ndarray, float, int, bool, type(None)})
"""Types without labels, told at once."""
_MANY = 5
"""Names that a message lists at most."""


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


# --- by label


class Graph(Protocol):
    """What is asked of a networkx DiGraph."""

    nodes: Any
    edges: Any

    def is_directed(self) -> bool:
        """Whether an edge has a direction."""

    def is_multigraph(self) -> bool:
        """Whether there may be several edges between two nodes."""


type Network = pd.DataFrame | Graph
"""A matrix between firms by label."""


class ByLabel[**P, R, L](Protocol):
    """A measure that takes arrays and gives ``R``, or takes labelled networks and gives ``L``."""

    @overload
    def __call__(
        self,
        network: Network | Sequence[Network],
        /,
        *others: Any,
        weight: str = ...,
        **more: Any,
    ) -> L: ...

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...


class FirmError(ValueError):
    """Something is wrong with the numbers of one firm.

    Attributes:
        firm: its place, counted from 0.
        text: what is wrong, with ``{firm}`` where it is named.
    """

    def __init__(self, firm: int, text: str) -> None:
        """Name the firm by its place, counted from 0."""
        super().__init__(text.format(firm=firm))
        self.firm, self.text = firm, text


def by_label[**P, R, L](
    result: Callable[[R, Labels], L],
    *,
    networks: Sequence[str],
    firms: Sequence[str] = (),
    switches: Sequence[str] = (),
    names: str = "",
    layered: Sequence[str] = (),
) -> Callable[[Callable[P, R]], ByLabel[P, R, L]]:
    """Let a measure of arrays be given networks by label as well.

    Calls without labels go straight to the measure. ``weight=`` names the attribute of the edges
    of a graph that holds the amount; "weight" when it is left out.

    Args:
        result: what the measure found with arrays, and the labels -> the same by label.
        networks: arguments that are matrices between firms; the first one sets the order.
        firms: arguments that are one amount per firm.
        switches: arguments that are one bool per firm.
        names: argument that gets the labels as texts; it may not be given beside labels.
        layered: those of these arguments that are lists, one entry per class.
    """
    arguments = _Arguments(networks, firms, switches, names, layered)

    def decorate(measure: Callable[P, R]) -> ByLabel[P, R, L]:
        signature = inspect.signature(measure)

        @wraps(measure)
        def call(*args: Any, **kwargs: Any) -> Any:
            if _PLAIN.issuperset(map(type, (*args, *kwargs.values()))):
                return measure(*args, **kwargs)
            if "weight" not in kwargs and not any(map(_has_labels, (*args, *kwargs.values()))):
                return measure(*args, **kwargs)
            weight = kwargs.pop("weight", None)
            bound = signature.bind(*args, **kwargs)
            labels = arguments.align(bound.arguments, weight)
            try:
                found = measure(*bound.args, **bound.kwargs)
            except FirmError as error:
                name = repr(labels.index[error.firm])
                raise ValueError(error.text.format(firm=name)) from None
            return result(found, labels)

        option = inspect.Parameter(
            "weight", inspect.Parameter.KEYWORD_ONLY, default="weight", annotation="str"
        )
        parameters = [*signature.parameters.values(), option]
        call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        call.__doc__ = _with_weight(measure.__doc__ or "")
        return call

    return decorate


def _with_weight(text: str) -> str:
    """A docstring with the argument that every measure by label has besides its own."""
    arguments, mark, rest = inspect.cleandoc(text).partition("\n\nReturns:")
    weight = '    weight: what the edges of a graph call the amount; "weight" when left out.'
    return f"{arguments}\n{weight}{mark}{rest}" if mark else text


@dataclass(frozen=True, slots=True)
class _Arguments:
    """Which arguments of a measure go by label; see ``by_label``."""

    networks: Sequence[str]
    firms: Sequence[str]
    switches: Sequence[str]
    names: str
    layered: Sequence[str]

    def align(self, given: dict[str, Any], weight: str | None) -> Labels:
        """Put the arguments of a call in one order, as arrays, in place."""
        first = self.networks[0]
        labels = Labels.of(given, first, first in self.layered)
        if weight is not None and not any(
            _is_graph(each) for name in self.networks for each in self._entries(name, given)
        ):
            raise ValueError(f"weight: there is no graph among the {' and '.join(self.networks)}")
        ways: dict[str, Callable[[str, Any, str], NDArray[Any]]] = {
            **dict.fromkeys(self.networks, labels.network),
            **dict.fromkeys(self.firms, labels.amounts),
            **dict.fromkeys(self.switches, labels.switches),
        }
        for name, way in ways.items():
            if given.get(name) is not None:
                entries = self._entries(name, given)
                aligned = [way(_words(name), each, weight or "weight") for each in entries]
                given[name] = aligned if name in self.layered else aligned[0]
        if self.names:
            if given.get(self.names) is not None:
                raise ValueError(f"{self.names}: the {first} bring their own")
            given[self.names] = [str(label) for label in labels.index]
        return labels

    def _entries(self, name: str, given: Mapping[str, Any]) -> list[Any]:
        """The matrices or numbers per firm of an argument, one per class."""
        value = given.get(name)
        if name not in self.layered:
            return [value]
        if not isinstance(value, list | tuple):
            raise ValueError(f"{_words(name)} are a list, one entry per class, got {_kind(value)}")
        return list(value)


class Labels:
    """The firms of a network by label, in the order of its rows or nodes.

    Attributes:
        index: the labels (a pandas Index).
        whose: what the network is ("flows"), for messages.
        bearers: what bears the labels ("firms"), for messages.
    """

    def __init__(
        self, index: pd.Index, whose: str, place: str = "row", bearers: str = "firms"
    ) -> None:
        """Take the labels, of rows or another ``place``; each may be there once only."""
        self.index, self.whose, self.bearers = index, whose, bearers
        self._place = _places(index, f"{whose}: the {place}")

    @classmethod
    def of(cls, given: Mapping[str, Any], first: str, is_layered: bool) -> Labels:
        """Labels of the first matrix of a call.

        Raises:
            ValueError: it has none, or is a stack of labelled ones.
        """
        import pandas as pd

        whose, value = _words(first), given[first]
        if is_layered:
            if not isinstance(value, list | tuple):
                raise ValueError(f"{whose} are a list of matrices, got {_kind(value)}")
            value = next((each for each in value if _has_labels(each)), None)
        if isinstance(value, list | tuple) and _has_labels(value):
            raise ValueError(
                f"{whose}: networks by label are measured one at a time; a stack is a numpy array"
            )
        if isinstance(value, pd.DataFrame):
            return cls(value.index, whose)
        if _is_graph(value):
            _check_graph(whose, value)
            return cls(pd.Index(list(value.nodes), tupleize_cols=False), whose)
        if not _has_labels(value):
            named = [_words(name) for name, each in given.items() if _has_labels(each)]
            raise ValueError(
                f"{' and '.join(named) or 'weight'}: given by label, but the {whose} have no "
                "labels; give a DataFrame or a networkx DiGraph"
            )
        raise ValueError(f"{whose} by label are a DataFrame or a DiGraph, got {_kind(value)}")

    def network(self, name: str, value: Any, weight: str) -> Floats:
        """Amounts between firms in the order of the labels (n, n)."""
        import pandas as pd

        if _is_graph(value):
            array = self._edges(name, value, weight)
        elif isinstance(value, pd.DataFrame):
            array = self._cells(name, value)
        else:
            raise ValueError(
                f"{name}: the {self.whose} have labels, so give the {name} by label too, as a "
                f"DataFrame or a DiGraph, got {_kind(value)}"
            )
        for i, j in np.argwhere(~(np.isfinite(array) & (array >= 0)))[:1].tolist():
            pair = f"{self.index[i]!r} to {self.index[j]!r}"
            raise ValueError(f"{name} are finite numbers >= 0, got {array[i, j]} from {pair}")
        for i in np.flatnonzero(array.diagonal())[:1].tolist():
            own = f"{self.index[i]!r} has {array[i, i]} with itself"
            raise ValueError(f"{name} run between different firms: {own}")
        return array

    def _cells(self, name: str, frame: pd.DataFrame) -> Floats:
        """Amounts of a frame."""
        rows = _places(frame.index, f"{name}: the row")
        columns = _places(frame.columns, f"{name}: the column")
        self._check(f"{name} (rows)", rows)
        self._check(f"{name} (columns)", columns)
        try:
            cells = frame.to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name} are numbers: {error}") from None
        order = ([places[label] for label in self._place] for places in (rows, columns))
        return np.ascontiguousarray(cells[np.ix_(*order)]) if len(rows) else np.zeros((0, 0))

    def _edges(self, name: str, graph: Any, weight: str) -> Floats:
        """Amounts on the edges of a graph; nothing where there is no edge."""
        _check_graph(name, graph)
        self._check(name, dict.fromkeys(graph.nodes))
        array = np.zeros((len(self._place), len(self._place)))
        for giver, taker, found in graph.edges(data=True):
            if weight not in found:
                raise ValueError(
                    f"{name}: the edge from {giver!r} to {taker!r} has no {weight!r}"
                    + _near(weight, found)
                )
            pair = f"the edge from {giver!r} to {taker!r}"
            array[self._place[giver], self._place[taker]] = _number(name, pair, found[weight])
        return array

    def amounts(self, name: str, value: Any, _: str = "") -> Floats:
        """One amount per firm in the order of the labels (n,)."""
        found = self._per_firm(name, value)
        array = np.array(
            [_number(name, repr(label), each) for label, each in found.items()], dtype=np.float64
        )
        for i in np.flatnonzero(~(np.isfinite(array) & (array >= 0)))[:1].tolist():
            raise ValueError(f"{name}: finite numbers >= 0, got {array[i]} for {self.index[i]!r}")
        return array

    def switches(self, name: str, value: Any, _: str = "") -> Bools:
        """One bool per firm in the order of the labels (n,)."""
        found = self._per_firm(name, value)
        for label, each in found.items():
            if not isinstance(each, bool | np.bool_):
                raise ValueError(f"{name}: True or False, got {each!r} for {label!r}")
        return np.array(list(found.values()), dtype=np.bool_)

    def _per_firm(self, name: str, value: Any) -> dict[Hashable, Any]:
        """Label -> value, in the order of the labels."""
        import pandas as pd

        if not isinstance(value, pd.Series | Mapping):
            raise ValueError(
                f"{name}: the {self.whose} have labels, so give one value per label, as a Series "
                f"or a dict, got {_kind(value)}"
            )
        if isinstance(value, pd.Series):
            _places(value.index, f"{name}:")
            value = dict(zip(value.index, value.tolist(), strict=True))
        self._check(name, value)
        return {label: value[label] for label in self._place}

    def _check(self, name: str, given: Mapping[Hashable, Any]) -> None:
        """Raise ValueError unless exactly the labels are there."""
        missing = [label for label in self._place if label not in given]
        surplus = [label for label in given if label not in self._place]
        parts = []
        if surplus:
            near = _near(surplus[0], missing or self._place)
            parts.append(
                f"{_listed(surplus)} not among the {self.bearers} of the {self.whose}{near}"
            )
        if missing:
            near = "" if surplus else _near(missing[0], given)
            parts.append(f"nothing for {_listed(missing)}{near}")
        if parts:
            raise ValueError(f"{name}: {'; '.join(parts)}")

    # --- results by label

    def series(self, values: NDArray[Any], name: str | None = None) -> pd.Series[Any]:
        """One value per firm."""
        import pandas as pd

        return pd.Series(values, index=self.index, name=name)

    def table(self, values: NDArray[Any]) -> pd.DataFrame:
        """One value per pair of firms."""
        import pandas as pd

        return pd.DataFrame(values, index=self.index, columns=self.index)

    def cross(self, columns: Labels, values: NDArray[Any]) -> pd.DataFrame:
        """One value per pair of a firm and another thing with labels."""
        import pandas as pd

        return pd.DataFrame(values, index=self.index, columns=columns.index)

    def pick(self, places: NDArray[np.intp]) -> list[Hashable]:
        """The labels at some places."""
        return [self.index[place] for place in places.tolist()]


def as_series(found: NDArray[Any], labels: Labels) -> pd.Series[Any]:
    """One value per firm, by label."""
    return labels.series(found)


def as_table(found: NDArray[Any], labels: Labels) -> pd.DataFrame:
    """One value per pair of firms, by label."""
    return labels.table(found)


def as_found[R](found: R, labels: Labels) -> R:
    """What bears no label of a firm by its nature: one number, or circles of names."""
    return found


def as_number(found: Any, labels: Labels) -> float:
    """One number, which arrays give without a shape."""
    return float(found)


def _has_labels(value: Any) -> bool:
    """Whether a value, or an entry of a list, is a frame, a series, a mapping or a graph."""
    if type(value) in _PLAIN:
        return False
    if isinstance(value, list | tuple):
        return any(
            type(each) not in _PLAIN and not isinstance(each, list | tuple) and _has_labels(each)
            for each in value
        )
    if isinstance(value, Mapping) or _is_graph(value):
        return True
    pandas = sys.modules.get("pandas")  # without it there are no frames
    return pandas is not None and isinstance(value, pandas.DataFrame | pandas.Series)


def _is_graph(value: Any) -> bool:
    return hasattr(value, "is_directed") and hasattr(value, "edges")


def _check_graph(name: str, graph: Any) -> None:
    if not graph.is_directed() or graph.is_multigraph():
        raise ValueError(
            f"{name}: a graph is a DiGraph (directed, one edge from one firm to another, with "
            f"parallel edges added up), got {_kind(graph)}"
        )


def _places(labels: Iterable[Any], what: str) -> dict[Hashable, int]:
    """Label -> place; ValueError when one is there twice or is empty (not a number)."""
    found: dict[Hashable, int] = {}
    for place, label in enumerate(labels):
        if label in found:
            raise ValueError(f"{what} {label!r} is there twice")
        if label is None or (isinstance(label, float) and np.isnan(label)):
            raise ValueError(f"{what} number {place} has no name")
        found[label] = place
    return found


def _number(name: str, whose: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} are numbers, got {value!r} for {whose}") from None


def _near(label: Hashable, known: Iterable[Hashable]) -> str:
    """A question after the near label, whatever its case; "" when none is near."""
    texts = {str(each).casefold(): each for each in known}
    found = get_close_matches(str(label).casefold(), texts, n=1, cutoff=0.6)
    return f"; did you mean {texts[found[0]]!r}?" if found else ""


def _listed(labels: Sequence[Hashable]) -> str:
    more = f" and {len(labels) - _MANY} more" if len(labels) > _MANY else ""
    return ", ".join(map(repr, labels[:_MANY])) + more


def _words(name: str) -> str:
    """An argument's name as words."""
    return name.replace("_", " ")


def _kind(value: Any) -> str:
    return type(value).__name__
