"""Model SIM of Godley and Lavoie 2007, chapter 3, run on the ledger and read from its matrices.

Money is a claim on the government, so the government takes the place of the bank.
"""

import pytest

from market.books.ledger import Ledger
from market.books.statements import (
    balance_sheet_matrix,
    revaluation_matrix,
    transactions_flow_matrix,
)

ALPHA_1, ALPHA_2, THETA, SPENDING = 0.6, 0.4, 0.2, 20.0
UNIT = 10**10
"""Cents per unit of money of the book."""
OUTPUT = [38.461538, 47.928994, 55.939918]
"""Chapter 3: output in the first periods."""


def run(periods: int) -> Ledger:
    ledger = Ledger(bank="government", start="2000Q1")
    ledger.declare(sector="firms")
    ledger.declare(row="government spending")
    ledger.declare(row="taxes")
    firms = ledger.add_party("production", "firms")
    households = ledger.add_party("households", "households")
    for _ in range(periods):
        money = ledger.deposits(households) / UNIT
        income = (SPENDING + ALPHA_2 * money) / (1 - ALPHA_1 * (1 - THETA))
        spending, wages, taxes = (
            round(SPENDING * UNIT),
            round(income * UNIT),
            round(THETA * income * UNIT),
        )
        ledger.pay(ledger.bank, firms, spending, "government spending")
        ledger.pay(households, firms, wages - spending, "consumption")
        ledger.pay(firms, households, wages, "wages")
        ledger.pay(households, ledger.bank, taxes, "taxes")
        ledger.commit("period")
        ledger.close_quarter()
    return ledger


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return run(120)


def test_output_of_the_first_periods_and_of_the_steady_state(ledger: Ledger) -> None:
    households = ledger.party("households")
    output = [ledger.flow("wages", households, period) / UNIT for period in range(120)]
    assert output[:3] == pytest.approx(OUTPUT, abs=5e-7)
    assert output[-1] == pytest.approx(100.0, abs=1e-4)
    assert ledger.deposits(households) / UNIT == pytest.approx(80.0, abs=1e-4)


def test_transactions_flow_matrix_of_the_second_period(ledger: Ledger) -> None:
    flows = transactions_flow_matrix(ledger, 1, unit="cents") / UNIT
    assert list(flows.index) == [
        "government spending",
        "consumption",
        "wages",
        "taxes",
        "change in deposits",
        "Sum",
    ]
    columns = ["households", "bank", "firms"]
    assert list(flows.columns) == [*columns, "Sum"]
    assert flows["households"].round(4).tolist() == [0, -27.929, 47.929, -9.5858, -10.4142, 0]
    assert flows["firms"].round(4).tolist() == [20, 27.929, -47.929, 0, 0, 0]
    assert flows["bank"].round(4).tolist() == [-20, 0, 0, 9.5858, 10.4142, 0]
    assert (flows["Sum"] == 0).all()


def test_balance_sheet_of_the_second_period(ledger: Ledger) -> None:
    sheet = balance_sheet_matrix(ledger, 1, unit="cents") / UNIT
    assert sheet.loc["deposits", ["households", "bank"]].round(4).tolist() == [22.7219, -22.7219]
    assert (sheet.loc["net worth"] == -sheet.loc["deposits"]).all()
    assert (sheet.loc["Sum"] == 0).all()


def test_nothing_is_revalued(ledger: Ledger) -> None:
    assert (revaluation_matrix(ledger, 1) == 0).all(axis=None)
