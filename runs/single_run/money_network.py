"""Who pays whom as a network of firms, its circular part, and the picture of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from runs.picture_style import BLUE, GREEN, ORANGE, RED, new_figure
from runs.single_run.frames import Pair, circular_part

CUSTOMERS, INVESTORS, LENDERS = "Customers", "Investors", "Lenders"
FIRMS = ("labs", "clouds", "chipmakers")
_OUTSIDE = {
    "enterprises": CUSTOMERS,
    "households": CUSTOMERS,
    "investors": INVESTORS,
    "bank": LENDERS,
    "rest": LENDERS,
}


def firm_network(flows: pd.DataFrame) -> dict[Pair, float]:
    """Payments in USD that reach labs, clouds and chipmakers.

    Payers outside are drawn together as customers (they pay labs), investors and lenders (they
    finance any firm). What firms pay to staff, suppliers, savers and lenders is left out, and so
    is what a lab and its parent pay each other.

    Args:
        flows: rows of one period of ``Run.money_flows``.
    """
    network: dict[Pair, float] = {}
    for row in flows.to_dict("records"):
        sector = str(row["payer_sector"])
        if row["payee_sector"] not in FIRMS or row["is_internal"]:
            continue
        payer, amount = str(row["payer"]), float(row["goods_usd"]) + float(row["financing_usd"])
        if sector not in FIRMS:
            payer = _OUTSIDE.get(sector, LENDERS)
            is_sale = payer == CUSTOMERS and row["payee_sector"] == "labs"
            amount = float(row["goods_usd"] if is_sale else row["financing_usd"])
        if amount > 0:
            pair = (payer, str(row["payee"]))
            network[pair] = network.get(pair, 0.0) + amount
    return network


# --- the picture of the money flow between firms, with its circular part in orange


_COLUMNS = ("outside", "labs", "clouds", "chipmakers")
_COLOURS = {"outside": "#6B6B6B", "labs": BLUE, "clouds": GREEN, "chipmakers": ORANGE}
_LEAST = 0.004
"""Flows under this part of the largest one are not drawn."""
_LABELS = 14
"""So many of the largest flows are labelled."""
_WIDEST = 14.0
_GAP, _HEIGHT = 3.2, 5.0
"""Inches between columns, and between the highest and the lowest firm of one."""

Place = tuple[float, float]


def money_flow_network(
    flows: pd.DataFrame, sectors: Mapping[str, str], labels: Sequence[str]
) -> Figure:
    """Payments among labs, clouds and chipmakers and what outsiders put in.

    Args:
        flows: rows of one period of ``Run.money_flows``.
        sectors: name of each firm -> "labs", "clouds" or "chipmakers".
        labels: the quarters of the period.
    """
    network = firm_network(flows)
    inner = {pair: usd for pair, usd in network.items() if {*pair} <= sectors.keys()}
    circular = circular_part(inner)
    top = max(network.values(), default=1.0)
    shown = {pair: usd for pair, usd in network.items() if usd >= _LEAST * top}
    places = _places(shown, sectors)
    figure = new_figure((11.4, 7.4))
    axes = figure.subplots()
    largest = sorted(shown, key=lambda pair: (-shown[pair], pair))[:_LABELS]
    for pair, usd in shown.items():
        _draw_flow(axes, places, pair, usd / top, circular.get(pair, 0.0) / top)
    for pair in largest:
        _label_flow(axes, places, pair, shown[pair], circular.get(pair, 0.0))
    _draw_nodes(axes, places, sectors)
    _finish(axes, sum(circular.values()), sum(inner.values()), labels)
    return figure


def _places(network: Mapping[Pair, float], sectors: Mapping[str, str]) -> dict[str, Place]:
    """Columns from payers outside over labs and clouds to chipmakers; large firms in the middle."""
    size: dict[str, float] = {}
    for pair, usd in network.items():
        for name in pair:
            size[name] = size.get(name, 0.0) + usd
    places = {}
    for x, column in enumerate(_COLUMNS):
        outside = (CUSTOMERS, INVESTORS, LENDERS)
        names = [n for n in (outside if column == "outside" else sectors) if n in size]
        members = [n for n in names if column in ("outside", sectors.get(n))]
        order = sorted(members, key=lambda name: (-size[name], name))
        if column != "outside":
            order = order[::-2] + order[len(order) % 2 :: 2]
        gap = min(_HEIGHT / max(1, len(order) - 1), 0.45 * _HEIGHT)
        for i, name in enumerate(order):
            places[name] = (_GAP * x, gap * ((len(order) - 1) / 2 - i))
    return places


def _bend(places: Mapping[str, Place], pair: Pair) -> float:
    """Curvature: little forwards, more backwards, so that there and back can be told apart."""
    (x0, y0), (x1, y1) = places[pair[0]], places[pair[1]]
    if x1 > x0:
        return 0.08
    if x1 == x0:
        return 0.5
    return 0.28 if y0 + y1 >= 0 else -0.28


def _draw_flow(
    axes: Axes, places: Mapping[str, Place], pair: Pair, share: float, circular: float
) -> None:
    for part, colour, layer in ((share, "#BDBDBD", 1), (circular, RED, 2)):
        if part <= 0.002:
            continue
        arrow = FancyArrowPatch(
            places[pair[0]],
            places[pair[1]],
            connectionstyle=f"arc3,rad={_bend(places, pair)}",
            arrowstyle="-|>",
            mutation_scale=8 + 0.6 * _WIDEST * part,
            linewidth=0.6 + _WIDEST * part,
            color=colour,
            alpha=0.85,
            shrinkA=22,
            shrinkB=24,
            zorder=layer,
        )
        axes.add_patch(arrow)


def _label_flow(
    axes: Axes, places: Mapping[str, Place], pair: Pair, usd: float, circular: float
) -> None:
    (x0, y0), (x1, y1) = places[pair[0]], places[pair[1]]
    bend, at = _bend(places, pair), 0.42
    x = x0 + at * (x1 - x0) + 0.5 * bend * (y1 - y0)
    y = y0 + at * (y1 - y0) - 0.5 * bend * (x1 - x0)
    axes.text(
        x,
        y,
        f"{usd / 1e9:,.1f}",
        fontsize=8,
        ha="center",
        va="center",
        zorder=4,
        color=RED if circular > 0.5 * usd else "black",
        bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"},
    )


def _draw_nodes(axes: Axes, places: Mapping[str, Place], sectors: Mapping[str, str]) -> None:
    for name, (x, y) in places.items():
        colour = _COLOURS[sectors.get(name, "outside")]
        box = {"boxstyle": "round,pad=0.35", "facecolor": colour, "edgecolor": "white"}
        axes.text(
            x,
            y,
            name if len(name) < 11 else name.replace(" ", "\n", 1),
            ha="center",
            va="center",
            color="white",
            fontsize=9,
            fontweight="bold",
            zorder=3,
            bbox=box,
        )


def _finish(axes: Axes, circular: float, total: float, labels: Sequence[str]) -> None:
    share = circular / total if total > 0 else 0.0
    axes.set_title(
        f"{share:.0%} of what labs, clouds and chipmakers pay each other runs in circles\n"
        f"({labels[0]} to {labels[-1]}, bn USD; circular part in orange)"
    )
    for x, title in enumerate(("Money from outside", "Labs", "Clouds", "Chipmakers")):
        axes.text(_GAP * x, 3.1, title, ha="center", fontsize=10, color="#444444")
    axes.text(
        1.5 * _GAP,
        -3.2,
        "Width: amount. Not drawn: what firms pay to staff, suppliers, savers, "
        "lenders and their own labs; sales to the rest of the economy.",
        ha="center",
        fontsize=8,
        color="#444444",
    )
    axes.set_xlim(-0.8, 3 * _GAP + 0.8)
    axes.set_ylim(-3.3, 3.3)
    axes.set_aspect("equal")
    axes.set_axis_off()
