"""Phases 1 to 3: time passes, beliefs are formed, seats and subscriptions are sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.ai_lab import Offer
from agents.consumers import Audience
from market.units import cents, some_money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.ai_lab import AILab
    from market.model import MarketModel


def age_vintages_and_contracts(model: MarketModel) -> None:
    """Depreciate data centres, commission delivered ones, sign contracts that fall in now."""
    for cloud in model.active_clouds:
        cloud.age()
    model.ledger.commit("age vintages")
    for cloud in model.active_clouds:
        cloud.retire()
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
    for firm in (*model.active_labs, *model.active_clouds, *model.active_chipmakers):
        firm.form_expectations()


def set_prices_and_sell(model: MarketModel) -> None:
    """Labs learn and set prices; enterprises and consumers choose; revenue is booked."""
    labs = model.active_labs
    frontier = max((lab.cumulative_training_cu for lab in labs), default=0.0)
    for lab in labs:
        lab.learn(frontier)
    offers = {lab.key: Offer(lab.offered_price_eur, lab.reliability) for lab in labs}
    for lab in labs:
        lab.set_price([offer for key, offer in offers.items() if key != lab.key])
    audiences = model.consumers.choose(labs)
    _sell_seats(model)
    seats_of = model.customers.seats_of.tolist()
    all_seats = max(float(model.customers.seats_of.sum()), 1.0)
    for key, seats in zip(model.customers.providers, seats_of, strict=True):
        lab = model.labs[key]
        if lab.is_active:
            lab.sell(seats, seats / all_seats, audiences.get(key, Audience()))
            lab.calibrate()
    _learn_sector_multiples(model)
    _close_the_circle_of_income(model)
    model.ledger.commit("sales")


def use_of_all_seats(labs: Sequence[AILab]) -> float:
    """Use of the mean seat that labs sold last, over that of the start: what bills are for."""
    seats = sum(lab.seats for lab in labs if lab.is_active)
    used = sum(lab.seats * lab.seat_use for lab in labs if lab.is_active)
    return used / seats if seats > 0 else 1.0


def _sell_seats(model: MarketModel) -> None:
    """Let the customer population choose, and report a wave of switching."""
    customers = model.customers
    if not customers.providers:
        return
    labs = [model.labs[key] for key in customers.providers]
    use = use_of_all_seats(labs)
    bills = np.array([lab.bill_eur(use) for lab in labs])
    reliabilities = np.array([lab.reliability for lab in labs])
    before = customers.seats_of.copy()
    customers.choose(bills, reliabilities, use)
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


def _learn_sector_multiples(model: MarketModel) -> None:
    """Multiples of all labs with shares, weighted by revenue, as first calibrated."""
    priced = [lab for lab in model.active_labs if lab.value_calibration > 0]
    revenue = sum(lab.first_revenue_usd or 0.0 for lab in priced)
    if revenue <= 0:
        return
    calibration = sum(lab.value_calibration * (lab.first_revenue_usd or 0.0) for lab in priced)
    multiple = sum(lab.exit_revenue_multiple * (lab.first_revenue_usd or 0.0) for lab in priced)
    for lab in priced:
        if lab.sector_calibration <= 0:
            lab.sector_calibration = calibration / revenue
            lab.sector_exit_multiple = multiple / revenue


def _close_the_circle_of_income(model: MarketModel) -> None:
    """The rest of the economy pays enterprises and households what they spend here."""
    ledger = model.ledger
    seats = sum(cents(lab.enterprise_revenue_usd) for lab in model.active_labs)
    subscriptions = sum(cents(lab.audience.subscriptions_usd) for lab in model.active_labs)
    ledger.pay(model.parties.rest, model.parties.enterprises, seats, "enterprise sales")
    ledger.pay(model.parties.rest, model.parties.households, subscriptions, "household income")
