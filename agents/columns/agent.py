"""A Mesa agent whose data are one row of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import mesa
import numpy as np
import pandas as pd

from agents.columns.column_set import population_of
from agents.columns.storage import Column, Row, point, view

if TYPE_CHECKING:
    from agents.columns.row_set import RowSet


class _NoDataSets(set[str]):
    """Where Mesa notes data sets that keep agents' data in arrays of their own."""

    def add(self, name: str) -> None:
        raise TypeError(
            f"data set {name!r}: agents in columns have arrays already; take population.array(...)"
        )


class ColumnAgent(Row, mesa.Agent[Any]):
    """A view on one row of a ``ColumnAgentSet``: reads and writes go to the columns.

    Subclasses declare columns and write methods as for any Mesa agent. ``Shopper(model, cash=3)``
    adds a row to the model's population of that class, and makes the population when there is
    none. Views are made when they are asked for:

    - they are equal when they mean the same row: compare them by ``==``, not by ``is``;
    - they keep no data of their own, so only columns and properties can be set;
    - weak references to them end at once: no ``mesa.agent.AgentSet(views)``, and no event
      scheduled on a method of a view.

    Attributes:
        population: the set that holds the row.
        row: number of the row; rows never move.
        current_action: always none; Mesa 4 asks for it when an agent is removed.
    """

    current_action: ClassVar[None] = None
    _datasets: ClassVar[set[str]] = _NoDataSets()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse columns with a name that every agent uses; raises TypeError."""
        super().__init_subclass__(**kwargs)  # type: ignore[no-untyped-call]
        cls._datasets = _NoDataSets()
        for name, value in vars(cls).items():
            is_taken = hasattr(ColumnAgent, name) or name in ("population", "row", "scenario")
            if isinstance(value, Column) and is_taken:
                raise TypeError(f"{cls.__name__}.{name}: every agent has a {name!r} already")

    def __init__(self, model: mesa.Model[Any, Any], **values: Any) -> None:
        """Add a row with the values to the population of the class in the model.

        Args:
            model: any Mesa model.
            values: column -> value of the row; the default of the column when omitted.

        Raises:
            ValueError, AttributeError: as ``ColumnAgentSet.add_rows``.
        """
        population = population_of(model, type(self))
        point(self, population, int(population.add_rows(1, **values)[0]))

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """Columns by name, those of base classes first."""
        found: dict[str, Column] = {}
        for base in reversed(cls.__mro__):
            found |= {name: value for name, value in vars(base).items() if type(value) is Column}
        return {name: value for name, value in found.items() if getattr(cls, name) is value}

    @classmethod
    def create_agents(  # type: ignore[override]
        cls, model: mesa.Model[Any, Any], n: int, *args: Any, **kwargs: Any
    ) -> RowSet[Self]:
        """Create agents, as Mesa's ``create_agents``; returns them in order.

        Args:
            model: the model.
            n: how many.
            *args: arguments of the class: each one for all, or a sequence with one for each agent.
            **kwargs: the same by name.
        """
        population = population_of(model, cls)
        if cls.__init__ is ColumnAgent.__init__ and not args:
            return population.of_rows(population.add_rows(n, **kwargs))

        def each(value: Any) -> list[Any]:
            is_sequence = isinstance(value, list | tuple | np.ndarray | pd.Series)
            return list(value) if is_sequence and len(value) == n else [value] * n

        positional, named = [each(v) for v in args], {k: each(v) for k, v in kwargs.items()}
        agents = [
            cls(model, *(v[i] for v in positional), **{k: v[i] for k, v in named.items()})
            for i in range(n)
        ]
        return population.of_rows(np.array([agent.row for agent in agents], dtype=np.int64))

    @classmethod
    def from_dataframe(  # type: ignore[override]
        cls, model: mesa.Model[Any, Any], df: pd.DataFrame, **kwargs: Any
    ) -> RowSet[Self]:
        """Create an agent per row of a data frame, as Mesa's ``from_dataframe``.

        Raises:
            TypeError: if a further argument is a sequence; add it to the frame.
        """
        for name, value in kwargs.items():
            if isinstance(value, list | tuple | np.ndarray | pd.Series):
                raise TypeError(f"{name}: a sequence belongs into the data frame")
        data = {str(name): df[name].tolist() for name in df.columns if name not in kwargs}
        return cls.create_agents(model, len(df), **data, **kwargs)

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

    def __setattr__(self, name: str, value: Any) -> None:
        kind = type(self).__name__
        if name == "current_action":
            raise AttributeError(f"{kind} takes no timed action: an agent in columns has no events")
        if name == "pos":
            raise AttributeError(
                f"{kind} has no place in a space: an agent in columns keeps what it is in columns"
            )
        if not hasattr(type(getattr(type(self), name, None)), "__set__"):
            raise AttributeError(
                f"{kind} has no column {name!r}: a view on a row keeps no data of its own; "
                "declare it with column(...)"
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
