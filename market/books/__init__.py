"""The books: double-entry accounts, their identities, contracts and settlement."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.books.declarations import UndeclaredError
    from market.books.identities import IdentityViolation
    from market.books.ledger import Ledger
    from market.books.settlement import UnansweredShortfall
    from market.books.statements import (
        balance_sheet_matrix,
        revaluation_matrix,
        transactions_flow_matrix,
    )

_HOMES = {
    "IdentityViolation": "market.books.identities",
    "Ledger": "market.books.ledger",
    "UnansweredShortfall": "market.books.settlement",
    "UndeclaredError": "market.books.declarations",
    "balance_sheet_matrix": "market.books.statements",
    "revaluation_matrix": "market.books.statements",
    "transactions_flow_matrix": "market.books.statements",
}

__all__ = [
    "IdentityViolation",
    "Ledger",
    "UnansweredShortfall",
    "UndeclaredError",
    "balance_sheet_matrix",
    "revaluation_matrix",
    "transactions_flow_matrix",
]


def __getattr__(name: str) -> Any:
    """Import on first use: who needs one file of the books does not load them all."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
