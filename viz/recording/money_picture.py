"""Who pays whom in some quarters of a recording, with the part of it that runs in circles.

The circular part is that of ``market.networks.circularity``: the largest circulation of what labs,
clouds and chipmakers pay one another, own parents apart, spread evenly over the arrows. Its share
of those payments is the circularity that the indicators report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from viz.words.network import GROUPS

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.recording.recording_snapshot import FirmInfo, Snapshot

Scope = Literal["ai", "all"]
Pair = tuple[str, str]
FIRMS = ("labs", "clouds", "chipmakers")
GROUP = "group:"
"""Beginning of the key of a node that stands for several parties."""
SHORT_RUNWAY = 4.0
"""Quarters of cash under which a lab counts as in distress."""
_SECTOR_KINDS = {
    "enterprises": "customers",
    "households": "customers",
    "bank": "bank",
    "rest": "rest",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A firm, or several parties that are drawn together.

    Attributes:
        key: company key, or "group:" and a kind. name: for people.
        kind: "labs", "clouds", "chipmakers", "investors", "bank", "customers" or "rest".
        members: keys of the parties that it stands for.
        assets_usd: total assets at the end of the period; None where it is no firm.
        distress: "", "failed", "margin call", "short runway" or "outside" (has not entered yet).
    """

    key: str
    name: str
    kind: str
    members: tuple[str, ...]
    assets_usd: float | None = None
    distress: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """Payments of one node to another in the period, USD; keys of nodes.

    Attributes:
        payer, payee: keys. goods_usd: for goods, services and income. financing_usd: for claims
            and their repayment. circular_usd: the part that comes back to the payer.
    """

    payer: str
    payee: str
    goods_usd: float
    financing_usd: float
    circular_usd: float = 0.0

    @property
    def usd(self) -> float:
        """Everything that was paid."""
        return self.goods_usd + self.financing_usd


@dataclass(frozen=True)
class MoneyPicture:
    """Nodes and arrows of some quarters.

    Attributes:
        first, last: quarters, both included. period: their labels.
        nodes: in a fixed order, whether they pay or not. arrows: largest first.
        inner_usd: what labs, clouds and chipmakers paid one another, own parents apart.
        circular_usd: the part of it that runs in circles.
    """

    first: int
    last: int
    period: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    inner_usd: float
    circular_usd: float

    @property
    def index(self) -> float:
        """Circularity: the circular part over all that the firms pay one another, 0 to 1."""
        return self.circular_usd / self.inner_usd if self.inner_usd > 0 else 0.0

    def node(self, key: str) -> Node | None:
        """The node of a key, or None."""
        return next((each for each in self.nodes if each.key == key), None)

    def arrow(self, payer: str, payee: str) -> Arrow | None:
        """The arrow between two nodes, or None."""
        return next((a for a in self.arrows if (a.payer, a.payee) == (payer, payee)), None)


def period_of(recording: Recording, last: int, quarters: int) -> tuple[int, str]:
    """First quarter of a period that ends at ``last``, and the period in words."""
    first = max(0, last - quarters + 1)
    labels = recording.labels
    return first, labels[last] if first == last else f"{labels[first]} to {labels[last]}"


def money_picture(
    recording: Recording,
    last: int,
    quarters: int = 1,
    scope: Scope = "ai",
    count: int = 7,
) -> MoneyPicture:
    """Payments of the quarters up to ``last``.

    Args:
        recording: the world.
        last: a recorded quarter.
        quarters: how many to add up, as far as there are.
        scope: "ai": what reaches labs, clouds and chipmakers from customers, investors, lenders
            and one another; "all": every payment but those between a lab and its parent.
        count: firms of each kind that are drawn on their own; the others are one node.

    Raises:
        IndexError: the quarter is not recorded.
    """
    first, period = period_of(recording, last, quarters)
    rows = recording.flows(first, last)
    table = rows[~rows["is_internal"]]
    amounts = zip(table["goods_usd"].tolist(), table["financing_usd"].tolist(), strict=True)
    ends = zip(table["payer_key"].tolist(), table["payee_key"].tolist(), strict=True)
    pairs: dict[Pair, tuple[float, float]] = dict(zip(ends, amounts, strict=True))
    circular, inner = _circular(recording, pairs)
    nodes = make_nodes(recording, first, last, scope, count)
    home = {member: node for node in nodes for member in node.members}
    sums: dict[Pair, list[float]] = {}
    for pair, paid in pairs.items():
        payer, payee = home.get(pair[0]), home.get(pair[1])
        if payer is None or payee is None or payer is payee:
            continue
        goods, financing = counted(payer.kind, payee.kind, *paid, scope)
        if goods + financing > 0:
            cell = sums.setdefault((payer.key, payee.key), [0.0, 0.0, 0.0])
            cell[0] += goods
            cell[1] += financing
            cell[2] += circular.get(pair, 0.0)
    arrows = sorted((Arrow(*pair, *cell) for pair, cell in sums.items()), key=_by_size)
    return MoneyPicture(first, last, period, nodes, tuple(arrows), inner, sum(circular.values()))


def _by_size(arrow: Arrow) -> tuple[float, str, str]:
    return -arrow.usd, arrow.payer, arrow.payee


def counted(
    payer: str, payee: str, goods: float, financing: float, scope: Scope
) -> tuple[float, float]:
    """What of a payment between two kinds is drawn: (goods, financing)."""
    if scope == "all" or (payer in FIRMS and payee in FIRMS):
        return goods, financing
    if payee not in FIRMS or payer in FIRMS:
        return 0.0, 0.0
    if payer == "customers":
        return (goods, 0.0) if payee == "labs" else (0.0, 0.0)
    return 0.0, financing


def _circular(
    recording: Recording, pairs: dict[Pair, tuple[float, float]]
) -> tuple[dict[Pair, float], float]:
    """Circular part by pair of firms, and what all of them pay one another."""
    from market.networks.circularity import maximum_circulation

    keys = [firm.key for firm in recording.firms if firm.kind in FIRMS]
    row = {key: number for number, key in enumerate(keys)}
    paid = np.zeros((len(keys), len(keys)))
    for (payer, payee), amounts in pairs.items():
        if payer in row and payee in row and payer != payee:
            paid[row[payer], row[payee]] = sum(amounts)
    found = maximum_circulation(paid)
    parts = {(keys[i], keys[j]): float(found[i, j]) for i, j in np.argwhere(found > 0).tolist()}
    return parts, float(paid.sum())


def make_nodes(
    recording: Recording, first: int, last: int, scope: Scope, count: int
) -> tuple[Node, ...]:
    """Nodes in an order that does not depend on the quarter: customers, investors, lenders, firms.

    Of each kind the firms with the largest first balance sheet are drawn on their own.
    """
    snapshot = recording.snapshots[last]
    calls = [
        e.agent for e in recording.events if e.kind == "margin call" and first <= e.quarter <= last
    ]
    nodes = [_outside("customers", recording, scope)]
    for kind in ("investors", *FIRMS):
        members = [firm for firm in recording.firms if firm.kind == kind]
        chosen = _largest(recording, members, count)
        for firm in members:
            if firm.key in chosen:
                state = distress_of(recording, last, firm, firm.name in calls)
                nodes.append(_firm(firm, snapshot, state))
        others = tuple(firm.key for firm in members if firm.key not in chosen)
        if others:
            values = [snapshot.firms[key].get("total_assets_usd") for key in others]
            total = sum(float(value or 0.0) for value in values)
            nodes.append(Node(GROUP + kind, GROUPS[kind], kind, others, total))
        if kind == "investors":
            nodes.append(_outside("bank", recording, scope))
    if scope == "all":
        nodes.append(_outside("rest", recording, scope))
    return tuple(nodes)


def _outside(kind: str, recording: Recording, scope: Scope) -> Node:
    """A node of parties that are no firms; the rest of the economy lends too."""
    kinds = ("bank", "rest") if kind == "bank" and scope == "ai" else (kind,)
    members = [p.key for p in recording.parties if _SECTOR_KINDS.get(p.kind) in kinds]
    return Node(GROUP + kind, GROUPS[kind], kind, tuple(members))


def _largest(recording: Recording, members: list[FirmInfo], count: int) -> dict[str, None]:
    """Keys of the firms with the largest balance sheets at the end of the first quarter."""
    opening = recording.snapshots[0].firms
    size = {firm.key: float(opening[firm.key].get("total_assets_usd") or 0.0) for firm in members}
    return dict.fromkeys(sorted(size, key=lambda key: -size[key])[:count])


def _firm(firm: FirmInfo, snapshot: Snapshot, state: str) -> Node:
    assets = float(snapshot.firms[firm.key].get("total_assets_usd") or 0.0)
    return Node(firm.key, firm.name, firm.kind, (firm.key,), assets, state)


def distress_of(recording: Recording, quarter: int, firm: FirmInfo, is_called: bool = False) -> str:
    """How bad it stands with a firm at the end of a quarter: see ``Node.distress``.

    A lab whose parent pays its deficits is in no need of cash of its own.

    Args:
        recording: the world.
        quarter: a recorded quarter.
        firm: the firm.
        is_called: whether it has had a margin call in the period that is meant.
    """
    values = recording.snapshots[quarter].firms[firm.key]
    runway = values.get("runway_quarters")
    if values.get("is_defaulted"):
        return "failed"
    if values.get("is_open") is False:
        return "outside"
    if is_called:
        return "margin call"
    own = recording.parameters.labs.get(firm.key)
    has_parent = own is not None and own.parent is not None
    if runway is not None and float(runway) < SHORT_RUNWAY and not has_parent:
        return "short runway"
    return ""
