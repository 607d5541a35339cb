"""Scenario files: loading, extending, overriding, sources and writing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from market.parameters.fields import CONFIDENCE_LEVELS
from market.parameters.world import MarketParameters
from market.scenario import (
    Provenance,
    dump_scenario,
    load_scenario,
    parse_override,
    read_scenario,
    scenario_table,
)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str, name: str = "mine.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


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


@pytest.mark.parametrize("value", [0.1, 1e-7, 17.5e9, 4e14, 123456789.123, -2.5e9, 1e-300, 0.0])
def test_numbers_are_written_so_that_they_read_back_equal(value: float, write: Write) -> None:
    world = MarketParameters(clouds={"c": {**CLOUD, "operating_cash_flow_usd": value}})  # type: ignore[dict-item]
    back = load_scenario(write(dump_scenario(world)))
    assert back.clouds["c"].operating_cash_flow_usd == value


CLOUD = {
    "name": "C",
    "cash_usd": 1.0,
    "debt_usd": 0.0,
    "market_cap_usd": 1.0,
    "capex_usd": 0.0,
    "capacity_cu": 0.0,
}


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "marked.toml"
    path.write_text('extends = "minimal"\n', encoding="utf-8-sig")
    assert load_scenario(path) == load_scenario("minimal")
