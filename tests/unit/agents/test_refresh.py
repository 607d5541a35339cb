"""Chips that die or are switched off, the places they leave, and what fills these again."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model, small_world

from agents import CloudProvider
from agents.data_centres import BuildingOutlook, Pipeline, Vintage
from market.model import MarketModel
from market.phases.building import building_outlook, makers_with_orders


def test_a_vintage_loses_chips_and_their_depreciation() -> None:
    vintage = Vintage(0, 100.0, 1.2, depreciation_cents=1000)
    assert vintage.lose(0.25) == 25.0
    assert (vintage.thousands, vintage.depreciation_cents) == (75.0, 750)
    assert vintage.efficiency == 1.2


def test_failed_chips_leave_books_depreciation_and_power_but_not_their_places() -> None:
    model = small_model(compute={"failure_rate": 0.1, "wear_rate": 0.0})
    big = model.clouds["big"]
    book = model.ledger.assets(big.party, "data centres")
    building = model.ledger.balance("data centres", None, big.party, "under construction")
    other = model.ledger.balance("data centres", None, big.party, "other plant")
    chips = sum(vintage.thousands for vintage in big.vintages.values())
    capacity, power = big.capacity_cu, big.power_gw
    big.lose_failed_chips()
    model.ledger.commit()
    assert big.failed_thousands == big.freed_slots == pytest.approx(0.1 * chips)
    assert big.capacity_cu == pytest.approx(0.9 * capacity)
    assert big.power_gw == pytest.approx(0.9 * power)
    lost = book - model.ledger.assets(big.party, "data centres")
    assert lost == pytest.approx(0.1 * (book - building - other), rel=1e-6)


def test_without_failure_nothing_is_lost() -> None:
    model = small_model(compute={"failure_rate": 0.0, "wear_rate": 0.0})
    big = model.clouds["big"]
    capacity = big.capacity_cu
    big.lose_failed_chips()
    assert big.capacity_cu == capacity
    assert big.freed_slots == 0.0


def test_switched_off_chips_leave_their_places() -> None:
    model = small_model()
    big = model.clouds["big"]
    chips = sum(vintage.thousands for vintage in big.vintages.values())
    model.spot_price_usd = 1.0
    big.retire()
    assert big.freed_slots == pytest.approx(chips)


def wanting(**changes: Any) -> MarketModel:
    """A cloud with a wide gap in capacity and 100 thousand free places."""
    model = small_model(**changes)
    model.clouds["big"].freed_slots = 100.0
    model.clouds["big"].ambition *= 5
    return model


def test_free_places_are_filled_at_the_speed_of_crews() -> None:
    model = wanting(cloud_rules={"refresh_speed": 0.3})
    assert model.clouds["big"].plan_refresh(building_outlook(model)) == pytest.approx(30.0)
    off = wanting(cloud_rules={"refresh_speed": 0.0})
    assert off.clouds["big"].plan_refresh(building_outlook(off)) == 0.0


def test_nobody_refills_what_does_not_pay_or_is_not_needed() -> None:
    model = wanting()
    big = model.clouds["big"]
    outlook = building_outlook(model)
    poor = outlook._replace(project_value_usd=0.05 * outlook.chips_usd)
    dear = outlook._replace(project_value_usd=0.6 * outlook.project_cost_usd)
    assert big.plan_refresh(poor) < 0.7 * big.plan_refresh(outlook)
    # worth the chips, not the whole site: the place is filled though no site would be begun
    assert big.clears_hurdle(dear.project_value_usd, dear.chips_usd, 1.0) > big.clears_hurdle(
        dear.project_value_usd, dear.project_cost_usd, 1.0
    )
    big.ambition = 0.0
    assert big.plan_refresh(outlook) == 0.0


def test_refills_order_chips_at_once_and_need_neither_site_nor_power() -> None:
    model = wanting(compute={"power_scale": 0.0})
    big, maker = model.clouds["big"], model.chipmakers["maker"]
    maker.backlog = {}
    big.refill_thousands, big.funded_share = 40.0, 0.5
    big.begin_refresh(makers_with_orders(model))
    assert maker.backlog["big"] == pytest.approx(20.0)
    assert big.freed_slots == pytest.approx(80.0)
    assert big.pipeline.refilling == pytest.approx(20.0)


def test_chips_that_arrive_are_for_sites_and_refills_alike() -> None:
    pipeline = Pipeline(2, powered=30.0, refilling=10.0)
    assert pipeline.receive(20.0) == 15.0
    assert (pipeline.powered, pipeline.refilling, pipeline.delivered) == (15.0, 5.0, 20.0)
    assert pipeline.total == 40.0


def test_a_refill_costs_the_chips_only() -> None:
    model = small_model()
    big = model.clouds["big"]
    big.pipeline.powered, big.pipeline.refilling = 0.0, 10.0
    before = big.capex_usd
    big.receive_chips(model.chipmakers["maker"].party, 10.0, 1e9)
    assert big.capex_usd - before == pytest.approx(1e9)
    assert big.refresh_capex_usd == pytest.approx(1e9)
    assert big.site_capex_usd == big.site_chips_usd == 0.0


def test_capex_is_new_sites_refreshes_and_other_plant() -> None:
    model = small_model().run(8)
    for cloud in model.clouds.values():
        parts = cloud.site_capex_usd + cloud.refresh_capex_usd
        other = cloud.other_capex_usd() * cloud.funded_share
        assert cloud.capex_usd == pytest.approx(parts + other)
    assert any(cloud.refresh_capex_usd > 0 for cloud in model.clouds.values())


def test_a_cloud_of_ones_own_decides_what_it_refills_and_begins() -> None:
    class Lazy(CloudProvider):
        def plan_refresh(self, outlook: BuildingOutlook) -> float:
            return 0.0

        def fit_to_power(self, order: float, power_in_use: float) -> float:
            return 0.5 * order

    class Market(MarketModel):
        cloud_class = Lazy

    world = small_world()
    usual, own = MarketModel(world, seed=1).run(6), Market(world, seed=1).run(6)
    assert all(cloud.refresh_capex_usd == 0.0 for cloud in own.clouds.values())
    assert any(cloud.refresh_capex_usd > 0.0 for cloud in usual.clouds.values())
    assert sum(own.clouds["big"].orders) < 0.8 * sum(usual.clouds["big"].orders)
