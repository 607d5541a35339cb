"""What seats use and pay in a market, who moves for three euros, and own use of the clouds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_world import small_model

from market.model import MarketModel
from market.phases.sales import set_prices_and_sell, use_of_all_seats
from market.scenario import load_scenario

ALIKE = {
    "customers": 200,
    "seats_market_million": 10.0,
    "seats_now_million": 10.0,
    "switching_cost_sigma": 0.0,
    "minimum_reliability_spread": 0.0,
    "contract_quarters": 1,
    "multi_homing_share": 0.0,
    "tender_rate": 0.0,
}
QUIET = {"price_speed": 0.0, "price_floor_ratio": 0.0, "scaling_exponent": 0.0}
EQUAL = {"a": {"enterprise_share": 1.0}, "b": {"enterprise_share": 0.0, "reliability": 0.8}}


def market(**enterprise: Any) -> MarketModel:
    """Two labs of one quality and price; all seats are at the first, and all customers alike."""
    return small_model(enterprise={**ALIKE, **enterprise}, lab_rules=QUIET, labs=EQUAL)


@pytest.mark.parametrize("path", ["objects", "arrays", "compiled"])
@pytest.mark.parametrize("use", [1.0, 2.0, 0.5])
@pytest.mark.parametrize(("cheaper", "moves"), [(3.01, True), (3.0, False), (2.99, False)])
def test_three_euros_on_the_bill_for_one_use_take_everyone_or_no_one(
    path: Any, use: float, cheaper: float, moves: bool
) -> None:
    """The list price of the rival is so much lower that the bill for the same use is."""
    model = market()
    model.customers.path = path
    a, b = model.labs["a"], model.labs["b"]
    a.seats, a.seat_use = 1e7, use
    b.price_eur = a.price_eur - cheaper / use
    set_prices_and_sell(model)
    assert a.seats == pytest.approx(0.0 if moves else 1e7)
    assert b.seats == pytest.approx(1e7 if moves else 0.0)


@pytest.mark.parametrize(("cheaper", "moves"), [(3.01, True), (2.99, False)])
def test_a_discount_is_one_on_the_bill_whatever_the_use(cheaper: float, moves: bool) -> None:
    model = market()
    a, b = model.labs["a"], model.labs["b"]
    a.seats, a.seat_use, b.price_offset_eur = 1e7, 2.5, -cheaper
    set_prices_and_sell(model)
    assert (b.seats > 0) == moves


def test_quality_is_worth_as_much_more_as_a_seat_is_used() -> None:
    """A point at a euro, two and a half euros of list price dearer, and three to move."""
    for use, moves in ((1.0, False), (2.0, True)):
        model = market(quality_weight_sigma=0.0, quality_weight_eur=1.0)
        a, b = model.labs["a"], model.labs["b"]
        a.seats, a.seat_use, b.price_eur = 1e7, use, a.price_eur + 3.0
        model.customers.use = use
        model.customers.choose(np.array([a.bill_eur(use), b.bill_eur(use)]), np.array([0.8, 0.85]))
        assert (model.customers.seats_of[1] > 0) == moves


def test_use_of_all_seats_is_that_of_the_mean_seat() -> None:
    model = market()
    a, b = model.labs["a"], model.labs["b"]
    assert use_of_all_seats([a, b]) == 1.0
    a.seats, b.seats, a.seat_use, b.seat_use = 1e6, 3e6, 1.0, 2.0
    assert use_of_all_seats([a, b]) == pytest.approx(1.75)


def test_a_seat_with_more_work_uses_and_pays_more_and_takes_more_compute() -> None:
    model = market(use_noise=0.0)
    a = model.labs["a"]
    set_prices_and_sell(model)
    paid = a.enterprise_revenue_usd
    assert a.seat_use == pytest.approx(1.0)
    assert paid == pytest.approx(1e7 * 30 * 3 * model.parameters.enterprise.usd_per_eur)
    a.cumulative_training_cu *= 8
    set_prices_and_sell(model)
    assert 1.1 < a.seat_use < 8**0.15
    assert a.enterprise_revenue_usd == pytest.approx(a.seat_use * paid)
    more = a.seats * (a.seat_use - 1) * model.parameters.lab_rules.seat_usage
    need, a.seat_use = a.inference_need_cu(), 1.0
    assert need - a.inference_need_cu() == pytest.approx(more)


@pytest.mark.parametrize("rent", [0.5, 1.0])
def test_compute_keeps_its_part_of_the_bill_when_the_rent_falls(rent: float) -> None:
    """A price that follows cost: compute for seats is 1 / (1 + mark-up) of what they pay."""
    rules = {**QUIET, "price_speed": 1.0}
    model = small_model(enterprise=ALIKE, lab_rules=rules, labs=EQUAL)
    lab, model.spot_price_usd = model.labs["a"], rent * model.spot_price_usd
    for _ in range(3):
        set_prices_and_sell(model)
        lab.cumulative_training_cu *= 4
    seats = lab.seats * lab.seat_use * model.parameters.lab_rules.seat_usage
    share = seats * lab.compute_price_usd() / lab.enterprise_revenue_usd
    assert share == pytest.approx(1 / (1 + model.parameters.lab_rules.seat_markup))


def test_the_first_sales_are_those_of_the_scenario() -> None:
    """Use, budgets and surprises leave the first quarter's bills at the offered prices."""
    model = MarketModel("reference", seed=3).run(1)
    for lab in model.active_labs:
        assert lab.seat_use == pytest.approx(lab.stated.enterprise_price_eur / lab.price_eur, 0.03)
        assert lab.reliability == pytest.approx(lab.stated.reliability)
    shares = model.customers.seats_of / model.customers.seats_of.sum()
    stated = [lab.stated.enterprise_share if lab.is_open else 0.0 for lab in model.labs.values()]
    assert np.abs(shares - np.array(stated) / sum(stated)).max() < 0.05


def test_opening_seats_meet_the_stated_shares_though_few_of_the_market_are_sold() -> None:
    """Two in a hundred seats, but a third of the customers: each provider has its share."""
    rules = load_scenario("reference").enterprise
    assert rules.seats_now_million / rules.seats_market_million < 0.03
    customers = MarketModel("reference", seed=5).customers
    assert customers.column("is_adopter").mean() == pytest.approx(0.35, abs=0.01)
    assert customers.seats_of.sum() == pytest.approx(30e6, rel=0.01)


def test_customers_adopt_in_step_with_the_seats_that_are_left() -> None:
    rules = {"customers": 1000, "seats_now_million": 10.0, "seats_market_million": 100.0}
    rules |= {"bass_innovation": 1.0, "bass_imitation": 0.0, "customers_now_share": 0.4}
    model = small_model(enterprise=rules)
    assert model.customers.column("is_adopter").sum() == 400
    model.run(2)
    assert model.customers.column("is_adopter").all()


def test_own_use_opens_as_stated_less_what_start_ups_ask() -> None:
    model = small_model()
    big = model.clouds["big"]
    assert big.organic_cu == big.base_organic_cu == big.first_organic_cu == 0.6 * 900
    big.open_startup_use(100.0)
    assert big.organic_cu == big.first_organic_cu == 0.6 * 900 - 100.0
    assert big.outside_cu == 0.6 * 900


def test_budgets_are_a_part_of_the_stated_growth_and_the_rent_does_the_rest() -> None:
    quiet = {"demand_noise": 0.0, "budget_growth_share": 0.8, "demand_elasticity": 1.0}
    model = small_model(compute=quiet, clouds={"thin": {"organic_growth": 0.2}})
    model.spot_price_usd /= 1.1
    for cloud in model.clouds.values():
        cloud.grow_own_use(1.0)
    big, thin = (c.base_organic_cu / c.first_organic_cu for c in model.clouds.values())
    assert big == pytest.approx(1 + 0.8 * 0.10)
    assert thin == pytest.approx(1 + 0.8 * 0.20)
    assert model.clouds["big"].organic_cu == pytest.approx(0.6 * 900 * big * 1.1)


def test_budgets_stay_within_the_worlds_purse() -> None:
    wild = {"budget_growth_share": 2.0, "demand_fade": 0.0}
    model = small_model(compute=wild, clouds={"big": {"organic_growth": 1.0}})
    big = model.clouds["big"]
    for _ in range(60):
        big.grow_own_use(1.0)
    assert big.organic_cu * model.spot_price_usd == pytest.approx(big.outside_purse_usd())
