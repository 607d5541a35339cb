"""Populations in columns in a Mesa model: registers, data collection, signals."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest
from column_examples import PlainShopper, RowShopper, Shop
from mesa.agentset import AbstractAgentSet, GroupBy, _HardKeyAgentSet
from mesa.experimental.mesa_signals import ModelSignals

from agents import ColumnAgentSet, RowSet
from agents.columns.agent_sets import AllAgents, StrongAgentSet
from agents.columns.column_set import population_of
from agents.columns.row_set import ColumnGroupBy


def shoppers(amount: int = 4, /, **values: Any) -> ColumnAgentSet[RowShopper]:
    return ColumnAgentSet(mesa.Model(rng=1), RowShopper, amount, **values)


def test_mesa_finds_rows_where_it_looks_for_agents() -> None:
    model = mesa.Model(rng=1)
    plain = model.agents
    Shop(model)
    assert model.agents is plain  # nothing changes without a population
    population = ColumnAgentSet(model, RowShopper, 3)
    Shop(model)
    assert model.agents.get("unique_id") == [1, 5, 2, 3, 4]
    assert model.agent_types == [Shop, RowShopper]
    assert model.agents_by_type[RowShopper] is population
    assert population[0] in model.agents
    assert [type(agent) for agent in model.agents[1:3]] == [Shop, RowShopper]
    assert isinstance(population, AbstractAgentSet)
    shop = model.agents[0]
    chosen = model.agents.select(lambda agent: agent.cash > 1)
    shop.remove()
    assert shop not in chosen
    assert chosen.get("unique_id") == [5, 2, 3, 4]
    with pytest.raises(KeyError):
        model.agents.remove(shop)
    with pytest.raises(KeyError):
        model.agents.remove(shoppers()[0])
    gone = population[0]
    model.deregister_agent(gone)
    with pytest.raises(KeyError):
        model.deregister_agent(gone)
    assert model.agents.get("unique_id") == [5, 3, 4]
    model.remove_all_agents()
    assert len(model.agents) == len(population) == 0


def test_foreign_agents_are_refused() -> None:
    population = shoppers()
    others = [shoppers().agent(0), PlainShopper(population.model)]
    for agents in (population, population.copy()):
        for other in others:
            with pytest.raises(TypeError, match="not of this population of RowShopper"):
                agents.add(other)
            with pytest.raises(TypeError, match="not of this population"):
                agents |= [other]
            assert other not in agents
            agents.discard(other)
    assert len(population) == 4


@pytest.mark.parametrize(
    "call",
    [
        lambda agents: agents.shuffle(inplace=True),
        lambda agents: agents.sort("cash", inplace=True),
        lambda agents: agents.sort(lambda a: a.cash, inplace=True),
        lambda agents: agents.select(at_most=2, inplace=True),
        lambda agents: agents.select(lambda a: a.cash > 1, inplace=True),
    ],
)
def test_registers_keep_their_order(call: Callable[[Any], Any]) -> None:
    model = shoppers().model
    before = model.random.getstate()
    for agents in (model.agents, model.agents_by_type[RowShopper]):
        with pytest.raises(TypeError, match="work on a copy"):
            call(agents)
        assert agents.select(inplace=True) is agents  # selects all: nothing to change
    assert model.random.getstate() == before
    assert model.agents.get("unique_id") == [1, 2, 3, 4]


def test_a_set_is_not_made_without_a_random_state() -> None:
    with pytest.raises(TypeError, match="needs a random state"):
        RowSet._from_iterable([])


def test_taking_out_of_the_population_is_removing() -> None:
    population = shoppers(6)
    everybody = population.copy()
    population.discard(population[0])
    population -= everybody.where(np.array([False, False, True, False, False]))
    assert population.get("unique_id") == [2, 3, 5, 6]
    population &= [population[0], population[1], population[2]]
    population |= everybody
    assert population.pop().unique_id == 2
    assert everybody.get("unique_id") == [3, 5]
    population.clear()
    assert not population
    assert not everybody
    assert not population.model.agents


def test_a_model_has_one_population_of_a_class() -> None:
    population = shoppers()
    with pytest.raises(ValueError, match="has agents of RowShopper already"):
        ColumnAgentSet(population.model, RowShopper, 2)
    with pytest.raises(AttributeError, match="no column 'colour'; its columns are: cash, size"):
        population.add_rows(1, colour="red")
    with pytest.raises(ValueError, match="no population has -1 agents"):
        ColumnAgentSet(mesa.Model(rng=1), RowShopper, -1)
    assert population_of(population.model, RowShopper) is population
    assert len(population_of(mesa.Model(rng=1), RowShopper)) == 0


SAFE = {"agg", "_hash", "index", "count"}
"""Methods that may be Mesa's or Python's own: they are written in terms of the others."""


def test_who_is_removed_on_the_way_is_left_out() -> None:
    model = mesa.Model(rng=1)
    Shop.create_agents(model, 2)
    population = ColumnAgentSet(model, RowShopper, 4)
    mixed = model.agents.select(lambda agent: True)

    def push(agent: Any) -> int:
        number: int = agent.unique_id
        for other in list(model.agents):
            if other.unique_id == number + 1:
                other.remove()
        return number

    assert mixed.map(push) == [1, 3, 5]
    more = RowShopper.create_agents(model, 4)
    assert more.map(push) == [7, 9]
    more = RowShopper.create_agents(model, 3)
    assert [push(agent) for agent in more] == [11, 13]
    RowShopper(model)
    assert population.map(push) == [3, 5, 7, 9, 11, 13]


def test_rows_and_objects_in_one_set() -> None:
    model = mesa.Model(rng=1)
    shops = Shop.create_agents(model, 2)
    population = ColumnAgentSet(model, RowShopper, 3)
    two = population.where(np.array([True, False, True]))
    for both in (two | shops, two ^ shops, shops.to_list() | two, [*shops.to_list()] ^ two):
        assert sorted(both.get("unique_id")) == [1, 2, 3, 5]
        assert both.random is model.random
    assert (population.to_list() - two).get("unique_id") == [4]
    assert (population.to_list() & two).get("unique_id") == [3, 5]
    assert (two - shops).get("unique_id") == (two & model.agents).get("unique_id") == [3, 5]
    assert (model.agents - two).get("unique_id") == [1, 2, 4]
    assert two < model.agents
    assert two.isdisjoint(shops)


def test_every_method_of_mesas_sets_is_our_own_with_its_arguments() -> None:
    """What Mesa inherits would make sets of weak references, in which views end at once."""
    names = {n for base in (AbstractAgentSet, _HardKeyAgentSet) for n in vars(base)}
    public = sorted(n for n in names if inspect.isfunction(getattr(_HardKeyAgentSet, n, None)))
    assert {"select", "shuffle_do", "groupby", "__getitem__", "__copy__", "_update"} <= set(public)
    for ours in (StrongAgentSet, AllAgents, RowSet, ColumnAgentSet):
        for name in public:
            own = getattr(ours, name)
            assert name in SAFE or own.__module__.startswith("agents"), (ours, name)
            if not name.startswith("__"):
                theirs = inspect.signature(getattr(_HardKeyAgentSet, name)).parameters
                assert list(inspect.signature(own).parameters) == list(theirs), (ours, name)
    assert {n for n in vars(GroupBy) if not n.startswith("_")} <= set(dir(ColumnGroupBy))


def test_data_collection_of_rows_equals_that_of_objects() -> None:
    frames = []
    for cls in (PlainShopper, RowShopper):
        model = mesa.Model(rng=1)
        Shop(model)
        cls.create_agents(model, 3, cash=[1.0, 2.0, 3.0], kind="b")
        collector = mesa.DataCollector(
            agent_reporters={"cash": "cash", "twice": lambda a: 2 * a.size},
            agenttype_reporters={
                cls: {"wealth": "wealth", "kind": "kind"},
                mesa.Agent: {"size": "size"},
            },
        )
        for _ in range(3):
            collector.collect(model)
            model.agents_by_type[cls].do("pay", 0.5)
            model.agents_by_type[cls].shuffle_do("split")
            model.step()
        frames.append(
            [
                collector.get_agent_vars_dataframe(),
                collector.get_agenttype_vars_dataframe(cls),
                collector.get_agenttype_vars_dataframe(mesa.Agent),
            ]
        )
    for plain, rows in zip(*frames, strict=True):
        pd.testing.assert_frame_equal(plain, rows)
        assert len(rows) > 9


def test_mesas_data_sets() -> None:
    population = shoppers(cash=[1.0, 2.0, 3.0, 4.0])
    registry = population.model.data_registry
    data = registry.track_agents(population, "shoppers", fields=["cash", "kind"])
    population[0].remove()
    assert [row["unique_id"] for row in data.data] == [2, 3, 4]
    assert data.data[0] == {"unique_id": 2, "cash": 2.0, "kind": "a"}
    with pytest.raises(TypeError, match="have arrays already"):
        registry.track_agents_numpy(RowShopper, "arrays", fields="cash")
    assert population.get("cash") == [2.0, 3.0, 4.0]


@pytest.mark.parametrize("is_own", [False, True])
def test_agents_are_created_as_with_mesa(is_own: bool) -> None:
    class Saver(RowShopper):
        """A class that changes what it is given."""

        def __init__(self, model: mesa.Model[Any, Any], cash: float, *, kind: str = "b") -> None:
            super().__init__(model, cash=2 * cash, kind=kind)

    model = mesa.Model(rng=1)
    if is_own:
        made = Saver.create_agents(model, 3, [1.0, 2.0, 3.0], kind=("x", "y", "z"))
        assert made.get("cash") == [2.0, 4.0, 6.0]
        frame = pd.DataFrame({"cash": [1.0, 2.5], "kind": ["u", "v"]})
        assert Saver.from_dataframe(model, frame, kind="w").get(["cash", "kind"]) == [
            [2.0, "w"],
            [5.0, "w"],
        ]
    else:
        made = RowShopper.create_agents(model, n=3, cash=pd.Series([1.0, 2.0, 3.0]), kind="x")
        frame = pd.DataFrame({"cash": [1.0, 2.5], "kind": ["u", "v"]}, index=[7, 8])
        assert RowShopper.from_dataframe(model, frame).get("kind") == ["u", "v"]
    assert made.get("unique_id") == [1, 2, 3]
    assert len(model.agents) == 5
    with pytest.raises(TypeError, match="kind: a sequence belongs into the data frame"):
        RowShopper.from_dataframe(model, frame, kind=["u", "v"])


def test_signals_tell_of_single_removals_only() -> None:
    population, heard = shoppers(), []
    model = population.model

    def hear(message: Any) -> None:
        heard.append(message.signal_type)

    for signal in (ModelSignals.AGENT_ADDED, ModelSignals.AGENT_REMOVED):
        model.observe("agents", signal, hear)
    RowShopper(model)
    population.add_rows(2)
    population.remove_rows(np.array([0, 1]))
    assert heard == []
    population[0].remove()
    assert heard == [ModelSignals.AGENT_REMOVED]


def test_the_hook_hears_of_every_write_from_outside() -> None:
    class Watched(ColumnAgentSet[RowShopper]):
        heard: list[tuple[str, list[int]]]

        def touched(self, name: str, rows: np.ndarray[Any, Any]) -> None:
            self.heard.append((name, rows.tolist()))

    population = Watched(mesa.Model(rng=1), RowShopper, 3)
    population.heard = []
    population[1].cash = 4.0
    population[1].cash = np.float32(4.5)  # type: ignore[assignment]
    population.where(np.array([True, False, True])).set("size", 2)
    population.sort("cash").set("is_open", True)
    population.agent(2).remove()
    RowShopper(population.model)
    assert population.heard == [
        ("cash", [1]),
        ("cash", [1]),
        ("size", [0, 2]),
        ("is_open", [1, 0, 2]),
        ("alive", [2]),
        ("alive", [3]),
    ]
