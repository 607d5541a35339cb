"""Phases 7 to 9: clouds plan and build, chipmakers produce, chips arrive, power is connected."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agents.data_centres import BuildingOutlook
from agents.rules.capacity import option_hurdle
from market.phases.averting import keep_building
from market.phases.causes import causes_of_cut
from market.units import cents, per_quarter

if TYPE_CHECKING:
    from agents.chipmaker import Chipmaker
    from market.model import MarketModel


def produce_and_allocate_chips(model: MarketModel) -> None:
    """Other buyers order in step with the clouds; chipmakers set price and output and produce.

    What they would put into the labs' next rounds they decide on what all have paid so far.
    """
    model.allocations = {}
    for chipmaker in model.active_chipmakers:
        chipmaker.take_outside_orders()
        chipmaker.set_price_and_output()
        model.allocations[chipmaker.key] = chipmaker.produce()
        chipmaker.run()
        chipmaker.owe_debt_service()
    paid = model.ledger.money_flows(4)[0]
    labs, clouds = model.active_labs, model.active_clouds
    for chipmaker in model.active_chipmakers:
        offers = {lab.key: chipmaker.equity_offer_usd(lab, clouds, paid) for lab in labs}
        chipmaker.vendor_offers = {key: usd for key, usd in offers.items() if usd > 0}
    model.ledger.commit("production")


# --- phases 7 and 9


def plan_and_finance_building(model: MarketModel) -> None:
    """Clouds plan capacity, find money in pecking order, and begin sites or cut.

    Chips are ordered later, when power is connected.
    """
    outlook = building_outlook(model)
    for cloud in model.active_clouds:
        cloud.learn_from_use()
    orders = [(cloud, cloud.plan_order(outlook)) for cloud in model.active_clouds]
    credit = _vendor_credit(model)
    for cloud, order in orders:
        lenders = credit.get(cloud.key, [])
        offered = sum(usd for _, usd in lenders)
        cloud.owe_debt_service()
        cloud.funded_share = cloud.plan_finance(
            cloud.planned_spending_usd(order, outlook),
            cloud.weighted_rpo_usd(outlook.pay),
            offered,
            model.bank.can_lend,
        )
        cloud.raise_debt()
        for chipmaker, usd in lenders:
            chipmaker.lend(cloud, cloud.financing.vendor * usd / offered)
        cloud.begin_building(keep_building(model, cloud, order, outlook.project_cost_usd))
        fall = cloud.begins_to_cut()
        if fall is not None:
            cloud.report_cut(fall, causes_of_cut(model, cloud))
    model.ledger.commit("orders")


class Economics(NamedTuple):
    """Economics of a thousand new chips: option hurdle, present value and cost (USD)."""

    hurdle: float
    value_usd: float
    cost_usd: float


def project_economics(model: MarketModel) -> Economics:
    """Option hurdle, present value and cost (USD) of a thousand new chips.

    Rent is expected to fall with the efficiency of coming vintages over the chips' useful life.
    """
    rules = model.parameters
    compute, plans = rules.compute, rules.cloud_rules
    discount = per_quarter(plans.discount_rate + model.rate_rise)
    fall = per_quarter(compute.vintage_gain)
    hurdle = 1.0
    if plans.has_option_hurdle:
        hurdle = option_hurdle(discount, -fall, plans.demand_volatility / 2)
    efficiency = (1 + compute.vintage_gain) ** (model.quarter / 4)
    rent = model.spot_price_usd * efficiency * plans.target_utilisation
    life = compute.useful_life_quarters
    paid = rent * (1 - ((1 - fall) / (1 + discount)) ** life) / (discount + fall)
    running = compute.running_cost_usd_hour * 2.19e6
    upkeep = running * (1 - (1 + discount) ** -life) / discount
    cost = 1e3 * compute.accelerator_cost_usd * model.chip_price_index()
    return Economics(hurdle, max(0.0, paid - upkeep), cost)


def payment_probability(model: MarketModel, lab_key: str) -> float:
    """Chance that a lab still pays when capacity ordered now is live."""
    lab = model.labs[lab_key]
    if lab.is_defaulted:
        return 0.0
    return float((1 - lab.default_probability()) ** model.build_lead)


def building_outlook(model: MarketModel, *, is_opening: bool = False) -> BuildingOutlook:
    """What every cloud knows of the market; at the opening every lab is sure to pay."""
    pay = {key: 1.0 if is_opening else payment_probability(model, key) for key in model.labs}
    return BuildingOutlook(model.build_lead, pay, *project_economics(model), model.chip_price_usd())


def _vendor_credit(model: MarketModel) -> dict[str, list[tuple[Chipmaker, float]]]:
    """Credit (USD) that chipmakers offer the clouds that ask for it, by cloud key."""
    asking = [cloud for cloud in model.active_clouds if cloud.wants_vendor_credit()]
    offers: dict[str, list[tuple[Chipmaker, float]]] = {}
    for chipmaker in model.active_chipmakers:
        for key, usd in chipmaker.offer_credit(asking).items():
            offers.setdefault(key, []).append((chipmaker, usd))
    return offers


def makers_with_orders(model: MarketModel) -> dict[str, Chipmaker]:
    """Chipmakers that take orders, by company key."""
    return {chipmaker.key: chipmaker for chipmaker in model.active_chipmakers}


def deliver_chips_and_advance_construction(model: MarketModel) -> None:
    """Deliver what was produced, pay or owe it, and move sites on to power and racks."""
    for chipmaker in model.active_chipmakers:
        chipmaker.start_deliveries()
        for buyer, thousands in model.allocations.get(chipmaker.key, {}).items():
            _deliver(model, chipmaker, buyer, thousands)
    for cloud in model.active_clouds:
        cloud.receive_own_chips(model.chip_price_usd())
        cloud.pipeline.advance_sites()
    _connect_power(model)
    model.ledger.commit("deliveries")


def _deliver(model: MarketModel, chipmaker: Chipmaker, buyer: str, thousands: float) -> None:
    """Bring chips to a cloud, or to buyers outside the model, who pay at once."""
    if buyer not in model.clouds:
        amount = cents(chipmaker.ship(thousands))
        model.ledger.pay(model.parties.rest, chipmaker.party, amount, "investment")
    elif model.clouds[buyer].is_active:
        usd = chipmaker.ship(thousands)
        model.clouds[buyer].receive_chips(chipmaker.party, thousands, usd)


def _connect_power(model: MarketModel) -> None:
    """Share new power pro rata among finished sites; connected sites order their chips."""
    kilowatt = model.parameters.compute.kilowatt_per_accelerator
    thousands = model.available_power_gw() * 1e3 / kilowatt
    asked = {c.key: c.pipeline.waiting * c.funded_share for c in model.active_clouds}
    total = sum(asked.values())
    share = min(1.0, thousands / total) if total > 0 else 0.0
    model.power_queue_gw = (sum(c.pipeline.waiting for c in model.active_clouds)) * kilowatt / 1e3
    makers = makers_with_orders(model)
    for cloud in model.active_clouds:
        cloud.order_chips(cloud.pipeline.connect(asked[cloud.key] * share), makers)
    model.power_queue_gw -= total * share * kilowatt / 1e3
