"""Deals as data: what an entry says, what it becomes in the books, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from small_world import small_model, small_world

from market.model import MarketModel
from market.parameters.deals import (
    DEAL_TYPES,
    DealParameters,
    entries_of,
    key_of,
    keyed,
    made_by,
    place_of,
)
from market.parameters.schema import ScenarioError
from market.scenario import Provenance, load_scenario, read_scenario, scenario_table
from market.units import CU_HOURS
from runs.experiments.worlds import world_with

GROUPS = {"labs": ["a"], "clouds": ["c"], "chipmakers": ["m"], "investors": ["f"]}
KILOWATT, PRICE = 1.4, 4e6
Write = Callable[..., Path]


def deal(**values: Any) -> DealParameters:
    """A deal of 8 bn USD, firm unless something else is said."""
    base = {"date": "2025-10-06", "from": "a", "to": "c", "type": "compute contract"}
    if not {"firm_usd", "conditional_usd", "terminable_usd"} & {*values}:
        base["firm_usd"] = 8e9
    return DealParameters.model_validate(base | values)


def entries(key: str = "x", **values: Any) -> dict[str, dict[str, Any]]:
    """Entries that such a deal makes, by "table.key"."""
    made = entries_of(key, deal(**values), GROUPS, KILOWATT, PRICE, "2025Q3")
    return {f"{table}.{entry}": own for table, entry, own in made}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str, name: str = "mine.toml") -> Path:
        path = tmp_path / name
        path.write_text(f'extends = "minimal"\n{text}', encoding="utf-8")
        return path

    return write_file


BIG = """
[[deals]]
key = "big"
date = "2025-12"
from = "lab"
to = "cloud"
type = "compute contract"
firm_usd = 3e9
terminable_usd = 1e9
start = "2026Q3"
source = "a newspaper"
confidence = "seen"
"""


# --- what a deal becomes


def test_a_compute_contract_is_what_is_not_delivered_yet() -> None:
    own = entries(paid_usd=2e9, start=3, years=4.0, gw=0.14, terminable_usd=2e9, firm_usd=6e9)
    contract = own["compute_contracts.x"]
    assert contract["total_usd"] == 6e9
    assert contract["capacity_cu"] == pytest.approx(100.0)  # 140 MW at 1.4 kW
    assert (contract["signed_quarter"], contract["start_quarter"]) == (1, 3)
    assert contract["duration_quarters"] == 16
    assert contract["terminable_share"] == 0.25


@pytest.mark.parametrize("ramp", [0, 1, 4, 19, 30])
@pytest.mark.parametrize("first", [0.0, 0.1, 1.0])
def test_without_power_it_is_as_much_as_the_amount_buys(ramp: int, first: float) -> None:
    """The compute of the plan times the price of contracts is the amount, whatever the ramp."""
    from market.books.contracts import planned_total_cu

    own = entries(years=5.0, ramp_quarters=ramp, initial_share=first)["compute_contracts.x"]
    volume = planned_total_cu(
        own["capacity_cu"], own["duration_quarters"], own["ramp_quarters"], own["initial_share"]
    )
    assert volume * PRICE == pytest.approx(8e9)


def test_equity_is_a_promise_as_far_as_it_is_not_paid() -> None:
    own = entries(**{"from": "f", "to": "a", "type": "equity", "paid_usd": 2e9, "tranches": 3})
    promise = own["equity_commitments.x"]
    assert promise["tranche_usd"] == 2e9
    assert (promise["probability"], promise["condition_gw"]) == (1.0, 0.0)
    assert "stakes.x" not in own


def test_its_conditional_part_is_a_letter_of_its_own() -> None:
    terms = {"from": "m", "to": "a", "type": "equity", "firm_usd": 1e9, "conditional_usd": 4e9}
    own = entries(**terms, gw=2.0, tranches=2, probability=0.5)
    assert own["equity_commitments.x"]["tranche_usd"] == 0.5e9
    letter = own["equity_commitments.x-conditional"]
    assert (letter["tranche_usd"], letter["condition_gw"]) == (2e9, 1.0)
    assert letter["probability"] == 0.5


def test_a_stake_is_that_of_who_paid() -> None:
    terms = {"from": "m", "to": "c", "type": "equity", "paid_usd": 8e9, "share": 0.06}
    assert entries(**terms) == {"stakes.x": {"holder": "m", "issuer": "c", "share": 0.06}}


def test_a_chipmakers_guarantee_is_a_backstop() -> None:
    own = entries(**{"from": "m", "to": "c", "type": "guarantee", "years": 2.0})["backstops.x"]
    assert (own["total_usd"], own["first_quarter"], own["quarters"]) == (8e9, 1, 9)


@pytest.mark.parametrize(
    "values",
    [
        {"left_out": "a rumour"},
        {"outside": True, "from": "somebody"},
        {"firm_usd": 0.0},
        {"paid_usd": 8e9},
        {"from": "f", "type": "debt"},
        {"from": "m", "type": "vendor loan"},
        {"type": "lease"},
        {"to": "m", "type": "chip order"},
        {"to": "m", "type": "revenue share"},
        {"from": "c", "type": "guarantee"},
    ],
)
def test_what_the_books_cannot_hold_makes_no_entry(values: dict[str, Any]) -> None:
    assert entries(**values) == {}
    stands = place_of(deal(**values), GROUPS, "2025Q3")
    assert stands.name != "booked"
    assert stands.reason


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        ({}, "booked", "compute contracts"),
        ({"left_out": "a rumour"}, "left out", "a rumour"),
        ({"firm_usd": 0.0}, "waiting", "not public"),
        ({"type": "lease"}, "waiting", "no leases"),
        ({"from": "x", "outside": True}, "waiting", "no firm of the scenario"),
        ({"from": "x", "outside": True, "date": "2025-09-30"}, "opening", "stated RPO of c"),
        ({"from": "f", "type": "debt", "date": "2025-05", "paid_usd": 1.0}, "opening", "debt of c"),
        ({"from": "f", "type": "debt", "date": "2025-05"}, "waiting", "no notes"),
        ({"from": "f", "to": "a", "type": "debt", "paid_usd": 1.0}, "waiting", "convertible"),
        (
            {"from": "f", "to": "a", "type": "equity", "date": "2024-05", "paid_usd": 8e9},
            "opening",
            "stated books of a",
        ),
    ],
)
def test_where_a_deal_stands(values: dict[str, Any], name: str, words: str) -> None:
    stands = place_of(deal(**values), GROUPS, "2025Q3")
    assert stands.name == name
    assert words in stands.reason


@pytest.mark.parametrize(
    ("date", "quarter"),
    [("2025-09-30", 0), ("2025-07", 0), ("2025-06-30", -1), ("2025-10-01", 1), ("2026-12", 5)],
)
def test_the_quarter_of_a_date(date: str, quarter: int) -> None:
    assert deal(date=date).quarter("2025Q3") == quarter


# --- in a scenario


def test_a_deal_adds_its_contract_under_its_key(write: Write) -> None:
    world = load_scenario(write(BIG))
    own = world.compute_contracts["big"]
    assert (own.lab, own.cloud, own.total_usd) == ("lab", "cloud", 4e9)
    assert (own.signed_quarter, own.start_quarter) == (1, 4)
    price = world.compute.list_price_usd_hour * (1 - world.compute.contract_discount) * CU_HOURS
    assert own.capacity_cu < 4e9 / price / 16  # less than without the ramp
    assert made_by(world.model_dump()) == {("compute_contracts", "big"): "big"}


def test_a_deal_in_a_table_is_the_same(write: Write) -> None:
    listed = load_scenario(write(BIG))
    table = BIG.replace('[[deals]]\nkey = "big"', "[deals.big]")
    assert load_scenario(write(table)).deals == listed.deals


def test_what_an_entry_states_itself_wins(write: Write) -> None:
    world = load_scenario(write(BIG + "[compute_contracts.big]\nduration_quarters = 7\n"))
    assert world.compute_contracts["big"].duration_quarters == 7
    assert world.compute_contracts["big"].total_usd == 4e9


def test_an_override_of_a_deal_or_of_its_entry(write: Write) -> None:
    path = write(BIG)
    more = load_scenario(path, ["deals.big.firm_usd=9e9"])
    assert more.compute_contracts["big"].total_usd == 10e9
    other = load_scenario(path, ["compute_contracts.big.total_usd=5e9"])
    assert other.compute_contracts["big"].total_usd == 5e9
    assert other.deals["big"].amount_usd == 4e9


def test_a_later_file_changes_one_value_of_a_deal(write: Write) -> None:
    write(BIG, "first.toml")
    path = write("", "second.toml")
    path.write_text('extends = "first.toml"\n[deals.big]\nfirm_usd = 5e9\n', encoding="utf-8")
    assert load_scenario(path).compute_contracts["big"].total_usd == 6e9


@pytest.mark.parametrize("name", ["deals.big", "compute_contracts.big"])
def test_remove_takes_the_contract_out(write: Write, name: str) -> None:
    write(BIG, "first.toml")
    path = write("", "second.toml")
    path.write_text(f'extends = "first.toml"\nremove = ["{name}"]\n', encoding="utf-8")
    world = load_scenario(path)
    assert "big" not in world.compute_contracts
    if "big" in world.deals:
        assert world.deals["big"].left_out == f"removed: {name}"


def test_remove_takes_a_stake_out_and_leaves_the_promise(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = 'extends = "reference"\nremove = ["stakes.softbank-openai"]\n'
    path.write_text(text, encoding="utf-8")
    world = load_scenario(path)
    assert "softbank-openai" not in world.stakes
    assert world.equity_commitments["softbank-openai"].tranche_usd == 22.5e9


def test_entries_have_the_source_of_the_deal(write: Write) -> None:
    scenario = read_scenario(write(BIG.replace("3e9", '{ value = 3e9, source = "a page" }')))
    known = scenario.provenance
    assert known["compute_contracts.big.total_usd"] == Provenance("a newspaper", "seen")
    rows = {row.path: row for row in scenario_table(scenario)}
    assert rows["deals.big.firm_usd"].source == "a page"
    assert rows["deals.big.terminable_usd"].source == "a newspaper"
    assert rows["compute_contracts.big.lab"].confidence == "seen"


def test_a_changed_deal_makes_its_entry_anew() -> None:
    own = deal(**{"from": "a", "to": "thin", "firm_usd": 2e9}).model_dump()
    world = small_world(deals={"x": own})
    assert world.compute_contracts["x"].total_usd == 2e9
    again = world.changed(deals={"x": own | {"firm_usd": 3e9}})
    assert again.compute_contracts["x"].total_usd == 3e9
    assert again.compute_contracts["first"] == world.compute_contracts["first"]
    assert world.changed(quarters=3).compute_contracts == world.compute_contracts
    kept = world.changed(
        compute_contracts={"x": world.compute_contracts["x"].model_dump() | {"total_usd": 7e9}}
    )
    assert kept.changed(deals={}).compute_contracts["x"].total_usd == 7e9


def test_an_experiment_varies_a_deal_and_its_entry_together() -> None:
    own = deal(**{"from": "a", "to": "thin", "firm_usd": 2e9}).model_dump()
    world = small_world(deals={"x": own})
    tree = world.model_dump()
    changes = {("deals", "x", "firm_usd"): 3e9, ("compute_contracts", "x", "ramp_quarters"): 2}
    varied = world_with(world, tree, changes).compute_contracts["x"]
    assert (varied.total_usd, varied.ramp_quarters) == (3e9, 2)
    assert world_with(world, tree, {("quarters",): 3}).compute_contracts == world.compute_contracts
    kept = world_with(world, tree, {("compute_contracts", "x", "total_usd"): 7e9})
    again = kept.changed(deals={"x": own | {"years": 2.0}}).compute_contracts["x"]
    assert (again.total_usd, again.duration_quarters) == (7e9, 8)  # what it states itself stays


def test_a_deal_changes_the_run() -> None:
    own = deal(**{"from": "b", "to": "big", "firm_usd": 6e9}).model_dump()
    plain, more = small_model(), small_model(deals={"x": own})
    for model in (plain, more):
        model.run(12)
    assert more.contracts["x"].delivered_cents > 0
    frames = [m.datacollector.get_model_vars_dataframe() for m in (plain, more)]
    assert not frames[0].equals(frames[1])


@pytest.mark.parametrize("values", [{"left_out": "no"}, {"outside": True}, {"type": "lease"}])
def test_a_deal_that_is_not_booked_changes_nothing(values: dict[str, Any]) -> None:
    own = deal(**{"from": "b", "to": "big", **values}).model_dump()
    frames = [
        m.run(12).datacollector.get_model_vars_dataframe()
        for m in (small_model(), small_model(deals={"x": own}))
    ]
    assert frames[0].equals(frames[1])


# --- what is refused


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('"lab"', '"labb"'), r"deals\.big\.from = 'labb': names no such entry; .*'lab'"),
        (('"cloud"', '"claud"'), r"deals\.big\.to = 'claud': .*did you mean 'cloud'"),
        (('to = "cloud"', 'to = "chip"'), r"deals\.big\.to = 'chip': .*'?cloud"),
        (("compute contract", "compute"), r"deals\.big\.type = 'compute': .*'compute contract'"),
        (("2025-12", "2025-13"), r"deals\.big\.date = '2025-13': must be a day or month"),
        (("3e9", "-3e9"), r"deals\.big\.firm_usd = -3"),
        (("3e9", "1e13"), r"deals\.big.*sum to 1\.0001e\+13"),
        (('"2026Q3"', '"2025Q1"'), r"deals\.big\.start = '2025Q1': lies before the start"),
        (("firm_usd", "fir_usd"), r"deals\.big\.fir_usd: unknown key; did you mean 'firm_usd'"),
        (('"seen"', '"sen"'), r"deals\.big\.confidence = 'sen': .*'seen'"),
        (('source = "a', 'paid_usd = 9e9\nsource = "a'), r"deals\.big.*paid_usd = 9e\+09 is more"),
        (('key = "big"', "key = 3"), r"deals: deal 1: key must be a text"),
        (("[[deals]]", 'deals = ["x"]\n[x]'), r"deals: deal 1 must be a table"),
        (('date = "2025-12"\n', ""), r"deals\.big\.date: is missing"),
    ],
)
def test_a_bad_deal_is_one_line_with_key_and_choice(
    write: Write, change: tuple[str, str], reason: str
) -> None:
    text = BIG.replace(*change)
    assert text != BIG
    with pytest.raises(ScenarioError, match=reason) as caught:
        load_scenario(write(text))
    assert "\n" not in str(caught.value)


def test_a_misspelt_entry_of_a_deal_is_named(write: Write) -> None:
    text = BIG + "[compute_contracts.bigg]\nduration_quarters = 7\n"
    with pytest.raises(ScenarioError, match=r"compute_contracts\.bigg\.lab: is missing.*'big'"):
        load_scenario(write(text))


def test_two_deals_need_two_keys() -> None:
    two = {"from": "A b", "to": "C"}
    assert keyed([two]) == {"a-b-c": two}
    with pytest.raises(ValueError, match="two deals have the key 'a-b-c'"):
        keyed([two, two])
    assert key_of("--", "") == "deal"


def test_a_deal_in_python_is_checked_too() -> None:
    with pytest.raises(ValidationError, match=r"deals\.x\.from"):
        small_world(deals={"x": deal(**{"from": "nobody"}).model_dump()})


# --- the rules that deals need


def test_a_promise_with_a_chance_is_not_certain() -> None:
    """A conditional part without power is paid by chance alone: in some seeds it lapses."""
    terms = {"from": "holding", "to": "a", "type": "equity", "probability": 0.5}
    own = deal(**terms, firm_usd=0.0, conditional_usd=1e9).model_dump()
    paid = set()
    for seed in range(12):
        model = small_model(seed, deals={"x": own})
        assert model.labs["a"].promised_usd() == 0.0
        model.run(3)
        paid.add(model.commitments[0].paid_usd)
    assert paid == {0.0, 1e9}


def test_what_is_terminable_is_given_up_without_a_fee() -> None:
    """Eight bn are given up: five of them for nothing, the rest at the fee."""
    fees = []
    for loose in (0.0, 5e9, 8e9):
        own = deal(**{"from": "b", "to": "big", "firm_usd": 8e9 - loose, "terminable_usd": loose})
        model = small_model(
            deals={"x": own.model_dump() | {"start": 8, "date": "2025-08"}},
            lab_rules={"commitment_multiple": 0.0, "cancellation_fee": 0.1},
        )
        lab = model.labs["b"]
        lab.give_up_contracts(model.clouds)
        assert model.contracts["x"].remaining_cents == 0
        fees.append(model.settlement.due_by(lab.party))
    assert fees == [80_000_000_000, 30_000_000_000, 0]


def test_what_a_cloud_sells_its_own_lab_is_no_rpo() -> None:
    world = small_world(labs={"a": {"parent": "thin", "valuation_usd": 0.0}})
    inside, outside = MarketModel(world, seed=1), small_model()
    assert outside.contracts.rpo_usd(cloud="thin") == 8e9
    assert inside.contracts.rpo_usd(cloud="thin") == inside.contracts.rpo_usd(lab="a") == 0.0
    assert inside.contracts.owed_usd("a") == 8e9
    inside.run(6)
    assert inside.contracts["first"].delivered_cents > 0


def test_a_backstop_is_called_from_its_first_quarter_on() -> None:
    backstop = {"chipmaker": "maker", "cloud": "thin", "total_usd": 1e9, "first_quarter": 2}
    model = small_model(compute_contracts={"first": None}, backstops={"b": backstop})
    left = []
    for _ in range(4):
        model.step()
        left.append(model.backstops[0].remaining_usd)
    assert left[0] == left[1] == 1e9
    assert left[2] < 1e9


def test_every_type_is_waited_for_in_words() -> None:
    for kind in DEAL_TYPES:
        own = deal(**{"from": "somebody", "to": "another", "type": kind, "outside": True})
        stands = place_of(own, GROUPS, "2025Q3")
        assert stands.name == "waiting", kind
        assert stands.reason.startswith("a party is no firm of the scenario"), kind
