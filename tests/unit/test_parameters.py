"""The declarations of the parameters: complete, bounded, frozen, and joined by references."""

import math

import pytest
from pydantic import ValidationError

from market.parameters.companies import ComputeContractParameters
from market.parameters.fields import CONFIDENCE_LEVELS
from market.parameters.schema import Leaf, SchemaRow, find, leaves
from market.parameters.world import MarketParameters, quarter_index, quarter_label
from market.scenario import load_scenario, schema_table

ROWS = {row.path: row for row in schema_table()}
BOUNDLESS = {"text", "true or false", "table"}


def test_every_parameter_is_declared_in_full() -> None:
    assert len(ROWS) > 150
    for row in ROWS.values():
        assert row.unit, row
        assert row.type, row
        assert row.meaning.endswith("."), row
        assert row.confidence in CONFIDENCE_LEVELS, row


def test_numbers_that_are_not_assumed_have_a_source() -> None:
    bare = [r.path for r in ROWS.values() if r.confidence != "assumed" and not r.source]
    assert bare == []


def test_rows_of_the_schema() -> None:
    assert ROWS["funding.recovery"] == SchemaRow(
        "funding.recovery",
        "number",
        "1",
        "0.2",
        ">= 0, < 1",
        "Part recovered when the lab fails after the round.",
        "modelling choice: no public figure",
        "assumed",
        "a part of a whole",
    )
    assert ROWS["labs.*.cash_usd"].default == ""
    assert ROWS["labs.*.enters_quarter"].type == "whole number"
    assert ROWS["labs.*.parent"].default == "none"
    assert ROWS["investors.*.kind"].type.startswith("one of venture, crossover")
    assert ROWS["clouds.*.suppliers.*"].type == "number"
    assert ROWS["enterprise.has_price_switching"].default == "true"


def test_every_number_has_two_bounds_and_says_why() -> None:
    numbers = [r for r in ROWS.values() if r.type not in BOUNDLESS]
    numbers = [r for r in numbers if not r.type.startswith("one of")]
    free = [r.path for r in numbers if r.bounds.count(">") != 1 or r.bounds.count("<") != 1]
    assert free == [
        "credit_investors.*.holds.*",  # parts beside those of others
        "clouds.*.debt_due.*",  # parts, checked together
        "clouds.*.suppliers.*",  # shares, checked together
        "clouds.*.regions.*",  # shares, checked together
        "shocks.*.size",  # by kind
    ]
    assert [r.path for r in numbers if not r.why and r.path not in free] == []


@pytest.mark.parametrize("leaf", [x for x in leaves() if "*" not in x.path], ids=str)
def test_defaults_keep_their_bounds(leaf: Leaf) -> None:
    section, key = leaf.path[:-1], leaf.path[-1]
    value = leaf.field.get_default(call_default_factory=True)
    data = {section[0]: {key: value}} if section else {key: value}
    assert MarketParameters.model_validate(data) is not None


def _beyond(leaf: Leaf) -> list[float]:
    """Values just outside the bounds."""
    found: list[float] = []
    for rule in leaf.field.metadata:
        step = 1.0 if leaf.type is int else 1e-9
        for name, sign, strict in (("ge", -1, 0), ("gt", -1, 1), ("le", 1, 0), ("lt", 1, 1)):
            bound = getattr(rule, name, None)
            if bound is not None:
                found.append(bound if strict else bound + sign * step * max(1.0, abs(bound)))
    return found


@pytest.mark.parametrize("leaf", [x for x in leaves() if len(x.path) == 2], ids=str)
def test_values_beyond_the_bounds_are_refused(leaf: Leaf) -> None:
    section, key = leaf.path
    for value in [*_beyond(leaf), math.nan, math.inf]:
        with pytest.raises(ValidationError):
            MarketParameters.model_validate({section: {key: value}}, strict=True)


def test_parameters_are_frozen_and_know_their_keys() -> None:
    world = MarketParameters()
    with pytest.raises(ValidationError, match="frozen"):
        world.quarters = 3  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        MarketParameters.model_validate({"funding": {"recovry": 0.1}})


@pytest.mark.parametrize(
    ("section", "values", "reason"),
    [
        ("stakes", {"s": {"holder": "nobody", "issuer": "lab", "share": 0.1}}, "nobody"),
        ("stakes", {"s": {"holder": "public", "issuer": "cloud", "share": 0.5}}, "sum to 1.1"),
        ("shocks", {"s": {"kind": "enter", "quarter": 1, "target": "cloud"}}, "shocks.s.target"),
        ("shocks", {"s": {"kind": "enter", "quarter": 1, "target": " "}}, "must not be blank"),
        ("valuation", {"discount": 0.04}, "long_growth must be under"),
        ("start", "2025", "must be a quarter"),
        ("backstops", {"b": {"chipmaker": "chip", "cloud": "lab", "total_usd": 1.0}}, "'lab'"),
        (
            "equity_commitments",
            {"e": {"investor": "lab", "lab": "lab", "tranche_usd": 1.0}},
            "equity_commitments.e.investor",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(section: str, values: object, reason: str) -> None:
    world = load_scenario("minimal")
    with pytest.raises(ValidationError, match=reason):
        world.changed(**{section: values})  # type: ignore[arg-type]


def test_seats_are_not_billed_more_than_the_world_makes() -> None:
    world = load_scenario("reference").model_dump()
    world["enterprise"].update(seats_now_million=4000.0, usd_per_eur=100.0)
    with pytest.raises(ValidationError, match="product of the world"):
        MarketParameters.model_validate(world)


def test_keys_and_names_are_used_once() -> None:
    world = load_scenario("minimal")
    fund = world.investors["one"].model_dump()
    with pytest.raises(ValidationError, match="lab is used twice"):
        world.changed(investors={"lab": fund | {"name": "Other"}})
    with pytest.raises(ValidationError, match="Fund one is used twice"):
        world.changed(investors={"five": fund})
    with pytest.raises(ValidationError, match="enterprise_share sums to"):
        world.changed(
            labs={"other": world.labs["lab"].model_dump() | {"name": "B", "enterprise_share": 0.1}}
        )


def test_changed_replaces_and_checks() -> None:
    world = load_scenario("minimal").changed(funding={"recovery": 0.1})
    assert world.funding.recovery == 0.1
    assert world.labs == load_scenario("minimal").labs
    with pytest.raises(KeyError):
        world.changed(fundign={"recovery": 0.1})


@pytest.mark.parametrize(
    ("quarter", "label"), [(0, "2025Q3"), (1, "2025Q4"), (2, "2026Q1"), (41, "2035Q4")]
)
def test_quarter_labels(quarter: int, label: str) -> None:
    assert quarter_label("2025Q3", quarter) == label
    assert quarter_index("2025Q3", label) == quarter
    assert MarketParameters().quarter_label(quarter) == label


def test_a_bad_label_is_refused() -> None:
    with pytest.raises(ValueError, match="not a quarter"):
        quarter_label("2025", 1)
    with pytest.raises(ValueError, match="not a quarter"):
        quarter_index("2025Q3", "Q3")


def test_find_tells_tables_from_values() -> None:
    assert isinstance(find(["funding", "recovery"]), Leaf)
    assert find(["labs"]) == []
    assert "cash_usd" in (find(["labs", "x"]) or [])  # type: ignore[operator]
    assert find(["funding", "no"]) is None
    assert find(["funding", "recovery", "deeper"]) is None


def test_a_contract_that_delivers_nothing_is_refused() -> None:
    terms = {"lab": "a", "cloud": "c", "total_usd": 1e9, "capacity_cu": 10.0}
    with pytest.raises(ValidationError, match="nothing is ever delivered"):
        ComputeContractParameters(**terms, duration_quarters=1, ramp_quarters=2)
    assert ComputeContractParameters(**terms, duration_quarters=2, ramp_quarters=2)
