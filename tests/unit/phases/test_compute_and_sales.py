"""Phases 1 to 4: time passes, seats are sold, compute is delivered, invoiced and priced."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from market.model import MarketModel
from market.phases.compute import use_and_invoice_compute
from market.phases.sales import (
    age_vintages_and_contracts,
    form_expectations,
    set_prices_and_sell,
)


def sold(**changes: Any) -> MarketModel:
    """The small world after sales."""
    model = small_model(**changes)
    set_prices_and_sell(model)
    return model


def test_contracts_are_delivered_first_and_owed() -> None:
    model = sold()
    rpo = model.contracts.rpo_usd(lab="a")
    use_and_invoice_compute(model)
    a = model.labs["a"]
    assert a.delivered_cu == pytest.approx(120.0)
    assert rpo - model.contracts.rpo_usd(lab="a") == pytest.approx(8e9 / 12)
    owed = model.settlement.due_to(model.clouds["thin"].party)
    assert owed == pytest.approx(100 * 8e9 / 12, rel=1e-9)
    assert a.inference_cu + a.training_cu == pytest.approx(a.delivered_cu + a.on_demand_cu)
    assert model.ledger.flow("compute", a.party) < 0


def test_a_cloud_that_lacks_capacity_delivers_a_part_of_every_contract() -> None:
    """Contracts for twice its capacity: half of each, and nothing is left for others."""
    more = {"lab": "b", "cloud": "thin", "total_usd": 30e9, "capacity_cu": 480.0}
    model = sold(compute_contracts={"second": more})
    use_and_invoice_compute(model)
    assert model.labs["a"].delivered_cu == pytest.approx(60.0)
    assert model.labs["b"].delivered_cu == pytest.approx(240.0)
    thin = model.clouds["thin"]
    assert thin.organic_sold_cu == 0.0
    assert thin.utilisation > 2


def test_idle_compute_is_sold_on_the_spot_to_who_lacks_some() -> None:
    model = sold(clouds={"big": {"organic_share": 0.9}})
    use_and_invoice_compute(model)
    b = model.labs["b"]
    assert b.delivered_cu == 0.0
    assert b.on_demand_cu > 0
    assert b.compute_cost_usd == pytest.approx(b.on_demand_cu * 2.3 * 2.19e6)


def test_after_a_failed_round_only_users_are_served() -> None:
    model = sold(clouds={"big": {"organic_share": 0.1}}, labs={"b": {"cash_usd": 90e9}})
    b = model.labs["b"]
    b.failed_rounds = 1
    use_and_invoice_compute(model)
    assert b.on_demand_cu == pytest.approx(b.inference_need_cu())
    assert b.training_cu == pytest.approx(0.0)


def test_a_lab_with_little_cash_buys_little() -> None:
    model = sold(clouds={"big": {"organic_share": 0.1}})
    b = model.labs["b"]
    model.ledger.pay(b.party, model.parties.rest, round(100 * b.cash_usd) - 10**10, "wages")
    model.ledger.commit()
    use_and_invoice_compute(model)
    assert b.compute_cost_usd == pytest.approx(0.5e8, rel=0.01)


def test_rent_rises_with_scarcity_and_falls_with_idleness() -> None:
    rents = []
    for factor in (0.5, 1.0, 2.0):
        model = sold()
        for cloud in model.clouds.values():
            cloud.organic_cu *= factor
        use_and_invoice_compute(model)
        rents.append(model.spot_price_usd)
    assert rents[0] < rents[1] < rents[2]


def test_cheap_compute_finds_more_demand() -> None:
    grown = {}
    for elasticity in (0.0, 1.0):
        quiet = {"demand_noise": 0.0, "rent_noise": 0.0, "price_sensitivity": 0.35}
        model = sold(compute={"demand_elasticity": elasticity, **quiet})
        model.spot_price_usd /= 2
        use_and_invoice_compute(model)
        grown[elasticity] = model.clouds["big"].organic_cu
    assert grown[1.0] > 1.25 * grown[0.0]


def test_demand_fades_out_at_its_ceiling() -> None:
    model = sold(compute={"demand_ceiling": 2.0, "demand_noise": 0.0})
    big = model.clouds["big"]
    big.base_organic_cu = 2 * big.first_organic_cu
    use_and_invoice_compute(model)
    assert big.base_organic_cu == pytest.approx(2 * big.first_organic_cu)


BACKSTOP = {"guard": {"chipmaker": "maker", "cloud": "thin", "total_usd": 1e9}}


@pytest.mark.parametrize(
    ("obstacle", "pays"),
    [(None, True), ("switch", False), ("withdrawn", False), ("over", False)],
)
def test_a_backstop_rents_what_is_idle(obstacle: str | None, pays: bool) -> None:
    model = sold(backstops=BACKSTOP, chipmaker_rules={"has_vendor_finance": obstacle != "switch"})
    for cloud in model.clouds.values():
        cloud.organic_cu = 0.0
    for lab in model.labs.values():
        lab.failed_rounds = 1
    maker = model.chipmakers["maker"]
    maker.has_withdrawn = obstacle == "withdrawn"
    if obstacle == "over":
        model.backstops[0].last_quarter = -1
    use_and_invoice_compute(model)
    paid = model.settlement.due_by(maker.party)
    assert (paid > 0) is pays
    assert paid == pytest.approx(100 * (1e9 - model.backstops[0].remaining_usd), abs=1)


def test_freed_capacity_that_is_taken_over_is_reported() -> None:
    model = sold(clouds={"thin": {"organic_share": 0.2}})
    thin = model.clouds["thin"]
    gone = thin.report("contract cancelled", 1e9, "USD", "gone")
    thin.last_cancellation, thin.freed_cu, thin.sold_cu = gone, 50.0, 20.0
    thin.organic_cu = 60.0
    for lab in model.labs.values():
        lab.failed_rounds, lab.audience, lab.seats = 1, type(lab.audience)(), 0.0
    use_and_invoice_compute(model)
    (event,) = model.events.select("capacity re-let")
    assert event.size == pytest.approx(40.0)
    assert event.causes == (gone.id,)
    assert thin.freed_cu == 0.0


def test_a_contract_of_a_later_date_enters_rpo_then() -> None:
    late = {"lab": "b", "cloud": "big", "total_usd": 5e9, "capacity_cu": 50.0, "signed_quarter": 2}
    model = small_model(compute_contracts={"late": late})
    rpo = []
    for quarter in range(4):
        model.quarter = model.ledger.quarter = quarter
        age_vintages_and_contracts(model)
        rpo.append(model.contracts.rpo_usd(lab="b"))
    assert rpo == [0.0, 0.0, 5e9, 5e9]
    assert len(model.events.select("contract signed", agent="Lab B")) == 1


@pytest.mark.parametrize("failed", ["b", "big"])
def test_a_contract_with_a_failed_firm_is_not_signed(failed: str) -> None:
    late = {"lab": "b", "cloud": "big", "total_usd": 5e9, "capacity_cu": 50.0, "signed_quarter": 1}
    model = small_model(compute_contracts={"late": late})
    model.institution(failed).is_defaulted = True
    model.quarter = model.ledger.quarter = 1
    age_vintages_and_contracts(model)
    assert model.contracts.rpo_usd(lab="b") == 0.0


def test_beliefs_are_about_own_fundamentals() -> None:
    model = small_model()
    lab, cloud, maker = model.labs["a"], model.clouds["big"], model.chipmakers["maker"]
    lab.last_revenue_usd, lab.revenue_usd = 1e9, 1.5e9
    cloud.last_organic_cu, cloud.organic_cu = 100.0, 90.0
    maker.last_revenue_usd, maker.revenue_usd = 2e9, 2e9
    maker.quarters_delivered = 2
    before = [firm.beliefs.expected for firm in (lab, cloud, maker)]
    form_expectations(model)
    after = [firm.beliefs.expected for firm in (lab, cloud, maker)]
    assert after[0] > before[0]
    assert after[1] < before[1]
    assert after[2] < before[2]


def test_a_wave_of_switching_is_reported_with_its_cause() -> None:
    homogeneous = {"switching_cost_sigma": 0, "contract_quarters": 1, "quality_weight_eur": 0}
    homogeneous |= {"multi_homing_share": 0, "minimum_reliability_mean": 0.5}
    model = small_model(
        enterprise=homogeneous | {"minimum_reliability_spread": 0},
        lab_rules={"price_speed": 0.0},
        shocks={
            "s": {"kind": "price cut", "quarter": 1, "target": "b", "size": 3.01, "quarters": 1}
        },
    )
    leaving = 100 * model.customers.seats_of[0] / model.customers.seats_of.sum()
    model.run(2)
    (wave,) = model.events.select("switch wave")
    assert wave.agent == "Lab B"
    assert wave.size == pytest.approx(leaving, abs=1.0)
    kinds = [event.kind for event in model.events.chain(wave)]
    assert kinds[-1] == "switch wave"
    assert "shock" in kinds
    assert model.labs["b"].seat_share == 1.0


def test_income_goes_round() -> None:
    """Customers get from the rest of the economy what they spend on labs."""
    model = small_model()
    before = (
        model.ledger.deposits(model.parties.enterprises),
        model.ledger.deposits(model.parties.households),
    )
    set_prices_and_sell(model)
    after = (
        model.ledger.deposits(model.parties.enterprises),
        model.ledger.deposits(model.parties.households),
    )
    assert after == before
    assert model.ledger.flow("enterprise sales", model.parties.enterprises) > 0
