"""What a claim about data centres measures: the return on a site at the rents of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runs.claims.measures import measure

if TYPE_CHECKING:
    from market.model import MarketModel

HOURS, YEAR = 2190.0, 4
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
    first = YEAR * int(year)
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
    rules, first = model.parameters.compute, YEAR * int(year)
    earned, quarters = _earnings(model, first, use)
    site = rules.accelerator_cost_usd * (1 - rules.chip_share)
    left = site * max(0.0, 1 - quarters / (YEAR * float(building_years)))
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
    efficiency = (1 + rules.vintage_gain) ** (first // YEAR)
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
    return float((1 + model.parameters.valuation.discount) ** (1 / YEAR))


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
