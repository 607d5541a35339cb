"""Money network: who pays whom, what runs in circles, and what an arrow is made of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import solara

from market.units import money
from viz.charts.network import arrows_frame, clicked, network_option
from viz.charts.sankey import sankey_height, sankey_option
from viz.pages.money_panel import panel_blocks, panel_frame
from viz.recording.money_detail import largest_circle
from viz.recording.money_picture import MoneyPicture, Scope, money_picture
from viz.recording.money_words import label, percent, question
from viz.session.work import Work, use_work
from viz.widgets.card import ChartCard
from viz.widgets.form import Field, Form
from viz.widgets.rows import Block, Row, RowsCard
from viz.words.live import NOTHING_RECORDED
from viz.words.network import (
    CHOICES,
    COUNTS,
    GO_LARGEST,
    LOOPS_NEVER,
    LOOPS_NONE,
    LOOPS_NOTE,
    LOOPS_QUESTION,
    LOOPS_TITLE,
    NOTE,
    NOTE_AI,
    PANEL_TITLE,
    PERIODS,
    SANKEY_QUESTION,
    SANKEY_TITLE,
    SCOPES,
    TITLE,
)

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.session.state import AppState

_QUARTERS = {"quarter": 1, "year": 4}
_LOOPS = 12
"""Circles that are listed."""


@solara.component
def NetworkPage(state: AppState) -> None:
    """Picture, circles, panel and streams of the quarter that is shown."""
    work, recording = use_work(state), state.recording
    if recording.quarters_recorded == 0:
        solara.Text(NOTHING_RECORDED)
        return
    quarter = min(state.quarter.value, recording.quarters_recorded - 1)
    period = work.choice("network_period", list(PERIODS), "year")
    scope = cast("Scope", work.choice("network_scope", list(SCOPES), "ai"))
    count = work.choice("network_count", list(COUNTS), "7")
    picture = money_picture(recording, quarter, _QUARTERS[period], scope, int(count))
    with solara.Div(classes=["kh-column"]):
        _form(work, period, scope, count)
        _picture(state, work, picture, scope)
        with solara.Div(classes=["kh-two"]):
            _panel(state, recording, picture, scope)
            with solara.Div(classes=["kh-column"]):
                _loops(state, work, recording, picture)
        _streams(state, picture)


def _form(work: Work, period: str, scope: str, count: str) -> None:
    fields = [
        Field("network_period", CHOICES["period"], "select", period, list(PERIODS.items())),
        Field("network_scope", CHOICES["scope"], "select", scope, list(SCOPES.items())),
        Field("network_count", CHOICES["count"], "select", count, list(COUNTS.items())),
    ]
    Form(fields, name="network-form", on_change=work.choose)


def chosen_loop(work: Work, recording: Recording, picture: MoneyPicture) -> str:
    """The circle that was picked, if it is one of the period; else ""."""
    loop = str(work.choices.get("network_loop", ""))
    known = recording.cycles(picture.first, picture.last)["keys"].tolist()[:_LOOPS]
    return loop if loop in known else ""


def pick(state: AppState, work: Work, what: str) -> None:
    """Choose a firm, an arrow or a circle, or follow a link of the page."""
    kind, _, rest = what.partition(":")
    if kind == "loop":
        work.choose("network_loop", "" if work.choices.get("network_loop") == rest else rest)
    elif kind == "quarter":
        state.show_quarter(int(rest))
    elif kind == "books":
        with state.batch():
            state.selection.set(f"firm:{rest}")
            state.tab.set("firms")
    elif kind in ("firm", "flow"):
        work.choices["network_loop"] = ""
        state.selection.set(what)


def _picture(state: AppState, work: Work, picture: MoneyPicture, scope: Scope) -> None:
    def on_click(data: dict[str, Any]) -> None:
        found = clicked(data)
        if found:
            pick(state, work, found)

    loop = chosen_loop(work, state.recording, picture)
    selection = None if loop else in_picture(picture, state.selection.value)
    ChartCard(
        TITLE,
        network_option(picture, state.theme, selection=selection, loop=loop),
        question=question(picture),
        height="640px",
        label=label(picture),
        frame=partial(arrows_frame, picture),
        on_click=on_click,
        note=NOTE.format(left_out=NOTE_AI if scope == "ai" else ""),
        name="network",
    )


def in_picture(picture: MoneyPicture, selection: str | None) -> str | None:
    """What was picked, if this picture shows it."""
    kind, _, what = (selection or "").partition(":")
    if kind == "firm":
        return selection if picture.node(what) is not None else None
    payer, _, payee = what.partition(">")
    known = picture.node(payer) is not None and picture.node(payee) is not None
    return selection if kind == "flow" and known else None


def _panel(state: AppState, recording: Recording, picture: MoneyPicture, scope: Scope) -> None:
    work = use_work(state)
    selection = in_picture(picture, state.selection.value)
    RowsCard(
        PANEL_TITLE,
        panel_blocks(recording, picture, scope, selection),
        question="",
        name="network-detail",
        on_pick=partial(pick, state, work),
        frame=partial(panel_frame, recording, picture, scope, selection) if selection else None,
    )


def loop_blocks(recording: Recording, picture: MoneyPicture, chosen: str) -> list[Block]:
    """The circles of the period by name and amount, or a sentence why there is none."""
    table = recording.cycles(picture.first, picture.last)
    largest = largest_circle(recording)
    if table.empty:
        if largest is None:
            return [Block(lines=(LOOPS_NEVER,))]
        name = recording.labels[largest[0]]
        sentence = LOOPS_NONE.format(label=name, index=percent(largest[1]))
        link = (f"quarter:{largest[0]}", GO_LARGEST.format(label=name))
        return [Block(lines=(sentence,), links=(link,))]
    rows = tuple(
        Row(
            (str(row["cycle"]), money(float(row["amount_usd"]))),
            pick=f"loop:{row['keys']}",
            is_picked=row["keys"] == chosen,
        )
        for row in table.head(_LOOPS).to_dict("records")
    )
    links: tuple[tuple[str, str], ...] = ()
    if largest is not None and not picture.first <= largest[0] <= picture.last:
        name = recording.labels[largest[0]]
        links = ((f"quarter:{largest[0]}", GO_LARGEST.format(label=name)),)
    return [Block(rows=rows, note=LOOPS_NOTE, links=links)]


def _loops(state: AppState, work: Work, recording: Recording, picture: MoneyPicture) -> None:
    RowsCard(
        LOOPS_TITLE,
        loop_blocks(recording, picture, chosen_loop(work, recording, picture)),
        question=LOOPS_QUESTION.format(period=picture.period),
        name="loops",
        on_pick=partial(pick, state, work),
        frame=partial(recording.cycles, picture.first, picture.last),
    )


def _streams(state: AppState, picture: MoneyPicture) -> None:
    work = use_work(state)

    def on_click(data: dict[str, Any]) -> None:
        found = clicked(data)
        if found:
            pick(state, work, found)

    ChartCard(
        SANKEY_TITLE,
        sankey_option(picture, state.theme),
        question=SANKEY_QUESTION.format(period=picture.period),
        height=sankey_height(picture),
        frame=partial(arrows_frame, picture),
        on_click=on_click,
        name="streams",
    )
