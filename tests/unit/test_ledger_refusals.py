"""What the ledger refuses: overdrafts, amounts out of range, parties and rows that are not."""

import numpy as np
import pytest
from ledger_examples import BANK, CLOUD, FUND, LAB, POSTINGS, REST, small_ledger, snapshot

from market.books.identities import IdentityViolation, check_compute, check_rpo
from market.books.journal import LARGEST_AMOUNT
from market.books.ledger import Ledger


@pytest.fixture
def ledger() -> Ledger:
    return small_ledger()


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        (([LAB], [CLOUD], [-1]), ValueError),
        (([LAB], [CLOUD], [LARGEST_AMOUNT + 1]), ValueError),
        (([LAB, LAB], [CLOUD], [1]), ValueError),
        (([LAB], [9], [1]), ValueError),
        (([-1], [CLOUD], [1]), ValueError),
        (([LAB], [CLOUD], [1.5]), TypeError),
    ],
)
def test_bad_columns_of_payments_are_refused(
    ledger: Ledger, columns: tuple[list[int], ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ledger.post_payments(*columns, "compute")


@pytest.mark.parametrize(
    ("party", "amount"), [(LAB, 5_000_001), (REST, 9_000_000)]
)  # fmt: skip
def test_nobody_pays_more_than_it_has(ledger: Ledger, party: int, amount: int) -> None:
    before = snapshot(ledger)
    ledger.pay(CLOUD, REST, 10, "wages")
    ledger.pay(party, CLOUD, amount, "compute")
    with pytest.raises(IdentityViolation, match="I6 violated in 2000Q1") as caught:
        ledger.commit("sales")
    assert caught.value.amount == 5_000_000 + (10 if party == REST else 0) - amount
    assert f"{ledger.name(party)} to C" in caught.value.posting
    assert snapshot(ledger) == before
    ledger.close_quarter()


@pytest.mark.parametrize("kind", ["settle", "draw stock", "depreciate", "scrap", "redeem"])
def test_nothing_held_falls_below_zero(ledger: Ledger, kind: str) -> None:
    for _ in range(1_100):
        POSTINGS[kind](ledger)
    with pytest.raises(IdentityViolation) as caught:
        ledger.commit()
    assert caught.value.identity == "I6"


def test_a_refused_batch_takes_its_shares_with_it(ledger: Ledger) -> None:
    ledger.issue_shares(LAB, REST, 10, 6_000_000)
    with pytest.raises(IdentityViolation):
        ledger.commit()
    assert (ledger.units(LAB), ledger.units(LAB, REST)) == (1_000, 0)
    assert ledger.books.held[LAB] == {FUND: 1_000}


def test_shares_beyond_the_register_are_refused(ledger: Ledger) -> None:
    for units in (0, 1_001):
        with pytest.raises(ValueError, match="units"):
            ledger.transfer_shares(LAB, FUND, REST, units, 1.0)
        with pytest.raises(ValueError, match="units"):
            ledger.cancel_shares(LAB, FUND, units, "private equity")
    with pytest.raises(ValueError, match="units"):
        ledger.issue_shares(LAB, FUND, 0, 10)


@pytest.mark.parametrize("amount", [-1, LARGEST_AMOUNT + 1])
def test_amounts_out_of_range_are_refused(ledger: Ledger, amount: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        ledger.pay(LAB, CLOUD, amount, "compute")
    with pytest.raises(ValueError, match="out of range"):
        ledger.transfer("bonds", CLOUD, FUND, REST, 5, price=amount)
    with pytest.raises(ValueError, match="out of range"):
        ledger.sell_asset("data centres", CLOUD, REST, 5, amount)
    with pytest.raises(ValueError, match="out of range"):
        ledger.write_off("bonds", CLOUD, FUND, amount)


def test_a_fraction_of_a_cent_is_refused(ledger: Ledger) -> None:
    with pytest.raises(TypeError, match="whole number of cents"):
        ledger.pay(LAB, CLOUD, 2.5, "compute")
    ledger.pay(LAB, CLOUD, np.int64(2), "compute")
    ledger.commit()
    assert ledger.flow("compute", CLOUD) == 2


def test_sums_that_would_not_fit_are_refused_before_they_wrap(ledger: Ledger) -> None:
    before = snapshot(ledger)
    for _ in range(200):
        ledger.issue("loans", LAB, BANK, LARGEST_AMOUNT)
    with pytest.raises(OverflowError, match="too many"):
        ledger.commit("loans")
    assert snapshot(ledger) == before
    with pytest.raises(OverflowError, match="balance"):
        for _ in range(200):
            ledger.issue("loans", LAB, BANK, LARGEST_AMOUNT)
            ledger.commit("loans")
    assert ledger.deposits(LAB) > 2 * 10**18
    ledger.close_quarter()


def test_unknown_parties_and_taken_names_are_refused(ledger: Ledger) -> None:
    for party in (5, -1):
        with pytest.raises(ValueError, match="no party"):
            ledger.pay(party, LAB, 1, "compute")
    with pytest.raises(ValueError, match="exists already"):
        ledger.add_party("L", "labs")
    with pytest.raises(KeyError):
        ledger.party("nobody")


def test_a_row_is_a_flow_or_a_revaluation_not_both(ledger: Ledger) -> None:
    ledger.revalue("bonds", CLOUD, FUND, 5)
    with pytest.raises(ValueError, match="is revaluation"):
        ledger.pay(LAB, CLOUD, 1, "revaluation")


def test_deposits_are_made_by_payments_only(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="payments only"):
        ledger.issue("deposits", BANK, LAB, 5)


def test_opening_positions_come_first(ledger: Ledger) -> None:
    ledger.open_asset("data centres", LAB, 5)
    ledger.commit()
    ledger.pay(LAB, CLOUD, 1, "compute")
    ledger.commit()
    with pytest.raises(ValueError, match="opening positions"):
        ledger.open_asset("data centres", LAB, 5)
    fresh = Ledger()
    fresh.close_quarter()
    with pytest.raises(ValueError, match="opening positions"):
        fresh.open_position("deposits", BANK, BANK, 5)


def test_obligations_roll_forward() -> None:
    opening, signed, delivered, cancelled, closing = np.array(
        [[50, 9], [20, 0], [30, 1], [0, 2], [40, 6]]
    )
    check_rpo(opening, signed, delivered, cancelled, closing, ["x", "y"], "2000Q1")
    with pytest.raises(IdentityViolation, match=r"I8 .* RPO of y: off by -1 cents"):
        check_rpo(
            opening, signed, delivered, cancelled, closing + np.array([0, 1]), ["x", "y"], "2000Q1"
        )


@pytest.mark.parametrize("delivered", [5.1, float("nan")])
def test_compute_stays_within_capacity(delivered: float) -> None:
    names, capacity = ["x", "y"], np.array([1.0, 5.0])
    check_compute(np.array([1.0, 5.0 + 1e-12]), capacity, names, "2000Q1")
    with pytest.raises(IdentityViolation, match=r"I9 .* compute of y"):
        check_compute(np.array([1.0, delivered]), capacity, names, "2000Q1")
