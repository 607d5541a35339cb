"""Populations in columns in a Mesa model: registers, data collection, growth and ownership."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest
from column_examples import PlainShopper, RowShopper, Shop
from mesa.agentset import AbstractAgentSet, GroupBy, _HardKeyAgentSet
from mesa.experimental.mesa_signals import ModelSignals

from agents import ColumnAgent, ColumnAgentSet, RowSet, column
from agents.agent_sets import AllAgents, StrongAgentSet
from agents.column_set import population_of
from agents.row_set import ColumnGroupBy


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


# --- arrays


def test_arrays_of_the_right_type_are_taken_over() -> None:
    cash, size = np.arange(4.0), np.arange(8, dtype=np.int8)
    frozen = np.broadcast_to(np.array("b", dtype="U3"), (4,))
    population = shoppers(cash=cash, size=size[::2], kind=frozen)
    assert population.column("cash") is cash
    assert not np.shares_memory(population.column("size"), size)
    population.set("kind", "c")
    assert frozen[0] == "b"
    population.add_rows(1)
    assert not np.shares_memory(population.column("cash"), cash)  # it grew
    for refused in (np.arange(3.0), np.zeros((4, 1)), [1.0, 2.0]):
        with pytest.raises(ValueError, match=r"RowShopper\.cash: \(.*\) values for 4 agents"):
            shoppers(cash=refused)


def test_one_array_for_two_columns_becomes_two() -> None:
    class Pair(ColumnAgent):
        left: float = column(np.float64)
        right: float = column(np.float64)

    both = np.zeros(3)
    pairs = ColumnAgentSet(mesa.Model(rng=1), Pair, 3, left=both, right=both)
    pairs.set("left", 5.0)
    assert pairs.get("right") == [0.0, 0.0, 0.0]


def test_growth_costs_few_copies_and_ids_go_on() -> None:
    population, moves = shoppers(1, cash=[5.0]), 0
    population.agent(0).remove()
    for number in range(300):
        before = population.storage()[0]
        RowShopper(population.model, cash=float(number))
        moves += population.storage()[0] is not before
        if number == 150:
            Shop(population.model)  # takes a number between
    assert moves < 12
    assert population.get("cash") == [float(n) for n in range(300)]
    assert population.ids.tolist() == [*range(2, 153), *range(154, 303)]
    assert [agent.unique_id for agent in population] == population.ids.tolist()
    assert population.model.agent_id_counter == 303


def test_a_row_costs_its_columns_and_a_byte() -> None:
    population = shoppers(1000)
    assert sum(array.nbytes for array in population.storage()) == 1000 * (8 + 1 + 4 * 3 + 1 + 1)
    extra = [v for v in vars(population).values() if isinstance(v, np.ndarray)]
    assert sum(array.nbytes for array in extra if array is not population.alive) == 0


def test_masks_must_match_the_set() -> None:
    population = shoppers()
    for mask in (np.ones(3, dtype=bool), np.ones(4), [True] * 5):
        with pytest.raises(ValueError, match="the mask must be 4 booleans"):
            population.where(mask)  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        population.array("wealth")


def test_nan_sorts_as_highest_and_is_a_group_of_its_own() -> None:
    population = shoppers(cash=[math.nan, 2.0, math.nan, 1.0])
    assert population.sort("cash", ascending=True).get("unique_id") == [4, 2, 1, 3]
    assert population.sort("cash").get("unique_id") == [1, 3, 2, 4]
    assert list(population.groupby("cash").count().values()) == [1, 1, 1, 1]  # as with Mesa


def test_python_adds_floats_and_numpy_sums_arrays() -> None:
    population = shoppers(3, cash=[1e16, 1.0, 1.0])
    values = [1e16, 1.0, 1.0]
    assert population.agg("cash", [sum, np.sum]) == [sum(values), np.sum(values)]
    assert population.agg("cash", [sum, np.sum]) == [1e16 + 2, 1e16]
    assert population.agg("cash", iter([min, max])) == [1.0, 1e16]


class Counter(ColumnAgent):
    """Whole numbers of 64 bits."""

    long: int = column(np.int64)
    unsigned: int = column(np.uint64)


def test_sums_of_long_numbers_do_not_wrap() -> None:
    counters = ColumnAgentSet(
        mesa.Model(rng=1),
        Counter,
        2,
        long=2**62,
        unsigned=np.array([2**64 - 1, 1], dtype=np.uint64),
    )
    assert counters.agg("long", sum) == 2**63
    assert counters.agg("unsigned", [sum, max, np.max]) == [2**64, 2**64 - 1, 2**64 - 1]
