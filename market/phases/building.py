"""Phases 7 to 9: clouds plan and build, chipmakers produce, chips arrive, power is connected."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agents.data_centres import BuildingOutlook
from agents.rules.capacity import expected_use, option_hurdle, rent_outlook
from agents.rules.valuation import REFERENCE_DISCOUNT, discount_of_projects, project_value
from market.phases.averting import keep_building
from market.phases.causes import causes_of_cut
from market.phases.credit import finance_purchases, report_issue, sell_notes
from market.phases.power import connect_power, power_in_use
from market.units import CU_HOURS, cents, per_quarter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.chipmaker import Chipmaker
    from agents.cloud_provider import CloudProvider
    from agents.rules.credit import Lent
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

    Chips for new sites are ordered later, when power is connected; those for places that have power
    and shell, because their chips are gone, at once.
    """
    for cloud in model.active_clouds:
        cloud.review_growth()
        cloud.meet_delays()
    outlook, makers = building_outlook(model), makers_with_orders(model)
    for cloud in model.active_clouds:
        cloud.learn_from_use()
        cloud.learn_from_rents(outlook)
        cloud.refill_thousands = cloud.plan_refresh(own_outlook(model, cloud, outlook))
    in_use = power_in_use(model)
    orders = [
        (cloud, cloud.fit_to_power(cloud.plan_order(own_outlook(model, cloud, outlook)), in_use))
        for cloud in model.active_clouds
    ]
    vendors = _vendor_credit(model)
    for cloud in model.active_clouds:
        cloud.owe_debt_service()
    lent = _borrow(model, orders, vendors, outlook)
    for cloud, order in orders:
        offers = vendors.get(cloud.key, VendorCredit())
        cloud.funded_share = cloud.plan_finance(
            cloud.planned_spending_usd(order, outlook),
            cloud.weighted_rpo_usd(outlook.pay),
            offers.dear_usd,
            model.quotes.found_part(cloud.key),
            offers.cheap_usd,
        )
        report_issue(model, cloud, lent.get(cloud.key, []), cloud.falls_due_usd())
        if cloud.key in lent:
            cloud.raise_debt(lent[cloud.key])
        offers.lend(cloud)
        cloud.begin_building(keep_building(model, cloud, order, outlook.project_cost_usd))
        cloud.begin_refresh(makers)
        fall = cloud.begins_to_cut()
        if fall is not None:
            cloud.report_cut(fall, causes_of_cut(model, cloud))
    finance_purchases(model)
    model.ledger.commit("orders")


def own_outlook(
    model: MarketModel, cloud: CloudProvider, outlook: BuildingOutlook
) -> BuildingOutlook:
    """The outlook with projects valued at what money costs this cloud."""
    rise = model.quotes.rise(cloud.key)
    if rise <= 0:
        return outlook
    fall = per_quarter(model.parameters.compute.vintage_gain)
    expected = model.spot_price_usd * (1 - fall) ** outlook.lead
    factor = outlook.expected_rent_usd / expected if expected > 0 else 1.0
    economics = project_economics(model, outlook=factor, spread_rise=rise)
    return outlook._replace(
        hurdle=economics.hurdle,
        project_value_usd=economics.value_usd,
        project_cost_usd=economics.cost_usd,
    )


class VendorOffer(NamedTuple):
    """Credit of a chipmaker for a cloud: at most so much (USD), at a spread (per year)."""

    maker: Chipmaker
    usd: float
    spread: float


class VendorCredit(NamedTuple):
    """What chipmakers offer one cloud: for less than other lenders ask, and for more.

    The second is taken only for what nobody else finances.
    """

    cheap: tuple[VendorOffer, ...] = ()
    dear: tuple[VendorOffer, ...] = ()

    @property
    def cheap_usd(self) -> float:
        """Offered for less than others ask, USD."""
        return sum(offer.usd for offer in self.cheap)

    @property
    def dear_usd(self) -> float:
        """Offered for more than others ask, USD."""
        return sum(offer.usd for offer in self.dear)

    def lend(self, cloud: CloudProvider) -> None:
        """Lend what the cloud takes, cheaper offers first."""
        taken = cloud.financing.vendor
        for offers, total in ((self.cheap, self.cheap_usd), (self.dear, self.dear_usd)):
            used = min(taken, total)
            taken -= used
            for offer in offers if used > 0 else ():
                offer.maker.lend(cloud, used * offer.usd / total, offer.spread)


def _vendor_credit(model: MarketModel) -> dict[str, VendorCredit]:
    """What chipmakers offer the clouds that ask for it, by cloud key."""
    asking = [cloud for cloud in model.active_clouds if cloud.wants_vendor_credit()]
    offers: dict[str, list[VendorOffer]] = {}
    for maker in model.active_chipmakers:
        for key, usd in maker.offer_credit(asking).items():
            spread = maker.loan_spread(model.clouds[key])
            offers.setdefault(key, []).append(VendorOffer(maker, usd, spread))
    found = {}
    for key, made in offers.items():
        market = model.clouds[key].spread()
        cheap = tuple(offer for offer in made if offer.spread < market)
        found[key] = VendorCredit(cheap, tuple(offer for offer in made if offer.spread >= market))
    return found


def _borrow(
    model: MarketModel,
    orders: Sequence[tuple[CloudProvider, float]],
    vendors: Mapping[str, VendorCredit],
    outlook: BuildingOutlook,
) -> dict[str, list[Lent]]:
    """What lenders have for each cloud, by key, when all ask at once."""
    asked = {
        cloud.key: cloud.asked_credit_usd(
            cloud.planned_spending_usd(order, outlook),
            cloud.weighted_rpo_usd(outlook.pay),
            vendors[cloud.key].cheap_usd if cloud.key in vendors else 0.0,
        )
        for cloud, order in orders
    }
    return sell_notes(model, asked)


class Economics(NamedTuple):
    """Economics of a thousand new chips: option hurdle, present value and cost (USD)."""

    hurdle: float
    value_usd: float
    cost_usd: float


def project_economics(
    model: MarketModel,
    *,
    outlook: float = 1.0,
    is_reference: bool = False,
    spread_rise: float = 0.0,
) -> Economics:
    """Option hurdle, present value and cost (USD) of a thousand new chips.

    Rent is expected to fall with the efficiency of coming vintages over the chips' useful life.

    Args:
        model: the market.
        outlook: rent expected at delivery over that of now, beside that fall.
        is_reference: at the discount and rates of autumn 2025, whatever they are now.
        spread_rise: how much dearer money is for who builds than at the start, per year.
    """
    rules = model.parameters
    compute, plans = rules.compute, rules.cloud_rules
    discount = per_quarter(REFERENCE_DISCOUNT if is_reference else _discount(model, spread_rise))
    fall = per_quarter(compute.vintage_gain)
    hurdle = 1.0
    if plans.has_option_hurdle:
        hurdle = option_hurdle(discount, -fall, plans.demand_volatility / 2)
    efficiency = (1 + compute.vintage_gain) ** (model.quarter / 4)
    rent = outlook * model.spot_price_usd * efficiency * plans.target_utilisation
    running = compute.running_cost_usd_hour * CU_HOURS
    failure = compute.failure_rate
    value = project_value(rent, running, compute.useful_life_quarters, discount, fall, failure)
    cost = 1e3 * compute.accelerator_cost_usd * model.chip_price_index()
    return Economics(hurdle, value, cost)


def _discount(model: MarketModel, spread_rise: float) -> float:
    """Discount rate of a project now, per year."""
    plans = model.parameters.cloud_rules
    rate = plans.base_rate + model.rate_rise
    spread = plans.spread + spread_rise
    return discount_of_projects(plans.discount_rate, rate, spread, plans.spread_weight)


def use_ahead(model: MarketModel, pay: Mapping[str, float]) -> float:
    """Use that all expect when orders of now stand, over capacity then with all that is under way.

    The pipelines of all are public. Contracts count by the chance that they are paid.
    """
    compute, lead = model.parameters.compute, model.build_lead
    alive = (1 - compute.failure_rate) ** lead
    use = capacity = 0.0
    for cloud in model.serving_clouds:
        contracted = cloud.weighted_contracts_cu(model.quarter + lead, pay)
        use += expected_use(cloud.outside_cu, cloud.planned_growth, lead, contracted, 1.0)
        capacity += alive * cloud.capacity_cu + cloud.pipeline.total * cloud.new_efficiency()
    return use / capacity if capacity > 0 else 0.0


def payment_probability(model: MarketModel, lab_key: str) -> float:
    """Chance that a lab still pays when capacity ordered now is live."""
    lab = model.labs[lab_key]
    if lab.is_defaulted:
        return 0.0
    return float((1 - lab.default_probability()) ** model.build_lead)


def building_outlook(model: MarketModel, *, is_opening: bool = False) -> BuildingOutlook:
    """What every cloud knows of the market.

    At the opening every lab is sure to pay, and discount and rates are those of autumn 2025: what
    clouds then ordered they ordered at these.
    """
    pay = {key: 1.0 if is_opening else payment_probability(model, key) for key in model.labs}
    compute, plans = model.parameters.compute, model.parameters.cloud_rules
    factor = 1.0
    if not is_opening:
        ahead, sensitivity = use_ahead(model, pay), compute.price_sensitivity
        if model.first_use_ahead <= 0:  # the first plans are made at the rent that is seen
            model.first_use_ahead = ahead
        factor = rent_outlook(
            model.spot_price_usd,
            model.usual_rent_usd(),
            ahead,
            model.first_use_ahead,
            sensitivity,
            plans.pipeline_weight,
        )
    economics = project_economics(model, outlook=factor, is_reference=is_opening)
    fall = per_quarter(compute.vintage_gain)
    expected = factor * model.spot_price_usd * (1 - fall) ** model.build_lead
    return BuildingOutlook(model.build_lead, pay, *economics, model.chip_price_usd(), expected)


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
        cloud.pipeline.advance_sites(cloud.pace)
    makers, connected = makers_with_orders(model), connect_power(model)
    for cloud in model.active_clouds:
        cloud.order_chips(connected[cloud.key], makers)
        cloud.pay_advances(makers)
    for chipmaker in model.active_chipmakers:
        chipmaker.value_stock()
    model.ledger.commit("deliveries")


def _deliver(model: MarketModel, chipmaker: Chipmaker, buyer: str, thousands: float) -> None:
    """Bring chips to a cloud, or to buyers outside the model, who pay at once."""
    if buyer not in model.clouds:
        amount = cents(chipmaker.ship(thousands))
        model.ledger.pay(model.parties.rest, chipmaker.party, amount, "investment")
    elif model.clouds[buyer].is_active:
        advance = chipmaker.advance_used(model.clouds[buyer].party, buyer, thousands)
        usd = chipmaker.ship(thousands)
        model.clouds[buyer].receive_chips(chipmaker.party, thousands, usd, advance)
