"""Credit investors: savers' money, interest and losses, what nobody wants goes back."""

from __future__ import annotations

import pytest
from small_world import small_model

from market.books import balance_sheet_matrix
from market.model import MarketModel
from market.parameters.world import MarketParameters


def owed(model: MarketModel) -> int:
    """What savers have in credit investors, cents."""
    return model.ledger.balance("fund shares", model.credit.party, model.parties.households)


def test_they_open_with_the_stated_cash_of_savers() -> None:
    model = small_model(credit={"cash_usd": 3e9})
    assert model.credit.cash_usd == 3e9
    assert owed(model) == 3e11
    assert model.ledger.net_worth(model.credit.party) == 0


def test_without_clouds_they_have_nothing_to_buy() -> None:
    model = MarketModel(MarketParameters(), seed=1).run(4)
    assert model.credit.cash_usd == 0.0
    assert owed(model) == 0


def test_savings_come_in_and_what_nobody_wants_goes_back() -> None:
    rules = {"cash_usd": 2e9, "inflow_usd": 1e9, "inflow_growth": 0.1, "cash_ceiling": 1.0}
    model = small_model(credit=rules)
    credit = model.credit
    credit.receive_savings()
    model.ledger.commit()
    assert credit.cash_usd == 3e9
    assert (credit.inflow_usd, credit.ceiling_usd) == pytest.approx((1.1e9, 2.2e9))
    credit.pay_back()
    model.ledger.commit()
    assert credit.cash_usd == pytest.approx(2.2e9)
    assert owed(model) == 22e10


def test_interest_is_gained_and_lost_bonds_are_lost_by_savers() -> None:
    model = small_model()
    credit, big = model.credit, model.clouds["big"]
    model.ledger.issue("bonds", big.party, credit.party, 100_000_000_000)
    model.ledger.commit()
    big.owe_debt_service()
    assert model.settlement.due_to(credit.party) > 1_000_000_000
    before = owed(model)
    model.ledger.write_off("bonds", big.party, credit.party, 50_000_000_000)
    model.ledger.commit()
    credit.mark_fund_shares()
    model.ledger.commit()
    assert owed(model) < before
    assert model.ledger.net_worth(credit.party) == 0


def test_no_money_sells_no_bond_and_no_request_asks_no_more() -> None:
    model = small_model(credit={"cash_usd": 0.0, "inflow_usd": 0.0})
    assert model.credit.meet({"big": 1e9}) == 0.0
    assert model.credit.spread == pytest.approx(0.03)
    assert model.credit.meet({}) == 1.0
    assert model.credit.spread == 0.0
    model.run(8)
    assert model.credit.cash_usd == 0.0
    assert model.ledger.claims(model.credit.party, "bonds") == []


def test_they_have_a_column_of_their_own() -> None:
    model = small_model(
        credit={"cash_usd": 5e9},
        cloud_rules={"cash_kept": 2.0, "max_leverage": 20.0},
    ).run(3)
    sheet = balance_sheet_matrix(model.ledger)
    assert sheet.loc["bonds", "credit investors"] > 0
    assert sheet.loc["fund shares", "credit investors"] < 0
