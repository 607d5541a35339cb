"""What a scenario states about a shock: an event from outside, and how large it may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import ValidationInfo, field_validator

from market.parameters.companies import ShockKind
from market.parameters.fields import Section, parameter


class SizeBounds(NamedTuple):
    """Smallest and largest size of a kind of shock, both allowed, and their unit."""

    low: float
    high: float
    unit: str


SIZE_BOUNDS: dict[str, SizeBounds] = {
    "price cut": SizeBounds(-1000.0, 1000.0, "EUR per seat per month"),
    "power delay": SizeBounds(0.0, 1.0, "share of new power lost"),
    "rate rise": SizeBounds(-0.3, 1.0, "per year"),
    "dry powder": SizeBounds(0.0, 100.0, "times what investors put into a round"),
}
"""Kind -> bounds of its size; other kinds have no size, and what is stated is not used."""


class ShockParameters(Section):
    """An event from outside the model, at a quarter counted from the start."""

    kind: ShockKind = parameter(unit="kind", doc="What happens.")
    quarter: int = parameter(unit="quarter", ge=0, doc="When it happens (0 = first quarter).")
    target: str | None = parameter(
        None, unit="company key", doc="Company it strikes; none = all it can strike."
    )
    size: float = parameter(
        0.0,
        unit="by kind",
        doc="price cut: EUR per seat per month, -1000 to 1000; power delay: share of new power "
        "lost, 0 to 1; rate rise: per year, -0.3 to 1; dry powder: factor on what investors put "
        "into a round, 0 to 100.",
    )
    quarters: int | None = parameter(
        None, unit="quarters", gt=0, doc="How long it lasts; none = for good."
    )

    @field_validator("target")
    @classmethod
    def _no_blank_target(cls, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise ValueError("a target must not be blank")
        return value

    @field_validator("size")
    @classmethod
    def _size_is_possible(cls, value: float, info: ValidationInfo) -> float:
        kind = info.data.get("kind", "")
        bounds = SIZE_BOUNDS.get(kind)
        if bounds is not None and not bounds.low <= value <= bounds.high:
            raise ValueError(
                f"a {kind} must be from {bounds.low:g} to {bounds.high:g} ({bounds.unit})"
            )
        return value


def deepest_rate_fall(shocks: Iterable[ShockParameters]) -> float:
    """How far all rises and falls of rates together bring rates down at most, per year.

    Returns:
        Zero or more; 0 when rates are never under those without shocks.
    """
    moves: dict[int, float] = {}
    for shock in shocks:
        if shock.kind == "rate rise":
            moves[shock.quarter] = moves.get(shock.quarter, 0.0) + shock.size
            if shock.quarters is not None:
                end = shock.quarter + shock.quarters
                moves[end] = moves.get(end, 0.0) - shock.size
    level = lowest = 0.0
    for quarter in sorted(moves):
        level += moves[quarter]
        lowest = min(lowest, level)
    return -lowest if lowest < -1e-12 else 0.0
