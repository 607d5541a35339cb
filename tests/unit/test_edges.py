"""One small world for each kind of fault that random worlds found, with its right outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from property.test_model import check_books
from pydantic import ValidationError
from small_world import CLOUD, small_model, small_world
from unit.phases.test_failure import bankrupt, check

from agents.rules.pricing import LEAST_RENT, MOST_RENT, spot_price
from agents.rules.valuation import MOST_VALUE_USD, fair_value
from market.books.identities import IdentityViolation
from market.books.ledger import Ledger
from market.books.settlement import Settlement
from market.model import MarketModel
from market.parameters.world import WORLD_PRODUCT_USD
from market.phases.commitments import plan_commitments
from market.phases.failure import close_firms, run_estates
from market.phases.funding import hold_funding_rounds
from market.scenario import ScenarioError, load_scenario
from market.units import CU_HOURS

# --- who closes the accounts


def closed_ledger() -> tuple[Ledger, int, int]:
    """A ledger with a party of 100 cents that closes the accounts, and a lab without money."""
    ledger = Ledger()
    rest, lab = ledger.add_party("rest", "rest"), ledger.add_party("lab", "labs")
    ledger.open_position("deposits", ledger.bank, rest, 100)
    ledger.commit("opening")
    ledger.state_closer(rest, "loans", "economy")
    return ledger, rest, lab


def test_who_closes_the_accounts_is_lent_just_what_is_missing() -> None:
    ledger, rest, lab = closed_ledger()
    ledger.pay(rest, lab, 60, "compute")
    ledger.commit("enough")
    assert ledger.liabilities(rest, "loans") == 0
    ledger.pay(rest, lab, 70, "compute")
    ledger.pay(lab, rest, 10, "wages")  # what comes in by the same batch is not lent
    ledger.commit("too much")
    assert ledger.balance("loans", rest, ledger.bank, "economy") == 20
    assert (ledger.deposits(rest), ledger.deposits(lab)) == (0, 120)


def test_nobody_else_is_lent_anything() -> None:
    ledger, rest, lab = closed_ledger()
    ledger.pay(lab, rest, 1, "wages")
    with pytest.raises(IdentityViolation, match="I6"):
        ledger.commit("dry")


def test_who_closes_the_accounts_pays_what_is_due_too() -> None:
    ledger, rest, lab = closed_ledger()
    settlement = Settlement(ledger)
    settlement.owe(rest, lab, 500, "compute")
    assert settlement.clear().shortfalls == {}
    ledger.commit("clearing")
    assert ledger.deposits(lab) == 500


def drain(model: MarketModel) -> None:
    """Let the rest of the economy repay its bank with all the money that it has."""
    ledger, rest = model.ledger, model.parties.rest
    ledger.settle(rest, ledger.bank, ledger.deposits(rest), "loans", "economy")
    ledger.commit("drain")
    assert ledger.deposits(rest) == 0


@pytest.mark.parametrize("phase", MarketModel.phases.names)
def test_the_rest_of_the_economy_never_runs_dry(phase: str) -> None:
    """Whatever it pays in a phase, and though it lost all its money just before."""
    model = small_model(clouds={"thin": {"operating_cash_flow_usd": -2e9}})
    model.phases = model.phases.insert_before(phase, drain)
    model.run(6)
    check_books(model)


# --- who pays with what


def test_a_survivor_buys_only_parts_of_estates_that_it_can_pay_together() -> None:
    """Three clouds of one size fail at once; the fourth gives all its cash for parts of them."""
    small = {**CLOUD, "cash_usd": 1e9, "debt_usd": 0.0, "payout_usd": 0.0}
    clouds = {key: {**small, "name": key} for key in ("x", "y", "z")}
    clouds["rich"] = {**small, "name": "rich", "cash_usd": 30e9}
    model = small_model(
        clouds={"thin": None, "big": None, **clouds},
        compute_contracts={"first": None},
        stakes={"s2": None},
        default={"estate_purchase_share": 1.0},
        cloud_rules={"cash_buffer_quarters": 0.0},
    ).run(1)
    rich = model.clouds["rich"]
    before, capacity = model.ledger.deposits(rich.party), rich.capacity_cu
    close_firms(model, {model.clouds[key].party: 0 for key in "xyz"})
    spendable = 100 * rich.spendable_usd
    run_estates(model)
    check_books(model)
    paid = before - model.ledger.deposits(rich.party)
    assert paid == pytest.approx(min(spendable, before), rel=0.01)
    left = [model.clouds[key].capacity_cu for key in "xyz"]
    assert left[0] == pytest.approx(left[1]) and left[1] == pytest.approx(left[2])
    assert rich.capacity_cu - capacity == pytest.approx(3 * 900.0 - sum(left), rel=0.15)


def test_a_holding_worth_less_than_a_cent_is_not_sold() -> None:
    model = small_model()
    fund = model.investors["holding"]
    deposits = model.ledger.deposits(fund.party)
    fund.sell_and_repay(1e-9, 10**9)
    model.ledger.commit("margin calls")
    assert model.ledger.deposits(fund.party) == deposits


def test_rounding_in_clearing_overdraws_nobody() -> None:
    """Who is paid by many defaulters, each part rounded down, pays some cents less."""
    ledger = Ledger()
    debtors = [ledger.add_party(f"d{n}", "labs") for n in range(9)]
    middle, last = ledger.add_party("middle", "clouds"), ledger.add_party("last", "clouds")
    for party in debtors:
        ledger.open_position("deposits", ledger.bank, party, 2)
    ledger.open_position("deposits", ledger.bank, middle, 0)
    ledger.commit("opening")
    settlement = Settlement(ledger)
    for party in debtors:
        settlement.owe(party, middle, 2, "compute")
        settlement.owe(party, last, 1, "compute")
    settlement.owe(middle, last, 12, "compute")
    settlement.clear()
    ledger.commit("clearing")
    assert ledger.deposits(middle) == 0
    assert sum(ledger.deposits(p) for p in [*debtors, last]) == 18
    settlement.clear()  # what rounding withheld is due again, and nothing breaks


def test_parents_pay_no_cent_more_than_they_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two needs of a part of a cent, each rounded up, are a cent more than there is."""
    model = small_model(labs={key: {"parent": "fund"} for key in "ab"})
    fund = model.investors["fund"]
    model.ledger.pay(
        fund.party, model.parties.rest, model.ledger.deposits(fund.party) - 11, "wages"
    )
    model.ledger.commit("ruin")
    for key, usd in (("a", 0.0551), ("b", 0.0549)):
        monkeypatch.setattr(model.labs[key], "ask_parent_usd", lambda usd=usd: usd)
    hold_funding_rounds(model)
    assert model.ledger.deposits(fund.party) == 0


def test_an_investor_that_owes_and_owns_nothing_is_bankrupt() -> None:
    """No infinite loan-to-value, though no interest is due on which it could fail."""
    bare = {"name": "Bare", "kind": "holding", "cash_usd": 0.0, "debt_usd": 1e9}
    model = small_model(
        investors={"bare": bare},
        cloud_rules={"base_rate": 0.0},
        investor_rules={"margin_spread": 0.0},
    ).run(1)
    assert model.investors["bare"].is_defaulted
    assert model.investors["bare"].loan_to_value() == 0.0
    check_books(model)


def test_the_bank_adds_no_interest_to_a_debt_beyond_all_assets() -> None:
    held = {"other_assets_usd": 1e9, "debt_usd": 1e9, "cash_usd": 0.0, "max_loan_to_value": 0.9}
    model = small_model(investors={"holding": held}, stakes={"s1": None})
    holding = model.investors["holding"]
    holding.owe_debt_service()
    model.ledger.commit("obligations")
    assert holding.debt_usd() == 1e9


def test_own_instruments_of_a_failed_firm_are_written_off() -> None:
    model = small_model()
    lab, big = model.labs["a"], model.clouds["big"]
    model.ledger.declare(instrument="carbon debt", kind="debt")
    model.ledger.issue("carbon debt", lab.party, model.parties.rest, 7 * 10**11)
    model.ledger.issue("carbon debt", big.party, lab.party, 10**9)
    model.ledger.commit("carbon")
    bankrupt(model, lab, 30e9)
    check(model, lab)
    assert model.ledger.liabilities(lab.party, "carbon debt") == 0
    assert model.ledger.balance("carbon debt", big.party, model.parties.rest) == 10**9


def test_a_lab_signs_elsewhere_when_its_parent_cloud_has_failed() -> None:
    model = small_model(labs={"b": {"parent": "thin"}})
    bankrupt(model, model.clouds["thin"], 50e9)
    model.labs["b"].training_target_cu = 5000.0
    plan_commitments(model)
    assert model.contracts.rpo_usd(lab="b", cloud="thin") == 0.0


# --- limits of growth


def test_the_rent_stays_between_the_choke_prices() -> None:
    assert spot_price(10.0, 10.0, 1e60, 0.8, 5.0, 0.0) == pytest.approx(10 * MOST_RENT**0.5)
    assert spot_price(10.0, 10.0, 1e-60, 0.8, 5.0, 0.0) == pytest.approx(10 * LEAST_RENT**0.5)


def test_an_unstable_cobweb_stays_within_them() -> None:
    rules = {"price_sensitivity": 4.9, "demand_elasticity": 4.9, "running_cost_usd_hour": 0.0}
    model = small_model(compute=rules)
    for _ in range(12):
        model.step()
        cost = model.parameters.compute.list_price_usd_hour * CU_HOURS * model.chip_price_index()
        assert 0 < model.spot_price_usd <= 1.001 * MOST_RENT * cost


def test_no_firm_is_worth_more_than_there_is_to_buy_it_with() -> None:
    assert fair_value(1e12, 1e3, 2.0) == MOST_VALUE_USD


def test_other_business_ends_at_its_part_of_the_world() -> None:
    model = small_model(cloud_rules={"other_growth": 1.0}, quarters=80)
    big = model.clouds["big"]
    for _ in range(80):
        big.run()
    assert big.other_cash_usd == WORLD_PRODUCT_USD / 2


def test_buyers_outside_pay_no_more_than_the_world_earns() -> None:
    model = small_model()
    model.spot_price_usd = 1e12
    big = model.clouds["big"]
    big.sell_organic(500.0)
    assert big.compute_revenue_usd == WORLD_PRODUCT_USD / 2


def test_a_seat_is_never_dearer_than_the_wage_of_who_sits_on_it() -> None:
    model = small_model(lab_rules={"seat_usage": 1.0, "price_speed": 1.0, "seat_markup": 5.0}).run(
        3
    )
    usd = model.labs["a"].offered_price_eur * model.parameters.enterprise.usd_per_eur
    assert usd == pytest.approx(10_000.0)


# --- what is refused at load


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"labs": {"a": {"cash_usd": 1e15}}}, "less than or equal to 1"),
        ({"clouds": {"big": {"suppliers": {"maker": -1.0}}}}, "a share is at least 0"),
        (
            {"compute": {"running_cost_usd_hour": 100.0}},
            "running_cost_usd_hour.*accelerator_cost_usd",
        ),
        (
            {"clouds": {"big": {"capacity_cu": 1e7}}},
            r"clouds\.\*\.capacity_cu.*compute\.list_price_usd_hour",
        ),
    ],
    ids=["money", "shares", "a chip too dear to run", "more than the world"],
)
def test_sizes_that_make_no_sense_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        small_world(**changes)


@pytest.mark.parametrize("key", ["tranches", "first_quarter"])
def test_counts_are_bounded(key: str, tmp_path: Path) -> None:
    """A promise of 1e12 tranches would be looked through for ever."""
    file = tmp_path / "many.toml"
    file.write_text(
        f'extends = "minimal"\n[equity_commitments.x]\ninvestor = "fund"\nlab = "a"\n'
        f"tranche_usd = 1.0\n{key} = 1_000_000_000_000\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError, match=rf"equity_commitments\.x\.{key}.*<= 400"):
        load_scenario(file)


def test_the_largest_promise_is_quick() -> None:
    promise = {"investor": "fund", "lab": "a", "tranche_usd": 1.0, "tranches": 400}
    model = MarketModel(small_world(equity_commitments={"p": promise}), seed=1)
    assert model.labs["a"].promised_usd() == 5.0  # quarters 1 to 5 of the planning horizon
