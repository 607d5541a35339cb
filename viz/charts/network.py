"""The money network: firms as circles, payments as arrows or streams, the circular part in red.

A Sankey picture must not hold circles, so each firm stands in it twice: as payer and as payee.
"""

from __future__ import annotations

from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from market.units import money
from viz.recording.money import arrow_tip, short_lines
from viz.words import WORDS, slug

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme
    from viz.recording.money import Arrow, MoneyPicture, Node


def streams_series(
    data: list[dict[str, Any]], links: list[dict[str, Any]], gap: int, **more: Any
) -> dict[str, Any]:
    """ECharts Sankey of ends and the streams between them, ``gap`` px between the ends."""
    return {
        "id": "streams",
        "type": "sankey",
        "left": 6,
        "right": 6,
        "top": 8,
        "bottom": 8,
        "nodeWidth": 14,
        "nodeGap": gap,
        "draggable": False,
        "emphasis": {"focus": "adjacency"},
        "data": data,
        "links": links,
        **more,
    }


def end_label(words: str, theme: Theme, *, is_left: bool) -> dict[str, Any]:
    """Label of an end, inside the picture and readable on its streams."""
    return {
        "position": "right" if is_left else "left",
        "formatter": words,
        "color": theme.text,
        "fontSize": 11,
        "textBorderColor": theme.surface,
        "textBorderWidth": 3,
    }


# --- the money network


LEAST = 0.004
"""Arrows under this part of the largest one are not drawn."""
_WIDEST, _THINNEST = 16.0, 0.8
_SMALLEST_PX, _LARGEST_PX, _GROWTH = 12.0, 56.0, 0.4
_INNER = 4.0
"""Number of the last column when the rest of the economy is not drawn."""
_ROOM_OF_A_LINE = 0.9
"""Room that a second line of a name takes in a column, in rooms of a firm."""
_COLUMNS = ("outside", "startups", "labs", "clouds", "chipmakers", "rest")
"""From left to right."""
_COLUMN_OF = {
    "customers": "outside",
    "investors": "outside",
    "bank": "outside",
    "startups": "startups",
    "labs": "labs",
    "clouds": "clouds",
    "chipmakers": "chipmakers",
    "rest": "rest",
}


def places(picture: MoneyPicture) -> dict[str, tuple[float, float]]:
    """Place of each node, (column, height from 0 to 1): the same in every quarter.

    A name of two lines gets more room; nothing that changes from quarter to quarter counts.
    """
    columns: dict[str, list[Node]] = {}
    for node in picture.nodes:
        columns.setdefault(_COLUMN_OF[node.kind], []).append(node)
    order = [name for name in _COLUMNS if name in columns]
    found = {}
    for x, name in enumerate(order):
        nodes = columns[name]
        rooms = [1 + _ROOM_OF_A_LINE * short_lines(node.name).count("\n") for node in nodes]
        ends = list(accumulate(rooms))
        for node, room, end in zip(nodes, rooms, ends, strict=True):
            found[node.key] = (float(x), 1.0 - (end - room / 2) / ends[-1])
    return found


def diameters(picture: MoneyPicture) -> dict[str, float]:
    """Diameter of each node in px: it grows with the root of its total assets, by ``_GROWTH``."""
    top = max((node.assets_usd or 0.0 for node in picture.nodes), default=0.0)
    found = {}
    for node in picture.nodes:
        assets = max(node.assets_usd or 0.0, 0.0)
        share = (assets / top) ** _GROWTH if top > 0 else 0.0
        size = _SMALLEST_PX + (_LARGEST_PX - _SMALLEST_PX) * share
        found[node.key] = round(26.0 if node.assets_usd is None else size, 1)
    return found


def network_option(
    picture: MoneyPicture, theme: Theme, *, selection: str | None = None, loop: str = ""
) -> dict[str, Any]:
    """Chart of the network.

    Args:
        picture: what is drawn.
        theme: colours.
        selection: "firm:KEY" or "flow:PAYER>PAYEE": drawn strong, all that it does not touch pale.
        loop: keys of a circle ("a > b > a"): only its arrows are drawn strong.
    """
    at, size = places(picture), diameters(picture)
    width = max((x for x, _ in at.values()), default=1.0)
    data = [_node(node, at[node.key], size[node.key], theme) for node in picture.nodes]
    top = picture.arrows[0].usd if picture.arrows else 1.0
    shown = [arrow for arrow in picture.arrows if arrow.usd >= LEAST * top]
    names = {node.key: node.name for node in picture.nodes}
    links: list[dict[str, Any]] = []
    for arrow in reversed(shown):
        is_strong = _is_chosen(arrow, selection, loop)
        links += _links(arrow, at, top, names, theme, is_strong=is_strong)
    hidden = {"show": False, "type": "value"}
    return {
        **theme.base(),
        "grid": {"left": 70, "right": 62 if width > _INNER else 48, "top": 34, "bottom": 22},
        "xAxis": {**hidden, "min": 0, "max": width},
        "yAxis": {**hidden, "min": 0, "max": 1},
        "series": [
            {
                "id": "money",
                "type": "graph",
                "coordinateSystem": "cartesian2d",
                "layout": "none",
                "edgeSymbol": ["none", "arrow"],
                "emphasis": {"focus": "none", "label": {"show": True}},
                "labelLayout": {"hideOverlap": False},
                "data": data,
                "links": links,
                "z": 3,
            },
            _titles(picture, at, theme),
        ],
    }


def _titles(
    picture: MoneyPicture, at: dict[str, tuple[float, float]], theme: Theme
) -> dict[str, Any]:
    """Names of the columns above them."""
    column = {at[node.key][0]: _COLUMN_OF[node.kind] for node in picture.nodes}
    text = {"show": True, "color": theme.faint, "fontSize": 12, "fontWeight": "bold"}
    return {
        "id": "columns",
        "type": "scatter",
        "silent": True,
        "symbolSize": 1,
        "itemStyle": {"color": "transparent"},
        "tooltip": {"show": False},
        "label": {**text, "position": "top", "distance": 14, "formatter": "{b}"},
        "data": [
            {"name": WORDS(f"network-column-{name}"), "value": [x, 1.0]}
            for x, name in column.items()
        ],
    }


def _node(node: Node, at: tuple[float, float], size: float, theme: Theme) -> dict[str, Any]:
    colour = theme.kind_colour(node.kind)
    ring = {
        "failed": (theme.bad, "solid", 4),
        "in administration": (theme.bad, "dotted", 4),
        "margin call": (theme.bad, "dashed", 3),
        "short runway": (theme.text, "solid", 3),
        "outside": (theme.ghost, "dotted", 2),
    }.get(node.distress, (theme.surface, "solid", 1))
    is_gone = node.distress in ("failed", "in administration", "outside")
    words = WORDS(f"network-distress-{slug(node.distress)}") if node.distress else ""
    lines = [f"<b>{escape(node.name)}</b> ({WORDS(f'network-kind-{node.kind}')})"]
    if node.assets_usd is not None:
        lines.append(WORDS("network-assets", amount=money(node.assets_usd)))
    caption = short_lines(node.name)
    if words:
        caption += f"\n{{state|{words}}}"
    state = theme.warning if node.distress == "short runway" else theme.bad
    return {
        "id": node.key,
        "name": node.key,
        "value": [round(each, 4) for each in at],
        "symbolSize": size,
        "pick": f"firm:{node.key}",
        "itemStyle": {
            "color": theme.surface if is_gone else colour,
            "borderColor": ring[0],
            "borderType": ring[1],
            "borderWidth": ring[2],
        },
        "tooltip": {"formatter": "<br/>".join([*lines, *([words] if words else [])])},
        "label": {
            "show": True,
            "position": "bottom",
            "distance": 3,
            "formatter": caption,
            "fontSize": 11,
            "lineHeight": 13,
            "align": "center",
            "color": theme.text,
            "textBorderColor": theme.surface,
            "textBorderWidth": 3,
            "rich": {
                "state": {
                    "fontSize": 10,
                    "color": theme.faint if node.distress == "outside" else state,
                    "textBorderColor": theme.surface,
                    "textBorderWidth": 3,
                }
            },
        },
    }


def _is_chosen(arrow: Arrow, selection: str | None, loop: str) -> bool:
    """Whether an arrow belongs to what was chosen; everything does when nothing was."""
    if loop:
        ring = loop.split(" > ")
        return (arrow.payer, arrow.payee) in list(zip(ring, [*ring[1:], ring[0]], strict=True))
    kind, _, what = (selection or "").partition(":")
    if kind == "firm":
        return what in (arrow.payer, arrow.payee)
    return kind != "flow" or what == f"{arrow.payer}>{arrow.payee}"


def bend(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Curvature: little forwards, more backwards and within a column, to tell there from back."""
    if end[0] > start[0]:
        return 0.07 * (end[0] - start[0])
    if end[0] == start[0]:
        return 0.45 if end[1] < start[1] else -0.3
    return 0.24 if start[1] + end[1] >= 1.0 else -0.24


def _links(
    arrow: Arrow,
    at: dict[str, tuple[float, float]],
    top: float,
    names: dict[str, str],
    theme: Theme,
    *,
    is_strong: bool,
) -> list[dict[str, Any]]:
    """An arrow, and over it its circular part in red."""
    curve = round(bend(at[arrow.payer], at[arrow.payee]), 3)
    is_finance = arrow.financing_usd > arrow.goods_usd
    grey = theme.kinds["investors"] if is_finance else theme.ghost
    found = []
    for part, tint in ((arrow.usd, grey), (arrow.circular_usd, theme.circle)):
        if part < LEAST * top and part != arrow.usd:
            continue
        width = _THINNEST + (_WIDEST - _THINNEST) * part / top
        is_red = tint == theme.circle
        opacity = (0.95 if is_red else 0.55) if is_strong else 0.08
        found.append(
            {
                "source": arrow.payer,
                "target": arrow.payee,
                "pick": f"flow:{arrow.payer}>{arrow.payee}",
                "symbolSize": [0, round(6 + 1.1 * width, 1)],
                "lineStyle": {
                    "color": tint,
                    "width": round(width, 1),
                    "curveness": curve,
                    "type": [6, 3] if is_finance and not is_red else "solid",
                    "opacity": opacity,
                },
                "emphasis": {"lineStyle": {"opacity": 1}},
                "tooltip": {"formatter": arrow_tip(arrow, names)},
            }
        )
    return found


def clicked(data: dict[str, Any]) -> str | None:
    """What a click picked: "firm:KEY", "flow:PAYER>PAYEE", or None."""
    inner = data.get("data")
    pick = inner.get("pick") if isinstance(inner, dict) else None
    return str(pick) if pick else None


def arrows_frame(picture: MoneyPicture) -> pd.DataFrame:
    """Table of all arrows, largest first, USD."""
    import pandas as pd

    names = {node.key: node.name for node in picture.nodes}
    rows = [
        {
            "period": picture.period,
            "payer": names[arrow.payer],
            "payee": names[arrow.payee],
            "goods_usd": arrow.goods_usd,
            "financing_usd": arrow.financing_usd,
            "circular_usd": arrow.circular_usd,
        }
        for arrow in picture.arrows
    ]
    columns = ["period", "payer", "payee", "goods_usd", "financing_usd", "circular_usd"]
    return pd.DataFrame(rows, columns=columns)


# --- streams of money


_PAYER, _PAYEE = "pay:", "get:"


def sankey_height(picture: MoneyPicture) -> str:
    """CSS height that gives every firm room for its name."""
    sides = [{a.payer for a in picture.arrows}, {a.payee for a in picture.arrows}]
    return f"{max(260, 60 + 30 * max(map(len, sides)))}px"


def sankey_option(picture: MoneyPicture, theme: Theme) -> dict[str, Any]:
    """Chart of the streams; a stream that is partly circular is drawn as two."""
    names = {node.key: node.name for node in picture.nodes}
    top = picture.arrows[0].usd if picture.arrows else 1.0
    shown = [arrow for arrow in picture.arrows if arrow.usd >= LEAST * top]
    paid: dict[str, float] = {}
    got: dict[str, float] = {}
    links = []
    for arrow in shown:
        paid[arrow.payer] = paid.get(arrow.payer, 0.0) + arrow.usd
        got[arrow.payee] = got.get(arrow.payee, 0.0) + arrow.usd
        plain = arrow.usd - arrow.circular_usd
        for part, tint in ((arrow.circular_usd, theme.circle), (plain, theme.ghost)):
            if part < LEAST * top:
                continue
            is_red = tint == theme.circle
            links.append(
                {
                    "source": _PAYER + arrow.payer,
                    "target": _PAYEE + arrow.payee,
                    "value": round(part / 1e9, 3),
                    "pick": f"flow:{arrow.payer}>{arrow.payee}",
                    "lineStyle": {"color": tint, "opacity": 0.75 if is_red else 0.35},
                    "tooltip": {"formatter": arrow_tip(arrow, names)},
                }
            )
    ends = [(_PAYER, key, usd) for key, usd in paid.items()]
    ends += [(_PAYEE, key, usd) for key, usd in got.items()]
    kept = {link[side] for link in links for side in ("source", "target")}
    kinds = {node.key: node.kind for node in picture.nodes}
    data = [
        _end(side, key, names[key], usd, kinds[key], theme)
        for side, key, usd in ends
        if side + key in kept
    ]
    streams = streams_series(data, links, gap=10, layoutIterations=24)
    return {**theme.base(), "series": [streams]}


def _end(side: str, key: str, name: str, usd: float, kind: str, theme: Theme) -> dict[str, Any]:
    is_payer = side == _PAYER
    words = WORDS("network-sankey-left" if is_payer else "network-sankey-right", name=name)
    return {
        "name": side + key,
        "pick": f"firm:{key}",
        "depth": 0 if is_payer else 1,
        "itemStyle": {"color": theme.kind_colour(kind), "borderWidth": 0},
        "tooltip": {"formatter": f"{escape(words)} <b>{money(usd)}</b>"},
        "label": end_label(f"{name}  {usd / 1e9:,.1f}", theme, is_left=is_payer),
    }
