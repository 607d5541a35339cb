"""Populations of Mesa agents whose data are columns: one numpy array per attribute.

A million agents are made in milliseconds, and what all of them do can be written as array code;
to everybody who looks they are Mesa agents: ``model.agents``, ``model.agents_by_type``, data
collection, ``select``, ``do``, ``groupby`` and the rest work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from mesa.agentset import AbstractAgentSet, GroupBy
from numpy.typing import NDArray

from agents.agent_sets import AllAgents, StrongAgentSet
from agents.column_agent import Column, ColumnAgent, column, view

if TYPE_CHECKING:
    import mesa

__all__ = ["Column", "ColumnAgent", "ColumnAgentSet", "RowSet", "column", "population_of"]

Rows = NDArray[np.int64]
Values = np.ndarray[Any, Any]


class RowSet[A: ColumnAgent](StrongAgentSet[A]):
    """Some agents of a population: rows in an order. Costs 8 B per agent, and makes no views.

    What names a column is done on arrays; what calls a function or a method makes views.
    """

    def __init__(self, population: ColumnAgentSet[A], rows: Rows) -> None:
        """Hold rows of a population, each once."""
        self.population = population
        self.random: Random = population.model.random
        self._rows = rows

    @property
    def rows(self) -> Rows:
        """Rows of the agents that have not been removed, in the order of the set."""
        return self._rows[self.population.alive[self._rows]]

    def __iter__(self) -> Iterator[A]:
        alive, agent_class = self.population.alive, self.population.agent_class
        for row in self.rows.tolist():
            if alive[row]:
                yield view(agent_class, self.population, row)

    def __len__(self) -> int:
        return self.rows.size

    def __contains__(self, agent: object) -> bool:
        is_ours = isinstance(agent, ColumnAgent) and agent.population is self.population
        return is_ours and agent.is_alive and self._has_row(agent.row)  # type: ignore[attr-defined]

    def _has_row(self, row: int) -> bool:
        return bool((self._rows == row).any())

    def _update(self, agents: Iterable[A]) -> Self:
        self._rows = self._rows_of(agents)
        return self

    def _subset(self, agents: Iterable[A]) -> AbstractAgentSet[A]:
        return RowSet(self.population, self._rows_of(agents))

    def _rows_of(self, agents: Iterable[A]) -> Rows:
        return np.array([agent.row for agent in agents], dtype=np.int64)

    def _own_row(self, agent: Any) -> int:
        if not isinstance(agent, ColumnAgent) or agent.population is not self.population:
            raise TypeError(
                f"{agent!r} is not an agent of this population of "
                f"{self.population.agent_class.__name__}: a set of rows holds nothing else"
            )
        return agent.row

    def add(self, agent: A) -> None:
        """Add an agent of the same population; raises TypeError for another."""
        row = self._own_row(agent)
        if not self._has_row(row):
            self._rows = np.append(self._rows, row)

    def discard(self, agent: A) -> None:
        """Take an agent out of this set, if it is there; it stays in its model."""
        if agent in self:
            self._rows = self._rows[self._rows != agent.row]

    def copy(self) -> AbstractAgentSet[A]:
        """A set of its own with the same agents."""
        return RowSet(self.population, self.rows.copy())

    # --- on arrays

    def array(self, name: str) -> Values:
        """Values of a column, agent by agent; raises KeyError when there is no such column."""
        return np.asarray(self.population.column(name)[self.rows])

    def where(self, mask: NDArray[np.bool_]) -> RowSet[A]:
        """Agents where the mask is true; raises ValueError unless it has one entry per agent."""
        rows, given = self.rows, np.asarray(mask)
        if given.shape != rows.shape or given.dtype != np.bool_:
            raise ValueError(
                f"the mask must be {rows.size} booleans, got {given.dtype} {given.shape}"
            )
        return RowSet(self.population, rows[given])

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: str = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Values of one or more attributes, agent by agent; see Mesa's ``AgentSet.get``."""
        names = [attr_names] if isinstance(attr_names, str) else attr_names
        if not all(self.population.has_column(name) for name in names):
            return super().get(attr_names, handle_missing, default_value)
        if isinstance(attr_names, str):
            return list(self.array(attr_names).tolist())
        return [list(v) for v in zip(*(self.array(n).tolist() for n in names), strict=True)]

    def set(self, attr_name: str, value: Any) -> Self:  # type: ignore[override]
        """Give all agents one value of an attribute, or an array with a value for each."""
        if not self.population.has_column(attr_name):
            return super().set(attr_name, value)
        self.population.write(attr_name, self.rows, value)
        return self

    def agg(self, attribute: str, func: Any) -> Any:
        """Apply one or more functions to the values of an attribute.

        numpy's functions get the column as an array, others a list, as from Mesa.
        """
        if not self.population.has_column(attribute):
            return super().agg(attribute, func)
        values = self.array(attribute)
        wide = values.astype(
            {"i": np.int64, "u": np.int64, "f": np.float64}.get(values.dtype.kind, values.dtype)
        )
        listed: list[Any] = []

        def apply(one: Callable[[Any], Any]) -> Any:
            if getattr(one, "__module__", "").startswith("numpy") or isinstance(one, np.ufunc):
                return one(wide)
            if not listed:
                listed.extend(values.tolist())
            return one(listed)

        return apply(func) if callable(func) else [apply(one) for one in func]

    def sort(
        self, key: Callable[[A], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> AbstractAgentSet[A]:
        """The agents in the order of an attribute or of what a function returns."""
        if not isinstance(key, str) or not self.population.has_column(key):
            return super().sort(key, ascending, inplace)
        rows = self.rows
        values = self.population.column(key)[rows]
        order = np.argsort(values, kind="stable")
        if not ascending:  # ties keep their order, as in Python's sorted(reverse=True)
            order = (values.size - 1 - np.argsort(values[::-1], kind="stable"))[::-1]
        return self._ordered(rows[order], inplace)

    def shuffle(self, inplace: bool = False) -> AbstractAgentSet[A]:
        """The agents in random order."""
        rows = self.rows.tolist()
        self.random.shuffle(rows)
        return self._ordered(np.array(rows, dtype=np.int64), inplace)

    def _ordered(self, rows: Rows, inplace: bool) -> AbstractAgentSet[A]:
        if not inplace:
            return RowSet(self.population, rows)
        self._rows = rows
        return self

    def groupby(self, by: Callable[[A], Any] | str, result_type: str = "agentset") -> GroupBy:
        """Groups of agents with one value of an attribute or of a function."""
        is_column = isinstance(by, str) and self.population.has_column(by)
        if not is_column or result_type != "agentset":
            return super().groupby(by, result_type)
        rows = self.rows
        values, first, group = np.unique(
            self.population.column(str(by))[rows], return_index=True, return_inverse=True
        )
        members = np.split(
            rows[np.argsort(group, kind="stable")], np.cumsum(np.bincount(group))[:-1]
        )
        in_order = np.argsort(first, kind="stable").tolist()
        return GroupBy({values[g].item(): RowSet(self.population, members[g]) for g in in_order})


class ColumnAgentSet[A: ColumnAgent](RowSet[A]):
    """A population: the columns, and the set of all its agents.

    It registers itself with the model: ``model.agents`` holds its agents after the ordinary ones,
    and ``model.agents_by_type[agent_class]`` is the population. Costs 1 B per agent beside the
    columns. Rows never move; the row of a removed agent is not used again.

    Attributes:
        model: the model. agent_class: what the views are. alive: whether a row is an agent.
    """

    def __init__(
        self, model: mesa.Model[Any, Any], agent_class: type[A], size: int, **values: Any
    ) -> None:
        """Make a population.

        Args:
            model: any Mesa model without a population of this class.
            agent_class: a subclass of ``ColumnAgent``.
            size: number of agents.
            values: column -> one value for all, or an array with a value for each; the default of
                the column when omitted. Arrays of the right type are taken over, not copied.

        Raises:
            ValueError: if the class has agents in the model, a value does not fit its column, or
                an array has another length.
            AttributeError: if there is no such column.
        """
        self.model, self.agent_class = model, agent_class
        self.alive = np.ones(size, dtype=np.bool_)
        self._columns_of = agent_class.columns()
        self._data = {
            name: self._filled(spec, size, values.pop(name, spec.default))
            for name, spec in self._columns_of.items()
        }
        self._refuse_unknown(values)
        self._first_id = model.agent_id_counter
        self._later_ids: list[int] = []
        self._first_size = size
        model.agent_id_counter += size
        super().__init__(self, np.empty(0, dtype=np.int64))
        _register(model, self)

    def _filled(self, spec: Column, size: int, value: Any) -> Values:
        name = self.agent_class.__name__
        if isinstance(value, np.ndarray) and value.ndim and value.dtype == spec.dtype:
            filled: Values = value
        else:
            given = spec.checked(name, value)
            filled = given if given.ndim else np.full(size, given, dtype=spec.dtype)
        if filled.shape != (size,):
            raise ValueError(f"{name}.{spec.name}: {filled.shape} values for {size} agents")
        return filled

    def _refuse_unknown(self, values: dict[str, Any]) -> None:
        for name in values:
            raise AttributeError(
                f"{self.agent_class.__name__} has no column {name!r}; "
                f"its columns are: {', '.join(self._columns_of)}"
            )

    # --- rows

    @property
    def rows(self) -> Rows:
        """Rows of the agents that have not been removed."""
        return np.flatnonzero(self.alive)

    def __len__(self) -> int:
        return int(np.count_nonzero(self.alive))

    def _has_row(self, row: int) -> bool:
        return True

    def has_column(self, name: str) -> bool:
        """Whether an attribute is a column."""
        return name in self._data

    def column(self, name: str) -> Values:
        """The array of a column, removed rows included; call ``touched`` after writing to it."""
        return self._data[name]

    def storage(self) -> list[Values]:
        """All arrays of the population, to see what it costs."""
        return [*self._data.values(), self.alive]

    def id_of(self, row: int) -> int:
        """Number in the model of the agent in a row."""
        if row < self._first_size:
            return self._first_id + row
        return self._later_ids[row - self._first_size]

    def agent(self, row: int) -> A:
        """The agent in a row; raises IndexError if there is none."""
        if not 0 <= row < self.alive.size or not self.alive[row]:
            raise IndexError(f"there is no {self.agent_class.__name__} in row {row}")
        return view(self.agent_class, self, row)

    def write(self, name: str, rows: Rows, value: Any) -> None:
        """Write one value, or one per row; raises ValueError when it does not fit the column."""
        self._data[name][rows] = self._columns_of[name].checked(self.agent_class.__name__, value)
        self.touched(name, rows)

    def touched(self, name: str, rows: Rows) -> None:
        """Called after rows of a column were written from outside; subclasses keep up here."""

    def add_rows(self, count: int, **values: Any) -> Rows:
        """Add agents with the values, or defaults; returns their rows.

        Raises:
            ValueError, AttributeError: as when a population is made.
        """
        start = self.alive.size
        new = {
            name: self._filled(spec, count, values.pop(name, spec.default))
            for name, spec in self._columns_of.items()
        }
        self._refuse_unknown(values)
        self._data = {name: np.append(self._data[name], own) for name, own in new.items()}
        self.alive = np.append(self.alive, np.ones(count, dtype=np.bool_))
        first = self.model.agent_id_counter
        self._later_ids.extend(range(first, first + count))
        self.model.agent_id_counter += count
        rows = np.arange(start, start + count)
        self.touched("alive", rows)
        return rows

    def remove_rows(self, rows: Rows) -> None:
        """Take agents out of the model."""
        self.alive[rows] = False
        self.touched("alive", rows)

    # --- what would break the register

    def add(self, agent: A) -> None:
        """Do nothing for an agent of the population; raises TypeError for another."""
        if agent not in self:
            raise TypeError(
                f"{agent!r}: make new agents by {self.agent_class.__name__}(model, ...)"
            )

    def discard(self, agent: A) -> None:
        """Remove an agent from the model, if it is there."""
        if agent in self:
            agent.remove()

    def _update(self, agents: Iterable[A]) -> Self:
        raise TypeError("rows of a population never move: work on a copy, such as .copy()")

    def _ordered(self, rows: Rows, inplace: bool) -> AbstractAgentSet[A]:
        return self._update(()) if inplace else RowSet(self, rows)


def population_of[A: ColumnAgent](
    model: mesa.Model[Any, Any], agent_class: type[A]
) -> ColumnAgentSet[A]:
    """The population of a class in a model; an empty one is made when there is none."""
    found: Any = model.agents_by_type.get(agent_class)
    return found if found is not None else ColumnAgentSet(model, agent_class, 0)


def _register(model: mesa.Model[Any, Any], population: ColumnAgentSet[Any]) -> None:
    """Enter a population into the two registers that every Mesa model keeps."""
    by_type: dict[type, Any] = model.agents_by_type
    if by_type.get(population.agent_class):
        raise ValueError(f"the model has agents of {population.agent_class.__name__} already")
    by_type[population.agent_class] = population
    everybody: Any = model.agents
    if not isinstance(everybody, AllAgents):
        everybody = AllAgents(everybody, model.random)
        model._all_agents = everybody  # ``model.agents`` has no other way in
    everybody.populations.append(population)
