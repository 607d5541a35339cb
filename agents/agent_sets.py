"""Mesa agent sets that may hold agents kept in columns beside ordinary ones."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import TYPE_CHECKING, Any, Self

from mesa.agentset import AbstractAgentSet, GroupBy

if TYPE_CHECKING:
    from mesa import Agent

_MISSING = object()


class StrongAgentSet[A: Agent[Any]](AbstractAgentSet[A]):
    """An ordered set that holds its agents, as views on rows need.

    Does what Mesa's ``AgentSet`` does, in the same order and with the same random draws. Agents
    that were removed from their columns drop out.
    """

    def __init__(self, agents: Iterable[A], random: Random) -> None:
        """Hold the agents in the order given; ``random`` is what shuffles draw from."""
        self.random = random
        self._agents: dict[A, None] = dict.fromkeys(agents)

    # --- what the set is

    def __iter__(self) -> Iterator[A]:
        return (agent for agent in list(self._agents) if getattr(agent, "is_alive", True))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, agent: object) -> bool:
        return agent in self._agents and getattr(agent, "is_alive", True)

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
        at_most: Any = float("inf"),
        inplace: bool = False,
        agent_type: type[A] | None = None,
    ) -> AbstractAgentSet[A]:
        """Agents that pass the filter; see Mesa's ``AgentSet.select``."""
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(self) * at_most)
        chosen: list[A] = []
        for agent in self:
            if len(chosen) >= at_most:
                break
            if agent_type is not None and not isinstance(agent, agent_type):
                continue
            if filter_func is None or filter_func(agent):
                chosen.append(agent)
        return self._update(chosen) if inplace else self._subset(chosen)

    def shuffle(self, inplace: bool = False) -> AbstractAgentSet[A]:
        """The agents in random order."""
        agents = self.to_list()
        self.random.shuffle(agents)
        return self._update(agents) if inplace else self._subset(agents)

    def sort(
        self, key: Callable[[A], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> AbstractAgentSet[A]:
        """The agents in the order of an attribute or of what a function returns."""
        measure = operator.attrgetter(key) if isinstance(key, str) else key
        agents = sorted(self, key=measure, reverse=not ascending)
        return self._update(agents) if inplace else self._subset(agents)

    def groupby(self, by: Callable[[A], Any] | str, result_type: str = "agentset") -> GroupBy:
        """Groups of agents with one value of an attribute or of a function."""
        measure = operator.attrgetter(by) if isinstance(by, str) else by
        groups: dict[Any, list[A]] = {}
        for agent in self:
            groups.setdefault(measure(agent), []).append(agent)
        if result_type != "agentset":
            return GroupBy(groups)  # type: ignore[arg-type]
        return GroupBy({key: self._subset(agents) for key, agents in groups.items()})

    # --- what the agents do and know

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Let every agent do something; who is removed on the way is left out."""
        self._call(self.to_list(), method, args, kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Let every agent do something, in random order."""
        agents = self.to_list()
        self.random.shuffle(agents)
        self._call(agents, method, args, kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """What every agent returns."""
        return self._call(self.to_list(), method, args, kwargs)

    def _call(
        self, agents: list[A], method: str | Callable[..., Any], args: Any, kwargs: Any
    ) -> list[Any]:
        if isinstance(method, str):
            return [getattr(a, method)(*args, **kwargs) for a in agents if a in self]
        return [method(a, *args, **kwargs) for a in agents if a in self]

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

    def __and__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        return self._subset(agent for agent in other if agent in self)

    def __or__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        return StrongAgentSet([*self, *other], self.random)

    def __sub__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        others = set(other)
        return self._subset(agent for agent in self if agent not in others)

    def __xor__(self, other: Iterable[Any]) -> AbstractAgentSet[A]:
        others = list(other)
        return StrongAgentSet(
            [*(self - others), *(a for a in others if a not in self)], self.random
        )


class AllAgents(StrongAgentSet[Any]):
    """All agents of a model: ordinary ones in Mesa's own set, then each population in columns."""

    def __init__(self, ordinary: AbstractAgentSet[Any], random: Random) -> None:
        """Stand in front of the model's own set of ordinary agents."""
        self.random = random
        self.ordinary = ordinary
        self.populations: list[AbstractAgentSet[Any]] = []

    def _parts(self) -> list[AbstractAgentSet[Any]]:
        return [self.ordinary, *self.populations]

    def __iter__(self) -> Iterator[Any]:
        for part in self._parts():
            yield from part.to_list() if part is self.ordinary else part

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts())

    def __contains__(self, agent: object) -> bool:
        return any(agent in part for part in self._parts())

    def _update(self, agents: Iterable[Any]) -> Self:
        raise TypeError(
            "this set is the model's register of agents, which has its own order: work on a copy, "
            "or remove agents by agent.remove()"
        )

    def add(self, agent: Any) -> None:
        """Register an ordinary agent; Mesa calls it."""
        if agent not in self:
            self.ordinary.add(agent)

    def discard(self, agent: Any) -> None:
        """Take an agent out of the register, if it is there."""
        for part in self._parts():
            part.discard(agent)
