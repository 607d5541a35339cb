"""Cohorts of start-ups: what they spend, ask for, and what becomes of those without money."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from agents import StartupCohort
from market.model import MarketModel
from market.phases.funding import hold_funding_rounds
from market.phases.sales import set_prices_and_sell

COHORT = {
    "name": "Young firms",
    "cash_usd": 6e9,
    "valuation_usd": 60e9,
    "revenue_usd": 0.2e9,
    "revenue_growth": 0.2,
}


def cohort_model(**changes: Any) -> MarketModel:
    """The small world with a cohort of start-ups, before its first step."""
    given = {"young": {**COHORT, **changes.pop("cohort", {})}}
    return small_model(startups=given, **changes)


def cohort_of(model: MarketModel) -> StartupCohort:
    """The cohort."""
    return model.startups["young"]


def test_it_opens_as_a_part_of_what_clouds_sell_outside_labs() -> None:
    with_it, without = cohort_model(), small_model()
    own = sum(cloud.organic_cu for cloud in with_it.clouds.values())
    all_of_it = sum(cloud.outside_cu for cloud in with_it.clouds.values())
    assert own < all_of_it == pytest.approx(sum(c.organic_cu for c in without.clouds.values()))
    cohort = cohort_of(with_it)
    asked_usd = cohort.asked_cu * with_it.spot_price_usd
    assert asked_usd == pytest.approx(0.35 * (6e9 / 6 + 0.2e9))
    cash = [sum(c.other_cash_usd for c in model.clouds.values()) for model in (with_it, without)]
    assert cash[0] == pytest.approx(cash[1])  # its compute is no new money


def test_half_of_it_belongs_to_investors_by_their_cash() -> None:
    model = cohort_model()
    ledger, party = model.ledger, cohort_of(model).party
    held = {key: ledger.units(party, i.party) for key, i in model.investors.items()}
    assert sum(held.values()) / ledger.units(party) == pytest.approx(0.5)
    assert held["state"] == pytest.approx(2 * held["fund"])
    assert held["public"] == 0


def test_it_pays_for_compute_and_staff_from_cash_and_sales() -> None:
    model = cohort_model(compute={"failure_rate": 0.0})
    cohort = cohort_of(model)
    model.run(1)
    ledger, party = model.ledger, cohort.party
    burn, spent = 6e9 / 6, 6e9 / 6 + 0.2e9
    assert -ledger.flow("wages", party, 0) / 100 == pytest.approx(0.65 * spent)
    assert -ledger.flow("compute", party, 0) / 100 == pytest.approx(0.35 * spent)
    assert ledger.flow("start-up sales", party, 0) / 100 == pytest.approx(0.2e9)
    assert cohort.burn_usd == pytest.approx(burn)
    assert cohort.spending_usd == pytest.approx(spent)


def funded(model: MarketModel) -> StartupCohort:
    """The cohort after sales, spending and the rounds of the first quarter."""
    set_prices_and_sell(model)
    cohort = cohort_of(model)
    cohort.calibrate()
    hold_funding_rounds(model)
    return cohort


def test_rounds_fill_in_part_and_the_more_the_more_money_there_is() -> None:
    filled = []
    for factor in (0.1, 0.2, 1.0):
        model = cohort_model()
        for investor in model.investors.values():
            investor.participation_factor = factor
        filled.append(funded(model).filled)
    assert 0.0 < filled[0] < filled[1] < filled[2]
    assert filled[0] < 0.5


def test_without_money_nothing_is_raised_and_firms_die() -> None:
    poor = cohort_model()
    for investor in poor.investors.values():
        investor.participation_factor = 0.0
    cohort = funded(poor)
    assert cohort.filled == cohort.raised_usd == 0.0
    self_financed = cohort.stated.revenue_usd / cohort.spending_usd
    assert cohort.died == pytest.approx((0.01 + 1 / 6) * (1 - self_financed))
    assert cohort.expected_fill == pytest.approx(0.5)
    (event,) = poor.events.select("failed round")
    assert event.agent == "Young firms"
    before = cohort.asked_cu
    cohort.begin_quarter()
    assert cohort.asked_cu < 0.75 * before  # less cash, made to last longer
    rich = funded(cohort_model())
    assert rich.died < cohort.died
    assert rich.valuation_usd > cohort.valuation_usd


def test_a_starved_cohort_still_needs_what_it_was() -> None:
    cohort = cohort_of(cohort_model())
    cohort.wished_cash_usd = 60e9
    assert cohort.unmet_need_usd() == pytest.approx(10e9)


def test_its_price_moves_by_a_step_and_never_where_money_alone_is_short() -> None:
    dear = funded(cohort_model())
    (held,) = dear.market.rounds  # type: ignore[attr-defined]
    assert held.pre_money_usd <= 1.25 * 60e9
    poor = cohort_model(funding={"exit_multiple_cap": 2.0})
    for investor in poor.investors.values():
        investor.participation_factor = 0.01
    funded(poor)
    (short,) = poor.rounds
    assert short.pre_money_usd > 60e9  # a lower price would bring no more


def test_funds_sell_a_part_of_it_and_less_in_fear() -> None:
    sold = []
    for rise in (0.0, 0.2):
        model = cohort_model()
        model.return_rise = rise
        holder = model.investors["state"].party
        before = model.ledger.units(cohort_of(model).party, holder)
        hold_funding_rounds(model)
        public = model.investors["public"].party
        assert model.ledger.units(cohort_of(model).party, public) > 0
        sold.append(before / 1e9)
        sold[-1] = model.ledger.units(cohort_of(model).party, public)
    assert sold[1] == pytest.approx(0.3 * sold[0], rel=0.02)


def test_starved_cohorts_cut_what_clouds_sell_and_build() -> None:
    """A paired twin: without money for rounds, less compute is sold and less is ordered."""
    totals = []
    for factor in (1.0, 0.0):
        model = cohort_model(investors={"fund": {"cash_usd": 30e9, "inflow_usd": 3e9}})
        for investor in model.investors.values():
            investor.participation_factor = factor
        frame = model.run(12).datacollector.get_model_vars_dataframe()
        totals.append(frame[["startups_compute_usd", "orders_thousand"]].sum())
    assert totals[1]["startups_compute_usd"] < 0.7 * totals[0]["startups_compute_usd"]
    assert totals[1]["orders_thousand"] < totals[0]["orders_thousand"]
