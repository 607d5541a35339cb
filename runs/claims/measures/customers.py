"""What claims about customers measure: who moves, who is served, and who has whose seats."""

from __future__ import annotations

from math import isnan, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.rules.enterprise_choice import choose_providers, make_offer_table
from runs.claims.measures import measure, pair_measure
from runs.claims.measures.contracts import firm_series

if TYPE_CHECKING:
    from market.model import MarketModel
    from runs.twin_runs.pairs import Pair

type Mask = np.ndarray[Any, np.dtype[np.bool_]]

POINTS = 100.0
"""Points of reliability in the whole: a point is one task in a hundred."""


def _seats(model: MarketModel, rows: Mask) -> float:
    """Seats of some customers."""
    return float(model.customers.column("seats")[rows].sum())


# --- who has whose seats


@measure
def enterprise_part(model: MarketModel, lab: str, first: str, last: str) -> float:
    """Part of what enterprises pay all labs that goes to one, quarters ``first`` to ``last``.

    nan when the run ends before, or when nobody sells a seat.
    """
    quarters = slice(int(first), int(last) + 1)
    if model.quarter <= int(last):
        return nan
    paid = {
        key: sum(firm_series(model, key, "enterprise_revenue_usd")[quarters]) for key in model.labs
    }
    total = sum(paid.values())
    return paid[lab] / total if total > 0 else nan


@measure
def two_providers(model: MarketModel) -> float:
    """Part of the seats in use at the end whose customer buys from two labs."""
    first, second = (model.customers.column(name) for name in ("provider", "secondary"))
    total = _seats(model, first >= 0)
    return _seats(model, second >= 0) / total if total > 0 else nan


# --- who moves


@measure
def moved_now(model: MarketModel) -> float:
    """Part of the seats in use whose first provider changed in the last quarter."""
    total = _seats(model, model.customers.column("provider") >= 0)
    return model.customers.moved_seats / total if total > 0 else nan


@pair_measure
def moved_to(pair: Pair, lab: str) -> float:
    """Part of the seats that others hold in the twin without that the lab holds in the other one.

    Customers are compared one by one; what counts is the first provider at the end.
    """
    held = pair.base.customers.column("provider")
    index = pair.base.customers.providers.index(lab)
    others = (held >= 0) & (held != index)
    total = _seats(pair.base, others)
    moved = others & (pair.shocked.customers.column("provider") == index)
    return _seats(pair.base, moved) / total if total > 0 else nan


@measure
def would_move(model: MarketModel, eur: str, points: str) -> float:
    """Part of the market's seats that would leave for a rival without a contract in the way.

    Both sell at the same price and quality, but for the rival's lower price and better work.

    Args:
        model: whose customers are asked.
        eur: how much lower the rival's price is, EUR per seat per month.
        points: how many points of reliability better it is.
    """
    customers = model.customers
    prices, qualities = np.array([0.0, -float(eur)]), np.array([0.0, float(points)])
    table = make_offer_table(prices, qualities, np.ones(2), np.zeros(1), customers.weights)
    present = np.zeros(customers.alive.size, dtype=np.int64)
    code = table.codes_of(present, customers.column("weight_class"))
    chosen = choose_providers(present, code, customers.column("switching_cost"), table)
    return _seats(model, chosen == 1) / _seats(model, customers.alive)


# --- who is served


@measure
def needs_above(model: MarketModel, lab: str, quarter: str) -> float:
    """Part of all seats of the market that need more reliability than a lab gives in a quarter.

    nan from the quarter on in which the lab sells no more.
    """
    number = int(quarter)
    if number >= model.quarter or isnan(firm_series(model, lab, "price_eur")[number]):
        return nan
    given = firm_series(model, lab, "reliability")[number]
    customers = model.customers
    needy = customers.alive & (customers.minimum_reliability > given)
    return _seats(model, needy) / _seats(model, customers.alive)


@measure
def reliable_quarter(model: MarketModel, lab: str, level: str) -> float:
    """First quarter in which a lab does a part ``level`` of tasks right; nan for never."""
    path = firm_series(model, lab, "reliability")
    return next((float(q) for q, value in enumerate(path) if value >= float(level)), nan)


# --- consumers


def _users_part(model: MarketModel, lab: str, quarter: int) -> float:
    """Part of all consumers that use a lab's assistant in a quarter."""
    if quarter >= model.quarter:
        return nan
    users = {key: firm_series(model, key, "users")[quarter] for key in model.labs}
    total = sum(users.values())
    return users[lab] / total if total > 0 else nan


@pair_measure
def users_part(pair: Pair, lab: str, quarters: str) -> float:
    """Part of all consumers that use a lab so many quarters after the intervention."""
    return _users_part(pair.shocked, lab, pair.since + int(quarters))


@pair_measure
def users_lost(pair: Pair, lab: str, quarters: str) -> float:
    """Part of all consumers that a lab loses by the intervention, so many quarters after it."""
    quarter = pair.since + int(quarters)
    return _users_part(pair.base, lab, quarter) - _users_part(pair.shocked, lab, quarter)
