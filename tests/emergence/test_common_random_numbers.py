"""Twins share their chance: what is added, drawn or renamed elsewhere shifts no other number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import load_scenario

QUARTERS = 16


def series(model: MarketModel) -> dict[str, list[Any]]:
    model.run(QUARTERS)
    return {name: list(values) for name, values in model.datacollector.model_vars.items()}


def without(world: MarketParameters, **keys: str) -> MarketParameters:
    """A world without some entries of its tables."""
    data = world.model_dump()
    for table, key in keys.items():
        del data[table][key]
    return MarketParameters.model_validate(data)


@pytest.fixture(scope="module")
def reference() -> MarketParameters:
    return load_scenario("reference")


@pytest.fixture(scope="module")
def expected(reference: MarketParameters) -> dict[str, list[Any]]:
    return series(MarketModel(reference, seed=11))


def test_an_agent_that_does_nothing_shifts_nothing(
    reference: MarketParameters, expected: dict[str, list[Any]]
) -> None:
    idle = [key for key, lab in reference.labs.items() if lab.enters_quarter is None]
    assert idle
    for lab in idle:
        fewer = without(reference, labs=lab)
        found = series(MarketModel(fewer, seed=11))
        for name, values in expected.items():
            np.testing.assert_array_equal(found[name], values, err_msg=f"{name} without {lab}")


def test_new_draws_for_another_purpose_shift_nothing(
    reference: MarketParameters, expected: dict[str, list[Any]]
) -> None:
    class Dicing(MarketModel):
        """It also throws dice each quarter, for each firm."""

        def step(self) -> None:
            for firm in self.institutions():
                self.streams.generator(firm.key, "dice", self.quarter).integers(1, 7, 100)
            super().step()

    found = series(Dicing(reference, seed=11))
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def test_a_new_name_shifts_nothing(
    reference: MarketParameters, expected: dict[str, list[Any]]
) -> None:
    data = reference.model_dump()
    for table in ("labs", "clouds", "chipmakers", "investors"):
        for number, own in enumerate(data[table].values()):
            own["name"] = f"{table} {number}"
    found = series(MarketModel(MarketParameters.model_validate(data), seed=11))
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def test_another_seed_does(reference: MarketParameters, expected: dict[str, list[Any]]) -> None:
    found = series(MarketModel(reference, seed=12))
    assert found["capex_usd"] != expected["capex_usd"]
