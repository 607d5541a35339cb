"""Changes of value by event: the mark on a posting, and sums that are those of the books."""

from __future__ import annotations

from collections import Counter

import pytest
from ledger_examples import BANK, CLOUD, FUND, LAB, POSTINGS, REST, small_ledger
from small_world import small_model

from market.books.ledger import Ledger
from market.books.losses import (
    BLOCKS,
    DEBTS,
    FIRE_SALES,
    FUNDS,
    HOLDER,
    ISSUER,
    MARKS,
    REAL,
    SHARES,
    Line,
    block_of,
    changes_of_value,
    less,
)
from market.model import MarketModel
from runs.twin_runs.interventions import Fail


def by_event(event: int | None, is_under_book: bool) -> str:
    """Tell every event and every sale apart."""
    return f"{event} {'sale' if is_under_book else 'change'}"


def test_a_posting_carries_the_event_that_it_was_made_for() -> None:
    ledger = small_ledger()
    ledger.write_off("bonds", CLOUD, FUND, 1)
    with ledger.because(7):
        ledger.write_off("bonds", CLOUD, FUND, 2)
        with ledger.because(8):
            ledger.write_off("bonds", CLOUD, FUND, 3)
            ledger.commit("inside")
            ledger.write_off("bonds", CLOUD, FUND, 4)
        ledger.write_off("bonds", CLOUD, FUND, 5)
        with ledger.because(None):
            ledger.write_off("bonds", CLOUD, FUND, 6)
    ledger.write_off("bonds", CLOUD, FUND, 7)
    ledger.commit("after")
    events = {
        abs(posting.legs[0].amount): posting.event
        for posting in ledger.postings()
        if posting.kind == "write off"
    }
    assert events == {1: None, 2: 7, 3: 8, 4: 8, 5: 7, 6: None, 7: None}


def test_an_error_inside_ends_the_mark() -> None:
    ledger = small_ledger()
    with pytest.raises(ValueError, match="out of range"), ledger.because(7):
        ledger.write_off("bonds", CLOUD, FUND, -1)
    ledger.write_off("bonds", CLOUD, FUND, 1)
    ledger.commit()
    assert [posting.event for posting in ledger.postings()][-1] is None


@pytest.mark.parametrize("kind", POSTINGS)
def test_every_kind_of_posting_changes_value_as_the_books_say(kind: str) -> None:
    """The sums are the revaluations of the books; claims change on both sides alike."""
    ledger = small_ledger()
    with ledger.because(3):
        POSTINGS[kind](ledger)
        ledger.commit()
    books = ledger.books
    lines = changes_of_value(ledger, 0, 0, by_event)
    slots = range(ledger.accounts.size)
    positions = [slot for slot in slots if ledger.accounts.kind[slot] <= 2]
    assert sum(lines.values()) == sum(int(books.revaluations[slot]) for slot in positions)
    for block in (DEBTS, FUNDS, SHARES):
        assert sum(cents for line, cents in lines.items() if line.block == block) == 0
    assert all(line.channel.startswith("3 ") for line in lines)


def test_a_sale_under_the_book_value_is_told_from_one_over_it() -> None:
    for price, words in ((1_500, "sale"), (2_100, "change")):
        ledger = small_ledger()
        ledger.transfer("bonds", CLOUD, FUND, REST, 2_000, price=price)
        ledger.commit()
        lines = changes_of_value(ledger, 0, 0, by_event)
        gain = price - 2_000
        channel = f"None {words}"
        assert lines == {
            Line("F", "investors", HOLDER, "bonds", DEBTS, channel): gain,
            Line("R", "rest", HOLDER, "bonds", DEBTS, channel): -gain,
        }


def test_own_instruments_fall_into_blocks_by_their_kind() -> None:
    ledger = small_ledger()
    ledger.declare(instrument="note", kind="debt")
    ledger.declare(instrument="policy", kind="fund")
    ledger.declare(instrument="vehicle equity", kind="shares")
    declared = ledger.accounts.declared
    names = ("deposits", "receivables", "note", "policy", "vehicle equity")
    assert [block_of(declared, each) for each in names] == [DEBTS, DEBTS, DEBTS, FUNDS, SHARES]
    ledger.issue("note", LAB, FUND, 900)
    ledger.write_off("note", LAB, FUND, 0)
    ledger.commit()
    ledger.write_off("note", LAB, FUND, 300)
    ledger.commit()
    found = changes_of_value(ledger, 0, 0, lambda event, sale: MARKS)
    assert found == {
        Line("F", "investors", HOLDER, "note", DEBTS, MARKS): -300,
        Line("L", "labs", ISSUER, "note", DEBTS, MARKS): 300,
    }


def test_what_has_no_channel_is_left_out() -> None:
    ledger = small_ledger()
    with ledger.because(1):
        ledger.write_off("bonds", CLOUD, FUND, 10)
    ledger.write_off("loans", CLOUD, BANK, 20)
    ledger.commit()
    found = changes_of_value(ledger, 0, 0, lambda event, sale: None if event is None else MARKS)
    assert {line.what for line in found} == {"bonds"}


def test_one_world_less_another() -> None:
    line, other = (Line(name, "labs", HOLDER, "bonds", DEBTS, MARKS) for name in "AB")
    assert less({line: -5, other: 2}, {line: -3}) == {line: -2, other: 2}
    assert less({line: -5}, {line: -5}) == {}


# --- whole runs


def checked_sums(ledger: Ledger, quarters: int) -> Counter[str]:
    """Cents by block, after the check that every account changes as its archive says."""
    found: Counter[str] = Counter()
    for quarter in range(quarters):
        lines = changes_of_value(ledger, quarter, quarter, by_event)
        archive, accounts = ledger.archives[quarter], ledger.accounts
        booked: Counter[tuple[str, str, str]] = Counter()
        for slot, cents in enumerate(archive.revaluations.tolist()):
            if cents and accounts.kind[slot] <= 2:
                side = ISSUER if accounts.kind[slot] == 1 else HOLDER
                name = accounts.names[accounts.party[slot]]
                booked[name, side, accounts.describe[slot][0]] += cents
        counted: Counter[tuple[str, str, str]] = Counter()
        for line, cents in lines.items():
            counted[line.party, line.side, line.what] += cents
            found[line.block] += cents
        for key in {*booked, *counted}:
            assert booked[key] == counted[key], key
    return found


@pytest.mark.parametrize("scenario", ["reference", "small"])
def test_the_lines_of_a_run_are_the_revaluations_of_its_archives(scenario: str) -> None:
    model = MarketModel("reference", seed=3) if scenario == "reference" else small_model(3)
    Fail("coreweave" if scenario == "reference" else "thin")(model)
    model.run(8)
    assert model.events.select("default")
    sums = checked_sums(model.ledger, 8)
    assert [sums[block] for block in BLOCKS if block != REAL] == [0, 0, 0]
    real = changes_of_value(model.ledger, 0, 7, lambda event, sale: FIRE_SALES)
    assert sum(cents for line, cents in real.items() if line.block == REAL) == sums[REAL] < 0


def test_all_that_is_written_off_of_claims_is_posted_for_an_event() -> None:
    """Nothing of a default loses its mark, in the estate's later quarters neither."""
    model = small_model()
    Fail("thin")(model)
    model.run(10)
    written = [
        posting
        for quarter in range(10)
        for posting in model.ledger.postings(quarter)
        if posting.kind == "write off"
    ]
    assert written
    failures = {event.id: event.agent for event in model.events.select("default")}
    assert {failures[posting.event or 0] for posting in written} == {"Thin cloud"}
