"""Who acts: the agents of the market, importable one by one into any Mesa model."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agents.ai_lab import AILab, Offer
    from agents.bank import Bank
    from agents.chipmaker import Chipmaker
    from agents.cloud_provider import CloudProvider
    from agents.columns.agent import ColumnAgent
    from agents.columns.column_set import ColumnAgentSet
    from agents.columns.row_set import RowSet
    from agents.columns.storage import column
    from agents.consumers import ConsumerSegment
    from agents.credit_investor import CreditInvestor
    from agents.customers.customer import EnterpriseCustomer, SingleCustomer
    from agents.customers.population import CustomerPopulation
    from agents.institution import Institution
    from agents.investor import Investor
    from agents.listed_firm import ListedFirm
    from agents.private_firm import PrivateFirm
    from agents.startups import StartupCohort

_HOMES = {
    "AILab": "agents.ai_lab",
    "Bank": "agents.bank",
    "Chipmaker": "agents.chipmaker",
    "CloudProvider": "agents.cloud_provider",
    "ColumnAgent": "agents.columns.agent",
    "ColumnAgentSet": "agents.columns.column_set",
    "ConsumerSegment": "agents.consumers",
    "CreditInvestor": "agents.credit_investor",
    "CustomerPopulation": "agents.customers.population",
    "EnterpriseCustomer": "agents.customers.customer",
    "Institution": "agents.institution",
    "Investor": "agents.investor",
    "ListedFirm": "agents.listed_firm",
    "Offer": "agents.ai_lab",
    "PrivateFirm": "agents.private_firm",
    "StartupCohort": "agents.startups",
    "RowSet": "agents.columns.row_set",
    "SingleCustomer": "agents.customers.customer",
    "column": "agents.columns.storage",
}

__all__ = [
    "AILab",
    "Bank",
    "Chipmaker",
    "CloudProvider",
    "ColumnAgent",
    "ColumnAgentSet",
    "ConsumerSegment",
    "CreditInvestor",
    "CustomerPopulation",
    "EnterpriseCustomer",
    "Institution",
    "Investor",
    "ListedFirm",
    "Offer",
    "PrivateFirm",
    "RowSet",
    "SingleCustomer",
    "StartupCohort",
    "column",
]


def __getattr__(name: str) -> Any:
    """Import an agent class when it is first asked for."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
