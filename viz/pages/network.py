"""Money network: who pays whom, what runs in circles, and what an arrow is made of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import solara

from market.units import money
from viz.charts.network import arrows_frame, clicked, network_option, sankey_height, sankey_option
from viz.recording.money import (
    MoneyPicture,
    Scope,
    arrow_parts,
    claims_between,
    contracts_between,
    is_firm,
    label,
    largest_circle,
    money_picture,
    neighbours,
    percent,
    purposes,
    question,
)
from viz.session.work import Work, use_work
from viz.widgets.chart_card import ChartCard
from viz.widgets.form import Field, Form
from viz.widgets.rows import Block, Row, RowsCard
from viz.words.live import NOTHING_RECORDED
from viz.words.network import (
    ASSETS,
    CHOICES,
    CIRCLE_SUM,
    CLAIMS_BETWEEN,
    CONTRACT_HEAD,
    CONTRACTS_BETWEEN,
    COUNTS,
    DISTRESS,
    FIRM_IN,
    FIRM_OUT,
    FLOW_NOTHING,
    FLOW_SUM,
    FLOW_TITLE,
    GO_LARGEST,
    GROUP_MEMBERS,
    KINDS,
    LOOPS_NEVER,
    LOOPS_NONE,
    LOOPS_NOTE,
    LOOPS_QUESTION,
    LOOPS_TITLE,
    MORE,
    NO_CLAIMS,
    NO_CONTRACTS,
    NOBODY,
    NOTE,
    NOTE_AI,
    OPEN_FIRM,
    PANEL_HINT,
    PANEL_TITLE,
    PERIODS,
    PURPOSES,
    SANKEY_QUESTION,
    SANKEY_TITLE,
    SCOPES,
    SOURCE,
    TITLE,
)

if TYPE_CHECKING:
    import pandas as pd

    from viz.recording.money import Arrow, Node
    from viz.recording.recording import Recording
    from viz.session.state import AppState


_ARROWS = 8
"""Payers and payees of a firm that are listed."""


def panel_blocks(
    recording: Recording, picture: MoneyPicture, scope: Scope, selection: str | None
) -> list[Block]:
    """The panel of what was picked; without a pick the firms to choose from.

    Args:
        recording: the world.
        picture: what is drawn.
        scope: what of it is counted.
        selection: "firm:KEY" or "flow:PAYER>PAYEE", both in the picture, or None.
    """
    kind, _, what = (selection or "").partition(":")
    if kind == "firm" and (node := picture.node(what)) is not None:
        return _firm(recording, picture, node)
    if kind == "flow":
        ends = [picture.node(key) for key in what.split(">")]
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            return _flow(recording, picture, scope, ends[0], ends[1])
    links = tuple((f"firm:{node.key}", node.name) for node in picture.nodes)
    return [Block(lines=(PANEL_HINT,), links=links)]


def _firm(recording: Recording, picture: MoneyPicture, node: Node) -> list[Block]:
    lines = []
    if node.assets_usd is not None:
        lines.append(ASSETS.format(amount=money(node.assets_usd)) + ".")
    if node.distress:
        lines.append(DISTRESS[node.distress].capitalize() + ".")
    if not is_firm(node):
        members = ", ".join(recording.name_of(key) for key in node.members)
        lines.append(GROUP_MEMBERS.format(names=members))
    links = ((f"books:{node.key}", OPEN_FIRM),) if is_firm(node) else ()
    incoming, outgoing = neighbours(picture, node.key)
    names = {each.key: each.name for each in picture.nodes}
    head = Block(f"{node.name} ({KINDS[node.kind]})", tuple(lines), links=links)
    return [
        head,
        _arrows(FIRM_IN, incoming, [names[a.payer] for a in incoming]),
        _arrows(FIRM_OUT, outgoing, [names[a.payee] for a in outgoing]),
        Block(note=SOURCE.format(period=picture.period)),
    ]


def _arrows(title: str, arrows: list[Arrow], names: list[str]) -> Block:
    rows = tuple(
        Row((name, money(arrow.usd)), pick=f"flow:{arrow.payer}>{arrow.payee}")
        for arrow, name in zip(arrows[:_ARROWS], names, strict=False)
    )
    rest = arrows[_ARROWS:]
    more = MORE.format(count=len(rest), amount=money(sum(a.usd for a in rest))) if rest else ""
    return Block(title, () if rows else (NOBODY,), rows=rows, note=more)


def _flow(
    recording: Recording, picture: MoneyPicture, scope: Scope, payer: Node, payee: Node
) -> list[Block]:
    arrow = picture.arrow(payer.key, payee.key)
    title = FLOW_TITLE.format(payer=payer.name, payee=payee.name)
    ends = ((f"firm:{payer.key}", payer.name), (f"firm:{payee.key}", payee.name))
    if arrow is None:
        nothing = FLOW_NOTHING.format(payer=payer.name, payee=payee.name, period=picture.period)
        return [Block(title, (nothing,), links=ends), *_ties(recording, picture, payer, payee)]
    lines = [
        FLOW_SUM.format(amount=money(arrow.usd), period=picture.period, parts=arrow_parts(arrow))
    ]
    if arrow.circular_usd >= 0.5e6:
        lines.append(CIRCLE_SUM.format(amount=money(arrow.circular_usd), payer=payer.name))
    found = purposes(recording, picture, payer, payee, scope)
    rows = tuple(Row((words, money(usd))) for words, usd in found)
    return [
        Block(title, tuple(lines), links=ends),
        Block(PURPOSES, rows=rows),
        *_ties(recording, picture, payer, payee),
        Block(note=SOURCE.format(period=picture.period)),
    ]


def _ties(recording: Recording, picture: MoneyPicture, payer: Node, payee: Node) -> list[Block]:
    """Contracts and claims between two nodes at the end of the period."""
    last = picture.last
    rows = tuple(
        Row((c.buyer, c.begins, money(c.total_usd), money(c.delivered_usd), money(c.left_usd)))
        for c in contracts_between(recording, last, payer, payee)
    )
    blocks = [
        Block(
            CONTRACTS_BETWEEN,
            () if rows else (NO_CONTRACTS,),
            head=CONTRACT_HEAD if rows else (),
            rows=rows,
            texts=2,
        )
    ]
    claims = 0
    for holder, issuer in ((payer, payee), (payee, payer)):
        held = claims_between(recording, last, holder, issuer)
        claims += len(held)
        if held:
            title = CLAIMS_BETWEEN.format(holder=holder.name, issuer=issuer.name)
            blocks.append(Block(title, rows=tuple(Row((w, money(usd))) for w, usd in held)))
    return blocks if claims else [*blocks, Block(lines=(NO_CLAIMS,))]


def panel_frame(
    recording: Recording, picture: MoneyPicture, scope: Scope, selection: str
) -> pd.DataFrame:
    """Table of what was picked: of an arrow its purposes, of a firm its arrows; USD."""
    import pandas as pd

    kind, _, what = selection.partition(":")
    columns = ["period", "payer", "payee", "purpose", "usd"]
    names = {node.key: node.name for node in picture.nodes}
    if kind == "flow":
        ends = [picture.node(key) for key in what.split(">")]
        pairs = [(ends[0], ends[1])]
    else:
        arrows = [a for each in neighbours(picture, what) for a in each]
        pairs = [(picture.node(a.payer), picture.node(a.payee)) for a in arrows]
    rows = [
        (picture.period, names[payer.key], names[payee.key], words, usd)
        for payer, payee in pairs
        if payer is not None and payee is not None
        for words, usd in purposes(recording, picture, payer, payee, scope)
    ]
    return pd.DataFrame(rows, columns=columns)


# --- money network


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
