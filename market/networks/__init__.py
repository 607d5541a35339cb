"""Networks of firms: clearing, contagion, fire sales and circulation; usable alone."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.networks.cascade_odds import gai_kapadia_odds, threshold_response, watts_odds
    from market.networks.cascades import (
        cascade_sizes,
        default_cascade,
        joint_degrees,
        watts_cascade,
    )
    from market.networks.circulation import (
        circulation_index,
        decompose_cycles,
        finn_cycling_index,
        largest_circulation,
        round_trip_share,
    )
    from market.networks.clearing import clear, clear_by_seniority
    from market.networks.contagion import debtrank, debtrank_single_hit, rank
    from market.networks.fire_sales import deleverage, fire_sale, spillovers
    from market.networks.inputs import FirmError
    from market.networks.payments import named_networks

_HOMES = {
    "FirmError": "market.networks.inputs",
    "cascade_sizes": "market.networks.cascades",
    "circulation_index": "market.networks.circulation",
    "clear": "market.networks.clearing",
    "clear_by_seniority": "market.networks.clearing",
    "debtrank": "market.networks.contagion",
    "debtrank_single_hit": "market.networks.contagion",
    "decompose_cycles": "market.networks.circulation",
    "default_cascade": "market.networks.cascades",
    "deleverage": "market.networks.fire_sales",
    "finn_cycling_index": "market.networks.circulation",
    "fire_sale": "market.networks.fire_sales",
    "gai_kapadia_odds": "market.networks.cascade_odds",
    "joint_degrees": "market.networks.cascades",
    "largest_circulation": "market.networks.circulation",
    "named_networks": "market.networks.payments",
    "rank": "market.networks.contagion",
    "round_trip_share": "market.networks.circulation",
    "spillovers": "market.networks.fire_sales",
    "threshold_response": "market.networks.cascade_odds",
    "watts_cascade": "market.networks.cascades",
    "watts_odds": "market.networks.cascade_odds",
}

__all__ = [
    "FirmError",
    "cascade_sizes",
    "circulation_index",
    "clear",
    "clear_by_seniority",
    "debtrank",
    "debtrank_single_hit",
    "decompose_cycles",
    "default_cascade",
    "deleverage",
    "finn_cycling_index",
    "fire_sale",
    "gai_kapadia_odds",
    "joint_degrees",
    "largest_circulation",
    "named_networks",
    "rank",
    "round_trip_share",
    "spillovers",
    "threshold_response",
    "watts_cascade",
    "watts_odds",
]


def __getattr__(name: str) -> Any:
    """Import on first use: circulation needs scipy, and its solver is slow to load."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
