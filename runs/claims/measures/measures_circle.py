"""What claims about the circle of capital measure: circles, cover of costs, money put in."""

from __future__ import annotations

from functools import lru_cache
from math import nan
from typing import TYPE_CHECKING

from runs.claims.measures import measure
from runs.claims.measures.measures_contracts import firm_series

if TYPE_CHECKING:
    from market.model import MarketModel
    from market.networks.payments import Payments


@lru_cache(maxsize=2)
def _payments(model: MarketModel, first: int, last: int) -> Payments:
    from market.networks.payments import payments

    return payments(model, range(last, last + 1), last - first + 1)


@measure
def circular_part(model: MarketModel, first: str, last: str) -> float:
    """Part of what firms pay one another in some quarters together that runs in circles, 0 to 1.

    Both quarters are included; nan when the run ended before the last one.
    """
    from market.networks.circulation import circulation_index

    if int(last) >= len(model.ledger.archives):
        return nan
    return circulation_index(_payments(model, int(first), int(last)).between_firms()[0])


@measure
def own_cover(model: MarketModel, lab: str, first: str, last: str) -> float:
    """Part of a lab's costs in some quarters that its revenue covers, 0 to 1.

    Costs are revenue plus burn; a quarter without burn counts as just covered. Quarters without
    revenue, such as those after a default, are left out; nan when there are no others.
    """
    wanted = slice(int(first), int(last) + 1)
    revenue = firm_series(model, lab, "revenue_usd")[wanted]
    burn = firm_series(model, lab, "burn_usd")[wanted]
    sold = [(earned, burnt) for earned, burnt in zip(revenue, burn, strict=True) if earned > 0]
    earned = sum(each for each, _ in sold)
    return earned / (earned + sum(each for _, each in sold)) if sold else nan


@measure
def put_into_firms(model: MarketModel, key: str) -> float:
    """Money that an institution put into labs, clouds and chipmakers in the whole run, USD."""
    last = len(model.ledger.archives) - 1
    party = model.institution(key).party
    return float(_payments(model, 0, last).financing[0, party].sum())


@measure
def listed_quarter(model: MarketModel, lab: str) -> float:
    """Quarter in which a lab's shares became listed; 0 from the start, nan for never."""
    firm = model.labs[lab]
    if firm.own.is_listed:
        return 0.0
    found = model.events.select("ipo", firm.name)
    return float(found[0].quarter) if found else nan
