"""Power, region by region: what is connected in a quarter, and the queues of finished sites.

A region first gives what the quarter brings (grid, gas and reactors once their lead times are
over), then a part of what was granted before the start. What a quarter brings and nobody asks for
is lost: crews and transformers go elsewhere; what was granted waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.data_centres import ANYWHERE
from agents.rules.expectations import persistent_shock
from agents.rules.hardware import kilowatt_of, surprise_factor

if TYPE_CHECKING:
    from agents.cloud_provider import CloudProvider
    from market.model import MarketModel
    from market.parameters.supply import PowerRegionParameters


_NEVER = 1e6
"""Power needed over power in sight where none is."""


@dataclass(slots=True)
class PowerRegion:
    """A region of power.

    Attributes:
        stated: what the scenario states about it.
        granted_gw: power granted before the start and not yet used.
        surprise: log of the factor on what it connects, before its mean is made one.
        factor: the factor of the quarter.
        connected_gw: what was connected in the quarter.
    """

    stated: PowerRegionParameters
    granted_gw: float
    surprise: float = 0.0
    factor: float = 1.0
    connected_gw: float = 0.0

    def flow_gw(self, quarter: int) -> float:
        """Power that the plans of a quarter bring, without surprise, GW."""
        own = self.stated
        power: float = own.grid_gw_quarter * (1 + own.grid_growth) ** (quarter / 4)
        if quarter >= own.gas_lead_quarters:
            power += own.gas_gw_quarter
        if quarter >= own.reactor_lead_quarters:
            power += own.reactor_gw_quarter
        return power


def open_regions(model: MarketModel) -> dict[str, PowerRegion]:
    """The regions of the scenario, by key."""
    stated = model.parameters.power_regions
    return {key: PowerRegion(own, own.granted_gw) for key, own in stated.items()}


def new_power_gw(model: MarketModel, region: PowerRegion) -> float:
    """Power that a region brings in this quarter, without what was granted before, GW."""
    scale = model.parameters.compute.power_scale * (1 - model.power_lost)
    return region.flow_gw(model.quarter) * region.factor * scale


def kilowatt_now(model: MarketModel) -> float:
    """Facility power of an accelerator that is sold now, kW."""
    rules = model.parameters.compute
    return kilowatt_of(rules.kilowatt_per_accelerator, rules.kilowatt_fall, model.quarter // 4)


def power_in_use(model: MarketModel) -> float:
    """Power that all sites under way need over the power in sight; 0 in a world without regions.

    In sight is what was granted and what comes within ``cloud_rules.power_horizon_quarters`` at the
    plans for the middle of that time.
    """
    if not model.power_regions:
        return 0.0
    rules = model.parameters
    pipelines = [cloud.pipeline for cloud in model.active_clouds]
    under_way = sum(sum(pipeline.sites) + pipeline.waiting for pipeline in pipelines)
    horizon = rules.cloud_rules.power_horizon_quarters
    middle = model.quarter + round(horizon / 2)
    new = sum(region.flow_gw(middle) for region in model.power_regions.values())
    granted = sum(region.granted_gw for region in model.power_regions.values())
    arriving = rules.compute.power_scale * (1 - model.power_lost)
    power = horizon * new * arriving + granted
    needed = under_way * kilowatt_now(model) / 1e3
    return needed / power if power > 0 else _NEVER


def connect_power(model: MarketModel) -> dict[str, float]:
    """Share each region's power pro rata among finished sites that are financed.

    Returns:
        Chips for which power was connected, thousands by cloud key.
    """
    clouds = model.active_clouds
    connected = {cloud.key: 0.0 for cloud in clouds}
    if not model.power_regions:
        for cloud in clouds:
            part = cloud.pipeline.queues[ANYWHERE] * cloud.funded_share
            connected[cloud.key] += cloud.pipeline.connect(ANYWHERE, part)
    for key, region in model.power_regions.items():
        _surprise(model, key, region)
        for cloud, part in _shares_of(model, key, region, clouds).items():
            connected[cloud.key] += cloud.pipeline.connect(key, part)
    kilowatt = kilowatt_now(model)
    model.power_queue_gw = sum(cloud.pipeline.waiting for cloud in clouds) * kilowatt / 1e3
    return connected


def _surprise(model: MarketModel, key: str, region: PowerRegion) -> None:
    """Draw how much more or less than planned a region connects in this quarter."""
    rules = model.parameters.compute
    if rules.power_noise <= 0:
        return
    draw = model.streams.normal(key, "power connected", model.quarter)
    persistence, size = rules.power_persistence, rules.power_noise
    region.surprise = persistent_shock(region.surprise, persistence, size, draw)
    region.factor = surprise_factor(region.surprise, persistence, size, model.quarter + 1)


def _shares_of(
    model: MarketModel, key: str, region: PowerRegion, clouds: list[CloudProvider]
) -> dict[CloudProvider, float]:
    """Chips, in thousands, for which each cloud gets power in a region."""
    kilowatt = kilowatt_now(model)
    there = [cloud for cloud in clouds if key in cloud.pipeline.queues]
    asked = {c: c.pipeline.queues[key] * c.funded_share for c in there}
    asked_gw = sum(asked.values()) * kilowatt / 1e3
    new = new_power_gw(model, region)
    granted = region.granted_gw * (1 - model.power_lost) / region.stated.granted_quarters
    region.connected_gw = min(asked_gw, new + granted)
    region.granted_gw -= max(0.0, region.connected_gw - new)
    share = region.connected_gw / asked_gw if asked_gw > 0 else 0.0
    return {cloud: part * share for cloud, part in asked.items()}
