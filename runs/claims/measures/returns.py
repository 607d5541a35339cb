"""What claims about returns and power measure: margins, breaking even, sites, GW."""

from __future__ import annotations

from math import isnan, nan
from typing import TYPE_CHECKING, Any

from agents.rules.demand import mean_usage_truncated_pareto, tier_margin
from market.units import CU_HOURS
from runs.claims.measures import measure

if TYPE_CHECKING:
    from market.model import MarketModel


MONTHS, YEAR = 3, 4
"""Months of a quarter; quarters of a year."""


def firm_series(model: MarketModel, key: str, name: str) -> list[float]:
    """An indicator of a firm, one value per quarter; nan where there is none."""
    firm = model.institution(key)
    frame = model.datacollector.get_agenttype_vars_dataframe(type(firm))
    values = frame[name].xs(firm.unique_id, level="AgentID").tolist()
    return [nan if value is None else float(value) for value in values]


def usage_index(model: MarketModel, quarter: int) -> float:
    """Compute for a user over that of the first quarter: use grows, answers get cheaper."""
    rules = model.parameters.lab_rules
    return float(((1 - rules.efficiency_gain) * (1 + rules.usage_growth)) ** quarter)


def compute_price_usd(model: MarketModel, lab: str, quarter: int) -> float:
    """What a CU costs a lab in a quarter: its opening contracts, at most the rent of the market."""
    spot = float(model.datacollector.model_vars["spot_price_usd_hour"][quarter]) * CU_HOURS
    own = model.parameters.compute_contracts.values()
    prices = [c.total_usd for c in own if c.lab == lab]
    if not prices:
        return spot
    terms = [c for c in model.contracts if c.lab == lab and c.start <= quarter]
    volume = sum(c.capacity_cu for c in terms)
    if volume <= 0:
        return spot
    return min(spot, sum(c.capacity_cu * c.price_usd for c in terms) / volume)


@measure
def tier_margin_usd(model: MarketModel, lab: str, tier: str, quarter: str) -> float:
    """What a user of a tier leaves per month after fees and inference, USD.

    Tiers: "free", "plus", "pro" (flat rate), "seat" (of an enterprise).
    """
    number, rules = int(quarter), model.parameters
    price, usage, kept = _tier(model, lab, tier, number)
    usage *= usage_index(model, number) * rules.labs[lab].price_advantage
    cost = compute_price_usd(model, lab, number)
    return tier_margin(price, usage / MONTHS, cost, kept)


def _tier(model: MarketModel, lab: str, tier: str, quarter: int) -> tuple[float, float, float]:
    """Price per month in USD, use per quarter in CU, and the part of the price that is kept."""
    rules, people = model.parameters.lab_rules, model.parameters.consumers
    if tier == "free":
        return 0.0, rules.free_usage, people.net_revenue_share
    if tier == "plus":
        return people.plus_price_usd, rules.plus_usage, people.net_revenue_share
    if tier == "pro":
        least = rules.pro_usage_minimum
        cap = max(rules.pro_usage_cap, least)
        mean = mean_usage_truncated_pareto(least, cap, rules.pro_usage_tail) if least > 0 else 0.0
        return people.pro_price_usd, mean, people.net_revenue_share
    if tier == "seat":
        eur = firm_series(model, lab, "seat_bill_eur")[quarter]
        usage = rules.seat_usage * firm_series(model, lab, "seat_use")[quarter]
        return eur * model.parameters.enterprise.usd_per_eur, usage, 1.0
    raise ValueError(f"no tier {tier!r}: free, plus, pro or seat")


@measure
def first_year_margin_usd(model: MarketModel, lab: str, tier: str) -> float:
    """Mean margin of a tier over the first four quarters, USD per user and month."""
    found = [tier_margin_usd(model, lab, tier, str(quarter)) for quarter in range(YEAR)]
    return sum(found) / YEAR


@measure
def consumer_part(model: MarketModel, lab: str, quarter: str) -> float:
    """Part of a lab's revenue in a quarter that does not come from enterprises; nan without any."""
    revenue = firm_series(model, lab, "revenue_usd")[int(quarter)]
    seats = firm_series(model, lab, "enterprise_revenue_usd")[int(quarter)]
    return 1 - seats / revenue if revenue > 0 else nan


@measure
def advertising_part(model: MarketModel, lab: str, quarter: str) -> float:
    """Part of a lab's revenue in a quarter that is advertising; nan without any revenue."""
    party = model.labs[lab].party
    earned = model.ledger.flow("advertising", party, int(quarter)) / 100
    revenue = firm_series(model, lab, "revenue_usd")[int(quarter)]
    return earned / revenue if revenue > 0 else nan


@measure
def year_revenue_usd(model: MarketModel, lab: str, first: str) -> float:
    """Revenue of a lab in the four quarters from a quarter on, USD."""
    series = firm_series(model, lab, "revenue_usd")
    return sum(series[int(first) : int(first) + YEAR])


@measure
def breaks_even(model: MarketModel, lab: str, until: str) -> float:
    """1 when a living lab has four quarters in a row without burning cash up to a quarter."""
    revenue, burn = firm_series(model, lab, "revenue_usd"), firm_series(model, lab, "burn_usd")
    return float(_has_good_year(revenue, burn, int(until)))


@measure
def all_break_even(model: MarketModel, until: str) -> float:
    """1 when all labs together have four quarters in a row without burning cash."""
    columns = model.datacollector.model_vars
    revenue = [float(value) for value in columns["labs_revenue_usd"]]
    burn = [
        float(compute) + _staff_usd(model, quarter) - earned
        for quarter, (compute, earned) in enumerate(
            zip(columns["labs_compute_cost_usd"], revenue, strict=True)
        )
    ]
    return float(_has_good_year(revenue, burn, int(until)))


def _staff_usd(model: MarketModel, quarter: int) -> float:
    """What all labs paid their staff in a quarter, USD."""
    paid = (model.ledger.flow("wages", lab.party, quarter) for lab in model.labs.values())
    return -sum(paid) / 100


def _has_good_year(revenue: list[float], burn: list[float], until: int) -> bool:
    good = [earned > 0 and burnt <= 0 for earned, burnt in zip(revenue, burn, strict=True)]
    last = min(until, len(good) - 1)
    return any(all(good[end - YEAR + 1 : end + 1]) for end in range(YEAR - 1, last + 1))


@measure
def capex_over_revenue(model: MarketModel, until: str) -> float:
    """CapEx of all clouds over the revenue of all labs, both summed up to a quarter."""
    last = int(until) + 1
    columns: dict[str, list[Any]] = model.datacollector.model_vars
    revenue = sum(columns["labs_revenue_usd"][:last])
    return float(sum(columns["capex_usd"][:last]) / revenue) if revenue > 0 else nan


# --- what claims about power measure


def gw_per_cu(model: MarketModel, quarter: int) -> float:
    """Power of the chips in service over their compute, GW per CU; nan without any."""
    columns = model.datacollector.model_vars
    capacity = float(columns["capacity_cu"][quarter])
    return float(columns["power_gw"][quarter]) / capacity if capacity > 0 else nan


@measure
def lab_gw(model: MarketModel, lab: str, quarter: str) -> float:
    """Power behind the compute that a lab uses in a quarter, GW; 0 once it has failed."""
    number = int(quarter)
    used = firm_series(model, lab, "inference_cu")[number]
    used += firm_series(model, lab, "training_cu")[number]
    is_gone = firm_series(model, lab, "is_defaulted")[number] > 0
    return 0.0 if is_gone or isnan(used) else used * gw_per_cu(model, number)


@measure
def reaches_gw(model: MarketModel, lab: str, gw: str, until: str) -> float:
    """1 when a lab's compute draws so many GW in some quarter up to one, else 0."""
    used = zip(
        firm_series(model, lab, "inference_cu"),
        firm_series(model, lab, "training_cu"),
        firm_series(model, lab, "is_defaulted"),
        strict=True,
    )
    found = [
        (inference + training) * gw_per_cu(model, quarter)
        for quarter, (inference, training, is_gone) in enumerate(used)
        if quarter <= int(until) and not is_gone
    ]
    return float(any(value >= float(gw) for value in found))


@measure
def cloud_gw(model: MarketModel, cloud: str, quarter: str) -> float:
    """Power of a cloud's chips in service in a quarter, GW."""
    number = int(quarter)
    return firm_series(model, cloud, "capacity_cu")[number] * gw_per_cu(model, number)


# --- what a claim about data centres measures


HOURS, QUARTERS_A_YEAR = 2190.0, 4
"""Hours of a quarter; quarters of a year."""
ONCE_QUARTERS = 8
"""Without re-use chips leave after two years."""
VINTAGES = (0, 1, 2, 3)
"""Years of the mean: 2025 to 2028."""


@measure
def vintage_return(model: MarketModel, year: str, use: str) -> float:
    """Discounted earnings of an accelerator of a year over what it cost, all in.

    The whole cost is charged to its chips: nothing is left when they leave.

    Args:
        model: a finished run of ten years.
        year: years since the start.
        use: see ``_earnings``.
    """
    first = QUARTERS_A_YEAR * int(year)
    return _earnings(model, first, use)[0] / accelerator_cost_usd(model, first)


@measure
def site_return(model: MarketModel, year: str, use: str, building_years: str) -> float:
    """``vintage_return`` with what is left of the site when its chips leave, discounted alike.

    Left is the cost without chips and networking, written off in a straight line over the life of
    buildings and power; chips leave nothing.

    Args:
        model: a finished run of ten years.
        year: years since the start.
        use: see ``_earnings``.
        building_years: life of buildings and power, years, over 0.
    """
    rules, first = model.parameters.compute, QUARTERS_A_YEAR * int(year)
    earned, quarters = _earnings(model, first, use)
    site = rules.accelerator_cost_usd * (1 - rules.chip_share)
    left = site * max(0.0, 1 - quarters / (QUARTERS_A_YEAR * float(building_years)))
    left /= _quarterly_discount(model) ** quarters
    return (earned + left) / accelerator_cost_usd(model, first)


def _earnings(model: MarketModel, first: int, use: str) -> tuple[float, int]:
    """Discounted earnings of an accelerator, USD, and how many quarters it earns.

    Earnings per quarter: rent times the use of capacity, less power and upkeep, for as long as the
    rent covers these (real option to leave; Dixit and Pindyck 1994) and at most its useful life.
    Its rent is that of the market times its efficiency.

    Args:
        model: a finished run of ten years.
        first: quarter in which it is bought.
        use: "reuse"; "once" (leaves after two years); "contract" (rent of its first quarter less
            the contract discount, for its whole life).
    """
    rules, columns = model.parameters.compute, model.datacollector.model_vars
    rents = [float(rent) for rent in columns["spot_price_usd_hour"]]
    used = [min(1.0, float(share)) for share in columns["utilisation"]]
    efficiency = (1 + rules.vintage_gain) ** (first // QUARTERS_A_YEAR)
    discount = _quarterly_discount(model)
    life = ONCE_QUARTERS if use == "once" else rules.useful_life_quarters
    life, total = min(life, len(rents) - first), 0.0
    for age in range(life):
        rent, share = efficiency * rents[first + age], used[first + age]
        if use == "contract":
            rent, share = efficiency * rents[first] * (1 - rules.contract_discount), 1.0
        earned = (rent - rules.running_cost_usd_hour) * share
        if earned < 0:
            return total, age
        total += HOURS * earned / discount ** (age + 1)
    return total, life


def _quarterly_discount(model: MarketModel) -> float:
    """One plus the discount rate of a quarter."""
    return float((1 + model.parameters.valuation.discount) ** (1 / QUARTERS_A_YEAR))


def accelerator_cost_usd(model: MarketModel, quarter: int) -> float:
    """All-in cost of an accelerator in a quarter, USD: its chip at the price of the day."""
    rules = model.parameters.compute
    prices = model.datacollector.model_vars["chip_price_usd"]
    change = float(prices[quarter]) / float(prices[0]) - 1 if prices[0] else 0.0
    return rules.accelerator_cost_usd * (1 + rules.chip_share * change)


@measure
def mean_vintage_return(model: MarketModel, use: str) -> float:
    """Mean of ``vintage_return`` over the first four years."""
    found = [vintage_return(model, str(year), use) for year in VINTAGES]
    return sum(found) / len(found)


@measure
def mean_site_return(model: MarketModel, use: str, building_years: str) -> float:
    """Mean of ``site_return`` over the first four years."""
    found = [site_return(model, str(year), use, building_years) for year in VINTAGES]
    return sum(found) / len(found)
