"""The panel beside the money network: what was clicked, in sentences and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from market.units import money
from viz.recording.money_detail import (
    claims_between,
    contracts_between,
    is_firm,
    neighbours,
    purposes,
)
from viz.recording.money_words import arrow_parts
from viz.widgets.rows import Block, Row
from viz.words.network import (
    ASSETS,
    CIRCLE_SUM,
    CLAIMS_BETWEEN,
    CONTRACT_HEAD,
    CONTRACTS_BETWEEN,
    DISTRESS,
    FIRM_IN,
    FIRM_OUT,
    FLOW_NOTHING,
    FLOW_SUM,
    FLOW_TITLE,
    GROUP_MEMBERS,
    KINDS,
    MORE,
    NO_CLAIMS,
    NO_CONTRACTS,
    NOBODY,
    OPEN_FIRM,
    PANEL_HINT,
    PURPOSES,
    SOURCE,
)

if TYPE_CHECKING:
    import pandas as pd

    from viz.recording.money_picture import Arrow, MoneyPicture, Node, Scope
    from viz.recording.recording import Recording

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
