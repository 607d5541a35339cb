"""The row of key figures: what is shown of a quarter, in words that a newspaper would use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from market.units import money
from viz.words.frame import KPI, NO_CHANGE, NO_ROUNDS

if TYPE_CHECKING:
    from viz.recording.recording import Recording


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure.

    Attributes:
        name: indicator. title: its name for readers. value: as text with its unit.
        change: against the world without the shock, or against four quarters before; may be "".
        meaning: what it is.
        tone: "", "good", "warning" or "bad".
    """

    name: str
    title: str
    value: str
    change: str
    meaning: str
    tone: str


def as_text(name: str, value: float | None) -> str:
    """A value of an indicator with its unit: "12.4 bn USD", "78%", "2.31 USD/h", "4.2 years"."""
    if value is None:
        return NO_ROUNDS if name == "raised_ratio" else "not measured"
    if name.endswith("_usd"):
        return money(value)
    if name == "spot_price_usd_hour":
        return f"{value:.2f} USD/h"
    if name == "commitments_over_revenue":
        return f"{value:.1f} years"
    if name == "defaults":
        return f"{value:.0f} {'firm' if value == 1 else 'firms'}"
    return f"{100 * value:.0f}%"


def difference(name: str, value: float | None, other: float | None) -> str:
    """How far a value is from another one: "+12%", "3 more", "no change"; "" when unknown."""
    if value is None or other is None:
        return ""
    if value == other:
        return NO_CHANGE
    if name == "defaults":
        gap = round(value - other)
        return f"{abs(gap)} {'more' if gap > 0 else 'fewer'}" if gap else NO_CHANGE
    if name in ("raised_ratio", "utilisation"):
        return f"{100 * (value - other):+.0f} points" if abs(value - other) >= 5e-3 else NO_CHANGE
    if other == 0:
        return ""
    change = value / other - 1
    return f"{change:+.0%}" if abs(change) >= 5e-3 else NO_CHANGE


def figures(recording: Recording, cursor: int, ghost: Recording | None = None) -> list[Figure]:
    """The key figures of a quarter, in the order of ``viz.words.frame.KPI``."""
    found = []
    for name, (title, meaning) in KPI.items():
        values = recording.series(name)
        value = values[cursor] if cursor < len(values) else None
        change = ""
        if ghost is not None and cursor < len(others := ghost.series(name)):
            gap = difference(name, value, others[cursor])
            change = f"{gap} by the shock" if gap else ""
        elif 4 <= cursor < len(values) and name != "raised_ratio":
            gap = difference(name, value, values[cursor - 4])
            change = f"{gap} in a year" if gap else ""
        tone = _tone(name, value)
        found.append(Figure(name, title, as_text(name, value), change, meaning, tone))
    return found


def _tone(name: str, value: float | None) -> str:
    if value is None:
        return ""
    if name == "defaults":
        return "bad" if value > 0 else "good"
    if name == "raised_ratio":
        return "bad" if value < 0.5 else "good"
    if name == "commitments_over_revenue":
        return "warning" if value > 5 else ""
    return ""
