"""Streams of money: who pays at the left, who gets it at the right, the circular part in red.

A Sankey picture must not hold circles, so each firm stands in it twice: as payer and as payee.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from market.units import money
from viz.charts.network import LEAST
from viz.charts.streams import end_label, streams_series
from viz.recording.money_words import arrow_tip
from viz.words.network import SANKEY_LEFT, SANKEY_RIGHT

if TYPE_CHECKING:
    from viz.charts.theme import Theme
    from viz.recording.money_picture import MoneyPicture

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
    words = (SANKEY_LEFT if is_payer else SANKEY_RIGHT).format(name=name)
    return {
        "name": side + key,
        "pick": f"firm:{key}",
        "depth": 0 if is_payer else 1,
        "itemStyle": {"color": theme.kind_colour(kind), "borderWidth": 0},
        "tooltip": {"formatter": f"{escape(words)} <b>{money(usd)}</b>"},
        "label": end_label(f"{name}  {usd / 1e9:,.1f}", theme, is_left=is_payer),
    }
