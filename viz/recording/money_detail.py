"""What a node or an arrow of the money network is made of: purposes, contracts, claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz.recording.money_picture import FIRMS, Scope, distress_of
from viz.words.network import PURPOSE_NAMES

if TYPE_CHECKING:
    from viz.recording.money_picture import Arrow, MoneyPicture, Node
    from viz.recording.recording import Recording

FINANCE = (
    "private equity",
    "listed equity",
    "fund shares",
    "loans",
    "bonds",
    "vendor loans",
    "prepayments",
    "deposits",
)
"""Rows of the ledger under which claims are bought, sold and repaid."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A compute contract between two nodes.

    Attributes:
        buyer, seller: names. begins: label of the first delivery.
        total_usd: value of all deliveries. delivered_usd: of those so far. left_usd: RPO.
        cancelled_usd: what was given up. price_usd_hour: USD per accelerator-hour.
    """

    buyer: str
    seller: str
    begins: str
    total_usd: float
    delivered_usd: float
    left_usd: float
    cancelled_usd: float
    price_usd_hour: float


def purposes(
    recording: Recording, picture: MoneyPicture, payer: Node, payee: Node, scope: Scope
) -> list[tuple[str, float]]:
    """What one node paid another for in the period of a picture: (words, USD), largest first.

    Only what the arrow of the picture counts: of outsiders, in the narrow scope, their finance.
    """
    only_finance = scope == "ai" and payer.kind in ("investors", "bank")
    sums: dict[str, float] = {}
    for giver in payer.members:
        for taker in payee.members:
            if giver == taker:
                continue
            found = recording.payments(giver, taker, picture.first, picture.last)
            for row, usd in zip(found["purpose"].tolist(), found["usd"].tolist(), strict=True):
                if not only_finance or row in FINANCE:
                    words = PURPOSE_NAMES.get(row, row)
                    sums[words] = sums.get(words, 0.0) + float(usd)
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def contracts_between(
    recording: Recording, quarter: int, first: Node, second: Node | None = None
) -> list[Contract]:
    """Compute contracts of a node (with another one) signed up to a quarter, largest first."""
    table = recording.contracts(quarter)
    if table.empty:
        return []
    one = first.members
    other = None if second is None else second.members
    found = []
    for row in table.to_dict("records"):
        ends = (row["lab_key"], row["cloud_key"])
        if other is None:
            is_meant = ends[0] in one or ends[1] in one
        else:
            is_meant = (ends[0] in one and ends[1] in other) or (
                ends[0] in other and ends[1] in one
            )
        if is_meant:
            found.append(
                Contract(
                    buyer=str(row["lab"]),
                    seller=str(row["cloud"]),
                    begins=str(row["first_delivery"]),
                    total_usd=float(row["total_usd"]),
                    delivered_usd=float(row["delivered_usd"]),
                    left_usd=float(row["rpo_usd"]),
                    cancelled_usd=float(row["cancelled_usd"]),
                    price_usd_hour=float(row["price_usd_hour"]),
                )
            )
    return sorted(found, key=lambda c: (-c.left_usd, -c.total_usd, c.buyer, c.seller))


def claims_between(
    recording: Recording, quarter: int, holder: Node, issuer: Node
) -> list[tuple[str, float]]:
    """What one node holds of another at the end of a quarter: (instrument, USD)."""
    table = recording.claims(quarter)
    chosen = table[
        table["holder_key"].isin(list(holder.members))
        & table["issuer_key"].isin(list(issuer.members))
    ]
    sums: dict[str, float] = {}
    pairs = zip(chosen["instrument"].tolist(), chosen["usd"].tolist(), strict=True)
    for instrument, usd in pairs:
        sums[instrument] = sums.get(instrument, 0.0) + float(usd)
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def neighbours(picture: MoneyPicture, key: str) -> tuple[list[Arrow], list[Arrow]]:
    """Arrows into a node and out of it, largest first."""
    return (
        [arrow for arrow in picture.arrows if arrow.payee == key],
        [arrow for arrow in picture.arrows if arrow.payer == key],
    )


def largest_circle(recording: Recording) -> tuple[int, float] | None:
    """The quarter with the highest circularity so far, and its value; None: never any circle."""
    values = [value or 0.0 for value in recording.series("circularity")]
    best = max(range(len(values)), key=values.__getitem__, default=0)
    return (best, values[best]) if values and values[best] > 0 else None


def is_firm(node: Node) -> bool:
    """Whether a node is one firm with books of its own."""
    return (
        len(node.members) == 1 and node.kind in (*FIRMS, "investors") and node.key in node.members
    )


def state_of(recording: Recording, quarter: int, key: str) -> str:
    """How a firm stands at the end of a quarter: see ``viz.recording.money_picture.distress_of``."""
    firm = recording.firm_of[key]
    is_called = any(
        e.kind == "margin call" and e.agent == firm.name and e.quarter == quarter
        for e in recording.events
    )
    return distress_of(recording, quarter, firm, is_called)
