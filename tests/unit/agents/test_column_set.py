"""Columns and the views on their rows: what fits, what is refused and why."""

from __future__ import annotations

import copy
import math
import pickle
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mesa
import numpy as np
import pytest
from column_examples import RowShopper

from agents import ColumnAgent, ColumnAgentSet, column


def shoppers(amount: int = 4, /, **values: Any) -> ColumnAgentSet[RowShopper]:
    return ColumnAgentSet(mesa.Model(rng=1), RowShopper, amount, **values)


class Kinds(ColumnAgent):
    """A column of each type that behaves in its own way."""

    whole: int = column(np.int8)
    count: int = column(np.uint64)
    short: float = column(np.float32)
    long: float = column(np.float64)
    share: float = column(np.float64, 0.5, bounds=(0.0, 1.0))
    level: int = column(np.int16, 1, bounds=(1, 5))
    text: str = column("U3")
    flag: bool = column(np.bool_)


# --- what fits a column

FIT = [
    ("whole", -128, -128),
    ("whole", 3.0, 3),
    ("whole", True, 1),
    ("whole", np.int64(7), 7),
    ("count", 2**64 - 1, 2**64 - 1),
    ("short", 0.1, float(np.float32(0.1))),
    ("short", math.inf, math.inf),
    ("long", 3, 3.0),
    ("long", 2**70, 2.0**70),
    ("long", Fraction(1, 4), 0.25),
    ("share", 1.0, 1.0),
    ("share", 0, 0.0),
    ("level", 5, 5),
    ("text", "abc", "abc"),
    ("flag", 1, True),
    ("flag", np.bool_(True), True),
]


@pytest.mark.parametrize(("name", "value", "kept"), FIT)
def test_values_that_fit_come_back_as_python_scalars(name: str, value: Any, kept: Any) -> None:
    one = Kinds(mesa.Model(rng=1), **{name: value})
    two = Kinds(one.model)
    setattr(two, name, value)
    three = Kinds(one.model)
    one.population.where(np.array([False, False, True])).set(name, [value])
    for agent in (one, two, three):
        assert getattr(agent, name) == kept
        assert type(getattr(agent, name)) is type(kept)


def test_nan_is_a_float() -> None:
    agent = Kinds(mesa.Model(rng=1), long=math.nan)
    agent.short = math.nan
    assert math.isnan(agent.long)
    assert math.isnan(agent.short)


REFUSED = [
    ("whole", 128),
    ("whole", 0.5),
    ("whole", math.nan),
    ("whole", 2**70),
    ("whole", 2.0**63),
    ("whole", "5"),
    ("whole", None),
    ("count", -1),
    ("short", 1e300),
    ("long", "0.5"),
    ("long", None),
    ("long", Fraction(1, 3)),
    ("long", 10**400),
    ("long", 1j),
    ("share", 1.5),
    ("share", math.nan),
    ("level", 0),
    ("level", 6),
    ("text", "abcd"),
    ("text", 5),
    ("flag", 2),
    ("flag", 1.0),
    ("flag", "T"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_value_that_does_not_fit_is_named_and_nothing_is_written(name: str, value: Any) -> None:
    agent = Kinds(mesa.Model(rng=1))
    before, said = getattr(agent, name), rf"Kinds\.{name}: .*{re.escape(repr(value)[:5])}"
    ways: list[Callable[[], Any]] = [
        lambda: setattr(agent, name, value),
        lambda: agent.population.set(name, value),
        lambda: agent.population.set(name, [value]),
        lambda: Kinds(agent.model, **{name: value}),
        lambda: ColumnAgentSet(mesa.Model(rng=1), Kinds, 1, **{name: value}),
    ]
    for way in ways:
        with pytest.raises(ValueError, match=said):
            way()
    assert getattr(agent, name) == before
    assert len(agent.population) == 1
    assert agent.model.agent_id_counter == 2


def test_one_value_goes_to_one_agent() -> None:
    population = shoppers()
    with pytest.raises(ValueError, match=r"RowShopper\.cash: .* is not one value but several"):
        population.agent(0).cash = [1.0]  # type: ignore[assignment]
    with pytest.raises(ValueError, match=r"RowShopper\.cash: \(3,\) values for 4 agents"):
        population.set("cash", [1.0, 2.0, 3.0])
    assert population.set("cash", [1.0, 2.0, 3.0, 4.0]).get("cash") == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("dtype", [object, str, "M8[D]", np.complex128, np.longdouble, "V4"])
def test_types_that_cannot_be_columns(dtype: Any) -> None:
    with pytest.raises(TypeError, match="no column of"):
        column(dtype)


def test_a_wrong_declaration_is_refused_with_the_class() -> None:
    with pytest.raises(ValueError, match=r"Wrong\.age: 300 is not of type int8"):
        type("Wrong", (ColumnAgent,), {"age": column(np.int8, 300)})
    with pytest.raises(TypeError, match="no bounds"):
        column(np.bool_, bounds=(0, 1))
    for name in ("model", "unique_id", "row", "random", "step", "remove"):
        with pytest.raises(TypeError, match=f"every agent has a '{name}' already"):
            type("Wrong", (ColumnAgent,), {name: column(np.int8)})


def test_columns_of_base_classes_come_first_and_may_be_replaced() -> None:
    class Saver(RowShopper):
        saved: float = column(np.float64)
        size: int = column(np.int64, 9)
        kind = "always the same"  # type: ignore[assignment]

    assert list(Saver.columns()) == ["cash", "size", "is_open", "saved"]
    saver = Saver(mesa.Model(rng=1))
    assert (saver.size, saver.kind) == (9, "always the same")
    assert (RowShopper.cash.unit, RowShopper.cash.doc) == ("EUR", "Money.")  # type: ignore[attr-defined]


# --- views


def test_views_are_mesa_agents_equal_by_row() -> None:
    population = shoppers()
    first = population.agent(0)
    assert isinstance(first, mesa.Agent)
    assert first == population[0]
    assert first is not population[0]
    assert first != population[1]
    assert first != shoppers()[0]
    assert {first, population[0]} == {first}
    assert repr(first) == "<RowShopper 1>"
    assert (first.model, first.random, first.rng) == (
        population.model,
        population.model.random,
        population.model.rng,
    )
    assert first.pos is None
    assert first.scenario is population.model.scenario
    with pytest.raises(IndexError, match="no RowShopper in row 9"):
        population.agent(9)


@pytest.mark.parametrize("name", ["colour", "pay", "population", "row", "model", "unique_id"])
def test_what_a_view_could_not_keep_is_refused(name: str) -> None:
    agent = shoppers().agent(0)
    with pytest.raises(AttributeError):
        setattr(agent, name, 1)
    with pytest.raises(AttributeError, match="no place in a space"):
        agent.pos = (1, 2)  # type: ignore[misc,assignment]
    with pytest.raises(AttributeError, match="takes no timed action"):
        agent.current_action = object()  # type: ignore[misc,assignment]
    assert agent.current_action is None
    with pytest.raises(AttributeError, match="keeps no data of its own"):
        agent.colour = "red"  # type: ignore[attr-defined]


def test_a_removed_agent_keeps_its_last_values_and_stays_away() -> None:
    population = shoppers(cash=[1.0, 2.0, 3.0, 4.0])
    gone, selection = population.agent(1), population.copy()
    gone.remove()
    gone.remove()  # Mesa's agents bear it too
    assert (gone.cash, gone.is_alive, gone in population) == (2.0, False, False)
    assert population.get("unique_id") == selection.get("unique_id") == [1, 3, 4]
    for agents in (population, selection):
        with pytest.raises(ValueError, match="was removed from its model"):
            agents.add(gone)
    with pytest.raises(KeyError):
        selection.remove(gone)
    with pytest.raises(IndexError):
        population.agent(1)
    assert RowShopper(population.model).unique_id == 5  # numbers and rows are never used again
    assert population[-1].row == 4


def test_views_travel_with_their_model() -> None:
    agent = shoppers(cash=[1.0, 2.0, 3.0, 4.0]).agent(2)
    same = copy.copy(agent)
    assert same == agent
    for twin in (copy.deepcopy(agent), pickle.loads(pickle.dumps(agent))):
        twin.cash = 9.0
        assert agent.cash == 3.0
        assert twin.model.agents[2] == twin
        assert twin.model is not agent.model
        RowShopper(twin.model, cash=8.0)
        RowShopper(twin.model, cash=7.0)
        assert twin.model.agents.get("cash") == [1.0, 2.0, 9.0, 4.0, 8.0, 7.0]
