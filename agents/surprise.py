"""A surprise that lasts, drawn from a named stream: of demand, of use, of releases, of the rent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.rules.persistence import next_surprise

if TYPE_CHECKING:
    from market.host import Market


class Surprise:
    """Luck of one firm or market in one respect, which fades over quarters.

    Attributes:
        value: the surprise of the quarter, 0 at the start; its unit is that of ``size``.
    """

    __slots__ = ("_key", "_purpose", "value")

    def __init__(self, key: str, purpose: str) -> None:
        """Begin without surprise; ``key`` and ``purpose`` name the random stream."""
        self._key, self._purpose = key, purpose
        self.value = 0.0

    def move(self, market: Market, persistence: float, size: float) -> float:
        """Go on by a quarter; returns the new value.

        Args:
            market: gives the streams and the quarter.
            persistence: part of the last surprise that is left, 0 to below 1.
            size: standard deviation of what is new in a quarter.
        """
        draw = market.streams.normal(self._key, self._purpose, market.quarter)
        self.value = next_surprise(self.value, persistence, size, draw)
        return self.value
