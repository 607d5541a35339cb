"""A chipmaker's capacity with its lag and cost, inputs it must take, stock, and advances."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from agents import Chipmaker
from market.model import MarketModel


def idle(**rules: Any) -> tuple[MarketModel, Chipmaker]:
    """A chipmaker without orders, commitments or expansions that can make 100 thousand chips."""
    model = small_model(chipmaker_rules=rules)
    firm = model.chipmakers["maker"]
    firm.backlog, firm.output, firm.new_orders = {}, 100.0, 0.0
    for memo in (firm.commitments, firm.expansions):
        memo.extend([0.0] * len(memo))
        for _ in range(len(memo) // 2):
            memo.popleft()
    return model, firm


def test_new_capacity_comes_later_and_is_paid_at_once() -> None:
    model, firm = idle(capacity_lag_quarters=2, capacity_growth=0.1, capacity_rush=0.0)
    book = model.ledger.balance("chip capacity", None, firm.party)
    firm.order("big", 500.0)
    firm.set_price_and_output()
    model.ledger.commit()
    paid = model.ledger.balance("chip capacity", None, firm.party) - book
    assert firm.output == 100.0
    assert list(firm.expansions)[-1] == pytest.approx(10.0)
    assert paid == pytest.approx(100 * 10 * firm.unit_cost_usd, rel=1e-9)
    firm.set_price_and_output()
    assert firm.output == 100.0
    firm.set_price_and_output()
    assert firm.output == pytest.approx(110.0)


def test_who_has_no_money_expands_less() -> None:
    model, firm = idle(capacity_lag_quarters=0, capacity_growth=1.0, capacity_cost_quarters=20.0)
    firm.order("big", 500.0)
    model.ledger.pay(firm.party, model.parties.rest, int(99 * firm.cash_usd), "wages")
    model.ledger.commit()
    most = 0.5 * firm.spendable_usd / (20.0 * firm.unit_cost_usd)
    firm.set_price_and_output()
    assert firm.output == pytest.approx(100.0 + most)


def test_idle_output_costs_and_is_lost_in_part() -> None:
    model, firm = idle(idle_cost_share=0.2, capacity_life_quarters=10)
    book = model.ledger.balance("chip capacity", None, firm.party)
    firm.produce()
    model.ledger.commit()
    assert firm.output == pytest.approx(90.0)
    due = model.settlement.due_by(firm.party)
    assert due == pytest.approx(100 * 100 * firm.unit_cost_usd * 0.2, rel=1e-9)
    assert model.ledger.balance("chip capacity", None, firm.party) == book - book // 10


def test_committed_inputs_are_taken_and_paid_without_orders() -> None:
    model, firm = idle(commitment_quarters=2, idle_cost_share=0.0)
    firm.commitments[0] = 30.0
    firm.produce()
    model.ledger.commit()
    cost = 100 * 30 * firm.unit_cost_usd
    assert model.ledger.balance("chip inventory", None, firm.party) == pytest.approx(cost, abs=1)
    assert model.settlement.due_by(firm.party) == pytest.approx(cost, abs=1)
    assert firm.stock_thousands == 30.0
    assert len(firm.commitments) == 2


def test_stock_is_sold_before_more_is_made() -> None:
    model, firm = idle(commitment_quarters=0)
    firm.order("big", 50.0)
    firm.stock_thousands = 30.0
    assert firm.produce() == {"big": pytest.approx(50.0)}
    model.ledger.commit()
    made = model.ledger.balance("chip inventory", None, firm.party)
    assert made == pytest.approx(100 * 20 * firm.unit_cost_usd, abs=1)
    firm.start_deliveries()
    firm.ship(50.0)
    assert firm.stock_thousands == 0.0


def test_stock_that_nobody_takes_is_written_down_and_told() -> None:
    model, firm = idle(commitment_quarters=1, stock_quarters=1.0, stock_salvage_share=0.0)
    firm.commitments[0] = 100.0
    firm.produce()
    model.ledger.commit()
    firm.revenue_usd = 40.0 * firm.price_usd
    worth = model.ledger.net_worth(firm.party)
    firm.value_stock()
    model.ledger.commit()
    cost = 100 * 100 * firm.unit_cost_usd
    left = model.ledger.balance("chip inventory", None, firm.party)
    assert left == pytest.approx(0.4 * cost, rel=1e-6)
    assert worth - model.ledger.net_worth(firm.party) == pytest.approx(0.6 * cost, rel=1e-6)
    (event,) = model.events.select("stock written down")
    assert event.size == pytest.approx(0.006 * cost, rel=1e-6)


def test_old_stock_is_worth_less() -> None:
    model, firm = idle(stock_quarters=40.0, commitment_quarters=1)
    firm.commitments[0] = 50.0
    firm.produce()
    model.ledger.commit()
    firm.revenue_usd = 50.0 * firm.price_usd
    firm.value_stock()
    assert firm.written_down_usd == 0.0
    model.quarter += 40  # newer chips compute six times as much
    firm.value_stock()
    assert firm.written_down_usd > 0


def booked_out(**rules: Any) -> tuple[MarketModel, Chipmaker]:
    """A chipmaker that is booked out and asks the small world's clouds for advances."""
    model, firm = idle(**({"prepayment_share": 0.2} | rules))
    firm.order("big", 30.0)
    firm.backlog_ratio = 2.0
    return model, firm


def test_an_advance_is_paid_held_and_used_up_by_deliveries() -> None:
    model, firm = booked_out()
    big, ledger = model.clouds["big"], model.ledger
    asked = firm.advance_asked_usd(big)
    assert asked == pytest.approx(0.2 * 30 * firm.price_usd)
    cash = big.cash_usd
    big.pay_advances(model.chipmakers)
    ledger.commit()
    assert cash - big.cash_usd == pytest.approx(asked, abs=0.1)
    assert ledger.balance("prepayments", firm.party, big.party) == pytest.approx(100 * asked, abs=1)
    assert firm.advance_asked_usd(big) < 0.1
    firm.backlog["big"] = 20.0  # ten of thirty leave
    used = firm.advance_used(big.party, "big", 10.0)
    assert used == pytest.approx(100 * asked / 3, abs=2)
    big.receive_chips(firm.party, 10.0, 10 * firm.price_usd, used)
    ledger.commit()
    left = ledger.balance("prepayments", firm.party, big.party)
    assert left == pytest.approx(200 * asked / 3, abs=2)
    owed = ledger.balance("receivables", big.party, firm.party)
    assert owed == pytest.approx(1000 * firm.price_usd - used, abs=2)


def test_no_advance_is_asked_without_a_long_book_or_at_share_zero() -> None:
    model, firm = booked_out(prepayment_share=0.0)
    assert firm.advance_asked_usd(model.clouds["big"]) == 0.0
    model, firm = booked_out()
    firm.backlog_ratio = 1.0
    assert firm.advance_asked_usd(model.clouds["big"]) == 0.0


def test_an_advance_takes_at_most_half_of_what_can_be_spent() -> None:
    model, firm = booked_out()
    big = model.clouds["big"]
    firm.order("big", 1e6)
    before = big.spendable_usd
    big.pay_advances(model.chipmakers)
    model.ledger.commit()
    assert big.spendable_usd == pytest.approx(0.5 * before, rel=1e-6)


def test_who_fails_leaves_its_advance_with_the_maker() -> None:
    model, firm = booked_out()
    big = model.clouds["big"]
    big.pay_advances(model.chipmakers)
    model.ledger.commit()
    paid = model.ledger.balance("prepayments", firm.party, big.party)
    worth = model.ledger.net_worth(firm.party)
    firm.lose_customer("big")
    model.ledger.commit()
    assert model.ledger.balance("prepayments", firm.party, big.party) == 0
    assert model.ledger.net_worth(firm.party) - worth == paid > 0


def test_an_advance_is_a_senior_claim_on_a_maker_that_fails() -> None:
    model, firm = booked_out()
    big = model.clouds["big"]
    big.pay_advances(model.chipmakers)
    model.ledger.commit()
    paid = model.ledger.balance("prepayments", firm.party, big.party)
    cash = big.cash_usd
    model.wind_up(firm)
    assert model.ledger.balance("prepayments", firm.party, big.party) == 0
    assert 0 < big.cash_usd - cash <= paid / 100
