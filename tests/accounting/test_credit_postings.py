"""Every leg of every posting of lenders, of banks that lend to AI, and of notes: each is needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ledger_examples import falsified, without_leg
from small_world import small_model

from market.books.identities import IdentityViolation
from market.books.journal import Compiled
from market.model import MarketModel


def a_sale(model: MarketModel) -> None:
    big, fund = model.clouds["big"], model.credit_investors["bondfunds"].party
    model.notes.issue("bonds", big.party, {fund: 7_000}, {5: 7_000}, 0.04, 0.01)


def a_loan(model: MarketModel) -> None:
    thin = model.clouds["thin"]
    model.lending_bank.fund(9_000)
    model.notes.issue("loans", thin.party, {model.lender: 9_000}, {5: 9_000}, 0.04, 0.01)


def a_service(model: MarketModel) -> None:
    model.clouds["thin"].owe_debt_service()
    model.settlement.clear()


def a_line(model: MarketModel) -> None:
    model.lending_bank.fund(model.credit_investors["privatecredit"].draw_line(10**9))


def a_line_repaid(model: MarketModel) -> None:
    fund = model.credit_investors["privatecredit"]
    model.lending_bank.fund(10**9)
    model.ledger.issue("loans", fund.party, model.lender, 10**9, "line")
    model.ledger.commit()
    fund.repay_line()


def a_redemption(model: MarketModel) -> None:
    fund = model.credit_investors["bondfunds"]
    fund.past_return = -0.3
    fund.pay_back()


def savings(model: MarketModel) -> None:
    for lender in model.credit_investors.values():
        lender.receive_savings()


def a_loss(model: MarketModel) -> None:
    lender = model.credit_investors["pensions"]
    model.ledger.pay(model.parties.rest, lender.party, 800, "interest")
    model.ledger.write_off("bonds", model.clouds["big"].party, lender.party, 9_000_000)
    model.ledger.commit()
    lender.settle_with_owners()


def a_failed_fund(model: MarketModel) -> None:
    fund, thin = model.credit_investors["privatecredit"], model.clouds["thin"]
    lost = int(90 * fund.notes_usd)
    model.ledger.write_off("bonds", thin.party, fund.party, lost)
    model.ledger.redeem("fund shares", fund.party, fund.owner, int(100 * fund.cash_usd))
    model.ledger.commit()
    assert fund.fail_if_worthless() > 0


def bank_income(model: MarketModel) -> None:
    model.ledger.pay(model.parties.rest, model.lender, 10**9, "interest")
    model.ledger.commit()
    model.lending_bank.settle()


POSTINGS: list[Callable[[MarketModel], None]] = [
    a_sale,
    a_loan,
    a_service,
    a_line,
    a_line_repaid,
    a_redemption,
    savings,
    a_loss,
    a_failed_fund,
    bank_income,
]


def poor_fund() -> MarketModel:
    poor = {"privatecredit": {"assets_usd": 0.0}}
    return small_model(credit_investors=poor)


@pytest.mark.parametrize("post", POSTINGS, ids=lambda each: each.__name__)
def test_no_leg_can_be_dropped(post: Callable[[MarketModel], None]) -> None:
    model, seen = poor_fund(), list[list[int]]()
    post(model)

    def count(batch: Compiled) -> Compiled:
        seen.append([leg for leg, amount in enumerate(batch.amounts.tolist()) if amount])
        return batch

    with falsified(count):
        model.ledger.commit("test")
    legs = seen[-1]
    assert len(legs) >= 4
    for leg in legs:
        model = poor_fund()
        post(model)
        with falsified(without_leg(leg)), pytest.raises(IdentityViolation):
            model.ledger.commit("test")
