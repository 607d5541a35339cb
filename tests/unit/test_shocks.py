"""Each kind of shock begins in its quarter, ends when its time is over, and strikes its target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_world import small_model

from market.model import MarketModel
from market.parameters.shocks import ShockParameters, shock_kinds
from market.parameters.world import MarketParameters
from market.shocks import HITS, RateRise, apply_shocks

State = Callable[[MarketModel], Any]

CASES: dict[str, tuple[dict[str, Any], State, Any, Any]] = {
    "refuse funding": (
        {"target": "a"},
        lambda m: [lab.is_refused for lab in m.labs.values()],
        [False, False],
        [True, False],
    ),
    "price cut": (
        {"target": "b", "size": 3.01},
        lambda m: [lab.price_offset_eur for lab in m.labs.values()],
        [0.0, 0.0],
        [0.0, -3.01],
    ),
    "withdraw vendor finance": (
        {"target": "maker"},
        lambda m: m.chipmakers["maker"].has_withdrawn,
        False,
        True,
    ),
    "power delay": (
        {"size": 0.4},
        lambda m: round(m.available_power_gw() / planned_power_gw(m), 9),
        1.0,
        0.6,
    ),
    "rate rise": ({"size": 0.02}, lambda m: m.rate_rise, 0.0, 0.02),
    "dry powder": (
        {"target": "fund", "size": 0.25},
        lambda m: [i.participation_factor for i in m.investors.values()],
        [1.0] * 4,
        [1.0, 0.25, 1.0, 1.0],
    ),
    "drought": (
        {"target": "fund", "size": 0.25},
        lambda m: [
            (i.participation_factor, i.stated.inflow_usd / m.parameters.investors[k].inflow_usd)
            for k, i in m.investors.items()
            if k == "fund"
        ],
        [(1.0, 1.0)],
        [(0.25, 0.25)],
    ),
}
"""Kind -> details, what it moves, value before and after it, value while it lasts."""


def planned_power_gw(model: MarketModel) -> float:
    """What the regions connect in the quarter without a shock, GW."""
    regions = model.power_regions.values()
    return sum(region.flow_gw(model.quarter) * region.factor for region in regions)


def states(kind: str, **changes: Any) -> list[Any]:
    """What the shock moves in quarters 0 to 5, when it comes in 2 for two quarters."""
    details, read, _, _ = CASES[kind]
    shock = {"kind": kind, "quarter": 2, "quarters": 2, **details, **changes}
    model = small_model(shocks={"s": shock})
    found = []
    for quarter in range(6):
        model.quarter = quarter
        apply_shocks(model)
        found.append(read(model))
    return found


@pytest.mark.parametrize("kind", list(CASES))
def test_a_shock_begins_and_ends(kind: str) -> None:
    _, _, calm, struck = CASES[kind]
    found = states(kind)
    assert found[:2] == [calm] * 2
    assert found[2:4] == [struck] * 2
    assert found[4:] == [calm] * 2


@pytest.mark.parametrize("kind", list(CASES))
def test_a_shock_for_good_does_not_end(kind: str) -> None:
    _, _, _, struck = CASES[kind]
    assert states(kind, quarters=None)[2:] == [struck] * 4


@pytest.mark.parametrize("kind", ["refuse funding", "price cut", "dry powder"])
def test_without_a_target_it_strikes_all(kind: str) -> None:
    found = states(kind, target=None)
    assert len(set(found[2])) == 1
    assert found[2][0] != found[1][0]


def test_an_entry_opens_a_lab_and_is_an_event() -> None:
    model = small_model(
        labs={"b": {"enters_quarter": None, "enterprise_share": 0.0}},
        shocks={"s": {"kind": "enter", "quarter": 1, "target": "b"}},
    )
    model.run(1)
    assert not model.labs["b"].is_active
    model.run(1)
    assert model.labs["b"].is_active
    assert [e.kind for e in model.events.select(quarter=1)][:2] == ["shock", "entry"]


def test_a_lab_opens_by_itself_in_its_quarter() -> None:
    model = small_model(labs={"b": {"enters_quarter": 2, "enterprise_share": 0.0}}).run(2)
    assert not model.labs["b"].is_active
    model.run(1)
    assert model.labs["b"].is_active
    assert model.labs["b"].revenue_usd > 0


def test_every_declared_kind_is_applied_and_tested() -> None:
    shipped = {kind for kind, shock in shock_kinds().items() if shock.__module__ == "market.shocks"}
    assert shipped == set(CASES) | {"enter"}


def test_every_kind_has_words_and_a_hit_that_somebody_asks_for() -> None:
    for shock in shock_kinds().values():
        assert shock.title
        assert not shock.title.endswith(".")
        assert shock.meaning.endswith(".")
        assert set(shock.hits) <= set(HITS)


def test_a_shock_is_recorded_once_with_its_size() -> None:
    model = small_model(
        shocks={"s": {"kind": "price cut", "quarter": 1, "quarters": 1, "target": "b", "size": 3.0}}
    ).run(4)
    (event,) = model.events.select("shock")
    assert (event.quarter, event.agent, event.size) == (1, "Lab B", 3.0)
    assert (event.shock, event.unit) == ("price cut", "EUR per seat per month")


def test_a_shock_without_a_size_has_no_unit() -> None:
    model = small_model(shocks={"s": {"kind": "refuse funding", "quarter": 0}}).run(1)
    (event,) = model.events.select("shock")
    assert (event.shock, event.unit, event.agent) == ("refuse funding", "", "the market")
    assert [e.shock for e in model.events if e.kind != "shock"] == [""] * (len(model.events) - 1)


def test_a_shock_keeps_its_own_state_until_it_ends() -> None:
    model = small_model(shocks={"s": {"kind": "rate rise", "quarter": 1, "quarters": 2}})
    in_force = [list(model.run(1).shocks_in_force) for _ in range(4)]
    assert in_force == [[], ["s"], ["s"], []]


def test_the_market_as_a_whole_is_no_target() -> None:
    with pytest.raises(ValueError, match="a rate rise strikes the whole market"):
        small_model(shocks={"s": {"kind": "rate rise", "quarter": 1, "target": "a"}})


def test_two_rate_rises_add_up() -> None:
    rise = {"kind": "rate rise", "size": 0.01}
    model = small_model(
        shocks={"one": {**rise, "quarter": 0}, "two": {**rise, "quarter": 1, "quarters": 1}}
    )
    levels = []
    for quarter in range(3):
        model.quarter = quarter
        apply_shocks(model)
        levels.append(model.rate_rise)
    assert levels == pytest.approx([0.01, 0.02, 0.01])


@pytest.mark.parametrize(
    ("kind", "size", "bounds"),
    [
        ("rate rise", -5.0, "from -0.3 to 1 "),
        ("price cut", 1e9, "from -1000 to 1000 "),
        ("power delay", 1.1, "from 0 to 1 "),
        ("dry powder", -0.1, "from 0 to 100 "),
    ],
)
def test_a_size_that_cannot_be_is_refused_with_its_bounds(
    kind: str, size: float, bounds: str
) -> None:
    with pytest.raises(ValueError, match=f"a {kind} must be {bounds}"):
        ShockParameters.model_validate({"kind": kind, "quarter": 1, "size": size})


def test_a_size_that_is_not_used_may_be_any() -> None:
    given = {"kind": "refuse funding", "quarter": 1, "size": 1e9}
    assert ShockParameters.model_validate(given).size == 1e9


def test_falls_of_rates_add_up() -> None:
    def fall(*shocks: tuple[int, float] | tuple[int, float, int]) -> float:
        names = ("quarter", "size", "quarters")
        stated = {
            str(n): {"kind": "rate rise", **dict(zip(names, shock, strict=False))}
            for n, shock in enumerate(shocks)
        }
        rules = {"cloud_rules": {"base_rate": 0.2, "discount_rate": 0.2}}
        world = {**rules, "valuation": {"discount": 0.3}, "shocks": stated}
        return RateRise.deepest_fall(MarketParameters.model_validate(world))

    assert fall() == 0
    assert fall((3, 0.1, 2)) == 0
    assert fall((5, -0.03), (1, -0.02, 3)) == pytest.approx(0.03)
    assert fall((4, -0.03), (1, -0.02, 3)) == pytest.approx(0.03)
    assert fall((3, -0.03), (1, -0.02, 3)) == pytest.approx(0.05)
    assert fall((3, -0.03), (1, 0.02)) == pytest.approx(0.01)


def test_rates_do_not_fall_under_zero() -> None:
    base = small_model().parameters.cloud_rules.base_rate
    fall = {"kind": "rate rise", "quarter": 1, "size": 0.01 - base}
    model = small_model(shocks={"one": fall})
    for _ in range(3):
        model.step()
    more = {**fall, "quarter": 2, "size": -0.011}
    with pytest.raises(ValueError, match="rates fall by"):
        model.parameters.changed(shocks={"one": fall, "two": more})
