"""The arrays of a population: ownership, growth, memory, order and sums."""

from __future__ import annotations

import math
from typing import Any

import mesa
import numpy as np
import pytest
from column_examples import RowShopper, Shop

from agents import ColumnAgent, ColumnAgentSet, column


def shoppers(amount: int = 4, /, **values: Any) -> ColumnAgentSet[RowShopper]:
    return ColumnAgentSet(mesa.Model(rng=1), RowShopper, amount, **values)


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
    assert len(vars(population)["_first_ids"]) == 2
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
    assert shoppers(1000, size=100).agg("size", [sum, np.sum]) == [100_000, 100_000]
    assert counters.agg("unsigned", [sum, max, np.max]) == [2**64, 2**64 - 1, 2**64 - 1]
