"""The matrices: layout, signs, units, quarters."""

import pandas as pd
import pytest
from ledger_examples import BANK, CLOUD, FUND, LAB, REST, small_ledger

from market.books.ledger import Ledger
from market.books.statements import (
    balance_sheet_matrix,
    revaluation_matrix,
    transactions_flow_matrix,
)

MATRICES = [balance_sheet_matrix, transactions_flow_matrix, revaluation_matrix]


@pytest.fixture
def ledger() -> Ledger:
    """A closed quarter with one of almost everything, and a little of the next."""
    ledger = small_ledger()
    ledger.pay(LAB, CLOUD, 700, "compute")
    ledger.accrue(LAB, CLOUD, 50, "compute")
    ledger.issue("loans", LAB, BANK, 900)
    ledger.transfer("bonds", CLOUD, FUND, REST, 2_000, price=1_500)
    ledger.acquire("data centres", REST, CLOUD, 8_000)
    ledger.depreciate("data centres", CLOUD, 600, "2000Q1")
    ledger.build_stock("chip inventory", REST, 40)
    ledger.mark_shares(LAB, 500.0)
    ledger.write_off("bonds", CLOUD, FUND, 70)
    ledger.scrap("data centres", CLOUD, 11, "2000Q1")
    ledger.close_quarter()
    ledger.pay(LAB, REST, 3, "wages")
    ledger.commit()
    return ledger


def test_balance_sheet_has_claims_then_real_assets_then_net_worth(ledger: Ledger) -> None:
    sheet = balance_sheet_matrix(ledger, 0, unit="cents")
    assert list(sheet.index) == [
        "deposits",
        "loans",
        "bonds",
        "receivables",
        "private equity",
        "data centres",
        "chip inventory",
        "net worth",
        "Sum",
    ]
    assert list(sheet.columns) == ["labs", "clouds", "investors", "bank", "rest", "Sum"]
    assert sheet.loc["bonds"].tolist() == [0, -599_930, 597_930, 0, 2_000, 0]
    assert sheet.loc["private equity", "labs"] == -500_000
    assert sheet.loc["data centres", "Sum"] == 900_000 + 8_000 - 600 - 11
    assert sheet.loc["net worth", "clouds"] == -ledger.net_worth(CLOUD)
    assert sheet.loc["net worth", "Sum"] == -(907_389 + 70_040)
    assert (sheet.loc["Sum"] == 0).all()


def test_flows_are_sources_and_uses(ledger: Ledger) -> None:
    flows = transactions_flow_matrix(ledger, 0, by="party", unit="cents")
    assert flows.loc["compute"].tolist() == [0, -750, 750, 0, 0, 0]
    assert flows.loc["investment"].tolist() == [0, 0, -8_000, 0, 8_000, 0]
    assert flows.loc["change in loans"].tolist() == [-900, 900, 0, 0, 0, 0]
    assert flows.loc["change in receivables"].tolist() == [0, 50, -50, 0, 0, 0]
    assert flows.loc["change in bonds"].tolist() == [0, 0, 0, 1_500, -1_500, 0]
    assert flows.loc["change in deposits"].tolist() == [900, -200, 7_300, -1_500, -6_500, 0]
    assert flows.loc["depreciation"].tolist() == [0] * 6
    assert list(flows.index[-5:]) == [
        "change in deposits",
        "change in loans",
        "change in bonds",
        "change in receivables",
        "Sum",
    ]
    assert (flows.loc["Sum"] == 0).all()
    assert (flows["Sum"] == 0).all()


def test_split_columns_show_what_a_party_books_against_itself(ledger: Ledger) -> None:
    flows = transactions_flow_matrix(ledger, 0, unit="cents", is_split=True)
    assert list(flows.columns[:2]) == [("labs", "current"), ("labs", "capital")]
    assert flows.loc["depreciation", "clouds"].tolist() == [-600, 600]
    assert flows.loc["change in inventories", "rest"].tolist() == [40, -40]
    assert flows.loc["investment", "clouds"].tolist() == [0, -8_000]
    assert flows.loc["saving", "clouds"].tolist() == [-150, 150]
    assert (flows.loc["Sum"] == 0).all()
    assert (flows["Sum"] == 0).all(axis=None)


def test_revaluations_and_write_offs_stand_apart(ledger: Ledger) -> None:
    gains = revaluation_matrix(ledger, 0, unit="cents")
    assert gains.loc["private equity"].tolist() == [-100_000, 0, 100_000, 0, 0, 0]
    assert gains.loc["bonds"].tolist() == [0, 0, -500, 0, 500, 0]
    assert gains.loc["bonds, write-off"].tolist() == [0, 70, -70, 0, 0, 0]
    assert gains.loc["data centres, write-off"].tolist() == [0, -11, 0, 0, 0, -11]
    assert gains.loc["net worth"].tolist() == [100_000, -59, -99_430, 0, -500, 11]
    assert list(gains.index) == [
        "bonds",
        "bonds, write-off",
        "private equity",
        "data centres, write-off",
        "net worth",
        "Sum",
    ]
    assert (gains.loc["Sum"] == 0).all()


def test_the_present_quarter_is_read_as_it_stands(ledger: Ledger) -> None:
    flows = transactions_flow_matrix(ledger, unit="cents")
    assert list(flows.index) == ["wages", "change in deposits", "Sum"]
    pd.testing.assert_frame_equal(flows, transactions_flow_matrix(ledger, 1, unit="cents"))
    assert balance_sheet_matrix(ledger, unit="cents").loc["deposits", "labs"] == 5_000_000 + 200 - 3
    opening = balance_sheet_matrix(ledger, unit="cents", at="opening")
    pd.testing.assert_frame_equal(opening, balance_sheet_matrix(ledger, 0, unit="cents"))
    assert list(revaluation_matrix(ledger).index) == ["net worth", "Sum"]


def test_the_first_quarter_opens_with_the_opening_balance_sheet(ledger: Ledger) -> None:
    opening = balance_sheet_matrix(ledger, 0, unit="cents", at="opening")
    fresh = balance_sheet_matrix(small_ledger(), unit="cents")
    pd.testing.assert_frame_equal(opening, fresh)


@pytest.mark.parametrize("matrix", MATRICES)
def test_units_differ_by_a_factor_only(ledger: Ledger, matrix: type) -> None:
    usd, whole = matrix(ledger, 0), matrix(ledger, 0, unit="cents")
    assert (whole.dtypes == "int64").all()
    pd.testing.assert_frame_equal(usd * 1e11, whole.astype(float))


@pytest.mark.parametrize("matrix", MATRICES)
def test_parties_add_up_to_sectors(matrix: type) -> None:
    ledger = small_ledger()
    other = ledger.add_party("D", "clouds")
    ledger.pay(CLOUD, other, 30, "compute")
    ledger.revalue("bonds", CLOUD, FUND, 9)
    ledger.commit()
    parties, sectors = (matrix(ledger, by=by, unit="cents") for by in ("party", "sector"))
    assert list(parties.index) == list(sectors.index)
    assert (parties["C"] + parties["D"] == sectors["clouds"]).all()
    assert (parties["L"] == sectors["labs"]).all()


@pytest.mark.parametrize("matrix", MATRICES)
def test_strange_questions_are_refused(ledger: Ledger, matrix: type) -> None:
    for quarter in (-1, 2):
        with pytest.raises(ValueError, match="not one of 0 to 1"):
            matrix(ledger, quarter)
    with pytest.raises(ValueError, match="neither 'sector' nor 'party'"):
        matrix(ledger, by="planet")
    with pytest.raises(ValueError, match="neither 'USD bn' nor 'cents'"):
        matrix(ledger, unit="EUR")


@pytest.mark.parametrize("matrix", MATRICES)
def test_an_empty_ledger_has_empty_matrices(matrix: type) -> None:
    frame = matrix(Ledger(), unit="cents")
    assert list(frame.columns) == ["bank", "Sum"]
    assert (frame == 0).all(axis=None)
