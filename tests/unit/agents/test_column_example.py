"""The example of a population of one's own, as agents/README.md prints it."""

from __future__ import annotations

import re
from typing import Any

import mesa
import numpy as np
import pytest
from source_tree import ROOT

TEXT = (ROOT / "agents" / "README.md").read_text(encoding="utf-8")
SECTION = TEXT.partition("## A population of your own in ten lines")[2]


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    (code,) = re.findall(r"^```python\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
    space: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "agents/README.md", "exec"), space)
    return space


def test_the_example_does_what_it_says(example: dict[str, Any]) -> None:
    households, cities = example["households"], example["cities"]
    after = np.where(cities < 10, 1.02 * 90.0, 1.02 * 100.0)
    assert households.array("wealth").tolist() == after.tolist()
    assert len(example["north"]) == np.count_nonzero(cities < 10)
    means = example["mean_by_city"]
    assert sorted(means) == list(range(50))
    assert {city: round(float(mean), 9) for city, mean in means.items()} == {
        city: 91.8 if city < 10 else 102.0 for city in range(50)
    }
    assert len(households) == len(example["model"].agents) == 10_000  # the poor one is gone again
    assert example["model"].agent_id_counter == 10_002


def test_its_households_are_mesa_agents(example: dict[str, Any]) -> None:
    household = example["model"].agents[0]
    assert isinstance(household, mesa.Agent)
    with pytest.raises(ValueError, match=r"Household\.wealth: -\S+ is not between 0 and inf"):
        household.give(1000.0)


def test_it_is_short() -> None:
    (code,) = re.findall(r"^class Household.*?^households = [^\n]*$", SECTION, re.M | re.S)
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= 10
