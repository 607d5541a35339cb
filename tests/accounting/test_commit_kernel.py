"""The compiled form of the checks on a batch says yes and no where the checks do."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from ledger_examples import (
    CLOUD,
    LAB,
    OPENINGS,
    POSTINGS,
    REST,
    small_ledger,
    snapshot,
    with_amount,
    without_leg,
)

from market.books import archive, commit_kernel
from market.books.accounts import RowKind
from market.books.archive import LARGEST_BALANCE, Books
from market.books.identities import IdentityViolation
from market.books.journal import Compiled
from market.books.ledger import Ledger


def verdict(books: Books, batch: Compiled) -> str:
    """Identity that the checks find broken, or nothing; the compiled form agrees."""
    books.fit()
    before = [array.copy() for array in (books.balance, books.parts)]
    found = books._posted_at_once(batch)
    try:
        expected = books._posted(batch, "2000Q1")
    except (IdentityViolation, OverflowError) as error:
        assert found is None, error
        said = error.identity if isinstance(error, IdentityViolation) else "range"
    else:
        assert found is not None
        for one, other in zip(found, expected, strict=True):
            assert np.array_equal(one, other)
        said = ""
    for array, was in zip((books.balance, books.parts), before, strict=True):
        assert np.array_equal(array, was)
    return said


def falsified(batch: Compiled, accounts: int, rows: int) -> Iterator[Compiled]:
    """The batch with a leg dropped, altered or booked elsewhere, and with two legs mixed up."""
    yield batch
    legs = range(len(batch.slots))
    for leg in legs:
        yield without_leg(leg)(batch)
        yield with_amount(leg, 1)(batch)
        for name, size in (("slots", accounts), ("rows", rows)):
            for other in range(size):
                column = getattr(batch, name).copy()
                column[leg] = other
                yield replace(batch, **{name: column})
    for one, other in permutations(legs, 2):
        yield with_amount(one, 1)(with_amount(other, -1)(batch))
        for name in ("slots", "rows"):
            column = getattr(batch, name).copy()
            column[[one, other]] = column[[other, one]]
            yield replace(batch, **{name: column})


def test_both_say_the_same_of_every_kind_of_posting() -> None:
    broken: Counter[str] = Counter()
    for kind, post in (POSTINGS | OPENINGS).items():
        ledger = small_ledger()
        if kind in POSTINGS:
            ledger.issue("bonds", CLOUD, REST, 10)
            ledger.accrue(LAB, CLOUD, 7, "compute")
            ledger.commit("more claims")
        for row in ("revaluation", "write-off"):
            ledger.accounts.row(row, RowKind.REVALUATION)
        post(ledger)
        batch = ledger._batch.compile("test")
        size = ledger.accounts.size, len(ledger.accounts.rows)
        said = Counter(verdict(ledger.books, each) for each in falsified(batch, *size))
        assert 0 < said[""] < said.total(), kind
        broken += said
    assert set(broken) == {"", "I1", "I2", "I3", "I4", "I5", "I6"}


@pytest.mark.parametrize("kind", ["pay", "scrap", "mark shares", "transfer under par"])
def test_both_find_books_that_were_written_from_outside(kind: str) -> None:
    found = set()
    for row in range(4):
        for slot in range(small_ledger().accounts.size):
            ledger = small_ledger()
            POSTINGS[kind](ledger)
            batch = ledger._batch.compile("test")
            ledger.books.fit()
            [ledger.books.balance, *ledger.books.parts][row][slot] += 1
            found.add(verdict(ledger.books, batch))
    assert "I10" in found


@pytest.mark.parametrize("beyond", [0, 1])
def test_both_keep_the_range(beyond: int) -> None:
    ledger = small_ledger()
    party = ledger.add_party("vast", "rest")
    ledger.open_position("deposits", ledger.bank, party, 1)
    ledger.commit("opening")
    slot = ledger.accounts.of_claim["deposits", ledger.bank, party][0]
    ledger.pay(REST, party, 10, "wages")
    batch = ledger._batch.compile("test")
    for cell, sign in ((slot, 1), (slot + 1, -1)):
        for array in (ledger.books.balance, ledger.books.parts[2]):
            array[cell] = sign * (LARGEST_BALANCE - 10 + beyond)
    assert verdict(ledger.books, batch) == ("range" if beyond else "")


def run_of(ledger: Ledger) -> tuple[object, ...]:
    """Some batches, the last of them refused; what stands in the books then."""
    for post in POSTINGS.values():
        post(ledger)
        ledger.commit("test")
    ledger.pay(LAB, CLOUD, 10**12, "compute")
    with pytest.raises(IdentityViolation, match=r"I6 .* pay 'compute', L to C") as caught:
        ledger.commit("test")
    return snapshot(ledger), str(caught.value)


def test_a_ledger_is_the_same_with_it_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes after many commits of a process, and never where numba does not work."""
    calls = []

    def counted(*arguments: object) -> bool:
        calls.append(1)
        return compiled(*arguments)

    compiled = commit_kernel.post
    monkeypatch.setattr(commit_kernel, "post", counted)
    monkeypatch.delitem(sys.modules, "numba")
    monkeypatch.setattr(archive._process, "commits", 0)
    without = run_of(small_ledger())
    assert not calls
    monkeypatch.setattr(archive._process, "commits", archive.COMPILED_AFTER)
    assert run_of(small_ledger()) == without
    assert len(calls) == len(POSTINGS) + 2
    archive._compiled_form.cache_clear()
    monkeypatch.setitem(sys.modules, "market.books.commit_kernel", None)  # its import fails
    assert run_of(small_ledger()) == without
    assert len(calls) == len(POSTINGS) + 2
    archive._compiled_form.cache_clear()
