"""Firms: one firm through time, and the books of the whole economy in any quarter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import solara

from market.units import money
from viz.charts.firms import PANELS as FIRM_PANELS
from viz.charts.firms import (
    FirmPanel,
    firm_frame,
    firm_option,
    matrix_height,
    matrix_option,
    stack_option,
    used,
    zero_check,
)
from viz.charts.payers import borne, payers_height, payers_option, shares_words
from viz.charts.series import LOOKS
from viz.recording.firms import (
    OWN_SHARES,
    balance_frame,
    debt_name,
    involves,
    money_frame,
    words_for,
)
from viz.recording.money import Node, contracts_between, state_of
from viz.session.work import Work, use_work
from viz.widgets.chart_card import ChartCard
from viz.widgets.form import Field, Form
from viz.widgets.rows import Block, Row, RowsCard
from viz.widgets.safe import Text
from viz.words import WORDS, slug, texts_by_key

if TYPE_CHECKING:
    import pandas as pd

    from market.events import Event
    from viz.recording.recording import MatrixKind, Recording
    from viz.session.state import AppState


_OWNERS, _HOLDINGS, _EVENTS, _CONTRACTS = 8, 12, 25, 20
_MATRICES = ("balance-sheet", "transactions-flow", "revaluation")
_COLUMNS = ("sector", "party")
"""How the columns of a matrix are made."""
_WORTH = {
    "labs": "valuation_usd",
    "startups": "valuation_usd",
    "clouds": "value_usd",
    "chipmakers": "value_usd",
}


def head_blocks(recording: Recording, quarter: int, key: str) -> list[Block]:
    """How it stands with a firm at the end of a quarter, in sentences."""
    firm, values = recording.firm_of[key], recording.snapshots[quarter].firms[key]
    state = state_of(recording, quarter, key)
    lines = [WORDS(f"firms-state-{slug(state or 'in business')}", name=firm.name)]
    if state not in ("failed", "in administration", "outside"):
        assets, debts, equity = (
            money(float(values.get(name) or 0.0))
            for name in ("total_assets_usd", "debts_usd", "equity_usd")
        )
        lines.append(WORDS("firms-owns", assets=assets, debts=debts, equity=equity))
        worth = values.get(_WORTH.get(firm.kind, ""))
        if worth:
            lines.append(WORDS("firms-worth", value=money(float(worth))))
        runway = values.get("runway_quarters")
        if runway is not None:
            lines.append(WORDS("firms-runway", quarters=f"{float(runway):.0f}"))
        elif "runway_quarters" in values:
            lines.append(WORDS("firms-runway-none"))
    title = WORDS("firms-head", name=firm.name, label=recording.labels[quarter])
    return [
        Block(title, (" ".join(lines),), links=((f"network:{key}", WORDS("firms-open-network")),))
    ]


def sheet_blocks(recording: Recording, quarter: int, key: str) -> list[Block]:
    """Balance sheet of a firm: what it owns, what it owes, and to whom its shares belong."""
    claims = recording.claims(quarter)
    held = claims[claims["holder_key"] == key]
    issued = claims[claims["issuer_key"] == key]
    is_share = issued["instrument"].isin(OWN_SHARES)
    debts = issued[~is_share].assign(instrument=lambda table: table["instrument"].map(debt_name))
    blocks = [
        _holdings(WORDS("firms-sheet-assets"), held, "issuer"),
        _holdings(WORDS("firms-sheet-debts"), debts, "holder"),
    ]
    owners = _sums(issued[is_share], "holder")
    if owners:
        rows = tuple(Row((name, money(usd))) for name, usd in owners[:_OWNERS])
        blocks.append(
            Block(
                WORDS("firms-sheet-shares"),
                head=tuple(WORDS.each("firms-owner-head")),
                rows=rows,
                note=_rest(owners, _OWNERS),
            )
        )
    return blocks


def _holdings(title: str, claims: pd.DataFrame, other: str) -> Block:
    columns = (claims[name].tolist() for name in ("instrument", other, "usd"))
    rows = sorted(zip(*columns, strict=True), key=lambda row: (-row[2], row[0], row[1]))
    if not rows:
        return Block(title, (WORDS("firms-sheet-nothing"),))
    shown = [Row((what, name, money(usd))) for what, name, usd in rows[:_HOLDINGS]]
    shown.append(
        Row((WORDS("firms-sheet-sum"), "", money(sum(row[2] for row in rows))), is_sum=True)
    )
    rest = _rest([(what, usd) for what, _, usd in rows], _HOLDINGS)
    return Block(
        title, head=tuple(WORDS.each("firms-sheet-head")), rows=tuple(shown), note=rest, texts=2
    )


def _sums(claims: pd.DataFrame, by: str) -> list[tuple[str, float]]:
    sums: dict[str, float] = {}
    for name, usd in zip(claims[by].tolist(), claims["usd"].tolist(), strict=True):
        sums[name] = sums.get(name, 0.0) + usd
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def _rest(pairs: list[tuple[str, float]], shown: int) -> str:
    rest = pairs[shown:]
    return (
        WORDS("firms-more", count=len(rest), amount=money(sum(usd for _, usd in rest)))
        if rest
        else ""
    )


def sheet_frame(recording: Recording, quarter: int, key: str) -> pd.DataFrame:
    """Claims and real assets of a firm, and claims on it, at the end of a quarter, USD."""
    claims = recording.claims(quarter)
    mine = claims[(claims["holder_key"] == key) | (claims["issuer_key"] == key)]
    return mine.drop(columns=["holder_key", "issuer_key"]).reset_index(drop=True)


def contract_blocks(recording: Recording, quarter: int, key: str) -> list[Block]:
    """Compute contracts of a firm as they stood at the end of a quarter."""
    firm = recording.firm_of[key]
    node = Node(key, firm.name, firm.kind, (key,))
    found = contracts_between(recording, quarter, node)
    if not found:
        label = recording.labels[quarter]
        return [Block(lines=(WORDS("firms-contracts-none", name=firm.name, label=label),))]
    rows = tuple(
        Row(
            (
                c.buyer,
                c.seller,
                c.begins,
                *(money(usd) for usd in (c.total_usd, c.delivered_usd, c.left_usd)),
                money(c.cancelled_usd),
            ),
            tone="bad" if c.cancelled_usd >= 0.5e6 else "",
        )
        for c in found[:_CONTRACTS]
    )
    rest = [(c.buyer, c.left_usd) for c in found]
    return [
        Block(
            head=tuple(WORDS.each("firms-contracts-head")),
            rows=rows,
            note=_rest(rest, _CONTRACTS),
            texts=3,
        )
    ]


def contracts_frame(recording: Recording, quarter: int, key: str) -> pd.DataFrame:
    """Table of all compute contracts of a firm."""
    table = recording.contracts(quarter)
    if table.empty:
        return table
    mine = table[(table["lab_key"] == key) | (table["cloud_key"] == key)]
    return mine.reset_index(drop=True)


def events_of(recording: Recording, quarter: int, key: str) -> list[Event]:
    """What happened to a firm, or between it and another, up to a quarter, newest first."""
    return [
        event
        for event in reversed(recording.events)
        if event.quarter <= quarter and involves(recording, event, key)
    ]


def event_blocks(recording: Recording, quarter: int, key: str) -> list[Block]:
    """Events of a firm as a table; each can be asked why."""
    found = events_of(recording, quarter, key)
    if not found:
        name, label = recording.firm_of[key].name, recording.labels[quarter]
        return [Block(lines=(WORDS("firms-events-none", name=name, label=label),))]
    rows = tuple(
        Row(
            (recording.labels[event.quarter], words_for(recording, event, key)),
            pick=f"quarter:{event.quarter}",
            more=(f"why:{event.id}", WORDS("firms-why")),
            tone=_tone(event.kind),
        )
        for event in found[:_EVENTS]
    )
    rest = len(found) - len(rows)
    note = WORDS("firms-events-more", count=rest) if rest > 0 else ""
    return [Block(rows=rows, note=note, texts=2)]


def _tone(kind: str) -> str:
    severity = LOOKS.get(kind, ("", ""))[0]
    return severity if severity in ("bad", "warning", "good") else ""


def events_frame(recording: Recording, key: str) -> pd.DataFrame:
    """Table of all events that involve a firm."""
    table = recording.events_frame()
    ids = [event.id for event in recording.events if involves(recording, event, key)]
    return table[table["id"].isin(ids)].reset_index(drop=True)


# --- firms


@solara.component
def FirmsPage(state: AppState) -> None:
    """The inspector of the firm that was picked, and the matrices."""
    work, recording = use_work(state), state.recording
    if recording.quarters_recorded == 0:
        solara.Text(WORDS("live-nothing-recorded"))
        return
    quarter = min(state.quarter.value, recording.quarters_recorded - 1)
    key = chosen_firm(recording, state.selection.value)
    with solara.Div(classes=["kh-column"]):
        _choice(state, recording, key)
        with solara.Div(classes=["kh-two"]):
            with solara.Div(classes=["kh-column"]):
                _standing(state, recording, quarter, key)
                _payers(state, recording, quarter, key)
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
    """Follow a link of the page: to a quarter, to what came before an event, to the network."""
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
    options = [(f.key, f"{f.name} ({WORDS(f'firms-kind-{f.kind}')})") for f in recording.firms]
    Form(
        [Field("firm", WORDS("firms-choice"), "select", key, options)],
        name="firms-form",
        on_change=lambda _key, value: state.selection.set(f"firm:{value}"),
    )


def _standing(state: AppState, recording: Recording, quarter: int, key: str) -> None:
    RowsCard(
        WORDS("firms-head-title"),
        head_blocks(recording, quarter, key),
        name="firm-head",
        on_pick=partial(follow, state),
    )


def failure_of(recording: Recording, quarter: int, key: str) -> int | None:
    """Id of the failure of a firm up to a quarter; None when it has not failed."""
    name = recording.name_of(key)
    found = (
        event.id
        for event in recording.events
        if (event.kind, event.agent) == ("default", name) and event.quarter <= quarter
    )
    return next(found, None)


def payers_words(table: pd.DataFrame) -> str:
    """The line under the chart: what is lost in all, shares beside it, and what it does not say."""
    lost = float(table["lost_usd"].sum())
    first = WORDS("firms-payers-sum", amount=money(lost))
    if money(lost) == money(0.0):
        first = WORDS("firms-payers-none")
    parts = [first, shares_words(table), WORDS("firms-payers-twin")]
    return " ".join(part for part in parts if part)


def _payers(state: AppState, recording: Recording, quarter: int, key: str) -> None:
    """Who pays for the failure of a firm, when it has failed."""
    event = failure_of(recording, quarter, key)
    if event is None:
        return
    table, title = recording.losses(event, quarter), WORDS("firms-payers-title")
    if borne(table).empty:
        RowsCard(title, [Block(lines=(payers_words(table),))], name="firm-payers")
        return
    ChartCard(
        title,
        payers_option(table, state.theme),
        question=WORDS("firms-payers-question", label=recording.labels[quarter]),
        height=payers_height(table),
        frame=partial(recording.losses, event, quarter),
        note=payers_words(table),
        name="firm-payers",
    )


def _stacks(state: AppState, recording: Recording, quarter: int, key: str) -> None:
    name = recording.name_of(key)
    for title, shown, make, line, mark in (
        (
            WORDS("firms-balance-title"),
            WORDS("firms-balance-question", name=name),
            balance_frame,
            WORDS("firms-balance-line"),
            "firm-balance",
        ),
        (
            WORDS("firms-flows-title"),
            WORDS("firms-flows-question"),
            money_frame,
            WORDS("firms-flows-line"),
            "firm-flows",
        ),
    ):
        ChartCard(
            title,
            stack_option(make(recording, key), line, recording, state.theme, quarter),
            question=shown,
            height="290px",
            frame=partial(make, recording, key),
            name=mark,
        )


def _decisions(state: AppState, recording: Recording, quarter: int, key: str) -> None:
    RowsCard(
        WORDS("firms-events-title"),
        event_blocks(recording, quarter, key),
        question=WORDS("firms-events-question", label=recording.labels[quarter]),
        name="firm-events",
        on_pick=partial(follow, state),
        frame=partial(events_frame, recording, key),
    )


def _panel(state: AppState, recording: Recording, quarter: int, key: str, panel: FirmPanel) -> None:
    title = WORDS(f"firms-panel-{panel.key}-title")
    ChartCard(
        title,
        firm_option(recording, key, panel, state.theme, quarter, state.ghost),
        question=WORDS(f"firms-panel-{panel.key}-shown"),
        height="200px",
        frame=partial(firm_frame, recording, key, panel),
        name=f"firm-{panel.key}",
    )


def _contracts(recording: Recording, quarter: int, key: str) -> None:
    RowsCard(
        WORDS("firms-contracts-title"),
        contract_blocks(recording, quarter, key),
        question=WORDS("firms-contracts-question", label=recording.labels[quarter]),
        name="firm-contracts",
        frame=partial(contracts_frame, recording, quarter, key),
    )


def _sheet(recording: Recording, quarter: int, key: str) -> None:
    RowsCard(
        WORDS("firms-sheet-title", label=recording.labels[quarter]),
        sheet_blocks(recording, quarter, key),
        name="firm-sheet",
        frame=partial(sheet_frame, recording, quarter, key),
    )


def _matrices(state: AppState, work: Work, recording: Recording, quarter: int) -> None:
    kinds = texts_by_key("firms-matrix-kind", _MATRICES)
    columns = texts_by_key("firms-matrix-by", _COLUMNS)
    kind = cast("MatrixKind", work.choice("matrix_kind", list(kinds), "balance-sheet"))
    by: Any = work.choice("matrix_by", list(columns), "sector")
    Text("h2", WORDS("firms-matrix-intro"))
    fields = [
        Field("matrix_kind", WORDS("firms-matrix-choice"), "select", kind, list(kinds.items())),
        Field("matrix_by", WORDS("firms-matrix-by-choice"), "select", by, list(columns.items())),
    ]
    Form(fields, name="matrix-form", on_change=work.choose)
    matrix, label = recording.matrix(kind, quarter, by), recording.labels[quarter]
    if len(used(matrix)) < 2:
        Text("p", WORDS("firms-matrix-none", label=label), classes=["kh-empty"])
        return
    check = zero_check(matrix)
    words = WORDS("firms-zero-not", wrong=check.wrong, count=check.count)
    if check.wrong == 0:
        words = WORDS("firms-zero-all", count=check.count)
    with solara.Div(classes=["kh-scroll-x"]):
        ChartCard(
            WORDS(f"firms-matrix-title-{kind}"),
            matrix_option(matrix, state.theme),
            question=WORDS(f"firms-matrix-question-{kind}", label=label),
            height=matrix_height(matrix),
            frame=partial(recording.matrix, kind, quarter, by),
            note=f"{words} {WORDS('firms-zero-reason')}",
            name=f"matrix-{kind}",
        )
