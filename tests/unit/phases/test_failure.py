"""Phases 10 and 11: who cannot pay fails; contracts end, collateral is sold, claims written off."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from agents import CloudProvider
from agents.institution import Institution
from market.model import MarketModel
from market.phases.failure import clear_obligations, note_losses, resolve_defaults, run_estates


def bankrupt(model: MarketModel, firm: Institution, owed_usd: float = 1e9) -> None:
    """Take all cash of a firm, let it owe money that nobody lends, and settle the quarter."""
    model.ledger.pay(firm.party, model.parties.rest, round(100 * firm.cash_usd), "wages")
    model.settlement.owe(firm.party, model.parties.rest, round(100 * owed_usd), "compute")
    model.ledger.commit("ruin")
    clear_obligations(model)
    resolve_defaults(model)


def check(model: MarketModel, firm: Institution) -> None:
    """A failed firm is an empty shell, and net worth still equals real assets.

    What its creditors run is closed first.
    """
    ledger = model.ledger
    assert firm.is_defaulted
    if firm.is_in_administration:
        note_losses(model, firm.close_estate())
        ledger.commit("estates")
    kinds = ("loans", "bonds", "vendor loans", "receivables", "prepayments", "fund shares")
    assert sum(ledger.liabilities(firm.party, kind) for kind in kinds) == 0
    assert firm.market_value_usd() == firm.market_value_usd("private equity") == 0
    assert ledger.deposits(firm.party) == 0
    assert ledger.assets(firm.party) == 0
    parties = range(len(ledger.parties))
    real = sum(
        ledger.assets(p, a)
        for p in parties
        for a in ("data centres", "chip inventory", "chip capacity")
    )
    assert sum(ledger.net_worth(p) for p in parties) == real


def test_a_failed_lab_leaves_its_contracts() -> None:
    model = small_model()
    lab, thin = model.labs["a"], model.clouds["thin"]
    bankrupt(model, lab)
    check(model, lab)
    assert model.contracts.rpo_usd(lab="a") == 0.0
    assert model.contracts.movements_usd("thin")["cancelled"] == 8e9
    assert thin.freed_cu == pytest.approx(120.0)
    assert lab.valuation_usd == 0.0
    holding = model.investors["holding"].party
    assert model.ledger.balance("private equity", lab.party, holding) == 0
    default, cancelled = model.events.latest("default"), model.events.latest("contract cancelled")
    assert default is not None
    assert default.size == pytest.approx(1e9)
    assert cancelled is not None
    assert cancelled.causes == (default.id,)
    assert thin.last_cancellation == cancelled
    assert "Lab A" in model.why(cancelled)


def test_a_failed_lab_drags_down_who_lived_on_it() -> None:
    """What the lab owes is all that its cloud has to pay with: both fail, the lab first."""
    model = small_model()
    lab, thin = model.labs["a"], model.clouds["thin"]
    for firm in (lab, thin):
        model.ledger.pay(firm.party, model.parties.rest, round(100 * firm.cash_usd), "wages")
    model.settlement.owe(lab.party, thin.party, 10**11, "compute")
    model.settlement.owe(thin.party, model.parties.rest, 5 * 10**10, "wages")
    model.ledger.commit()
    clear_obligations(model)
    resolve_defaults(model)
    first, second = model.events.select("default")
    assert (first.agent, second.agent) == ("Lab A", "Thin cloud")
    assert first.id in [event.id for event in model.events.chain(second)]
    check(model, lab)
    check(model, thin)


def test_a_rich_cloud_buys_the_estate_of_a_failed_one() -> None:
    model = small_model(clouds={"big": {"cash_usd": 900e9}}).run(1)
    big, thin = model.clouds["big"], model.clouds["thin"]
    chips = sum(v.thousands for v in thin.vintages.values())
    before = sum(v.thousands for v in big.vintages.values())
    bankrupt(model, thin)
    book, cash = _books(model, thin), model.ledger.deposits(big.party)
    held = _books(model, big)
    run_estates(model)
    after = sum(v.thousands for v in big.vintages.values())
    assert after - before == pytest.approx(chips)
    paid = cash - model.ledger.deposits(big.party)
    assert paid >= book - 100  # all at the ceiling, some cents of rounding apart
    assert _books(model, big) - held == pytest.approx(paid, abs=100)
    assert thin.capacity_cu == 0.0
    check(model, thin)
    assert model.contracts.rpo_usd(cloud="thin") == model.contracts.other_rpo_usd("thin") == 0.0


def _books(model: MarketModel, cloud: CloudProvider) -> int:
    """Book value of the chips in service."""
    labels = [vintage.label for vintage in cloud.vintages.values()]
    return sum(model.ledger.balance("data centres", None, cloud.party, each) for each in labels)


def test_without_administration_and_buyer_the_estate_is_scrapped() -> None:
    model = small_model(clouds={"big": {"cash_usd": 1e9}}, default={"has_administration": False})
    thin = model.clouds["thin"]
    bankrupt(model, thin)
    run_estates(model)
    assert not thin.is_in_administration
    check(model, thin)
    bank = model.lending_bank.losses_usd
    lost = bank + sum(x.lost_usd for x in model.credit_investors.values())
    assert lost == pytest.approx(8e9)
    assert bank == pytest.approx(0.31 * 8e9)
    assert thin.vintages == {}


def test_a_failed_chipmaker_loses_its_inventory_and_voids_its_letters() -> None:
    letter = {"investor": "maker", "lab": "a", "tranche_usd": 1e9}
    model = small_model(equity_commitments={"letter": letter})
    maker = model.chipmakers["maker"]
    maker.produce()
    model.ledger.commit()
    assert model.ledger.assets(maker.party, "chip inventory") > 0
    bankrupt(model, maker)
    check(model, maker)
    assert model.commitments[0].is_void
    public = model.investors["public"]
    assert model.ledger.balance("listed equity", maker.party, public.party) == 0
    model.run(3)  # clouds go on without a supplier of the model
    assert model.chipmakers["maker"].revenue_usd == maker.revenue_usd


def test_a_failed_investor_sells_its_holdings_at_a_discount() -> None:
    model = small_model(default={"collateral_discount": 0.5})
    holding = model.investors["holding"]
    lab = model.labs["a"]
    units = model.ledger.units(lab.party, holding.party)
    bankrupt(model, holding, owed_usd=200e9)
    check(model, holding)
    assert model.ledger.units(lab.party, model.parties.rest) == units
    assert model.ledger.units(lab.party, holding.party) == 0
    # Half of 66 bn of shares pays 10 bn of secured loans; the rest the interest and 200 bn alike.
    interest = 10e9 * (0.043 + 0.025) / 4
    lost = interest * (1 - 23e9 / (200e9 + interest))
    assert model.bank.losses_usd == pytest.approx(lost, rel=0.005)


def test_two_that_hold_claims_on_each_other_fail_together() -> None:
    model = small_model()
    a, b = model.labs["a"], model.labs["b"]
    for firm, other in ((a, b), (b, a)):
        model.ledger.pay(firm.party, model.parties.rest, round(100 * firm.cash_usd), "wages")
        model.settlement.owe(firm.party, other.party, 10**9, "compute")
        model.settlement.owe(firm.party, model.parties.rest, 10**11, "wages")
    model.ledger.commit()
    clear_obligations(model)
    resolve_defaults(model)
    check(model, a)
    check(model, b)


@pytest.mark.parametrize("kind", ["labs", "clouds", "chipmakers", "investors"])
def test_the_world_goes_on_after_any_failure(kind: str) -> None:
    """Ten quarters in which every batch passes all identities; nobody comes back."""
    model = small_model().run(2)
    firm: Any = next(iter(getattr(model, kind).values()))
    model.ledger.pay(firm.party, model.parties.rest, round(100 * firm.cash_usd), "wages")
    model.settlement.owe(firm.party, model.parties.rest, 10**14, "wages")
    model.ledger.commit()
    model.run(10)
    check(model, firm)
    assert [e.agent for e in model.events.select("default")].count(firm.name) == 1


def test_a_chipmaker_that_waits_for_trade_credit_is_paid_by_the_survivors() -> None:
    """When the chipmaker fails, what clouds owe it a quarter later goes to its creditors' side."""
    model = small_model(chipmaker_rules={"trade_credit_share": 0.9}).run(1)
    maker = model.chipmakers["maker"]
    waiting = model.settlement.due_to(maker.party)
    assert waiting > 0
    bankrupt(model, maker, owed_usd=1e12)
    model.run(2)
    check(model, maker)
    clouds = [cloud.party for cloud in model.active_clouds]
    assert all(model.ledger.balance("receivables", c, model.parties.rest) == 0 for c in clouds)


def test_who_pays_everything_does_not_fail() -> None:
    model = small_model()
    clear_obligations(model)
    resolve_defaults(model)
    assert model.events.select("default") == []
    assert model.clearing.shortfalls == {}
