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
    circle_note,
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
from viz.words import WORDS, slug, texts_by_key

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
    return [Block(lines=(WORDS("network-panel-hint"),), links=links)]


def _firm(recording: Recording, picture: MoneyPicture, node: Node) -> list[Block]:
    lines = []
    if node.assets_usd is not None:
        lines.append(WORDS("network-assets", amount=money(node.assets_usd)) + ".")
    if node.distress:
        lines.append(WORDS(f"network-distress-{slug(node.distress)}").capitalize() + ".")
    if not is_firm(node):
        members = ", ".join(recording.name_of(key) for key in node.members)
        lines.append(WORDS("network-members", names=members))
    links = ((f"books:{node.key}", WORDS("network-open-firm")),) if is_firm(node) else ()
    incoming, outgoing = neighbours(picture, node.key)
    names = {each.key: each.name for each in picture.nodes}
    head = Block(f"{node.name} ({WORDS(f'network-kind-{node.kind}')})", tuple(lines), links=links)
    return [
        head,
        _arrows(WORDS("network-firm-in"), incoming, [names[a.payer] for a in incoming]),
        _arrows(WORDS("network-firm-out"), outgoing, [names[a.payee] for a in outgoing]),
        Block(note=WORDS("network-source", period=picture.period)),
    ]


def _arrows(title: str, arrows: list[Arrow], names: list[str]) -> Block:
    rows = tuple(
        Row((name, money(arrow.usd)), pick=f"flow:{arrow.payer}>{arrow.payee}")
        for arrow, name in zip(arrows[:_ARROWS], names, strict=False)
    )
    rest = arrows[_ARROWS:]
    more = (
        WORDS("network-more", count=len(rest), amount=money(sum(a.usd for a in rest)))
        if rest
        else ""
    )
    return Block(title, () if rows else (WORDS("network-nobody"),), rows=rows, note=more)


def _flow(
    recording: Recording, picture: MoneyPicture, scope: Scope, payer: Node, payee: Node
) -> list[Block]:
    arrow = picture.arrow(payer.key, payee.key)
    title = WORDS("network-flow-title", payer=payer.name, payee=payee.name)
    ends = ((f"firm:{payer.key}", payer.name), (f"firm:{payee.key}", payee.name))
    if arrow is None:
        nothing = WORDS(
            "network-flow-nothing", payer=payer.name, payee=payee.name, period=picture.period
        )
        return [Block(title, (nothing,), links=ends), *_ties(recording, picture, payer, payee)]
    lines = [
        WORDS(
            "network-flow-sum",
            amount=money(arrow.usd),
            period=picture.period,
            parts=arrow_parts(arrow),
        )
    ]
    if arrow.circular_usd >= 0.5e6:
        lines.append(
            WORDS("network-circle-sum", amount=money(arrow.circular_usd), payer=payer.name)
        )
    found = purposes(recording, picture, payer, payee, scope)
    rows = tuple(Row((words, money(usd))) for words, usd in found)
    return [
        Block(title, tuple(lines), links=ends),
        Block(WORDS("network-purposes"), rows=rows),
        *_ties(recording, picture, payer, payee),
        Block(note=WORDS("network-source", period=picture.period)),
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
            WORDS("network-contracts-between"),
            () if rows else (WORDS("network-no-contracts"),),
            head=tuple(WORDS.each("network-contract-head")) if rows else (),
            rows=rows,
            texts=2,
        )
    ]
    claims = 0
    for holder, issuer in ((payer, payee), (payee, payer)):
        held = claims_between(recording, last, holder, issuer)
        claims += len(held)
        if held:
            title = WORDS("network-claims-between", holder=holder.name, issuer=issuer.name)
            blocks.append(Block(title, rows=tuple(Row((w, money(usd))) for w, usd in held)))
    return blocks if claims else [*blocks, Block(lines=(WORDS("network-no-claims"),))]


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
_SCOPES, _COUNTS = ("ai", "all"), ("4", "7", "100")
"""What can be chosen: what is counted, and firms of each kind that are drawn."""
_LOOPS = 12
"""Circles that are listed."""


@solara.component
def NetworkPage(state: AppState) -> None:
    """Picture, circles, panel and streams of the quarter that is shown."""
    work, recording = use_work(state), state.recording
    if recording.quarters_recorded == 0:
        solara.Text(WORDS("live-nothing-recorded"))
        return
    quarter = min(state.quarter.value, recording.quarters_recorded - 1)
    period = work.choice("network_period", list(_QUARTERS), "year")
    scope = cast("Scope", work.choice("network_scope", _SCOPES, "ai"))
    count = work.choice("network_count", _COUNTS, "7")
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
        Field(
            "network_period",
            WORDS("network-choice-period"),
            "select",
            period,
            list(texts_by_key("network-period", _QUARTERS).items()),
        ),
        Field(
            "network_scope",
            WORDS("network-choice-scope"),
            "select",
            scope,
            list(texts_by_key("network-scope", _SCOPES).items()),
        ),
        Field(
            "network_count",
            WORDS("network-choice-count"),
            "select",
            count,
            list(texts_by_key("network-count", _COUNTS).items()),
        ),
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
    left_out = WORDS("network-note-ai") if scope == "ai" else ""
    notes = (circle_note(state.recording, picture.last), WORDS("network-note", left_out=left_out))
    ChartCard(
        WORDS("network-title"),
        network_option(picture, state.theme, selection=selection, loop=loop),
        question=question(picture),
        height="640px",
        label=label(picture),
        frame=partial(arrows_frame, picture),
        on_click=on_click,
        note=" ".join(notes).strip(),
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
        WORDS("network-panel-title"),
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
            return [Block(lines=(WORDS("network-loops-never"),))]
        name = recording.labels[largest[0]]
        sentence = WORDS("network-loops-none", label=name, index=percent(largest[1]))
        link = (f"quarter:{largest[0]}", WORDS("network-go-largest", label=name))
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
        links = ((f"quarter:{largest[0]}", WORDS("network-go-largest", label=name)),)
    return [Block(rows=rows, note=WORDS("network-loops-note"), links=links)]


def _loops(state: AppState, work: Work, recording: Recording, picture: MoneyPicture) -> None:
    RowsCard(
        WORDS("network-loops-title"),
        loop_blocks(recording, picture, chosen_loop(work, recording, picture)),
        question=WORDS("network-loops-question", period=picture.period),
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
        WORDS("network-sankey-title"),
        sankey_option(picture, state.theme),
        question=WORDS("network-sankey-question", period=picture.period),
        height=sankey_height(picture),
        frame=partial(arrows_frame, picture),
        on_click=on_click,
        name="streams",
    )
