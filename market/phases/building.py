"""Phases 7 to 9: clouds plan and build, chipmakers produce, chips arrive, power is connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.rules.capacity import option_hurdle
from agents.rules.vendor_finance import return_share
from market.books.ledger import cents
from market.books.settlement import Rank
from market.host import per_quarter
from market.phases.causes import causes_of_cut
from market.units import some_money

if TYPE_CHECKING:
    from agents.ai_lab import AILab
    from agents.chipmaker import Chipmaker
    from agents.cloud_provider import CloudProvider
    from market.books.ledger import Ints
    from market.model import MarketModel


OTHER_BUYERS = ""
"""Key of buyers outside the model in a chipmaker's backlog."""


def produce_and_allocate_chips(model: MarketModel) -> None:
    """Other buyers order in step with the clouds; chipmakers set price and output and produce."""
    model.allocations = {}
    for chipmaker in model.active_chipmakers:
        if chipmaker.has_opened:
            chipmaker.order(OTHER_BUYERS, chipmaker.other_ratio * chipmaker.new_orders)
        chipmaker.has_opened, chipmaker.new_orders = True, 0.0
        chipmaker.set_price_and_output()
        model.allocations[chipmaker.key] = chipmaker.produce()
        chipmaker.run()
        _owe_bond_service(model, chipmaker)
    paid = model.ledger.money_flows(4)[0]
    for chipmaker in model.active_chipmakers:
        chipmaker.vendor_offers = {
            lab.key: offer
            for lab in model.active_labs
            if (offer := vendor_offer(model, chipmaker, lab, paid)) > 0
        }
    model.ledger.commit("production")


def _owe_bond_service(model: MarketModel, chipmaker: Chipmaker) -> None:
    """Interest on a chipmaker's bonds and the part of them that matures."""
    rules = model.parameters.cloud_rules
    rate = (rules.base_rate + model.rate_rise + rules.spread) / 4
    for holder, amount in model.ledger.holders(chipmaker.party, "bonds"):
        due = amount // rules.debt_maturity_quarters
        model.settlement.owe_principal(chipmaker.party, holder, due, "bonds", Rank.SENIOR)
        model.settlement.owe(chipmaker.party, holder, int(amount * rate), "interest")


def vendor_offer(
    model: MarketModel, chipmaker: Chipmaker, lab: AILab, paid: Ints | None = None
) -> float:
    """Equity that a chipmaker would put into the lab's next round, USD.

    ``paid`` is what ``money_returned`` reads, which many offers can share.
    """
    if lab.is_refused or lab.own.parent is not None:
        return 0.0
    returned = money_returned(model, chipmaker, lab, paid)
    exposure = model.ledger.balance("private equity", lab.party, chipmaker.party) / 100
    need = max(lab.need_usd, lab.burn_usd())
    return chipmaker.finances(returned, lab.default_probability(), exposure, need)


def money_returned(
    model: MarketModel, chipmaker: Chipmaker, lab: AILab, paid: Ints | None = None
) -> float:
    """Share of a unit given to a lab that came back as chip orders over the last four quarters.

    The lab's payments go to clouds; of a cloud's AI revenue as much returns as it spends on the
    chipmaker's chips, at most all of it. ``paid`` is what each party paid each other one for
    goods and services, in cents (payer, payee); read from the ledger when omitted.
    """
    flows = model.ledger.money_flows(4)[0] if paid is None else paid
    spend, orders = [], []
    total = int(flows[lab.party].sum())
    if total <= 0:
        return 0.0
    for cloud in model.active_clouds:
        given = int(flows[lab.party, cloud.party])
        if given <= 0:
            continue
        chips = int(flows[cloud.party, chipmaker.party])
        earned = max(1.0, 100 * 4 * cloud.compute_revenue_usd)
        spend.append(given / total)
        orders.append(min(1.0, chips / earned))
    return return_share(spend, orders) if spend else 0.0


# --- phases 7 and 9


def plan_capacity_and_order_chips(model: MarketModel) -> None:
    """Clouds plan capacity, find money in pecking order, and order or cut."""
    hurdle, value, cost = project_economics(model)
    pay = {lab.key: payment_probability(model, lab.key) for lab in model.labs.values()}
    for cloud in model.active_clouds:
        cloud.learn_from_use()
    plans = [(c, _wanted(model, c, pay, value, cost, hurdle)) for c in model.active_clouds]
    credit = _vendor_credit(model)
    for cloud, wanted in plans:
        _finance_and_order(model, cloud, wanted, pay, credit.get(cloud.key, []))
        _report_cut(model, cloud)
    model.ledger.commit("orders")


def project_economics(model: MarketModel) -> tuple[float, float, float]:
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
    return hurdle, max(0.0, paid - upkeep), cost


def payment_probability(model: MarketModel, lab_key: str) -> float:
    """Chance that a lab still pays when capacity ordered now is live."""
    lab = model.labs[lab_key]
    if lab.is_defaulted:
        return 0.0
    return float((1 - lab.default_probability()) ** model.build_lead)


def _wanted(
    model: MarketModel,
    cloud: CloudProvider,
    pay: dict[str, float],
    value: float,
    cost: float,
    hurdle: float,
) -> float:
    """Order that plans ask for and that pays, thousands of chips.

    What is contracted is built; of the rest only the projects that clear the hurdle.
    """
    ahead = model.quarter + model.build_lead
    contracted = cloud.weighted_contracts_cu(ahead, pay)
    backed = contracted / max(contracted + cloud.organic_cu, 1e-9)
    worth = cloud.clears_hurdle(value, cost, hurdle)
    cloud.hurdle_share = worth
    inertia = model.parameters.cloud_rules.order_inertia
    before = cloud.orders[-1] if cloud.orders else 0.0
    order = inertia * before + (1 - inertia) * cloud.wanted_order(model.build_lead, pay)
    order *= backed + (1 - backed) * worth
    cap = model.parameters.cloud_rules.order_growth_cap
    most = max(cloud.orders, default=0.0)
    return min(order, (1 + cap) * most) if most > 0 else order


def _finance_and_order(
    model: MarketModel,
    cloud: CloudProvider,
    wanted: float,
    pay: dict[str, float],
    vendors: list[tuple[Chipmaker, float]],
) -> None:
    """Pay what debt costs, find money for the plans, and order what it allows."""
    _owe_debt_service(model, cloud)
    contracts = model.contracts.of_cloud(cloud.key)
    weighted = sum(c.remaining_cents / 100 * pay.get(c.lab, 1.0) for c in contracts)
    cloud.funded_share = cloud.plan_finance(
        _planned_spending_usd(model, cloud, wanted),
        weighted,
        sum(usd for _, usd in vendors),
        model.bank_agent.can_lend,
    )
    _raise_debt(model, cloud, vendors)
    cloud.last_capex_usd, cloud.capex_usd = cloud.capex_usd, 0.0
    ordered = wanted * cloud.funded_share
    cloud.orders.append(ordered)
    cloud.pipeline.begin(ordered)
    cloud.spend_on_sites(ordered * cloud.upfront_cost_usd())
    cloud.spend_on_other_plant(cloud.first_other_capex_usd * cloud.funded_share)


def _planned_spending_usd(model: MarketModel, cloud: CloudProvider, wanted: float) -> float:
    """What the plans cost this quarter, USD: new sites, chips that arrive, other plant.

    A large order is financed ahead: at least half of its full cost counts at once.
    """
    arriving = cloud.pipeline.powered * (cloud.completion_cost_usd() + model.chip_price_usd())
    at_once = wanted * cloud.upfront_cost_usd() + arriving
    full_cost = 1e3 * model.parameters.compute.accelerator_cost_usd * model.chip_price_index()
    in_full = wanted * full_cost + arriving
    return max(at_once, 0.5 * in_full) + cloud.first_other_capex_usd


def _owe_debt_service(model: MarketModel, cloud: CloudProvider) -> None:
    """Interest on all debt and the part of it that matures."""
    rules = model.parameters.cloud_rules
    rate = cloud.borrowing_rate(rules.base_rate + model.rate_rise) / 4
    ranks = (("loans", Rank.SECURED), ("bonds", Rank.SENIOR), ("vendor loans", Rank.JUNIOR))
    for instrument, rank in ranks:
        for holder, amount in model.ledger.holders(cloud.party, instrument):
            due = amount // rules.debt_maturity_quarters
            model.settlement.owe_principal(cloud.party, holder, due, instrument, rank)
            model.settlement.owe(cloud.party, holder, int(amount * rate), "interest", rank)


def _vendor_credit(model: MarketModel) -> dict[str, list[tuple[Chipmaker, float]]]:
    """Credit that chipmakers give clouds whose orders come back to them, by cloud key."""
    offers: dict[str, list[tuple[Chipmaker, float]]] = {}
    for chipmaker in model.active_chipmakers:
        wanted: list[tuple[CloudProvider, float]] = []
        for cloud in model.active_clouds:
            if cloud.own.is_investment_grade:
                continue  # it borrows cheaper from the public
            paid = model.ledger.payments_between(cloud.party, chipmaker.party, 4)
            returned = return_share([1.0], [min(1.0, paid / max(400.0 * cloud.capex_usd, 1.0))])
            exposure = model.ledger.balance("vendor loans", cloud.party, chipmaker.party) / 100
            usd = chipmaker.finances(
                returned, cloud.default_probability(), exposure, 0.5 * cloud.capex_usd
            )
            wanted.append((cloud, usd))
        total = sum(usd for _, usd in wanted)
        share = min(1.0, 0.5 * chipmaker.spendable_usd / total) if total > 0 else 0.0
        for cloud, usd in wanted:
            if usd * share > 0:
                offers.setdefault(cloud.key, []).append((chipmaker, usd * share))
    return offers


def _raise_debt(
    model: MarketModel, cloud: CloudProvider, vendors: list[tuple[Chipmaker, float]]
) -> None:
    bonds = cents(cloud.financing.bonds)
    if cloud.own.is_investment_grade:
        model.ledger.issue("bonds", cloud.party, model.rest, bonds)
    else:
        model.ledger.issue("loans", cloud.party, model.bank, bonds)
    offered = sum(usd for _, usd in vendors)
    for chipmaker, usd in vendors:
        amount = cents(cloud.financing.vendor * usd / offered)
        if amount > 0:
            model.ledger.issue("vendor loans", cloud.party, chipmaker.party, amount)
            chipmaker.report(
                "vendor finance",
                amount / 100,
                "USD",
                f"lends {some_money(amount / 100)} to {cloud.name}, which buys its chips",
            )


def _report_cut(model: MarketModel, cloud: CloudProvider) -> None:
    """A CapEx cut: orders at least a quarter under their four-quarter maximum."""
    orders = list(cloud.orders)
    most = max(orders[:-1], default=0.0)
    fall = 1 - orders[-1] / most if most > 0 else 0.0
    is_cut = fall >= model.parameters.cloud_rules.capex_cut_ratio
    if is_cut and not cloud.is_cutting:
        reasons = []
        if cloud.funded_share < 1:
            reasons.append(f"only {cloud.funded_share:.0%} of its plans could be financed")
        if cloud.hurdle_share < 1:
            reasons.append(f"only {cloud.hurdle_share:.0%} of uncontracted projects pay")
        if cloud.utilisation < model.parameters.cloud_rules.target_utilisation:
            reasons.append(f"{cloud.utilisation:.0%} of its capacity is asked for")
        reasons.append(f"demand is expected to grow {cloud.beliefs.expected:z.0%} a quarter")
        cloud.last_cut = cloud.report(
            "capex cut",
            100 * fall,
            "%",
            f"orders {fall:.0%} less than at its peak: {', '.join(reasons)}",
            causes_of_cut(model, cloud),
        )
    cloud.is_cutting = is_cut


def deliver_chips_and_advance_construction(model: MarketModel) -> None:
    """Deliver what was produced, pay or owe it, and move sites on to power and racks."""
    for chipmaker in model.active_chipmakers:
        allocation = model.allocations.get(chipmaker.key, {})
        chipmaker.start_deliveries()
        chipmaker.last_revenue_usd, chipmaker.revenue_usd = chipmaker.revenue_usd, 0.0
        chipmaker.quarters_delivered += 1
        for buyer, thousands in allocation.items():
            _deliver(model, chipmaker, buyer, thousands)
    for cloud in model.active_clouds:
        _take_own_chips(model, cloud)
        cloud.pipeline.advance_sites()
    _connect_power(model)
    model.ledger.commit("deliveries")


def _deliver(model: MarketModel, chipmaker: Chipmaker, buyer: str, thousands: float) -> None:
    if buyer in model.clouds and model.clouds[buyer].is_defaulted:
        return
    usd = thousands * chipmaker.price_usd
    chipmaker.revenue_usd += usd
    ledger, amount = model.ledger, cents(usd)
    chipmaker.draw_stock(thousands)
    if buyer not in model.clouds:
        ledger.pay(model.rest, chipmaker.party, amount, "investment")
        return
    cloud = model.clouds[buyer]
    later = int(amount * model.parameters.chipmaker_rules.trade_credit_share)
    model.settlement.owe_asset(
        "data centres", cloud.party, chipmaker.party, amount, "under construction", later
    )
    cloud.capex_usd += usd
    _complete(cloud, thousands)


def _complete(cloud: CloudProvider, thousands: float) -> None:
    """Rack chips: the rest of the site cost is paid."""
    cloud.pipeline.receive(thousands)
    cloud.spend_on_sites(thousands * cloud.completion_cost_usd())


def _take_own_chips(model: MarketModel, cloud: CloudProvider) -> None:
    """Chips of a cloud's own design come from outside the model."""
    thousands = cloud.own_chips_due
    cloud.own_chips_due = 0.0
    if thousands > 0:
        cloud.spend_on_sites(thousands * model.chip_price_usd())
        _complete(cloud, thousands)


def _connect_power(model: MarketModel) -> None:
    """Share new power pro rata among finished sites; connected sites order their chips."""
    kilowatt = model.parameters.compute.kilowatt_per_accelerator
    thousands = model.available_power_gw() * 1e3 / kilowatt
    asked = {c.key: c.pipeline.waiting * c.funded_share for c in model.active_clouds}
    total = sum(asked.values())
    share = min(1.0, thousands / total) if total > 0 else 0.0
    model.power_queue_gw = (sum(c.pipeline.waiting for c in model.active_clouds)) * kilowatt / 1e3
    for cloud in model.active_clouds:
        connected = cloud.pipeline.connect(asked[cloud.key] * share)
        order_chips(model, cloud, connected)
    model.power_queue_gw -= total * share * kilowatt / 1e3


def order_chips(model: MarketModel, cloud: CloudProvider, thousands: float) -> None:
    """Order chips for connected sites from the cloud's suppliers, the rest from outside."""
    cloud.own_chips_due += thousands * cloud.own.own_chip_share
    bought = thousands * (1 - cloud.own.own_chip_share)
    suppliers = {
        key: share
        for key, share in cloud.own.suppliers.items()
        if not model.chipmakers[key].is_defaulted
    }
    total = sum(suppliers.values())
    if total <= 0:
        cloud.own_chips_due += bought
        return
    for key, share in suppliers.items():
        model.chipmakers[key].order(cloud.key, bought * share / total)
