"""A key that silently does nothing is a fault: every parameter changes at least one output."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from emergence.measure import run_hash, scaled_investors, varied
from pydantic import BaseModel, ValidationError

from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import load_scenario

SEED = 8
TEXTS = {"name", "description", "start", "quarters"}


def numbers_of(section: BaseModel, path: str) -> list[str]:
    """Dotted paths of all numbers and switches of a section."""
    return [
        f"{path}.{key}"
        for key, value in section.model_dump().items()
        if isinstance(value, int | float)
    ]


def behaviour_paths() -> list[str]:
    """Paths of every behavioural parameter."""
    parameters = MarketParameters()
    sections = [k for k, v in parameters if isinstance(v, BaseModel) and k not in TEXTS]
    return [path for key in sections for path in numbers_of(getattr(parameters, key), key)]


@cache
def stressed_world() -> MarketParameters:
    """The reference with shocks and small banks, so that every rule has something to do."""
    data = load_scenario("reference").model_dump()
    data["quarters"] = 30
    data["bank"].update(rest_deposits_usd=1e13, capital_usd=5.5e11)
    data["compute"]["power_scale"] = 0.8
    data["funding"]["initial_exit_multiple"] = 2.0
    data["cloud_rules"].update(max_leverage=2.0, project_value_ratio=0.95)
    data["credit"].update(cash_usd=1e10, inflow_usd=5e9)
    for cloud in data["clouds"].values():
        if not cloud["is_investment_grade"]:
            cloud["debt_usd"] *= 3
    data["investors"] = {
        key: own
        | {"max_loan_to_value": own["max_loan_to_value"] * 0.8, "cash_usd": own["cash_usd"] * 0.4}
        for key, own in data["investors"].items()
    }
    first = next(iter(data["labs"]))
    entrant = next(key for key, own in data["labs"].items() if own["enters_quarter"] is None)
    data["shocks"] = {
        "no money": {"kind": "refuse funding", "target": first, "quarter": 12},
        "entry": {"kind": "enter", "target": entrant, "quarter": 4},
        "price": {"kind": "price cut", "target": entrant, "quarter": 6, "size": 9.0},
    }
    return MarketParameters.model_validate(data)


@cache
def worlds() -> tuple[MarketParameters, ...]:
    """Worlds in which a parameter may show: stressed, reference, short of money, of power."""
    reference = load_scenario("reference")
    dark = load_scenario("minimal").model_dump()
    dark["power_regions"] = {"region": {"name": "Region", "grid_gw_quarter": 0.05}}
    poor = scaled_investors(reference, 0.25)
    return stressed_world(), reference, poor, MarketParameters.model_validate(dark)


@cache
def base_hash(world: int) -> str:
    """Fingerprint of the unchanged run of a world."""
    return run_hash(MarketModel(worlds()[world], seed=SEED).run())


def other_values(path: str) -> list[Any]:
    """Other values for the parameter at a path, near ones first; some may be out of bounds."""
    section, key = path.split(".")
    value = getattr(getattr(stressed_world(), section), key)
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, max(1, value // 3), value * 3]
    factors = (0.7, 1.3, 2.0, 0.2, 4.0, 0.01, 0.0)
    return [value * factor for factor in factors] if value else [0.05]


def is_other_run(world: int, path: str, value: Any) -> bool:
    """Whether a world runs differently with the value; a value out of bounds does not count."""
    try:
        changed = varied(worlds()[world], path, value)
    except ValidationError:
        return False
    return run_hash(MarketModel(changed, seed=SEED).run()) != base_hash(world)


@pytest.mark.parametrize("path", behaviour_paths())
def test_a_parameter_changes_the_run(path: str) -> None:
    """Some other allowed value gives another run in one of the worlds."""
    assert any(
        is_other_run(world, path, value)
        for world in range(len(worlds()))
        for value in other_values(path)
    )
