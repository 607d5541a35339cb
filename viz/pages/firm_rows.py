"""Tables of the inspector of one firm: its standing, balance sheet, contracts and decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from market.units import money
from viz.charts.event_marks import LOOKS
from viz.recording.event_firms import involves, words_for
from viz.recording.firm_books import OWN_SHARES, debt_name
from viz.recording.money_detail import contracts_between, state_of
from viz.recording.money_picture import Node
from viz.widgets.rows import Block, Row
from viz.words.firms import (
    CONTRACTS_HEAD,
    CONTRACTS_NONE,
    EVENTS_MORE,
    EVENTS_NONE,
    HEAD,
    MORE,
    OPEN_NETWORK,
    OWNER_HEAD,
    OWNS,
    RUNWAY,
    RUNWAY_NONE,
    SHEET_ASSETS,
    SHEET_DEBTS,
    SHEET_HEAD,
    SHEET_NOTHING,
    SHEET_SHARES,
    STATES,
    WHY,
    WORTH,
)

if TYPE_CHECKING:
    import pandas as pd

    from market.events import Event
    from viz.recording.recording import Recording

_OWNERS, _HOLDINGS, _EVENTS, _CONTRACTS = 8, 12, 25, 20
_WORTH = {"labs": "valuation_usd", "clouds": "value_usd", "chipmakers": "value_usd"}


def head_blocks(recording: Recording, quarter: int, key: str) -> list[Block]:
    """How it stands with a firm at the end of a quarter, in sentences."""
    firm, values = recording.firm_of[key], recording.snapshots[quarter].firms[key]
    state = state_of(recording, quarter, key)
    lines = [STATES[state].format(name=firm.name)]
    if state not in ("failed", "outside"):
        amounts = {
            part: money(float(values.get(name) or 0.0))
            for part, name in (
                ("assets", "total_assets_usd"),
                ("debts", "debts_usd"),
                ("equity", "equity_usd"),
            )
        }
        lines.append(OWNS.format(**amounts))
        worth = values.get(_WORTH.get(firm.kind, ""))
        if worth:
            lines.append(WORTH.format(value=money(float(worth))))
        runway = values.get("runway_quarters")
        if runway is not None:
            lines.append(RUNWAY.format(quarters=f"{float(runway):.0f}"))
        elif "runway_quarters" in values:
            lines.append(RUNWAY_NONE)
    title = HEAD.format(name=firm.name, label=recording.labels[quarter])
    return [Block(title, (" ".join(lines),), links=((f"network:{key}", OPEN_NETWORK),))]


def sheet_blocks(recording: Recording, quarter: int, key: str) -> list[Block]:
    """Balance sheet of a firm: what it owns, what it owes, and to whom its shares belong."""
    claims = recording.claims(quarter)
    held = claims[claims["holder_key"] == key]
    issued = claims[claims["issuer_key"] == key]
    is_share = issued["instrument"].isin(OWN_SHARES)
    debts = issued[~is_share].assign(instrument=lambda table: table["instrument"].map(debt_name))
    blocks = [
        _holdings(SHEET_ASSETS, held, "issuer"),
        _holdings(SHEET_DEBTS, debts, "holder"),
    ]
    owners = _sums(issued[is_share], "holder")
    if owners:
        rows = tuple(Row((name, money(usd))) for name, usd in owners[:_OWNERS])
        blocks.append(Block(SHEET_SHARES, head=OWNER_HEAD, rows=rows, note=_rest(owners, _OWNERS)))
    return blocks


def _holdings(title: str, claims: pd.DataFrame, other: str) -> Block:
    columns = (claims[name].tolist() for name in ("instrument", other, "usd"))
    rows = sorted(zip(*columns, strict=True), key=lambda row: (-row[2], row[0], row[1]))
    if not rows:
        return Block(title, (SHEET_NOTHING,))
    shown = [Row((what, name, money(usd))) for what, name, usd in rows[:_HOLDINGS]]
    shown.append(Row(("Sum", "", money(sum(row[2] for row in rows))), is_sum=True))
    rest = _rest([(what, usd) for what, _, usd in rows], _HOLDINGS)
    return Block(title, head=SHEET_HEAD, rows=tuple(shown), note=rest, texts=2)


def _sums(claims: pd.DataFrame, by: str) -> list[tuple[str, float]]:
    sums: dict[str, float] = {}
    for name, usd in zip(claims[by].tolist(), claims["usd"].tolist(), strict=True):
        sums[name] = sums.get(name, 0.0) + usd
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def _rest(pairs: list[tuple[str, float]], shown: int) -> str:
    rest = pairs[shown:]
    return MORE.format(count=len(rest), amount=money(sum(usd for _, usd in rest))) if rest else ""


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
        return [Block(lines=(CONTRACTS_NONE.format(name=firm.name, label=label),))]
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
    return [Block(head=CONTRACTS_HEAD, rows=rows, note=_rest(rest, _CONTRACTS), texts=3)]


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
        words = {"name": recording.firm_of[key].name, "label": recording.labels[quarter]}
        return [Block(lines=(EVENTS_NONE.format(**words),))]
    rows = tuple(
        Row(
            (recording.labels[event.quarter], words_for(recording, event, key)),
            pick=f"quarter:{event.quarter}",
            more=(f"why:{event.id}", WHY),
            tone=_tone(event.kind),
        )
        for event in found[:_EVENTS]
    )
    rest = len(found) - len(rows)
    note = EVENTS_MORE.format(count=rest) if rest > 0 else ""
    return [Block(rows=rows, note=note, texts=2)]


def _tone(kind: str) -> str:
    severity = LOOKS.get(kind, ("", ""))[0]
    return severity if severity in ("bad", "warning", "good") else ""


def events_frame(recording: Recording, key: str) -> pd.DataFrame:
    """Table of all events that involve a firm."""
    table = recording.events_frame()
    ids = [event.id for event in recording.events if involves(recording, event, key)]
    return table[table["id"].isin(ids)].reset_index(drop=True)
