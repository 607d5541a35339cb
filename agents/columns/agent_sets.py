"""Mesa agent sets that may hold agents kept in columns beside ordinary ones."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Set
from random import Random
from typing import Any, NoReturn, Self

from mesa import Agent
from mesa.agentset import AbstractAgentSet, GroupBy

from agents.columns.storage import Row

Method = str | Callable[..., Any]


class StrongAgentSet[A: Agent[Any]](AbstractAgentSet[A]):
    """An ordered set that holds its agents, as views on rows need.

    Does what Mesa's ``AgentSet`` does, in the same order and with the same random draws. Agents
    that were removed from their model drop out.
    """

    def __init__(self, agents: Iterable[A], random: Random) -> None:
        """Hold the agents in the order given; ``random`` is what shuffles draw from."""
        self.random = random
        self._agents: dict[A, None] = dict.fromkeys(agents)

    # --- what the set is

    def __iter__(self) -> Iterator[A]:
        return (agent for agent in list(self._agents) if _is_in_model(agent))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, agent: object) -> bool:
        return agent in self._agents and _is_in_model(agent)

    def _update(self, agents: Iterable[A]) -> Self:
        self._agents = dict.fromkeys(agents)
        return self

    def _subset(self, agents: Iterable[A]) -> AbstractAgentSet[A]:
        return StrongAgentSet(agents, self.random)

    def add(self, agent: A) -> None:
        """Add an agent to this set."""
        self._agents[agent] = None

    def discard(self, agent: A) -> None:
        """Take an agent out of this set, if it is there; it stays in its model."""
        self._agents.pop(agent, None)

    def remove(self, agent: A) -> None:
        """Take an agent out of this set; raises KeyError if it is not there."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def to_list(self) -> list[A]:
        """All agents of the set in their order."""
        return list(self)

    def __getitem__(self, item: Any) -> Any:
        return self.to_list()[item]

    def copy(self) -> AbstractAgentSet[A]:
        """A set of its own with the same agents."""
        return self._subset(self)

    def __copy__(self) -> AbstractAgentSet[A]:
        return self.copy()

    # --- subsets and orders

    def select(
        self,
        filter_func: Callable[[A], bool] | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type[A] | None = None,
    ) -> AbstractAgentSet[A]:
        """Agents that pass the filter; see Mesa's ``AgentSet.select``."""
        if filter_func is None and agent_type is None and at_most == float("inf"):
            return self if inplace else self.copy()
        chosen = self._chosen(filter_func, limit_of(at_most, len(self)), agent_type)
        return self._update(chosen) if inplace else self._subset(chosen)

    def _chosen(
        self, filter_func: Callable[[A], bool] | None, limit: float, agent_type: type[A] | None
    ) -> list[A]:
        chosen: list[A] = []
        for agent in self:
            if len(chosen) >= limit:
                break
            if agent_type is not None and not isinstance(agent, agent_type):
                continue
            if filter_func is None or filter_func(agent):
                chosen.append(agent)
        return chosen

    def shuffle(self, inplace: bool = False) -> AbstractAgentSet[A]:
        """The agents in random order."""
        agents = self.to_list()
        self.random.shuffle(agents)
        return self._update(agents) if inplace else self._subset(agents)

    def sort(
        self, key: Callable[[A], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> AbstractAgentSet[A]:
        """The agents in the order of an attribute or of what a function returns."""
        agents = sorted(self, key=_measure(key), reverse=not ascending)
        return self._update(agents) if inplace else self._subset(agents)

    def groupby(self, by: Callable[[A], Any] | str, result_type: str = "agentset") -> GroupBy:
        """Groups of agents with one value of an attribute or of a function."""
        measure = _measure(by)
        groups: dict[Any, list[A]] = {}
        for agent in self:
            groups.setdefault(measure(agent), []).append(agent)
        if result_type != "agentset":
            return GroupBy(groups)  # type: ignore[arg-type]
        return GroupBy({key: self._subset(agents) for key, agents in groups.items()})

    # --- what the agents do and know

    def do(self, method: Method, *args: Any, **kwargs: Any) -> Self:
        """Let every agent do something; who is removed on the way is left out."""
        for _ in self._results(self._keys(), method, args, kwargs):
            pass
        return self

    def shuffle_do(self, method: Method, *args: Any, **kwargs: Any) -> Self:
        """Let every agent do something, in random order."""
        keys = self._keys()
        self.random.shuffle(keys)
        for _ in self._results(keys, method, args, kwargs):
            pass
        return self

    def map(self, method: Method, *args: Any, **kwargs: Any) -> list[Any]:
        """What every agent returns."""
        return list(self._results(self._keys(), method, args, kwargs))

    def _keys(self) -> list[Any]:
        """What stands for the agents now, in order."""
        return self.to_list()

    def _present(self, key: Any) -> A | None:
        """The agent that a key stands for, if it is still in the set."""
        return key if key in self else None

    def _results(self, keys: list[Any], method: Method, args: Any, kwargs: Any) -> Iterator[Any]:
        for key in keys:
            agent = self._present(key)
            if agent is not None:
                if isinstance(method, str):
                    yield getattr(agent, method)(*args, **kwargs)
                else:
                    yield method(agent, *args, **kwargs)

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: str = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Values of one or more attributes, agent by agent; see Mesa's ``AgentSet.get``."""
        if handle_missing not in ("error", "default"):
            raise ValueError(
                f"Unknown handle_missing option: {handle_missing}, "
                "should be one of 'error' or 'default'"
            )
        default = (default_value,) if handle_missing == "default" else ()
        if isinstance(attr_names, str):
            return [getattr(agent, attr_names, *default) for agent in self]
        return [[getattr(agent, name, *default) for name in attr_names] for agent in self]

    def set(self, attr_name: str, value: Any) -> Self:  # type: ignore[override]
        """Give all agents one value of an attribute."""
        for agent in self:
            setattr(agent, attr_name, value)
        return self

    # --- algebra of sets, for which Python's mixin would need a constructor without ``random``

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> NoReturn:
        raise TypeError(f"{cls.__name__} is not made from agents alone: it needs a random state")

    def __and__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        return self._subset(agent for agent in other if agent in self)

    def __or__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        return StrongAgentSet([*self, *other], self.random)

    def __sub__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        others = other if isinstance(other, Set) else set(other)
        return self._subset(agent for agent in self if agent not in others)

    def __rsub__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        return StrongAgentSet((agent for agent in other if agent not in self), self.random)

    def __xor__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        others = list(other)
        return StrongAgentSet(
            [*(self - others), *(a for a in others if a not in self)], self.random
        )

    __rand__ = __and__
    __ror__ = __or__
    __rxor__ = __xor__


class AllAgents(StrongAgentSet[Any]):
    """All agents of a model: ordinary ones in Mesa's own set, then each population in columns.

    It stands where ``model.agents`` was from the first population on. What changes the set itself
    (``inplace=True``) is refused; agents enter and leave by being made and by ``agent.remove()``.
    """

    def __init__(self, ordinary: AbstractAgentSet[Any], random: Random) -> None:
        """Stand in front of the model's own set of ordinary agents."""
        self.random = random
        self.ordinary = ordinary
        self.populations: list[AbstractAgentSet[Any]] = []

    def _parts(self) -> list[AbstractAgentSet[Any]]:
        return [self.ordinary, *self.populations]

    def __iter__(self) -> Iterator[Any]:
        for part in self._parts():
            yield from part

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts())

    def __contains__(self, agent: object) -> bool:
        return any(agent in part for part in self._parts())

    def _update(self, agents: Iterable[Any]) -> Self:
        raise TypeError(
            "model.agents is the register of agents, which has its own order: work on a copy, or "
            "remove agents by agent.remove()"
        )

    def shuffle(self, inplace: bool = False) -> AbstractAgentSet[Any]:
        """The agents in random order, in a set of its own; in place raises TypeError."""
        return self._update(()) if inplace else super().shuffle()

    def add(self, agent: Any) -> None:
        """Register an ordinary agent; Mesa calls it."""
        if agent not in self:
            self.ordinary.add(agent)

    def discard(self, agent: Any) -> None:
        """Take an agent out of the register, if it is there."""
        for part in self._parts():
            part.discard(agent)

    def remove(self, agent: Any) -> None:
        """Take an agent out of the register; raises KeyError if it is not there.

        Mesa calls it after the same for the agent's type, which has removed the row of a view.
        """
        if isinstance(agent, Row):
            if not any(agent.population is known for known in self.populations):
                raise KeyError(agent)
            agent.population.discard(agent)
        else:
            self.ordinary.remove(agent)

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: Any = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Values of one or more attributes, agent by agent; see Mesa's ``AgentSet.get``."""
        return [
            value
            for part in self._parts()
            for value in part.get(attr_names, handle_missing, default_value)
        ]

    def set(self, attr_name: str, value: Any) -> Self:  # type: ignore[override]
        """Give all agents one value of an attribute."""
        for part in self._parts():
            part.set(attr_name, value)
        return self


def _is_in_model(agent: Any) -> bool:
    if isinstance(agent, Row):
        return agent.is_alive
    return agent in agent.model.agents


def limit_of(at_most: Any, size: int) -> Any:
    """Mesa's reading of ``at_most``: a float up to one is a share of the agents."""
    return int(size * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most


def _measure(by: Callable[[Any], Any] | str) -> Callable[[Any], Any]:
    return operator.attrgetter(by) if isinstance(by, str) else by
