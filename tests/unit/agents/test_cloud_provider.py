"""A cloud: vintages, capacity plans, the hurdle, and the pecking order of finance."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from agents import CloudProvider
from market.model import MarketModel

SOON = {"opening_quarters": 8}


def big(model: MarketModel) -> CloudProvider:
    """The investment-grade cloud."""
    return model.clouds["big"]


def thin(model: MarketModel) -> CloudProvider:
    """The cloud that borrows from banks."""
    return model.clouds["thin"]


def test_opening_capacity_is_split_over_vintages() -> None:
    cloud = big(small_model())
    assert cloud.capacity_cu == pytest.approx(900.0)
    assert list(cloud.vintages) == [0, -1, -2]
    assert cloud.vintages[-1].efficiency == pytest.approx(1 / 1.2)
    assert cloud.power_gw == pytest.approx(
        1.4e-3 * sum(v.thousands for v in cloud.vintages.values())
    )
    cloud.is_defaulted = True
    assert cloud.capacity_cu == 0.0


def test_data_centres_depreciate_over_their_life() -> None:
    model = small_model(compute={"useful_life_quarters": 20})
    cloud = big(model)
    vintage = cloud.vintages[0]
    book = model.ledger.balance("data centres", None, cloud.party, vintage.label)
    cost = vintage.thousands * 5e7
    assert book == pytest.approx(100 * cost * (1 - 2 / 20), rel=1e-6)
    cloud.age()
    model.ledger.commit()
    after = model.ledger.balance("data centres", None, cloud.party, vintage.label)
    assert book - after == pytest.approx(100 * cost / 20, rel=1e-6)


def test_delivered_chips_go_into_service_with_their_efficiency() -> None:
    model = small_model()
    cloud = big(model)
    model.quarter, model.ledger.quarter = 6, 6
    before = cloud.capacity_cu
    cloud.pipeline.delivered = 10.0
    cloud.age()
    model.ledger.commit()
    assert cloud.capacity_cu - before == pytest.approx(10 * 1.2 ** (5 / 4))
    assert cloud.vintages[1].thousands == 10.0


def test_old_chips_serve_on_unless_reuse_is_off() -> None:
    for has_reuse in (True, False):
        model = small_model(compute={"has_reuse": has_reuse})
        cloud = big(model)
        model.quarter = 4
        cloud.retire()
        model.ledger.commit()
        assert (-2 in cloud.vintages) is has_reuse
        book = model.ledger.balance("data centres", None, cloud.party, "vintage -2")
        assert (book > 0) is has_reuse


def test_chips_whose_rent_does_not_pay_for_power_are_scrapped() -> None:
    model = small_model()
    cloud = big(model)
    oldest = cloud.vintages[-2].efficiency
    model.spot_price_usd = 0.999 * cloud.running_cost_usd() / oldest
    cloud.retire()
    model.ledger.commit()
    assert list(cloud.vintages) == [0, -1]


def test_contracts_count_by_the_chance_that_they_are_paid() -> None:
    model = small_model()
    assert thin(model).weighted_contracts_cu(0, {"a": 0.5}) == pytest.approx(60.0)
    assert thin(model).weighted_contracts_cu(0, {}) == pytest.approx(120.0)
    assert thin(model).weighted_contracts_cu(99, {}) == 0.0  # performed by then
    assert big(model).weighted_contracts_cu(0, {}) == 0.0


def test_capacity_follows_rpo_unless_that_is_off() -> None:
    """A contract that begins within the lead time counts only for a cloud that plans by RPO."""
    later = {"start_quarter": 3}
    wanted = {}
    for has_plan in (True, False):
        model = small_model(
            cloud_rules={"has_rpo_planning": has_plan}, compute_contracts={"first": later}
        )
        wanted[has_plan] = thin(model).desired_cu(4, {})
    assert wanted[True] - wanted[False] == pytest.approx(120.0 / 0.85)


def test_ambition_wears_off_only_with_idle_capacity() -> None:
    cloud = big(small_model(cloud_rules={"ambition_memory": 0.5}))
    cloud.ambition, cloud.utilisation = 1.4, 0.9
    cloud.learn_from_use()
    assert cloud.ambition == 1.4
    cloud.utilisation = 0.775  # half as much idle beyond the plan as was planned
    cloud.learn_from_use()
    assert cloud.ambition == pytest.approx(1.3)
    cloud.ambition, cloud.utilisation = 1.4, 0.5
    cloud.learn_from_use()
    assert cloud.ambition == pytest.approx(1.2)
    cloud.ambition = 0.9
    cloud.learn_from_use()
    assert cloud.ambition == 0.9


@pytest.mark.parametrize(
    ("value", "share"), [(1.5, 1.0), (1.1, 1.0), (1.0, 0.6), (0.85, 0.0), (0.2, 0.0)]
)
def test_the_hurdle_lets_a_falling_share_of_projects_through(value: float, share: float) -> None:
    """Hurdle 1.1 and values spread over a quarter below the best."""
    cloud = big(small_model(cloud_rules={"project_spread": 0.25}))
    cloud.conviction = 1.0
    expected = min(1.0, max(0.0, (value / 1.1 - 0.75) / 0.25))
    assert cloud.clears_hurdle(value, 1.0, 1.1) == pytest.approx(expected)
    assert cloud.clears_hurdle(value, 1.0, 1.1) == pytest.approx(share, abs=0.1)


def finance(cloud: CloudProvider, wanted: float, **changes: Any) -> float:
    """Financed share of a plan; 40 bn USD of weighted RPO and no vendor unless changed."""
    own = {"weighted_rpo_usd": 0.0, "vendor_usd": 0.0}
    return cloud.plan_finance(wanted, **{**own, **changes})


def test_own_cash_comes_before_debt_and_debt_before_vendors() -> None:
    rules = {"cash_buffer_quarters": 0.5, "max_leverage": 1.5, "cash_kept": 0.5}
    cloud = thin(small_model(cloud_rules=rules))
    assert finance(cloud, 0.8e9) == 1.0  # 2 bn in cash less 1 bn kept back
    assert cloud.financing.own == pytest.approx(0.8e9)
    assert cloud.financing.bonds == 0.0
    finance(cloud, 1.5e9)
    assert (cloud.financing.own, cloud.financing.bonds) == (1e9, pytest.approx(0.5e9))
    share = finance(cloud, 3e9, vendor_usd=0.4e9)
    room = 1.5 * 4 * 1.5e9 - 8e9  # leverage times yearly cash flow, less debt
    assert cloud.financing.bonds == pytest.approx(room)
    assert cloud.financing.vendor == pytest.approx(0.4e9)
    assert share == pytest.approx((1e9 + room + 0.4e9) / 3e9)


def test_contracts_are_collateral() -> None:
    rules = {"cash_buffer_quarters": 0.5, "max_leverage": 1.5, "rpo_advance_rate": 0.25}
    cloud = thin(small_model(cloud_rules=rules))
    poor = finance(cloud, 4e9)
    assert finance(cloud, 4e9, weighted_rpo_usd=4e9) == pytest.approx(poor + 0.25)


def test_debt_that_matures_may_be_rolled_over_beyond_the_covenants() -> None:
    model = small_model(cloud_rules={"max_leverage": 0.0}, credit_classes={"hy": SOON})
    cloud = thin(model)
    finance(cloud, 3e9)
    assert cloud.financing.bonds == 0.0
    cloud.owe_debt_service()
    assert cloud.falls_due_usd() == pytest.approx(1e9, rel=1e-6)
    assert cloud.asked_credit_usd(3e9, 0.0) == pytest.approx(1e9, rel=1e-6)


def test_interest_must_be_covered_by_operating_cash() -> None:
    free = thin(small_model(credit={"least_coverage": 0.0}, cloud_rules={"max_leverage": 20.0}))
    bound = thin(small_model(credit={"least_coverage": 8.0}, cloud_rules={"max_leverage": 20.0}))
    assert 0 < bound.asked_credit_usd(30e9, 0.0) < free.asked_credit_usd(30e9, 0.0)


def test_no_plan_needs_no_money() -> None:
    assert finance(thin(small_model()), 0.0) == 1.0


def test_lenders_ask_more_of_the_indebted() -> None:
    model = small_model()
    assert thin(model).leverage() == pytest.approx(8 / 6)
    assert thin(model).spread() > big(model).spread()
    indebted = small_model(clouds={"thin": {"debt_usd": 20e9}})
    assert thin(indebted).spread() > thin(model).spread()
    assert thin(model).default_probability() > big(model).default_probability()


def test_cash_that_is_kept_is_spent_only_when_credit_is_short() -> None:
    rules = {"cash_buffer_quarters": 0.25, "max_leverage": 10.0, "cash_kept": 0.8}
    cloud = thin(small_model(cloud_rules=rules))  # 2 bn in cash: 1.6 kept, of which 0.5 never spent
    asked = cloud.asked_credit_usd(2e9, 0.0)
    assert asked == pytest.approx(1.6e9)
    assert finance(cloud, 2e9) == 1.0
    assert (cloud.financing.own, cloud.financing.bonds) == pytest.approx((0.4e9, 1.6e9))
    assert finance(cloud, 2e9, filled=0.5, vendor_usd=0.1e9) == 1.0
    assert cloud.financing == pytest.approx((0.4e9 + 0.7e9, 0.0, 0.8e9, 0.1e9, 0.0))
    share = finance(cloud, 2e9, filled=0.0)
    assert cloud.financing.own == pytest.approx(1.5e9)
    assert share == pytest.approx(1.5 / 2)


def test_payouts_give_way_before_capex_and_leave_no_hoard() -> None:
    model = small_model()
    cloud = big(model)
    assert cloud.planned_payout_usd() == 1e9  # 10 bn against 8 bn kept
    cloud.funded_share = 0.9
    assert cloud.planned_payout_usd() == 0.0
    cloud.funded_share, cloud.capex_usd = 1.0, 12e9  # the buffer is 9 bn
    assert cloud.planned_payout_usd() == pytest.approx(1e9)
    cloud.capex_usd = 14e9
    assert cloud.planned_payout_usd() == 0.0
    model.ledger.pay(model.parties.rest, cloud.party, 2_000_000_000_000, "other business")
    model.ledger.commit()
    assert cloud.planned_payout_usd() == pytest.approx(1e9 + 0.5 * (30e9 - 1e9 - 14e9))


def test_other_plant_follows_the_means_of_the_other_business() -> None:
    cloud = big(small_model())
    first = cloud.first_other_capex_usd
    assert cloud.other_capex_usd() == pytest.approx(first)
    cloud.other_cash_usd *= 0.5
    assert cloud.other_capex_usd() == pytest.approx(first / 2)
    cloud.other_cash_usd = -1e9
    assert cloud.other_capex_usd() == 0.0
    cloud.first_other_cash_usd = 0.0
    assert cloud.other_capex_usd() == first


def test_conviction_answers_to_the_share_price_and_to_rents() -> None:
    model = small_model(cloud_rules={"discipline": 1.0, "discipline_memory": 0.5})
    cloud = big(model)
    first = cloud.conviction
    assert cloud.conviction_now() == pytest.approx(first)
    cloud.value_usd *= 0.8
    assert cloud.conviction_now() == pytest.approx(0.8 * first)
    cloud.value_usd *= 0.1  # no more than half is taken off
    assert cloud.conviction_now() == pytest.approx(0.5 * first)
    cloud.value_usd = cloud.usual_value_usd
    cloud.rents.observe(9.0, 10.0, 1, 0.5)
    assert cloud.conviction_now() == pytest.approx(first)  # nothing is known before delivery
    cloud.rents.observe(8.0, 10.0, 1, 0.5)
    assert cloud.conviction_now() == pytest.approx(0.9 * first)


def test_a_share_price_that_grows_as_asked_is_no_news() -> None:
    model = small_model(valuation={"speed": 0.0})
    cloud = big(model)
    grown = (1 + model.parameters.valuation.discount) ** 0.25
    for _ in range(5):
        cloud.value_usd *= grown
        cloud.mark_to_fair_value({"a": 1.0, "b": 1.0})
    assert cloud.usual_value_usd == pytest.approx(cloud.value_usd)


def test_plans_rest_on_a_slow_mean_of_growth() -> None:
    cloud = big(small_model(cloud_rules={"growth_memory": 0.75}))
    first = cloud.planned_growth
    cloud.beliefs.expected = first + 0.04
    cloud.review_growth()
    assert cloud.planned_growth == pytest.approx(first + 0.01)


def test_start_ups_that_come_from_another_cloud_are_no_growth() -> None:
    cloud = big(small_model())
    cloud.startup_cu = 10.0
    cloud.count_startups(30.0, 0.2)
    assert (cloud.startup_cu, cloud.last_startup_cu) == (30.0, pytest.approx(25.0))
    cloud.count_startups(11.0, None)
    assert cloud.last_startup_cu == pytest.approx(11.0 / (1 + cloud.beliefs.expected))


def test_running_owes_power_and_books_the_other_business() -> None:
    model = small_model()
    cloud = big(model)
    thousands = sum(v.thousands for v in cloud.vintages.values())
    cloud.other_cash_usd = 2e9
    cloud.run()
    model.ledger.commit()
    owed = thousands * 0.3 * 2.19e6
    assert model.settlement.due_by(cloud.party) == pytest.approx(100 * owed, abs=1)
    assert model.ledger.flow("other business", cloud.party) == 2e11
    assert cloud.other_cash_usd == pytest.approx(2e9 * 1.08**0.25)
    cloud.other_cash_usd = -1e9
    cloud.run()
    model.ledger.commit()
    assert model.settlement.due_by(cloud.party) == pytest.approx(100 * (2 * owed + 1e9), abs=2)


def test_customers_that_expect_less_growth_sign_less() -> None:
    """The same revenue, another outlook; contracts that run are delivered all the same."""
    owed = []
    for expected in (0.2, 0.1, -0.1):
        model = small_model(cloud_rules={"renewal_quarters": 4})
        cloud = big(model)
        cloud.beliefs.expected = expected
        revenue = model.contracts.other_rpo_usd("big") / cloud.rpo_coverage
        cloud.roll_organic_rpo(revenue)
        owed.append(model.contracts.other_rpo_usd("big"))
    first = (1 + cloud.stated.organic_growth) ** 4
    assert owed[0] == pytest.approx(50e9 * 1.2**4 / first)
    assert owed[0] > owed[1] > owed[2] >= 50e9 - revenue - 1
