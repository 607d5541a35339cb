"""The world: parameters, ledger, markets and the model of the AI investment boom."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.books.ledger import Ledger
    from market.host import equip
    from market.model import MarketModel
    from market.parameters.companies import CompanyParameters
    from market.parameters.fields import parameter
    from market.parameters.world import MarketParameters
    from market.phases.quarter import Phase
    from market.scenario import load_scenario
    from market.shocks import Shock

_HOMES = {
    "CompanyParameters": "market.parameters.companies",
    "Ledger": "market.books.ledger",
    "MarketModel": "market.model",
    "MarketParameters": "market.parameters.world",
    "Phase": "market.phases.quarter",
    "Shock": "market.shocks",
    "equip": "market.host",
    "load_scenario": "market.scenario",
    "parameter": "market.parameters.fields",
}

__all__ = [
    "CompanyParameters",
    "Ledger",
    "MarketModel",
    "MarketParameters",
    "Phase",
    "Shock",
    "equip",
    "load_scenario",
    "parameter",
]


def __getattr__(name: str) -> Any:
    """Import on first use: an eager import would close a circle with ``agents``."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
