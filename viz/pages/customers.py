"""Customers: who buys from whom, who leaves whom, and what it takes to make them leave."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any

import solara

from viz.charts.customers import (
    costs_frame,
    costs_option,
    lab_colours,
    lab_values,
    labs_frame,
    moves_option,
    prices_option,
    seats_option,
    streams_option,
    switched,
    would_go,
)
from viz.charts.series import shares_frame, shares_option
from viz.recording.firms import KIND, already_cut, cut_status, no_offers, sellers
from viz.recording.money import period_of
from viz.session.work import Work, use_work
from viz.widgets.chart_card import ChartCard
from viz.widgets.form import Button, Field, Form
from viz.widgets.rows import Block, Row, RowsCard
from viz.widgets.safe import Text
from viz.words import WORDS, texts_by_key

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.session.state import AppState

DEFAULT_CUT_EUR, MOST_CUT_EUR, CUT_STEP_EUR = 3.0, 30.0, 0.5
"""Cut that the control offers, the largest that it takes, and its steps, EUR per seat per month."""


@solara.component
def CustomersPage(state: AppState) -> None:
    """Seats, prices, moves, switching costs and the control of a price cut."""
    work, recording = use_work(state), state.recording
    if recording.quarters_recorded == 0:
        solara.Text(WORDS("live-nothing-recorded"))
        return
    quarter = min(state.quarter.value, recording.quarters_recorded - 1)
    with solara.Div(classes=["kh-column"]):
        _cut(state, work, recording, quarter)
        with solara.Div(classes=["kh-two"]):
            _costs(state, recording, quarter)
            with solara.Div(classes=["kh-column"]):
                _gaps(recording, quarter)
                _prices(state, recording, quarter)
        with solara.Div(classes=["kh-grid"]):
            _through_time(state, recording, quarter)
        _moves(state, work, recording, quarter)


def cut_price(state: AppState, work: Work, key: str, eur: float) -> None:
    """Make a lab cheaper from the quarter that is shown; the world without it is the ghost."""
    from viz.world.worlds import ShockStep, WorldProblem

    session = state.session
    work.choices["cut_at"] = session.cursor
    try:
        said = already_cut(session.world, ShockStep(session.cursor, KIND, key, eur))
        work.choices["cut_problem"] = said
        if not said:
            session.shock(KIND, key, eur)
    except WorldProblem as problem:
        work.choices["cut_problem"] = str(problem)
    state.touch()


def _cut(state: AppState, work: Work, recording: Recording, quarter: int) -> None:
    keys, label = sellers(recording, quarter), recording.labels[quarter]
    Text("h2", WORDS("customers-cut-title"), classes=["kh-card-title"])
    is_last = quarter >= recording.quarters - 1
    middle = recording.quarters // 3
    back = Button(
        "cut-back", WORDS("customers-cut-back", label=recording.labels[middle]), primary=True
    )

    def chosen() -> tuple[str, float]:  # read when pressed: a choice may be younger than the page
        eur = float(work.choices.get("cut_eur", DEFAULT_CUT_EUR))
        return work.choice("cut_lab", keys, keys[0] if keys else ""), eur

    def press(button: str) -> None:
        if button == "cut-back":
            state.show_quarter(middle)
        elif keys:
            cut_price(state, work, *chosen())

    names = [(each, recording.name_of(each)) for each in keys] or [
        ("", WORDS("customers-cut-no-lab"))
    ]
    key, eur = chosen()
    fields = [
        Field("cut_lab", WORDS("customers-cut-lab"), "select", key, names, disabled=not keys),
        Field(
            "cut_eur",
            WORDS("customers-cut-eur"),
            "number",
            eur,
            low=CUT_STEP_EUR,
            high=MOST_CUT_EUR,
            step=CUT_STEP_EUR,
        ),
    ]
    button = Button(
        "cut", WORDS("customers-cut-button", label=label), primary=True, disabled=not keys
    )
    why_not = (
        WORDS("customers-cut-last")
        if is_last
        else ""
        if keys
        else WORDS("customers-cut-none", label=label)
    )
    said = cut_status(recording) if state.ghost is not None or not why_not else ""
    is_here = work.choices.get("cut_at") == quarter
    problem = str(work.choices.get("cut_problem", "")) if is_here else ""
    Form(
        fields,
        [back] if is_last else [button],
        name="cut-form",
        on_change=work.choices.__setitem__,  # not drawn again: nothing else depends on it
        on_press=press,
        status=f"{said} {why_not}".strip(),
        problem=problem,
    )


def _costs(state: AppState, recording: Recording, quarter: int) -> None:
    ChartCard(
        WORDS("customers-costs-title"),
        costs_option(recording, quarter, state.theme),
        question=f"{WORDS('customers-costs-question')} ({recording.labels[quarter]})",
        height="400px",
        frame=partial(costs_frame, recording, quarter),
        note=WORDS("customers-costs-note"),
        name="switching-costs",
    )


def gap_blocks(recording: Recording, quarter: int) -> list[Block]:
    """Offers of a quarter, and what moving would bring to the customers of each lab."""
    state = recording.snapshots[quarter].customers
    shares = would_go(state)
    rows = []
    for lab, key in enumerate(state.keys):
        price, gap, best = (
            float(state.prices[lab]),
            float(state.gaps[lab]),
            int(state.best[lab]),
        )
        if isnan(price):
            continue
        share = shares[lab]
        rows.append(
            Row(
                (
                    recording.name_of(key),
                    f"{price:.2f}",
                    recording.name_of(state.keys[best]) if best >= 0 else "",
                    "" if isnan(gap) else f"{gap:+.2f}",
                    "" if share is None else f"{100 * share:.0f}%",
                ),
                tone="bad" if share is not None and share >= 0.1 else "",
            )
        )
    if not rows:
        return [Block(lines=(no_offers(recording, quarter),))]
    lines = (WORDS("customers-gaps-none"),) if len(rows) == 1 else ()
    away = [recording.name_of(k) for k in state.keys if k not in sellers(recording, quarter)]
    note = WORDS("customers-not-on-offer", names=", ".join(away)) if away else ""
    return [
        Block(
            lines=lines, head=tuple(WORDS.each("customers-gaps-head")), rows=tuple(rows), note=note
        )
    ]


def _gaps(recording: Recording, quarter: int) -> None:
    RowsCard(
        WORDS("customers-gaps-title"),
        gap_blocks(recording, quarter),
        question=WORDS("customers-gaps-question", label=recording.labels[quarter]),
        name="gaps",
        frame=partial(costs_frame, recording, quarter),
    )


def _through_time(state: AppState, recording: Recording, quarter: int) -> None:
    theme, ghost = state.theme, state.ghost
    if not lab_values(recording, "seats"):
        Text("p", WORDS("customers-no-seats"), classes=["kh-empty"])
        return
    ChartCard(
        WORDS("customers-seats-title"),
        seats_option(recording, theme, quarter),
        question=WORDS("customers-seats-question"),
        frame=partial(labs_frame, recording, "seats"),
        name="seats",
    )
    ChartCard(
        WORDS("customers-shares-title"),
        shares_option(recording, theme, quarter, ghost),
        question=WORDS("customers-shares-question")
        if ghost is None
        else WORDS("customers-shares-ghost"),
        frame=partial(shares_frame, recording),
        name="seat-shares",
    )


def _prices(state: AppState, recording: Recording, quarter: int) -> None:
    if not lab_values(recording, "prices"):
        Text("p", WORDS("customers-no-offers"), classes=["kh-empty"])
        return
    ChartCard(
        WORDS("customers-prices-title"),
        prices_option(recording, state.theme, quarter, state.ghost),
        question=WORDS("customers-prices-question")
        if state.ghost is None
        else WORDS("customers-prices-ghost"),
        frame=partial(labs_frame, recording, "prices"),
        name="prices",
    )


def _moves(state: AppState, work: Work, recording: Recording, quarter: int) -> None:
    periods = texts_by_key("customers-period", ("quarter", "year", "run"))
    moves_or_all = texts_by_key("customers-with-new", ("moves", "all"))
    period = work.choice("moves_period", list(periods), "year")
    what = work.choice("moves_what", list(moves_or_all), "moves")
    fields = [
        Field(
            "moves_period",
            WORDS("customers-period-choice"),
            "select",
            period,
            list(periods.items()),
        ),
        Field(
            "moves_what",
            WORDS("customers-with-new-choice"),
            "select",
            what,
            list(moves_or_all.items()),
        ),
    ]
    Form(fields, name="moves-form", on_change=work.choose)
    quarters = {"quarter": 1, "year": 4}.get(period, quarter + 1)
    first, words = period_of(recording, quarter, quarters)
    moves = switched(recording, first, quarter, has_new=what == "all")
    if moves.empty:
        Text("p", WORDS("customers-no-moves", period=words), classes=["kh-empty"])
        return
    tints = {recording.name_of(k): v for k, v in lab_colours(recording, state.theme).items()}
    streams = streams_option(moves, tints, state.theme)
    pictures: tuple[tuple[str, str, dict[str, Any], str], ...] = (
        (
            WORDS("customers-moves-title"),
            WORDS("customers-moves-question", period=words),
            moves_option(moves, state.theme),
            "moves",
        ),
        (
            WORDS("customers-streams-title"),
            WORDS("customers-streams-question", period=words),
            streams,
            "move-streams",
        ),
    )
    with solara.Div(classes=["kh-grid"]):
        for title, shown, option, name in pictures:
            ChartCard(
                title,
                option,
                question=shown,
                height="300px",
                frame=partial(_moves_frame, recording, first, quarter),
                name=name,
            )


def _moves_frame(recording: Recording, first: int, last: int) -> Any:
    """Table of moves, newcomers and those who gave up included."""
    return switched(recording, first, last, has_new=True)
