"""E13: drop or alter one leg of any kind of posting, and an identity fires."""

import re

import numpy as np
import pytest
from ledger_examples import (
    BANK,
    CLOUD,
    FUND,
    LAB,
    OPENINGS,
    POSTINGS,
    REST,
    falsified,
    posting_methods,
    small_ledger,
    snapshot,
    with_amount,
    without_leg,
)

from market.books.accounts import RowKind
from market.books.identities import IdentityViolation
from market.books.journal import Batch, Compiled
from market.books.ledger import Ledger


def legs_of(ledger: Ledger) -> Compiled:
    """The waiting batch, compiled."""
    return ledger._batch.compile("test")


def ready(kind: str) -> Ledger:
    """A ledger with one posting of a kind waiting."""
    ledger = small_ledger()
    if kind in OPENINGS:
        OPENINGS[kind](ledger)
    else:
        POSTINGS[kind](ledger)
    return ledger


KINDS = [*POSTINGS, *OPENINGS]


def test_every_public_posting_is_among_the_examples() -> None:
    public = {*posting_methods(), *(name for name in vars(Ledger) if name.endswith("_shares"))}
    assert len(public) >= 22
    shown = {kind.replace(" ", "_") for kind in KINDS}
    assert [name for name in sorted(public) if not any(s.startswith(name) for s in shown)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_example_is_sound(kind: str) -> None:
    ledger = ready(kind)
    before = ledger.books.count
    ledger.commit("test")
    assert ledger.books.count > before
    ledger.close_quarter()


@pytest.mark.parametrize("kind", KINDS)
def test_each_dropped_leg_is_caught_and_named(kind: str) -> None:
    batch = legs_of(ready(kind))
    for leg, (number, amount) in enumerate(zip(batch.posting, batch.amounts, strict=True)):
        ledger = ready(kind)
        before = snapshot(ledger)
        with falsified(without_leg(leg)), pytest.raises(IdentityViolation) as caught:
            ledger.commit("test")
        error = caught.value
        assert re.fullmatch(r"I\d+", error.identity)
        assert error.quarter == "2000Q1"
        what, row, first, second = batch.meta(int(number))
        names = f"{ledger.name(first)} to {ledger.name(second)}"
        assert f"(test: {what} {row!r}, {names})" in error.posting
        assert abs(error.amount) == abs(amount)
        assert str(error.amount) in str(error)
        assert snapshot(ledger) == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", [1, -1])
def test_each_leg_off_by_a_cent_is_caught(kind: str, by: int) -> None:
    for leg in range(len(legs_of(ready(kind)).slots)):
        ledger = ready(kind)
        with falsified(with_amount(leg, by)), pytest.raises(IdentityViolation) as caught:
            ledger.commit("test")
        assert abs(caught.value.amount) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_each_pair_of_legs_left_out_of_one_party_is_caught(kind: str) -> None:
    """Leave out one party's whole side of a posting between two parties."""
    ledger = ready(kind)
    batch = legs_of(ledger)
    party = ledger.accounts.party[batch.slots]
    for who in np.unique(party).tolist():
        if len(np.unique(party[batch.posting == 0])) == 1:
            continue  # a party alone with its real asset: dropping its side drops the posting
        kept = (party != who) | (batch.posting != 0)
        if kept.all():
            continue
        fresh = ready(kind)
        with (
            falsified(
                lambda b, k=kept: Compiled(
                    b.phase, b.slots[k], b.amounts[k], b.rows[k], b.posting[k],
                    b.metas, b.payments, b.money, b.units, b.volume,
                )
            ),
            pytest.raises(IdentityViolation),
        ):  # fmt: skip
            fresh.commit("test")


def test_forty_cents_in_a_million_are_caught() -> None:
    for leg in range(6):
        ledger = small_ledger()
        ledger.pay(LAB, CLOUD, 1_000_000 * 4, "compute")
        with falsified(with_amount(leg, 40)), pytest.raises(IdentityViolation) as caught:
            ledger.commit("sales")
        assert caught.value.amount == 40


def test_a_side_of_a_block_of_payments_left_out_is_caught() -> None:
    ledger = small_ledger()
    ledger.post_payments(np.full(50, LAB), np.full(50, CLOUD), np.arange(1, 51), "compute")
    with falsified(without_leg(6 * 20 + 3)), pytest.raises(IdentityViolation) as caught:
        ledger.commit("bulk")
    assert caught.value.identity == "I1"
    assert abs(caught.value.amount) == 21
    assert "posting 30 (bulk: pay 'compute', L to C)" in caught.value.posting


UNITS = ["issue shares", "transfer shares", "cancel shares", "grant shares"]


@pytest.mark.parametrize("kind", UNITS)
def test_each_side_of_a_move_of_shares_is_needed(kind: str) -> None:
    moves = legs_of(ready(kind)).units
    for number, (issuer, holder, change, issued) in enumerate(moves):
        for wrong in ((issuer, holder, 0, issued), (issuer, holder, change + 1, issued)):
            ledger = ready(kind)
            before = snapshot(ledger)
            units = [*moves[:number], wrong, *moves[number + 1 :]]
            ledger._batch.units = units
            with pytest.raises(IdentityViolation) as caught:
                ledger.commit("test")
            assert caught.value.identity == "I7"
            assert "shares of L" in caught.value.posting
            assert snapshot(ledger) == before
            assert ledger.units(LAB) == 1_000


def test_money_that_moved_uncounted_stops_the_close() -> None:
    ledger = small_ledger()
    ledger.pay(LAB, CLOUD, 500, "compute")
    ledger._batch.money.clear()
    ledger.commit("test")
    with pytest.raises(IdentityViolation, match=r"I5 .* money paid and received") as caught:
        ledger.close_quarter()
    assert abs(caught.value.amount) == 500


def swapped(old: int, new: int) -> object:
    """Put the legs of one account on another."""

    def change(batch: Compiled) -> Compiled:
        batch.slots[batch.slots == old] = new
        return batch

    return falsified(change)


def test_a_debt_booked_to_another_holder_breaks_the_claim() -> None:
    ledger = small_ledger()
    ledger.issue("bonds", CLOUD, REST, 10)
    ledger.commit("issue")
    mine = ledger.accounts.claim("bonds", CLOUD, FUND)
    other = ledger.accounts.claim("bonds", CLOUD, REST)
    ledger.issue("bonds", CLOUD, FUND, 1_000)
    with swapped(mine + 1, other + 1), pytest.raises(IdentityViolation) as caught:
        ledger.commit("test")
    assert caught.value.identity == "I2"
    assert abs(caught.value.amount) == 1_000


def test_income_booked_as_a_claim_breaks_net_worth() -> None:
    ledger = small_ledger()
    ledger.pay(LAB, CLOUD, 1_000, "compute")
    flow, claim = (
        ledger.accounts.flow("compute", LAB),
        ledger.accounts.claim("receivables", LAB, CLOUD) + 1,
    )
    with swapped(flow, claim), pytest.raises(IdentityViolation) as caught:
        ledger.commit("test")
    assert caught.value.identity == "I4"
    assert "pay 'compute', L to C" in caught.value.posting


def test_money_from_nowhere_breaks_the_bank() -> None:
    """A deposit at an issuer that is not the bank: its legs balance, but no bank asset grew."""
    ledger = small_ledger()
    ledger.issue("loans", CLOUD, BANK, 1_000)
    loan = ledger.accounts.claim("loans", CLOUD, BANK)
    deposit = ledger.accounts.claim("deposits", BANK, CLOUD)
    with swapped(loan, deposit + 1), pytest.raises(IdentityViolation) as caught:
        ledger.commit("test")
    assert caught.value.identity == "I5"


def test_a_row_named_wrongly_on_one_leg_breaks_the_row() -> None:
    ledger = small_ledger()
    ledger.pay(LAB, CLOUD, 1_000, "compute")
    wages = ledger.accounts.row("wages")

    def change(batch: Compiled) -> Compiled:
        batch.rows[-1] = wages
        return batch

    with falsified(change), pytest.raises(IdentityViolation, match="row 'compute'") as caught:
        ledger.commit("test")
    assert caught.value.identity == "I3"


def test_a_gain_among_the_transactions_breaks_a_column() -> None:
    ledger = small_ledger()
    ledger.transfer("bonds", CLOUD, FUND, REST, 2_000, price=1_500)
    row = ledger.accounts.row("bonds")
    gain = ledger.accounts.row("revaluation", RowKind.REVALUATION)

    def change(batch: Compiled) -> Compiled:
        held = batch.slots == ledger.accounts.claim("bonds", CLOUD, FUND)
        batch.rows[held & (batch.rows == gain)] = row
        owed = batch.slots == ledger.accounts.claim("bonds", CLOUD, FUND) + 1
        batch.rows[owed & (batch.rows == gain)] = row
        return batch

    with falsified(change), pytest.raises(IdentityViolation, match="column of") as caught:
        ledger.commit("test")
    assert caught.value.identity == "I3"


def test_the_roll_forward_is_kept_apart_from_the_balances() -> None:
    ledger = small_ledger()
    ledger.books.parts[1, 0] += 1
    ledger.pay(LAB, CLOUD, 1_000, "compute")
    with pytest.raises(IdentityViolation) as caught:
        ledger.commit("test")
    assert (caught.value.identity, caught.value.amount) == ("I10", 1)
    with pytest.raises(IdentityViolation, match="I10"):
        ledger.close_quarter()


def test_real_assets_from_nowhere_stop_the_close() -> None:
    ledger = small_ledger()
    claim = ledger.accounts.claim("bonds", CLOUD, FUND)
    for array in (ledger.books.balance, ledger.books.parts[2]):
        array[claim] += 5
    with pytest.raises(IdentityViolation, match="I4"):
        ledger.close_quarter()


def test_compiling_is_the_only_way_into_the_books() -> None:
    """The hook of this file sees every batch."""
    seen = []
    compiled = Batch.compile
    ledger = small_ledger()
    with falsified(lambda batch: seen.append(batch.size) or batch):
        ledger.pay(LAB, REST, 5, "wages")
        ledger.commit("one")
        ledger.pay(LAB, REST, 5, "wages")
        ledger.close_quarter()
    assert seen == [1, 1]
    assert Batch.compile is compiled
