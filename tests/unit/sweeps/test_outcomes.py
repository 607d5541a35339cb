"""What one run gives: outcomes, indicators summed up, and names that are refused."""

from __future__ import annotations

import math

import pandas as pd
import pyarrow as pa
import pytest
from small_world import small_model, small_world

from market.model import MarketModel
from market.network_indicators import network_series
from market.scenario import load_scenario
from runs.problems import ExperimentError
from runs.single_run.outcomes import (
    OUTCOMES,
    WAYS,
    check_outputs,
    market_indicators,
    measure,
    output_schema,
)

BROKE = [
    "labs.lab.cash_usd=0.5e9",
    "labs.lab.staff_cost_usd=3e9",
    "funding.minimum_close=1.0",
    "funding.convertible_cap=0.0",
]


@pytest.fixture(scope="module")
def model() -> MarketModel:
    return small_model(seed=1).run(6)


@pytest.fixture(scope="module")
def market(model: MarketModel) -> pd.DataFrame:
    frame: pd.DataFrame = model.datacollector.get_model_vars_dataframe()
    return frame


def test_ways_to_sum_up_the_quarters(model: MarketModel, market: pd.DataFrame) -> None:
    capex = market["capex_usd"].tolist()
    expected = {
        "first": capex[0],
        "last": capex[-1],
        "min": min(capex),
        "max": max(capex),
        "mean": sum(capex) / 6,
        "sum": sum(capex),
        "at(2)": capex[2],
    }
    assert len(set(capex)) == 6
    names = [f"capex_usd:{way}" for way in expected]
    assert list(measure(model, names).values()) == list(expected.values())
    assert len(expected) == len(WAYS)


def test_quarters_without_a_value_are_left_out() -> None:
    world = MarketModel(load_scenario("minimal", BROKE), seed=1).run(3)
    assert world.datacollector.model_vars["raised_ratio"][0] == 0
    names = ["mean", "max", "first", "last", "at(2)", "at(3)"]
    values = measure(world, [f"raised_ratio:{way}" for way in names])
    assert list(values.values()) == [0.0, 0.0, 0.0, None, None, None]


def test_indicators_of_firms_and_networks(model: MarketModel) -> None:
    networks = network_series(model)
    names = [
        "a.cash_usd:last",
        "thin.capex_usd:first",
        "circularity:max",
        "maker.vulnerability:max",
    ]
    cash, capex, circularity, vulnerability = measure(model, names).values()
    assert cash == model.labs["a"].cash_usd
    frame = model.datacollector.get_agenttype_vars_dataframe(type(model.clouds["thin"]))
    assert capex == frame[frame["name"] == "Thin cloud"]["capex_usd"].iloc[0]
    assert circularity == networks.market["circularity"].max()
    column = networks.names.index("Chip maker")
    assert vulnerability == networks.firms["vulnerability"][:, column].max()


def test_outcomes_of_a_quiet_run(model: MarketModel) -> None:
    values = measure(model, list(OUTCOMES))
    assert values["freeze"] is False
    assert values["freeze_quarter"] is None
    assert values["defaults"] == 0
    assert values["first_default"] is None
    assert values["bank_broke"] is False
    assert all(type(value) in {bool, int, type(None)} for value in values.values())


def test_outcomes_of_a_crash() -> None:
    world = MarketModel(load_scenario("minimal", BROKE), seed=1)
    world.step()
    world.events.record(1, "funding freeze", "the market", 1.0, "USD", "as if it froze")
    world.run(2)
    values = measure(world, [*OUTCOMES, "defaulted:lab", "defaulted:chip", "defaults:last"])
    assert values == {
        "freeze": True,
        "freeze_quarter": 1,
        "cut": True,
        "cut_quarter": 0,
        "first_failed_round_quarter": 0,
        "defaults": 1,
        "lab_defaults": 1,
        "cloud_defaults": 0,
        "chipmaker_defaults": 0,
        "investor_defaults": 0,
        "first_default": "lab",
        "bank_below_floor": False,
        "bank_broke": False,
        "defaulted:lab": True,
        "defaulted:chip": False,
        "defaults:last": 1.0,
    }


def test_types_of_the_columns() -> None:
    schema = output_schema(["freeze", "defaults", "first_default", "capex_usd:max", "defaulted:a"])
    assert schema.types == [pa.bool_(), pa.int64(), pa.string(), pa.float64(), pa.bool_()]


def test_every_market_indicator_is_a_number(model: MarketModel) -> None:
    names = [f"{name}:max" for name in market_indicators()]
    check_outputs(names, model.parameters)
    values = measure(model, names)
    assert len(values) > 30
    assert all(isinstance(v, float) and math.isfinite(v) for v in values.values() if v is not None)
    assert sum(value is None for value in values.values()) <= 1


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("freze", "is no outcome; did you mean 'freeze'?"),
        ("capex_usd", "does not say how to sum up its quarters; try 'capex_usd:max'"),
        ("capex:max", "names no indicator; did you mean 'capex_usd'?"),
        ("a.revenu_usd:sum", "names no indicator; did you mean 'revenue_usd'?"),
        ("thinn.capex_usd:sum", "names no firm; did you mean 'thin'?"),
        ("capex_usd:top", "has no way 'top' to sum up; choose one of: first, last"),
        ("capex_usd:at(K)", "has no way 'at(K)' to sum up"),
        ("capex_usd:at(-1)", "has no way 'at(-1)' to sum up"),
        ("defaulted:makr", "names no firm; did you mean 'maker'?"),
        ("quarter:max", "names no indicator"),
        ("", "is no outcome"),
    ],
)
def test_a_bad_name_is_refused_with_what_would_do(name: str, reason: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        check_outputs(["freeze", name], small_world(), "mine.toml")
    assert str(caught.value).startswith(f"mine.toml: outputs = {name!r}: {reason}")


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(ExperimentError, match="'freeze': is named twice"):
        check_outputs(["freeze", "cut", "freeze"], small_world())
