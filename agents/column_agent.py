"""A Mesa agent whose data are one row of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from numpy.typing import DTypeLike

if TYPE_CHECKING:
    from agents.column_set import ColumnAgentSet


class Column:
    """One attribute of all agents of a class, kept as a numpy array.

    Attributes:
        name: name of the attribute. dtype: type of its values. default: value of a new row.
        unit, doc: what it means.
    """

    def __init__(self, dtype: DTypeLike, default: Any, unit: str, doc: str) -> None:
        """See ``column``."""
        self.dtype, self.default = np.dtype(dtype), default
        self.unit, self.doc = unit, doc
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, agent: ColumnAgent | None, owner: type) -> Any:
        if agent is None:
            return self
        return agent.population.column(self.name)[agent.row].item()

    def __set__(self, agent: ColumnAgent, value: Any) -> None:
        agent.population.write(self.name, np.array([agent.row]), value)

    def checked(self, owner: str, value: Any) -> np.ndarray[Any, Any]:
        """The value, or values, in the type of the column; raises ValueError when they do not fit.

        A value fits when it comes back equal: 300 is no int8, and 0.5 no integer.
        """
        given = np.asarray(value)
        try:
            fitted = given.astype(self.dtype)
            back = fitted.astype(given.dtype)
            fits = bool(np.all((back == given) | _is_nan(given)))
        except (TypeError, ValueError, OverflowError):
            fits = False
        if not fits or (given.dtype.kind == "f" and self.dtype.kind == "b"):
            raise ValueError(f"{owner}.{self.name}: {value!r} is not of type {self.dtype}")
        return fitted


def _is_nan(values: np.ndarray[Any, Any]) -> Any:
    return np.isnan(values) if values.dtype.kind == "f" else False


def column(dtype: DTypeLike, default: Any = 0, *, unit: str = "", doc: str = "") -> Any:
    """Declare a column of a ``ColumnAgent``.

    Args:
        dtype: numpy type of the values.
        default: value of a new row.
        unit: unit of the values.
        doc: what they mean.
    """
    return Column(dtype, default, unit, doc)


class ColumnAgent(mesa.Agent[Any]):
    """A view on one row of a ``ColumnAgentSet``: reads and writes go to the columns.

    Subclasses declare columns and write methods as for any Mesa agent. Views are made when they
    are asked for and are equal when they mean the same row: compare them by ``==``, not by ``is``.
    They hold no data of their own. ``Shopper(model, cash=3)`` adds a row to the model's population
    of that class, and makes the population when there is none.
    """

    population: ColumnAgentSet[Any]
    row: int

    def __init__(self, model: mesa.Model[Any, Any], **values: Any) -> None:
        """Add a row with the values to the population of the class in the model."""
        from agents.column_set import population_of

        population = population_of(model, type(self))
        row = population.add_rows(1, **values)[0]
        object.__setattr__(self, "population", population)
        object.__setattr__(self, "row", int(row))

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """Columns by name, those of base classes first."""
        found: dict[str, Column] = {}
        for base in reversed(cls.__mro__):
            found |= {name: value for name, value in vars(base).items() if type(value) is Column}
        return found

    @property
    def model(self) -> mesa.Model[Any, Any]:
        """The model that the agent lives in."""
        return self.population.model

    @property
    def unique_id(self) -> int:  # type: ignore[override]
        """Number of the agent in its model."""
        return self.population.id_of(self.row)

    @property
    def pos(self) -> None:  # type: ignore[override]
        """Always none: an agent in columns has no place in a space."""
        return None

    @property
    def is_alive(self) -> bool:
        """Whether the agent has not been removed."""
        return bool(self.population.alive[self.row])

    def remove(self) -> None:
        """Take the agent out of the model; its row is not used again."""
        self.population.remove_rows(np.array([self.row]))

    def __setattr__(self, name: str, value: Any) -> None:
        if not hasattr(type(self), name):
            raise AttributeError(
                f"{type(self).__name__} has no column {name!r}: a view on a row keeps no data of "
                "its own; declare it with column(...)"
            )
        super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ColumnAgent)
            and other.row == self.row
            and other.population is self.population
        )

    def __hash__(self) -> int:
        return hash((id(self.population), self.row))

    def __reduce__(self) -> tuple[Any, ...]:
        return view, (type(self), self.population, self.row)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.unique_id}>"


def view[A: ColumnAgent](agent_class: type[A], population: ColumnAgentSet[A], row: int) -> A:
    """A view on a row, without making a new one."""
    agent = agent_class.__new__(agent_class)
    object.__setattr__(agent, "population", population)
    object.__setattr__(agent, "row", row)
    return agent
