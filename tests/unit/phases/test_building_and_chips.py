"""Phases 7 to 9: plans, finance, cuts, the power queue, deliveries and vendor finance."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from market.model import MarketModel
from market.phases.building import (
    building_outlook,
    deliver_chips_and_advance_construction,
    makers_with_orders,
    payment_probability,
    plan_and_finance_building,
    produce_and_allocate_chips,
    project_economics,
)
from market.phases.marks import test_bank_capital as check_bank_capital


def test_the_first_capex_is_the_stated_one() -> None:
    model = small_model().run(1)
    assert model.clouds["big"].capex_usd == pytest.approx(7e9, rel=0.06)
    assert model.clouds["thin"].capex_usd == pytest.approx(2e9, rel=0.25)


def test_waiting_has_a_value() -> None:
    hurdle, value, cost = project_economics(small_model())
    plain, same_value, _ = project_economics(small_model(cloud_rules={"has_option_hurdle": False}))
    assert hurdle > 1.0 == plain
    assert value == same_value
    assert cost == 5e7
    risky, *_ = project_economics(small_model(cloud_rules={"demand_volatility": 0.4}))
    assert risky > hurdle


def test_a_rate_rise_makes_projects_worth_less() -> None:
    model = small_model()
    _, before, _ = project_economics(model)
    model.rate_rise = 0.05
    assert project_economics(model)[1] < before


def test_what_clouds_revealed_is_not_reckoned_away_by_dearer_money() -> None:
    """Conviction and ambition are those of reference rates, so a project is worth less."""
    plain = small_model()
    for dear in (
        small_model(cloud_rules={"discount_rate": 0.11}),
        small_model(cloud_rules={"base_rate": 0.063}),
        small_model(cloud_rules={"spread": 0.028}),
    ):
        one, other = plain.clouds["big"], dear.clouds["big"]
        assert other.conviction == pytest.approx(one.conviction)
        assert other.ambition == pytest.approx(one.ambition)
        before, after = building_outlook(plain), building_outlook(dear)
        assert after.worth < before.worth
        assert other.plan_order(after) < one.plan_order(before)


def test_the_outlook_sees_the_pipeline_of_all() -> None:
    model = small_model(cloud_rules={"pipeline_weight": 1.0})
    first = building_outlook(model).project_value_usd
    model.clouds["thin"].pipeline.begin(1000.0)
    crowded = building_outlook(model)
    assert crowded.project_value_usd < first
    blind = small_model(cloud_rules={"pipeline_weight": 0.0})
    before = building_outlook(blind).project_value_usd
    blind.clouds["thin"].pipeline.begin(1000.0)
    assert building_outlook(blind).project_value_usd == before


def test_who_is_likely_to_fail_counts_less() -> None:
    model = small_model()
    lab = model.labs["a"]
    expected = (1 - lab.default_probability()) ** model.build_lead
    assert payment_probability(model, "a") == pytest.approx(expected)
    lab.is_defaulted = True
    assert payment_probability(model, "a") == 0.0


def cutting_model(**changes: Any) -> MarketModel:
    """Clouds with a past of large orders and, then, no worthwhile project."""
    model = small_model(cloud_rules={"order_inertia": 0.0}, **changes)
    model.spot_price_usd /= 4
    for cloud in model.clouds.values():
        cloud.utilisation = 0.5
    return model


def test_a_cut_is_measured_reported_once_and_rests_on_its_causes() -> None:
    model = cutting_model()
    big, thin = model.clouds["big"], model.clouds["thin"]
    gone = thin.report("contract cancelled", 1e9, "USD", "gone")
    thin.last_cancellation = gone
    plan_and_finance_building(model)
    cuts = model.events.select("capex cut")
    assert {event.agent for event in cuts} == {big.name, thin.name}
    assert gone.id in cuts[-1].causes
    assert all(event.size >= 25 for event in cuts)
    assert big.hurdle_share < 1
    assert "projects pay" in cuts[0].text
    model.quarter += 1
    plan_and_finance_building(model)
    assert len(model.events.select("capex cut")) == 2


def test_what_cannot_be_financed_is_cut() -> None:
    """No cash flow, no cash, a bank that does not lend: nothing is ordered."""
    model = small_model(
        clouds={"thin": {"cash_usd": 0.0, "operating_cash_flow_usd": 0.1e9}},
        chipmaker_rules={"has_vendor_finance": False},
    )
    model.bank.can_lend = False
    thin, big = model.clouds["thin"], model.clouds["big"]
    plan_and_finance_building(model)
    assert thin.funded_share == 0.0
    assert thin.orders[-1] == 0.0
    assert big.orders[-1] > 0.0
    assert "could be financed" in model.events.select("capex cut", agent=thin.name)[0].text


def test_notes_are_sold_to_who_buys_their_kind_and_banks_lend_beside() -> None:
    model = small_model(
        cloud_rules={"max_leverage": 20.0, "cash_kept": 2.0},
        clouds={"big": {"cash_usd": 1e9}, "thin": {"cash_usd": 4e9}},
    )
    big, thin, ledger = model.clouds["big"], model.clouds["thin"], model.ledger
    before = {c.key: dict(ledger.holders(c.party, "bonds")) for c in (big, thin)}
    lent = ledger.balance("loans", thin.party, model.lender)
    plan_and_finance_building(model)
    for lender in model.credit_investors.values():
        for cloud in (big, thin):
            held = ledger.balance("bonds", cloud.party, lender.party)
            more = held - before[cloud.key].get(lender.party, 0)
            assert (more > 0) == lender.buys(cloud.credit_class)
    assert ledger.balance("loans", thin.party, model.lender) > lent
    model.notes.check(0)


def test_debt_service_falls_due() -> None:
    model = small_model(credit_classes={"ig": {"opening_quarters": 20}})
    big = model.clouds["big"]
    rate = model.parameters.cloud_rules.base_rate + big.spread()
    plan_and_finance_building(model)
    assert model.ledger.flow("interest", big.party) == pytest.approx(-rate / 4 * 20e11, rel=1e-6)
    assert model.settlement.due_by(big.party) > 20e11 / 20


def test_growth_of_orders_is_capped() -> None:
    model = small_model(cloud_rules={"order_growth_cap": 0.1})
    big = model.clouds["big"]
    big.ambition *= 10
    before = max(big.orders)
    plan_and_finance_building(model)
    assert big.orders[-1] == pytest.approx(1.1 * before)


def test_orders_go_to_suppliers_and_the_cloud_itself() -> None:
    model = small_model(clouds={"big": {"own_chip_share": 0.4}})
    maker, big = model.chipmakers["maker"], model.clouds["big"]
    maker.backlog, big.own_chips_due = {}, 0.0
    big.order_chips(10.0, makers_with_orders(model))
    assert maker.backlog == {"big": pytest.approx(6.0)}
    assert big.own_chips_due == pytest.approx(4.0)
    maker.is_defaulted = True
    big.order_chips(10.0, makers_with_orders(model))
    assert big.own_chips_due == pytest.approx(14.0)


def test_delivered_chips_are_paid_now_and_later() -> None:
    model = small_model(chipmaker_rules={"trade_credit_share": 0.4})
    maker, thin = model.chipmakers["maker"], model.clouds["thin"]
    produce_and_allocate_chips(model)
    thousands = model.allocations["maker"]["thin"]
    deliver_chips_and_advance_construction(model)
    usd = thousands * maker.price_usd
    owed = model.ledger.balance("receivables", thin.party, maker.party)
    assert owed == pytest.approx(100 * usd, abs=1)
    assert maker.revenue_usd == pytest.approx(
        sum(model.allocations["maker"].values()) * maker.price_usd
    )
    assert model.ledger.balance("chip inventory", None, maker.party) == 0
    assert thin.pipeline.delivered == pytest.approx(thousands)
    due = model.settlement.due_to(maker.party)
    assert due < owed + model.ledger.balance("receivables", model.clouds["big"].party, maker.party)


def circle_model(**changes: Any) -> MarketModel:
    """Three quarters of history, so that the ledger knows where the labs' money went."""
    rules = {"vendor_required_return": 0.0, "concentration_cap": 1.0}
    return small_model(chipmaker_rules=rules, **changes).run(3)


def test_the_share_that_returns_is_read_from_the_ledger() -> None:
    model = circle_model()
    maker, lab = model.chipmakers["maker"], model.labs["a"]
    returned = maker.money_returned(lab, model.active_clouds)
    total = model.ledger.paid_by(lab.party, 4)
    expected = 0.0
    for cloud in model.clouds.values():
        paid = model.ledger.payments_between(lab.party, cloud.party, 4)
        chips = model.ledger.payments_between(cloud.party, maker.party, 4)
        expected += paid / total * min(1.0, chips / (400 * cloud.compute_revenue_usd))
    assert returned == pytest.approx(expected)
    assert 0.05 < returned < 1.0
    new = small_model()
    assert _returned(new) == 0.0  # nobody paid anybody yet


def _returned(model: MarketModel) -> float:
    maker, lab = _pair(model)
    returned: float = maker.money_returned(lab, model.active_clouds)
    return returned


def _pair(model: MarketModel) -> tuple[Any, Any]:
    return model.chipmakers["maker"], model.labs["a"]


def test_a_lab_with_a_parent_or_refused_gets_no_vendor_money() -> None:
    model = circle_model()
    maker, lab = _pair(model)
    lab.need_usd = 1e9
    assert maker.equity_offer_usd(lab, model.active_clouds) > 0
    lab.is_refused = True
    assert maker.equity_offer_usd(lab, model.active_clouds) == 0.0
    model.labs["b"].parent = "big"
    assert maker.equity_offer_usd(model.labs["b"], model.active_clouds) == 0.0


def test_vendor_loans_fill_what_nobody_else_finances() -> None:
    """Nobody else lends to either cloud: the chipmaker lends to both, at a spread they can pay."""
    model = circle_model(cloud_rules={"max_leverage": 0.0, "rpo_advance_rate": 0.0})
    thin, big, maker = model.clouds["thin"], model.clouds["big"], model.chipmakers["maker"]
    for cloud in (thin, big):
        model.ledger.pay(cloud.party, model.parties.rest, round(90 * cloud.cash_usd), "wages")
    model.ledger.commit()
    before = model.ledger.balance("vendor loans", thin.party, maker.party)
    plan_and_finance_building(model)
    assert thin.funded_share < 1
    assert model.ledger.balance("vendor loans", thin.party, maker.party) > before
    event = model.events.latest("vendor finance", agent=maker.name)
    assert event is not None
    model.notes.check(model.quarter)


def test_the_cheaper_lender_comes_first() -> None:
    """The same need, a chipmaker that asks less than the market, and one that asks more."""
    rules, free = {"max_leverage": 20.0, "cash_kept": 2.0}, {"vendor_required_return": 0.0}
    lent = {}
    for discount in (0.5, 1.9):
        model = small_model(
            cloud_rules=rules, chipmaker_rules={**free, "vendor_discount": discount}
        )
        thin, maker = model.clouds["thin"], model.chipmakers["maker"]
        assert (maker.loan_spread(thin) < thin.spread()) == (discount < 1)
        plan_and_finance_building(model)
        lent[discount] = model.ledger.balance("vendor loans", thin.party, maker.party) / 100
        asked = model.quotes.asked_usd["thin"]
        assert thin.financing.vendor == pytest.approx(lent[discount])
        lent[-discount] = asked
    assert lent[0.5] > 0.0 == lent[1.9]
    assert lent[-0.5] == pytest.approx(lent[-1.9] - lent[0.5], rel=1e-6)


def test_offers_of_vendor_equity_wait_for_the_next_round() -> None:
    model = circle_model()
    maker, lab = _pair(model)
    lab.need_usd = 1e9
    produce_and_allocate_chips(model)
    assert maker.vendor_offers["a"] == pytest.approx(
        maker.equity_offer_usd(lab, model.active_clouds), rel=0.2
    )
    maker.has_withdrawn = True
    produce_and_allocate_chips(model)
    assert maker.vendor_offers == {}


def test_the_bank_floor_is_an_event_that_rests_on_a_default() -> None:
    model = small_model()
    default = model.labs["a"].report("default", 1.0, "USD", "fails")
    model.ledger.write_off("loans", model.parties.rest, model.parties.bank, 2 * 10**14, "economy")
    model.ledger.commit()
    check_bank_capital(model)
    check_bank_capital(model)
    (floor,) = model.events.select("bank floor")
    assert floor.causes == (default.id,)
    assert not model.bank.can_lend
