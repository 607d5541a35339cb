"""The scenarios that come with the package: sources, sense, and what each changes."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from market.model import MarketModel
from market.parameters.fields import CONFIDENCE_LEVELS
from market.scenario import (
    FOLDER,
    describe,
    dump_scenario,
    leaf_items,
    load_scenario,
    read_scenario,
    scenario_names,
)

HOURS = 2190.0 * 1000.0  # accelerator-hours in a CU
SHOCKS = [name for name in scenario_names() if name not in {"reference", "minimal"}]

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str, name: str = "mine.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def test_names_of_the_scenarios() -> None:
    assert scenario_names() == [
        "anthropic-anchor",
        "apple-enters",
        "deepseek",
        "google-three-euros-cheaper",
        "minimal",
        "no-circle",
        "openai-fails",
        "power-delays",
        "rates-up",
        "reference",
        "vendor-money-withdrawn",
    ]


@pytest.mark.parametrize("name", scenario_names())
def test_each_says_its_name_and_what_it_shows(name: str) -> None:
    assert load_scenario(name).name == name
    assert describe(name).endswith(".")


@pytest.mark.parametrize("name", scenario_names())
def test_every_number_has_source_and_confidence_beside_it(name: str) -> None:
    tree = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    tree.pop("extends", None)
    for deal in tree.pop("deals", []):
        assert deal["source"].strip(), deal["key"]
        assert deal["confidence"] in CONFIDENCE_LEVELS, deal["key"]
    for path, value in leaf_items(tree):
        if isinstance(value, dict):
            assert value["source"].strip(), path
            assert value["confidence"] in CONFIDENCE_LEVELS, path
        else:
            assert isinstance(value, str | bool), path


@pytest.mark.parametrize("name", scenario_names())
def test_a_derived_number_states_its_rule(name: str) -> None:
    known = read_scenario(name).provenance
    derived = [(path, p.source) for path, p in known.items() if p.confidence == "derived"]
    assert [path for path, source in derived if len(source.split()) < 5] == []


@pytest.mark.parametrize("name", scenario_names())
def test_round_trip(name: str, write: Write) -> None:
    scenario = read_scenario(name)
    again = read_scenario(write(dump_scenario(scenario.parameters, scenario.provenance)))
    assert again.parameters == scenario.parameters
    assert {k: again.provenance[k] for k in scenario.provenance} == scenario.provenance


@pytest.mark.parametrize("name", SHOCKS)
def test_a_shock_file_states_only_what_differs(name: str) -> None:
    tree = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert tree.pop("extends") == "reference"
    del tree["name"], tree["description"]
    before = dict(leaf_items(load_scenario("reference").model_dump()))
    after = dict(leaf_items(load_scenario(name).model_dump()))
    stated = [path for path, _ in leaf_items(tree)]
    assert stated
    assert all(path not in before or before[path] != after[path] for path in stated)
    assert len(stated) <= 5


@pytest.fixture(scope="module")
def reference_run() -> MarketModel:
    return MarketModel(load_scenario("reference"), seed=1).run()


@pytest.mark.parametrize("name", SHOCKS)
def test_every_shock_changes_the_run(name: str, reference_run: MarketModel) -> None:
    changed = MarketModel(load_scenario(name), seed=1).run()
    series = [m.datacollector.get_model_vars_dataframe() for m in (reference_run, changed)]
    assert not series[0].equals(series[1])
    events = [[e.text for e in m.events] for m in (reference_run, changed)]
    assert events[0] != events[1]


def test_minimal_shows_closed_and_failed_rounds() -> None:
    rounds = MarketModel(load_scenario("minimal"), seed=42).run().rounds
    assert {held.is_closed for held in rounds} == {True, False}


def test_reference_contracts_have_prices_of_the_market() -> None:
    for key, contract in load_scenario("reference").compute_contracts.items():
        ramp, first = contract.ramp_quarters, contract.initial_share
        shares = [
            min(1.0, first + (1 - first) * quarter / ramp) if ramp else 1.0
            for quarter in range(contract.duration_quarters)
        ]
        price = contract.total_usd / (contract.capacity_cu * sum(shares) * HOURS)
        assert 1.6 <= price <= 2.6, (key, price)


def test_reference_clouds_can_deliver_what_they_sell_at_the_start() -> None:
    world = load_scenario("reference")
    for key, cloud in world.clouds.items():
        used = cloud.organic_share * cloud.capacity_cu + sum(
            c.capacity_cu * (c.initial_share if c.ramp_quarters else 1.0)
            for c in world.compute_contracts.values()
            if c.cloud == key and c.start_quarter == 0
        )
        assert used <= 0.97 * cloud.capacity_cu, key
