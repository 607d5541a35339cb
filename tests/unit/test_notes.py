"""Ladders: what falls due when, who gets it, and that it adds up to the ledger (I11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_examples import BANK, CLOUD, FUND, REST, small_ledger

from market.books.identities import IdentityViolation
from market.books.ledger import Ledger
from market.books.notes import NoteBook, evenly
from market.books.settlement import Rank, Settlement

RANKS = {"loans": Rank.SECURED, "bonds": Rank.SENIOR}


def book() -> tuple[Ledger, NoteBook, Settlement]:
    """Bonds of the cloud, 100 to the fund and 50 to the rest, due in quarters 1 and 3."""
    ledger = small_ledger()
    ledger.redeem("bonds", CLOUD, FUND, ledger.balance("bonds", CLOUD, FUND))
    ledger.commit()
    notes = NoteBook(ledger)
    notes.issue("bonds", CLOUD, {FUND: 100, REST: 50}, {1: 61, 3: 89}, 0.04, 0.02)
    ledger.commit()
    return ledger, notes, Settlement(ledger)


def serve(notes: NoteBook, settlement: Settlement, quarter: int) -> None:
    notes.owe_service(settlement, CLOUD, quarter, RANKS, 0.04)
    notes.ledger.commit()
    settlement.clear()
    notes.ledger.commit()
    notes.settle()
    notes.check(quarter)


def test_what_falls_due_is_paid_pro_rata_and_the_ladder_follows() -> None:
    ledger, notes, settlement = book()
    notes.check(0)
    serve(notes, settlement, 0)
    assert ledger.liabilities(CLOUD, "bonds") == 150
    serve(notes, settlement, 1)
    assert ledger.liabilities(CLOUD, "bonds") == 89
    assert ledger.balance("bonds", CLOUD, FUND) == pytest.approx(100 - 61 * 2 / 3, abs=1)
    ladder = notes.ladder(CLOUD, "bonds")
    assert ladder is not None
    assert ladder.due == {3: 89}
    serve(notes, settlement, 2)
    serve(notes, settlement, 3)
    assert ladder.face == ledger.liabilities(CLOUD, "bonds") == 0


def test_interest_is_the_coupon_and_floats_where_stated() -> None:
    ledger, notes, settlement = book()
    notes.issue("loans", CLOUD, {BANK: 40_000}, {8: 40_000}, 0.04, 0.03, is_floating=True)
    ledger.commit()
    assert notes.yearly_interest_cents(CLOUD, 0.10) == pytest.approx(150 * 0.06 + 40_000 * 0.13)
    before, owed = ledger.flow("interest", BANK), ledger.balance("loans", CLOUD, BANK)
    notes.owe_service(settlement, CLOUD, 0, {"loans": Rank.SECURED}, 0.10)
    ledger.commit()
    assert ledger.flow("interest", BANK) - before == int(owed * 0.13 / 4)


def test_new_notes_move_the_mean_coupon_by_face() -> None:
    ledger, notes, _ = book()
    notes.issue("bonds", CLOUD, {FUND: 50}, {9: 50}, 0.04, 0.06)
    ledger.commit()
    ladder = notes.ladder(CLOUD, "bonds")
    assert ladder is not None
    assert ladder.coupon == pytest.approx(0.75 * 0.06 + 0.25 * 0.10)
    assert ladder.spread == pytest.approx(0.75 * 0.02 + 0.25 * 0.06)
    assert notes.due_cents(CLOUD, 9) == 50


def test_buyers_and_ladder_must_agree() -> None:
    _, notes, _ = book()
    with pytest.raises(ValueError, match="buyers and ladder differ"):
        notes.issue("bonds", CLOUD, {FUND: 50}, {9: 51}, 0.04, 0.06)


@pytest.mark.parametrize("kind", ["written off behind it", "issued behind it", "rung lost"])
def test_what_goes_past_the_ladder_breaks_it(kind: str) -> None:
    ledger, notes, _ = book()
    if kind == "written off behind it":
        ledger.write_off("bonds", CLOUD, FUND, 7)
    elif kind == "issued behind it":
        ledger.issue("bonds", CLOUD, FUND, 7)
    else:
        ladder = notes.ladder(CLOUD, "bonds")
        assert ladder is not None
        del ladder.due[3]
    ledger.commit()
    with pytest.raises(IdentityViolation, match=r"I11 .* ladder of bonds") as caught:
        notes.check(0)
    assert abs(caught.value.amount) in (7, 89)


def test_a_change_of_hands_leaves_the_ladder_and_an_estate_has_none() -> None:
    ledger, notes, _ = book()
    ledger.transfer("bonds", CLOUD, FUND, REST, 30, price=12)
    ledger.commit()
    notes.check(0)
    notes.accelerate(CLOUD)
    ledger.write_off("bonds", CLOUD, REST, 11)
    ledger.commit()
    notes.check(0)
    assert notes.of_issuer(CLOUD) == {}


def test_unpaid_principal_stays_due() -> None:
    ledger, notes, settlement = book()
    ledger.pay(CLOUD, REST, ledger.deposits(CLOUD) - 10, "other business")
    ledger.commit()
    notes.owe_service(settlement, CLOUD, 1, RANKS, 0.04)
    ledger.commit()
    assert CLOUD in settlement.clear().shortfalls
    ledger.commit()
    assert ledger.liabilities(CLOUD, "bonds") > 89


@given(st.integers(0, 10**15), st.integers(0, 60), st.integers(0, 60), st.integers(1, 8))
def test_an_even_ladder_loses_no_cent(cents: int, first: int, length: int, step: int) -> None:
    due = evenly(cents, first, first + length, step)
    assert sum(due.values()) == cents
    assert all(first <= quarter <= first + length for quarter in due)
    assert all(part > 0 for part in due.values())
