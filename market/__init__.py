"""The world: parameters, ledger, markets and the model of the AI investment boom."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.books.ledger import Ledger
    from market.host import equip
    from market.model import MarketModel
    from market.parameters.world import MarketParameters
    from market.scenario import load_scenario

_HOMES = {
    "Ledger": "market.books.ledger",
    "MarketModel": "market.model",
    "MarketParameters": "market.parameters.world",
    "equip": "market.host",
    "load_scenario": "market.scenario",
}

__all__ = ["Ledger", "MarketModel", "MarketParameters", "equip", "load_scenario"]


def __getattr__(name: str) -> Any:
    """Import on first use: an eager import would close a circle with ``agents``."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
