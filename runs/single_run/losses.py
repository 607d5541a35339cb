"""Who finally pays for a failure or a freeze: losses by channel, from who held to who bears them.

``booked_losses`` reads one history: what the books of a run say of an event. What the event changes
only a twin without it tells (``runs.twin_runs.losses``). Debts and shares stand side by side and
are never summed: a share has no face that could be lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from market.books.losses import (
    CHANNELS,
    CONTAGION,
    FIRE_SALES,
    FIRST,
    FUNDS,
    HOLDER,
    MARKS,
    REAL,
    SHARES,
    ChannelOf,
    Lines,
    Standing,
    changes_of_value,
    standing,
    who_pays,
)

if TYPE_CHECKING:
    from market.events import Event

By = Literal["sector", "party"]
LEAST_USD = 5e6
"""What is less is left out of texts and pictures."""
FORCED_SALES = ("margin call",)
"""Kinds of events whose postings are what forced sales do to prices."""

Column = tuple[str, str, str]
COLUMNS: tuple[Column, ...] = (
    *(
        (f"{channel.replace(' ', '_')}_usd", "USD", f"Debts lost as a holder: {meaning}.")
        for channel, meaning in (
            (FIRST, "own debts of the event"),
            (CONTAGION, "debts of firms that fail later"),
            (FIRE_SALES, "sales under the book value"),
            (MARKS, "all other changes of value"),
        )
    ),
    ("lost_usd", "USD", "Debts lost as a holder, through all channels."),
    ("passed_usd", "USD", "Taken over from funds it owns (+), or by the owners of its own (-)."),
    *(
        (f"borne_{channel.replace(' ', '_')}_usd", "USD", f"Finally borne of {channel}.")
        for channel in CHANNELS
    ),
    ("borne_usd", "USD", "Debts lost that it bears in the end."),
    ("capital_usd", "USD", "Worth before the event, of a fund what its owners have in it."),
    ("borne_bp", "bp", "What it bears in the end over its capital."),
    ("forgiven_usd", "USD", "Debts of its own that it owes no more."),
    ("shares_lost_usd", "USD", "Market value of shares lost as a holder; never add it to debts."),
    ("shares_borne_usd", "USD", "The same after funds passed it on to their owners."),
    ("fund_claims_lost_usd", "USD", "Fall of claims on funds by the books, income included."),
    ("real_assets_lost_usd", "USD", "Book value of real assets that are gone."),
)
"""Columns of the table of payers: name, unit, meaning."""
SPREAD = "borne_2se_usd"
"""Column of two standard errors of what each bears, in means over several pairs of twins."""


@dataclass(frozen=True)
class Losses:
    """What an event costs, and whom.

    Attributes:
        what: the event, as a clause: "the failure of Thin cloud in 2027Q1".
        how: what is counted, as a clause: "booked up to 2030Q1".
        lines: cents gained or lost.
        before: how all parties stood before it.
    """

    what: str
    how: str
    lines: Lines
    before: Standing

    def table(self, by: By = "sector") -> pd.DataFrame:
        """One row per sector or party, in the order of the ledger; columns as ``COLUMNS``."""
        sectors = self.before.sectors | {line.party: line.sector for line in self.lines}
        cells: dict[str, dict[str, int]] = {}
        for party, sector in sectors.items():
            name = sector if by == "sector" else party
            row = cells.setdefault(name, {column: 0 for column, *_ in COLUMNS})
            row["capital_usd"] += self.before.capital(party)
        group = sectors if by == "sector" else {party: party for party in sectors}
        for party, paid in who_pays(self.lines, self.before).items():
            row = cells[group[party]]
            for channel, lost, borne in zip(CHANNELS, paid.lost, paid.borne, strict=True):
                name = f"{channel.replace(' ', '_')}_usd"
                row[name] += lost
                row[f"borne_{name}"] += borne
            row["lost_usd"] += sum(paid.lost)
            row["borne_usd"] += sum(paid.borne)
            row["passed_usd"] += paid.passed
            row["forgiven_usd"] += paid.forgiven
        for party, paid in who_pays(self.lines, self.before, SHARES).items():
            cells[group[party]]["shares_lost_usd"] += sum(paid.lost)
            cells[group[party]]["shares_borne_usd"] += sum(paid.borne)
        for line, cents in self.lines.items():
            if line.block in (FUNDS, REAL) and line.side == HOLDER:
                column = "fund_claims_lost_usd" if line.block == FUNDS else "real_assets_lost_usd"
                cells[group[line.party]][column] -= cents
        return _frame(cells, by)

    def lines_frame(self) -> pd.DataFrame:
        """One row per line: party, sector, side, what, block, channel, gained_usd."""
        rows = [(*line, cents / 100) for line, cents in sorted(self.lines.items())]
        names = ["party", "sector", "side", "what", "block", "channel", "gained_usd"]
        return pd.DataFrame(rows, columns=names)

    def block_sum(self, block: str, side: str | None = None) -> int:
        """Cents gained in a block over all parties, on one side or both."""
        return sum(
            cents
            for line, cents in self.lines.items()
            if line.block == block and side in (None, line.side)
        )


def _frame(cells: dict[str, dict[str, int]], by: By) -> pd.DataFrame:
    frame = pd.DataFrame(
        [[row[column] for column, *_ in COLUMNS] for row in cells.values()],
        columns=[column for column, *_ in COLUMNS],
        dtype="int64",
    )
    capital, borne = frame["capital_usd"], frame["borne_usd"]
    money = [name for name, unit, _ in COLUMNS if unit == "USD"]
    found = frame.astype(dict.fromkeys(frame.columns, "float64"))
    found[money] = found[money] / 100
    found["borne_bp"] = (1e4 * borne / capital.where(capital > 0)).astype("float64")
    found.insert(0, by, list(cells))
    return found


# --- which loss belongs to which channel


def channels_of(events: Iterable[Event], since: int, struck: str | None = None) -> dict[int, str]:
    """Channel of what is posted for each event, by its id.

    With a firm that is struck, its own debts are the first round and those of all others
    contagion. Without one, contagion are debts of firms that another failure could reach, by the
    causes of the events; the other failures are the first round.

    Args:
        events: of a run, in order.
        since: first quarter number whose failures count as earlier ones.
        struck: name of the firm that is struck.
    """
    found: dict[int, str] = {}
    failed: set[int] = set()
    after: set[int] = set()
    for event in events:
        if any(cause in failed or cause in after for cause in event.causes):
            after.add(event.id)
        if event.kind == "default" and event.quarter >= since:
            failed.add(event.id)
        is_first = event.agent == struck if struck is not None else event.id not in after
        found[event.id] = FIRST if is_first else CONTAGION
        if event.kind in FORCED_SALES:
            found[event.id] = FIRE_SALES
    return found


def by_channel(channels: dict[int, str], other: str | None = MARKS) -> ChannelOf:
    """The function that ``changes_of_value`` asks.

    Args:
        channels: of the events that count; what was posted for others is left out.
        other: channel of what was posted for no event; None leaves it out.
    """

    def channel_of(event: int | None, is_under_book: bool) -> str | None:
        channel = other if event is None else channels.get(event)
        return FIRE_SALES if is_under_book and channel is not None else channel

    return channel_of


def reached_by(events: Sequence[Event], event: Event) -> set[int]:
    """Ids of an event and of all later ones that it could reach."""
    found = {event.id}
    for each in events[event.id + 1 :]:
        if any(cause in found for cause in each.causes):
            found.add(each.id)
    return found


def name_of(event: Event, label: str) -> str:
    """An event as a clause: "the failure of Thin cloud in 2027Q1"."""
    kind = "failure" if event.kind == "default" else event.kind
    return f"the {kind} of {event.agent} in {label}"


def booked_losses(
    ledger: Any, events: Sequence[Event], event: Event, labels: Sequence[str]
) -> Losses:
    """What the books of one run say of an event: its own debts, and failures that it could reach.

    Of an event that is no failure, all failures from its quarter on count: no chain of causes leads
    from a freeze to who fails in it. Marks belong to no event and are left out.

    Args:
        ledger: a ``Ledger``, or a view of its closed quarters.
        events: all events of the run, by id.
        event: one of them.
        labels: of the closed quarters.
    """
    last, is_failure = len(labels) - 1, event.kind == "default"
    channels = channels_of(events, event.quarter, event.agent if is_failure else None)
    if is_failure:
        counted = reached_by(events, event)
        channels = {key: channel for key, channel in channels.items() if key in counted}
    lines = changes_of_value(ledger, event.quarter, last, by_channel(channels, None))
    what, how = name_of(event, labels[event.quarter]), f"as booked up to {labels[last]}"
    return Losses(what, how, lines, standing(ledger, event.quarter))


def failures_frame(ledger: Any, events: Sequence[Event], labels: Sequence[str]) -> pd.DataFrame:
    """Who pays for each failure of a run by its books, a row per failure and sector that it moves.

    Columns: event, quarter, agent, sector, then ``COLUMNS``; arguments as ``booked_losses``.
    """
    frames = []
    for event in events:
        if event.kind != "default":
            continue
        table = booked_losses(ledger, events, event, labels).table()
        moved = [name for name, unit, _ in COLUMNS if unit == "USD" and name != "capital_usd"]
        table = table[(table[moved] != 0).any(axis=1)]
        table.insert(0, "event", event.id)
        table.insert(1, "quarter", labels[event.quarter])
        table.insert(2, "agent", event.agent)
        frames.append(table)
    filled = [frame for frame in frames if len(frame)]
    columns = ["event", "quarter", "agent", "sector", *(name for name, *_ in COLUMNS)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)
