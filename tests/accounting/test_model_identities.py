"""The model's own runs, checked from outside on its matrices, and with legs dropped on the way."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from ledger_examples import falsified, without_leg
from small_world import small_model

from market.books.identities import IdentityViolation
from market.books.journal import Batch, Compiled
from market.books.ledger import Ledger
from market.books.statements import (
    SUM,
    By,
    balance_sheet_matrix,
    revaluation_matrix,
    transactions_flow_matrix,
)
from market.model import MarketModel

QUARTERS = 8


@pytest.fixture(scope="module", params=["reference", "small"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    model = MarketModel(request.param, seed=3) if request.param == "reference" else small_model(3)
    model.run(QUARTERS)
    return model.ledger


def matrices(ledger: Ledger, quarter: int, by: By) -> list[pd.DataFrame]:
    """Opening and closing balance sheets, flows by account and revaluations, in cents."""
    return [
        balance_sheet_matrix(ledger, quarter, by, "cents", at="opening"),
        balance_sheet_matrix(ledger, quarter, by, "cents"),
        transactions_flow_matrix(ledger, quarter, by, "cents", is_split=True),
        revaluation_matrix(ledger, quarter, by, "cents"),
    ]


@pytest.mark.parametrize("by", ["sector", "party"])
def test_rows_and_columns_sum_to_zero(ledger: Ledger, by: By) -> None:
    for quarter in range(QUARTERS):
        opening, closing, flows, gains = matrices(ledger, quarter, by)
        for frame in (opening, closing, flows, gains):
            assert (frame.drop(index=SUM).sum() == 0).all()
            assert (frame.loc[SUM] == 0).all()
        assert (flows.drop(columns=SUM, level=0).sum(axis=1) == 0).all()
        assert (flows[SUM] == 0).all(axis=None)


def test_only_real_assets_have_no_counterpart(ledger: Ledger) -> None:
    real = {"data centres", "chip inventory", "chip capacity"}
    for quarter in range(QUARTERS):
        sheet = balance_sheet_matrix(ledger, quarter, unit="cents")
        rows = sheet[SUM].drop([SUM, "net worth"])
        assert set(rows.index[rows != 0]) <= real
        assert sheet.loc["net worth", SUM] == -rows.sum()
        gains = revaluation_matrix(ledger, quarter, unit="cents")[SUM].drop([SUM, "net worth"])
        assert {name.split(",")[0] for name in gains.index[gains != 0]} <= real


def test_stocks_are_opening_plus_flows_plus_revaluations(ledger: Ledger) -> None:
    for quarter in range(QUARTERS):
        opening, closing, flows, gains = matrices(ledger, quarter, "party")
        capital = flows.xs("capital", axis=1, level=1).drop(index=[SUM, "saving"])
        for name in closing.index.drop([SUM, "net worth"]):
            if f"change in {name}" not in capital.index:
                continue  # a real asset, or a claim that was only revalued
            own = [row for row in gains.index if row.split(",")[0] == name]
            change = -capital.loc[f"change in {name}"]
            gained = gains.loc[own].sum().reindex(change.index)
            before = opening.reindex(index=[name]).fillna(0).iloc[0].reindex(change.index)
            after = closing.loc[name].reindex(change.index)
            assert (before.fillna(0) + change + gained == after).all(), (name, quarter)


def test_net_worth_grows_by_saving_and_gains(ledger: Ledger) -> None:
    for quarter in range(QUARTERS):
        opening, closing, flows, gains = matrices(ledger, quarter, "party")
        saving = flows.loc["saving"].xs("capital", level=1)
        parties = saving.index
        worth = [-frame.loc["net worth"].reindex(parties).fillna(0) for frame in (opening, closing)]
        gained = -gains.loc["net worth"].reindex(parties).fillna(0)
        assert (worth[0] + saving + gained == worth[1]).all()


def test_a_quarter_opens_as_the_last_one_closed(ledger: Ledger) -> None:
    for quarter in range(1, QUARTERS):
        closing = balance_sheet_matrix(ledger, quarter - 1, "party", "cents")
        opening = balance_sheet_matrix(ledger, quarter, "party", "cents", at="opening")
        pd.testing.assert_frame_equal(
            opening.reindex(index=closing.index, columns=closing.columns), closing
        )


def test_journal_and_archives_agree(ledger: Ledger) -> None:
    for quarter in range(QUARTERS):
        slots, amounts, rows = ledger.books.legs(quarter)
        kinds = np.array(ledger.accounts.row_kinds)[rows]
        archive = ledger.archives[quarter]
        for kind, kept in enumerate((archive.transactions, archive.revaluations)):
            sums = np.zeros(len(kept), dtype=np.int64)
            np.add.at(sums, slots[kinds == kind], amounts[kinds == kind])
            assert (sums == kept).all()


class _Nth:
    """Falsify the n-th batch only."""

    def __init__(self, number: int, *, leg: float) -> None:
        self.number, self.leg, self.seen = number, leg, 0
        self.phase = ""

    def __call__(self, batch: Compiled) -> Compiled:
        self.seen += 1
        if self.seen != self.number + 1 or not len(batch.slots):
            return batch
        self.phase = batch.phase
        leg = int(self.leg * (len(batch.slots) - 1))
        return without_leg(leg)(batch)


def test_a_leg_dropped_in_any_batch_of_two_quarters_stops_the_run() -> None:
    counter = _Nth(-1, leg=0.0)
    with falsified(counter):
        small_model(3).run(2)
    assert counter.seen > 20
    phases = set()
    for number in range(counter.seen):
        change = _Nth(number, leg=(number * 0.37) % 1)
        with falsified(change), pytest.raises(IdentityViolation) as caught:
            small_model(3).run(2)
        assert change.phase in caught.value.posting
        assert caught.value.identity == "I1"
        phases.add(change.phase)
    assert {"opening", "sales", "compute", "orders", "clearing", "deliveries"} <= phases
    assert {"savings", "fund marks"} <= phases


def test_a_whole_posting_altered_on_one_side_stops_the_run() -> None:
    """Scale what one party's books say: its legs still balance, the others' do not."""
    compiled = Batch.compile

    def cheat(batch: Batch, phase: str) -> Compiled:
        result = compiled(batch, phase)
        if phase != "sales":
            return result
        amounts = result.amounts.copy()
        party = model.ledger.accounts.party[result.slots]
        first = result.posting == 0
        payer = party[first & (result.slots > 0)][0]
        amounts[first & (party == payer)] *= 2
        return replace(result, amounts=amounts)

    model = small_model(3)
    with patch.object(Batch, "compile", cheat), pytest.raises(IdentityViolation) as caught:
        model.run(2)
    assert caught.value.identity in {"I2", "I3"}
    assert "sales" in caught.value.posting
