"""Power by region: flows with their lead times, queues, granted power, surprises, shares."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from agents.data_centres import region_shares
from market.model import MarketModel
from market.phases.power import connect_power, power_in_use


def regions(**stated: dict[str, Any]) -> dict[str, Any]:
    """Regions in the place of the small world's own one."""
    given = {key: {"name": key, **own} for key, own in stated.items()}
    return {"grid": None, **given}


def with_queues(model: MarketModel, **queues: dict[str, float]) -> MarketModel:
    """The model with finished sites (thousands of chips) by cloud and region, and no others."""
    for key, by_region in queues.items():
        pipeline = model.clouds[key].pipeline
        pipeline.sites.extend([0.0] * pipeline.site_quarters)
        while len(pipeline.sites) > pipeline.site_quarters:
            pipeline.sites.popleft()
        pipeline.queues.update(by_region)
        pipeline.powered = 0.0
    return model


def quiet(**changes: Any) -> MarketModel:
    """A small world whose power comes as planned."""
    return small_model(compute={"power_noise": 0.0}, **changes)


def test_power_is_a_queue_shared_pro_rata() -> None:
    """Sites of 100 and 50 thousand chips ask for 0.21 GW; 0.07 GW comes."""
    model = quiet(power_regions=regions(one={"grid_gw_quarter": 0.07}))
    with_queues(model, big={"one": 100.0}, thin={"one": 50.0})
    connected = connect_power(model)
    assert connected == pytest.approx({"big": 100 / 3, "thin": 50 / 3})
    assert model.power_queue_gw == pytest.approx(0.14)
    assert model.power_regions["one"].connected_gw == pytest.approx(0.07)


def test_each_region_has_its_own_queue() -> None:
    """Power that one region has to spare does not help sites in another."""
    model = quiet(
        power_regions=regions(one={"grid_gw_quarter": 0.07}, two={"grid_gw_quarter": 5.0})
    )
    with_queues(model, big={"one": 100.0, "two": 0.0}, thin={"one": 0.0, "two": 40.0})
    assert connect_power(model) == pytest.approx({"big": 50.0, "thin": 40.0})
    assert model.clouds["big"].pipeline.queues == pytest.approx({"one": 50.0, "two": 0.0})


def test_power_comes_with_growth_gas_and_reactors_and_not_with_a_delay() -> None:
    own = {
        "grid_gw_quarter": 2.0,
        "gas_gw_quarter": 1.0,
        "reactor_gw_quarter": 0.5,
    }
    model = quiet(power_regions=regions(one=own))
    found = []
    for quarter in (0, 6, 7, 19, 20):
        model.quarter = quarter
        found.append(model.available_power_gw())
    assert found == [2.0, 2.0, 3.0, 3.0, 3.5]
    model.power_lost = 1.0
    assert model.available_power_gw() == 0.0
    grown = quiet(power_regions=regions(one={"grid_gw_quarter": 1.0, "grid_growth": 0.1}))
    grown.quarter = 4
    assert grown.available_power_gw() == pytest.approx(1.1)


def test_granted_power_helps_out_in_parts_and_is_used_up() -> None:
    own = {"grid_gw_quarter": 0.0, "granted_gw": 0.28, "granted_quarters": 2.0}
    model = with_queues(quiet(power_regions=regions(one=own)), big={"one": 1000.0})
    assert connect_power(model)["big"] == pytest.approx(100.0)
    assert model.power_regions["one"].granted_gw == pytest.approx(0.14)
    assert connect_power(model)["big"] == pytest.approx(50.0)


def test_without_regions_power_is_never_short() -> None:
    model = quiet(power_regions={"grid": None})
    pipeline = model.clouds["big"].pipeline
    pipeline.queues = dict.fromkeys(pipeline.queues, 500.0)
    assert connect_power(model)["big"] == pytest.approx(500.0)
    assert power_in_use(model) == 0.0


def test_surprises_are_named_draws_that_last() -> None:
    def factors(seed: int, noise: float) -> list[float]:
        model = small_model(seed, compute={"power_noise": noise})
        found = []
        for _ in range(6):
            model.step()
            found.append(model.power_regions["grid"].factor)
        return found

    assert factors(1, 0.0) == [1.0] * 6
    assert factors(1, 0.1) == factors(1, 0.1) != factors(2, 0.1)
    assert all(0.5 < factor < 2 for factor in factors(1, 0.1))


def test_sites_follow_the_stated_shares_or_the_power() -> None:
    model = quiet(
        power_regions=regions(one={"grid_gw_quarter": 1.0}, two={"grid_gw_quarter": 3.0}),
        clouds={"thin": {"regions": {"one": 1.0, "two": 0.0}}},
    )
    assert model.clouds["big"].pipeline.shares == pytest.approx({"one": 0.25, "two": 0.75})
    assert model.clouds["thin"].pipeline.shares == {"one": 1.0}
    assert region_shares({}, {}) == {}


def test_a_region_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"clouds\.big\.regions"):
        quiet(clouds={"big": {"regions": {"nowhere": 1.0}}})


def test_clouds_begin_less_when_power_is_spoken_for() -> None:
    """A hundredth of the power, and a horizon of a year: fewer sites are begun."""
    few = {"compute": {"power_scale": 0.01, "power_noise": 0.0}}
    near = small_model(cloud_rules={"power_horizon_quarters": 4}, **few).run(3)
    blind = small_model(cloud_rules={"power_horizon_quarters": 1000}, **few).run(3)
    assert power_in_use(near) > 0.5
    assert near.clouds["big"].orders[-1] < 0.9 * blind.clouds["big"].orders[-1]
