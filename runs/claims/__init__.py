"""The claims report: each claim of the article put to the test."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runs.claims.answer_part import Answer, Estimate, Verdict
    from runs.claims.catalogue import Claim, load_claims
    from runs.claims.stored_report import load_report

__all__ = ["Answer", "Claim", "Estimate", "Verdict", "load_claims", "load_report"]
_HOMES = {
    "Answer": "runs.claims.answer_part",
    "Estimate": "runs.claims.answer_part",
    "Verdict": "runs.claims.answer_part",
    "Claim": "runs.claims.catalogue",
    "load_claims": "runs.claims.catalogue",
    "load_report": "runs.claims.stored_report",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'runs.claims' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
