"""The ledger: what each posting does and what can be asked."""

import copy
import pickle

import numpy as np
import pytest
from ledger_examples import BANK, CLOUD, FUND, LAB, REST, small_ledger, snapshot

from market.books.identities import IdentityViolation
from market.books.ledger import Ledger
from market.units import cents


@pytest.fixture
def ledger() -> Ledger:
    return small_ledger()


def test_cents_are_rounded_once() -> None:
    assert [cents(usd) for usd in (0.0, 1.5, -0.29, 1e12)] == [0, 150, -29, 10**14]


def test_a_payment_moves_deposits_and_both_flows(ledger: Ledger) -> None:
    ledger.pay(LAB, CLOUD, 700, "compute")
    assert ledger.deposits(LAB) == 5_000_000
    ledger.commit()
    assert (ledger.deposits(LAB), ledger.deposits(CLOUD)) == (4_999_300, 5_000_700)
    assert (ledger.flow("compute", LAB), ledger.flow("compute", CLOUD)) == (-700, 700)
    assert ledger.payments_between(LAB, CLOUD) == 700
    assert ledger.paid_by(LAB) == 700
    assert ledger.flow("wages", LAB) == 0


def test_credit_moves_no_deposits_until_it_is_settled(ledger: Ledger) -> None:
    ledger.accrue(LAB, CLOUD, 700, "compute")
    ledger.commit()
    assert ledger.balance("receivables", LAB, CLOUD) == 80_700
    assert ledger.payments_between(LAB, CLOUD) == 0
    ledger.settle(LAB, CLOUD, 80_700)
    ledger.commit()
    assert ledger.claims(CLOUD, "receivables") == []
    assert ledger.payments_between(LAB, CLOUD) == 80_700
    assert ledger.flow("compute", CLOUD) == 700


def test_a_loan_of_the_bank_makes_deposits_and_its_repayment_ends_them(ledger: Ledger) -> None:
    deposits = ledger.liabilities(BANK, "deposits")
    ledger.issue("loans", LAB, BANK, 900)
    ledger.commit()
    assert ledger.liabilities(BANK, "deposits") == deposits + 900
    ledger.redeem("loans", LAB, BANK, 900)
    ledger.pay(LAB, BANK, 9, "interest")
    ledger.commit()
    assert ledger.liabilities(BANK, "deposits") == deposits - 9
    assert ledger.net_worth(BANK) == 9


def test_labels_keep_claims_apart(ledger: Ledger) -> None:
    ledger.issue("bonds", CLOUD, FUND, 50, label="due 2005Q1")
    ledger.commit()
    assert ledger.balance("bonds", CLOUD, FUND) == 600_050
    assert ledger.balance("bonds", CLOUD, FUND, "due 2005Q1") == 50
    assert ledger.balance("bonds", CLOUD, FUND, "other") == 0
    assert ledger.holders(CLOUD, "bonds") == [(FUND, 600_050)]
    assert ledger.labelled_claims(FUND, "bonds") == [
        (CLOUD, "", 600_000),
        (CLOUD, "due 2005Q1", 50),
    ]


@pytest.mark.parametrize("price", [1_500, 2_000, 2_100])
def test_a_claim_sold_at_a_price_is_the_sellers_loss(ledger: Ledger, price: int) -> None:
    before = [ledger.net_worth(party) for party in (FUND, REST, CLOUD)]
    ledger.transfer("bonds", CLOUD, FUND, REST, 2_000, price=price)
    ledger.commit()
    after = [ledger.net_worth(party) for party in (FUND, REST, CLOUD)]
    gap = 2_000 - price
    assert [b - a for a, b in zip(before, after, strict=True)] == [-gap, gap, 0]
    assert ledger.balance("bonds", CLOUD, REST) == 2_000
    assert (ledger.flow("revaluation", FUND), ledger.flow("revaluation", REST)) == (-gap, gap)


def test_a_written_off_claim_is_the_holders_loss_and_the_issuers_gain(ledger: Ledger) -> None:
    fund, cloud = ledger.net_worth(FUND), ledger.net_worth(CLOUD)
    ledger.write_off("bonds", CLOUD, FUND, 400)
    ledger.commit()
    assert (ledger.net_worth(FUND), ledger.net_worth(CLOUD)) == (fund - 400, cloud + 400)


def test_machines_are_bought_used_up_sold_and_scrapped(ledger: Ledger) -> None:
    ledger.acquire("data centres", REST, CLOUD, 8_000, label="2000Q2")
    ledger.depreciate("data centres", CLOUD, 1_000, "2000Q2")
    ledger.sell_asset("data centres", CLOUD, LAB, book=7_000, price=3_000, label="2000Q2")
    ledger.scrap("data centres", CLOUD, 900_000, "2000Q1")
    ledger.commit()
    assert ledger.assets(CLOUD, "data centres") == 0
    assert ledger.balance("data centres", None, LAB, "2000Q2") == 3_000
    assert ledger.flow("depreciation", CLOUD) == -1_000
    assert ledger.flow("revaluation", CLOUD) == -4_000
    assert ledger.flow("write-off", CLOUD) == -900_000
    assert ledger.deposits(CLOUD) == 5_000_000 - 8_000 + 3_000


def test_shares_are_issued_sold_marked_and_cancelled(ledger: Ledger) -> None:
    ledger.issue_shares(LAB, REST, 250, 100_000)
    assert ledger.units(LAB) == 1_250
    ledger.commit()
    ledger.transfer_shares(LAB, FUND, CLOUD, 1_000, 400.0)
    ledger.commit()
    ledger.mark_shares(LAB, 500.0)
    ledger.commit()
    assert dict(ledger.holders(LAB, "private equity")) == {REST: 125_000, CLOUD: 500_000}
    ledger.cancel_shares(LAB, CLOUD, 1_000, "private equity")
    ledger.commit()
    assert (ledger.units(LAB), ledger.units(LAB, REST), ledger.units(LAB, CLOUD)) == (250, 250, 0)
    assert ledger.liabilities(LAB, "private equity") == 125_000


def test_money_flows_keep_goods_and_finance_apart(ledger: Ledger) -> None:
    ledger.pay(LAB, CLOUD, 70, "compute")
    ledger.close_quarter()
    ledger.pay(LAB, CLOUD, 5, "compute")
    ledger.issue("bonds", CLOUD, FUND, 30)
    ledger.commit()
    late = ledger.add_party("late", "rest")
    for quarters, goods in ((1, 5), (2, 75), (9, 75)):
        both = ledger.money_flows(quarters)
        assert both[0][LAB, CLOUD] == goods
        assert ledger.payments_between(LAB, CLOUD, quarters) == goods
        assert ledger.paid_by(LAB, quarters) == goods
        assert both[1][FUND, CLOUD] == 30
        assert both[0].shape == (late + 1, late + 1)
        assert both[0].sum() + both[1].sum() == goods + 30
    assert ledger.payments_between(late, CLOUD, 2) == 0


def test_many_payments_equal_the_same_payments_one_by_one(ledger: Ledger) -> None:
    rng = np.random.default_rng(5)
    payers, payees = rng.integers(0, 5, (2, 400))
    amounts = rng.integers(0, 9_000, 400)
    single = small_ledger()
    for payer, payee, amount in zip(payers, payees, amounts, strict=True):
        single.pay(int(payer), int(payee), int(amount), "compute")
    ledger.post_payments(payers, payees, amounts, "compute")
    for one in (ledger, single):
        one.commit("trade")
    assert snapshot(ledger) == snapshot(single)


def test_many_payments_and_single_postings_share_a_batch(ledger: Ledger) -> None:
    ledger.post_payments([LAB, LAB], [CLOUD, REST], [10, 20], "compute")
    ledger.pay(CLOUD, REST, 7, "wages")
    ledger.post_payments([REST], [LAB], [1], "wages")
    ledger.commit("mixed")
    last = [p for p in ledger.postings() if p.phase == "mixed"]
    assert [(p.row, p.legs[0].amount) for p in last] == [
        ("wages", 7), ("compute", 10), ("compute", 20), ("wages", 1),
    ]  # fmt: skip
    assert [p.number for p in last] == [10, 11, 12, 13]
    assert ledger.deposits(LAB) == 5_000_000 - 30 + 1


def test_nothing_many_times_is_nothing(ledger: Ledger) -> None:
    count = ledger.books.count
    ledger.post_payments([], [], [], "compute")
    ledger.post_payments([LAB, CLOUD], [CLOUD, CLOUD], [0, 5], "compute")
    ledger.commit()
    assert ledger.books.count == count


def test_postings_are_numbered_and_readable(ledger: Ledger) -> None:
    ledger.pay(LAB, CLOUD, 700, "compute")
    ledger.commit("sales")
    *_, last = ledger.postings()
    assert (last.number, last.quarter, last.phase, last.kind) == (10, 0, "sales", "pay")
    assert [(leg.party, leg.account, leg.amount) for leg in last.legs] == [
        ("bank", "deposits of L on bank", 700),
        ("L", "deposits of L on bank", -700),
        ("C", "deposits of C on bank", 700),
        ("bank", "deposits of C on bank", -700),
        ("L", "compute of L", 700),
        ("C", "compute of C", -700),
    ]
    with pytest.raises(AttributeError):
        last.number = 3


def test_a_closed_quarter_keeps_its_flows(ledger: Ledger) -> None:
    ledger.pay(LAB, CLOUD, 7, "compute")
    ledger.close_quarter()
    assert (ledger.quarter, ledger.label(ledger.quarter)) == (1, "2000Q2")
    assert ledger.flow("compute", CLOUD) == 0
    assert ledger.flow("compute", CLOUD, quarter=0) == 7
    assert [p.kind for p in ledger.postings(0)].count("pay") == 1
    assert list(ledger.postings()) == []


def test_a_copy_lives_its_own_life(ledger: Ledger) -> None:
    twin = copy.deepcopy(ledger)
    twin.pay(LAB, CLOUD, 7, "compute")
    twin.commit()
    assert (ledger.deposits(LAB), twin.deposits(LAB)) == (5_000_000, 4_999_993)
    again = pickle.loads(pickle.dumps(twin))
    assert snapshot(again) == snapshot(twin)


def test_a_violation_survives_the_way_to_another_process() -> None:
    error = IdentityViolation("I6", "2000Q1", "posting 3", -5)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == "I6 violated in 2000Q1: posting 3: off by -5 cents"
    assert (again.identity, again.amount) == ("I6", -5)
