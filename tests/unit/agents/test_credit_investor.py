"""Credit investors: savers' money, interest and losses, lines, redemptions and gates."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from agents.credit_investor import CreditInvestor
from market.books import balance_sheet_matrix
from market.model import MarketModel
from market.parameters.world import MarketParameters


def owed(lender: CreditInvestor) -> int:
    """What its owners have in it, cents."""
    return lender.market.ledger.balance(lender.stated.owes, lender.party, lender.owner)


def lender_of(key: str, **changes: Any) -> tuple[MarketModel, CreditInvestor]:
    model = small_model(**changes)
    return model, model.credit_investors[key]


def test_they_open_with_their_money_and_what_they_own_belongs_to_owners() -> None:
    model = small_model(credit={"cash_usd": 3e9})
    total = sum(lender.cash_usd for lender in model.credit_investors.values())
    assert total == pytest.approx(3e9)
    for lender in model.credit_investors.values():
        assets = model.ledger.assets(lender.party)
        assert assets >= 100 * lender.stated.assets_usd - 100
        capital = lender.stated.capital_share * assets
        assert model.ledger.net_worth(lender.party) == pytest.approx(capital, abs=100)


def test_without_clouds_they_have_nothing_to_buy() -> None:
    model = MarketModel(MarketParameters(), seed=1).run(4)
    for lender in model.credit_investors.values():
        assert lender.cash_usd == 0.0
        assert owed(lender) == 0


def test_savings_come_in_and_what_nobody_wants_goes_back() -> None:
    rules = {"cash_usd": 2e9, "inflow_usd": 1e9, "inflow_growth": 0.1, "cash_ceiling": 1.0}
    model, lender = lender_of("pensions", credit=rules)
    share = lender.stated.share
    lender.receive_savings()
    model.ledger.commit()
    assert lender.cash_usd == pytest.approx(share * 3e9)
    assert (lender.inflow_usd, lender.ceiling_usd) == pytest.approx((share * 1.1e9, share * 2.2e9))
    before = owed(lender)
    lender.pay_back()
    model.ledger.commit()
    assert lender.cash_usd == pytest.approx(share * 2.2e9)
    assert before - owed(lender) == pytest.approx(100 * share * 0.8e9)


def test_interest_is_paid_on_and_lost_notes_are_lost_by_owners() -> None:
    model, lender = lender_of("bondfunds")
    big, ledger = model.clouds["big"], model.ledger
    before = owed(lender)
    ledger.pay(model.parties.rest, lender.party, 700, "interest")
    ledger.write_off("bonds", big.party, lender.party, 50_000_000_000)
    ledger.commit()
    lender.settle_with_owners()
    ledger.commit()
    assert owed(lender) == before - 50_000_000_000
    assert ledger.flow("dividends", lender.party) == -700
    assert ledger.net_worth(lender.party) == 0
    assert lender.past_return < 0


def test_own_capital_bears_losses_before_policyholders_do() -> None:
    model, lender = lender_of("insurers", credit_investors={"insurers": {"assets_usd": 20e9}})
    big, ledger = model.clouds["big"], model.ledger
    before, worth = owed(lender), ledger.net_worth(lender.party)
    assert worth > 1e11
    ledger.write_off("bonds", big.party, lender.party, 100_000_000_000)
    ledger.commit()
    lender.settle_with_owners()
    ledger.commit()
    assert owed(lender) == before
    assert ledger.net_worth(lender.party) == worth - 100_000_000_000
    held = ledger.balance("bonds", big.party, lender.party)
    ledger.write_off("bonds", big.party, lender.party, held)
    ledger.commit()
    lender.settle_with_owners()
    ledger.commit()
    assert ledger.net_worth(lender.party) == 0
    assert owed(lender) == before + worth - 100_000_000_000 - held


def test_losses_take_the_appetite() -> None:
    model, lender = lender_of("bondfunds")
    room = lender.room_usd(True)
    assert room > 0
    lender.lose(0.05 * lender.notes_usd)
    lender.feel_losses({})
    assert lender.room_usd(True) == pytest.approx(0.5 * room, rel=0.05)
    lender.feel_losses({model.clouds["big"].party: 0.3})
    assert lender.room_usd(True) == 0.0


def test_a_line_lends_its_part_while_banks_can_and_is_paid_back_with_the_notes() -> None:
    model, lender = lender_of("privatecredit")
    ledger = model.ledger
    assert lender.line_usd == pytest.approx(0.55 * lender.notes_usd, rel=1e-6)
    assert lender.room_usd(True) == pytest.approx(lender.room_usd(False) / 0.45)
    thin = model.clouds["thin"]
    held = ledger.balance("bonds", thin.party, lender.party)
    ledger.redeem("bonds", thin.party, lender.party, held // 4)
    ledger.commit()
    lender.repay_line()
    ledger.commit()
    assert lender.line_usd == pytest.approx(0.55 * lender.notes_usd, rel=1e-6)


def test_a_gate_holds_what_owners_want_back() -> None:
    model, gated = lender_of("privatecredit")
    gated.past_return = -0.05
    worth = owed(gated)
    gated.pay_back()
    model.ledger.commit()
    assert worth - owed(gated) == pytest.approx(0.05 * worth, rel=1e-6)
    assert gated.waiting_usd == pytest.approx((0.10 - 0.05) * worth / 100, rel=1e-6)
    model, open_end = lender_of("bondfunds")
    open_end.past_return = -0.05
    worth = owed(open_end)
    open_end.pay_back()
    model.ledger.commit()
    assert worth - owed(open_end) == pytest.approx(0.10 * worth, rel=1e-6)
    assert open_end.waiting_usd == 0.0


def test_a_fund_that_owes_banks_more_than_it_owns_fails() -> None:
    model, lender = lender_of(
        "privatecredit",
        credit={"cash_usd": 0.0},
        credit_investors={"privatecredit": {"assets_usd": 0.0}},
    )
    ledger, thin = model.ledger, model.clouds["thin"]
    line = lender.line_usd
    ledger.write_off("bonds", thin.party, lender.party, int(0.8 * 100 * lender.notes_usd))
    ledger.commit()
    left = lender.notes_usd
    lender.settle_with_owners()
    ledger.commit()
    assert owed(lender) == 0
    capital = ledger.net_worth(model.lender)
    loss = lender.fail_if_worthless()
    ledger.commit()
    assert loss == pytest.approx(line - left)
    assert capital - ledger.net_worth(model.lender) == pytest.approx(100 * loss, abs=2)
    assert lender.has_failed
    assert lender.room_usd(True) == 0.0
    assert lender.fail_if_worthless() == 0.0


def test_they_have_a_column_of_their_own() -> None:
    model = small_model().run(3)
    sheet = balance_sheet_matrix(model.ledger)
    assert sheet.loc["bonds", "credit investors"] > 0
    for claim in ("fund shares", "policies", "pension claims"):
        assert sheet.loc[claim, "credit investors"] < 0
        assert sheet.loc[claim, "households"] > 0
