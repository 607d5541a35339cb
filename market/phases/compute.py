"""Phase 4: compute is delivered by contract, to organic demand and on the spot, and invoiced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.estate_parts import keep_within_capacity
from agents.rules.pricing import spot_price
from market.books.identities import check_compute
from market.units import CU_HOURS, cents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.cloud_provider import CloudProvider
    from market.model import MarketModel

_ROUNDING = 1e-12
"""Compute under this part of a cloud's capacity is rounding of the sums over its vintages."""


def use_and_invoice_compute(model: MarketModel) -> None:
    """Deliver contracts first, then organic demand, then the spot market; invoice everything."""
    for lab in model.serving_labs:
        lab.delivered_cu = lab.compute_cost_usd = lab.on_demand_cu = 0.0
    spare: dict[str, float] = {}
    asked_by_startups = startups_by_cloud(model)
    growth = _growth_of_startups(model, asked_by_startups)
    for cloud in model.serving_clouds:
        cloud.count_startups(sum(asked_by_startups[cloud.key].values()), growth)
        spare[cloud.key] = _deliver(model, cloud, asked_by_startups[cloud.key])
    asked = _sell_on_the_spot(model, spare)
    for lab in model.serving_labs:
        lab.use_compute(lab.delivered_cu, lab.on_demand_cu)
        lab.pay_staff()
        if lab.first_delivered_cu == 0:
            lab.first_delivered_cu = lab.delivered_cu
    for cloud in model.serving_clouds:
        _use_backstops(model, cloud, spare[cloud.key])
        cloud.run()
        cloud.report_reletting()
    _check_vintages(model, spare)
    model.contracts.check(model.quarter)
    model.ledger.commit("compute")
    _move_spot_price(model, asked)
    _show_progress(model)
    seen = model.progress.seen(model.parameters.compute)
    for cloud in model.serving_clouds:
        cloud.grow_own_use(seen)
        if cloud.is_in_administration:
            keep_within_capacity(cloud)


def _show_progress(model: MarketModel) -> None:
    """Everybody sees what the best lab has trained and what start-ups have spent."""
    trained = max((lab.cumulative_training_cu for lab in model.active_labs), default=0.0)
    spent = sum(cohort.spending_usd for cohort in model.active("startups"))
    model.progress.observe(trained, spent, model.parameters.compute)


def startups_by_cloud(model: MarketModel) -> dict[str, dict[str, float]]:
    """CU that each cohort asks each cloud for, by cloud and cohort: by what clouds have left."""
    left = {}
    for cloud in model.serving_clouds:
        promised = sum(c.scheduled_cu(model.quarter) for c in model.contracts.of_cloud(cloud.key))
        left[cloud.key] = max(0.0, cloud.capacity_cu - promised)
    total = sum(left.values())
    return {
        key: {c.key: c.asked_cu * free / total for c in model.active("startups")} if total else {}
        for key, free in left.items()
    }


def _growth_of_startups(
    model: MarketModel, asked: Mapping[str, Mapping[str, float]]
) -> float | None:
    """Growth of what start-ups ask of all clouds; None while no earlier quarter is known."""
    now = sum(sum(of_cloud.values()) for of_cloud in asked.values())
    before, model.startup_cu = model.startup_cu, now
    return now / before - 1 if before > 0 else None


def _deliver(model: MarketModel, cloud: CloudProvider, startups: Mapping[str, float]) -> float:
    """Deliver contracts, then own customers and start-ups pro rata; returns idle CU of a cloud."""
    capacity = cloud.capacity_cu
    contracts = [(c, c.scheduled_cu(model.quarter)) for c in model.contracts.of_cloud(cloud.key)]
    scheduled = sum(cu for _, cu in contracts)
    share = min(1.0, capacity / scheduled) if scheduled > 0 else 0.0
    cloud.compute_revenue_usd = 0.0
    for contract, cu in contracts:
        if cu <= 0:
            continue
        lab = model.labs[contract.lab]
        value = min(contract.remaining_cents, cents(cu * share * contract.price_usd))
        model.contracts.deliver(contract, value, model.quarter)
        model.settlement.owe(lab.party, cloud.party, value, "compute")
        lab.delivered_cu += cu * share
        lab.compute_cost_usd += value / 100
        cloud.compute_revenue_usd += value / 100
    left = max(0.0, capacity - scheduled * share)  # rounding may leave a trifle less than nothing
    asked = cloud.organic_cu + cloud.startup_cu
    share = min(1.0, left / asked) if asked > 0 else 0.0
    sold = min(cloud.organic_cu * share, left)
    cloud.sold_before_cu = cloud.sold_cu
    cloud.asked_cu = scheduled + asked
    cloud.sell_organic(sold)
    cloud.roll_organic_rpo(sold * model.spot_price_usd)
    for key, cu in startups.items():
        usd = model.startups[key].buy_compute(cloud.party, cu * share)
        cloud.compute_revenue_usd += usd
        sold += cu * share
    cloud.sold_cu = sold
    return max(0.0, left - sold)


def _sell_on_the_spot(model: MarketModel, spare: dict[str, float]) -> float:
    """Share idle compute among labs that lack some; returns CU that they asked for."""
    wants = [(lab, lab.spot_demand_cu()) for lab in model.serving_labs]
    asked, offered = sum(wanted for _, wanted in wants), sum(spare.values())
    share = min(1.0, offered / asked) if asked > 0 else 0.0
    for lab, wanted in wants:
        for key, idle in spare.items():
            cu = wanted * share * idle / offered if offered > 0 else 0.0
            usd = cu * model.spot_price_usd
            cloud = model.clouds[key]
            model.settlement.owe(lab.party, cloud.party, cents(usd), "compute")
            lab.on_demand_cu += cu
            lab.compute_cost_usd += usd
            cloud.compute_revenue_usd += usd
            cloud.sold_cu += cu
    for key, idle in spare.items():
        cloud = model.clouds[key]
        part = idle / offered if offered > 0 else 1 / len(spare)
        cloud.asked_cu += asked * part
        spare[key] = max(0.0, idle - asked * share * part)
    for cloud in model.serving_clouds:
        capacity = cloud.capacity_cu
        cloud.utilisation = cloud.asked_cu / capacity if capacity > 0 else 0.0
    return asked


def _use_backstops(model: MarketModel, cloud: CloudProvider, idle_cu: float) -> None:
    """A chipmaker that promised to rents what the cloud could not sell."""
    for backstop in model.backstops:
        if backstop.cloud != cloud.key or idle_cu <= 0:
            continue
        if not backstop.first_quarter <= model.quarter <= backstop.last_quarter:
            continue
        chipmaker = model.chipmakers[backstop.chipmaker]
        if not chipmaker.honours_backstop(cloud.key):
            continue
        discount = 1 - model.parameters.compute.contract_discount
        usd = min(idle_cu * model.spot_price_usd * discount, backstop.remaining_usd)
        model.settlement.owe(chipmaker.party, cloud.party, cents(usd), "compute")
        backstop.remaining_usd -= usd
        cloud.compute_revenue_usd += usd


def _check_vintages(model: MarketModel, spare: dict[str, float]) -> None:
    """Load vintages from new to old and check I9: none delivers more than it can."""
    delivered, capacity, names = [], [], []
    for cloud in model.serving_clouds:
        in_service = cloud.capacity_cu
        left = in_service - spare[cloud.key]
        for year in sorted(cloud.vintages, reverse=True):
            vintage = cloud.vintages[year]
            load = min(left, vintage.capacity_cu)
            left -= load
            delivered.append(load)
            capacity.append(vintage.capacity_cu)
            names.append(f"{cloud.name} {vintage.label}")
        if cloud.vintages and left > _ROUNDING * in_service:
            delivered[-1] += left  # what no vintage can carry shows as an overload
    check_compute(
        np.array(delivered),
        np.array(capacity),
        names,
        model.ledger.label(model.quarter),
    )


def _move_spot_price(model: MarketModel, spot_asked_cu: float) -> None:
    """Move the rent of compute with scarcity around the falling cost of new chips."""
    rules = model.parameters.compute
    capacity = sum(cloud.capacity_cu for cloud in model.serving_clouds)
    if capacity <= 0:
        return
    asked = sum(cloud.asked_cu for cloud in model.serving_clouds)
    progress = (1 + rules.vintage_gain) ** (model.quarter / 4)
    model.spot_price_usd = spot_price(
        model.spot_price_usd,
        model.usual_rent_usd(),
        max(asked, 1e-9) / capacity,
        model.spot_utilisation,
        rules.price_sensitivity,
        rules.running_cost_usd_hour * CU_HOURS / progress,
        model.rent_surprise.move(model, rules.rent_persistence, rules.rent_noise),
    )
