"""What claims about labs measure: margins of tiers, segments, advertising, breaking even."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from agents.rules.unit_economics import mean_usage_truncated_pareto, tier_margin
from market.host import CU_HOURS
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
        eur = firm_series(model, lab, "price_eur")[quarter]
        return eur * model.parameters.enterprise.usd_per_eur, rules.seat_usage, 1.0
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
