"""Credit that can close, and losses that travel: paired twins, same seeds."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from market.model import MarketModel
from market.scenario import load_scenario

SEEDS = range(4)
QUARTERS = 16
SHUT = 8


def world(**sections: Any) -> Any:
    """The reference with changes."""
    return load_scenario("reference").changed(**sections)


def shut_down(model: MarketModel) -> None:
    """Nobody lends any more: lenders have no money for sale, and savers bring none."""
    rules = model.parameters.credit.model_copy(update={"share_for_sale": 0.0})
    model.parameters = model.parameters.model_copy(update={"credit": rules})


@cache
def run(seed: int, is_shut: bool, poor: float = 1.0) -> tuple[float, float, int, MarketModel]:
    """Orders from quarter 8 to 16, CapEx then, failures, and the model."""
    parameters = load_scenario("reference")
    if poor != 1.0:
        clouds = {
            key: {**own.model_dump(), "operating_cash_flow_usd": poor * own.operating_cash_flow_usd}
            for key, own in parameters.clouds.items()
        }
        parameters = parameters.changed(clouds=clouds)
    model, orders, capex = MarketModel(parameters, seed=seed), 0.0, 0.0
    for _ in model.each_quarter(QUARTERS):
        if model.quarter > SHUT:
            orders += sum(cloud.orders[-1] for cloud in model.active_clouds)
            capex += sum(cloud.capex_usd for cloud in model.active_clouds)
        if is_shut and model.quarter == SHUT:
            shut_down(model)
    failed = sum(1 for cloud in model.clouds.values() if cloud.is_defaulted)
    return orders, capex, failed, model


def test_credit_that_closes_lowers_orders() -> None:
    """The same worlds, with and without lenders from quarter 8 on; builders with less cash."""
    pairs = [(run(seed, True, 0.8)[0], run(seed, False, 0.8)[0]) for seed in SEEDS]
    changes = [shut / plain - 1 for shut, plain in pairs]
    assert sum(changes) / len(changes) < -0.02
    assert max(changes) < 0.01


def test_an_issue_that_is_pulled_is_reported_and_asked_for_again() -> None:
    model = run(0, True)[3]
    pulled = model.events.select("issue pulled")
    assert pulled
    assert min(event.quarter for event in pulled) >= SHUT
    assert not run(0, False)[3].events.select("issue pulled")


def spreads(**credit: float) -> list[float]:
    """Mean spread of all who asked in four quarters, seed by seed."""
    found = []
    for seed in SEEDS:
        model, seen = MarketModel(world(credit=credit), seed=seed), []
        for _ in model.each_quarter(4):
            seen += [model.quotes.spreads[key] for key in model.quotes.asked_usd]
        found.append(sum(seen) / len(seen))
    return found


def test_less_room_makes_money_dearer() -> None:
    plenty, usual, scarce = (
        spreads(cash_usd=factor * 9e10, inflow_usd=factor * 4.5e10) for factor in (3.0, 1.0, 0.15)
    )
    for one, two, three in zip(plenty, usual, scarce, strict=True):
        assert one < two < three


@pytest.mark.parametrize("capital_bn", [1.0, 240.0])
def test_a_thin_bank_falls_under_its_floor_and_a_thick_one_does_not(capital_bn: float) -> None:
    """All clouds borrow a large part from banks, and one fails with little to its creditors."""
    classes = {kind: {"bank_share": 0.6} for kind in ("ig", "hy")}
    thin_worlds = world(
        bank={"ai_capital_usd": capital_bn * 1e9, "target_ratio": 0.0},
        credit_classes=classes,
        default={"has_administration": False},
    )
    model = MarketModel(thin_worlds, seed=1).run(2)
    before = model.lending_bank.capital_usd()
    for key in ("coreweave", "oracle"):
        model.settlement.file(model.clouds[key].party)
    model.run(2)
    bank = model.lending_bank
    assert before - bank.capital_usd() > 1e9
    assert bank.is_under == (capital_bn == 1.0)
    assert bool(model.events.select("bank floor", agent=bank.name)) == bank.is_under
    assert bank.is_insolvent == (bank.capital_usd() < 0)
    if bank.is_under:
        assert not bank.can_lend


def test_losses_reach_households_and_add_up() -> None:
    """What holders of an issuer's debt lose together is what its debt was written down by."""
    twins = [MarketModel(world(), seed=2).run(3) for _ in range(2)]
    plain, struck = twins
    party = struck.clouds["coreweave"].party
    owed = sum(struck.ledger.liabilities(party, kind) for kind in ("bonds", "loans"))
    struck.settlement.file(party)
    for model in twins:
        model.run(1)
    left = sum(struck.ledger.liabilities(party, kind) for kind in ("bonds", "loans"))
    assert left < owed
    claims = {}
    for model in twins:
        households = model.parties.households
        claims[model is struck] = sum(
            amount
            for kind in ("fund shares", "policies", "pension claims")
            for lender in model.credit_investors.values()
            for issuer, amount in model.ledger.claims(households, kind)
            if issuer == lender.party
        )
    assert claims[True] < claims[False]
    assert struck.credit_investors["privatecredit"].loss > 0
    assert plain.credit_investors["privatecredit"].loss == 0
