"""A lab that can raise no money is bought, or not: by whom, at what price, and what follows."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from market.model import MarketModel
from market.phases.absorption import sell_labs
from market.phases.failure import clear_obligations, resolve_defaults
from market.phases.funding import hold_funding_rounds
from market.phases.sales import set_prices_and_sell

HUGE = 900e9


def in_distress(lab_rules: dict[str, Any] | None = None, **changes: Any) -> MarketModel:
    """The small world after a round of lab A failed that has no cash left; big is rich."""
    clouds = changes.pop("clouds", {"big": {"cash_usd": 100e9}})
    model = small_model(lab_rules=lab_rules or {}, clouds=clouds, **changes)
    set_prices_and_sell(model)
    lab = model.labs["a"]
    lab.need_usd, lab.compute_cost_usd = HUGE, 5e9
    model.ledger.pay(lab.party, model.parties.rest, round(99 * lab.cash_usd), "wages")
    model.ledger.commit("loss")
    hold_funding_rounds(model)
    assert lab.failed_rounds == 1
    lab.need_usd = 4e9
    return model


def test_who_sells_to_it_buys_it_and_is_its_parent() -> None:
    model = in_distress()
    lab, big = model.labs["a"], model.clouds["big"]
    assert lab.is_for_sale()
    cash, reserve, mark = big.cash_usd, lab.reserve_price_usd(), lab.valuation_usd
    promised = model.contracts.rpo_usd(lab="a")
    sell_labs(model)
    (event,) = model.events.select("absorbed")
    assert event.agent == "Lab A" and "Big cloud" in event.text
    assert lab.parent == "big"
    assert reserve <= event.size == pytest.approx(lab.valuation_usd)
    assert event.size <= mark
    assert cash - big.cash_usd <= event.size + 1
    assert model.ledger.units(lab.party, big.party) == model.ledger.units(lab.party)
    assert model.contracts.rpo_usd(lab="a") == promised
    assert "fails to raise" in model.why(event)
    hold_funding_rounds(model)
    assert lab.asked_usd == 0.0  # a parent pays from now on


def test_former_holders_are_paid_pro_rata() -> None:
    model = in_distress()
    lab, ledger = model.labs["a"], model.ledger
    holding = model.investors["holding"].party
    share = ledger.units(lab.party, holding) / ledger.units(lab.party)
    before = ledger.deposits(holding)
    sell_labs(model)
    (event,) = model.events.select("absorbed")
    assert ledger.deposits(holding) - before == pytest.approx(100 * share * event.size, abs=2)
    assert ledger.units(lab.party, holding) == 0


def test_a_listed_buyer_without_the_cash_pays_the_rest_in_shares() -> None:
    rules = {"absorption_cash_share": 0.05, "absorption_stock_share": 0.2}
    model = in_distress(rules)
    lab, big = model.labs["a"], model.clouds["big"]
    units, cash = model.ledger.units(big.party), big.cash_usd
    value = big.value_usd
    sell_labs(model)
    (event,) = model.events.select("absorbed")
    assert cash - big.cash_usd == pytest.approx(0.05 * cash - 4e9, rel=0.01)
    paid_in_shares = event.size - (cash - big.cash_usd)
    assert paid_in_shares > 0
    assert big.value_usd - value == pytest.approx(paid_in_shares, rel=0.01)
    issued = model.ledger.units(big.party) / units - 1
    assert issued == pytest.approx(paid_in_shares / value, rel=0.01)
    assert lab.parent == "big"


@pytest.mark.parametrize(
    "why", ["switched off", "refused", "has cash", "too dear to keep", "nobody is rich", "parent"]
)
def test_it_is_not_sold_when(why: str) -> None:
    off = {"has_absorption": False} if why == "switched off" else {}
    poor = {"big": {"cash_usd": 10e9, "market_cap_usd": 1e9}}
    model = in_distress(off, **({"clouds": poor} if why == "nobody is rich" else {}))
    lab = model.labs["a"]
    if why == "refused":
        lab.is_refused = True
    if why == "has cash":
        lab.compute_cost_usd = lab.staff_cost_usd = 0.0
    if why == "too dear to keep":
        lab.need_usd = 10 * HUGE
    if why == "parent":
        lab.parent = "thin"
    sell_labs(model)
    assert not model.events.select("absorbed")
    assert lab.parent == ("thin" if why == "parent" else None)


def test_nobody_buys_two_labs_in_a_quarter() -> None:
    model = in_distress()
    for lab in model.labs.values():
        lab.last_failure = model.labs["a"].last_failure
        lab.failed_rounds, lab.need_usd, lab.compute_cost_usd = 1, 4e9, 50e9
    sell_labs(model)
    parents = [lab.parent for lab in model.labs.values() if lab.parent is not None]
    assert parents and len(parents) == len(set(parents))


def test_it_lives_on_what_its_buyer_pays() -> None:
    """The twins: who is bought does not fail, who is not does."""
    fate = []
    for has in (True, False):
        model = in_distress({"has_absorption": has})
        lab = model.labs["a"]
        sell_labs(model)
        model.settlement.owe(lab.party, model.parties.rest, 3 * 10**11, "wages")
        lab.need_usd = HUGE
        hold_funding_rounds(model)
        clear_obligations(model)
        resolve_defaults(model)
        fate.append(lab.is_defaulted)
    assert fate == [False, True]


def test_when_its_buyer_fails_it_is_on_its_own_again() -> None:
    model = in_distress()
    sell_labs(model)
    lab = model.labs["a"]
    assert lab.parent == "big"
    model.wind_up(model.clouds["big"])
    assert lab.parent is None
    assert model.ledger.units(lab.party, model.clouds["big"].party) == 0
    model.run(3)
