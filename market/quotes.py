"""What lenders ask of each issuer: one table a quarter, which everybody may read."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Quotes:
    """Spreads over the base rate, per year, by company key.

    Attributes:
        spreads: at which notes were sold in the last market, or would have been.
        planning: the same, dearer for who found too little; enters the discount of projects.
        usual: at the start.
        asked_usd: money asked for in the quarter, by key; ``found_usd`` money found.
    """

    spreads: dict[str, float] = field(default_factory=dict)
    planning: dict[str, float] = field(default_factory=dict)
    usual: dict[str, float] = field(default_factory=dict)
    asked_usd: dict[str, float] = field(default_factory=dict)
    found_usd: dict[str, float] = field(default_factory=dict)

    def rise(self, key: str) -> float:
        """How much dearer money has become for an issuer since the start, per year."""
        return max(0.0, self.planning.get(key, 0.0) - self.usual.get(key, 0.0))

    def found_part(self, key: str) -> float:
        """Part of what an issuer asked for that was found, 0 to 1."""
        asked = self.asked_usd.get(key, 0.0)
        return min(1.0, self.found_usd[key] / asked) if asked > 0 else 1.0

    def found_share(self) -> float:
        """Money found over money asked for in the quarter; one when nothing was asked for."""
        asked = sum(self.asked_usd.values())
        return sum(self.found_usd.values()) / asked if asked > 0 else 1.0
