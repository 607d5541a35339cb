"""The money network of a recording: who pays whom, what for, what runs in circles, in words.

The circular part is that of ``market.networks.circulation``: the largest circulation of what labs,
clouds and chipmakers pay one another, own parents apart, spread evenly over the arrows. Its share
of those payments is the circularity that the indicators report.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from market.units import money
from viz.words import WORDS, slug, text_or

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.recording.snapshot import FirmInfo, Snapshot


_LONG_NAME = 15
"""Letters from which on a name is written in two lines."""


def question(picture: MoneyPicture) -> str:
    """The circularity in a sentence."""
    if picture.inner_usd <= 0:
        return WORDS("network-question-none", period=picture.period)
    return WORDS(
        "network-question",
        index=percent(picture.index),
        period=picture.period,
        circular=money(picture.circular_usd),
        total=money(picture.inner_usd),
    )


def circle_note(recording: Recording, quarter: int) -> str:
    """Why a quarter alone and its year differ; "" where either is not known."""
    alone, year = (recording.series(name)[quarter] for name in ("circularity", "circularity_year"))
    if alone is None or year is None:
        return ""
    label = recording.labels[quarter]
    return WORDS("network-circle-note", label=label, alone=percent(alone), year=percent(year))


def percent(share: float) -> str:
    """A share in %, with a digit where it is small: "38%", "0.4%"."""
    if 0 < share < 0.0005:
        return WORDS("network-tiny-share")
    return f"{100 * share:.1f}%" if 0 < share < 0.095 else f"{100 * share:.0f}%"


def label(picture: MoneyPicture) -> str:
    """What the picture shows, for a reader who does not see it."""
    names = {node.key: node.name for node in picture.nodes}
    largest = "; ".join(
        WORDS(
            "network-label-arrow",
            payer=names[a.payer],
            payee=names[a.payee],
            amount=money(a.usd),
        )
        for a in picture.arrows[:5]
    )
    return WORDS(
        "network-label", question=question(picture), largest=largest or WORDS("network-label-none")
    )


def arrow_tip(arrow: Arrow, names: dict[str, str]) -> str:
    """Text of an arrow: who pays whom how much, for what, and how much of it comes back."""
    payer, payee = escape(names[arrow.payer]), escape(names[arrow.payee])
    lines = [
        WORDS("network-flow-tip", payer=payer, payee=payee, amount=f"<b>{money(arrow.usd)}</b>")
    ]
    lines.append(arrow_parts(arrow))
    if arrow.circular_usd >= 0.5e6:
        lines.append(WORDS("network-flow-circle", amount=money(arrow.circular_usd)))
    return "<br/>".join(lines)


def arrow_parts(arrow: Arrow) -> str:
    """What an arrow was paid for, in words."""
    goods, financing = money(arrow.goods_usd), money(arrow.financing_usd)
    return WORDS("network-flow-parts", goods=goods, financing=financing)


def short_lines(name: str) -> str:
    """A name in two lines where it is long and has a space: "Public-market" over "investors"."""
    if len(name) <= _LONG_NAME or " " not in name:
        return name
    spaces = [i for i, letter in enumerate(name) if letter == " "]
    middle = min(spaces, key=lambda i: abs(i - len(name) / 2 - 1))
    return f"{name[:middle]}\n{name[middle + 1 :]}"


# --- who pays whom in some quarters of a recording, with the part of it that runs in circles


Scope = Literal["ai", "all"]
Pair = tuple[str, str]
FIRMS = ("labs", "clouds", "chipmakers")
"""Whose payments to one another are searched for circles."""
BUSINESSES = ("startups", *FIRMS)
"""Whose money the narrow picture shows; a cohort of start-ups is one business."""
GROUP = "group:"
"""Beginning of the key of a node that stands for several parties."""
SHORT_RUNWAY = 4.0
"""Quarters of cash under which a lab counts as in distress."""
_SECTOR_KINDS = {
    "enterprises": "customers",
    "households": "customers",
    "bank": "bank",
    "rest": "rest",
    "credit investors": "bank",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A firm, or several parties that are drawn together.

    Attributes:
        key: company key, or "group:" and a kind. name: for people.
        kind: "labs", "clouds", "chipmakers", "startups", "investors", "bank" (and other lenders),
            "customers" or "rest".
        members: keys of the parties that it stands for.
        assets_usd: total assets at the end of the period; None where it is no firm.
        distress: "", "failed", "in administration" (failed, its creditors run what it sells),
            "margin call", "short runway" or "outside" (has not entered yet).
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
    return first, labels[last] if first == last else WORDS(
        "network-quarters", first=labels[first], last=labels[last]
    )


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
        scope: "ai": what reaches labs, clouds, chipmakers and start-ups from customers, investors,
            lenders and one another; "all": every payment but those between a lab and its parent.
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
    if scope == "all" or (payer in BUSINESSES and payee in BUSINESSES):
        return goods, financing
    if payee not in BUSINESSES or payer in BUSINESSES:
        return 0.0, 0.0
    if payer == "customers":
        return (goods, 0.0) if payee in ("labs", "startups") else (0.0, 0.0)
    return 0.0, financing


def _circular(
    recording: Recording, pairs: dict[Pair, tuple[float, float]]
) -> tuple[dict[Pair, float], float]:
    """Circular part by pair of firms, and what all of them pay one another."""
    from runs.single_run.frames import circular_part

    keys = [firm.key for firm in recording.firms if firm.kind in FIRMS]
    paid = {
        (payer, payee): sum(amounts)
        for (payer, payee), amounts in pairs.items()
        if payer in keys and payee in keys and payer != payee
    }
    parts = {pair: usd for pair, usd in circular_part(paid, keys).items() if usd > 0}
    return parts, sum(paid.values())


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
    for kind in ("investors", *BUSINESSES):
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
            nodes.append(Node(GROUP + kind, WORDS(f"network-group-{kind}"), kind, others, total))
        if kind == "investors":
            nodes.append(_outside("bank", recording, scope))
    if scope == "all":
        nodes.append(_outside("rest", recording, scope))
    return tuple(nodes)


def _outside(kind: str, recording: Recording, scope: Scope) -> Node:
    """A node of parties that are no firms; the rest of the economy lends too."""
    kinds = ("bank", "rest") if (kind, scope) == ("bank", "ai") else (kind,)
    members = [p.key for p in recording.parties if _SECTOR_KINDS.get(p.kind) in kinds]
    return Node(GROUP + kind, WORDS(f"network-group-{kind}"), kind, tuple(members))


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
        return "in administration" if values.get("is_in_administration") else "failed"
    if values.get("is_open") is False:
        return "outside"
    if is_called:
        return "margin call"
    if runway is not None and float(runway) < SHORT_RUNWAY and not values.get("is_owned"):
        return "short runway"
    return ""


# --- what a node or an arrow of the money network is made of


FINANCE = (
    "private equity",
    "listed equity",
    "fund shares",
    "policies",
    "pension claims",
    "loans",
    "interbank loans",
    "bonds",
    "other bonds",
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
                    words = text_or(f"network-purpose-{slug(row)}", row)
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
    kinds = (*BUSINESSES, "investors")
    return len(node.members) == 1 and node.kind in kinds and node.key in node.members


def state_of(recording: Recording, quarter: int, key: str) -> str:
    """How a firm stands at the end of a quarter: see ``viz.recording.money.distress_of``."""
    firm = recording.firm_of[key]
    is_called = any(
        e.kind == "margin call" and e.agent == firm.name and e.quarter == quarter
        for e in recording.events
    )
    return distress_of(recording, quarter, firm, is_called)
