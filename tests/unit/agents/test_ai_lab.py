"""A lab: prices, sales, compute, staff, training, need of money, headroom and shares."""

from __future__ import annotations

from math import inf, isnan
from typing import Any

import pytest
from small_world import small_model

from agents import AILab
from agents.ai_lab import Offer
from agents.consumers import Audience
from market.model import MarketModel

NOBODY = Audience()


def lab_in(model: MarketModel, key: str = "a") -> AILab:
    """A lab of the model."""
    return model.labs[key]


def test_it_pays_the_cheaper_of_contract_and_spot_for_a_seat() -> None:
    model = small_model()
    lab, rival = lab_in(model), lab_in(model, "b")
    contract = model.contracts["first"]
    assert contract.price_usd > model.spot_price_usd  # a dear contract is sunk: spot counts
    assert lab.compute_price_usd() == model.spot_price_usd == rival.compute_price_usd()
    cheap = small_model(compute_contracts={"first": {"total_usd": 4e9}})
    assert lab_in(cheap).compute_price_usd() == pytest.approx(4e9 / (120 * 12))
    assert lab_in(cheap).seat_cost_eur() < rival.seat_cost_eur()
    rules = model.parameters
    expected = rules.lab_rules.seat_usage * model.spot_price_usd / 3 / rules.enterprise.usd_per_eur
    assert rival.seat_cost_eur() == pytest.approx(expected)


def test_its_price_moves_towards_cost_and_markup() -> None:
    model = small_model(lab_rules={"price_speed": 0.5, "seat_markup": 1.0})
    lab = lab_in(model)
    lab.set_price([])
    assert lab.price_eur == pytest.approx((30 + 2 * lab.seat_cost_eur()) / 2)


@pytest.mark.parametrize(("share_change", "reacts"), [(-0.05, True), (0.05, False)])
def test_only_who_loses_share_answers_a_rival(share_change: float, reacts: bool) -> None:
    """The answer allows for its own lead in reliability: two points at 1 EUR a point."""
    model = small_model(lab_rules={"price_speed": 1.0, "price_floor_ratio": 0.0})
    lab = lab_in(model)
    lab.share_change = share_change
    lab.set_price([Offer(8.0, 0.78), Offer(40.0, 0.78)])
    target = 8.0 + 2.0 if reacts else 2.2 * lab.seat_cost_eur()
    assert lab.price_eur == pytest.approx(target)


def test_a_price_war_ends_at_the_floor() -> None:
    model = small_model(lab_rules={"price_speed": 1.0, "price_floor_ratio": 0.8})
    lab = lab_in(model)
    lab.share_change = -0.1
    lab.set_price([Offer(0.1, 0.8)])
    assert lab.price_eur == pytest.approx(0.8 * lab.seat_cost_eur())


def test_a_price_is_never_nothing() -> None:
    model = small_model(lab_rules={"price_speed": 1.0, "price_floor_ratio": 0.0, "seat_usage": 0})
    lab = lab_in(model)
    lab.set_price([])
    assert lab.price_eur == lab.offered_price_eur == 0.01
    lab.set_price([])
    assert lab.price_eur == 0.01


def test_a_large_cut_is_reported_with_its_causes() -> None:
    model = small_model(lab_rules={"price_speed": 1.0, "price_cut_event": 0.05})
    lab = lab_in(model)
    wave = lab.report("switch wave", 30.0, "% of seats", "seats move")
    lab.price_eur = 5 * lab.seat_cost_eur()
    lab.set_price([])
    cut = model.events.latest("price cut", agent=lab.name)
    assert cut is not None
    assert cut.causes == (wave.id,)
    assert cut.size == pytest.approx(100 * (1 - 2.2 / 5))
    lab.set_price([])
    assert len(model.events.select("price cut")) == 1


def test_a_closed_lab_offers_nothing() -> None:
    model = small_model(labs={"b": {"enters_quarter": 3}})
    assert isnan(lab_in(model, "b").offered_price_eur)
    lab = lab_in(model)
    lab.price_offset_eur = -3.0
    assert lab.offered_price_eur == pytest.approx(27.0)
    lab.is_defaulted = True
    assert isnan(lab.offered_price_eur)


def test_sales_are_booked_by_who_pays() -> None:
    model = small_model()
    lab = lab_in(model)
    cash = lab.cash_usd
    lab.sell(1e6, 0.5, Audience(subscriptions_usd=2e8, ads_usd=1e8))
    model.ledger.commit("sales")
    seats_usd = 1e6 * 30 * 3 * model.parameters.enterprise.usd_per_eur
    assert lab.revenue_usd == pytest.approx(seats_usd + 3e8)
    assert lab.cash_usd - cash == pytest.approx(lab.revenue_usd)
    assert model.ledger.flow("seats", model.parties.enterprises) == -round(seats_usd * 100)
    assert model.ledger.flow("subscriptions", model.parties.households) == -2e10
    assert model.ledger.flow("advertising", model.parties.rest) == -1e10
    assert lab.share_change == pytest.approx(0.5 - 0.6)
    assert lab.first_revenue_usd == lab.revenue_usd


def test_users_are_served_before_training() -> None:
    lab = lab_in(small_model())
    lab.audience = Audience(usage_cu=80.0)
    lab.use_compute(70.0, 30.0)
    assert (lab.inference_cu, lab.training_cu) == (80.0, 20.0)
    assert lab.cumulative_training_cu == 420.0
    lab.use_compute(50.0, 0.0)
    assert (lab.inference_cu, lab.training_cu) == (50.0, 0.0)


def test_seats_and_frugality_set_the_need_for_compute() -> None:
    model = small_model(labs={"b": {"price_advantage": 0.5}}, lab_rules={"seat_usage": 1e-5})
    a, b = lab_in(model), lab_in(model, "b")
    a.seats = b.seats = 4e6
    assert a.inference_need_cu() == pytest.approx(40.0)
    assert b.inference_need_cu() == pytest.approx(20.0)
    model.usage_index = 2.0
    assert a.inference_need_cu() == pytest.approx(80.0)


def test_staff_cost_grows_with_revenue_and_is_owed() -> None:
    model = small_model(lab_rules={"staff_revenue_share": 0.25})
    lab = lab_in(model)
    lab.pay_staff()
    assert model.settlement.due_by(lab.party) == 0  # nothing sold yet
    lab.first_revenue_usd, lab.revenue_usd = 1e9, 1.8e9
    lab.pay_staff()
    assert lab.staff_cost_usd == pytest.approx(0.3e9 + 0.25 * 0.8e9)
    assert model.settlement.due_by(lab.party) == round(lab.staff_cost_usd * 100)
    lab.revenue_usd = 0.5e9
    lab.pay_staff()
    assert lab.staff_cost_usd == pytest.approx(0.3e9)


RACE = {"training_growth": 0.1, "race_matching": 0.5}


def test_training_grows_and_races_with_the_best_rival() -> None:
    lab = lab_in(small_model(lab_rules=RACE))
    lab.plan_training(0.0, 1e12)
    assert lab.training_target_cu == pytest.approx(66.0)
    lab = lab_in(small_model(lab_rules=RACE))
    lab.plan_training(166.0, 1e12)
    assert lab.training_target_cu == pytest.approx(66.0 + 0.5 * 100.0)


def test_training_is_limited_by_the_purse() -> None:
    """A lab and its parent together have 0.2 bn USD for the quarters planned."""
    model = small_model(lab_rules=RACE)
    lab = lab_in(model)
    lab.plan_training(500.0, 0.2e9)
    affordable = 0.2e9 / model.parameters.lab_rules.planning_quarters / model.spot_price_usd
    assert lab.training_target_cu == pytest.approx(affordable)
    lab.plan_training(500.0, -1e9)
    assert lab.training_target_cu == 0.0


def test_after_a_failed_round_training_does_not_grow() -> None:
    lab = lab_in(small_model(lab_rules=RACE))
    lab.failed_rounds = 1
    lab.plan_training(500.0, 1e12)
    assert lab.training_target_cu == 60.0


def need_of(promised: float = 0.0, trains: float = 1.0, **lab_rules: Any) -> float:
    """Need of lab A, which earns 0.5 bn and trains on the spot, in the small world."""
    model = small_model(lab_rules=lab_rules, labs={"a": {"cash_usd": 1e9}})
    lab = lab_in(model)
    lab.revenue_usd = lab.first_revenue_usd = 0.5e9
    lab.training_wish_cu, lab.training_target_cu = 300.0, 300.0 * trains
    lab.project_need(promised)
    return lab.need_usd


def test_the_need_is_the_deepest_hole_and_a_buffer() -> None:
    bare = need_of(buffer_quarters=0.0)
    assert bare > 0
    assert need_of(buffer_quarters=2.0) > bare
    assert need_of(promised=1e9, buffer_quarters=0.0) == pytest.approx(bare - 1e9)
    assert need_of(promised=1e12) == 0.0


def test_a_longer_horizon_moves_the_need_and_training_given_up_does_not() -> None:
    assert need_of(need_quarters=8, buffer_quarters=0.0) > need_of(
        need_quarters=3, buffer_quarters=0.0
    )
    assert need_of(trains=0.1) == need_of(trains=1.0)  # what it wishes for is still needed


def test_headroom_is_a_multiple_of_valuation_less_rpo() -> None:
    model = small_model(lab_rules={"commitment_multiple": 0.5})
    lab = lab_in(model)
    assert lab.headroom_usd() == pytest.approx(0.5 * 60e9 - 8e9)
    lab.valuation_usd = 10e9
    assert lab.headroom_usd() == 0.0
    assert lab.headroom_usd(parent_purse_usd=20e9) == pytest.approx(0.5 * 30e9 - 8e9)
    assert lab.headroom_usd(parent_purse_usd=inf) == inf
    lab.valuation_usd = 60e9
    lab.failed_rounds = 1
    assert lab.headroom_usd() == 0.0


def test_partners_fear_a_burden_and_a_short_runway() -> None:
    model = small_model(
        compute_contracts={"first": {"duration_quarters": 16}},
        labs={"b": {"parent": "big"}},
    )
    lab = lab_in(model)
    lab.revenue_usd, lab.staff_cost_usd = 2e9, 0.1e9
    calm = lab.default_probability()
    lab.revenue_usd = 0.2e9
    burdened = lab.default_probability()
    lab.staff_cost_usd = 5e9
    assert lab.runway() < 1
    assert calm < burdened < lab.default_probability() < 1
    assert lab_in(model, "b").default_probability() == 0.0025
    lab.staff_cost_usd = lab.compute_cost_usd = 0.0
    assert lab.runway() == inf


def test_reliability_starts_as_stated_and_grows_with_training() -> None:
    model = small_model()
    lab = lab_in(model)
    lab.learn(400.0)
    assert lab.reliability == pytest.approx(0.8)
    lab.learn(800.0)
    spilled = lab.reliability
    assert spilled > 0.8
    lab.cumulative_training_cu = 1e12
    lab.learn(1e12)
    assert spilled < lab.reliability <= 0.97


def test_without_spillover_a_rival_teaches_nothing() -> None:
    quiet = {"knowledge_spillover": 0.0, "release_noise": 0.0}
    lab = lab_in(small_model(lab_rules=quiet))
    lab.learn(400.0)
    lab.learn(1e6)
    assert lab.reliability == pytest.approx(0.8)


def test_calibration_reproduces_the_last_round() -> None:
    model = small_model(funding={"initial_exit_multiple": 2.5})
    lab = lab_in(model)
    lab.sell(1e7, 0.6, NOBODY)
    lab.calibrate()
    assert lab.fair_value_usd() == pytest.approx(60e9)
    assert lab.exit_multiple(0.0) == pytest.approx(2.5, rel=0.05)  # beliefs have learnt a little
    assert lab.exit_multiple(60e9) == pytest.approx(lab.exit_multiple(0.0) / 2)
    lab.revenue_usd *= 2
    lab.calibrate()  # once only
    assert lab.fair_value_usd() == pytest.approx(120e9)


def test_a_slump_at_the_start_gives_no_boundless_price_later() -> None:
    """Growth of -30% makes the multiple zero; later growth of 30% must not pay without bound."""
    model = small_model(labs={"a": {"revenue_growth": -0.3}})
    lab = lab_in(model)
    lab.sell(1e7, 0.6, NOBODY)
    lab.calibrate()
    lab.beliefs.expected = 0.3
    assert lab.fair_value_usd() < 100 * 60e9


def test_new_shares_raise_cash_and_post_money() -> None:
    model = small_model()
    lab, fund = lab_in(model), model.investors["fund"]
    cash, before = lab.cash_usd, model.ledger.units(lab.party)
    lab.sell_shares(fund.party, 5e9)
    lab.sell_shares(fund.party, 0.0)
    model.ledger.commit("round")
    assert lab.cash_usd == cash + 5e9
    assert lab.valuation_usd == 65e9
    assert lab.raised_usd == 5e9
    share = model.ledger.units(lab.party, fund.party) / model.ledger.units(lab.party)
    assert share == pytest.approx(5 / 65)
    assert model.ledger.units(lab.party) > before


def test_longer_beliefs_in_growth_raise_what_investors_expect() -> None:
    """The multiple is derived at a fixed fade, so that the fade of the scenario counts."""
    multiples = []
    for fade in (0.8, 0.88, 0.96):
        lab = lab_in(small_model(funding={"exit_growth_fade": fade}))
        lab.sell(1e7, 0.6, NOBODY)
        lab.calibrate()
        multiples.append(lab.exit_multiple(0.0))
    assert multiples[0] < multiples[1] < multiples[2]


def test_later_rounds_cost_today_s_owners() -> None:
    lab = lab_in(small_model())
    lab.sell(1e7, 0.6, NOBODY)
    lab.calibrate()
    before = lab.exit_value_usd(0.0)
    lab.later_money_usd = 20e9
    assert before - lab.exit_value_usd(0.0) == pytest.approx(20e9)
    assert before - lab.exit_value_usd(15e9) == pytest.approx(5e9)


def test_it_sells_no_shares_under_a_part_of_its_mark() -> None:
    lab = lab_in(small_model())
    assert lab.lowest_price_usd(0.0, 1e9) == pytest.approx(0.8 * 60e9)
    assert lab.lowest_price_usd(400e9, 1e9) == pytest.approx(99e9)  # money is short, not return
