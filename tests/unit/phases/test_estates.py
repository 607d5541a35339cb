"""Estates: creditors run what works, survivors buy parts, users of a failed lab leave over time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from small_world import small_model

from agents import CloudProvider
from market.model import MarketModel
from market.phases.failure import clear_obligations, resolve_defaults, run_estates
from market.phases.sales import set_prices_and_sell
from market.scenario import load_scenario


def failed(key: str, quarters: int = 2, **changes: Any) -> MarketModel:
    """The small world after a firm has filed for bankruptcy, before anything of it is sold."""
    model = small_model(**changes).run(quarters)
    model.settlement.file(model.institution(key).party)
    clear_obligations(model)
    resolve_defaults(model)
    return model


def rich(usd: float = 900e9) -> dict[str, Any]:
    """The other cloud has money."""
    return {"big": {"cash_usd": usd}}


NO_BUFFER = {"cash_buffer_quarters": 0.0}
"""A cloud keeps back nothing for its own CapEx."""


# --- clouds


def test_a_failed_cloud_serves_on_and_plans_nothing() -> None:
    model = failed("thin")
    thin = model.clouds["thin"]
    assert thin.is_defaulted and thin.is_in_administration and thin.is_serving
    assert thin not in model.active_clouds and thin in model.serving_clouds
    assert thin.capacity_cu > 0
    assert model.contracts.rpo_usd(cloud="thin") > 0
    assert thin.pipeline.total == thin.pipeline.delivered
    assert thin.market_value_usd() == 0.0
    lab = model.labs["a"]
    model.step()
    assert thin.compute_revenue_usd > 0
    assert lab.delivered_cu > 0
    assert not thin.orders
    assert thin.capex_usd == 0.0


def test_debts_are_cut_to_what_the_plant_is_worth() -> None:
    owing = {"thin": {"debt_usd": 24e9}}
    model = failed("thin", quarters=1, default={"estate_discount": 0.9}, clouds=owing)
    thin = model.clouds["thin"]
    worth = thin.plant_worth_cents()
    kept = round(100 * thin.debt_usd())
    assert 0 < kept <= worth
    assert model.lending_bank.losses_usd == 0.0  # its loans come first
    assert sum(loss.cents for rank in thin.estate.lost for loss in rank) > 0


def test_what_comes_in_goes_to_creditors_and_then_to_who_lost() -> None:
    """Nobody buys: the debt that is left falls quarter by quarter, then losses are given back."""
    model = failed("thin", default={"estate_purchase_share": 0.0, "estate_discount": 1.0})
    thin = model.clouds["thin"]
    debt = [thin.debt_usd()]
    lost = sum(loss.cents for rank in thin.estate.lost for loss in rank)
    assert lost > 0
    for _ in range(6):
        model.step()
        debt.append(thin.debt_usd())
    assert all(after <= before for before, after in pairwise(debt))
    assert debt[-1] < debt[0]
    assert thin.cash_usd * 100 <= thin.reserve_cents() + 1


def test_parts_are_sold_with_their_contracts_and_customers() -> None:
    model = failed("thin")
    thin, big = model.clouds["thin"], model.clouds["big"]
    chips, organic = thin.capacity_cu + big.capacity_cu, thin.organic_cu + big.organic_cu
    promised = model.contracts.rpo_usd(lab="a")
    growth = big.organic_cu / big.last_organic_cu
    cash = big.cash_usd
    run_estates(model)
    (sale,) = model.events.select("estate sale")
    assert 0 < sale.size <= 0.1 * cash
    assert cash - big.cash_usd == pytest.approx(sale.size)
    assert thin.capacity_cu + big.capacity_cu == pytest.approx(chips)
    assert thin.organic_cu + big.organic_cu == pytest.approx(organic)
    assert model.contracts.rpo_usd(lab="a") == pytest.approx(promised)
    assert model.contracts.rpo_usd(lab="a", cloud="big") > 0
    # inherited customers are no growth
    assert big.organic_cu / big.last_organic_cu == pytest.approx(growth)


def test_a_buyer_with_money_for_all_takes_all_and_the_shell_is_empty() -> None:
    model = failed("thin", clouds=rich())
    thin, ledger = model.clouds["thin"], model.ledger
    run_estates(model)
    assert thin.capacity_cu == 0.0
    model.run(2)  # chips that were in the racks at the default go live, and are sold too
    assert not thin.is_in_administration
    assert ledger.assets(thin.party) == ledger.deposits(thin.party) == 0
    assert thin.debt_usd() == thin.capacity_cu == thin.organic_cu == 0.0
    assert model.contracts.rpo_usd(cloud="thin") == model.contracts.other_rpo_usd("thin") == 0.0
    assert all("100%" in sale.text for sale in model.events.select("estate sale"))


def test_it_is_sold_over_quarters_to_those_who_have_little() -> None:
    model = failed("big", clouds={"thin": {"cash_usd": 8e9}}, cloud_rules=NO_BUFFER)
    big = model.clouds["big"]
    left = []
    for _ in range(4):
        model.step()
        left.append(sum(v.thousands for v in big.vintages.values()))
    assert left[0] > left[1] > left[2] > left[3] > 0


def test_several_estates_share_a_buyers_money() -> None:
    clouds = {"third": {**_like_thin(), "name": "Third"}}
    model = small_model(clouds=clouds).run(2)
    for key in ("thin", "third"):
        model.settlement.file(model.institution(key).party)
    clear_obligations(model)
    resolve_defaults(model)
    big = model.clouds["big"]
    cash, budget = big.cash_usd, big.estate_bid_usd()
    run_estates(model)
    assert len(model.events.select("estate sale")) == 2
    assert cash - big.cash_usd <= budget + 0.01


def _like_thin() -> dict[str, Any]:
    return {
        "cash_usd": 2e9,
        "debt_usd": 4e9,
        "market_cap_usd": 60e9,
        "operating_cash_flow_usd": 1.5e9,
        "capex_usd": 2e9,
        "capacity_cu": 300.0,
        "suppliers": {"maker": 1.0},
    }


def test_no_more_is_paid_than_a_buyer_has_whatever_it_answers() -> None:
    class Reckless(CloudProvider):
        def estate_bid_usd(self) -> float:
            return 1e15

    class Own(MarketModel):
        cloud_class = Reckless

    model = Own(load_scenario("reference"), seed=1).run(2)
    model.wind_up(model.clouds["oracle"])
    run_estates(model)
    assert all(cloud.cash_usd >= 0 for cloud in model.clouds.values())
    assert model.clouds["oracle"].capacity_cu == 0.0


def test_who_cannot_pay_its_running_cost_is_closed_and_reported_once() -> None:
    model = failed("thin", default={"estate_purchase_share": 0.0})
    thin = model.clouds["thin"]
    model.ledger.pay(thin.party, model.parties.rest, model.ledger.deposits(thin.party), "wages")
    model.settlement.owe(thin.party, model.parties.rest, 10**13, "power and upkeep")
    model.ledger.commit()
    clear_obligations(model)
    resolve_defaults(model)
    assert thin.is_defaulted and not thin.is_in_administration
    assert thin.capacity_cu == 0.0
    assert model.ledger.assets(thin.party) == 0
    assert len(model.events.select("default", agent="Thin cloud")) == 1


def test_chips_that_no_longer_earn_their_power_are_switched_off_in_an_estate_too() -> None:
    model = failed("thin", default={"estate_purchase_share": 0.0})
    thin = model.clouds["thin"]
    model.spot_price_usd = 0.01
    model.step()
    assert not thin.vintages
    assert not thin.is_in_administration


def test_its_own_customers_use_no_more_than_it_has() -> None:
    """Demand that nobody has the capacity for is not passed on."""
    changes = {"estate_purchase_share": 0.0}
    model = failed("thin", default=changes, clouds={"thin": {"organic_growth": 0.3}})
    thin, room = model.clouds["thin"], []
    for _ in range(4):
        model.step()
        room.append(thin.organic_cu / thin.capacity_cu)
    assert max(room) <= 1 + 1e-9


def test_without_administration_what_nobody_buys_is_scrapped() -> None:
    """The twin: with it, more compute is in service a year later."""
    served = []
    for has in (True, False):
        model = failed("big", default={"has_administration": has})
        model.run(4)
        served.append(sum(cloud.capacity_cu for cloud in model.serving_clouds))
        assert model.clouds["big"].is_in_administration == has
    assert served[0] > 1.1 * served[1]


def test_a_firm_removed_from_the_model_takes_the_same_road() -> None:
    model = small_model().run(2)
    thin = model.clouds["thin"]
    thin.remove()
    assert thin.is_in_administration
    assert thin not in list(model.agents)
    model.run(3)
    assert model.events.select("estate sale")


@pytest.mark.parametrize("key", ["microsoft", "googlecloud"])
def test_a_hyperscalers_bankruptcy_lowers_capex_and_saves_nobody(key: str) -> None:
    """Gate G4 in small: two pairs, CapEx of the eight quarters after the filing."""
    for seed in (1, 2):
        twins = [MarketModel("reference", seed=seed).run(8) for _ in range(2)]
        twins[1].settlement.file(twins[1].institution(key).party)
        without, with_it = [
            sum(model.run(9).datacollector.model_vars["capex_usd"][9:]) for model in twins
        ]
        assert with_it < 0.97 * without
        gone = [{f.key for f in model.institutions() if f.is_defaulted} for model in twins]
        assert len(gone[1]) > len(gone[0])


# --- labs


def lab_failed(**changes: Any) -> MarketModel:
    """The small world, in which lab A has failed though its users pay for their compute."""
    rules = {"seat_usage": 5e-6, "plus_usage": 1e-6, "free_usage": 5e-8}
    changes["lab_rules"] = {**rules, **changes.get("lab_rules", {})}
    return failed("a", enterprise={"contract_quarters": 8, "customers": 4000}, **changes)


def test_a_failed_labs_product_runs_on_and_its_users_leave_over_quarters() -> None:
    model = lab_failed(lab_rules={"run_off_leaving": 0.3, "run_off_quarters": 4})
    lab, rival = model.labs["a"], model.labs["b"]
    assert lab.is_in_administration and not lab.is_active
    seats, users, own = [lab.seats], [lab.audience.users], [rival.seats]
    for _ in range(3):
        model.step()
        seats.append(lab.seats)
        users.append(lab.audience.users)
        own.append(rival.seats)
    assert seats[0] > seats[1] > seats[2] > seats[3] > 0
    assert users[2] / users[1] == pytest.approx(0.7, rel=0.02)
    assert own[3] > own[2] > own[1] > own[0]
    assert lab.revenue_usd > 0 and lab.training_cu == 0.0
    assert lab.inference_cu > 0
    model.run(4)
    assert not lab.is_in_administration
    assert lab.seats == lab.audience.users == lab.revenue_usd == 0.0
    assert model.ledger.assets(lab.party) == 0


def test_what_its_product_earns_goes_to_who_lost() -> None:
    model = lab_failed()
    lab = model.labs["a"]
    before = sum(loss.cents for rank in lab.estate.lost for loss in rank)
    model.run(2)
    after = sum(loss.cents for rank in lab.estate.lost for loss in rank) if lab.estate else 0
    assert after <= before
    assert lab.cash_usd == 0.0


def test_it_stops_at_once_when_it_does_not_pay_or_is_not_run() -> None:
    for rules in ({"run_off_quarters": 0}, {"seat_usage": 1e-3, "free_usage": 1e-3}):
        model = lab_failed(lab_rules=rules)
        assert not model.labs["a"].is_in_administration
        assert model.labs["a"].seats == 0.0


def test_a_part_of_those_who_leave_gives_up_for_good() -> None:
    """The twin: seats and users of all labs a year after the failure."""
    seats, users = [], []
    for share in (0.0, 0.6):
        model = lab_failed(lab_rules={"run_off_give_up": share, "run_off_leaving": 0.5})
        model.run(4)
        seats.append(float(model.customers.seats_of.sum()))
        users.append(model.consumers.users)
        assert (model.consumers.given_up > 0) == (share > 0)
    assert seats[1] < 0.95 * seats[0]
    assert users[1] < 0.95 * users[0]


def test_rivals_do_not_take_inherited_users_for_growth() -> None:
    """Like for like: what a rival expects after the wave stays near what it expected before."""
    growth = []
    for fails in (False, True):
        nobody_new = {"bass_innovation": 0.0, "bass_imitation": 0.0}
        enterprise = {"contract_quarters": 8, "customers": 4000, "multi_homing_share": 0.0}
        model = small_model(enterprise=enterprise | nobody_new, consumers=nobody_new).run(3)
        if fails:
            model.settlement.file(model.institution("a").party)
            model.step()
        else:
            model.step()
        rules = {"run_off_leaving": 1.0}
        model.parameters = model.parameters.changed(lab_rules=rules)
        set_prices_and_sell(model)
        rival = model.labs["b"]
        jump = rival.revenue_usd / rival.last_revenue_usd - 1
        own = (rival.revenue_usd - rival.inherited_usd) / rival.last_revenue_usd - 1
        growth.append((jump, own))
        assert (rival.inherited_usd > 0) == fails
    assert growth[1][0] > growth[0][0] + 0.2
    assert growth[1][1] == pytest.approx(growth[0][1], abs=0.1)


@pytest.mark.parametrize("path", ["objects", "arrays", "compiled"])
def test_all_forms_of_the_choice_let_the_same_customers_go(path: Any) -> None:
    model = lab_failed(lab_rules={"run_off_leaving": 0.4})
    other = lab_failed(lab_rules={"run_off_leaving": 0.4})
    model.customers.path = path
    for each in (model, other):
        each.run(2)
    assert model.customers.column("provider").tolist() == (
        other.customers.column("provider").tolist()
    )
