"""What a claim about data centres measures: the return on chips of a year at the rents of a run."""

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

    Earnings per quarter: rent times the use of capacity, less power and upkeep, for as long as the
    rent covers these (real option to leave; Dixit and Pindyck 1994) and at most its useful life.
    Its rent is that of the market times its efficiency.

    Args:
        model: a finished run of ten years.
        year: years since the start.
        use: "reuse"; "once" (leaves after two years); "contract" (rent of its first quarter less
            the contract discount, for its whole life).
    """
    rules, first = model.parameters.compute, YEAR * int(year)
    columns = model.datacollector.model_vars
    rents = [float(rent) for rent in columns["spot_price_usd_hour"]]
    used = [min(1.0, float(share)) for share in columns["utilisation"]]
    efficiency = (1 + rules.vintage_gain) ** int(year)
    discount = (1 + model.parameters.valuation.discount) ** (1 / YEAR)
    life = ONCE_QUARTERS if use == "once" else rules.useful_life_quarters
    total = 0.0
    for age in range(min(life, len(rents) - first)):
        rent, share = efficiency * rents[first + age], used[first + age]
        if use == "contract":
            rent, share = efficiency * rents[first] * (1 - rules.contract_discount), 1.0
        earned = (rent - rules.running_cost_usd_hour) * share
        if earned < 0:
            break
        total += HOURS * earned / discount ** (age + 1)
    return total / accelerator_cost_usd(model, first)


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
