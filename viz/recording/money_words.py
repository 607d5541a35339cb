"""The money network in words: its index, its largest arrows, what an arrow was paid for."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from market.units import money
from viz.words.network import FLOW_CIRCLE, FLOW_PARTS, FLOW_TIP, LABEL, QUESTION, QUESTION_NONE

if TYPE_CHECKING:
    from viz.recording.money_picture import Arrow, MoneyPicture

_LONG_NAME = 15
"""Letters from which on a name is written in two lines."""


def question(picture: MoneyPicture) -> str:
    """The circularity in a sentence."""
    if picture.inner_usd <= 0:
        return QUESTION_NONE.format(period=picture.period)
    return QUESTION.format(
        index=percent(picture.index),
        period=picture.period,
        circular=money(picture.circular_usd),
        total=money(picture.inner_usd),
    )


def percent(share: float) -> str:
    """A share in %, with a digit where it is small: "38%", "0.4%"."""
    if 0 < share < 0.0005:
        return "under 0.1%"
    return f"{100 * share:.1f}%" if 0 < share < 0.095 else f"{100 * share:.0f}%"


def label(picture: MoneyPicture) -> str:
    """What the picture shows, for a reader who does not see it."""
    names = {node.key: node.name for node in picture.nodes}
    largest = "; ".join(
        f"{names[a.payer]} to {names[a.payee]} {money(a.usd)}" for a in picture.arrows[:5]
    )
    return LABEL.format(question=question(picture), largest=largest or "none")


def arrow_tip(arrow: Arrow, names: dict[str, str]) -> str:
    """Text of an arrow: who pays whom how much, for what, and how much of it comes back."""
    payer, payee = escape(names[arrow.payer]), escape(names[arrow.payee])
    lines = [FLOW_TIP.format(payer=payer, payee=payee, amount=f"<b>{money(arrow.usd)}</b>")]
    lines.append(arrow_parts(arrow))
    if arrow.circular_usd >= 0.5e6:
        lines.append(FLOW_CIRCLE.format(amount=money(arrow.circular_usd)))
    return "<br/>".join(lines)


def arrow_parts(arrow: Arrow) -> str:
    """What an arrow was paid for, in words."""
    parts = {"goods": money(arrow.goods_usd), "financing": money(arrow.financing_usd)}
    return FLOW_PARTS.format(**parts)


def short_lines(name: str) -> str:
    """A name in two lines where it is long and has a space: "Public-market" over "investors"."""
    if len(name) <= _LONG_NAME or " " not in name:
        return name
    spaces = [i for i, letter in enumerate(name) if letter == " "]
    middle = min(spaces, key=lambda i: abs(i - len(name) / 2 - 1))
    return f"{name[:middle]}\n{name[middle + 1 :]}"
