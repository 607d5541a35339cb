"""Scenario files: loading, extending, overriding, sources, writing, and what is refused."""

import math
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from market.model import MarketModel
from market.parameter_types import CONFIDENCE_LEVELS
from market.parameters import MarketParameters
from market.scenario import (
    FOLDER,
    Provenance,
    ScenarioError,
    describe,
    dump_scenario,
    load_scenario,
    parse_override,
    read_scenario,
    scenario_names,
    scenario_table,
)
from market.scenario_text import leaf_items

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


def refusal(path: str | Path, *overrides: str) -> str:
    """The line with which a scenario is refused."""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path, overrides)
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    return text


# --- what comes with the package


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
    rounds = MarketModel(load_scenario("minimal"), seed=1).run().rounds
    assert {is_closed for *_, is_closed in rounds} == {True, False}


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


# --- reading


def test_extends_merges_deep_and_keeps_sources(write: Write) -> None:
    path = write('extends = "reference"\nname = "poor"\n[labs.openai]\ncash_usd = 1e9\n')
    scenario, base = read_scenario(path), read_scenario("reference")
    assert scenario.parameters.labs["openai"].cash_usd == 1e9
    assert scenario.parameters.labs["openai"].valuation_usd == 300e9
    assert "labs.openai.cash_usd" not in scenario.provenance
    key = "labs.openai.valuation_usd"
    assert scenario.provenance[key] == base.provenance[key]


def test_extends_a_file_beside_it(write: Write) -> None:
    write('extends = "minimal"\nname = "one"\nquarters = 7\n', "one.toml")
    two = write('extends = "one.toml"\nname = "two"\n', "two.toml")
    assert load_scenario(two).quarters == 7


def test_remove_leaves_entries_out(write: Write) -> None:
    text = 'extends = "minimal"\nremove = ["stakes.fund-lab", "investors.four.inflow_usd"]\n'
    scenario = read_scenario(write(text))
    assert "fund-lab" not in scenario.parameters.stakes
    assert scenario.parameters.investors["four"].inflow_usd == 0.0
    assert not [p for p in scenario.provenance if p.startswith("stakes.fund-lab")]


def test_a_quarter_is_a_number_a_label_or_never(write: Write) -> None:
    text = """
    extends = "minimal"
    start = "2027Q2"
    [labs.lab]
    enters_quarter = "never"
    [compute_contracts.next]
    start_quarter = 3
    [shocks.x]
    kind = "rate rise"
    quarter = "2028Q1"
    """
    world = load_scenario(write(text))
    assert world.labs["lab"].enters_quarter is None
    assert world.shocks["x"].quarter == 3
    assert world.compute_contracts["next"].start_quarter == 3


def test_overrides_apply_in_order_and_are_marked() -> None:
    scenario = read_scenario(
        "minimal",
        ["funding.recovery=0.3", "funding.recovery=0.4", "labs.lab.name=A lab", "quarters = 3"],
    )
    assert scenario.parameters.funding.recovery == 0.4
    assert scenario.parameters.labs["lab"].name == "A lab"
    assert scenario.parameters.quarters == 3
    assert scenario.provenance["funding.recovery"] == Provenance("set by an override", "assumed")
    assert len(scenario.overrides) == 4


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("funding.recovery=0.3", ("funding", "recovery"), 0.3),
        ("labs.x.cash_usd = 1e9", ("labs", "x", "cash_usd"), 1e9),
        ("quarters=3", ("quarters",), 3),
        ("a.b=true", ("a", "b"), True),
        ("a.b=bare word", ("a", "b"), "bare word"),
        ('a."b.c"="x=y"', ("a", "b.c"), "x=y"),
        ("shocks.x.quarter=2026Q3", ("shocks", "x", "quarter"), "2026Q3"),
    ],
)
def test_parse_override(text: str, path: tuple[str, ...], value: object) -> None:
    assert parse_override(text) == (path, value)


def test_scenario_table_has_every_value_with_its_source() -> None:
    scenario = read_scenario("reference")
    rows = {row.path: row for row in scenario_table(scenario)}
    total = rows["compute_contracts.openai-oracle.total_usd"]
    assert (total.value, total.unit, total.confidence) == (300e9, "USD", "seen")
    assert total.source.startswith("announced September 2025")
    assert rows["labs.deepseek.enters_quarter"].value == "never"
    noise = rows["funding.signal_noise"]  # a default: the source is the declaration's
    assert noise.source == "Morris and Shin 2003"
    assert all(row.confidence in CONFIDENCE_LEVELS and row.unit for row in rows.values())


def test_odd_keys_and_texts_survive_writing(write: Write) -> None:
    text = """
    [investors."a key.with dot"]
    name = "Quote \\" back \\\\ é \\u007f"
    kind = "venture"
    cash_usd = { value = 1234567.891, source = "a \\"source\\"", confidence = "seen" }
    """
    scenario = read_scenario(write(text))
    again = read_scenario(
        write(dump_scenario(scenario.parameters, scenario.provenance), "again.toml")
    )
    assert again.parameters == scenario.parameters
    assert again.provenance == scenario.provenance


def test_a_company_may_be_called_value(write: Write) -> None:
    text = """
    extends = "minimal"
    remove = ['investors."one"', "stakes.fund-lab"]
    [clouds.cloud.suppliers]
    value = 0.5
    chip = 0.5
    [chipmakers.value]
    name = "Another"
    cash_usd = 1e9
    market_cap_usd = 1e9
    revenue_usd = 1e9
    gross_margin = 0.5
    overhead_usd = 0.0
    """
    world = load_scenario(write(text))
    assert world.clouds["cloud"].suppliers == {"chip": 0.5, "value": 0.5}
    assert load_scenario(write(dump_scenario(world))) == world


@pytest.mark.parametrize("value", [0.1, 1e-7, 17.5e9, 1e300, 123456789.123, -2.5e9, 1e22, 0.0])
def test_numbers_are_written_so_that_they_read_back_equal(value: float, write: Write) -> None:
    world = MarketParameters(clouds={"c": {**CLOUD, "operating_cash_flow_usd": value}})  # type: ignore[dict-item]
    back = load_scenario(write(dump_scenario(world)))
    assert back.clouds["c"].operating_cash_flow_usd == value
    assert math.isfinite(value)


CLOUD = {
    "name": "C",
    "cash_usd": 1.0,
    "debt_usd": 0.0,
    "market_cap_usd": 1.0,
    "capex_usd": 0.0,
    "capacity_cu": 0.0,
}


# --- refusals


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[funding]\nrecovery = = 1", ["not valid TOML", "line 2"]),
        ("[fundign]\nrecovery = 0.1", ["fundign", "unknown key", "'funding'"]),
        ("[funding]\nrecovry = 0.1", ["funding.recovry", "unknown key", "'recovery'"]),
        ("[funding]\nrecovery = 1.5", ["funding.recovery = 1.5", "number >= 0, < 1"]),
        ("[funding]\nrecovery = '0.1'", ["funding.recovery = '0.1'", "must be a number"]),
        ("[funding]\nrecovery = true", ["funding.recovery = true", "must be a number"]),
        ("[funding]\nrecovery = nan", ["funding.recovery = nan", "must be finite"]),
        ("[funding]\nrecovery = -inf", ["funding.recovery = -inf", "must be finite"]),
        ("[funding.recovery]\nx = 1", ["funding.recovery", "is a value, not a table"]),
        ("funding = 3", ["funding = 3", "must be a table"]),
        ("labs = []", ["labs = []", "must be a table"]),
        ("quarters = 0", ["quarters = 0", "whole number >= 1, <= 400"]),
        ("quarters = 2.5", ["quarters = 2.5", "whole number"]),
        ("start = '2025-07'", ["start = '2025-07'", "2025Q3"]),
        ("start = \"2025Q3\\n\"", ["must be a quarter"]),
        ("extends = 'referense'", ["extends", "'referense'", "did you mean 'reference'?"]),
        ("extends = 3", ["extends = 3", "must name a scenario"]),
        ("extends = 'minimal'\nremove = ['labs.lob']", ["remove", "labs.lob", "'lab'"]),
        ("extends = 'minimal'\nremove = ['']", ["bad path ''"]),
        ("extends = 'minimal'\nremove = ['a\\nb']", ["bad path"]),
        ("[funding]\nrecovery = { value = { x = 1 } }", ["is a value, not a table"]),
        ("[funding]\nrecovery = { source = 'x' }", ["is a value, not a table"]),
        ("extends = 'minimal'\nremove = 'labs.lab'", ["remove", "list of paths"]),
        ("extends = 'minimal'\n[stakes.public-chip]\nholder = 'publc'", ["'publc'", "'public'"]),
        ("extends = 'minimal'\n[investors.one]\nkind = 'ventur'", ["'ventur'", "'venture'"]),
        ("[labs.a]\nname = 'A'", ["labs.a.cash_usd", "is missing"]),
        (
            "[shocks.x]\nkind = 'rate rise'\nquarter = '2026Q5'",
            ["shocks.x.quarter = '2026Q5'", "label"],
        ),
        (
            "[shocks.x]\nkind = 'rate rise'\nquarter = '2024Q1'",
            ["shocks.x.quarter = '2024Q1'", "before the start"],
        ),
        (
            "[shocks.x]\nkind = 'rate rise'\nquarter = 'never'",
            ["shocks.x.quarter = 'never'", "number of quarters"],
        ),
        (
            "[funding]\nrecovery = { value = 0.1, sorce = 'x' }",
            ["funding.recovery.sorce", "'source'"],
        ),
        (
            "[funding]\nrecovery = { value = 0.1, confidence = 'sene' }",
            ["funding.recovery.confidence = 'sene'", "'seen'"],
        ),
        ("[funding]\nrecovery = { value = 0.1, source = 3 }", ["funding.recovery.source = 3"]),
        ("quarters = " + "9" * 5000, ["not valid TOML"]),
        ("[funding]\nrecovery = " + "9" * 400, ["funding.recovery = 999", "must be"]),
        ("x = " + "[" * 5000 + "]" * 5000, ["mine.toml"]),
    ],
)
def test_a_bad_file_is_refused_in_one_line(text: str, parts: list[str], write: Write) -> None:
    line = refusal(write(text))
    assert "mine.toml" in line
    assert [part for part in parts if part not in line] == []


def test_an_unknown_name_gets_the_nearest() -> None:
    assert "did you mean 'reference'?" in refusal("refrence")
    assert "minimal" in refusal("")
    assert "there is no scenario" in refusal("a\0b")
    assert "there is no scenario" in refusal("x" * 5000)


def test_a_folder_or_binary_file_is_refused(tmp_path: Path) -> None:
    assert "there is no scenario" in refusal(tmp_path)
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text" in refusal(tmp_path / "b.toml")


def test_a_circle_of_extensions_is_named(write: Write) -> None:
    write('extends = "two.toml"', "one.toml")
    path = write('extends = "one.toml"', "two.toml")
    line = refusal(path)
    assert "extend each other" in line
    assert line.count("two.toml") >= 2


def test_the_file_that_is_wrong_is_named(write: Write) -> None:
    write('extends = "minimal"\n[funding]\nrecovery = 7\n', "base.toml")
    child = write('extends = "base.toml"\nname = "child"\n', "child.toml")
    assert "base.toml: funding.recovery = 7" in refusal(child)


@pytest.mark.parametrize(
    ("override", "parts"),
    [
        ("funding.recovery", ["path=value"]),
        ("=3", ["path=value"]),
        ("funding.recovery=", ["path=value"]),
        ("fund ing=3", ["bad path"]),
        ("funding.recovery=1\nquarters=3", ["one line"]),
        ("funding.recovry=0.3", ["funding.recovry", "'recovery'"]),
        ("funding.recovery=2", ["funding.recovery = 2", "< 1"]),
        ("funding.recovery=lots", ["funding.recovery = 'lots'", "number"]),
        ("funding=3", ["funding = 3", "table"]),
        ("name.x=3", ["name", "not a table"]),
        ("labs.lob.cash_usd=3", ["labs.lob", "is missing"]),
    ],
)
def test_a_bad_override_is_refused_in_one_line(override: str, parts: list[str]) -> None:
    line = refusal("minimal", override)
    assert [part for part in parts if part not in line] == []
