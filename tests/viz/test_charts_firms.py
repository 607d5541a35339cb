"""One firm through time and the matrices: what is drawn is what the ledger holds."""

import json
from functools import cache
from itertools import pairwise

import pandas as pd
import pytest

from market.books.statements import SUM
from viz.charts.firms import (
    PANELS,
    amount,
    firm_frame,
    firm_option,
    firm_values,
    has_zero_sum,
    matrix_height,
    matrix_option,
    stack_option,
    used,
    zero_check,
)
from viz.charts.theme import DARK, LIGHT
from viz.pages.firms import (
    chosen_firm,
    contract_blocks,
    contracts_frame,
    event_blocks,
    events_frame,
    events_of,
    head_blocks,
    sheet_blocks,
    sheet_frame,
)
from viz.recording import firms as event_firms
from viz.recording.firms import balance_frame, books_of, money_frame, sheet_of
from viz.recording.recording import MATRICES, Recording
from viz.widgets.chart_card import option_text
from viz.words import WORDS
from viz.world.worlds import ShockStep, World

QUARTER = 12


@cache
def recording() -> Recording:
    return Recording(World()).run_to_end()


@cache
def shocked() -> Recording:
    return Recording(World(shocks=(ShockStep(QUARTER, "refuse funding"),))).run_to_end()


def firms(kind: str) -> list[str]:
    return [firm.key for firm in recording().firms if firm.kind == kind]


def a_failed_firm() -> str:
    last = recording().snapshots[-1].firms
    return next(key for key, values in last.items() if values["is_defaulted"])


@pytest.mark.parametrize("kind", list(PANELS))
def test_balance_sheets_are_those_of_the_snapshots(kind: str) -> None:
    for key in firms(kind):
        frame = balance_frame(recording(), key)
        equity = [float(s.firms[key]["equity_usd"] or 0.0) for s in recording().snapshots]
        assert frame[WORDS("firms-balance-line")].tolist() == pytest.approx(equity, abs=1.0)
        assert len(frame) == recording().quarters_recorded


@pytest.mark.parametrize("kind", list(PANELS))
def test_money_that_comes_and_goes_is_the_change_of_cash(kind: str) -> None:
    for key in firms(kind):
        frame = money_frame(recording(), key)
        parts = frame.drop(columns=["quarter", WORDS("firms-flows-line")]).sum(axis=1)
        assert parts.tolist() == pytest.approx(frame[WORDS("firms-flows-line")].tolist(), abs=1.0)
        cash = [float(s.firms[key]["cash_usd"] or 0.0) for s in recording().snapshots]
        change = [b - a for a, b in pairwise(cash)]
        assert frame[WORDS("firms-flows-line")].tolist()[1:] == pytest.approx(change, abs=1.0)


def test_books_grow_with_the_recording() -> None:
    young = Recording(World())
    young.advance()
    key = young.firms[0].key
    assert len(balance_frame(young, key)) == 1
    young.advance()
    assert len(balance_frame(young, key)) == len(money_frame(young, key)) == 2
    assert books_of(young) is books_of(young)
    assert sheet_of(young, 1, key)["deposits"] > 0


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", list(PANELS))
def test_every_panel_is_drawn(kind: str, theme: object) -> None:
    look = DARK if theme is DARK else LIGHT
    for panel in PANELS[kind]:
        assert f"firms-panel-{panel.key}-title" in WORDS
        option = firm_option(recording(), firms(kind)[0], panel, look, QUARTER)
        text = json.loads(option_text(option))
        assert [s["name"] for s in text["series"] if not s["id"].endswith("later")] == [
            WORDS(f"firms-line-{name}") for name in panel.lines
        ]
        assert text["yAxis"]["name"]
        frame = firm_frame(recording(), firms(kind)[0], panel)
        assert frame.columns.tolist() == ["quarter", *panel.lines]


def test_the_ghost_is_the_world_without_the_shock() -> None:
    key, panel = firms("labs")[0], PANELS["labs"][3]
    option = firm_option(shocked(), key, panel, LIGHT, QUARTER + 4, recording())
    ghost = next(s for s in option["series"] if s["id"] == WORDS("live-ghost"))
    value = firm_values(recording(), key, panel.lines[0])[QUARTER + 4]
    assert value is not None
    assert ghost["data"][QUARTER + 4] == pytest.approx(value / 1e9, rel=1e-4)


def test_growth_is_made_of_revenue() -> None:
    key = firms("labs")[0]
    revenue = firm_values(recording(), key, "revenue_usd")
    growth = firm_values(recording(), key, "revenue_growth")
    assert len(growth) == len(revenue)
    assert growth[0] is None
    assert revenue[0]
    assert revenue[1]
    assert growth[1] == pytest.approx(revenue[1] / revenue[0] - 1)


def test_stacks_keep_every_dollar() -> None:
    frame = money_frame(recording(), firms("clouds")[0])
    option = stack_option(
        frame, WORDS("firms-flows-line"), recording(), LIGHT, recording().quarters - 1
    )
    bars = [s for s in option["series"] if s["type"] == "bar"]
    assert len(bars) <= 7
    for quarter in (0, QUARTER):
        total = sum(bar["data"][quarter] for bar in bars)
        assert total == pytest.approx(
            frame[WORDS("firms-flows-line")].iloc[quarter] / 1e9, abs=0.05
        )


@pytest.mark.parametrize("by", ["sector", "party"])
@pytest.mark.parametrize("kind", MATRICES)
def test_all_sums_that_must_be_zero_are_zero(kind: str, by: str) -> None:
    for quarter in (0, QUARTER, recording().quarters_recorded - 1):
        matrix = recording().matrix(kind, quarter, by)  # type: ignore[arg-type]
        check = zero_check(matrix)
        assert check.wrong == 0
        assert check.count >= len(matrix.columns)


def test_a_sum_that_is_not_zero_is_found_and_shown() -> None:
    rows, columns = ["deposits", "data centres", SUM], ["labs", "bank", SUM]
    cells = [[1.0, -0.9, 0.1], [2.0, 0.0, 2.0], [3.0, -0.9, 2.1]]
    matrix = pd.DataFrame(cells, index=rows, columns=columns)
    check = zero_check(matrix)
    assert (check.count, check.wrong) == (4, 4)
    assert not has_zero_sum("data centres, write-off")
    cell = next(c for c in matrix_option(matrix, LIGHT)["series"][0]["data"] if c["value"][0] == 2)
    assert cell["label"]["color"] == LIGHT.bad
    assert cell["label"]["formatter"] == "0.1"


def test_matrices_show_figures_where_there_is_room() -> None:
    by_sector = recording().matrix("transactions-flow", QUARTER)
    option = json.loads(option_text(matrix_option(by_sector, LIGHT)))
    assert all(cell["label"]["show"] for cell in option["series"][0]["data"])
    by_party = recording().matrix("balance-sheet", QUARTER, "party")
    option = matrix_option(by_party, LIGHT)
    shown = [c for c in option["series"][0]["data"] if c["label"]["show"]]
    assert 0 < len(shown) < len(option["series"][0]["data"])
    assert matrix_height(by_party).endswith("px")
    assert len(used(by_party).columns) <= len(by_party.columns)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, ""), (0.012, "0.01"), (12.44, "12.4"), (-3046.2, "-3,046"), (-0.05, "-0.1")],
)
def test_amounts(value: float, text: str) -> None:
    assert amount(value) == text


def test_the_inspector_says_how_a_firm_stands() -> None:
    for key in (firms("labs")[0], firms("clouds")[0], firms("investors")[0], a_failed_firm()):
        for quarter in (0, recording().quarters_recorded - 1):
            text = " ".join(head_blocks(recording(), quarter, key)[0].lines)
            assert recording().name_of(key) in text
            assert sheet_blocks(recording(), quarter, key)
            assert contract_blocks(recording(), quarter, key)
            assert event_blocks(recording(), quarter, key)
    last = recording().quarters_recorded - 1
    assert "failed" in head_blocks(recording(), last, a_failed_firm())[0].lines[0]


def test_events_can_be_asked_why_and_stop_at_the_quarter() -> None:
    key = a_failed_firm()
    last = recording().quarters_recorded - 1
    found = events_of(recording(), last, key)
    assert found[0].quarter >= found[-1].quarter
    assert any(e.kind == "default" for e in found)
    rows = event_blocks(recording(), last, key)[0].rows
    assert rows[0].more == (f"why:{found[0].id}", "Why?")
    early = events_of(recording(), found[-1].quarter, key)
    assert all(e.quarter == found[-1].quarter for e in early)
    assert len(events_frame(recording(), key)) == len(found)


def test_tables_of_a_firm_hold_that_firm_alone() -> None:
    key = firms("clouds")[0]
    name = recording().name_of(key)
    contracts = contracts_frame(recording(), QUARTER, key)
    assert not contracts.empty
    assert {*contracts["cloud"]} == {name}
    sheet = sheet_frame(recording(), QUARTER, key)
    assert ((sheet["holder"] == name) | (sheet["issuer"] == name)).all()


def test_a_pick_that_this_world_does_not_know_shows_the_first_firm() -> None:
    first, second = recording().firms[0].key, recording().firms[1].key
    assert chosen_firm(recording(), f"firm:{second}") == second
    assert chosen_firm(recording(), f"flow:{second}>{first}") == second
    for pick in (None, "firm:nobody", "firm:group:labs", ""):
        assert chosen_firm(recording(), pick) == first


def test_an_event_stands_on_the_pages_of_all_firms_it_involves() -> None:
    last = recording().quarters_recorded - 1
    letters = [e for e in recording().events if e.kind == "letter tranche"]
    named = {recording().name_of(key): key for key in recording().firm_of}
    givers = {named[e.text.rpartition(" promised by ")[2]]: e for e in letters}
    assert {"softbank", "nvidia"} <= {*givers}
    for giver, event in givers.items():
        for key in (giver, named[event.agent]):
            assert event in events_of(recording(), last, key)
            assert event.id in events_frame(recording(), key)["id"].tolist()
        cells = [row.cells[1] for row in event_blocks(recording(), last, giver)[0].rows]
        assert any(cell.startswith(f"{event.agent} draws") for cell in cells)
        other = next(key for key in firms("clouds") if recording().name_of(key) not in event.text)
        assert event not in events_of(recording(), last, other)


def test_a_name_inside_another_is_not_taken_for_it() -> None:
    names = ("Cloud", "Google Cloud", "C")
    assert event_firms.named("signs compute at Google Cloud", names) == {"Google Cloud"}
    assert event_firms.named("signs compute at Cloud", names) == {"Cloud"}
    assert event_firms.named("Clouds sign", names) == frozenset()


def test_bills_are_receivables_of_the_one_and_payables_of_the_other() -> None:
    quarter, buyer, seller = next(
        (quarter, row["issuer_key"], row["holder_key"])
        for quarter in range(recording().quarters_recorded)
        for row in recording().claims(quarter).to_dict("records")
        if row["instrument"] == "receivables" and row["issuer_key"] in recording().firm_of
    )
    owns, owes = (sheet_blocks(recording(), quarter, key) for key in (seller, buyer))
    assert "receivables" in [row.cells[0] for row in owns[0].rows]
    debts = [row.cells[0] for row in owes[1].rows]
    assert "payables" in debts and "receivables" not in debts
    assert balance_frame(recording(), buyer)["payables"].iloc[quarter] < 0
