"""Populations of Mesa agents whose data are columns: one numpy array per attribute.

A million agents are made in milliseconds, and what all of them do can be written as array code;
to everybody who looks they are Mesa agents: ``model.agents``, ``model.agents_by_type``, data
collection, ``select``, ``do``, ``groupby`` and the rest work.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from mesa.agentset import AbstractAgentSet

from agents.columns.agent_sets import AllAgents
from agents.columns.row_set import Rows, RowSet, Values
from agents.columns.storage import view

if TYPE_CHECKING:
    import mesa

    from agents.columns.agent import ColumnAgent

__all__ = ["ColumnAgentSet", "RowSet", "population_of"]


class ColumnAgentSet[A: ColumnAgent](RowSet[A]):
    """A population: the columns, and the set of all its agents in the order of their making.

    It registers itself with the model: ``model.agents`` holds its agents after the ordinary ones,
    and ``model.agents_by_type[agent_class]`` is the population. Costs 1 B per agent beside the
    columns. Rows never move; the row of a removed agent is not used again. Arrays that grow get
    room for as many rows again.

    To take an agent out of the population is to remove it from the model. What would give the set
    another order (``inplace=True``) is refused. No signal tells of rows that are made or removed
    together; ``touched`` does, and ``agent.remove()`` signals as for every Mesa agent.

    Attributes:
        model: the model.
        agent_class: what the views are.
        alive: whether a row is an agent (rows,).
    """

    def __init__(
        self, model: mesa.Model[Any, Any], agent_class: type[A], size: int, /, **values: Any
    ) -> None:
        """Make a population.

        Args:
            model: any Mesa model without a population of this class.
            agent_class: a subclass of ``ColumnAgent``.
            size: number of agents.
            values: column -> one value for all, or an array with a value for each; the default of
                the column when omitted. Contiguous arrays of the right type are taken over, not
                copied: the caller writes to them no more.

        Raises:
            ValueError: if the class has agents in the model, a value does not fit its column, or
                an array has another length.
            AttributeError: if there is no such column.
        """
        self.model, self.agent_class = model, agent_class
        if agent_class in model.agents_by_type:
            raise ValueError(f"the model has agents of {agent_class.__name__} already")
        self._columns_of = agent_class.columns()
        self._data = _separate(
            {
                name: given if given.ndim else np.full(size, given, dtype=given.dtype)
                for name, given in self._fitted(size, values).items()
            }
        )
        self.alive = np.ones(size, dtype=np.bool_)
        self._rooms: dict[str, Values] = {}
        self._room_of_alive = self.alive
        self._first_rows, self._first_ids = [0], [model.agent_id_counter]
        model.agent_id_counter += size
        super().__init__(self, np.empty(0, dtype=np.int64))
        _register(model, self)

    def _fitted(self, size: int, values: dict[str, Any]) -> dict[str, Values]:
        """Columns of new rows, from values and defaults; no dimension: one value for all."""
        name = self.agent_class.__name__
        if size < 0:
            raise ValueError(f"{name}: no population has {size} agents")
        for given in values:
            if given not in self._columns_of:
                known = ", ".join(self._columns_of)
                raise AttributeError(f"{name} has no column {given!r}; its columns are: {known}")
        data = {}
        for key, spec in self._columns_of.items():
            data[key] = spec.checked(name, values[key]) if key in values else spec.default_array
            if data[key].ndim and data[key].shape != (size,):
                raise ValueError(f"{name}.{key}: {data[key].shape} values for {size} agents")
        return data

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
        """The array of a column, removed rows included; call ``touched`` after writing to it.

        New rows may move it: ask again after agents were made. Raises KeyError if there is none.
        """
        return self._data[name]

    def storage(self) -> list[Values]:
        """All arrays of the population, to see what it costs."""
        names = self._columns_of
        return [*(self._rooms.get(n, self._data[n]) for n in names), self._room_of_alive]

    def id_of(self, row: int) -> int:
        """Number in the model of the agent in a row."""
        block = bisect_right(self._first_rows, row) - 1
        return self._first_ids[block] + row - self._first_rows[block]

    def ids_of(self, rows: Rows) -> Rows:
        """Numbers in the model of the agents in rows."""
        first_rows = np.array(self._first_rows)
        block = np.searchsorted(first_rows, rows, side="right") - 1
        return np.asarray(rows + (np.array(self._first_ids) - first_rows)[block])

    def agent(self, row: int) -> A:
        """The agent in a row; raises IndexError if there is none."""
        if not 0 <= row < self.alive.size or not self.alive[row]:
            raise IndexError(f"there is no {self.agent_class.__name__} in row {row}")
        return view(self.agent_class, self, row)

    def of_rows(self, rows: Rows) -> RowSet[A]:
        """The agents in rows, each named once, as a set in that order."""
        return RowSet(self, rows)

    def write(self, name: str, rows: Rows, value: Any) -> None:
        """Write one value, or one per row.

        Raises:
            ValueError: if a value does not fit the column, or there are too few or too many.
            KeyError: if there is no such column.
        """
        kind = self.agent_class.__name__
        fitted = self._columns_of[name].checked(kind, value)
        if fitted.ndim and fitted.shape != rows.shape:
            raise ValueError(f"{kind}.{name}: {fitted.shape} values for {rows.size} agents")
        self._data[name][rows] = fitted
        self.touched(name, rows)

    def put(self, name: str, row: int, value: Any) -> None:
        """Write a value that is known to fit; raises KeyError if there is no such column."""
        self._data[name][row] = value
        self.touched(name, np.array([row]))

    def touched(self, name: str, rows: Rows) -> None:
        """Called after rows of a column were written from outside; subclasses keep up here.

        ``name`` is ``"alive"`` when rows were made or removed.
        """

    def add_rows(self, count: int, /, **values: Any) -> Rows:
        """Add agents with the values, or defaults; returns their rows.

        Raises:
            ValueError, AttributeError: as when a population is made.
        """
        new, start = self._fitted(count, values), self.alive.size
        if start + count > self._room_of_alive.size or len(self._rooms) < len(self._data):
            self._make_room(max(start + count, 2 * start))
        for name, own in new.items():
            self._rooms[name][start : start + count] = own
            self._data[name] = self._rooms[name][: start + count]
        self._room_of_alive[start : start + count] = True
        self.alive = self._room_of_alive[: start + count]
        self._first_rows.append(start)
        self._first_ids.append(self.model.agent_id_counter)
        self._merge_last_ids()
        self.model.agent_id_counter += count
        rows = np.arange(start, start + count)
        self.touched("alive", rows)
        return rows

    def _make_room(self, capacity: int) -> None:
        def larger(old: Values) -> Values:
            room = np.zeros(capacity, dtype=old.dtype)
            room[: old.size] = old
            return room

        self._rooms = {name: larger(old) for name, old in self._data.items()}
        self._room_of_alive = larger(self.alive)

    def _merge_last_ids(self) -> None:
        """Drop the last block of ids if it goes on where the one before ends."""
        (*_, row, new_row), (*_, number, new_number) = self._first_rows, self._first_ids
        if new_number - number == new_row - row:
            self._first_rows.pop()
            self._first_ids.pop()

    def remove_rows(self, rows: Rows) -> None:
        """Take agents out of the model."""
        self.alive[rows] = False
        self.touched("alive", rows)

    def __getstate__(self) -> dict[str, Any]:
        """Without the room to grow: parts of arrays would come back as arrays of their own."""
        return {**self.__dict__, "_rooms": {}, "_room_of_alive": self.alive}

    # --- what would break the register

    def add(self, agent: A) -> None:
        """Do nothing for an agent of the population.

        Raises:
            TypeError: for another's agent: make new ones by ``agent_class(model, ...)``.
            ValueError: for one that was removed.
        """
        self._own_row(agent)

    def discard(self, agent: A) -> None:
        """Remove an agent from the model, if it is there."""
        if agent in self:
            self.remove_rows(np.array([agent.row]))

    def clear(self) -> None:
        """Remove all agents from the model."""
        self.remove_rows(self.rows)

    def _replace(self, rows: Rows) -> Self:
        gone = self.alive.copy()
        gone[rows] = False
        if gone.any():
            self.remove_rows(np.flatnonzero(gone))
        return self

    def _update(self, agents: Iterable[A]) -> Self:
        raise TypeError("rows of a population never move: work on a copy, such as .copy()")

    def _ordered(self, rows: Rows, inplace: bool) -> AbstractAgentSet[A]:
        return self._update(()) if inplace else RowSet(self, rows)

    def shuffle(self, inplace: bool = False) -> AbstractAgentSet[A]:
        """The agents in random order, in a set of its own; in place raises TypeError."""
        return self._update(()) if inplace else super().shuffle()


def population_of[A: ColumnAgent](
    model: mesa.Model[Any, Any], agent_class: type[A]
) -> ColumnAgentSet[A]:
    """The population of a class in a model; an empty one is made when there is none."""
    found: Any = model.agents_by_type.get(agent_class)
    return found if found is not None else ColumnAgentSet(model, agent_class, 0)


def _separate(data: dict[str, Values]) -> dict[str, Values]:
    """The arrays, copied where they cannot be written, have gaps or share memory."""
    own: dict[str, Values] = {}
    for name, values in data.items():
        alone = np.require(values, requirements=["C", "W"])
        if any(np.may_share_memory(alone, other) for other in own.values()):
            alone = alone.copy()
        own[name] = alone
    return own


def _register(model: mesa.Model[Any, Any], population: ColumnAgentSet[Any]) -> None:
    """Enter a population into the two registers that every Mesa model keeps."""
    by_type: dict[type, Any] = model.agents_by_type
    by_type[population.agent_class] = population
    everybody: Any = model.agents
    if not isinstance(everybody, AllAgents):
        everybody = AllAgents(everybody, model.random)
        model._all_agents = everybody  # ``model.agents`` has no other way in
    everybody.populations.append(population)
