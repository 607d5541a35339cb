"""Compute contracts: plan, delivery, cancellation, and the RPO roll-forward (I8)."""

from __future__ import annotations

from typing import Any

import pytest

from market.books.contracts import ComputeContract, ContractBook, planned_total_cu
from market.books.identities import IdentityViolation


def contract(**changes: Any) -> ComputeContract:
    """Ten CU a quarter at 1,000 USD, a ramp of four quarters from one fifth."""
    own: dict[str, Any] = {
        "key": "c",
        "lab": "a",
        "cloud": "x",
        "price_usd": 1000.0,
        "capacity_cu": 10.0,
        "start": 2,
        "ramp_quarters": 4,
        "initial_share": 0.2,
        "total_cents": 5_000_000,
    }
    return ComputeContract(**{**own, **changes})


def test_the_plan_ramps_up_to_full_size() -> None:
    plan = [contract().planned_cu(quarter) for quarter in range(8)]
    assert plan == pytest.approx([0, 0, 2, 4, 6, 8, 10, 10])
    assert planned_total_cu(10.0, 6, 4, 0.2) == pytest.approx(sum(plan))
    assert planned_total_cu(10.0, 3, 4, 0.2) == pytest.approx(2 + 4 + 6)
    assert planned_total_cu(10.0, 5, 0, 0.2) == 50.0


def test_no_more_is_due_than_remains() -> None:
    book = ContractBook(["x"])
    signed = book.sign(contract(ramp_quarters=0))
    assert signed.scheduled_cu(2) == 10.0
    book.deliver(signed, 4_700_000)
    assert signed.scheduled_cu(2) == pytest.approx(3.0)
    assert not signed.is_begun(1)
    assert signed.is_begun(2)
    book.deliver(signed, 300_000)
    assert signed.scheduled_cu(2) == 0.0
    assert not signed.is_open
    assert book.of_lab("a") == book.of_cloud("x") == []
    assert list(book) == [signed]


@pytest.mark.parametrize(
    "faulty",
    [{"total_cents": 0}, {"price_usd": 0.0}, {"key": "twice"}],
    ids=["no value", "no price", "same key"],
)
def test_a_contract_that_says_nothing_or_exists_is_refused(faulty: dict[str, Any]) -> None:
    book = ContractBook(["x"])
    book.sign(contract(key="twice"))
    with pytest.raises(ValueError, match=r"exists already|nothing to deliver"):
        book.sign(contract(**faulty))


@pytest.mark.parametrize("value", [-1, 5_000_001])
def test_only_what_remains_can_be_delivered(value: int) -> None:
    book = ContractBook(["x"])
    signed = book.sign(contract())
    with pytest.raises(ValueError, match="cannot deliver"):
        book.deliver(signed, value)


def test_rpo_rolls_forward() -> None:
    book = ContractBook(["x", "y"])
    signed = book.sign(contract())
    book.sign(contract(key="d", cloud="y", lab="b", total_cents=700))
    book.roll_other("x", 900, 100)
    book.deliver(signed, 1_000_000)
    assert book.cancel(signed, 0.25) == 1_000_000
    assert signed.capacity_cu == 7.5
    book.check(0)
    assert book.movements_usd("x") == {
        "opening": 0.0,
        "signed": 50_009.0,
        "delivered": 10_001.0,
        "cancelled": 10_000.0,
    }
    book.close_quarter(0)
    assert book.movements_usd("x")["opening"] == 30_008.0
    assert book.rpo_usd(cloud="x") == book.rpo_usd(lab="a") == 30_000.0
    assert book.rpo_usd(lab="a", cloud="y") == 0.0
    assert book.other_rpo_usd("x") == 8.0
    book.cancel_other("x")
    assert book.cancel(signed) == 3_000_000
    book.close_quarter(1)
    assert book.movements_usd("x")["opening"] == 0.0


def test_a_movement_without_its_entry_breaks_i8() -> None:
    book = ContractBook(["x"], start="2027Q1")
    signed = book.sign(contract())
    signed.delivered_cents += 40
    with pytest.raises(IdentityViolation) as caught:
        book.check(2)
    assert caught.value.identity == "I8"
    assert caught.value.quarter == "2027Q3"
    assert abs(caught.value.amount) == 40


@pytest.mark.parametrize(("signed", "delivered"), [(-1, 0), (0, -1), (5, 6)])
def test_rpo_of_others_is_never_negative(signed: int, delivered: int) -> None:
    book = ContractBook(["x"])
    with pytest.raises(ValueError, match="negative"):
        book.roll_other("x", signed, delivered)


def test_a_contract_signed_in_the_model_gets_a_key_and_its_value() -> None:
    book = ContractBook(["x"])
    own: dict[str, Any] = {
        "capacity_cu": 10.0,
        "price_usd": 2000.0,
        "start": 4,
        "duration": 12,
        "ramp_quarters": 2,
        "initial_share": 0.5,
    }
    first, second = book.sign_new("a", "x", **own), book.sign_new("a", "x", **own)
    assert first.key != second.key
    assert first.total_cents == 100 * 2000 * (5.0 + 7.5 + 10 * 10)
    assert sum(first.planned_cu(q) for q in range(4, 16)) * 2000 * 100 == first.total_cents


def test_a_schedule_ahead_counts_the_deliveries_in_between() -> None:
    """50 thousand USD at 1,000 USD per CU: the ramp, full size, then nothing."""
    book = ContractBook(["x"])
    signed = book.sign(contract())
    ahead = [signed.scheduled_cu(quarter) for quarter in range(2, 10)]
    assert sum(ahead) * signed.price_usd * 100 == pytest.approx(signed.total_cents)
    book.deliver(signed, round(signed.scheduled_cu(2) * signed.price_usd * 100), 2)
    later = [signed.scheduled_cu(quarter) for quarter in range(3, 10)]
    assert sum(later) * signed.price_usd * 100 == pytest.approx(signed.remaining_cents)


@pytest.mark.parametrize(
    ("name", "value"), [("capacity_cu", 3.0), ("next_quarter", 5), ("price_usd", 9e6), ("start", 9)]
)
def test_a_schedule_that_was_asked_for_follows_the_terms(name: str, value: float) -> None:
    """What is due is kept between two changes, and a change by anybody is one."""
    terms = {"ramp_quarters": 0, "total_cents": 3_000_000}
    asked = contract(**terms)
    before = [asked.scheduled_cu(quarter) for quarter in range(8)]
    setattr(asked, name, value)
    after = [asked.scheduled_cu(quarter) for quarter in range(8)]
    assert after == [contract(**terms, **{name: value}).scheduled_cu(q) for q in range(8)]
    assert after != before


@pytest.mark.parametrize("first", [0, 3, 7])
@pytest.mark.parametrize("delivered", [0, 2])
@pytest.mark.parametrize("ramp", [0, 3])
def test_a_schedule_of_many_quarters_is_that_of_each(first: int, delivered: int, ramp: int) -> None:
    book = ContractBook(["c"])
    signed = book.sign_new(
        "lab", "c", capacity_cu=7.3, price_usd=11.1, start=2, duration=6, ramp_quarters=ramp
    )
    for quarter in range(2, 2 + delivered):
        book.deliver(signed, round(signed.scheduled_cu(quarter) * 1110), quarter)
    singly = [signed.scheduled_cu(quarter) for quarter in range(first, first + 9)]
    assert signed.schedule_cu(first, 9) == singly
    assert any(singly)


def test_a_part_of_a_contract_is_delivered_by_another_cloud_on_the_same_terms() -> None:
    book = ContractBook(["x", "y"])
    signed = book.sign(contract())
    before = [signed.scheduled_cu(quarter) for quarter in range(9)]
    assert book.assign(signed, "y", 0.25) == 1_250_000
    (piece,) = book.of_cloud("y")
    assert (piece.lab, piece.price_usd, piece.start) == ("a", 1000.0, 2)
    both = [signed.scheduled_cu(q) + piece.scheduled_cu(q) for q in range(9)]
    assert both == pytest.approx(before)
    assert book.rpo_usd(lab="a") == 50_000.0
    assert book.movements_usd("x")["cancelled"] == book.movements_usd("y")["signed"] == 12_500.0
    book.check(0)


def test_what_a_cloud_takes_over_of_one_contract_is_one_contract() -> None:
    """In whatever steps and by whatever way it comes; else pieces of pieces would never end."""
    book = ContractBook(["x", "y", "z"])
    signed = book.sign(contract())
    book.assign(signed, "y", 0.5)
    book.assign(signed, "z", 0.5)
    (piece,) = book.of_cloud("y")
    book.assign(piece, "z", 1.0)
    book.assign(signed, "z", 1.0)
    (held,) = book.of_cloud("z")
    assert held.total_cents == 5_000_000
    assert held.capacity_cu == pytest.approx(10.0)
    assert book.of_cloud("x") == book.of_cloud("y") == []
    assert len(list(book)) == 3
    book.check(0)


def test_a_part_of_the_other_customers_contracts_moves_with_it() -> None:
    book = ContractBook(["x", "y"])
    book.roll_other("x", 1_001, 0)
    book.assign_other("x", "y", 0.5)
    assert (book.other_rpo_usd("x"), book.other_rpo_usd("y")) == (5.01, 5.0)
    book.check(0)
