"""Obligations: who is paid, how much, in which order, and what follows when a firm fails."""

from __future__ import annotations

import pytest

from market.books.ledger import Ledger
from market.books.settlement import Rank, Settlement


def world(
    cash: dict[str, int], alpha: float = 1.0, beta: float = 1.0
) -> tuple[Ledger, Settlement, dict[str, int]]:
    """A ledger with firms and their deposits in cents."""
    ledger = Ledger()
    party = {name: ledger.add_party(name, "labs") for name in cash}
    for name, amount in cash.items():
        ledger.open_position("deposits", ledger.bank, party[name], amount)
    ledger.commit("opening")
    return ledger, Settlement(ledger, alpha=alpha, beta=beta), party


def deposits(ledger: Ledger, party: dict[str, int]) -> list[int]:
    """Deposits of all firms in cents, in the order of their listing."""
    return [ledger.deposits(number) for number in party.values()]


def test_who_can_pay_pays_everything() -> None:
    ledger, settlement, p = world({"a": 100, "b": 0})
    settlement.owe(p["a"], p["b"], 70, "compute")
    assert (settlement.due_by(p["a"]), settlement.due_to(p["b"])) == (70, 70)
    result = settlement.clear()
    ledger.commit()
    assert deposits(ledger, p) == [30, 70]
    assert (result.due_cents, result.paid_cents, result.shortfalls) == (70, 70, {})
    assert settlement.due_by(p["a"]) == 0
    assert ledger.flow("compute", p["b"]) == 70


def test_money_that_comes_in_pays_what_goes_out() -> None:
    """The chain of the textbook: a pays b, b pays c with it, with no cash of its own."""
    ledger, settlement, p = world({"a": 60, "b": 0, "c": 0})
    settlement.owe(p["b"], p["c"], 60, "investment")
    settlement.owe(p["a"], p["b"], 60, "compute")
    assert settlement.clear().shortfalls == {}
    ledger.commit()
    assert deposits(ledger, p) == [0, 0, 60]


def test_a_shortfall_is_shared_within_a_rank() -> None:
    ledger, settlement, p = world({"a": 50, "b": 0, "c": 0})
    settlement.owe(p["a"], p["b"], 80, "compute")
    settlement.owe(p["a"], p["c"], 20, "compute")
    result = settlement.clear()
    ledger.commit()
    assert deposits(ledger, p) == [0, 40, 10]
    assert result.shortfalls == {p["a"]: 50}
    assert ledger.balance("receivables", p["a"], p["b"]) == 40  # what is not paid stays a claim


def test_senior_claims_come_first() -> None:
    ledger, settlement, p = world({"a": 50, "b": 0, "c": 0, "d": 0})
    settlement.owe(p["a"], p["b"], 30, "interest", Rank.JUNIOR)
    settlement.owe(p["a"], p["c"], 30, "wages", Rank.OPERATIONS)
    settlement.owe(p["a"], p["d"], 40, "compute", Rank.SENIOR)
    settlement.clear()
    ledger.commit()
    assert deposits(ledger, p) == [0, 0, 30, 20]


def test_bankruptcy_costs_take_a_part_of_the_estate() -> None:
    ledger, settlement, p = world({"a": 50, "b": 0}, alpha=0.8)
    settlement.owe(p["a"], p["b"], 100, "compute")
    result = settlement.clear()
    ledger.commit()
    assert deposits(ledger, p) == [10, 40]
    assert result.shortfalls == {p["a"]: 60}


def test_defaults_follow_one_another_in_waves() -> None:
    ledger, settlement, p = world({"c": 0, "b": 5, "a": 30})
    settlement.owe(p["b"], p["c"], 60, "investment")
    settlement.owe(p["a"], p["b"], 100, "compute")
    assert list(settlement.clear().shortfalls) == [p["a"], p["b"]]
    ledger.commit()


def test_principal_is_settled_and_trade_credit_falls_due_later() -> None:
    ledger, settlement, p = world({"a": 1000, "b": 0})
    ledger.issue("bonds", p["a"], p["b"], 0)
    ledger.open_position("bonds", p["a"], p["b"], 300)
    ledger.commit()
    settlement.owe_principal(p["a"], p["b"], 100, "bonds", Rank.SENIOR)
    settlement.owe_asset("data centres", p["a"], p["b"], 200, "vintage +0", later=150)
    settlement.owe_asset("data centres", p["a"], p["b"], 0, "vintage +0")
    assert settlement.due_by(p["a"]) == 150
    settlement.clear()
    ledger.commit()
    assert deposits(ledger, p) == [850, 150]
    assert ledger.balance("bonds", p["a"], p["b"]) == 200
    assert ledger.balance("data centres", None, p["a"]) == 200
    assert settlement.due_by(p["a"]) == 150
    settlement.clear()
    ledger.commit()
    assert deposits(ledger, p) == [700, 300]


def test_nothing_is_owed_to_oneself() -> None:
    _, settlement, p = world({"a": 10})
    settlement.owe(p["a"], p["a"], 5, "compute")
    settlement.owe(p["a"], p["a"], 0, "compute")
    assert settlement.due_by(p["a"]) == 0


@pytest.mark.parametrize("failed", ["buyer", "seller"])
def test_what_falls_due_later_survives_the_failure_of_either_side(failed: str) -> None:
    """The buyer's debt ends with it; the seller's claim goes to the heir, who is paid."""
    ledger, settlement, p = world({"buyer": 500, "seller": 0, "heir": 0})
    settlement.owe_asset("data centres", p["buyer"], p["seller"], 200, "vintage +0", later=120)
    settlement.clear()
    ledger.commit()
    if failed == "buyer":
        ledger.write_off("receivables", p["buyer"], p["seller"], 120)
    else:
        ledger.transfer("receivables", p["buyer"], p["seller"], p["heir"], 120, price=0)
    settlement.wind_up(p[failed], p["heir"])
    ledger.commit()
    settlement.clear()
    ledger.commit()
    expected = [420, 80, 0] if failed == "buyer" else [300, 80, 120]
    assert deposits(ledger, p) == expected
    assert ledger.liabilities(p["buyer"]) == 0


def test_a_cent_that_is_rounding_of_a_large_sum_is_paid_next_time() -> None:
    """The clearing sees no shortfall in sixteen digits, and the deposits are not overdrawn."""
    cash = 141_424_833_860_292
    ledger, settlement, p = world({"a": cash, "b": 0})
    settlement.owe(p["a"], p["b"], cash + 1, "compute")
    assert settlement.clear().shortfalls == {}
    ledger.commit()
    assert deposits(ledger, p) == [0, cash]
    assert settlement.due_by(p["a"]) == 1
