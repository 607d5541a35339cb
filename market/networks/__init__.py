"""Networks of firms: clearing, contagion and circulation; usable without the rest."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.networks.circulation import (
        circulation_index,
        decompose_cycles,
        finn_cycling_index,
        largest_circulation,
        round_trip_share,
    )
    from market.networks.clearing import clear, clear_by_seniority
    from market.networks.contagion import debtrank, debtrank_single_hit, rank
    from market.networks.inputs import FirmError
    from market.networks.payments import named_networks

_HOMES = {
    "FirmError": "market.networks.inputs",
    "circulation_index": "market.networks.circulation",
    "clear": "market.networks.clearing",
    "clear_by_seniority": "market.networks.clearing",
    "debtrank": "market.networks.contagion",
    "debtrank_single_hit": "market.networks.contagion",
    "decompose_cycles": "market.networks.circulation",
    "finn_cycling_index": "market.networks.circulation",
    "largest_circulation": "market.networks.circulation",
    "named_networks": "market.networks.payments",
    "rank": "market.networks.contagion",
    "round_trip_share": "market.networks.circulation",
}

__all__ = [
    "FirmError",
    "circulation_index",
    "clear",
    "clear_by_seniority",
    "debtrank",
    "debtrank_single_hit",
    "decompose_cycles",
    "finn_cycling_index",
    "largest_circulation",
    "named_networks",
    "rank",
    "round_trip_share",
]


def __getattr__(name: str) -> Any:
    """Import on first use: circulation needs scipy, and its solver is slow to load."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
