"""Whatever is posted: a batch keeps all identities or leaves no trace, and the matrices close."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_examples import falsified, snapshot, with_amount, without_leg

import market.books.commit_kernel  # noqa: F401 - loads the compiled form
from market.books.accounts import Slot
from market.books.identities import IdentityViolation
from market.books.ledger import Ledger
from market.books.statements import (
    balance_sheet_matrix,
    revaluation_matrix,
    transactions_flow_matrix,
)

PARTIES = 5
party = st.integers(0, PARTIES - 1)
amount = st.one_of(st.integers(0, 300), st.integers(0, 10**13))
CLAIMS = ("loans", "bonds", "receivables")
claim = st.sampled_from(CLAIMS)
asset = st.sampled_from(("data centres", "chip inventory"))
Step = tuple[object, ...]
steps = st.one_of(
    st.tuples(st.just("pay"), party, party, amount, st.sampled_from(("wages", "compute"))),
    st.tuples(st.just("accrue"), party, party, amount, st.just("wages")),
    st.tuples(st.just("issue"), claim, party, party, amount),
    st.tuples(st.just("redeem"), claim, party, party, amount),
    st.tuples(st.just("revalue"), claim, party, party, st.integers(-200, 200)),
    st.tuples(st.just("write_off"), claim, party, party, amount),
    st.tuples(st.just("transfer"), claim, party, party, party, amount, st.just(""), amount),
    st.tuples(st.just("acquire"), asset, party, party, amount),
    st.tuples(st.just("build_stock"), asset, party, amount),
    st.tuples(st.just("draw_stock"), asset, party, amount),
    st.tuples(st.just("depreciate"), asset, party, amount),
    st.tuples(st.just("scrap"), asset, party, amount),
    st.tuples(st.just("sell_asset"), asset, party, party, amount, amount),
    st.tuples(st.just("issue_shares"), party, party, st.integers(1, 50), amount),
    st.tuples(st.just("mark_shares"), party, st.floats(0, 1e6)),
)
batches = st.lists(st.lists(steps, max_size=6), min_size=1, max_size=8)


def new_ledger() -> Ledger:
    ledger = Ledger(start="2000Q4")
    for number in range(1, PARTIES):
        number_of = ledger.add_party(f"p{number}", ("labs", "clouds")[number % 2])
        ledger.open_position("deposits", ledger.bank, number_of, 10**13 * number)
        ledger.open_asset("data centres", number_of, 10**6 * number)
    ledger.commit("opening")
    return ledger


def post(ledger: Ledger, step: Step) -> None:
    name, *arguments = step
    getattr(ledger, str(name))(*arguments)


def check_sums(ledger: Ledger) -> None:
    """Assets and debts of every party are the sums of its accounts."""
    accounts, balance = ledger.accounts, ledger.books.balance.tolist()
    for number in range(len(ledger.parties)):
        held = [
            cents
            for cents, kind, owner in zip(balance, accounts.kind, accounts.party, strict=False)
            if kind <= Slot.REAL_ASSET and owner == number
        ]
        assert ledger.net_worth(number) == sum(held)
        assert ledger.assets(number) == sum(cents for cents in held if cents > 0)
        assert ledger.liabilities(number) == -sum(cents for cents in held if cents < 0)


def check_from_outside(ledger: Ledger, quarter: int) -> None:
    """The matrices close, to the cent, seen without the ledger's own checks."""
    sheet = balance_sheet_matrix(ledger, quarter, "party", "cents")
    opening = balance_sheet_matrix(ledger, quarter, "party", "cents", at="opening")
    flows = transactions_flow_matrix(ledger, quarter, "party", "cents", is_split=True)
    gains = revaluation_matrix(ledger, quarter, "party", "cents")
    for frame in (sheet, opening, flows, gains):
        assert (frame.loc["Sum"] == 0).all()
    assert (flows["Sum"] == 0).all(axis=None)
    real = {"data centres", "chip inventory"}
    assert (sheet["Sum"].drop([*real & set(sheet.index), "net worth"]) == 0).all()
    saving = flows.loc["saving"].xs("capital", level=1)
    worth = -(sheet.loc["net worth"] - opening.loc["net worth"] - gains.loc["net worth"])
    assert (worth.reindex(saving.index) == saving).all()


@given(batches)
def test_a_batch_keeps_the_identities_or_leaves_no_trace(work: list[list[Step]]) -> None:
    ledger = new_ledger()
    for batch in work:
        before = snapshot(ledger)
        for step in batch:
            post(ledger, step)
        try:
            ledger.commit("batch")
        except IdentityViolation as violation:
            assert violation.identity == "I6"
            assert snapshot(ledger) == before
        check_sums(ledger)
    assert ledger.net_worth(ledger.add_party("late", "labs")) == 0
    check_sums(ledger)
    check_from_outside(ledger, 0)
    held = [ledger.deposits(number) for number in range(1, PARTIES)]
    assert min(held) >= 0
    assert ledger.liabilities(ledger.bank, "deposits") == sum(held)
    ledger.close_quarter()
    check_from_outside(ledger, 0)


@given(steps, st.floats(0, 1, exclude_max=True), st.integers(-(10**6), 10**6))
def test_a_falsified_posting_is_always_refused(step: Step, where: float, by: int) -> None:
    ledger = new_ledger()
    post(ledger, step)
    legs = len(ledger._batch.compile("count").slots)
    if not legs:
        return
    leg = int(where * legs)
    change = with_amount(leg, by) if by else without_leg(leg)
    before = snapshot(ledger)
    with falsified(change):
        try:
            ledger.commit("batch")
        except IdentityViolation as violation:
            assert violation.identity == "I1"
            assert snapshot(ledger) == before
        else:
            raise AssertionError("the falsified batch was applied")


@given(batches, st.floats(0, 1, exclude_max=True), st.integers(-2, 2))
def test_the_compiled_form_finds_what_the_checks_find(
    work: list[list[Step]], where: float, by: int
) -> None:
    """Of sound batches, of some that overdraw, and of some with a leg that is altered."""
    ledger = new_ledger()
    for batch in work:
        for step in batch:
            post(ledger, step)
        ledger.books.fit()
        compiled = ledger._batch.compile("batch")
        if by and compiled.slots.size:
            compiled = with_amount(int(where * compiled.slots.size), by)(compiled)
        found = ledger.books._posted_at_once(compiled)
        try:
            expected = ledger.books._posted(compiled, "2000Q4")
        except IdentityViolation:
            assert found is None
        else:
            assert found is not None
            for one, other in zip(found, expected, strict=True):
                assert np.array_equal(one, other)
        with suppress(IdentityViolation):
            ledger.commit("batch")


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=12), amount, st.integers(0, 1), st.booleans()
)
def test_a_holding_sold_in_parts_of_one_batch_loses_what_it_is_worth(
    parts: list[int], value: int, kept: int, is_cancelled: bool
) -> None:
    """Sold or destroyed: to the cent, whatever is rounded; what was bought in it stays."""
    ledger, owned = new_ledger(), sum(parts) + kept
    ledger.issue_shares(1, 4, owned, value)
    ledger.commit("issue")
    for units in parts:
        if is_cancelled:
            ledger.cancel_shares(1, 4, units, "private equity")
        else:
            ledger.transfer_shares(1, 4, 2, units, 3.3)
    assert ledger.units(1, 4) == kept
    assert ledger.units(1) == (kept if is_cancelled else owned)
    for seller in (2, 4):  # the first has bought in this batch, the other has one unit at most
        with pytest.raises(ValueError, match=f"of {kept if seller == 4 else 0} units"):
            ledger.transfer_shares(1, seller, 3, 2, 1.0)
    ledger.commit("exits")
    left = value - value * sum(parts) // owned
    assert ledger.balance("private equity", 1, 4) == left
    assert ledger.units(1, 4) == kept
    check_from_outside(ledger, 0)


@given(
    st.lists(st.tuples(party, party, st.integers(0, 10**9)), max_size=60),
    st.integers(1, 7),
)
def test_many_payments_equal_single_ones_in_any_order(
    payments: list[tuple[int, int, int]], parts: int
) -> None:
    together, single = new_ledger(), new_ledger()
    columns = np.array(payments, dtype=np.int64).reshape(-1, 3)
    for block in np.array_split(columns, parts):
        together.post_payments(*block.T, "compute")
    for payer, payee, cents in reversed(payments):
        single.pay(payer, payee, cents, "compute")
    for ledger in (together, single):
        ledger.commit("compute")
    stocks, paid, *_ = snapshot(together)
    assert (stocks, paid) == snapshot(single)[:2]
    assert (together.books.goods == single.books.goods).all()
    check_from_outside(together, 0)
