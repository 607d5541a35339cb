"""A selection of the agents of a population: rows in an order, seen as a Mesa agent set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from mesa.agentset import AbstractAgentSet, GroupBy
from numpy.typing import NDArray

from agents.columns.agent_sets import StrongAgentSet, limit_of
from agents.columns.storage import Row, aggregate, group_rows, sorted_order, view

if TYPE_CHECKING:
    from agents.columns.agent import ColumnAgent
    from agents.columns.column_set import ColumnAgentSet

Rows = NDArray[np.int64]
Values = np.ndarray[Any, Any]


class ColumnGroupBy(GroupBy):
    """Groups of rows: Mesa's ``GroupBy``, with aggregation on arrays."""

    def agg(self, attr_name: str, func: Callable[..., Any]) -> dict[Any, Any]:
        """Apply a function to the values of an attribute in each group."""
        groups: dict[Any, Any] = self.groups
        return {name: group.agg(attr_name, func) for name, group in groups.items()}


class RowSet[A: ColumnAgent](StrongAgentSet[A]):
    """Some agents of a population: rows in an order. Costs 8 B per agent, and keeps no views.

    What names a column is done on arrays; what calls a function or a method makes a view when the
    agent's turn comes. Membership is asked of a mask, 1 B per row, made at the first question.
    """

    def __init__(self, population: ColumnAgentSet[A], rows: Rows) -> None:
        """Hold rows of a population, each once.

        Args:
            population: whose agents they are.
            rows: numbers of the rows, in the order of the set, shape (n,).
        """
        self.population = population
        self.random = population.model.random
        self._rows = rows
        self._is_member: NDArray[np.bool_] | None = None

    # --- what the set is

    @property
    def rows(self) -> Rows:
        """Rows of the agents that have not been removed, in the order of the set."""
        return self._rows[self.population.alive[self._rows]]

    @property
    def ids(self) -> Rows:
        """The ``unique_id`` of each agent."""
        return self.population.ids_of(self.rows)

    def __iter__(self) -> Iterator[A]:
        population = self.population
        for row in self.rows.tolist():
            if population.alive[row]:
                yield view(population.agent_class, population, row)

    def __len__(self) -> int:
        return self.rows.size

    def __contains__(self, agent: object) -> bool:
        is_ours = isinstance(agent, Row) and agent.population is self.population
        return is_ours and agent.is_alive and self._has_row(agent.row)  # type: ignore[attr-defined]

    def _has_row(self, row: int) -> bool:
        if self._is_member is None:
            self._is_member = np.zeros(self.population.alive.size, dtype=np.bool_)
            self._is_member[self._rows] = True
        return row < self._is_member.size and bool(self._is_member[row])

    def _replace(self, rows: Rows) -> Self:
        self._rows, self._is_member = rows, None
        return self

    def _update(self, agents: Iterable[A]) -> Self:
        return self._replace(self._rows_of(agents))

    def _subset(self, agents: Iterable[A]) -> RowSet[A]:
        return RowSet(self.population, self._rows_of(agents))

    def _rows_of(self, agents: Iterable[A]) -> Rows:
        if isinstance(agents, RowSet):
            return agents.rows
        return np.array([agent.row for agent in agents], dtype=np.int64)

    def _own_row(self, agent: Any) -> int:
        kind = self.population.agent_class.__name__
        if not isinstance(agent, Row) or agent.population is not self.population:
            raise TypeError(
                f"{agent!r} is not of this population of {kind}: its sets hold no other"
            )
        if not agent.is_alive:
            raise ValueError(f"{agent!r} was removed from its model, and does not come back")
        return agent.row

    def add(self, agent: A) -> None:
        """Add an agent of the same population at the end.

        Raises:
            TypeError: if it is another's agent.
            ValueError: if it was removed from the model.
        """
        row = self._own_row(agent)
        if not self._has_row(row):
            self._replace(np.append(self._rows, row))

    def discard(self, agent: A) -> None:
        """Take an agent out of this set, if it is there; it stays in its model."""
        if agent in self:
            self._replace(self._rows[self._rows != agent.row])

    def clear(self) -> None:
        """Take all agents out of this set."""
        self._replace(np.empty(0, dtype=np.int64))

    def copy(self) -> RowSet[A]:
        """A set of its own with the same agents."""
        return RowSet(self.population, self.rows)

    def __getitem__(self, item: Any) -> Any:
        population, chosen = self.population, self.rows[item]
        if isinstance(item, slice):
            return list(RowSet(population, chosen))
        return view(population.agent_class, population, int(chosen))

    # --- on arrays

    def array(self, name: str) -> Values:
        """Values of a column, agent by agent, in an array of its own.

        Raises:
            KeyError: if there is no such column.
        """
        return np.asarray(self.population.column(name)[self.rows])

    def where(self, mask: NDArray[np.bool_]) -> RowSet[A]:
        """Agents where the mask is true; raises ValueError unless it has one entry per agent."""
        rows, given = self.rows, np.asarray(mask)
        if given.shape != rows.shape or given.dtype != np.bool_:
            raise ValueError(
                f"the mask must be {rows.size} booleans, got {given.dtype} {given.shape}"
            )
        return RowSet(self.population, rows[given])

    def _listed(self, name: str) -> list[Any]:
        values = self.ids if name == "unique_id" else self.array(name)
        return list(values.tolist())

    def _is_array(self, name: Any) -> bool:
        return isinstance(name, str) and (name == "unique_id" or self.population.has_column(name))

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: str = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Values of one or more attributes, agent by agent; see Mesa's ``AgentSet.get``."""
        names = [attr_names] if isinstance(attr_names, str) else list(attr_names)
        is_known = handle_missing in ("error", "default")
        if not (is_known and names and all(self._is_array(name) for name in names)):
            return super().get(attr_names, handle_missing, default_value)
        if isinstance(attr_names, str):
            return self._listed(attr_names)
        return [list(v) for v in zip(*map(self._listed, names), strict=True)]

    def set(self, attr_name: str, value: Any) -> Self:  # type: ignore[override]
        """Give all agents one value of an attribute, or an array with a value for each."""
        if not self.population.has_column(attr_name):
            return super().set(attr_name, value)
        self.population.write(attr_name, self.rows, value)
        return self

    def agg(self, attribute: str, func: Any) -> Any:
        """Apply one or more functions to the values of an attribute, as Mesa's ``AgentSet.agg``.

        numpy's functions get the column as an array, others a list; the results are the same.
        """
        if not self.population.has_column(attribute):
            return super().agg(attribute, func)
        return aggregate(self.array(attribute), func)

    # --- subsets and orders

    def select(
        self,
        filter_func: Callable[[A], bool] | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type[A] | None = None,
    ) -> AbstractAgentSet[A]:
        """Agents that pass the filter; see Mesa's ``AgentSet.select``, and ``where``."""
        is_type = agent_type is None or issubclass(self.population.agent_class, agent_type)
        if filter_func is not None or not is_type or at_most == float("inf"):
            return super().select(filter_func, at_most, inplace, agent_type)
        rows = self.rows
        limit = max(0, int(np.ceil(limit_of(at_most, rows.size))))
        return self._ordered(rows[:limit], inplace)

    def sort(
        self, key: Callable[[A], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> AbstractAgentSet[A]:
        """The agents in the order of an attribute or of what a function returns.

        Ties keep their order. nan in a column counts as the highest value.
        """
        if not isinstance(key, str) or not self.population.has_column(key):
            return super().sort(key, ascending, inplace)
        rows = self.rows
        return self._ordered(rows[sorted_order(self.array(key), ascending)], inplace)

    def shuffle(self, inplace: bool = False) -> AbstractAgentSet[A]:
        """The agents in random order."""
        rows = self.rows.tolist()
        self.random.shuffle(rows)
        return self._ordered(np.array(rows, dtype=np.int64), inplace)

    def _ordered(self, rows: Rows, inplace: bool) -> AbstractAgentSet[A]:
        return self._replace(rows) if inplace else RowSet(self.population, rows)

    def groupby(self, by: Callable[[A], Any] | str, result_type: str = "agentset") -> GroupBy:
        """Groups of agents with one value of an attribute or of a function."""
        if isinstance(by, str) and self.population.has_column(by) and result_type == "agentset":
            groups = group_rows(self.array(by), self.rows)
            if groups is not None:
                return ColumnGroupBy({k: RowSet(self.population, rows) for k, rows in groups})
        return super().groupby(by, result_type)

    # --- what the agents do

    def _keys(self) -> list[int]:
        return list(self.rows.tolist())

    def _present(self, key: Any) -> A | None:
        population = self.population
        is_here = population.alive[key] and self._has_row(key)
        return view(population.agent_class, population, key) if is_here else None

    # --- algebra of sets: on arrays between sets of one population

    def _akin(self, other: Iterable[Any]) -> RowSet[A] | None:
        is_akin = isinstance(other, RowSet) and other.population is self.population
        return other if is_akin else None  # type: ignore[return-value]

    def _made_akin(self, other: Iterable[Any]) -> RowSet[A]:
        akin = self._akin(other)
        if akin is not None:
            return akin
        rows = dict.fromkeys(self._own_row(agent) for agent in other)
        return RowSet(self.population, np.array(list(rows), dtype=np.int64))

    def _without(self, other: RowSet[A]) -> Rows:
        rows = self.rows
        return rows[~np.isin(rows, other.rows)]

    def __and__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        akin = self._akin(other)
        if akin is None:
            return super().__and__(other)
        rows = akin.rows
        return RowSet(self.population, rows[np.isin(rows, self.rows)])

    def __or__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        akin = self._akin(other)
        if akin is None:
            return super().__or__(other)
        return RowSet(self.population, np.append(self.rows, akin._without(self)))

    def __sub__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        akin = self._akin(other)
        if akin is None:
            return super().__sub__(other)
        return RowSet(self.population, self._without(akin))

    def __xor__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        akin = self._akin(other)
        if akin is None:
            return super().__xor__(other)
        return RowSet(self.population, np.append(self._without(akin), akin._without(self)))

    def __ior__(self, other: Iterable[Any]) -> Self:
        return self._replace(np.append(self.rows, self._made_akin(other)._without(self)))

    def __iand__(self, other: Iterable[Any]) -> Self:
        kept = self._rows_of(self & other)
        rows = self.rows
        return self._replace(rows[np.isin(rows, kept)])

    def __isub__(self, other: Iterable[Any]) -> Self:
        return self._replace(self._rows_of(self - other))

    def __ixor__(self, other: Iterable[Any]) -> Self:
        akin = self._made_akin(other)
        return self._replace(np.append(self._without(akin), akin._without(self)))

    __rand__ = __and__
    __ror__ = __or__
    __rxor__ = __xor__
