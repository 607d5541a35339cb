"""Investors: dry powder, leverage, signals, savings and marks. The bank: its capital test."""

from __future__ import annotations

from math import exp

import pytest
from small_world import small_model

from agents import Investor
from market.model import MarketModel


def holding(model: MarketModel) -> Investor:
    """The investor that borrows."""
    return model.investors["holding"]


def test_dry_powder_is_cash_and_room_to_borrow() -> None:
    """Debt 10 of assets 71 (a tenth of a lab included), limit 0.9 times 25%."""
    model = small_model()
    firm = holding(model)
    assert firm.assets_usd() == pytest.approx(71e9)
    assert firm.loan_to_value() == pytest.approx(10 / 71)
    room = (0.225 * 71e9 - 10e9) / (1 - 0.225)
    assert firm.borrowing_room_usd(True) == pytest.approx(room)
    assert firm.dry_powder_usd(True) == pytest.approx(5e9 + room)
    assert firm.dry_powder_usd(False) == 5e9
    assert firm.pledge_usd(True) == pytest.approx(0.35 * (5e9 + room))
    firm.participation_factor = 10.0
    assert firm.pledge_usd(True) == pytest.approx(5e9 + room)  # never more than all


def test_borrowing_to_the_room_keeps_the_limit() -> None:
    model = small_model()
    firm = holding(model)
    usd = firm.dry_powder_usd(True)
    firm.make_room(usd)
    model.ledger.commit()
    assert firm.cash_usd == pytest.approx(usd)
    assert firm.loan_to_value() == pytest.approx(0.225, rel=1e-6)
    assert model.ledger.balance("loans", firm.party, model.parties.bank) > 10e11


def test_without_leverage_nobody_borrows_or_is_called() -> None:
    model = small_model(
        investor_rules={"has_leverage": False}, investors={"holding": {"debt_usd": 50e9}}
    )
    firm = holding(model)
    assert not firm.is_levered
    assert firm.borrowing_room_usd(True) == 0.0
    firm.make_room(50e9)
    model.ledger.commit()
    assert firm.cash_usd == 5e9
    assert firm.debt_usd() == 50e9


@pytest.mark.parametrize("kind", ["parent", "public"])
def test_parents_and_the_public_hold_no_rounds_of_others(kind: str) -> None:
    model = small_model(investors={"fund": {"kind": kind}})
    assert model.investors["fund"].dry_powder_usd(True) == 0.0


def test_it_joins_below_its_own_critical_hardness() -> None:
    """Exit multiple 3, return 5%, recovery 0.2: 0.6964."""
    model = small_model(funding={"signal_noise": 0.0, "recovery": 0.2})
    firm = model.investors["fund"]
    assert firm.limit_multiple("a", 0.696, 0.0) <= 3.0 < firm.limit_multiple("a", 0.697, 0.0)
    assert firm.limit_multiple("a", 0.696, 0.1) > 3.0  # the required return has risen
    assert firm.limit_multiple("a", 0.0001, 0.0) > 1.04
    assert firm.least_multiple(0.1) == pytest.approx(1.15)


def test_signals_are_noisy_and_their_own() -> None:
    model = small_model(funding={"signal_noise": 0.5})
    near = [
        model.investors[key].limit_multiple(lab, 0.6964, 0.0) <= 3.0
        for key in ("fund", "state", "holding")
        for lab in ("a", "b", "c", "d", "e", "f")
    ]
    assert 3 < sum(near) < 15


def test_savings_follow_past_return_and_worth() -> None:
    model = small_model(investor_rules={"flow_sensitivity": 2.0, "flow_worth": 0.5})
    fund = model.investors["fund"]
    assert fund.receive_savings() == 1e11
    fund.past_return = 0.1
    assert fund.receive_savings() == pytest.approx(1e11 * exp(0.2))
    fund.past_return = -0.9
    assert fund.receive_savings() == pytest.approx(1e11 * exp(-1.0))
    model.ledger.commit()
    fund.past_return = 0.0
    fund.paid_back_usd = 3 * 10e9
    grown = fund.receive_savings()
    assert 1.9e11 < grown < 2.3e11  # four times its first worth and a little


@pytest.mark.parametrize(("kind", "returns"), [("venture", True), ("parent", False)])
def test_uncalled_money_returns_to_savers(kind: str, returns: bool) -> None:
    model = small_model(investors={"fund": {"kind": kind}})
    fund = model.investors["fund"]
    cash = fund.cash_usd
    paid = fund.return_uncalled()
    model.ledger.commit()
    assert (paid > 0) is returns
    assert cash - fund.cash_usd == pytest.approx(0.05 * cash if returns else 0.0)
    assert fund.paid_back_usd == pytest.approx(paid / 100)


def test_fund_shares_are_worth_what_the_fund_is_worth() -> None:
    model = small_model(investor_rules={"flow_memory": 0.5})
    fund = model.investors["fund"]
    fund.mark_fund_shares(0)
    model.ledger.commit()
    assert fund.past_return == 0.0
    model.ledger.pay(model.parties.rest, fund.party, 10**11, "dividends")
    model.ledger.commit()
    fund.mark_fund_shares(0)
    model.ledger.commit()
    assert model.ledger.balance("fund shares", fund.party, model.parties.households) == 1.1e12
    assert fund.net_worth_usd == 0.0
    assert fund.past_return == pytest.approx(0.5 * 0.1)  # 1 bn on 10 bn, half remembered


def test_a_margin_sale_restores_the_limit() -> None:
    model = small_model(investors={"holding": {"debt_usd": 30e9}})
    firm = holding(model)
    assert firm.loan_to_value() > 0.25
    sale = firm.margin_sale_usd()
    assert (30e9 - sale) / (firm.assets_usd() - sale) == pytest.approx(0.225)
    assert holding(small_model()).margin_sale_usd() == 0.0
    assert model.investors["fund"].margin_sale_usd() == 0.0


def test_the_bank_stops_under_its_floor_and_resumes_over_it() -> None:
    model = small_model(bank={"capital_usd": 1.5e12, "capital_floor": 0.06})
    bank = model.bank
    assert bank.capital_usd() == pytest.approx(1.5e12)
    assert not bank.test_capital()
    loss = 10**14
    model.ledger.write_off("loans", model.parties.rest, model.parties.bank, loss, "economy")
    model.ledger.commit()
    assert bank.capital_ratio() < 0.06
    assert bank.test_capital()
    assert not bank.can_lend
    assert not bank.is_insolvent
    model.ledger.write_off("loans", model.parties.rest, model.parties.bank, loss, "economy")
    model.ledger.commit()
    assert not bank.test_capital()
    assert bank.is_insolvent
    model.ledger.pay(model.parties.rest, model.parties.bank, 4 * loss, "interest")
    model.ledger.commit()
    assert bank.test_capital()
    assert bank.can_lend
    assert not bank.is_insolvent
