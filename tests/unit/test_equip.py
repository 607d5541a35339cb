"""A plain Mesa model after ``equip``: its bank opens with the capital that the scenario states."""

from __future__ import annotations

from typing import Any

import mesa
import pytest
from small_world import CLOUD, LAB, small_model

from agents import AILab, Bank, CloudProvider
from market.books.ledger import Ledger
from market.books.statements import balance_sheet_matrix
from market.host import equip
from market.model import MarketModel
from market.parameters.companies import CloudParameters, LabParameters
from market.parameters.world import MarketParameters
from market.scenario import load_scenario

BANK = {"capital_usd": 2e12, "capital_floor": 0.07}


class Street(mesa.Model[Any, Any]):
    """A bank, a lab and a cloud that owes the bank, and nothing else."""

    def __init__(self, parameters: MarketParameters, *, cash_usd: float = 50e9) -> None:
        super().__init__(rng=1)
        equip(self, parameters, seed=1)
        self.bank = Bank(self)
        self.lab = AILab(self, "lab", LabParameters.model_validate({**LAB, "name": "Lab"}))
        self.cloud = CloudProvider(
            self, "cloud", CloudParameters.model_validate({**CLOUD, "name": "Cloud"})
        )
        self.lab.open_cash(cash_usd)
        self.ledger.open_position("loans", self.cloud.party, self.parties.bank, 10**12)


def parameters(**bank: float) -> MarketParameters:
    return MarketParameters.model_validate({"bank": {**BANK, **bank}})


@pytest.mark.parametrize("scenario", ["reference", "minimal"])
def test_an_equipped_model_has_a_bank_with_the_capital_of_the_scenario(scenario: str) -> None:
    model = mesa.Model(rng=1)
    world = load_scenario(scenario)
    equip(model, world)
    bank = Bank(model)
    assert bank.capital_usd() == world.bank.capital_usd
    assert bank.capital_ratio() >= world.bank.capital_floor
    assert (bank.test_capital(), bank.can_lend, bank.is_insolvent) == (False, True, False)
    sheet = balance_sheet_matrix(model.ledger)
    deposits = world.bank.household_deposits_usd + world.bank.enterprise_deposits_usd
    deposits += world.bank.rest_deposits_usd
    assert sheet.loc["loans", "rest"] == -(deposits + world.bank.capital_usd) / 1e9


def test_the_loans_of_the_bank_follow_what_agents_open_afterwards() -> None:
    model = Street(parameters())
    before = model.ledger.balance("loans", model.parties.rest, model.parties.bank, "economy")
    assert model.bank.capital_usd() == 2e12  # nothing opened since is committed
    model.ledger.commit("opening")
    change = (
        model.ledger.balance("loans", model.parties.rest, model.parties.bank, "economy") - before
    )
    assert change == 50 * 10**11 - 10**12  # the lab's deposits less what the cloud owes
    assert model.bank.capital_usd() == 2e12
    assert model.bank.capital_ratio() >= BANK["capital_floor"]
    model.bank.test_capital()
    assert model.bank.can_lend
    model.ledger.close_quarter()


def test_without_a_commit_the_first_payment_finds_the_bank_in_order_too() -> None:
    """Opening positions and payments of one batch: interest earned is no part of what is stated."""
    model = Street(parameters())
    model.ledger.pay(model.lab.party, model.parties.bank, 700, "interest")
    model.ledger.commit("first quarter")
    assert model.bank.capital_usd() == 2e12 + 7


def test_after_the_opening_capital_moves_by_what_happens() -> None:
    model = Street(parameters())
    model.ledger.commit("opening")
    model.ledger.pay(model.lab.party, model.cloud.party, 700, "compute")
    model.ledger.commit("sales")
    loss = round(1e14)
    model.ledger.write_off("loans", model.parties.rest, model.parties.bank, loss, "economy")
    model.ledger.commit("losses")
    assert model.bank.capital_usd() == 2e12 - 1e12
    assert model.bank.test_capital()
    assert not model.bank.can_lend


def test_a_bank_with_less_capital_than_the_floor_stops_at_its_first_test() -> None:
    model = Street(parameters(capital_usd=1e12))
    model.ledger.commit("opening")
    assert model.bank.test_capital()
    assert not model.bank.can_lend


def test_who_borrows_more_than_deposits_and_capital_leaves_the_bank_with_more_capital() -> None:
    model = Street(parameters(capital_usd=0.0))
    huge = round(3e15)
    model.ledger.open_position("loans", model.cloud.party, model.parties.bank, huge, "bridge")
    model.ledger.commit("opening")
    assert model.ledger.balance("loans", model.parties.rest, model.parties.bank, "economy") == 0
    deposits = 19.5e12 + 50e9
    assert model.bank.capital_usd() == 30e12 + 10e9 - deposits


def test_the_market_model_opens_its_bank_in_the_same_way() -> None:
    for model in (small_model(), MarketModel("minimal")):
        assert model.bank.capital_usd() == model.parameters.bank.capital_usd
        own = model.ledger.balance("loans", model.parties.rest, model.parties.bank, "economy")
        assert own > 0


def test_capital_is_stated_before_the_first_posting_and_in_a_declared_instrument() -> None:
    ledger = Ledger()
    rest = ledger.add_party("rest of economy", "rest")
    with pytest.raises(ValueError, match="nearest is 'loans'"):
        ledger.state_capital(5, rest, "loan")
    ledger.issue("loans", rest, ledger.bank, 10)
    ledger.commit()
    with pytest.raises(ValueError, match="opening positions come before"):
        ledger.state_capital(5, rest, "loans")
