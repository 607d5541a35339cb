"""Firms: one firm through time, and the books of the whole economy in any quarter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import solara

from viz.charts.firms import PANELS as FIRM_PANELS
from viz.charts.firms import FirmPanel, firm_frame, firm_option, stack_option
from viz.charts.matrices import matrix_height, matrix_option, used, zero_check
from viz.pages.firm_rows import (
    contract_blocks,
    contracts_frame,
    event_blocks,
    events_frame,
    head_blocks,
    sheet_blocks,
    sheet_frame,
)
from viz.recording.firm_books import balance_frame, money_frame
from viz.session.work import Work, use_work
from viz.widgets.card import ChartCard
from viz.widgets.form import Field, Form
from viz.widgets.rows import RowsCard
from viz.words.firms import (
    BALANCE_LINE,
    BALANCE_QUESTION,
    BALANCE_TITLE,
    CHOICE,
    CONTRACTS_QUESTION,
    CONTRACTS_TITLE,
    EVENTS_QUESTION,
    EVENTS_TITLE,
    FLOWS_LINE,
    FLOWS_QUESTION,
    FLOWS_TITLE,
    HEAD_TITLE,
    KIND_NAMES,
    MATRIX_BY,
    MATRIX_BY_CHOICE,
    MATRIX_CHOICE,
    MATRIX_INTRO,
    MATRIX_KINDS,
    MATRIX_NONE,
    MATRIX_QUESTION,
    MATRIX_TITLE,
    PANELS,
    SHEET_TITLE,
    ZERO_ALL,
    ZERO_NOT,
    ZERO_REASON,
)
from viz.words.live import NOTHING_RECORDED

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.recording.recording_tables import MatrixKind
    from viz.session.state import AppState


@solara.component
def FirmsPage(state: AppState) -> None:
    """The inspector of the firm that was picked, and the matrices."""
    work, recording = use_work(state), state.recording
    if recording.quarters_recorded == 0:
        solara.Text(NOTHING_RECORDED)
        return
    quarter = min(state.quarter.value, recording.quarters_recorded - 1)
    key = chosen_firm(recording, state.selection.value)
    with solara.Div(classes=["kh-column"]):
        _choice(state, recording, key)
        with solara.Div(classes=["kh-two"]):
            with solara.Div(classes=["kh-column"]):
                _standing(state, recording, quarter, key)
                _stacks(state, recording, quarter, key)
            with solara.Div(classes=["kh-column"]):
                _decisions(state, recording, quarter, key)
                _sheet(recording, quarter, key)
        with solara.Div(classes=["kh-grid"]):
            for panel in FIRM_PANELS[recording.firm_of[key].kind]:
                _panel(state, recording, quarter, key, panel)
        _contracts(recording, quarter, key)
        _matrices(state, work, recording, quarter)


def chosen_firm(recording: Recording, selection: str | None) -> str:
    """Key of the firm that was picked; the first lab when none was, or none of this world."""
    kind, _, what = (selection or "").partition(":")
    key = what if kind == "firm" else what.partition(">")[0]
    return key if key in recording.firm_of else recording.firms[0].key


def follow(state: AppState, what: str) -> None:
    """Follow a link of the page: to a quarter, to the causes of an event, to the network."""
    kind, _, rest = what.partition(":")
    if kind == "quarter":
        state.show_quarter(int(rest))
    elif kind == "why":
        state.event.set(int(rest))
    elif kind == "network":
        with state.batch():
            state.selection.set(f"firm:{rest}")
            state.tab.set("network")


def _choice(state: AppState, recording: Recording, key: str) -> None:
    options = [(f.key, f"{f.name} ({KIND_NAMES[f.kind]})") for f in recording.firms]
    Form(
        [Field("firm", CHOICE, "select", key, options)],
        name="firms-form",
        on_change=lambda _key, value: state.selection.set(f"firm:{value}"),
    )


def _standing(state: AppState, recording: Recording, quarter: int, key: str) -> None:
    RowsCard(
        HEAD_TITLE,
        head_blocks(recording, quarter, key),
        name="firm-head",
        on_pick=partial(follow, state),
    )


def _stacks(state: AppState, recording: Recording, quarter: int, key: str) -> None:
    name = recording.name_of(key)
    for title, asked, make, line, mark in (
        (BALANCE_TITLE, BALANCE_QUESTION, balance_frame, BALANCE_LINE, "firm-balance"),
        (FLOWS_TITLE, FLOWS_QUESTION, money_frame, FLOWS_LINE, "firm-flows"),
    ):
        ChartCard(
            title,
            stack_option(make(recording, key), line, recording, state.theme, quarter),
            question=asked.format(name=name),
            height="290px",
            frame=partial(make, recording, key),
            name=mark,
        )


def _decisions(state: AppState, recording: Recording, quarter: int, key: str) -> None:
    RowsCard(
        EVENTS_TITLE,
        event_blocks(recording, quarter, key),
        question=EVENTS_QUESTION.format(label=recording.labels[quarter]),
        name="firm-events",
        on_pick=partial(follow, state),
        frame=partial(events_frame, recording, key),
    )


def _panel(state: AppState, recording: Recording, quarter: int, key: str, panel: FirmPanel) -> None:
    title, shown = PANELS[panel.key]
    ChartCard(
        title,
        firm_option(recording, key, panel, state.theme, quarter, state.ghost),
        question=shown,
        height="200px",
        frame=partial(firm_frame, recording, key, panel),
        name=f"firm-{panel.key}",
    )


def _contracts(recording: Recording, quarter: int, key: str) -> None:
    RowsCard(
        CONTRACTS_TITLE,
        contract_blocks(recording, quarter, key),
        question=CONTRACTS_QUESTION.format(label=recording.labels[quarter]),
        name="firm-contracts",
        frame=partial(contracts_frame, recording, quarter, key),
    )


def _sheet(recording: Recording, quarter: int, key: str) -> None:
    RowsCard(
        SHEET_TITLE.format(label=recording.labels[quarter]),
        sheet_blocks(recording, quarter, key),
        name="firm-sheet",
        frame=partial(sheet_frame, recording, quarter, key),
    )


def _matrices(state: AppState, work: Work, recording: Recording, quarter: int) -> None:
    kind = cast("MatrixKind", work.choice("matrix_kind", list(MATRIX_KINDS), "balance-sheet"))
    by: Any = work.choice("matrix_by", list(MATRIX_BY), "sector")
    solara.HTML("h2", MATRIX_INTRO)
    fields = [
        Field("matrix_kind", MATRIX_CHOICE, "select", kind, list(MATRIX_KINDS.items())),
        Field("matrix_by", MATRIX_BY_CHOICE, "select", by, list(MATRIX_BY.items())),
    ]
    Form(fields, name="matrix-form", on_change=work.choose)
    matrix, label = recording.matrix(kind, quarter, by), recording.labels[quarter]
    if len(used(matrix)) < 2:
        solara.HTML("p", MATRIX_NONE.format(label=label), classes=["kh-empty"])
        return
    check = zero_check(matrix)
    words = ZERO_NOT.format(wrong=check.wrong, count=check.count)
    if check.wrong == 0:
        words = ZERO_ALL.format(count=check.count)
    with solara.Div(classes=["kh-scroll-x"]):
        ChartCard(
            MATRIX_TITLE[kind],
            matrix_option(matrix, state.theme),
            question=MATRIX_QUESTION[kind].format(label=label),
            height=matrix_height(matrix),
            frame=partial(recording.matrix, kind, quarter, by),
            note=f"{words} {ZERO_REASON}",
            name=f"matrix-{kind}",
        )
