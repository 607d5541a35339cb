"""The claims report: each claim of the article put to the test."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runs.claims.claim import Answer, Claim, Estimate, Verdict, load_claims
    from runs.claims.report import load_report

__all__ = ["Answer", "Claim", "Estimate", "Verdict", "load_claims", "load_report"]
_HOMES = {
    "Answer": "runs.claims.claim",
    "Estimate": "runs.claims.claim",
    "Verdict": "runs.claims.claim",
    "Claim": "runs.claims.claim",
    "load_claims": "runs.claims.claim",
    "load_report": "runs.claims.report",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'runs.claims' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
