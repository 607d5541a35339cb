"""Phases 1 to 3: time passes, beliefs are formed, seats and subscriptions are sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.ai_lab import Offer
from agents.consumers import Audience
from market.units import cents, some_money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.ai_lab import AILab
    from market.model import MarketModel


def age_vintages_and_contracts(model: MarketModel) -> None:
    """Depreciate, commission what was delivered, lose chips, sign contracts that fall in now."""
    for cloud in model.serving_clouds:
        cloud.age()
    model.ledger.commit("age vintages")
    for cloud in model.serving_clouds:
        cloud.retire()
        cloud.lose_failed_chips()
    model.ledger.commit("retire vintages")
    for contract, signed in list(model.pending_contracts):
        if signed > model.quarter:
            continue
        model.pending_contracts.remove((contract, signed))
        lab, cloud = model.labs[contract.lab], model.clouds[contract.cloud]
        if lab.is_defaulted or cloud.is_defaulted:
            continue
        model.contracts.sign(contract)
        if signed > 0:
            usd = contract.total_cents / 100
            lab.report(
                "contract signed",
                usd,
                "USD",
                f"signs compute for {some_money(usd)} at {cloud.name}",
            )
    model.contracts.check(model.quarter)


def form_expectations(model: MarketModel) -> None:
    """Everybody learns the growth of its own fundamentals and forecasts the next."""
    cohorts = model.active("startups")
    for firm in (*model.active_labs, *cohorts, *model.active_clouds, *model.active_chipmakers):
        firm.form_expectations()


def set_prices_and_sell(model: MarketModel) -> None:
    """Labs set prices, customers choose, revenue is booked; start-ups sell and plan to spend."""
    labs = model.active_labs
    frontier = max((lab.cumulative_training_cu for lab in labs), default=0.0)
    for lab in labs:
        lab.learn(frontier)
    offers = {lab.key: Offer(lab.offered_price_eur, lab.reliability) for lab in labs}
    for lab in labs:
        lab.set_price([offer for key, offer in offers.items() if key != lab.key])
    leaving = {lab.key: lab.leaving_share() for lab in model.labs.values() if lab.is_defaulted}
    model.consumers.let_go(leaving)
    audiences = model.consumers.choose(model.serving_labs)
    _sell_seats(model, leaving)
    came = model.customers.inherited_seats().tolist()
    seats_of = model.customers.seats_of.tolist()
    all_seats = max(float(model.customers.seats_of.sum()), 1.0)
    for key, seats, new in zip(model.customers.providers, seats_of, came, strict=True):
        lab = model.labs[key]
        if lab.is_serving:
            lab.inherited_seats, lab.inherited_users = new, model.consumers.inherited.get(key, 0.0)
            lab.sell(seats, seats / all_seats, audiences.get(key, Audience()))
    _close_the_circle_of_income(model)
    model.ledger.commit("sales")
    for cohort in model.active("startups"):
        cohort.begin_quarter()
    model.ledger.commit("start-ups")


def use_of_all_seats(labs: Sequence[AILab]) -> float:
    """Use of the mean seat that labs sold last, over that of the start: what bills are for."""
    seats = sum(lab.seats for lab in labs if lab.is_serving)
    used = sum(lab.seats * lab.seat_use for lab in labs if lab.is_serving)
    return used / seats if seats > 0 else 1.0


def _sell_seats(model: MarketModel, leaving: Mapping[str, float]) -> None:
    """Let the customer population choose, and report a wave of switching.

    A failed lab that still serves takes no new customer: it is reliable enough for nobody.
    """
    customers = model.customers
    if not customers.providers:
        return
    labs = [model.labs[key] for key in customers.providers]
    customers.use = use_of_all_seats(labs)
    bills = np.array([lab.bill_eur(customers.use) for lab in labs])
    reliabilities = np.array([lab.reliability if lab.is_active else -1.0 for lab in labs])
    customers.let_go(leaving, model.parameters.lab_rules.run_off_give_up)
    before = customers.seats_of.copy()
    customers.choose(bills, reliabilities)
    total = float(before.sum())
    share = customers.moved_seats / total if total > 0 else 0.0
    if share >= model.parameters.enterprise.switch_wave_share:
        gain = customers.seats_of - before
        winner = labs[int(np.argmax(gain))]
        since = max(0, model.quarter - 2)
        causes = tuple(
            model.events.latest(kind, since=since)
            for kind in ("price cut", "entry", "default", "shock")
        )
        winner.report(
            "switch wave",
            100 * share,
            "% of seats",
            f"{share:.0%} of enterprise seats change provider, most to {winner.name}",
            causes,
        )


def _close_the_circle_of_income(model: MarketModel) -> None:
    """The rest of the economy pays enterprises and households what they spend here."""
    ledger = model.ledger
    seats = sum(cents(lab.enterprise_revenue_usd) for lab in model.serving_labs)
    subscriptions = sum(cents(lab.audience.subscriptions_usd) for lab in model.serving_labs)
    ledger.pay(model.parties.rest, model.parties.enterprises, seats, "enterprise sales")
    ledger.pay(model.parties.rest, model.parties.households, subscriptions, "household income")
