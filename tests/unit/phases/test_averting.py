"""Events that a twin is kept from: the rule does something else, and the books still close."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from agents.institution import Institution
from market.events import KINDS, Averted, Event
from market.model import MarketModel
from market.phases.averting import RELIEF, WAYS, avert, keep_building, reason_against
from market.phases.failure import clear_obligations, resolve_defaults
from market.phases.marks import mark_to_market
from market.phases.marks import test_bank_capital as check_bank_capital
from market.shocks import FAILURE


def told(kind: str, agent: str, quarter: int = 0, **more: Any) -> Event:
    """An event that another run has told of."""
    return Event(0, quarter, kind, agent, 1.0, "USD", more.pop("text", ""), **more)


def relief(model: MarketModel, party: int) -> int:
    """What a party got in this quarter so that an event did not happen, cents."""
    return model.ledger.flow(RELIEF, party)


# --- what is kept


def test_an_event_is_kept_away_in_its_quarters_and_from_its_agent_only() -> None:
    averted = Averted()
    assert not averted.holds("default", "A", 3)
    averted.add("default", "A", 3)
    averted.add("failed round", "A", 0, 0)
    assert [averted.holds("default", "A", quarter) for quarter in (2, 3, 90)] == [False, True, True]
    assert [averted.holds("failed round", "A", quarter) for quarter in (0, 1)] == [True, False]
    assert not averted.holds("default", "B", 3)
    assert not averted.holds("capex cut", "A", 3)


def test_every_way_is_of_a_kind_of_event_and_names_the_agent() -> None:
    assert set(WAYS) <= set(KINDS)
    assert all("{}" in way.words for way in WAYS.values())


def test_an_event_is_averted_at_the_start_of_its_quarter() -> None:
    model = small_model()
    with pytest.raises(ValueError, match="2025Q4 is averted at the start of it, not in 2025Q3"):
        avert(model, told("default", "Lab A", 1))
    with pytest.raises(ValueError, match="no way is known to keep this from happening: ipo"):
        avert(model, told("ipo", "Lab A"))


# --- each kind


def owe_too_much(model: MarketModel, firm: Institution, usd: float = 1e9) -> None:
    """Take all cash of a firm and let it owe money that nobody lends."""
    model.ledger.pay(firm.party, model.parties.rest, round(100 * firm.cash_usd), "wages")
    model.settlement.owe(firm.party, model.parties.rest, round(100 * usd), "compute")
    model.ledger.commit("ruin")


def test_a_firm_that_must_not_fail_is_given_just_what_it_lacks() -> None:
    model = small_model()
    lab = model.labs["a"]
    avert(model, told("default", "Lab A"))
    owe_too_much(model, lab)
    clear_obligations(model)
    resolve_defaults(model)
    assert not lab.is_defaulted
    assert relief(model, lab.party) == pytest.approx(100e9, abs=10)
    assert model.ledger.deposits(lab.party) <= 10


def test_a_firm_that_can_pay_is_given_nothing() -> None:
    model = small_model()
    avert(model, told("default", "Lab A"))
    clear_obligations(model)
    assert relief(model, model.labs["a"].party) == 0


def test_what_debtors_that_fail_still_pay_is_counted() -> None:
    """Lab B owes what it cannot pay to a cloud that must not fail: only the gap is given."""
    model = small_model()
    lab, thin = model.labs["b"], model.clouds["thin"]
    for firm in (lab, thin):
        model.ledger.pay(firm.party, model.parties.rest, round(100 * firm.cash_usd), "wages")
    model.ledger.pay(model.parties.rest, lab.party, 4 * 10**10, "compute")
    model.settlement.owe(lab.party, thin.party, 10**11, "compute")
    model.settlement.owe(thin.party, model.parties.rest, 5 * 10**10, "wages")
    model.ledger.commit("ruin")
    avert(model, told("default", "Thin cloud"))
    clear_obligations(model)
    resolve_defaults(model)
    assert lab.is_defaulted
    assert not thin.is_defaulted
    kept = model.parameters.default.bankruptcy_external
    assert relief(model, thin.party) == pytest.approx(5 * 10**10 - kept * 4 * 10**10, abs=10)


def test_who_filed_for_bankruptcy_goes_on_when_that_is_averted() -> None:
    model = small_model()
    lab = model.labs["a"]
    model.settlement.file(lab.party)
    avert(model, told("default", "Lab A"))
    clear_obligations(model)
    resolve_defaults(model)
    assert not lab.is_defaulted


REFUSED: dict[str, Any] = {
    "labs": {"a": {"cash_usd": 1e9, "staff_cost_usd": 2e9}},
    "lab_rules": {"commitment_multiple": 0.01},
    "compute_contracts": {"first": {"start_quarter": 6}},
    "shocks": {"no": {"kind": "refuse funding", "quarter": 0, "target": "a"}},
}
"""Nobody funds a lab that burns its cash, and most that it has promised has not begun."""


def test_a_round_that_must_not_fail_is_filled_by_the_rest_of_the_economy() -> None:
    base = small_model(**REFUSED).run(4)
    failed = base.events.select("failed round", "Lab A")[0]
    twin = small_model(**REFUSED).run(failed.quarter)
    avert(twin, failed)
    twin.run(1)
    lab, rest = twin.labs["a"], twin.parties.rest
    assert not twin.events.select("failed round", "Lab A")
    assert lab.raised_usd >= lab.asked_usd == pytest.approx(failed.size)
    held = twin.ledger.balance("private equity", lab.party, rest)
    assert held == pytest.approx(100 * failed.size, rel=0.01)
    (closed,) = twin.events.select("round", "Lab A")
    assert closed.text.endswith("from the rest of the economy, in a twin")
    without = small_model(**REFUSED).run(failed.quarter + 1)
    for key, investor in twin.investors.items():
        assert investor.invested_usd == without.investors[key].invested_usd


def test_an_investor_that_must_not_be_called_is_brought_to_its_limit() -> None:
    model = small_model(investors={"holding": {"debt_usd": 30e9}}, valuation={"speed": 0.0})
    holding = model.investors["holding"]
    avert(model, told("margin call", "Holding"))
    mark_to_market(model)
    assert not model.events.select("margin call")
    assert holding.loan_to_value() == pytest.approx(0.25, abs=1e-6)
    assert model.ledger.units(model.parties.rest, model.parties.households) == 0
    assert relief(model, holding.party) == pytest.approx(100 * (30e9 - holding.debt_usd()))


def test_a_cloud_that_must_not_cut_orders_as_little_less_as_is_no_cut() -> None:
    model = small_model()
    cloud = model.clouds["big"]
    cloud.orders.extend([80.0, 100.0, 100.0, 90.0])
    cloud.funded_share = 0.5
    before = cloud.cash_usd
    avert(model, told("capex cut", "Big cloud"))
    ratio = model.parameters.cloud_rules.capex_cut_ratio
    order = keep_building(model, cloud, 60.0, 2e6)
    model.ledger.commit("grant")
    assert order == pytest.approx((1 - ratio) * 100.0)
    assert cloud.funded_share == 1.0
    cost = (order - 30.0) * 2e6 + 0.5 * cloud.first_other_capex_usd
    assert cloud.cash_usd - before == pytest.approx(cost)
    cloud.begin_building(order)
    assert cloud.begins_to_cut() is None
    assert keep_building(model, cloud, 99.0, 2e6) == 99.0
    assert keep_building(model, model.clouds["thin"], 1.0, 2e6) == 1.0


def test_a_lab_that_must_not_cut_its_price_keeps_it() -> None:
    model = small_model()
    lab = model.labs["a"]
    lab.price_eur = before = 50 * lab.seat_cost_eur() + 100.0
    avert(model, told("price cut", "Lab A"))
    lab.set_price([])
    assert lab.price_eur == before
    assert not model.events.select("price cut")


def test_a_lab_whose_entry_is_averted_stays_outside() -> None:
    model = small_model(labs={"b": {"enters_quarter": 1, "enterprise_share": 0.0}})
    model.run(1)
    avert(model, told("entry", "Lab B", 1))
    model.run(2)
    assert not model.labs["b"].is_open


def test_a_bank_that_must_keep_its_floor_is_given_capital() -> None:
    model = small_model()
    ledger, bank = model.ledger, model.bank
    most = ledger.net_worth(bank.party) - ledger.assets(bank.party) // 100
    ledger.write_off("loans", model.parties.rest, bank.party, most, "economy")
    ledger.commit("loss")
    avert(model, told("bank floor", bank.name))
    check_bank_capital(model)
    assert bank.can_lend
    assert not model.events.select("bank floor")
    assert bank.capital_ratio() == pytest.approx(model.parameters.bank.capital_floor)


def cancelled(model: MarketModel) -> list[Event]:
    """Contracts of the lab that nobody funds which ended early."""
    return model.events.select("contract cancelled", "Lab A")


def test_a_lab_that_must_keep_its_contracts_does_not_give_them_up() -> None:
    base = small_model(**REFUSED).run(4)
    given_up = next(e for e in cancelled(base) if "gives up" in e.text)
    assert reason_against(base, given_up) == ""
    twin = small_model(**REFUSED).run(given_up.quarter)
    avert(twin, given_up)
    twin.run(1)
    assert twin.events.select("failed round", "Lab A", given_up.quarter)
    assert not [e for e in cancelled(twin) if "gives up" in e.text]


def test_a_wave_is_averted_by_customers_who_stay() -> None:
    """Lab A becomes far too dear: without a way out its customers stay, new ones do not come."""
    moved = {}
    for is_averted in (False, True):
        model = small_model(enterprise={"tender_rate": 0.5})
        model.run(1)
        if is_averted:
            avert(model, told("switch wave", "Lab B", 1))
        model.labs["a"].price_offset_eur = 5000.0
        model.run(1)
        moved[is_averted] = model.customers.moved_seats
    assert moved[False] > 0
    assert moved[True] == 0


def test_a_shock_is_left_out() -> None:
    shocks = {
        "first": {"kind": "rate rise", "quarter": 2, "size": 0.02},
        "second": {"kind": "rate rise", "quarter": 2, "size": 0.03},
    }
    model = small_model(shocks=shocks).run(4)
    second = model.events.select("shock")[1]
    assert reason_against(model, second) == ""
    twin = small_model(shocks=shocks).run(2)
    avert(twin, second)
    twin.run(2)
    assert [event.size for event in twin.events.select("shock")] == [0.02]
    assert twin.rate_rise == pytest.approx(0.02)


# --- what cannot be averted


def test_what_cannot_be_averted_says_why() -> None:
    model = small_model()
    log = model.events
    default = log.record(0, "default", "Lab A", 1.0, "USD", "")
    rejected = log.record(0, "contract cancelled", "Lab A", 1.0, "USD", "", (default,))
    assert reason_against(model, default) == ""
    assert "keeps its contracts" in reason_against(model, rejected)
    assert (
        reason_against(model, told("ipo", "Lab A"))
        == "no twin without this event (ipo) can be made"
    )
    by_hand = told("shock", "Lab A", shock=FAILURE)
    assert "by hand" in reason_against(model, by_hand)
    unknown = told("shock", "the market", shock="rate rise", text="shock x: rate rise")
    assert "by hand" in reason_against(model, unknown)
    with pytest.raises(ValueError, match="no such shock"):
        avert(model, unknown)
